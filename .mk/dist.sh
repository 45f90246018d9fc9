#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# dist.sh OUT.tar.xz NAME: the tracked files of the last commit, as an archive
# whose bytes depend on that commit alone.
set -eu

git diff --quiet HEAD 2>/dev/null ||
    echo "dist: uncommitted changes are not in the archive" >&2
mkdir -p "$(dirname "$1")"
git archive --format=tar --prefix="$2/" HEAD >"$1.tmp"
xz -9e -T1 -c <"$1.tmp" >"$1.new"
rm -f "$1.tmp"
mv "$1.new" "$1"
sha256sum "$1"
