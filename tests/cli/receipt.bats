#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Receipts: what is in one, when one is written, what a later run compares, and
# what a sequence notices. The receipts are read by another reader of CBOR.

bats_require_minimum_version 1.5.0
load helpers.bash

T=2026-05-02T00:00:00Z

setup_file() {
	find_programs
	cd "$BATS_FILE_TMPDIR"
	local v=$TOP/vectors/sign1/accepted--es256
	openssl x509 -inform DER -in "$v/anchor1.der" -out root.pem
	cp "$v/envelope.cose" fw.bin.cose
	cp "$v/artefact" fw.bin
}

setup() {
	find_programs
	cd "$BATS_TEST_TMPDIR"
	cp "$BATS_FILE_TMPDIR"/fw.bin* "$BATS_FILE_TMPDIR/root.pem" .
	LAB=("$BIN/devverify-lab" file -a root.pem)
	ASK=("${LAB[@]}" -t "$T")
	RECEIPTS=("$BIN/devverify" receipts)
}

# value FILE KEY: as another reader has it; bytes in hexadecimal
value() {
	PYTHONPATH=$TOP/tests/lib python3 -Bc '
import sys
from cbor_read import decode
pairs = decode(open(sys.argv[1], "rb").read())
keys = [k for k, _ in pairs]
assert keys == sorted(set(keys)), keys
value = dict(pairs)[int(sys.argv[2])]
show = lambda v: v.hex() if isinstance(v, bytes) else \
    [show(x) for x in v] if isinstance(v, list) else v
print(show(value))' "$@"
}

# three: receipts r1, r2 and r3, of three questions, in sequence
three() {
	"${ASK[@]}" -q --receipt r1 fw.bin
	"${ASK[@]}" -q --receipt r2 --previous r1 --require name=firmware.bin fw.bin
	"${LAB[@]}" -q -t 2026-05-03T00:00:00Z --receipt r3 --previous r2 fw.bin
}

@test "a receipt says what was found, as openssl and sha256sum have it" {
	run -0 "${ASK[@]}" --receipt r fw.bin
	first_line 'fw.bin: ACCEPTED until .*'
	[ "$(value r 1)" = application/vnd.devverify.receipt+cbor ]
	[ "$(value r 2)" = "$("$BIN/devverify-lab" -V)" ]
	[ "$(value r 3)" = accepted ]
	[ "$(value r 4)" = -16 ]
	[ "$(value r 5)" = "$(sha256sum <fw.bin | cut -d' ' -f1)" ]
	[ "$(value r 6)" = "$(stat -c %s fw.bin)" ]
	[ "$(value r 8)" = "$(sha256sum <fw.bin.cose | cut -d' ' -f1)" ]
	openssl x509 -in root.pem -noout -pubkey |
	    openssl pkey -pubin -outform DER | sha256sum | cut -d' ' -f1 >key
	[ "$(value r 10)" = "$(cat key)" ]
	[ "$(value r 11)" = strict ]
	[ "$(value r 13)" = '[]' ]
	[ "$(value r 14)" = "$(date -d $T +%s)" ]
	[ "$(value r 15)" = given ]
	[ "$(value r 16)" = if-given ]
	[ "$(value r 17)" = "['not-checked', 'not-checked']" ]
	[ "$(date -ud "@$(value r 18)" +%FT%TZ)" = \
	    "$(sed -n '1s/.*until //p' <<<"$("${ASK[@]}" fw.bin)")" ]
	[ "$(value r 19)" = None ]
	[ "$(stat -c %a r)" = "$(printf %o $((0644 & ~$(umask))))" ]
}

@test "certificates are those of the envelope, leaf first" {
	"${ASK[@]}" -q --receipt r fw.bin
	PYTHONPATH=$TOP/tests/lib python3 -Bc '
import hashlib
from cbor_read import decode
protected = decode(decode(open("fw.bin.cose", "rb").read())[0])
chain = dict(protected)[33]
path = dict(decode(open("r", "rb").read()))[9]
assert path == [hashlib.sha256(c).digest() for c in chain]'
}

@test "what was asked is in it: purpose, profile, revocation, demands" {
	"${ASK[@]}" -q --receipt r --profile path -p codeSigning \
	    --revocation none --require name=firmware.bin \
	    --require iss=unit-1 fw.bin
	[ "$(value r 11)" = path ]
	[ "$(value r 12)" = 2b06010505070303 ]
	[ "$(value r 13)" = \
	    "[[1, 'name', 'firmware.bin'], [1, 'iss', 'unit-1']]" ]
	[ "$(value r 16)" = none ]
	run -0 "$BIN/devverify" show r
	has 'require, name, firmware.bin, require, iss, unit-1'
	has 'purpose           1.3.6.1.5.5.7.3.3'
}

