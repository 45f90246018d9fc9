/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Every limit of the verifier: name, value, reason. Each has a test vector at
 * the limit and one past it. Nothing in the core loops or recurses further.
 */
#ifndef DV_LIMITS_H
#define DV_LIMITS_H

/* Certificates between leaf and anchor, leaf included. Device PKIs have 2-4. */
#ifndef DV_MAX_PATH	/* a build may follow shorter paths */
#define DV_MAX_PATH 8
#endif

/* Loose certificates looked at for one question; bounds the search. A build of
 * shorter paths has little room on its stack. */
#define DV_MAX_INTERMEDIATES (DV_MAX_PATH < 8 ? 3 * DV_MAX_PATH : 48)

/* Signature checks for one question: what an attacker can make us pay. */
#define DV_MAX_SIGNATURES 64

/* One certificate, bytes. Real ones are 0.4-4 KB; room for ML-DSA later. */
#define DV_MAX_CERT (32 * 1024)

/* Extensions in one certificate; RFC 5280 knows 17. */
#define DV_MAX_EXTENSIONS 32

/* Relative distinguished names in one name, attributes in one RDN. */
#define DV_MAX_RDNS 32
#define DV_MAX_RDN_ATTRIBUTES 8

/* Entries in one subjectAltName, issuerAltName or ExtKeyUsage. */
#define DV_MAX_GENERAL_NAMES 256
#define DV_MAX_EKUS 64

/* Entries in one certificatePolicies or policyMappings. */
#define DV_MAX_POLICIES 64

/* Certificate policies alive at one certificate of a path; RFC 9618 4. */
#define DV_MAX_POLICY_NODES 64

/* Certificate policies a path can be valid for, and a question can want. */
#ifdef DV_NO_POLICIES	/* asking for one is refused, but has its place */
#define DV_MAX_PATH_POLICIES 1
#else
#define DV_MAX_PATH_POLICIES 64
#endif

/* Name-constraint comparisons for one question (names times subtrees). */
#define DV_MAX_NAME_CHECKS 65536

/* Contents of a serial number, octets, RFC 5280 4.1.2.2. */
#define DV_MAX_SERIAL 20

/* The same in the path profile: older PKIs used a hash as it was. */
#define DV_MAX_SERIAL_PATH 32

/* One CRL, bytes: a million entries and more, read in place. */
#define DV_MAX_CRL (64 * 1024 * 1024)

/* CRLs for one question; signers of them whose certificates stand outside the
 * path. */
#define DV_MAX_CRLS 32
#define DV_MAX_CRL_SIGNERS 8

/* One envelope, bytes: a full chain and room for claims. */
#define DV_MAX_ENVELOPE (256 * 1024)

/* An artefact inside its envelope, bytes, which it then has besides: all of it
 * is in memory while it is judged. */
#define DV_MAX_ATTACHED (16 * 1024 * 1024)

/* Free-form claims of an artefact. */
#define DV_MAX_CLAIMS 16

/* Path of one file of a manifest, octets. */
#define DV_MAX_MANIFEST_PATH 1024

/* Demands that a receipt lists; their values, octets. */
#define DV_MAX_DEMANDS 32
#define DV_MAX_DEMAND 1024

/* Signatures of one envelope (COSE_Sign): one a party that vouches for it. */
#define DV_MAX_SIGNERS 8

/* Countersignatures of one envelope: one a desk that confirms it. Each costs the
 * search for a path of its own. */
#define DV_MAX_COUNTERSIGNATURES 4

/* Signatures inside one WebAssembly module: one a party that vouches for it. */
#define DV_MAX_EMBEDDED 8

/* Name of a custom section of a WebAssembly module, octets. */
#define DV_MAX_WASM_NAME 255

/* Nonce of a voucher, octets; draft-ietf-anima-rfc8366bis 8.3 has "length 8..32". */
#define DV_MIN_VOUCHER_NONCE 8
#define DV_MAX_VOUCHER_NONCE 32

/* CBOR: nesting, counted from the protected map; entries in one map. */
#define DV_MAX_CBOR_DEPTH 8
#define DV_MAX_CBOR_MAP 32

/*
 * RSA modulus, bits: below, it can be factored; above, a check takes too long.
 * Exponent, bits: each costs a multiplication; the usual one has 17.
 */
#define DV_MIN_RSA_BITS 2048
#define DV_MAX_RSA_BITS 4096
#define DV_MAX_RSA_EXPONENT_BITS 64

/* Levels of an HSS key; RFC 8554 6 has 8, SP 800-208 no more. */
#define DV_MAX_HSS_LEVELS 8

/* Seconds a signer's clock may be ahead of the time of the question. */
#define DV_MAX_CLOCK_SKEW 300

#endif
