/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pki-init authorise: lets a CA below certify so many devices, and no more. The
 * CA's ledger keeps what was authorised; a name is used once. pki-init(1).
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "cmd.h"
#include "dv_hash.h"
#include "pki_batch.h"
#include "pki_log.h"

const struct dv_opt pki_authorise_opts[] = {
	PKI_OPT_DIR("directory of the CA that authorises"),
	{ 0, "for", "CERT", "certificate of the CA that may issue", false },
	{ 0, "batch", "NAME", "name of the batch", false },
	{ 0, "quantity", "N", "devices in it", false },
	{ 0, "model", "MODEL", "a model it may hold (any)", true },
	{ 0, "expires", "TIME", "nothing is issued after this", false },
	{ 'p', "profile", "NAME", "profile of its certificates", false },
	PKI_OPT_OUT("the authorisation"),
	PKI_OPT_ACCESS,
	PKI_OPT_END,
};

static enum dv_exit
read_quantity(const struct dv_args *args, struct pki_authorisation *out,
    struct dv_err *err)
{
	const char *text;
	char *end;
	long long value;
	enum dv_exit exit = pki_cmd_need(args, "quantity", &text, err);

	if (exit != DV_EXIT_YES)
		return exit;
	value = strtoll(text, &end, 10);
	if (*text < '0' || *text > '9' || *end != '\0' || value < 1 ||
	    value > PKI_MAX_QUANTITY)
		return dv_fail(err, DV_EXIT_USAGE, "option --quantity: \"%s\" "
		    "is not a number from 1 to %" PRId64, text,
		    PKI_MAX_QUANTITY);
	out->quantity = value;
	return DV_EXIT_YES;
}

static enum dv_exit
read_models(const struct dv_args *args, struct pki_authorisation *out,
    struct dv_err *err)
{
	const char *model;
	size_t len = 0;

	for (int i = 0; (model = dv_args_nth(args, "model", i)) != NULL; i++) {
		enum dv_exit exit = pki_model_check(model, err);

		if (exit != DV_EXIT_YES)
			return exit;
		if (i >= PKI_MAX_MODELS)
			return dv_fail(err, DV_EXIT_USAGE, "option --model: "
			    "at most %d", PKI_MAX_MODELS);
		len += (size_t)snprintf(out->models + len,
		    sizeof(out->models) - len, "%s%s", i == 0 ? "" : "\n",
		    model);
	}
	return DV_EXIT_YES;
}

/* A profile of this CA's own must be in the factory's profiles.ini as well. */
static enum dv_exit
read_profile(const struct dv_args *args, const struct pki_ca *ca,
    struct pki_authorisation *out, struct dv_err *err)
{
	const struct pki_profile *profile;
	const char *name;
	char names[512];
	enum dv_exit exit = pki_cmd_need(args, "profile", &name, err);

	if (exit != DV_EXIT_YES)
		return exit;
	profile = pki_profiles_find(ca->profiles, name);
	if (profile != NULL && !profile->ca) {
		(void)snprintf(out->profile, sizeof(out->profile), "%s",
		    profile->name);
		return DV_EXIT_YES;
	}
	pki_profiles_names(ca->profiles, false, names, sizeof(names));
	exit = dv_fail(err, DV_EXIT_USAGE, "option --profile: \"%s\" is not a "
	    "profile of devices", name);
	return dv_hint(err, exit, "the profiles are %s", names);
}

static enum dv_exit
read_terms(const struct dv_args *args, dv_time now,
    struct pki_authorisation *out, struct dv_err *err)
{
	const char *text;
	bool given;
	enum dv_exit exit = pki_cmd_need(args, "batch", &text, err);

	if (exit == DV_EXIT_YES)
		exit = pki_batch_name_check(text, err);
	if (exit != DV_EXIT_YES)
		return exit;
	(void)snprintf(out->batch, sizeof(out->batch), "%s", text);
	exit = read_quantity(args, out, err);
	if (exit == DV_EXIT_YES)
		exit = read_models(args, out, err);
	if (exit == DV_EXIT_YES)
		exit = pki_cmd_need(args, "expires", &text, err);
	if (exit == DV_EXIT_YES)
		exit = pki_cmd_time(args, "expires", &out->not_after, &given,
		    err);
	if (exit == DV_EXIT_YES && out->not_after.s <= now.s)
		exit = dv_fail(err, DV_EXIT_USAGE, "option --expires: %s has "
		    "passed", text);
	return exit;
}

