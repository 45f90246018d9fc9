#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# A CA that issues by authorisation only: nothing gets around it with these
# programs, and what gets around it with files and SQL is found by an audit.

bats_require_minimum_version 1.5.0
load pki.bash
load helpers.bash

OID=1.2.840.113556.1.8000.2554.39196.10988.21748.16572.43063.8719745.12703986.1

# A factory that is bound, with a batch of two of which one is issued, and a
# request that is in no batch.
setup_file() {
	local build=${BUILD:-build} top i
	top=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	[[ $build == /* ]] || build=$top/$build
	export TOP=$top
	export PATH=$build:$PATH
	export SHARED=$BATS_FILE_TMPDIR
	umask 077
	cd "$SHARED"
	pki-init root -d root -n "CN=Test Root,O=Example" --no-passphrase
	pki-init intermediate -d factory --issuer root --authorised-only \
	    -n "CN=Test Factory,O=Example" --no-passphrase
	cp -a factory yesterday
	mkdir requests
	for i in a b c; do
		csr "requests/lot-$i" "/serialNumber=lot-$i"
	done
	csr unit "/serialNumber=unit-1"
	authorise root lot-1 2
	printf 'id,model\nlot-a,M1\n' > list.csv
	batch lot-1
}

setup() {
	umask 077
	cd "$BATS_TEST_TMPDIR"
	cp -a "$SHARED/." .
}

# authorise DIR NAME QUANTITY [OPTION...]: NAME.auth for the factory, by DIR
authorise() {
	local dir=$1 name=$2 quantity=$3
	shift 3
	pki-init authorise -d "$dir" --for factory/ca.crt --batch "$name" \
	    --quantity "$quantity" --model M1 -p idevid \
	    --expires 2046-01-01T00:00:00Z -o "$name.auth" "$@"
}

# batch NAME [OPTION...]: list.csv by NAME.auth into out
batch() {
	local name=$1
	shift
	pki-issue batch -d factory --authorisation "$name.auth" \
	    --list list.csv --requests requests -o out "$@"
}

# sql SQL: into the factory's ledger, beside the tools
sql() {
	python3 -c 'import sqlite3, sys
db = sqlite3.connect("factory/ledger.db")
db.executescript(sys.argv[1])
db.commit()' "$1"
}

# devices: how many certificates the factory's ledger has
devices() { ledger factory 'SELECT count(*) FROM issued'; }

# finds NAME PLACE [OPTION...]: an audit of the factory says no, and this first
finds() {
	local name=$1 place=$2
	shift 2
	run -1 pki-audit verify -d factory "$@"
	[ "${lines[0]}" = "factory: NOT OK $name at $place" ] || {
		printf 'wanted: %s at %s\ngot: %s\n' "$name" "$place" "$output"
		return 1
	}
}

# by_own_root NAME [OPTION...]: a certificate for the factory's key by a root of its operator's
# own, NAME, and that root behind it: NAME.crt
by_own_root() {
	local name=$1
	shift
	pki-init root -d "$name" -n "CN=Test Root,O=Example" --no-passphrase
	pki-init request -d factory --renew -o "$name.csr"
	pki-init sign -d "$name" --yes -o "$name.crt" "$@" "$name.csr"
}

# ---- what it says ------------------------------------------------------------

@test "the certificate says so, to others as well" {
	run -0 text factory/ca.crt
	has "            $OID: "
	no_line "$OID: critical"
	has "CA:TRUE, pathlen:0"
	run -0 text root/ca.crt
	has_not "$OID"
	run -0 both out/devices/lot-a/chain.pem
	run -0 devverify show factory/ca.crt
	has "authorised only   yes"
	run -0 devverify show -j factory/ca.crt
	[ "$(jq .authorised_only <<< "$output")" = true ]
	run -0 pki-issue lint -p intermediate -i root/ca.crt factory/ca.crt
	[ "$output" = "factory/ca.crt: 0 errors, 0 warnings, 0 notices as intermediate" ]
}

@test "check and verify say so, as text and as JSON" {
	run -0 pki-init check -d factory
	has "devices: by authorisation only, of the CA that certified this one"
	run -0 pki-init check -j -d factory
	json_valid "$TOP/docs/check.schema.json" <<< "$output"
	[ "$(jq .authorised_only <<< "$output")" = true ]
	run -0 pki-init check -j -d root
	[ "$(jq .authorised_only <<< "$output")" = false ]
	run -0 pki-audit verify -d factory
	has "this CA issues by authorisation only"
	run -0 pki-audit verify -j -d factory
	json_valid "$TOP/docs/audit.schema.json" <<< "$output"
	[ "$(jq .authorised_only <<< "$output")" = true ]
	run -0 pki-audit verify -d root
	has_not "authorisation only"
}

@test "who signs sees it, and it is refused where it means nothing" {
	pki-init request -d line -n "CN=Line,O=Example" --no-passphrase -o line.csr
	run -0 pki-init sign -d root --yes --authorised-only -o line.crt line.csr
	has "  devices      in authorised batches only"
	pki-init install -d line line.crt
	pki-init request -d free -n "CN=Free,O=Example" --no-passphrase -o free.csr
	run -0 pki-init sign -d root --yes -o free.crt free.csr
	has "  devices      any"
	grep -q "devices      in authorised batches only" root/transcript.txt
	run -1 pki-issue device -d line -p idevid unit.csr
	has "by its certificate this CA issues by authorisation only"
	run -1 pki-init intermediate -d x --issuer root -n CN=X --no-passphrase \
	    --authorised-only --path-length 1
	has "authorised only, and a path length other than 0"
	run -2 pki-init root -d x -n CN=X --no-passphrase --authorised-only
	run -2 pki-init sign -d root --yes --cross --authorised-only -o x.crt \
	    root/ca.crt
	has "--cross and --authorised-only"
	# and is not forgotten by asking again without
	run -1 pki-init sign -d root --yes -o again.crt line.csr
	has "with another authorisedOnly"
}

@test "a renewal keeps it without a word; it is neither dropped nor added" {
	pki-init request -d factory --renew -o renew.csr
	run -0 pki-init sign -d root --renew --not-after 2035-01-01T00:00:00Z \
	    --yes -o renewed.crt renew.csr
	has "in authorised batches only"
	pki-init install -d factory renewed.crt
	run -0 text factory/ca.crt
	has "$OID"
	run -1 pki-issue device -d factory -p idevid unit.csr
	has "by authorisation only"
	batch lot-1
	pki-audit verify -d factory -i root/ca.crt
	pki-init intermediate -d free --issuer root -n "CN=Free,O=Example" \
	    --no-passphrase
	pki-init request -d free --renew -o free.csr
	run -1 pki-init sign -d root --renew --authorised-only --yes \
	    --not-after 2035-01-01T00:00:00Z -o free.crt free.csr
	has "the certificate on record has another authorisedOnly"
}

# ---- every way to issue -----------------------------------------------------

@test "one device at a time is refused before the passphrase, with the way" {
	echo secret > pass
	pki-init intermediate -d locked --issuer root --authorised-only \
	    -n "CN=Locked,O=Example" --passphrase-file pass
	for profile in idevid iak ldevid device-client code-signing tls-server; do
		run -1 pki-issue device -d locked -p "$profile" -o x.pem unit.csr
		has "this CA issues by authorisation only"
		has "pki-init authorise"
		has "pki-issue batch --authorisation FILE"
	done
	[ ! -e x.pem ]
	[ "$(ledger locked 'SELECT count(*) FROM issued')" = 0 ]
}

@test "no CA below it, and no authorisation by it" {
	run -1 pki-init intermediate -d below --issuer factory -n CN=Below \
	    --no-passphrase
	has "certifies no CA"
	[ ! -e below ]
	pki-init request -d below -n CN=Below --no-passphrase -o below.csr
	run -1 pki-init sign -d factory --yes -o below.crt below.csr
	has "certifies no CA"
	run -1 authorise factory lot-2 5
	has "path"
	[ ! -e lot-2.auth ]
	[ "$(devices)" = 1 ]
}

@test "keys that are made here need an authorisation as well" {
	csr station /CN=station
	openssl x509 -req -in station.csr -signkey station.key -days 30 \
	    -extfile <(echo keyUsage=critical,keyAgreement) -out station.pem
	printf 'id,model\nk-1,M1\nk-2,M1\n' > list.csv
	run -1 pki-issue batch -d factory --authorisation lot-1.auth \
	    --list list.csv --keygen --for-station station.pem -o keys
	has "batch lot-1 has its 2 devices"
	[ "$(devices)" = 2 ]
	pki-audit verify -d factory
}

@test "not one more, nor another model, nor another profile" {
	printf 'id,model\nlot-a,M1\nlot-b,M2\nlot-b,M1\nlot-c,M1\n' > list.csv
	run -1 batch lot-1
	has "model \"M2\" is not authorised for batch lot-1"
	has "batch lot-1 has its 2 devices"
	[ "$(devices)" = 2 ]
	# profiles.ini is the factory's, and adds no right
	cat > factory/profiles.ini <<-END
	[idevid-2]
	based-on = idevid
	END
	run -1 pki-issue device -d factory -p idevid-2 unit.csr
	has "by authorisation only"
	# the built-in profile of the authorisation cannot be written anew
	sed -i 's/idevid-2/idevid/' factory/profiles.ini
	run -1 batch lot-1
	has "a name that no other profile has"
	[ "$(devices)" = 2 ]
}

# ---- a root of the operator's own ---------------------------------------------

@test "an authorisation by a key of the factory's own" {
	pki-init root -d own -n "CN=Test Root,O=Example" --no-passphrase
	pki-init intermediate -d twin --issuer own -n "CN=Test Factory,O=Example" \
	    -k file:factory/ca.key --no-passphrase
	run -0 pki-init authorise -d own --for twin/ca.crt --batch lot-9 \
	    --quantity 100 -p idevid --expires 2046-01-01T00:00:00Z -o lot-9.auth
	run -1 batch lot-9
	has "it is not signed by the CA that certified factory"
	[ "$(devices)" = 1 ]
}

@test "a certificate of the factory's own making is not installed" {
	by_own_root free
	run -1 pki-init install -d factory free.crt
	has "the new certificate does not say that"
	rm factory/request.csr
	by_own_root own --authorised-only
	run -1 pki-init install -d factory own.crt
	has "the new certificate is not by the CA that said so"
	cmp factory/chain.pem "$SHARED/factory/chain.pem"
}

@test "a root above the root, by a cross-certificate, authorises nothing" {
	pki-init root -d own -n "CN=Own,O=Example" --no-passphrase
	pki-init sign -d own --cross --yes -o cross.crt root/ca.crt
	cat factory/ca.crt cross.crt > longer.pem
	# the same certificate of the factory: such a chain may be of use
	pki-init install -d factory longer.pem
	pki-init intermediate -d twin --issuer own -n "CN=Test Factory,O=Example" \
	    -k file:factory/ca.key --no-passphrase
	pki-init authorise -d own --for twin/ca.crt --batch lot-9 --quantity 100 \
	    -p idevid --expires 2046-01-01T00:00:00Z -o lot-9.auth
	run -1 batch lot-9
	has "it is not signed by the CA that certified factory"
	# the root's own authorisation goes on
	printf 'id,model\nlot-b,M1\n' > list.csv
	batch lot-1
}

# swap FILE: a chain is put in place by hand
swap() {
	csplit -s -z -f part- "$1" '/BEGIN CERT/' '{*}'
	cp part-00 factory/ca.crt
	cp "$1" factory/chain.pem
	rm part-*
}

@test "put in place by hand and taken away again: found by an audit" {
	by_own_root free
	swap free.crt
	pki-issue device -d factory -p idevid -o unit.pem unit.csr
	# while it is there, an auditor who knows the CA above sees it
	finds ca-other ca.crt -i root/ca.crt
	swap "$SHARED/factory/chain.pem"
	finds unauthorised "ledger row 2"
	has "is in no authorised batch"
	finds unauthorised "ledger row 2" -i root/ca.crt
	run -1 --separate-stderr pki-audit verify -j -d factory
	json_valid "$TOP/docs/audit.schema.json" <<< "$output"
}

@test "the same with a batch of the factory's own" {
	by_own_root own --authorised-only
	swap own.crt
	pki-init authorise -d own --for factory/ca.crt --batch lot-9 \
	    --quantity 100 -p idevid --expires 2046-01-01T00:00:00Z -o lot-9.auth
	printf 'id,model\nlot-b,M1\nlot-c,M1\n' > list.csv
	pki-issue batch -d factory --authorisation lot-9.auth --list list.csv \
	    --requests requests -o out9
	finds ca-other ca.crt -i root/ca.crt
	swap "$SHARED/factory/chain.pem"
	finds batch-changed "batch lot-9"
	has "its authorisation is not one"
}

# ---- ledgers ----------------------------------------------------------------

@test "more than authorised by SQL: the row is named" {
	printf 'id,model\nlot-b,M1\n' > list.csv
	sql "UPDATE batch SET quantity = 100"
	batch lot-1
	printf 'id,model\nlot-c,M1\n' > list.csv
	# what the file says holds, whatever the ledger says
	run -1 batch lot-1
	has "batch lot-1 has its 2 devices"
	sql "UPDATE batch SET issued = 0"
	batch lot-1
	run -1 pki-audit verify -d factory
	has "batch-"
	[ "$(devices)" = 3 ]
	has "ledger row 3 is one more than the 2 authorised"
}

@test "taken out of its batch by SQL: found" {
	sql "UPDATE issued SET batch = NULL; UPDATE batch SET issued = 0"
	run -1 pki-audit verify -d factory
	has "unauthorised: ledger row 1: is in no authorised batch"
	has "row-changed: ledger row 1"
}

@test "an old ledger, and that of another CA" {
	cp yesterday/ledger.db factory/ledger.db
	printf 'id,model\nlot-b,M1\nlot-c,M1\n' > list.csv
	run -1 batch lot-1
	has "the ledger do not go together"
	run -1 pki-audit verify -d factory
	has "ledger-behind"
	pki-init intermediate -d other --issuer root --authorised-only \
	    -n "CN=Other,O=Example" --no-passphrase
	cp other/ledger.db factory/ledger.db
	run -1 batch lot-1
	has "the ledger do not go together"
	run -1 pki-audit verify -d factory
	has "ledger-behind"
}

@test "a whole directory of yesterday: found by what was kept, or is out" {
	cp factory/audit.sig kept.sig
	cp out/devices/lot-a/cert.pem seen.pem
	rm -rf factory out
	cp -a yesterday factory
	printf 'id,model\nlot-b,M1\nlot-c,M1\n' > list.csv
	# this is the seal's end: the programs cannot know
	batch lot-1
	pki-audit verify -d factory
	run -1 pki-audit verify -d factory --since kept.sig
	has "log-other"
	finds not-on-record seen.pem seen.pem
}

@test "a second directory with the same key: found by what is out" {
	pki-init request -d second -n "CN=Test Factory,O=Example" \
	    -k file:factory/ca.key --no-passphrase
	run -1 pki-init install -d second root/ca.crt
	pki-init install -d second factory/chain.pem
	# bound as well: the same certificate
	run -1 pki-issue device -d second -p idevid unit.csr
	has "by authorisation only"
	printf 'id,model\nlot-b,M1\nlot-c,M1\n' > list.csv
	pki-issue batch -d second --authorisation lot-1.auth --list list.csv \
	    --requests requests -o out2
	pki-audit verify -d factory
	finds not-on-record out2/devices/lot-b/cert.pem \
	    out2/devices/lot-b/cert.pem
}
