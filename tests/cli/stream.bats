#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Artefacts as streams, for the signer and the verifier: from a pipe, from a
# block device, larger than 32 bits can count, and cut while they are read.

bats_require_minimum_version 1.5.0
load ../lib/devsign.bash
load helpers.bash

setup_file() {
	programs_find
	cd "$BATS_FILE_TMPDIR"
	ca root "/CN=Root"
	devsign key create -k file:a.key --no-passphrase >/dev/null
	devsign request -k file:a.key -n CN=a -o a.csr
	leaf a.csr root a.pem
}

setup() {
	programs_find
	cd "$BATS_TEST_TMPDIR"
	cp "$BATS_FILE_TMPDIR"/* .
	S=(devsign sign -k file:a.key -c a.pem)
	V=(devverify-lab file -a root.crt)
}

@test "4 GiB and one octet: signed and accepted, counted to the last" {
	truncate -s 4294967297 big
	run -0 "${S[@]}" big
	has 'signed big (4294967297 bytes)'
	run -0 "${V[@]}" big
	has '4294967297 bytes of'
	has "$(sha256sum big | cut -d' ' -f1)"
	# the octet past 4 GiB counts
	printf x | dd of=big bs=1 seek=4294967296 conv=notrunc 2>/dev/null
	run -1 "${V[@]}" big
	first_line 'big: REJECTED artefact-mismatch .*'
}

@test "from pipes: the same digest, and no file is needed" {
	head -c 3000000 /dev/urandom >data
	"${S[@]}" --name data -o data.cose - < <(cat data)
	"${V[@]}" -s data.cose - < <(cat data)
	"${V[@]}" data
	# a pipe that comes in pieces, and a named one
	mkfifo fifo
	(for i in 0 1 2; do
		dd if=data bs=1000000 count=1 skip=$i status=none
		sleep 0.1
	done >fifo) 3>&- &
	"${V[@]}" -s data.cose fifo
	wait
}

@test "from a block device" {
	head -c 4194304 /dev/urandom >disk
	device=$(losetup -f --show disk) ||
	    skip 'no loop device can be set up here'
	run "${S[@]}" --name disk -o disk.cose "$device"
	signed=$status
	run "${V[@]}" -s disk.cose "$device"
	losetup -d "$device"
	[ "$signed" = 0 ]
	[ "$status" = 0 ]
	has '4194304 bytes of'
	"${V[@]}" disk
}

@test "cut while it is read: no verdict and no envelope, no signal" {
	for what in "${S[*]} big" "${V[*]} -s good.cose big"; do
		head -c 1000 /dev/zero >small
		[ -e good.cose ] || "${S[@]}" -o good.cose small
		head -c 300M /dev/zero >big
		# each read waits 5 ms, and the file is cut after some of them
		# shellcheck disable=SC2086 # several words
		strace -f -o trace -e trace=read -e inject=read:delay_exit=5000 \
		    $what >out 2>err 3>&- &
		job=$!
		sleep 1
		truncate -s 100 big
		status=0
		wait "$job" || status=$?
		cat out err
		[ "$status" = 3 ]
		grep -q 'big: changed while it was read' err
		[ ! -e big.cose ]
	done
}

@test "read ahead by a second thread, or not: the same answer" {
	# no two steps are alike, and no octet is an x
	seq 3000000 | head -c 20M >big
	run -0 "${S[@]}" big
	run -0 "${V[@]}" big
	for how in vhangup:error=EPERM clone,clone3:error=EAGAIN \
	    sched_getaffinity:error=EPERM; do
		run -0 strace -f -o trace -e inject="$how" \
		    "${V[@]}" big
		has "$(sha256sum big | cut -d' ' -f1)"
		# what cannot be read is no verdict, whoever reads
		for n in 20 35; do
			run -3 strace -f -o trace -e inject="$how" \
			    -e inject=read:error=EIO:when="$n" "${V[@]}" big
			has 'big: cannot read: Input/output error'
		done
	done
	printf x | dd of=big bs=1 seek=20971519 conv=notrunc 2>/dev/null
	run -1 "${V[@]}" big
}

@test "a device and a directory in the place of a file" {
	mkdir dir
	fails 3 "dir: is a directory" "${S[@]}" dir
	run -0 "${S[@]}" --name nothing -o null.cose /dev/null
	has '(0 bytes)'
}

@test "several files: each has its result, the largest status is the last" {
	echo a >a.bin
	echo c >c.bin
	echo precious >c.bin.cose
	name=$(printf 'bad\001name')
	echo d >"$name"
	run --separate-stderr "${S[@]}" a.bin gone.bin "$name" c.bin
	[ "$status" = 3 ]
	[ "$(grep -c signed <<<"$output")" = 1 ]
	[[ $stderr == *"gone.bin: cannot open"* ]]
	[[ $stderr == *"control character"* ]]
	[[ $stderr == *"c.bin.cose: exists already"* ]]
	"${V[@]}" -q a.bin
	run "${S[@]}" --force a.bin "$name" c.bin
	[ "$status" = 2 ]
	"${V[@]}" -q a.bin c.bin
}
