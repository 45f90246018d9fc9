#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# pki-audit: what was done is found whole, and every way of changing it is
# noticed and named. The log's chain is recomputed by another program.

bats_require_minimum_version 1.5.0
load pki.bash
load helpers.bash

# A factory with three devices of its own and a batch of three.
setup_file() {
	local build=${BUILD:-build} top
	top=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	[[ $build == /* ]] || build=$top/$build
	export TOP=$top
	export PATH=$build:$PATH
	export SHARED=$BATS_FILE_TMPDIR
	umask 077
	cd "$SHARED"
	pki-init root -d root -n "CN=Test Root,O=Example" --no-passphrase
	pki-init intermediate -d factory --issuer root \
	    -n "CN=Test Factory,O=Example" --no-passphrase
	local i
	for i in 1 2 3; do
		csr "unit-$i" "/serialNumber=unit-$i"
		issue idevid "unit-$i"
	done
	cp factory/audit.sig kept.sig
	cp -a factory yesterday
	mkdir requests
	for i in a b c; do
		csr "requests/lot-$i" "/serialNumber=lot-$i"
	done
	pki-init authorise -d root --for factory/ca.crt --batch lot-1 \
	    --quantity 3 --model M1 --expires 2046-01-01T00:00:00Z -p idevid \
	    -o lot-1.auth
	printf 'id,model\nlot-a,M1\nlot-b,M1\nlot-c,M1\n' >list.csv
	pki-issue batch -d factory --authorisation lot-1.auth --list list.csv \
	    --requests requests -o out --close
	csr unit "/serialNumber=unit-4"
	issue idevid unit
}

setup() {
	umask 077
	cd "$BATS_TEST_TMPDIR"
	cp -a "$SHARED/." .
}

# sql SQL: into the factory's ledger, as somebody would who is not the tools
sql() {
	python3 -c 'import sqlite3, sys
db = sqlite3.connect("factory/ledger.db")
db.executescript(sys.argv[1])
db.commit()' "$1"
}

# finds NAME PLACE: verify says no, and names this first
finds() {
	run -1 pki-audit verify -d factory
	[ "${lines[0]}" = "factory: NOT OK $1 at $2" ] || {
		printf 'wanted: %s at %s\ngot: %s\n' "$1" "$2" "$output"
		return 1
	}
}

# ---- what is good ----------------------------------------------------------

@test "what was done is found whole" {
	run -0 pki-audit verify -d factory
	[ "${lines[0]}" = "factory: OK" ]
	says "8 lines, 7 certificates, 1 batches, 0 CRLs"
	says "signed up to line 8"
	run -0 pki-audit verify -d root
	says "root: OK"
	says "3 lines, 2 certificates, 1 batches, 0 CRLs"
}

@test "every operation has its line, with operator, machine and time" {
	[ "$(cut -d' ' -f4 root/audit.log | tr '\n' ' ')" = "ca ca authorise " ]
	[ "$(cut -d' ' -f4 factory/audit.log | tr '\n' ' ')" = \
	    "begin device device device batch-open batch-issue batch-close device " ]
	[ "$(cut -d' ' -f3 factory/audit.log | sort -u)" = \
	    "$(id -un)@$(uname -n)" ]
	[ "$(cut -d' ' -f1 factory/audit.log | tr '\n' ' ')" = "1 2 3 4 5 6 7 8 " ]
	grep -qE '^6 .* batch=lot-1 count=3 last=6 sha256=[0-9a-f]{64} ' factory/audit.log
	pki-init anchors -d root -o anchors.c
	tail -1 root/audit.log | grep -q ' anchors anchors=1 '
	[ "$(stat -c %a factory/audit.log)" = 600 ]
}

@test "the chain is SHA-256 of each line, as sha256sum has it" {
	local before line
	before=$(printf '0%.0s' {1..64})
	while read -r line; do
		[ "$(awk '{ print $(NF - 1) }' <<<"$line")" = "$before" ]
		before=$(printf '%s' "${line% *}" | sha256sum | cut -c 1-64)
		[ "${line##* }" = "$before" ]
	done <factory/audit.log
}

@test "a group's hash is of its certificates, as sha256sum has it" {
	local want
	want=$(cat out/devices/lot-{a,b,c}/cert.der | sha256sum | cut -c 1-64)
	grep -q "^6 .* sha256=$want " factory/audit.log
}

@test "what is issued again has no second line" {
	rm unit.pem
	issue idevid unit
	[ "$(wc -l <factory/audit.log)" = 8 ]
}

@test "certificates seen somewhere are on record" {
	run -0 pki-audit verify -d factory --since kept.sig unit-1.pem \
	    out/devices/*/chain.pem
	says "factory: OK"
}

@test "JSON: a finding a line, then the sum" {
	run -0 pki-audit verify -j -d factory
	[ "$(jq -r '[.status, .lines, .signed, .certificates] | join(" ")' \
	    <<<"$output")" = "ok 8 8 7" ]
	json_valid "$TOP/docs/audit.schema.json" <<<"$output"
	sed -i '3s/unit-2/unit-9/' factory/audit.log
	run --separate-stderr pki-audit verify --json -d factory
	[ "$status" = 1 ]
	[ "$(jq -r 'select(.finding) | .finding + " " + .place' <<<"$output" |
	    head -1)" = "log-changed audit.log line 3" ]
	[ "$(jq -r 'select(.status) | .status' <<<"$output")" = not-ok ]
	json_valid "$TOP/docs/audit.schema.json" <<<"$output"
	# every name a finding can have
	sed -n 's/^W([A-Z_]*, [A-Z]*, "\([^"]*\)".*/\1/p' \
	    "$TOP/pki-tools/audit_wrong.def" | sort > names
	jq -r '.definitions.finding.properties.finding.enum[]' \
	    "$TOP/docs/audit.schema.json" | sort | diff - names
}

# ---- the log ---------------------------------------------------------------

@test "a changed line is named, every one of them" {
	local i
	for i in 1 2 3 4 5 6 7 8; do
		cp "$SHARED/factory/audit.log" factory/
		sed -i "${i}s/@/+/" factory/audit.log
		finds log-changed "audit.log line $i"
	done
}

@test "a deleted line is named, every one of them" {
	local i
	for i in 1 2 3 4 5 6 7; do
		cp "$SHARED/factory/audit.log" factory/
		sed -i "${i}d" factory/audit.log
		finds log-deleted "audit.log line $i"
	done
	says "put the newest copy back" || says "took lines out"
}

@test "lines that changed places are named" {
	sed -i -n '3{h;d};4{G;p;d};p' factory/audit.log
	finds log-deleted "audit.log line 3"
	says "log-reordered: audit.log line 3: line 3 stands behind line 4"
}

@test "a line that was put in is named" {
	sed -i '3i something else' factory/audit.log
	finds log-form "audit.log line 3"
}

@test "a line with a new hash breaks the chain to the next" {
	python3 - <<-'END'
	import hashlib
	lines = open('factory/audit.log').read().splitlines()
	text = lines[2].rsplit(' ', 1)[0].replace('unit-2', 'unit-9')
	lines[2] = text + ' ' + hashlib.sha256(text.encode()).hexdigest()
	open('factory/audit.log', 'w').write('\n'.join(lines) + '\n')
	END
	finds log-rewritten "audit.log line 3"
}

# rewrite: the whole chain anew from line 3 on
rewrite() {
	python3 - <<-'END'
	import hashlib
	lines = open('factory/audit.log').read().splitlines()
	before = lines[1].rsplit(' ', 1)[1]
	for i in range(2, len(lines)):
	    text = lines[i].rsplit(' ', 2)[0].replace('unit-2', 'unit-9')
	    text += ' ' + before
	    before = hashlib.sha256(text.encode()).hexdigest()
	    lines[i] = text + ' ' + before
	open('factory/audit.log', 'w').write('\n'.join(lines) + '\n')
	open('head', 'w').write(before + '\n' + lines[-1])
	END
}

@test "a log written anew is noticed by the signature and by the ledger" {
	rewrite
	finds log-rewritten "audit.log line 8"
	says "is not the line that the CA has signed"
	says "is not the line that the ledger knows"
	# with the ledger brought into line, the signature is left
	sql "UPDATE log SET hash = x'$(head -1 head)', line = '$(tail -1 head)' || char(10)"
	finds log-rewritten "audit.log line 8"
	# and without it, what was kept from the last audit
	rm factory/audit.sig
	finds log-unsigned "audit.sig"
	run -1 pki-audit verify -d factory --since kept.sig
	says "log-other at audit.log line 4"
}

@test "a log that was cut is named by the first line that is gone" {
	sed -i '7,$d' factory/audit.log
	finds log-truncated "audit.log line 7"
	says "the log ends at line 6, and the ledger knows line 8"
	: >factory/audit.log
	finds log-truncated "audit.log line 1"
	rm factory/audit.log
	finds log-truncated "audit.log line 1"
}

@test "the last line alone may be missing after a crash, and comes back" {
	sed -i '8d' factory/audit.log
	printf '8 2' >>factory/audit.log
	run -0 pki-audit verify -d factory
	says "line 8 is in the ledger alone"
	issue idevid unit-1
	pki-init anchors -d factory -o anchors.c
	[ "$(wc -l <factory/audit.log)" = 9 ]
	run -0 pki-audit verify -d factory
	says "lines 9 to 9 stand after the last signature"
}

@test "a signature by another key is none" {
	cp root/audit.sig factory/audit.sig
	finds log-unsigned audit.sig
	run -1 pki-audit verify -d factory --since root/audit.sig
	says "not a signature of this CA over its log"
}

# ---- the ledger ------------------------------------------------------------

@test "a ledger of yesterday is noticed, by verify and by the next command" {
	cp yesterday/ledger.db factory/
	finds ledger-behind "audit.log line 5"
	says "put the newest one back"
	csr other "/serialNumber=other"
	run -1 issue idevid other
	says "audit.log and the ledger do not go together"
	says "pki-audit verify"
	[ ! -e other.pem ]
}

@test "a fresh ledger is noticed" {
	rm factory/ledger.db
	mkdir empty
	pki-init root -d fresh -n "CN=Fresh" --no-passphrase
	sqlite_empty
	finds ledger-behind "audit.log line 1"
	csr other "/serialNumber=other"
	run -1 issue idevid other
	says "do not go together"
}

# the tables alone
sqlite_empty() {
	python3 - <<-'END'
	import sqlite3
	db = sqlite3.connect('fresh/ledger.db')
	for t in ('log', 'issued'):
	    db.execute('DELETE FROM ' + t)
	db.commit()
	END
	cp fresh/ledger.db factory/
}

@test "a whole directory of yesterday is noticed by what was kept since" {
	cp factory/audit.sig today.sig
	rm -r factory
	mv yesterday factory
	run -0 pki-audit verify -d factory
	run -1 pki-audit verify -d factory --since today.sig
	says "log-truncated at audit.log line 5"
	# and by a certificate that was made since
	run -1 pki-audit verify -d factory unit.pem
	says "not-on-record at unit.pem"
	says "find that ledger"
}

@test "rows that were taken out are named" {
	sql "DELETE FROM issued WHERE id = 2"
	finds row-missing "ledger row 2"
	cp "$SHARED/factory/ledger.db" factory/
	sql "DELETE FROM issued WHERE id = 7"
	finds row-missing "ledger row 7"
	cp "$SHARED/factory/ledger.db" factory/
	sql "DELETE FROM issued WHERE id = 5"
	finds row-missing "ledger row 5"
}

@test "a row that was put in is named" {
	python3 - <<-'END'
	import sqlite3
	db = sqlite3.connect('factory/ledger.db')
	columns = [r[1] for r in db.execute("PRAGMA table_info(issued)")]
	row = dict(zip(columns, db.execute("SELECT * FROM issued WHERE id = 1").fetchone()))
	row['id'], row['serial'] = 8, b'\x01' * 20
	row['spki_sha256'], row['request_r'] = b'\x02' * 32, None
	db.execute("INSERT INTO issued (%s) VALUES (%s)" % (', '.join(columns),
	    ', '.join('?' * len(columns))), [row[c] for c in columns])
	db.commit()
	END
	run -1 pki-audit verify -d factory
	says "row-unlogged: ledger row 8: the log has no line that tells of it"
	says "ledger row 8: its serial is not that of its certificate"
	says "repeated-r: ledger row 8: the CA has signed it with the r of row 1"
}

@test "every column that a certificate has is held against it" {
	local column
	for column in "serial = x'0102030405060708090a0b0c0d0e0f1011121314'" \
	    "spki_sha256 = zeroblob(32)" "subject = x'3000'" "name = 'CN=x'" \
	    "issuer_key_id = zeroblob(20)" "not_before = 5" "not_after = 5"; do
		cp "$SHARED/factory/ledger.db" factory/
		sql "UPDATE issued SET $column WHERE id = 2"
		finds row-changed "ledger row 2"
		says "its ${column%% *} is not"
	done
	cp "$SHARED/factory/ledger.db" factory/
	sql "UPDATE issued SET spki_sha256 = x'00' WHERE id = 2"
	run -3 pki-audit verify -d factory
	says "at ledger row 2: factory/ledger.db: a row of the ledger cannot be read"
	cp "$SHARED/factory/ledger.db" factory/
	sql "UPDATE issued SET batch = NULL WHERE id = 5"
	finds row-changed "ledger row 5"
	says "is not in the batch that its line in the log names"
}

@test "a changed certificate is named, by its row and by its line" {
	sql "UPDATE issued SET der = CAST(substr(der, 1, length(der) - 1) || x'7f' AS BLOB) WHERE id = 3"
	finds row-changed "ledger row 3"
	says "their certificates are not those of audit.log line 4"
	says "row-foreign: ledger row 3: its certificate was not signed by this CA"
	cp "$SHARED/factory/ledger.db" factory/
	sql "UPDATE issued SET der = x'3000' WHERE id = 3"
	finds row-changed "ledger row 3"
	says "holds no certificate that can be read"
}

@test "a damaged ledger is not read any further" {
	python3 - <<-'END'
	data = bytearray(open('factory/ledger.db', 'rb').read())
	at = data.rindex(b'lot-b')
	data[at:at + 5] = b'lot-x'
	open('factory/ledger.db', 'wb').write(data)
	END
	run -1 pki-audit verify -d factory
	says "NOT OK"
}

@test "a log that was begun anew does not tell of what was before" {
	rm factory/audit.log factory/audit.sig
	sql "DELETE FROM log"
	csr other "/serialNumber=other"
	issue idevid other
	finds row-unlogged "ledger row 1"
	says "ledger row 1: and 6 more: the log has no line that tells of it"
	says "or the log was begun anew"
}

# ---- batches ---------------------------------------------------------------

@test "a batch cannot grow behind its authorisation" {
	sql "UPDATE batch SET quantity = 4"
	finds batch-changed "batch lot-1"
	says "the ledger's row says other terms than the authorisation in it"
	cp "$SHARED/factory/ledger.db" factory/
	sql "UPDATE batch SET issued = 2"
	finds batch-changed "batch lot-1"
	says "the ledger counts 2 certificates in it and holds 3"
}

@test "too many, too late, of another model or profile: named by the row" {
	sql "UPDATE batch SET quantity = 9; UPDATE issued SET batch = 1 WHERE id = 7"
	run -1 pki-audit verify -d factory
	says "batch-over: batch lot-1: ledger row 7 is one more than the 3 authorised"
	says "revoke what is too much"
	cp "$SHARED/factory/ledger.db" factory/
	sql "UPDATE issued SET issued_at = 9000000000 WHERE id = 5"
	finds batch-over "batch lot-1"
	says "ledger row 5 was issued after the authorisation had ended"
	cp "$SHARED/factory/ledger.db" factory/
	sql "UPDATE issued SET model = 'M2' WHERE id = 5"
	finds batch-over "batch lot-1"
	cp "$SHARED/factory/ledger.db" factory/
	sql "UPDATE issued SET profile = 'device-client' WHERE id = 5"
	finds batch-over "batch lot-1"
}

@test "an authorisation that nobody gave is none" {
	sql "UPDATE batch SET authorisation = x'00'"
	finds batch-changed "batch lot-1"
	says "its authorisation is not one"
	python3 - <<-'END'
	import sqlite3
	auth = bytearray(open('lot-1.auth', 'rb').read())
	auth[-1] ^= 1
	db = sqlite3.connect('factory/ledger.db')
	db.execute('UPDATE batch SET authorisation = ?', (bytes(auth),))
	db.commit()
	END
	finds batch-changed "batch lot-1"
}

# ---- CRLs ------------------------------------------------------------------

revoke() { pki-revoke revoke -d factory "$@"; }

# replace FILE: the newest CRL by this one, and its hash in the ledger
replace() {
	python3 - "$1" <<-'END'
	import hashlib, sqlite3, sys
	der = open(sys.argv[1], 'rb').read()
	open('factory/crl/full-1.crl', 'wb').write(der)
	db = sqlite3.connect('factory/ledger.db')
	db.execute('UPDATE crl SET sha256 = ?', (hashlib.sha256(der).digest(),))
	db.commit()
	END
}

@test "revocations of every kind are held against the lines that tell of them" {
	revoke --device unit-1 --reason keyCompromise
	revoke --serial "$(openssl x509 -in unit-2.pem -noout -serial | cut -d= -f2)" \
	    --reason certificateHold
	revoke --certificate unit-2.pem --reason removeFromCRL
	openssl x509 -in unit-3.pem -noout -pubkey > unit-3.pub
	revoke --public-key unit-3.pub --reason certificateHold
	revoke --device lot-b --reason superseded
	revoke --batch lot-1 --reason cessationOfOperation
	# a line tells of what there was then, not of what came later
	csr later "/serialNumber=unit-1"
	issue ldevid later -n serialNumber=unit-1
	run -0 pki-audit verify -d factory
	cp factory/ledger.db good.db
	local change
	for change in \
	    "1|DELETE FROM revoked WHERE issued_id = 1|says that it is" \
	    "6|DELETE FROM revoked WHERE issued_id = 6|says that it is" \
	    "1|UPDATE revoked SET reason = 4 WHERE issued_id = 1|for the reason" \
	    "3|UPDATE revoked SET reason = 8 WHERE issued_id = 3|says that it is" \
	    "2|UPDATE revoked SET reason = 6 WHERE issued_id = 2|for the reason" \
	    "5|UPDATE revoked SET reason = 5 WHERE issued_id = 5|for the reason" \
	    "5|UPDATE revoked SET revoked_at = 5 WHERE issued_id = 5|since the time" \
	    "5|UPDATE revoked SET recorded_at = 5 WHERE issued_id = 5|since the time"; do
		cp good.db factory/ledger.db
		sql "$(cut -d'|' -f2 <<<"$change")"
		finds revocation-changed "ledger row ${change%%|*}"
		says "${change##*|}"
	done
	cp good.db factory/ledger.db
	sql "INSERT INTO revoked VALUES (7, 1, 5, 5, 'x', NULL, 0)"
	finds revocation-unlogged "ledger row 7"
	cp good.db factory/ledger.db
	sql "INSERT INTO revoked SELECT 8, reason, revoked_at, recorded_at, operator, NULL, 0 FROM revoked WHERE issued_id = 1"
	finds revocation-unlogged "ledger row 8"
	cp good.db factory/ledger.db
	sql "UPDATE issued SET device = 'x' WHERE id = 1"
	finds revocation-changed "audit.log line 9"
	says "revoked 1 certificates, and the ledger has 0 that it can have meant"
	run --separate-stderr pki-audit verify -j -d factory
	json_valid "$TOP/docs/audit.schema.json" <<<"$output"
}

@test "revoked rows and CRLs must agree" {
	revoke --device unit-1
	revoke --device unit-2 --reason superseded
	sleep 1.1
	pki-revoke crl -d factory
	run -0 pki-audit verify -d factory
	says "1 CRLs"
	# one more, which the ledger says was before it
	revoke --device unit-3
	run -0 pki-audit verify -d factory
	sql "UPDATE revoked SET recorded_at = 6 WHERE issued_id = 3"
	run -1 pki-audit verify -d factory
	says "crl-incomplete: CRL 1: does not list ledger row 3, which was revoked before it"
	pki-revoke crl -d factory
	run -1 pki-audit verify -d factory
	[[ $output != *crl-incomplete* ]]
	sql "DELETE FROM revoked WHERE issued_id = 1"
	run -1 pki-audit verify -d factory
	says "crl-changed: CRL 1: revokes what the ledger does not know as revoked"
}

@test "CRLs are held against the lines that tell of them" {
	revoke --device unit-1
	pki-revoke crl -d factory
	cp factory/ledger.db good.db
	sql "DELETE FROM crl"
	finds crl-changed "CRL 1"
	says "the ledger does not have it, and the log tells of it"
	cp good.db factory/ledger.db
	sql "INSERT INTO crl SELECT 2, scope, base_number, this_update, next_update, sha256 FROM crl"
	finds crl-unlogged "CRL 2"
}

@test "a renewed CA's certificates and CRLs are its own as before" {
	revoke --device unit-1
	pki-revoke crl -d factory
	pki-init request -d factory --renew -o renew.csr
	pki-init sign -d root --renew --not-after 2045-01-01T00:00:00Z --yes \
	    -o renew.crt renew.csr
	pki-init install -d factory renew.crt
	pki-revoke crl -d factory
	run -0 pki-audit verify -d factory
	says "2 CRLs"
	[[ $output != *earlier* ]]
}

@test "every column that a CRL has is held against it" {
	revoke --device unit-1
	pki-revoke crl -d factory
	cp factory/ledger.db good.db
	local change
	for change in "number = 3|file" "base_number = 1|base_number" "sha256 = zeroblob(32)|file" \
	    "this_update = 5|times" "next_update = 5|times"; do
		cp good.db factory/ledger.db
		sql "UPDATE crl SET ${change%|*}"
		run -1 pki-audit verify -d factory
		says "crl-changed: CRL "
		says "its ${change#*|} "
	done
	cp good.db factory/ledger.db
	cp factory/crl/full-1.crl good.crl
	printf '0\0' > factory/crl/full-1.crl
	finds crl-changed "CRL 1"
	says "its file is not the one that was recorded"
	says "cannot be read"
	rm factory/crl/full-1.crl
	finds crl-changed "CRL 1"
	says "its file is gone or cannot be read"
	# whoever changes the file and its hash has no key to sign it
	python3 -c '
der = bytearray(open("good.crl", "rb").read())
der[-1] ^= 1
open("bad.crl", "wb").write(der)'
	replace bad.crl
	finds crl-changed "CRL 1"
	says "was not signed by this CA, or was changed since"
	says "is not the one that the log tells of"
	# nor does another key help, though its signature is not checked
	python3 - <<-'END'
	from cryptography import x509
	from cryptography.hazmat.primitives import hashes, serialization
	from cryptography.hazmat.primitives.asymmetric import ec
	old = x509.load_der_x509_crl(open('good.crl', 'rb').read())
	key = ec.generate_private_key(ec.SECP256R1())
	number = old.extensions.get_extension_for_class(x509.CRLNumber)
	made = x509.CertificateRevocationListBuilder().issuer_name(
	    old.issuer).last_update(old.last_update).next_update(
	    old.next_update).add_extension(number.value, False).add_extension(
	    x509.AuthorityKeyIdentifier.from_issuer_public_key(
	    key.public_key()), False).sign(key, hashes.SHA256())
	open('bad.crl', 'wb').write(made.public_bytes(
	    serialization.Encoding.DER))
	END
	replace bad.crl
	finds crl-changed "CRL 1"
	says "is not the one that the log tells of"
	says "1 CRLs are of an earlier key"
}

# ---- generators ------------------------------------------------------------

@test "RSA keys that share a prime are named as a pair" {
	python3 "$TOP/tests/lib/requests.py" same-prime .
	issue idevid prime-1 -n serialNumber=prime-1
	run -1 issue idevid prime-2 -n serialNumber=prime-2
	# a ledger that had forgotten the first when the second came
	sql "DELETE FROM rsa"
	issue idevid prime-2 -n serialNumber=prime-2
	finds shared-prime "ledger row 9"
	says "its RSA key has a prime in common with that of row 8"
	says "both private keys can be computed"
}

# ---- figures ---------------------------------------------------------------

@test "report counts the factory, its batches and its days" {
	run -0 pki-audit report -d factory
	says "all: 7 issued, 0 revoked, 0 ended, from "
	run -0 pki-audit report -d factory --by batch
	says "lot-1: 3 issued of 3, closed, 0 revoked, 0 ended, from "
	says "-: 4 issued, 0 revoked"
	run -0 pki-audit report -d factory --by day --csv
	[ "${lines[0]}" = name,issued,revoked,ended,quantity,state,first,last ]
	[ "$(printf '%s\n' "${lines[@]:1}" | awk -F, '{ n += $2 } END { print n }')" = 7 ]
	run -0 pki-audit report -d factory --by batch -j
	json_valid "$TOP/docs/audit.schema.json" <<<"$output"
	[ "$(jq -r 'select(.name == "lot-1") | [.issued, .quantity, .closed] |
	    join(" ")' <<<"$output")" = "3 3 true" ]
	sql "INSERT INTO revoked VALUES (5, 1, 5, 5, 'x', NULL, 0)"
	run -0 pki-audit report -d factory --by batch --csv
	says "lot-1,3,1,0,3,closed,"
	run -2 pki-audit report -d factory --by month
	says "none of factory, batch and day"
	run -2 pki-audit report -d factory --csv --json
	says "contradict"
}
