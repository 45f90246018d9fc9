#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The fourth flow of docs/MIGRATING.md: PAA, PAI and a batch of Matter DACs at a
# contract manufacturer, and the factory stopped from a distance, with the field
# values of the reference by Keyfactor and Trusted Objects.

bats_require_minimum_version 1.5.0
load ../lib/devsign.bash
load ../lib/flow.bash

VID=1.3.6.1.4.1.37244.2.1
PID=1.3.6.1.4.1.37244.2.2

# The programming station has its key before.
setup_file() {
	flow_begin
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	    -keyout station.key -out station.pem -days 365 \
	    -subj "/O=Example/CN=Programming station 1" \
	    -addext keyUsage=critical,keyAgreement 2>openssl.err
	flow_steps keyfactor
}

setup() { flow_copy; }

# authorise NAME QUANTITY EXPIRES [OPTION...]: NAME.auth for the PAI
authorise() {
	local name=$1 quantity=$2 expires=$3
	shift 3
	pki-init authorise -d paa --for pai.crt --batch "$name" \
	    --quantity "$quantity" --expires "$expires" --model WifiFireAlarm \
	    --passphrase-file paa.pass -o "$name.auth" "$@"
}

# batch NAME LIST [OPTION...]: NAME of LIST, with keys made here
batch() {
	local name=$1 list=$2
	shift 2
	pki-issue batch -d pai --authorisation "$name.auth" --list "$list" \
	    --keygen --for-station station.pem --passphrase-file pai.pass \
	    -n VID=FFF1,PID=8000 -o "$name.out" "$@"
}

# run_of FIRST LAST [MODEL]: a list of serial numbers
run_of() {
	echo id,model
	seq -f "HWSN%08g,${3-WifiFireAlarm}" "$1" "$2"
}

tomorrow() { date -u -d '+1 day' +%FT%TZ; }

@test "PAA and PAI: names, vendor, 25 and 15 years, path lengths 1 and 0" {
	subject paa/ca.crt "CN=tops-PAA-CA-EC1,$VID=#0C0446464631"
	fields paa/ca.crt
	has "subject $VID UTF8String FFF1"
	has "years 25"
	has "basicConstraints ! ca=True pathlen=1"
	has "keyUsage ! key_cert_sign crl_sign"
	has "key secp256r1"
	has "signature ecdsa-with-SHA256"
	subject pai.crt "CN=tops-PAI-CA-EC1,$VID=#0C0446464631"
	fields pai.crt
	has "years 15"
	has "basicConstraints ! ca=True pathlen=0"
	has "keyUsage ! key_cert_sign crl_sign"
	has "key secp256r1"
	run ! cmp <(key_of paa/ca.crt) <(key_of pai.crt)
	grep -qx -- '-----BEGIN ENCRYPTED PRIVATE KEY-----' pai/ca.key
	openssl verify -x509_strict -CAfile paa/ca.crt pai/ca.crt
}

@test "each DAC: CN, VID, PID, no CA, digitalSignature, both key identifiers" {
	local n id dac
	for n in 1 2 3; do
		id=HWSN0000000$n
		dac=out/devices/$id/cert.pem
		fields $dac
		has "version 3"
		has "subject 2.5.4.3 UTF8String $id"
		has "subject $VID UTF8String FFF1"
		has "subject $PID UTF8String 8000"
		has "basicConstraints ! ca=False pathlen=None"
		has "keyUsage ! digital_signature"
		has "subjectKeyIdentifier 20 octets"
		has "authorityKeyIdentifier 20 octets"
		has "end 99991231235959Z"
		has "key secp256r1"
		has "signature ecdsa-with-SHA256"
		extensions "authorityKeyIdentifier subjectKeyIdentifier basicConstraints keyUsage"
		[ "$(sed -n 's/^size //p' fields)" -le 600 ]
		run -0 openssl x509 -in $dac -noout -text
		says "CA:FALSE"
		has_issuer $dac
		openssl verify -x509_strict -CAfile paa/ca.crt -untrusted pai/ca.crt $dac
	done
	[ "$(cat out/devices/*/cert.pem | grep -c BEGIN)" = 3 ]
	# no two of anything
	for what in -serial -pubkey -subject; do
		[ "$(for f in out/devices/*/cert.pem; do
			openssl x509 -in "$f" -noout $what | sha256sum
		done | sort -u | wc -l)" = 3 ]
	done
}

# has_issuer DAC: the PAI's name, and its key identifier
has_issuer() {
	[ "$(openssl x509 -in "$1" -noout -issuer | cut -d= -f2-)" = \
	    "$(openssl x509 -in pai/ca.crt -noout -subject | cut -d= -f2-)" ]
	[ "$(openssl x509 -in "$1" -noout -ext authorityKeyIdentifier | tail -1)" = \
	    "$(openssl x509 -in pai/ca.crt -noout -ext subjectKeyIdentifier | tail -1)" ]
}

