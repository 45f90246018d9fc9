#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# devsign sign --multi and --append, devverify file --threshold: several
# signatures in one envelope, by keys of different PKIs.

bats_require_minimum_version 1.5.0
load ../lib/devsign.bash
load helpers.bash

# device NAME CA [KEY]: NAME.key and its chain NAME.pem
device() {
	[ -n "${3-}" ] || devsign key create -k "file:$1.key" --no-passphrase \
	    --key-type p256 >/dev/null
	[ -z "${3-}" ] || cp "$3.key" "$1.key"
	devsign request -k "file:$1.key" -n "CN=$1" -o "$1.csr"
	leaf "$1.csr" "$2" "$1.pem"
}

# sign DEVICE ARGUMENT...
sign() {
	local name=$1
	shift
	devsign sign -k "file:$name.key" -c "$name.pem" "$@"
}

setup_file() {
	programs_find
	cd "$BATS_FILE_TMPDIR"
	ca root "/CN=Root"
	ca desk "/CN=Desk"
	ca other "/CN=Other"
	device one root
	device two desk
	device stranger other
	device again root one
	echo 'an artefact' >fw.bin
	sign one --multi --artefact-version 1.4.0 --model GX-7 fw.bin
	cp fw.bin.cose alone.cose
	head -c 100 fw.bin.cose >cut.cose
	sign two --append fw.bin.cose fw.bin
}

setup() {
	programs_find
	find_programs
	cd "$BATS_TEST_TMPDIR"
	cp "$BATS_FILE_TMPDIR"/* .
	V=(devverify-lab file -a root.crt -a desk.crt)
}

@test "two signatures of two PKIs are accepted, each by its own chain" {
	run -0 "${V[@]}" fw.bin
	first_line 'fw.bin: ACCEPTED until .*'
	has 'sub "fw.bin"'
	has 'version "1.4.0" (semver), for model "GX-7"'
	has 'signature 1 of 2: accepted until'
	has 'signature 2 of 2: accepted until'
	verdicts "${V[@]}" -j fw.bin
	[ "$(jq -c '[.signed_by[].iss]' <<<"$output")" = '["one","two"]' ]
	run -0 devverify-lab file -a root.crt -s alone.cose fw.bin
	has 'signature 1 of 1: accepted'
	run -0 devverify-lab show -j fw.bin.cose
	[ "$(jq -c '[.kind, .signed_by, .sub, .version]' <<<"$output")" = \
	    '["envelope",["one","two"],"fw.bin","1.4.0"]' ]
	run -1 devverify-lab show cut.cose
}

@test "what the first signed stays octet by octet" {
	/usr/bin/python3 - <<'PY'
one, two = open("alone.cose", "rb").read(), open("fw.bin.cose", "rb").read()
# tag 98 and the array; then everything up to the list of signatures
at = next(i for i in range(len(one)) if one[i] != two[i])
assert one[at] == 0x81 and two[at] == 0x82, at
assert two.startswith(one[:at] + b"\x82" + one[at + 1:])
PY
}

@test "all must be accepted, unless a threshold is said to be enough" {
	run -1 devverify-lab file -a root.crt fw.bin
	has 'REJECTED no-issuer'
	has 'signature 2 of 2: rejected, no-issuer, claimed iss "two"; the one above'
	run -0 devverify-lab file -a root.crt --any-signature fw.bin
	run -0 devverify-lab file -a root.crt --threshold 1 fw.bin
	run -1 devverify-lab file -a root.crt --threshold 2 fw.bin
	first_line 'fw.bin: REJECTED signatures-too-few at artefact \(docs/FORMAT.md\)'
	has 'wanted at least 2, found 1'
	verdicts devverify-lab file -a root.crt --threshold 2 -j fw.bin
	[ "$(jq -c '[.reason, .signature]' <<<"$output")" = \
	    '["signatures-too-few",null]' ]
	run -0 "${V[@]}" --threshold 2 fw.bin
	run -1 "${V[@]}" --threshold 3 fw.bin

	# two of three: a stranger's takes nothing away
	sign stranger --append fw.bin.cose fw.bin
	run -1 "${V[@]}" fw.bin
	run -0 "${V[@]}" --threshold 2 fw.bin
	has 'signature 3 of 3: rejected, no-issuer'
	run -1 "${V[@]}" --threshold 3 fw.bin
	run -0 "${V[@]}" -a other.crt --threshold 3 fw.bin
	for n in 0 9 x 2x ''; do run -2 "${V[@]}" --threshold "$n" fw.bin; done
	run -2 "${V[@]}" --threshold 2 --any-signature fw.bin
}

@test "a key counts once, in whatever certificate" {
	cp alone.cose twice.cose
	sign one --append twice.cose fw.bin
	sign again --append twice.cose fw.bin
	run -0 "${V[@]}" -s twice.cose fw.bin
	run -1 "${V[@]}" --threshold 2 -s twice.cose fw.bin
	has 'wanted at least 2, found 1'
	sign two --append twice.cose fw.bin
	run -0 "${V[@]}" --threshold 2 -s twice.cose fw.bin
}

@test "an envelope of one signature has a threshold, too, and stays of one" {
	sign one -o single.cose fw.bin
	run -0 "${V[@]}" --threshold 1 -s single.cose fw.bin
	run -1 "${V[@]}" --threshold 2 -s single.cose fw.bin
	has 'REJECTED signatures-too-few'
	run -1 sign two --append single.cose fw.bin
	has 'COSE_Sign1'
	has 'the first to sign says --multi'
}

@test "demands are made of each signature" {
	run -0 "${V[@]}" --model GX-7 --min-version 1.4.0 fw.bin
	run -1 "${V[@]}" --model GX-8 fw.bin
	run -1 "${V[@]}" --signer-name CN=two fw.bin
	has 'signer-not-as-demanded'
	run -0 "${V[@]}" --threshold 1 --signer-name CN=two fw.bin
}

@test "an attached artefact is signed by two and comes out" {
	sign one --multi --attach -o in.cose fw.bin
	sign two --append in.cose fw.bin
	run -0 "${V[@]}" --attached --threshold 2 -o out in.cose
	cmp out fw.bin
	run -1 "${V[@]}" --attached --threshold 3 -o no in.cose
	[ ! -e no ]
}

@test "nothing is added to what is wrong, and nothing is lost" {
	before=$(sha256sum <fw.bin.cose)
	echo other >other.bin
	run -1 sign one --append fw.bin.cose other.bin
	has 'about another artefact'
	run -1 sign one --append cut.cose fw.bin
	has 'cbor-truncated'
	run -3 sign one --append missing.cose fw.bin
	: >empty.cose
	run -1 sign one --append empty.cose fw.bin
	for o in '--name x' '--hash sha384' '--claim a=b' --attach --multi \
	    --embed '--model x' '--export-tbs x' '--expires 2999-01-01T00:00:00Z'; do
		# shellcheck disable=SC2086 # options and values
		run -2 sign one --append fw.bin.cose $o fw.bin
	done
	run -2 sign one --append fw.bin.cose fw.bin other.bin
	[ "$(sha256sum <fw.bin.cose)" = "$before" ]
	for _ in {3..8}; do sign one --append fw.bin.cose -o next fw.bin; mv next fw.bin.cose; done
	run -0 "${V[@]}" --threshold 2 fw.bin
	run -1 sign one --append fw.bin.cose fw.bin
	has '8 signatures already'
	run -2 sign one --multi --embed fw.bin
}
