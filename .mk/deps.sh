#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What the build needs from outside, in two steps:
#   deps.sh packages STAMPDIR PACKAGE...   Debian packages, installed if we may
#   deps.sh sources DIR                    the two pinned source trees, into DIR
# A source archive is believed only by its SHA-256 (deps.sha256): whoever
# served it, a wrong one stops the build, and no other version is ever taken.
set -eu

here=$(dirname "$0")
pins=$here/deps.sha256
cache=${DEPS_CACHE:-${XDG_CACHE_HOME:-${HOME:-/nonexistent}/.cache}/devtrust}

say() { printf 'deps: %s\n' "$*" >&2; }
die() { say "$@"; exit 3; }

# ---- packages ---------------------------------------------------------------

# Prints those of the named packages that are neither installed nor provided.
packages_missing() {
	have=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" \
	    2>/dev/null | sed -n 's/^installed //p')
	missing=
	for p; do
		printf '%s\n' "$have" | grep -qxF "$p" || missing="$missing $p"
	done
	[ -n "$missing" ] || return 0
	provided=$(dpkg-query -W -f '${db:Status-Status} ${Provides}\n' |
	    sed -n 's/^installed //p' | tr ',' '\n' | sed 's/^ *//; s/[ (].*//')
	for p in $missing; do
		printf '%s\n' "$provided" | grep -qxF "$p" || printf '%s ' "$p"
	done
}

# apt_install RUNNER PACKAGE...: a package list that is absent or too old shows
# as a failure, and only then is it fetched anew.
apt_install() {
	as=$1
	shift
	# shellcheck disable=SC2086 # RUNNER is empty or `sudo -n`
	set -- $as env DEBIAN_FRONTEND=noninteractive apt-get -q -y \
	    -o DPkg::Lock::Timeout=300 --no-install-recommends install "$@"
	"$@" </dev/null >&2 && return 0
	say "fetching the package lists, then trying once more"
	$as apt-get -q update </dev/null >&2 && "$@" </dev/null >&2
}

packages() {
	stampdir=$1
	shift
	if ! command -v dpkg-query >/dev/null 2>&1; then
		mkdir -p "$stampdir"
		[ -e "$stampdir/.not-debian" ] || say "not a Debian system;" \
		    "what this build needs is there called: $*"
		: >"$stampdir/.not-debian"
		return 0
	fi
	missing=$(packages_missing "$@")
	[ -n "$missing" ] || return 0
	missing=${missing% }
	if [ "$(id -u)" = 0 ]; then
		as=
	elif sudo -n true 2>/dev/null; then
		as='sudo -n'
	else
		say "packages are missing and this user may not install them; run"
		die "  sudo apt-get install --no-install-recommends $missing"
	fi
	say "installing $missing"
	# shellcheck disable=SC2086 # a list of package names
	apt_install "$as" $missing || die "apt-get could not install: $missing" \
	    "(see its message above; 'apt-get update' may need a network)"
}

# ---- sources ----------------------------------------------------------------

sha_of() { sha256sum <"$1" | cut -d' ' -f1; }
pin_of() { awk -v f="$1" '$2 == f { print $1 }' "$pins"; }

# wrong FILE WANTED FOUND: the sentence for an archive that is not the pinned one.
wrong() {
	say "$1 is not the pinned archive."
	say "  wanted SHA-256 $2"
	say "  found  SHA-256 $3"
	die "Delete that file and run make again; if a fresh download is wrong too," \
	    "do not build: get $(basename "$1") from a source you trust and put it" \
	    "into a directory named by DEPS_CACHE=."
}

# from_debian NAME POOLDIR OUT: the archive this machine's apt already uses.
from_debian() {
	[ -x /usr/lib/apt/apt-helper ] || return 1
	# shellcheck disable=SC2016 # apt expands these, not the shell
	base=$(apt-get indextargets --format '$(ORIGIN)|$(LABEL)|$(REPO_URI)' \
	    'Created-By: Packages' 2>/dev/null |
	    awk -F'|' '$1 == "Debian" && $2 == "Debian" { print $3; exit }')
	[ -n "$base" ] || return 1
	download "${base}pool/main/$2/$1" "$3"
}

