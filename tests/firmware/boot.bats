#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The boot loader of docs/EMBEDDING.md, linked by the commands of that page with
# a root of our own, on the Cortex-M4 and the Cortex-M33 of qemu: what it
# accepts, what it refuses and why, how much stack it takes.

bats_require_minimum_version 1.5.0
load ../lib/devsign.bash

# The time of the questions: a minute after all is made.
CLOCK=0

# A root, a factory, a device that signs, and one that may not.
world_make() {
	local ca
	pki-init root -d root --key-type p256 -n "CN=Example Root,O=Example" \
	    --no-passphrase
	pki-init intermediate -d factory --issuer root --key-type p256 \
	    -n "CN=Example Factory,O=Example" --no-passphrase
	devsign key create -k file:unit.key --no-passphrase
	devsign request -k file:unit.key -n "serialNumber=unit-0042,O=Example" \
	    -o unit.csr
	pki-issue device -d factory -p idevid -o unit.pem unit.csr
	head -c 5000 /dev/urandom >image
	sign image.cose 1.2.0
	for ca in root factory; do
		pki-revoke crl -d $ca -o $ca.crl.pem
		openssl crl -in $ca.crl.pem -outform DER -out $ca.crl
	done
	# one whose root is not in the loader
	pki-init root -d other --key-type p256 -n "CN=Example Root,O=Example" \
	    --no-passphrase
	pki-issue device -d other -p idevid -o other.pem unit.csr
	devsign sign -k file:unit.key -c other.pem --model M1 \
	    --artefact-version 1.2.0 -o other.cose image
	# one that is for TLS clients alone; devsign does not sign with such a key
	tls=$TOP/vectors/sign1/key-purpose--signer-tls-client
	openssl x509 -inform DER -in "$tls/anchor1.der" -out tls.pem
	pki-init anchors -d root -o root.c
	pki-init anchors -o anchors.c root/ca.crt tls.pem
}

# sign OUT VERSION [OPTION...]
sign() {
	devsign sign -k file:unit.key -c unit.pem --model "${MODEL:-M1}" \
	    --artefact-version "$2" "${@:3}" -o "$1" image
}

# What it says of the stack.
CRL_STACK='s/-o loader/-Wl,--defsym=_stack_size=5376 -o loader/'

# The page's commands, as they stand; for the other board and for CRLs with
# those words changed that the page says are to be changed.
loaders_link() {
	ln -s "$TOP/docs" "$TOP/include" .
	ln -s "$BUILD" build
	sed -n '/<!-- link: begin -->/,/<!-- link: end -->/p' \
	    docs/EMBEDDING.md | grep -v -e '^<!--' -e '^```' >link.sh
	grep -q -- '-o loader.elf' link.sh
	sh -eux link.sh
	mv loader.elf m4-nocrl.elf
	sed "s/-nocrl//; $CRL_STACK" link.sh | sh -eux
	mv loader.elf m4.elf
	sed 's/cortex-m4/cortex-m33/; s,/m4,/m33,; s/an386/an505/' link.sh |
	    sh -eux
	mv loader.elf m33-nocrl.elf
	sed "s/-nocrl//; $CRL_STACK; s/cortex-m4/cortex-m33/
	    s,/m4,/m33,; s/an386/an505/" link.sh | sh -eux
	mv loader.elf m33.elf
}

setup_file() {
	programs_find
	BUILD=$(realpath "${BUILD:-build}")
	export BUILD SHARED=$BATS_FILE_TMPDIR
	[ -x "$BUILD/devsign" ] || return 0
	cd "$SHARED"
	{ world_make && loaders_link; } >made.log 2>&1 || {
		cat made.log
		return 1
	}
}

setup() {
	[ -x "$BUILD/devsign" ] || skip "built without devsign: nothing signs here"
	command -v qemu-system-arm >/dev/null || skip "there is no qemu-system-arm"
	cd "$SHARED"
	CLOCK=$(($(date +%s) + 60))
	MODEL=
}

# start IMAGE: that loader with slot.bin in its memory
start() {
	local board address
	case $1 in
	m4*) board=mps2-an386 address=0x20300000 ;;
	m33*) board=mps2-an505 address=0x38300000 ;;
	esac
	run timeout 60 qemu-system-arm -M $board -icount shift=0 -display none \
	    -monitor none -serial none -chardev stdio,id=out \
	    -semihosting-config enable=on,target=native,chardev=out \
	    -device "loader,file=slot.bin,addr=$address,force-raw=on" \
	    -kernel "$1.elf" </dev/null
	echo "$1: status $status: $output"
}

# promised ROW LOADER: the number in the page's table
promised() {
	sed -n "s/^| $1[^|]*| \([0-9]*\) | \([0-9]*\) |\$/\1 \2/p" \
	    "$TOP/docs/EMBEDDING.md" | case $2 in
	*-nocrl | *-none) cut -d' ' -f1 ;;
	*) cut -d' ' -f2 ;;
	esac
}

# stack_held LOADER: what it measured is below what the page promises
stack_held() {
	local used
	used=$(sed -n 's/^stack: //p' <<<"$output")
	[ "$used" -gt 500 ]
	[ "$used" -le "$(promised 'of that, stack' "$1")" ]
}

