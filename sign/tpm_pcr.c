/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Platform configuration registers: as they are named on the command line, and
 * what the TPM holds in them. TCG TPM 2.0 Library part 1, 17.
 */
#include <stdio.h>
#include <string.h>

#include "dv_hash.h"
#include "tpm_cmd.h"
#include "tpm_policy.h"

static const struct bank {
	const char *name;
	TPMI_ALG_HASH alg;
	size_t len;		/* octets of a value */
} banks[] = {
	{ "sha256", TPM2_ALG_SHA256, 32 },
	{ "sha384", TPM2_ALG_SHA384, 48 },
	{ "sha512", TPM2_ALG_SHA512, 64 },
	{ "sha1", TPM2_ALG_SHA1, 20 },	/* read in files of others; not made */
};
#define MADE 3

const char *
ds_tpm_bank_name(TPMI_ALG_HASH alg)
{
	for (size_t i = 0; i < sizeof(banks) / sizeof(*banks); i++) {
		if (banks[i].alg == alg)
			return banks[i].name;
	}
	return "unknown";
}

static enum dv_exit
fail_text(const char *text, const char *why, struct dv_err *err)
{
	enum dv_exit ret = dv_fail(err, DV_EXIT_USAGE, "--pcr %s: %s", text,
	    why);
	return dv_hint(err, ret, "for example sha256:0,7 or, with a value to "
	    "come, sha256:7=HEX");
}

static const struct bank *
bank_find(const char *text, size_t len)
{
	for (size_t i = 0; i < MADE; i++) {
		if (strlen(banks[i].name) == len &&
		    strncmp(banks[i].name, text, len) == 0)
			return &banks[i];
	}
	return NULL;
}

static int
nibble(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c == '\0' ? NULL :
	    strchr(digits, c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c);
	return at != NULL ? (int)(at - digits) : -1;
}

/* Exactly len octets; what follows, or NULL. */
static const char *
hex_read(const char *text, size_t len, TPM2B_DIGEST *out)
{
	out->size = (UINT16)len;
	for (size_t i = 0; i < len; i++, text += 2) {
		int high = nibble(text[0]);
		int low = high >= 0 ? nibble(text[1]) : -1;
		if (low < 0)
			return NULL;
		out->buffer[i] = (uint8_t)(high << 4 | low);
	}
	return text;
}

/* "7" or "7=HEX"; what follows, or NULL. */
static const char *
pcr_read(const char *text, const struct bank *bank, struct ds_tpm_pcr *out)
{
	size_t digits = strspn(text, "0123456789");
	if (digits == 0 || digits > 2)
		return NULL;
	out->bank = bank->alg;
	out->index = 0;
	for (size_t i = 0; i < digits; i++)
		out->index = 10 * out->index + (unsigned)(text[i] - '0');
	out->value.size = 0;
	text += digits;
	if (out->index >= DS_TPM_PCRS)
		return NULL;
	return *text == '=' ? hex_read(text + 1, bank->len, &out->value) : text;
}

enum dv_exit
ds_tpm_pcrs_parse(const char *text, struct ds_tpm_pcrs *out,
    struct dv_err *err)
{
	const char *colon = strchr(text, ':');
	const struct bank *bank = colon != NULL ?
	    bank_find(text, (size_t)(colon - text)) : NULL;
	uint32_t seen = 0;
	out->count = 0;
	if (bank == NULL)
		return fail_text(text, "begins with no bank: sha256, sha384 or "
		    "sha512", err);
	for (const char *at = colon; *at != '\0';) {
		struct ds_tpm_pcr pcr;
		at = pcr_read(at + 1, bank, &pcr);
		if (at == NULL || (*at != ',' && *at != '\0'))
			return fail_text(text, "not a list of registers 0 to 23, "
			    "with values as long as the bank's", err);
		if ((seen & UINT32_C(1) << pcr.index) != 0)
			return fail_text(text, "names a register twice", err);
		seen |= UINT32_C(1) << pcr.index;
		out->pcr[out->count++] = pcr;
	}
	return DV_EXIT_YES;
}

enum dv_exit
ds_tpm_pcrs_read(struct ds_tpm *tpm, struct ds_tpm_pcrs *pcrs,
    struct dv_err *err)
{
	for (size_t i = 0; i < pcrs->count; i++) {
		struct ds_tpm_pcr *p = &pcrs->pcr[i];
		struct ds_tpm_pcr_read r = { .selection = { .count = 1 } };
		TPMS_PCR_SELECTION *s = &r.selection.pcrSelections[0];
		if (p->value.size > 0)
			continue;
		s->hash = p->bank;
		s->sizeofSelect = 3;
		s->pcrSelect[p->index / 8] = (uint8_t)(1 << p->index % 8);
		TSS2_RC rc = ds_tpm_run(tpm, &ds_tpm_call_pcr_read, &r);
		if (rc != TSS2_RC_SUCCESS)
			return ds_tpm_fail(err, tpm->where, "reading a PCR", rc);
		if (r.values->count == 1)
			p->value = r.values->digests[0];
		Esys_Free(r.values);
		if (p->value.size == 0)
			return dv_fail(err, DV_EXIT_NONE, "%s: this TPM has no "
			    "PCR %s:%u", tpm->where, ds_tpm_bank_name(p->bank),
			    p->index);
	}
	return DV_EXIT_YES;
}