/* What this CA has taken its trust from certifies nothing on its word. */
static enum dv_exit
trusted_still(const struct pki_ca *ca, const struct dv_cert *cert,
    struct dv_err *err)
{
	uint8_t digest[DV_MAX_DIGEST];
	struct pki_found found = { .found = false };
	enum dv_exit exit;

	if (dv_hash_once(DV_HASH_SHA256, cert->key.spki, digest) !=
	    PKI_SHA256)
		return dv_fail(err, DV_EXIT_NONE, "the key cannot be hashed");
	exit = pki_ledger_find_key(ca->ledger, digest, &found, err);
	if (exit == DV_EXIT_YES && found.found && found.revoked) {
		exit = dv_fail(err, DV_EXIT_NO, "refused: the certificate of "
		    "%s is revoked", found.name);
		exit = dv_hint(err, exit, "no verifier that has the CRL "
		    "accepts what it certifies: authorise a CA with another "
		    "key");
	}
	dv_buf_free(&found.der);
	return exit;
}

/* The certificate must be a CA's, made by this CA and not revoked. */
static enum dv_exit
read_issuer(const char *path, const struct pki_ca *ca, dv_time now,
    struct pki_authorisation *out, struct dv_err *err)
{
	struct dv_ders *files = calloc(1, sizeof(*files));
	struct pki_question question = { .chain = ca->chain,
	    .chain_count = ca->chain_count, .at = now };
	struct dv_cert cert = { .der = { NULL, 0 } };
	struct dv_at at;
	enum dv_exit exit;

	if (files == NULL)
		return dv_fail(err, DV_EXIT_NONE, "out of memory");
	exit = dv_ders_load(files, path, "CERTIFICATE", err);
	if (exit == DV_EXIT_YES && (files->count == 0 || dv_cert_parse(
	    dv_ders_at(files, 0), &cert, &at) != DV_R_NONE || !cert.ext.ca ||
	    !dv_bytes_copy(out->issuer_key_id, PKI_KEY_ID,
	    cert.ext.subject_key_id) ||
	    cert.ext.subject_key_id.len != PKI_KEY_ID))
		exit = dv_fail(err, DV_EXIT_NO, "%s: not the certificate of a "
		    "CA that pki-init made", path);
	if (exit == DV_EXIT_YES) {
		question.cert = cert.der;
		exit = pki_cert_verify(&question, NULL, err);
	}
	if (exit == DV_EXIT_YES)
		exit = trusted_still(ca, &cert, err);
	dv_ders_free(files);
	free(files);
	return exit;
}

static void
log_terms(struct pki_log_entry *entry, const struct pki_authorisation *what)
{
	char until[DV_TIME_TEXT];

	dv_time_format(what->not_after, until);
	pki_log_add(entry, "batch", "%s", what->batch);
	pki_log_add(entry, "quantity", "%" PRId64, what->quantity);
	pki_log_add(entry, "profile", "%s", what->profile);
	pki_log_add(entry, "until", "%s", until);
	pki_log_add_hex(entry, "for", (struct dv_bytes){ what->issuer_key_id,
	    PKI_KEY_ID });
}

/* In a transaction: made and recorded, or the very same once more. */
static enum dv_exit
make(const struct pki_ca *ca, const struct pki_authorisation *what,
    dv_time now, struct dv_buf *out, struct dv_err *err)
{
	struct pki_batch batch = {
		.name = what->batch,
		.profile = what->profile,
		.models = what->models,
		.quantity = what->quantity,
		.not_after = what->not_after,
		.opened_at = now,
	};
	int64_t id;
	enum dv_exit exit = pki_authorise(ca, what, now, out, err);

	batch.authorisation = dv_buf_bytes(out);
	if (exit == DV_EXIT_YES)
		exit = pki_ledger_batch_add(ca->ledger, &batch, &id, err);
	return exit;
}

