#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Every operation of every tool that uses a key, by the same commands, with a
# key of each kind: the same results, judged by OpenSSL and by our verifier.

bats_require_minimum_version 1.5.0
load ../lib/devsign.bash
load ../lib/p11.bash

# The kinds of keys, one a line: its name, and the KEYSPEC of the key called %s.
# Each operation below is run with each of them.
kinds() {
	cat <<-KINDS
	file        file:$BATS_TEST_TMPDIR/%s.key
	tpm-handle  tpm:0x81020000
	tpm-file    tpm:$BATS_TEST_TMPDIR/%s.tss
	pkcs11      pkcs11:token=keys;object=%s?module-path=$MODULE
	KINDS
}

setup() {
	programs_find
	cd "$BATS_TEST_TMPDIR"
	tokens_at "$PWD"
	token keys 1234
	echo 1234 >secret
	echo 'an artefact' >file.bin
}

teardown() {
	local d
	for d in "$BATS_TEST_TMPDIR"/tpm-*; do
		tpm_stop "$d"
	done
}

# each COMMAND...: runs it once for each kind, each time in a directory of its own
each() {
	local kind spec
	kinds >kinds.list
	while read -r kind spec; do
		echo "with a key of kind $kind"
		mkdir "$BATS_TEST_TMPDIR/$kind"
		cd "$BATS_TEST_TMPDIR/$kind"
		KIND=$kind SPEC=$spec
		"$@"
	done <kinds.list
}

# use NAME: KEY is the KEYSPEC of the key called so, of this kind; a TPM has one
# device key, so each name has a TPM of its own
use() {
	local tpm=$BATS_TEST_TMPDIR/tpm-$KIND-$1
	# shellcheck disable=SC2059 # the format is a line of kinds()
	KEY=$(printf "$SPEC" "$KIND-$1")
	[[ $KIND != tpm-* ]] || [ -e "$tpm" ] || tpm_start "$tpm"
	export DEVSIGN_TCTI=swtpm:path=$tpm/sock
}

# made NAME: a new key called so
made() {
	use "$1"
	devsign key create -k "$KEY" --key-type p256 --passphrase-file ../secret \
	    >"$1.shown"
}

# same FILE: is the text in it that of the kinds before?
same() {
	[ -s "$1" ]
	[ -e "../first-$1" ] || cp "$1" "../first-$1"
	diff "../first-$1" "$1"
}

# plain: standard input without what differs from key to key
plain() {
	sed -e "s|$KEY|KEY|g; s|${KEY%%\?*}|KEY|g" \
	    -e 's/, in token "keys", which made it and never let it out//' \
	    -e '/its key is in token/d' \
	    -e 's/[0-9-]*T[0-9:]*Z/TIME/g; s/serial [0-9a-f]*/serial N/'
}

# shape CERTIFICATE: its text without key, identifiers, numbers and times
shape() {
	openssl x509 -in "$1" -noout -text \
	    -certopt no_pubkey,no_serial,no_sigdump,no_validity |
	    grep -v -E '^ *([0-9A-F]{2}:)+[0-9A-F]{2}$'
}

# device CA ROOT: a device's certificate by that CA, accepted by OpenSSL and us
device() {
	openssl ecparam -name prime256v1 -genkey -noout -out unit.key
	openssl req -new -key unit.key -subj /serialNumber=7 -out unit.csr
	pki-issue device -d "$1" -p idevid -o unit.pem --passphrase-file \
	    ../secret unit.csr | plain >issued
	same issued
	shape unit.pem >unit.text
	same unit.text
	openssl verify -x509_strict -CAfile "$2" -untrusted "$1/ca.crt" unit.pem
	devverify-lab chain -a "$2" -i "$1/ca.crt" unit.pem
}

key_made_and_shown() {
	made a
	plain <a.shown | head -1 >said
	same said
	devsign key show -k "$KEY" --passphrase-file ../secret | tail -n +2 |
	    diff - <(tail -n +2 a.shown)
	sed -n '/BEGIN/,$p' a.shown | openssl pkey -pubin -noout -text_pub |
	    grep -q 'NIST CURVE: P-256'
}

request_made() {
	made a
	devsign request -k "$KEY" --passphrase-file ../secret \
	    -n CN=unit,O=Test -o a.csr | plain >said
	same said
	openssl req -in a.csr -noout -verify
	[ "$(openssl req -in a.csr -noout -pubkey)" = "$(sed -n '/BEGIN/,$p' a.shown)" ]
	openssl req -in a.csr -noout -subject >subject
	same subject
}

# chain_of NAME: NAME.given, a chain for a new key called so below ../root.crt
chain_of() {
	[ -e ../root.crt ] || (cd .. && ca root "/CN=Root")
	made "$1"
	devsign request -k "$KEY" --passphrase-file ../secret -n CN=unit -o "$1.csr"
	leaf "$1.csr" ../root "$1.crt"
	cat "$1.crt" ../root.crt >"$1.given"
}

chain_installed() {
	chain_of b
	chain_of a
	devsign install -k "$KEY" --passphrase-file ../secret -o chain.pem \
	    a.given | plain >said
	same said
	cmp chain.pem a.given
	run --separate-stderr devsign install -k "$KEY" \
	    --passphrase-file ../secret -o no.pem b.given
	[ "$status" -eq 1 ]
	[ ! -e no.pem ]
	plain <<<"$stderr" >said-no
	same said-no
}

