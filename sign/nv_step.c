/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The decision table of the certificate in NV memory. Nothing that is locked is
 * ever taken for ours unless it is equal, nothing of others is overwritten.
 * docs/LIFECYCLE.md.
 */
#include "nv_step.h"

#include <string.h>

#include "bytes.h"

bool
ds_nv_unfinished(struct dv_bytes content, struct dv_bytes wanted, size_t chunk)
{
	size_t same = 0;
	if (content.len != wanted.len || chunk == 0)
		return false;
	while (same < wanted.len && content.ptr[same] == wanted.ptr[same])
		same++;
	same -= same % chunk;
	if (same == 0 || same == wanted.len)
		return false;
	uint8_t blank = content.ptr[same];
	for (size_t i = same; i < content.len; i++) {
		if (content.ptr[i] != blank)
			return false;
	}
	return blank == 0xff || blank == 0x00;
}

static enum ds_nv_step
refuse(enum dv_exit *ret, struct dv_err *err, const char *what,
    const char *hint)
{
	*ret = dv_hint(err, dv_fail(err, DV_EXIT_NO, "NV 0x%08x: %s",
	    (unsigned)DS_NV_CERTIFICATE, what), "%s", hint);
	return DS_NV_REFUSE;
}

/* Is it as define() would make it? */
static bool
as_wanted(const struct ds_nv_case *c)
{
	return c->found.recipe && c->found.size == c->wanted.len &&
	    memcmp(c->found.policy, c->policy, DS_NV_POLICY) == 0;
}

/* Not as wanted, and nothing in it that must stay. */
static enum ds_nv_step
replace(const struct ds_nv_case *c, enum dv_exit *ret, struct dv_err *err)
{
	if (c->found.platform && !c->found.by_policy)
		return DS_NV_DELETE;
	if (!c->found.platform)
		return refuse(ret, err, "the owner of the TPM defined it for "
		    "something else", "`tpm2_nvundefine -C o` deletes it");
	return refuse(ret, err, "it is defined with another size or for another "
	    "RMA key, and only its own policy deletes it", "give the same "
	    "certificate and the same --rma-key or --no-rma as before, or "
	    "delete it with `devsign retire --rma-key`");
}

static enum ds_nv_step
not_written(const struct ds_nv_case *c, enum dv_exit *ret, struct dv_err *err)
{
	if (c->found.locked && c->found.by_policy)
		return refuse(ret, err, "it is locked and empty", "only `devsign "
		    "retire --rma-key` can delete it");
	return as_wanted(c) && !c->found.locked ? DS_NV_WRITE :
	    replace(c, ret, err);
}

static enum ds_nv_step
not_locked(const struct ds_nv_case *c, enum dv_exit *ret, struct dv_err *err)
{
	bool equal = dv_bytes_equal(c->content, c->wanted);
	if (equal && as_wanted(c))
		return DS_NV_LOCK;
	if (as_wanted(c) && (c->overwrite ||
	    ds_nv_unfinished(c->content, c->wanted, c->chunk)))
		return DS_NV_WRITE;
	if (c->overwrite)
		return replace(c, ret, err);
	return equal ? refuse(ret, err, "it holds this certificate, but was not "
	    "defined so that it can be locked for ever",
	    "--overwrite defines it anew") :
	    refuse(ret, err, "it holds something else, which is not locked",
	    "`devsign status` shows it; when it is of no use, --overwrite "
	    "replaces it");
}

enum ds_nv_step
ds_nv_next(const struct ds_nv_case *c, enum dv_exit *ret, struct dv_err *err)
{
	*ret = DV_EXIT_YES;
	if (!c->found.there)
		return DS_NV_DEFINE;
	if (!c->found.written)
		return not_written(c, ret, err);
	if (!c->found.locked)
		return not_locked(c, ret, err);
	if (dv_bytes_equal(c->content, c->wanted))
		return DS_NV_DONE;
	return refuse(ret, err, "the certificate of another generation is locked "
	    "there", "it stays as the certificate of birth: install without "
	    "--nv");
}
