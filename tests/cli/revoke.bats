#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# pki-revoke as its users meet it: what is recorded, what the lists say, and
# whether four verifiers agree on them: ours, OpenSSL's, wolfSSL's, Python's.

bats_require_minimum_version 1.5.0
load pki.bash
load ../lib/p11.bash

# A second and a third device, beside what pki.bash makes.
eval "$(declare -f setup_file | sed '1s/setup_file/base_file/')"
setup_file() {
	base_file
	local n
	for n in 1 2 3; do
		csr "u$n" "/O=Example/serialNumber=unit-$n"
		pki-issue device -d factory -p idevid -o "u$n.pem" "u$n.csr"
	done
}

eval "$(declare -f setup | sed '1s/setup/base_setup/')"
setup() {
	base_setup
	cp "$SHARED"/u?.pem "$SHARED"/u?.key .
	pki-revoke crl -d root > /dev/null
}

revoke() { pki-revoke revoke -d factory "$@"; }
crl() { pki-revoke crl -d factory "$@"; }

# serial FILE: as the ledger has it
serial() { openssl x509 -in "$1" -noout -serial | cut -d= -f2 | tr A-F a-f; }

# ours CERT CRL...: our verifier, which must know the status of everything
ours() {
	local cert=$1 list=()
	shift
	for r in "$@"; do list+=(-r "$r"); done
	devverify-lab chain -a root/ca.crt -i factory/ca.crt \
	    --revocation required "${list[@]}" "$cert"
}

# all WORD CERT: good or revoked, by four verifiers, from the complete lists
all() {
	local word=$1 cert=$2 got
	run ours "$cert" factory/crl/full.pem root/crl/full.crl
	[[ $word = good && $status = 0 || $word = revoked && $status = 1 ]]
	[ "$word" = good ] || says "REJECTED revoked at certificate"
	cat factory/crl/full.pem root/crl/full.pem > both.crl
	run openssl verify -x509_strict -crl_check_all -CRLfile both.crl \
	    -CAfile root/ca.crt -untrusted factory/ca.crt "$cert"
	[[ $word = good && $status = 0 || $word = revoked && $status = 2 ]]
	[ "$word" = good ] || says "certificate revoked"
	got=$(python3 "$TOP/tests/lib/wolf_crl.py" "$cert" \
	    factory/ca.crt -a root/ca.crt \
	    -a factory/ca.crt -r factory/crl/full.pem -r root/crl/full.pem)
	[ "$got" = "$word" ]
	python3 - "$word" "$cert" <<-'END'
	import sys
from cryptography import x509
	def pem(load, path): return load(open(path, 'rb').read())
	factory = pem(x509.load_pem_x509_certificate, 'factory/ca.crt')
	root = pem(x509.load_pem_x509_certificate, 'root/ca.crt')
	cert = pem(x509.load_pem_x509_certificate, sys.argv[2])
	ca = pem(x509.load_pem_x509_crl, 'root/crl/full.pem')
	own = pem(x509.load_pem_x509_crl, 'factory/crl/full.pem')
	assert ca.is_signature_valid(root.public_key())
	assert own.is_signature_valid(factory.public_key())
	found = own.get_revoked_certificate_by_serial_number(
	    cert.serial_number) or \
	    ca.get_revoked_certificate_by_serial_number(factory.serial_number)
	assert (found is not None) == (sys.argv[1] == 'revoked')
	END
}

# edit DIR SQL: the ledger, by another program
edit() {
	python3 -c 'import sqlite3, sys
db = sqlite3.connect(sys.argv[1] + "/ledger.db")
db.execute(sys.argv[2])
db.commit()' "$1" "$2"
}

# ---- recording --------------------------------------------------------------

@test "by device, serial number, certificate and key" {
	run -0 revoke --device unit-2 --reason keyCompromise
	says "unit-2: revoked 1"
	says "serial $(serial u2.pem) \"serialNumber=unit-2,O=Example\" keyCompromise since "
	says "Make one now: pki-revoke crl -d factory"
	run -0 revoke --serial "$(serial u1.pem | sed 's/^0*//' | tr a-f A-F)"
	says "unspecified since"
	openssl pkey -in u3.key -pubout -out u3.pub
	run -0 revoke --public-key u3.pub --reason superseded
	says "superseded since"
	crl > /dev/null
	local n
	for n in 1 2 3; do all revoked "u$n.pem"; done
	run -0 pki-revoke revoke -d root --certificate factory/chain.pem
	says "CN=Test Factory"
	[ "$(ledger factory "select count(distinct operator) from revoked where operator like '%@%'")" = 1 ]
}

