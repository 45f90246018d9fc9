/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a TPM says of itself, by GetCapability. Changes nothing and needs no
 * authorisation. TCG TPM 2.0 Library part 2, 6.13.
 */
#include <stdio.h>
#include <string.h>

#include "tpm_esys.h"
#include "tpm_info.h"

#define ANSWER_S 10
#define AT_ONCE 32		/* properties asked for in one command */

struct ask {
	TPM2_CAP what;
	uint32_t from;
	TPMI_YES_NO more;
	TPMS_CAPABILITY_DATA *found;
};

static TSS2_RC
ask_start(ESYS_CONTEXT *esys, void *arg)
{
	const struct ask *a = arg;
	return Esys_GetCapability_Async(esys, ESYS_TR_NONE, ESYS_TR_NONE,
	    ESYS_TR_NONE, a->what, a->from, AT_ONCE);
}

static TSS2_RC
ask_finish(ESYS_CONTEXT *esys, void *arg)
{
	struct ask *a = arg;
	return Esys_GetCapability_Finish(esys, &a->more, &a->found);
}

static const struct ds_tpm_call ask = { ask_start, ask_finish, ANSWER_S };

/* Four characters of a property; what cannot be printed is left out. */
static void
letters(char *out, uint32_t value)
{
	size_t n = strlen(out);
	for (int shift = 24; shift >= 0; shift -= 8) {
		char c = (char)(value >> shift & 0x7f);
		if (c >= 0x20 && c < 0x7f)
			out[n++] = c;
	}
	out[n] = '\0';
}

static void
cut_blanks(char *text)
{
	for (size_t n = strlen(text); n > 0 && text[n - 1] == ' '; n--)
		text[n - 1] = '\0';
}

static void
permanent_take(struct ds_tpm_info *info, uint32_t bits)
{
	info->owner_auth = (bits & TPMA_PERMANENT_OWNERAUTHSET) != 0;
	info->endorsement_auth =
	    (bits & TPMA_PERMANENT_ENDORSEMENTAUTHSET) != 0;
	info->lockout_auth = (bits & TPMA_PERMANENT_LOCKOUTAUTHSET) != 0;
	info->disable_clear = (bits & TPMA_PERMANENT_DISABLECLEAR) != 0;
	info->in_lockout = (bits & TPMA_PERMANENT_INLOCKOUT) != 0;
}

static void
startup_take(struct ds_tpm_info *info, uint32_t bits)
{
	info->platform_on = (bits & TPMA_STARTUP_CLEAR_PHENABLE) != 0;
	info->owner_on = (bits & TPMA_STARTUP_CLEAR_SHENABLE) != 0;
	info->endorsement_on = (bits & TPMA_STARTUP_CLEAR_EHENABLE) != 0;
}

/* Properties that are one number each, and where it goes. */
static uint32_t *
number_of(struct ds_tpm_info *info, uint32_t property)
{
	switch (property) {
	case TPM2_PT_REVISION:
		return &info->revision;
	case TPM2_PT_FIRMWARE_VERSION_1:
		return &info->firmware[0];
	case TPM2_PT_FIRMWARE_VERSION_2:
		return &info->firmware[1];
	case TPM2_PT_NV_INDEX_MAX:
		return &info->nv_max;
	case TPM2_PT_NV_BUFFER_MAX:
		return &info->nv_chunk;
	case TPM2_PT_LOCKOUT_COUNTER:
		return &info->lockout_count;
	case TPM2_PT_MAX_AUTH_FAIL:
		return &info->lockout_max;
	case TPM2_PT_LOCKOUT_INTERVAL:
		return &info->lockout_interval;
	case TPM2_PT_LOCKOUT_RECOVERY:
		return &info->lockout_recovery;
	default:
		return NULL;
	}
}

void
ds_tpm_info_take(struct ds_tpm_info *info, uint32_t property, uint32_t value)
{
	uint32_t *number = number_of(info, property);
	if (number != NULL)
		*number = value;
	else if (property == TPM2_PT_MANUFACTURER)
		letters(info->maker, value);
	else if (property >= TPM2_PT_VENDOR_STRING_1 &&
	    property <= TPM2_PT_VENDOR_STRING_4)
		letters(info->vendor, value);
	else if (property == TPM2_PT_PERMANENT)
		permanent_take(info, value);
	else if (property == TPM2_PT_STARTUP_CLEAR)
		startup_take(info, value);
}

