/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The certificate in NV memory: look, define, write, lock, read. What is
 * written once stays; nothing here tries to overwrite. TCG TPM 2.0 Library
 * part 3, 31.
 */
#include <stdio.h>
#include <string.h>

#include "tpm_esys.h"
#include "tpm_nv.h"

#define ANSWER_S 10
#define READ_CHUNK 512		/* every TPM gives as much at once */
#define HALF 32			/* octets of x, y, r, s */

/* Read by all, written by the platform until it is locked, no lockout. */
#define RECIPE (TPMA_NV_PPWRITE | TPMA_NV_PPREAD | TPMA_NV_OWNERREAD | \
	TPMA_NV_AUTHREAD | TPMA_NV_PLATFORMCREATE | TPMA_NV_WRITEDEFINE | \
	TPMA_NV_NO_DA | TPMA_NV_POLICY_DELETE)
#define STATE (TPMA_NV_WRITTEN | TPMA_NV_WRITELOCKED)

/* ---- what went wrong ------------------------------------------------------ */

/* What these codes mean of an index; tpm_err.c has the others. */
static const struct {
	TSS2_RC code;
	const char *name, *means, *hint;
} meanings[] = {
	{ TPM2_RC_HIERARCHY, "TPM_RC_HIERARCHY",
	    "the platform hierarchy is closed", "the firmware or `devsign lock "
	    "--level platform` closed it at this start: restart and run this "
	    "before that" },
	{ TPM2_RC_BAD_AUTH, "TPM_RC_BAD_AUTH",
	    "the platform hierarchy has a password", "the firmware set one at "
	    "this start: run this before it does" },
	{ TPM2_RC_NV_SPACE, "TPM_RC_NV_SPACE",
	    "the TPM has no room for the certificate", "`tpm2_getcap "
	    "handles-nv-index` lists what is there, `tpm2_nvundefine` frees" },
	{ TPM2_RC_NV_DEFINED, "TPM_RC_NV_DEFINED",
	    "somebody else defined it meanwhile", "run the command again, it "
	    "looks at what is there now" },
	{ TPM2_RC_NV_LOCKED, "TPM_RC_NV_LOCKED",
	    "it is locked", "what is there stays" },
	{ TPM2_RC_NV_AUTHORIZATION, "TPM_RC_NV_AUTHORIZATION",
	    "it was made by others and does not permit that", "`tpm2_nvreadpublic`"
	    " shows what it permits" },
	{ TPM2_RC_SIZE, "TPM_RC_SIZE",
	    "the certificate is longer than this TPM keeps", "`tpm2_getcap "
	    "properties-fixed` has the limit as TPM2_PT_NV_INDEX_MAX" },
	{ TPM2_RC_POLICY_FAIL, "TPM_RC_POLICY_FAIL",
	    "its policy does not permit that", "it was made for another RMA key "
	    "or device, or may never be deleted" },
	{ TPM2_RC_SIGNATURE, "TPM_RC_SIGNATURE",
	    "the signature is not by this RMA key for this device", "devsign(1) "
	    "says what is signed" },
};

static enum dv_exit
nv_fail(struct dv_err *err, uint32_t index, const char *doing, TSS2_RC rc)
{
	char where[32];
	(void)snprintf(where, sizeof(where), "NV 0x%08x", (unsigned)index);
	for (size_t i = 0; i < sizeof(meanings) / sizeof(*meanings); i++) {
		if (!ds_tpm_is(rc, meanings[i].code))
			continue;
		enum dv_exit ret = dv_fail(err, DV_EXIT_NONE,
		    "%s: %s: %s (TPM 0x%x %s)", where, doing,
		    meanings[i].means, (unsigned)rc, meanings[i].name);
		return dv_hint(err, ret, "%s", meanings[i].hint);
	}
	return ds_tpm_fail(err, where, doing, rc);
}

/* ---- commands, each in its two halves ------------------------------------- */

struct nv {
	ESYS_TR tr;
	uint32_t index;
	TPM2B_NV_PUBLIC public;		/* to define */
	TPM2B_NV_PUBLIC *found;
	TPM2B_MAX_NV_BUFFER part;	/* to write */
	TPM2B_MAX_NV_BUFFER *got;
	uint16_t size, offset;
};

static TSS2_RC
lookup_start(ESYS_CONTEXT *esys, void *arg)
{
	const struct nv *nv = arg;
	return Esys_TR_FromTPMPublic_Async(esys, nv->index, ESYS_TR_NONE,
	    ESYS_TR_NONE, ESYS_TR_NONE);
}