# slot IMAGE ENVELOPE VERSION [SEEN [CRL...]]
slot() {
	"$TOP/tests/firmware/slot.py" "$1" "$2" "$CLOCK" "$3" \
	    "${4:-1700000000}" "${@:5}" >slot.bin
}

# number NAME: of a reason
number() {
	sed -n "s/^R(\([0-9]*\), [A-Z0-9_]*, \"$1\",.*/\1/p" \
	    "$TOP/include/dv_reasons.def"
}

# object NAME: as include/dv_verdict.h counts them
object() {
	case $1 in
	none) echo 0 ;;
	certificate) echo 1 ;;
	envelope) echo 3 ;;
	artefact) echo 4 ;;
	crl) echo 6 ;;
	esac
}

# refused REASON OBJECT INDEX [LOADER...]: by each, with the slot as it is
refused() {
	local reason
	reason=$(number "$1")
	[ -n "$reason" ]
	for loader in "${@:4}"; do
		start "$loader"
		[ "$status" -eq 1 ]
		[ "${lines[0]}" = "boot: refused, reason $reason object $(object "$2") number $3" ]
		stack_held "$loader"
	done
}

BOTH=(m4-nocrl m33-nocrl)

# accepted FLOOR LOADER...: and this version is the floor from then on
accepted() {
	for loader in "${@:2}"; do
		start "$loader"
		[ "$status" -eq 0 ]
		[[ ${lines[0]} == "boot: accepted, the floor becomes $1 and "* ]]
		stack_held "$loader"
	done
}

# flip FILE OCTET OUT: one bit of it
flip() {
	/usr/bin/python3 -c '
import sys
b = bytearray(open(sys.argv[1], "rb").read())
b[int(sys.argv[2])] ^= 1
open(sys.argv[3], "wb").write(b)' "$@"
}

@test "an image of a trusted signer is accepted; the floor becomes its version" {
	slot image image.cose 1.1.0
	accepted 1.2.0 "${BOTH[@]}"
	# the host says the same of the same files
	run -0 devverify-lab file -a root/ca.crt -s image.cose --model M1 \
	    --min-version 1.1.0 image
}

@test "the floor itself, and a pre-release below the image, are not above it" {
	slot image image.cose 1.2.0
	accepted 1.2.0 "${BOTH[@]}"
	slot image image.cose 1.2.0-rc.1
	accepted 1.2.0 "${BOTH[@]}"
}

@test "rollback: an image older than the floor is refused" {
	slot image image.cose 1.2.1
	refused version-too-old envelope 0 "${BOTH[@]}"
	slot image image.cose 1.10.0
	refused version-too-old envelope 0 "${BOTH[@]}"
	# nor one whose version cannot be compared with it
	slot image image.cose 7
	refused version-not-comparable envelope 0 "${BOTH[@]}"
}

@test "a version that the floor has no room for is refused" {
	local long=1.2.3-aaaaaaaaaaaaaaaaaaaaaaaaa
	sign room.cose "$long" --force
	slot image room.cose 1.2.0
	accepted "$long" "${BOTH[@]}"
	sign long.cose "${long}a" --force
	slot image long.cose 1.2.0
	refused limit envelope 0 "${BOTH[@]}"
}

@test "a changed octet of the image is refused, first, last or between" {
	local at
	for at in 0 2500 4999; do
		flip image $at changed
		slot changed image.cose 1.1.0
		refused artefact-mismatch artefact 0 "${BOTH[@]}"
	done
	head -c 4999 image >changed
	slot changed image.cose 1.1.0
	refused artefact-mismatch artefact 0 "${BOTH[@]}"
}

@test "a changed signature is refused" {
	local size
	size=$(stat -c %s image.cose)
	flip image.cose $((size - 1)) changed
	slot image changed 1.1.0
	refused envelope-signature-invalid envelope 0 "${BOTH[@]}"
}

@test "a cut envelope is refused, wherever it is cut, and so is none" {
	local size
	size=$(stat -c %s image.cose)
	for n in 1 3 100 700 $((size - 1)); do
		head -c $n image.cose >part
		slot image part 1.1.0
		start m4-nocrl
		[ "$status" -eq 1 ]
		[[ ${lines[0]} == "boot: refused, reason $(number cbor-truncated) "* ]]
	done
	slot image part 1.1.0
	refused cbor-truncated envelope 0 "${BOTH[@]}"
	slot image /dev/null 1.1.0
	refused input-empty envelope 0 "${BOTH[@]}"
}

@test "another root of the same name is refused" {
	slot image other.cose 1.1.0
	refused signature-invalid certificate 0 "${BOTH[@]}"
}

@test "an expired CA is refused at its place" {
	CLOCK=$(date -d 2050-01-01 +%s)
	slot image image.cose 1.1.0
	refused expired certificate 1 "${BOTH[@]}"
}

