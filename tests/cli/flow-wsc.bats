#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The second flow of docs/MIGRATING.md: three tiers, a batch of three, a signed
# module, and a verifier that was built with the root, with the values of the
# provisioning guide of wsc.

bats_require_minimum_version 1.5.0
load ../lib/devsign.bash
load ../lib/p11.bash
load ../lib/flow.bash

MAC=AC-DE-48-23-45-67
UUID=0193a1c2-77aa-7b31-8a10-0242ac120002

# The secure element is a token of SoftHSM2.
setup_file() {
	flow_begin
	tokens_at "$SHARED"
	token unit 1234
	echo 1234 >pin
	SE=$(uri unit signing)
	export SE
	flow_steps wsc
}

setup() { flow_copy; }

# own COMMAND...: the verifier that was built with ca/root
own() { build/devverify "$@"; }

@test "the CAs: names, 3650 and 1825 days, path length 0, keys encrypted" {
	subject ca/root/ca.crt \
	    "CN=Example Root CA,O=Example,C=US,ST=California,L=San Francisco"
	[ "$(days ca/root/ca.crt)" = 3650 ]
	fields ca/root/ca.crt
	has "signature ed25519"
	has "basicConstraints ! ca=True pathlen=None"
	has "keyUsage ! key_cert_sign crl_sign"
	subject ca/factory/ca.crt "CN=Example Factory CA,O=Example,C=US"
	[ "$(days ca/factory/ca.crt)" = 1825 ]
	fields ca/factory/ca.crt
	has "basicConstraints ! ca=True pathlen=0"
	has "keyUsage ! key_cert_sign crl_sign"
	for ca in root factory; do
		grep -qx -- '-----BEGIN ENCRYPTED PRIVATE KEY-----' ca/$ca/ca.key
		[ "$(stat -c %a ca/$ca/ca.key)" = 600 ]
	done
	run -3 pki-init check -d ca/root --passphrase-file factory.pass
}

@test "three devices by id, MAC and UUID: 365 days, codeSigning, hardware and firmware" {
	local id
	[ "$(ls out/devices)" = "$(printf '%s\n' $UUID $MAC SENSOR-0001)" ]
	for id in SENSOR-0001 $MAC $UUID; do
		fields "out/devices/$id/cert.pem"
		has "subject 2.5.4.5 PrintableString $id"
		has "subject 2.5.4.10 UTF8String Example"
		has "subject 2.5.4.46 PrintableString week-48"
		has "keyUsage ! digital_signature"
		has "extKeyUsage 1.3.6.1.5.5.7.3.3"
		has "subjectAltName hardware 1.3.6.1.4.1.32473.1.3 $id, directory 2.23.133.5.1.4=TS-1 2.23.133.5.1.5=B2"
		has "2.23.133.5.4.1 30078205$(printf 1.0.0 | xxd -p)"
		extensions "authorityKeyIdentifier keyUsage extKeyUsage subjectAltName 2.23.133.5.4.1"
		[ "$(days "out/devices/$id/cert.pem")" = 365 ]
		run ! grep -q dNSName fields
	done
	[ "$(cat out/devices/*/cert.pem | grep -c BEGIN)" = 3 ]
	# at most the 1 and 3 kilobytes that the guide counts with
	[ "$(cat out/devices/*/cert.der | wc -c)" -le 3072 ]
	[ "$(wc -c <out/devices/$MAC/chain.pem)" -le 3072 ]
	run -0 openssl x509 -in out/devices/$MAC/cert.pem -noout -text
	says "X509v3 Extended Key Usage"
	says "Code Signing"
}

@test "each certificate is for the key that its device has" {
	local n=0 id
	for id in SENSOR-0001 $MAC $UUID; do
		n=$((n + 1))
		openssl req -in csr/$n.csr -noout -pubkey |
		    cmp - <(key_of "out/devices/$id/cert.pem")
	done
	openssl pkey -in 2.key -pubout | cmp - <(key_of out/devices/$MAC/cert.pem)
	tokens_at "$PWD"
	devsign key show -k "$SE" --passphrase-file pin | openssl pkey -pubin |
	    cmp - <(key_of out/devices/SENSOR-0001/cert.pem)
	# a certificate for another key is noticed before anything is signed
	run -1 devsign sign -k file:2.key -c out/devices/$UUID/chain.pem \
	    -o wrong.cose module.wasm
	[ ! -e wrong.cose ]
	# and without the chain the verifier says what is missing
	devsign sign -k file:2.key -c out/devices/$MAC/cert.pem -o bare.cose module.wasm
	run -1 own file -s bare.cose module.wasm
	says "REJECTED no-issuer at certificate 0"
	run -0 own file -s bare.cose -i factory.crt module.wasm
}

@test "the slot is locked: made in the token, never to leave it" {
	run -0 object unit 1234 Private signing
	says "never extractable"
	says "sensitive"
	grep -q 'in token "unit", which made it and never let it out' steps.log
}

@test "chain.pem: the device first, the root last; OpenSSL accepts it" {
	local id
	for id in SENSOR-0001 $MAC $UUID; do
		csplit -s -z -f part- "out/devices/$id/chain.pem" '/BEGIN CERT/' '{*}'
		cmp part-00 "out/devices/$id/cert.pem"
		cmp part-01 ca/factory/ca.crt
		cmp part-02 ca/root/ca.crt
		openssl verify -x509_strict -CAfile part-02 -untrusted part-01 part-00
	done
}