static TSS2_RC
lookup_finish(ESYS_CONTEXT *esys, void *arg)
{
	struct nv *nv = arg;
	return Esys_TR_FromTPMPublic_Finish(esys, &nv->tr);
}

static TSS2_RC
public_start(ESYS_CONTEXT *esys, void *arg)
{
	const struct nv *nv = arg;
	return Esys_NV_ReadPublic_Async(esys, nv->tr, ESYS_TR_NONE,
	    ESYS_TR_NONE, ESYS_TR_NONE);
}

static TSS2_RC
public_finish(ESYS_CONTEXT *esys, void *arg)
{
	struct nv *nv = arg;
	return Esys_NV_ReadPublic_Finish(esys, &nv->found, NULL);
}

static TSS2_RC
define_start(ESYS_CONTEXT *esys, void *arg)
{
	const struct nv *nv = arg;
	const TPM2B_AUTH no_password = { 0 };
	return Esys_NV_DefineSpace_Async(esys, ESYS_TR_RH_PLATFORM,
	    ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE, &no_password,
	    &nv->public);
}

static TSS2_RC
define_finish(ESYS_CONTEXT *esys, void *arg)
{
	struct nv *nv = arg;
	return Esys_NV_DefineSpace_Finish(esys, &nv->tr);
}

static TSS2_RC
write_start(ESYS_CONTEXT *esys, void *arg)
{
	const struct nv *nv = arg;
	return Esys_NV_Write_Async(esys, ESYS_TR_RH_PLATFORM, nv->tr,
	    ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE, &nv->part,
	    nv->offset);
}

static TSS2_RC
write_finish(ESYS_CONTEXT *esys, void *arg)
{
	(void)arg;
	return Esys_NV_Write_Finish(esys);
}

static TSS2_RC
lock_start(ESYS_CONTEXT *esys, void *arg)
{
	const struct nv *nv = arg;
	return Esys_NV_WriteLock_Async(esys, ESYS_TR_RH_PLATFORM, nv->tr,
	    ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE);
}

static TSS2_RC
lock_finish(ESYS_CONTEXT *esys, void *arg)
{
	(void)arg;
	return Esys_NV_WriteLock_Finish(esys);
}

/* The index itself gives the right to read it, with an empty password. */
static TSS2_RC
read_start(ESYS_CONTEXT *esys, void *arg)
{
	const struct nv *nv = arg;
	return Esys_NV_Read_Async(esys, nv->tr, nv->tr, ESYS_TR_PASSWORD,
	    ESYS_TR_NONE, ESYS_TR_NONE, nv->size, nv->offset);
}

static TSS2_RC
read_finish(ESYS_CONTEXT *esys, void *arg)
{
	struct nv *nv = arg;
	return Esys_NV_Read_Finish(esys, &nv->got);
}

static TSS2_RC
delete_start(ESYS_CONTEXT *esys, void *arg)
{
	const struct nv *nv = arg;
	return Esys_NV_UndefineSpace_Async(esys, ESYS_TR_RH_PLATFORM, nv->tr,
	    ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE);
}

static TSS2_RC
delete_finish(ESYS_CONTEXT *esys, void *arg)
{
	(void)arg;
	return Esys_NV_UndefineSpace_Finish(esys);
}

static const struct ds_tpm_call
    lookup = { lookup_start, lookup_finish, ANSWER_S },
    read_public = { public_start, public_finish, ANSWER_S },
    define = { define_start, define_finish, ANSWER_S },
    write_part = { write_start, write_finish, ANSWER_S },
    lock = { lock_start, lock_finish, ANSWER_S },
    read_part = { read_start, read_finish, ANSWER_S },
    delete = { delete_start, delete_finish, ANSWER_S };

static void
forget(struct ds_tpm *tpm, struct nv *nv)
{
	if (nv->tr != ESYS_TR_NONE)
		Esys_TR_Close(tpm->esys, &nv->tr);
	nv->tr = ESYS_TR_NONE;
}

