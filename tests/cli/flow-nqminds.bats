#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The first flow of docs/MIGRATING.md: an IDevID for a device with a TPM, from the
# key to the factory reset, with the field values of nqminds' documents.

bats_require_minimum_version 1.5.0
load ../lib/devsign.bash
load ../lib/flow.bash

setup_file() {
	flow_begin
	tpm_start "$SHARED/tpm"
	flow_steps nqminds
	tpm_stop "$SHARED/tpm"
}

# Each test starts the device again, with a TPM of its own that has the same state.
setup() {
	flow_copy
	tpm_start "$PWD/tpm"
}
teardown() { tpm_stop "$BATS_TEST_TMPDIR/tpm"; }

@test "the IDevID: serialNumber, no end, hardwareModuleName, masa-url" {
	fields unit.pem
	has "version 3"
	has "subject 2.5.4.5 PrintableString unit-0042"
	has "end 99991231235959Z"
	has "key secp256r1"
	has "signature ecdsa-with-SHA256"
	has "authorityKeyIdentifier 20 octets"
	has "keyUsage ! digital_signature"
	has "subjectAltName hardware 1.3.6.1.4.1.32473.1.2 unit-0042, directory 2.23.133.5.1.4=GW-2"
	has "1.3.6.1.5.5.7.1.32 161b$(printf https://masa.example.com/v1 | xxd -p)"
	extensions "authorityKeyIdentifier keyUsage subjectAltName 1.3.6.1.5.5.7.1.32"
	subject unit.pem "serialNumber=unit-0042,O=Example"
	run -0 openssl x509 -in unit.pem -noout -text
	says "Not After : Dec 31 23:59:59 9999 GMT"
	says "Issuer: O = Example, CN = IDevID CA"
	openssl verify -x509_strict -CAfile root/ca.crt \
	    -untrusted idevid-ca/ca.crt unit.pem
	run -0 pki-issue lint -p idevid -i idevid-ca/ca.crt unit.pem
	says "0 errors, 0 warnings, 0 notices"
}

@test "its key was made in the TPM, and is there; so is the certificate" {
	devsign key show | openssl pkey -pubin | cmp - <(key_of unit.pem)
	[ "$(tpm2_getcap handles-persistent)" = "- 0x81020000" ]
	run -0 tpm2_readpublic -c 0x81020000
	says "fixedtpm|fixedparent|sensitivedataorigin"
	openssl x509 -in unit.pem -outform DER -out unit.der
	tpm2_nvread 0x01C90200 -o nv.out
	cmp nv.out unit.der
	run ! tpm2_nvwrite -Q 0x01C90200 -C p -i unit.der
}

@test "at the next boot it is provisioned; a new one is not; no TPM is neither" {
	run -0 devsign status --boot --dir dev
	[ "$(devsign status -j --dir dev | jq -r .stage)" = locked ]
	tpm_stop "$PWD/tpm"
	run -3 devsign status --boot --dir dev
	tpm_start "$PWD/new"
	run -1 devsign status --boot --dir new-dev
	tpm_stop "$PWD/new"
}

@test "it signs with that key, and what it signed is not changed" {
	cmp dev/chain.pem unit.pem
	run -0 devverify-lab file -a root/ca.crt request.json
	says 'iss "unit-0042"'
	echo '{"serial-number":"unit-0043"}' >request.json
	run -1 devverify-lab file -a root/ca.crt request.json
	says "request.json: REJECTED artefact-mismatch"
}

@test "it asks for a voucher with that key, and says where its MASA is" {
	run -0 devverify-lab voucher -a root/ca.crt -j unit.vrq
	[ "$(jq -r '.voucher | [.kind, .serial_number] | join(" ")' \
	    <<<"$output")" = "request unit-0042" ]
	run -0 devsign voucher-request --dir dev -o again.vrq
	says "carry it to: https://masa.example.com/v1 "
	run -0 devverify-lab voucher -a root/ca.crt -c unit.pem again.vrq
}

