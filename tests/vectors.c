/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Loads vectors: every file, and what is expected. Judges nothing: the core is
 * asked in vectors_ask.c. Format: vectors/README.md.
 */
#include "vectors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const kind_names[] = { "cert", "chain", "crl", "request",
	"sign", "sign1", "wasm", "manifest", "receipt", "voucher" };

const char *
vector_kind_name(enum vector_kind kind)
{
	return kind_names[kind];
}

static void
die(const char *where, const char *what)
{
	printf("Bail out! %s: %s\n", where, what);
	exit(3);
}

/* ---- loading ---- */

/* False when there is no such file. */
static bool
file_load(const char *folder, const char *name, struct dv_bytes *out)
{
	char path[1024];
	uint8_t *room;
	size_t len, cap = 1u << 20;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "rb");
	if (f == NULL)
		return false;
	room = malloc(cap);
	if (room == NULL)
		die(path, "no memory");
	len = fread(room, 1, cap, f);
	if (len == cap || ferror(f))
		die(path, "too large, or cannot be read");
	fclose(f);
	/* Exactly as large as it is, so that a sanitizer sees an overread. */
	room = realloc(room, len > 0 ? len : 1);
	if (room == NULL)
		die(path, "no memory");
	*out = (struct dv_bytes){ room, len };
	return true;
}

static size_t
numbered_load(const char *folder, const char *stem, struct dv_bytes *out,
    size_t max)
{
	struct dv_bytes more;
	char name[32];
	size_t n = 0;

	for (;;) {
		snprintf(name, sizeof(name), "%s%u.der", stem,
		    (unsigned)n + 1);
		if (!file_load(folder, name, n < max ? &out[n] : &more))
			return n;
		if (n == max)
			die(folder, "too many files");
		n++;
	}
}

static dv_time
time_of(const char *where, const char *text)
{
	dv_time t;

	if (!dv_time_parse((struct dv_bytes){ (const uint8_t *)text,
	    strlen(text) }, &t))
		die(where, "expect: not a time");
	return t;
}

static uint32_t
algs_of(const char *where, const char *text)
{
	for (unsigned a = DV_SIG_ECDSA_SHA256; a <= DV_SIG_ED25519; a++)
		if (strcmp(dv_sig_name((enum dv_sig_alg)a), text) == 0)
			return DV_SIG_BIT(a);
	die(where, "expect: unknown algorithm");
	return 0;
}

static void
text_copy(const char *where, char *out, size_t cap, const char *text)
{
	if ((size_t)snprintf(out, cap, "%s", text) >= cap)
		die(where, "expect: value too long");
}

static void
offset_of(struct expect *e, const char *text)
{
	char *end;

	e->offset_first = strtoll(text, &end, 10);
	e->offset_last = *end == '-' ? strtoll(end + 1, NULL, 10) :
	    e->offset_first;
}

/* OIDs with commas between them. */
static void
policies_of(const char *where, struct expect *e, const char *text)
{
	static char copy[4096];
	char *oid, *rest = copy;
	size_t n = 0;

	text_copy(where, copy, sizeof(copy), text);
	while ((oid = strtok_r(rest, ",", &rest)) != NULL) {
		if (n == VECTOR_MAX_POLICIES)
			die(where, "expect: too many policies");
		e->initial[n].ptr = e->initial_room[n];
		e->initial[n].len = dv_oid_parse(oid, e->initial_room[n],
		    sizeof(e->initial_room[n]));
		n++;
	}
	e->policy.initial_policies = e->initial;
	e->policy.initial_policy_count = n;
}

/* Octets of hexadecimal text, at most cap. */
static size_t
hex_of(const char *text, uint8_t *out, size_t cap)
{
	size_t n = 0;

	for (; n < cap && text[2 * n] != '\0' && text[2 * n + 1] != '\0'; n++) {
		char pair[3] = { text[2 * n], text[2 * n + 1], '\0' };

		out[n] = (uint8_t)strtoul(pair, NULL, 16);
	}
	return n;
}