@test "a signer for another purpose is refused" {
	CLOCK=$(date -ud 2026-06-01 +%s)
	local tls=$TOP/vectors/sign1/key-purpose--signer-tls-client
	slot "$tls/artefact" "$tls/envelope.cose" 1.1.0
	refused key-purpose certificate 0 "${BOTH[@]}"
}

@test "an image for another model is refused" {
	MODEL=M2 sign model.cose 1.2.0 --force
	slot image model.cose 1.1.0
	refused claim-not-as-demanded envelope 0 "${BOTH[@]}"
}

@test "without a clock the signer's time counts, but none before the floor" {
	CLOCK=0
	slot image image.cose 1.1.0
	accepted 1.2.0 "${BOTH[@]}"
	# the factory has expired by what this device has seen
	slot image image.cose 1.1.0 "$(date -d 2050-01-01 +%s)"
	refused expired certificate 1 "${BOTH[@]}"
	# a clock behind the floor is no clock
	CLOCK=$(date -d 1990-01-01 +%s)
	slot image image.cose 1.1.0
	accepted 1.2.0 "${BOTH[@]}"
}

@test "with CRLs: needed for every CA, signed, fresh, and a revoked signer refused" {
	local with=(m4 m33)
	slot image image.cose 1.1.0 1700000000 factory.crl root.crl
	accepted 1.2.0 "${with[@]}"
	slot image image.cose 1.1.0
	refused crl-missing certificate 0 "${with[@]}"
	slot image image.cose 1.1.0 1700000000 factory.crl
	refused crl-missing certificate 1 "${with[@]}"
	flip factory.crl $(($(stat -c %s factory.crl) - 1)) changed
	slot image image.cose 1.1.0 1700000000 changed root.crl
	refused crl-signature crl 0 "${with[@]}"
	CLOCK=$((CLOCK + 86400 * 40)) slot image image.cose 1.1.0 1700000000 \
	    factory.crl root.crl
	refused crl-stale crl 0 "${with[@]}"
	cp -a factory revoking
	pki-revoke revoke -d revoking --certificate unit.pem \
	    --reason keyCompromise
	pki-revoke crl -d revoking -o revoking.pem
	openssl crl -in revoking.pem -outform DER -out revoking.crl
	slot image image.cose 1.1.0 1700000000 revoking.crl root.crl
	refused revoked certificate 0 "${with[@]}"
}

@test "a loader without roots trusts nothing; one without a slot has no answer" {
	slot image image.cose 1.1.0
	cp "$BUILD/firmware/m4-nocrl/loader.elf" m4-none.elf
	cp "$BUILD/firmware/m33-nocrl/loader.elf" m33-none.elf
	refused no-anchors none 0 m4-none m33-none
	head -c 100 /dev/zero >slot.bin
	start m4-nocrl
	[ "$status" -eq 3 ]
	[ "$output" = "boot: there is no slot" ]
}

@test "a stack that is too small ends without an answer, not with a yes" {
	local size
	slot image image.cose 1.1.0
	for size in 0x400 0x600 0x800 0xa00 0xc00; do
		sed "s/-o loader/-Wl,--defsym=_stack_size=$size -o loader/" \
		    link.sh >small.sh
		sh -eu small.sh
		mv loader.elf m4-small.elf
		sed 's/cortex-m4/cortex-m33/; s,/m4-,/m33-,; s/an386/an505/' \
		    small.sh | sh -eu
		mv loader.elf m33-small.elf
		for loader in m4-small m33-small; do
			start $loader
			[ "$status" -eq 3 ]
			[ -z "$output" ]
		done
	done
}

@test "flash, RAM and instructions are within what docs/EMBEDDING.md says" {
	local loader text data bss ticks
	slot image image.cose 1.1.0 1700000000 factory.crl root.crl
	for loader in m4-nocrl m33-nocrl m4 m33; do
		read -r text data bss _ < <(arm-none-eabi-size $loader.elf |
		    sed 1d)
		echo "$loader: $((text + data)) flash, $((data + bss)) RAM"
		[ $((text + data)) -gt 10000 ]
		[ $((text + data)) -le "$(promised flash $loader)" ]
		[ $((data + bss)) -le "$(promised RAM $loader)" ]
	done
	# a tick of the board's clock (25 MHz) is 40 instructions: -icount
	for loader in m4-nocrl m4; do
		start $loader
		ticks=$(sed -n 's/^ticks: //p' <<<"$output")
		[ $((ticks * 40)) -gt 1000000 ]
		[ $((ticks * 40)) -le "$(promised instructions $loader)000000" ]
	done
}

@test "what docs/EMBEDDING.md shows of the example stands in it" {
	run -0 /usr/bin/python3 - "$TOP" <<-'END'
	import pathlib, re, sys
	top = pathlib.Path(sys.argv[1])
	page = (top / "docs/EMBEDDING.md").read_text()
	example = [f.read_text() for f in sorted(
	    (top / "docs/examples/firmware").iterdir())]
	blocks = re.findall(r"^```c\n(.*?)^```$", page, re.M | re.S)
	for block in blocks:
	    assert any(block in text for text in example), block
	print(len(blocks), "pieces")
	END
	[ "${output%% *}" -gt 5 ]
}
