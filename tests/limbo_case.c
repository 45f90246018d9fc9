/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Turns a case of the x509-limbo schema into a question to the core. Never
 * stops the program: what cannot be asked is skipped, and what is no
 * certificate is given to the core as nothing. docs/TESTING.md.
 */
#include "limbo_case.h"

#include <stdio.h>
#include <string.h>

#include "host/pem.h"
#include "host/purpose.h"
#include "host/text.h"
#include "host/when.h"

const json_t *
limbo_member(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	return json_is_null(value) ? NULL : value;
}

const char *
limbo_text(const json_t *object, const char *key)
{
	return json_string_value(limbo_member(object, key));
}

/* ---- objects ----------------------------------------------------------- */

/* The next object of a PEM text; false when there is no more. */
static bool
der_next(struct limbo_case *c, struct dv_bytes *text, struct dv_bytes *out)
{
	struct dv_buf *der = &c->der[c->der_count];
	struct dv_err err;
	char label[64];

	if (c->der_count == LIMBO_MAX_OBJECTS) {
		c->skip = "more objects than the harness holds";
		return false;
	}
	*der = (struct dv_buf){ 0 };
	c->der_count++;
	if (dv_pem_next(text, label, der, &err) != DV_EXIT_YES)
		return false;
	*out = dv_buf_bytes(der);
	return true;
}

/* Each object of the PEM texts of a list; a text without one is an empty one. */
static void
each_object(struct limbo_case *c, const char *key,
    void (*add)(struct limbo_case *, struct dv_bytes))
{
	const json_t *list = limbo_member(c->test, key), *pem;
	size_t i;

	json_array_foreach(list, i, pem) {
		struct dv_bytes text = dv_text_bytes(json_string_value(pem));
		struct dv_bytes der = { NULL, 0 };

		if (!der_next(c, &text, &der)) {
			add(c, der);
			continue;
		}
		do
			add(c, der);
		while (der_next(c, &text, &der));
	}
}

static void
pile_add(struct limbo_case *c, struct dv_bytes der)
{
	if (c->chain.intermediate_count < LIMBO_MAX_OBJECTS)
		c->pile[c->chain.intermediate_count++] = der;
}

/* RFC 5280 6.1.1 (d): a name and a key, for no more than its validity. */
static struct dv_anchor
bare_anchor(const struct dv_cert *cert)
{
	return (struct dv_anchor){ .name = cert->subject,
	    .spki = cert->key.spki, .key_id = cert->ext.subject_key_id,
	    .not_before = cert->not_before, .not_after = cert->not_after,
	    .path_len = -1 };
}

static enum dv_reason
anchor_make(const struct limbo_case *c, const struct dv_cert *cert,
    struct dv_anchor *out, struct dv_at *at)
{
	enum dv_reason reason = DV_R_NONE;

	if (json_is_true(limbo_member(c->ours, "bare_anchors"))) {
		*out = bare_anchor(cert);
		return DV_R_NONE;
	}
	if (c->policy.profile == DV_PROFILE_STRICT)
		reason = dv_anchor_judge(cert, at);
	return reason != DV_R_NONE ? reason :
	    dv_anchor_from_cert(cert, out, at);
}

/* What cannot be an anchor is left out; the last reason is kept. */
static void
anchor_add(struct limbo_case *c, struct dv_bytes der)
{
	size_t n = c->chain.anchor_count;
	enum dv_reason reason;
	struct dv_at at;

	if (n == LIMBO_MAX_ANCHORS) {
		c->skip = "more trusted certificates than the harness holds";
		return;
	}
	reason = dv_cert_read(der, &c->anchor_cert[n], &at);
	if (reason == DV_R_NONE)
		reason = anchor_make(c, &c->anchor_cert[n], &c->anchors[n],
		    &at);
	if (reason == DV_R_NONE)
		c->chain.anchor_count++;
	else
		c->no_anchor = (struct dv_verdict){ .status = DV_REJECTED,
		    .reason = reason, .object = DV_OBJECT_ANCHOR,
		    .index = (unsigned)c->anchors_given, .at = at };
	c->anchors_given++;
}

