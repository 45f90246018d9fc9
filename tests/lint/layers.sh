#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The arrows verify <- sign <- pki-tools, proved by the linker: the core links
# alone, needs no heap, file, clock or environment, and keeps no variable.
. "$(dirname "$0")/lib.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# links WHAT CALL LIBRARIES...: a program that calls CALL needs nothing else.
links() {
	what=$1
	printf 'extern int %s();\nint main(void) { return %s(); }\n' "$2" "$2" \
	    >"$work/a.c"
	shift 2
	${CC:-gcc} -std=c11 -w -o "$work/a" "$work/a.c" "$@" -Wl,--gc-sections \
	    2>"$work/err" || broken "$what: $(grep -m3 'undefined\|error' "$work/err")"
}
core="$BUILD/libdv.a $BUILD/libwolf-verify.a"
full="$BUILD/libdvhost.a $BUILD/full/libdv.a $BUILD/libwolf-full.a $BUILD/libcbor.a"
tss=$(pkg-config --libs tss2-esys tss2-mu tss2-rc tss2-tctildr)
# shellcheck disable=SC2086
{
	links 'the core alone' dv_chain_verify $core
	links 'the core alone' dv_sign1_verify $core
	[ ! -e "$BUILD/libds.a" ] || links 'sign on verify' ds_sign1_make \
	    "$BUILD/libds.a" $full $tss
}

# All that the core may ask of a C library (the compiler itself may ask for
# these), and of wolfSSL.
allowed='mem(cpy|move|set|cmp|chr)|strlen|__(memcpy|memmove|memset|strcpy)_chk'
allowed="$allowed|__stack_chk_(fail|guard)|_GLOBAL_OFFSET_TABLE_|dv_[a-z0-9_]*"
allowed="$allowed|wc_[A-Za-z0-9_]*|sp_[a-z0-9_]*|cpuid_[a-z_]*|__(asan|ubsan|sanitizer)_.*"
own=$(nm --defined-only "$BUILD/libdv.a" 2>/dev/null |
    awk 'NF == 3 && $2 ~ /[A-Z]/ { print $3 }' | sort -u)
wild=$(nm -u "$BUILD/libdv.a" 2>/dev/null | awk '$1 == "U" { print $2 }' | sort -u |
    grep -vxE "$allowed" | grep -vxF "${own:-none}") &&
	broken "libdv.a asks for:" "$wild"
[ -n "$own" ] || broken "libdv.a is empty"
wild=$(printf '%s\n' "$own" | grep -v '^dv_') &&
	broken "libdv.a defines names without its prefix:" "$wild"
for lib in ds pki; do
	[ -e "$BUILD/lib$lib.a" ] || continue
	wild=$(nm --defined-only "$BUILD/lib$lib.a" |
	    awk 'NF == 3 && $2 ~ /[TDBR]/ { print $3 }' | grep -v "^${lib}_") &&
		broken "lib$lib.a defines names without its prefix:" "$wild"
done
vars=$(objdump -h "$BUILD/libdv.a" 2>/dev/null | awk '
/^[^ ].*file format/ { file = $1 }
$2 ~ /^\.(data|bss|tdata|tbss)/ && $2 !~ /^\.data\.rel\.ro/ && $3 !~ /^0+$/ {
	print file, $2
}')
[ -z "$vars" ] || [ -n "${SAN-}" ] || broken "libdv.a keeps variables:" "$vars"
for f in devverify devverify-lab; do
	wild=$(nm -D -u "$BUILD/$f" | grep -E ' (dlopen|dlmopen)(@|$)') &&
		broken "$f can load code at run time:" "$wild"
done
exit $status
