#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Every vector on another processor, by qemu's user mode: vectors.sh MACHINE CPU,
# where MACHINE is aarch64 (a build of its own) or x86_64 (the same programs).
set -eu
cd "$(dirname "$0")/../.."

skip() { printf '1..1\nok 1 - vectors # skip %s\n' "$*"; exit 0; }

command -v "qemu-$1" >/dev/null || skip "there is no qemu-$1"
case $1 in
aarch64) run=$BUILD/aarch64/tests/run_vectors ;;
x86_64)
	[ "$(uname -m)" = x86_64 ] || skip "the programs here are not for x86-64"
	run=$BUILD/tests/run_vectors
	;;
esac
exec "qemu-$1" -cpu "$2" "$run" -q vectors
