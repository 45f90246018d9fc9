# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What the tests of pki-init and pki-issue share: a root, a factory CA and one
# request, made once for each file and copied for each test.

setup_file() {
	local build=${BUILD:-build} top
	top=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	[[ $build == /* ]] || build=$top/$build
	export TOP=$top
	export PATH=$build:$PATH
	export SHARED=$BATS_FILE_TMPDIR
	umask 077
	cd "$SHARED"
	pki-init root -d root -n "CN=Test Root,O=Example" --no-passphrase
	pki-init intermediate -d factory --issuer root \
	    -n "CN=Test Factory,O=Example" --no-passphrase
	csr unit "/O=Example/serialNumber=unit-1"
}

setup() {
	umask 077
	cd "$BATS_TEST_TMPDIR"
	cp -a "$SHARED/root" "$SHARED/factory" .
	cp "$SHARED/unit.csr" "$SHARED/unit.key" .
}

# csr NAME SUBJECT [OPENSSL OPTION...]: NAME.key and NAME.csr, by OpenSSL
csr() {
	local name=$1 subject=$2
	shift 2
	openssl ecparam -name prime256v1 -genkey -noout -out "$name.key"
	openssl req -new -key "$name.key" -subj "$subject" -out "$name.csr" "$@"
}

# issue PROFILE NAME [OPTION...]: NAME.csr to NAME.pem
issue() {
	local profile=$1 name=$2
	shift 2
	pki-issue device -d factory -p "$profile" -o "$name.pem" "$@" "$name.csr"
}

# both FILE: OpenSSL and GnuTLS accept the chain in FILE (leaf first, root last)
both() {
	csplit -s -z -f part- "$1" '/BEGIN CERT/' '{*}'
	local last
	last=$(ls part-* | tail -1)
	openssl verify -x509_strict -CAfile "$last" -untrusted "$1" "$1"
	certtool --verify-chain --infile "$1"
	rm part-*
}

text() { openssl x509 -in "$1" -noout -text; }

# ledger DIR SQL
ledger() {
	python3 -c 'import sqlite3, sys
for row in sqlite3.connect(sys.argv[1] + "/ledger.db").execute(sys.argv[2]):
    print(*row)' "$1" "$2"
}

says() { [[ "$output" == *"$1"* ]] || { printf 'wanted: %s\ngot: %s\n' "$1" "$output"; false; }; }
