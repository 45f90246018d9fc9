/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One device of a batch: from its line in the list to a certificate in the
 * ledger, or to the reason why not. Nothing leaves here. pki-issue(1).
 */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "batch.h"
#include "bytes.h"
#include "ds_seal.h"
#include "key.h"

static const struct {
	const char *name, *text;
} causes[PKI_CAUSE_COUNT] = {
	[PKI_CAUSE_NONE] = { "none", "certified" },
	[PKI_CAUSE_LINE] = { "list", "the line of the list cannot be read" },
	[PKI_CAUSE_ID] = { "id", "the id cannot be one" },
	[PKI_CAUSE_MODEL] = { "model", "the model is not authorised" },
	[PKI_CAUSE_MISSING] = { "no-request", "there is no request" },
	[PKI_CAUSE_REQUEST] = { "request", "the request is not good" },
	[PKI_CAUSE_WEAK] = { "weak-generator",
	    "the random number generator of the device repeats itself" },
	[PKI_CAUSE_TAKEN] = { "taken", "the key or the id is in use" },
	[PKI_CAUSE_FULL] = { "full", "the batch has its quantity" },
	[PKI_CAUSE_ENDED] = { "ended", "the authorisation has ended" },
	[PKI_CAUSE_REFUSED] = { "refused", "the certificate is refused" },
};

const char *
pki_cause_name(enum pki_cause cause)
{
	return causes[cause].name;
}

const char *
pki_cause_text(enum pki_cause cause)
{
	return causes[cause].text;
}

enum dv_exit
pki_batch_identity(const struct pki_csv *csv, char out[PKI_IDENTITY + 1],
    struct dv_err *err)
{
	const struct pki_identity who = {
		.id = csv->value[PKI_COLUMN_ID],
		.mac = csv->value[PKI_COLUMN_MAC],
		.uuid = csv->value[PKI_COLUMN_UUID],
	};

	return pki_identity_text(&who, out, err);
}

/* The device gets no certificate, for this reason; the run goes on. */
static __attribute__((format(printf, 3, 4))) enum dv_exit
ko(struct pki_outcome *o, enum pki_cause cause, const char *format, ...)
{
	va_list args;

	o->cause = cause;
	va_start(args, format);
	(void)vsnprintf(o->why, sizeof(o->why), format, args);
	va_end(args);
	return DV_EXIT_YES;
}

static enum dv_exit
ko_err(struct pki_outcome *o, enum pki_cause cause, const struct dv_err *err)
{
	o->cause = cause;
	memcpy(o->why, err->what, sizeof(o->why));
	memcpy(o->hint, err->hint, sizeof(o->hint));
	return DV_EXIT_YES;
}

/* A request at hand, and what is made of it. */
struct device {
	struct pki_run *run;
	struct pki_outcome *o;
	struct dv_ders *file;
	struct dv_csr csr;
	struct dv_key key;		/* made here */
	struct dv_buf spki;
	uint8_t r[2 * PKI_R_ROOM];
	struct dv_buf subject;
	struct dv_buf alt;		/* GeneralNames, contents */
	struct pki_device known;
	struct pki_order order;
};

static enum dv_exit
read_request(struct device *d, const char *csr, struct dv_err *err)
{
	char name[PKI_DEVICE_ID + 8], path[DV_PATH_MAX];
	struct stat st;
	enum dv_exit exit;

	(void)snprintf(name, sizeof(name), "%s.csr", d->o->id);
	if (*csr == '.' || strchr(csr, '/') != NULL)
		return ko(d->o, PKI_CAUSE_MISSING, "\"%.64s\" is not the name "
		    "of a file in %s", csr, d->run->requests);
	exit = dv_path_join(path, d->run->requests, *csr == '\0' ? name : csr,
	    err);
	if (exit == DV_EXIT_YES && lstat(path, &st) != 0 && errno == ENOENT)
		return ko(d->o, PKI_CAUSE_MISSING, "%s: there is no request",
		    path);
	if (exit == DV_EXIT_YES)
		exit = dv_ders_load(d->file, path, "CERTIFICATE REQUEST", err);
	if (exit == DV_EXIT_YES && d->file->count != 1)
		exit = dv_fail(err, DV_EXIT_NO, "%s holds %zu requests", path,
		    d->file->count);
	if (exit == DV_EXIT_YES)
		exit = pki_request_take(dv_ders_at(d->file, 0),
		    d->run->profile, &d->csr, err);
	if (exit == DV_EXIT_YES)
		exit = pki_subject_check_request(d->csr.subject,
		    d->run->profile, err);
	return exit == DV_EXIT_YES ? exit :
	    ko_err(d->o, PKI_CAUSE_REQUEST, err);
}

