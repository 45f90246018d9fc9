#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# devsign with keys in files: made here and read by OpenSSL, made by OpenSSL and
# read here; how passphrases are given; what the command line refuses.

bats_require_minimum_version 1.5.0
load ../lib/devsign.bash

setup() {
	programs_find
	cd "$BATS_TEST_TMPDIR"
	echo 'an artefact' >file.bin
	echo hunter2 >pass
	echo other >wrong
}

# spki FILE: the public key of a key file, by OpenSSL
spki() { openssl pkey -in "$1" -passin file:pass -pubout; }

@test "a plain key of each type: OpenSSL reads it, 0600" {
	for t in p256 p384 ed25519; do
		devsign key create -k "file:$t.key" --key-type "$t" \
		    --no-passphrase >shown
		[ "$(stat -c %a "$t.key")" = 600 ]
		[ "$(sed 1,2d shown)" = "$(spki "$t.key")" ]
		openssl pkey -in "$t.key" -noout -check
		head -1 "$t.key" | grep -qx -e '-----BEGIN PRIVATE KEY-----'
	done
}

@test "an encrypted key is the default, and OpenSSL opens it" {
	for t in p256 p384 ed25519; do
		devsign key create -k "file:$t.key" --key-type "$t" \
		    --passphrase-file pass >shown
		head -1 "$t.key" | grep -qx -e '-----BEGIN ENCRYPTED PRIVATE KEY-----'
		[ "$(sed 1,2d shown)" = "$(spki "$t.key")" ]
		run -0 openssl asn1parse -in "$t.key"
		[[ $output == *PBES2* && $output == *hmacWithSHA256* ]]
		[[ $output == *aes-256-cbc* && $output == *:0927C0* ]]
		run ! openssl pkey -in "$t.key" -passin file:wrong -noout
	done
}

