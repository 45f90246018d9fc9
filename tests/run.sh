#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Runs every suite, two at a time, reads their TAP, and ends with one line:
# `N passed, N failed, N skipped`.  A suite that dies, runs nothing or runs
# fewer tests than it announced is a failure.  Full logs: $BUILD/test/.
#   tests/run.sh [PATTERN]   only suites whose name matches, e.g. 'unit/*der*'
set -eu
cd "$(dirname "$0")/.."

BUILD=$(realpath "${BUILD:-build}")
export BUILD
logs=$BUILD/test

# one NAME COMMAND...: runs a suite; its TAP, messages and status into $logs.
one() {
	name=$1
	log=$logs/$(printf '%s' "$name" | tr / _)
	shift
	status=0
	# Far more than any needs: what hangs is ended, a busy machine is not.
	timeout -k 10 1800 "$@" </dev/null >"$log.tap" 2>"$log.err" || status=$?
	awk -v name="$name" -v status="$status" -v errors="$log.err" \
	    -f tests/tap.awk "$log.tap" >"$log.out"
	sed -n 's/^report: //p' "$log.out"
}

# Every suite as `NAME<tab>COMMAND`; the slow ones first.
suites() {
	[ ! -x "$BUILD/devsign" ] ||
	    printf 'tpm/powercut\ttests/tpm/powercut.py %s\n' "${CUTS:-150}"
	[ ! -x "$BUILD/tests/run_vectors" ] ||
	    printf 'vectors\t%s vectors\n' "$BUILD/tests/run_vectors"
	for f in tests/tpm/*.bats tests/cli/*.bats; do
		[ ! -e "$f" ] || printf '%s\tbats --tap %s\n' \
		    "$(basename "$(dirname "$f")")/$(basename "$f" .bats)" "$f"
	done
	# The properties in two of them, of so many that it takes a minute each.
	for f in static:-q p384:-q apart/small:-q tiny:-n8 apart/m4:-n16; do
		[ ! -x "$BUILD/${f%:*}/tests/run_vectors" ] ||
		    printf 'reduced/%s\t%s %s vectors\n' "${f%:*}" \
		        "$BUILD/${f%:*}/tests/run_vectors" "${f#*:}"
	done
	# The same code with the switches of the tiny build and of the loader.
	for f in tiny m4; do
		[ ! -e "$BUILD/switches/$f/libwolf-verify.a" ] ||
		    printf 'proof/mutants-%s\ttests/mutants/mutants.py --build %s\n' \
		        "$f" "$BUILD/switches/$f"
		for p in heap fault; do
			[ ! -x "$BUILD/apart/$f/tests/proof_$p" ] ||
			    printf 'proof/%s-%s\t%s vectors\n' "$p" "$f" \
			        "$BUILD/apart/$f/tests/proof_$p"
		done
	done
	# Cryptography where size comes first, and packed words.
	for f in static small; do
		for p in crypto wycheproof verdict; do
			[ ! -x "$BUILD/apart/$f/tests/test_dv_$p" ] ||
			    printf 'reduced/%s-%s\t%s\n' "$f" "$p" \
			        "$BUILD/apart/$f/tests/test_dv_$p"
		done
	done
	for f in heap fault selfcheck; do
		[ ! -x "$BUILD/tests/proof_$f" ] ||
		    printf 'proof/%s\t%s vectors\n' "$f" "$BUILD/tests/proof_$f"
	done
	[ ! -x "$BUILD/tests/proof_stack" ] ||
	    printf 'proof/stack\t%s vectors tests/proof/stack.txt\n' \
	        "$BUILD/tests/proof_stack"
	[ ! -x "$BUILD/tests/proof_differential" ] ||
	    printf 'proof/differential\t%s vectors tests/proof/differential.txt %s\n' \
	        "$BUILD/tests/proof_differential" "${CHAINS:-2000}"
	[ ! -x "$BUILD/tests/proof_opinion" ] ||
	    printf 'proof/opinion\t%s vectors tests/proof/opinion.txt %s\n' \
	        "$BUILD/tests/proof_opinion" "${CHAINS:-20000}"
	[ ! -x "$BUILD/tests/proof_heap" ] ||
	    printf 'proof/mutants\ttests/mutants/mutants.py\n'
	# The Cortex-M4 all, in two suites; the M33, nearly the same, every third.
	if [ -d "$BUILD/firmware" ]; then
		for f in m4:0:2 m4:1:2 m33:0:3; do
			printf 'firmware/%s\ttests/firmware/vectors.sh %s\n' \
			    "${f%:*}" "$(echo "$f" | tr : ' ')"
		done
		printf 'firmware/boot\tbats --tap tests/firmware/boot.bats\n'
	fi
	if [ -d "$BUILD/aarch64" ]; then
		for f in aarch64:cortex-a57 x86_64:Nehalem x86_64:Haswell; do
			printf 'machines/%s\ttests/machines/vectors.sh %s %s\n' \
			    "${f#*:}" "${f%%:*}" "${f#*:}"
		done
		printf 'machines/all\tbats --tap tests/machines/machines.bats\n'
	fi
	for f in "$BUILD"/tests/test_*; do
		case $f in
		*.*) continue ;;
		esac
		[ ! -x "$f" ] || printf 'unit/%s\t%s\n' "${f##*/test_}" "$f"
	done
	printf 'vectors_made\ttests/suites/vectors_made.sh\n'
	for f in pkits bettertls openssl-verify libressl-verify webpki \
	    boringssl-crl botan-x509 mbedtls-x509 matter matter-lint certificates \
	    fuzz-corpora; do
		[ ! -x "$BUILD/limbo-harness" ] ||
		    printf 'suite/%s\ttests/suites/%s.py\n' "$f" "$f"
	done
	[ ! -x "$BUILD/cose-harness" ] ||
	    printf 'suite/cose\ttests/suites/cose.py\n'
	[ ! -x "$BUILD/devverify-lab" ] ||
	    printf 'suite/brski\ttests/suites/brski.py\n'
	# What is instrumented is not what is shipped: nothing to check there.
	[ -z "${SAN-}" ] || return 0
	for f in reasons layers sources std docs symbols; do
		printf 'lint/%s\ttests/lint/tap.sh %s\n' "$f" "$f"
	done
}

