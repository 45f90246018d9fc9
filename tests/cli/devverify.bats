#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# devverify as its users meet it: every command, option and exit status, and
# what a hostile file or a broken machine makes of them. Certificates are made
# by OpenSSL, envelopes are those of vectors/sign1.

bats_require_minimum_version 1.5.0
load helpers

setup_file() {
	find_programs
	cd "$BATS_FILE_TMPDIR"
	new_root root "/O=Example/CN=Test Root"
	new_root other "/O=Example/CN=Other Root"
	new_cert ca "/O=Example/CN=Device CA" root \
	    basicConstraints=critical,CA:TRUE,pathlen:0 \
	    keyUsage=critical,keyCertSign
	new_cert leaf "/O=Example/CN=unit-1" ca \
	    keyUsage=critical,digitalSignature extendedKeyUsage=codeSigning \
	    subjectAltName=DNS:unit-1.example,IP:192.0.2.1
	cat leaf.pem ca.pem >both.pem
	openssl x509 -in leaf.pem -outform DER -out leaf.der
	local v=$TOP/vectors/sign1/accepted--es256
	cp "$v/artefact" fw.bin
	cp "$v/envelope.cose" fw.bin.cose
	cp "$v/anchor1.der" .
}

setup() {
	cp "$BATS_FILE_TMPDIR"/* "$BATS_TEST_TMPDIR"
	cd "$BATS_TEST_TMPDIR"
	V=$BIN/devverify
	L=$BIN/devverify-lab
	# of the vector, whatever day it is
	FILE=("$L" file -a anchor1.der -t 2026-06-01T00:00:00Z)
}

# ---- chain ------------------------------------------------------------------

@test "chain: accepted, and the lines that say why" {
	run -0 "$L" chain -a root.pem -i ca.pem leaf.pem
	first_line 'leaf\.pem: ACCEPTED until 20[0-9-]+T[0-9:]+Z'
	has '  0  leaf    "CN=unit-1,O=Example"  '
	has '  1  issuer  "CN=Device CA,O=Example"  '
	has '  2  anchor  "CN=Test Root,O=Example"  '
	has '  serial '
	has 'revocation not checked'
	has '(clock)'
	has 'lab build: anchors were given at run time'
}

@test "chain: DER, PEM, several in one file, standard input" {
	run -0 "$L" chain -a root.pem -i ca.pem leaf.der
	run -0 "$L" chain -a root.pem both.pem
	run -0 "$L" chain -a root.pem -- - <both.pem
	first_line '\(standard input\): ACCEPTED until .*'
	run -1 "$L" chain -a root.pem - <leaf.pem
	first_line '\(standard input\): REJECTED no-issuer at .*'
}

@test "chain: long options are the short ones" {
	run -0 "$L" chain --anchor root.pem --intermediate=ca.pem --time now \
	    --purpose codeSigning --profile strict --max-depth 2 leaf.pem
	run -0 "$L" chain -a root.pem --profile path both.pem
}

@test "chain: another root of the same kind does not help" {
	run -1 "$L" chain -a other.pem -i ca.pem -i root.pem leaf.pem
	first_line 'leaf\.pem: REJECTED no-issuer at certificate [0-9] issuer .*'
	has 'claimed "CN=unit-1,O=Example"'
	has_not 'ACCEPTED'
}

@test "chain: -p asks for a purpose" {
	run -1 "$L" chain -a root.pem -p clientAuth both.pem
	first_line 'both\.pem: REJECTED key-purpose at certificate 0 extKeyUsage \(RFC 5280 4\.2\.1\.12\)'
	has 'wanted 1.3.6.1.5.5.7.3.2'
	run -0 "$L" chain -a root.pem -p any both.pem
	run -0 "$L" chain -a root.pem -p 1.3.6.1.5.5.7.3.3 both.pem
	local p
	for p in serverAuth emailProtection timeStamping OCSPSigning 1.2.3; do
		run -1 "$L" chain -a root.pem -p "$p" both.pem
		has 'REJECTED key-purpose'
	done
	for p in codesigning 1 1. 3.1 x '' 1.2.x; do
		run -2 "$L" chain -a root.pem -p "$p" both.pem
		has 'option -p (--purpose)'
	done
}

@test "chain: -t sets the time of the question" {
	run -1 "$L" chain -a root.pem -t @0 both.pem
	has 'REJECTED not-yet-valid at '
	has 'time used 1970-01-01T00:00:00Z (given)'
	run -1 "$L" chain -a root.pem -t 2099-01-01T00:00:00Z both.pem
	has 'REJECTED expired at '
	has '2099-01-01T00:00:00Z'
	local t
	for t in yesterday 2026-02-30T00:00:00Z 2026-01-01 @ @1x ''; do
		run -2 "$L" chain -a root.pem -t "$t" both.pem
		has 'option -t (--time)'
	done
}

@test "chain: --max-depth and --profile" {
	run -0 "$L" chain -a root.pem --max-depth 2 both.pem
	run -1 "$L" chain -a root.pem --max-depth 1 both.pem
	has 'REJECTED path-too-long'
	local n
	for n in 0 9 -1 10 x 2x; do
		run -2 "$L" chain -a root.pem --max-depth "$n" both.pem
		has 'option --max-depth'
	done
	run -2 "$L" chain -a root.pem --profile lax both.pem
	has 'neither strict nor path'
}

@test "chain: --profile path takes what strict refuses" {
	new_cert old-ca "/O=Example/CN=Old CA" root \
	    basicConstraints=CA:TRUE keyUsage=critical,keyCertSign
	new_cert old "/O=Example/CN=old" old-ca keyUsage=digitalSignature
	run -1 "$L" chain -a root.pem -i old-ca.pem old.pem
	has 'REJECTED extension-criticality at certificate 1 basicConstraints'
	run -0 "$L" chain -a root.pem -i old-ca.pem --profile path old.pem
}

@test "chain: certificate policies, and the four options about them" {
	local need=--require-explicit-policy ca=basicConstraints=critical,CA:TRUE
	new_cert pol-ca "/O=Example/CN=Policy CA" root "$ca" \
	    keyUsage=critical,keyCertSign certificatePolicies=1.2.3.1,2.5.29.32.0 \
	    policyMappings=critical,1.2.3.1:1.2.3.9
	new_cert pol "/O=Example/CN=pol" pol-ca keyUsage=digitalSignature \
	    certificatePolicies=1.2.3.9,1.2.3.2
	local ask=("$L" chain -a root.pem -i pol-ca.pem)
	run -0 "$L" chain -a root.pem both.pem
	has '  policies: none'
	run -1 "$L" chain -a root.pem "$need" both.pem
	has 'REJECTED policy-required at certificate 1 certificatePolicies (RFC 5280 6.1.3 (f))'
	run -0 "${ask[@]}" "$need" pol.pem
	has '  policies: 1.2.3.1 1.2.3.2'
	run -0 "${ask[@]}" "$need" --policy 1.2.3.2 --policy 1.2.3.4 pol.pem
	has '  policies: 1.2.3.2'
	run -1 "${ask[@]}" "$need" --policy 1.2.3.4 pol.pem
	has 'REJECTED policy-not-accepted at certificate 0 certificatePolicies (RFC 5280 6.1.5 (g))'
	has 'wanted 1.2.3.4'
	run -0 "${ask[@]}" --policy 1.2.3.4 pol.pem
	has '  policies: none'
	run -1 "${ask[@]}" "$need" --inhibit-policy-mapping --policy 1.2.3.1 pol.pem
	has 'REJECTED policy-not-accepted'
	run -1 "${ask[@]}" "$need" --inhibit-any-policy --policy 1.2.3.2 pol.pem
	has 'REJECTED policy-not-accepted'
	new_cert any "/O=Example/CN=any" pol-ca keyUsage=digitalSignature \
	    certificatePolicies=2.5.29.32.0
	run -0 "${ask[@]}" "$need" any.pem
	has '  policies: 1.2.3.1 any'
	verdicts "${ask[@]}" -j "$need" any.pem pol.pem both.pem
	[ "$(jq -cr '.policies // [], .any_policy // false' <<<"$output" |
		tr '\n' ' ')" = \
	    '["1.2.3.1"] true ["1.2.3.1","1.2.3.2"] false [] false ' ]
}

@test "chain: --policy takes an OID" {
	local oid
	for oid in any x 1 1.2.3. 3.1 ''; do
		run -2 "$L" chain -a root.pem --policy "$oid" both.pem
		has 'option --policy'
	done
	run -2 "$L" chain -a root.pem --inhibit-any-policy \
	    --inhibit-any-policy both.pem
}

@test "chain: a CA as leaf, a device as issuer, a forged signature" {
	run -1 "$L" chain -a root.pem ca.pem
	has 'REJECTED ca-flag-on-leaf at certificate 0'
	new_cert sub "/O=Example/CN=sub" leaf keyUsage=critical,digitalSignature
	cat sub.pem leaf.pem ca.pem >three.pem
	run -1 "$L" chain -a root.pem three.pem
	has 'at certificate 1 '
	cp leaf.der forged.der
	printf '\x00' | dd of=forged.der bs=1 seek=$(($(stat -c %s leaf.der) - 2)) \
	    conv=notrunc 2>/dev/null
	run -1 "$L" chain -a root.pem -i ca.pem forged.der
	has 'REJECTED signature-'
	has 'at certificate 0 signatureValue'
}

@test "chain: several operands, the largest status wins" {
	run -1 "$L" chain -a root.pem both.pem leaf.pem both.pem
	[ "$(grep -c ACCEPTED <<<"$output")" = 2 ]
	[ "$(grep -c REJECTED <<<"$output")" = 1 ]
	run -3 "$L" chain -a root.pem absent.pem leaf.pem both.pem
	has 'no verdict for absent.pem'
	has 'leaf.pem: REJECTED'
	has 'both.pem: ACCEPTED'
}

@test "chain: -v lists every step, with pass, fail or skipped and why" {
	run -0 "$L" chain -v -a root.pem -i ca.pem leaf.pem
	has '  certificate 0 "CN=unit-1,O=Example"'
	has '    pass     signature               RFC 5280 6.1.3 (a)(1)'
	has 'skipped  ca-flag                 RFC 5280 6.1.4 (k): does not concern'
	has 'purpose                 RFC 5280 4.2.1.12: no purpose was asked for'
	has '  anchor 0 "CN=Test Root,O=Example"'
	has_not '    fail '
	run -1 "$L" chain --verbose -a root.pem -i ca.pem -p clientAuth leaf.pem
	has '  certificate 0 claimed "CN=unit-1,O=Example"'
	has '    fail     purpose '
	has 'validity                RFC 5280 6.1.3 (a)(2): decided before'
	run -0 "$L" chain -v --profile path -a root.pem -i ca.pem leaf.pem
	has 'RFC 5280 4.2.1.1: the strict profile alone asks'
}

@test "chain: a refusal says in words what was found and what to do" {
	run -1 "$L" chain -a root.pem -i ca.pem -t 2000-01-01T00:00:00Z leaf.pem
	has '  valid from 20'
	has ', time used 2000-01-01T00:00:00Z'
	has 'of certificate 0'
	[[ ${lines[-1]} = '  what to do: check the time used against'* ]]
	run -1 "$L" chain -a root.pem leaf.pem
	has 'issuer claimed "CN=Device CA,O=Example"'
	has '  key id '
	has 'with -i'
	head -c 300 <(openssl x509 -in ca.pem -outform DER) >cut.der
	run -1 "$L" chain -a root.pem -i cut.der leaf.pem
	first_line 'leaf\.pem: REJECTED truncated at certificate 1 .*'
}

@test "chain: -q says it by the status alone" {
	run -0 "$L" chain -q -a root.pem both.pem
	[ -z "$output" ]
	run -1 "$L" chain --quiet -a root.pem leaf.pem
	[ -z "$output" ]
	run -2 "$L" chain -q -j -a root.pem leaf.pem
	has 'contradict'
}

# ---- file -------------------------------------------------------------------

@test "file: accepted" {
	run -0 "${FILE[@]}" fw.bin
	first_line 'fw\.bin: ACCEPTED until 2035-01-01T00:00:00Z'
	has 'iss "unit-1", sub "firmware.bin", signed at 2026-05-01T00:00:00Z'
	has 'time used 2026-06-01T00:00:00Z (given)'
	has 'SHA-256 '
}

@test "file: one bit more, one octet more, another file" {
	printf x >>fw.bin
	run -1 "${FILE[@]}" fw.bin
	first_line 'fw\.bin: REJECTED artefact-mismatch at artefact digest \(RFC 9995 3\)'
	has 'wanted '
	has 'found '
	has 'claimed "CN=unit-1'
	: >fw.bin
	run -1 "${FILE[@]}" fw.bin
	has 'artefact-mismatch'
}

@test "file: -s names the envelope; - is standard input" {
	mv fw.bin.cose sig
	run -0 "${FILE[@]}" -s sig fw.bin
	run -0 "${FILE[@]}" --signature=sig - <fw.bin
	first_line '\(standard input\): ACCEPTED until .*'
	run -0 "${FILE[@]}" -s - fw.bin <sig
	run -0 "${FILE[@]}" -s <(cat sig) fw.bin
	run -2 "${FILE[@]}" -s - - <sig
	has 'only once'
	run -2 "${FILE[@]}" - <fw.bin
	has 'name it with -s'
	run -2 "${FILE[@]}" -s sig fw.bin fw.bin
	has 'option -s (--signature)'
}

@test "file: no envelope is no verdict" {
	rm fw.bin.cose
	run -3 "${FILE[@]}" fw.bin
	has 'fw.bin.cose: cannot open: No such file or directory'
	has 'say it with -s'
	has 'no verdict for fw.bin'
	has_not 'REJECTED'
	run -3 "${FILE[@]}" fw.bin.cose
	has 'name the signed file, not its envelope'
}

@test "file: no artefact is no verdict" {
	rm fw.bin
	run -3 "${FILE[@]}" fw.bin
	has 'fw.bin: cannot open'
	mkdir fw.bin
	run -3 "${FILE[@]}" fw.bin
	has 'is a directory'
}

@test "file: a hostile envelope is a rejection" {
	: >fw.bin.cose
	run -1 "${FILE[@]}" fw.bin
	first_line 'fw\.bin: REJECTED [a-z-]+ at envelope.*'
	head -c 200 "$BATS_FILE_TMPDIR/fw.bin.cose" >fw.bin.cose
	run -1 "${FILE[@]}" fw.bin
	has 'REJECTED cbor-truncated at envelope'
	cat "$BATS_FILE_TMPDIR/fw.bin.cose" <(echo) >fw.bin.cose
	run -1 "${FILE[@]}" fw.bin
	has 'REJECTED cbor-trailing at envelope'
	cp leaf.der fw.bin.cose
	run -1 "${FILE[@]}" fw.bin
	head -c 17039361 /dev/zero >fw.bin.cose
	run -1 "${FILE[@]}" fw.bin
	has 'REJECTED input-too-big at envelope'
	head -c 19000000 /dev/zero >fw.bin.cose
	run -3 "${FILE[@]}" fw.bin
	has 'is larger than 18874368 bytes'
}

@test "file: -i lends a certificate, -p asks for a purpose, -t for a time" {
	local v=$TOP/vectors/sign1/accepted--intermediate-from-verifier
	run -0 "$L" file -a "$v/anchor1.der" -i "$v/i1.der" \
	    -t 2026-06-01T00:00:00Z -s "$v/envelope.cose" "$v/artefact"
	run -1 "$L" file -a "$v/anchor1.der" \
	    -t 2026-06-01T00:00:00Z -s "$v/envelope.cose" "$v/artefact"
	has 'REJECTED no-issuer'
	run -0 "${FILE[@]}" -p codeSigning fw.bin
	run -1 "${FILE[@]}" -p serverAuth fw.bin
	has 'REJECTED key-purpose'
	run -2 "${FILE[@]}" -p any fw.bin
	has 'always asked for a purpose'
	run -1 "$L" file -a anchor1.der -t 2036-01-01T00:00:00Z fw.bin
	has 'REJECTED expired'
}

@test "file: many files, each with its verdict" {
	cp fw.bin a.bin
	cp fw.bin.cose a.bin.cose
	echo changed >b.bin
	cp fw.bin.cose b.bin.cose
	run -1 "${FILE[@]}" a.bin b.bin fw.bin
	has 'a.bin: ACCEPTED'
	has 'b.bin: REJECTED artefact-mismatch'
	has 'fw.bin: ACCEPTED'
	run -3 "${FILE[@]}" a.bin c.bin b.bin
	run -0 "${FILE[@]}" -q a.bin fw.bin
	[ -z "$output" ]
}

@test "file: 300 MB in fixed memory" {
	bash -c 'ulimit -v 40000 && "$@"' - "$L" selfcheck -q ||
	    skip 'this build needs more address space'
	truncate -s 300M fw.bin
	# address space: room for the program, none for the file
	run -1 bash -c 'ulimit -v 40000 && "$@"' - "${FILE[@]}" fw.bin
	has 'REJECTED artefact-mismatch'
}

@test "file: one that grows while it is read has no verdict" {
	truncate -s 200M fw.bin
	(while :; do printf x >>fw.bin; done) 3>&- &
	local writer=$!
	run "${FILE[@]}" fw.bin
	kill "$writer"
	[ "$status" = 3 ]
	has 'changed while it was read'
}

@test "file: a name that pretends to be a verdict" {
	local name=$'good: ACCEPTED until 2999\n\e[2Jgood: ACCEPTED until 2999'
	echo >"$name"
	cp fw.bin.cose "$name.cose"
	run -1 "${FILE[@]}" "$name"
	first_line 'good\\x3a ACCEPTED until 2999\\x0a\\x1b\[2Jgood\\x3a ACCEPTED until 2999: REJECTED artefact-mismatch .*'
	no_line '^good: '
	no_line $'\e'
	verdicts "${FILE[@]}" -j "$name"
	[ "$(jq -r .subject <<<"$output")" = "$name" ]
	rm "$name.cose"
	run -3 "${FILE[@]}" "$name"
	no_line $'\e'
	no_line '^good'
}

# ---- JSON -------------------------------------------------------------------

# vector NAME: its files, and QUESTION about them
vector() {
	cp "$TOP/vectors/sign1/$1/envelope.cose" c.cose
	cp "$TOP/vectors/sign1/$1/artefact" c
	QUESTION=("${FILE[@]}" -s c.cose)
}

@test "file: what the signer says is shown, and is only claimed when refused" {
	vector accepted--claims
	run -0 "${QUESTION[@]}" c
	[ "${lines[0]}" = 'c: ACCEPTED until 2026-12-31T23:59:59Z' ]
	has '  version "1.4.0-rc.1+build.7" (semver), for device "gateway-7", for model "gw/3"'
	has '  to be used from 2026-05-01T00:00:00Z, to be used before 2027-01-01T00:00:00Z'
	has '  claim "branch" is "stable"'
	has '  claim "build" is -42'
	has '  claim "debug" is true'
	has '  claim "commit" is 000102030405060708090a0b0c0d0e0f10111213'
	echo >>c
	run -1 "${QUESTION[@]}" c
	has '  claimed version "1.4.0-rc.1+build.7"'
	has '  claimed claim "branch" is "stable"'
	no_line '^  (version|claim|to be used) '
	run -1 "$L" file -a anchor1.der -t 2027-01-01T00:00:00Z -s c.cose c
	[[ ${lines[0]} == 'c: REJECTED artefact-expired at envelope exp '* ]]
	has 'before 2027-01-01T00:00:00Z, time used 2027-01-01T00:00:00Z'
}

@test "file: what is demanded, met and not met, with both values" {
	vector accepted--claims
	run -0 "${QUESTION[@]}" --require name=firmware.bin \
	    --require build=-42 --min-version 1.4.0-alpha \
	    --type application/octet-stream --device gateway-7 \
	    --model gw/3 --signer-name CN=unit-1,O=Acme \
	    --signer-key "$(sed -n 's/^demand=signer-key //p' \
		"$TOP/vectors/sign1/accepted--signer-key/expect")" c
	run -1 "${QUESTION[@]}" --device gateway-8 c
	[ "${lines[0]}" = 'c: REJECTED claim-not-as-demanded at envelope device (docs/FORMAT.md)' ]
	has '  wanted "gateway-8", found "gateway-7"'
	run -1 "${QUESTION[@]}" --require stage=prod c
	has '  wanted "prod", found no such claim'
	run -1 "${QUESTION[@]}" --min-version 1.4.0 c
	has 'REJECTED version-too-old at envelope swversion (semver.org 11)'
	has '  wanted at least "1.4.0", found "1.4.0-rc.1+build.7"'
	run -1 "${QUESTION[@]}" --min-version 7 c
	has 'REJECTED version-not-comparable'
	run -1 "${QUESTION[@]}" --signer-san DNS:unit-1.example c
	has 'REJECTED signer-not-as-demanded at certificate 0 subjectAltName'
	run -1 "${QUESTION[@]}" --signer-name CN=unit-2,O=Acme c
	has 'found claimed "CN=unit-1,O=Acme"'
	run -1 "${QUESTION[@]}" --signer-key "$(printf '%064d' 0)" c
	has 'found another key'
	# the artefact is asked first: a demand cannot hide what is wrong
	echo >>c
	run -1 "${QUESTION[@]}" --device gateway-8 c
	has 'REJECTED artefact-mismatch'
}

@test "file: demands that can match nothing are usage errors" {
	local demand
	for demand in '--require x' '--require =x' '--require x=' \
	    '--min-version v1' '--signer-key 00' '--signer-name unit-1' \
	    '--signer-san unit-1' '--device=' '--profile loose'; do
		# shellcheck disable=SC2086 # option and value
		run -2 "${FILE[@]}" $demand fw.bin
	done
	run -2 "${FILE[@]}" --attached -s fw.bin.cose fw.bin
	has 'contradict each other'
}

@test "file: an artefact inside its envelope" {
	vector accepted--attached
	run -0 "${QUESTION[@]}" c
	run -0 "${FILE[@]}" --attached c.cose
	[[ ${lines[0]} == 'c.cose: ACCEPTED until '* ]]
	has '  30 bytes of text/plain, signed as they are'
	verdicts "${FILE[@]}" -j --attached c.cose
	[ "$(jq -r '.signed.attached, .size' <<<"$output" | tr '\n' ' ')" = \
	    'true 30 ' ]
	run -3 "${FILE[@]}" --attached fw.bin.cose
	has 'no artefact is inside'
	echo >>c
	run -1 "${QUESTION[@]}" c
	has 'REJECTED artefact-mismatch at artefact digest'
}

@test "file: --profile path reads what other software writes" {
	local v
	for v in untagged detached bag-open map-unsorted no-claims; do
		vector "accepted--path-$v"
		run -1 "${QUESTION[@]}" c
		run -0 "${QUESTION[@]}" --profile path c
		run -1 "$V" show c.cose
		run -0 "$V" show --profile path c.cose
	done
	vector accepted--path-detached
	echo >>c
	run -1 "${QUESTION[@]}" --profile path c
	has 'REJECTED envelope-signature-invalid'
}

@test "json: accepted, rejected and none are what the schema says" {
	verdicts "$L" chain -j -a root.pem both.pem
	[ "$(jq -r '.status, .lab, .path[2].role, .path[0].revocation' <<<"$output" |
		tr '\n' ' ')" = 'accepted true anchor not-checked ' ]
	verdicts "$L" chain -j -a root.pem leaf.pem ca.pem both.pem
	[ "$(wc -l <<<"$output")" = 3 ]
	verdicts "$L" chain -j -a root.pem -p clientAuth both.pem
	[ "$(jq -r '.reason, .where.object, .where.index, .where.field' <<<"$output" |
		tr '\n' ' ')" = 'key-purpose certificate 0 extKeyUsage ' ]
	verdicts "$L" chain -j -a root.pem absent.pem
	[ "$status" = 3 ]
	[ "$(jq -r .status <<<"$output")" = none ]
	verdicts "${FILE[@]}" -j fw.bin
	[ "$(jq -r '.signed.iss, .size' <<<"$output" | tr '\n' ' ')" = \
	    "unit-1 $(stat -c %s fw.bin) " ]
	verdicts "${FILE[@]}" --json -s leaf.pem fw.bin
	verdicts "$V" chain -j leaf.pem
	[ "$(jq -r '.lab, .reason' <<<"$output" | tr '\n' ' ')" = \
	    'false no-anchors ' ]
}

@test "json: every envelope vector gives a valid line" {
	local v p
	for v in "$TOP"/vectors/sign1/*/; do
		local anchors=() loose=() f
		for f in "$v"/anchor*.der; do
			[ ! -s "$f" ] || anchors+=(-a "$f")
		done
		for f in "$v"/i[0-9]*.der; do
			[ ! -s "$f" ] || loose+=(-i "$f")
		done
		[ -e "$v/artefact" ] && [ -e "$v/envelope.cose" ] || continue
		p=$(sed -n 's/^profile=//p' "$v/expect")
		"$L" file -j "${anchors[@]}" "${loose[@]}" \
		    -t "$(sed -n 's/^time=//p' "$v/expect")" \
		    --profile "${p:-strict}" -s "$v/envelope.cose" "$v/artefact" >>all 2>>errors || :
	done
	[ "$(wc -l <all)" -gt 50 ]
	json_valid "$TOP/docs/verdict.schema.json" <all
}

