#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# tap.sh RULE: one lint rule as a test, so that `make test` runs the cheap ones.
set -eu
cd "$(dirname "$0")/../.."
echo 1..1
if out=$("tests/lint/$1.sh" 2>&1); then
	echo "ok 1 - lint $1"
else
	echo "not ok 1 - lint $1"
	printf '%s\n' "$out" | sed 's/^/# /'
fi
