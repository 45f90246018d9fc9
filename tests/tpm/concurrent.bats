#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Several at once on one TPM: nothing is lost, nothing is wrong, and one device
# has one key.

bats_require_minimum_version 1.5.0
load ../lib/devsign.bash

setup() {
	programs_find
	cd "$BATS_TEST_TMPDIR"
	tpm_start "$BATS_TEST_TMPDIR/tpm"
}

teardown() {
	tpm_stop "$BATS_TEST_TMPDIR/tpm"
}

# signer NAME: 50 signatures, each by a process of its own
signer() {
	mkdir "$1"
	for i in $(seq 50); do
		echo "$1 $i" >"$1/$i"
		devsign sign -c chain.pem "$1/$i" >/dev/null
	done
}

@test "four signers, fifty signatures each: none lost, none wrong" {
	ca root "/O=Test/CN=Root"
	devsign key create >/dev/null
	devsign request -n CN=unit -o unit.csr
	leaf unit.csr root unit.crt
	cat unit.crt root.crt >chain.pem
	pids=()
	for name in a b c d; do
		signer "$name" & pids+=($!)
	done
	for p in "${pids[@]}"; do wait "$p"; done
	run -0 devverify-lab file -a root.crt {a,b,c,d}/{1..50}
	[ "$(grep -c ': ACCEPTED until ' <<<"$output")" -eq 200 ]
	[ "$(cat {a,b,c,d}/*.cose | sha256sum)" != "$(sha256sum </dev/null)" ]
	[ "$(sha256sum {a,b,c,d}/*.cose | cut -c1-64 | sort -u | wc -l)" -eq 200 ]
	run -0 tpm2_getcap handles-transient
	[ -z "$output" ]
	run -0 tpm2_getcap handles-loaded-session
	[ -z "$output" ]
}

@test "four create the key at the same time: one key, and all say which" {
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		pids=()
		for name in a b c d; do
			devsign key create >"$name" & pids+=($!)
		done
		for p in "${pids[@]}"; do wait "$p"; done
		[ "$(cat a b c d | grep -c '^tpm:0x81020000: P-256 key, created$')" -eq 1 ]
		[ "$(cat a b c d | grep -c ', was there already$')" -eq 3 ]
		[ "$(for f in a b c d; do tail -n +2 "$f" | sha256sum; done |
		    sort -u | wc -l)" -eq 1 ]
		tpm2_evictcontrol -Q -C o -c 0x81020000
	done
}
