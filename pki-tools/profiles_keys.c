/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The keys of profiles.ini, one by one, and what a profile of a CA's own may
 * not do: make CAs, let a request say more than names, name one device twice.
 * docs/PROFILES.md, Profiles of your own.
 */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "host/purpose.h"
#include "point.h"
#include "profiles.h"

#define MAX_YEARS 100

/* ---- words ---------------------------------------------------------------- */

struct word {
	const char *word;
	unsigned bit;
};

static const struct word usages[] = {
	{ "digitalSignature", DV_KU_DIGITAL_SIGNATURE },
	{ "nonRepudiation", DV_KU_NON_REPUDIATION },
	{ "keyEncipherment", DV_KU_KEY_ENCIPHERMENT },
	{ "keyAgreement", DV_KU_KEY_AGREEMENT },
	{ NULL, 0 },
};
static const struct word alts[] = {
	{ "dns", PKI_ALT_DNS },
	{ "ip", PKI_ALT_IP },
	{ "uri", PKI_ALT_URI },
	{ "hardware", PKI_ALT_HARDWARE },
	{ "permanent", PKI_ALT_PERMANENT },
	{ "platform", PKI_ALT_PLATFORM },
	{ NULL, 0 },
};
static const struct word key_types[] = {
	{ "p256", PKI_KEY_BIT(DV_KEY_P256) },
	{ "p384", PKI_KEY_BIT(DV_KEY_P384) },
	{ "ed25519", PKI_KEY_BIT(DV_KEY_ED25519) },
	{ "rsa", PKI_KEY_BIT(DV_KEY_RSA) },
	{ NULL, 0 },
};

/* Types that a request can bring: the first three of alts. */
#define REQUESTED (PKI_ALT_DNS | PKI_ALT_IP | PKI_ALT_URI)

static unsigned
bit_of(const struct word *words, const char *word, size_t len)
{
	for (; words->word != NULL; words++) {
		if (strlen(words->word) == len &&
		    memcmp(words->word, word, len) == 0)
			return words->bit;
	}
	return 0;
}

/* One word of a list as a string of its own; false when it is too long. */
static bool
cut(char out[128], const char *word, size_t len)
{
	if (len >= 128)
		return false;
	memcpy(out, word, len);
	out[len] = '\0';
	return true;
}

/* ---- errors --------------------------------------------------------------- */

enum dv_exit
pki_own_refuse(const struct pki_where *w, const char *wanted,
    const char *found, struct dv_err *err)
{
	enum dv_exit exit = dv_fail(err, DV_EXIT_NO,
	    "%s, line %u: %s%s%s%s%swanted %s%s%.64s%s", w->path, w->line,
	    w->section == NULL ? "" : "[",
	    w->section == NULL ? "" : w->section,
	    w->section == NULL ? "" : "] ", w->key == NULL ? "" : w->key,
	    w->key == NULL ? "" : ": ", wanted,
	    found == NULL ? "" : ", found \"", found == NULL ? "" : found,
	    found == NULL ? "" : "\"");

	return dv_hint(err, exit, "docs/PROFILES.md has the keys and their "
	    "values; nothing was issued");
}

/* ---- values --------------------------------------------------------------- */

/* A value on its way into a profile. */
struct value {
	struct pki_own *own;
	const struct pki_where *where;
	const char *text;
	char *room;			/* PKI_KEY_TEXT, for what is kept */
	struct dv_err *err;
};

static enum dv_exit
refuse(const struct value *v, const char *wanted)
{
	return pki_own_refuse(v->where, wanted, v->text, v->err);
}

static enum dv_exit
keep(const struct value *v, const char **out)
{
	if (v->text[0] == '\0' || strlen(v->text) >= PKI_KEY_TEXT)
		return refuse(v, "a text");
	memcpy(v->room, v->text, strlen(v->text) + 1);
	*out = v->room;
	return DV_EXIT_YES;
}

static enum dv_exit
bits(const struct value *v, const struct word *words, const char *wanted,
    unsigned *out)
{
	const char *at = v->text, *word;
	size_t len;

	*out = 0;
	while ((len = pki_word_next(&at, &word)) > 0) {
		unsigned bit = bit_of(words, word, len);

		if (bit == 0 || (*out & bit) != 0)
			return refuse(v, wanted);
		*out |= bit;
	}
	return *out != 0 ? DV_EXIT_YES : refuse(v, wanted);
}

static enum dv_exit
yes_no(const struct value *v, bool *out)
{
	*out = strcmp(v->text, "yes") == 0;
	return *out || strcmp(v->text, "no") == 0 ? DV_EXIT_YES :
	    refuse(v, "yes or no");
}

