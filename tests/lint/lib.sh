# shellcheck shell=sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What the lint rules share: our own sources, and how to compile one of them.
set -eu
cd "$(dirname "$0")/../.."
BUILD=${BUILD:-build}

# Our C files; with an argument, only below those directories.
c_files() { find "${@:-.}" -name '*.c' ! -path './build/*' | sed 's,^\./,,' | sort; }
c_and_h_files() {
	find "${@:-.}" -name '*.[ch]' ! -path './build/*' | sed 's,^\./,,' | sort
}

# Flags under which every file of ours can be read by an analyser.
DEPS=build/deps
# shellcheck disable=SC2034 # used by the rules
FLAGS="-std=c11 -D_GNU_SOURCE= -Iinclude -Iverify -Isign
    -Ipki-tools -Itests -DWOLFSSL_USER_SETTINGS -DDV_WOLF_FULL -Iverify/wolfssl
    -isystem $DEPS/wolfssl -Isign/libcbor -isystem $DEPS/libcbor/src
    $(pkg-config --cflags p11-kit-1 | sed 's/-I/-isystem /')"

# broken WHAT...: says it and makes the rule end as broken.
# shellcheck disable=SC2034 # the rules end by `exit $status`
status=0
# shellcheck disable=SC2034
broken() {
	printf '%s\n' "$*"
	status=1
}