@test "json: the schema knows every reason and no other" {
	diff <(jq -r '.definitions.rejected.properties.reason.enum[]' \
	    "$TOP/docs/verdict.schema.json" | sort) \
	    <(sed -n 's/^R([0-9]*, [A-Z_0-9]*, "\([^"]*\)".*/\1/p' \
	    "$TOP/include/dv_reasons.def" | sort)
}

@test "json: -v lists every step, and the schema knows it" {
	verdicts "$L" chain -jv -a root.pem both.pem
	[ "$(jq -r '.trace | length, .[0].object, .[2].object' <<<"$output" |
		tr '\n' ' ')" = '3 certificate anchor ' ]
	[ "$(jq '[.trace[].steps[] | select(.result == "fail")] | length' \
	    <<<"$output")" = 0 ]
	verdicts "$L" chain -jv -a root.pem -p clientAuth both.pem
	[ "$(jq -r '.trace[0].steps[] | select(.result == "fail") | .step' \
	    <<<"$output")" = purpose ]
	jq -e '.hint | length > 0' <<<"$output"
	verdicts "$L" chain -j -a root.pem both.pem
	jq -e 'has("trace") | not' <<<"$output"
}

# ---- devverify and devverify-lab --------------------------------------------

@test "devverify has no -a, and says where anchors come from" {
	local command
	for command in chain file; do
		run -2 "$V" "$command" -a root.pem both.pem
		first_line "devverify: $command: unknown option -a \(--anchor\)"
		has 'anchors are compiled in'
		run -2 "$V" "$command" --anchor=root.pem both.pem
		run -2 "$V" "$command" both.pem --anchor root.pem
		run -0 "$V" "$command" --help
		has_not anchor=
		has_not --anchor
		run -0 "$L" "$command" --help
		has --anchor
	done
}

