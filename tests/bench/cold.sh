#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# A cold verdict on a 64 KB file: a fresh devverify, chain of three P-256
# certificates, beside `openssl cms -verify` and `rauc info` of the same chain
# and `gpgv` of one P-256 key, run in turn, ROUNDS times (default 300); and the
# instructions of one, beside those recorded in instructions.txt here.
set -eu
. "$(dirname "$0")/lib.sh"
trap 'GNUPGHOME=$work/gpg gpgconf --kill all || true; rm -rf "$work"' EXIT
: "${MAKE:=make}"
tool cold "${HOSTCC:-gcc}"
chain_of_three
rauc_signer
head -c 65536 /dev/urandom >file
quietly devsign sign -k file:leaf.key -c leaf.pem file

# The same chain and key for openssl: leaf, intermediate, trusted root.
quietly openssl cms -sign -binary -in file -signer leaf-only.pem -inkey leaf.key \
    -certfile factory/ca.crt -outform DER -out file.cms -nosmimecap -noattr -md sha256
rauc_bundle file file.raucb
mkdir gpg
export GNUPGHOME="$work/gpg"
quietly gpg --batch --passphrase '' --quick-gen-key bench nistp256 sign never
quietly gpg --batch --digest-algo SHA256 -o file.sig --detach-sign file
quietly gpg --batch -o key.gpg --export bench
${MAKE} -s -C "$top" BUILD="$BUILD/bench" ANCHORS="$work/anchors.c" SAN= STATIC= \
    devverify static </dev/null >&2
static=$BUILD/bench/static/devverify

./cold -w raw "${ROUNDS:-300}" \
    static "$static" file file -- \
    dynamic "$BUILD/bench/devverify" file file -- \
    cms openssl cms -verify -binary -inform DER -in file.cms \
    -content file -CAfile root/ca.crt -purpose any -out /dev/null -- \
    rauc rauc info --keyring=root/ca.crt file.raucb -- \
    gpgv gpgv --keyring ./key.gpg file.sig file -- \
    empty-process /bin/true | sed 's/^/  /'
for what in static dynamic; do
	name="cold devverify file, $what"
	paired raw "$name" ms $what cms 'ratio <= 0.15'
	paired raw "$name" ms $what rauc 'ratio <= 0.25'
	paired raw "$name" ms $what gpgv 'ratio <= 0.25'
	paired raw "$name" ms $what empty-process
done

# What is counted depends on the compiler and on what the processor can do.
kind="$(musl-gcc -dumpmachine)-gcc-$(musl-gcc -dumpversion)"
! grep -qw avx2 /proc/cpuinfo || kind=$kind-avx2
count=$(valgrind --tool=callgrind --callgrind-out-file=/dev/null "$static" \
    file -q file 2>&1 | sed -n 's/.*Collected : \([0-9]*\).*/\1/p')
before=$(awk -v kind="$kind" '$1 == kind { print $2 }' \
    "$top/tests/bench/instructions.txt")
name='instructions of a cold verdict, static'
if [ -z "$before" ]; then
	row "$name" "$count" instr
	echo "  none are recorded for $kind in tests/bench/instructions.txt"
else
	row "$name" "$count" instr 'recorded before' \
	    "$(echo "$count $before" | awk '{ print $1 / $2 }')" 'ratio <= 1.05'
fi
echo "  to record: $kind $count"
