#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# devsign countersign, and what devverify file says of envelopes that others
# have confirmed (RFC 9338).

bats_require_minimum_version 1.5.0
load ../lib/devsign.bash
load helpers.bash

# device NAME CA TYPE [EXTENSION-LINE...]: NAME.key and its chain NAME.pem
device() {
	local name=$1 ca=$2 type=$3
	shift 3
	devsign key create -k "file:$name.key" --no-passphrase \
	    --key-type "$type" >/dev/null
	devsign request -k "file:$name.key" -n "CN=$name" -o "$name.csr"
	leaf "$name.csr" "$ca" "$name.pem" "$@"
}

# confirm DEVICE ARGUMENT...
confirm() {
	local name=$1
	shift
	devsign countersign -k "file:$name.key" -c "$name.pem" "$@"
}

setup_file() {
	programs_find
	cd "$BATS_FILE_TMPDIR"
	ca root "/CN=Root"
	ca desks "/CN=Desks"
	device one root p256
	device desk desks p384 'keyUsage = critical, digitalSignature' \
	    'subjectAltName = DNS:desk.example'
	device second desks ed25519
	device tls desks p256 'keyUsage = critical, digitalSignature' \
	    'extendedKeyUsage = clientAuth'
	echo 'an artefact' >fw.bin
	devsign sign -k file:one.key -c one.pem fw.bin
	cp fw.bin.cose alone.cose
	confirm desk -o desk.cose fw.bin.cose
}

