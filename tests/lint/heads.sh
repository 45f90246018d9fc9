#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Every file names its licence, and every C file says at its head what it holds.
. "$(dirname "$0")/lib.sh"
for f in $(c_and_h_files) $(find include verify -name '*.def'); do
	[ "$(sed -n 1p "$f")" = '/* SPDX-License-Identifier: GPL-3.0-or-later */' ] ||
		broken "$f:1: the first line is not the licence line"
	[ "$(sed -n 2p "$f")" = '/*' ] && [ -n "$(sed -n '3s/^ \* //p' "$f")" ] ||
		broken "$f:2: no comment that says what this file holds"
done
for f in $(find . -type f \( -name '*.sh' -o -name '*.mk' -o -name '*.bats' -o -name '*.py' \
    -o -name Makefile -o -path './.ci/run' \) ! -path './build/*'); do
	head -3 "$f" | grep -q 'SPDX-License-Identifier: GPL-3.0-or-later' ||
		broken "$f: no SPDX line among the first three"
done
exit $status
