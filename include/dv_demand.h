/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a caller demands of an accepted envelope: what it says of the artefact,
 * and who signed it. Asked after dv_sign1_verify(), never instead of it.
 */
#ifndef DV_DEMAND_H
#define DV_DEMAND_H

#include "dv_sign1.h"

#ifdef __cplusplus
extern "C" {
#endif

enum dv_demand_kind {
	DV_DEMAND_CLAIM = 1,	/* the claim of that key has this value */
	DV_DEMAND_MIN_VERSION,	/* this version or a later one of its scheme */
	DV_DEMAND_SIGNER_NAME,	/* subject, as dv_name_text() writes it */
	DV_DEMAND_SIGNER_SAN,	/* "DNS:", "email:" or "URI:" and a name */
	DV_DEMAND_SIGNER_KEY,	/* SHA-256 of the SubjectPublicKeyInfo */
	DV_DEMAND_COUNTERSIGNED	/* by this many keys, "1" to "4" */
};

/*
 * key: "name" (sub), "version", "type" (content type), "device", "model",
 * "iss", else that of a free-form claim, whose number, flag or bytes are
 * compared as "7", "true" and lower-case hex. Both views are borrowed: from the
 * caller until the verdict is used up, or from the receipt they were read from.
 */
struct dv_demand {
	enum dv_demand_kind kind;
	struct dv_bytes key;
	struct dv_bytes value;
	bool countersigner;	/* SIGNER_*: of one of those who countersigned */
};

/* Longest name of a signer that can be demanded, characters. One that ends in
 * "..." cannot be: so does one that was cut to fit. */
#define DV_DEMANDED_NAME 900

/* The scheme in which this text is a version, or DV_VERSION_NONE. */
enum dv_version_scheme dv_version_scheme(struct dv_bytes version);

/*
 * Whoever has the signer's key confirms nothing: of countersigners, those of
 * other keys count, each key once.
 *
 * sign1 and leaf (path->cert[0]) are of one accepted question. DV_ACCEPTED
 * when every demand is met; otherwise the first that is not, with what was
 * wanted and found.
 */
DV_MUST_USE struct dv_verdict dv_demands_check(const struct dv_sign1 *sign1,
    const struct dv_cert *leaf, const struct dv_demand *demands, size_t count);

#ifdef __cplusplus
}
#endif
#endif