/* Adds a word to what is kept; false when there is no room. */
static bool
add_word(const struct value *v, const char *word)
{
	size_t have = strlen(v->room), more = strlen(word);

	if (have + more + 2 > PKI_KEY_TEXT)
		return false;
	if (have > 0)
		v->room[have++] = ' ';
	memcpy(v->room + have, word, more + 1);
	return true;
}

/* Dotted OIDs; names of purposes become theirs. */
static enum dv_exit
oids(const struct value *v, const char *wanted, const char *never,
    const char **out)
{
	const char *at = v->text, *word;
	char one[128];
	size_t len;

	while ((len = pki_word_next(&at, &word)) > 0) {
		uint8_t oid[64];

		if (!cut(one, word, len))
			return refuse(v, wanted);
		len = dv_purpose_oid(one, oid, sizeof(oid));
		if (len == 0)
			return refuse(v, wanted);
		dv_oid_text((struct dv_bytes){ oid, len }, one, sizeof(one));
		if (strcmp(one, never) == 0 || pki_word_in(v->room, one) ||
		    !add_word(v, one))
			return refuse(v, wanted);
	}
	*out = v->room;
	return v->room[0] != '\0' ? DV_EXIT_YES : refuse(v, wanted);
}

/* Short names of attributes, each known. */
static enum dv_exit
attributes(const struct value *v, const char **out)
{
	static const char wanted[] = "attributes by their short names, like "
	    "CN O OU serialNumber";
	const char *at = v->text, *word;
	char one[128];
	size_t len;

	while ((len = pki_word_next(&at, &word)) > 0) {
		if (!cut(one, word, len) || !pki_attribute_known(one) ||
		    pki_word_in(v->room, one) || !add_word(v, one))
			return refuse(v, wanted);
	}
	*out = v->room;
	return v->room[0] != '\0' ? DV_EXIT_YES : refuse(v, wanted);
}

/* ---- keys ----------------------------------------------------------------- */

static enum dv_exit
take_summary(const struct value *v)
{
	return keep(v, &v->own->p.summary);
}

static enum dv_exit
take_years(const struct value *v)
{
	char *end;
	long years = strtol(v->text, &end, 10);

	if (strcmp(v->text, "none") == 0) {
		v->own->p.years = 0;
		return DV_EXIT_YES;
	}
	if (v->text[0] < '1' || v->text[0] > '9' || *end != '\0' ||
	    years > MAX_YEARS)
		return refuse(v, "1 to 100, or none for no end");
	v->own->p.years = (int)years;
	return DV_EXIT_YES;
}

static enum dv_exit
take_usage(const struct value *v)
{
	return bits(v, usages, "some of digitalSignature nonRepudiation "
	    "keyEncipherment keyAgreement (only CAs sign certificates and "
	    "CRLs)", &v->own->p.key_usage);
}

static enum dv_exit
take_purposes(const struct value *v)
{
	v->own->p.eku_choice = NULL;
	return oids(v, "purposes by name or OID, each once (any purpose is "
	    "none)", "2.5.29.37.0", &v->own->p.eku);
}

static enum dv_exit
take_critical(const struct value *v)
{
	return yes_no(v, &v->own->p.eku_critical);
}

static enum dv_exit
take_key_id(const struct value *v)
{
	return yes_no(v, &v->own->p.subject_key_id);
}

/* Every DevID has a serialNumber (IEEE 802.1AR-2018 8), not the initial alone. */
static enum dv_exit
take_identity(const struct value *v)
{
	struct pki_profile *p = &v->own->p;
	bool devid = strcmp(pki_profile_family(p), "ldevid") == 0;

	if ((p->one_key_a_name || devid) && strcmp(p->required, v->text) != 0)
		return refuse(v, p->required);
	if (strcmp(v->text, "CN") != 0 && strcmp(v->text, "UID") != 0 &&
	    strcmp(v->text, "serialNumber") != 0)
		return refuse(v, "CN, UID or serialNumber");
	return keep(v, &p->required);
}

static enum dv_exit
take_also(const struct value *v)
{
	return attributes(v, &v->own->p.also);
}

static enum dv_exit
take_as_issuer(const struct value *v)
{
	const char *base = v->own->p.as_issuer_if, *word;
	char one[128];
	size_t len;
	enum dv_exit exit = attributes(v, &v->own->p.as_issuer_if);

	while (exit == DV_EXIT_YES && (len = pki_word_next(&base, &word)) > 0) {
		if (!cut(one, word, len) || !pki_word_in(v->room, one))
			exit = refuse(v, "those of the base as well");
	}
	return exit;
}

