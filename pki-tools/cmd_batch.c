/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pki-issue batch: certificates for a list of devices, as many as the level
 * above has authorised. Reads its options; batch.c does the work. pki-issue(1).
 */
#include <stdlib.h>
#include <string.h>

#include "batch.h"
#include "cmd.h"

#define NAME_ROOM 8192

const struct dv_opt pki_batch_opts[] = {
	PKI_OPT_DIR("CA directory"),
	{ 0, "authorisation", "FILE", "what `pki-init authorise` made", false },
	{ 0, "list", "FILE", "devices, CSV with columns id, model, csr",
	  false },
	{ 0, "requests", "DIR", "where the requests are: ID.csr", false },
	PKI_OPT_SUBJECT("what stands before the id in each subject"),
	{ 'o', "output", "DIR", "where the certificates go", false },
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

static enum dv_exit
read_options(const struct dv_args *args, struct pki_run *run,
    struct dv_err *err)
{
	enum dv_exit exit = pki_cmd_need(args, "list", &run->list, err);

	if (exit == DV_EXIT_YES)
		exit = pki_cmd_need(args, "requests", &run->requests, err);
	if (exit == DV_EXIT_YES)
		exit = pki_cmd_need(args, "output", &run->out, err);
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
	run->profile = pki_profile_find(run->auth.profile);
	if (run->profile == NULL || run->profile->ca)
		return dv_fail(err, DV_EXIT_NO, "%s: this CA has no profile "
		    "%s", authorisation, run->auth.profile);
	catch_signals();
	return pki_batch_run(run, err);
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
		exit = issue(args, authorisation, run, err);
		pki_ca_close(run->ca);
	}
	free(run);
	return exit;
}