/* One command on an index that is there. */
static enum dv_exit
one(struct ds_tpm *tpm, uint32_t index, const struct ds_tpm_call *call,
    const char *doing, struct dv_err *err)
{
	struct nv nv = { .tr = ESYS_TR_NONE, .index = index };
	TSS2_RC rc = ds_tpm_run(tpm, &lookup, &nv);
	if (rc == TSS2_RC_SUCCESS)
		rc = ds_tpm_run(tpm, call, &nv);
	/* A deleted index has taken its ESYS_TR with it. */
	if (rc != TSS2_RC_SUCCESS || call != &delete)
		forget(tpm, &nv);
	return rc == TSS2_RC_SUCCESS ? DV_EXIT_YES :
	    nv_fail(err, index, doing, rc);
}

/* ---- what others use ------------------------------------------------------ */

static void
nv_take(const TPMS_NV_PUBLIC *pub, struct ds_nv *out)
{
	*out = (struct ds_nv){
		.there = true,
		.size = pub->dataSize,
		.written = (pub->attributes & TPMA_NV_WRITTEN) != 0,
		.locked = (pub->attributes & TPMA_NV_WRITELOCKED) != 0,
		.recipe = (pub->attributes & ~(TPMA_NV)STATE) == RECIPE,
		.platform = (pub->attributes & TPMA_NV_PLATFORMCREATE) != 0,
		.by_policy = (pub->attributes & TPMA_NV_POLICY_DELETE) != 0,
	};
	if (pub->authPolicy.size == DS_NV_POLICY)
		memcpy(out->policy, pub->authPolicy.buffer, DS_NV_POLICY);
	else
		out->recipe = false;
}

enum dv_exit
ds_tpm_nv_look(struct ds_tpm *tpm, uint32_t index, struct ds_nv *out,
    struct dv_err *err)
{
	struct nv nv = { .tr = ESYS_TR_NONE, .index = index };
	*out = (struct ds_nv){ .there = false };
	TSS2_RC rc = ds_tpm_run(tpm, &lookup, &nv);
	if (ds_tpm_is(rc, TPM2_RC_HANDLE))
		return DV_EXIT_YES;
	if (rc == TSS2_RC_SUCCESS)
		rc = ds_tpm_run(tpm, &read_public, &nv);
	if (rc == TSS2_RC_SUCCESS) {
		nv_take(&nv.found->nvPublic, out);
		Esys_Free(nv.found);
	}
	forget(tpm, &nv);
	return rc == TSS2_RC_SUCCESS ? DV_EXIT_YES :
	    nv_fail(err, index, "looking at it", rc);
}

enum dv_exit
ds_tpm_nv_define(struct ds_tpm *tpm, uint32_t index, size_t size,
    const uint8_t policy[DS_NV_POLICY], struct dv_err *err)
{
	struct nv nv = {
		.tr = ESYS_TR_NONE,
		.public.nvPublic = {
			.nvIndex = index,
			.nameAlg = TPM2_ALG_SHA256,
			.attributes = RECIPE,
			.authPolicy.size = DS_NV_POLICY,
			.dataSize = (uint16_t)size,
		},
	};
	if (size == 0 || size > UINT16_MAX)
		return nv_fail(err, index, "defining it", TPM2_RC_SIZE);
	memcpy(nv.public.nvPublic.authPolicy.buffer, policy, DS_NV_POLICY);
	TSS2_RC rc = ds_tpm_run(tpm, &define, &nv);
	forget(tpm, &nv);
	return rc == TSS2_RC_SUCCESS ? DV_EXIT_YES :
	    nv_fail(err, index, "defining it", rc);
}

enum dv_exit
ds_tpm_nv_write(struct ds_tpm *tpm, const struct ds_nv_data *data,
    struct dv_err *err)
{
	struct nv nv = { .tr = ESYS_TR_NONE, .index = data->index };
	struct dv_bytes left = data->bytes;
	size_t most = data->chunk;
	if (most == 0 || most > sizeof(nv.part.buffer))
		most = READ_CHUNK;
	TSS2_RC rc = ds_tpm_run(tpm, &lookup, &nv);
	while (rc == TSS2_RC_SUCCESS && left.len > 0) {
		size_t n = left.len < most ? left.len : most;
		nv.part.size = (uint16_t)n;
		memcpy(nv.part.buffer, left.ptr, n);
		rc = ds_tpm_run(tpm, &write_part, &nv);
		nv.offset = (uint16_t)(nv.offset + n);
		left.ptr += n;
		left.len -= n;
	}
	forget(tpm, &nv);
	return rc == TSS2_RC_SUCCESS ? DV_EXIT_YES :
	    nv_fail(err, data->index, "writing it", rc);
}

enum dv_exit
ds_tpm_nv_lock(struct ds_tpm *tpm, uint32_t index, struct dv_err *err)
{
	return one(tpm, index, &lock, "locking it", err);
}