files_signed() {
	chain_of b
	chain_of a
	cp ../file.bin one.bin
	cp ../file.bin two.bin
	devsign sign -k "$KEY" --passphrase-file ../secret -c a.given \
	    one.bin two.bin | plain >said
	same said
	for f in one.bin two.bin; do
		devverify-lab file -a ../root.crt "$f" | plain | head -1 >"verdict-$f"
		same "verdict-$f"
	done
	run --separate-stderr devsign sign -k "$KEY" \
	    --passphrase-file ../secret -c b.given -o no.cose one.bin
	[ "$status" -eq 1 ]
	[ ! -e no.cose ]
	plain <<<"$stderr" >said-no
	same said-no
}

root_made() {
	use root
	pki-init root -d root -n CN=Root,O=Test --key-type p256 -k "$KEY" \
	    --passphrase-file ../secret | plain >said
	same said
	openssl verify -x509_strict -CAfile root/ca.crt root/ca.crt
	shape root/ca.crt >root.text
	same root.text
	pki-init check -d root --passphrase-file ../secret | plain >checked
	same checked
}

# A root of the kind signs; the new CA's key is in a file.
intermediate_signed() {
	use root
	pki-init root -d root -n CN=Root --key-type p256 -k "$KEY" \
	    --passphrase-file ../secret
	pki-init intermediate -d sub --issuer root -n CN=Sub \
	    --issuer-passphrase-file ../secret --passphrase-file ../secret |
	    plain >said
	same said
	openssl verify -x509_strict -CAfile root/ca.crt sub/ca.crt
	shape sub/ca.crt >sub.text
	same sub.text
	device sub root/ca.crt
}

# The new CA's key is of the kind, and signs for a device.
device_certified() {
	[ -e ../top ] || pki-init root -d ../top -n CN=Top --no-passphrase
	use sub
	pki-init intermediate -d sub --issuer ../top -n CN=Sub -k "$KEY" \
	    --key-type p256 --passphrase-file ../secret | plain >said
	same said
	device sub ../top/ca.crt
	pki-issue device -d sub -p idevid --passphrase-file ../secret unit.csr |
	    cmp - unit.pem
}

# Root and CA have keys of the kind, each in a TPM of its own.
ca_requested() {
	use root
	pki-init root -d root -n CN=Root --key-type p256 -k "$KEY" \
	    --passphrase-file ../secret
	use sub
	pki-init request -d sub -n CN=Sub -k "$KEY" --key-type p256 \
	    --passphrase-file ../secret | grep -v SHA-256 | plain >said
	same said
	use root
	pki-init sign -d root --passphrase-file ../secret --yes -o sub.crt \
	    sub/request.csr | grep -v SHA-256 | plain >said-signed
	same said-signed
	use sub
	pki-init install -d sub --passphrase-file ../secret sub.crt |
	    plain >said-installed
	same said-installed
	device sub root/ca.crt
}

# The level above has a key of the kind, and so has the CA that issues.
batch_issued() {
	use root
	pki-init root -d root -n CN=Root --key-type p256 -k "$KEY" \
	    --passphrase-file ../secret
	pki-init intermediate -d sub --issuer root -n CN=Sub --no-passphrase \
	    --issuer-passphrase-file ../secret
	pki-init authorise -d root --for sub/ca.crt --batch lot --quantity 2 \
	    --expires 2050-01-01T00:00:00Z -p idevid -o lot.auth \
	    --passphrase-file ../secret | plain >said
	same said
	openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc \
	    -keyout 7.key -subj /serialNumber=7 -out 7.csr
	printf 'id\n7\n' >list.csv
	pki-issue batch -d sub --authorisation lot.auth --list list.csv \
	    --requests . -o out | head -1 | plain >said-issued
	same said-issued
	openssl verify -x509_strict -CAfile root/ca.crt -untrusted sub/ca.crt \
	    out/devices/7/cert.pem
}

list_published() {
	[ -e ../top ] || pki-init root -d ../top -n CN=Top --no-passphrase
	use sub
	pki-init intermediate -d sub --issuer ../top -n CN=Sub -k "$KEY" \
	    --key-type p256 --passphrase-file ../secret
	device sub ../top/ca.crt
	pki-revoke revoke -d sub --certificate unit.pem --reason keyCompromise
	pki-revoke crl -d sub --passphrase-file ../secret -o sub.crl |
	    plain >said-list
	same said-list
	openssl crl -in sub.crl -CAfile sub/ca.crt -noout
	run devverify-lab chain -a ../top/ca.crt -i sub/ca.crt -r sub.crl unit.pem
	[ "$status" -eq 1 ]
	grep -q 'REJECTED revoked' <<<"$output"
	pki-audit verify -d sub
}

forms_signed() {
	chain_of a
	cp ../file.bin one.bin
	for form in --attach --multi; do
		devsign sign -k "$KEY" --passphrase-file ../secret -c a.given \
		    "$form" -o "one$form.cose" one.bin | plain >"said$form"
		same "said$form"
	done
	devverify-lab file -a ../root.crt --attached one--attach.cose
	devverify-lab file -a ../root.crt -s one--multi.cose one.bin
}

@test "devsign key create and show, with a key of each kind" { each key_made_and_shown; }

@test "devsign request, with a key of each kind" { each request_made; }

@test "devsign install, with a key of each kind" { each chain_installed; }

@test "devsign sign, with a key of each kind" { each files_signed; }

@test "pki-init root and check, with a key of each kind" { each root_made; }

@test "pki-init intermediate, signed by a key of each kind" { each intermediate_signed; }

@test "pki-issue device, signed by a key of each kind" { each device_certified; }

@test "pki-init request, sign and install, with keys of each kind" { each ca_requested; }

@test "pki-init authorise and pki-issue batch, with a key of each kind" { each batch_issued; }

@test "pki-revoke crl, signed by a key of each kind" { each list_published; }

@test "devsign sign --attach and --multi, with a key of each kind" { each forms_signed; }
