#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Our envelopes read by two implementations that are not ours, and theirs by
# devverify: tests/lib/foreign.py (cbor2, cryptography, openssl verify) and
# tests/lib/foreign.mjs (@auth0/cose, pkijs). What was altered, both refuse.

bats_require_minimum_version 1.5.0
load ../lib/devsign.bash
load helpers.bash

KINDS='p256 p384 ed25519'

# device NAME TYPE CA [EXTENSION-LINE...]: NAME.key, and NAME.pem to the root
device() {
	local name=$1 type=$2 issuer=$3
	shift 3
	devsign key create -k "file:$name.key" --no-passphrase --key-type "$type" \
	    >/dev/null
	devsign request -k "file:$name.key" -n "CN=$name" -o "$name.csr"
	leaf "$name.csr" "$issuer" "$name.crt" "$@"
	cat "$name.crt" "$issuer.crt" >"$name.pem"
	[ "$issuer" = root ] || cat root.crt >>"$name.pem"
}

setup_file() {
	programs_find
	cd "$BATS_FILE_TMPDIR"
	ca root "/CN=Root"
	ca maker "/CN=Maker" root
	ca factory "/CN=Factory" maker
	ca other "/CN=Other"
	for k in $KINDS; do device "$k" "$k" factory; done
	for k in $KINDS; do
		cat "$k.crt" factory.crt maker.crt root.crt >"$k.pem"
	done
	device direct p256 root
	device desk p384 maker 'keyUsage = critical, digitalSignature' \
	    'extendedKeyUsage = codeSigning'
	echo 'an artefact' >fw.bin
	mkdir -p tree/sub
	echo one >tree/a-b
	echo two >tree/a.txt
	: >tree/sub/empty
}