enum dv_exit
ds_tpm_nv_delete(struct ds_tpm *tpm, uint32_t index, struct dv_err *err)
{
	return one(tpm, index, &delete, "deleting it", err);
}

enum dv_exit
ds_tpm_nv_read(struct ds_tpm *tpm, uint32_t index, size_t size,
    struct dv_buf *out, struct dv_err *err)
{
	struct nv nv = { .tr = ESYS_TR_NONE, .index = index };
	bool room = true;
	TSS2_RC rc = ds_tpm_run(tpm, &lookup, &nv);
	while (rc == TSS2_RC_SUCCESS && room && nv.offset < size) {
		size_t n = size - nv.offset;
		nv.size = (uint16_t)(n < READ_CHUNK ? n : READ_CHUNK);
		rc = ds_tpm_run(tpm, &read_part, &nv);
		if (rc != TSS2_RC_SUCCESS)
			break;
		if (nv.got->size == 0)
			rc = TSS2_ESYS_RC_MALFORMED_RESPONSE;
		else
			room = dv_buf_add(out, (struct dv_bytes){
			    nv.got->buffer, nv.got->size });
		nv.offset = (uint16_t)(nv.offset + nv.got->size);
		Esys_Free(nv.got);
	}
	forget(tpm, &nv);
	if (!room)
		return dv_fail(err, DV_EXIT_NONE, "out of memory");
	return rc == TSS2_RC_SUCCESS ? DV_EXIT_YES :
	    nv_fail(err, index, "reading it", rc);
}

/* ---- deleting with the maker's leave --------------------------------------- */

#define LEAVE_STEPS 6

struct leave {
	struct nv nv;
	ESYS_TR session, maker;
	const struct ds_nv_leave *given;
};

/* As ds_nv_policy() names the key. */
static TSS2_RC
maker_start(ESYS_CONTEXT *esys, void *arg)
{
	const struct leave *l = arg;
	const uint8_t *point = l->given->maker->octets.ptr;
	TPM2B_PUBLIC key = {
		.publicArea = {
			.type = TPM2_ALG_ECC,
			.nameAlg = TPM2_ALG_SHA256,
			.objectAttributes = TPMA_OBJECT_USERWITHAUTH |
			    TPMA_OBJECT_DECRYPT | TPMA_OBJECT_SIGN_ENCRYPT,
			.parameters.eccDetail = {
				.symmetric.algorithm = TPM2_ALG_NULL,
				.scheme.scheme = TPM2_ALG_NULL,
				.curveID = TPM2_ECC_NIST_P256,
				.kdf.scheme = TPM2_ALG_NULL,
			},
			.unique.ecc = { { .size = HALF }, { .size = HALF } },
		},
	};
	memcpy(key.publicArea.unique.ecc.x.buffer, point + 1, HALF);
	memcpy(key.publicArea.unique.ecc.y.buffer, point + 1 + HALF, HALF);
	return Esys_LoadExternal_Async(esys, ESYS_TR_NONE, ESYS_TR_NONE,
	    ESYS_TR_NONE, NULL, &key, ESYS_TR_RH_OWNER);
}

static TSS2_RC
maker_finish(ESYS_CONTEXT *esys, void *arg)
{
	struct leave *l = arg;
	return Esys_LoadExternal_Finish(esys, &l->maker);
}

static TSS2_RC
session_start(ESYS_CONTEXT *esys, void *arg)
{
	const TPMT_SYM_DEF plain = { .algorithm = TPM2_ALG_NULL };
	(void)arg;
	return Esys_StartAuthSession_Async(esys, ESYS_TR_NONE, ESYS_TR_NONE,
	    ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, NULL, TPM2_SE_POLICY,
	    &plain, TPM2_ALG_SHA256);
}

static TSS2_RC
session_finish(ESYS_CONTEXT *esys, void *arg)
{
	struct leave *l = arg;
	return Esys_StartAuthSession_Finish(esys, &l->session);
}