/* A list that cannot be read decides the case: nothing is left unchecked. */
static void
crl_add(struct limbo_case *c, struct dv_bytes der)
{
	size_t n = c->chain.crl_count;
	enum dv_reason reason;
	struct dv_at at;

	if (n == LIMBO_MAX_CRLS) {
		c->skip = "more CRLs than the harness holds";
		return;
	}
	reason = dv_crl_parse(der, &c->crls[n], &at);
	if (reason == DV_R_NONE)
		c->chain.crl_count++;
	else
		c->unread = (struct dv_verdict){ .status = DV_REJECTED,
		    .reason = reason, .object = DV_OBJECT_CRL,
		    .index = (unsigned)n, .at = at };
}

/* ---- settings ---------------------------------------------------------- */

#define WHOLE_SECONDS 19	/* "2026-03-01T00:00:00" */

/* RFC 3339, or "@seconds". Fractions are cut: certificates have none. */
static bool
time_read(const char *text, dv_time *out)
{
	char whole[WHOLE_SECONDS + 2], sign, after;
	int hours = 0, minutes = 0;

	if (text[0] == '@')
		return dv_time_parse(dv_text_bytes(text), out);
	if (strlen(text) <= WHOLE_SECONDS)
		return false;
	(void)snprintf(whole, sizeof(whole), "%.*sZ", WHOLE_SECONDS, text);
	text += WHOLE_SECONDS;
	if (*text == '.')
		text += 1 + strspn(text + 1, "0123456789");
	if (!dv_time_parse(dv_text_bytes(whole), out))
		return false;
	if (strcmp(text, "Z") == 0)
		return true;
	if (sscanf(text, "%c%2d:%2d%c", &sign, &hours, &minutes, &after) != 3 ||
	    (sign != '+' && sign != '-'))
		return false;
	out->s += (sign == '+' ? -1 : 1) * (hours * 3600 + minutes * 60);
	return true;
}

/* Absent: now. */
static void
time_load(struct limbo_case *c)
{
	const json_t *time = limbo_member(c->test, "validation_time");
	struct dv_when when = { .source = "" };
	struct dv_err err;

	if (time == NULL ? dv_when(NULL, &when, &err) != DV_EXIT_YES :
	    !json_is_string(time) ||
	    !time_read(json_string_value(time), &when.at))
		c->skip = "validation_time cannot be read";
	c->policy.at = when.at;
}

/*
 * The schema's limit counts intermediates that are not self-issued, as a path
 * length constraint in each of the anchors would.
 */
static void
depth_load(struct limbo_case *c)
{
	const json_t *depth = limbo_member(c->test, "max_chain_depth");
	json_int_t limit = json_integer_value(depth);

	if (depth == NULL)
		return;
	if (!json_is_integer(depth) || limit < 0)
		c->skip = "max_chain_depth cannot be read";
	for (size_t i = 0; i < c->chain.anchor_count; i++) {
		int *own = &c->anchors[i].path_len;

		if (limit <= DV_MAX_PATH && (*own < 0 || limit < *own))
			*own = (int)limit;
	}
}

/* Names and the bits they stand for; ends with a NULL name. */
struct bit_name {
	const char *name;
	uint32_t bits;
};

