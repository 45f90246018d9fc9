#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# limbo-harness as those who hold a suite meet it: every field of the schema it
# honours, every case gets a result whatever stands in it, and exit statuses.

bats_require_minimum_version 1.5.0
load helpers

setup_file() {
	find_programs
	cd "$BATS_FILE_TMPDIR"
	new_root root "/O=Example/CN=Test Root"
	new_cert ca "/O=Example/CN=Device CA" root \
	    basicConstraints=critical,CA:TRUE keyUsage=critical,keyCertSign
	new_cert leaf "/O=Example/CN=unit-1" ca \
	    keyUsage=critical,digitalSignature extendedKeyUsage=clientAuth
	new_key old
	openssl req -x509 -new -key old.key -set_serial 0 -days 3650 \
	    -subj "/O=Example/CN=Old Root" \
	    -addext basicConstraints=critical,CA:TRUE -out old.pem
	new_cert below "/O=Example/CN=unit-2" old \
	    keyUsage=critical,digitalSignature
	jq -n --rawfile root root.pem --rawfile ca ca.pem \
	    --rawfile leaf leaf.pem '{
		id: "good", features: [], importance: "undetermined",
		description: "", validation_kind: "CLIENT",
		trusted_certs: [$root], untrusted_intermediates: [$ca],
		peer_certificate: $leaf, validation_time: null,
		signature_algorithms: [], key_usage: [],
		extended_key_usage: [], expected_result: "SUCCESS",
		expected_peer_name: null, expected_peer_names: [],
		max_chain_depth: null, crls: [] }' >good.json
}

setup() {
	cd "$BATS_FILE_TMPDIR"
}

# ask EDIT [OPTION...]: $output is the result of the good case, edited by jq
ask() {
	local edit=$1
	shift
	run -0 bash -c 'jq "{version: 1, testcases: [$1]}" good.json |
	    "$BIN/limbo-harness" "${@:2}" |
	    jq -r ".results[] | .actual_result + \" \" + .context"' \
	    - "$edit" "$@"
}

# gives EDIT TEXT [OPTION...]: the result begins like this
gives() {
	ask "$1" "${@:3}"
	[[ $output == "$2"* ]] || {
		printf 'wanted: %s\nfor: %s\nfound: %s\n' "$2" "$1" "$output"
		return 1
	}
}

@test "a good case; null and unknown members change nothing" {
	gives . "SUCCESS ACCEPTED"
	gives '.zzz = {"a": [1]} | .expected_peer_names = null' SUCCESS
	gives '.crls = null | .features = null | .key_usage = null' SUCCESS
	gives 'del(.crls, .features, .key_usage, .extended_key_usage,
	    .signature_algorithms, .max_chain_depth, .importance)' SUCCESS
	gives '.devtrust = null' SUCCESS
	gives '.devtrust = {"zzz": 1}' SUCCESS
}

@test "what a case asks is asked" {
	gives '.validation_time = "2001-01-01T00:00:00Z"' \
	    "FAILURE REJECTED not-yet-valid at certificate 0"
	gives '.validation_time = "2001-01-01T00:00:00.5+01:00"' \
	    "FAILURE REJECTED not-yet-valid"
	gives '.validation_kind = "SERVER"' "FAILURE REJECTED key-purpose"
	gives '.extended_key_usage = ["clientAuth"]' SUCCESS
	gives '.extended_key_usage = ["clientAuth", "codeSigning"]' \
	    "FAILURE REJECTED key-purpose"
	gives '.key_usage = ["digitalSignature"]' SUCCESS
	gives '.key_usage = ["digitalSignature", "keyAgreement"]' \
	    "FAILURE REJECTED key-usage-signature"
	gives '.signature_algorithms = ["ED25519"]' \
	    "FAILURE REJECTED alg-not-allowed"
	gives '.signature_algorithms = ["ED25519", "ECDSA_WITH_SHA256"]' SUCCESS
	gives '.max_chain_depth = 1' SUCCESS
	gives '.max_chain_depth = 0' "FAILURE REJECTED path-length at anchor 0"
	gives '.untrusted_intermediates = []' "FAILURE REJECTED no-issuer"
	gives '.trusted_certs = []' "FAILURE REJECTED no-anchors"
	gives '.peer_certificate = .untrusted_intermediates[0]' \
	    "FAILURE REJECTED ca-flag-on-leaf"
	gives '.trusted_certs += .untrusted_intermediates |
	    .untrusted_intermediates = []' SUCCESS
}

