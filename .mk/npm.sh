#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
#   npm.sh DIR    another implementation of COSE, for one test, into DIR
# The versions, and the hash of each archive, stand in tests/lib/npm; npm refuses
# any other. Nothing of the packages is run here. Where they cannot be had, DIR/why
# says so, and the tests that need them are skipped; this is no failure.
set -eu

dir=$1
pins=$(dirname "$0")/../tests/lib/npm
mkdir -p "$dir"
exec 9>"$dir/.lock"
flock 9
for f in package.json package-lock.json; do
	cmp -s "$pins/$f" "$dir/$f" || rm -f "$dir/.installed"
done
[ ! -e "$dir/.installed" ] || exit 0
cp "$pins/package.json" "$pins/package-lock.json" "$dir/"
if (cd "$dir" && npm ci --ignore-scripts --no-audit --no-fund \
    --no-update-notifier --fetch-retries=1 --fetch-timeout=60000) \
    </dev/null >"$dir/log" 2>&1; then
	rm -f "$dir/why"
	: >"$dir/.installed"
	exit 0
fi
! grep -qE 'code (EINTEGRITY|EUSAGE)' "$dir/log" || {
	echo "npm: not what tests/lib/npm/package-lock.json says; see $dir/log" >&2
	exit 3
}
sed -n 's/^npm \(ERR!\|error\) //p' "$dir/log" | head -1 >"$dir/why"
[ -s "$dir/why" ] || echo "no npm here" >"$dir/why"
printf 'npm: some tests will be skipped: %s\n' "$(cat "$dir/why")" >&2
