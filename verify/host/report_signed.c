/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What an envelope says of itself and its artefact, for people and machines.
 * Says of nothing whether it is true: the caller knows. docs/FORMAT.md.
 */
#include "host/report.h"

#include <inttypes.h>

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

/* ---- lines ---- */

/* Parts of one line, each after a comma but the first. */
struct line {
	FILE *out;
	const char *start;	/* what the line begins with, once */
	bool begun;
};

static void
part(struct line *line, const char *name)
{
	if (line->begun)
		(void)fprintf(line->out, ", %s ", name);
	else
		(void)fprintf(line->out, "  %s%s ", line->start, name);
	line->begun = true;
}

static void
part_text(struct line *line, const char *name, struct dv_bytes text)
{
	if (text.len == 0)
		return;
	part(line, name);
	dv_print_quoted(line->out, text);
}

static void
part_time(struct line *line, const char *name, bool has, dv_time time)
{
	char at[DV_TIME_TEXT];

	if (!has)
		return;
	dv_time_format(time, at);
	part(line, name);
	(void)fputs(at, line->out);
}

static void
line_end(const struct line *line)
{
	if (line->begun)
		(void)fputc('\n', line->out);
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
	struct line who = { .out = out, .start = claimed }, what = who,
	    when = who;
	struct dv_bytes rest = sign1->claims;
	struct dv_claim claim;

	part_text(&who, "iss", sign1->iss);
	part_text(&who, "sub", sign1->sub);
	part_time(&who, "signed at", sign1->has_iat, sign1->iat);
	if (sign1->has_iat)
		(void)fputs(" by the signer's clock", out);
	line_end(&who);
	part_text(&what, "version", sign1->version);
	if (sign1->version.len > 0)
		(void)fprintf(out, " (%s)", dv_scheme_name(sign1->scheme));
	part_text(&what, "for device", sign1->device);
	part_text(&what, "for model", sign1->model);
	line_end(&what);
	part_time(&when, "to be used from", sign1->has_nbf, sign1->nbf);
	part_time(&when, "to be used before", sign1->has_exp, sign1->exp);
	line_end(&when);
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
json_text(struct dv_json *j, const char *key, struct dv_bytes text)
{
	if (text.len > 0)
		dv_json_utf8(j, key, text);
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

	json_text(j, "version", sign1->version);
	if (sign1->version.len > 0)
		dv_json_text(j, "version_scheme",
		    dv_scheme_name(sign1->scheme));
	json_text(j, "device", sign1->device);
	json_text(j, "model", sign1->model);
	if (sign1->has_nbf)
		dv_json_instant(j, "not_before", sign1->nbf);
	if (sign1->has_exp)
		dv_json_instant(j, "expires", sign1->exp);
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
	json_text(j, "iss", sign1->iss);
	json_text(j, "sub", sign1->sub);
	if (sign1->has_iat)
		dv_json_instant(j, "iat", sign1->iat);
	json_text(j, "content_type", sign1->preimage_type);
	if (sign1->attached) {
		dv_json_flag(j, "attached", true);
	} else {
		dv_json_text(j, "hash", dv_hash_name(sign1->hash));
		dv_json_hex(j, "digest", sign1->payload);
	}
	dv_report_claims_json(j, sign1);
	dv_json_close(j, '{');
}
