#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# devverify-tiny: the same exit status as the whole program, its lines among
# those of that program, and what it does not have is refused, never passed over.

bats_require_minimum_version 1.5.0
load ../lib/devsign.bash
load helpers.bash

setup_file() {
	programs_find
	cd "$BATS_FILE_TMPDIR"
	ca root "/CN=Root"
	openssl x509 -in root.crt -outform DER -out root.der
	devsign key create -k file:a.key --no-passphrase >/dev/null
	devsign request -k file:a.key -n CN=a -o a.csr
	leaf a.csr root a.pem
	head -c 100000 /dev/urandom >data
	devsign sign -k file:a.key -c a.pem data
}

setup() {
	programs_find
	find_programs
	cd "$BATS_TEST_TMPDIR"
	cp "$BATS_FILE_TMPDIR"/* .
	TINY=$BIN/tiny/devverify-lab
	[ -x "$TINY" ] || skip 'needs: make reduced'
	FILE=("$TINY" file -a root.der)
}

# both ARGUMENT...: by the whole program and the tiny one, into whole.* and
# tiny.*; sets $whole and $tiny
both() {
	whole=0 tiny=0
	devverify-lab "$@" >whole.out 2>whole.err || whole=$?
	"$TINY" "$@" >tiny.out 2>tiny.err || tiny=$?
}

# alike STATUS ARGUMENT...: both say so, by the same first line
alike() {
	local wanted=$1
	shift
	both "$@"
	[ "$whole $tiny" = "$wanted $wanted" ]
	diff <(head -n 1 whole.out) <(head -n 1 tiny.out)
	lines_of_whole
}

# lines_of_whole: the tiny program prints no line of its own but the last, and
# the time, when it is that of the clock
lines_of_whole() {
	run grep -vxFf whole.out <(grep -v ' (clock); ' tiny.out)
	[ "$output" = '' ] ||
	    [ "$output" = '  what to do: see docs/VERDICTS.md' ]
}

# usage TEXT ARGUMENT...: a usage error that says so, and nothing else
usage() {
	local text=$1
	shift
	run -2 --separate-stderr "$TINY" "$@"
	[ "$output" = '' ]
	[[ $stderr == "devverify-lab: $text"* ]] || {
		printf 'wanted: %s\nfound: %s\n' "$text" "$stderr"
		return 1
	}
	[[ $stderr == *'see `devverify-lab file --help`'* ]]
}

# none TEXT COMMAND...: no verdict, for this reason, and nothing else
none() {
	local text=$1
	shift
	run -3 --separate-stderr "$@"
	[ "$output" = '' ]
	[[ $stderr == *"$text"* ]] || {
		printf 'wanted: %s\nfound: %s\n' "$text" "$stderr"
		return 1
	}
}

# ---- verdicts ----

@test "accepted and rejected as by the whole program" {
	alike 0 file -a root.der data
	[ "$(head -n 1 tiny.out)" = "$(grep ACCEPTED whole.out)" ]
	grep -q '^  iss "a", sub "data", signed at ' tiny.out
	grep -q '^  time used .* (clock); revocation not checked$' tiny.out
	alike 0 file -a root.der -s data.cose -t now data
	alike 1 file -a root.der -t @1 data
	grep -q 'REJECTED not-yet-valid' tiny.out
	grep -q '^  time used 1970-01-01T00:00:01Z (given)' tiny.out
	alike 1 file data
	grep -q 'REJECTED no-anchors' tiny.out
	run -0 "${FILE[@]}" -q data
	[ "$output" = '' ]
	printf x >>data
	alike 1 file -a root.der data
	grep -q 'REJECTED artefact-mismatch' tiny.out
	grep -q '^  claimed iss "a", sub "data", ' tiny.out
	run -1 "${FILE[@]}" -q data
	[ "$output" = '' ]
}

# demand_of DIR: the options of what is demanded, into $demand; false when tiny
# has no such option
demand_of() {
	local line
	demand=()
	line=$(sed -n 's/^demand=//p' "$1/expect")
	case $line in
	'') ;;
	'min-version '*) demand=(--min-version "${line#* }") ;;
	'require type='* | 'require device='* | 'require model='*)
		line=${line#* }
		demand=("--${line%%=*}" "${line#*=}")
		;;
	*) return 1 ;;
	esac
}

@test "every vector of envelopes: the same verdict, and never a yes alone" {
	local count=0 dir demand at
	for dir in "$TOP"/vectors/sign1/*/; do
		at=$(sed -n 's/^time=//p' "$dir/expect")
		grep -qE '^(profile=path|algs|purpose)' "$dir/expect" && continue
		[ -e "$dir/anchor1.der" ] && [ ! -e "$dir/anchor2.der" ] &&
		    ! compgen -G "$dir/i*.der" >/dev/null &&
		    demand_of "$dir" || continue
		both file -a "$dir/anchor1.der" -s "$dir/envelope.cose" \
		    -t "$at" "${demand[@]}" "$dir/artefact"
		[ "$whole" -le 1 ]
		if [ "$whole" = "$tiny" ] &&
		    cmp -s <(head -n 1 whole.out) <(head -n 1 tiny.out); then
			lines_of_whole
			count=$((count + 1))
			continue
		fi
		# It needs what the tiny program leaves out.
		[ "$tiny" != 0 ]
		head -n 1 tiny.out tiny.err | grep -qE -e 'REJECTED not-built ' \
		    -e 'REJECTED (alg|hash)-not-allowed ' \
		    -e 'REJECTED envelope-tag ' \
		    -e 'this build cannot compute its hash' \
		    -e 'not usable as an anchor' -e 'is too large' || {
			cat "$dir/expect" whole.out tiny.out
			return 1
		}
	done
	echo "$count alike"
	[ "$count" -ge 200 ]
}

