# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What the suites of devsign share: where programs are, a small CA made by
# OpenSSL, a TPM simulator that dies with its test.

programs_find() {
	local build=${BUILD:-build} top
	top=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	[[ $build == /* ]] || build=$top/$build
	export PATH=$build:$PATH TOP=$top
	umask 077
}

# conf FILE EXTENSION-LINE...: an OpenSSL extension section
conf() {
	local file=$1
	shift
	printf 'authorityKeyIdentifier = keyid\n' >"$file"
	printf '%s\n' "$@" >>"$file"
}

# ca NAME SUBJECT [ISSUER]: a CA certificate NAME.crt with NAME.ca.key
ca() {
	openssl ecparam -name prime256v1 -genkey -noout -out "$1.ca.key"
	openssl req -new -key "$1.ca.key" -subj "$2" -out "$1.ca.csr"
	conf "$1.ext" 'subjectKeyIdentifier = hash' \
	    'basicConstraints = critical, CA:TRUE' \
	    'keyUsage = critical, keyCertSign, cRLSign'
	if [ $# -eq 3 ]; then
		openssl x509 -req -in "$1.ca.csr" -CA "$3.crt" \
		    -CAkey "$3.ca.key" -days 300 -sha256 -extfile "$1.ext" \
		    -set_serial "0x$(openssl rand -hex 8 | sed s/^./1/)" -out "$1.crt"
	else
		openssl x509 -req -in "$1.ca.csr" -signkey "$1.ca.key" \
		    -days 300 -sha256 -extfile "$1.ext" \
		    -set_serial "0x$(openssl rand -hex 8 | sed s/^./1/)" -out "$1.crt"
	fi 2>/dev/null
}

# leaf CSR CA OUT [EXTENSION-LINE...]: a device certificate, DAYS long
leaf() {
	local csr=$1 issuer=$2 out=$3
	shift 3
	[ $# -gt 0 ] || set -- 'keyUsage = critical, digitalSignature'
	conf "$out.ext" 'subjectKeyIdentifier = hash' \
	    'basicConstraints = critical, CA:FALSE' "$@"
	openssl x509 -req -in "$csr" -CA "$issuer.crt" -CAkey "$issuer.ca.key" \
	    -days "${DAYS:-30}" -sha256 -extfile "$out.ext" \
	    -set_serial "0x$(openssl rand -hex 8 | sed s/^./1/)" -out "$out" 2>/dev/null
}

# tpm_start DIR: a TPM with its state in DIR; DEVSIGN_TCTI leads there
tpm_start() {
	mkdir -p "$1"
	swtpm socket --tpm2 --tpmstate "dir=$1" \
	    --server "type=unixio,path=$1/sock" \
	    --ctrl "type=unixio,path=$1/sock.ctrl" \
	    --flags not-need-init,startup-clear --pid "file=$1/pid" -d
	export DEVSIGN_TCTI=swtpm:path=$1/sock TPM2TOOLS_TCTI=swtpm:path=$1/sock
}

tpm_stop() {
	[ -e "$1/pid" ] || return 0
	local pid
	pid=$(cat "$1/pid")
	kill -CONT "$pid" 2>/dev/null || true
	swtpm_ioctl --unix "$1/sock.ctrl" -s >/dev/null 2>&1 || kill "$pid" || true
	rm -f "$1/pid"
}

# fails STATUS TEXT COMMAND...: this status, this text on standard error, and
# not a word of the TPM library
fails() {
	local status_wanted=$1 text=$2
	shift 2
	run --separate-stderr "$@"
	echo "status $status; $stderr"
	[ "$status" -eq "$status_wanted" ]
	[[ $stderr == *"$text"* ]]
	[[ $stderr != *:tcti:* && $stderr != *:esys:* && $stderr != *WARNING:* ]]
}
