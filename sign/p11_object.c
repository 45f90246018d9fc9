/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Objects of a token: found by label and id, compared in every octet, counted.
 * Never the first of several. PKCS#11 2.40 5.7.
 */
#include <stdio.h>
#include <string.h>

#include "bytes.h"
#include "p11.h"

#define ATTRIBUTE_MAX 65536	/* octets; a certificate takes 1,000 */

/* ---- attributes ----------------------------------------------------------- */

enum dv_exit
ds_p11_get(const struct ds_p11 *p, CK_OBJECT_HANDLE object,
    CK_ATTRIBUTE_TYPE type, struct dv_buf *out, struct dv_err *err)
{
	CK_ATTRIBUTE a = { type, NULL, 0 };
	dv_buf_free(out);
	CK_RV rv = p->f->C_GetAttributeValue(p->session, object, &a, 1);
	if (rv == CKR_ATTRIBUTE_TYPE_INVALID || rv == CKR_ATTRIBUTE_SENSITIVE ||
	    (rv == CKR_OK && (a.ulValueLen == CK_UNAVAILABLE_INFORMATION ||
	    a.ulValueLen == 0)))
		return DV_EXIT_YES;
	if (rv == CKR_OK && (a.ulValueLen > ATTRIBUTE_MAX ||
	    !dv_buf_reserve(out, a.ulValueLen)))
		return dv_fail(err, DV_EXIT_NONE, "%s: a property of %lu "
		    "octets is not read", p->where, a.ulValueLen);
	CK_ULONG room = a.ulValueLen;
	a.pValue = out->ptr;
	if (rv == CKR_OK)
		rv = p->f->C_GetAttributeValue(p->session, object, &a, 1);
	if (rv != CKR_OK)
		return ds_p11_fail(err, p->where, "reading an object", rv);
	if (a.ulValueLen > room)
		return dv_fail(err, DV_EXIT_NONE, "%s: the module wrote more "
		    "than there was room for", p->where);
	out->len = a.ulValueLen;
	return DV_EXIT_YES;
}

enum dv_exit
ds_p11_get_bool(const struct ds_p11 *p, CK_OBJECT_HANDLE object,
    CK_ATTRIBUTE_TYPE type, bool *out, struct dv_err *err)
{
	struct dv_buf value = { NULL, 0, 0 };
	enum dv_exit ret = ds_p11_get(p, object, type, &value, err);
	*out = ret == DV_EXIT_YES && value.len == sizeof(CK_BBOOL) &&
	    value.ptr[0] == CK_TRUE;
	dv_buf_free(&value);
	return ret;
}

/* ---- finding -------------------------------------------------------------- */

/* Some modules find by the beginning, or without regard to what was asked. */
static enum dv_exit
equal(const struct ds_p11 *p, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type,
    struct dv_bytes wanted, struct dv_err *err)
{
	struct dv_buf found = { NULL, 0, 0 };
	if (wanted.len == 0)
		return DV_EXIT_YES;
	enum dv_exit ret = ds_p11_get(p, object, type, &found, err);
	if (ret == DV_EXIT_YES && !dv_bytes_equal(dv_buf_bytes(&found), wanted))
		ret = DV_EXIT_NO;
	dv_buf_free(&found);
	return ret;
}

/* Takes out of *found what is not exactly what was asked for. */
static enum dv_exit
sift(const struct ds_p11 *p, const struct ds_p11_query *query,
    struct ds_p11_found *found, struct dv_err *err)
{
	size_t kept = 0;
	for (size_t i = 0; i < found->count; i++) {
		CK_OBJECT_HANDLE object = found->object[i];
		enum dv_exit ret = equal(p, object, CKA_LABEL, query->label,
		    err);
		if (ret == DV_EXIT_YES)
			ret = equal(p, object, CKA_ID, query->id, err);
		if (ret == DV_EXIT_NONE)
			return ret;
		if (ret == DV_EXIT_YES)
			found->object[kept++] = object;
	}
	found->count = kept;
	return DV_EXIT_YES;
}

static CK_ATTRIBUTE
attribute(CK_ATTRIBUTE_TYPE type, struct dv_bytes value)
{
	/* The standard's type has no const; a template is not written to. */
	union {
		const void *in;
		void *out;
	} u = { value.ptr };
	return (CK_ATTRIBUTE){ type, u.out, value.len };
}

