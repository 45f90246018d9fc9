#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# run.sh TARGET...: each for FUZZ_SECONDS (60), from seeds made of the vectors
# and what earlier runs found (TARGET.corpus). A crash, a hang of ten seconds or
# too much memory ends it with status 1; the input is kept as TARGET.crash-*.
set -eu
cd "$(dirname "$0")/../.."

for target; do
	name=$(basename "$target")
	mkdir -p "$target.corpus"
	tests/fuzz/seeds.py "$name" "$target.seeds"
	dict=
	[ "$name" = fuzz_pem ] || [ "$name" = fuzz_sign1 ] ||
		[ "$name" = fuzz_p11_uri ] ||
		dict=-dict=tests/fuzz/x509.dict
	"$target" -verbosity=1 -print_final_stats=1 $dict -timeout=10 \
	    -rss_limit_mb=2048 -max_len=65536 -max_total_time="${FUZZ_SECONDS:-60}" \
	    -artifact_prefix="$target." "$target.corpus" "$target.seeds" \
	    >"$target.log" 2>&1 || {
		tail -40 "$target.log"
		echo "$name: FAILED, see $target.log"
		exit 1
	}
	runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$target.log")
	echo "$name: $runs executions, $(find "$target.corpus" -type f | wc -l)" \
	    "inputs kept, no failure"
done
