#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# A cold verdict on a 64 KB file: a fresh devverify, chain of three P-256
# certificates, beside `openssl cms -verify` of the same chain, run in turn.
# The medians of ROUNDS (default 300) whole processes go to standard output
# and to $BUILD/bench.txt.
set -eu
cd "$(dirname "$0")/../.."
top=$PWD
BUILD=$(realpath "${BUILD:-build}")
work=$(mktemp -d "${TMPDIR:-/tmp}/devtrust-bench.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' HUP INT TERM
: "${MAKE:=make}"

${HOSTCC:-gcc} -std=c11 -O2 -Wall -Wextra -D_GNU_SOURCE -o "$work/cold" \
    tests/bench/cold.c
export PATH="$BUILD:$PATH"
umask 077
cd "$work"

pki() { "$@" >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }; }
pki pki-init root -d root -n 'CN=Bench Root,O=Bench' --key-type p256 --no-passphrase
pki pki-init intermediate -d factory --issuer root -n 'CN=Bench Factory,O=Bench' \
    --no-passphrase
pki pki-init anchors -d root -o anchors.c
pki devsign key create -k file:leaf.key --no-passphrase
pki devsign request -k file:leaf.key -n 'CN=bench' -o leaf.csr
pki pki-issue device -d factory -p code-signing -o leaf.pem leaf.csr
head -c 65536 /dev/urandom >file
pki devsign sign -k file:leaf.key -c leaf.pem file

# The same chain and key for openssl: leaf, intermediate, trusted root.
openssl x509 -in leaf.pem -out cms-leaf.pem
pki openssl cms -sign -binary -in file -signer cms-leaf.pem -inkey leaf.key \
    -certfile factory/ca.crt -outform DER -out file.cms -nosmimecap -noattr -md sha256
${MAKE} -s -C "$top" BUILD="$BUILD/bench" ANCHORS="$work/anchors.c" SAN= STATIC= \
    devverify static </dev/null >&2

./cold "${ROUNDS:-300}" \
    static-devverify "$BUILD/bench/static/devverify" file file -- \
    devverify "$BUILD/bench/devverify" file file -- \
    openssl-cms-verify openssl cms -verify -binary -inform DER -in file.cms \
    -content file -CAfile root/ca.crt -purpose any -out /dev/null -- \
    empty-process /bin/true | tee "$BUILD/bench.txt"