@test "nothing is written for a refusal, and nothing is replaced" {
	echo x >>fw.bin
	run -1 "${ASK[@]}" --receipt r fw.bin
	[ ! -e r ]
	run -3 "${ASK[@]}" --receipt r nothing
	[ ! -e r ]
	cp "$BATS_FILE_TMPDIR/fw.bin" .
	run -1 "${ASK[@]}" --receipt r --require name=other fw.bin
	[ ! -e r ]
	echo mine >r
	run -3 "${ASK[@]}" --receipt r fw.bin
	has 'r: exists already'
	has_not ACCEPTED
	[ "$(cat r)" = mine ]
	run -3 "${ASK[@]}" --receipt no/r fw.bin
	has_not ACCEPTED
	run -3 "${ASK[@]}" --receipt s --previous r fw.bin
	has 'r: receipt-malformed'
	has_not ACCEPTED
	[ ! -e s ]
}

@test "show prints a receipt, as lines and as JSON" {
	three
	run -0 "$BIN/devverify" show r2
	first_line 'r2: a receipt; its claims, of which none was checked'
	has 'verdict           accepted'
	has "digest            $(value r2 5)"
	has "time              $T"
	has "previous          $(sha256sum <r1 | cut -d' ' -f1)"
	has 'statuses          not-checked, not-checked'
	run -0 "$BIN/devverify" show -j r1
	[ "$(jq -r '.kind, .judged, .digest, .time, .previous' <<<"$output" |
	    tr '\n' ' ')" = "receipt false $(value r1 5) $T null " ]
	head -c -1 r1 >short
	run -1 "$BIN/devverify" show short
	has 'malformed: cbor-truncated at receipt'
}

@test "a later run finds the same, at the time of the receipt" {
	"${ASK[@]}" -q --receipt r fw.bin
	run -0 "${LAB[@]}" --check-receipt r fw.bin
	first_line 'fw.bin: ACCEPTED until .*'
	has "time used $T (given)"
	# the clock's receipt, too; the leaf's own certificate holds now or not
	run -0 "${LAB[@]}" -j --check-receipt r fw.bin
	json_valid "$TOP/docs/verdict.schema.json" <<<"$output"
}

@test "a later run names what differs" {
	"${ASK[@]}" -q --receipt r fw.bin
	differs() {
		run -1 "${LAB[@]}" --check-receipt r "${@:2}" fw.bin
		first_line 'fw.bin: REJECTED receipt-differs at receipt .*'
		has "the first that differs is $1"
	}
	differs profile --profile path
	differs purpose -p codeSigning
	differs demands --require name=firmware.bin
	differs revocation --revocation none
	echo x >>fw.bin
	run -1 "${LAB[@]}" --check-receipt r fw.bin
	has 'REJECTED artefact-mismatch'
	cp "$BATS_FILE_TMPDIR/fw.bin" .
	run -0 "${LAB[@]}" --check-receipt r fw.bin
	# another envelope of the same artefact
	cp "$TOP/vectors/sign1/accepted--digest-sha384/envelope.cose" fw.bin.cose
	run -1 "${LAB[@]}" --check-receipt r fw.bin
	has_not ACCEPTED
	run -1 "${LAB[@]}" -j --check-receipt r fw.bin
	json_valid "$TOP/docs/verdict.schema.json" <<<"$output"
	echo junk >r
	run -3 "${LAB[@]}" --check-receipt r fw.bin
	has_not ACCEPTED
}

@test "a sequence is one, from its first on" {
	three
	run -0 "${RECEIPTS[@]}" r1 r2 r3
	[ "${#lines[@]}" = 4 ]
	first_line "r1: in sequence, $T SHA-256 $(value r1 5)"
	[ "${lines[3]}" = "3 receipts in sequence; SHA-256 of the last $(
	    sha256sum <r3 | cut -d' ' -f1)" ]
	run -0 "${RECEIPTS[@]}" r1
	run -0 "${RECEIPTS[@]}" r1 r2
	run -0 "${RECEIPTS[@]}" -q r1 r2 r3
	[ -z "$output" ]
	run -0 "${RECEIPTS[@]}" -j r1 r2 r3
	[ "$(jq -r '.subject + " " + (.in_sequence | tostring)' <<<"$output" |
	    tr '\n' ' ')" = 'r1 true r2 true r3 true ' ]
	json_valid "$TOP/docs/receipts.schema.json" <<<"$output"
}