@test "refused: a request whose signature is not by its key" {
	devsign request -n "serialNumber=unit-0043,O=Example" -o other.csr
	tampered other.csr bad.der unit-0043
	run -1 pki-issue device -d idevid-ca -p gateway bad.der
	says "possession-not-proved"
	[ "$(issued idevid-ca)" = 1 ]
}

@test "refused: a second name for a key, a second key for a name" {
	devsign request -n "serialNumber=unit-0043,O=Example" -o other.csr
	run -1 pki-issue device -d idevid-ca -p gateway --model GW-2 other.csr
	says "unit-0042"
	p256 clone "/O=Example/serialNumber=unit-0042"
	run -1 pki-issue device -d idevid-ca -p gateway --model GW-2 clone.csr
	says "unit-0042"
	[ "$(issued idevid-ca)" = 1 ]
}

@test "refused: a request that says what the manufacturer has to say" {
	local wish
	for wish in basicConstraints=critical,CA:TRUE \
	    1.3.6.1.5.5.7.1.32=ASN1:IA5STRING:https://masa.example.net \
	    subjectAltName=DNS:unit-0044; do
		p256 wish "/O=Example/serialNumber=unit-0044" -addext "$wish"
		run -1 pki-issue device -d idevid-ca -p gateway wish.csr
		says "the request asks for"
	done
	[ "$(issued idevid-ca)" = 1 ]
}

@test "refused: a generator that repeats itself" {
	/usr/bin/python3 "$TOP/tests/lib/requests.py" same-r .
	pki-issue device -d idevid-ca -p gateway -n serialNumber=weak-1 \
	    -o weak-1.pem weak-1.csr
	run -1 pki-issue device -d idevid-ca -p gateway -n serialNumber=weak-2 \
	    -o weak-2.pem weak-2.csr
	says "random number generator"
	[ ! -e weak-2.pem ]
}

@test "found: an IDevID that is none" {
	p256 ca "/O=Example/CN=CA"
	p256 bad "/O=Example/CN=unit-9"
	printf '%s\n' authorityKeyIdentifier=keyid subjectKeyIdentifier=hash \
	    keyUsage=critical,digitalSignature extendedKeyUsage=clientAuth \
	    subjectAltName=DNS:unit-9 >ext
	openssl req -x509 -key ca.key -subj "/O=Example/CN=CA" -days 3650 -out ca.pem
	openssl x509 -req -in bad.csr -CA ca.pem -CAkey ca.key -CAcreateserial \
	    -days 365 -extfile ext -out bad.pem
	run -1 pki-issue lint -j -p idevid -i ca.pem bad.pem
	for name in devid-end devid-serial-number devid-purpose devid-ski \
	    devid-hardware-module; do
		jq -e --arg name "$name" '[.findings[].name] | index($name)' \
		    <<<"$output"
	done
}

@test "the owner's LDevID, the factory reset, and the end" {
	flow_steps 'nqminds again'
	fields ldevid.pem
	has "subject 2.5.4.5 PrintableString unit-0042"
	has "years 10"
	extensions "authorityKeyIdentifier keyUsage"
	# a key of its own, in the TPM; the IDevID's was not used for it
	grep -qx 'tpm:ldevid.key: P-256 key, created' steps.log
	[ ! -e ldevid.key ]
	run ! cmp <(key_of ldevid.pem) <(key_of unit.pem)
	openssl verify -x509_strict -CAfile owner/ca.crt ldevid.pem
	run ! tpm2_nvreadpublic 0x01C90200
	run -1 devsign status --boot --dir dev
	# the key is the TPM's own: the device can be provisioned again
	devsign key create | grep -qF "$(key_of unit.pem | sed -n 2p)"
}

@test "taking the IDevID out without the maker is refused" {
	openssl ecparam -name prime256v1 -genkey -noout -out thief.key
	openssl rand 36 | openssl dgst -sha256 -sign thief.key -out thief.sig
	run -1 devsign retire --rma-key rma.pub --rma-signature thief.sig --yes \
	    --dir dev
	says "is not a signature by the RMA key for this device"
	run -0 devsign status --boot --dir dev
}