if [ "${1-}" = --one ]; then
	shift
	# NAME<tab>COMMAND, as printed by suites(); no word of it holds a blank.
	# shellcheck disable=SC2086
	one ${1%%	*} ${1#*	}
	exit 0
fi

rm -rf "$logs"
mkdir -p "$logs"
TMPDIR=$(mktemp -d /tmp/devtrust-test.XXXXXX)
trap 'rm -rf "$TMPDIR"' EXIT
trap 'exit 1' HUP INT TERM
[ -z "${SUITES-}" ] || SUITES=$(realpath "$SUITES")
export TMPDIR SUITES="${SUITES-}" LC_ALL=C.UTF-8 CMOCKA_MESSAGE_OUTPUT=TAP

suites | awk -F'\t' -v p="${1-}" '
BEGIN { gsub(/[.]/, "[.]", p); gsub(/[*]/, ".*", p) }
p == "" || $1 ~ "^" p "$"' | tr '\n' '\0' |
    xargs -0 -r -P "${JOBS:-2}" -n 1 tests/run.sh --one

# What the suites from outside say: theirs beside ours.
if [ -d "$logs/suites" ]; then
	{
		printf '%-18s %6s %6s %7s %7s %7s %8s\n' suite cases agree \
		    'wrong+' 'wrong-' listed skipped
		sort "$logs"/suites/*
		echo 'wrong+: we accept, they refuse; wrong-: the reverse;' \
		    'listed: such differences with a written reason'
		[ ! -d "$logs/openssl" ] || {
			printf '%-18s %12s %12s %8s %13s\n' 'beside OpenSSL' \
			    'both accept' 'both refuse' 'only we' 'only OpenSSL'
			sort "$logs"/openssl/*
		}
	} | tee "$logs/suites.txt"
fi

cat "$logs"/*.out 2>/dev/null | awk '
/^count: / { passed += $2; failed += $3; skipped += $4 }
END {
	if (passed + failed == 0) {
		print "no test has run"
		failed = 1
	}
	printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped
	exit failed != 0
}'
