/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What an envelope says of itself and its artefact, for people and machines.
 * Says of nothing whether it is true: the caller knows. docs/FORMAT.md.
 */
#include "host/report.h"

#include <inttypes.h>
#include <stddef.h>

#include "host/text.h"

const char *
dv_scheme_name(enum dv_version_scheme scheme)
{
	switch (scheme) {
	case DV_VERSION_SEMVER:
		return "semver";
	case DV_VERSION_DECIMAL:
		return "decimal";
	case DV_VERSION_OTHER:
	case DV_VERSION_NONE:
		break;
	}
	return "other";
}

/* ---- what it says in one word or time ---- */

enum kind { TEXT, VERSION, TIME, CLOCK };

static const struct said {
	const char *words, *key;	/* for people, for machines */
	enum kind kind;
	uint16_t at, has;	/* in struct dv_sign1; has: of a time */
} all_said[] = {
#define T(words, key, kind, member) { words, key, kind, \
	offsetof(struct dv_sign1, member), 0 }
#define AT(words, key, kind, member) { words, key, kind, \
	offsetof(struct dv_sign1, member), \
	offsetof(struct dv_sign1, has_##member) }
	T("iss", "iss", TEXT, iss),
	T("sub", "sub", TEXT, sub),
	AT("signed at", "iat", CLOCK, iat),
	T("version", "version", VERSION, version),
	T("for device", "device", TEXT, device),
	T("for model", "model", TEXT, model),
	AT("to be used from", "not_before", TIME, nbf),
	AT("to be used before", "expires", TIME, exp),
};

/* Where the lines begin: who signed, what, and when it is to be used. */
enum { WHO = 0, WHAT = 3, WHEN = 6, END = 8 };

/* As text, of a time in the room; empty: it says nothing of that. */
static struct dv_bytes
said_text(const struct said *said, const struct dv_sign1 *sign1,
    char room[DV_TIME_TEXT])
{
	const char *members = (const char *)sign1;
	const void *at = members + said->at, *has = members + said->has;

	if (said->kind < TIME)
		return *(const struct dv_bytes *)at;
	if (!*(const bool *)has)
		return (struct dv_bytes){ NULL, 0 };
	dv_time_format(*(const dv_time *)at, room);
	return dv_text_bytes(room);
}

/* ---- lines ---- */

static void
print_said(FILE *out, const char *claimed, const struct dv_sign1 *sign1,
    size_t from, size_t end)
{
	char room[DV_TIME_TEXT];
	bool begun = false;

	for (const struct said *said = &all_said[from]; said < &all_said[end];
	    said++) {
		struct dv_bytes text = said_text(said, sign1, room);

		if (text.len == 0)
			continue;
		(void)fprintf(out, "%s%s%s ", begun ? ", " : "  ",
		    begun ? "" : claimed, said->words);
		begun = true;
		if (said->kind < TIME)
			dv_print_quoted(out, text);
		else
			dv_print_safe(out, text);
		if (said->kind == VERSION)
			(void)fprintf(out, " (%s)",
			    dv_scheme_name(sign1->scheme));
		if (said->kind == CLOCK)
			(void)fputs(" by the signer's clock", out);
	}
	if (begun)
		(void)fputc('\n', out);
}

static void
print_claim(FILE *out, const char *claimed, const struct dv_claim *claim)
{
	(void)fprintf(out, "  %sclaim ", claimed);
	dv_print_quoted(out, claim->key);
	(void)fputs(" is ", out);
	switch (claim->kind) {
	case DV_CLAIM_TEXT:
		dv_print_quoted(out, claim->value);
		break;
	case DV_CLAIM_BYTES:
		dv_print_hex(out, claim->value);
		break;
	case DV_CLAIM_INT:
		(void)fprintf(out, "%" PRId64, claim->number);
		break;
	case DV_CLAIM_BOOL:
		(void)fputs(claim->number != 0 ? "true" : "false", out);
		break;
	}
	(void)fputc('\n', out);
}

void
dv_report_signed_text(FILE *out, const struct dv_sign1 *sign1,
    const char *claimed)
{
	struct dv_bytes rest = sign1->claims;
	struct dv_claim claim;

	print_said(out, claimed, sign1, WHO, WHAT);
	print_said(out, claimed, sign1, WHAT, WHEN);
	print_said(out, claimed, sign1, WHEN, END);
	while (dv_sign1_claim_next(sign1, &rest, &claim))
		print_claim(out, claimed, &claim);
}

void
dv_report_artefact_text(FILE *out, const struct dv_report *r)
{
	(void)fprintf(out, "  %" PRIu64 " bytes", r->size);
	if (r->sign1->preimage_type.len > 0) {
		(void)fputs(" of ", out);
		dv_print_safe(out, r->sign1->preimage_type);
	}
	if (r->sign1->attached) {
		(void)fputs(", signed as they are\n", out);
		return;
	}
	(void)fprintf(out, ", %s ", dv_hash_name(r->sign1->hash));
	dv_print_hex(out, r->sign1->payload);
	(void)fputc('\n', out);
}

/* ---- JSON ---- */

static void
json_said(struct dv_json *j, const struct dv_sign1 *sign1,
    size_t from, size_t end)
{
	char room[DV_TIME_TEXT];

	for (const struct said *said = &all_said[from]; said < &all_said[end];
	    said++) {
		struct dv_bytes text = said_text(said, sign1, room);

		if (text.len == 0)
			continue;
		dv_json_utf8(j, said->key, text);
		if (said->kind == VERSION)
			dv_json_text(j, "version_scheme",
			    dv_scheme_name(sign1->scheme));
	}
}

static void
json_claim(struct dv_json *j, const struct dv_claim *claim)
{
	dv_json_open(j, NULL, '{');
	dv_json_utf8(j, "key", claim->key);
	switch (claim->kind) {
	case DV_CLAIM_TEXT:
		dv_json_utf8(j, "value", claim->value);
		break;
	case DV_CLAIM_BYTES:
		dv_json_hex(j, "hex", claim->value);
		break;
	case DV_CLAIM_INT:
		dv_json_number(j, "value", claim->number);
		break;
	case DV_CLAIM_BOOL:
		dv_json_flag(j, "value", claim->number != 0);
		break;
	}
	dv_json_close(j, '{');
}

void
dv_report_claims_json(struct dv_json *j, const struct dv_sign1 *sign1)
{
	struct dv_bytes rest = sign1->claims;
	struct dv_claim claim;
	bool more = dv_sign1_claim_next(sign1, &rest, &claim);

	json_said(j, sign1, WHAT, END);
	if (!more)
		return;
	dv_json_open(j, "claims", '[');
	for (; more; more = dv_sign1_claim_next(sign1, &rest, &claim))
		json_claim(j, &claim);
	dv_json_close(j, '[');
}

void
dv_report_signed_json(struct dv_json *j, const char *key,
    const struct dv_sign1 *sign1)
{
	dv_json_open(j, key, '{');
	json_said(j, sign1, WHO, WHAT);
	if (sign1->preimage_type.len > 0)
		dv_json_utf8(j, "content_type", sign1->preimage_type);
	if (sign1->attached) {
		dv_json_flag(j, "attached", true);
	} else {
		dv_json_text(j, "hash", dv_hash_name(sign1->hash));
		dv_json_hex(j, "digest", sign1->payload);
	}
	dv_report_claims_json(j, sign1);
	dv_json_close(j, '{');
}
