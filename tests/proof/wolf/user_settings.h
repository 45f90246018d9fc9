/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * wolfSSL as a second reader of certificates, for tests/proof/opinion.c alone:
 * the same pinned source as verify/wolfssl/user_settings.h has, with its own
 * reader of certificates and the widest choice of what that understands. Is
 * part of no program.
 */
#ifndef OPINION_USER_SETTINGS_H
#define OPINION_USER_SETTINGS_H

#define WOLFCRYPT_ONLY
#define SINGLE_THREADED
#define NO_FILESYSTEM
#define NO_MAIN_DRIVER
#define NO_ERROR_STRINGS
#define WC_NO_CONSTRUCTORS
#define WC_NO_RNG
#define WC_NO_HASHDRBG
#define NO_DEV_RANDOM
#define WC_NO_HARDEN	/* nothing secret is here */
#define NO_DSA
#define NO_DH
#define NO_DES3
#define NO_MD4
#define NO_MD5
#define NO_RC4
#define NO_AES
#define NO_HMAC
#define NO_PWDBASED
#define NO_PKCS12
#define NO_ASN_TIME	/* a time is no matter of form */

/* What a key or a signature may be. */
#define WOLFSSL_SHA384
#define WOLFSSL_SHA512
#define WOLFSSL_SP_MATH_ALL
#define SP_INT_BITS 4096
#define HAVE_ECC
#define ECC_USER_CURVES
#define HAVE_ECC384
#define HAVE_ED25519
#define WC_RSA_PSS
#define WOLFSSL_HAVE_MLDSA
#define WOLFSSL_WC_MLDSA
#define WOLFSSL_SHA3
#define WOLFSSL_SHAKE128
#define WOLFSSL_SHAKE256
#define WOLFSSL_HAVE_LMS
#define WOLFSSL_WC_LMS
#define WOLFSSL_LMS_VERIFY_ONLY

/* What is read of extensions. */
#define WOLFSSL_ASN_TEMPLATE
#define WOLFSSL_CERT_EXT
#define WOLFSSL_ALT_NAMES
#define WOLFSSL_IP_ALT_NAME
#define WOLFSSL_SEP

#endif
