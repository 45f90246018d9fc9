#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# clang-tidy with the few checks of .clang-tidy.
. "$(dirname "$0")/lib.sh"
export FLAGS
c_files verify sign pki-tools | xargs -r -P 2 -n 4 sh -c '
	found=$(clang-tidy --quiet "$@" -- $FLAGS 2>/dev/null) && exit 0
	printf "%s\n" "$found" | grep -E ": (error|warning): " | sort -u
	exit 1
' tidy || broken 'clang-tidy found something'
exit $status