@test "serial numbers as others print them" {
	local s
	s=$(serial u1.pem)
	run -0 revoke --serial "$(sed 's/../&:/g; s/:$//' <<< "$s")"
	run -0 revoke --serial "$s"
	says "revoked 0, revoked for this reason before: 1"
	for s in "" : 0x12 g "$s$s" "12 34" 1@; do
		run -2 revoke --serial "$s"
		says "--serial"
	done
	run -1 revoke --serial 1234
	says "1234: this CA has issued no such certificate"
}

@test "once is enough, twice does no harm, and a reason is final" {
	revoke --device unit-1 --reason keyCompromise > /dev/null
	run -0 revoke --device unit-1 --reason keyCompromise
	says "unit-1: revoked 0, revoked for this reason before: 1"
	run -1 revoke --device UNIT-1 --reason superseded
	says "is revoked since"
	says "with the reason keyCompromise"
	says "a revocation is final"
	run -1 revoke --device unit-1 --reason removeFromCRL
	says "with the reason keyCompromise"
	run -1 revoke --device unit-1
	[ "$(ledger factory 'select count(*), reason from revoked')" = "1 1" ]
	# what did not happen has no line
	[ "$(grep -c ' revoke ' factory/audit.log)" = 1 ]
	grep -q " revoke by=device what=unit-1 reason=keyCompromise count=1 " factory/audit.log
}

@test "a hold becomes final, or is lifted; nothing else is" {
	run -1 revoke --device unit-1 --reason removeFromCRL
	says "is not on hold, and only a hold can be lifted"
	revoke --device unit-1 --reason certificateHold > /dev/null
	run -0 revoke --device unit-1 --reason removeFromCRL
	says "unit-1: released 1"
	says "released since"
	crl > /dev/null
	all good u1.pem
	revoke --device unit-1 --reason certificateHold > /dev/null
	crl > /dev/null
	all revoked u1.pem
	run -0 revoke --device unit-1 --reason cessationOfOperation
	says "unit-1: revoked 1"
	run -1 revoke --device unit-1 --reason removeFromCRL
	says "is revoked since"
}

@test "a key on hold gets no certificate, one that was released its own again" {
	revoke --device unit-1 --reason certificateHold > /dev/null
	cp "$SHARED/u1.csr" .
	run -1 pki-issue device -d factory -p idevid -o again.pem u1.csr
	says "is revoked"
	revoke --device unit-1 --reason removeFromCRL > /dev/null
	pki-issue device -d factory -p idevid -o again.pem u1.csr
	cmp u1.pem again.pem
}

@test "every reason of RFC 5280 5.3.1 is read back by OpenSSL" {
	local reason text
	while read -r reason text; do
		rm -rf factory
		cp -a "$SHARED/factory" .
		revoke --device unit-1 --reason "$reason" > /dev/null
		crl > /dev/null
		run -0 openssl crl -in factory/crl/full.pem -noout -text
		if [ "$reason" = unspecified ]; then
			[[ $output != *"Reason Code"* ]]
		else
			says "$text"
		fi
	done <<-END
	unspecified
	keyCompromise Key Compromise
	cACompromise CA Compromise
	affiliationChanged Affiliation Changed
	superseded Superseded
	cessationOfOperation Cessation Of Operation
	certificateHold Certificate Hold
	privilegeWithdrawn Privilege Withdrawn
	aACompromise AA Compromise
	END
	run -2 revoke --device unit-2 --reason compromised
	says "the reasons are unspecified, keyCompromise"
}

@test "since when it was not to be trusted is the invalidityDate" {
	revoke --device unit-1 --reason keyCompromise -t 2026-01-02T03:04:05Z > /dev/null
	crl > /dev/null
	run -0 openssl crl -in factory/crl/full.pem -noout -text
	says "Invalidity Date"
	says "Jan  2 03:04:05 2026 GMT"
	run -2 revoke --device unit-2 --time 2200-01-01T00:00:00Z
	says "that is in the future"
	grep -q "since=2026-01-02T03:04:05Z" factory/audit.log
}

@test "what is not to be found, and what is not asked for" {
	run -1 revoke --device unit-9
	says "unit-9: this CA has issued no such certificate"
	run -1 revoke --batch lot-9
	says "this CA has no batch \"lot-9\""
	run -1 revoke --certificate root/ca.crt
	says "was not issued by this CA"
	run -3 revoke --certificate u1.key
	run -3 revoke --certificate missing.pem
	run -3 revoke --public-key u1.pem
	run -1 pki-revoke revoke -d root --certificate root/ca.crt
	says "no list of its own can take it back"
	run -2 revoke
	run -2 revoke --device unit-1 --serial 12
	says "by one of --serial"
	run -2 pki-revoke revoke --device unit-1
	says "--directory is missing"
	run -3 pki-revoke revoke -d nowhere --device unit-1
	says "nowhere"
	[ "$(ledger factory 'select count(*) from revoked')" = 0 ]
}