/* KIND VALUE, or `require KEY=VALUE`. */
static void
demand_of(const char *where, struct expect *e, const char *text)
{
	static const struct {
		const char *name;
		enum dv_demand_kind kind;
	} kinds[] = {
		{ "require ", DV_DEMAND_CLAIM },
		{ "min-version ", DV_DEMAND_MIN_VERSION },
		{ "signer-name ", DV_DEMAND_SIGNER_NAME },
		{ "signer-san ", DV_DEMAND_SIGNER_SAN },
		{ "signer-key ", DV_DEMAND_SIGNER_KEY },
		{ "countersigned ", DV_DEMAND_COUNTERSIGNED },
	};
	static const char counter[] = "counter";
	struct dv_bytes value;

	e->demand.countersigner = strncmp(text, "countersigner-",
	    strlen("countersigner-")) == 0;
	if (e->demand.countersigner)
		text += strlen(counter);
	text_copy(where, e->demanded, sizeof(e->demanded), text);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strncmp(text, kinds[i].name, strlen(kinds[i].name)) == 0)
			e->demand.kind = kinds[i].kind;
	if (e->demand.kind == 0 || strchr(text, ' ') == NULL)
		die(where, "expect: not a demand");
	value.ptr = (const uint8_t *)strchr(e->demanded, ' ') + 1;
	value.len = strlen((const char *)value.ptr);
	if (e->demand.kind == DV_DEMAND_CLAIM) {
		size_t key = strcspn((const char *)value.ptr, "=");

		e->demand.key = (struct dv_bytes){ value.ptr, key };
		value.ptr += key + 1;
		value.len -= key + 1;
	}
	if (e->demand.kind == DV_DEMAND_SIGNER_KEY)
		(void)hex_of((const char *)value.ptr, e->demanded_key,
		    sizeof(e->demanded_key));
	if (e->demand.kind == DV_DEMAND_SIGNER_KEY)
		value = (struct dv_bytes){ e->demanded_key,
		    sizeof(e->demanded_key) };
	e->demand.value = value;
}

/* Keys of the question. False: not one of them. */
static bool
question_key(const char *where, struct expect *e, const char *key,
    const char *value)
{
	struct dv_policy *policy = &e->policy;

	if (strcmp(key, "time") == 0)
		policy->at = time_of(where, value);
	else if (strcmp(key, "purpose") == 0)
		policy->purpose = (struct dv_bytes){ e->purpose,
		    dv_oid_parse(value, e->purpose, sizeof(e->purpose)) };
	else if (strcmp(key, "profile") == 0)
		policy->profile = strcmp(value, "path") == 0 ?
		    DV_PROFILE_PATH : DV_PROFILE_STRICT;
	else if (strcmp(key, "revocation") == 0)
		policy->revocation = strcmp(value, "required") == 0 ?
		    DV_REVOCATION_REQUIRED : strcmp(value, "none") == 0 ?
		    DV_REVOCATION_NONE : DV_REVOCATION_IF_GIVEN;
	else if (strcmp(key, "algs") == 0)
		policy->algs = algs_of(where, value);
	else if (strcmp(key, "max_path") == 0)
		policy->max_path = (unsigned)atoi(value);
	else if (strcmp(key, "policy") == 0)
		policies_of(where, e, value);
	else if (strcmp(key, "require_explicit") == 0)
		policy->require_explicit = true;
	else if (strcmp(key, "inhibit_mapping") == 0)
		policy->inhibit_mapping = true;
	else if (strcmp(key, "inhibit_any") == 0)
		policy->inhibit_any = true;
	else if (strcmp(key, "threshold") == 0)
		e->threshold = (size_t)atoi(value);
	else if (strcmp(key, "nonce") == 0)
		e->nonce_len = hex_of(value, e->nonce, sizeof(e->nonce));
	else if (strcmp(key, "demand") == 0)
		demand_of(where, e, value);
	else if (strcmp(key, "judge_anchors") == 0)
		e->judge_anchors = true;
	else
		return false;
	return true;
}

