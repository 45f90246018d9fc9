/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pki-issue device: one request to one certificate with its chain. Nothing is
 * written that the ledger does not have. pki-issue(1).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "extra.h"
#include "host/purpose.h"
#include "host/text.h"
#include "pki_batch.h"
#include "pki_log.h"
#include "pki_names.h"

#define NAME_ROOM 8192

const struct dv_opt pki_device_opts[] = {
	PKI_OPT_DIR("CA directory"),
	{ 'p', "profile", "NAME", "one of `pki-issue profiles`", false },
	PKI_OPT_SUBJECT("subject, instead of the request's"),
	{ 0, "serial-number", "SN", "serialNumber the subject must have",
	  false },
	{ 0, "id", "TEXT", "what the device is called", false },
	{ 0, "mac", "MAC", "the same by its EUI-48 or EUI-64", false },
	{ 0, "uuid", "UUID", "the same by its UUID", false },
	{ 0, "model", "MODEL", "its model", false },
	{ 0, "hardware-revision", "TEXT", "its hardware revision", false },
	{ 0, "firmware-version", "TEXT", "what runs on it now", false },
	{ 0, "dns", "HOST", "dNSName in subjectAltName", true },
	{ 0, "ip", "ADDRESS", "iPAddress in subjectAltName", true },
	{ 0, "uri", "URI", "URI in subjectAltName", true },
	{ 0, "purpose", "PURPOSE", "purpose out of those of the profile",
	  true },
	PKI_OPT_NOT_AFTER("end of validity (the profile's)"),
	PKI_OPT_OUT("certificate and chain, PEM (standard output)"),
	PKI_OPT_ACCESS,
	PKI_OPT_END,
};

/* One run: what was asked, and what came of it. */
struct job {
	const struct pki_profile *profile;	/* of ca */
	const char *dir;
	const char *out;		/* "-": standard output */
	struct ds_access access;
	struct dv_ders *files;		/* the request */
	struct dv_csr csr;
	struct dv_buf subject;		/* DER Name */
	struct dv_buf alt;		/* GeneralNames, contents */
	struct pki_device device;
	char purposes[512];
	struct pki_ca *ca;
	struct dv_buf cert;		/* DER */
	struct dv_buf pem;		/* certificate and chain */
	dv_time ca_end;
	char profile_name[PKI_PROFILE_NAME + 1];
	bool again;
};

static enum dv_exit
read_profile(const struct dv_args *args, struct job *job, struct dv_err *err)
{
	const char *name;
	char names[512];
	enum dv_exit exit = pki_cmd_need(args, "profile", &name, err);

	pki_profiles_names(job->ca->profiles, false, names, sizeof(names));
	if (exit != DV_EXIT_YES)
		return dv_hint(err, exit, "the profiles are %s", names);
	job->profile = pki_profiles_find(job->ca->profiles, name);
	if (job->profile != NULL && !job->profile->ca)
		return DV_EXIT_YES;
	exit = dv_fail(err, DV_EXIT_USAGE, job->profile == NULL ?
	    "option --profile: there is no profile \"%s\"" :
	    "option --profile: \"%s\" makes a CA, which pki-issue cannot",
	    name);
	return dv_hint(err, exit, "the profiles are %s", names);
}

static enum dv_exit
read_request(const char *path, struct job *job, struct dv_err *err)
{
	enum dv_exit exit = dv_ders_load(job->files, path,
	    "CERTIFICATE REQUEST", err);

	if (exit != DV_EXIT_YES)
		return exit;
	if (job->files->count != 1)
		return dv_fail(err, DV_EXIT_USAGE, "%s holds %zu requests; "
		    "this verb takes one", path, job->files->count);
	exit = pki_request_take(dv_ders_at(job->files, 0), job->profile,
	    &job->csr, err);
	return exit == DV_EXIT_YES ? exit : pki_fail_in(path, exit, err);
}

/* Adds to the subject, or checks that it is there. */
static enum dv_exit
identify(struct job *job, const char *attribute, const char *value,
    struct dv_err *err)
{
	struct dv_buf before = job->subject;
	enum dv_exit exit;

	job->subject = (struct dv_buf){ NULL, 0, 0 };
	exit = pki_subject_identify(dv_buf_bytes(&before), attribute, value,
	    &job->subject, err);
	dv_buf_free(&before);
	return exit;
}

/* --id, --mac or --uuid, in the attribute that names a device here. */
static enum dv_exit
add_identity(const struct dv_args *args, struct job *job, struct dv_err *err)
{
	const struct pki_identity who = {
		.id = dv_args_get(args, "id"),
		.mac = dv_args_get(args, "mac"),
		.uuid = dv_args_get(args, "uuid"),
	};
	char text[PKI_IDENTITY + 1];
	enum dv_exit exit;

	if (who.id == NULL && who.mac == NULL && who.uuid == NULL)
		return DV_EXIT_YES;
	exit = pki_identity_text(&who, text, err);
	return exit == DV_EXIT_YES ? identify(job, job->profile->required,
	    text, err) : exit;
}

