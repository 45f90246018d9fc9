#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# run.sh TARGET...: each for FUZZ_SECONDS (60), from seeds made of the vectors
# and what earlier runs found (TARGET.corpus). A crash, a hang of ten seconds,
# too much memory, or seeds that do not reach what reached.txt names end it with
# status 1; the input is kept as TARGET.crash-*.
set -eu
cd "$(dirname "$0")/../.."

fail() {
	echo "$1: FAILED: $2"
	exit 1
}

# reach NAME TARGET: the functions that reached.txt names, by the seeds alone.
reach() {
	"$2" -runs=0 -print_coverage=1 "$2.seeds" >"$2.reached" 2>&1 ||
		fail "$1" "by its seeds, see $2.reached"
	sed -n "s/^$1 //p" tests/fuzz/reached.txt | tr ' ' '\n' |
	    while read -r function; do
		grep -q "^COVERED_FUNC.* $function " "$2.reached" ||
			fail "$1" "no seed reaches $function()"
	done
}

for target; do
	name=$(basename "$target")
	mkdir -p "$target.corpus"
	rm -rf "$target.seeds"
	tests/fuzz/seeds.py "$name" "$target.seeds"
	reach "$name" "$target"
	case $name in
	fuzz_pem) dict=-dict=tests/fuzz/pem.dict ;;
	fuzz_sign1 | fuzz_voucher) dict=-dict=tests/fuzz/cose.dict ;;
	fuzz_manifest | fuzz_p11_uri | fuzz_receipt | fuzz_wasm) dict= ;;
	*) dict=-dict=tests/fuzz/x509.dict ;;
	esac
	"$target" -verbosity=1 -print_final_stats=1 $dict -timeout=10 \
	    -rss_limit_mb=2048 -max_len=65536 \
	    -max_total_time="${FUZZ_SECONDS:-60}" -artifact_prefix="$target." \
	    "$target.corpus" "$target.seeds" >"$target.log" 2>&1 || {
		tail -40 "$target.log"
		fail "$name" "see $target.log"
	}
	runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$target.log")
	[ "${runs:-0}" -gt 0 ] || fail "$name" "nothing was executed"
	echo "$name: $runs executions, $(find "$target.corpus" -type f | wc -l)" \
	    "inputs kept, no failure"
done
