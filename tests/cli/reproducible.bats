#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The verifier and libdv, built twice by two users in two places: the same bytes.
# `make reproducible` does it with every program, which takes long.

bats_require_minimum_version 1.5.0
load helpers

@test "two builds of the verifier, libdv and bill of materials are the same" {
	[ -z "${SAN-}" ] || skip "what is instrumented is not what is shipped"
	find_programs
	run env BUILD="$BIN" "$TOP/tests/reproducible.sh" build VERIFY_ONLY=1 sbom
	echo "$output"
	[ "$status" -eq 0 ]
	local file
	for file in devverify devverify-lab lib/libdv.a devtrust.spdx.json; do
		has "same: build/$file ("
	done
}
