/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which vectors need what a reduced build leaves out, told from their bytes and
 * their question, never by the code under test. A build that leaves nothing out
 * says no to all. verify/built.h.
 */
#include "vectors.h"

#include <string.h>

#include "built.h"

/* DV_MAX_PATH of a build that leaves nothing out. */
#define WHOLE_MAX_PATH 8

/* An object identifier as it stands in DER, and who needs it. */
struct marker {
	bool built;
	unsigned len;
	const char *octets;
};

#define MARK(built, octets) { built, sizeof(octets) - 1, octets }

static const struct marker markers[] = {
	MARK(DV_HAS_POLICIES, "\x06\x03\x55\x1d\x20"),	/* certificatePolicies */
	MARK(DV_HAS_POLICIES, "\x06\x03\x55\x1d\x21"),	/* policyMappings */
	MARK(DV_HAS_POLICIES, "\x06\x03\x55\x1d\x24"),	/* policyConstraints */
	MARK(DV_HAS_POLICIES, "\x06\x03\x55\x1d\x36"),	/* inhibitAnyPolicy */
	MARK(DV_HAS_CONSTRAINTS, "\x06\x03\x55\x1d\x1e"), /* nameConstraints */
	/* COSE countersignature (11): alone in the open; one, or a list */
	MARK(DV_HAS_COUNTERSIGNATURES, "\xa1\x0b"),
	MARK(DV_HAS_COUNTERSIGNATURES, "\x0b\x83"),
	MARK(DV_HAS_COUNTERSIGNATURES, "\x0b\x82\x83"),
	MARK(DV_HAS_COUNTERSIGNATURES, "\x0b\x84\x83"),
	MARK(DV_HAS_P384, "\x06\x05\x2b\x81\x04\x00\x22"), /* secp384r1 */
	/* ecdsa-with-SHA384, -SHA512 */
	MARK(DV_HAS_SHA384, "\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x03"),
	MARK(DV_HAS_SHA512, "\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x04"),
	MARK(DV_HAS_ED25519, "\x06\x03\x2b\x65\x70"),
	MARK(DV_HAS_RSA, "\x2a\x86\x48\x86\xf7\x0d\x01\x01"), /* pkcs-1 */
	MARK(DV_HAS_MLDSA, "\x06\x09\x60\x86\x48\x01\x65\x03\x04\x03"),
	MARK(DV_HAS_LMS, "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x03\x11"),
	/* COSE alg (1): ES384, EdDSA, PS256 to PS512, HSS-LMS, ML-DSA */
	MARK(DV_HAS_P384, "\x01\x38\x22"),
	MARK(DV_HAS_ED25519, "\x01\x27"),
	MARK(DV_HAS_RSA, "\x01\x38\x24"),
	MARK(DV_HAS_RSA, "\x01\x38\x25"),
	MARK(DV_HAS_RSA, "\x01\x38\x26"),
	MARK(DV_HAS_LMS, "\x01\x38\x2d"),
	MARK(DV_HAS_MLDSA, "\x01\x38\x2f"),
	MARK(DV_HAS_MLDSA, "\x01\x38\x30"),
	MARK(DV_HAS_MLDSA, "\x01\x38\x31"),
	/* payload-hash-alg (258): SHA-384 (-43), SHA-512 (-44) */
	MARK(DV_HAS_SHA384, "\x19\x01\x02\x38\x2a"),
	MARK(DV_HAS_SHA512, "\x19\x01\x02\x38\x2b"),
};

/* CBOR: a hash of 48 or 64 octets. In an envelope it may be a signature. */
static const struct marker digests[] = {
	MARK(DV_HAS_SHA384, "\x58\x30"),
	MARK(DV_HAS_SHA512, "\x58\x40"),
};

static bool
holds(struct dv_bytes object, const struct marker *m)
{
	return object.len > 0 &&
	    memmem(object.ptr, object.len, m->octets, m->len) != NULL;
}

static bool
any_needed(struct dv_bytes object, const struct marker *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!list[i].built && holds(object, &list[i]))
			return true;
	return false;
}

static bool
object_needs(struct dv_bytes object)
{
	return any_needed(object, markers,
	    sizeof(markers) / sizeof(markers[0]));
}

static bool
digest_needs(const struct vector *v)
{
	return (v->kind == KIND_MANIFEST || v->kind == KIND_RECEIPT) &&
	    any_needed(v->in.main, digests,
	    sizeof(digests) / sizeof(digests[0]));
}

/* Certificates in it: each states version 3 (RFC 5280 4.1.2.1). */
static size_t
certs_in(struct dv_bytes object)
{
	static const char version[] = "\xa0\x03\x02\x01\x02";
	const uint8_t *end = object.ptr + object.len, *p = object.ptr;
	size_t count = 0;

	while (object.len > 0 && (p = memmem(p, (size_t)(end - p), version,
	    sizeof(version) - 1)) != NULL) {
		p += sizeof(version) - 1;
		count++;
	}
	return count;
}

/* A receipt names them by their hashes, in an array that has the key 9. */
static size_t
hashes_in(struct dv_bytes receipt)
{
	char list[] = "\x09\x80\x58\x20";
	const struct marker m = { false, sizeof(list) - 1, list };

	for (size_t n = WHOLE_MAX_PATH; n > 0; n--) {
		list[1] = (char)(0x80 | n);
		if (holds(receipt, &m))
			return n;
	}
	return 0;
}

/* Could there be a path in it that is longer than this build follows? */
static bool
path_needs(const struct vector *v)
{
	size_t certs = v->kind == KIND_RECEIPT ? hashes_in(v->in.main) :
	    certs_in(v->in.main);

	for (size_t i = 0; i < v->in.pile_count; i++)
		certs += certs_in(v->in.pile[i]);
	return DV_MAX_PATH < WHOLE_MAX_PATH && certs > DV_MAX_PATH;
}

static bool
question_needs(const struct vector *v)
{
	const struct dv_policy *policy = &v->expect.policy;

	if (!DV_HAS_CRL && (v->in.crl_count > 0 || v->kind == KIND_CRL ||
	    policy->revocation == DV_REVOCATION_REQUIRED))
		return true;
	if (!DV_HAS_PATH && policy->profile == DV_PROFILE_PATH)
		return true;
	if (!DV_HAS_SIGNERS && v->expect.demand.kind >= DV_DEMAND_SIGNER_NAME)
		return true;
	return !DV_HAS_POLICIES && (policy->initial_policy_count > 0 ||
	    policy->require_explicit || policy->inhibit_mapping ||
	    policy->inhibit_any);
}

bool
vector_needs_left_out(const struct vector *v)
{
	bool needs = question_needs(v) || path_needs(v) || digest_needs(v) ||
	    object_needs(v->in.main);

	for (size_t i = 0; i < v->in.pile_count; i++)
		needs |= object_needs(v->in.pile[i]);
	for (size_t i = 0; i < v->in.anchor_count; i++)
		needs |= object_needs(v->in.anchors[i]);
	for (size_t i = 0; i < v->in.crl_count; i++)
		needs |= object_needs(v->in.crls[i]);
	return needs;
}
