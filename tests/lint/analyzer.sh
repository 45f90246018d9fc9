#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# gcc -fanalyzer: leaks, uses after free, null pointers, descriptors.
. "$(dirname "$0")/lib.sh"
export FLAGS
# verify/host/pages.c is malloc(3): what it hands out is no leak.
c_files verify sign pki-tools | grep -v '^verify/host/pages[.]c$' | xargs -r -P 2 -n 1 sh -c '
	gcc $FLAGS -O1 -fanalyzer -fdiagnostics-path-format=none -Werror -c -o /dev/null "$1"
' analyzer || broken 'gcc -fanalyzer found something'
exit $status
