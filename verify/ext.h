/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Extensions and general names by their form. Which extension must be where,
 * and whether it is critical, is for the rules of the path, not for these.
 */
#ifndef EXT_H
#define EXT_H

#include "der.h"
#include "dv_cert.h"

/* Choices of GeneralName: the tag number of RFC 5280 4.2.1.6. */
enum dv_general_name {
	DV_NAME_OTHER = 0,
	DV_NAME_EMAIL = 1,
	DV_NAME_DNS = 2,
	DV_NAME_X400 = 3,
	DV_NAME_DIRECTORY = 4,
	DV_NAME_EDI_PARTY = 5,
	DV_NAME_URI = 6,
	DV_NAME_IP = 7,
	DV_NAME_REGISTERED_ID = 8
};

/* Ends the refusal of a value that is not what its extension has. */
static inline enum dv_reason
dv_ext_malformed(const struct dv_der *in, struct dv_bytes where)
{
	return dv_der_fail(in, DV_R_EXTENSION_MALFORMED, where);
}

/*
 * Next element as the SEQUENCE SIZE (1..MAX) OF (or IMPLICIT, with that tag) of
 * which most extensions are made; at most max members are read of it.
 */
DV_MUST_USE enum dv_reason dv_ext_list(struct dv_der *in, uint8_t tag, int max,
    struct dv_der_list *list);

/*
 * Next element as a GeneralName of the form its choice has, not empty.
 * For DV_NAME_DIRECTORY the value holds the whole Name; otherwise contents.
 */
DV_MUST_USE enum dv_reason dv_general_name_read(struct dv_der *in,
    struct dv_element *out);

/*
 * The choice of a tag read by dv_general_name_read() or standing in a
 * subtree's base; -1 when the tag is none of the nine.
 */
int dv_general_name_choice(uint8_t tag);

/*
 * Next element as GeneralNames under this tag, not empty, at most
 * DV_MAX_GENERAL_NAMES: their contents.
 */
DV_MUST_USE enum dv_reason dv_general_names_take(struct dv_der *in,
    uint8_t tag, struct dv_bytes *contents);

/* Octets before the first that is no character of 7 bits, or a control. */
size_t dv_ia5_prefix(struct dv_bytes text);

/* IA5String contents: 7 bits, no control characters. */
DV_MUST_USE enum dv_reason dv_ia5_check(const struct dv_der *in,
    struct dv_bytes contents);

/*
 * Next element as the Extensions of RFC 5280 4.1: each value of a known
 * extension read to its end, each extension once, at least one.
 */
DV_MUST_USE enum dv_reason dv_extensions_read(struct dv_der *in,
    struct dv_extensions *out);

/* Refuses at an extension: at its value, or nowhere when it is missing. */
enum dv_reason dv_fail_ext(const struct dv_cert *cert, struct dv_at *at,
    enum dv_reason reason, enum dv_ext ext);

/* Values of the known extensions, each over the whole contents of extnValue. */
typedef enum dv_reason dv_ext_reader(struct dv_der *in,
    struct dv_extensions *out);

/* verify/ext_names.c: those made of general names and addresses. */
dv_ext_reader dv_ext_authority_key_id, dv_ext_subject_alt_name,
    dv_ext_issuer_alt_name, dv_ext_crl_points, dv_ext_access, dv_ext_masa_url;

/* verify/constraints.c. */
dv_ext_reader dv_ext_name_constraints;

/* verify/ext_policy.c: those of certificate policies. */
dv_ext_reader dv_ext_policies, dv_ext_policy_mappings,
    dv_ext_policy_constraints, dv_ext_inhibit_any_policy;

#endif
