#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# TAP: the committed vectors are what their generator makes, and other readers
# agree with what they accept, but for the written exceptions.
cd "$(dirname "$0")/../.." || exit 2
echo 1..2
if out=$(vectors/make/make.py --check 2>&1); then
	echo "ok 1 - vectors are as made"
else
	echo "not ok 1 - vectors are as made"
	printf '%s\n' "$out" | sed 's/^/# /'
fi
if out=$(vectors/make/selfcheck.py --check 2>&1); then
	echo "ok 2 - devverify selfcheck carries what the vectors say"
else
	echo "not ok 2 - devverify selfcheck carries what the vectors say"
	printf '%s\n' "$out" | sed 's/^/# /'
fi