@test "a signer whose chain needs what it leaves out is refused" {
	leaf a.csr root p.pem 'keyUsage = critical, digitalSignature' \
	    'certificatePolicies = 1.2.3.4'
	devsign sign --force -k file:a.key -c p.pem data
	run -0 devverify-lab file -a root.der data
	has 'policies: 1.2.3.4'
	run -1 "${FILE[@]}" data
	first_line 'data: REJECTED not-built at certificate 0 certificatePolicies .*'
}

@test "what is demanded of the artefact" {
	devsign sign --force -k file:a.key -c a.pem \
	    --artefact-version 1.4.0 --content-type application/x-firmware \
	    --device gw-7 --model gw data
	local D=(--min-version 1.4.0 --type application/x-firmware
	    --device=gw-7 --model gw)
	alike 0 file -a root.der "${D[@]}" data
	alike 1 file -a root.der "${D[@]/1.4.0/1.4.1}" data
	grep -q 'REJECTED version-too-old at envelope swversion' tiny.out
	alike 1 file -a root.der "${D[@]/gw-7/gw-8}" data
	grep -q 'REJECTED claim-not-as-demanded at envelope device' tiny.out
	alike 1 file -a root.der --model gw- data
	alike 1 file -a root.der --type text/plain data
	alike 1 file -a root.der --min-version 7 data
	grep -q 'REJECTED version-not-comparable' tiny.out
	usage 'option --min-version: "1.x" is not a version' \
	    file -a root.der --min-version 1.x data
}

@test "names that are hostile are shown as they are by the whole program" {
	local name
	for name in $'good: ACCEPTED until 2999\n\e[2J' 'a\b:' $'\xff\xe2\x80\xae' \
	    "$(printf '%0200d' 0)" 'Gerät'; do
		cp data "$name"
		cp data.cose "$name.cose"
		alike 0 file -a root.der -- "$name"
		rm "$name.cose"
		both file -a root.der -- "$name"
		[ "$whole $tiny" = '3 3' ]
		cmp <(grep 'cannot open\|no verdict' whole.err) tiny.err
	done
}

# ---- the command line ----

@test "verbs and options that it does not have are unknown" {
	local word
	usage 'no command given'
	for word in chain show anchors receipts selfcheck voucher '' -q; do
		usage "unknown command \"$word\"" "$word" data
	done
	for word in -r --revocation --manifest --embed --threshold --receipt \
	    --require --json -j -i --intermediate -o --output -p --purpose \
	    --profile --attached --list --jobs --signer-key --countersigned; do
		usage "file: unknown option $word" file -a root.der "$word" \
		    required data
	done
}

