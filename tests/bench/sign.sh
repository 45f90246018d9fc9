#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# A signature by a key in a TPM (swtpm): the whole `devsign sign` of a 64 KB file
# beside a bare tpm2_sign and `openssl pkeyutl` of one digest, run in turn, and
# where devsign's time goes.  Medians of ROUNDS (default 200) whole processes go
# to standard output, and the first to $BUILD/bench.rows.
set -eu
cd "$(dirname "$0")/../.."
rows=$PWD/tests/bench/rows.py
BUILD=$(realpath "${BUILD:-build}")
work=$(mktemp -d "${TMPDIR:-/tmp}/devtrust-bench.XXXXXX")
stop() {
	[ ! -e "$work/tpm/pid" ] || kill "$(cat "$work/tpm/pid")" || true
	rm -rf "$work"
}
trap stop EXIT
trap 'exit 130' HUP INT TERM
rounds=${ROUNDS:-200}

${HOSTCC:-gcc} -std=c11 -O2 -Wall -Wextra -D_GNU_SOURCE -o "$work/cold" \
    tests/bench/cold.c
export PATH="$BUILD:$PATH"
umask 077
cd "$work"

quietly() { "$@" >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }; }
mkdir tpm
quietly swtpm socket --tpm2 --tpmstate "dir=$work/tpm" \
    --server "type=unixio,path=$work/tpm/sock" \
    --ctrl "type=unixio,path=$work/tpm/sock.ctrl" \
    --flags not-need-init,startup-clear --pid "file=$work/tpm/pid" -d
tcti=swtpm:path=$work/tpm/sock
export DEVSIGN_TCTI="$tcti" TPM2TOOLS_TCTI="$tcti" TPM2OPENSSL_TCTI="$tcti"
quietly pki-init root -d root -n 'CN=Bench Root,O=Bench' --key-type p256 \
    --no-passphrase
quietly pki-init intermediate -d factory --issuer root \
    -n 'CN=Bench Factory,O=Bench' --no-passphrase
quietly devsign key create
quietly devsign request -n 'CN=bench' -o leaf.csr
quietly pki-issue device -d factory -p code-signing -o leaf.pem leaf.csr
head -c 65536 /dev/urandom >file
openssl dgst -sha256 -binary -out digest file

sign="sign --force -c leaf.pem file"
# shellcheck disable=SC2086 # words
./cold -w raw "$rounds" \
    devsign-tpm devsign $sign -- \
    tpm2_sign tpm2_sign -Q -c 0x81020000 -g sha256 -s ecdsa -d -f plain \
    -o a.sig digest -- \
    openssl-tpm2 openssl pkeyutl -provider tpm2 -provider default -sign \
    -inkey handle:0x81020000 -in digest -out b.sig -- \
    empty-process /bin/true >whole.txt
median() { awk -v n="$1" '$1 == n { print $2 }' whole.txt; }

# shellcheck disable=SC2086
for _ in $(seq "$rounds"); do
	"$BUILD/tests/bench_sign" $sign 2>&1 >/dev/null
done | awk '$1 == "time"' | sort -k2,2 -k3,3n | awk '
$2 != name { if (n) print name, v[int((n + 1) / 2)]; name = $2; n = 0 }
{ v[++n] = $3 }
END { print name, v[int((n + 1) / 2)] }' >steps.txt

{
	cat whole.txt
	echo "of devsign-tpm, in us (the median of each part alone):"
	awk -v whole="$(median devsign-tpm)" '
	{ printf "  %-22s %8.0f\n", $1, $1 == "main" ? whole - $2 : $2 }
	' steps.txt | sed 's/^  main          /  start-and-exit/'
} | sed 's/^/  /'
for peer in tpm2_sign openssl-tpm2; do
	"$rows" paired "$BUILD/bench.rows" raw 'devsign sign, key in a TPM' ms \
	    devsign-tpm $peer
done