# download URL OUT: with what is there; OUT exists only when it is complete.
download() {
	rm -f "$2"
	if [ -x /usr/lib/apt/apt-helper ] && /usr/lib/apt/apt-helper -q \
	    -o APT::Sandbox::User="$(id -un)" download-file "$1" "$2" \
	    >/dev/null 2>&1 && [ -s "$2" ]; then
		return 0
	fi
	rm -f "$2"
	if command -v curl >/dev/null 2>&1; then
		curl -fsSL --max-time 300 -o "$2" "$1" 2>/dev/null
	elif command -v wget >/dev/null 2>&1; then
		wget -q -T 60 -O "$2" "$1" 2>/dev/null
	else
		return 1
	fi || { rm -f "$2"; return 1; }
}

# archive NAME POOLDIR URL TMP: prints the path of the checked archive.
archive() {
	pin=$(pin_of "$1")
	[ -n "$pin" ] || die "$1 has no hash in $pins"
	if [ -e "$cache/$1" ]; then
		got=$(sha_of "$cache/$1") || die "$cache/$1 cannot be read"
		[ "$got" = "$pin" ] || wrong "$cache/$1" "$pin" "$got"
		printf '%s\n' "$cache/$1"
		return 0
	fi
	seen=
	for from in debian upstream; do
		case $from in
		debian) from_debian "$1" "$2" "$4/$1" || continue ;;
		upstream) download "$3" "$4/$1" || continue ;;
		esac
		got=$(sha_of "$4/$1")
		[ "$got" = "$pin" ] && break
		seen=$got
		rm -f "$4/$1"
	done
	if [ ! -e "$4/$1" ]; then
		[ -z "$seen" ] || wrong "$1 (downloaded)" "$pin" "$seen"
		say "$1 is not in $cache and could not be downloaded."
		die "Copy it there (SHA-256 $pin), or set DEPS_CACHE= to a" \
		    "directory that has it, or connect to a network."
	fi
	store "$4/$1"
	printf '%s\n' "$4/$1"
}

# store FILE: keep it for the next build; a read-only cache is no error.
store() {
	mkdir -p "$cache" 2>/dev/null && [ -w "$cache" ] || return 0
	name=$cache/$(basename "$1")
	if cp "$1" "$name.$$" 2>/dev/null; then
		mv "$name.$$" "$name"
	else
		rm -f "$name.$$"
	fi
}

# unpack ARCHIVE DIR MEMBER...: those members only, without the top directory.
unpack() {
	from=$1
	to=$2
	shift 2
	rm -rf "$to"
	mkdir -p "$to"
	tar -xzf "$from" -C "$to" --strip-components=1 --no-same-owner \
	    --wildcards --no-wildcards-match-slash "$@" ||
	    die "$from cannot be unpacked into $to (is the disk full?)"
}

sources() {
	dir=$1
	mkdir -p "$dir"
	exec 9>"$dir/.lock"
	flock 9
	! cmp -s "$pins" "$dir/.unpacked" || { touch "$dir/.unpacked"; return 0; }
	tmp=$dir/.tmp
	rm -rf "$tmp"
	mkdir "$tmp"
	wolf=$(archive wolfssl_5.9.2.orig.tar.gz w/wolfssl \
	    https://github.com/wolfSSL/wolfssl/archive/refs/tags/v5.9.2-stable.tar.gz \
	    "$tmp")
	unpack "$wolf" "$tmp/wolfssl" '*/wolfcrypt/src' '*/wolfssl' \
	    '*/COPYING' '*/LICENSING'
	cbor=$(archive libcbor_0.10.2.orig.tar.gz libc/libcbor \
	    https://github.com/PJK/libcbor/archive/refs/tags/v0.10.2.tar.gz "$tmp")
	unpack "$cbor" "$tmp/libcbor" '*/src' '*/LICENSE.md'
	rm -rf "$dir/wolfssl" "$dir/libcbor"
	mv "$tmp/wolfssl" "$tmp/libcbor" "$dir/"
	rm -rf "$tmp"
	cp "$pins" "$dir/.unpacked"
}

case ${1-} in
packages) shift; packages "$@" ;;
sources) sources "$2" ;;
*) die "usage: deps.sh packages STAMPDIR PACKAGE... | sources DIR" ;;
esac