@test "devverify without anchors trusts nothing" {
	[ "$("$V" anchors)" = "$("$L" anchors)" ] || skip 'built with ANCHORS='
	grep -q '^none: ' <("$V" anchors) || skip 'built with ANCHORS='
	run -1 "$V" chain both.pem
	first_line 'both\.pem: REJECTED no-anchors .*'
	has 'make devverify ANCHORS='
	has_not 'lab build'
	run -1 "$L" chain both.pem
	has 'REJECTED no-anchors'
	has 'what to do: write the anchors with `pki-init anchors`'
	has 'with -a FILE'
	has 'lab build: no anchor was given at run time'
	run -0 "$V" anchors -j
	[ -z "$output" ]
}

@test "an anchor that is none stops everything" {
	run -3 "$L" chain -a leaf.pem both.pem
	has 'leaf.pem: not usable as an anchor: ca-flag-missing'
	run -3 "$L" chain -a absent both.pem
	has 'absent: cannot open'
	run -3 "$L" chain -a root.key both.pem
	has 'holds an EC PRIVATE KEY, wanted a CERTIFICATE'
	run -3 "$L" chain -a root.pem -a /dev/null both.pem
	has 'not usable as an anchor: input-empty'
}

# ---- files that cannot be read ----------------------------------------------