@test "a whole batch, those revoked before left as they were" {
	mkdir in
	for n in 4 5 6; do
		csr "in/b$n" "/O=Example/serialNumber=b$n"
	done
	printf 'id\nb4\nb5\nb6\n' > list.csv
	pki-init authorise -d root --for factory/ca.crt --batch lot-1 \
	    --quantity 3 -p idevid --expires 2046-01-01T00:00:00Z -o lot-1.auth
	pki-issue batch -d factory --authorisation lot-1.auth --list list.csv \
	    --requests in -n O=Example -o out > /dev/null
	revoke --device b5 --reason keyCompromise > /dev/null
	run -0 revoke --batch LOT-1 --reason superseded
	says "LOT-1: revoked 2, left as it was: 1"
	run -0 revoke --batch lot-1 --reason superseded
	says "lot-1: revoked 0, revoked for this reason before: 2, left as it was: 1"
	crl > /dev/null
	for n in 4 5 6; do all revoked "out/devices/b$n/cert.pem"; done
	all good u1.pem
	[ "$(ledger factory 'select count(*) from revoked where reason = 1')" = 1 ]
}

# ---- lists ------------------------------------------------------------------

@test "a complete list: its fields, its files, and four verifiers" {
	revoke --device unit-2 --reason keyCompromise > /dev/null
	run -0 crl
	says "factory/crl/full.crl: CRL 1, 1 entry, until "
	all good u1.pem
	all revoked u2.pem
	run -0 openssl crl -in factory/crl/full.pem -noout -text
	says "Version 2"
	says "Issuer: O = Example, CN = Test Factory"
	says "X509v3 CRL Number"
	says "$(openssl x509 -in factory/ca.crt -noout -ext subjectKeyIdentifier | tail -1 | tr -d ' ')"
	openssl crl -inform DER -in factory/crl/full.crl | cmp - factory/crl/full.pem
	cmp factory/crl/full.crl factory/crl/full-1.crl
	[ "$(stat -c %a factory/crl)" = 700 ]
	[ "$(ledger factory 'select hex(sha256) from crl' | tr A-F a-f)" = \
	    "$(sha256sum < factory/crl/full-1.crl | cut -d' ' -f1)" ]
	# nothing temporary
	[ "$(ls -A factory/crl | tr '\n' ' ')" = "full-1.crl full.crl full.pem " ]
	grep -q " crl number=1 scope=full entries=1 until=" factory/audit.log
}

@test "the copy: a file, which is replaced, or standard output" {
	crl -o site.pem > /dev/null
	cmp site.pem factory/crl/full.pem
	crl -o site.pem > /dev/null
	cmp site.pem factory/crl/full.pem
	crl -o - > out.pem 2> said
	cmp out.pem factory/crl/full.pem
	grep -q "CRL 3" said
	run -3 crl -o nowhere/site.pem
	says "nowhere/site.pem"
	says "CRL 4 is made and recorded, as factory/crl/full-4.crl"
}

@test "until when: 30 days, --days, --until, never longer than the CA" {
	local now end
	now=$(date +%s)
	crl > /dev/null
	end=$(date -d "$(openssl crl -in factory/crl/full.pem -noout -nextupdate | cut -d= -f2)" +%s)
	((end - now >= 30 * 86400 && end - now < 30 * 86400 + 60))
	crl --days 400 > /dev/null
	end=$(date -d "$(openssl crl -in factory/crl/full.pem -noout -nextupdate | cut -d= -f2)" +%s)
	((end - now >= 400 * 86400 && end - now < 400 * 86400 + 60))
	run -0 crl --until 2033-02-03T04:05:06Z
	says "until 2033-02-03T04:05:06Z"
	run -0 ours u1.pem factory/crl/full.crl root/crl/full.crl
	[[ $output == *"revocation good"* ]]
	run -0 crl --days 36525
	says "until $(date -u -d "$(openssl x509 -in factory/ca.crt -noout -enddate | cut -d= -f2)" +%Y-%m-%dT%H:%M:%SZ)"
	run -1 crl --until 2090-01-01T00:00:00Z
	says "the CRL would be good for longer than its CA, which ends at"
	run -1 crl --until 2020-01-01T00:00:00Z
	says "the CRL would end before it begins"
	run -2 crl --days 3 --until 2033-02-03T04:05:06Z
	local n
	for n in 0 -1 x 36526 1x 99999999999999999999; do run -2 crl --days "$n"; done
	run -2 crl --until tomorrow
	[ "$(ledger factory 'select max(number) from crl')" = 4 ]
}

@test "good until is that of the list" {
	crl --until 2028-01-01T00:00:00Z > /dev/null
	pki-revoke crl -d root --until 2027-06-01T00:00:00Z > /dev/null
	run -0 ours u1.pem factory/crl/full.crl root/crl/full.crl
	says "u1.pem: ACCEPTED until 2027-06-01T00:00:00Z"
	run -1 devverify-lab chain -a root/ca.crt -i factory/ca.crt \
	    --revocation required -r factory/crl/full.crl -r root/crl/full.crl \
	    -t 2027-06-01T00:00:01Z u1.pem
	says "crl-stale"
}

