#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Revocation lists as users of devverify meet them: -r, --revocation, what the
# reports say, and `show`. The lists are those of vectors/chain.

bats_require_minimum_version 1.5.0
load helpers

setup() {
	find_programs
	cd "$BATS_TEST_TMPDIR"
	cp "$TOP"/vectors/chain/accepted--crl-good/*.der .
	cp "$TOP"/vectors/chain/revoked--leaf-required/crl2.der revoking.der
	L=$BIN/devverify-lab
	CHAIN=("$L" chain -a anchor1.der -i i1.der -t 2026-06-01T00:00:00Z)
}

@test "no list: accepted, and said" {
	run -0 "${CHAIN[@]}" leaf.der
	has "revocation not checked"
	run -1 "${CHAIN[@]}" --revocation required leaf.der
	has "REJECTED crl-missing at certificate 0"
}

@test "good lists: every certificate, and until when" {
	run -0 "${CHAIN[@]}" -r crl1.der --crl crl2.der leaf.der
	has "ACCEPTED until 2026-07-01T00:00:00Z"
	has "revocation good"
	run -0 "${CHAIN[@]}" --revocation=required -r crl1.der -r crl2.der leaf.der
	run -0 "${CHAIN[@]}" -r crl1.der leaf.der
	has "revocation partly checked"
}

@test "PEM, several in one file" {
	for n in 1 2; do
		openssl crl -inform DER -in crl$n.der >>all.pem
	done
	run -0 "${CHAIN[@]}" --revocation required -r all.pem leaf.der
	run -3 "${CHAIN[@]}" -i all.pem leaf.der
	has "X509 CRL"
	run -1 "${CHAIN[@]}" -r /dev/null leaf.der
	has "input-empty at crl 0"
}

@test "revoked: why and since when" {
	run -1 "${CHAIN[@]}" -r crl1.der -r revoking.der leaf.der
	has "REJECTED revoked at certificate 0 serialNumber"
	has "keyCompromise since 2026-04-01T00:00:00Z"
	has "revocation revoked"
	run -0 "${CHAIN[@]}" --revocation none leaf.der
}

@test "a list that cannot be read refuses" {
	head -c 100 crl2.der >cut.der
	run -1 "${CHAIN[@]}" -r cut.der leaf.der
	has "REJECTED truncated at crl 0"
}

@test "usage" {
	run -2 "${CHAIN[@]}" --revocation sometimes leaf.der
	has "if-given"
	run -2 "${CHAIN[@]}" --revocation none -r crl1.der leaf.der
	has "contradict"
}

@test "json: what the schema says" {
	for more in "" "-r crl1.der" "-r crl1.der -r crl2.der" \
	    "-r revoking.der" "--revocation required" "-r leaf.der"; do
		# shellcheck disable=SC2086 # words
		"${CHAIN[@]}" -j $more leaf.der >>lines || [ $? = 1 ]
	done
	python3 - "$TOP/docs/verdict.schema.json" lines <<-'EOF'
		import json, sys, jsonschema
		schema = json.load(open(sys.argv[1]))
		lines = [json.loads(x) for x in open(sys.argv[2])]
		for line in lines:
		    jsonschema.validate(line, schema)
		assert [x["revocation"] for x in lines] == [
		    "not-checked", "partly-checked", "good", "revoked",
		    "not-checked", "not-checked"], lines
		assert [c["revocation"] for c in lines[1]["path"][:2]] == [
		    "not-checked", "good"]
	EOF
}

@test "show: a list, as text and as JSON" {
	run -0 "$L" show revoking.der
	has "certificate revocation list"
	has "keyCompromise"
	run -0 "$L" show -j crl1.der
	[ "$(jq -r .kind <<<"$output")" = crl ]
	[ "$(jq -r '.revoked | length' <<<"$output")" = 1 ]
}
