#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# How big the verifier is: text, data and bss of the static devverify and of
# the core linked into a boot loader for a Cortex-M4 (P-256 and SHA-256 only);
# of the latter also the most stack that its functions take, callers included.
# Of the loaders of docs/EMBEDDING.md, without a root: what they take of flash
# (text and data) and of RAM (data, bss and the stack set aside).
# Prints them as a table, and writes $BUILD/size.json.
set -eu
cd "$(dirname "$0")/../.."
: "${BUILD:=build}"
arm=$BUILD/cortex-m4

${MAKE:-make} -s "$arm/boot.elf" BUILD="$arm" BARE=1 VERIFY_ONLY=1 STATIC= SAN= \
    CC=arm-none-eabi-gcc AR=arm-none-eabi-ar \
    CFLAGS='-mcpu=cortex-m4 -mthumb -Os -fcallgraph-info=su' </dev/null

# numbers SIZE FILE: `text data bss`
numbers() { "$1" "$2" | awk 'NR == 2 { print $1, $2, $3 }'; }
total() { "$1" -t "$2" | awk 'END { print $1, $2, $3 }'; }

{
	echo "static-devverify $(numbers size "$BUILD/static/devverify")"
	echo "cortex-m4-boot-image $(numbers arm-none-eabi-size "$arm/boot.elf")"
	echo "cortex-m4-libdv.a $(total arm-none-eabi-size "$arm/libdv.a")"
	echo "cortex-m4-libwolf-verify.a $(total arm-none-eabi-size \
	    "$arm/libwolf-verify.a")"
	echo "cortex-m4-libcbor.a $(total arm-none-eabi-size "$arm/libcbor.a")"
	for f in m4-nocrl m4 m33-nocrl m33; do
		echo "loader-$f $(numbers arm-none-eabi-size \
		    "$BUILD/firmware/$f/loader.elf")"
	done
	tests/bench/callgraph.py arm-none-eabi-objdump dv_cert_parse \
	    dv_crl_parse dv_chain_verify dv_sign1_parse dv_sign1_verify \
	    "$arm/obj" | sed 's/^/cortex-m4-stack-/'
} >"$BUILD/size.txt"

rm -f "$BUILD/size.rows"
row() { tests/bench/rows.py add "$BUILD/size.rows" "$@"; }
row static-devverify-file "$(stat -c %s "$BUILD/static/devverify")" bytes \
    'value <= 204800'
while read -r name text data bss; do
	case $name in
	*-stack-*) row "$name" "$text" bytes && continue ;;
	loader-*)
		row "$name-flash" $((text + data)) bytes "value <= $(
		    case $name in *-nocrl) echo 24576 ;; *) echo 32768 ;; esac)"
		row "$name-ram" $((data + bss)) bytes 'value <= 8192'
		continue ;;
	cortex-m4-boot-image) row "$name-text" "$text" bytes 'value <= 32768' ;;
	*) row "$name-text" "$text" bytes ;;
	esac
	row "$name-data" "$data" bytes
	row "$name-bss" "$bss" bytes
done <"$BUILD/size.txt"
tests/bench/rows.py table "$BUILD/size.rows" "$BUILD/size.json"
