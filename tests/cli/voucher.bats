#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Voucher requests of BRSKI: made with a key in a file, a TPM and a token, read
# by another reader, their signature verified by OpenSSL; judged when they are
# right and when one thing is wrong. A MASA's answer. Neither is a signed file.

bats_require_minimum_version 1.5.0
load helpers.bash
load ../lib/devsign.bash
load ../lib/p11.bash

setup_file() {
	programs_find
	find_programs
	export SHARED=$BATS_FILE_TMPDIR
	cd "$SHARED"
	ca root /CN=Root
	ca factory /CN=Factory root
	device unit-0042 idevid masa.example.net
	ca domain /CN=Domain
	openssl ecparam -name prime256v1 -genkey -noout -out reg.key
	openssl req -new -key reg.key -subj /CN=Registrar -out reg.csr
	leaf reg.csr domain reg.crt
	cat reg.crt domain.crt >reg.pem
	openssl req -new -key reg.key -subj /CN=Again -out again.csr
	leaf again.csr domain again.crt
	openssl ecparam -name prime256v1 -genkey -noout -out evil.key
	openssl req -new -key evil.key -subj /CN=Registrar -out evil.csr
	leaf evil.csr domain evil.crt
	devsign voucher-request "${WITH[@]}" --registrar reg.pem -o good.vrq
	devsign voucher-request "${WITH[@]}" --registrar reg.pem --certificates \
	    -o whole.vrq
}

# device SERIAL NAME [MASA]: NAME.key, NAME.pem with its issuer, a key file
device() {
	openssl ecparam -name prime256v1 -genkey -noout |
	    openssl pkcs8 -topk8 -nocrypt -out "$2.key"
	openssl req -new -key "$2.key" -subj "/CN=unit/serialNumber=$1" \
	    -out "$2.csr"
	idevid "$2" factory "${@:3}"
}

# idevid NAME CA [MASA]: NAME.pem of NAME.csr
idevid() {
	leaf "$1.csr" "$2" "$1.crt" 'keyUsage = critical, digitalSignature' \
	    ${3:+"1.3.6.1.5.5.7.1.32 = ASN1:IA5STRING:$3"}
	cat "$1.crt" "$2.crt" >"$1.pem"
}

