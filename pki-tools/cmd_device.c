/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pki-issue device: one request to one certificate with its chain. Nothing is
 * written that the ledger does not have. pki-issue(1).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "pki_log.h"

#define NAME_ROOM 8192

const struct dv_opt pki_device_opts[] = {
	PKI_OPT_DIR("CA directory"),
	{ 'p', "profile", "NAME", "idevid, device-client or code-signing",
	  false },
	PKI_OPT_SUBJECT("subject, instead of the request's"),
	{ 0, "serial-number", "SN", "serialNumber the subject must have",
	  false },
	PKI_OPT_NOT_AFTER("end of validity (the profile's)"),
	PKI_OPT_OUT("certificate and chain, PEM (standard output)"),
	PKI_OPT_ACCESS,
	PKI_OPT_END,
};

/* One run: what was asked, and what came of it. */
struct job {
	const struct pki_profile *profile;
	const char *dir;
	const char *out;		/* "-": standard output */
	struct ds_access access;
	struct dv_ders *files;		/* the request */
	struct dv_csr csr;
	struct dv_buf subject;		/* DER Name */
	struct dv_buf cert;		/* DER */
	struct dv_buf pem;		/* certificate and chain */
	dv_time ca_end;
	bool again;
};

static enum dv_exit
read_profile(const struct dv_args *args, struct job *job, struct dv_err *err)
{
	const char *name;
	char names[256];
	enum dv_exit exit = pki_cmd_need(args, "profile", &name, err);

	pki_profile_names(false, names, sizeof(names));
	if (exit != DV_EXIT_YES)
		return dv_hint(err, exit, "the profiles are %s", names);
	job->profile = pki_profile_find(name);
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
	exit = pki_request_read(dv_ders_at(job->files, 0), &job->csr, err);
	return exit == DV_EXIT_YES ? exit : pki_fail_in(path, exit, err);
}

/* -n, else the request's; --serial-number is added or must agree. */
static enum dv_exit
make_subject(const struct dv_args *args, struct job *job, struct dv_err *err)
{
	const char *text = dv_args_get(args, "subject");
	const char *number = dv_args_get(args, "serial-number");
	struct dv_bytes name = job->csr.subject;
	uint8_t room[NAME_ROOM];
	struct ds_der w = ds_der_start(room, sizeof(room));
	enum dv_exit exit = DV_EXIT_YES;

	if (text != NULL) {
		exit = ds_der_name(&w, text, err);
		name = ds_der_done(&w);
	}
	if (exit != DV_EXIT_YES)
		return exit;
	if (number != NULL)
		return pki_subject_number(name, number, &job->subject, err);
	if (name.ptr == NULL || !dv_buf_add(&job->subject, name))
		return dv_fail(err, DV_EXIT_NO, "the subject is too long");
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
	};
	struct pki_issuer issuer;
	struct pki_ca *ca;
	enum dv_exit exit = pki_cmd_now(&order.now, err);

	if (exit == DV_EXIT_YES)
		exit = pki_cmd_time(args, "not-after", &order.not_after,
		    &order.end_given, err);
	if (exit == DV_EXIT_YES)
		exit = pki_ca_open_all(job->dir, &job->access, &ca, err);
	if (exit != DV_EXIT_YES)
		return exit;
	order.not_before = order.now;
	issuer = pki_ca_issuer(ca);
	exit = pki_issue(&issuer, &order, &job->cert, &job->again, err);
	if (exit == DV_EXIT_YES)
		exit = make_pem(job, ca, err);
	job->ca_end = ca->cert.not_after;
	return pki_log_end(ca, exit, err);
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
	    job->again ? "on record as" : "issued", job->profile->name, name,
	    end);
	if (job->ca_end.s < cert.not_after.s) {
		dv_time_format(job->ca_end, end);
		(void)printf(" (its CA until %s)", end);
	}
	(void)printf(", serial ");
	for (size_t i = 0; i < cert.serial.len; i++)
		(void)printf("%02x", cert.serial.ptr[i]);
	(void)putchar('\n');
}

static enum dv_exit
run(const struct dv_args *args, struct job *job, struct dv_err *err)
{
	enum dv_exit exit = pki_cmd_need(args, "directory", &job->dir, err);

	if (exit == DV_EXIT_YES)
		exit = read_profile(args, job, err);
	if (exit == DV_EXIT_YES)
		exit = pki_cmd_access(args, "", &job->access, err);
	if (exit == DV_EXIT_YES)
		exit = read_request(args->operands[0], job, err);
	if (exit == DV_EXIT_YES)
		exit = make_subject(args, job, err);
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
	dv_buf_free(&job.subject);
	dv_buf_free(&job.cert);
	dv_buf_free(&job.pem);
	dv_ders_free(job.files);
	free(job.files);
	return exit;
}
