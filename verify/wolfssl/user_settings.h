/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The one configuration of wolfSSL 5.9.2 (wolfCrypt only), in two forms.
 *
 * Default: verify.  Hashes and public-key verification, no heap, no random
 * numbers, no ASN.1, no private keys.  devverify and the microcontroller.
 *
 * -DDV_WOLF_FULL: verify, and what signing and a CA need: key generation,
 * signing, random numbers, PKCS#8 files under PBES2.  devsign and pki-*.
 *
 * Switches, set by the Makefile and the same for the library and for the files
 * that include wolfSSL (verify/crypto_wolf*.c, sign/crypto_wolf_sign.c):
 *   DV_NO_...      leave out a family of algorithms: verify/built.h
 *   DV_WOLF_ASM    x86-64 assembler for the curves and the hashes
 *   DV_WOLF_SMALL  small code before speed
 *   DV_WOLF_SMALL_CURVES  of the curves too, however slow
 *   DV_WOLF_ONLY_256, _384  of one file: it has one curve, another the other
 *   DV_WOLF_BARE   no operating system (32-bit microcontroller)
 *
 * The Makefile also gives library and application one -std=: the layout of
 * some wolfSSL structures depends on the C version it is read under.
 */
#ifndef DV_USER_SETTINGS_H
#define DV_USER_SETTINGS_H

#include "../built.h"

/* ---- what this is not: no TLS, no threads, no files, no messages ------ */
#define WOLFCRYPT_ONLY
#define SINGLE_THREADED
#define NO_FILESYSTEM
#define NO_WRITEV
#define NO_MAIN_DRIVER
#define NO_ERROR_STRINGS
#define NO_SIG_WRAPPER
#define NO_OLD_TLS
#define NO_OLD_WC_NAMES
#define NO_OLD_RNGNAME
#define NO_PSK
#define NO_SESSION_CACHE
#define WC_NO_ASYNC_THREADING
#define WC_NO_CONSTRUCTORS
#define WOLFSSL_NO_DEBUG

/* Never used: each would be one more thing to believe. */
#define NO_DH
#define NO_DSA
#define NO_RC4
#define NO_DES3
#define NO_MD4
#define NO_MD5
#define NO_SHA
#define NO_RSA
#define NO_PKCS7
#define NO_PKCS12

/* wolfSSL learns of the compiler's 128-bit integer only from configure. */
#if defined(__SIZEOF_INT128__) && !defined(HAVE___UINT128_T)
#define HAVE___UINT128_T 1
#endif

/* ---- hashes ------------------------------------------------------------ */
#if DV_HAS_SHA512
#define WOLFSSL_SHA512
#endif
#if DV_HAS_SHA384
#define WOLFSSL_SHA384
#endif
#ifdef DV_WOLF_SMALL
#define USE_SLOW_SHA256
#define USE_SLOW_SHA512
#endif

/* ---- curves ------------------------------------------------------------ */
/*
 * WOLFSSL_HAVE_SP_ECC is not a matter of speed: the generic curve code of
 * this release refuses some valid signatures (Wycheproof P-256 tcId 433).
 */
#define HAVE_ECC
#define ECC_USER_CURVES
#define WOLFSSL_HAVE_SP_ECC
#if DV_HAS_RSA
/*
 * The power of RSA alone is asked of the general code, which takes a modulus
 * of any size: verify/crypto_wolf_rsa.c does the rest, so NO_RSA stays.
 */
#define WOLFSSL_SP_MATH_ALL
#define SP_INT_BITS 4096
#else
#define WOLFSSL_SP_MATH
#define SP_INT_BITS (DV_HAS_P384 ? 384 : 256)	/* the same in every file */
#endif
#define WOLFSSL_SP_NO_2048
#define WOLFSSL_SP_NO_3072
#define WOLFSSL_SP_NO_MALLOC
#define ECC_TIMING_RESISTANT
#if DV_HAS_P384
#define HAVE_ECC384
#ifndef DV_WOLF_ONLY_256
#define WOLFSSL_SP_384
#endif
#endif
#ifdef DV_WOLF_ONLY_384
#define WOLFSSL_SP_NO_256
#endif
#if DV_HAS_ED25519
#define HAVE_ED25519
#ifdef DV_WOLF_SMALL_CURVES
#define CURVED25519_SMALL	/* 6 KB less; a signature takes 5 ms, not 0.1 */
#endif
#define WOLFSSL_ED25519_STREAMING_VERIFY	/* a message may be in parts */
#endif
/*
 * ML-DSA in little memory and none from the heap: one without the other fails
 * at every verification. It is no slower than the large code.
 */