static CK_RV
search(const struct ds_p11 *p, struct ds_p11_found *out)
{
	CK_RV rv;
	CK_ULONG n;
	do {
		n = 0;
		rv = p->f->C_FindObjects(p->session, out->object + out->count,
		    DS_P11_FOUND - out->count, &n);
		if (rv == CKR_OK && n <= DS_P11_FOUND - out->count)
			out->count += n;
	} while (rv == CKR_OK && n > 0 && out->count < DS_P11_FOUND);
	CK_RV end = p->f->C_FindObjectsFinal(p->session);
	return rv != CKR_OK ? rv : end;
}

enum dv_exit
ds_p11_find(const struct ds_p11 *p, const struct ds_p11_query *query,
    struct ds_p11_found *out, struct dv_err *err)
{
	CK_OBJECT_CLASS class = query->class;
	CK_BBOOL yes = CK_TRUE;
	CK_ATTRIBUTE template[4] = {
		{ CKA_CLASS, &class, sizeof(class) },
		{ CKA_TOKEN, &yes, sizeof(yes) },
	};
	CK_ULONG n = 2;
	out->count = 0;
	if (query->label.len > 0)
		template[n++] = attribute(CKA_LABEL, query->label);
	if (query->id.len > 0)
		template[n++] = attribute(CKA_ID, query->id);
	CK_RV rv = p->f->C_FindObjectsInit(p->session, template, n);
	if (rv == CKR_OK)
		rv = search(p, out);
	if (rv != CKR_OK)
		return ds_p11_fail(err, p->where, "searching the token", rv);
	return sift(p, query, out, err);
}

enum dv_exit
ds_p11_keys(const struct ds_p11 *p, struct ds_p11_found *out,
    struct dv_err *err)
{
	const struct ds_p11_query query = {
		.class = CKO_PRIVATE_KEY,
		.label = ds_p11_uri_get(&p->uri, DS_P11_OBJECT),
		.id = ds_p11_uri_get(&p->uri, DS_P11_ID),
	};
	return ds_p11_find(p, &query, out, err);
}

/* ---- none, or several ----------------------------------------------------- */

/* "id=%01 object=root", of as many as there is room for. */
static void
describe(const struct ds_p11 *p, CK_OBJECT_HANDLE object, char *text,
    size_t cap)
{
	struct dv_buf value = { NULL, 0, 0 };
	struct dv_err ignored;
	size_t len = strlen(text);
	snprintf(text + len, cap - len, "%s", len > 0 ? ", " : "");
	if (ds_p11_get(p, object, CKA_ID, &value, &ignored) == DV_EXIT_YES) {
		len = strlen(text);
		snprintf(text + len, cap - len, "id=%s",
		    value.len == 0 ? "(none)" : "");
		for (size_t i = 0; i < value.len; i++) {
			len = strlen(text);
			snprintf(text + len, cap - len, "%%%02x",
			    value.ptr[i]);
		}
	}
	if (ds_p11_get(p, object, CKA_LABEL, &value, &ignored) ==
	    DV_EXIT_YES && value.len > 0) {
		len = strlen(text);
		snprintf(text + len, cap - len, " object=%.*s", (int)value.len,
		    (const char *)value.ptr);
	}
	dv_buf_free(&value);
}

enum dv_exit
ds_p11_one(const struct ds_p11 *p, const struct ds_p11_found *found,
    struct dv_err *err)
{
	char text[256] = "";
	enum dv_exit ret;
	if (found->count == 1)
		return DV_EXIT_YES;
	if (found->count == 0) {
		ret = dv_fail(err, DV_EXIT_NONE, "%s: there is no such private "
		    "key in token \"%s\"", p->where, p->label);
		return dv_hint(err, ret, "`pkcs11-tool --module %s "
		    "--token-label \"%s\" --login -O` shows what is there; "
		    "`devsign key create` makes a key", p->uri.module,
		    p->label);
	}
	for (size_t i = 0; i < found->count; i++)
		describe(p, found->object[i], text, sizeof(text));
	ret = dv_fail(err, DV_EXIT_NONE, "%s: %s%zu private keys are so named "
	    "in token \"%s\"", p->where,
	    found->count == DS_P11_FOUND ? "at least " : "", found->count,
	    p->label);
	return dv_hint(err, ret, "name one of them by id: %s", text);
}