static enum dv_exit
take_one_key(const struct value *v)
{
	bool before = v->own->p.one_key_a_name;
	enum dv_exit exit = yes_no(v, &v->own->p.one_key_a_name);

	if (exit == DV_EXIT_YES && before && !v->own->p.one_key_a_name)
		return refuse(v, "yes, as in what it is based on");
	return exit;
}

/* Attributes of the subject and types of subjectAltName, in one list. */
static enum dv_exit
take_from_request(const struct value *v)
{
	static const char wanted[] = "attributes like CN O serialNumber, and "
	    "dns ip uri (which batch a device is of is the CA's to say)";
	const char *at = v->text, *word;
	char one[128];
	size_t len;

	v->own->p.alt_from_request = 0;
	while ((len = pki_word_next(&at, &word)) > 0) {
		unsigned alt = bit_of(alts, word, len) & REQUESTED;

		v->own->p.alt_from_request |= alt;
		if (alt != 0)
			continue;
		if (!cut(one, word, len) || !pki_attribute_known(one) ||
		    strcmp(one, "dnQualifier") == 0 ||
		    pki_word_in(v->room, one) || !add_word(v, one))
			return refuse(v, wanted);
	}
	v->own->p.from_request = v->room[0] == '\0' ? NULL : v->room;
	return DV_EXIT_YES;
}

static enum dv_exit
take_alt(const struct value *v)
{
	struct pki_profile *p = &v->own->p;
	enum dv_exit exit = bits(v, alts, "some of dns ip uri hardware "
	    "permanent platform", &p->alt);

	p->permanent = (p->alt & PKI_ALT_PERMANENT) != 0;
	return exit;
}

static enum dv_exit
take_firmware(const struct value *v)
{
	return yes_no(v, &v->own->p.firmware);
}

static enum dv_exit
take_hw_type(const struct value *v)
{
	uint8_t oid[64];

	if (dv_oid_parse(v->text, oid, sizeof(oid)) == 0)
		return refuse(v, "one dotted OID, of your own arc");
	return keep(v, &v->own->p.hw_type);
}

static enum dv_exit
take_masa_url(const struct value *v)
{
	return pki_url_ok(v->text, "https://") ? keep(v, &v->own->p.masa_url) :
	    refuse(v, "an address that begins with https:// (RFC 8995 2.3.2), "
	    "of at most 150 characters");
}

static enum dv_exit
take_crl_url(const struct value *v)
{
	return pki_point_ok(v->text) ? keep(v, &v->own->p.crl_url) :
	    refuse(v, PKI_POINT_WANTED);
}

static enum dv_exit
take_delta_crl_url(const struct value *v)
{
	return pki_point_ok(v->text) ? keep(v, &v->own->p.delta_crl_url) :
	    refuse(v, PKI_POINT_WANTED);
}

static enum dv_exit
take_policies(const struct value *v)
{
	return oids(v, "dotted OIDs, each once (anyPolicy is none)",
	    "2.5.29.32.0", &v->own->p.policies);
}

static enum dv_exit
take_no_revocation(const struct value *v)
{
	return yes_no(v, &v->own->p.no_rev_avail);
}

static enum dv_exit
take_key_types(const struct value *v)
{
	uint32_t base = v->own->p.key_types;
	unsigned found;
	enum dv_exit exit = bits(v, key_types, "some of p256 p384 ed25519 rsa",
	    &found);

	if (exit == DV_EXIT_YES && (found & ~base) != 0)
		return refuse(v, "no other key types than it is based on");
	v->own->p.key_types = found;
	return exit;
}

/* What is not a profile's to say, and why. */
static enum dv_exit
never(const struct value *v, const char *why)
{
	return pki_own_refuse(v->where, why, v->text, v->err);
}

static enum dv_exit
never_ca(const struct value *v)
{
	return never(v, "no such key: a profile of profiles.ini never makes "
	    "CAs");
}

static enum dv_exit
never_digest(const struct value *v)
{
	return never(v, "no such key: the digest follows from the CA's key, and "
	    "is never MD5 or SHA-1");
}

