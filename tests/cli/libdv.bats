#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The installed libdv, as other people's programs meet it: found by pkg-config,
# in C11 and C++17, beside another wolfSSL and libcbor, and away again.

bats_require_minimum_version 1.5.0
load helpers

# installed ACTION [VARIABLE=VALUE]...: make install or uninstall
installed() {
	make -s -C "$TOP" BUILD="$BIN" SAN= DESTDIR="$STAGE" PREFIX=/opt/dv "$@"
}

setup_file() {
	find_programs
	export STAGE=$BATS_FILE_TMPDIR/stage
	cd "$BATS_FILE_TMPDIR"
	installed install
	pki() { "$BIN/$1" "${@:2}" --no-passphrase; }
	pki pki-init root -d root -n "CN=Test Root,O=Example"
	pki pki-init intermediate -d ca --issuer root -n "CN=Test CA,O=Example"
	"$BIN/pki-init" anchors -d root -o anchors.c
	pki devsign key create -k file:unit.key
	"$BIN/devsign" request -k file:unit.key -n "serialNumber=1,O=Example" \
	    -o unit.csr
	"$BIN/pki-issue" device -d ca -p idevid -o unit.pem unit.csr
	echo "firmware 1.2.3" >fw.bin
	"$BIN/devsign" sign -k file:unit.key -c unit.pem fw.bin
}

setup() {
	cd "$BATS_FILE_TMPDIR"
	export PKG_CONFIG_SYSROOT_DIR=$STAGE
	export PKG_CONFIG_PATH=$STAGE/opt/dv/lib/pkgconfig
	WARN=(-Wall -Wextra -Werror -pedantic)
	SANITIZE=(${SAN:+"-fsanitize=$SAN"})
	read -ra CFLAGS <<<"$(pkg-config --cflags libdv)"
	read -ra LIBS <<<"$(pkg-config --libs libdv)"
}

# builds OUT COMPILER ARGUMENT...: with libdv, warnings are errors
builds() {
	local out=$1
	shift
	"$@" "${WARN[@]}" "${SANITIZE[@]}" "${CFLAGS[@]}" -o "$out" "${LIBS[@]}"
}

@test "pkg-config finds the version, and no place where it was built or staged" {
	pkg-config --validate libdv
	local version
	version=$(sed -n 's/^#define DV_VERSION "\(.*\)"$/\1/p' \
	    "$STAGE/opt/dv/include/devtrust/dv_version.h")
	[ -n "$version" ]
	[ "$(pkg-config --modversion libdv)" = "$version" ]
	unset PKG_CONFIG_SYSROOT_DIR
	[ "$(pkg-config --variable=prefix libdv)" = /opt/dv ]
	run cat "$STAGE/opt/dv/lib/pkgconfig/libdv.pc"
	has 'Libs: -L${libdir} -ldv'
	has_not "$TOP"
	has_not "$BIN"
	has_not "$STAGE"
	has_not @
	run ! grep -qF -e "$TOP" "$STAGE/opt/dv/lib/libdv.a"
}

@test "a reduced library says by which switches its structures are laid out" {
	local pc=$BATS_TEST_TMPDIR/small/lib/libdv.pc.in cflags part
	make -s -C "$TOP" BUILD="$BATS_TEST_TMPDIR/small" SAN= MAX_PATH=4 \
	    PARTS=WORDS "$pc"
	cflags=$(sed -n 's/^Cflags: //p' "$pc")
	for part in MAX_PATH=4 NO_CRL NO_POLICIES NO_TRACE NO_VALUES; do
		[[ " $cflags " = *" -DDV_$part "* ]]
	done
	[[ " $cflags " != *" -DDV_NO_WORDS "* ]]
	# of the whole library: none
	[ "$(sed -n 's/^Cflags: //p' "$BIN/lib/libdv.pc.in")" = \
	    '-I${includedir}' ]
}

@test "the headers of the library are installed, those of the tools are not" {
	cd "$STAGE/opt/dv/include/devtrust"
	run ls
	[ "$output" = "$(cd "$TOP/include" && ls dv_*)" ]
}

@test "uninstall takes away every file that install put there" {
	export STAGE=$BATS_TEST_TMPDIR/stage
	installed install
	[ -n "$(find "$STAGE" -type f)" ]
	installed uninstall
	run find "$STAGE" -type f
	[ -z "$output" ]
}

