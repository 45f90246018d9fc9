#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Keys in a TPM, made and used: templates, passwords, lockout, sessions, files,
# policies. Each test has a TPM of its own; tpm2-tools and OpenSSL are the other
# side.

bats_require_minimum_version 1.5.0
load ../lib/devsign.bash

setup() {
	programs_find
	cd "$BATS_TEST_TMPDIR"
	tpm_start "$BATS_TEST_TMPDIR/tpm"
}

teardown() {
	tpm_stop "$BATS_TEST_TMPDIR/tpm"
}

# nothing_loaded: neither objects nor sessions stay in the TPM
nothing_loaded() {
	run -0 tpm2_getcap handles-transient
	[ -z "$output" ]
	run -0 tpm2_getcap handles-loaded-session
	[ -z "$output" ]
}

# requests OPTION...: the key signs a request that OpenSSL verifies
requests() {
	devsign request -n CN=x "$@" -o request.csr
	openssl req -in request.csr -noout -verify
	rm request.csr
}

# ---- templates --------------------------------------------------------------

@test "each template makes a key that signs requests and files" {
	ca sub "/O=Test/CN=Root"
	echo 'an artefact' >file.bin
	local n=0
	for t in devid-p256-v1 devid-p384-v1 devid-rsa2048-v1 tcg-h2 tcg-h3; do
		key=tpm:0x8102001$n
		n=$((n + 1))
		devsign key create -k "$key" --template "$t" >made
		grep -x "Template: $t" made
		devsign key show -k "$key" >shown
		grep -x "Template: $t" shown
		devsign request -k "$key" -n CN=unit -o unit.csr
		openssl req -in unit.csr -noout -verify
		leaf unit.csr sub unit.crt
		cat unit.crt sub.crt >chain.pem
		devsign sign -k "$key" -c chain.pem file.bin
		devverify-lab file -a sub.crt file.bin
		rm file.bin.cose unit.csr
	done
	nothing_loaded
}

@test "--key-type chooses among our templates" {
	devsign key create -k tpm:0x81020001 --key-type p384 |
	    grep -x "Template: devid-p384-v1"
	devsign key create -k tpm:0x81020002 --key-type rsa2048 |
	    grep -x "Template: devid-rsa2048-v1"
	devsign key create -k tpm:0x81020003 --key-type p256 |
	    grep -x "Template: devid-p256-v1"
	fails 2 "no key of type rsa4096 can be made there, only p256, p384, rsa2048" \
	    devsign key create --key-type rsa4096
	fails 2 "no key of type ed25519" devsign key create --key-type ed25519
}

@test "contradictions are told before anything is made" {
	fails 2 "--key-type p256 contradicts --template devid-p384-v1" \
	    devsign key create --template devid-p384-v1 --key-type p256
	fails 2 "--template devid: not one of devid-p256-v1, devid-p384-v1" \
	    devsign key create --template devid
	fails 2 "--template ldevid-p256-v1 is for a key in a file" \
	    devsign key create --template ldevid-p256-v1
	fails 2 "a template is for a key in a TPM" devsign key create \
	    -k file:a.key --no-passphrase --template devid-p256-v1
	[ ! -e a.key ]
	run -0 tpm2_getcap handles-persistent
	[ -z "$output" ]
}

# derived TEMPLATE HANDLE ALG ATTRIBUTES [POLICY]: tpm2-tools derives the same
derived() {
	printf '\x06\x00IDEVID' >unique
	devsign key create -k "tpm:$2" --template "$1" >/dev/null
	tpm2_createprimary -Q -C e -g "${6:-sha256}" -G "$3" -a "$4" -u unique \
	    ${5:+-L "$5"} -c key.ctx
	tpm2_readpublic -Q -c key.ctx -f pem -o theirs.pem
	tpm2_flushcontext -t
	devsign key show -k "tpm:$2" | openssl pkey -pubin -out ours.pem
	cmp ours.pem theirs.pem
}

@test "tpm2-tools derives the same keys from the documented templates" {
	local a='fixedtpm|fixedparent|sensitivedataorigin|userwithauth|sign'
	derived devid-p256-v1 0x81020001 ecc256:ecdsa-sha256:null "$a|noda"
	derived devid-p384-v1 0x81020002 ecc384:ecdsa-sha384:null "$a|noda" \
	    "" sha384
	printf %s ad6b3a2284fd698a0710bf5cc1b9bdf15e2532e3f601fa4b93a6a8fa8de579ea |
	    xxd -r -p >h2
	derived tcg-h2 0x81020003 ecc256:ecdsa-sha256:null \
	    "$a|adminwithpolicy" h2
}
