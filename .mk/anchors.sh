#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# anchors.sh ANCHORS.c BUILD HOSTCC: refuses roots whose private key everybody
# has, because it is in this repository's test vectors.  The list of those is
# vectors/test-anchors.sha256: SHA-256 of the SubjectPublicKeyInfo, one a line.
set -eu

anchors=$1
work=$2/anchor-check
hostcc=$3
known=vectors/test-anchors.sha256

refuse() {
	printf '%s\n' "$*" | fold -s -w 70 | sed 's/^/anchors: /' >&2
	exit 1
}

rm -rf "$work"
mkdir -p "$work"
$hostcc -std=c11 -Wall -Wextra -Werror -Iinclude -o "$work/keys" \
    .mk/anchor_keys.c "$anchors" ||
	refuse "$anchors does not compile; have it written by 'pki-init anchors'."
"$work/keys" "$work" || refuse "$anchors holds no usable anchor." \
    "For a devverify that trusts nothing, leave ANCHORS= out."
for key in "$work"/*.spki; do
	sum=$(sha256sum <"$key" | cut -d' ' -f1)
	if [ -e "$known" ] && grep -qi "^$sum" "$known"; then
		refuse "refused: $anchors holds the key $sum (anchor" \
		    "$(basename "$key" .spki), counted from 0), a test key of" \
		    "$known, whose private half is public." \
		    "Make your own root with 'pki-init root';" \
		    "to try the test vectors use devverify-lab -a FILE."
	fi
done