@test "one taken out, moved, doubled or put in is noticed and named" {
	three
	run -1 "${RECEIPTS[@]}" r1 r3
	has 'r3: receipt-out-of-sequence: it does not follow r1'
	run -1 "${RECEIPTS[@]}" r2 r3
	has 'r2: receipt-out-of-sequence: it is not the first'
	run -1 "${RECEIPTS[@]}" r1 r3 r2
	has 'r3: receipt-out-of-sequence: it does not follow r1'
	run -1 "${RECEIPTS[@]}" r2 r1 r3
	has 'r2: receipt-out-of-sequence: it is not the first'
	run -1 "${RECEIPTS[@]}" r1 r2 r2 r3
	has 'r2: receipt-out-of-sequence: it does not follow r2'
	run -1 "${RECEIPTS[@]}" r1 r1
	has 'r1: receipt-out-of-sequence: it is the first of a sequence, but'
	run -3 "${RECEIPTS[@]}" r1 nothing
	run -1 --separate-stderr "${RECEIPTS[@]}" -j r1 r3
	[ "$(jq -r '.subject + " " + (.in_sequence | tostring)' <<<"$output" |
	    tr '\n' ' ')" = 'r1 true r3 false ' ]
	json_valid "$TOP/docs/receipts.schema.json" <<<"$output"
}

@test "every bit of a receipt that another follows is noticed when it changes" {
	three
	local size
	size=$(stat -c %s r1)
	python3 -Bc '
data = open("r1", "rb").read()
for i in range(0, 8 * len(data), 37):
    other = bytearray(data)
    other[i // 8] ^= 1 << i % 8
    open("flip.%d" % i, "wb").write(other)'
	for f in flip.*; do
		run -1 "${RECEIPTS[@]}" "$f" r2 r3
		has_not 'receipts in sequence'
	done
	[ "$(find . -name 'flip.*' | wc -l)" -gt $((size / 5)) ]
}

@test "a receipt of a directory has its number of files" {
	new_root r2 /O=Acme/CN=Root
	new_cert unit /O=Acme/CN=unit-1 r2 basicConstraints=critical,CA:FALSE \
	    keyUsage=critical,digitalSignature extendedKeyUsage=codeSigning
	openssl pkcs8 -topk8 -nocrypt -in unit.key -out unit.p8
	chmod 0600 unit.p8
	mkdir d && echo a >d/a && echo b >d/b
	"$BIN/devsign" sign --manifest -k file:unit.p8 -c unit.pem d
	local ask=("$BIN/devverify-lab" file --manifest -a r2.pem)
	"${ask[@]}" -q --receipt r d
	[ "$(value r 7)" = 2 ]
	[ "$(value r 15)" = clock ]
	run -0 "${ask[@]}" --check-receipt r d
	run -0 "$BIN/devverify" show r
	has 'files             2'
	echo c >d/a
	run -1 "${ask[@]}" --check-receipt r d
	has 'REJECTED artefact-mismatch'
	run -1 "${ask[@]}" --receipt s d
	[ ! -e s ]
}

@test "an envelope of several signatures has no receipt, and is not compared" {
	local v=$TOP/vectors/sign/accepted--two
	for n in 1 2; do
		openssl x509 -inform DER -in "$v/anchor$n.der" -out "$n.pem"
	done
	several=("$BIN/devverify-lab" file -a 1.pem -a 2.pem
	    -s "$v/envelope.cose")
	run -0 "${several[@]}" -t "$T" "$v/artefact"
	"${ASK[@]}" -q --receipt old fw.bin
	for o in "-t $T --receipt new" '--check-receipt old'; do
		# shellcheck disable=SC2086 # an option and its value
		run -3 "${several[@]}" $o "$v/artefact"
		has 'its envelope is one of several signatures'
		has_not ACCEPTED
	done
	[ ! -e new ]
}

@test "options that contradict each other" {
	for o in '--previous r' '--receipt a --check-receipt b' '--receipt -' \
	    '--check-receipt r -t now' '--receipt r --embed' \
	    '--receipt r fw.bin' '--receipt r --any-signature' \
	    '--check-receipt r --threshold 2'; do
		# shellcheck disable=SC2086 # several words
		run -2 "${LAB[@]}" $o fw.bin
	done
	run -2 "${RECEIPTS[@]}"
	run -2 "${RECEIPTS[@]}" -j -q r
}
