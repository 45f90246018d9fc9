/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Policies as steps in a file and as digests, without a TPM. The digest is what
 * the TPM will compute; steps are encoded as others do it too. TCG TPM 2.0
 * Library part 3, 23; draft-bottomley-tpm2-keys-00 3.2.
 */
#include <string.h>

#include <tss2/tss2_mu.h>

#include "bytes.h"
#include "dv_hash.h"
#include "tpm_policy.h"

enum dv_hash_id
ds_tpm_hash_id(TPMI_ALG_HASH alg)
{
	return alg == TPM2_ALG_SHA256 ? DV_HASH_SHA256 :
	    alg == TPM2_ALG_SHA384 ? DV_HASH_SHA384 :
	    alg == TPM2_ALG_SHA512 ? DV_HASH_SHA512 : DV_HASH_NONE;
}

/* ---- encoding ------------------------------------------------------------- */

/* Everything since `from` becomes the parameters of a new step. */
static bool
step_end(struct ds_tpm_steps *s, size_t from, TPM2_CC command, bool ok)
{
	struct ds_tpm_policy *p = &s->policy;
	if (!ok || p->count == DS_TPM_STEPS)
		return false;
	p->step[p->count++] = (struct ds_tpm_step){ command,
		{ s->room + from, s->len - from } };
	return true;
}

bool
ds_tpm_steps_pcrs(struct ds_tpm_steps *s, const struct ds_tpm_pcrs *pcrs)
{
	bool ok = true;
	for (size_t i = 0; ok && i < pcrs->count; i++) {
		const struct ds_tpm_pcr *p = &pcrs->pcr[i];
		TPML_PCR_SELECTION list = { .count = 1 };
		size_t from = s->len;
		list.pcrSelections[0].hash = p->bank;
		list.pcrSelections[0].sizeofSelect = 3;
		list.pcrSelections[0].pcrSelect[p->index / 8] =
		    (uint8_t)(1 << p->index % 8);
		ok = Tss2_MU_TPML_PCR_SELECTION_Marshal(&list, s->room,
		    sizeof(s->room), &s->len) == TSS2_RC_SUCCESS &&
		    sizeof(s->room) - s->len >= DV_MAX_DIGEST;
		if (ok)
			s->len += dv_hash_once(DV_HASH_SHA256, (struct dv_bytes){
			    p->value.buffer, p->value.size }, s->room + s->len);
		ok = step_end(s, from, TPM2_CC_PolicyPCR, ok);
	}
	return ok;
}

bool
ds_tpm_steps_authorize(struct ds_tpm_steps *s, const TPM2B_PUBLIC *authority,
    const TPMT_SIGNATURE *signature)
{
	const TPM2B_DIGEST no_ref = { .size = 0 };
	size_t from = s->len;
	bool ok = Tss2_MU_TPM2B_PUBLIC_Marshal(authority, s->room,
	    sizeof(s->room), &s->len) == TSS2_RC_SUCCESS &&
	    Tss2_MU_TPM2B_DIGEST_Marshal(&no_ref, s->room, sizeof(s->room),
	    &s->len) == TSS2_RC_SUCCESS &&
	    Tss2_MU_TPMT_SIGNATURE_Marshal(signature, s->room, sizeof(s->room),
	    &s->len) == TSS2_RC_SUCCESS;
	return step_end(s, from, TPM2_CC_PolicyAuthorize, ok);
}

/* ---- decoding ------------------------------------------------------------- */

bool
ds_tpm_step_pcr(const struct ds_tpm_step *step, size_t digest_len,
    TPML_PCR_SELECTION *selection, TPM2B_DIGEST *digest)
{
	size_t at = 0;
	if (Tss2_MU_TPML_PCR_SELECTION_Unmarshal(step->body.ptr,
	    step->body.len, &at, selection) != TSS2_RC_SUCCESS)
		return false;
	struct dv_bytes rest = dv_bytes_cut(step->body, at, digest_len);
	digest->size = (UINT16)digest_len;
	return rest.ptr != NULL && at + digest_len == step->body.len &&
	    dv_bytes_copy(digest->buffer, sizeof(digest->buffer), rest);
}

bool
ds_tpm_step_authorize(const struct ds_tpm_step *step,
    struct ds_tpm_authorize *out)
{
	size_t at = 0;
	memset(out, 0, sizeof(*out));
	return Tss2_MU_TPM2B_PUBLIC_Unmarshal(step->body.ptr, step->body.len,
	    &at, &out->authority) == TSS2_RC_SUCCESS &&
	    Tss2_MU_TPM2B_DIGEST_Unmarshal(step->body.ptr, step->body.len, &at,
	    &out->ref) == TSS2_RC_SUCCESS &&
	    Tss2_MU_TPMT_SIGNATURE_Unmarshal(step->body.ptr, step->body.len,
	    &at, &out->signature) == TSS2_RC_SUCCESS && at == step->body.len;
}

/* ---- digests -------------------------------------------------------------- */