@test "lists of one kind: devices alone, CAs alone" {
	revoke --device unit-2 > /dev/null
	run -0 crl --only users
	says "users.crl: CRL 1, 1 entry"
	run -0 ours u1.pem factory/crl/users.crl root/crl/full.crl
	run -1 ours u2.pem factory/crl/users.crl root/crl/full.crl
	says "REJECTED revoked at certificate 0"
	pki-revoke revoke -d root --certificate factory/ca.crt > /dev/null
	run -0 pki-revoke crl -d root --only cas
	says "cas.crl: CRL 2, 1 entry"
	run -1 ours u1.pem factory/crl/users.crl root/crl/cas.crl
	says "REJECTED revoked at certificate 1"
	# a list of the other kind says nothing
	run -0 pki-revoke crl -d root --only users
	says "users.crl: CRL 3, 0 entries"
	run -1 ours u1.pem factory/crl/users.crl root/crl/users.crl
	says "crl-missing at certificate 1"
	run -0 openssl crl -inform DER -in root/crl/cas.crl -noout -text
	says "Issuing Distribution Point: critical"
	says "Only CA Certificates"
	cat factory/crl/users.pem root/crl/cas.pem > both.crl
	run -2 openssl verify -x509_strict -extended_crl -crl_check_all \
	    -CRLfile both.crl -CAfile root/ca.crt -untrusted factory/ca.crt u1.pem
	says "certificate revoked"
	run -2 crl --only full
	run -2 crl --only devices
}

@test "changes since a list: revoked, released, and never without it" {
	revoke --device unit-1 --reason certificateHold > /dev/null
	crl > /dev/null
	cp factory/crl/full.crl base.crl
	run -0 crl --delta
	says "full-delta.crl: CRL 2 (changes since 1), 0 entries"
	revoke --device unit-2 --reason keyCompromise > /dev/null
	revoke --device unit-1 --reason removeFromCRL > /dev/null
	run -0 crl --delta
	says "full-delta.crl: CRL 3 (changes since 1), 2 entries"
	local delta=factory/crl/full-delta.crl
	run -1 ours u1.pem base.crl root/crl/full.crl
	says "certificateHold"
	run -0 ours u2.pem base.crl root/crl/full.crl
	run -0 ours u1.pem base.crl "$delta" root/crl/full.crl
	run -1 ours u2.pem base.crl "$delta" root/crl/full.crl
	says "keyCompromise"
	run -0 ours u3.pem base.crl "$delta" root/crl/full.crl
	run -1 ours u3.pem "$delta" root/crl/full.crl
	says "crl-base-missing"
	run -0 openssl crl -inform DER -in "$delta" -noout -text
	says "Delta CRL Indicator: critical"
	says "Remove From CRL"
	openssl crl -inform DER -in base.crl -out both.crl
	cat factory/crl/full-delta.pem root/crl/full.pem >> both.crl
	# OpenSSL takes changes only where a list or certificate says at what
	# address they are (freshestCRL), which this does not: it stays with the base
	for n in 1:2 2:0 3:0; do
		run "-${n#*:}" openssl verify -use_deltas -extended_crl \
		    -crl_check_all -CRLfile both.crl -CAfile root/ca.crt \
		    -untrusted factory/ca.crt "u${n%:*}.pem"
	done
	# the next complete one says the same, and has a number of its own
	run -0 crl
	says "CRL 4, 1 entry"
	all good u1.pem
	all revoked u2.pem
}

# changes WORD CERT BASE DELTA: good or revoked, by our verifier, OpenSSL and
# Python from a list and its changes, and by wolfSSL from the list of now
changes() {
	local word=$1 cert=$2 base=$3 delta=$4 wanted=0
	run ours "$cert" "$base" "$delta" root/crl/full.crl
	[[ $word = good && $status = 0 || $word = revoked && $status = 1 ]]
	[ "$word" = good ] || says "REJECTED revoked at certificate 0"
	cat "$base" "$delta" > both.crl
	[ "$word" = good ] || wanted=2
	run "-$wanted" openssl verify -x509_strict -crl_check -extended_crl \
	    -use_deltas -CRLfile both.crl -CAfile root/ca.crt -untrusted factory/ca.crt "$cert"
	[ "$word" = good ] || says "certificate revoked"
	python3 - "$word" "$cert" "$base" "$delta" <<-'END'
	import sys
	from cryptography import x509
	cert = x509.load_pem_x509_certificate(open(sys.argv[2], 'rb').read())
	base, delta = (x509.load_pem_x509_crl(open(f, 'rb').read())
	               for f in sys.argv[3:])
	found = delta.get_revoked_certificate_by_serial_number(cert.serial_number)
	if found is None:
	    found = base.get_revoked_certificate_by_serial_number(
	        cert.serial_number)
	elif any(e.value == x509.CRLReason(x509.ReasonFlags.remove_from_crl)
	         for e in found.extensions):
	    found = None
	assert (found is not None) == (sys.argv[1] == 'revoked')
	END
	[ "$(python3 "$TOP/tests/lib/wolf_crl.py" "$cert" -a root/ca.crt \
	    -a factory/ca.crt -r now.pem)" = "$word" ]
}