@test "offline: the root is compiled in, nothing can be added, the module accepted" {
	run -0 own anchors
	says "CN=Example Root CA"
	[ "$(grep -c '"CN=' <<<"$output")" = 1 ]
	run -0 own file --type application/wasm --model TS-1 module.wasm
	[[ ${lines[0]} == "module.wasm: ACCEPTED until "* ]]
	says 'version "1.2.0"'
	says 'iss "SENSOR-0001"'
	run -2 own file -a ca/root/ca.crt module.wasm
	run -1 own file --type text/plain module.wasm
	# at a given time: before it was made, and after the year
	run -1 own chain -t 2020-01-01T00:00:00Z out/devices/$MAC/chain.pem
	says "REJECTED not-yet-valid"
	run -1 own chain -t "$(date -u -d '+366 days' +%FT%TZ)" \
	    out/devices/$MAC/chain.pem
	says "REJECTED expired at certificate 0"
}

@test "refused: a module with any bit changed, and any octet of its envelope" {
	/usr/bin/python3 - <<-'END'
	import subprocess

	def judged(name, octets):
	    open(name, 'wb').write(octets)
	    return subprocess.run(['build/devverify', 'file', '-q', 'module.wasm'],
	                          capture_output=True).returncode

	for name in ('module.wasm', 'module.wasm.cose'):
	    whole = open(name, 'rb').read()
	    step = max(1, len(whole) // 100)
	    for at in range(0, len(whole), step):
	        b = bytearray(whole)
	        b[at] ^= 1 << at % 8
	        assert judged(name, bytes(b)) == 1, (name, at)
	    assert judged(name, whole) == 0
	END
}

@test "refused: another PKI of the same names, a device as CA" {
	pki-init root -d evil --key-type ed25519 --no-passphrase \
	    -n "CN=Example Root CA,O=Example,C=US,ST=California,L=San Francisco"
	p256 forged "/CN=forged"
	pki-issue device -d evil -p code-signing -o forged.pem forged.csr
	run -1 own chain forged.pem
	says "forged.pem: REJECTED signature-invalid at certificate 0"
	printf 'keyUsage=critical,digitalSignature\nextendedKeyUsage=codeSigning\n' >ext
	openssl x509 -req -in forged.csr -CA out/devices/$MAC/cert.pem \
	    -CAkey 2.key -set_serial 7 -days 30 -extfile ext -out below.pem
	run -1 own chain -i out/devices/$MAC/chain.pem below.pem
	says "below.pem: REJECTED"
	run -1 own chain --profile path -i out/devices/$MAC/chain.pem below.pem
	says "below.pem: REJECTED ca-flag-missing at certificate 1"
}

@test "refused: a fourth device, another model, another profile; the others go on" {
	openssl genpkey -algorithm ed25519 -out 4.key
	openssl req -new -key 4.key -subj / -out csr/4.csr
	printf 'SENSOR-0004,,,TS-1,B2,1.0.0,4.csr\nSENSOR-0005,,,TS-2,B2,1.0.0,4.csr\n' >>week-48.csv
	run -1 pki-issue batch -d ca/factory --authorisation week-48.auth \
	    --list week-48.csv --requests csr -n O=Example \
	    --passphrase-file factory.pass -o out
	says "SENSOR-0004: KO full"
	says "SENSOR-0005: KO model"
	says "$MAC: KO taken: refused: the certificate of this key, "
	says "serialNumber=$MAC,O=Example, is revoked"
	says "issued 0, on record before 2, without certificate 3"
	[ "$(issued ca/factory)" = 3 ]
	run -1 pki-init authorise -d ca/root --for factory.crt --batch week-48 \
	    --quantity 400 -p module-signer --passphrase-file root.pass \
	    --expires 2040-01-01T00:00:00Z -o more.auth
}

@test "a lost device is refused where the list is, the others are not" {
	run -1 own chain -r factory.crl out/devices/$MAC/chain.pem
	says "REJECTED revoked at certificate 0"
	run -0 own chain -r factory.crl out/devices/$UUID/chain.pem
	run -0 own file -r factory.crl module.wasm
	run -0 openssl crl -in factory.crl -noout -text
	says "Key Compromise"
	run -0 pki-audit report -d ca/factory --by batch --csv
	says "week-48,3,1,0,3,open,"
	p256 lone "/serialNumber=lone"
	pki-issue device -d ca/factory -p module-signer -o lone.pem \
	    --passphrase-file factory.pass lone.csr
	run -0 pki-audit report -d ca/factory --by batch --csv
	says "-,1,0,0,"
	run -0 pki-audit verify -d ca/factory out/devices/*/cert.der
	says "4 certificates, 1 batches, 1 CRLs"
}

@test "the figures of the run" {
	jq -e '.issued == 3 and .listed == 3 and .failed == 0 and .causes == {}' out/report.json
	[ "$(jq -r .result out/results.jsonl | sort | uniq -c | xargs)" = "3 ok" ]
}