#if DV_HAS_MLDSA
#define WOLFSSL_HAVE_MLDSA
#define WOLFSSL_WC_MLDSA
#define WOLFSSL_MLDSA_VERIFY_ONLY
#define WOLFSSL_MLDSA_VERIFY_SMALL_MEM
#define WOLFSSL_MLDSA_VERIFY_NO_MALLOC
#define WOLFSSL_MLDSA_ASSIGN_KEY
#define WOLFSSL_MLDSA_SMALL_MEM_POLY64	/* without: accepts a forgery */
#define WOLFSSL_MLDSA_SMALL
#define WOLFSSL_MLDSA_NO_ASN1
#define WOLFSSL_SHA3
#define WOLFSSL_SHAKE128
#define WOLFSSL_SHAKE256
#define WOLFSSL_NOSHA3_224
#define WOLFSSL_NOSHA3_256
#define WOLFSSL_NOSHA3_384
#define WOLFSSL_NOSHA3_512
#endif
#ifdef DV_WOLF_SMALL
#define NO_CURVED25519_X64	/* 25 KB of assembler for 10 microseconds */
#endif

/* ---- machine ----------------------------------------------------------- */
#if defined(DV_WOLF_ASM) && defined(__x86_64__)
#define WOLFSSL_X86_64_BUILD
#ifdef DV_WOLF_SMALL
#define NO_MOVBE_SUPPORT	/* to ask for it takes 20 slow instructions */
#else
#define USE_INTEL_SPEEDUP
#endif
#define WOLFSSL_SP_ASM
#define WOLFSSL_SP_X86_64_ASM
#define WOLFSSL_SP_X86_64
/*
 * No AVX2. It would save a tenth of a P-256 verification and a quarter of a
 * signature; but wolfSSL leaves the upper halves of the registers dirty, after
 * which SHA-256 takes a hundred times as long on some processors, and it is
 * 40 KB of code. Under clang wolfSSL's sha256.c calls its AVX2 assembler all
 * the same, so there that has to exist.
 */
#if !defined(__clang__) || !defined(__ASSEMBLER__)
#define NO_AVX2_SUPPORT
#endif
#endif
#if defined(DV_WOLF_SMALL) && defined(__x86_64__)
#define DV_WOLF_SHANI		/* verify/crypto_wolf_sha256.c */
#endif
#ifdef DV_WOLF_BARE
#define SP_WORD_SIZE 32
#define SIZEOF_LONG 4
#define SIZEOF_LONG_LONG 8
#define WOLFSSL_GENERAL_ALIGNMENT 4
#define NO_STDIO_FILESYSTEM
#define WOLFSSL_NO_STDIO
#endif

#ifndef DV_WOLF_FULL
/* ---- verify: public operations only, not one allocation ---------------- */
#define WOLFSSL_NO_MALLOC
#define WC_NO_RNG
#define WC_NO_HASHDRBG
#define NO_DEV_RANDOM
#if !DV_HAS_MLDSA	/* wc_mldsa.c wants a type of asn.h, no function */
#define NO_ASN
#endif
#define NO_ASN_TIME
#define NO_CERTS
#define NO_CODING
#define NO_AES
#define NO_HMAC
#define NO_KDF
#define NO_PWDBASED
#define NO_PKCS8
#define WOLFSSL_SP_SMALL	/* 500 KB of tables for a sixth of the time */
#define NO_ECC_DHE
#define NO_ECC_SIGN
#define NO_ECC_KEY_EXPORT
#define NO_ED25519_MAKE_KEY
#define NO_ED25519_SIGN
#define NO_ED25519_KEY_EXPORT

#else
/* ---- full: signing and the CA ------------------------------------------ */
#define HAVE_HASHDRBG
#define WOLFSSL_GETRANDOM	/* the only seed: without it there is none */
#define WOLFSSL_DRBG_SHA512	/* SHA-256 would halve the rate of signing */

/* PKCS#8 files: PBES2 of PBKDF2-HMAC-SHA-256 and AES-256-CBC, and no other. */
#define HAVE_PKCS8
#define WOLFSSL_AES_256
#define NO_AES_128
#define NO_AES_192
#define HAVE_AES_CBC
/* Keys made for devices, sealed: CMS with ECDH and AES-256-GCM. */
#define HAVE_AESGCM
#define GCM_SMALL
#define WOLFSSL_ASN_TEMPLATE
#define NO_ASN_TIME
#define NO_CERTS
#define NO_CODING
#define WOLFSSL_KEY_GEN
#endif

#endif
