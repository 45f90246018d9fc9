/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A well-formed certificate in slots. A test replaces one slot, and says which
 * reason must come, at which field, and at which octet of which bytes.
 */
#ifndef CERTKIT_H
#define CERTKIT_H

#include "unit/derkit.h"

#include "dv_cert.h"

#define G_P256                                                                 \
	"04 6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296" \
	"4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5"
#define ECDSA_256 "06{2a8648ce3d040302}"
#define ECDSA_384 "06{2a8648ce3d040303}"
#define EC_KEY "06{2a8648ce3d0201}"
#define P_256 "06{2a8648ce3d030107}"
#define SPKI_OF(alg, bits) "30{30{" alg "} 03{" bits "}}"
#define RDN1(type, tag, text) "31{30{06{" type "}" tag "{" text "}}}"
#define UTC(text) "17{'" text "'}"

#define CE(n) "06{551d" n "}"
#define CRITICAL "0101ff"
#define EXT(oid, critical, value) "30{" oid critical "04{" value "}}"
#define BC_CA EXT(CE("13"), CRITICAL, "30{0101ff}")
#define KU_CA EXT(CE("0f"), CRITICAL, "03020204")
#define SKID EXT(CE("0e"), "", "04{a1a2a3a4}")
#define AKID EXT(CE("23"), "", "30{80{b1b2b3b4}}")

enum slot {
	S_NONE,
	S_VERSION, S_SERIAL, S_INNER, S_ISSUER, S_VALIDITY, S_SUBJECT, S_SPKI,
	S_UNIQUE, S_EXTENSIONS, S_TBS_TAIL, S_OUTER, S_SIGNATURE, S_TAIL,
	S_TRAIL,
	S_COUNT,
	S_BOTH,		/* inner and outer algorithm */
	S_LIST,		/* contents of the SEQUENCE of extensions */
	S_MORE		/* one more extension after the usual ones */
};

static const char *const slots[S_COUNT] = {
	[S_VERSION] = "a0{020102}",
	[S_SERIAL] = "02{1001}",
	[S_INNER] = "30{" ECDSA_256 "}",
	[S_ISSUER] = "30{" RDN1("55040a", "0c", "'Acme'")
	    RDN1("550403", "0c", "'CA'") "}",
	[S_VALIDITY] = "30{" UTC("250101000000Z") UTC("350101000000Z") "}",
	[S_SUBJECT] = "30{" RDN1("55040a", "0c", "'Acme'")
	    RDN1("550403", "0c", "'leaf'") "}",
	[S_SPKI] = SPKI_OF(EC_KEY P_256, "00" G_P256),
	[S_UNIQUE] = "",
	[S_EXTENSIONS] = "a3{30{" BC_CA KU_CA SKID AKID "}}",
	[S_TBS_TAIL] = "",
	[S_OUTER] = "30{" ECDSA_256 "}",
	[S_SIGNATURE] = "03{00 30{02{@032(11)}02{@032(22)}}}",
	[S_TAIL] = "",
	[S_TRAIL] = "",
};

/* The certificate with one slot replaced. */
static inline struct dv_bytes
cert_make(enum slot slot, const char *with)
{
	static char source[64 * 1024];
	char list[32 * 1024];
	const char *part[S_COUNT];

	memcpy(part, slots, sizeof(part));
	if (slot == S_LIST || slot == S_MORE) {
		snprintf(list, sizeof(list), "a3{30{%s%s}}", slot == S_LIST ?
		    "" : BC_CA KU_CA SKID AKID, with);
		part[S_EXTENSIONS] = list;
	} else if (slot == S_BOTH) {
		part[S_INNER] = part[S_OUTER] = with;
	} else {
		part[slot] = slot == S_NONE ? NULL : with;
	}
	snprintf(source, sizeof(source),
	    "30{30{%s%s%s%s%s%s%s%s%s%s}%s%s%s}%s", part[S_VERSION],
	    part[S_SERIAL], part[S_INNER], part[S_ISSUER], part[S_VALIDITY],
	    part[S_SUBJECT], part[S_SPKI], part[S_UNIQUE], part[S_EXTENSIONS],
	    part[S_TBS_TAIL], part[S_OUTER], part[S_SIGNATURE], part[S_TAIL],
	    part[S_TRAIL]);
	return kit_make(source);
}

struct cert_row {
	const char *what;
	enum slot slot;
	const char *with;
	enum dv_reason reason;
	enum dv_field field;
	const char *place;	/* offset: first occurrence of these bytes */
	int delta;		/* plus this */
};

static inline void
cert_check(const struct cert_row *row)
{
	struct dv_bytes der = cert_make(row->slot, row->with);
	struct kit_answer want = { row->reason, row->field, 0 };
	struct dv_cert cert;
	struct dv_at at;
	enum dv_reason reason;

	memset(&cert, 0x5a, sizeof(cert));
	memset(&at, 0x5a, sizeof(at));
	if (row->reason != DV_R_NONE)
		want.offset = kit_find(der, row->place, row->delta);
	reason = dv_cert_parse(der, &cert, &at);
	kit_same(row->what, want,
	    (struct kit_answer){ reason, at.field, at.offset });
	if (reason != DV_R_NONE)
		assert_true(kit_all_zero(&cert, sizeof(cert)));
	kit_free(der);
}

#define CHECK_ROWS(rows)                                                       \
	do {                                                                   \
		size_t row_;                                                   \
		for (row_ = 0; row_ < sizeof(rows) / sizeof((rows)[0]);        \
		    row_++)                                                    \
			cert_check(&(rows)[row_]);                             \
	} while (0)

#endif
