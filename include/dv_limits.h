/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Every limit of the verifier: name, value, reason. Each has a test vector at
 * the limit and one past it. Nothing in the core loops or recurses further.
 */
#ifndef DV_LIMITS_H
#define DV_LIMITS_H

/* Certificates between leaf and anchor, leaf included. Device PKIs have 2-4. */
#define DV_MAX_PATH 8

/* Loose certificates looked at for one question; bounds the search. */
#define DV_MAX_INTERMEDIATES 32

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

/* Name-constraint comparisons for one question (names times subtrees). */
#define DV_MAX_NAME_CHECKS 65536

/* Contents of a serial number, octets, RFC 5280 4.1.2.2. */
#define DV_MAX_SERIAL 20

/* One envelope, bytes: a full chain and room for claims. */
#define DV_MAX_ENVELOPE (256 * 1024)

/* CBOR: nesting, counted from the protected map; entries in one map. */
#define DV_MAX_CBOR_DEPTH 8
#define DV_MAX_CBOR_MAP 32

/* Seconds a signer's clock may be ahead of the time of the question. */
#define DV_MAX_CLOCK_SKEW 300

#endif
