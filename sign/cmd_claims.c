/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What `devsign sign` is told to say of the artefact, read from the command
 * line and checked by the rules of the format before any key is asked.
 * docs/FORMAT.md.
 */
#include <string.h>

#include "cmd_claims.h"
#include "dv_demand.h"
#include "host/text.h"

enum dv_exit
ds_text_check(const char *what, struct dv_bytes text, struct dv_err *err)
{
	struct dv_bytes rest = text;

	if (rest.len == 0 || rest.len > DV_MAX_HEADER_TEXT)
		return dv_fail(err, DV_EXIT_USAGE,
		    "%s must have 1 to %d octets, not %zu", what,
		    DV_MAX_HEADER_TEXT, rest.len);
	while (rest.len > 0) {
		uint32_t point;
		size_t n = dv_utf8_next(rest, &point);

		if (n == 0 || point < 0x20 || (point >= 0x7f && point < 0xa0))
			return dv_fail(err, DV_EXIT_USAGE, "%s \"%.*s\" is not "
			    "UTF-8 or holds a control character", what,
			    (int)text.len, (const char *)text.ptr);
		rest.ptr += n;
		rest.len -= n;
	}
	return DV_EXIT_YES;
}

/* An optional text of its own. */
static enum dv_exit
read_text(const struct dv_args *args, const char *option, const char **out,
    struct dv_err *err)
{
	char what[32];

	*out = dv_args_get(args, option);
	if (*out == NULL)
		return DV_EXIT_YES;
	(void)snprintf(what, sizeof(what), "--%s", option);
	return ds_text_check(what, dv_text_bytes(*out), err);
}

static enum dv_exit
read_version(const struct dv_args *args, struct ds_cmd_claims *out,
    struct dv_err *err)
{
	enum dv_exit ret = read_text(args, "artefact-version", &out->version,
	    err);

	if (ret != DV_EXIT_YES || out->version == NULL ||
	    dv_version_scheme(dv_text_bytes(out->version)) != DV_VERSION_NONE)
		return ret;
	return dv_hint(err, dv_fail(err, DV_EXIT_USAGE,
	    "--artefact-version \"%s\" is not a version", out->version),
	    "a version is 1.4.0 or 1.4.0-rc.1 (semver.org), or an integer");
}

static enum dv_exit
read_time(const struct dv_args *args, const char *option, bool *has,
    dv_time *out, struct dv_err *err)
{
	const char *text = dv_args_get(args, option);

	*has = text != NULL;
	if (text == NULL || dv_time_parse(dv_text_bytes(text), out))
		return DV_EXIT_YES;
	return dv_hint(err, dv_fail(err, DV_EXIT_USAGE,
	    "--%s: \"%s\" is not a time", option, text),
	    "a time is 2027-03-01T00:00:00Z or @seconds");
}

/* Times at which no verifier would ever accept the artefact. */
static enum dv_exit
check_times(const struct ds_cmd_claims *c, dv_time iat, struct dv_err *err)
{
	if (c->has_exp && c->exp.s <= iat.s)
		return dv_fail(err, DV_EXIT_USAGE,
		    "--expires is not after the signing time");
	if (c->has_exp && c->has_nbf && c->exp.s <= c->nbf.s)
		return dv_fail(err, DV_EXIT_USAGE,
		    "--expires is not after --not-before");
	return DV_EXIT_YES;
}

/* Keys that `devverify file --require` means otherwise. */
static bool
is_taken(const struct ds_cmd_claims *c, struct dv_bytes key)
{
	static const char *const names[] = { "name", "version", "type",
	    "device", "model", "iss" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strlen(names[i]) == key.len &&
		    memcmp(names[i], key.ptr, key.len) == 0)
			return true;
	}
	for (size_t i = 0; i < c->count; i++) {
		if (c->claim[i].key.len == key.len &&
		    memcmp(c->claim[i].key.ptr, key.ptr, key.len) == 0)
			return true;
	}
	return false;
}

static enum dv_exit
read_claim(const char *text, struct ds_cmd_claims *out, struct dv_err *err)
{
	const char *equals = strchr(text, '=');
	struct ds_claim claim;
	enum dv_exit ret;

	if (equals == NULL)
		return dv_fail(err, DV_EXIT_USAGE,
		    "--claim \"%s\" is not KEY=VALUE", text);
	claim.key = (struct dv_bytes){ (const uint8_t *)text,
	    (size_t)(equals - text) };
	claim.value = dv_text_bytes(equals + 1);
	ret = ds_text_check("the key of --claim", claim.key, err);
	if (ret == DV_EXIT_YES)
		ret = ds_text_check("the value of --claim", claim.value, err);
	if (ret != DV_EXIT_YES)
		return ret;
	if (is_taken(out, claim.key))
		return dv_hint(err, dv_fail(err, DV_EXIT_USAGE,
		    "--claim %s: this key is taken", text), "each key once; "
		    "name, version, type, device, model and iss have options "
		    "of their own or come from the certificate");
	if (out->count == DV_MAX_CLAIMS)
		return dv_fail(err, DV_EXIT_USAGE,
		    "more than %d claims for one artefact", DV_MAX_CLAIMS);
	out->claim[out->count++] = claim;
	return DV_EXIT_YES;
}

enum dv_exit
ds_cmd_claims_read(const struct dv_args *args, dv_time iat,
    struct ds_cmd_claims *out, struct dv_err *err)
{
	const char *text;
	enum dv_exit ret = read_version(args, out, err);

	if (ret == DV_EXIT_YES)
		ret = read_text(args, "device", &out->device, err);
	if (ret == DV_EXIT_YES)
		ret = read_text(args, "model", &out->model, err);
	if (ret == DV_EXIT_YES)
		ret = read_time(args, "not-before", &out->has_nbf, &out->nbf,
		    err);
	if (ret == DV_EXIT_YES)
		ret = read_time(args, "expires", &out->has_exp, &out->exp,
		    err);
	if (ret == DV_EXIT_YES)
		ret = check_times(out, iat, err);
	for (int i = 0; ret == DV_EXIT_YES &&
	    (text = dv_args_nth(args, "claim", i)) != NULL; i++)
		ret = read_claim(text, out, err);
	return ret;
}

void
ds_cmd_claims_put(const struct ds_cmd_claims *claims,
    struct ds_sign1_new *what)
{
	what->version = claims->version;
	what->device = claims->device;
	what->model = claims->model;
	what->has_nbf = claims->has_nbf;
	what->nbf = claims->nbf;
	what->has_exp = claims->has_exp;
	what->exp = claims->exp;
	what->claims = claims->claim;
	what->claim_count = claims->count;
}
