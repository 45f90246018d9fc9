/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The answer of devsign status, in words and in JSON. Says nothing that was not
 * found or decided; names of others are escaped. docs/status.schema.json.
 */
#include <stdio.h>
#include <string.h>

#include "host/json.h"
#include "host/text.h"
#include "status.h"

#define HEADING "%-12s "

static void
line(const char *heading, const char *text)
{
	printf(HEADING, heading);
	dv_print_safe(stdout, dv_text_bytes(text));
	putchar('\n');
}

/* ---- words ------------------------------------------------------------------ */

static void
key_say(const struct ds_status *s)
{
	printf(HEADING, "key:");
	dv_print_safe(stdout, dv_text_bytes(s->key));
	printf("%s%s%s\n", s->key_type[0] != '\0' ? ", " : "", s->key_type,
	    s->key_there || s->stage == DS_STAGE_UNKNOWN ? "" :
	    ", not there");
}

static void
certificate_say(const struct ds_status *s)
{
	char until[DV_TIME_TEXT];
	int64_t days = ds_status_days(s);
	dv_time_format(s->facts.until, until);
	line("certificate:", s->facts.subject);
	line("issued by:", s->facts.issuer);
	printf(HEADING "%s (%lld days%s)%s\n", "valid until:", until,
	    (long long)(days < 0 ? -days : days), days < 0 ? " ago" : " left",
	    s->renewal == DS_RENEWAL_DUE ? ", renewal is due" :
	    s->renewal == DS_RENEWAL_PENDING ? ", a renewal is under way" : "");
}

static void
nv_say(const struct ds_status *s)
{
	printf(HEADING "%s", "NV:", ds_nv_name(&s->nv));
	if (s->nv.there)
		printf(", %s, %s can delete it",
		    s->held == DS_HELD_CERTIFICATE ?
		    "the certificate of the device" :
		    s->held == DS_HELD_OTHER ? "other than the certificate file" :
		    s->nv.written ? "not compared" : "empty",
		    ds_nv_deleter(&s->nv));
	putchar('\n');
}

static void
tpm_say(const struct ds_status *s)
{
	char firmware[DS_TPM_FIRMWARE_TEXT], text[128];
	const struct ds_tpm_info *t = &s->tpm;
	ds_tpm_firmware_text(t, firmware);
	(void)snprintf(text, sizeof(text),
	    "%s %s, firmware %s, specification %u.%02u", t->maker, t->vendor,
	    firmware, (unsigned)t->revision / 100, (unsigned)t->revision % 100);
	line("TPM:", text);
	printf(HEADING "%u of %u wrong tries%s\n", "lockout:",
	    (unsigned)t->lockout_count, (unsigned)t->lockout_max,
	    t->in_lockout ? ", LOCKED NOW" :
	    ds_tpm_lockout_near(t) ? ", LOCKOUT THREATENS" : "");
	printf(HEADING "owner %s, TPM2_Clear %s, platform %s\n", "locks:",
	    t->owner_auth ? "has a password" : "open",
	    t->disable_clear ? "forbidden" : "possible",
	    t->platform_on ? "open" : "closed");
	nv_say(s);
}

void
ds_status_say(const struct ds_status *s)
{
	line("stage:", ds_stage_name(s->stage));
	if (s->problem[0] != '\0')
		line("problem:", s->problem);
	if (s->stage == DS_STAGE_UNKNOWN && s->wrong.hint[0] != '\0')
		line("", s->wrong.hint);
	if (s->key != NULL)
		key_say(s);
	if (s->key_hash[0] != '\0')
		line("SPKI SHA-256:", s->key_hash);
	if (s->chain_hash[0] != '\0')
		certificate_say(s);
	if (s->tpm_there)
		tpm_say(s);
	line("next:", s->next);
}

/* ---- JSON ------------------------------------------------------------------- */

