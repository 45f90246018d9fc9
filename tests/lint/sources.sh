#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Every C file of the three layers is in exactly one list of .mk/sources.mk, in
# order, and every file in a list exists: nothing is left out of the build. Nor
# does a list of the fuzz targets name what is not there.
. "$(dirname "$0")/lib.sh"
listed=$(sed -n 's,^[[:space:]#].*\(\(verify\|sign\|pki-tools\)/[a-z0-9_/]*\.c\).*,\1,p' \
    .mk/sources.mk)
for f in $(c_files verify sign pki-tools); do
	n=$(printf '%s\n' "$listed" | grep -cxF "$f")
	[ "$n" = 1 ] || broken "$f stands $n times in .mk/sources.mk, not once"
done
for f in $listed; do
	[ -e "$f" ] || [ "$f" = verify/host/anchors_none.c ] ||
		broken "$f is in .mk/sources.mk and does not exist"
done
for rule in tests/lint/*.sh; do
	name=$(basename "$rule" .sh)
	case $name in
	run | tap | lib) continue ;;
	esac
	grep -qw "$name" tests/lint/run.sh ||
		broken "$rule is not in the list of tests/lint/run.sh"
done
asked=$(sed -n 's/^fuzz_[a-z0-9_]* //p' tests/fuzz/reached.txt)
for function in $asked; do
	grep -rqE "^$function\(" verify sign ||
		broken "tests/fuzz/reached.txt: there is no $function()"
done
exit $status
