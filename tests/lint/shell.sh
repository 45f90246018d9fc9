#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The shell checker on every script, bats files too.
. "$(dirname "$0")/lib.sh"
find . -name '*.sh' ! -path './build/*' -exec shellcheck -x -P SCRIPTDIR {} + ||
	broken 'shell scripts'
shellcheck .ci/run || broken .ci/run
find tests -name '*.bats' | grep -q . || exit $status
# SC2030/2031: bats runs each test in a subshell on purpose; SC2154: it sets
# $status, $output and $lines; SC2164: a failed cd ends the test by itself;
# SC2012: our own names are plain.
find tests -name '*.bats' -exec shellcheck -s bats -x -e SC2012,SC2030,SC2031,SC2154,SC2164 {} + ||
	broken 'bats files'
exit $status
