#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# devsign sign --embed: signatures inside WebAssembly modules. They still
# validate (wabt) and run (node); what is altered is refused; several devices
# sign one module.

bats_require_minimum_version 1.5.0
load ../lib/devsign.bash
load helpers.bash

# module FILE [OCTETS]: exports f() = 42, and has a custom section of its own
module() {
	/usr/bin/python3 - "$1" "${2:-5}" <<'PY'
import sys
def leb(n):
    out = b""
    while n > 127:
        out += bytes([128 | n & 127])
        n >>= 7
    return out + bytes([n])
def section(number, body):
    return bytes([number]) + leb(len(body)) + body
note = b"\x04note" + b"n" * int(sys.argv[2])
open(sys.argv[1], "wb").write(
    b"\0asm\1\0\0\0" + section(1, b"\1\x60\0\1\x7f") + section(3, b"\1\0") +
    section(7, b"\1\1f\0\0") + section(10, b"\1\4\0\x41\x2a\x0b") +
    section(0, note))
PY
}

# runs FILE: wabt validates it, node runs it
runs() {
	wasm-validate "$1"
	[ "$(node -e 'WebAssembly.instantiate(require("fs").readFileSync(
	    process.argv[1])).then(m => console.log(m.instance.exports.f()))' \
	    "$1")" = 42 ]
}

# device NAME CA: NAME.key and its chain NAME.pem
device() {
	devsign key create -k "file:$1.key" --no-passphrase >/dev/null
	devsign request -k "file:$1.key" -n "CN=$1" -o "$1.csr"
	leaf "$1.csr" "$2" "$1.pem"
}

# sign DEVICE ARGUMENT...: devsign sign --embed
sign() {
	local name=$1
	shift
	devsign sign --embed -k "file:$name.key" -c "$name.pem" "$@"
}

setup_file() {
	programs_find
	cd "$BATS_FILE_TMPDIR"
	ca root "/CN=Root"
	ca other "/CN=Other"
	device one root
	device two root
	device stranger other
	module m.wasm
	sign one m.wasm
	sign two -o both.wasm m.signed.wasm
	sign stranger -o mixed.wasm m.signed.wasm
}