@test "each has no finding, and neither have PAI and PAA" {
	run -0 pki-issue lint -p matter-dac -i pai.crt out/devices/*/cert.pem
	[ "$(grep -c ': 0 errors, 0 warnings, 0 notices as matter-dac$' <<<"$output")" = 3 ]
	run -0 pki-issue lint -p matter-pai -i paa/ca.crt pai.crt
	says "0 errors, 0 warnings, 0 notices"
	run -0 pki-issue lint -p matter-paa paa/ca.crt
	says "0 errors, 0 warnings, 0 notices"
	run -0 devverify show out/devices/HWSN00000002/cert.pem
	says "name              CN=HWSN00000002,$VID=FFF1,$PID=8000"
	says "issuer            CN=tops-PAI-CA-EC1,$VID=FFF1"
	says "key usage         digitalSignature"
}

@test "keys leave for the programming station alone, never in the clear" {
	local id d
	for id in HWSN00000001 HWSN00000002 HWSN00000003; do
		openssl cms -decrypt -inform DER -in out/devices/$id/key.p7m \
		    -recip station.pem -inkey station.key -out $id.p8
		openssl pkey -inform DER -in $id.p8 -pubout |
		    cmp - <(key_of out/devices/$id/cert.pem)
		d=$(openssl ec -inform DER -in $id.p8 -outform DER 2>openssl.err |
		    openssl asn1parse -inform DER |
		    awk -F'DUMP]:' '/OCTET STRING/ { print tolower($2) }')
		[ ${#d} = 64 ]
		/usr/bin/python3 - "$d" <<-'END'
		import base64, pathlib, sys
		d = bytes.fromhex(sys.argv[1])
		forms = (d, d.hex().encode(), d.hex().upper().encode(),
		         base64.b64encode(d))
		files = [f for top in ('out', 'pai', 'paa')
		         for f in pathlib.Path(top).rglob('*') if f.is_file()]
		assert len(files) > 20
		for f in files:
		    assert not any(form in f.read_bytes() for form in forms), f
		END
	done
	# closed: not even sealed keys stay in the ledger
	[ "$(/usr/bin/python3 -c 'import sqlite3
print(*sqlite3.connect("pai/ledger.db").execute(
    "SELECT count(*) FROM sealed").fetchone())')" = 0 ]
}

@test "the run: results, report, a manifest that the PAI has signed" {
	[ "$(jq -r '.id + " " + .result' out/results.jsonl)" = \
	    "$(printf '%s ok\n' HWSN00000001 HWSN00000002 HWSN00000003)" ]
	jq -e '.listed == 3 and .issued == 3 and .failed == 0 and
	    .batch_quantity == 3 and .batch_closed' out/report.json
	[ "$(tail -n +2 out/manifest.csv | wc -l)" = 3 ]
	while IFS=, read -r id serial sum; do
		[ "$(sha256sum <"out/devices/$id/cert.der")" = "$sum  -" ]
		[ "$(openssl x509 -in "out/devices/$id/cert.pem" -noout -serial)" = \
		    "serial=$(tr a-f A-F <<<"$serial")" ]
	done < <(tail -n +2 out/manifest.csv)
	[ -s out/manifest.cose ]
}

@test "the report of the batch: text, CSV, JSON; revoked ones are counted" {
	run -0 pki-audit report -d pai --by batch
	says "WifiFireAlarm-1: 3 issued of 3, closed, 0 revoked, 0 ended"
	pki-revoke revoke -d pai --device HWSN00000002 --reason keyCompromise
	run -0 pki-audit report -d pai --by batch --csv
	[[ ${lines[0]} == name,issued,revoked,ended,quantity,state,first,last ]]
	[[ ${lines[1]} == WifiFireAlarm-1,3,1,0,3,closed,* ]]
	pki-audit report -d pai --by batch --json | jq -e '.name == "WifiFireAlarm-1"
	    and .issued == 3 and .revoked == 1 and .quantity == 3 and .closed'
	p256 lone "/CN=HWSN00000900"
	pki-issue device -d pai -p matter-dac --passphrase-file pai.pass \
	    -n CN=HWSN00000900,VID=FFF1,PID=8000 -o lone.pem lone.csr
	run -0 pki-audit report -d pai --by batch
	says "-: 1 issued, 0 revoked, 0 ended"
	run -0 pki-audit verify -d pai out/devices/*/cert.der
	says "pai: OK"
	sed -i '2s/./X/' pai/audit.log
	run -1 pki-audit verify -d pai
	says "pai: NOT OK"
}

