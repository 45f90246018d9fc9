#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The bill of materials: of the right form, true of what was built, the same when
# it is made again, and installed only beside what it speaks of.

bats_require_minimum_version 1.5.0
load helpers

setup() {
	find_programs
	cd "$TOP"
	work=$BATS_TEST_TMPDIR
	cache=${DEPS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/devtrust}
	.mk/sbom.py "$BIN" >"$work/sbom"
}

check() { tests/lib/sbom_check.py "$1" "$BIN" "$cache"; }

@test "it is SPDX 2.3, and true of archives, programs and their libraries" {
	run check "$work/sbom"
	echo "$output"
	[ "$status" -eq 0 ]
	# 7 programs and libdv.a at least
	[[ ${lines[-1]} =~ ^([0-9]+)\ hashes,\ ([0-9]+)\ programs,\ 0\ wrong$ ]]
	[ "${BASH_REMATCH[1]}" -ge 8 ]
	[ "${BASH_REMATCH[2]}" -ge 7 ]
}

@test "what is wrong in one is found" {
	local change count=0
	while read -r change; do
		jq "$change" "$work/sbom" >"$work/wrong"
		run ! cmp -s "$work/sbom" "$work/wrong"
		run check "$work/wrong"
		echo "$change: $output"
		[ "$status" -eq 1 ]
		count=$((count + 1))
	done <<-'END'
	del(.dataLicense)
	.spdxVersion = "SPDX-2.2"
	.creationInfo.created = "yesterday"
	.creationInfo.creators = []
	.documentNamespace = "urn:uuid:1#2"
	.packages += [.packages[0]]
	.packages[1].licenseDeclared = ""
	.packages[1].supplier = "somebody"
	del(.packages[] | select(.name == "sqlite"))
	del(.packages[] | select(.name == "libcbor"))
	(.packages[] | select(.name == "wolfssl").checksums[0].checksumValue) |= sub("^."; "z")
	(.packages[] | select(.name == "devsign").checksums[0].checksumValue) |= sub("^."; "z")
	(.packages[] | select(.name == "gmp").comment) = "none"
	(.packages[] | select(.name == "libcbor").downloadLocation) = "https://example.org/x"
	del(.relationships[] | select(.relationshipType == "DYNAMIC_LINK" and .spdxElementId == "SPDXRef-pki-init"))
	del(.relationships[] | select(.relationshipType == "STATIC_LINK" and .spdxElementId == "SPDXRef-devverify"))
	del(.relationships[] | select(.relatedSpdxElement == "SPDXRef-musl"))
	del(.relationships[] | select(.relatedSpdxElement == "SPDXRef-libcbor" and .spdxElementId == "SPDXRef-devsign"))
	.relationships += [{spdxElementId: "SPDXRef-devverify", relationshipType: "STATIC_LINK", relatedSpdxElement: "SPDXRef-libcbor"}]
	END
	[ "$count" -eq 19 ]
}

@test "the same again, and the time is SOURCE_DATE_EPOCH's" {
	.mk/sbom.py "$BIN" | cmp - "$work/sbom"
	SOURCE_DATE_EPOCH=86400 .mk/sbom.py "$BIN" >"$work/other"
	[ "$(jq -r .creationInfo.created "$work/other")" = 1970-01-02T00:00:00Z ]
	# and another content has another name
	[ "$(jq .documentNamespace "$work/other")" != \
	    "$(jq .documentNamespace "$work/sbom")" ]
	[ ! -e .git ] || [ "$(jq -r .creationInfo.created "$work/sbom")" = \
	    "$(TZ=UTC git log -1 --format=%cd --date=format-local:%FT%TZ)" ]
}

@test "it is installed beside the build it speaks of, and no other" {
	local to=share/doc/devtrust/devtrust.spdx.json
	mkdir "$work/build"
	cp -r "$BIN/devverify" "$BIN/lib" "$work/build"
	.mk/sbom.py "$work/build" >"$work/build/devtrust.spdx.json"
	.mk/install.sh install "$work/build" "$work/stage" /usr
	cmp "$work/build/devtrust.spdx.json" "$work/stage/usr/$to"
	.mk/install.sh uninstall "$work/build" "$work/stage" /usr
	[ ! -e "$work/stage/usr/share/doc/devtrust" ]
	echo >>"$work/build/devverify"
	run .mk/install.sh install "$work/build" "$work/stage" /usr
	[ "$status" -eq 0 ]
	has "is left out, it is of another devverify: run 'make sbom'"
	[ ! -e "$work/stage/usr/$to" ]
}
