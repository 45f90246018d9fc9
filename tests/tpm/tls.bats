#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# TLS 1.3 with the device key: the wolfSSL example, and OpenSSL's provider,
# against a server that demands a client certificate.

bats_require_minimum_version 1.5.0
load ../lib/devsign.bash

setup_file() {
	programs_find
	export SHARED=$BATS_FILE_TMPDIR
	cd "$SHARED"
	ca root "/O=Test/CN=Root"
	ca other "/O=Elsewhere/CN=Root"
	tpm_start "$SHARED/tpm"
	export TPM2OPENSSL_TCTI=$DEVSIGN_TCTI
	devsign key create >/dev/null
	devsign request -n "serialNumber=unit-0042,O=Test" -o unit.csr
	leaf unit.csr root unit.crt 'keyUsage = critical, digitalSignature' \
	    'extendedKeyUsage = clientAuth'
	cat unit.crt root.crt >given.pem
	devsign install -o chain.pem given.pem
	server_key
}

teardown_file() {
	tpm_stop "$SHARED/tpm"
}

setup() {
	cd "$BATS_TEST_TMPDIR"
	cp "$SHARED"/*.pem "$SHARED"/*.crt "$SHARED"/*.key .
	case ${BUILD:-build} in
	/*) CLIENT=$BUILD/examples/tls_client ;;
	*) CLIENT=$TOP/${BUILD:-build}/examples/tls_client ;;
	esac
}

teardown() {
	[ -z "${server-}" ] || kill "$server" 2>/dev/null || true
	tpm_stop "$BATS_TEST_TMPDIR/tpm"
}

# web.crt, and server.crt by it for localhost. Ed25519: of what the TPM knows, its
# provider would make it verify signatures too, and there are three slots.
server_key() {
	openssl req -x509 -newkey ed25519 -nodes -keyout web.key -days 30 \
	    -subj "/O=Test/CN=Web Root" -out web.crt 2>/dev/null
	openssl req -newkey ed25519 -nodes -keyout server.key \
	    -subj /CN=localhost -out server.csr 2>/dev/null
	conf server.ext 'subjectAltName = DNS:localhost' \
	    'keyUsage = critical, digitalSignature' \
	    'extendedKeyUsage = serverAuth'
	openssl x509 -req -in server.csr -CA web.crt -CAkey web.key -days 30 \
	    -set_serial 0x1234567890 -extfile server.ext -out server.crt \
	    2>/dev/null
}

# serve [OPTION...]: a server for those whose certificate is of root.crt, on a
# port that is free: $port
serve() {
	[ $# -gt 0 ] || set -- -CAfile root.crt
	: >server.out
	openssl s_server -accept 127.0.0.1:0 -tls1_3 -cert server.crt \
	    -key server.key -Verify 2 -verify_return_error -www "$@" \
	    >server.out 2>server.err 3>&- &
	server=$!
	for _ in {1..100}; do
		port=$(sed -n 's/^ACCEPT .*:\([0-9]*\)$/\1/p' server.out)
		[ -z "$port" ] || return 0
		sleep 0.05
	done
	cat server.err
	return 1
}

# client [ROOT [CHAIN]]: the example, against that server
client() {
	"$CLIENT" "$DEVSIGN_TCTI" localhost "$port" "${1:-web.crt}" \
	    "${2:-chain.pem}"
}

@test "the example: the server sees this device, over TLS 1.3" {
	serve
	run -0 --separate-stderr client
	[[ $stderr == "tls_client: TLSv1.3, TLS13-"*", authenticated by the TPM" ]]
	[[ $output == *"Client certificate"*"Subject: O=Test/serialNumber=unit-0042"* ]]
	[[ $output == *"Verify return code: 0 (ok)"* ]]
}

@test "the example: a server of another CA, or of another name, is refused" {
	serve
	run -1 --separate-stderr client other.crt
	[[ $stderr == "tls_client: no session: "* ]]
	[ -z "$output" ]
	run -1 --separate-stderr "$CLIENT" "$DEVSIGN_TCTI" 127.0.0.1 "$port" \
	    web.crt chain.pem
	[[ $stderr == "tls_client: no session: "*"peer subject name mismatch" ]]
	[ -z "$output" ]
}

@test "the example: a server that does not know our CA; told on the first read" {
	serve -CAfile other.crt
	run -1 --separate-stderr client
	[[ $stderr == "tls_client: no session: "* ]]
	[ -z "$output" ]
	grep -q "self-signed certificate in certificate chain" server.err
}

@test "the example: another key at the handle is seen before the server is asked" {
	tpm_start "$BATS_TEST_TMPDIR/tpm"
	port=1
	run -1 --separate-stderr client
	[[ $stderr == *"no device key there" ]]
	devsign key create >/dev/null
	run -1 --separate-stderr client
	[[ $stderr == *"the first certificate is not the device key's" ]]
}

@test "the example: a TPM that refuses is told apart from the server" {
	serve
	DEVSIGN_TCTI="${CLIENT%/examples/*}/tests/libtss2-tcti-inject.so:15d.*=rc:0x921@$DEVSIGN_TCTI"
	run -1 --separate-stderr client
	[ "$stderr" = "tls_client: the TPM did not sign: TPM 0x921" ]
}

# s_client [OPTION...]: OpenSSL's. The provider of the TPM signs; hashes are made
# by the default one: three slots are too few for a handshake.
s_client() {
	printf 'GET / HTTP/1.0\r\n\r\n' | timeout 20 openssl s_client \
	    -provider default -provider tpm2 -propquery '?tpm2.signature=yes' \
	    -connect "localhost:$port" -tls1_3 -CAfile web.crt \
	    -verify_return_error -verify_hostname localhost -quiet "$@"
}

@test "OpenSSL with the key at the handle" {
	serve
	run -0 --separate-stderr s_client -cert chain.pem -cert_chain chain.pem \
	    -key handle:0x81020000
	[[ $output == *"Client certificate"*"Subject: O=Test/serialNumber=unit-0042"* ]]
	[[ $output == *"Verify return code: 0 (ok)"* ]]
}

@test "OpenSSL with a key in a file that only this TPM can use" {
	openssl genpkey -provider tpm2 -algorithm EC \
	    -pkeyopt group:P-256 -out ldevid.pem
	[[ $(head -1 ldevid.pem) == *"TSS2 PRIVATE KEY"* ]]
	openssl req -provider tpm2 -provider default -new -key ldevid.pem \
	    -subj "/O=Test/CN=ldevid-7" -out ldevid.csr
	cp "$SHARED"/root.ca.key .
	leaf ldevid.csr root ldevid.crt 'keyUsage = critical, digitalSignature' \
	    'extendedKeyUsage = clientAuth'
	serve
	run -0 --separate-stderr s_client -cert ldevid.crt -key ldevid.pem
	[[ $output == *"Client certificate"*"Subject: O=Test, CN=ldevid-7"* ]]
	[[ $output == *"Verify return code: 0 (ok)"* ]]
	tpm_start "$BATS_TEST_TMPDIR/tpm"
	export TPM2OPENSSL_TCTI=$DEVSIGN_TCTI
	run ! s_client -cert ldevid.crt -key ldevid.pem
}

@test "OpenSSL with the key of another device: refused" {
	serve
	tpm_start "$BATS_TEST_TMPDIR/tpm"
	export TPM2OPENSSL_TCTI=$DEVSIGN_TCTI
	devsign key create >/dev/null
	run ! --separate-stderr s_client -cert chain.pem \
	    -key handle:0x81020000
	[[ $output != *"Client certificate"* ]]
}
