#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The small static program with what a device asks, which has its own functions
# in place of libc's: it says what the whole program says, to the octet, and what
# could not be written was not said.

bats_require_minimum_version 1.5.0
load helpers

setup() {
	find_programs
	cd "$BATS_TEST_TMPDIR"
	SMALL=$BIN/small/devverify-lab
	PRINTS=$BIN/small/tests/prints
	[ -x "$SMALL" ] && [ -x "$PRINTS" ] || skip 'needs: make reduced'
	VECTOR=$TOP/vectors/sign1/accepted--es256
	FILE=(file -a "$VECTOR/anchor1.der" -s "$VECTOR/envelope.cose"
	    -t 2026-06-01T00:00:00Z)
}

# both ARGUMENT...: by the whole program and the small one, into whole.* and
# small.*; sets $whole and $small
both() {
	whole=0 small=0
	"$BIN/devverify-lab" "$@" >whole.out 2>whole.err || whole=$?
	"$SMALL" "$@" >small.out 2>small.err || small=$?
}

# alike STATUS ARGUMENT...: both say so, in the same words
alike() {
	local wanted=$1
	shift
	both "$@"
	[ "$whole $small" = "$wanted $wanted" ]
	cmp whole.out small.out
	cmp whole.err small.err
}

# vector ARGUMENT...: the same words, or it lacks a part or an algorithm
vector() {
	both "$@"
	if [ "$whole" = "$small" ] && cmp -s whole.out small.out &&
	    cmp -s whole.err small.err; then
		count=$((count + 1))
		return
	fi
	[ "$small" != 0 ]
	cat small.out small.err |
	    grep -qE 'not-built|(REJECTED |"reason":")(envelope-tag|alg-not-allowed)' || {
		printf '%s\n' "$*"
		diff whole.out small.out
		diff whole.err small.err
		return 1
	}
}

@test "every vector of chains and envelopes in the same words" {
	local count=0 dir at options
	for dir in "$TOP"/vectors/sign1/*/ "$TOP"/vectors/chain/*/; do
		[ -e "$dir/anchor1.der" ] || continue
		at=$(sed -n 's/^time=//p' "$dir/expect")
		options=(-t "$at")
		for f in "$dir"/anchor*.der; do options+=(-a "$f"); done
		for f in "$dir"/i[0-9]*.der; do
			[ ! -e "$f" ] || options+=(-i "$f")
		done
		for f in "$dir"/crl*.der; do
			[ ! -e "$f" ] || options+=(-r "$f")
		done
		[ $((count % 2)) = 0 ] || options+=(--json)
		if [ -e "$dir/leaf.der" ]; then
			vector chain "${options[@]}" "$dir/leaf.der"
		else
			vector file "${options[@]}" -s "$dir/envelope.cose" \
			    "$dir/artefact"
		fi
	done
	echo "$count alike"
	[ "$count" -ge 1000 ]
}

# Instructions that read or compare the guard; 44 are those of uint8_t alone.
@test "the buffers of texts have a guard of the stack" {
	case $(uname -m) in
	x86_64) ;;
	*) skip 'the guard is looked for as x86-64 has it' ;;
	esac
	[ "$(objdump -d "$SMALL" | grep -c '%fs:0x28')" -ge 100 ]
	[ "$(objdump -d "$BIN/tiny/devverify" | grep -c '%fs:0x28')" -ge 20 ]
}

@test "usage, help and what cannot be read in the same words" {
	alike 2
	alike 2 fil
	alike 2 file
	alike 2 file --nonsense x
	alike 2 "${FILE[@]}" -t yesterday x
	alike 3 "${FILE[@]}" missing
	alike 3 file -a missing x
	alike 0 --version
	alike 0 anchors
	alike 0 anchors --json
	alike 1 "${FILE[@]}" "$VECTOR/anchor1.der"
}

@test "an artefact is written where it is to be" {
	local v=$TOP/vectors/sign1/accepted--attached
	local A=(file -a "$v/anchor1.der" -t 2026-06-01T00:00:00Z --attached
	    "$v/envelope.cose" -o)
	mkdir dir dir/dir
	"$BIN/devverify-lab" "${A[@]}" wanted
	for file in out dir/out dir/dir/out "$PWD/dir/whole"; do
		run -0 "$SMALL" "${A[@]}" "$file"
		cmp wanted "$file"
		alike 3 "${A[@]}" "$file"
	done
	alike 0 "${A[@]}" - -q
	cmp wanted small.out
	alike 3 "${A[@]}" none/out
	alike 3 "${A[@]}" dir
	alike 3 "${A[@]}" /dev/full
	run -3 bash -c '"$@" >/dev/full' - "$SMALL" "${A[@]}" - -q
	has 'No space left on device'
}

# ---- what is printed ----

