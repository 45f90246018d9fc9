#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Large files: SIZE octets (default 1 GiB) in the page cache, signed and judged
# by whole processes beside their peers and beside the limit of the machine, in
# turn, BULK_ROUNDS times (default 7); and the memory at 1 MiB and at HUGE
# octets (default 8 GiB).
set -eu
. "$(dirname "$0")/lib.sh"
size=${SIZE:-1073741824}
huge=${HUGE:-8589934592}
rounds=${BULK_ROUNDS:-7}
tool cold "${HOSTCC:-gcc}"
tool shani "${HOSTCC:-gcc}"
tool rss musl-gcc -static
chain_of_three
rauc_signer

head -c "$size" /dev/urandom >file
quietly devsign sign -k file:leaf.key -c leaf.pem file
quietly minisign -G -W -p mini.pub -s mini.key
quietly minisign -S -W -H -s mini.key -m file
rauc_bundle file file.raucb

judge="file -a root/ca.crt file"
# shellcheck disable=SC2086 # words
set -- static "$BUILD/static/devverify-lab" $judge -- \
    dynamic "$BUILD/devverify-lab" $judge -- \
    sign devsign sign --force -k file:leaf.key -c leaf.pem file -- \
    openssl openssl dgst -sha256 -out /dev/null file -- \
    minisign minisign -V -q -p mini.pub -m file -- \
    minisign-sign minisign -S -W -H -s mini.key -m file -- \
    rauc rauc info --keyring=root/ca.crt file.raucb
if ./shani 64; then
	set -- limit ./shani "$size" -- "$@"
fi
./cold -w raw "$rounds" "$@" | sed 's/^/  /'

unit=MB/s:$size
for what in static dynamic; do
	name="devverify file, $what"
	paired raw "$name" "$unit" $what limit 'ratio >= 0.93'
	paired raw "$name" "$unit" $what openssl 'ratio >= 1.0'
	paired raw "$name" "$unit" $what minisign
	paired raw "$name" "$unit" $what rauc
done
paired raw 'devsign sign' "$unit" sign limit
paired raw 'devsign sign' "$unit" sign openssl
paired raw 'devsign sign' "$unit" sign minisign-sign

# The time of a bundle is that of writing it, and is measured apart.
rm file file.raucb content/image.img
truncate -s 1M small
truncate -s "$huge" huge
kb() {
	name=$1
	goal=$2
	shift 2
	# shellcheck disable=SC2086 # there may be no goal
	row "$name" "$(./rss "$@")" KB ${goal:+"$goal"}
}
for f in small huge; do
	octets=$(stat -c %s "$f")
	kb "memory of devsign sign, $octets bytes" '' devsign sign --force \
	    -k file:leaf.key -c leaf.pem "$f"
	kb "memory of devverify file, dynamic, $octets bytes" '' \
	    devverify-lab file -a root/ca.crt "$f"
	kb "memory of devverify file, static, $octets bytes" 'value <= 400' \
	    "$BUILD/static/devverify-lab" file -a root/ca.crt "$f"
done