@test "several objects in one text; who gives CRLs asks about revocation" {
	gives '.trusted_certs = [.trusted_certs[0] +
	    .untrusted_intermediates[0]] | .untrusted_intermediates = []' SUCCESS
	gives '.crls = ["-----BEGIN X509 CRL-----\nMAA=\n-----END X509 CRL-----\n"]' \
	    "FAILURE REJECTED not-der at crl 0"
	touch index.txt
	printf '%s\n' '[ca]' 'default_ca = d' '[d]' 'database = index.txt' \
	    'default_md = sha256' 'default_crl_days = 9' \
	    'crl_extensions = e' 'crlnumber = number' '[e]' \
	    'authorityKeyIdentifier = keyid' >crl.cnf
	echo 01 >number
	openssl ca -config crl.cnf -gencrl -cert root.pem -keyfile root.key \
	    -out root.crl
	gives ".crls = [$(jq -Rs . root.crl)]" "FAILURE REJECTED crl-missing"
	gives ".crls = [$(jq -Rs . root.crl)] |
	    .devtrust.revocation = \"if-given\"" SUCCESS
}

@test "the default is strict, also with anchors" {
	local old
	old=".trusted_certs = [$(jq -Rs . old.pem)] |
	    .peer_certificate = $(jq -Rs . below.pem)"
	gives "$old" "FAILURE REJECTED serial-invalid at anchor 0 serialNumber"
	gives "$old" "FAILURE REJECTED serial-invalid" --profile strict
	gives "$old" SUCCESS --profile path
	gives "$old | .devtrust.profile = \"path\"" SUCCESS
}

@test "what cannot be asked is SKIPPED" {
	gives '.features = ["pedantic-webpki-eku"]' SKIPPED
	gives '.features = ["no-cert-policies"]' SKIPPED
	gives '.features = ["max-chain-depth", "no-such-feature", 7]' SUCCESS
	gives '.validation_time = "yesterday"' SKIPPED
	gives '.validation_time = 7' SKIPPED
	gives '.validation_kind = "PIGEON"' SKIPPED
	gives '.extended_key_usage = ["pigeon"]' SKIPPED
	gives '.extended_key_usage = [7]' SKIPPED
	gives '.key_usage = ["pigeon"]' SKIPPED
	gives '.max_chain_depth = "many"' SKIPPED
	gives '.max_chain_depth = -1' SKIPPED
	gives '.devtrust.task = "pigeon"' SKIPPED
	gives '.devtrust.revocation = "pigeon"' SKIPPED
	gives '.devtrust.policies = ["pigeon"]' SKIPPED
}

@test "whatever stands in a case, it has a result and is not accepted" {
	jq '{testcases: [
	    (. as $good | (null, 0, true, [], {}, "", "x", "\u0000é",
	    "-----BEGIN CERTIFICATE-----",
	    "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
	    "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n",
	    ("A" * 100000)) as $junk |
	    ($good | .peer_certificate = $junk),
	    ($good | .trusted_certs = $junk),
	    ($good | .trusted_certs = [$junk]),
	    ($good | .untrusted_intermediates = $junk),
	    ($good | .untrusted_intermediates = [$junk]),
	    ($good | .crls = [$junk]),
	    $junk)]}' good.json >junk.json
	run -0 bash -c '"$BIN/limbo-harness" <junk.json >results.json'
	[ "$(jq '.results | length' results.json)" = \
	    "$(jq '.testcases | length' junk.json)" ]
	[ "$(jq '.results | length' results.json)" -gt 80 ]
	jq -e '.results | all(.actual_result == "FAILURE" and
	    (.context | startswith("REJECTED ")))' results.json
}

@test "thousands of cases" {
	jq '{testcases: [range(3000) as $i | .id = "n\($i)"]}' good.json |
	    "$BIN/limbo-harness" >results.json
	jq -e '.harness == "devtrust" and .version == 1 and
	    ([.results[].id] == [range(3000) | "n\(.)"]) and
	    (.results | all(.actual_result == "SUCCESS"))' results.json
}

@test "exit status: 2 wrong usage, 3 no answers" {
	local h=$BIN/limbo-harness
	for option in --help --profile "--profile none" document.json; do
		# shellcheck disable=SC2086 # several words
		run -2 "$h" $option </dev/null
	done
	for document in '' '{' '[]' '7' '{}' '{"testcases": {}}' \
	    '{"testcases": null}'; do
		run -3 "$h" <<<"$document"
		has 'limbo-harness: '
	done
	run -0 "$h" <<<'{"testcases": []}'
	run -3 bash -c "'$h' <<<'{\"testcases\": []}' >/dev/full"
	has 'cannot be written'
}