static void
answer_key(const char *where, struct expect *e, const char *key,
    const char *value)
{
	if (strcmp(key, "status") == 0)
		e->accepted = strcmp(value, "accepted") == 0;
	else if (strcmp(key, "reason") == 0)
		text_copy(where, e->reason, sizeof(e->reason), value);
	else if (strcmp(key, "object") == 0)
		text_copy(where, e->object, sizeof(e->object), value);
	else if (strcmp(key, "field") == 0)
		text_copy(where, e->field, sizeof(e->field), value);
	else if (strcmp(key, "policies") == 0)
		text_copy(where, e->policies, sizeof(e->policies), value);
	else if (strcmp(key, "flips") == 0)
		e->flips = (unsigned)atoi(value);
	else if (strcmp(key, "unbelieved") == 0) {
		char *end;

		e->unbelieved = strtoul(value, &end, 10);
		e->unbelieved_end = *end == '-' ?
		    strtoul(end + 1, NULL, 10) + 1 : e->unbelieved + 1;
	}
	else if (strcmp(key, "statuses") == 0)
		text_copy(where, e->statuses, sizeof(e->statuses), value);
	else if (strcmp(key, "index") == 0)
		e->index = atoi(value);
	else if (strcmp(key, "countersignature") == 0)
		e->countersignature = (unsigned)atoi(value);
	else if (strcmp(key, "offset") == 0)
		offset_of(e, value);
	else if (strcmp(key, "good_until") == 0) {
		e->has_good_until = true;
		e->good_until = time_of(where, value);
	} else
		die(where, "expect: unknown key");
}

static void
expect_load(struct vector *v, const char *folder)
{
	struct expect *e = &v->expect;
	struct dv_bytes file;
	char text[4096], *line, *rest = text, *value;

	*e = (struct expect){ .index = -1, .offset_first = -1,
	    .policy = dv_policy_strict((dv_time){ 0 }) };
	if (!file_load(folder, "expect", &file) || file.len >= sizeof(text))
		die(folder, "expect: missing or too long");
	memcpy(text, file.ptr, file.len);
	text[file.len] = '\0';
	free((void *)(uintptr_t)file.ptr);
	while ((line = strtok_r(rest, "\n", &rest)) != NULL) {
		value = strchr(line, '=');
		if (value == NULL)
			die(folder, "expect: a line without =");
		*value++ = '\0';
		if (!question_key(folder, e, line, value))
			answer_key(folder, e, line, value);
	}
	if (e->accepted != (e->reason[0] == '\0'))
		die(folder, "expect: status and reason do not fit");
}

struct vector *
vector_load(const char *root, enum vector_kind kind, const char *folder)
{
	static const char *const mains[] = { "cert.der", "leaf.der",
	    "crl.der", "request.der", "envelope.cose",
	    "envelope.cose", "module.wasm", "manifest.cbor",
	    "receipt.cbor", "voucher.cose" };
	struct vector *v = calloc(1, sizeof(*v));
	char path[768];

	if (v == NULL)
		die(folder, "no memory");
	v->kind = kind;
	snprintf(v->name, sizeof(v->name), "%s/%s", kind_names[kind], folder);
	if ((size_t)snprintf(path, sizeof(path), "%s/%s", root, v->name) >=
	    sizeof(path))
		die(folder, "path too long");
	expect_load(v, path);
	if (!file_load(path, mains[kind], &v->in.main))
		die(path, "its main file is missing");
	(void)file_load(path, "previous.cbor", &v->in.previous);
	(void)file_load(path, "again.cbor", &v->in.again);
	(void)file_load(path, "signer.der", &v->in.signer);
	(void)file_load(path, "registrar.der", &v->in.registrar);
	(void)file_load(path, "request.cose", &v->in.asked_for);
	if ((kind == KIND_SIGN || kind == KIND_SIGN1) &&
	    !file_load(path, "artefact", &v->in.artefact))
		die(path, "artefact is missing");
	v->in.pile_count = numbered_load(path, "i", v->in.pile,
	    VECTOR_MAX_PILE);
	v->in.anchor_count = numbered_load(path, "anchor", v->in.anchors,
	    VECTOR_MAX_ANCHORS);
	v->in.crl_count = numbered_load(path, "crl", v->in.crls,
	    VECTOR_MAX_CRLS);
	return v;
}

static void
bytes_free(struct dv_bytes bytes)
{
	free((void *)(uintptr_t)bytes.ptr);
}

void
vector_free(struct vector *v)
{
	bytes_free(v->in.main);
	bytes_free(v->in.artefact);
	bytes_free(v->in.previous);
	bytes_free(v->in.again);
	bytes_free(v->in.signer);
	bytes_free(v->in.registrar);
	bytes_free(v->in.asked_for);
	for (size_t i = 0; i < v->in.pile_count; i++)
		bytes_free(v->in.pile[i]);
	for (size_t i = 0; i < v->in.anchor_count; i++)
		bytes_free(v->in.anchors[i]);
	for (size_t i = 0; i < v->in.crl_count; i++)
		bytes_free(v->in.crls[i]);
	free(v);
}
