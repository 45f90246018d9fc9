# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# For tests of command lines: where the programs are, certificates made by
# OpenSSL, and what is asserted of output.

# find_programs: sets TOP and BIN (the directory of the programs; env BIN or
# BUILD, default build).
find_programs() {
	TOP=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	BIN=${BIN:-${BUILD:-build}}
	[[ $BIN == /* ]] || BIN=$TOP/$BIN
	export TOP BIN
}

# new_key NAME: NAME.key, P-256
new_key() {
	openssl ecparam -name prime256v1 -genkey -noout -out "$1.key"
}

# new_root NAME SUBJECT: NAME.key and the self-signed NAME.pem
new_root() {
	new_key "$1"
	openssl req -x509 -new -key "$1.key" -subj "$2" -days 3650 \
	    -addext basicConstraints=critical,CA:TRUE \
	    -addext keyUsage=critical,keyCertSign,cRLSign -out "$1.pem"
}

# new_cert NAME SUBJECT ISSUER EXTENSION...: NAME.key and NAME.pem by ISSUER
new_cert() {
	local name=$1 subject=$2 issuer=$3
	shift 3
	new_key "$name"
	openssl req -new -key "$name.key" -subj "$subject" -out "$name.csr"
	printf '%s\n' subjectKeyIdentifier=hash authorityKeyIdentifier=keyid \
	    "$@" >"$name.ext"
	openssl x509 -req -in "$name.csr" -CA "$issuer.pem" \
	    -CAkey "$issuer.key" -set_serial "0x$(openssl rand -hex 8 |
		sed 's/^./1/')" -days 1000 -extfile "$name.ext" \
	    -out "$name.pem" 2>/dev/null
}

# has TEXT: $output contains it
has() {
	[[ $output == *"$1"* ]] || {
		printf 'wanted: %s\nin:\n%s\n' "$1" "$output"
		return 1
	}
}

# has_not TEXT
has_not() {
	[[ $output != *"$1"* ]] || {
		printf 'not wanted: %s\nin:\n%s\n' "$1" "$output"
		return 1
	}
}

# no_line REGEX: no line of $output matches
no_line() {
	if grep -E -e "$1" <<<"$output"; then
		printf 'not wanted: %s\n' "$1"
		return 1
	fi
}

# first_line REGEX: the whole first line of $output matches
first_line() {
	[[ ${lines[0]} =~ ^$1$ ]] || {
		printf 'wanted: %s\nfirst line: %s\n' "$1" "${lines[0]}"
		return 1
	}
}

# json_valid SCHEMA < LINES: every line is an object the schema accepts
json_valid() {
	/usr/bin/python3 -c '
import json, sys, jsonschema
schema = json.load(open(sys.argv[1]))
jsonschema.Draft7Validator.check_schema(schema)
judge = jsonschema.Draft7Validator(schema)
lines = sys.stdin.read().splitlines()
assert lines, "no line"
for line in lines:
    judge.validate(json.loads(line))' "$1"
}

# verdicts COMMAND...: as run with stderr apart, and $output is valid JSON
verdicts() {
	run --separate-stderr "$@"
	json_valid "$TOP/docs/verdict.schema.json" <<<"$output"
}
