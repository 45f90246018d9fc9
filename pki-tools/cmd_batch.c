/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pki-issue batch: certificates for a list of devices, as many as the level
 * above has authorised. Reads its options; batch.c does the work. pki-issue(1).
 */
#include <stdlib.h>
#include <string.h>

#include "batch.h"
#include "cmd.h"
#include "ds_seal.h"
#include "pki_log.h"

#define NAME_ROOM 8192

const struct dv_opt pki_batch_opts[] = {
	PKI_OPT_DIR("CA directory"),
	{ 0, "authorisation", "FILE", "what `pki-init authorise` made", false },
	{ 0, "list", "FILE", "devices, CSV with columns id (or mac, uuid), "
	  "model, csr, ...", false },
	{ 0, "requests", "DIR", "where the requests are: ID.csr", false },
	PKI_OPT_SUBJECT("what stands before the id in each subject"),
	{ 'o', "output", "DIR", "where the certificates go", false },
	{ 0, "keygen", NULL, "make the keys here, for --for-station", false },
	{ 0, "for-station", "CERT", "who alone can read the keys made here",
	  false },
	{ 0, "watch", NULL, "wait for requests that are not there yet", false },
	{ 0, "close", NULL, "issue nothing more in this batch afterwards",
	  false },
	{ 'j', "json", NULL, "one JSON object a line", false },
	PKI_OPT_ACCESS,
	PKI_OPT_END,
};

static volatile sig_atomic_t stopped;

static void
stop(int number)
{
	stopped = number;
}

/* Ends after the group in hand; a second signal ends at once. */
static void
catch_signals(void)
{
	struct sigaction action = { .sa_handler = stop,
	    .sa_flags = (int)SA_RESETHAND };

	(void)sigemptyset(&action.sa_mask);
	(void)sigaction(SIGINT, &action, NULL);
	(void)sigaction(SIGTERM, &action, NULL);
}

/* Requests, or keys made here: one of the two. */
static enum dv_exit
read_source(const struct dv_args *args, struct pki_run *run,
    struct dv_err *err)
{
	bool keygen = dv_args_has(args, "keygen");

	if (keygen != dv_args_has(args, "for-station"))
		return dv_fail(err, DV_EXIT_USAGE, "--keygen and "
		    "--for-station go together");
	if (!keygen)
		return pki_cmd_need(args, "requests", &run->requests, err);
	if (dv_args_has(args, "requests") || dv_args_has(args, "watch"))
		return dv_fail(err, DV_EXIT_USAGE, "--keygen makes the keys: "
		    "there are no requests to read or watch");
	return DV_EXIT_YES;
}

static enum dv_exit
read_options(const struct dv_args *args, struct pki_run *run,
    struct dv_err *err)
{
	enum dv_exit exit = pki_cmd_need(args, "list", &run->list, err);

	if (exit == DV_EXIT_YES)
		exit = pki_cmd_need(args, "output", &run->out, err);
	if (exit == DV_EXIT_YES)
		exit = read_source(args, run, err);
	run->watch = dv_args_has(args, "watch");
	run->close = dv_args_has(args, "close");
	run->json = dv_args_has(args, "json");
	run->stop = &stopped;
	return exit;
}

static enum dv_exit
make_base(const struct dv_args *args, uint8_t *room, struct pki_run *run,
    struct dv_err *err)
{
	const char *text = dv_args_get(args, "subject");
	struct ds_der w = ds_der_start(room, NAME_ROOM);
	enum dv_exit exit;

	if (text == NULL)
		return DV_EXIT_YES;
	exit = ds_der_name(&w, text, err);
	run->base = ds_der_done(&w);
	return exit;
}

/* The certificate of the programming station; files owns it. */
static enum dv_exit
load_station(const char *path, struct dv_ders *files, struct dv_cert *out,
    struct dv_err *err)
{
	struct dv_at at;
	struct dv_err said;
	dv_time now;
	enum dv_exit exit = dv_ders_load(files, path, "CERTIFICATE", err);

	if (exit == DV_EXIT_YES)
		exit = pki_cmd_now(&now, err);
	if (exit != DV_EXIT_YES)
		return exit;
	if (files->count != 1 || dv_cert_parse(dv_ders_at(files, 0), out,
	    &at) != DV_R_NONE)
		return dv_fail(err, DV_EXIT_NO, "%s: not one certificate",
		    path);
	exit = ds_seal_check(out, now, &said);
	return exit == DV_EXIT_YES ? exit : dv_fail(err, exit, "%s: no key "
	    "can be sealed for it: %s", path, said.what);
}

static enum dv_exit
issue(const struct dv_args *args, const char *authorisation,
    struct pki_run *run, struct dv_err *err)
{
	uint8_t room[NAME_ROOM];
	enum dv_exit exit = make_base(args, room, run, err);

	if (exit == DV_EXIT_YES)
		exit = pki_batch_begin(run, authorisation, err);
	if (exit != DV_EXIT_YES)
		return exit;
	run->profile = pki_profiles_find(run->ca->profiles,
	    run->auth.profile);
	if (run->profile == NULL || run->profile->ca)
		return dv_fail(err, DV_EXIT_NO, "%s: this CA has no profile "
		    "%s", authorisation, run->auth.profile);
	catch_signals();
	return pki_batch_run(run, err);
}

static enum dv_exit
issue_for(const struct dv_args *args, const char *authorisation,
    struct pki_run *run, struct dv_err *err)
{
	const char *path = dv_args_get(args, "for-station");
	struct dv_ders *files;
	enum dv_exit exit;

	if (path == NULL)
		return issue(args, authorisation, run, err);
	files = calloc(1, sizeof(*files));
	if (files == NULL)
		return dv_fail(err, DV_EXIT_NONE, "out of memory");
	exit = load_station(path, files, &run->station, err);
	run->keygen = true;
	if (exit == DV_EXIT_YES)
		exit = issue(args, authorisation, run, err);
	dv_ders_free(files);
	free(files);
	return exit;
}

enum dv_exit
pki_batch_run_cmd(const struct dv_args *args, struct dv_err *err)
{
	struct pki_run *run = calloc(1, sizeof(*run));
	const char *dir, *authorisation;
	struct ds_access access;
	enum dv_exit exit;

	if (run == NULL)
		return dv_fail(err, DV_EXIT_NONE, "out of memory");
	exit = pki_cmd_need(args, "directory", &dir, err);
	if (exit == DV_EXIT_YES)
		exit = pki_cmd_need(args, "authorisation", &authorisation, err);
	if (exit == DV_EXIT_YES)
		exit = read_options(args, run, err);
	if (exit == DV_EXIT_YES)
		exit = pki_cmd_access(args, "", &access, err);
	if (exit == DV_EXIT_YES)
		exit = pki_ca_open_all(dir, &access, &run->ca, err);
	if (exit == DV_EXIT_YES) {
		exit = issue_for(args, authorisation, run, err);
		exit = pki_log_end(run->ca, exit, err);
	}
	free(run);
	return exit;
}
