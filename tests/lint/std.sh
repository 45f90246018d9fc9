#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# One C standard for the libraries and for us: some wolfSSL structures have
# another layout under another one, and nothing would notice.
. "$(dirname "$0")/lib.sh"
found=$(${MAKE:-make} -nB V=1 BUILD="$BUILD" "$BUILD/libdv.a" "$BUILD/libds.a" \
    "$BUILD/libwolf-verify.a" "$BUILD/libwolf-full.a" 2>/dev/null </dev/null |
    grep -E -- ' -c -o ' | sed 's/.* \(-std=[^ ]*\).*/\1/; t; s/.*/none/' |
    sort | uniq -c)
[ "$(printf '%s\n' "$found" | wc -l)" = 1 ] &&
    printf '%s\n' "$found" | grep -q -- '-std=c11$' ||
	broken "not every file is compiled with -std=c11:
$found"
exit $status