/* All properties of one group, which ends where the next hundred begins. */
static TSS2_RC
group_read(struct ds_tpm *tpm, uint32_t group, struct ds_tpm_info *info)
{
	struct ask a = { .what = TPM2_CAP_TPM_PROPERTIES, .from = group,
		.more = TPM2_YES };
	while (a.more == TPM2_YES && a.from < group + TPM2_PT_GROUP) {
		TSS2_RC rc = ds_tpm_run(tpm, &ask, &a);
		if (rc != TSS2_RC_SUCCESS)
			return rc;
		const TPML_TAGGED_TPM_PROPERTY *list =
		    &a.found->data.tpmProperties;
		uint32_t count = list->count;
		for (uint32_t i = 0; i < count; i++)
			ds_tpm_info_take(info, list->tpmProperty[i].property,
			    list->tpmProperty[i].value);
		if (count > 0)
			a.from = list->tpmProperty[count - 1].property + 1;
		Esys_Free(a.found);
		if (count == 0)
			break;
	}
	return TSS2_RC_SUCCESS;
}

static TSS2_RC
curves_read(struct ds_tpm *tpm, struct ds_tpm_info *info)
{
	struct ask a = { .what = TPM2_CAP_ECC_CURVES, .from = 1 };
	TSS2_RC rc = ds_tpm_run(tpm, &ask, &a);
	/* A TPM without ECC does not know the question. */
	if (ds_tpm_is(rc, TPM2_RC_VALUE))
		return TSS2_RC_SUCCESS;
	if (rc != TSS2_RC_SUCCESS)
		return rc;
	const TPML_ECC_CURVE *list = &a.found->data.eccCurves;
	for (uint32_t i = 0; i < list->count; i++) {
		info->p256 |= list->eccCurves[i] == TPM2_ECC_NIST_P256;
		info->p384 |= list->eccCurves[i] == TPM2_ECC_NIST_P384;
	}
	Esys_Free(a.found);
	return TSS2_RC_SUCCESS;
}

enum dv_exit
ds_tpm_info(struct ds_tpm *tpm, struct ds_tpm_info *out, struct dv_err *err)
{
	*out = (struct ds_tpm_info){ .revision = 0 };
	TSS2_RC rc = group_read(tpm, TPM2_PT_FIXED, out);
	if (rc == TSS2_RC_SUCCESS)
		rc = group_read(tpm, TPM2_PT_VAR, out);
	if (rc == TSS2_RC_SUCCESS)
		rc = curves_read(tpm, out);
	if (rc != TSS2_RC_SUCCESS)
		return ds_tpm_fail(err, tpm->where, "asking what the TPM is",
		    rc);
	cut_blanks(out->maker);
	cut_blanks(out->vendor);
	return DV_EXIT_YES;
}

enum dv_exit
ds_tpm_has(struct ds_tpm *tpm, uint32_t handle, bool *there,
    struct dv_err *err)
{
	struct ask a = { .what = TPM2_CAP_HANDLES, .from = handle };
	TSS2_RC rc = ds_tpm_run(tpm, &ask, &a);
	*there = false;
	if (rc != TSS2_RC_SUCCESS)
		return ds_tpm_fail(err, tpm->where, "asking which keys it has",
		    rc);
	/* The answer begins with the first handle that is not below. */
	const TPML_HANDLE *list = &a.found->data.handles;
	*there = list->count > 0 && list->handle[0] == handle;
	Esys_Free(a.found);
	return DV_EXIT_YES;
}

void
ds_tpm_firmware_text(const struct ds_tpm_info *info,
    char out[DS_TPM_FIRMWARE_TEXT])
{
	(void)snprintf(out, DS_TPM_FIRMWARE_TEXT, "%u.%u.%u.%u",
	    (unsigned)(info->firmware[0] >> 16),
	    (unsigned)(info->firmware[0] & 0xffff),
	    (unsigned)(info->firmware[1] >> 16),
	    (unsigned)(info->firmware[1] & 0xffff));
}

bool
ds_tpm_lockout_near(const struct ds_tpm_info *info)
{
	return info->in_lockout || (info->lockout_count > 0 &&
	    (uint64_t)info->lockout_count * 4 >=
	    (uint64_t)info->lockout_max * 3);
}