# libc's is the other side: that of the whole program's build
@test "strings end where libc's do, and every function returns the same" {
	for way in all flood errors; do
		run -0 --separate-stderr "$PRINTS" "$way"
		"$BIN/tests/prints" "$way" >wanted.out 2>wanted.err
		"$PRINTS" "$way" >found.out 2>found.err
		cmp wanted.out found.out
		cmp wanted.err found.err
	done
	[ "$(stat -c %s found.err)" -gt 1000 ]
}

# faulty FAULT WAY: the faults in its writes, as strace has them; into out, err
# and trace, and $status
faulty() {
	status=0
	strace -o trace -e trace=write -e inject="write:$1" "$PRINTS" "$2" \
	    >out 2>err || status=$?
}

@test "a line of errors is one write, and output is written in large pieces" {
	strace -o /dev/null true || skip 'no strace here'
	strace -o trace -e trace=write "$PRINTS" errors 2>err
	[ "$(grep -c '^write(2' trace)" = 3 ]
	[ "$(grep -c '^write' trace)" = 3 ]
	strace -o trace -e trace=write "$PRINTS" flood >out
	[ "$(grep -c '^write(1' trace)" = \
	    $((($(stat -c %s out) + 1023) / 1024)) ]
}

@test "to a terminal, every line when it ends" {
	strace -o /dev/null true || skip 'no strace here'
	run -0 script -qec "strace -o trace -e trace=write $PRINTS flood" /dev/null
	[ "$(grep -c '^write(1.*\\n", ' trace)" -gt 5000 ]
	[ "$(grep '^write(1' trace | head -n 1)" = \
	    'write(1, "0 printf\n", 9)               = 9' ]
}

@test "writes that are short or interrupted go on" {
	strace -o /dev/null true || skip 'no strace here'
	"$PRINTS" flood >whole
	faulty error=EINTR:when=1+3 flood
	[ "$status" = 0 ]
	cmp whole out
	grep -q EINTR trace
	# it is told that five were written, which were not
	faulty retval=5:when=1 flood
	[ "$status" = 0 ]
	cmp <(tail -c +6 whole) out
	faulty retval=1:when=3 flood
	[ "$status" = 0 ]
	cmp <(head -c 2048 whole; tail -c +2050 whole) out
}

@test "after a failed write nothing follows, and it is told" {
	strace -o /dev/null true || skip 'no strace here'
	"$PRINTS" flood >whole
	faulty error=EIO:when=2 flood
	[ "$status" = 3 ]
	cmp <(head -c 1024 whole) out
	[ "$(cat err)" = 'failed 1, flushed -1, error 5' ]
	faulty retval=0:when=1 flood
	[ "$status" = 3 ]
	[ ! -s out ]
	[ "$(cat err)" = 'failed 1, flushed -1, error 28' ]
	# the last piece
	faulty error=EIO:when=$((($(stat -c %s whole) + 1023) / 1024)) flood
	[ "$status" = 3 ]
	[ "$(cat err)" = 'failed 0, flushed -1, error 5' ]
}

@test "a full disk, a closed descriptor, a reader that went away" {
	for way in all flood; do
		run -3 bash -c '"$@" >/dev/full' - "$PRINTS" "$way"
		has 'flushed -1, error 28'
		run -3 bash -c '"$@" >&-' - "$PRINTS" "$way"
		has 'flushed -1, error 9'
	done
	run -3 bash -c '"$@" >/dev/full' - "$PRINTS" failing
	first_line '-1 -1 -1 -1 -1 0'
	# what goes wrong with standard error is not told of the other
	run -0 bash -c '"$@" 2>/dev/full' - "$PRINTS" errors
	run -0 bash -c '"$@" 2>&-' - "$PRINTS" errors
	run -3 bash -c '"$@" >/dev/full' - "$SMALL" "${FILE[@]}" "$VECTOR/artefact"
	has 'standard output: cannot write: No space left on device'
	run -3 bash -c '"$@" >/dev/full' - "$SMALL" file --help
	has 'standard output: cannot write: No space left on device'
	run -3 bash -c '"$@" >&-' - "$SMALL" "${FILE[@]}" "$VECTOR/artefact"
	has 'standard output: cannot write: error 9'
	run -3 bash -c '"$@" >&- 2>&-' - "$SMALL" "${FILE[@]}" "$VECTOR/artefact"
	run -2 bash -c '"$@" 2>/dev/full' - "$SMALL"
	run -3 python3 -c 'import os, subprocess, sys
r, w = os.pipe()
os.close(r)
sys.exit(subprocess.run(sys.argv[1:], stdout=w).returncode)' \
	    "$SMALL" "${FILE[@]}" "$VECTOR/artefact"
	has 'standard output: cannot write: error 32'
}
