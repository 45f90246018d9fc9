/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Our reader of certificates beside wolfSSL's: each certificate of the vectors,
 * then COUNT of them altered. What is read here, with nothing in it that every
 * path is refused for, and not there must be on a written list: by what it has
 * that the other does not take. Usage: proof_opinion DIR LIST [COUNT [SEED]].
 */
#include "dv_chain.h"

#include "crl_point.h"
#include "edit.h"
#include "ext.h"
#include "listed.h"
#include "name.h"
#include "wolf/opinion.h"

#define MAX_CERTS 4096

static struct {
	char vector[96];
	struct edited der;
} certs[MAX_CERTS];
static size_t cert_count;

static struct {
	unsigned long both_take, both_refuse, only_we, only_they;
} count;

/* ---- what a certificate has --------------------------------------------- */

struct features {
	char text[512];
};

static void
feature_add(struct features *f, const char *what)
{
	const size_t len = strlen(f->text);

	if (strstr(f->text, what) == NULL)
		snprintf(f->text + len, sizeof(f->text) - len, ", %s", what);
}

/* wolfSSL 5.9.2 takes one attribute a set, and strings alone. */
static void
name_look(struct dv_bytes name, struct features *f)
{
	struct dv_bytes rdns = dv_name_contents(name), rdn;
	struct dv_attribute attribute;
	size_t attributes;

	while (dv_rdn_next(&rdns, &rdn)) {
		for (attributes = 0; dv_attribute_next(&rdn, &attribute);
		    attributes++) {
			if (strchr("\x0c\x13\x14\x16\x1e", attribute.value.tag)
			    == NULL)
				feature_add(f, "attribute no string");
			if (attribute.oid.len < 3)
				feature_add(f, "attribute of a short name");
		}
		if (attributes > 1)
			feature_add(f, "set of attributes");
	}
}

/* It takes most forms of name in a subtree, and so many of them. */
#define SUBTREES_MAX 128

static void
subtrees_look(struct dv_bytes subtrees, struct features *f)
{
	struct dv_at at;
	struct dv_der in = dv_der_start(subtrees, DV_F_NAME_CONSTRAINTS, &at);
	struct dv_der subtree;
	size_t n = 0;

	while (dv_der_enter(&in, DER_SEQUENCE, &subtree) == DV_R_NONE) {
		if (dv_der_peek(&subtree) == DER_CONTEXT_CONS(DV_NAME_X400) ||
		    dv_der_peek(&subtree) ==
		    DER_CONTEXT_CONS(DV_NAME_EDI_PARTY))
			feature_add(f, "subtree of x400Address or "
			    "ediPartyName");
		if (++n == SUBTREES_MAX)
			feature_add(f, "many subtrees");
	}
}

static bool
has_scheme(struct dv_bytes uri)
{
	size_t i = 0;

	while (i < uri.len && uri.ptr[i] != ':' && uri.ptr[i] != '/')
		i++;
	return i > 0 && i < uri.len && uri.ptr[i] == ':';
}

/* Nor other names without a string, nor an URI without a scheme. */
static void
alt_names_look(struct dv_bytes names, struct features *f)
{
	struct dv_at at;
	struct dv_der in = dv_der_start(names, DV_F_SUBJECT_ALT_NAME, &at);
	struct dv_element name;

	while (dv_general_name_read(&in, &name) == DV_R_NONE) {
		const int choice = dv_general_name_choice(name.tag);

		if (choice == DV_NAME_OTHER)
			feature_add(f, "otherName");
		if (choice == DV_NAME_URI && !has_scheme(name.value))
			feature_add(f, "URI without a scheme");
	}
}

/* Forms of names that it does not read in a distribution point. */
static void
points_look(struct dv_bytes points, struct features *f)
{
	struct dv_at at;
	struct dv_der in = dv_der_start(points, DV_F_CRL_DISTRIBUTION_POINTS,
	    &at), all, names;
	struct dv_element name;
	struct dv_point point;

	if (dv_der_enter(&in, DER_SEQUENCE, &all) != DV_R_NONE)
		return;
	while (dv_point_read(&all, &point) == DV_R_NONE) {
		names = dv_der_start(point.name.full, DV_F_NONE, &at);
		while (dv_general_name_read(&names, &name) == DV_R_NONE)
			if (dv_general_name_choice(name.tag) == DV_NAME_X400 ||
			    dv_general_name_choice(name.tag) ==
			    DV_NAME_EDI_PARTY)
				feature_add(f, "point without a usual name");
	}
}