@test "unreadable, a directory, not a certificate, empty, huge" {
	run -3 "$L" chain -a root.pem .
	has 'is a directory, wanted a file'
	run -1 "$L" chain -a root.pem /dev/null
	has 'REJECTED input-empty at certificate 0'
	echo 'dear reader' >words
	run -1 "$L" chain -a root.pem words
	first_line 'words: REJECTED not-der at certificate 0.*'
	run -3 "$L" chain -a root.pem leaf.key
	has 'holds an EC PRIVATE KEY, wanted a CERTIFICATE'
	sed 's/^M/!/' leaf.pem >broken.pem
	run -3 "$L" chain -a root.pem broken.pem
	has 'PEM block "CERTIFICATE" is broken in its line'
	head -c 40000 /dev/zero | tr '\0' '0' >big
	run -1 "$L" chain -a root.pem big
	has 'REJECTED input-too-big at certificate 0'
	run -3 "$L" chain -a root.pem /dev/zero
	has 'is larger than 4194304 bytes'
	run -3 "$L" chain -a root.pem -i /dev/null leaf.pem
	has 'is empty, wanted a certificate'
}

@test "no permission" {
	chmod 0 leaf.pem
	if [ "$(id -u)" = 0 ]; then
		chmod 711 .
		cp root.pem readable.pem
		chmod 644 readable.pem
		run setpriv --reuid 65534 --clear-groups "$L" chain \
		    -a readable.pem leaf.pem
		[ "$status" != 126 ] && [ "$status" != 127 ] &&
		    [[ $output == *readable.pem* || $output == *leaf.pem* ]] ||
		    skip 'cannot become another user here'
	else
		run "$L" chain -a root.pem leaf.pem
	fi
	[ "$status" = 3 ]
	has 'cannot open: Permission denied'
}

