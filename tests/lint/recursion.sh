#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# No function of the core can come to call itself, directly or through others:
# the depth of its stack has a bound. By the calls that gcc saw.
. "$(dirname "$0")/lib.sh"
calls=$BUILD/lint-calls
# No inlining and -O1: nothing of a call is optimised away.
${MAKE:-make} -s -j2 "$calls/libdv.a" BUILD="$calls" CC=gcc AR=ar ANCHORS= SAN= \
    CFLAGS='-O1 -fno-inline -fcallgraph-info=su' </dev/null \
    >"$BUILD/lint-calls.log" 2>&1 || broken "$(tail -20 "$BUILD/lint-calls.log")"
tests/bench/callgraph.py objdump "$calls/obj" || status=1
exit $status