static TSS2_RC
signed_start(ESYS_CONTEXT *esys, void *arg)
{
	const struct leave *l = arg;
	TPM2B_NONCE ref = { .size = DS_NV_REF };
	const TPM2B_NONCE no_nonce = { 0 };
	const TPM2B_DIGEST any_parameters = { 0 };
	TPMT_SIGNATURE sig = {
		.sigAlg = TPM2_ALG_ECDSA,
		.signature.ecdsa = {
			.hash = TPM2_ALG_SHA256,
			.signatureR.size = HALF,
			.signatureS.size = HALF,
		},
	};
	memcpy(ref.buffer, l->given->ref, DS_NV_REF);
	memcpy(sig.signature.ecdsa.signatureR.buffer, l->given->signature,
	    HALF);
	memcpy(sig.signature.ecdsa.signatureS.buffer,
	    l->given->signature + HALF, HALF);
	return Esys_PolicySigned_Async(esys, l->maker, l->session, ESYS_TR_NONE,
	    ESYS_TR_NONE, ESYS_TR_NONE, &no_nonce, &any_parameters, &ref, 0,
	    &sig);
}

static TSS2_RC
signed_finish(ESYS_CONTEXT *esys, void *arg)
{
	(void)arg;
	return Esys_PolicySigned_Finish(esys, NULL, NULL);
}

static TSS2_RC
code_start(ESYS_CONTEXT *esys, void *arg)
{
	const struct leave *l = arg;
	return Esys_PolicyCommandCode_Async(esys, l->session, ESYS_TR_NONE,
	    ESYS_TR_NONE, ESYS_TR_NONE, TPM2_CC_NV_UndefineSpaceSpecial);
}

static TSS2_RC
code_finish(ESYS_CONTEXT *esys, void *arg)
{
	(void)arg;
	return Esys_PolicyCommandCode_Finish(esys);
}

static TSS2_RC
special_start(ESYS_CONTEXT *esys, void *arg)
{
	const struct leave *l = arg;
	return Esys_NV_UndefineSpaceSpecial_Async(esys, l->nv.tr,
	    ESYS_TR_RH_PLATFORM, l->session, ESYS_TR_PASSWORD, ESYS_TR_NONE);
}

static TSS2_RC
special_finish(ESYS_CONTEXT *esys, void *arg)
{
	(void)arg;
	return Esys_NV_UndefineSpaceSpecial_Finish(esys);
}

static TSS2_RC
flush_start(ESYS_CONTEXT *esys, void *arg)
{
	const ESYS_TR *loaded = arg;
	return Esys_FlushContext_Async(esys, *loaded);
}

static TSS2_RC
flush_finish(ESYS_CONTEXT *esys, void *arg)
{
	(void)arg;
	return Esys_FlushContext_Finish(esys);
}

static const struct ds_tpm_call
    load_maker = { maker_start, maker_finish, ANSWER_S },
    start_session = { session_start, session_finish, ANSWER_S },
    policy_signed = { signed_start, signed_finish, ANSWER_S },
    policy_code = { code_start, code_finish, ANSWER_S },
    delete_special = { special_start, special_finish, ANSWER_S },
    flush = { flush_start, flush_finish, ANSWER_S };

static TSS2_RC
flushed(struct ds_tpm *tpm, ESYS_TR *loaded, TSS2_RC rc)
{
	if (*loaded == ESYS_TR_NONE)
		return rc;
	TSS2_RC of_flush = ds_tpm_run(tpm, &flush, loaded);
	return rc != TSS2_RC_SUCCESS ? rc : of_flush;
}

enum dv_exit
ds_tpm_nv_delete_by(struct ds_tpm *tpm, uint32_t index,
    const struct ds_nv_leave *given, struct dv_err *err)
{
	struct leave l = { .nv = { .tr = ESYS_TR_NONE, .index = index },
		.session = ESYS_TR_NONE, .maker = ESYS_TR_NONE, .given = given };
	static const struct ds_tpm_call *const steps[LEAVE_STEPS] = { &lookup,
		&load_maker, &start_session, &policy_signed, &policy_code,
		&delete_special };
	TSS2_RC rc = TSS2_RC_SUCCESS;
	/* The first member of struct leave is what lookup works on. */
	for (size_t i = 0; rc == TSS2_RC_SUCCESS && i < LEAVE_STEPS; i++)
		rc = ds_tpm_run(tpm, steps[i], &l);
	if (rc == TSS2_RC_SUCCESS)
		l.nv.tr = ESYS_TR_NONE;	/* gone with the index */
	rc = flushed(tpm, &l.session, rc);
	rc = flushed(tpm, &l.maker, rc);
	forget(tpm, &l.nv);
	return rc == TSS2_RC_SUCCESS ? DV_EXIT_YES :
	    nv_fail(err, index, "deleting it with the maker's signature", rc);
}