/* id-ad-ocsp and id-ad-caIssuers: 1.3.6.1.5.5.7.48.1 and .2 */
static void
access_look(struct dv_bytes access, struct features *f)
{
	static const uint8_t ad[] = { 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07,
	    0x30 };
	struct dv_at at;
	struct dv_der in = dv_der_start(access, DV_F_AUTHORITY_INFO_ACCESS,
	    &at), all, one;
	struct dv_bytes oid;

	if (dv_der_enter(&in, DER_SEQUENCE, &all) != DV_R_NONE)
		return;
	while (dv_der_enter(&all, DER_SEQUENCE, &one) == DV_R_NONE &&
	    dv_der_oid(&one, &oid) == DV_R_NONE)
		if (oid.len != 8 || memcmp(oid.ptr, ad, 7) != 0 ||
		    oid.ptr[7] > 2)
			feature_add(f, "unknown access method");
}

#define POLICY_OID_MAX 32

static void
policies_look(struct dv_bytes policies, struct features *f)
{
	struct dv_at at;
	struct dv_der in = dv_der_start(policies, DV_F_CERTIFICATE_POLICIES,
	    &at), list, one;
	struct dv_bytes oid;

	if (dv_der_enter(&in, DER_SEQUENCE, &list) != DV_R_NONE)
		return;
	while (dv_der_enter(&list, DER_SEQUENCE, &one) == DV_R_NONE)
		if (dv_der_oid(&one, &oid) == DV_R_NONE &&
		    oid.len > POLICY_OID_MAX)
			feature_add(f, "long policy");
}

/* It tells extensions apart by a sum of their octets, three at the least. */
static void
unknown_look(const struct dv_cert *cert, struct features *f)
{
	struct dv_at at;
	struct dv_der whole = dv_der_start(cert->tbs, DV_F_TBS, &at), tbs;
	struct dv_der wrapped, list, one;
	struct dv_element skipped;
	struct dv_bytes oid;
	unsigned known = 0, all = 0;

	if (dv_der_enter(&whole, DER_SEQUENCE, &tbs) != DV_R_NONE)
		return;
	while (dv_der_peek(&tbs) != DER_CONTEXT_CONS(3))
		if (dv_der_any(&tbs, &skipped) != DV_R_NONE)
			return;
	if (dv_der_enter(&tbs, DER_CONTEXT_CONS(3), &wrapped) != DV_R_NONE ||
	    dv_der_enter(&wrapped, DER_SEQUENCE, &list) != DV_R_NONE)
		return;
	while (dv_der_enter(&list, DER_SEQUENCE, &one) == DV_R_NONE &&
	    dv_der_oid(&one, &oid) == DV_R_NONE) {
		all++;
		if (oid.len < 3)
			feature_add(f, "extension of a short name");
	}
	for (unsigned ext = 0; ext < DV_EXT_COUNT; ext++)
		known += (cert->ext.present & DV_EXT_BIT(ext)) != 0;
	if (known < all)
		feature_add(f, "unknown extension");
}

static const struct {
	enum dv_ext ext;
	const char *what;
} critical[] = {
	{ DV_EXT_POLICY_MAPPINGS, "critical policyMappings" },
	{ DV_EXT_ISSUER_ALT_NAME, "critical issuerAltName" },
	{ DV_EXT_AUTHORITY_KEY_ID, "critical key identifier" },
	{ DV_EXT_SUBJECT_KEY_ID, "critical key identifier" },
	{ DV_EXT_FRESHEST_CRL, "critical freshestCRL" },
	{ DV_EXT_AUTHORITY_INFO_ACCESS, "critical access" },
	{ DV_EXT_SUBJECT_INFO_ACCESS, "critical access" },
};

static void
extensions_look(const struct dv_cert *cert, struct features *f)
{
	const struct dv_extensions *ext = &cert->ext;
	const struct dv_bytes names = ext->value[DV_EXT_NAME_CONSTRAINTS];

	for (size_t i = 0; i < sizeof(critical) / sizeof(critical[0]); i++)
		if ((ext->critical & DV_EXT_BIT(critical[i].ext)) != 0)
			feature_add(f, critical[i].what);
	if (ext->path_len > 127)
		feature_add(f, "path length over 127");
	if ((ext->key_usage & DV_KU_KEY_CERT_SIGN) != 0 && !ext->ca)
		feature_add(f, "keyCertSign without CA");
	if (names.ptr == NULL)
		return;
	if (!ext->ca)
		feature_add(f, "nameConstraints without CA");
	else if (names.ptr < ext->value[DV_EXT_BASIC_CONSTRAINTS].ptr)
		feature_add(f, "nameConstraints before CA");
	subtrees_look(ext->permitted, f);
	subtrees_look(ext->excluded, f);
}

static struct features
features_of(const struct dv_cert *cert)
{
	struct features f = { "" };

	name_look(cert->issuer, &f);
	name_look(cert->subject, &f);
	extensions_look(cert, &f);
	alt_names_look(cert->ext.subject_alt_name, &f);
	policies_look(cert->ext.value[DV_EXT_CERTIFICATE_POLICIES], &f);
	unknown_look(cert, &f);
	points_look(cert->ext.value[DV_EXT_CRL_DISTRIBUTION_POINTS], &f);
	access_look(cert->ext.value[DV_EXT_AUTHORITY_INFO_ACCESS], &f);
	if (cert->key.type == DV_KEY_RSA_PSS)
		feature_add(&f, "RSASSA-PSS key");
	if (cert->defect.reason != DV_R_NONE)
		feature_add(&f, "noted");
	return f;
}

