#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# How big the verifier is, beside its goals: text (code and constants, as size(1)
# counts them), data and bss of the static programs, most of their memory while
# they run, and the core linked into a boot loader for a Cortex-M4 (P-256 and
# SHA-256 only); of the latter also its memory, with the most stack that its
# functions take, callers included.  Writes $BUILD/size.json too.
set -eu
cd "$(dirname "$0")/../.."
: "${BUILD:=build}" "${MAKE:=make}"

# small DIR VARIABLE...: a static devverify in $BUILD/DIR
small() {
	dir=$BUILD/$1
	shift
	$MAKE -s "$dir/devverify" BUILD="$dir" STATIC=1 VERIFY_ONLY=1 SAN= \
	    CC=musl-gcc "$@" </dev/null
}
question='CRL POLICIES CONSTRAINTS WORDS JSON CHAIN'
small question "PARTS=$question"
small p384 'ALGS=P384 ED25519'
small p384-question 'ALGS=P384 ED25519' "PARTS=$question"

# arm DIR PARTS TARGET VARIABLE...: of the core for a Cortex-M4, into $BUILD/DIR
arm() {
	dir=$BUILD/$1 parts=$2 target=$3
	shift 3
	$MAKE -s "$dir/$target" BUILD="$dir" BARE=1 VERIFY_ONLY=1 STATIC= SAN= \
	    CC=arm-none-eabi-gcc AR=arm-none-eabi-gcc-ar PARTS="$parts" \
	    CFLAGS='-mcpu=cortex-m4 -mthumb -Os -fcallgraph-info=su' "$@" \
	    </dev/null
}
# The compiler tells the stack of a function where it compiles it, not of the
# whole program at once: that is a build of its own.
arm cortex-m4 '' boot.elf LTO=1
arm cortex-m4-crl CRL boot.elf LTO=1
arm cortex-m4-stack '' libdv.a
arm cortex-m4-stack '' libwolf-verify.a
arm cortex-m4-crl-stack CRL libdv.a
arm cortex-m4-crl-stack CRL libwolf-verify.a

# line NAME SIZE FILE GOAL: goal is of text, in KB of 1000 octets; - is none
line() { echo "$1 $("$2" "$3" | awk 'NR == 2 { print $1, $2, $3 }') $4"; }

work=$(mktemp -d "${TMPDIR:-/tmp}/devtrust-size.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' HUP INT TERM

# resident PROGRAM: octets in memory at most, when 1 GiB is hashed
resident() {
	rm -f "$work/in"
	mkfifo "$work/in"
	"$1" file -s vectors/sign1/accepted--claims/envelope.cose - \
	    <"$work/in" >/dev/null 2>&1 &
	pid=$!
	exec 3>"$work/in"
	head -c 1073741824 /dev/zero >&3
	awk '/^VmHWM/ { print $2 * 1024 }' "/proc/$pid/status"
	exec 3>&-
	wait "$pid" || :
}

# most DIR: octets of stack below the functions that a boot loader calls
most() {
	tests/bench/callgraph.py arm-none-eabi-objdump dv_sign1_parse \
	    dv_sign1_verify "$BUILD/$1-stack/obj" |
	    awk '$2 > most { most = $2 } END { print most }'
}
ram() {
	arm-none-eabi-size "$BUILD/$1/boot.elf" |
	    awk -v stack="$(most "$1")" 'NR == 2 { print $2 + $3 + stack }'
}

{
	line static size "$BUILD/static/devverify" -
	line static-question size "$BUILD/question/devverify" 200
	line static-p384-ed25519 size "$BUILD/p384/devverify" -
	line static-p384-ed25519-question size "$BUILD/p384-question/devverify" 120
	line tiny size "$BUILD/tiny/devverify" 48
	line cortex-m4 arm-none-eabi-size "$BUILD/cortex-m4/boot.elf" 24
	line cortex-m4-crl arm-none-eabi-size "$BUILD/cortex-m4-crl/boot.elf" 32
	echo "ram static $(resident "$BUILD/static/devverify") 400"
	echo "ram tiny $(resident "$BUILD/tiny/devverify") 400"
	echo "ram cortex-m4 $(ram cortex-m4) 8"
	echo "ram cortex-m4-crl $(ram cortex-m4-crl) 8"
	tests/bench/callgraph.py arm-none-eabi-objdump dv_cert_parse \
	    dv_chain_verify dv_sign1_parse dv_sign1_verify \
	    "$BUILD/cortex-m4-stack/obj" | sed 's/^/stack cortex-m4-/'
} | awk -v json="$BUILD/size.json" '
function met(value, goal) {
	return goal == "-" ? "" : value <= goal * 1000 ? "yes" : \
	    sprintf("no: %d more", value - goal * 1000)
}
function goal_of(goal) { return goal == "-" ? "null" : goal * 1000 }
BEGIN { printf "%-30s %8s %7s %7s %8s  %s\n", "bytes", "text", "data", "bss",
    "goal", "met" }
$1 == "ram" {
	if (!rams++)
		printf "%-30s %8s %25s\n", "", "memory", "(VmHWM; data, bss, stack)"
	printf "%-30s %8d %24d  %s\n", $2, $3, $4 * 1000, met($3, $4)
	out = out sprintf(",\n  \"%s-ram\": {\"bytes\": %d, \"goal\": %d}", $2, $3,
	    $4 * 1000)
	next
}
$1 == "stack" {
	if (!stacks++)
		printf "%-30s %8s\n", "", "stack"
	printf "%-30s %8d\n", $2, $3
	out = out sprintf(",\n  \"%s-stack\": {\"bytes\": %d}", $2, $3)
	next
}
{
	printf "%-30s %8d %7d %7d %8s  %s\n", $1, $2, $3, $4,
	    $5 == "-" ? "" : $5 * 1000, met($2, $5)
	out = out sprintf("%s  \"%s\": {\"text\": %d, \"data\": %d, \"bss\": %d, " \
	    "\"goal\": %s}", NR > 1 ? ",\n" : "", $1, $2, $3, $4, goal_of($5))
}
END { printf "{\n%s\n}\n", out >json }'
