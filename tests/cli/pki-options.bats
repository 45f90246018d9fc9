#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Options of pki-init and pki-issue that the other tests have no use for: the
# way to a TPM that is not there, passphrases from descriptors, help.

bats_require_minimum_version 1.5.0
load pki.bash

ABSENT=device:/nonexistent/tpm

@test "a TPM that is not there is named, and nothing is made" {
	run -3 pki-init root -d new -n CN=New -k tpm:0x81020001 --key-type p256 --tcti $ABSENT
	says /nonexistent/tpm
	[ ! -e new ]
	run -3 pki-init intermediate -d new --issuer root -n CN=New \
	    -k tpm:0x81020001 --key-type p256 --tcti $ABSENT
	says /nonexistent/tpm
	[ ! -e new ]
}

@test "the way to a TPM means nothing for a key in a file" {
	pki-issue device -d factory -p idevid --tcti $ABSENT -o unit.pem unit.csr
	openssl x509 -in unit.pem -noout
	run -0 pki-init check --tcti $ABSENT -d factory
}

@test "passphrases of both keys, each from a descriptor of its own" {
	pki-init root -d locked -n CN=Locked --passphrase-fd 3 3<<<root-secret
	pki-init intermediate -d below --issuer locked -n CN=Below \
	    --issuer-passphrase-fd 4 --passphrase-fd 5 4<<<root-secret 5<<<below-secret
	openssl verify -CAfile locked/ca.crt below/ca.crt
	run -3 pki-init intermediate -d other --issuer locked -n CN=Other \
	    --issuer-passphrase-fd 4 --no-passphrase 4<<<below-secret
	[ ! -e other ]
	pki-issue device -d below -p idevid --passphrase-fd 5 -o unit.pem \
	    unit.csr 5<<<below-secret
	openssl x509 -in unit.pem -noout
}

@test "every command has its help, and says its version" {
	for tool in pki-init pki-issue pki-audit; do
		run -0 $tool --version
		says "$tool "
		for command in $($tool --help | sed -n 's/^  \([a-z]*\)  .*/\1/p'); do
			run -0 $tool "$command" --help
			says "usage: $tool $command"
			says '--version'
		done
	done
}