@test "install refuses when libdv is not built, and says what to do" {
	run installed install BUILD="$BATS_TEST_TMPDIR/none"
	[ "$status" -ne 0 ]
	has "none/devverify is not built; run 'make'"
}

@test "every header stands alone, pedantic, in C11 and C++17, twice" {
	local header compiler count=0
	for header in "$STAGE"/opt/dv/include/devtrust/*.h; do
		printf '#include <%s>\n#include <%s>\ntypedef int not_empty;\n' \
		    "${header##*/}" "${header##*/}" >one.c
		for compiler in gcc clang g++ clang++; do
			command -v "$compiler" >found || continue
			case $compiler in
			*++) set -- -std=c++17 -x c++ ;;
			*) set -- -std=c11 -x c -Wstrict-prototypes ;;
			esac
			"$compiler" "$@" "${WARN[@]}" "${CFLAGS[@]}" -I/nonexistent \
			    -fsyntax-only one.c
			count=$((count + 1))
		done
	done
	[ "$count" -ge 34 ]
}

@test "every header that declares a function is extern C" {
	local header count=0
	for header in "$STAGE"/opt/dv/include/devtrust/*.h; do
		grep -q ');$' "$header" || continue
		grep -q '^extern "C" {$' "$header" || {
			echo "${header##*/} is not extern \"C\""
			return 1
		}
		count=$((count + 1))
	done
	[ "$count" -ge 10 ]
}

@test "the example verifies a file with the anchors compiled in" {
	[ "$(wc -l <"$TOP/docs/examples/verify_file.c")" -lt 100 ]
	builds verify gcc -std=c11 "$TOP/docs/examples/verify_file.c" anchors.c
	run ./verify fw.bin fw.bin.cose
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output == "fw.bin: ACCEPTED until "* ]]
	# the same words as the program's
	local theirs=$output
	run "$BIN/devverify-lab" file -a root/ca.crt fw.bin
	[ "${lines[0]%% (*}" = "$theirs" ]

	echo "firmware 1.2.4" >other.bin
	run ./verify other.bin fw.bin.cose
	[ "$status" -eq 1 ]
	[ "$output" = "other.bin: REJECTED artefact-mismatch" ]
	head -c 100 fw.bin.cose >cut.cose
	run ./verify fw.bin cut.cose
	[ "$status" -eq 1 ]
	[[ $output == "fw.bin: REJECTED "* ]]
	run ./verify none.bin fw.bin.cose
	[ "$status" -eq 3 ]
	has "none.bin: not readable"
	run ./verify fw.bin none.cose
	[ "$status" -eq 3 ]
	has "none.cose: not readable"
	head -c 262145 /dev/zero >big.cose
	run ./verify fw.bin big.cose
	[ "$status" -eq 3 ]
	run ./verify fw.bin
	[ "$status" -eq 3 ]
}

@test "the example that make builds trusts what ANCHORS= says: here nothing" {
	run "$BIN/examples/verify_file" fw.bin fw.bin.cose
	[ "$status" -eq 1 ]
	[[ $output == "fw.bin: REJECTED no-anchors" ]]
}