@test "changes are used by OpenSSL as well, when the list says where they are" {
	local url=http://crl.example.com/factory-delta.crl n
	revoke --device unit-1 --reason certificateHold > /dev/null
	revoke --device unit-3 --reason superseded > /dev/null
	crl --delta-url "$url" > /dev/null
	cp factory/crl/full.pem base.pem
	run -0 openssl crl -in base.pem -noout -text
	says "X509v3 Freshest CRL: "
	[[ $output != *"Freshest CRL: critical"* ]]
	says "URI:$url"
	all revoked u1.pem
	all good u2.pem
	revoke --device unit-2 --reason keyCompromise > /dev/null
	revoke --device unit-1 --reason removeFromCRL > /dev/null
	csr u4 "/O=Example/serialNumber=unit-4"
	issue idevid u4 > /dev/null
	crl --delta > /dev/null
	run -0 openssl crl -in factory/crl/full-delta.pem -noout -text
	[[ $output != *"Freshest CRL"* ]]
	cp factory/crl/full-delta.pem delta.pem
	crl -o now.pem > /dev/null
	changes good u1.pem base.pem delta.pem
	changes revoked u2.pem base.pem delta.pem
	changes revoked u3.pem base.pem delta.pem
	changes good u4.pem base.pem delta.pem
	# the order is of no account
	cat delta.pem base.pem > both.crl
	for n in 1:0 2:2 3:2 4:0; do
		run "-${n#*:}" openssl verify -crl_check -extended_crl \
		    -use_deltas -CRLfile both.crl -CAfile root/ca.crt \
		    -untrusted factory/ca.crt "u${n%:*}.pem"
	done
	# docs/REVOCATION.md: without -extended_crl OpenSSL takes changes for a
	# whole list, and wolfSSL always does
	run -0 openssl verify -crl_check -use_deltas -CRLfile both.crl \
	    -CAfile root/ca.crt -untrusted factory/ca.crt u3.pem
	[ "$(python3 "$TOP/tests/lib/wolf_crl.py" u3.pem -a root/ca.crt \
	    -a factory/ca.crt -r base.pem -r delta.pem)" = good ]
}

@test "what a certificate says of its lists, and that nobody must fetch them" {
	cat > factory/profiles.ini <<-END
	[meter]
	based-on = idevid
	crl-url = http://crl.example.com/factory.crl
	delta-crl-url = ldap://ldap.example.com/cn=F,o=Example?deltaRevocationList;binary
	END
	csr meter "/O=Example/serialNumber=meter-1"
	issue meter meter > /dev/null
	run -0 text meter.pem
	says "X509v3 CRL Distribution Points: "
	says "URI:http://crl.example.com/factory.crl"
	says "X509v3 Freshest CRL: "
	says "URI:ldap://ldap.example.com/cn=F,o=Example?deltaRevocationList;binary"
	both meter.pem
	crl > /dev/null
	all good meter.pem
	cp factory/crl/full.pem base.pem
	revoke --device meter-1 > /dev/null
	crl --delta > /dev/null
	cp factory/crl/full-delta.pem delta.pem
	crl -o now.pem > /dev/null
	# freshestCRL of the certificate does for OpenSSL what the list's does
	changes revoked meter.pem base.pem delta.pem
}

@test "where changes are: no other address than RFC 5280 has" {
	local url
	for url in https://crl.example.com/d.crl ftp://crl.example.com/d.crl \
	    file:///d.crl d.crl ldap://ldap.example.com/ http:// \
	    "http://crl.example.com/a b" ldaps://ldap.example.com/cn=F?x; do
		run -2 crl --delta-url "$url"
		says "option --delta-url: \"$url\" is not an address that begins with http://"
	done
	run -2 crl --delta --delta-url http://crl.example.com/d.crl
	says "--delta-url is for the complete list"
	[ ! -e factory/crl ]
	run -0 crl --only users \
	    --delta-url "ldap://ldap.example.com/cn=F?deltaRevocationList;binary"
	run -0 openssl crl -in factory/crl/users.pem -noout -text
	says "URI:ldap://ldap.example.com/cn=F?deltaRevocationList;binary"
}

