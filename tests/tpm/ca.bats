#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# CAs whose keys are in a TPM: the ceremony between two machines, renewal,
# devices, CRLs; and what is said when the TPM is not there.

bats_require_minimum_version 1.5.0
load ../lib/devsign.bash

setup_file() {
	programs_find
	export SHARED=$BATS_FILE_TMPDIR
	cd "$SHARED"
	tpm_start "$SHARED/tpm"
	pki-init root -d root -n "CN=Root,O=Test" -k tpm:0x81020011 \
	    --tcti "$DEVSIGN_TCTI"
	openssl ecparam -name prime256v1 -genkey -noout -out unit.key
	openssl req -new -key unit.key -subj /serialNumber=unit-1 -out unit.csr
}

teardown_file() { tpm_stop "$BATS_FILE_TMPDIR/tpm"; }

setup() {
	umask 077
	cd "$BATS_TEST_TMPDIR"
	cp -a "$SHARED/root" .
	cp "$SHARED"/unit.* .
	TCTI=(--tcti "$DEVSIGN_TCTI")
}

says() { [[ "$output" == *"$1"* ]] || { printf 'wanted: %s\ngot: %s\n' "$1" "$output"; false; }; }

# born HANDLE: line, a CA by the ceremony, its key made in the TPM
born() {
	pki-init request -d line -n "CN=Line,O=Test" -k "tpm:$1" "${TCTI[@]}" \
	    -o line.csr
	pki-init sign -d root --yes "${TCTI[@]}" -o line.crt line.csr
	pki-init install -d line "${TCTI[@]}" line.crt
}

@test "request, sign, install, check, renew: both keys in the TPM" {
	born 0x81020012
	[ ! -e line/ca.key ]
	[ ! -e root/ca.key ]
	openssl req -in line.csr -noout -verify
	openssl verify -x509_strict -CAfile root/ca.crt line/ca.crt
	tpm2_readpublic -Q -c 0x81020012 -f pem -o tpm.pub
	[ "$(openssl x509 -in line/ca.crt -noout -pubkey)" = "$(cat tpm.pub)" ]
	tpm2_readpublic -Q -c 0x81020011 -f pem -o root.pub
	run ! cmp tpm.pub root.pub
	run -0 pki-init check -d line "${TCTI[@]}"
	pki-issue device -d line -p idevid "${TCTI[@]}" -o unit.pem unit.csr
	pki-init request -d line --renew "${TCTI[@]}" -o again.csr
	pki-init sign -d root --renew --not-after 2040-01-01T00:00:00Z --yes \
	    "${TCTI[@]}" -o again.crt again.csr
	pki-init install -d line "${TCTI[@]}" again.crt
	run -0 devverify-lab chain -a root/ca.crt -i line/ca.crt unit.pem
	pki-audit verify -d root
	pki-audit verify -d line
	[ -z "$(tpm2_getcap handles-transient)$(tpm2_getcap handles-loaded-session)" ]
}

@test "CRLs of root and line: complete and delta, by OpenSSL and by us" {
	born 0x81020013
	pki-issue device -d line -p idevid "${TCTI[@]}" -o unit.pem unit.csr
	pki-revoke crl -d root "${TCTI[@]}"
	pki-revoke crl -d line "${TCTI[@]}"
	openssl crl -in root/crl/full.pem -noout -CAfile root/ca.crt
	openssl crl -in line/crl/full.pem -noout -CAfile line/ca.crt
	local ask=(devverify-lab chain -a root/ca.crt -i line/ca.crt
	    --revocation required -r root/crl/full.crl -r line/crl/full.crl)
	"${ask[@]}" unit.pem
	# revoking asks no TPM
	pki-revoke revoke -d line --device unit-1 --reason keyCompromise
	pki-revoke crl -d line --delta "${TCTI[@]}"
	run -1 "${ask[@]}" -r line/crl/full-delta.crl unit.pem
	says "unit.pem: REJECTED revoked at certificate 0"
	run -0 pki-init check -d line "${TCTI[@]}"
	says "crl/full.crl: number 1"
	pki-audit verify -d line
	pki-audit verify -d root
}

@test "no TPM, or another key in it: said, and no number is taken" {
	born 0x81020014
	local none=(--tcti "swtpm:path=$PWD/none")
	run -3 pki-revoke crl -d line "${none[@]}"
	says "is swtpm running"
	run -3 pki-issue device -d line -p idevid "${none[@]}" -o unit.pem unit.csr
	says "is swtpm running"
	run -3 pki-init check -d line "${none[@]}"
	says "is swtpm running"
	[ ! -e unit.pem ]
	tpm2_evictcontrol -Q -C o -c 0x81020014
	run -3 pki-revoke crl -d line "${TCTI[@]}"
	says "tpm:0x81020014"
	tpm2_createprimary -Q -C o -G ecc256:ecdsa-sha256:null -c other.ctx \
	    -a 'fixedtpm|fixedparent|sensitivedataorigin|userwithauth|sign|noda'
	tpm2_evictcontrol -Q -C o -c other.ctx 0x81020014
	tpm2_flushcontext -t
	run -1 pki-revoke crl -d line "${TCTI[@]}"
	says "is not the key of line/ca.crt"
	[ ! -e line/crl/full.crl ]
	pki-audit verify -d line
}
