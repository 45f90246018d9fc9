#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Is what is built the same bytes, whoever builds it, where and when?
#   reproducible.sh build GOAL...   the tree as it is, built twice: programs, libdv,
#                                   anchors, bill of materials
#   reproducible.sh dist            the last commit, packed twice; a copy into KEEP
# The two differ in directory, user, umask, time, time zone, language, home and
# number of jobs.  BUILD must have pki-init.  Prints what was compared; exits 1 for
# the first file that differs.
set -eu
cd "$(dirname "$0")/.."
BUILD=$(realpath "${BUILD:-build}")
cache=${DEPS_CACHE:-${XDG_CACHE_HOME:-${HOME:-/nonexistent}/.cache}/devtrust}

# Not below TMPDIR: another user has to get there.
work=$(mktemp -d /tmp/devtrust-twice.XXXXXX)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
chmod 755 "$work"
one=$work/one
two=$work/somewhere/else/two
mkdir -p "$one" "$two" "$work/cache"
for f in "$cache"/*.orig.tar.gz; do
	[ ! -e "$f" ] || install -m 644 "$f" "$work/cache"
done

# first, second COMMAND...: as one user in one directory, as the other in the other.
first() {
	(cd "$one" && umask 022 &&
	    exec env -i PATH="$PATH" HOME="$work" USER=first LOGNAME=first LANG=C \
	        TZ=UTC DEPS_CACHE="$work/cache" "$@")
}
second() {
	other=
	[ "$(id -u)" != 0 ] || {
		chown -R 65534:65534 "$work/somewhere"
		other='setpriv --reuid=65534 --regid=65534 --clear-groups'
	}
	# shellcheck disable=SC2086 # empty, or a command and its options
	(cd "$two" && umask 077 &&
	    exec env -i PATH="$PATH" HOME="$two/home" USER=second LOGNAME=second \
	        LC_ALL=C.UTF-8 TZ=Asia/Kathmandu DEPS_CACHE="$work/cache" \
	        XZ_OPT=-1 $other faketime -f +400d "$@")
}

# same FILE...: below both directories.
same() {
	for f; do
		cmp "$one/$f" "$two/$f" || {
			echo "reproducible: $f differs" >&2
			exit 1
		}
		echo "same: $f ($(sha256sum <"$one/$f" | cut -d' ' -f1))"
	done
}

# The files of a build that leave it.
built() {
	(cd "$one/build" && find . -maxdepth 2 -type f ! -path './anchor-check/*' \
	    \( -perm -u+x -o -path ./lib/libdv.a -o -name '*.json' \) |
	    sed 's,^\.,build,' | sort)
}

twice_built() {
	"$BUILD/pki-init" root -d "$work/root" -n "CN=Twice" --no-passphrase
	"$BUILD/pki-init" anchors -d "$work/root" -o "$work/anchors.c"
	for tree in "$one" "$two"; do
		tar -c --exclude=./build --exclude=./.git . | tar -x -C "$tree"
	done
	mkdir "$work/somewhere/roots"
	install -m 644 "$work/anchors.c" "$work/somewhere/roots/mine.c"
	first make -s -j2 ANCHORS="$work/anchors.c" "$@"
	second make -s -j1 ANCHORS=../../roots/mine.c "$@"
	[ -x "$one/build/devverify" ] || exit 1
	list=$(built)
	# shellcheck disable=SC2086 # names without blanks
	same $list
	# Nor does a name of the place stand in anything.
	for f in $list; do
		! grep -qF -e "$work" "$one/$f" || {
			echo "reproducible: $f names the directory it was built in" >&2
			exit 1
		}
	done
}

twice_packed() {
	# By a pack: a clone that shares its files with this checkout would have
	# them given to the other user, here too.
	for tree in "$one/tree" "$two/tree"; do
		git clone -q --depth 1 --no-checkout "file://$PWD" "$tree"
		git -C "$tree" checkout -q HEAD -- Makefile .mk include
	done
	git -C "$two/tree" config tar.umask 0077
	git -C "$two/tree" config core.autocrlf true
	first make -s -C tree dist
	second make -s -C tree dist
	# shellcheck disable=SC2046 # one name
	same $(cd "$one" && ls tree/build/*.tar.xz)
	[ -z "${KEEP-}" ] || cp "$one"/tree/build/*.tar.xz "$KEEP"
}

what=$1
shift
case $what in
build) twice_built "$@" ;;
dist) twice_packed ;;
esac