@test "changes since an earlier list, for who has only that" {
	crl > /dev/null
	cp factory/crl/full.crl first.crl
	revoke --device unit-1 > /dev/null
	crl > /dev/null
	revoke --device unit-2 > /dev/null
	run -0 crl --delta
	says "(changes since 2), 1 entry"
	run -0 crl --delta --base 1
	says "(changes since 1), 2 entries"
	run -1 ours u1.pem first.crl factory/crl/full-delta.crl root/crl/full.crl
	run -1 crl --delta --base 3
	says "3 is not the number of a complete CRL"
	run -1 crl --delta --base 99
	run -2 crl --base 1
	says "give both"
	run -2 crl --delta --base 0
	run -1 crl --delta --only users
	says "there is no complete CRL (users) to continue"
	echo x >> factory/crl/full-1.crl
	run -3 crl --delta --base 1
	says "is not the CRL that the ledger has recorded"
	rm factory/crl/full-1.crl
	run -3 crl --delta --base 1
	says "full-1.crl"
}

@test "devices and changes together" {
	crl --only users > /dev/null
	revoke --device unit-2 > /dev/null
	run -0 crl --only users --delta
	says "users-delta.crl: CRL 2 (changes since 1), 1 entry"
	run -1 ours u2.pem factory/crl/users.crl factory/crl/users-delta.crl \
	    root/crl/full.crl
	run -0 ours u1.pem factory/crl/users.crl factory/crl/users-delta.crl \
	    root/crl/full.crl
}

@test "an ended certificate leaves after one list has had it; one without end stays" {
	csr short /CN=short
	pki-issue device -d factory -p device-client -o short.pem \
	    --not-after "@$(($(date +%s) + 3))" short.csr > /dev/null
	revoke --certificate short.pem > /dev/null
	revoke --device unit-1 > /dev/null
	run -0 crl
	says "2 entries"
	while (($(date +%s) <= $(date -d "$(openssl x509 -in short.pem -noout -enddate | cut -d= -f2)" +%s))); do
		sleep 0.2
	done
	run -0 crl
	says "2 entries"
	run -0 crl
	says "1 entry"
	all revoked u1.pem
}

# ---- a factory at a distance ------------------------------------------------

@test "the root stops a factory that it cannot reach" {
	crl --days 300 > /dev/null
	all good u1.pem
	all good u3.pem
	# the factory's machine is elsewhere: its directory is not touched
	mv factory elsewhere
	mkdir factory
	cp elsewhere/ca.crt factory/
	run -0 pki-revoke revoke -d root --certificate factory/ca.crt \
	    --reason cACompromise
	says "CN=Test Factory"
	pki-revoke crl -d root --days 300 -o carried.pem > /dev/null
	rm -rf factory
	mv elsewhere factory
	run -1 ours u1.pem factory/crl/full.crl carried.pem
	says "u1.pem: REJECTED revoked at certificate 1"
	says "cACompromise since"
	all revoked u1.pem
	all revoked u3.pem
	# what it makes afterwards too
	csr late "/O=Example/serialNumber=late"
	issue idevid late > /dev/null
	all revoked late.pem
}

# ---- keys and refusals --------------------------------------------------------

@test "keys of every type sign lists" {
	local type
	for type in p256 p384 ed25519; do
		pki-init root -d "r-$type" -n "CN=R $type" --key-type "$type" \
		    --no-passphrase > /dev/null
		pki-revoke crl -d "r-$type" > /dev/null
		openssl crl -in "r-$type/crl/full.pem" -noout \
		    -CAfile "r-$type/ca.crt"
	done
}

@test "a key in a token, and a passphrase that is wrong" {
	tokens_at "$PWD"
	token root-ca 1234
	echo 1234 > pin
	echo 9999 > wrong
	pki-init root -d r -n CN=R -k "$(uri root-ca key)" --passphrase-file pin > /dev/null
	pki-revoke crl -d r --passphrase-file pin > /dev/null
	openssl crl -in r/crl/full.pem -noout -CAfile r/ca.crt
	run -3 pki-revoke crl -d r --passphrase-file wrong
	says "PIN"
	[ "$(ledger r 'select max(number) from crl')" = 1 ]
	echo secret > pass
	pki-init root -d r2 -n CN=R2 --passphrase-file pass > /dev/null
	run -3 pki-revoke crl -d r2 --passphrase-file wrong
	says "passphrase"
	[ ! -e r2/crl ]
	pki-revoke crl -d r2 --passphrase-file pass > /dev/null
}

@test "a key that is carried elsewhere: -k" {
	mkdir safe
	mv factory/ca.key safe/
	run -3 crl
	says "has neither ca.key nor key.uri"
	crl -k file:safe/ca.key > /dev/null
	openssl crl -in factory/crl/full.pem -noout -CAfile factory/ca.crt
	run -1 crl -k file:root/ca.key
	says "is not the key of factory/ca.crt"
	# revoking needs no key
	revoke --device unit-1 > /dev/null
}