@test "a C++ program verifies, and reads why not" {
	cat >verify.cpp <<-'END'
	#include <dv_cert.h>
	#include <dv_crl.h>
	#include <dv_csr.h>
	#include <dv_manifest.h>
	#include <dv_receipt.h>
	#include <dv_version.h>
	#include <dv_wasm.h>

	#include <fstream>
	#include <iostream>
	#include <iterator>
	#include <memory>
	#include <string>
	#include <vector>

	static std::vector<std::uint8_t> all(const char *name)
	{
		std::ifstream in(name, std::ios::binary);
		return { std::istreambuf_iterator<char>(in), {} };
	}

	int main(int, char **argv)
	{
		const auto file = all(argv[1]), cose = all(argv[2]);
		auto sign1 = std::make_unique<dv_sign1>();
		auto work = std::make_unique<dv_work>();
		auto path = std::make_unique<dv_path>();
		dv_at at{};
		std::uint8_t digest[DV_MAX_DIGEST];
		dv_chain trust{};
		dv_time now{};

		if (std::string(dv_version()) != DV_VERSION ||
		    !dv_time_parse({ reinterpret_cast<const std::uint8_t *>(argv[3]),
		    std::string(argv[3]).size() }, &now))
			return 3;
		if (dv_sign1_parse({ cose.data(), cose.size() }, DV_PROFILE_STRICT,
		    sign1.get(), &at) != DV_R_NONE)
			return 3;
		trust.anchors = dv_builtin_anchors;
		trust.anchor_count = dv_builtin_anchor_count;
		const dv_policy policy = dv_policy_strict(now);
		const std::size_t n = dv_hash_once(sign1->hash,
		    { file.data(), file.size() }, digest);
		dv_question question{};
		question.digest = { digest, n };
		question.trust = &trust;
		question.policy = &policy;
		const dv_verdict verdict = dv_sign1_verify(sign1.get(), &question,
		    work.get(), path.get());
		char subject[64] = "-";
		if (path->count > 0)
			dv_name_text(path->cert[0].subject, subject,
			    sizeof subject);
		std::cout << dv_reason_name(verdict.reason) << ' ' << subject
		    << '\n';
		return verdict.status == DV_ACCEPTED ? 0 : 1;
	}
	END
	# anchors.c is C: an object of its own, as in any C++ program
	gcc -std=c11 "${SANITIZE[@]}" "${CFLAGS[@]}" -c -o anchors.o anchors.c
	local compiler count=0 now
	now=$(date -u +%Y-%m-%dT%H:%M:%SZ)
	for compiler in g++ clang++; do
		command -v "$compiler" >found || continue
		builds verify-cpp "$compiler" -std=c++17 verify.cpp anchors.o
		run ./verify-cpp fw.bin fw.bin.cose "$now"
		echo "$compiler: $output"
		[ "$status" -eq 0 ]
		[ "$output" = "none serialNumber=1,O=Example" ]
		run ./verify-cpp fw.bin fw.bin.cose 2020-01-01T00:00:00Z
		[ "$status" -eq 1 ]
		[ "$output" = "not-yet-valid -" ]
		count=$((count + 1))
	done
	[ "$count" -ge 1 ]
}