setup() {
	programs_find
	find_programs
	cd "$BATS_TEST_TMPDIR"
	[ ! -e "$SHARED/good.vrq" ] || cp "$SHARED"/* .
	ASK=("$BIN/devverify-lab" voucher -a root.crt)
}

teardown() { tpm_stop "$BATS_TEST_TMPDIR/tpm"; }

WITH=(-k file:idevid.key -c idevid.pem)

# fields FILE: of the envelope, KEY VALUE of each line, by another reader
fields() {
	PYTHONPATH=$TOP/tests/lib python3 -Bc '
import sys
from cbor_read import decode
protected, unprotected, payload, signature = decode(
    open(sys.argv[1], "rb").read())
assert unprotected == []
show = lambda v: v.hex() if isinstance(v, bytes) else v
for k, v in decode(protected):
    if k != 33:
        print("header", k, show(v))
(sid, pairs), = decode(payload)
print("sid", sid)
assert [k for k, _ in pairs] == sorted({k for k, _ in pairs})
for k, v in pairs:
    print("field", k, show(v))' "$1"
}

# openssl_verifies FILE CERT: the signature is by the key of that certificate
openssl_verifies() {
	PYTHONPATH=$TOP/tests/lib python3 -Bc '
import sys
from cbor_read import decode
def head(major, n):
    return bytes([major << 5 | n]) if n < 24 else \
        bytes([major << 5 | 24, n]) if n < 256 else \
        bytes([major << 5 | 25]) + n.to_bytes(2, "big")
def integer(raw):
    raw = raw.lstrip(b"\0")
    raw = (b"\0" if raw[0] > 127 else b"") + raw
    return bytes([2, len(raw)]) + raw
protected, _, payload, sig = decode(open(sys.argv[1], "rb").read())
bstr = lambda b: head(2, len(b)) + b
open("tbs", "wb").write(b"\x84\x6aSignature1" + bstr(protected) + b"\x40" +
                        bstr(payload))
both = integer(sig[:32]) + integer(sig[32:])
open("sig", "wb").write(bytes([0x30, len(both)]) + both)' "$1"
	openssl x509 -in "$2" -noout -pubkey >pub
	openssl dgst -sha256 -verify pub -signature sig tbs
}

spki() { openssl x509 -in "$1" -noout -pubkey | openssl pkey -pubin -outform DER; }

# issuer_of CERT: extnValue of authorityKeyIdentifier
issuer_of() {
	printf 041830168014
	openssl x509 -in "$1" -noout -ext authorityKeyIdentifier |
	    tail -1 | tr -d ' :\n' | sed s/^keyid// | tr A-F a-f
}

@test "a request, as another reader and OpenSSL have it" {
	run -0 devsign voucher-request "${WITH[@]}" --registrar reg.pem -o r.vrq
	first_line 'r.vrq: voucher request for serial-number "unit-0042", nonce [0-9a-f]{32}, with file:idevid.key'
	[ "${lines[1]}" = "carry it to: https://masa.example.net/.well-known/brski (through the registrar of the network)" ]
	nonce=$(sed -n 's/.*nonce \([0-9a-f]*\),.*/\1/p' <<<"${lines[0]}")
	run -0 fields r.vrq
	[ "$output" = "header 1 -7
header 16 application/voucher+cose
sid 2501
field 1 2
field 5 $(issuer_of idevid.crt)
field 7 $nonce
field 12 $(spki reg.crt | xxd -p | tr -d '\n')
field 13 unit-0042" ]
	run -0 openssl_verifies r.vrq idevid.crt
	[ "$output" = "Verified OK" ]
	# the nonce is another one each time
	run -0 devsign voucher-request "${WITH[@]}" -o s.vrq
	has_not "$nonce"
	run -0 fields s.vrq
	has_not 'field 1 '
	has_not 'field 12 '
}

@test "what the options write" {
	now=$(date -u +%Y-%m-%dT%H:%M:%SZ)
	devsign voucher-request "${WITH[@]}" --registrar reg.pem \
	    --registrar-as cert --nonce 0011223344556677 --created-on \
	    -t "$now" -o c.vrq
	run -0 fields c.vrq
	has "field 2 $now"
	has 'field 7 0011223344556677'
	has "field 10 $(openssl x509 -in reg.crt -outform DER | xxd -p | tr -d '\n')"
	devsign voucher-request "${WITH[@]}" --registrar reg.pem \
	    --registrar-as key-sha256 -o h.vrq
	run -0 fields h.vrq
	has "field 11 $(spki reg.crt | sha256sum | cut -d' ' -f1)"
	run -0 "${ASK[@]}" -c idevid.pem --registrar reg.pem c.vrq h.vrq
	# binary on standard output, words apart
	devsign voucher-request "${WITH[@]}" -o - >o.vrq 2>words
	grep -q 'carry it to' words
	run -0 "${ASK[@]}" -q -c idevid.pem o.vrq
}

@test "JSON says what was made; a certificate without masa-url says so" {
	run -0 --separate-stderr devsign voucher-request "${WITH[@]}" \
	    --registrar reg.pem -j -o j.vrq
	[ "$(jq -r '[.v, .request, .media_type, .serial_number, .assertion,
	    .masa_url, (.nonce | length)] | map(tostring) | join(" ")' \
	    <<<"$output")" = "1 j.vrq application/voucher+cose unit-0042 proximity https://masa.example.net/.well-known/brski 32" ]
	idevid idevid factory
	run -0 devsign voucher-request "${WITH[@]}" -o n.vrq
	has 'the certificate does not say where the MASA is'
	has 'masa-url in a profile based on idevid'
	idevid idevid factory https://masa.example.com/v1
	run -0 devsign voucher-request "${WITH[@]}" -o w.vrq
	has 'carry it to: https://masa.example.com/v1 ('
}

@test "nothing is made of what would be refused" {
	request=(devsign voucher-request "${WITH[@]}")
	fails 2 "option -o (--output) is missing" "${request[@]}"
	fails 2 "not 8 to 32 octets" "${request[@]}" --nonce 0011 -o x
	fails 2 "not 8 to 32 octets" "${request[@]}" --nonce 00112233445566zz \
	    -o x
	fails 2 "not 8 to 32 octets" "${request[@]}" -o x --nonce \
	    "$(printf '00%.0s' {1..33})"
	fails 2 "goes with --registrar" "${request[@]}" --registrar-as key -o x
	fails 2 "not one of key, cert, key-sha256" "${request[@]}" \
	    --registrar reg.pem --registrar-as name -o x
	fails 3 "nothing" "${request[@]}" --registrar nothing -o x
	echo x >there
	fails 3 "there: exists already" "${request[@]}" -o there
	[ "$(cat there)" = x ]
	run -0 "${request[@]}" --force -o there
	run -0 "${ASK[@]}" -q -c idevid.pem there
	fails 1 "no certificate is for this key" devsign voucher-request \
	    -k file:idevid.key -c reg.pem -o x
	fails 1 "the chain would not be accepted: REJECTED expired" \
	    "${request[@]}" -t 2045-01-01T00:00:00Z -o x
	openssl req -new -key idevid.key -subj "/CN=unit" -out bare.csr
	idevid bare factory
	fails 1 "has no serialNumber" devsign voucher-request \
	    -k file:idevid.key -c bare.pem -o x
	[ ! -e x ]
}

@test "a request is accepted: certificates inside, or as the connection showed" {
	run -0 "${ASK[@]}" whole.vrq
	first_line 'whole.vrq: ACCEPTED until .*'
	has 'voucher request for serial-number "unit-0042", nonce '
	has "assertion proximity, registrar key with SHA-256 $(
	    spki reg.crt | sha256sum | cut -d' ' -f1)"
	run -0 "${ASK[@]}" -c idevid.pem --registrar reg.pem good.vrq whole.vrq
	run -0 "${ASK[@]}" -c idevid.crt -i factory.crt good.vrq
	run -0 "${ASK[@]}" -c idevid.pem - <good.vrq
	run -1 "${ASK[@]}" good.vrq
	first_line 'good.vrq: REJECTED voucher-certificate-missing at .*'
	has 'claimed voucher request for serial-number "unit-0042"'
	# the key is that of another certificate of the registrar, too
	run -0 "${ASK[@]}" -c idevid.pem --registrar again.crt good.vrq
}

