#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Other processors than the one at hand, by qemu's user mode: x86-64 without
# SHA-NI, without AVX2 and without AVX, and aarch64. Digests beside Python's,
# signatures, whole verdicts. Every vector is asked by vectors.sh.

bats_require_minimum_version 1.5.0
load ../cli/helpers

# x86-64: SSE 4.2 alone; AVX; AVX2. None of them has SHA-NI.
X86='Nehalem SandyBridge Haswell'
ARM='cortex-a57 max'

setup() {
	find_programs
	cd "$BATS_TEST_TMPDIR"
}

need_x86() {
	[ "$(uname -m)" = x86_64 ] || skip "the programs here are not for x86-64"
	need qemu-x86_64
}
need() {
	command -v "$1" >/dev/null || skip "there is no $1"
}

# digests_right COMMAND...: of 300 beginnings of a file, and of all of it
digests_right() {
	head -c 40000 /dev/urandom >bytes
	"$@" bytes >ours 2>messages
	/usr/bin/python3 -c '
import hashlib
data = open("bytes", "rb").read()
for h in "SHA-256", "SHA-384", "SHA-512":
    for n in [*range(301), len(data)]:
        digest = hashlib.new(h.replace("-", ""), data[:n]).hexdigest()
        print(h, n, digest)' >theirs
	[ "$(wc -l <theirs)" -eq 906 ]
	cmp ours theirs
}

# verdicts_same COMMAND...: JSON and status are those of the program at hand
verdicts_same() {
	local v here there n=0 yes=0 signed=$TOP/vectors/sign1
	for v in "$signed"/accepted--{es256,es384,eddsa,mldsa-65,hss-lms} \
	    "$signed"/accepted--digest-sha{384,512} \
	    "$signed"/envelope-signature-invalid--*; do
		here=0 there=0
		ask "$v" "$BIN/devverify-lab" >here || here=$?
		ask "$v" "$@" >there 2>messages || there=$?
		cmp here there
		[ "$here" -eq "$there" ]
		[ "$here" -ne 0 ] || yes=$((yes + 1))
		n=$((n + 1))
	done
	[ "$yes" -eq 7 ]
	[ "$n" -gt 15 ]
}

# ask VECTOR COMMAND...
ask() {
	"${@:2}" file -j -a "$1/anchor1.der" -s "$1/envelope.cose" \
	    -t "$(sed -n 's/^time=//p' "$1/expect")" "$1/artefact"
}

@test "the x86-64 processors tried here have no SHA-NI, and two no AVX2" {
	need_x86
	cat >has.c <<-'END'
	#include <cpuid.h>
	#include <stdio.h>
	int main(void)
	{
		unsigned a, b = 0, c = 0, d, c1;
		__get_cpuid(1, &a, &b, &c1, &d);
		__get_cpuid_count(7, 0, &a, &b, &c, &d);
		printf("avx %u avx2 %u sha %u\n", c1 >> 28 & 1, b >> 5 & 1, b >> 29 & 1);
	}
	END
	gcc -o has has.c
	[ "$(qemu-x86_64 -cpu Nehalem ./has 2>messages)" = "avx 0 avx2 0 sha 0" ]
	[ "$(qemu-x86_64 -cpu SandyBridge ./has 2>messages)" = "avx 1 avx2 0 sha 0" ]
	[ "$(qemu-x86_64 -cpu Haswell ./has 2>messages)" = "avx 1 avx2 1 sha 0" ]
}

@test "digests on the processor at hand and on x86-64 without SHA-NI and AVX2" {
	digests_right "$BIN/tests/hashes"
	need_x86
	for cpu in $X86; do
		digests_right qemu-x86_64 -cpu "$cpu" "$BIN/tests/hashes"
	done
}

@test "keys, signatures and hashes on x86-64 without SHA-NI and AVX2: unit/dv_crypto" {
	need_x86
	for cpu in Nehalem Haswell; do
		CMOCKA_MESSAGE_OUTPUT=STDOUT run -0 qemu-x86_64 -cpu "$cpu" \
		    "$BIN/tests/test_dv_crypto"
		has "[  PASSED  ] "
		has_not "FAILED"
	done
}

@test "verdicts of devverify, dynamic and static, on x86-64 without SHA-NI and AVX2" {
	need_x86
	verdicts_same qemu-x86_64 -cpu Nehalem "$BIN/devverify-lab"
	for cpu in $X86; do
		verdicts_same qemu-x86_64 -cpu "$cpu" "$BIN/static/devverify-lab"
	done
}

@test "digests on aarch64" {
	need qemu-aarch64
	for cpu in $ARM; do
		digests_right qemu-aarch64 -cpu "$cpu" "$BIN/aarch64/tests/hashes"
	done
}

@test "verdicts of devverify on aarch64" {
	need qemu-aarch64
	for cpu in $ARM; do
		verdicts_same qemu-aarch64 -cpu "$cpu" "$BIN/aarch64/devverify-lab"
	done
}

# No processor of this qemu lacks them; what does not use them needs no other.
@test "nothing for aarch64 depends on its cryptographic instructions" {
	need aarch64-linux-gnu-objdump
	aarch64-linux-gnu-objdump -d "$BIN/aarch64/libdv.a" \
	    "$BIN/aarch64/libwolf-verify.a" >code
	[ "$(grep -c '	ret$' code)" -gt 500 ]
	run -1 grep -E '	(sha1|sha256|sha512|aes|pmull|eor3|rax1|xar|bcax)[a-z0-9]*	' code
}

@test "the core is not compiled with wolfSSL's AVX2 code, which slows SHA-256" {
	need_x86
	mkdir settings
	printf '#include "%s"\n#undef NO_AVX2_SUPPORT\n' \
	    "$TOP/verify/wolfssl/user_settings.h" >settings/user_settings.h
	set -- -std=c11 -fsyntax-only -DWOLFSSL_USER_SETTINGS -DDV_WOLF_ASM \
	    -I"$TOP/include" -I"$TOP/verify" \
	    -isystem "$TOP/build/deps/wolfssl" "$TOP/verify/crypto_wolf.c"
	run -0 gcc -I"$TOP/verify/wolfssl" "$@"
	run -1 gcc -Isettings "$@"
	has "NO_AVX2_SUPPORT"
}
