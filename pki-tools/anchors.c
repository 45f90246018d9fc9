/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Certificates to C source: the anchors a verifier is built with. Depends on
 * the certificates alone, so the same roots give the same bytes. Names are
 * shown in comments and can never end one. RFC 5937.
 */
#include "pki_ca.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "bytes.h"
#include "dv_hash.h"

#define NAME_TEXT 1024
#define PER_LINE 12

/* One anchor, and what the strict profile would say of its certificate. */
struct named {
	struct dv_anchor anchor;
	enum dv_key_type type;
	enum dv_reason form;
	enum dv_field field;
};

static const char head[] =
    "/* SPDX-License-Identifier: GPL-3.0-or-later */\n"
    "/*\n"
    " * Trust anchors, written by `pki-init anchors`. Do not edit: make it "
    "anew.\n"
    " */\n"
    "#include \"dv_chain.h\"\n";

/* The characters that could end a comment or begin a trigraph, as \xx. */
static bool
add_comment_text(struct dv_buf *out, const char *text)
{
	bool ok = true;

	for (; ok && *text != '\0'; text++)
		ok = dv_buf_text(out, *text == '*' || *text == '?' ?
		    "\\%02x" : "%c", (unsigned char)*text);
	return ok;
}

static bool
add_limit(struct dv_buf *out, const struct dv_anchor *a)
{
	bool ok = true;

	if (a->path_len >= 0)
		ok = dv_buf_text(out, " *   path length %d\n", a->path_len);
	if (ok && (a->permitted.len != 0 || a->excluded.len != 0))
		ok = dv_buf_text(out, " *   name constraints\n");
	if (ok && a->eku.len != 0)
		ok = dv_buf_text(out, " *   extended key usage\n");
	if (ok && a->no_crls)
		ok = dv_buf_text(out, " *   signs no CRLs\n");
	return ok;
}

static bool
add_form(struct dv_buf *out, const struct named *n)
{
	return n->form == DV_R_NONE || dv_buf_text(out, " *   its own form, on "
	    "which no path rests: %s at %s\n *   (%s)\n",
	    dv_reason_name(n->form), dv_field_name(n->field),
	    dv_reason_rule(n->form));
}

static bool
add_comment(struct dv_buf *out, size_t i, const struct named *n)
{
	const struct dv_anchor *a = &n->anchor;
	char name[NAME_TEXT], from[DV_TIME_TEXT], to[DV_TIME_TEXT];
	uint8_t digest[DV_MAX_DIGEST];
	size_t len = dv_hash_once(DV_HASH_SHA256, a->spki, digest);
	bool ok;

	dv_name_text(a->name, name, sizeof(name));
	dv_time_format(a->not_before, from);
	dv_time_format(a->not_after, to);
	ok = len != 0 && dv_buf_text(out, "\n/*\n * %zu: \"", i) &&
	    add_comment_text(out, name) &&
	    dv_buf_text(out, "\"\n *   key %s, SHA-256 of its "
	    "SubjectPublicKeyInfo:\n *   ", dv_key_type_name(n->type));
	for (size_t j = 0; ok && j < len; j++)
		ok = dv_buf_text(out, "%02x", digest[j]);
	return ok && dv_buf_text(out, "\n *   valid %s to %s\n", from, to) &&
	    add_limit(out, a) && add_form(out, n) &&
	    dv_buf_text(out, " */\n");
}

/* An array, unless there is nothing to put into it. */
static bool
add_bytes(struct dv_buf *out, const char *name, size_t i,
    struct dv_bytes bytes)
{
	bool ok;

	if (bytes.len == 0)
		return true;
	ok = dv_buf_text(out, "static const uint8_t %s_%zu[%zu] = {", name, i,
	    bytes.len);
	for (size_t j = 0; ok && j < bytes.len; j++)
		ok = dv_buf_text(out, "%s0x%02x,", j % PER_LINE == 0 ? "\n\t" :
		    " ", bytes.ptr[j]);
	return ok && dv_buf_text(out, "\n};\n");
}

static bool
add_arrays(struct dv_buf *out, size_t i, const struct dv_anchor *a)
{
	return add_bytes(out, "name", i, a->name) &&
	    add_bytes(out, "spki", i, a->spki) &&
	    add_bytes(out, "key_id", i, a->key_id) &&
	    add_bytes(out, "permitted", i, a->permitted) &&
	    add_bytes(out, "excluded", i, a->excluded) &&
	    add_bytes(out, "eku", i, a->eku);
}

