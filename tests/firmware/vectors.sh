#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The vectors on a microcontroller of qemu: vectors.sh m4|m33 PART OF, those whose
# place in the list, divided by OF, leaves PART. What names no algorithm but P-256
# and SHA-256 must be answered as by every other build, of the rest nothing may be
# accepted that should not be. One of each kind is altered, dealt out to the parts:
# bits flipped, cut to every length, certificates swapped. The Cortex-M4 has the
# parts of a loader, and refuses what needs another (tests/vectors_left_out.c); the
# Cortex-M33 has all.
set -eu
cd "$(dirname "$0")/../.."
case $1 in
m4) board=mps2-an386 folder=m4 ;;
m33) board=mps2-an505 folder=m33-all ;;
esac
command -v qemu-system-arm >/dev/null || {
	printf '1..1\nok 1 - vectors # skip there is no qemu-system-arm\n'
	exit 0
}
list=$(mktemp)
trap 'rm -f "$list"' EXIT

tests/firmware/lists.py vectors sign1/accepted--es256-rfc9864 \
    chain/accepted--max-path-3 chain/accepted--crl-user-only \
    request/accepted--no-attributes voucher/accepted--answer-no-issuer \
    sign/accepted--signatures-8 cert/accepted--ca \
    crl/accepted--two-entries manifest/accepted--several \
    receipt/accepted--second wasm/accepted--between |
    awk -v part="$2" -v of="$3" '
/^altered / ? altered++ % of == part : NR % of == part' >"$list"
[ "$(grep -c '^as-is ' "$list")" -gt $((1500 / $3)) ]
status=0
qemu-system-arm -M "$board" -display none -monitor none -serial none \
    -chardev stdio,id=out \
    -semihosting-config "enable=on,target=native,chardev=out,arg=$list" \
    -kernel "$BUILD/firmware/$folder/vectors.elf" </dev/null || status=$?
exit "$status"