@test "it lives in one program with another wolfSSL, libcbor and OpenSSL" {
	cat >both.c <<-'END'
	#include <wolfssl/options.h>
	#include <wolfssl/ssl.h>
	#include <wolfssl/wolfcrypt/sha256.h>
	#include <cbor.h>
	#include <stdio.h>
	#include <string.h>

	#include "dv_sign1.h"

	/* headers of OpenSSL and wolfSSL do not go into one file */
	extern int ossl_sha256(const void *, size_t, unsigned char *);
	static struct dv_sign1 sign1;

	int
	main(int argc, char **argv)
	{
		static uint8_t room[DV_MAX_ENVELOPE];
		static const uint8_t text[] = "abc";
		const struct dv_bytes abc = { text, 3 };
		uint8_t ours[DV_MAX_DIGEST], wolf[32], ossl[32];
		struct cbor_load_result loaded;
		struct dv_bytes envelope = { room, 0 };
		struct dv_at at;
		FILE *f = fopen(argv[argc - 1], "rb");
		cbor_item_t *item;
		wc_Sha256 sha;

		if (f == NULL)
			return 2;
		envelope.len = fread(room, 1, sizeof room, f);
		fclose(f);
		/* wolfSSL's own certificate store, and its hash beside ours */
		if (wolfSSL_Init() != WOLFSSL_SUCCESS || wc_InitSha256(&sha) != 0 ||
		    wc_Sha256Update(&sha, text, 3) != 0 ||
		    wc_Sha256Final(&sha, wolf) != 0)
			return 3;
		if (ossl_sha256(text, 3, ossl) != 1 ||
		    dv_hash_once(DV_HASH_SHA256, abc, ours) != 32 ||
		    memcmp(ours, wolf, 32) != 0 || memcmp(ours, ossl, 32) != 0)
			return 4;
		/* libcbor builds a tree (0.8 knows no tag 18), we do not */
		item = cbor_load(envelope.ptr + 1, envelope.len - 1, &loaded);
		if (item == NULL || cbor_array_size(item) != 4 ||
		    dv_sign1_parse(envelope, DV_PROFILE_STRICT, &sign1, &at) !=
		    DV_R_NONE)
			return 5;
		cbor_decref(&item);
		printf("%s", wolfSSL_lib_version());
		return wolfSSL_Cleanup() != WOLFSSL_SUCCESS;
	}
	END
	cat >ossl.c <<-'END'
	#include <openssl/evp.h>

	int ossl_sha256(const void *, size_t, unsigned char *);

	int
	ossl_sha256(const void *bytes, size_t len, unsigned char *out)
	{
		return EVP_Digest(bytes, len, out, NULL, EVP_sha256(), NULL);
	}
	END
	gcc -std=c11 "${SANITIZE[@]}" -c -o ossl.o ossl.c
	local theirs wolf_dir
	wolf_dir=$(PKG_CONFIG_SYSROOT_DIR='' pkg-config --variable=libdir wolfssl)
	# their headers are theirs: no warnings of ours
	theirs=(gcc -std=c11 -D_GNU_SOURCE "${SANITIZE[@]}" "${CFLAGS[@]}" both.c ossl.o)
	local names
	# shared, static; and in either order
	for names in "${LIBS[*]} -lwolfssl" "-lwolfssl ${LIBS[*]}" \
	    "${LIBS[*]} $wolf_dir/libwolfssl.a -lm" \
	    "$wolf_dir/libwolfssl.a ${LIBS[*]} -lm"; do
		echo "$names"
		# shellcheck disable=SC2086 # a list of libraries
		"${theirs[@]}" -o both $names -lcbor -lssl -lcrypto -lpthread
		run ./both fw.bin.cose
		echo "$status: $output"
		[ "$status" -eq 0 ]
		# theirs answers, of the version that its headers name
		[ "$output" = "$(PKG_CONFIG_SYSROOT_DIR='' \
		    pkg-config --modversion wolfssl)" ]
	done
	# What it would be without the hiding: both define the same names.
	run "${theirs[@]}" -o both "$BIN/libdv.a" -Wl,--whole-archive \
	    "$BIN/libwolf-verify.a" "$wolf_dir/libwolfssl.a" \
	    -Wl,--no-whole-archive -lcbor -lcrypto -lm -lpthread
	[ "$status" -ne 0 ]
	has "multiple definition"
}

@test "it goes into a shared library, and offers nothing but its functions" {
	gcc -shared "${SANITIZE[@]}" -o libown.so -Wl,--whole-archive "${LIBS[@]}" \
	    -Wl,--no-whole-archive
	nm -D --defined-only libown.so | awk '{ print $3 }' | LC_ALL=C sort >offered
	grep -v '^#' "$TOP/.mk/libdv.symbols" | diff - offered
}

@test "it asks for nothing but a few functions of a C library" {
	[ -z "${SAN-}" ] || skip "sanitizers ask for their own"
	nm -u "$STAGE/opt/dv/lib/libdv.a" | awk '$1 == "U" { print $2 }' >asked
	run grep -vxE \
	    'mem(cpy|move|set|cmp|chr)|strlen|ldexp|__mem(cpy|move|set)_chk|__stack_chk_fail|_GLOBAL_OFFSET_TABLE_' \
	    asked
	[ -z "$output" ]
	grep -qx memcpy asked
}

@test "a function that comes or goes is found, in words on the version" {
	[ -z "${SAN-}" ] || skip "what is instrumented is not what is shipped"
	cd "$TOP"
	BUILD=$BIN tests/lint/symbols.sh
	grep -v '^dv_chain_verify$' .mk/libdv.symbols >"$BATS_TEST_TMPDIR/fewer"
	BUILD=$BIN run tests/lint/symbols.sh "$BATS_TEST_TMPDIR/fewer"
	[ "$status" -ne 0 ]
	has "declared in include/dv_*.h, not listed: dv_chain_verify"
	has "new MINOR version"
	{ cat .mk/libdv.symbols; echo dv_zero; } >"$BATS_TEST_TMPDIR/more"
	BUILD=$BIN run tests/lint/symbols.sh "$BATS_TEST_TMPDIR/more"
	[ "$status" -ne 0 ]
	has "listed, not in libdv.a: dv_zero"
	has "new MAJOR version"
}