/* The base, then who it is, then the batch. */
static enum dv_exit
make_subject(struct device *d, struct dv_err *err)
{
	static const uint8_t empty[] = { 0x30, 0 };
	const struct pki_profile *profile = d->run->profile;
	struct dv_buf with_id = { NULL, 0, 0 };
	bool ok = pki_subject_add(d->run->base.ptr != NULL ? d->run->base :
	    DV_BYTES(empty), profile->required, d->o->id, &with_id);

	if (ok && profile->batch_in != NULL)
		ok = pki_subject_add(dv_buf_bytes(&with_id), profile->batch_in,
		    d->run->auth.batch, &d->subject);
	else if (ok)
		ok = dv_buf_add(&d->subject, dv_buf_bytes(&with_id));
	dv_buf_free(&with_id);
	return ok ? DV_EXIT_YES : dv_fail(err, DV_EXIT_NONE, "out of memory");
}

static const char *
column(const struct pki_run *run, enum pki_column which)
{
	const char *value = run->csv.value[which];

	return *value == '\0' ? NULL : value;
}

/* Names beside the subject: the profile's, and those a request may bring. */
static enum dv_exit
make_alt(struct device *d, struct dv_err *err)
{
	enum dv_exit exit;

	d->known = (struct pki_device){
		.model = d->o->model[0] == '\0' ? NULL : d->o->model,
		.hardware_revision = column(d->run, PKI_COLUMN_HARDWARE),
		.firmware_version = column(d->run, PKI_COLUMN_FIRMWARE),
	};
	exit = pki_alt_device(&d->alt, d->run->profile,
	    (struct dv_bytes){ (const uint8_t *)d->o->id, strlen(d->o->id) },
	    &d->known, err);
	if (exit == DV_EXIT_YES &&
	    !dv_buf_add(&d->alt, d->csr.ext.subject_alt_name))
		exit = dv_fail(err, DV_EXIT_NONE, "out of memory");
	return exit == DV_EXIT_NO ? ko_err(d->o, PKI_CAUSE_REFUSED, err) :
	    exit;
}

/* A request may name its device, but not another than the list does. */
static bool
names_other(const struct device *d)
{
	struct dv_bytes claimed = pki_subject_identity(d->csr.subject,
	    d->run->profile);

	return claimed.ptr != NULL && !dv_bytes_equal_text(claimed, d->o->id);
}

static void
make_order(struct device *d)
{
	const struct pki_run *run = d->run;

	d->order = (struct pki_order){
		.profile = run->profile,
		.subject = dv_buf_bytes(&d->subject),
		.key = &d->key,
		.not_before = run->now,
		.path_len = run->profile->path_len,
		.extra = {
			.alt = dv_buf_bytes(&d->alt),
			.firmware = d->known.firmware_version,
		},
		.device = d->o->id,
		.model = d->known.model,
		.batch = run->batch,
		.now = run->now,
	};
}

/* May the batch have one more? Those on record are not asked. */
static bool
may_have_more(const struct pki_run *run, struct pki_outcome *o)
{
	char until[DV_TIME_TEXT];

	if (run->closed)
		(void)ko(o, PKI_CAUSE_ENDED, "refused: batch %s is closed",
		    run->auth.batch);
	else if (run->issued >= run->auth.quantity)
		(void)ko(o, PKI_CAUSE_FULL, "refused: batch %s has its %lld "
		    "devices", run->auth.batch,
		    (long long)run->auth.quantity);
	else if (run->now.s > run->auth.not_after.s) {
		dv_time_format(run->auth.not_after, until);
		(void)ko(o, PKI_CAUSE_ENDED, "refused: the authorisation of "
		    "batch %s ended at %s", run->auth.batch, until);
	}
	return o->cause == PKI_CAUSE_NONE;
}

