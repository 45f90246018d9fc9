#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Every header stands alone; the public ones also in C++.
. "$(dirname "$0")/lib.sh"
for f in $(find include verify sign pki-tools -name '*.h' ! -path '*/wolfssl/*' \
    ! -path '*/libcbor/*'); do
	# shellcheck disable=SC2086
	printf '#include "%s"\n#include "%s"\ntypedef int unit_not_empty;\n' \
	    "$PWD/$f" "$PWD/$f" | ${CC:-gcc} $FLAGS -Wall -Wextra -Werror -pedantic \
	    -fsyntax-only -x c - || broken "$f does not stand alone in C"
done
for f in include/*.h; do
	printf '#include "%s"\n' "$PWD/$f" | ${CXX:-clang++} -std=c++17 -Wall -Wextra \
	    -Werror -Iinclude -Iverify -fsyntax-only -x c++ - ||
		broken "$f is not fit for C++"
done
exit $status