@test "a request that is wrong in one thing is refused for that" {
	run -1 "${ASK[@]}" -c idevid.pem --registrar evil.crt good.vrq
	first_line 'good.vrq: REJECTED voucher-registrar-mismatch at envelope proximity-registrar-pubk .*'
	run -1 "${ASK[@]}" -c idevid.pem --nonce 0011223344556677 good.vrq
	first_line 'good.vrq: REJECTED voucher-nonce-mismatch at envelope nonce .*'
	device unit-0043 other
	run -1 "${ASK[@]}" -c other.pem whole.vrq
	first_line 'whole.vrq: REJECTED voucher-certificate-mismatch at .*'
	run -1 "${ASK[@]}" -c other.pem good.vrq
	first_line 'good.vrq: REJECTED envelope-signature-invalid at .*'
	# the device's key under another name
	openssl req -new -key idevid.key -subj /serialNumber=unit-0043 \
	    -out renamed.csr
	idevid renamed factory
	run -1 "${ASK[@]}" -c renamed.pem good.vrq
	first_line 'good.vrq: REJECTED voucher-serial-mismatch at envelope serial-number .*'
	has 'wanted "unit-0043", found "unit-0042"'
	# and of another CA
	ca second /CN=Second root
	cp idevid.csr moved.csr
	idevid moved second
	run -1 "${ASK[@]}" -c moved.pem good.vrq
	first_line 'good.vrq: REJECTED voucher-issuer-mismatch at envelope idevid-issuer .*'
	run -1 "$BIN/devverify-lab" voucher -a domain.crt whole.vrq
	first_line 'whole.vrq: REJECTED no-issuer at .*'
	run -1 "${ASK[@]}" -t 2045-01-01T00:00:00Z whole.vrq
	first_line 'whole.vrq: REJECTED expired at .*'
	run -1 "${ASK[@]}" --revocation required whole.vrq
	first_line 'whole.vrq: REJECTED crl-missing at .*'
	run -1 "$BIN/devverify" voucher whole.vrq
	first_line 'whole.vrq: REJECTED no-anchors .*'
}

@test "JSON: accepted, rejected and none are what the schema says" {
	verdicts "${ASK[@]}" -j -c idevid.pem good.vrq
	[ "$status" -eq 0 ]
	[ "$(jq -r '.voucher | [.kind, .serial_number, .assertion, .key_sha256,
	    .idevid_issuer] | join(" ")' <<<"$output")" = "request unit-0042 proximity $(
	    spki reg.crt | sha256sum | cut -d' ' -f1) $(issuer_of idevid.crt)" ]
	verdicts "${ASK[@]}" -j good.vrq
	[ "$status" -eq 1 ]
	[ "$(jq -r '[.reason, .claimed_voucher.serial_number] | join(" ")' \
	    <<<"$output")" = "voucher-certificate-missing unit-0042" ]
	verdicts "${ASK[@]}" -j nothing
	[ "$status" -eq 3 ]
}

