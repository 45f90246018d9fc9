#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# A batch of DEVICES (default 5000) requests on P-256, from requests on disk to
# certificates on disk with a durable ledger, beside a loop of `openssl x509
# -req` over LOOP of them (default 200), before and after, in one run.
# usage: issue.sh [soak]; soak: SOAK devices (default 100000), and the memory.
set -eu
cd "$(dirname "$0")/../.."
top=$PWD
BUILD=$(realpath "${BUILD:-build}")
devices=${DEVICES:-5000}
loop=${LOOP:-200}
[ "${1-}" != soak ] || devices=${SOAK:-100000}
work=$(mktemp -d "${TMPDIR:-/tmp}/devtrust-bench.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' HUP INT TERM
export PATH="$BUILD:$PATH"
umask 077
cd "$work"

pki() { "$@" >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }; }
pki pki-init root -d root -n 'CN=Bench Root,O=Bench' --no-passphrase
pki pki-init intermediate -d factory --issuer root -n 'CN=Bench Factory,O=Bench' \
    --no-passphrase
pki pki-init authorise -d root --for factory/ca.crt --batch bench \
    --quantity "$devices" -p idevid --expires 9999-01-01T00:00:00Z -o bench.auth
python3 "$top/tests/lib/requests.py" requests list.csv "$devices"

now() { date +%s%N; }

# seconds of openssl for $loop certificates
peer() {
	begin=$(now)
	for csr in $(find requests -name '*.csr' | head -n "$loop"); do
		openssl x509 -req -in "$csr" -inform DER -CA factory/ca.crt \
		    -CAkey factory/ca.key -days 365 -out peer.pem 2>peer.err ||
			{ cat peer.err >&2; exit 1; }
	done
	echo $(($(now) - begin))
}
before=$(peer)
pki env time -f '%U %S %M' -o times.txt pki-issue batch -d factory \
    --authorisation bench.auth --list list.csv --requests requests -o out
after=$(peer)
read -r user sys rss <times.txt
[ "$(find out/devices -name cert.der | wc -l)" = "$devices" ]
ms=$(sed -n 's/.*"milliseconds":\([0-9]*\).*/\1/p' out/report.json)
awk -v n="$devices" -v l="$loop" -v p="$(((before + after) / 2))" -v ms="$ms" \
    -v user="$user" -v sys="$sys" -v rss="$rss" 'BEGIN {
	rate = n * 1000 / ms
	peer = l * 1e9 / p
	printf "batch issuing: %d devices, %.0f a second, " \
	    "openssl x509 -req in a loop %.0f: %.1f times\n", n, rate, peer, rate / peer
	printf "  processor time of one device %.3f ms, %.3f of it in the kernel: " \
	    "%.0f a second on one core without waiting; memory %.1f MB\n",
	    (user + sys) * 1000 / n, sys * 1000 / n, n / (user + sys), rss / 1024
	printf "%d %.3f\n", rate, rate / peer >"row"
}' | sed 's/^/  /'
read -r rate ratio <row
"$top/tests/bench/rows.py" add "$BUILD/bench.rows" "batch issuing, $devices devices" \
    "$rate" '1/s' 'openssl x509 -req' "$ratio"

[ "${1-}" = soak ] || exit 0
# A batch ten times as long needs no more memory than a short one.
sed -n 1,2001p list.csv >short.csv
pki env time -f '%M' -o short.txt pki-issue batch -d factory \
    --authorisation bench.auth --list short.csv --requests requests -o short
awk -v long="$rss" -v short="$(cat short.txt)" 'BEGIN {
	printf "  memory of 2000: %.1f MB\n", short / 1024
	exit long > short + 4096
}' || { echo 'memory grows with the batch' >&2; exit 1; }