static const struct bit_name algorithms[] = {
	{ "RSA_WITH_SHA256", DV_SIG_BIT(DV_SIG_RSA_SHA256) },
	{ "RSA_WITH_SHA384", DV_SIG_BIT(DV_SIG_RSA_SHA384) },
	{ "RSA_WITH_SHA512", DV_SIG_BIT(DV_SIG_RSA_SHA512) },
	{ "RSASSA_PSS", DV_SIG_BIT(DV_SIG_PSS_SHA256) |
	    DV_SIG_BIT(DV_SIG_PSS_SHA384) | DV_SIG_BIT(DV_SIG_PSS_SHA512) },
	{ "ECDSA_WITH_SHA256", DV_SIG_BIT(DV_SIG_ECDSA_SHA256) },
	{ "ECDSA_WITH_SHA384", DV_SIG_BIT(DV_SIG_ECDSA_SHA384) },
	{ "ECDSA_WITH_SHA512", DV_SIG_BIT(DV_SIG_ECDSA_SHA512) },
	{ "ED25519", DV_SIG_BIT(DV_SIG_ED25519) },
	{ NULL, 0 }
};

static const struct bit_name usages[] = {
	{ "digitalSignature", DV_KU_DIGITAL_SIGNATURE },
	{ "contentCommitment", DV_KU_NON_REPUDIATION },
	{ "keyEncipherment", DV_KU_KEY_ENCIPHERMENT },
	{ "dataEncipherment", DV_KU_DATA_ENCIPHERMENT },
	{ "keyAgreement", DV_KU_KEY_AGREEMENT },
	{ "keyCertSign", DV_KU_KEY_CERT_SIGN },
	{ "cRLSign", DV_KU_CRL_SIGN },
	{ "encipherOnly", DV_KU_ENCIPHER_ONLY },
	{ "decipherOnly", DV_KU_DECIPHER_ONLY },
	{ NULL, 0 }
};

/*
 * Rules of the CA/Browser Forum alone, and tests for those who process no
 * policies: the schema asks readers to skip what they do not do.
 */
static const struct bit_name not_ours[] = {
	{ "no-cert-policies", 1 },
	{ "pedantic-public-suffix-wildcard", 1 },
	{ "pedantic-webpki-eku", 1 },
	{ "pedantic-smime-eku", 1 },
	{ NULL, 0 }
};

/* All bits of the names in a list; *strange: one is not in the table. */
static uint32_t
bits_of(const json_t *list, const struct bit_name *table, bool *strange)
{
	uint32_t bits = 0;
	const json_t *name;
	size_t i, row;

	*strange = false;
	json_array_foreach(list, i, name) {
		const char *text = json_string_value(name);

		for (row = 0; table[row].name != NULL; row++) {
			if (text != NULL && strcmp(table[row].name, text) == 0)
				break;
		}
		bits |= table[row].bits;
		*strange = *strange || table[row].name == NULL;
	}
	return bits;
}

/* What is not in the table is used by nobody here, so it permits nothing. */
static void
algorithms_load(struct limbo_case *c)
{
	const json_t *list = limbo_member(c->test, "signature_algorithms");
	bool strange;

	if (json_array_size(list) > 0)
		c->policy.algs &= bits_of(list, algorithms, &strange);
}

static void
features_load(struct limbo_case *c)
{
	bool strange;

	if (bits_of(limbo_member(c->test, "features"), not_ours, &strange) != 0)
		c->skip = "a feature this verifier does not have";
}

unsigned
limbo_case_usages(struct limbo_case *c)
{
	bool strange;
	uint32_t wanted = bits_of(limbo_member(c->test, "key_usage"), usages,
	    &strange);

	if (strange)
		c->skip = "a key usage that is not known";
	return wanted;
}

/* What these documents call otherwise than people do. */
static const struct {
	const char *name, *usual;
} purposes[] = {
	{ "SERVER", "serverAuth" },
	{ "CLIENT", "clientAuth" },
	{ "anyExtendedKeyUsage", "2.5.29.37.0" },
};

void
limbo_case_purpose(struct limbo_case *c, const char *name)
{
	const char *usual = name;
	size_t len;

	c->policy.purpose = (struct dv_bytes){ NULL, 0 };
	if (name == NULL || strcmp(name, "any") == 0)
		return;
	for (size_t i = 0; i < sizeof(purposes) / sizeof(purposes[0]); i++) {
		if (strcmp(name, purposes[i].name) == 0)
			usual = purposes[i].usual;
	}
	len = dv_purpose_oid(usual, c->purpose, sizeof(c->purpose));
	if (len == 0)
		c->skip = "a purpose that is not known";
	c->policy.purpose = (struct dv_bytes){ c->purpose, len };
}

