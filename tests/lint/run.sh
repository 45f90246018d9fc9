#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# run.sh [RULE...]: every rule (or those named), all of them even after one has
# failed.  Each rule is one script here, whose first comment says what it is for.
set -u
cd "$(dirname "$0")/../.." || exit 2
BUILD=$(realpath "${BUILD:-build}")
export BUILD
[ $# -gt 0 ] || set -- heads caps banned paths docs sources std toplevel headers \
    layers symbols recursion reasons tested shell man cppcheck tidy compilers analyzer
failed=0
for rule; do
	if out=$("tests/lint/$rule.sh" 2>&1); then
		printf 'ok    %s\n' "$rule"
		printf '%s' "$out" | sed 's/^/      /'
	else
		failed=$((failed + 1))
		printf 'FAIL  %s\n' "$rule"
		printf '%s\n' "$out" | tail -60 | sed 's/^/      /'
	fi
done
[ "$failed" = 0 ] || { echo "lint: $failed of $# rules broken"; exit 1; }
echo "lint: all $# rules hold"
