#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Issuing while the machine fails: killed, full, read-only, with another time of
# day, with two operators, with yesterday's ledger. Nothing is lost, nothing is
# issued twice, and the words are plain. FAULT_STEP=1 tries every system call of
# a batch; the default, some of them.

bats_require_minimum_version 1.5.0
load pki.bash

setup_file() {
	local build=${BUILD:-build} top
	top=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	[[ $build == /* ]] || build=$top/$build
	export TOP=$top
	export PATH=$build:$build/tests:$PATH
	export SHIM=$build/tests/clock_shim.so
	export SHARED=$BATS_FILE_TMPDIR
	umask 077
	cd "$SHARED"
	pki-init root -d root -n "CN=Test Root,O=Example" --no-passphrase
	pki-init intermediate -d factory --issuer root \
	    -n "CN=Test Factory,O=Example" --no-passphrase
	csr unit "/O=Example/serialNumber=unit-1"
	mkdir requests
	local i
	for i in a b c; do
		csr "requests/lot-$i" "/serialNumber=lot-$i"
	done
	pki-init authorise -d root --for factory/ca.crt --batch lot-1 \
	    --quantity 3 --expires 2046-01-01T00:00:00Z -p idevid -o lot-1.auth
	printf 'id\nlot-a\nlot-b\nlot-c\n' >list.csv
	fault_at kill 0 calls true || [ $? != 77 ] || touch no-ptrace
}

setup() {
	umask 077
	cd "$BATS_TEST_TMPDIR"
	cp -a "$SHARED/." .
	# What looks for leaks cannot be traced, nor stand behind the clock's shim.
	export ASAN_OPTIONS=detect_leaks=0:verify_asan_link_order=0
}

# at HOW N COMMAND...: as run, with this fault at the N-th call; calls has their
# number.
at() {
	[ ! -e no-ptrace ] || skip 'this machine lets no process be traced'
	run fault_at "$1" "$2" calls "${@:3}"
}

device() { pki-issue device -d factory -p idevid -o unit.pem unit.csr; }

batch() {
	pki-issue batch -d factory --authorisation lot-1.auth --list list.csv \
	    --requests requests -o out
}

# the same, to be given to another program
device=(pki-issue device -d factory -p idevid -o unit.pem unit.csr)
batch=(pki-issue batch -d factory --authorisation lot-1.auth --list list.csv
    --requests requests -o out)

afresh() {
	rm -rf factory out unit.pem
	cp -a "$SHARED/factory" .
}

# whole N: the ledger has so many certificates, each once, and all agree
whole() {
	pki-audit verify -d factory >verified
	[ "$(ledger factory 'SELECT count(*), count(DISTINCT serial), count(DISTINCT device) FROM issued')" = "$1 $1 $1" ]
}

# handed_out: what a kill has left of the answer is what the ledger has
handed_out() {
	local f
	for f in unit.pem out/devices/*/cert.pem; do
		[ ! -e "$f" ] || pki-audit verify -d factory "$f" >verified
	done
}

# finish N COMMAND...: audit, the same command once more, audit
finish() {
	pki-audit verify -d factory >verified
	handed_out
	"${@:2}" >again
	whole "$1"
}

# ---- killed ----------------------------------------------------------------

@test "killed at system calls all over it, pki-issue device loses and doubles nothing" {
	local n count
	at kill 0 "${device[@]}"
	[ "$status" = 0 ]
	count=$(cat calls)
	[ "$count" -gt 40 ]
	for ((n = 1; n <= count; n += ${FAULT_STEP:-3})); do
		afresh
		at kill "$n" "${device[@]}"
		[ "$status" = 137 ]
		finish 1 device
		[ "$(wc -l <factory/audit.log)" = 2 ]
	done
	openssl verify -CAfile root/ca.crt -untrusted factory/ca.crt unit.pem
}

@test "killed at system calls all over it, pki-issue batch loses and doubles nothing" {
	local n count
	at kill 0 "${batch[@]}"
	[ "$status" = 0 ]
	count=$(cat calls)
	[ "$count" -gt 100 ]
	for ((n = 1; n <= count; n += ${FAULT_STEP:-8})); do
		afresh
		at kill "$n" "${batch[@]}"
		[ "$status" = 137 ]
		finish 3 batch
		[ "$(cut -d' ' -f4 factory/audit.log | tr '\n' ' ')" = "begin batch-open batch-issue " ]
		[ "$(ls out/devices | tr '\n' ' ')" = "lot-a lot-b lot-c " ]
	done
}

@test "killed at system calls all over it, pki-init root is finished by asking again" {
	local n count
	local -a make=(pki-init root -d fresh -n "CN=Fresh" --no-passphrase)
	at kill 0 "${make[@]}"
	[ "$status" = 0 ]
	count=$(cat calls)
	for ((n = 1; n <= count; n += ${FAULT_STEP:-12})); do
		rm -rf fresh fresh.partial
		at kill "$n" "${make[@]}"
		[ "$status" = 137 ]
		[ -e fresh ] || "${make[@]}"
		run -0 pki-audit verify -d fresh
		says "1 certificates"
	done
}

# ---- a disk that is full, or cannot be written ------------------------------

# disk HOW WORDS: from every so many-th call on
disk() {
	local n count
	at kill 0 "${device[@]}"
	count=$(cat calls)
	for ((n = 1; n <= count; n += ${FAULT_STEP:-6})); do
		afresh
		at "$1" "$n" "${device[@]}"
		if [ "$status" = 0 ]; then
			whole 1
		else
			[ "$status" = 3 ]
			grep -qE "$2" <<<"$output"
			# what is wrong, and what to do
			[ "${#lines[@]}" = 2 ]
		fi
		finish 1 device
	done
}

@test "a disk that fills at any moment is named, and nothing is lost" {
	disk ENOSPC 'disk full|No space left|disk error'
}

@test "a disk that turns read-only at any moment is named, and nothing is lost" {
	disk EROFS 'Read-only file system|disk error|read-only'
}

@test "a batch on a disk that fills goes on when there is room" {
	local n count
	at kill 0 "${batch[@]}"
	count=$(cat calls)
	for ((n = 1; n <= count; n += 3 * ${FAULT_STEP:-8})); do
		afresh
		at ENOSPC "$n" "${batch[@]}"
		# at the very end only SQLite tidies up, and may fail to
		if [ "$status" = 0 ]; then
			whole 3
		else
			[ "$status" = 3 ]
			grep -qE 'disk full|No space left|disk error' <<<"$output"
		fi
		finish 3 batch
	done
}

# ---- the clock -------------------------------------------------------------

# shifted SECONDS COMMAND...: as run, at another time of day
shifted() {
	run env CLOCK_SHIFT="$1" LD_PRELOAD="$SHIM" "${@:2}"
}

@test "a clock that has gone back is refused; by a minute it is not" {
	shifted 40 "${device[@]}"
	[ "$status" = 0 ]
	csr next "/serialNumber=next"
	local -a next=(pki-issue device -d factory -p idevid -o next.pem next.csr)
	shifted -86400 "${next[@]}"
	[ "$status" = 3 ]
	says "pki-issue: the clock has gone back: it is "
	says "; nothing was done"
	says "set this machine's clock"
	[ ! -e next.pem ]
	whole 1
	shifted -86400 "${batch[@]}"
	[ "$status" = 3 ]
	says "the clock has gone back"
	"${next[@]}"
	whole 2
}

@test "an authorisation that has ended is not used by turning the clock back" {
	pki-init authorise -d root --for factory/ca.crt --batch lot-2 \
	    --quantity 3 --expires "@$(($(date +%s) + 3600))" -p idevid \
	    -o lot-2.auth
	shifted 7200 "${device[@]}"
	[ "$status" = 0 ]
	batch[5]=lot-2.auth
	run "${batch[@]}"
	[ "$status" = 3 ]
	says "the clock has gone back"
}

@test "pki-audit clock needs the key" {
	pki-init intermediate -d locked --issuer root -n "CN=Locked" \
	    --passphrase-fd 3 3<<<right
	run env CLOCK_SHIFT=86400 LD_PRELOAD="$SHIM" pki-issue device -d locked \
	    -p idevid -o unit.pem --passphrase-fd 3 unit.csr 3<<<right
	[ "$status" = 0 ]
	run -3 pki-audit clock -d locked --passphrase-fd 3 3<<<wrong
	says "passphrase"
	cp locked/audit.log before
	run -3 pki-audit clock -d locked --passphrase-file nowhere
	cmp locked/audit.log before
	run -0 pki-audit clock -d locked --passphrase-fd 3 \
	    --tcti swtpm:path=/nowhere 3<<<right
	tail -1 locked/audit.log | grep -q ' clock was='
	run -0 pki-audit verify -d locked
}

@test "after a clock that was ahead, pki-audit clock goes on, with the key" {
	shifted 86400 "${device[@]}"
	[ "$status" = 0 ]
	csr next "/serialNumber=next"
	local -a next=(pki-issue device -d factory -p idevid -o next.pem next.csr)
	run -3 "${next[@]}"
	says "pki-audit clock"
	run -0 pki-audit clock -d factory
	says "factory: goes on by this clock"
	"${next[@]}"
	run -0 pki-audit verify -d factory
	says "2 certificates"
	run -1 pki-audit clock -d factory
	says "the clock has not gone back"
}

# ---- people ----------------------------------------------------------------

@test "two operators at once: every device once, one log" {
	local i pids=()
	for i in 1 2 3 4 5 6 7 8; do
		csr "two-$i" "/serialNumber=two-$i"
	done
	many() {
		local j
		for j in "$@"; do
			issue idevid "two-$j" || return 1
		done
	}
	many 1 2 3 4 5 & pids+=($!)
	many 8 7 6 & pids+=($!)
	batch >batch.out & pids+=($!)
	for i in "${pids[@]}"; do
		wait "$i"
	done
	whole 11
	[ "$(cut -d' ' -f1 factory/audit.log | tr '\n' ' ')" = "$(seq -s ' ' 1 11) " ]
}

@test "two operators with one request get one certificate" {
	local i pids=()
	for i in 1 2 3 4; do
		pki-issue device -d factory -p idevid -o "$i.pem" unit.csr &
		pids+=($!)
	done
	for i in "${pids[@]}"; do
		wait "$i"
	done
	whole 1
	cmp 1.pem 2.pem
	cmp 1.pem 3.pem
	cmp 1.pem 4.pem
}

@test "with a ledger of yesterday nothing is issued" {
	cp factory/ledger.db yesterday.db
	device
	cp yesterday.db factory/ledger.db
	csr next "/serialNumber=next"
	run -1 pki-issue device -d factory -p idevid -o next.pem next.csr
	says "audit.log and the ledger do not go together"
	says "one of them was put back from a backup or changed"
	[ ! -e next.pem ]
	run -1 batch
	says "do not go together"
	[ "$(ledger factory 'SELECT count(*) FROM issued')" = 0 ]
	run -1 pki-audit verify -d factory
	says "NOT OK ledger-behind at audit.log line 2"
}

@test "a wrong passphrase says so and changes nothing" {
	echo right >right
	echo wrong >wrong
	pki-init intermediate -d locked --issuer root -n "CN=Locked" \
	    --passphrase-file right
	cp -a locked before
	run -3 pki-issue device -d locked -p idevid -o unit.pem \
	    --passphrase-file wrong unit.csr
	says "passphrase"
	[ ! -e unit.pem ]
	cmp locked/ledger.db before/ledger.db
	cmp locked/audit.log before/audit.log
	pki-issue device -d locked -p idevid -o unit.pem \
	    --passphrase-file right unit.csr
	run -0 pki-audit verify -d locked
}
