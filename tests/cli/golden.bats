#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# What devsign and devverify write, octet by octet: fixed files, keys and time give
# the files of vectors/golden, which vectors/make/golden.py made without them.

bats_require_minimum_version 1.5.0
load helpers.bash

T=2026-05-01T00:00:00Z

setup() {
	find_programs
	PATH=$BIN:$PATH
	umask 077
	cd "$BATS_TEST_TMPDIR"
	G=$TOP/vectors/golden
	for f in "$G"/*; do [ -d "$f" ] || cat "$f" >"${f##*/}"; done
	cp -R "$G/tree" .
}

# sign WHO ARGUMENT...: at the time of the golden files
sign() {
	local who=$1
	shift
	devsign sign -k "file:$who.key" -c "$who.pem" -t "$T" "$@"
}

# golden NAME: what was written is the golden file NAME
golden() {
	cmp out "$G/$1"
	rm out
}

@test "envelopes of one signature" {
	sign unit -o out firmware.bin
	golden sidecar.cose
	sign desk -o out firmware.bin
	golden one-certificate.cose
	sign unit --hash sha512 -o out firmware.bin
	golden sha512.cose
	sign unit --attach -o out firmware.bin
	golden attached.cose
	sign unit --artefact-version 12 -o out firmware.bin
	golden decimal.cose
	sign unit --name "name of it" --artefact-version 1.4.0-rc.1 --model GX-7 \
	    --device unit-1 --expires 2030-01-01T00:00:00Z \
	    --not-before 2026-01-01T00:00:00Z --claim branch=stable --claim b=x \
	    --content-type text/plain -o out firmware.bin
	golden claims.cose
}

@test "the list of a tree" {
	sign unit --manifest -o out tree
	golden tree.cose
}

@test "several signatures" {
	sign unit --multi -o out firmware.bin
	golden several-1.cose
	sign desk --append several-1.cose -o out firmware.bin
	golden several-2.cose
}

@test "signatures inside a module" {
	sign unit --embed -o out module.wasm
	golden signed-1.wasm
	sign desk --embed --name module.wasm -o out signed-1.wasm
	golden signed-2.wasm
	wasm-validate signed-2.wasm
}

# exported WHO TBS SIG COSE: what another has to sign, and what becomes of it
exported() {
	devsign sign --export-tbs out -c "$1.pem" -t "$T" firmware.bin
	rm out.json
	golden "$2"
	devsign sign --import-signature "$3" --tbs "$2" -c "$1.pem" -o out firmware.bin
	golden "$4"
}

@test "what is exported, and the envelope of a signature made elsewhere" {
	exported p256 p256.tbs p256.sig p256.cose
	exported p384 p384.tbs p384.sig p384.cose
}

@test "receipts" {
	ask=(devverify-lab file -q -a root.pem)
	"${ask[@]}" -t "$T" --receipt out -s sidecar.cose firmware.bin
	golden receipt-1.cbor
	"${ask[@]}" -t 2026-05-02T00:00:00Z --receipt out --previous receipt-1.cbor \
	    --require name=firmware.bin -s sidecar.cose firmware.bin
	golden receipt-2.cbor
	"${ask[@]}" -t "$T" --receipt out --manifest tree
	golden receipt-tree.cbor
}

@test "every golden file is accepted, and none is without a comparison" {
	ask=(devverify-lab file -q -a root.pem -t "$T")
	for f in *.cose; do
		case $f in
		attached.cose) "${ask[@]}" --attached -o out "$f" && cmp out firmware.bin ;;
		tree.cose) "${ask[@]}" --manifest tree ;;
		several-2.cose) "${ask[@]}" --threshold 2 -s "$f" firmware.bin ;;
		*) "${ask[@]}" -s "$f" firmware.bin ;;
		esac
	done
	"${ask[@]}" signed-1.wasm
	"${ask[@]}" --threshold 2 signed-2.wasm
	devverify receipts -q receipt-1.cbor receipt-2.cbor
	for f in *.cose signed-*.wasm *.tbs *.cbor; do
		grep -qE "^	(golden|exported)( .*)? ${f/./[.]}( |\$)" \
		    "$BATS_TEST_FILENAME" || { echo "not compared: $f"; false; }
	done
}
