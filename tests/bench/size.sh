#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# How big the verifier is, beside its goals: text (code and constants, as size(1)
# counts them), data and bss of the static programs, most of their memory while
# they run, and the core linked into a boot loader for a Cortex-M4 (P-256 and
# SHA-256 only); of the latter also its memory, with the most stack that its
# functions take, callers included.
# Of the loaders of docs/EMBEDDING.md, without a root: what they take of flash
# (text and data; they do more than verify, the goals are of the core) and of RAM
# (data, bss and the stack set aside).
# Prints them as a table, and writes $BUILD/size.json.
set -eu
cd "$(dirname "$0")/../.."
: "${BUILD:=build}" "${MAKE:=make}" "${DEVICE_PARTS:?is what make says}"

# of_parts DIR VARIABLE...: a static devverify in $BUILD/DIR
of_parts() {
	dir=$BUILD/$1
	shift
	$MAKE -s "$dir/devverify" BUILD="$dir" STATIC=1 VERIFY_ONLY=1 SAN= \
	    CC=musl-gcc "$@" </dev/null
}
of_parts device "PARTS=$DEVICE_PARTS"
of_parts p384 'ALGS=P384 ED25519'

# arm DIR PARTS TARGET VARIABLE...: of the core for a Cortex-M4, into $BUILD/DIR
arm() {
	dir=$BUILD/$1 parts=$2 target=$3
	shift 3
	$MAKE -s "$dir/$target" BUILD="$dir" BARE=1 VERIFY_ONLY=1 STATIC= SAN= \
	    CC=arm-none-eabi-gcc AR=arm-none-eabi-gcc-ar PARTS="$parts" \
	    MAX_PATH=4 \
	    CFLAGS='-mcpu=cortex-m4 -mthumb -Os -fcallgraph-info=su' "$@" \
	    </dev/null
}
# The compiler tells the stack of a function where it compiles it, not of the
# whole program at once: that is a build of its own.
arm cortex-m4 '' boot.elf LTO=1
arm cortex-m4-crl CRL boot.elf LTO=1
arm cortex-m4-stack '' libdv.a
arm cortex-m4-stack '' libwolf-verify.a
arm cortex-m4-crl-stack CRL libdv.a
arm cortex-m4-crl-stack CRL libwolf-verify.a

work=$(mktemp -d "${TMPDIR:-/tmp}/devtrust-size.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' HUP INT TERM

# resident PROGRAM: octets in memory at most, when 1 GiB is hashed
resident() {
	rm -f "$work/in"
	mkfifo "$work/in"
	"$1" file -s vectors/sign1/accepted--claims/envelope.cose - \
	    <"$work/in" >/dev/null 2>&1 &
	pid=$!
	exec 3>"$work/in"
	head -c 1073741824 /dev/zero >&3
	awk '/^VmHWM/ { print $2 * 1024 }' "/proc/$pid/status"
	exec 3>&-
	wait "$pid" || :
}

# most DIR: octets of stack below the functions that a boot loader calls
most() {
	tests/bench/callgraph.py arm-none-eabi-objdump dv_sign1_parse \
	    dv_sign1_verify "$BUILD/$1-stack/obj" |
	    awk '$2 > most { most = $2 } END { print most }'
}
ram() {
	arm-none-eabi-size "$BUILD/$1/boot.elf" |
	    awk -v stack="$(most "$1")" 'NR == 2 { print $2 + $3 + stack }'
}

rm -f "$BUILD/size.rows"
row() { tests/bench/rows.py add "$BUILD/size.rows" "$@"; }
# elf NAME SIZE FILE GOAL: text beside its goal (- is none), data, bss
elf() {
	"$2" "$3" | awk 'NR == 2 { print $1, $2, $3 }' >"$work/elf"
	read -r text data bss <"$work/elf"
	if [ "$4" = - ]; then
		row "$1-text" "$text" bytes
	else
		row "$1-text" "$text" bytes "value <= $4"
	fi
	row "$1-data" "$data" bytes
	row "$1-bss" "$bss" bytes
}

elf static size "$BUILD/static/devverify" -
elf static-device size "$BUILD/device/devverify" 204800
elf static-p384-ed25519 size "$BUILD/p384/devverify" -
elf small size "$BUILD/small/devverify" 122880
elf tiny size "$BUILD/tiny/devverify" 49152
elf cortex-m4 arm-none-eabi-size "$BUILD/cortex-m4/boot.elf" 24576
elf cortex-m4-crl arm-none-eabi-size "$BUILD/cortex-m4-crl/boot.elf" 32768
for f in static device small tiny; do
	row "$f-resident" "$(resident "$BUILD/$f/devverify")" bytes \
	    'value <= 409600'
done
row cortex-m4-ram "$(ram cortex-m4)" bytes 'value <= 8192'
row cortex-m4-crl-ram "$(ram cortex-m4-crl)" bytes 'value <= 8192'
for f in m4-nocrl m4 m33-nocrl m33; do
	arm-none-eabi-size "$BUILD/firmware/$f/loader.elf" |
	    awk 'NR == 2 { print $1 + $2, $2 + $3 }' >"$work/elf"
	read -r flash ram <"$work/elf"
	row "loader-$f-flash" "$flash" bytes
	row "loader-$f-ram" "$ram" bytes 'value <= 8192'
done
tests/bench/callgraph.py arm-none-eabi-objdump dv_cert_parse dv_chain_verify \
    dv_sign1_parse dv_sign1_verify "$BUILD/cortex-m4-stack/obj" \
    >"$work/stack"
while read -r name stack; do
	row "cortex-m4-stack-$name" "$stack" bytes
done <"$work/stack"
tests/bench/rows.py table "$BUILD/size.rows" "$BUILD/size.json"
