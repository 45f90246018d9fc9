#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# devverify-tiny: the same first line and exit status as the whole program, and
# what it does not have is refused, never passed over.

bats_require_minimum_version 1.5.0
load ../lib/devsign.bash
load helpers.bash

setup_file() {
	programs_find
	cd "$BATS_FILE_TMPDIR"
	ca root "/CN=Root"
	devsign key create -k file:a.key --no-passphrase >/dev/null
	devsign request -k file:a.key -n CN=a -o a.csr
	leaf a.csr root a.pem
	head -c 100000 /dev/urandom >data
	devsign sign -k file:a.key -c a.pem data
}

setup() {
	programs_find
	find_programs
	cd "$BATS_TEST_TMPDIR"
	cp "$BATS_FILE_TMPDIR"/* .
	TINY=$BIN/tiny/devverify-lab
	[ -x "$TINY" ] || skip 'needs: make reduced'
}

# alike ARGUMENT...: first line and exit status as those of the whole program
alike() {
	local whole=0 tiny=0
	devverify-lab "$@" >whole.out 2>whole.err || whole=$?
	"$TINY" "$@" >tiny.out 2>tiny.err || tiny=$?
	diff <(head -n 1 whole.out) <(head -n 1 tiny.out)
	[ "$whole" = "$tiny" ]
	status=$tiny
}

@test "accepted and rejected as by the whole program" {
	alike file -a root.crt data
	[ "$status" = 0 ]
	cmp whole.out tiny.out
	# an envelope from a pipe: memory that grows
	run -0 "$TINY" file -a root.crt -s - data < <(cat data.cose)
	printf x >>data
	alike file -a root.crt data
	[ "$status" = 1 ]
	grep -q 'REJECTED artefact-mismatch' tiny.out
	grep -q 'what to do: see docs/VERDICTS.md' tiny.out
	alike file -a root.crt -t @1 data
	[ "$status" = 1 ]
	alike file -a root.crt missing
	[ "$status" = 3 ]
	alike file data.cose
	[ "$status" = 3 ]
}

@test "without a file there is nothing to say yes to" {
	alike file -a root.crt
	[ "$status" = 2 ]
	diff <(head -n 1 whole.err) <(head -n 1 tiny.err)
	grep -q 'file: FILE... is missing' tiny.err
}

@test "verbs and options that it does not have are unknown" {
	for verb in chain show anchors receipts selfcheck; do
		run -2 "$TINY" "$verb" data
		has "unknown command \"$verb\""
	done
	for option in -r --revocation --manifest --embed --threshold --receipt \
	    --require --json --profile; do
		run -2 "$TINY" file -a root.crt "$option" required data
		has 'unknown option'
	done
}

# options FILE [FLAG]...: names of the options in a verb's table
options() {
	gcc -E -P -I"$TOP/include" -I"$TOP/verify" "${@:2}" "$1" |
	    grep -o '\.name = "[a-z-]*"' || :
}

@test "no verb takes a CRL or is asked for one where none is read" {
	local file count=0
	for file in "$TOP"/verify/cmd_*.c; do
		options "$file" >with
		options "$file" -DDV_NO_CRL >without
		run ! grep -e '"crl"' -e '"revocation"' without
		! grep -q '"crl"' with || count=$((count + 1))
	done
	[ "$count" -ge 3 ]
}

@test "no verb takes a profile where there is one alone" {
	local file count=0
	for file in "$TOP"/verify/cmd_*.c; do
		options "$file" >with
		options "$file" -DDV_NO_PATH >without
		run ! grep '"profile"' without
		diff <(grep -v '"profile"' with) without
		! grep -q '"profile"' with || count=$((count + 1))
	done
	[ "$count" -ge 4 ]
}

@test "a signer whose chain needs what it leaves out is refused" {
	leaf a.csr root p.pem 'keyUsage = critical, digitalSignature' \
	    'certificatePolicies = 1.2.3.4'
	devsign sign --force -k file:a.key -c p.pem data
	run -0 devverify-lab file -a root.crt data
	has 'policies: 1.2.3.4'
	run -1 "$TINY" file -a root.crt data
	first_line 'data: REJECTED not-built at certificate 0 certificatePolicies .*'
}

@test "the production program trusts what it was built with, and nothing else" {
	run -2 "$BIN/tiny/devverify" file -a root.crt data
	run "$BIN/tiny/devverify" file data
	[ "$status" != 0 ]
	has_not ACCEPTED
}