/* ---- comparing ---------------------------------------------------------- */

/* Read, and what a path is always refused for is not in it. */
static bool
we_take(struct dv_bytes der, struct dv_cert *cert)
{
	struct dv_at at;

	return dv_cert_read(der, cert, &at) == DV_R_NONE &&
	    cert->ext.unknown_critical.ptr == NULL &&
	    cert->sig_alg != DV_SIG_NONE && cert->key.type != DV_KEY_NONE;
}

static bool
compare(const char *vector, const struct edited *d, char *answer, size_t cap)
{
	struct dv_cert cert;
	const bool ours = we_take((struct dv_bytes){ d->octets, d->len },
	    &cert);
	const int theirs = opinion_wolf(d->octets, d->len);

	count.both_take += ours && theirs == 0;
	count.both_refuse += !ours && theirs != 0;
	count.only_they += !ours && theirs == 0;
	count.only_we += ours && theirs != 0;
	if (!ours || theirs == 0)
		return true;
	snprintf(answer, cap, "%d%s", theirs, features_of(&cert).text);
	return is_listed(vector, answer);
}

static void
dump(const struct edited *d)
{
	printf("#   ");
	for (size_t i = 0; i < d->len; i++)
		printf("%02x", d->octets[i]);
	printf("\n");
}

static void
certs_keep(const char *vector, struct dv_bytes der)
{
	if (der.len > EDIT_MAX || der.len == 0)
		return;
	for (size_t i = 0; i < cert_count; i++)
		if (certs[i].der.len == der.len &&
		    memcmp(certs[i].der.octets, der.ptr, der.len) == 0)
			return;
	if (cert_count == MAX_CERTS)
		abort();
	snprintf(certs[cert_count].vector, sizeof(certs[0].vector), "%s",
	    vector);
	memcpy(certs[cert_count].der.octets, der.ptr, der.len);
	certs[cert_count++].der.len = der.len;
}

static void
vector_keep(const struct vector *v)
{
	certs_keep(v->name, v->in.main);
	for (size_t i = 0; i < v->in.pile_count; i++)
		certs_keep(v->name, v->in.pile[i]);
	for (size_t i = 0; i < v->in.anchor_count; i++)
		certs_keep(v->name, v->in.anchors[i]);
}

static bool
may_all(const struct edited *d, size_t at, size_t len)
{
	(void)d;
	(void)at;
	(void)len;
	return true;
}

static void
made_compare(unsigned long turn)
{
	static struct edited d;
	const size_t which = chance((uint32_t)cert_count);
	const size_t donor = chance((uint32_t)cert_count);
	char answer[544], name[160], note[640];

	d = certs[which].der;
	edit_some(&d, &certs[donor].der, may_all);
	if (compare(certs[which].vector, &d, answer, sizeof(answer)))
		return;
	snprintf(name, sizeof(name), "made %lu of %s", turn,
	    certs[which].vector);
	snprintf(note, sizeof(note), ": read, wolfSSL: %s", answer);
	tap(false, name, note);
	if (tests_failed < 20)
		dump(&d);
}

static void
count_show(const char *what)
{
	printf("# %s: both read %lu, neither %lu, only wolfSSL reads %lu, "
	    "only we read %lu (all but what failed on the list)\n", what, count.both_take,
	    count.both_refuse, count.only_they, count.only_we);
	memset(&count, 0, sizeof(count));
}

int
main(int argc, char **argv)
{
	char answer[544], note[640];
	unsigned long turns;

	if (argc < 3 || argc > 5) {
		fprintf(stderr, "usage: proof_opinion DIR LIST [COUNT "
		    "[SEED]]\n");
		return 2;
	}
	turns = argc > 3 ? strtoul(argv[3], NULL, 10) : 2000;
	edit_state = argc > 4 ? strtoull(argv[4], NULL, 10) : 1;
	listed_load(argv[2]);
	each_of_kind(argv[1], KIND_CERT, vector_keep);
	each_of_kind(argv[1], KIND_CHAIN, vector_keep);
	for (size_t i = 0; i < cert_count; i++) {
		if (compare(certs[i].vector, &certs[i].der, answer,
		    sizeof(answer)))
			continue;
		snprintf(note, sizeof(note), ": read, wolfSSL: %s", answer);
		tap(false, certs[i].vector, note);
	}
	listed_check();
	count_show("vectors");
	tap(tests_failed == 0, "certificates of the vectors", "");
	for (unsigned long i = 0; i < turns && cert_count > 0; i++)
		made_compare(i);
	count_show("made");
	snprintf(note, sizeof(note), ": %lu of %zu", turns, cert_count);
	tap(tests_failed == 0 && cert_count > 0, "certificates altered", note);
	return tap_end();
}