@test "output that cannot be written is no verdict" {
	local command=("$L" chain -a root.pem both.pem)
	run -3 bash -c '"$@" >/dev/full' - "${command[@]}"
	has 'standard output: cannot write: No space left on device'
	run -3 bash -c '"$@" >&-' - "${command[@]}"
	has 'standard output: cannot write'
	run -3 bash -c '"$@" </dev/null 2>err | :; exit "${PIPESTATUS[0]}"' - \
	    bash -c 'sleep 0.3; "$@"' - "${command[@]}"
	grep -q 'standard output: cannot write: Broken pipe' err
	run -3 bash -c '"$@" >/dev/full' - "$V" --help
	run -0 bash -c '"$@" 2>&- <&-' - "${command[@]}"
}

# ---- show, anchors, selfcheck -----------------------------------------------

@test "show: claims of certificate, request and envelope, none judged" {
	run -0 "$V" show both.pem leaf.csr fw.bin.cose leaf.der
	[ "$(grep -c 'its claims, of which none was checked$' <<<"$output")" = 5 ]
	has 'both.pem: a certificate;'
	has 'leaf.csr: a certification request;'
	has 'fw.bin.cose: a signature envelope;'
	has 'DNS:unit-1.example, IP:192.0.2.1'
	has_not ACCEPTED
	has_not REJECTED
	run -0 "$V" show - <leaf.pem
	first_line '\(standard input\): a certificate; .*'
}

