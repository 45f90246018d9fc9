#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# devsign sign --export-tbs and --import-signature: the key is behind another
# tool, here OpenSSL and a token of SoftHSM that pkcs11-tool signs with.

bats_require_minimum_version 1.5.0
load ../lib/devsign.bash
load ../lib/p11.bash
load helpers.bash

# their NAME OPENSSL-WORD...: a key of theirs, and its chain NAME.pem
their() {
	local name=$1
	shift
	openssl genpkey -algorithm "$@" -out "$name.key" 2>/dev/null
	openssl req -new -key "$name.key" -subj "/CN=$name" -out "$name.csr"
	leaf "$name.csr" root "$name.crt"
	cat "$name.crt" root.crt >"$name.pem"
}

setup_file() {
	programs_find
	cd "$BATS_FILE_TMPDIR"
	ca root "/CN=Root"
	their p256 EC -pkeyopt ec_paramgen_curve:P-256
	their p384 EC -pkeyopt ec_paramgen_curve:P-384
	their ed25519 ED25519
	their rsa RSA -pkeyopt rsa_keygen_bits:2048
	echo 'an artefact' >fw.bin
	devsign sign --export-tbs tbs -c p256.pem fw.bin
	openssl dgst -sha256 -sign p256.key -out sig tbs
}

setup() {
	programs_find
	cd "$BATS_TEST_TMPDIR"
	cp "$BATS_FILE_TMPDIR"/*.* "$BATS_FILE_TMPDIR/tbs" "$BATS_FILE_TMPDIR/sig" .
}

# import CHAIN SIG TBS [OPTION...]: the envelope of fw.bin
import() {
	local chain=$1 sig=$2 tbs=$3
	shift 3
	devsign sign --import-signature "$sig" --tbs "$tbs" -c "$chain" "$@" fw.bin
}

accepted() { devverify-lab file -q -a root.crt "$@"; }

# raw HALF: r || s of an ECDSA signature in DER on standard input
raw() {
	/usr/bin/python3 -c '
import sys
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
half = int(sys.argv[1])
for n in decode_dss_signature(sys.stdin.buffer.read()):
    sys.stdout.buffer.write(n.to_bytes(half, "big"))' "$1"
}

@test "OpenSSL signs the octets with each kind of key" {
	for k in p256/sha256 p384/sha384; do
		name=${k%/*}
		devsign sign --export-tbs "$name.tbs" -c "$name.pem" fw.bin
		openssl dgst "-${k#*/}" -sign "$name.key" -out "$name.sig" "$name.tbs"
		import "$name.pem" "$name.sig" "$name.tbs" -o "$name.cose"
		accepted -s "$name.cose" fw.bin
	done
	devsign sign --export-tbs ed.tbs -c ed25519.pem fw.bin
	openssl pkeyutl -sign -rawin -inkey ed25519.key -in ed.tbs -out ed.sig
	import ed25519.pem ed.sig ed.tbs -o ed.cose
	accepted -s ed.cose fw.bin
	devsign sign --export-tbs rsa.tbs -c rsa.pem fw.bin
	openssl dgst -sha256 -sigopt rsa_padding_mode:pss -sigopt \
	    rsa_pss_saltlen:"$(jq .salt rsa.tbs.json)" -sign rsa.key \
	    -out rsa.sig rsa.tbs
	import rsa.pem rsa.sig rsa.tbs -o rsa.cose
	jq -c . ed.tbs.json rsa.tbs.json p384.tbs.json |
	    json_valid "$TOP/docs/tbs.schema.json"
	accepted -s rsa.cose fw.bin
}

@test "a tool that signs digests: the note has it, r || s is read too" {
	jq -c . tbs.json | json_valid "$TOP/docs/tbs.schema.json"
	jq -e '.v == 1 and .algorithm == "ecdsa-with-SHA256" and
	    .hash == "SHA-256" and .artefact.name == "fw.bin" and
	    .artefact.size == 12 and .to_be_signed == "tbs"' tbs.json
	[ "$(jq -r .digest tbs.json)" = "$(sha256sum tbs | cut -d' ' -f1)" ]
	[ "$(jq -r .artefact.digest tbs.json)" = \
	    "$(sha256sum fw.bin | cut -d' ' -f1)" ]
	[ "$(jq .size tbs.json)" = "$(stat -c %s tbs)" ]
	[ "$(jq -r .key_sha256 tbs.json)" = "$(openssl pkey -in p256.key \
	    -pubout -outform DER | sha256sum | cut -d' ' -f1)" ]
	jq -r .digest tbs.json | xxd -r -p >digest
	openssl pkeyutl -sign -inkey p256.key -in digest -out der.sig
	raw 32 <der.sig >raw.sig
	import p256.pem raw.sig tbs
	accepted fw.bin
	import p256.pem der.sig tbs -o other.cose
	# one signature in two forms is one envelope
	cmp fw.bin.cose other.cose
}

@test "a key in a token, by pkcs11-tool" {
	tokens_at "$BATS_TEST_TMPDIR"
	token hsm 1234
	pair hsm 1234 signer 01 EC:prime256v1
	echo 1234 >pin
	devsign request -k "$(uri hsm signer)" --passphrase-file pin \
	    -n CN=signer -o signer.csr
	leaf signer.csr root signer.pem
	devsign sign --export-tbs hsm.tbs -c signer.pem fw.bin
	jq -r .digest hsm.tbs.json | xxd -r -p >digest
	tool hsm 1234 --sign --mechanism ECDSA --id 01 --input-file digest \
	    --output-file hsm.sig
	[ "$(stat -c %s hsm.sig)" = 64 ]
	import signer.pem hsm.sig hsm.tbs
	accepted fw.bin
}