static enum pki_cause
cause_of(enum pki_against against)
{
	switch (against) {
	case PKI_AGAINST_TAKEN:
		return PKI_CAUSE_TAKEN;
	case PKI_AGAINST_WEAK:
		return PKI_CAUSE_WEAK;
	case PKI_AGAINST_OTHER:
		break;
	}
	return PKI_CAUSE_REFUSED;
}

static enum dv_exit
issue(struct device *d, struct dv_err *err)
{
	struct pki_run *run = d->run;
	struct pki_issued issued = { .again = false };
	enum dv_exit exit;

	if (!may_have_more(run, d->o)) {
		exit = pki_issue_look(&run->issuer, &d->order, &issued, err);
		/* a key on record is refused for what is wrong with it */
		if ((exit == DV_EXIT_NO && issued.against ==
		    PKI_AGAINST_OTHER) || (exit == DV_EXIT_YES &&
		    !issued.again))
			return DV_EXIT_YES;
		d->o->cause = PKI_CAUSE_NONE;
		d->o->why[0] = '\0';
	} else {
		exit = pki_issue_in(&run->issuer, &d->order, NULL, &issued,
		    err);
	}
	if (exit == DV_EXIT_NO)
		return ko_err(d->o, cause_of(issued.against), err);
	d->o->der = issued.der;
	d->o->again = issued.again;
	run->issued += exit == DV_EXIT_YES && !issued.again;
	return exit;
}

static enum dv_exit
from_request(struct device *d, const char *csr, struct dv_err *err)
{
	enum dv_exit exit = read_request(d, csr, err);

	if (exit != DV_EXIT_YES || d->o->cause != PKI_CAUSE_NONE)
		return exit;
	if (names_other(d))
		return ko(d->o, PKI_CAUSE_REQUEST, "refused: the %s in the "
		    "request is not %s", d->run->profile->required, d->o->id);
	exit = make_subject(d, err);
	if (exit == DV_EXIT_YES && pki_subject_within(d->csr.subject,
	    dv_buf_bytes(&d->subject), err) != DV_EXIT_YES)
		return ko_err(d->o, PKI_CAUSE_REQUEST, err);
	if (exit == DV_EXIT_YES)
		exit = make_alt(d, err);
	if (exit != DV_EXIT_YES || d->o->cause != PKI_CAUSE_NONE)
		return exit;
	make_order(d);
	d->order.key = &d->csr.key;
	d->order.request = d->csr.der;
	d->order.request_r = pki_request_r(&d->csr, d->r);
	return issue(d, err);
}

/* ---- keys made here ------------------------------------------------------- */

static enum dv_exit
make_key(struct device *d, struct dv_err *err)
{
	const struct ds_seal_new what = { .to = &d->run->station,
	    .type = DV_KEY_P256 };
	struct dv_at at;
	struct dv_der in;
	enum dv_exit exit = ds_seal_new_key(&what, &d->spki, &d->o->sealed,
	    err);

	if (exit != DV_EXIT_YES)
		return exit;
	in = dv_der_start(dv_buf_bytes(&d->spki), DV_F_SPKI, &at);
	return dv_key_read(&in, &d->key) == DV_R_NONE ? exit :
	    dv_fail(err, DV_EXIT_NONE, "a key that was made cannot be read");
}

/* The same transaction has certificate and key, or neither. */
static enum dv_exit
keep_key(struct device *d, struct dv_err *err)
{
	uint8_t digest[DV_MAX_DIGEST];

	if (dv_hash_once(DV_HASH_SHA256, d->key.spki, digest) != PKI_SHA256)
		return dv_fail(err, DV_EXIT_NONE, "the key cannot be hashed");
	return pki_ledger_seal_put(d->run->ca->ledger, digest,
	    dv_buf_bytes(&d->o->sealed), err);
}

