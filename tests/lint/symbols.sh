#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What the installed libdv.a offers is what .mk/libdv.symbols lists and what the
# public headers declare: a function that comes or goes is a new version.
#   symbols.sh [LIST]   another list, to see that a difference is found
. "$(dirname "$0")/lib.sh"
list=${1:-.mk/libdv.symbols}
lib=$BUILD/lib/libdv.a
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export LC_ALL=C

grep -v '^#' "$list" >"$work/listed"
sort -uc "$work/listed" || broken "$list: not in order, or a name is there twice"
nm -g --defined-only "$lib" | awk 'NF == 3 { print $3 }' | sort -u >"$work/offered"
[ -s "$work/offered" ] || broken "$lib offers nothing"

# dv_builtin_anchors and its count are the program's own: ANCHORS=.
for f in include/dv_*.h; do
	printf '#include "%s"\n' "$f"
done >"$work/all.c"
${HOSTCC:-gcc} -std=c11 -I. -Iinclude -aux-info "$work/info" -fsyntax-only "$work/all.c"
sed -n 's,.*include/dv_[a-z0-9]*\.h:.*extern [^(]*[ *]\(dv_[a-z0-9_]*\) (.*,\1,p' \
    "$work/info" | sort -u >"$work/declared"
[ -s "$work/declared" ] || broken 'no function found in include/dv_*.h'

wild=$(grep -v '^dv_' "$work/offered") &&
	broken "$lib offers names without the prefix dv_:" "$wild"
# differ WHAT A B ADVICE: names of A that are not in B
differ() {
	extra=$(comm -23 "$2" "$3")
	[ -z "$extra" ] || broken "$1: $(printf '%s' "$extra" | tr '\n' ' ')-" "$4"
}
added='a new function is a new MINOR version (include/dv_version.h, semver.org): write it into .mk/libdv.symbols, and raise DV_VERSION if that MINOR is released'
removed='programs that call it no longer link: this is a new MAJOR version (while that is 0, a new MINOR; include/dv_version.h, semver.org). Keep the function, or take it out of .mk/libdv.symbols and raise DV_VERSION'
differ 'declared in include/dv_*.h, not listed' "$work/declared" "$work/listed" \
    "$added"
differ 'in libdv.a, not listed' "$work/offered" "$work/listed" "$added"
differ 'listed, not in libdv.a' "$work/listed" "$work/offered" "$removed"
differ 'listed, not declared in include/dv_*.h' "$work/listed" "$work/declared" \
    "$removed"
exit $status
