#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The commands of README.md are taken out of it and run as they stand; those of
# docs/MIGRATING.md are run by flow-*.bats, and named in its text as they are run.

bats_require_minimum_version 1.5.0
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
	build/devverify anchors -j | json_valid "$TOP/docs/anchors.schema.json"
}

# steps ARGUMENT...: tests/lib/steps.py
steps() { /usr/bin/python3 "$TOP/tests/lib/steps.py" "$@"; }

@test "every command that docs/MIGRATING.md names is in its section's commands" {
	run steps named "$TOP/docs/MIGRATING.md"
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output == *" commands named, 0 that are not run" ]]
	grep -q 'docs/MIGRATING.md' "$TOP/README.md"
}

@test "every block of commands in docs/MIGRATING.md is run by a flow" {
	local block count=0
	while read -r block; do
		grep -Eq "flow_steps ($block|'$block')\$" \
		    "$TOP"/tests/cli/flow-*.bats || {
			echo "not run: $block"
			return 1
		}
		count=$((count + 1))
	done < <(steps blocks "$TOP/docs/MIGRATING.md")
	[ "$count" -ge 4 ]
}

@test "a command that is named otherwise than it is run is found" {
	local wrong
	for wrong in 's/`pki-issue lint -p`/`pki-issue lint -x`/' \
	    's/`devsign key create`/`devsign key make`/' \
	    's/`pki-issue batch --close`/`pki-issue batch --closed`/' \
	    's/`make devverify ANCHORS=anchors.c`/`make verifier`/'; do
		sed "$wrong" "$TOP/docs/MIGRATING.md" >other.md
		run ! cmp -s other.md "$TOP/docs/MIGRATING.md"
		run steps named other.md
		echo "$wrong: $output"
		[ "$status" -eq 1 ]
	done
}