static void
profile_load(struct limbo_case *c, enum dv_profile profile)
{
	const char *name = limbo_text(c->ours, "profile");

	c->policy.profile = profile;
	if (name != NULL)
		c->policy.profile = strcmp(name, "path") == 0 ?
		    DV_PROFILE_PATH : DV_PROFILE_STRICT;
}

/* Who gives CRLs asks about revocation. */
static void
revocation_load(struct limbo_case *c)
{
	const char *mode = limbo_text(c->ours, "revocation");

	if (mode == NULL)
		mode = json_array_size(limbo_member(c->test, "crls")) > 0 ?
		    "required" : "if-given";
	if (strcmp(mode, "if-given") == 0)
		c->policy.revocation = DV_REVOCATION_IF_GIVEN;
	else if (strcmp(mode, "required") == 0)
		c->policy.revocation = DV_REVOCATION_REQUIRED;
	else if (strcmp(mode, "none") == 0)
		c->policy.revocation = DV_REVOCATION_NONE;
	else
		c->skip = "a revocation mode that is not known";
}

static void
policy_add(struct limbo_case *c, const char *text)
{
	size_t n = c->policy.initial_policy_count, len;

	if (n == LIMBO_MAX_POLICIES || text == NULL) {
		c->skip = "a policy that is no text, or too many";
		return;
	}
	len = dv_oid_parse(strcmp(text, "anyPolicy") == 0 ? "2.5.29.32.0" :
	    text, c->policy_room[n], LIMBO_MAX_OID);
	if (len == 0)
		c->skip = "a policy that is not an OID";
	c->policies[n] = (struct dv_bytes){ c->policy_room[n], len };
	c->policy.initial_policy_count++;
}

/* RFC 5280 6.1.1 (c), (e), (f), (g). */
static void
policies_load(struct limbo_case *c)
{
	const json_t *list = limbo_member(c->ours, "policies"), *oid;
	size_t i;

	c->policy.initial_policies = c->policies;
	json_array_foreach(list, i, oid)
		policy_add(c, json_string_value(oid));
	c->policy.require_explicit = json_is_true(limbo_member(c->ours,
	    "require_explicit_policy"));
	c->policy.inhibit_mapping = json_is_true(limbo_member(c->ours,
	    "inhibit_policy_mapping"));
	c->policy.inhibit_any = json_is_true(limbo_member(c->ours,
	    "inhibit_any_policy"));
}

/* ---- the whole --------------------------------------------------------- */

void
limbo_case_load(struct limbo_case *c, const json_t *test,
    enum dv_profile profile)
{
	struct dv_bytes leaf = dv_text_bytes(limbo_text(test,
	    "peer_certificate"));

	memset(c, 0, sizeof(*c));
	c->test = test;
	c->ours = limbo_member(test, "devtrust");
	c->chain.intermediates = c->pile;
	c->chain.anchors = c->anchors;
	c->chain.crls = c->crls;
	c->policy = dv_policy_strict((dv_time){ 0 });
	features_load(c);
	time_load(c);
	profile_load(c, profile);
	algorithms_load(c);
	policies_load(c);
	revocation_load(c);
	if (!der_next(c, &leaf, &c->chain.leaf))
		c->chain.leaf = (struct dv_bytes){ NULL, 0 };
	each_object(c, "untrusted_intermediates", pile_add);
	each_object(c, "trusted_certs", anchor_add);
	each_object(c, "crls", crl_add);
	depth_load(c);
}

void
limbo_case_free(struct limbo_case *c)
{
	for (size_t i = 0; i < c->der_count; i++)
		dv_buf_free(&c->der[i]);
}
