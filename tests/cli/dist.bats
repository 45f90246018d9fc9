#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The tarball: the same bytes whoever makes it of one commit, with its bill of
# materials inside.

bats_require_minimum_version 1.5.0
load helpers

@test "the tarball is the same from two users, with its bill of materials" {
	find_programs
	[ -e "$TOP/.git" ] || skip "no git checkout: a tarball is made of a commit"
	run env BUILD="$BIN" KEEP="$BATS_TEST_TMPDIR" \
	    "$TOP/tests/reproducible.sh" dist
	echo "$output"
	[ "$status" -eq 0 ]
	has "same: tree/build/devtrust-"
	cd "$BATS_TEST_TMPDIR"
	local commit
	commit=$(xz -dc devtrust-*.tar.xz | git get-tar-commit-id)
	tar -xf devtrust-*.tar.xz
	cd devtrust-*/
	tests/lib/sbom_check.py docs/devtrust.spdx.json none none
	# from here, with no git: the same time, that of the commit
	[ "$(jq .creationInfo docs/devtrust.spdx.json)" = \
	    "$(.mk/sbom.py | jq .creationInfo)" ]
	[ "$(git -C "$TOP" ls-tree -r --name-only "$commit" | wc -l)" -eq \
	    "$(find . -type f ! -path ./docs/devtrust.spdx.json | wc -l)" ]
}
