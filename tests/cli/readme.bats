#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The commands of README.md are taken out of it and run as they stand.

load helpers

setup() {
	find_programs
	cd "$BATS_TEST_TMPDIR"
}

# commands NAME: the text between `NAME: begin` and `NAME: end`, fences dropped
commands() {
	sed -n "/<!-- $1: begin -->/,/<!-- $1: end -->/p" "$TOP/README.md" |
	    grep -v -e '^<!--' -e '^```'
}

@test "the quick start of the README works, and its file is accepted" {
	commands 'quick start' >start.sh
	[ "$(wc -l <start.sh)" -gt 5 ]
	PATH=$BIN:$PATH run sh -eux start.sh
	[ "$status" -eq 0 ]
	[ -s fw.bin.cose ]
	# The second half builds a verifier: here the bench build takes the root.
	run "$BIN/devverify-lab" file -a root/ca.crt fw.bin
	[ "$status" -eq 0 ]
	[[ ${lines[0]} == "fw.bin: ACCEPTED until "* ]]
}

@test "the README's verifier is built with its root and accepts the file" {
	commands verify >verify.sh
	grep -q 'make devverify ANCHORS=anchors.c' verify.sh
	commands 'quick start' >start.sh
	PATH=$BIN:$PATH sh -eu start.sh
	make -s -C "$TOP" BUILD="$PWD/build" SAN= devverify VERIFY_ONLY=1 \
	    DEPS="$TOP/build/deps" ANCHORS="$PWD/anchors.c"
	run build/devverify file fw.bin
	[ "$status" -eq 0 ]
	[[ ${lines[0]} == "fw.bin: ACCEPTED until "* ]]
	run build/devverify anchors
	[[ $output == *"CN=Acme Root"* ]]
}
