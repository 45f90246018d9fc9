#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# install.sh install|uninstall BUILD PREFIX: copies the programs, libdv.a with
# its headers and the manual pages, or takes the same names away again.  Builds
# nothing, so that nothing compiled in (ANCHORS=) changes on the way.
set -eu

what=$1
build=$2
prefix=$3
n=0

# each DIRECTORY MODE FILE...: one directory of the installed tree.
each() {
	to=$prefix/$1
	mode=$2
	shift 2
	for f; do
		if [ "$what" = install ]; then
			[ -e "$f" ] || continue
			install -D -m "$mode" "$f" "$to/${f##*/}"
		else
			rm -f "$to/${f##*/}"
		fi
		n=$((n + 1))
	done
}

[ -e "$build/devverify" ] || [ "$what" = uninstall ] || {
	echo "install: nothing is built; run 'make' (with ANCHORS=, if you have" \
	    "roots), then 'make install' again" >&2
	exit 1
}
each bin 755 "$build/devverify" "$build/devsign" "$build/pki-init" \
    "$build/pki-issue" "$build/pki-audit"
each lib 644 "$build/libdv.a" "$build/libwolf-verify.a" "$build/libcbor.a"
each include/devtrust 644 include/dv_*.h include/dv_*.def
for page in docs/man/*.[1-8]; do
	each "share/man/man${page##*.}" 644 "$page"
done
[ "$what" = install ] || rmdir "$prefix/include/devtrust" 2>/dev/null || :
echo "$what: $n files below $prefix"