static const struct {
	const char *name;
	enum dv_exit (*take)(const struct value *);
} keys[] = {
	{ "summary", take_summary },
	{ "years", take_years },
	{ "key-usage", take_usage },
	{ "purposes", take_purposes },
	{ "purposes-critical", take_critical },
	{ "subject-key-id", take_key_id },
	{ "identity", take_identity },
	{ "also-required", take_also },
	{ "same-as-issuer", take_as_issuer },
	{ "one-key-a-name", take_one_key },
	{ "from-request", take_from_request },
	{ "subject-alt-names", take_alt },
	{ "firmware-version", take_firmware },
	{ "hw-type", take_hw_type },
	{ "masa-url", take_masa_url },
	{ "crl-url", take_crl_url },
	{ "delta-crl-url", take_delta_crl_url },
	{ "policies", take_policies },
	{ "no-revocation", take_no_revocation },
	{ "key-types", take_key_types },
	{ "ca", never_ca },
	{ "path-length", never_ca },
	{ "digest", never_digest },
};

#define KEYS (sizeof(keys) / sizeof(keys[0]))
_Static_assert(KEYS <= PKI_KEYS, "PKI_KEYS");

enum dv_exit
pki_own_key(struct pki_own *own, const struct pki_where *w, const char *text,
    struct dv_err *err)
{
	for (size_t i = 0; i < KEYS; i++) {
		const struct value value = { own, w, text, own->text[i], err };

		if (strcmp(keys[i].name, w->key) != 0)
			continue;
		if (own->key_line[i] != 0)
			return pki_own_refuse(w, "each key once in a section",
			    text, err);
		own->key_line[i] = w->line;
		return keys[i].take(&value);
	}
	return pki_own_refuse(w, "a key that is known", w->key, err);
}

enum dv_exit
pki_own_base(struct pki_own *own, const struct pki_where *w,
    const struct pki_profile *base, const char *name, struct dv_err *err)
{
	if (base == NULL)
		return pki_own_refuse(w, "a profile built in or further up",
		    name, err);
	if (base->fixed)
		return pki_own_refuse(w, base->ca ? "a profile of devices" :
		    "a profile whose fields no other document fixes", name,
		    err);
	own->p = *base;
	own->p.name = own->name;
	own->p.family = base->family != NULL ? base->family : base->name;
	return DV_EXIT_YES;
}

void
pki_own_bare(struct pki_own *own)
{
	own->p = (struct pki_profile){
		.name = own->name,
		.summary = "of this CA",
		.rule = "profiles.ini",
		.path_len = -1,
		.years = -1,
		.subject_key_id = true,
		.batch_in = "dnQualifier",
		.key_types = PKI_ANY_KEY,
	};
}

/* ---- all together --------------------------------------------------------- */

/* RFC 5480 3, RFC 9295 3: who can do what. */
static const char *
odd_usage(const struct pki_profile *p)
{
	if ((p->key_usage & DV_KU_KEY_ENCIPHERMENT) != 0 &&
	    p->key_types != PKI_KEY_BIT(DV_KEY_RSA))
		return "key-types = rsa with keyEncipherment (RFC 5480 3)";
	if ((p->key_usage & DV_KU_KEY_AGREEMENT) != 0 && (p->key_types &
	    ~(PKI_KEY_BIT(DV_KEY_P256) | PKI_KEY_BIT(DV_KEY_P384))) != 0)
		return "key-types of p256 and p384 with keyAgreement "
		    "(RFC 5480 3, RFC 9295 3)";
	return NULL;
}

/* What is missing, or NULL. */
static const char *
odd(const struct pki_profile *p)
{
	if (p->key_usage == 0)
		return "key-usage, or based-on";
	if (p->years < 0)
		return "years, or based-on";
	if (p->required == NULL)
		return "identity, or based-on";
	if (p->eku_critical && p->eku == NULL)
		return "purposes, with purposes-critical = yes";
	if (p->hw_type != NULL && (p->alt & PKI_ALT_HARDWARE) == 0)
		return "subject-alt-names with hardware, for hw-type";
	if (p->permanent && p->alt_is_hardware && p->hw_type == NULL)
		return "hw-type, with permanent";
	if (p->alt_needed && (p->alt & (PKI_ALT_DNS | PKI_ALT_IP)) == 0)
		return "subject-alt-names with dns or ip, as in what it is "
		    "based on";
	if ((p->alt_from_request & ~p->alt) != 0)
		return "subject-alt-names with what from-request has of them";
	if (p->no_rev_avail && (p->crl_url != NULL ||
	    p->delta_crl_url != NULL))
		return "no-revocation or crl-url and delta-crl-url, not both "
		    "(RFC 9608 4)";
	return odd_usage(p);
}

enum dv_exit
pki_own_finish(const struct pki_own *own, const char *path,
    struct dv_err *err)
{
	const struct pki_where here = { path, own->line, own->name, NULL };
	const char *wanted = odd(&own->p);

	return wanted == NULL ? DV_EXIT_YES :
	    pki_own_refuse(&here, wanted, NULL, err);
}
