/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What keys a TPM keeps at persistent handles, and what they may do. Reads
 * public areas only. TCG TPM 2.0 Library part 2, 8.3 and 12.2.
 */
#include <stdio.h>

#include "tpm_cmd.h"
#include "tpm_template.h"

#define PAGE 64			/* handles asked for at a time */

static const char *
curve_name(TPMI_ECC_CURVE curve)
{
	return curve == TPM2_ECC_NIST_P256 ? "P-256" :
	    curve == TPM2_ECC_NIST_P384 ? "P-384" :
	    curve == TPM2_ECC_NIST_P521 ? "P-521" : "other curve";
}

static void
type_name(const TPMT_PUBLIC *pub, char *out, size_t cap)
{
	const TPMT_SYM_DEF_OBJECT *sym = &pub->parameters.symDetail.sym;
	switch (pub->type) {
	case TPM2_ALG_ECC:
		snprintf(out, cap, "%s",
		    curve_name(pub->parameters.eccDetail.curveID));
		break;
	case TPM2_ALG_RSA:
		snprintf(out, cap, "RSA-%u",
		    (unsigned)pub->parameters.rsaDetail.keyBits);
		break;
	case TPM2_ALG_SYMCIPHER:
		snprintf(out, cap, "%s-%u", sym->algorithm == TPM2_ALG_AES ?
		    "AES" : "cipher", (unsigned)sym->keyBits.sym);
		break;
	case TPM2_ALG_KEYEDHASH:
		snprintf(out, cap, "HMAC or sealed data");
		break;
	default:
		snprintf(out, cap, "type 0x%04x", (unsigned)pub->type);
	}
}

static void
describe(uint32_t handle, const TPMT_PUBLIC *pub, struct ds_tpm_kept *out)
{
	const struct ds_tpm_template *t = ds_tpm_template_of(pub, false);
	TPMA_OBJECT a = pub->objectAttributes;
	*out = (struct ds_tpm_kept){
		.handle = handle,
		.template = t != NULL ? t->name : NULL,
		.fixed_tpm = (a & TPMA_OBJECT_FIXEDTPM) != 0,
		.no_da = (a & TPMA_OBJECT_NODA) != 0,
		.restricted = (a & TPMA_OBJECT_RESTRICTED) != 0,
		.signs = (a & TPMA_OBJECT_SIGN_ENCRYPT) != 0,
		.decrypts = (a & TPMA_OBJECT_DECRYPT) != 0,
		.password = (a & TPMA_OBJECT_USERWITHAUTH) != 0,
	};
	type_name(pub, out->type, sizeof(out->type));
}

static enum dv_exit
one(struct ds_tpm *tpm, uint32_t handle, struct ds_tpm_kept *out,
    struct dv_err *err)
{
	TPM2B_PUBLIC *pub;
	ESYS_TR key;
	char where[32];
	snprintf(where, sizeof(where), "tpm:0x%08x", (unsigned)handle);
	TSS2_RC rc = ds_tpm_find(tpm, handle, &key, &pub);
	if (rc != TSS2_RC_SUCCESS)
		return ds_tpm_fail(err, where, "reading the key", rc);
	describe(handle, &pub->publicArea, out);
	Esys_TR_Close(tpm->esys, &key);
	Esys_Free(pub);
	return DV_EXIT_YES;
}

enum dv_exit
ds_tpm_list(struct ds_tpm *tpm,
    enum dv_exit (*take)(void *arg, const struct ds_tpm_kept *kept),
    void *arg, struct dv_err *err)
{
	struct ds_tpm_capability c = { .what = TPM2_CAP_HANDLES,
		.first = DS_TPM_KEPT_FIRST, .count = PAGE,
		.more = TPM2_YES };
	enum dv_exit ret = DV_EXIT_YES;
	while (ret == DV_EXIT_YES && c.more == TPM2_YES) {
		TSS2_RC rc = ds_tpm_run(tpm, &ds_tpm_call_capability, &c);
		if (rc != TSS2_RC_SUCCESS)
			return ds_tpm_fail(err, tpm->where, "listing keys", rc);
		const TPML_HANDLE *list = &c.found->data.handles;
		for (uint32_t i = 0; ret == DV_EXIT_YES && i < list->count;
		    i++) {
			struct ds_tpm_kept kept;
			ret = one(tpm, list->handle[i], &kept, err);
			if (ret == DV_EXIT_YES)
				ret = take(arg, &kept);
			c.first = list->handle[i] + 1;
		}
		if (list->count == 0)
			c.more = TPM2_NO;
		Esys_Free(c.found);
	}
	return ret;
}