setup() {
	programs_find
	find_programs
	cd "$BATS_TEST_TMPDIR"
	cp -R "$BATS_FILE_TMPDIR"/* .
	printf '\0asm\1\0\0\0' >m.wasm
}

# Deprecated forms, which altered octets give, are no news.
python() { /usr/bin/python3 -W ignore "$TOP/tests/lib/foreign.py" "$@"; }

npm() {
	local packages=$TOP/build/deps/npm
	node "$TOP/tests/lib/foreign.mjs" "$packages" "$@"
}

# needs_npm: skips the test when the packages could not be had
needs_npm() {
	local packages=$TOP/build/deps/npm
	[ -e "$packages/.installed" ] ||
	    skip "@auth0/cose is not here: $(cat "$packages/why" || echo 'make deps')"
}

sign() {
	local name=$1
	shift
	devsign sign -k "file:$name.key" -c "$name.pem" "$@"
}

ours() { devverify-lab file -q -a root.crt "$@"; }

# none_accepted FILE EVERY ARGUMENT...: devverify file ARGUMENT... refuses FILE, of
# which one bit was changed, in every EVERY-th octet. In ARGUMENT @ stands for it.
none_accepted() {
	local file=$1 every=$2 bad n=0
	shift 2
	rm -rf bad
	python alter "$file" bad "$every"
	for bad in bad/*; do
		run -1 ours "${@/@/$bad}"
		n=$((n + 1))
	done
	[ "$n" -gt 8 ]
}

@test "python: our sidecar, each key and hash; every altered octet is refused" {
	for k in $KINDS; do
		for h in sha256 sha384 sha512; do
			sign "$k" --hash "$h" -o "$k.$h.cose" fw.bin
			run -0 python verify -a root.crt "$k.$h.cose" fw.bin
			jq -e --arg h "$h" --arg k "$k" '.hash == $h and
			    .sub == "fw.bin" and .signed_by[0].iss == $k and
			    .signed_by[0].certificates == 3' <<<"$output"
			run -1 python verify -a other.crt "$k.$h.cose" fw.bin
		done
		run -0 python verify -a root.crt --flips 1 "$k.sha256.cose" fw.bin
		[ "$(jq .altered <<<"$output")" -gt 1000 ]
	done
	sign direct -o one.cose fw.bin
	run -0 python verify -a root.crt --flips 1 one.cose fw.bin
	[ "$(jq '.signed_by[0].certificates' <<<"$output")" = 1 ]
}

@test "python: what we say of the artefact arrives, and is judged" {
	sign p256 --artefact-version 1.4.0-rc.1 --model GX-7 --device unit-1 \
	    --claim branch=stable --content-type text/plain \
	    --expires 2999-01-01T00:00:00Z --not-before 2020-01-01T00:00:00Z fw.bin
	run -0 python verify -a root.crt --flips 3 fw.bin.cose fw.bin
	jq -e '.version == ["1.4.0-rc.1", 16384] and .exp == 32472144000 and
	    .nbf == 1577836800 and .content_type == "text/plain" and .claims ==
	    {"model": "GX-7", "device": "unit-1", "branch": "stable"}' <<<"$output"
	sign p256 -o soon.cose --expires "$(date -u -d '+1 hour' +%FT%TZ)" fw.bin
	run -0 python verify -a root.crt soon.cose fw.bin
	run -1 python verify -a root.crt --at "$(date -d '+2 hours' +%s)" \
	    soon.cose fw.bin
	run -1 ours -t "$(date -u -d '+2 hours' +%FT%TZ)" -s soon.cose fw.bin
}

@test "python: attached, several signatures, a tree, a module" {
	sign p384 --attach fw.bin
	run -0 python verify -a root.crt --flips 1 -o out fw.bin.cose
	cmp out fw.bin

	sign p256 --multi -o multi.cose fw.bin
	sign desk --append multi.cose fw.bin
	sign ed25519 --append multi.cose fw.bin
	run -0 python verify -a root.crt --flips 3 multi.cose fw.bin
	[ "$(jq -c '[.signed_by[].iss]' <<<"$output")" = '["p256","desk","ed25519"]' ]
	sign direct --multi --attach -o in.cose fw.bin
	sign desk --append in.cose fw.bin
	run -0 python verify -a root.crt -o out in.cose
	cmp out fw.bin

	sign ed25519 --manifest tree
	run -0 python tree -a root.crt tree.cose tree
	[ "$(jq .files <<<"$output")" = 3 ]
	run -0 python verify -a root.crt --flips 3 tree.cose
	echo more >>tree/a.txt
	run -1 python tree -a root.crt tree.cose tree
	run -1 ours --manifest tree

	sign p256 --embed -o one.wasm m.wasm
	sign ed25519 --embed -o two.wasm one.wasm
	run -0 python module -a root.crt --flips 1 one.wasm
	run -0 python module -a root.crt --flips 5 two.wasm
	[ "$(jq '.signatures | length' <<<"$output")" = 2 ]
	[ "$(jq -r .signed <<<"$output")" = "$(sha256sum <m.wasm | cut -d' ' -f1)" ]
}

@test "python: what is exported is a Sig_structure, what is imported verifies" {
	for k in p256/sha256 p384/sha384; do
		name=${k%/*}
		devsign sign --export-tbs "$name.tbs" -c "$name.pem" fw.bin
		run -0 python tbs "$name.tbs"
		jq -e --arg d "$(sha256sum <fw.bin | cut -d' ' -f1)" '.context ==
		    "Signature1" and .external == "" and .payload == $d' <<<"$output"
		openssl dgst "-${k#*/}" -sign "$name.key" -out "$name.sig" "$name.tbs"
		devsign sign --import-signature "$name.sig" --tbs "$name.tbs" \
		    -c "$name.pem" -o "$name.cose" fw.bin
		run -0 python verify -a root.crt --flips 5 "$name.cose" fw.bin
	done
}