@test "show: what an envelope says of its artefact" {
	local v=$TOP/vectors/sign1/accepted--claims/envelope.cose
	run -0 "$V" show "$v"
	has '  version           1.4.0-rc.1+build.7'
	has '  claims            "build"=-42, "debug"=true, "branch"="stable", "commit"=0001'
	run -0 "$V" show -j "$v"
	[ "$(jq -r '.version_scheme, .device, .expires, .claims[0].value' \
	    <<<"$output" | tr '\n' ' ')" = \
	    'semver gateway-7 2027-01-01T00:00:00Z -42 ' ]
}

@test "show: JSON" {
	run -0 "$V" show -j both.pem leaf.csr fw.bin.cose
	[ "$(jq -r .kind <<<"$output" | tr '\n' ' ')" = \
	    'certificate certificate request envelope ' ]
	[ "$(jq -r .judged <<<"$output" | sort -u)" = false ]
	[ "$(jq -r 'select(.kind == "certificate") | .sha256' <<<"$output" |
		head -1)" = "$(sha256sum <leaf.der | cut -d' ' -f1)" ]
	[ "$(jq -r 'select(.ca == true) | .path_length' <<<"$output")" = 0 ]
	json_valid "$TOP/docs/show.schema.json" <<<"$output"
}

@test "show: JSON of every vector is of its schema" {
	local v=$TOP/vectors
	find "$v" -name '*.der' -o -name '*.cose' -o -name '*.cbor' -o -name '*.wasm' \
	    -o -path '*/golden/*.pem' | sort >names
	xargs "$V" show -j <names >strict 2>/dev/null || [ $? = 123 ]
	"$V" show -j --profile path "$v"/sign{,1}/*/*.cose >other 2>/dev/null || [ $? = 1 ]
	[ "$(wc -l <other)" -gt 200 ]
	for k in certificate request crl envelope receipt voucher \
	    voucher-request; do
		[ "$(grep -c "\"kind\":\"$k\"" strict)" -ge 9 ]
	done
	cat strict other | json_valid "$TOP/docs/show.schema.json"
	# a member of the schema that is never there is a mistake, too
	for m in $(jq -r '.definitions | .certificate, .request, .crl, .envelope,
	    .receipt, .voucher | .properties | keys[]' "$TOP/docs/show.schema.json" | sort -u); do
		[ "$m" = files_malformed ] || grep -q "\"$m\":" strict other ||
		    { echo "never: $m"; false; }
	done
}

@test "show: the files of a signed directory, and the envelopes of a module" {
	local g=$TOP/vectors/golden
	run -0 "$V" show "$g/tree.cose"
	has "  file  $(sha256sum <"$g/tree/a/b" | cut -d' ' -f1)          4  a/b"
	run -0 "$V" show -j "$g/tree.cose"
	[ "$(jq -r '.files[].path' <<<"$output")" = "$(cd "$g/tree" &&
		find . -type f -printf '%P\n' | LC_ALL=C sort)" ]
	run -0 "$V" show "$g/signed-2.wasm"
	has 'signed-2.wasm: signature 1: a signature envelope;'
	has 'signed-2.wasm: signature 2: a signature envelope;'
	run -0 "$V" show -j "$g/signed-2.wasm"
	[ "$(jq -c '[.signature, .iss]' <<<"$output" | tr '\n' ' ')" = \
	    '[1,"golden unit"] [2,"golden desk"] ' ]
	json_valid "$TOP/docs/show.schema.json" <<<"$output"
	run -1 "$V" show "$g/module.wasm"
	has 'malformed: wasm-unsigned at artefact module'
	head -c -1 "$g/signed-2.wasm" >cut.wasm
	run -1 --separate-stderr "$V" show cut.wasm
	[ -z "$output" ]
	[[ $stderr == *wasm-truncated* ]]
}

@test "show: a list of files that is none is called so" {
	# the list's version, one octet of the attached envelope, is another
	sed 's/\x82\x01\x83\x83/\x82\x02\x83\x83/' "$TOP/vectors/golden/tree.cose" >list.cose
	run -0 "$V" show list.cose
	has '  files malformed   manifest-malformed'
	run -0 "$V" show -j list.cose
	[ "$(jq -r .files_malformed <<<"$output")" = manifest-malformed ]
	json_valid "$TOP/docs/show.schema.json" <<<"$output"
}

@test "show: what has no form says nothing" {
	head -c 100 leaf.der >cut.der
	run -1 "$V" show cut.der leaf.pem
	has 'cut.der: malformed: truncated at certificate'
	has ' (byte 0, wanted '
	has 'leaf.pem: a certificate;'
	has_not REJECTED
	run -3 "$V" show leaf.key
	has 'EC PRIVATE KEY'
	run -3 "$V" show absent
}

@test "selfcheck: every algorithm is ok, every rule refuses" {
	run -0 "$V" selfcheck
	[ "$(grep -c ' ok$' <<<"$output")" -ge 40 ]
	has 'ecdsa-with-SHA384    P-384'
	grep -q '^rejects  *signature-invalid  *ok$' <<<"$output"
	grep -q '^rejects  *expired  *ok$' <<<"$output"
	grep -q '^accepts  *a good chain  *ok$' <<<"$output"
	has_not WRONG
	run -0 "$V" selfcheck -j
	jq -es 'length >= 40 and all(.ok) and .[-1].check == "all"' <<<"$output"
	json_valid "$TOP/docs/selfcheck.schema.json" <<<"$output"
	run -0 "$V" selfcheck -q
	[ -z "$output" ]
}

# ---- the command line -------------------------------------------------------

@test "usage errors are 2, on standard error, and name the mistake" {
	run -2 --separate-stderr "$V"
	[ -z "$output" ]
	run -2 "$V" flie x
	has 'did you mean `devverify file`?'
	run -2 "$V" chain
	has 'LEAF... is missing'
	run -2 "$V" chain --jsno x
	has 'did you mean --json?'
	run -2 "$V" chain -Z x
	has 'unknown option -Z'
	# names are whole
	run -2 "$V" chain --rev none x
	has 'unknown option --rev'
	has 'did you mean --revocation?'
	run -2 "$V" chain --inhibit x
	has 'unknown option --inhibit'
	has 'see `devverify chain --help`'
	# the environment says nothing
	POSIXLY_CORRECT=1 run -2 "$V" chain x -Z
	has 'unknown option -Z'
	run -2 "$V" chain -t
	has 'option -t (--time) needs a value'
	run -2 "$V" chain -t now -t now x
	has 'option -t (--time) is given twice'
	run -2 "$V" chain --json=1 x
	has 'takes no value'
	run -2 "$V" selfcheck x
	has 'x is one too many'
	run -2 "$V" chain - -
	has 'only once'
}

@test "help fits a screen and names every option of the manual page" {
	local program command option
	for program in "$V" "$L"; do
		run -0 "$program" --help
		[ "${#lines[@]}" -le 24 ]
		for command in file chain show anchors selfcheck; do
			run -0 "$program" "$command" --help
			# what can be demanded of a file is much
			[ "${#lines[@]}" -le "$([ "$command" = file ] && echo 39 || echo 24)" ]
			[ -z "$(awk 'length > 80' <<<"$output")" ]
			has 'exit status: 0'
			has 'example: '
			while read -r option; do
				grep -q "Fl -${option#--}\b" \
				    "$TOP/docs/man/devverify.1"
			done < <(grep -o -e '--[a-z-]*' <<<"$output")
		done
	done
	run -0 "$V" help chain
	has 'usage: devverify chain '
	run -0 "$V" -V
	[[ $output =~ ^devverify\ [0-9]+\.[0-9]+\.[0-9]+$ ]]
	run -0 "$L" chain --version
	[[ $output =~ ^devverify-lab\ [0-9]+\.[0-9]+\.[0-9]+$ ]]
}

@test "nothing but the named files is opened, and no network" {
	command -v strace >/dev/null || skip 'no strace'
	run strace -f -o trace "$L" chain -a root.pem both.pem
	[ "$status" = 0 ] || skip 'strace is not permitted here'
	output=$(<trace)
	no_line 'socket\(|connect\('
	grep -oE 'open(at)?\([^"]*"[^"]*"' trace | sed 's/.*"\(.*\)"/\1/' |
	    grep -vE '^/(etc/ld\.so\.|lib|usr/lib)' | sort -u >opened
	[ "$(tr '\n' ' ' <opened)" = 'both.pem root.pem ' ]
}
