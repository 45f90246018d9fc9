#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# dist.sh OUT.tar.xz NAME: the tracked files of the last commit and their bill of
# materials, docs/devtrust.spdx.json, as an archive whose bytes depend on that
# commit alone: not on the user's git settings, umask or compressor options.
set -eu
umask 022
unset XZ_OPT XZ_DEFAULTS

archive() {
	git -c tar.umask=0022 -c core.autocrlf=false -c core.eol=lf \
	    -c core.attributesFile=/dev/null archive --format=tar "$@" HEAD
}

git rev-parse -q --verify HEAD >/dev/null || {
	echo "dist: this is no git checkout, and an archive is made of a commit;" \
	    "clone the repository and run 'make dist' there" >&2
	exit 1
}
git diff --quiet HEAD 2>/dev/null ||
    echo "dist: uncommitted changes are not in the archive" >&2
mkdir -p "$(dirname "$1")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/tree"
archive >"$work/tree.tar"
tar -xf "$work/tree.tar" -C "$work/tree"
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct) "$work/tree/.mk/sbom.py" \
    >"$work/devtrust.spdx.json"
archive --prefix="$2/docs/" --add-file="$work/devtrust.spdx.json" \
    --prefix="$2/" >"$work/dist.tar"
xz -9e -T1 -c <"$work/dist.tar" >"$1.new"
mv "$1.new" "$1"
sha256sum "$1"
