/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One case of the x509-limbo schema as a question to the core. Whatever stands
 * in the document, loading it ends in a question or in a reason to skip it.
 * docs/TESTING.md.
 */
#ifndef TESTS_LIMBO_CASE_H
#define TESTS_LIMBO_CASE_H

#include <jansson.h>

#include "dv_chain.h"
#include "host/buf.h"

#define LIMBO_MAX_OBJECTS 2048
#define LIMBO_MAX_ANCHORS 512
#define LIMBO_MAX_POLICIES 16
#define LIMBO_MAX_CRLS 64
#define LIMBO_MAX_OID 64

/* The question, and what it borrows from. */
struct limbo_case {
	const json_t *test, *ours;	/* the case; its "devtrust", or NULL */
	struct dv_buf der[LIMBO_MAX_OBJECTS];
	size_t der_count;
	struct dv_bytes pile[LIMBO_MAX_OBJECTS];
	struct dv_cert anchor_cert[LIMBO_MAX_ANCHORS];
	struct dv_anchor anchors[LIMBO_MAX_ANCHORS];
	size_t anchors_given;
	struct dv_crl crls[LIMBO_MAX_CRLS];
	uint8_t purpose[LIMBO_MAX_OID];
	uint8_t policy_room[LIMBO_MAX_POLICIES][LIMBO_MAX_OID];
	struct dv_bytes policies[LIMBO_MAX_POLICIES];
	struct dv_chain chain;
	struct dv_policy policy;
	struct dv_verdict no_anchor;	/* of the last that cannot be one */
	struct dv_verdict unread;	/* of a CRL that cannot be read */
	const char *skip;		/* why it cannot be asked; or NULL */
};

/* A value of an object; NULL for JSON null, as when it is absent. */
const json_t *limbo_member(const json_t *object, const char *key);
/* The same as text; NULL also for what is no text. */
const char *limbo_text(const json_t *object, const char *key);

/* test is borrowed until limbo_case_free(); profile: when the case names none. */
void limbo_case_load(struct limbo_case *c, const json_t *test,
    enum dv_profile profile);
void limbo_case_free(struct limbo_case *c);

/* A purpose by its name or OID; NULL and "any": none. May say skip. */
void limbo_case_purpose(struct limbo_case *c, const char *name);

/* Key usages that the case wants of the leaf, DV_KU_*. May say skip. */
unsigned limbo_case_usages(struct limbo_case *c);

#endif