static bool
add_view(struct dv_buf *out, const char *name, size_t i, struct dv_bytes bytes)
{
	if (bytes.len == 0)
		return dv_buf_text(out, "\t\t.%s = { NULL, 0 },\n", name);
	return dv_buf_text(out, "\t\t.%s = { %s_%zu, sizeof(%s_%zu) },\n",
	    name, name, i, name, i);
}

static bool
add_row(struct dv_buf *out, size_t i, const struct dv_anchor *a)
{
	return dv_buf_text(out, "\t{\n") &&
	    add_view(out, "name", i, a->name) &&
	    add_view(out, "spki", i, a->spki) &&
	    add_view(out, "key_id", i, a->key_id) &&
	    dv_buf_text(out, "\t\t.not_before = { INT64_C(%" PRId64 ") },\n"
	    "\t\t.not_after = { INT64_C(%" PRId64 ") },\n"
	    "\t\t.path_len = %d,\n%s", a->not_before.s, a->not_after.s,
	    a->path_len, a->no_crls ? "\t\t.no_crls = true,\n" : "") &&
	    add_view(out, "permitted", i, a->permitted) &&
	    add_view(out, "excluded", i, a->excluded) &&
	    add_view(out, "eku", i, a->eku) &&
	    dv_buf_text(out, "\t},\n");
}

/* Who trusts it trusts it with the defects of its form. */
static enum dv_exit
read_one(struct dv_bytes der, size_t i, struct named *out, struct dv_err *err)
{
	struct dv_cert cert;
	struct dv_at at;
	enum dv_reason reason = dv_cert_read(der, &cert, &at);

	if (reason == DV_R_NONE)
		reason = dv_anchor_from_cert(&cert, &out->anchor, &at);
	if (reason == DV_R_NONE) {
		out->type = cert.key.type;
		out->form = dv_anchor_judge(&cert, &at);
		out->field = at.field;
		return DV_EXIT_YES;
	}
	return dv_fail(err, DV_EXIT_NO, "certificate %zu cannot be an anchor: "
	    "%s at %s (%s)", i + 1, dv_reason_text(reason),
	    dv_field_name(at.field), dv_reason_rule(reason));
}

static enum dv_exit
read_all(const struct dv_bytes *certs, size_t count, struct named *all,
    struct dv_err *err)
{
	enum dv_exit exit = DV_EXIT_YES;

	for (size_t i = 0; exit == DV_EXIT_YES && i < count; i++) {
		exit = read_one(certs[i], i, &all[i], err);
		for (size_t j = 0; exit == DV_EXIT_YES && j < i; j++) {
			if (dv_bytes_equal(certs[j], certs[i]))
				exit = dv_fail(err, DV_EXIT_USAGE,
				    "certificate %zu is the same as %zu",
				    i + 1, j + 1);
		}
	}
	return exit;
}

static bool
write_all(const struct named *all, size_t count, struct dv_buf *out)
{
	bool ok = dv_buf_text(out, "%s", head);

	for (size_t i = 0; ok && i < count; i++)
		ok = add_comment(out, i, &all[i]) &&
		    add_arrays(out, i, &all[i].anchor);
	ok = ok && dv_buf_text(out,
	    "\nconst struct dv_anchor dv_builtin_anchors[] = {\n");
	for (size_t i = 0; ok && i < count; i++)
		ok = add_row(out, i, &all[i].anchor);
	return ok && dv_buf_text(out, "};\nconst size_t "
	    "dv_builtin_anchor_count = %zu;\n", count);
}

enum dv_exit
pki_anchors_write(const struct dv_bytes *certs, size_t count,
    struct dv_buf *out, struct dv_err *err)
{
	struct named *all = calloc(count, sizeof(*all));
	enum dv_exit exit;

	if (all == NULL)
		return dv_fail(err, DV_EXIT_NONE, "out of memory");
	exit = read_all(certs, count, all, err);
	if (exit == DV_EXIT_YES && !write_all(all, count, out))
		exit = dv_fail(err, DV_EXIT_NONE, "out of memory");
	free(all);
	return exit;
}