setup() {
	programs_find
	find_programs
	cd "$BATS_TEST_TMPDIR"
	cp "$BATS_FILE_TMPDIR"/* .
	V=(devverify-lab file -a root.crt -a desks.crt)
}

@test "a desk confirms an envelope; the verdict says who" {
	run -0 confirm desk fw.bin.cose
	has 'fw.bin.cose: countersigned "fw.bin" as "desk" with file:desk.key (1 of 4)'
	run -0 "${V[@]}" fw.bin
	first_line 'fw.bin: ACCEPTED until .*'
	has 'countersigned by "CN=desk", iss "desk", at '
	has 'and all of who countersigned'
	verdicts "${V[@]}" -j fw.bin
	[ "$(jq -c '[.signed.iss, .countersigned_by[0].iss,
	    .countersigned_by[0].subject, .countersigned_by[0].revocation,
	    (.countersigned_by | length)]' <<<"$output")" = \
	    '["one","desk","CN=desk","not-checked",1]' ]
	run -0 devverify-lab show -j fw.bin.cose
	[ "$(jq -c .countersigned_by <<<"$output")" = '["CN=desk"]' ]
	run -0 devverify-lab show fw.bin.cose
	has 'countersigned by'
	run -0 confirm second fw.bin.cose
	has '(2 of 4)'
	verdicts "${V[@]}" -j fw.bin
	[ "$(jq -c '[.countersigned_by[].iss]' <<<"$output")" = \
	    '["desk","second"]' ]
}

@test "signed octets stay; another implementation verifies what was added" {
	confirm second -o both.cose desk.cose
	/usr/bin/python3 - <<'PY'
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils


def item(b, at):
    """Value and end of one item; a list of pairs for a map."""
    major, n = b[at] >> 5, b[at] & 31
    at += 1
    if n >= 24:
        size = 1 << n - 24
        n, at = int.from_bytes(b[at:at + size], "big"), at + size
    if major in (2, 3):
        return b[at:at + n], at + n
    if major == 4 or major == 5:
        out = []
        for _ in range(n * (major - 3)):
            value, at = item(b, at)
            out.append(value)
        return (out if major == 4 else
                dict(zip(map(int, out[::2]), out[1::2]))), at
    if major == 6:
        return item(b, at)
    return n if major == 0 else -1 - n, at


def bstr(b, major=2):
    n = len(b)
    return (bytes([major << 5 | n]) if n < 24 else
            bytes([major << 5 | 24, n]) if n < 256 else
            bytes([major << 5 | 25]) + n.to_bytes(2, "big")) + b


def read(name):
    b = open(name, "rb").read()
    value, end = item(b, 0)
    assert end == len(b)
    return value, b


before, raw = read("alone.cose")
for name, count in (("desk.cose", 1), ("both.cose", 2)):
    after, now = read(name)
    assert before[0] == after[0] and before[2:] == after[2:]
    assert before[1] == {} and list(after[1]) == [11]
    # what was there, octet by octet, around what was added
    head = len(b"\xd2\x84" + bstr(before[0]))
    assert now.startswith(raw[:head] + b"\xa1\x0b")
    assert now.endswith(raw[head + 1:])
    each = [after[1][11]] if count == 1 else after[1][11]
    assert len(each) == count
    for protected, open_, signature in each:
        assert open_ == {}
        head, _ = item(protected, 0)
        assert sorted(head) == [1, 15, 33] and sorted(head[15]) == [1, 6]
        chain = head[33] if isinstance(head[33], list) else [head[33]]
        signed = (b"\x86" + bstr(b"CounterSignatureV2", 3) + bstr(after[0]) +
                  bstr(protected) + bstr(b"") + bstr(after[2]) + b"\x81" +
                  bstr(after[3]))
        key = x509.load_der_x509_certificate(chain[0]).public_key()
        if head[1] == -35:
            half = len(signature) // 2
            key.verify(utils.encode_dss_signature(
                int.from_bytes(signature[:half], "big"),
                int.from_bytes(signature[half:], "big")), signed,
                       ec.ECDSA(hashes.SHA384()))
        else:
            assert head[1] == -8
            key.verify(signature, signed)
PY
}

@test "a key confirms once, the signer never, and four are the most" {
	run -1 confirm desk desk.cose
	has 'this key has countersigned the envelope already'
	run -1 confirm one desk.cose
	has 'this key has signed the envelope'
	confirm second desk.cose
	run -1 confirm desk desk.cose
	has 'already'
	for name in third fourth fifth; do device $name desks p256; done
	confirm third desk.cose
	run -0 confirm fourth desk.cose
	has '(4 of 4)'
	before=$(sha256sum <desk.cose)
	run -1 confirm fifth desk.cose
	has '4 countersignatures already'
	[ "$(sha256sum <desk.cose)" = "$before" ]
	run -0 "${V[@]}" --countersigned 4 -s desk.cose fw.bin
}

@test "nothing broken is confirmed, and nothing is lost" {
	/usr/bin/python3 - <<'PY'
b = bytearray(open("alone.cose", "rb").read())
b[-1] ^= 1
open("forged.cose", "wb").write(b)
b = bytearray(open("desk.cose", "rb").read())
at = b.index(open("alone.cose", "rb").read()[-64:]) - 40
b[at - 20] ^= 1
open("inside.cose", "wb").write(b)
PY
	head -c 100 alone.cose >cut.cose
	: >empty.cose
	devsign sign -k file:one.key -c one.pem --multi -o several.cose fw.bin
	printf '\0asm\1\0\0\0' >m.wasm
	devsign sign -k file:one.key -c one.pem --embed m.wasm
	before=$(cat ./*.cose m.signed.wasm | sha256sum)
	run -1 confirm second forged.cose
	has 'envelope-signature-invalid at envelope signature'
	run -1 confirm second inside.cose
	has 'envelope-signature-invalid at countersignature 1 signature'
	run -1 confirm second cut.cose
	has 'cbor-truncated'
	run -1 confirm second empty.cose
	has 'is empty'
	run -1 confirm second fw.bin
	has 'envelope-tag'
	run -1 confirm second several.cose
	has 'devsign sign --append'
	run -1 confirm second m.signed.wasm
	has 'is a WebAssembly module'
	run -3 confirm second missing.cose
	# the key's certificate, its purpose and its time, as devsign sign asks
	run -1 devsign countersign -k file:second.key -c desk.pem alone.cose
	has 'no certificate is for this key'
	run -1 confirm tls alone.cose
	has 'key-purpose'
	run -1 confirm second -t 2001-01-01T00:00:00Z alone.cose
	has 'not-yet-valid'
	run -2 confirm second alone.cose desk.cose
	run -2 confirm second - <alone.cose
	run -3 confirm second -o cut.cose alone.cose
	has '--force replaces it'
	[ "$(cat ./*.cose m.signed.wasm | sha256sum)" = "$before" ]
	confirm second -o cut.cose --force alone.cose
	confirm second -o - - <alone.cose >piped.cose
	run -0 "${V[@]}" -s cut.cose fw.bin
	run -0 "${V[@]}" -s piped.cose fw.bin
}

@test "one that is bad refuses the file, whatever else is good" {
	run -1 devverify-lab file -a root.crt -s desk.cose fw.bin
	first_line 'fw.bin: REJECTED no-issuer at countersignature 1 certificate 0 .*'
	has 'claimed countersigned by "CN=desk"'
	verdicts devverify-lab file -a root.crt -j -s desk.cose fw.bin
	[ "$(jq -c '[.where.countersignature, .where.object,
	    .claimed_countersigned_by[0].iss]' <<<"$output")" = \
	    '[1,"certificate","desk"]' ]
	run -1 devverify-lab file -a root.crt --any-signature -s desk.cose fw.bin
	run -0 devverify-lab file -a root.crt -s alone.cose fw.bin
	run -1 devverify-lab file -a root.crt --profile path -s desk.cose fw.bin
	run -0 "${V[@]}" --profile path -s desk.cose fw.bin
}

@test "revocation of the desk's certificate is asked like the signer's" {
	: >index.txt
	echo 01 >crlnumber
	printf '%s\n' '[ca]' 'default_ca = c' '[c]' 'database = index.txt' \
	    'default_md = sha256' 'crlnumber = crlnumber' \
	    'default_crl_days = 30' 'crl_extensions = e' '[e]' \
	    'authorityKeyIdentifier = keyid' >ca.conf
	crl() {
		openssl ca -config ca.conf -gencrl -cert desks.crt \
		    -keyfile desks.ca.key 2>/dev/null |
		    openssl crl -outform DER -out "$1"
	}
	crl good.crl
	openssl ca -config ca.conf -revoke desk.pem -cert desks.crt \
	    -keyfile desks.ca.key 2>/dev/null
	crl bad.crl
	verdicts "${V[@]}" -r good.crl -j -s desk.cose fw.bin
	[ "$(jq -c '[.revocation, .countersigned_by[0].revocation]' \
	    <<<"$output")" = '["partly-checked","good"]' ]
	run -1 "${V[@]}" -r bad.crl -s desk.cose fw.bin
	first_line 'fw.bin: REJECTED revoked at countersignature 1 certificate 0 .*'
}

@test "who must have confirmed it can be demanded" {
	key() { openssl pkey -in "$1.key" -pubout -outform DER | sha256sum | cut -c1-64; }
	run -0 "${V[@]}" --countersigned 1 -s desk.cose fw.bin
	run -1 "${V[@]}" --countersigned 2 -s desk.cose fw.bin
	first_line 'fw.bin: REJECTED countersignatures-too-few at envelope countersignature .*'
	has 'wanted at least "2", found 1'
	run -1 "${V[@]}" --countersigned 1 -s alone.cose fw.bin
	has 'found 0'
	run -0 "${V[@]}" --countersigner-name CN=desk -s desk.cose fw.bin
	run -0 "${V[@]}" --countersigner-san DNS:DESK.example -s desk.cose fw.bin
	run -0 "${V[@]}" --countersigner-key "$(key desk)" \
	    --signer-key "$(key one)" -s desk.cose fw.bin
	run -1 "${V[@]}" --countersigner-name CN=one -s desk.cose fw.bin
	has 'countersigner-not-as-demanded'
	has 'found others'
	run -1 "${V[@]}" --countersigner-key "$(key one)" -s desk.cose fw.bin
	run -1 "${V[@]}" --countersigner-name CN=desk -s alone.cose fw.bin
	has 'found nobody'
	run -1 "${V[@]}" --signer-name CN=desk -s desk.cose fw.bin
	for n in 0 5 x 1x ''; do
		run -2 "${V[@]}" --countersigned "$n" -s desk.cose fw.bin
	done
	run -2 "${V[@]}" --countersigner-name desk -s desk.cose fw.bin
	has '--countersigner-name'
	run -2 "${V[@]}" --countersigner-san desk -s desk.cose fw.bin
	run -2 "${V[@]}" --countersigner-key 00 -s desk.cose fw.bin
}

@test "what is attached and the list of a tree are confirmed, too" {
	devsign sign -k file:one.key -c one.pem --attach -o in.cose fw.bin
	confirm desk in.cose
	run -0 "${V[@]}" --attached --countersigned 1 -o out in.cose
	cmp out fw.bin
	run -1 "${V[@]}" --attached --countersigned 2 -o no in.cose
	[ ! -e no ]
	mkdir tree
	cp fw.bin tree
	devsign sign -k file:one.key -c one.pem --manifest tree
	confirm desk tree.cose
	run -0 "${V[@]}" --manifest --countersigned 1 tree
	echo more >>tree/fw.bin
	run -1 "${V[@]}" --manifest --countersigned 1 tree
	has 'artefact-mismatch'
}

@test "a receipt says who confirmed, and what was demanded of them" {
	V+=(--countersigned 1 --countersigner-name CN=desk)
	run -0 "${V[@]}" --receipt r.cbor -s desk.cose fw.bin
	leaf=$(openssl x509 -in desk.pem -outform DER | sha256sum | cut -c1-64)
	run -0 devverify-lab show -j r.cbor
	[ "$(jq -c .countersigners <<<"$output")" = "[\"$leaf\"]" ]
	[ "$(jq -c .demands <<<"$output")" = \
	    '["countersigned","1","countersigner-name","CN=desk"]' ]
	run -0 "${V[@]}" --check-receipt r.cbor -s desk.cose fw.bin
	confirm second -o both.cose desk.cose
	run -1 "${V[@]}" --check-receipt r.cbor -s both.cose fw.bin
	has 'receipt-differs'
	has 'the first that differs is envelope'
	run -1 "${V[@]}" --receipt no.cbor -s alone.cose fw.bin
	[ ! -e no.cbor ]
	run -0 "${V[@]}" --receipt two.cbor -s both.cose fw.bin
	run -0 devverify-lab show -j two.cbor
	[ "$(jq '.countersigners | length' <<<"$output")" = 2 ]
}
