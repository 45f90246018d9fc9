/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The run that makes a CRL: number, entries, signature, judgement, file, ledger,
 * and last the place where users look. Nothing is released that is not recorded,
 * no number is given twice. RFC 5280 5.
 */
#include "crl.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "bytes.h"
#include "dv_hash.h"
#include "host/open.h"
#include "pki_log.h"

#define NAME 64		/* of a file in crl/ */

struct making {
	const struct pki_ca *ca;
	const struct pki_crl_order *order;
	char dir[DV_PATH_MAX];		/* crl/ */
	int lock;			/* on it; -1: none */
	struct pki_listing listing;
	struct pki_crl_found base;	/* of a delta */
	struct dv_bytes base_der;
	struct pki_crl_form form;
	struct pki_scratch scratch, pem;
	struct dv_bytes der;		/* in scratch */
	size_t count;
};

/* ---- the directory --------------------------------------------------------- */

/* Whoever was killed leaves temporary files; nobody else is here now. */
static void
sweep(const char *dir, int fd)
{
	DIR *d = opendir(dir);
	struct dirent *e;

	while (d != NULL && (e = readdir(d)) != NULL) {
		size_t len = strlen(e->d_name);

		if (e->d_name[0] == '.' && len > 4 &&
		    strcmp(e->d_name + len - 4, ".tmp") == 0)
			(void)unlinkat(fd, e->d_name, 0);
	}
	if (d != NULL)
		(void)closedir(d);
}