@test "python: our receipts, in their sequence" {
	sign p256 fw.bin
	ours --receipt r1 fw.bin
	ours --receipt r2 --previous r1 --require name=fw.bin fw.bin
	run -0 python receipts r1 r2
	jq -e --arg d "$(sha256sum <fw.bin | cut -d' ' -f1)" --arg e \
	    "$(sha256sum <fw.bin.cose | cut -d' ' -f1)" --arg r \
	    "$(sha256sum <r1 | cut -d' ' -f1)" --arg a "$(openssl x509 -in root.crt \
	    -noout -pubkey | openssl pkey -pubin -outform DER | sha256sum |
	    cut -d' ' -f1)" '[.receipts[]["5"]] == [$d, $d] and
	    .receipts[1]["8"] == $e and .receipts[1]["19"] == $r and
	    .receipts[0]["10"] == $a and (.receipts[0]["9"] | length) == 3 and
	    .receipts[1]["13"] == [[1, "name", "fw.bin"]]' <<<"$output"
	run -1 python receipts r2
	run -1 python receipts r2 r1
}

@test "devverify: python's sidecar, attached, tree, module, several signatures" {
	for k in $KINDS; do
		for h in sha256 sha384 sha512; do
			python sign --hash "$h" -o "$k.$h.cose" fw.bin "$k.key" "$k.pem"
			ours -s "$k.$h.cose" fw.bin
		done
		none_accepted "$k.sha256.cose" 37 -s @ fw.bin
	done
	none_accepted fw.bin 1 -s p256.sha256.cose @
	python sign -o one.cose fw.bin direct.key direct.pem
	ours -s one.cose fw.bin

	python sign --attach -o in.cose fw.bin ed25519.key ed25519.pem
	ours --attached -o out in.cose
	cmp out fw.bin
	none_accepted in.cose 37 --attached @

	python sign --tree -o tree.cose --sub tree tree p256.key p256.pem
	ours --manifest tree
	none_accepted tree.cose 37 --manifest -s @ tree

	python sign --embed -o one.wasm m.wasm p256.key p256.pem
	python sign --embed -o two.wasm one.wasm desk.key desk.pem
	ours --threshold 2 two.wasm
	wasm-validate two.wasm
	none_accepted two.wasm 61 --embed --threshold 2 @

	python sign -o multi.cose fw.bin p256.key p256.pem desk.key desk.pem \
	    ed25519.key ed25519.pem
	ours --threshold 3 -s multi.cose fw.bin
	none_accepted multi.cose 101 --threshold 3 -s @ fw.bin
}

@test "devverify: an envelope that we began, signed by python's rules by us again" {
	python sign -o multi.cose fw.bin p256.key p256.pem desk.key desk.pem
	sign ed25519 --append multi.cose fw.bin
	ours --threshold 3 -s multi.cose fw.bin
	run -0 python verify -a root.crt multi.cose fw.bin
	[ "$(jq '.signed_by | length' <<<"$output")" = 3 ]
	python sign --embed -o one.wasm m.wasm p256.key p256.pem
	sign ed25519 --embed -o two.wasm one.wasm
	run -0 python module -a root.crt two.wasm
}

@test "devverify: python's x5t and x5bag, in the path profile and not in strict" {
	for k in $KINDS; do
		python sign --x5t -o "$k.cose" fw.bin "$k.key" "$k.pem"
		ours --profile path -s "$k.cose" fw.bin
		run -1 devverify-lab file -a root.crt -s "$k.cose" fw.bin
		has header-unknown
	done
	python sign --x5t -o one.cose fw.bin direct.key direct.pem
	ours --profile path -s one.cose fw.bin
	none_accepted p256.cose 37 --profile path -s @ fw.bin
}

@test "both refuse the signer of another purpose, and one that is out of date" {
	device tls p256 factory 'keyUsage = critical, digitalSignature' \
	    'extendedKeyUsage = clientAuth'
	cat factory.crt maker.crt root.crt >>tls.pem
	python sign -o tls.cose fw.bin tls.key tls.pem
	run -1 python verify -a root.crt tls.cose fw.bin
	has codeSigning
	run -1 devverify-lab file -a root.crt -s tls.cose fw.bin
	has key-purpose
	sign p256 fw.bin
	run -1 python verify -a root.crt --at "$(date -d '+40 days' +%s)" \
	    fw.bin.cose fw.bin
	has 'expired'
	run -1 devverify-lab file -a root.crt -t "$(date -u -d '+40 days' +%FT%TZ)" \
	    fw.bin
	has 'REJECTED expired'
	python sign --iat "$(date -d '-3 days' +%s)" -o early.cose fw.bin p256.key p256.pem
	run -1 python verify -a root.crt early.cose fw.bin
	run -1 devverify-lab file -a root.crt -s early.cose fw.bin
	has signed-outside-validity
}