/* -n, else the request's, with what else names the device. */
static enum dv_exit
make_subject(const struct dv_args *args, struct job *job, struct dv_err *err)
{
	const char *text = dv_args_get(args, "subject");
	const char *number = dv_args_get(args, "serial-number");
	struct dv_bytes name = job->csr.subject;
	uint8_t room[NAME_ROOM];
	struct ds_der w = ds_der_start(room, sizeof(room));
	enum dv_exit exit;

	if (text != NULL) {
		exit = ds_der_name(&w, text, err);
		name = ds_der_done(&w);
	} else {
		exit = pki_subject_check_request(name, job->profile, err);
	}
	if (exit != DV_EXIT_YES)
		return exit;
	if (name.ptr == NULL || !dv_buf_add(&job->subject, name))
		return dv_fail(err, DV_EXIT_NO, "the subject is too long");
	if (number != NULL)
		exit = identify(job, "serialNumber", number, err);
	return exit == DV_EXIT_YES ? add_identity(args, job, err) : exit;
}

typedef enum dv_exit put_name(struct dv_buf *out, const char *text,
    struct dv_err *err);

static enum dv_exit
add_names(const struct dv_args *args, const char *option, put_name *put,
    struct job *job, struct dv_err *err)
{
	const char *text;
	enum dv_exit exit = DV_EXIT_YES;

	for (int i = 0; exit == DV_EXIT_YES &&
	    (text = dv_args_nth(args, option, i)) != NULL; i++)
		exit = put(&job->alt, text, err);
	return exit;
}

/* What the profile has of itself, what was said, what the request brings. */
static enum dv_exit
make_alt(const struct dv_args *args, struct job *job, struct dv_err *err)
{
	struct dv_bytes identity = pki_subject_identity(
	    dv_buf_bytes(&job->subject), job->profile);
	enum dv_exit exit = pki_alt_device(&job->alt, job->profile, identity,
	    &job->device, err);

	if (exit == DV_EXIT_YES)
		exit = add_names(args, "dns", pki_alt_dns, job, err);
	if (exit == DV_EXIT_YES)
		exit = add_names(args, "ip", pki_alt_ip, job, err);
	if (exit == DV_EXIT_YES)
		exit = add_names(args, "uri", pki_alt_uri, job, err);
	if (exit == DV_EXIT_YES &&
	    !dv_buf_add(&job->alt, job->csr.ext.subject_alt_name))
		exit = dv_fail(err, DV_EXIT_NONE, "out of memory");
	return exit;
}

static enum dv_exit
read_device(const struct dv_args *args, struct job *job, struct dv_err *err)
{
	job->device = (struct pki_device){
		.model = dv_args_get(args, "model"),
		.hardware_revision = dv_args_get(args, "hardware-revision"),
		.firmware_version = dv_args_get(args, "firmware-version"),
	};
	return job->device.model == NULL ? DV_EXIT_YES :
	    pki_model_check(job->device.model, err);
}

/* --purpose, as OIDs with blanks between. */
static enum dv_exit
read_purposes(const struct dv_args *args, struct job *job, struct dv_err *err)
{
	const char *text;
	size_t len = 0;

	for (int i = 0; (text = dv_args_nth(args, "purpose", i)) != NULL;
	    i++) {
		uint8_t oid[64];
		char dotted[128];
		size_t n = dv_purpose_oid(text, oid, sizeof(oid));

		dv_oid_text((struct dv_bytes){ oid, n }, dotted,
		    sizeof(dotted));
		if (n == 0 || pki_word_in(job->purposes, dotted) ||
		    len + strlen(dotted) + 2 > sizeof(job->purposes))
			return dv_fail(err, DV_EXIT_USAGE, "option --purpose: "
			    "\"%s\" is not a purpose, or stands there twice",
			    text);
		len += (size_t)snprintf(job->purposes + len,
		    sizeof(job->purposes) - len, "%s%s", len == 0 ? "" : " ",
		    dotted);
	}
	return DV_EXIT_YES;
}

/* The certificate, then the CA's chain up to and including the root. */
static enum dv_exit
make_pem(struct job *job, const struct pki_ca *ca, struct dv_err *err)
{
	bool ok = dv_pem_write(&job->pem, "CERTIFICATE",
	    dv_buf_bytes(&job->cert));

	for (size_t i = 0; ok && i < ca->chain_count; i++)
		ok = dv_pem_write(&job->pem, "CERTIFICATE", ca->chain[i]);
	return ok ? DV_EXIT_YES : dv_fail(err, DV_EXIT_NONE, "out of memory");
}