@test "show prints what a request claims, and judges nothing" {
	run -0 "$BIN/devverify" show whole.vrq
	first_line 'whole.vrq: a voucher request; its claims, of which none was checked'
	has 'unit-0042'
	has "$(issuer_of idevid.crt)"
	has CN=Factory
	run -0 "$BIN/devverify" show -j good.vrq
	[ "$(jq -r '[.kind, .judged, .serial_number, .assertion,
	    .proximity_registrar_pubk, .x5chain] | map(tostring) | join(" ")' \
	    <<<"$output")" = "voucher-request false unit-0042 proximity $(
	    spki reg.crt | xxd -p | tr -d '\n') null" ]
}

@test "a request is no signed file, and a signed file no request" {
	for profile in strict path; do
		for f in good whole; do
			run -1 "$BIN/devverify-lab" file -a root.crt --attached \
			    --profile "$profile" "$f.vrq"
			first_line "$f.vrq: REJECTED type-mismatch at envelope typ .*"
			run -1 "$BIN/devverify-lab" file -a root.crt \
			    --profile "$profile" -s "$f.vrq" idevid.key
			first_line "idevid.key: REJECTED type-mismatch .*"
		done
	done
	echo artefact >fw.bin
	devsign sign "${WITH[@]}" fw.bin
	devsign sign "${WITH[@]}" --attach -o a.cose fw.bin
	for profile in strict path; do
		run -1 "${ASK[@]}" --profile "$profile" fw.bin.cose
		first_line 'fw.bin.cose: REJECTED type-mismatch at .*'
		run -1 "${ASK[@]}" --profile "$profile" a.cose
		first_line 'a.cose: REJECTED type-mismatch at .*'
	done
}