@test "npm: our sidecar, attached, several signatures; what is altered is refused" {
	needs_npm
	for k in $KINDS; do
		sign "$k" -o "$k.cose" fw.bin
		run -0 npm verify root.crt 7 "$k.cose" fw.bin
		jq -e --arg k "$k" '.hash == "sha256" and .altered > 100 and
		    .signed_by[0].iss == $k and .signed_by[0].certificates == 3' \
		    <<<"$output"
		run -1 npm verify other.crt 0 "$k.cose" fw.bin
		sign "$k" --attach -o "$k.in" fw.bin
		run -0 npm verify root.crt 31 "$k.in"
		run -0 npm verify root.crt 0 "$k.in" fw.bin
	done
	sign direct --hash sha512 -o one.cose fw.bin
	run -0 npm verify root.crt 31 one.cose fw.bin
	sign p256 --multi --hash sha384 -o multi.cose fw.bin
	sign desk --append multi.cose fw.bin
	run -0 npm verify root.crt 61 multi.cose fw.bin
	[ "$(jq -c '[.signed_by[].iss]' <<<"$output")" = '["p256","desk"]' ]
	devsign sign --export-tbs tbs -c p256.pem fw.bin
	openssl dgst -sha256 -sign p256.key -out sig tbs
	devsign sign --import-signature sig --tbs tbs -c p256.pem fw.bin
	run -0 npm verify root.crt 61 fw.bin.cose fw.bin
	sign ed25519 --manifest tree
	run -0 npm verify root.crt 61 tree.cose
	[ "$(jq -r .content_type <<<"$output")" = \
	    application/vnd.devsign.manifest+cbor ]
	sign p256 --embed -o one.wasm m.wasm
	sign desk --embed -o two.wasm one.wasm
	python split two.wasm parts
	cmp parts/signed m.wasm
	run -0 npm verify root.crt 61 parts/0 parts/signed
	run -0 npm verify root.crt 61 parts/1 parts/signed
	ours --receipt r1 -s p384.cose fw.bin
	run -0 npm decode r1
	[ "$(jq -r '.[0]["5"]' <<<"$output")" = "$(sha256sum <fw.bin | cut -d' ' -f1)" ]
}

@test "devverify: npm's sidecar, attached and several signatures, in strict" {
	needs_npm
	for k in $KINDS; do
		for h in sha256 sha384 sha512; do
			npm sign "$k.$h.cose" fw.bin "$h" "$k.key" "$k.pem"
			ours -s "$k.$h.cose" fw.bin
		done
		none_accepted "$k.sha256.cose" 37 -s @ fw.bin
		npm sign "$k.in" fw.bin attach "$k.key" "$k.pem"
		ours --attached -o "$k.out" "$k.in"
		cmp "$k.out" fw.bin
		run -0 python verify -a root.crt "$k.sha256.cose" fw.bin
	done
	npm sign one.cose fw.bin sha256 direct.key direct.pem
	ours -s one.cose fw.bin
	npm sign multi.cose fw.bin sha256 p256.key p256.pem desk.key desk.pem
	ours --threshold 2 -s multi.cose fw.bin
	none_accepted multi.cose 101 --threshold 2 -s @ fw.bin
	sign ed25519 --append multi.cose fw.bin
	run -0 npm verify root.crt 0 multi.cose fw.bin
	npm sign in.cose m.wasm sha256 p256.key p256.pem
	python join -o one.wasm m.wasm in.cose
	ours --embed one.wasm
	none_accepted one.wasm 61 --embed @
}

@test "devverify: COSE_Sign as npm's library encodes it is not that of RFC 9052" {
	needs_npm
	npm raw raw.cose fw.bin p256.key p256.pem
	for p in strict path; do
		run -1 devverify-lab file -a root.crt --profile "$p" -s raw.cose fw.bin
		has 'cbor-malformed at envelope protected header'
	done
}
