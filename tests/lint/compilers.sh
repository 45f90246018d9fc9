#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Both compilers, all warnings, everything including the tests, beside the
# usual build.
. "$(dirname "$0")/lib.sh"
for cc in gcc clang; do
	# -O2 for gcc: half of its warnings come from what it learns optimising.
	${MAKE:-make} -s -j2 all tests BUILD="build/lint-$cc" CC="$cc" \
	    CFLAGS=-O2 ANCHORS= SAN= </dev/null >"$BUILD/lint-$cc.log" 2>&1 ||
		broken "$cc:" "$(grep -E -A4 'error|warning|undefined|\*\*\*' "$BUILD/lint-$cc.log" |
		    head -40)"
done
exit $status
