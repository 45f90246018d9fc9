#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# gcc -fanalyzer: leaks, uses after free, null pointers, descriptors.
. "$(dirname "$0")/lib.sh"
export FLAGS
c_files verify sign pki-tools | xargs -r -P 2 -n 1 sh -c '
	gcc $FLAGS -O1 -fanalyzer -fdiagnostics-path-format=none -Werror -c -o /dev/null "$1"
' analyzer || broken 'gcc -fanalyzer found something'
exit $status