# ahead SECONDS COMMAND...: by a clock that is ahead by so much
ahead() {
	local shim
	shim=$(dirname "$(command -v pki-revoke)")/tests/clock_shim.so
	# what looks for leaks cannot stand behind the shim
	ASAN_OPTIONS=detect_leaks=0:verify_asan_link_order=0 \
	    CLOCK_SHIFT="$1" LD_PRELOAD="$shim" "${@:2}"
}

@test "a clock that is behind the last list, and the way on when that was ahead" {
	local end now
	crl > /dev/null
	# revoked, and ended by the clock that was ahead, not by the right one
	csr short /CN=short
	pki-issue device -d factory -p device-client -o short.pem \
	    --not-after "@$(($(date +%s) + 86400))" short.csr > /dev/null
	revoke --certificate short.pem > /dev/null
	revoke --device unit-2 > /dev/null
	ahead 864000 pki-revoke crl -d factory > /dev/null
	cp factory/crl/full.crl ahead.crl
	run -1 ours u1.pem ahead.crl root/crl/full.crl
	says "crl-not-yet"
	run -1 crl
	says "by this machine's clock it is earlier than when the last CRL was made"
	says "set the clock; if it was ahead then and is right now: pki-audit clock"
	[ "$(ledger factory 'select count(*) from crl')" = 2 ]
	pki-audit clock -d factory
	run -1 crl --delta
	says "the complete CRL to continue begins only at"
	says "it was made while the clock was ahead: make a new complete one"
	run -0 crl
	says "CRL 3, 2 entries"
	says "was made by a clock that was ahead: take it back"
	now=$(date +%s)
	end=$(date -d "$(openssl crl -in factory/crl/full.pem -noout -lastupdate | cut -d= -f2)" +%s)
	((end <= now && end > now - 600))
	all good u1.pem
	all revoked u2.pem
	all revoked short.pem
	# ours goes by the number, whichever date
	run -1 ours u2.pem ahead.crl factory/crl/full.crl root/crl/full.crl
	says "REJECTED revoked at certificate 0"
	run -0 ours u1.pem ahead.crl factory/crl/full.crl root/crl/full.crl
	revoke --device unit-3 > /dev/null
	run -0 crl --delta
	says "(changes since 3), 1 entry"
	run -1 ours u3.pem factory/crl/full.crl factory/crl/full-delta.crl \
	    root/crl/full.crl
	run -0 crl
	says "CRL 5, 3 entries"
	all revoked short.pem
	# what the message warns of: OpenSSL, at a time when both lists are good
	openssl crl -inform DER -in ahead.crl -out both.crl
	cat factory/crl/full.pem >> both.crl
	run -0 openssl verify -attime "$(($(date +%s) + 950400))" -crl_check \
	    -CRLfile both.crl -CAfile root/ca.crt -untrusted factory/ca.crt u3.pem
	run -1 devverify-lab chain -a root/ca.crt -i factory/ca.crt \
	    -t "@$(($(date +%s) + 950400))" -r ahead.crl \
	    -r factory/crl/full.crl -r root/crl/full.crl u3.pem
	says "REJECTED revoked at certificate 0"
	pki-audit verify -d factory
}

@test "as much as the log lets a clock go back is no word that it was ahead" {
	local head
	crl > /dev/null
	head=$(date -d "$(tail -1 factory/audit.log | cut -d' ' -f2)" +%s)
	edit factory "update crl set this_update = $head + 60"
	run -1 ahead -1000 pki-revoke crl -d factory
	says "by this machine's clock it is earlier than when the last CRL was made"
	edit factory "update crl set this_update = $head + 61"
	run -3 ahead -1000 pki-revoke crl -d factory
	says "the clock has gone back"
	ledger factory 'select sum(sha256 is not null) from crl' > released
	[ "$(< released)" = 1 ]
}

@test "changes to a list that has ended" {
	crl > /dev/null
	edit factory "update crl set next_update = this_update - 1"
	run -1 crl --delta
	says "the complete CRL to continue ended at"
}

@test "a directory that takes nothing, a full disk, a second one at work" {
	crl > /dev/null
	cp -a factory/crl before
	export ASAN_OPTIONS=detect_leaks=0
	strace -o /dev/null true || skip "no strace here"
	run -3 strace -qq -f -o /dev/null -e trace=openat \
	    -e inject=openat:error=EROFS:when=1+ -P factory/crl \
	    pki-revoke crl -d factory
	says "Read-only file system"
	# a file system that is read-only in truth, where one can be made
	if unshare -rm true; then
		run -3 unshare -rm bash -c 'mount --bind factory factory &&
		    mount -o remount,ro,bind factory &&
		    cd . && exec pki-revoke crl -d "$PWD/factory"'
		says "read-only"
		run -3 unshare -rm bash -c 'mount --bind factory/crl factory/crl &&
		    mount -o remount,ro,bind factory/crl &&
		    exec pki-revoke crl -d "$PWD/factory"'
		says "Read-only file system"
	fi
	run -3 bash -c 'ulimit -f 0; trap "" XFSZ; exec pki-revoke crl -d factory'
	diff -r before factory/crl
	flock factory/crl true
	flock factory/crl sleep 5 3>&- &
	local holder=$!
	sleep 0.3
	run -3 crl
	says "another CRL is being made"
	kill "$holder"
	wait "$holder" || true
	chmod 777 factory/crl
	run -3 crl
	says "factory/crl"
}