setup() {
	programs_find
	find_programs
	cd "$BATS_TEST_TMPDIR"
	cp "$BATS_FILE_TMPDIR"/* .
	V=(devverify-lab file -a root.crt)
}

@test "a signed module validates, runs and is accepted" {
	runs m.wasm
	runs m.signed.wasm
	run -0 "${V[@]}" --embed m.signed.wasm
	first_line 'm.signed.wasm: ACCEPTED until .*'
	has 'application/wasm, SHA-256'
	has 'signature 1 of 1: accepted until '
	has "$(stat -c %s m.wasm) bytes of application/wasm"
	has "$(sha256sum m.wasm | cut -d' ' -f1)"
	# what it was is its beginning; the rest is one custom section
	cmp -n "$(stat -c %s m.wasm)" m.wasm m.signed.wasm
	run -0 node -e 'const fs = require("fs");
	    const m = new WebAssembly.Module(fs.readFileSync("m.signed.wasm"));
	    for (const e of WebAssembly.Module.customSections(m, "devsign.cose"))
	        fs.writeFileSync("section.cose", Buffer.from(e))'
	# the same envelope beside the module it is about
	devverify-lab file -a root.crt -s section.cose m.wasm
}

@test "every hash, and a larger module" {
	module big.wasm 3000000
	for hash in sha256 sha384 sha512; do
		sign one --hash "$hash" -o "$hash.wasm" big.wasm
		runs "$hash.wasm"
		"${V[@]}" -q "$hash.wasm"
		run -0 devverify-lab file -a root.crt "$hash.wasm"
		has "$("${hash}sum" big.wasm | cut -d' ' -f1)"
	done
}

@test "a module of 300 MB in fixed memory" {
	bash -c 'ulimit -v 40000 && devverify-lab selfcheck -q' ||
	    skip 'this build needs more address space'
	# one custom section "x", 300,000,000 octets; 0x11e1a300 in LEB128
	printf '\0asm\1\0\0\0\0\200\306\206\217\1\1x' >huge.wasm
	truncate -s $((8 + 6 + 300000000)) huge.wasm
	(ulimit -v 200000 && sign one huge.wasm)
	run -0 bash -c 'ulimit -v 40000 &&
	    devverify-lab file -a root.crt huge.signed.wasm'
	has '300000014 bytes of application/wasm'
}

@test "from a pipe, and to a verifier behind one" {
	run -0 bash -c 'devsign sign --embed -k file:one.key -c one.pem \
	    --name m.wasm -o piped.wasm - < <(cat m.wasm)'
	runs piped.wasm
	run -0 bash -c 'devverify-lab file -a root.crt --embed - < <(cat piped.wasm)'
	first_line '\(standard input\): ACCEPTED until .*'
	fails 2 "or say --embed" devverify-lab file -a root.crt - <piped.wasm
	fails 2 "half a module cannot be taken back" sign one --name x -o - m.wasm
}

@test "a second device signs too: the first signature is as it was" {
	runs both.wasm
	cmp -n "$(stat -c %s m.signed.wasm)" m.signed.wasm both.wasm
	run -0 "${V[@]}" both.wasm
	first_line 'both.wasm: ACCEPTED until .*'
	has 'signature 1 of 2: accepted until'
	has 'signature 2 of 2: accepted until'
	verdicts "${V[@]}" -j both.wasm
	[ "$status" = 0 ]
	[ "$(jq -c '[.signed_by[].iss]' <<<"$output")" = '["one","two"]' ]
	# the other order, and between sections: what is signed is the same
	sign one -o second.wasm m.wasm
	"${V[@]}" second.wasm
}

@test "all must be accepted, unless one is said to be enough" {
	run -1 "${V[@]}" mixed.wasm
	first_line 'mixed.wasm: REJECTED no-issuer at certificate 0 issuer .*'
	has 'signature 1 of 2: accepted until'
	has 'signature 2 of 2: rejected, no-issuer, claimed iss "stranger"; the one above'
	no_line '^mixed.wasm: ACCEPTED'
	run -0 "${V[@]}" --any-signature mixed.wasm
	first_line 'mixed.wasm: ACCEPTED until .*'
	has 'signature 1 of 2: accepted until'
	has 'iss "one"; the one above'
	verdicts "${V[@]}" -j mixed.wasm
	[ "$status" = 1 ]
	[ "$(jq -r .status <<<"$output")" = rejected ]
	[ "$(jq -c '[.signed_by[].status], .signature' <<<"$output" | tr -d '\n')" = \
	    '["accepted","rejected"]2' ]
	run -1 devverify-lab file -a other.crt --any-signature m.signed.wasm
	first_line 'm.signed.wasm: REJECTED no-issuer .*'
	has_not '; the one above
  signature'
}

@test "what is demanded is demanded of each signature" {
	sign one --name app --artefact-version 1.4.0 --model GX-7 -o said.wasm m.wasm
	run -0 "${V[@]}" --embed --require name=app --min-version 1.3.9 \
	    --model GX-7 said.wasm
	has 'version "1.4.0" (semver), for model "GX-7"'
	run -1 "${V[@]}" --embed --min-version 1.4.1 said.wasm
	has 'REJECTED version-too-old'
	# found without --embed, too
	run -1 "${V[@]}" --model GX-8 said.wasm
	has 'REJECTED claim-not-as-demanded'

	sign two -o said.wasm --force said.wasm
	run -1 "${V[@]}" --embed --model GX-7 said.wasm
	has 'signature 1 of 2: accepted'
	has 'signature 2 of 2: rejected, claim-not-as-demanded'
	run -0 "${V[@]}" --embed --any-signature --model GX-7 said.wasm
	run -1 "${V[@]}" --embed --any-signature --model GX-8 said.wasm
	run -1 "${V[@]}" --embed --signer-name CN=one said.wasm
	run -0 "${V[@]}" --embed --any-signature --signer-name CN=one said.wasm
	run -2 "${V[@]}" --embed --attached said.wasm
}

@test "the path profile reads what is inside a module, too" {
	/usr/bin/python3 - <<'PY'
signed, plain = (open(f, "rb").read() for f in ("m.signed.wasm", "m.wasm"))
section = signed[len(plain):]
# the tag left out: the section, then the envelope, one octet shorter
at = section.index(b"devsign.cose") + 12
body = b"\x0cdevsign.cose" + section[at + 1:]
size, n = b"", len(body)
while n > 127:
    size += bytes([128 | n & 127])
    n >>= 7
open("untagged.wasm", "wb").write(plain + b"\0" + size + bytes([n]) + body)
PY
	run -1 "${V[@]}" --embed untagged.wasm
	has 'REJECTED envelope-tag'
	run -0 "${V[@]}" --embed --profile path untagged.wasm
}

@test "what is altered, cut or longer is refused" {
	size=$(stat -c %s m.wasm)
	for at in 9 20 $((size - 1)); do
		cp m.signed.wasm bad.wasm
		printf '\377' | dd of=bad.wasm bs=1 seek="$at" conv=notrunc 2>/dev/null
		run -1 "${V[@]}" bad.wasm
		first_line 'bad.wasm: REJECTED .*'
	done
	head -c -1 m.signed.wasm >bad.wasm
	run -1 "${V[@]}" bad.wasm
	first_line 'bad.wasm: REJECTED wasm-truncated at artefact section .*'
	{ cat m.signed.wasm; printf '\0\2\1x'; } >bad.wasm
	wasm-validate bad.wasm
	run -1 "${V[@]}" bad.wasm
	first_line 'bad.wasm: REJECTED artefact-mismatch .*'
	# the signature of another module
	module n.wasm 6
	{ cat n.wasm; tail -c +$((size + 1)) m.signed.wasm; } >bad.wasm
	runs bad.wasm
	run -1 "${V[@]}" bad.wasm
	first_line 'bad.wasm: REJECTED artefact-mismatch .*'
}

@test "where the signature is looked for" {
	# nothing beside, nothing inside
	run -3 "${V[@]}" m.wasm
	has 'm.wasm.cose'
	run -1 "${V[@]}" --embed m.wasm
	first_line 'm.wasm: REJECTED wasm-unsigned at artefact module .*'
	# an envelope beside it is the one that is asked, good or bad
	devsign sign -k file:two.key -c two.pem m.signed.wasm
	run -0 "${V[@]}" m.signed.wasm
	has 'iss "two"'
	has_not 'signature 1 of'
	cp m.signed.wasm.cose both.wasm.cose
	run -1 "${V[@]}" both.wasm
	first_line 'both.wasm: REJECTED artefact-mismatch .*'
	run -0 "${V[@]}" --embed both.wasm
	# one that cannot be read is not passed over
	rm both.wasm.cose
	ln -s nowhere both.wasm.cose
	run -3 "${V[@]}" both.wasm
	fails 2 "contradict each other" "${V[@]}" --embed -s one.pem m.wasm
	# other kinds of files
	echo text >plain
	run -3 "${V[@]}" plain
	has 'plain.cose'
	run -1 "${V[@]}" --embed plain
	first_line 'plain: REJECTED wasm-magic at artefact module .*'
	printf '\0asm\r\0\1\0' >component.wasm
	run -3 "${V[@]}" component.wasm
	has 'component.wasm.cose'
	# a module that was cut is not one without signatures
	head -c 100 m.signed.wasm >cut.wasm
	run -1 "${V[@]}" cut.wasm
	first_line 'cut.wasm: REJECTED wasm-truncated .*'
}

@test "what cannot be signed inside" {
	echo text >plain
	fails 1 "plain: cannot be signed inside: wasm-magic" sign one plain
	printf '\0asm\r\0\1\0' >component.wasm
	fails 1 "wasm-version" sign one component.wasm
	head -c 20 m.wasm >cut.wasm
	fails 1 "wasm-truncated" sign one cut.wasm
	: >empty.wasm
	fails 1 "input-empty" sign one empty.wasm
	[ ! -e plain.signed ] && [ ! -e cut.signed.wasm ]
	[ -z "$(find . -name '.*.tmp')" ]
	cp m.wasm full.wasm
	for _ in 1 2 3 4 5 6 7 8; do
		sign one --force -o full.wasm full.wasm
	done
	runs full.wasm
	"${V[@]}" -q full.wasm
	fails 1 "holds 8 signatures already" sign one full.wasm
}

@test "an existing file is replaced when --force says so, also by itself" {
	sum=$(sha256sum m.signed.wasm)
	fails 3 "m.signed.wasm: exists already" sign one m.wasm
	fails 3 "m.wasm: exists already" sign one -o m.wasm m.wasm
	[ "$(sha256sum m.signed.wasm)" = "$sum" ]
	chmod 640 m.wasm
	(umask 022; sign one --force -o m.wasm m.wasm)
	runs m.wasm
	[ "$(stat -c %a m.wasm)" = 640 ]
	"${V[@]}" -q m.wasm
}

@test "several modules: one that fails does not stop the others" {
	module a.wasm 1
	echo text >b.wasm
	module c.wasm 2
	run -1 sign one a.wasm b.wasm c.wasm
	has 'b.wasm: cannot be signed inside'
	"${V[@]}" -q a.signed.wasm c.signed.wasm
	[ ! -e b.signed.wasm ]
}