@test "keys of OpenSSL, plain and encrypted, are read" {
	for a in "EC -pkeyopt ec_paramgen_curve:P-256" \
	    "EC -pkeyopt ec_paramgen_curve:P-384" ED25519; do
		# shellcheck disable=SC2086 # several words
		openssl genpkey -algorithm $a -out plain.key
		devsign key show -k file:plain.key | sed 1,2d >found
		spki plain.key | cmp - found
		openssl pkcs8 -topk8 -in plain.key -passout file:pass -v2 \
		    aes-256-cbc -v2prf hmacWithSHA256 -iter 1000 -out locked.key
		devsign key show -k file:locked.key --passphrase-file pass |
		    sed 1,2d | cmp - found
		rm ./*.key
	done
}

@test "older forms and other kinds of keys: what to do" {
	openssl ecparam -name prime256v1 -genkey -noout -out sec1.key
	fails 3 "wanted a PKCS#8 private key, found EC PRIVATE KEY" devsign key show -k file:sec1.key
	[[ $stderr == *"openssl pkcs8 -topk8"* ]]
	openssl genpkey -algorithm RSA -out rsa.key 2>/dev/null
	fails 3 "a kind of key that is not used here" devsign key show -k file:rsa.key
	openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-521 -out p521.key
	fails 3 "a kind of key that is not used here" devsign key show -k file:p521.key
	openssl pkcs8 -topk8 -in rsa.key -passout file:pass -scrypt -out s.key
	fails 3 "encrypted in a way that is not read here" devsign key show \
	    -k file:s.key --passphrase-file pass
	openssl pkcs8 -topk8 -in rsa.key -passout file:pass -v2 aes-256-cbc \
	    -v2prf hmacWithSHA1 -out sha1.key
	fails 3 "encrypted in a way that is not read here" devsign key show \
	    -k file:sha1.key --passphrase-file pass
}

@test "a wrong passphrase is its own error" {
	devsign key create -k file:a.key --passphrase-file pass >/dev/null
	fails 3 "wrong passphrase for a.key" devsign key show -k file:a.key \
	    --passphrase-file wrong
	echo >empty
	fails 3 "is empty" devsign key show -k file:a.key --passphrase-file empty
}

@test "a passphrase from a descriptor" {
	devsign key create -k file:a.key --passphrase-fd 7 7<pass >/dev/null
	devsign key show -k file:a.key --passphrase-fd 0 <pass
	fails 3 "descriptor 9" devsign key show -k file:a.key --passphrase-fd 9
	fails 2 "not a descriptor number" devsign key show -k file:a.key \
	    --passphrase-fd x
	fails 2 "more than one source" devsign key show -k file:a.key \
	    --passphrase-fd 7 --passphrase-file pass
}

@test "no terminal and no passphrase: the options are named" {
	devsign key create -k file:a.key --passphrase-file pass >/dev/null
	fails 3 "--passphrase-file FILE or --passphrase-fd N" \
	    setsid -w devsign key show -k file:a.key
	fails 3 "no terminal" setsid -w devsign key create -k file:b.key
	[ ! -e b.key ]
}

@test "loose permissions, links and missing files are refused" {
	devsign key create -k file:a.key --no-passphrase >/dev/null
	chmod 640 a.key
	fails 3 "a.key: others than its owner may use this secret" \
	    devsign key show -k file:a.key
	chmod 600 a.key
	ln -s a.key link.key
	fails 3 "link.key" devsign key show -k file:link.key
	fails 3 "nothing.key" devsign key show -k file:nothing.key
	chmod 644 pass
	fails 3 "pass: others than its owner" devsign key create -k file:b.key \
	    --passphrase-file pass
}

@test "an existing key is never overwritten" {
	devsign key create -k file:a.key --no-passphrase >/dev/null
	sum=$(sha256sum a.key)
	fails 3 "a.key: exists already" devsign key create -k file:a.key \
	    --no-passphrase
	[ "$(sha256sum a.key)" = "$sum" ]
	ln -s nowhere dangling.key
	fails 3 "dangling.key: exists already" devsign key create \
	    -k file:dangling.key --no-passphrase
}

@test "disk full: no key and no rest of one" {
	mkdir small
	fails 3 "small/a.key" bash -o pipefail -c '(ulimit -f 0; trap "" XFSZ
	    exec devsign key create -k file:small/a.key --no-passphrase) 2>&1 |
	    cat >&2'
	[ -z "$(ls -A small)" ]
}

@test "requests of each type: OpenSSL verifies them" {
	for t in p256 p384 ed25519; do
		devsign key create -k "file:$t.key" --key-type "$t" \
		    --no-passphrase >/dev/null
		devsign request -k "file:$t.key" -n "CN=$t,O=A\\, B" -o "$t.csr"
		run -0 openssl req -in "$t.csr" -noout -verify -subject -text
		[[ $output == *'O = "A, B", CN = '"$t"* ]]
		[[ $output == *"Version: 1 (0x0)"* ]]
		fails 3 "exists already" devsign request -k "file:$t.key" \
		    -n CN=x -o "$t.csr"
	done
}

@test "signing with each type of key: devverify-lab accepts" {
	ca root "/CN=Root"
	for t in p256 p384 ed25519; do
		devsign key create -k "file:$t.key" --key-type "$t" \
		    --passphrase-file pass >/dev/null
		devsign request -k "file:$t.key" -n "CN=$t" \
		    --passphrase-file pass -o "$t.csr"
		leaf "$t.csr" root "$t.crt"
		cat "$t.crt" root.crt >given
		devsign install -k "file:$t.key" --passphrase-file pass \
		    -o "$t.pem" given
		run -0 devsign sign -k "file:$t.key" --passphrase-file pass \
		    -c "$t.pem" --force file.bin
		[ "$output" = "file.bin.cose: signed file.bin (12 bytes) as \"$t\" with file:$t.key" ]
		devverify-lab file -a root.crt file.bin
	done
}

@test "what is said of an artefact comes out of devverify" {
	ca root "/CN=Root"
	devsign key create -k file:a.key --no-passphrase >/dev/null
	devsign request -k file:a.key -n CN=a -o a.csr
	leaf a.csr root a.crt
	devsign sign -k file:a.key -c a.crt --artefact-version 1.4.0-rc.1 \
	    --device gw-7 --model gw/3 --not-before @0 \
	    --expires 2099-01-01T00:00:00Z --claim branch=stable \
	    --claim a=b=c --content-type text/plain file.bin
	run -0 devverify-lab file -a root.crt -j --min-version 1.3.9 \
	    --device gw-7 --model gw/3 --type text/plain \
	    --require branch=stable --require a=b=c --require name=file.bin \
	    file.bin
	[ "$(jq -c '.signed | [.version, .version_scheme, .not_before, .expires,
	    .claims[1].value]' <<<"$output")" = '["1.4.0-rc.1","semver",'\
'"1970-01-01T00:00:00Z","2099-01-01T00:00:00Z","stable"]' ]
	for o in '--artefact-version 1.4' '--artefact-version v1' \
	    '--expires @0' '--expires tomorrow' '--claim x' '--claim =x' \
	    '--claim x=' '--claim name=x' '--claim device=x' '--device=' \
	    '--claim a=1 --claim a=2' \
	    '--not-before 2099-01-01T00:00:00Z --expires 2098-01-01T00:00:00Z'; do
		# shellcheck disable=SC2086 # options and values
		fails 2 "" devsign sign -k file:a.key -c a.crt --force $o file.bin
	done
	many=()
	for i in {1..17}; do many+=(--claim "k$i=v"); done
	fails 2 "more than 16" devsign sign -k file:a.key -c a.crt --force \
	    "${many[@]}" file.bin
	devsign sign -k file:a.key -c a.crt --force "${many[@]:2}" file.bin
}

@test "an artefact goes into its envelope, and comes out once it is accepted" {
	ca root "/CN=Root"
	devsign key create -k file:a.key --no-passphrase >/dev/null
	devsign request -k file:a.key -n CN=a -o a.csr
	leaf a.csr root a.crt
	sign=(devsign sign -k file:a.key -c a.crt --attach)
	run -0 "${sign[@]}" --content-type text/plain --model gw-7 file.bin
	[[ $output == "file.bin.cose: signed file.bin (12 bytes) as "* ]]
	file=(devverify-lab file -a root.crt --attached)
	run -0 "${file[@]}" --model gw-7 --type text/plain -o out file.bin.cose
	[[ $output == "file.bin.cose: ACCEPTED until "*"12 bytes of text/plain, signed as they are"* ]]
	cmp out file.bin
	# what is there stays, and standard output carries one thing
	echo other >out
	fails 3 "exists already" "${file[@]}" -o out file.bin.cose
	[ "$(cat out)" = other ]
	fails 2 "say -q" "${file[@]}" -o - file.bin.cose
	"${file[@]}" -q -o - file.bin.cose | cmp - file.bin
	# a rejected one does not come out
	rm out
	run -1 "${file[@]}" --model gw-8 -o out file.bin.cose
	run -1 "${file[@]}" -t 2099-01-01T00:00:00Z -o out file.bin.cose
	/usr/bin/python3 -c 'b = bytearray(open("file.bin.cose", "rb").read())
b[b.index(open("file.bin", "rb").read())] ^= 1
open("bad.cose", "wb").write(b)'
	run -1 "${file[@]}" -o out bad.cose
	[[ $output == "bad.cose: REJECTED envelope-signature-invalid "* ]]
	[ ! -e out ]
	fails 2 "" devverify-lab file -a root.crt -o out file.bin
	fails 2 "" "${file[@]}" -o out file.bin.cose file.bin.cose

	: >empty
	"${sign[@]}" empty
	"${file[@]}" -q -o out empty.cose
	[ -f out ]
	[ ! -s out ]
	truncate -s $((16 * 1024 * 1024)) most
	cp most large
	echo >>large
	"${sign[@]}" - -o all.cose --name all <most
	"${file[@]}" -q all.cose
	fails 3 "sign it without --attach" "${sign[@]}" large
	fails 2 "" "${sign[@]}" --embed --force file.bin
	fails 2 "" "${sign[@]}" --hash sha384 --force file.bin
	fails 2 "" "${sign[@]}" --export-tbs tbs file.bin
}

@test "a self-signed leaf is not installed" {
	devsign key create -k file:a.key --no-passphrase >/dev/null
	openssl req -x509 -key a.key -subj /CN=self -days 9 -out self.crt \
	    -addext "keyUsage=critical,digitalSignature"
	fails 1 "signed by itself" devsign install -k file:a.key -o x.pem self.crt
}

@test "a CA's certificate is not installed" {
	ca root "/CN=Root"
	ca sub "/CN=Sub" root
	cat sub.crt root.crt >given
	openssl pkcs8 -topk8 -nocrypt -in sub.ca.key -out sub.key
	for f in given sub.crt; do
		fails 1 "ca-flag-on-leaf" devsign install -k file:sub.key \
		    -o x.pem "$f"
	done
	[ ! -e x.pem ]
}

@test "unknown KEYSPECs, verbs and options are usage errors" {
	fails 2 "\"a.key\" does not name a key" devsign key show -k a.key
	[[ $stderr == *"write file:PATH, tpm:PATH, tpm:0x81020000 or pkcs11:"* ]]
	fails 2 "names none" devsign key show -k file:
	fails 2 "names none" devsign key create -k file:- --no-passphrase
	fails 2 "none of create, show, list, approve" devsign key make
	fails 2 "not one of p256" devsign key create -k file:a --key-type rsa
	fails 2 "not one of sha256" devsign sign --hash md5 file.bin
	fails 2 "did you mean" devsign sgin file.bin
	fails 2 "unknown option" devsign sign --nothing file.bin
	fails 2 "" devsign sign
	fails 2 "" devsign sign -t yesterday file.bin
}

@test "help and version" {
	for v in key request install sign; do
		run -0 devsign "$v" --help
		[[ $output == *"devsign $v"* ]]
	done
	run -0 devsign --version
	[[ $output == "devsign "* ]]
}