@test "refused: more devices than the PAA allowed, another model; a failure is no device" {
	authorise lot-2 2 "$(tomorrow)" -p matter-dac
	{
		run_of 101 101 Toaster
		run_of 102 104 | tail -n +2
	} >list.csv
	run -1 batch lot-2 list.csv
	says "HWSN00000101: KO model"
	says "HWSN00000102: OK issued"
	says "HWSN00000103: OK issued"
	says "HWSN00000104: KO full: refused: batch lot-2 has its 2 devices"
	says "listed 4: issued 2, on record before 0, without certificate 2"
	[ "$(issued pai)" = 5 ]
	# the first batch is closed
	run_of 1 4 >list.csv
	run -1 batch WifiFireAlarm-1 list.csv
	says "HWSN00000004: KO ended"
	[ "$(issued pai)" = 5 ]
}

@test "refused: after the end of the contract" {
	authorise short 2 "@$(($(date +%s) + 2))" -p matter-dac
	sleep 3
	run_of 201 201 >list.csv
	run -1 batch short list.csv
	says "HWSN00000201: KO ended: refused: the authorisation of batch short ended at"
	[ "$(issued pai)" = 3 ]
}

@test "refused: what the factory writes for itself" {
	run -1 pki-init authorise -d pai --for pai.crt --batch own --quantity 9 \
	    -p matter-dac --expires "$(tomorrow)" --passphrase-file pai.pass \
	    -o own.auth
	/usr/bin/python3 - <<-'END'
	b = bytearray(open('WifiFireAlarm-1.auth', 'rb').read())
	b[b.index(b'WifiFireAlarm-1') + 14] ^= 2
	open('more.auth', 'wb').write(b)
	END
	run_of 301 301 >list.csv
	run -1 batch more list.csv
	says "more.auth"
	[ "$(issued pai)" = 3 ]
}

@test "refused: a DAC with the PAI's profile, of another vendor, without a PID" {
	run -2 authorise as-pai 1 "$(tomorrow)" -p matter-pai
	p256 unit "/CN=HWSN00000401"
	run -2 pki-issue device -d pai -p matter-pai --passphrase-file pai.pass unit.csr
	run -1 pki-issue device -d pai -p matter-dac --passphrase-file pai.pass \
	    -n CN=HWSN00000401,VID=FFF2,PID=8000 unit.csr
	says "FFF1"
	run -1 pki-issue device -d pai -p matter-dac --passphrase-file pai.pass \
	    -n CN=HWSN00000401,VID=FFF1 unit.csr
	says "PID"
	[ "$(issued pai)" = 3 ]
}

@test "found: the device certificate of the reference is a CA's" {
	run -1 pki-issue lint -j -p matter-dac \
	    "$TOP/vectors/lint/matter-dac-ca--printed-in-a-reference/cert.der"
	jq -e '[.findings[].name] | sort ==
	    ["matter-dac-ca", "matter-key-usage", "validity-cut"]' <<<"$output"
}

@test "the PAI revoked at the PAA: all it made and will make is refused" {
	# the factory has leave for two more, and knows nothing of what comes
	authorise lot-2 2 "$(tomorrow)" -p matter-dac
	flow_steps 'keyfactor stopped'
	run_of 501 502 >list.csv
	batch lot-2 list.csv
	run -0 devverify-lab chain -a paa/ca.crt {out,lot-2.out}/devices/*/chain.pem
	run -1 devverify-lab chain -a paa/ca.crt -r paa.crl \
	    {out,lot-2.out}/devices/*/chain.pem
	[ "$(grep -c ': REJECTED revoked at certificate 1' <<<"$output")" = 5 ]
	says "cACompromise since"
	run ! openssl verify -crl_check -CAfile paa/ca.crt -CRLfile paa.crl pai.crt
	says "certificate revoked"
	run -0 openssl crl -in paa.crl -noout -text
	says "CA Compromise"
}

@test "the PAA gives a PAI that it has revoked no further batch, nor an old one again" {
	local end
	end=$(tomorrow)
	authorise lot-2 2 "$end" -p matter-dac
	cp lot-2.auth kept.auth
	rm lot-2.auth
	authorise lot-2 2 "$end" -p matter-dac
	cmp lot-2.auth kept.auth
	flow_steps 'keyfactor stopped'
	for lot in lot-2 lot-3; do
		rm -f $lot.auth
		run -1 authorise $lot 2 "$end" -p matter-dac
		says "refused: the certificate of CN=tops-PAI-CA-EC1,$VID=FFF1 is revoked"
		[ ! -e $lot.auth ]
	done
}