# ---- killed -------------------------------------------------------------------

# hurt CALL N FAULT: a list is made, FAULT at the N-th such system call; then
# again without. Each name holds an old list or a new one, whole.
hurt() {
	local f n
	rm -rf factory
	cp -a before factory
	strace -qq -f -o /dev/null -e trace="$1" -e "inject=$1:$3:when=$2" \
	    pki-revoke crl -d factory > /dev/null 2>&1 || true
	for f in factory/crl/full.crl factory/crl/full.pem; do
		openssl crl -in "$f" -noout -CAfile factory/ca.crt 2> /dev/null
	done
	n=$(ledger factory 'select max(number) from crl')
	cp factory/crl/full.crl left.crl
	crl > /dev/null
	ledger factory "select number, sha256 is not null from crl order by 1" > rows
	[ "$(tail -1 rows)" = "$((n + 1)) 1" ]
	[ "$(grep -c ' 0$' rows)" -le 1 ]
	# what left has a number that nothing else has
	for f in factory/crl/full-*.crl; do
		n=$(tr -dc 0-9 <<< "${f##*/full-}")
		[ "$(openssl crl -in "$f" -noout -crlnumber)" = \
		    "$(printf 'crlNumber=0x%02X' "$n")" ]
		[ "$(grep -c "^$n 1$" rows)" = 1 ]
	done
	[ -z "$(find factory/crl -name "*.tmp")" ]
	pki-audit verify -d factory > /dev/null
	openssl crl -in left.crl -noout -crlnumber > number
}

# Every call of a kind that there are few of, and of the others every so many-th
# and the last; FAULT_STEP=1 is all.
@test "hurt at system calls of each kind: dead, disk full" {
	strace -o /dev/null true || skip "no strace here"
	export ASAN_OPTIONS=detect_leaks=0
	local call n count step all=0
	revoke --device unit-2 > /dev/null
	crl > /dev/null
	revoke --device unit-1 > /dev/null
	cp -a factory before
	strace -f -o calls pki-revoke crl -d factory > /dev/null
	for call in pwrite64 write fdatasync fsync link rename unlink unlinkat; do
		count=$(grep -cE "^[0-9]+ +$call\(" calls || true)
		step=$((count > 3 ? ${FAULT_STEP:-6} : 1))
		for ((n = count; n >= 1; n -= step)); do
			hurt "$call" "$n" signal=KILL
			all=$((all + 1))
			[[ $call = *link* || $call = fdatasync ]] ||
			    hurt "$call" "$n" error=ENOSPC
		done
	done
	[ "$all" -gt 10 ]
}

@test "many entries, little memory" {
	bash -c 'ulimit -d 24000 && exec pki-revoke -V' >/dev/null 2>&1 ||
	    skip "this build needs more memory for itself"
	local rows=${ROWS:-30000}
	python3 - "$rows" <<-'END'
	import os, sqlite3, sys
	db = sqlite3.connect('factory/ledger.db')
	key = db.execute('select issuer_key_id from issued limit 1').fetchone()[0]
	n = int(sys.argv[1])
	db.executemany('insert into issued (id, serial, issuer_key_id, spki_sha256,'
	    ' subject, name, profile, not_before, not_after, der, issued_at, state)'
	    " values (?, ?, ?, ?, x'3000', 'CN=x', 'idevid', 0, 253402300799,"
	    " x'300100', 0, 'issued')", ((i + 100, i.to_bytes(4, 'big') +
	    os.urandom(16), key, os.urandom(32)) for i in range(n)))
	db.execute('insert into revoked select id, 1, 1700000000, 1700000000, "x",'
	    ' null, 0 from issued where id >= 100')
	db.commit()
	END
	# what is written is a file, not memory: 24 MB of it do not grow with rows
	run -0 bash -c 'ulimit -d 24000; exec pki-revoke crl -d factory'
	says ", $rows entries, until"
	[ "$(python3 -c '
from cryptography import x509
print(len(x509.load_der_x509_crl(open("factory/crl/full.crl", "rb").read())))' |
	    cat)" = "$rows" ]
	run -0 ours u1.pem factory/crl/full.crl root/crl/full.crl
}