/* new = H(old || command || more), part 1, 19.7. */
static bool
extend(enum dv_hash_id id, TPM2B_DIGEST *d, uint32_t command,
    struct dv_bytes more)
{
	struct dv_hash hash;
	uint8_t code[4];
	for (unsigned i = 0; i < 4; i++)
		code[i] = (uint8_t)(command >> (24 - 8 * i));
	if (!dv_hash_start(&hash, id))
		return false;
	dv_hash_update(&hash, (struct dv_bytes){ d->buffer, d->size });
	dv_hash_update(&hash, DV_BYTES(code));
	dv_hash_update(&hash, more);
	return dv_hash_finish(&hash, d->buffer) == d->size;
}

/* The digest begins anew, with the authority's Name; then the reference. */
static bool
extend_authorize(enum dv_hash_id id, TPM2B_DIGEST *d,
    const struct ds_tpm_step *step)
{
	struct ds_tpm_authorize a;
	struct ds_tpm_name name;
	struct dv_hash hash;
	if (!ds_tpm_step_authorize(step, &a) ||
	    !ds_tpm_name(&a.authority.publicArea, &name))
		return false;
	memset(d->buffer, 0, sizeof(d->buffer));
	if (!extend(id, d, TPM2_CC_PolicyAuthorize,
	    (struct dv_bytes){ name.octets, name.len }) ||
	    !dv_hash_start(&hash, id))
		return false;
	dv_hash_update(&hash, (struct dv_bytes){ d->buffer, d->size });
	dv_hash_update(&hash, (struct dv_bytes){ a.ref.buffer, a.ref.size });
	return dv_hash_finish(&hash, d->buffer) == d->size;
}

bool
ds_tpm_policy_digest(const struct ds_tpm_policy *policy, size_t count,
    enum dv_hash_id hash, TPM2B_DIGEST *out)
{
	bool ok = hash != DV_HASH_NONE;
	*out = (TPM2B_DIGEST){ .size = (UINT16)dv_hash_size(hash) };
	for (size_t i = 0; ok && i < count; i++) {
		const struct ds_tpm_step *s = &policy->step[i];
		ok = s->command == TPM2_CC_PolicyPCR ?
		    extend(hash, out, s->command, s->body) :
		    s->command == TPM2_CC_PolicyAuthorize &&
		    extend_authorize(hash, out, s);
	}
	return ok;
}

/* ---- authorities ---------------------------------------------------------- */

static void
coordinate(TPM2B_ECC_PARAMETER *out, const uint8_t *octets, size_t len)
{
	out->size = (UINT16)len;
	memcpy(out->buffer, octets, len);
}

static bool
authority_ecc(const struct dv_key *key, TPMT_PUBLIC *out)
{
	size_t len = dv_sig_size(key->type) / 2;
	bool p384 = key->type == DV_KEY_P384;
	TPMS_ECC_PARMS *parms = &out->parameters.eccDetail;
	if (key->octets.len != 1 + 2 * len)
		return false;
	out->type = TPM2_ALG_ECC;
	/* What is signed is hashed with the name's algorithm. */
	out->nameAlg = p384 ? TPM2_ALG_SHA384 : TPM2_ALG_SHA256;
	parms->curveID = p384 ? TPM2_ECC_NIST_P384 : TPM2_ECC_NIST_P256;
	parms->symmetric.algorithm = TPM2_ALG_NULL;
	parms->scheme.scheme = TPM2_ALG_NULL;
	parms->kdf.scheme = TPM2_ALG_NULL;
	coordinate(&out->unique.ecc.x, key->octets.ptr + 1, len);
	coordinate(&out->unique.ecc.y, key->octets.ptr + 1 + len, len);
	return true;
}

static bool
authority_rsa(const struct dv_key *key, TPMT_PUBLIC *out)
{
	TPMS_RSA_PARMS *parms = &out->parameters.rsaDetail;
	uint32_t exponent = 0;
	if (key->exponent.len > sizeof(exponent))
		return false;
	for (size_t i = 0; i < key->exponent.len; i++)
		exponent = exponent << 8 | key->exponent.ptr[i];
	out->type = TPM2_ALG_RSA;
	out->nameAlg = TPM2_ALG_SHA256;
	parms->symmetric.algorithm = TPM2_ALG_NULL;
	parms->scheme.scheme = TPM2_ALG_NULL;
	parms->keyBits = (TPMI_RSA_KEY_BITS)(8 * key->modulus.len);
	parms->exponent = exponent == 65537 ? 0 : exponent;
	out->unique.rsa.size = (UINT16)key->modulus.len;
	return dv_bytes_copy(out->unique.rsa.buffer,
	    sizeof(out->unique.rsa.buffer), key->modulus);
}

bool
ds_tpm_authority(const struct dv_key *key, TPM2B_PUBLIC *out)
{
	*out = (TPM2B_PUBLIC){ .publicArea.objectAttributes =
	    TPMA_OBJECT_USERWITHAUTH | TPMA_OBJECT_SIGN_ENCRYPT };
	if (key->type == DV_KEY_P256 || key->type == DV_KEY_P384)
		return authority_ecc(key, &out->publicArea);
	return key->type == DV_KEY_RSA && authority_rsa(key, &out->publicArea);
}
