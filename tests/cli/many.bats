#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Many operands: those of a list, and several judged at once. The same bytes
# whatever --jobs says, and nothing is lost with the process that had it.

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
	    keyUsage=critical,digitalSignature extendedKeyUsage=codeSigning
	cat leaf.pem ca.pem >both.pem
	local v=$TOP/vectors/sign1/accepted--es256
	cp "$v/artefact" fw.bin
	cp "$v/envelope.cose" fw.bin.cose
	cp "$v/anchor1.der" .
}

setup() {
	# what looks for leaks cannot be traced
	export ASAN_OPTIONS=detect_leaks=0
	cp "$BATS_FILE_TMPDIR"/* "$BATS_TEST_TMPDIR"
	cd "$BATS_TEST_TMPDIR"
	L=$BIN/devverify-lab
	# one time for all, so that what is printed can be compared
	CHAIN=("$L" chain -a root.pem -i ca.pem -t "@$(date +%s)")
	FILE=("$L" file -a anchor1.der -t 2026-06-01T00:00:00Z)
}

teardown() {
	[ -z "${judge-}" ] || kill -9 "$judge" 2>/dev/null || true
}

# many N: N copies of certificates in turn, and what cannot be read, in list
many() {
	local i from=(leaf both ca root other)

	for ((i = 0; i < $1; i++)); do
		cp "${from[i % 5]}.pem" "c$i.pem"
		echo "c$i.pem"
		[ $((i % 7)) != 0 ] || echo "missing$i.pem"
	done >list
}

# alike COMMAND...: prints, fails and says the same with one job and with four
alike() {
	local one=0 four=0

	"$@" --jobs 1 >one.out 2>one.err || one=$?
	"$@" --jobs 4 >four.out 2>four.err || four=$?
	[ -s one.out ] || [ -s one.err ]
	cmp one.out four.out
	cmp one.err four.err
	[ "$one" = "$four" ]
	status=$one
}

# living N: waits until the judge has N living processes; $children are they
living() {
	local i

	for ((i = 0; i < 600; i++)); do
		children=$(ps -o pid=,stat= --ppid "$judge" |
			awk '$2 !~ /^Z/ { print $1 }')
		[ "$(wc -w <<<"$children")" != "$1" ] || return 0
		sleep 0.1
	done
	printf 'wanted %s processes of %s, found:\n%s\n' "$1" "$judge" "$children"
	return 1
}

# ---- several at once --------------------------------------------------------

@test "jobs: same bytes, same order, same status with one and with four" {
	many 60
	alike "${CHAIN[@]}" --list list
	[ "$status" = 3 ]
	[ "$(grep -c '^c[0-9]*\.pem: ACCEPTED' four.out)" = 24 ]
	[ "$(grep -c '^c[0-9]*\.pem: REJECTED' four.out)" = 36 ]
	[ "$(grep -c 'no verdict for missing' four.err)" = 9 ]
	grep -o '^c[0-9]*\.pem' four.out | cmp - <(grep '^c' list)

	alike "${CHAIN[@]}" -j --list list
	cmp <(jq -r .subject four.out) list
	json_valid "$TOP/docs/verdict.schema.json" <four.out
	readarray -t names < <(grep '^c' list)
	alike "${CHAIN[@]}" -v "${names[@]}"
	[ "$status" = 1 ]
	alike "${CHAIN[@]}" both.pem leaf.pem
	[ "$status" = 0 ]
}

@test "jobs: with --quiet the status says it all" {
	run -0 "${CHAIN[@]}" -q --jobs 3 both.pem leaf.pem both.pem
	[ -z "$output" ]
	run -1 "${CHAIN[@]}" -q --jobs 3 both.pem other.pem both.pem
	[ -z "$output" ]
}

@test "jobs: files, also one from standard input, by several processes" {
	for i in 1 2 3 4 5; do
		cp fw.bin "fw$i.bin"
		cp fw.bin.cose "fw$i.bin.cose"
	done
	echo >>fw3.bin
	alike "${FILE[@]}" fw1.bin fw2.bin fw3.bin fw4.bin fw5.bin
	[ "$status" = 1 ]
	[ "$(grep -c ': ACCEPTED' four.out)" = 4 ]
	grep -q '^fw3\.bin: REJECTED artefact-mismatch' four.out
	run -0 "${CHAIN[@]}" --jobs 2 -- leaf.pem - leaf.pem <both.pem
	[ "$(grep -c ': ACCEPTED' <<<"$output")" = 3 ]
	has '(standard input): ACCEPTED'
}

@test "jobs: more than what is to be judged, and numbers that are none" {
	run -0 "${CHAIN[@]}" --jobs 64 both.pem
	run -0 "${CHAIN[@]}" --jobs 64 both.pem leaf.pem
	for n in 0 65 x 1x -1 4294967297 ' 1' 1.5; do
		run -2 "${CHAIN[@]}" --jobs "$n" both.pem leaf.pem
		has "option --jobs: \"$n\" is not a number from 1 to 64"
		run -2 "${FILE[@]}" --jobs "$n" fw.bin
		has "option --jobs: \"$n\" is not a number from 1 to 64"
	done
	run -2 "${CHAIN[@]}" --jobs '' both.pem
	has 'empty value'
}

@test "jobs: a process that is killed is no verdict, and the others go on" {
	mkfifo held.pem
	"${CHAIN[@]}" --jobs 2 both.pem held.pem leaf.pem other.pem \
	    both.pem >out 2>err 3>&- &
	judge=$!
	# Somebody reads it, and nobody writes; the other judges the rest and goes.
	exec 8>held.pem
	living 1
	kill -9 "$children"
	status=0
	wait "$judge" || status=$?
	[ "$status" = 3 ]
	[ "$(grep -c ': ACCEPTED' out)" = 3 ]
	[ "$(grep -o '^[a-z]*\.pem: [A-Z]*' out | tr '\n' ' ')" = \
	    'both.pem: ACCEPTED leaf.pem: ACCEPTED other.pem: REJECTED both.pem: ACCEPTED ' ]
	grep -q 'held\.pem: the process that judged it ended without an answer' err
	grep -q 'no verdict for held\.pem' err
	[ "$(wc -l <err)" = 3 ]
}

@test "jobs: when all of them are killed, nothing is left out" {
	mkfifo held1.pem held2.pem
	"${CHAIN[@]}" -j --jobs 2 both.pem held1.pem held2.pem leaf.pem \
	    both.pem >out 2>err 3>&- &
	judge=$!
	# Both are read; so the answer before them was sent.
	exec 8>held1.pem 9>held2.pem
	living 2
	xargs kill -9 <<<"$children"
	status=0
	wait "$judge" || status=$?
	[ "$status" = 3 ]
	json_valid "$TOP/docs/verdict.schema.json" <out
	[ "$(jq -r '.subject + " " + .status' out | tr '\n' ' ')" = \
	    'both.pem accepted held1.pem none held2.pem none leaf.pem none both.pem none ' ]
	[ "$(grep -c 'no verdict for' err)" = 4 ]
}

@test "jobs: where no process can be had, one judges all the same" {
	many 20
	alike "${CHAIN[@]}" --list list
	# shellcheck disable=SC2016
	run strace -f -qq -o /dev/null -e inject=clone,fork,vfork:error=EAGAIN \
	    "${CHAIN[@]}" --jobs 4 --list list
	[ "$status" = 3 ]
	"${CHAIN[@]}" --list list >wanted 2>&1 || true
	cmp <(sort wanted) <(sort <<<"$output")
}

@test "jobs: memory for what is printed that cannot be had is no verdict" {
	run --separate-stderr strace -f -qq -o /dev/null \
	    -e inject=memfd_create:error=ENOMEM \
	    "${CHAIN[@]}" --jobs 2 both.pem leaf.pem
	[ "$status" = 3 ]
	[ -z "$output" ]
	[[ $stderr == *'no verdict for both.pem'*'no verdict for leaf.pem'* ]]
	run --separate-stderr strace -f -qq -o /dev/null \
	    -e inject=sendfile:error=ENOMEM:when=2 \
	    "${CHAIN[@]}" --jobs 2 both.pem leaf.pem both.pem leaf.pem both.pem
	[ "$status" = 3 ]
	[[ $stderr == *'no verdict for '* ]]
}

@test "jobs: standard output that cannot be written is no verdict" {
	run --separate-stderr -3 bash -c '"$@" >/dev/full' - "${CHAIN[@]}" \
	    --jobs 2 both.pem leaf.pem
	[[ $stderr == *'standard output: cannot write'* ]]
}

# ---- lists ------------------------------------------------------------------

@test "list: from a file, from standard input, with and without a last newline" {
	printf 'both.pem\nleaf.pem\n' >list
	run -0 "${CHAIN[@]}" both.pem leaf.pem
	wanted=$output
	run -0 "${CHAIN[@]}" --list list
	[ "$output" = "$wanted" ]
	run -0 "${CHAIN[@]}" --list - <list
	[ "$output" = "$wanted" ]
	run -0 "${CHAIN[@]}" --list - < <(printf 'both.pem\nleaf.pem')
	[ "$output" = "$wanted" ]
	echo fw.bin >list
	run -0 "${FILE[@]}" --list list
	first_line 'fw\.bin: ACCEPTED until .*'
}

@test "list: one name may have what one operand may have" {
	mv fw.bin.cose elsewhere
	echo fw.bin >list
	run -0 "${FILE[@]}" -s elsewhere --list list
	echo fw.bin >>list
	run -2 "${FILE[@]}" -s elsewhere --list list
	has 'names the envelope of one FILE, not of 2'
}

@test "list: names with blanks, dashes and percent signs are names" {
	cp both.pem ' a b%s.pem'
	cp both.pem -- -q
	printf ' a b%%s.pem\n-q\n' >list
	run -0 "${CHAIN[@]}" --list list
	has ' a b%s.pem: ACCEPTED'
	has '-q: ACCEPTED'
}

@test "list: a line that is no name, and nothing is judged" {
	# bad WORDS LINES: as printf has them
	bad() {
		printf '%b' "$2" >list
		run -3 --separate-stderr "${CHAIN[@]}" --list list
		[ -z "$output" ]
		[[ $stderr == *"list: $1"* ]] || { echo "$stderr"; return 1; }
		run -3 --separate-stderr "${FILE[@]}" --jobs 2 --list list
		[ -z "$output" ]
	}
	bad 'line 2 is empty' 'both.pem\n\nleaf.pem\n'
	bad 'line 1 is empty' '\n'
	bad 'line 2 holds a NUL' 'both.pem\nleaf\0.pem\n'
	bad 'line 1 ends in a carriage return' 'both.pem\r\n'
	bad 'line 2 is "-"' 'both.pem\n-\n'
	bad "line 1 is too long" "$(printf '%04096d' 0)\n"
	bad 'is empty, wanted names' ''
	printf "%04095d\n" 0 >list
	run -3 "${CHAIN[@]}" --list list
	has 'no verdict for 000'
}

@test "list: what cannot be read is no verdict, and what contradicts it is usage" {
	run -3 "${CHAIN[@]}" --list missing
	has 'missing: cannot open'
	run -3 "${CHAIN[@]}" --list .
	has 'is a directory, wanted a file'
	echo both.pem >list
	run -2 "${CHAIN[@]}" --list list leaf.pem
	has 'leaf.pem is one beside it'
	run -2 "${CHAIN[@]}" --list - -i - <ca.pem
	has 'can be named only once'
	run -2 "${CHAIN[@]}" --jobs 2
	has 'chain: LEAF... is missing'
	has 'chain --help'
	run -2 "${FILE[@]}"
	has 'file: FILE... is missing'
}