/* Given before, in these very terms? */
static enum dv_exit
find(const struct pki_ca *ca, const struct pki_authorisation *what,
    struct dv_buf *out, bool *again, struct dv_err *err)
{
	struct pki_batch_found old = { .found = false };
	enum dv_exit exit = pki_ledger_batch_find(ca->ledger, what->batch,
	    &old, err);

	if (exit == DV_EXIT_YES && old.found && !pki_authorisation_is(
	    old.batch.authorisation, what)) {
		exit = dv_fail(err, DV_EXIT_NO, "refused: a batch %s has been "
		    "authorised already, with other terms", old.batch.name);
		exit = dv_hint(err, exit, "a name stands for one batch: choose "
		    "another");
	} else if (exit == DV_EXIT_YES && old.found && !dv_buf_add(out,
	    old.batch.authorisation)) {
		exit = dv_fail(err, DV_EXIT_NONE, "out of memory");
	}
	*again = old.found;
	dv_buf_free(&old.room);
	return exit;
}

static enum dv_exit
record(const struct pki_ca *ca, const struct pki_authorisation *what,
    dv_time now, struct dv_buf *out, struct dv_err *err)
{
	struct pki_log_entry entry = { .event = "authorise" };
	bool again;
	enum dv_exit exit = pki_ledger_begin(ca->ledger, err);

	if (exit != DV_EXIT_YES)
		return exit;
	exit = find(ca, what, out, &again, err);
	if (exit == DV_EXIT_YES && !again)
		exit = make(ca, what, now, out, err);
	log_terms(&entry, what);
	if (exit == DV_EXIT_YES && !again)
		return pki_log_commit(ca->ledger, &entry, err);
	pki_ledger_rollback(ca->ledger);
	return exit;
}

static enum dv_exit
authorise(const struct dv_args *args, struct pki_ca *ca, const char *out,
    struct dv_err *err)
{
	struct pki_authorisation what = { .quantity = 0 };
	const struct dv_file_new file = { .path = out, .mode = 0644 };
	struct dv_buf made = { NULL, 0, 0 };
	char until[DV_TIME_TEXT];
	const char *path;
	dv_time now;
	enum dv_exit exit = pki_cmd_now(&now, err);

	if (exit == DV_EXIT_YES)
		exit = read_terms(args, now, &what, err);
	if (exit == DV_EXIT_YES)
		exit = read_profile(args, ca, &what, err);
	if (exit == DV_EXIT_YES)
		exit = pki_cmd_need(args, "for", &path, err);
	if (exit == DV_EXIT_YES)
		exit = read_issuer(path, ca, now, &what, err);
	if (exit == DV_EXIT_YES)
		exit = record(ca, &what, now, &made, err);
	if (exit == DV_EXIT_YES)
		exit = dv_file_write(&file, dv_buf_bytes(&made), err);
	dv_buf_free(&made);
	if (exit != DV_EXIT_YES || strcmp(out, "-") == 0)
		return exit;
	dv_time_format(what.not_after, until);
	(void)printf("%s: batch %s, %" PRId64 " devices, profile %s, until "
	    "%s\n", out, what.batch, what.quantity, what.profile, until);
	return exit;
}

enum dv_exit
pki_authorise_run(const struct dv_args *args, struct dv_err *err)
{
	const char *dir, *out;
	struct ds_access access;
	struct pki_ca *ca;
	enum dv_exit exit = pki_cmd_need(args, "directory", &dir, err);

	if (exit == DV_EXIT_YES)
		exit = pki_cmd_need(args, "output", &out, err);
	if (exit == DV_EXIT_YES)
		exit = pki_cmd_access(args, "", &access, err);
	if (exit == DV_EXIT_YES)
		exit = pki_ca_open_all(dir, &access, &ca, err);
	if (exit != DV_EXIT_YES)
		return exit;
	exit = authorise(args, ca, out, err);
	return pki_log_end(ca, exit, err);
}
