#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# docs/FORMAT.md and docs/format.cddl say what the vectors, the golden files and the
# programs do: the grammar by tests/lib/cddl.py, the example by tests/lib/example.py.

bats_require_minimum_version 1.5.0
load helpers.bash

setup() {
	find_programs
	PATH=$BIN:$PATH
	umask 077
	cd "$BATS_TEST_TMPDIR"
	export PYTHONPATH=$TOP/tests/lib
	V=$TOP/vectors
	: >used
	export CDDL_LOG=$PWD/used
}

cddl() { /usr/bin/python3 -B "$TOP/tests/lib/cddl.py" "$TOP/docs/format.cddl" "$@"; }

# vectors KIND REASON...: files of the strict profile, accepted or of these reasons
vectors() {
	local kind=$1 reason dir
	shift
	for reason; do
		for dir in "$V/$kind/$reason"--*/; do
			[ -e "$dir/expect" ] || continue
			grep -q 'profile=path' "$dir/expect" ||
			    find "$dir" -name envelope.cose -o -name manifest.cbor \
			    -o -name receipt.cbor -o -name voucher.cose
		done
	done
}

# accepted KIND RULE [BUT]: the accepted vectors, but one, are what the rule says
accepted() {
	vectors "$1" accepted | grep -v "/accepted--${3:-$}/" >names
	[ "$(wc -l <names)" -ge 6 ]
	mapfile -t names <names
	cddl "$2" "${names[@]}"
}

# statements: an authorisation, a manifest of a batch and the heads of two logs
statements() {
	pki-init root -d root -n "CN=Root,O=Example" --no-passphrase
	pki-init intermediate -d factory --issuer root -n "CN=Factory,O=Example" \
	    --no-passphrase
	pki-init authorise -d root --for factory/ca.crt --batch lot-1 --quantity 2 \
	    -p idevid --expires 2046-01-01T00:00:00Z -o lot-1.auth
	/usr/bin/python3 -B "$TOP/tests/lib/requests.py" requests list.csv 2
	pki-issue batch -d factory --authorisation lot-1.auth --list list.csv \
	    --requests requests -o out
}

@test "the grammar describes what is accepted, and every rule of it is used" {
	local f names
	accepted sign1 envelope
	accepted sign envelope-of-several sign1
	accepted manifest tree
	accepted receipt receipt
	accepted voucher voucher-envelope
	/usr/bin/python3 -B "$TOP/tests/lib/foreign.py" split "$V/golden/signed-2.wasm" in
	cddl hash-envelope in/0 in/1
	for f in "$V"/golden/*.cose; do
		case $f in
		*/several-*) cddl envelope-of-several "$f" ;;
		*) cddl envelope "$f" ;;
		esac
	done
	cddl receipt "$V"/golden/*.cbor
	cddl to-be-signed "$V"/golden/*.tbs
	/usr/bin/python3 -B - "$V/golden/several-2.cose" <<'PY'
import sys, cbor2, foreign
body, _, payload, each = cbor2.loads(open(sys.argv[1], "rb").read()).value
for i, (own, _, _) in enumerate(each):
    with open("several.%d" % i, "wb") as f:
        f.write(foreign.written(["Signature", body, own, b"", payload]))
PY
	cddl to-be-signed-of-several several.?
	statements
	cddl authorisation-statement lot-1.auth
	cddl batch-statement out/manifest.cose
	cddl head-statement root/audit.sig factory/audit.sig
	cddl statement lot-1.auth out/manifest.cose root/audit.sig
	cddl --not authorisation-statement root/audit.sig out/manifest.cose
	cddl --not envelope lot-1.auth out/manifest.cose root/audit.sig
	run -0 cddl --unused used
	[ -z "$output" ] || { echo "not used: $output"; false; }
}

@test "the grammar describes nothing that is refused for its form, but what is listed" {
	local kind names form='alg-not-allowed cbor-malformed cbor-trailing
	    cbor-truncated digest-length envelope-tag hash-not-allowed
	    header-conflict header-critical-unknown header-duplicate
	    header-malformed header-missing header-unknown header-unprotected
	    input-empty input-too-big limit manifest-malformed manifest-not-sorted
	    manifest-path-invalid manifest-path-twice receipt-malformed
	    type-mismatch'
	for kind in sign1/envelope sign/envelope-of-several manifest/tree \
	    receipt/receipt voucher/voucher-envelope; do
		# shellcheck disable=SC2086 # a list of reasons
		mapfile -t names < <(vectors "${kind%/*}" $form)
		cddl --not "${kind#*/}" "${names[@]}" || [ $? = 1 ]
	done >said
	[ "$(awk '/ as wanted$/ { n += $1 } END { print n }' said)" -gt 230 ]
	sed -n 's|^.*/vectors/\([^:]*\)/[a-z]*[.][a-z]*: is a .*|\1|p' said | sort >found
	grep -v '^#' "$TOP/tests/lib/cddl.txt" | cut -d' ' -f1 | sort | diff - found
}

@test "the example is what its key and its files give" {
	run -0 /usr/bin/python3 -B "$TOP/tests/lib/example.py" --check
	# the octets on the page, put together again, are the envelope, and accepted
	sed -n '/^All octets/,/^What is signed/s/^  *[0-9]*  *\([0-9a-f]*\).*/\1/p' \
	    "$TOP/docs/FORMAT.md" | xxd -r -p >page.cose
	cmp page.cose "$V/golden/one-certificate.cose"
	devverify-lab file -q -a "$V/golden/root.pem" -s page.cose \
	    "$V/golden/firmware.bin"
	# so is the octets' signature, by OpenSSL
	sed -n '/^What is signed, /,/<!--/s/^    \([0-9a-f]*\)$/\1/p' \
	    "$TOP/docs/FORMAT.md" | xxd -r -p >page.tbs
	openssl x509 -in "$V/golden/desk.pem" -noout -pubkey >desk.pub
	tail -c 64 page.cose >page.sig
	openssl pkeyutl -verify -rawin -pubin -inkey desk.pub -in page.tbs \
	    -sigfile page.sig
}

@test "every reason with a vector stands in the rules of FORMAT.md" {
	local name
	for name in $(cd "$V" && ls -d {sign1,sign,wasm,manifest,receipt}/*--* |
	    sed 's|.*/||; s/--.*//' | sort -u); do
		[ "$name" != accepted ] || continue
		# of the chain: the rules are those of RFC 5280
		! compgen -G "$V/chain/$name--*" >/dev/null || continue
		grep -q -- "$name" "$TOP/docs/FORMAT.md" ||
		    { echo "not in FORMAT.md: $name"; false; }
	done
}

@test "every link of the documents leads somewhere" {
	local doc to
	for doc in FORMAT REFUSALS; do
		while read -r to; do
			[ -e "$TOP/docs/$to" ] || { echo "$doc: $to"; false; }
		done < <(grep -o '](\([^)#]*\)' "$TOP/docs/$doc.md" | cut -c3-)
	done
}