static void
key_json(const struct ds_status *s, struct dv_json *json)
{
	dv_json_open(json, "key", '{');
	dv_json_text(json, "spec", s->key);
	dv_json_text(json, "identity", s->operational ? "ldevid" : "idevid");
	if (s->stage != DS_STAGE_UNKNOWN)
		dv_json_flag(json, "there", s->key_there);
	if (s->key_type[0] != '\0')
		dv_json_text(json, "type", s->key_type);
	if (s->key_hash[0] != '\0')
		dv_json_text(json, "spki_sha256", s->key_hash);
	dv_json_close(json, '{');
}

static void
certificate_json(const struct ds_status *s, struct dv_json *json)
{
	dv_json_open(json, "certificate", '{');
	dv_json_text(json, "subject", s->facts.subject);
	dv_json_text(json, "issuer", s->facts.issuer);
	dv_json_instant(json, "not_after", s->facts.until);
	dv_json_number(json, "days_left", ds_status_days(s));
	dv_json_close(json, '{');
}

static void
nv_json(const struct ds_status *s, struct dv_json *json)
{
	char index[16];
	(void)snprintf(index, sizeof(index), "0x%08x",
	    (unsigned)DS_NV_CERTIFICATE);
	dv_json_open(json, "nv", '{');
	dv_json_text(json, "index", index);
	dv_json_text(json, "state", ds_nv_name(&s->nv));
	if (s->nv.there) {
		dv_json_text(json, "holds", ds_held_name(s->held));
		dv_json_text(json, "deletable_by", ds_nv_deleter(&s->nv));
	}
	dv_json_close(json, '{');
}

static void
tpm_json(const struct ds_status *s, struct dv_json *json)
{
	char firmware[DS_TPM_FIRMWARE_TEXT], revision[16];
	const struct ds_tpm_info *t = &s->tpm;
	ds_tpm_firmware_text(t, firmware);
	(void)snprintf(revision, sizeof(revision), "%u.%02u",
	    (unsigned)t->revision / 100, (unsigned)t->revision % 100);
	dv_json_open(json, "tpm", '{');
	dv_json_text(json, "maker", t->maker);
	dv_json_text(json, "vendor", t->vendor);
	dv_json_text(json, "firmware", firmware);
	dv_json_text(json, "specification", revision);
	dv_json_flag(json, "p256", t->p256);
	dv_json_flag(json, "p384", t->p384);
	dv_json_open(json, "lockout", '{');
	dv_json_number(json, "tries", t->lockout_count);
	dv_json_number(json, "max", t->lockout_max);
	dv_json_number(json, "interval", t->lockout_interval);
	dv_json_number(json, "recovery", t->lockout_recovery);
	dv_json_flag(json, "threatens", ds_tpm_lockout_near(t));
	dv_json_flag(json, "now", t->in_lockout);
	dv_json_close(json, '{');
	dv_json_flag(json, "owner_auth", t->owner_auth);
	dv_json_flag(json, "endorsement_auth", t->endorsement_auth);
	dv_json_flag(json, "lockout_auth", t->lockout_auth);
	dv_json_flag(json, "clear_forbidden", t->disable_clear);
	dv_json_flag(json, "platform_open", t->platform_on);
	dv_json_flag(json, "owner_open", t->owner_on);
	dv_json_flag(json, "endorsement_open", t->endorsement_on);
	dv_json_close(json, '{');
}

void
ds_status_json(const struct ds_status *s)
{
	struct dv_json json = { .out = stdout };
	dv_json_begin(&json);
	dv_json_number(&json, "v", 1);
	dv_json_text(&json, "tool", "devsign");
	dv_json_text(&json, "dir", s->dir);
	dv_json_text(&json, "stage", ds_stage_name(s->stage));
	dv_json_flag(&json, "usable", s->usable);
	if (s->problem[0] != '\0')
		dv_json_text(&json, "problem", s->problem);
	dv_json_text(&json, "renewal", ds_renewal_name(s->renewal));
	dv_json_text(&json, "next", s->next);
	if (s->key != NULL)
		key_json(s, &json);
	if (s->chain_hash[0] != '\0')
		certificate_json(s, &json);
	if (s->tpm_there) {
		tpm_json(s, &json);
		nv_json(s, &json);
	}
	dv_json_end(&json);
}
