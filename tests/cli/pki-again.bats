#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Asking a CA again: after success, after a crash at any point, and many at
# once. No serial number twice, no certificate that is not on record.

bats_require_minimum_version 1.5.0
load pki.bash

# killed_after MICROSECONDS COMMAND...: gone when this returns
killed_after() {
	local pid delay
	delay=$(printf '%d.%06d' $(($1 / 1000000)) $(($1 % 1000000)))
	shift
	"$@" > /dev/null 2>&1 &
	pid=$!
	sleep "$delay"
	kill -9 "$pid" 2>/dev/null || true
	wait "$pid" 2>/dev/null || true
}

@test "the same request gives the same certificate" {
	issue idevid unit
	cp unit.pem first.pem
	run -0 issue idevid unit
	says 'unit.pem: on record as idevid "serialNumber=unit-1,O=Example"'
	says "until 9999-12-31T23:59:59Z (its CA until "
	cmp unit.pem first.pem
	pki-issue device -d factory -p idevid -o other.pem unit.csr
	cmp other.pem first.pem
	[ "$(ledger factory 'select count(*) from issued')" = 1 ]
}

@test "one key has one name and one use" {
	issue idevid unit
	run -1 issue device-client unit -n "CN=x"
	says "this key has a certificate already, as "
	says "with profile idevid"
	run -1 pki-issue device -d factory -p idevid -n "serialNumber=other" unit.csr
	says "this key has a certificate already"
	run -1 pki-issue device -d factory -p idevid \
	    --not-after 2030-01-01T00:00:00Z unit.csr
	says "ends at 9999-12-31T23:59:59Z"
}

@test "one IDevID name is not given to two keys" {
	issue idevid unit
	csr twin "/O=Example/serialNumber=UNIT-1"
	run -1 issue idevid twin
	says "has a certificate with profile idevid already, for another key"
	[ ! -e twin.pem ]
}

@test "a file that is there is not overwritten" {
	echo precious > unit.pem
	run -3 issue idevid unit
	says "unit.pem"
	[ "$(cat unit.pem)" = precious ]
	run -3 pki-issue device -d factory -p idevid -o unit.csr unit.csr
	openssl req -in unit.csr -noout -verify
}

@test "ten processes at once: no serial twice, one key one certificate" {
	local i
	for i in {1..10}; do csr "u$i" "/serialNumber=$i"; done
	for i in {1..10}; do
		issue idevid "u$i" > /dev/null &
		pki-issue device -d factory -p idevid -o "same$i.pem" unit.csr &
	done
	wait
	for i in {1..10}; do
		openssl x509 -in "u$i.pem" -noout -serial >> serials
		cmp "same$i.pem" same1.pem
	done
	[ "$(sort -u serials | wc -l)" = 10 ]
	[ "$(ledger factory 'select count(*) from issued')" = 11 ]
}

@test "killed at any moment: no serial twice, asking again gives the same" {
	local i began span
	began=$(date +%s%N)
	issue idevid unit
	span=$((($(date +%s%N) - began) / 1000))
	for i in {1..40}; do
		csr "k$i" "/serialNumber=k$i"
		killed_after $((span * i / 40)) \
		    pki-issue device -d factory -p idevid -o "k$i.pem" "k$i.csr"
		[ ! -e "k$i.pem" ] || cp "k$i.pem" "k$i.before"
	done
	ledger factory "select '# killed runs on record:', count(*) from issued" >&3
	for i in {1..40}; do
		issue idevid "k$i"
		[ ! -e "k$i.before" ] || cmp "k$i.pem" "k$i.before"
		openssl x509 -in "k$i.pem" -noout -serial >> serials
	done
	[ "$(sort -u serials | wc -l)" = 40 ]
	[ "$(ledger factory 'select count(*) from issued')" = 41 ]
	[ "$(ledger factory "select count(*) from issued where state <> 'issued'")" = 0 ]
	pki-init check -d factory
}

# hurt CALL N FAULT: unit.csr to unit.pem, FAULT at the N-th such system call;
# then again without. A certificate that left is on record; the answer stays.
hurt() {
	rm -rf factory unit.pem before.pem
	cp -a "$SHARED/factory" .
	strace -qq -f -o /dev/null -e trace="$1" -e "inject=$1:$3:when=$2" \
	    pki-issue device -d factory -p idevid -o unit.pem unit.csr \
	    > /dev/null 2>&1 || true
	if [ -e unit.pem ]; then
		cp unit.pem before.pem
		[ "$(ledger factory 'select state from issued')" = issued ]
	fi
	issue idevid unit > /dev/null
	[ ! -e before.pem ] || cmp unit.pem before.pem
	[ "$(ledger factory 'select count(*), state from issued')" = "1 issued" ]
}

@test "hurt at each system call: dead, disk full, disk broken" {
	strace -o /dev/null true || skip "no strace here"
	export ASAN_OPTIONS=detect_leaks=0
	local call n count all=0
	strace -f -o calls pki-issue device -d factory -p idevid -o unit.pem \
	    unit.csr
	for call in pwrite64 write fdatasync fsync ftruncate link unlink; do
		count=$(grep -cE "^[0-9]+ +$call\(" calls || true)
		for ((n = 1; n <= count; n++)); do
			hurt "$call" "$n" signal=KILL
			hurt "$call" "$n" error=ENOSPC
			all=$((all + 2))
			[[ $call != f* ]] || hurt "$call" "$n" error=EIO
		done
	done
	[ "$all" -gt 50 ]
}

@test "pki-init killed at any moment is finished by the same command" {
	local i began span
	began=$(date +%s%N)
	pki-init intermediate -d i0 --issuer root -n "CN=I0" --no-passphrase
	span=$((($(date +%s%N) - began) / 1000))
	for i in {1..20}; do
		killed_after $((span * i / 20)) pki-init intermediate -d "i$i" \
		    --issuer root -n "CN=I$i" --no-passphrase
		[ -e "i$i" ] || pki-init intermediate -d "i$i" --issuer root \
		    -n "CN=I$i" --no-passphrase
		[ ! -e "i$i.partial" ]
		pki-init check -d "i$i"
	done
	# the factory of setup, and 21 here
	[ "$(ledger root "select count(*) from issued where profile = 'intermediate'")" = 22 ]
}

@test "an unfinished CA is not finished under another name" {
	mkdir r2.partial
	cp root/ca.key r2.partial/
	cp root/ledger.db root/audit.log r2.partial/
	run -1 pki-init root -d r2 -n "CN=Other" --no-passphrase
	says "this key has a certificate already"
	[ -e r2.partial/ca.key ]
	pki-init root -d r2 -n "CN=Test Root,O=Example" --no-passphrase
	cmp r2/ca.crt root/ca.crt
}
