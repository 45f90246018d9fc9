#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Chains of three beside OpenSSL's X509_verify_cert(), in one process, for each
# type of key; and CHAINS (default 100000) chains of a list, judged by one
# process and by two, in turn, LIST_ROUNDS times (default 3).
set -eu
. "$(dirname "$0")/lib.sh"
chains=${CHAINS:-100000}
tool cold "${HOSTCC:-gcc}"

"$BUILD/tests/bench_chain" >kinds
while read -r kind us ratio peer; do
	case $kind in
	P-256) goal='ratio >= 1.3' ;;
	P-384) goal='ratio >= 2.5' ;;
	*) goal= ;;
	esac
	row "warm chain of three, $kind" "$us" us X509_verify_cert "$ratio" \
	    ${goal:+"$goal"}
	echo "  $kind: X509_verify_cert $peer us"
done <kinds

mkdir chains
"$BUILD/tests/bench_chain" write chains "$chains"
find chains -type f | sort >list
judge="devverify-lab chain -q -a root.pem --list list --jobs"
# shellcheck disable=SC2086 # words
./cold -w raw "${LIST_ROUNDS:-3}" one $judge 1 -- two $judge 2 | sed 's/^/  /'
paired raw "list of $chains chains, --jobs 1" ms one none
paired raw "list of $chains chains, --jobs 2" ms two one 'ratio <= 0.67'