/* The CA is closed; what is said afterwards is kept. */
static enum dv_exit
end(struct job *job, enum dv_exit exit, struct dv_err *err)
{
	struct pki_ca *ca = job->ca;

	job->ca = NULL;
	job->ca_end = ca->cert.not_after;
	(void)snprintf(job->profile_name, sizeof(job->profile_name), "%s",
	    job->profile->name);
	job->profile = NULL;
	return pki_log_end(ca, exit, err);
}

static enum dv_exit
issue(const struct dv_args *args, struct job *job, struct dv_err *err)
{
	uint8_t r[2 * PKI_R_ROOM];
	struct pki_order order = {
		.profile = job->profile,
		.subject = dv_buf_bytes(&job->subject),
		.key = &job->csr.key,
		.path_len = job->profile->path_len,
		.request = job->csr.der,
		.request_r = pki_request_r(&job->csr, r),
		.model = job->device.model,
		.extra = {
			.alt = dv_buf_bytes(&job->alt),
			.eku = job->purposes[0] == '\0' ? NULL :
			    job->purposes,
			.firmware = job->device.firmware_version,
		},
	};
	struct pki_issuer issuer;
	enum dv_exit exit = pki_cmd_now(&order.now, err);

	if (exit == DV_EXIT_YES)
		exit = pki_cmd_time(args, "not-after", &order.not_after,
		    &order.end_given, err);
	if (exit == DV_EXIT_YES)
		exit = pki_ca_open_ledger(job->ca, err);
	if (exit == DV_EXIT_YES)
		exit = pki_log_ready(job->ca->ledger, err);
	if (exit == DV_EXIT_YES)
		exit = pki_ca_open_key(job->ca, &job->access, err);
	if (exit != DV_EXIT_YES)
		return exit;
	order.not_before = order.now;
	issuer = pki_ca_issuer(job->ca);
	exit = pki_issue(&issuer, &order, &job->cert, &job->again, err);
	if (exit == DV_EXIT_YES)
		exit = make_pem(job, job->ca, err);
	return end(job, exit, err);
}

static void
say_issued(const struct job *job)
{
	struct dv_cert cert;
	struct dv_at at;
	char name[512], end[DV_TIME_TEXT];

	if (strcmp(job->out, "-") == 0 || dv_cert_parse(
	    dv_buf_bytes(&job->cert), &cert, &at) != DV_R_NONE)
		return;
	dv_name_text(cert.subject, name, sizeof(name));
	dv_time_format(cert.not_after, end);
	(void)printf("%s: %s %s \"%s\" until %s", job->out,
	    job->again ? "on record as" : "issued", job->profile_name, name,
	    end);
	if (job->ca_end.s < cert.not_after.s) {
		dv_time_format(job->ca_end, end);
		(void)printf(" (its CA until %s)", end);
	}
	(void)printf(", serial ");
	dv_print_hex(stdout, cert.serial);
	(void)putchar('\n');
}

static enum dv_exit
run(const struct dv_args *args, struct job *job, struct dv_err *err)
{
	enum dv_exit exit = pki_cmd_need(args, "directory", &job->dir, err);

	if (exit == DV_EXIT_YES)
		exit = pki_cmd_access(args, "", &job->access, err);
	if (exit == DV_EXIT_YES)
		exit = read_purposes(args, job, err);
	if (exit == DV_EXIT_YES)
		exit = read_device(args, job, err);
	if (exit == DV_EXIT_YES)
		exit = pki_ca_open(job->dir, &job->ca, err);
	/* Before a passphrase is asked for. */
	if (exit == DV_EXIT_YES)
		exit = pki_authorised_check(&job->ca->cert, 0, err);
	if (exit == DV_EXIT_YES)
		exit = read_profile(args, job, err);
	if (exit == DV_EXIT_YES)
		exit = read_request(args->operands[0], job, err);
	if (exit == DV_EXIT_YES)
		exit = make_subject(args, job, err);
	if (exit == DV_EXIT_YES)
		exit = make_alt(args, job, err);
	if (exit == DV_EXIT_YES)
		exit = issue(args, job, err);
	if (exit == DV_EXIT_YES)
		exit = pki_cmd_put(job->out, dv_buf_bytes(&job->pem), err);
	if (exit == DV_EXIT_YES)
		say_issued(job);
	return exit;
}

enum dv_exit
pki_device_run(const struct dv_args *args, struct dv_err *err)
{
	struct job job = { .files = calloc(1, sizeof(*job.files)) };
	enum dv_exit exit;

	if (job.files == NULL)
		return dv_fail(err, DV_EXIT_NONE, "out of memory");
	job.out = dv_args_get(args, "output");
	if (job.out == NULL)
		job.out = "-";
	exit = run(args, &job, err);
	pki_ca_close(job.ca);
	dv_buf_free(&job.subject);
	dv_buf_free(&job.alt);
	dv_buf_free(&job.cert);
	dv_buf_free(&job.pem);
	dv_ders_free(job.files);
	free(job.files);
	return exit;
}