@test "every bit of a request counts" {
	python3 -Bc '
data = open("good.vrq", "rb").read()
for i in range(0, 8 * len(data)):
    bad = bytearray(data)
    bad[i // 8] ^= 1 << i % 8
    open("bit%05d" % i, "wb").write(bad)'
	run "${ASK[@]}" -c idevid.pem bit*
	[ "$status" -eq 1 ]
	has_not ACCEPTED
	[ "$(grep -c ': REJECTED ' <<<"$output")" -eq \
	    $((8 * $(stat -c %s good.vrq))) ]
}

@test "the wrong use of the command is told" {
	fails 2 "is not 8 to 32 octets" "${ASK[@]}" --nonce 00 good.vrq
	fails 2 "is of one voucher" "${ASK[@]}" --request good.vrq a b
	fails 2 "--registrar is of a request" "${ASK[@]}" --request good.vrq \
	    --registrar reg.pem a
	fails 3 "not a voucher request: " "${ASK[@]}" --request idevid.pem \
	    good.vrq
	: >empty
	fails 3 "" "${ASK[@]}" -c empty good.vrq
	fails 3 "" "${ASK[@]}" --registrar empty good.vrq
	run -1 "${ASK[@]}" -c idevid.pem empty
	first_line 'empty: REJECTED input-empty at .*'
}

# masa OUT FIELD=VALUE...: what a MASA answers, made by python; VALUE is python
masa() {
	/usr/bin/python3 -B - "$@" <<-'END'
	import sys
	sys.path.insert(0, __import__("os").environ["TOP"] + "/vectors/make")
	sys.dont_write_bytecode = True
	from cbor import array, bstr, cmap, num, tag, tstr
	from der import B
	from cryptography.hazmat.primitives.asymmetric import ec, utils
	from cryptography.hazmat.primitives import hashes, serialization
	key = serialization.load_pem_private_key(open("masa.key", "rb").read(),
	                                         None)
	fields = {1: num(2), 3: B(b"\xf4"), 7: bstr(bytes.fromhex(
	    open("nonce").read().strip())), 8: bstr(open("reg.der", "rb").read()),
	    11: tstr("unit-0042")}
	for text in sys.argv[2:]:
	    number, _, value = text.partition("=")
	    fields[int(number)] = eval(value)
	payload = cmap((num(2451), cmap(*[(num(k), v) for k, v in sorted(
	    fields.items()) if v is not None])))
	protected = cmap((num(1), num(-7)), (num(16), tstr(
	    "application/voucher+cose")))
	r, s = utils.decode_dss_signature(key.sign(array(tstr("Signature1"),
	    bstr(protected), bstr(b""), bstr(payload)).data,
	    ec.ECDSA(hashes.SHA256())))
	open(sys.argv[1], "wb").write(tag(18, array(bstr(protected), cmap(),
	    bstr(payload), bstr(r.to_bytes(32, "big") + s.to_bytes(32, "big")))
	    ).data)
	END
}

@test "the MASA's answer is for this device, or is refused" {
	openssl ecparam -name prime256v1 -genkey -noout -out masa.key
	openssl req -new -key masa.key -subj /CN=MASA -out masa.csr
	leaf masa.csr root masa.crt
	openssl x509 -in reg.crt -outform DER -out reg.der
	fields good.vrq | sed -n 's/^field 7 //p' >nonce
	answer=("${ASK[@]}" -c masa.crt --request good.vrq)
	masa v.vch
	run -0 "${answer[@]}" v.vch
	first_line 'v.vch: ACCEPTED until .*'
	has 'voucher for serial-number "unit-0042", nonce '
	has "assertion proximity, domain certificate with SHA-256 $(
	    sha256sum <reg.der | cut -d' ' -f1)"
	run -0 "$BIN/devverify" show -j v.vch
	[ "$(jq -r '[.kind, .serial_number, .pinned_domain_cert] | join(" ")' \
	    <<<"$output")" = "voucher unit-0042 $(xxd -p reg.der | tr -d '\n')" ]
	verdicts "${answer[@]}" -j v.vch
	[ "$(jq -r .voucher.kind <<<"$output")" = voucher ]
	run -1 "${ASK[@]}" -c masa.crt v.vch
	first_line 'v.vch: REJECTED voucher-kind at .*'
	run -1 "${answer[@]}" good.vrq
	first_line 'good.vrq: REJECTED voucher-kind at .*'
	run -1 "${ASK[@]}" -c masa.crt --request whole.vrq v.vch
	first_line 'v.vch: REJECTED voucher-nonce-mismatch at .*'
	openssl req -new -key masa.key -subj /CN=unit/serialNumber=unit-0043 \
	    -out sibling.csr
	leaf sibling.csr root sibling.crt
	run -1 "${ASK[@]}" -c sibling.crt --request good.vrq v.vch
	first_line 'v.vch: REJECTED voucher-signer at certificate 0 .*'
	has 'found "unit-0043"'
	masa s.vch '11=tstr("unit-0043")'
	run -1 "${answer[@]}" s.vch
	first_line 's.vch: REJECTED voucher-serial-mismatch at .*'
	masa e.vch '4=tstr("2026-01-01T00:00:00.5Z")'
	run -1 "${answer[@]}" e.vch
	first_line 'e.vch: REJECTED voucher-expired at .*'
	masa p.vch '8=None'
	run -1 "${answer[@]}" p.vch
	first_line 'p.vch: REJECTED voucher-pin at .*'
	masa f.vch '7=None'
	run -1 "${answer[@]}" f.vch
	first_line 'f.vch: REJECTED voucher-not-fresh at .*'
	run -1 "$BIN/devverify-lab" voucher -a domain.crt -c masa.crt \
	    --request good.vrq v.vch
	first_line 'v.vch: REJECTED no-issuer at .*'
}

@test "with the key in a TPM" {
	tpm_start "$BATS_TEST_TMPDIR/tpm"
	devsign key create >made
	devsign request -n CN=unit,serialNumber=unit-0042 -o tpm.csr
	idevid tpm factory
	devsign voucher-request -c tpm.pem --registrar reg.pem -o t.vrq
	run -0 openssl_verifies t.vrq tpm.crt
	run -0 "${ASK[@]}" -c tpm.pem --registrar reg.pem t.vrq
}

@test "with the key in a token" {
	tokens_at "$PWD"
	token device 1234
	echo 1234 >pin
	key=$(uri device key)
	devsign key create -k "$key" --passphrase-file pin >made
	devsign request -k "$key" --passphrase-file pin \
	    -n CN=unit,serialNumber=unit-0042 -o p11.csr
	idevid p11 factory
	devsign voucher-request -k "$key" --passphrase-file pin -c p11.pem \
	    --registrar reg.pem -o p.vrq
	run -0 openssl_verifies p.vrq p11.crt
	run -0 "${ASK[@]}" -c p11.pem --registrar reg.pem p.vrq
}