/* What the ledger has for this device, of an earlier run. */
static enum dv_exit
take_found(struct device *d, struct pki_found *old, struct dv_err *err)
{
	if (old->revoked)
		return ko(d->o, PKI_CAUSE_REFUSED, "refused: the certificate "
		    "of %s is revoked", old->name);
	if (old->batch != d->run->batch)
		return ko(d->o, PKI_CAUSE_TAKEN, "refused: %s has a "
		    "certificate already, outside this batch", old->name);
	d->o->again = true;
	d->o->der = old->der;
	old->der = (struct dv_buf){ NULL, 0, 0 };
	return pki_ledger_seal_get(d->run->ca->ledger, old->id, &d->o->sealed,
	    err);
}

static enum dv_exit
from_nothing(struct device *d, struct dv_err *err)
{
	enum dv_exit exit;

	if (!may_have_more(d->run, d->o))
		return DV_EXIT_YES;
	exit = make_subject(d, err);
	if (exit == DV_EXIT_YES)
		exit = make_alt(d, err);
	if (exit != DV_EXIT_YES || d->o->cause != PKI_CAUSE_NONE)
		return exit;
	exit = make_key(d, err);
	if (exit != DV_EXIT_YES)
		return exit;
	make_order(d);
	exit = issue(d, err);
	if (exit == DV_EXIT_YES && d->o->cause == PKI_CAUSE_NONE)
		exit = keep_key(d, err);
	return exit;
}

static enum dv_exit
with_new_key(struct device *d, struct dv_err *err)
{
	struct pki_found old = { .found = false };
	enum dv_exit exit = pki_ledger_find_device(d->run->ca->ledger,
	    d->run->profile->name, d->o->id, &old, err);

	if (exit == DV_EXIT_YES)
		exit = old.found ? take_found(d, &old, err) :
		    from_nothing(d, err);
	dv_buf_free(&old.der);
	return exit;
}

/* What a line that names no device has in the place of its name. */
static const char *
shown_id(const struct pki_csv *csv)
{
	for (size_t i = 0; i < PKI_COLUMN_KEYS; i++) {
		if (csv->value[i][0] != '\0')
			return csv->value[i];
	}
	return "";
}

/* What the list says must be in order before a request is looked at. */
static enum dv_exit
check_line(const struct pki_run *run, struct pki_outcome *o,
    struct dv_err *err)
{
	const char *model = run->csv.value[PKI_COLUMN_MODEL];

	(void)snprintf(o->model, sizeof(o->model), "%s", model);
	if (pki_batch_identity(&run->csv, o->id, err) != DV_EXIT_YES) {
		(void)snprintf(o->id, sizeof(o->id), "%s",
		    shown_id(&run->csv));
		return ko(o, PKI_CAUSE_ID, "%s, line %lu: %s", run->csv.path,
		    run->csv.line, err->what);
	}
	if (*model != '\0' && pki_model_check(model, err) != DV_EXIT_YES)
		return ko_err(o, PKI_CAUSE_MODEL, err);
	if (!pki_model_allowed(run->auth.models, *model == '\0' ? NULL :
	    model))
		return ko(o, PKI_CAUSE_MODEL, "refused: model \"%s\" is not "
		    "authorised for batch %s", model, run->auth.batch);
	return DV_EXIT_YES;
}

enum dv_exit
pki_batch_device(struct pki_run *run, struct pki_outcome *o,
    struct dv_err *err)
{
	struct device d = { .run = run, .o = o };
	enum dv_exit exit = check_line(run, o, err);

	if (exit != DV_EXIT_YES || o->cause != PKI_CAUSE_NONE)
		return exit;
	d.file = calloc(1, sizeof(*d.file));
	if (d.file == NULL)
		return dv_fail(err, DV_EXIT_NONE, "out of memory");
	exit = run->keygen ? with_new_key(&d, err) :
	    from_request(&d, run->csv.value[PKI_COLUMN_CSR], err);
	dv_ders_free(d.file);
	free(d.file);
	dv_buf_free(&d.subject);
	dv_buf_free(&d.alt);
	dv_buf_free(&d.spki);
	return exit;
}