@test "options are exactly those that are stated" {
	local word
	for word in --sig --signatur --q --quiet-- --Quiet ---quiet -1 -Q; do
		usage "file: unknown option $word" file -a root.der "$word" data
	done
	usage 'file: unknown option --sig' file -a root.der --sig=secret data
	[[ $stderr != *secret* ]]
	usage 'file: unknown option --' file -a root.der --=data data
	usage 'file: unknown option -x' file -a root.der -qx data
	usage 'file: option --quiet is given twice' file -a root.der -qq data
	usage 'file: option --signature needs a value' file data -qs
	for word in s signature t time min-version type device model; do
		[ ${#word} = 1 ] && word=-$word || word=--$word
		run -2 "${FILE[@]}" data "$word"
		has 'needs a value'
		run -2 "${FILE[@]}" data "$word" ''
		has 'has an empty value'
		run -2 "${FILE[@]}" "$word" @9 "$word" @9 data
		has 'is given twice'
	done
	for word in signature time min-version type device model; do
		run -2 "${FILE[@]}" "--$word=" data
		has 'has an empty value'
		run -2 "${FILE[@]}" "--$word=@9" "--$word" @9 data
		has 'is given twice'
	done
	usage 'file: option --quiet takes no value' file --quiet= data
	usage 'file: option --quiet takes no value' file --quiet=yes data
	usage 'file: option --quiet is given twice' file -q --quiet data
	usage 'file: option --anchor is given twice' file -a root.der \
	    --anchor=root.der data
	# a value is what follows, whatever it looks like
	none '--quiet: cannot open' "${FILE[@]}" -s --quiet data
	none '--: cannot open' "${FILE[@]}" -s -- data
	run -0 "${FILE[@]}" --signature=data.cose data
	run -0 "${FILE[@]}" data -s data.cose
	alike 0 file -aroot.der -sdata.cose data
	alike 0 file -qsdata.cose -aroot.der data
	alike 0 file data -qa root.der -s data.cose
	cp data -- -data
	run -0 "${FILE[@]}" -s data.cose -- -data
	usage 'file: unknown option -d' file -a root.der -s data.cose -data
	usage 'file: -q is one too many' file -a root.der -- data -q
}

@test "times that are none" {
	local at
	for at in '' ' ' yesterday 2026-03-01 2026-02-30T00:00:00Z @ @x @-1x \
	    @99999999999999999999 2026-03-01T00:00:00 nowx; do
		run -2 "${FILE[@]}" -t "$at" data
		has_not ACCEPTED
	done
	usage 'option -t (--time): "@x" is not a time' file -t @x data
}

@test "one file, once" {
	usage 'file: FILE is missing' file -a root.der
	usage 'file: FILE is missing' file -a root.der --
	usage 'file: data is one too many' file -a root.der data data
	usage 'file: a name is empty' file -a root.der ''
	usage 'file: standard input has no envelope beside it' file -a root.der -
	usage 'file: standard input (-) can be named only once' \
	    file -a root.der -s - -
}

@test "help and version, and no question is asked" {
	local word
	for word in help --help -h; do
		run -0 "$TINY" "$word"
		first_line 'usage: devverify-lab file \[-a FILE\] .* \[-V\] FILE'
		run -0 "$TINY" file "--${word#--}" data data || [ "$word" = -h ]
	done
	run -0 "$TINY" file -h -x
	has ' [-t TIME] [-s FILE] [--min-version VERSION] [--type TYPE]'
	has 'exit status: 0 yes or done, 1 no, 2 wrong'
	[ "$("$TINY" --version)" = "$(devverify-lab --version)" ]
	[ "$("$TINY" -V)" = "$("$TINY" file -V data data)" ]
}

# ---- files ----

@test "the file or its envelope cannot be read: no verdict" {
	none 'missing.cose: cannot open: No such file or directory' \
	    "${FILE[@]}" missing
	none 'no verdict for missing' "${FILE[@]}" missing
	none 'data.cose.cose: cannot open' "${FILE[@]}" data.cose
	none 'other: cannot open' "${FILE[@]}" -s other data
	none 'missing: cannot open' "${FILE[@]}" -s data.cose missing
	none 'data/x: cannot open: error 20' "${FILE[@]}" -s data.cose data/x
	none ': is a directory, wanted a file' "${FILE[@]}" -s . data
	none ': is a directory, wanted a file' "${FILE[@]}" -s data.cose .
	ln -s loop loop
	none 'loop: cannot open: Symbolic link loop' \
	    "${FILE[@]}" -s data.cose loop
	none 'the path is too long' "${FILE[@]}" "$(printf '%04095d' 0)"
	none 'the path is too long' "${FILE[@]}" "$(printf '%04091d' 0)"
	none 'cannot open: error 36' "${FILE[@]}" "$(printf '%04090d' 0)"
	none 'data.pem: cannot open' "$TINY" file -a data.pem data
	none 'data: not usable as an anchor' "$TINY" file -a data.cose data ||
	    none 'data.cose: not usable as an anchor' \
	        "$TINY" file -a data.cose data
	chmod 0 data
	[ -r data ] || none 'data: cannot open: Permission denied' \
	    "${FILE[@]}" data
}

@test "an envelope that is empty, cut or too large" {
	: >empty
	alike 1 file -a root.der -s empty data
	alike 1 file -a root.der -s data data
	head -c 500 data.cose >half
	alike 1 file -a root.der -s half data
	grep -q 'REJECTED cbor-truncated at envelope' tiny.out
	head -c 262144 /dev/zero >large
	run -1 "${FILE[@]}" -s large data
	printf x >>large
	none 'large: is too large' "${FILE[@]}" -s large data
	none 'standard input: is too large' "${FILE[@]}" -s - data </dev/zero
	: >none
	alike 1 file -a root.der -s data.cose none
	grep -q 'REJECTED artefact-mismatch' tiny.out
}

@test "from standard input and pipes, in pieces" {
	run -0 "${FILE[@]}" -s data.cose - <data
	run -0 "${FILE[@]}" -s data.cose - < <(head -c 50000 data; sleep 0.2
		tail -c 50000 data)
	first_line '\(standard input\): ACCEPTED until .*'
	run -0 "${FILE[@]}" -s - data < <(head -c 100 data.cose; sleep 0.2
		tail -c +101 data.cose)
	run -0 "${FILE[@]}" -s <(cat data.cose) <(cat data)
	mkfifo fifo
	cat data >fifo 3>&- &
	run -0 "${FILE[@]}" -s data.cose fifo
	run -1 "${FILE[@]}" -s data.cose - </dev/null
	has 'REJECTED artefact-mismatch'
	# a link to it is the file, as for the whole program
	ln -s data link
	alike 0 file -a root.der -s data.cose link
}

# while_read CHANGE: the file is changed behind the second read of it
while_read() {
	local job state=
	cp data again
	strace -o trace -P again -e trace=read \
	    -e inject=read:signal=STOP:when=2 "${FILE[@]}" -s data.cose again \
	    >out 2>err 3>&- &
	job=$!
	until [ "$state" = T ] || [ "$state" = t ]; do
		sleep 0.05
		kill -0 "$job"
		pid=$(pgrep -P "$job" || :)
		[ -z "$pid" ] || state=$(sed 's/.*) \(.\).*/\1/' "/proc/$pid/stat")
		grep -q SIGSTOP trace || state=
	done
	eval "$1"
	kill -CONT "$pid"
	status=0
	wait "$job" || status=$?
	output=$(cat out err)
}

@test "a file that changes while it is read has no verdict" {
	strace -o /dev/null true || skip 'no strace here'
	while_read :
	[ "$status" = 0 ]
	for change in 'printf x >>again' 'truncate -s 50000 again' \
	    'truncate -s 100 again' 'printf x | dd of=again conv=notrunc' \
	    'head -c 1000000 /dev/zero >>again' 'touch -d @1 again' \
	    'cp data new; mv new again' 'rm again'; do
		while_read "$change"
		[ "$status" = 3 ]
		has 'while it was read'
		has 'no verdict for again'
		has_not ACCEPTED
	done
}

@test "a system call that fails is no verdict" {
	strace -o /dev/null true || skip 'no strace here'
	for fault in read:error=EIO:when=1 read:error=EIO:when=2 \
	    read:error=EIO:when=3 fstat:error=EIO:when=1 \
	    fstat:error=EIO:when=2 fstat:error=EIO:when=3 \
	    clock_gettime:error=EINVAL; do
		run -3 strace -o /dev/null -e inject="$fault" \
		    "$TINY" file -s data.cose data
		has_not ACCEPTED
	done
	none 'I/O error' strace -o /dev/null -e inject=read:error=EIO:when=2 \
	    "${FILE[@]}" data
	# interrupted reads are begun again
	run -0 strace -o /dev/null -e inject=read:error=EINTR:when=1+2 \
	    "${FILE[@]}" data
}

@test "what cannot be written was not said" {
	run -3 bash -c '"$@" >/dev/full' - "${FILE[@]}" data
	has 'standard output: cannot write: No space left on device'
	run -3 bash -c '"$@" >/dev/full' - "${FILE[@]}" -t @1 data
	run -3 bash -c '"$@" >/dev/full' - "$TINY" --help
	run -3 bash -c '"$@" >/dev/full' - "$TINY" --version
	run -3 bash -c '"$@" >&-' - "${FILE[@]}" data
	has 'standard output: cannot write: error 9'
	run -3 bash -c '"$@" >&- 2>&-' - "${FILE[@]}" data
	run -3 bash -c '"$@" >&- <&-' - "${FILE[@]}" data
	run -0 bash -c '"$@" <&- 2>&-' - "${FILE[@]}" data
	run -0 bash -c '"$@" >&-' - "${FILE[@]}" -q data
	run -1 bash -c '"$@" >&-' - "${FILE[@]}" -q -t @1 data
	run -3 bash -c '"$@" <&-' - "${FILE[@]}" -s data.cose -
	run -3 bash -c '"$@" <&-' - "${FILE[@]}" -s - data
	run -2 bash -c '"$@" 2>/dev/full' - "$TINY"
	# a reader that went away
	run -3 python3 -c 'import os, subprocess, sys
r, w = os.pipe()
os.close(r)
sys.exit(subprocess.run(sys.argv[1:], stdout=w).returncode)' "${FILE[@]}" data
	# nothing was written into what was read
	cmp data "$BATS_FILE_TMPDIR/data"
	cmp data.cose "$BATS_FILE_TMPDIR/data.cose"
}

@test "300 MB in less than 1 MB" {
	truncate -s 300M data
	run -1 bash -c 'ulimit -v 1000 && "$@"' - "${FILE[@]}" data
	has 'REJECTED artefact-mismatch'
}

# ---- trust ----

# options FILE [FLAG]...: names of the options in a verb's table
options() {
	gcc -E -P -I"$TOP/include" -I"$TOP/verify" "${@:2}" "$1" |
	    grep -o '\.name = "[a-z-]*"' || :
}

@test "no verb takes a CRL or is asked for one where none is read" {
	local file count=0
	for file in "$TOP"/verify/cmd_*.c; do
		options "$file" >with
		options "$file" -DDV_NO_CRL >without
		run ! grep -e '"crl"' -e '"revocation"' without
		! grep -q '"crl"' with || count=$((count + 1))
	done
	[ "$count" -ge 3 ]
}

@test "no verb takes a profile where there is one alone" {
	local file count=0
	for file in "$TOP"/verify/cmd_*.c; do
		options "$file" >with
		options "$file" -DDV_NO_PATH >without
		run ! grep '"profile"' without
		diff <(grep -v '"profile"' with) without
		! grep -q '"profile"' with || count=$((count + 1))
	done
	[ "$count" -ge 4 ]
}

@test "the production program trusts what it was built with, and nothing else" {
	run -2 "$BIN/tiny/devverify" file -a root.der data
	has 'devverify: file: unknown option -a'
	run ! "$BIN/tiny/devverify" file data
	has_not ACCEPTED
	has_not lab
}

@test "the production program accepts by the roots that it was built with" {
	pki-init anchors -o anchors.c root.crt
	make -s -C "$TOP" BUILD="$PWD/build" SAN= devverify-tiny \
	    DEPS="$TOP/build/deps" ANCHORS="$PWD/anchors.c" 2>&1
	TINY=$PWD/build/tiny/devverify
	run -0 "$TINY" file data
	first_line 'data: ACCEPTED until .*'
	has_not lab
	run -2 "$TINY" file -a root.der data
	run -1 "$TINY" file -t @1 data
	ca other "/CN=Root"
	leaf a.csr other b.pem
	devsign sign --force -k file:a.key -c b.pem data
	run -1 "$TINY" file data
	first_line 'data: REJECTED signature-invalid at certificate 0 .*'
	run -0 devverify-lab file -a other.crt data
}