@test "what is said at the export is what is signed" {
	devsign sign --export-tbs said.tbs -c p256.pem --name part-7 \
	    --content-type text/plain --hash sha384 -t now fw.bin
	iat=$(jq -r .iat said.tbs.json)
	sleep 2
	openssl dgst -sha256 -sign p256.key -out said.sig said.tbs
	import p256.pem said.sig said.tbs
	run -0 devverify-lab file -a root.crt -j fw.bin
	[ "$(jq -r '.signed.iat' <<<"$output")" = "$iat" ]
	[ "$(jq -c '.signed | [.sub,.content_type,.hash]' <<<"$output")" = \
	    '["part-7","text/plain","SHA-384"]' ]
	for o in "-t now" "--name x" "--content-type x/y" "--hash sha256"; do
		# shellcheck disable=SC2086 # two words
		fails 2 "was said to --export-tbs" import p256.pem said.sig \
		    said.tbs --force $o
	done
}

@test "the claims said at the export are signed, and not said again" {
	devsign sign --export-tbs c.tbs -c p256.pem --artefact-version 7 \
	    --device unit-1 --expires 2999-01-01T00:00:00Z --claim branch=stable fw.bin
	openssl dgst -sha256 -sign p256.key -out c.sig c.tbs
	run -2 import p256.pem c.sig c.tbs --device unit-2 -o c.cose
	import p256.pem c.sig c.tbs -o c.cose
	accepted -s c.cose --min-version 7 --device unit-1 --require branch=stable fw.bin
	run -1 accepted -s c.cose --min-version 8 fw.bin
}

@test "nothing is written for a wrong signature, file, chain or octets" {
	none() { [ ! -e fw.bin.cose ]; }
	openssl dgst -sha256 -sign p384.key -out wrong.sig tbs
	fails 1 "signature-malformed" import p256.pem wrong.sig tbs
	none
	openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out k.key
	openssl dgst -sha256 -sign k.key -out wrong.sig tbs
	fails 1 "envelope-signature-invalid" import p256.pem wrong.sig tbs
	none
	fails 1 "other certificates than the chain" import p384.pem sig tbs
	none
	{ cat sig; printf x; } >long.sig
	fails 1 "the one DER encoding of both" import p256.pem long.sig tbs
	head -c 63 /dev/zero >short.sig
	fails 1 "signature-malformed" import p256.pem short.sig tbs
	head -c 64 /dev/zero >zero.sig
	fails 1 "envelope-signature-invalid" import p256.pem zero.sig tbs
	: >empty.sig
	fails 1 "signature-malformed" import p256.pem empty.sig tbs
	none
	for cut in 1 40 900; do
		head -c -"$cut" tbs >bad.tbs
		fails 1 "not the octets that --export-tbs writes" \
		    import p256.pem sig bad.tbs
	done
	{ cat tbs; printf x; } >bad.tbs
	fails 1 "not the octets" import p256.pem sig bad.tbs
	sed s/Signature1/Signature2/ tbs >bad.tbs
	fails 1 "not the octets" import p256.pem sig bad.tbs
	sed s/fw.bin/fw.bim/ tbs >bad.tbs
	fails 1 "envelope-signature-invalid" import p256.pem sig bad.tbs
	none
	echo changed >fw.bin
	fails 1 "artefact-mismatch" import p256.pem sig tbs
	none
}

@test "DER has one form: r with a zero too many is refused" {
	/usr/bin/python3 - <<'PY'
sig = open("sig", "rb").read()
assert sig[0] == 0x30 and sig[2] == 2
n = sig[3]
body = bytes([2, n + 1, 0]) + sig[4:4 + n] + sig[4 + n:]
open("padded.sig", "wb").write(bytes([0x30, len(body)]) + body)
PY
	fails 1 "the one DER encoding of both" import p256.pem padded.sig tbs
}

@test "existing files, contradictions, and no key at all" {
	fails 3 "tbs: exists already" devsign sign --export-tbs tbs -c p256.pem fw.bin
	rm tbs
	fails 3 "tbs.json: exists already" devsign sign --export-tbs tbs -c p256.pem fw.bin
	[ ! -e tbs ]
	devsign sign --export-tbs tbs --force -c p256.pem fw.bin
	fails 2 "wants its chain" devsign sign --export-tbs x fw.bin
	fails 2 "for one FILE" devsign sign --export-tbs x -c p256.pem fw.bin tbs
	fails 2 "somewhere else" devsign sign --export-tbs x -c p256.pem -k file:p256.key fw.bin
	fails 2 "somewhere else" devsign sign --export-tbs x -c p256.pem --embed fw.bin
	fails 2 "two steps" devsign sign --export-tbs x --import-signature sig -c p256.pem fw.bin
	fails 2 "what was signed" devsign sign --import-signature sig -c p256.pem fw.bin
	fails 2 "goes with --import-signature" devsign sign --tbs tbs -k file:p256.key -c p256.pem fw.bin
	fails 2 "wants the name of a file" devsign sign --export-tbs - -c p256.pem fw.bin
	[ ! -e x ]
}
