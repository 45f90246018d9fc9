#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# install.sh install|uninstall BUILD DESTDIR PREFIX: copies the programs, libdv
# with its headers, the manual pages, and what `make sbom` wrote, or takes the
# same names away again.
# Builds nothing, so that nothing compiled in (ANCHORS=) changes on the way.
set -eu

what=$1
build=$2
prefix=$4
root=$3$prefix
n=0

# each DIRECTORY MODE FILE...: one directory of the installed tree.
each() {
	to=$root/$1
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

# pkg_config: libdv.pc, in which PREFIX stands: not where it is staged.
pkg_config() {
	to=$root/lib/pkgconfig
	if [ "$what" = install ]; then
		mkdir -p "$to"
		sed "s|@PREFIX@|$prefix|" "$build/lib/libdv.pc.in" >"$to/.libdv.pc"
		chmod 644 "$to/.libdv.pc"
		mv "$to/.libdv.pc" "$to/libdv.pc"
	else
		rm -f "$to/libdv.pc"
	fi
	n=$((n + 1))
}

# sbom_fits: is the bill of materials, if there is one, that of this build?
sbom_fits() {
	[ "$what" = install ] || return 0
	[ -e "$build/devtrust.spdx.json" ] || return 1
	for f in devverify devsign pki-init pki-issue pki-audit pki-revoke \
	    lib/libdv.a; do
		[ -e "$build/$f" ] || continue
		sum=$(sha256sum <"$build/$f" | cut -d' ' -f1)
		grep -q "\"$sum\"" "$build/devtrust.spdx.json" && continue
		echo "install: $build/devtrust.spdx.json is left out, it is of" \
		    "another $f: run 'make sbom'" >&2
		return 1
	done
}

[ "$what" = uninstall ] || for f in devverify lib/libdv.a lib/libdv.pc.in; do
	[ -e "$build/$f" ] && continue
	echo "install: $build/$f is not built; run 'make' (with ANCHORS=, if" \
	    "you have roots), then 'make install' again" >&2
	exit 1
done
each bin 755 "$build/devverify" "$build/devsign" "$build/pki-init" \
    "$build/pki-issue" "$build/pki-audit" "$build/pki-revoke"
each lib 644 "$build/lib/libdv.a"
pkg_config
if sbom_fits; then
	each share/doc/devtrust 644 "$build/devtrust.spdx.json"
fi
each include/devtrust 644 include/dv_*.h include/dv_*.def
for page in docs/man/*.[1-8]; do
	each "share/man/man${page##*.}" 644 "$page"
done
[ "$what" = install ] ||
    rmdir "$root/include/devtrust" "$root/share/doc/devtrust" 2>/dev/null || :
echo "$what: $n files below $root"