static enum dv_exit
lock_dir(struct making *m, struct dv_err *err)
{
	enum dv_exit exit = dv_path_join(m->dir, m->ca->dir, PKI_CA_CRLS, err);

	if (exit == DV_EXIT_YES && access(m->dir, F_OK) != 0)
		exit = dv_dir_make(m->dir, err);
	if (exit == DV_EXIT_YES)
		exit = dv_dir_check(m->dir, err);
	if (exit != DV_EXIT_YES)
		return exit;
	m->lock = open(m->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (m->lock < 0)
		return dv_fail_errno(err, m->dir, "open");
	if (flock(m->lock, LOCK_EX | LOCK_NB) != 0)
		return dv_hint(err, dv_fail(err, DV_EXIT_NONE, "%s: another "
		    "CRL is being made", m->dir), "wait for it and run the "
		    "same command again");
	sweep(m->dir, m->lock);
	return exit;
}

enum dv_exit
pki_crl_path(const char *dir, const char *scope, int64_t number,
    char out[DV_PATH_MAX], struct dv_err *err)
{
	char name[NAME];

	(void)snprintf(name, sizeof(name), PKI_CA_CRLS "/%s-%" PRId64 ".crl",
	    scope, number);
	return dv_path_join(out, dir, name, err);
}

static enum dv_exit
kept_path(const struct making *m, int64_t number, char out[DV_PATH_MAX],
    struct dv_err *err)
{
	return pki_crl_path(m->ca->dir, m->order->scope->name, number, out,
	    err);
}

/* A CRL that was signed, and not recorded before the process was killed, never
 * left: its number stays unused. */
static enum dv_exit
drop_undone(void *arg, const struct pki_crl *crl, struct dv_err *err)
{
	const struct making *m = arg;
	char path[DV_PATH_MAX];
	enum dv_exit exit = pki_crl_path(m->ca->dir, crl->scope, crl->number,
	    path, err);

	if (exit == DV_EXIT_YES && crl->sha256.len == 0)
		(void)unlink(path);
	return exit;
}

/* ---- may it be made -------------------------------------------------------- */

static enum dv_exit
refuse_time(const char *what, dv_time at, const char *hint,
    struct dv_err *err)
{
	char text[DV_TIME_TEXT];

	dv_time_format(at, text);
	return dv_hint(err, dv_fail(err, DV_EXIT_NO, "refused: %s %s", what,
	    text), "%s", hint);
}

/*
 * Is the log's last line earlier than that by more than a clock may be behind?
 * Only `pki-audit clock` makes that so, with the CA's key.
 */
static enum dv_exit
set_right(const struct making *m, dv_time dated, bool *yes,
    struct dv_err *err)
{
	struct pki_log_head head;
	struct pki_log_line line;
	enum dv_exit exit = pki_ledger_log_get(m->ca->ledger, &head, err);

	*yes = exit == DV_EXIT_YES && pki_log_head_line(&head, &line) &&
	    line.at.s + PKI_LOG_CLOCK < dated.s;
	return exit;
}

/* Not earlier than the last CRL; or that one by a clock that was ahead. */
static enum dv_exit
check_clock(const struct making *m, struct pki_crl_made *made,
    struct dv_err *err)
{
	bool any;
	enum dv_exit exit = pki_ledger_last_update(m->ca->ledger, &made->dated,
	    &any, err);

	if (exit != DV_EXIT_YES || !any || m->order->now.s >= made->dated.s)
		return exit;
	exit = set_right(m, made->dated, &made->ahead, err);
	if (exit != DV_EXIT_YES || made->ahead)
		return exit;
	return refuse_time("by this machine's clock it is earlier than when "
	    "the last CRL was made,", made->dated, "set the clock; if it was "
	    "ahead then and is right now: pki-audit clock, then this command "
	    "again", err);
}

static enum dv_exit
check_times(const struct making *m, struct dv_err *err)
{
	const struct pki_crl_order *order = m->order;

	if (order->now.s > m->ca->cert.not_after.s)
		return refuse_time("this CA ended at", m->ca->cert.not_after,
		    "its certificates are not accepted any more, revoked or "
		    "not", err);
	if (order->next_update.s <= order->now.s)
		return refuse_time("the CRL would end before it begins, at",
		    order->next_update, "name a later time", err);
	if (order->next_update.s > m->ca->cert.not_after.s)
		return refuse_time("the CRL would be good for longer than its "
		    "CA, which ends at", m->ca->cert.not_after, "name that "
		    "time or an earlier one", err);
	return DV_EXIT_YES;
}

static enum dv_exit
no_base(const struct making *m, struct dv_err *err)
{
	enum dv_exit exit = m->order->base == 0 ? dv_fail(err, DV_EXIT_NO,
	    "refused: there is no complete CRL (%s) to continue",
	    m->order->scope->name) : dv_fail(err, DV_EXIT_NO, "refused: %"
	    PRId64 " is not the number of a complete CRL (%s)",
	    m->order->base, m->order->scope->name);

	return dv_hint(err, exit, "make one first, without --delta");
}

/* The base as it was released: a delta to anything else would be nonsense. */
static enum dv_exit
load_base(struct making *m, struct dv_err *err)
{
	char path[DV_PATH_MAX];
	uint8_t digest[DV_MAX_DIGEST];
	enum dv_exit exit = pki_ledger_find_crl(m->ca->ledger,
	    m->order->scope->name, m->order->base, &m->base, err);

	if (exit != DV_EXIT_YES)
		return exit;
	if (!m->base.found)
		return no_base(m, err);
	if (m->base.next_update.s < m->order->now.s)
		return refuse_time("the complete CRL to continue ended at",
		    m->base.next_update, "make a new complete one, without "
		    "--delta", err);
	if (m->base.this_update.s > m->order->now.s)
		return refuse_time("the complete CRL to continue begins only "
		    "at", m->base.this_update, "it was made while the clock was "
		    "ahead: make a new complete one, without --delta", err);
	exit = kept_path(m, m->base.number, path, err);
	if (exit == DV_EXIT_YES)
		exit = pki_map_file(path, &m->base_der, err);
	if (exit != DV_EXIT_YES)
		return exit;
	if (dv_hash_once(DV_HASH_SHA256, m->base_der, digest) == PKI_SHA256 &&
	    memcmp(digest, m->base.sha256, PKI_SHA256) == 0)
		return exit;
	return dv_hint(err, dv_fail(err, DV_EXIT_NONE, "%s: is not the CRL "
	    "that the ledger has recorded", path), "restore it from a backup, "
	    "or make a new complete one, without --delta");
}

static enum dv_exit
prepare(struct making *m, struct pki_crl_made *made, struct dv_err *err)
{
	enum dv_exit exit = pki_ledger_each_crl(m->ca->ledger, drop_undone, m,
	    err);

	if (exit == DV_EXIT_YES)
		exit = check_clock(m, made, err);
	if (exit == DV_EXIT_YES)
		exit = check_times(m, err);
	if (exit == DV_EXIT_YES)
		exit = pki_ledger_find_crl(m->ca->ledger,
		    m->order->scope->name, 0, &m->listing.last, err);
	/* Of what has not ended yet, none has been seen to end. */
	if (m->listing.last.this_update.s > m->order->now.s)
		m->listing.last.this_update = m->order->now;
	if (exit == DV_EXIT_YES && m->order->delta)
		exit = load_base(m, err);
	m->listing.base = m->base.number;
	m->listing.with_der = m->order->scope->only_user ||
	    m->order->scope->only_ca;
	return exit;
}

/* ---- making ---------------------------------------------------------------- */

static enum dv_exit
take_number(struct making *m, struct dv_err *err)
{
	const struct pki_crl crl = {
		.scope = m->order->scope->name,
		.base_number = m->base.number,
		.this_update = m->order->now,
		.next_update = m->order->next_update,
	};
	enum dv_exit exit = pki_ledger_begin(m->ca->ledger, err);

	if (exit != DV_EXIT_YES)
		return exit;
	exit = pki_ledger_take_crl(m->ca->ledger, &crl, &m->form.number, err);
	if (exit == DV_EXIT_YES)
		return pki_ledger_commit(m->ca->ledger, err);
	pki_ledger_rollback(m->ca->ledger);
	return exit;
}

/* By the certificate itself: profiles come and go. */
static enum dv_exit
in_scope(const struct making *m, const struct pki_entry *entry, bool *yes,
    struct dv_err *err)
{
	const struct pki_crl_scope *scope = m->order->scope;
	struct dv_cert cert;
	struct dv_at at;

	*yes = true;
	if (!m->listing.with_der)
		return DV_EXIT_YES;
	if (dv_cert_parse(entry->der, &cert, &at) != DV_R_NONE)
		return dv_fail(err, DV_EXIT_NONE, "a revoked certificate of "
		    "the ledger cannot be read: the ledger is damaged");
	*yes = cert.ext.ca ? scope->only_ca : scope->only_user;
	return DV_EXIT_YES;
}

static enum dv_exit
add(void *arg, const struct pki_entry *entry, struct dv_err *err)
{
	struct making *m = arg;
	bool yes;
	enum dv_exit exit = in_scope(m, entry, &yes, err);

	if (exit != DV_EXIT_YES || !yes)
		return exit;
	m->count++;
	return pki_crl_add(&m->scratch, entry, err);
}

static enum dv_exit
write_der(struct making *m, struct dv_err *err)
{
	enum dv_exit exit = pki_scratch_open(&m->scratch, m->dir, err);

	if (exit == DV_EXIT_YES)
		exit = pki_crl_begin(&m->scratch, err);
	if (exit == DV_EXIT_YES)
		exit = pki_ledger_each_entry(m->ca->ledger, &m->listing, add,
		    m, err);
	if (exit == DV_EXIT_YES)
		exit = pki_crl_end(&m->scratch, &m->form, m->ca->key, &m->der,
		    err);
	return exit;
}

static enum dv_exit
judge(const struct making *m, struct dv_err *err)
{
	const struct pki_crl_question question = {
		.ca = m->ca,
		.form = &m->form,
		.count = m->count,
		.der = m->der,
		.base = m->base_der,
	};

	return pki_crl_judge(&question, err);
}

/* ---- keeping and releasing ------------------------------------------------- */

static enum dv_exit
keep(const struct making *m, struct dv_err *err)
{
	char path[DV_PATH_MAX];
	const struct dv_file_new file = { .path = path, .mode = 0644 };
	enum dv_exit exit = kept_path(m, m->form.number, path, err);

	return exit == DV_EXIT_YES ? dv_file_write(&file, m->der, err) : exit;
}

static enum dv_exit
commit(const struct making *m, const uint8_t sha256[PKI_SHA256],
    struct dv_err *err)
{
	struct pki_log_entry entry = { .event = "crl" };
	char until[DV_TIME_TEXT];

	dv_time_format(m->form.next_update, until);
	pki_log_add(&entry, "number", "%" PRId64, m->form.number);
	pki_log_add(&entry, "scope", "%s", m->form.scope->name);
	if (m->form.base != 0)
		pki_log_add(&entry, "base", "%" PRId64, m->form.base);
	pki_log_add(&entry, "entries", "%zu", m->count);
	pki_log_add(&entry, "until", "%s", until);
	pki_log_add_hex(&entry, "sha256", (struct dv_bytes){ sha256,
	    PKI_SHA256 });
	return pki_log_commit(m->ca->ledger, &entry, err);
}

static enum dv_exit
record(const struct making *m, struct dv_err *err)
{
	uint8_t digest[DV_MAX_DIGEST];
	enum dv_exit exit;

	if (dv_hash_once(DV_HASH_SHA256, m->der, digest) != PKI_SHA256)
		return dv_fail(err, DV_EXIT_NONE, "the CRL cannot be hashed");
	exit = pki_ledger_begin(m->ca->ledger, err);
	if (exit != DV_EXIT_YES)
		return exit;
	exit = pki_ledger_done_crl(m->ca->ledger, m->form.number, digest, err);
	if (exit == DV_EXIT_YES)
		return commit(m, digest, err);
	pki_ledger_rollback(m->ca->ledger);
	return exit;
}

static enum dv_exit
add_text(struct pki_scratch *s, struct dv_buf *part, bool written,
    struct dv_err *err)
{
	enum dv_exit exit = written ? pki_scratch_add(s, dv_buf_bytes(part),
	    err) : dv_fail(err, DV_EXIT_NONE, "out of memory");

	part->len = 0;
	return exit;
}

/* The PEM of it in a file of its own, a piece at a time. */
static enum dv_exit
write_pem(struct making *m, struct dv_bytes *out, struct dv_err *err)
{
	struct dv_buf part = { NULL, 0, 0 };
	struct dv_bytes rest = m->der;
	uint8_t *map;
	enum dv_exit exit = add_text(&m->pem, &part, dv_buf_text(&part,
	    "-----BEGIN %s-----\n", DV_PEM_CRL), err);

	while (exit == DV_EXIT_YES && rest.len > 0) {
		struct dv_bytes piece = { rest.ptr, rest.len <
		    1024 * DV_PEM_LINE ? rest.len : 1024 * DV_PEM_LINE };

		exit = add_text(&m->pem, &part, dv_pem_lines(&part, piece),
		    err);
		rest.ptr += piece.len;
		rest.len -= piece.len;
	}
	if (exit == DV_EXIT_YES)
		exit = add_text(&m->pem, &part, dv_buf_text(&part,
		    "-----END %s-----\n", DV_PEM_CRL), err);
	if (exit == DV_EXIT_YES)
		exit = pki_scratch_see(&m->pem, &map, err);
	if (exit == DV_EXIT_YES)
		*out = (struct dv_bytes){ map, m->pem.len };
	dv_buf_free(&part);
	return exit;
}

/* DIR/crl/SCOPE.crl, or SCOPE-delta.pem */
static enum dv_exit
put(const struct making *m, const char *suffix, struct dv_bytes bytes,
    char path[DV_PATH_MAX], struct dv_err *err)
{
	char name[NAME];
	const struct dv_file_new file = { .path = path, .mode = 0644,
	    .replace = true };
	enum dv_exit exit;

	(void)snprintf(name, sizeof(name), "%s%s%s", m->order->scope->name,
	    m->order->delta ? "-delta" : "", suffix);
	exit = dv_path_join(path, m->dir, name, err);
	return exit == DV_EXIT_YES ? dv_file_write(&file, bytes, err) : exit;
}

static enum dv_exit
release(struct making *m, struct pki_crl_made *made, struct dv_err *err)
{
	char path[DV_PATH_MAX], hint[sizeof(err->hint)];
	const struct dv_file_new copy = { .path = m->order->out, .mode = 0644,
	    .replace = true };
	struct dv_bytes pem;
	enum dv_exit exit = pki_scratch_open(&m->pem, m->dir, err);

	if (exit == DV_EXIT_YES)
		exit = write_pem(m, &pem, err);
	if (exit == DV_EXIT_YES)
		exit = put(m, ".crl", m->der, made->path, err);
	if (exit == DV_EXIT_YES)
		exit = put(m, ".pem", pem, path, err);
	if (exit == DV_EXIT_YES && m->order->out != NULL)
		exit = dv_file_write(&copy, pem, err);
	if (exit == DV_EXIT_YES)
		return exit;
	memcpy(hint, err->hint, sizeof(hint));
	return dv_hint(err, exit, "CRL %" PRId64 " is made and recorded, as "
	    "%s/%s-%" PRId64 ".crl%s%s", m->form.number, m->dir,
	    m->order->scope->name, m->form.number, hint[0] == '\0' ? "" : "; ",
	    hint);
}

static enum dv_exit
run(struct making *m, struct pki_crl_made *made, struct dv_err *err)
{
	enum dv_exit exit = lock_dir(m, err);

	if (exit == DV_EXIT_YES)
		exit = prepare(m, made, err);
	if (exit == DV_EXIT_YES)
		exit = take_number(m, err);
	m->form.base = m->base.number;
	if (exit == DV_EXIT_YES)
		exit = write_der(m, err);
	if (exit == DV_EXIT_YES)
		exit = judge(m, err);
	if (exit == DV_EXIT_YES)
		exit = keep(m, err);
	if (exit == DV_EXIT_YES)
		exit = record(m, err);
	if (exit == DV_EXIT_YES)
		exit = release(m, made, err);
	made->number = m->form.number;
	made->base = m->base.number;
	made->count = m->count;
	return exit;
}

enum dv_exit
pki_crl_make(const struct pki_ca *ca, const struct pki_crl_order *order,
    struct pki_crl_made *made, struct dv_err *err)
{
	struct making *m = calloc(1, sizeof(*m));
	enum dv_exit exit;

	*made = (struct pki_crl_made){ .number = 0 };
	if (m == NULL)
		return dv_fail(err, DV_EXIT_NONE, "out of memory");
	m->ca = ca;
	m->order = order;
	m->lock = m->scratch.fd = m->pem.fd = -1;
	m->form = (struct pki_crl_form){
		.scope = order->scope,
		.issuer = ca->cert.subject,
		.key_id = ca->cert.ext.subject_key_id,
		.this_update = order->now,
		.next_update = order->next_update,
		.delta_url = order->delta_url,
	};
	exit = run(m, made, err);
	pki_scratch_close(&m->scratch);
	pki_scratch_close(&m->pem);
	pki_map_end(&m->base_der);
	if (m->lock >= 0)
		(void)close(m->lock);
	free(m);
	return exit;
}
