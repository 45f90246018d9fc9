/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What this build has, from the switches that the Makefile sets.
 * Families of algorithms (ALGS=): DV_NO_P384, DV_NO_ED25519, DV_NO_RSA,
 * DV_NO_MLDSA, DV_NO_LMS. P-256 with SHA-256 is always there.
 * Parts of the verifier (PARTS=): DV_NO_CRL, DV_NO_POLICIES, DV_NO_CONSTRAINTS,
 * DV_NO_COUNTERSIGNATURES, DV_NO_SIGNERS (demands on who signed), DV_NO_PATH (the
 * profile of that name), DV_NO_TRACE.
 * What needs a part that is left out is refused (DV_R_NOT_BUILT),
 * never passed over.
 * DV_NO_WORDS: reasons by number, name and rule; no sentence and no hint.
 * DV_NO_VALUES: nor what was wanted and found. For the core and the tiny devverify
 * alone: the others have them.
 * Reasons and fields that only a part can come to have no words without it.
 * Parts of devverify (PARTS=): DV_NO_SEVERAL to DV_NO_SELFCHECK below. A verb or
 * an option that is left out is an unknown one. Says nothing else.
 */
#ifndef BUILT_H
#define BUILT_H

#ifdef DV_NO_P384
#define DV_HAS_P384 0
#else
#define DV_HAS_P384 1
#endif

#ifdef DV_NO_ED25519
#define DV_HAS_ED25519 0
#else
#define DV_HAS_ED25519 1
#endif

#ifdef DV_NO_RSA
#define DV_HAS_RSA 0
#else
#define DV_HAS_RSA 1
#endif

#ifdef DV_NO_MLDSA
#define DV_HAS_MLDSA 0
#else
#define DV_HAS_MLDSA 1
#endif

#ifdef DV_NO_LMS
#define DV_HAS_LMS 0
#else
#define DV_HAS_LMS 1
#endif

#ifdef DV_NO_CRL
#define DV_HAS_CRL 0
#else
#define DV_HAS_CRL 1
#endif

#ifdef DV_NO_POLICIES
#define DV_HAS_POLICIES 0
#else
#define DV_HAS_POLICIES 1
#endif

#ifdef DV_NO_CONSTRAINTS
#define DV_HAS_CONSTRAINTS 0
#else
#define DV_HAS_CONSTRAINTS 1
#endif

#ifdef DV_NO_COUNTERSIGNATURES
#define DV_HAS_COUNTERSIGNATURES 0
#else
#define DV_HAS_COUNTERSIGNATURES 1
#endif

#ifdef DV_NO_SIGNERS
#define DV_HAS_SIGNERS 0
#else
#define DV_HAS_SIGNERS 1
#endif

#ifdef DV_NO_PATH
#define DV_HAS_PATH 0
#else
#define DV_HAS_PATH 1
#endif

#ifdef DV_NO_TRACE
#define DV_HAS_TRACE 0
#else
#define DV_HAS_TRACE 1
#endif

#ifdef DV_NO_VALUES
#define DV_HAS_VALUES 0
#else
#define DV_HAS_VALUES 1
#endif

#ifdef DV_NO_WORDS
#define DV_HAS_WORDS 0
#else
#define DV_HAS_WORDS 1
#endif

#ifdef DV_NO_SEVERAL
#define DV_HAS_SEVERAL 0
#else
#define DV_HAS_SEVERAL 1
#endif

#ifdef DV_NO_MODULES
#define DV_HAS_MODULES 0
#else
#define DV_HAS_MODULES 1
#endif

#ifdef DV_NO_MANIFESTS
#define DV_HAS_MANIFESTS 0
#else
#define DV_HAS_MANIFESTS 1
#endif

#ifdef DV_NO_RECEIPTS
#define DV_HAS_RECEIPTS 0
#else
#define DV_HAS_RECEIPTS 1
#endif

#ifdef DV_NO_DEMANDS
#define DV_HAS_DEMANDS 0
#else
#define DV_HAS_DEMANDS 1
#endif

#ifdef DV_NO_VOUCHERS
#define DV_HAS_VOUCHERS 0
#else
#define DV_HAS_VOUCHERS 1
#endif

#ifdef DV_NO_LISTS
#define DV_HAS_LISTS 0
#else
#define DV_HAS_LISTS 1
#endif

#ifdef DV_NO_JSON
#define DV_HAS_JSON 0
#else
#define DV_HAS_JSON 1
#endif

#ifdef DV_NO_CHAIN
#define DV_HAS_CHAIN 0
#else
#define DV_HAS_CHAIN 1
#endif

#ifdef DV_NO_SHOW
#define DV_HAS_SHOW 0
#else
#define DV_HAS_SHOW 1
#endif

#ifdef DV_NO_SELFCHECK
#define DV_HAS_SELFCHECK 0
#else
#define DV_HAS_SELFCHECK 1
#endif

/* Hashes that come with them; signing and a CA use all. */
#ifdef DV_WOLF_FULL
#define DV_HAS_SHA384 1
#define DV_HAS_SHA512 1
#else
#define DV_HAS_SHA384 (DV_HAS_P384 || DV_HAS_RSA)
#define DV_HAS_SHA512 (DV_HAS_SHA384 || DV_HAS_ED25519)
#endif

/* Called from so many places that it stays one function, also where a compiler
 * that sees the whole program would put it into each of them. */
#define DV_APART __attribute__((noinline))

#endif
