/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reads the audit log line by line and says where its chain is broken: the line
 * by its number, and in which way. Writes nothing. pki_log.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "audit.h"
#include "bytes.h"
#include "host/text.h"
#include "pki_batch.h"

static void
found_line(struct pki_audit *a, enum pki_wrong wrong, int64_t line,
    const char *what)
{
	pki_audit_found(a, wrong, what, PKI_LOG_FILE " line", line);
}

/* ---- signatures ----------------------------------------------------------- */

/* NO: it is not a signature of this CA. */
static enum dv_exit
read_signed(const struct pki_audit *a, const char *path,
    struct pki_log_signed *out, struct dv_err *err)
{
	struct dv_buf file = { NULL, 0, 0 };
	struct dv_err why;
	enum dv_exit exit = dv_file_read(path, PKI_MAX_STATEMENT, &file, err);

	if (exit == DV_EXIT_YES && pki_log_signed_read(dv_buf_bytes(&file),
	    &a->ca->cert.key, out, &why) != DV_EXIT_YES)
		exit = dv_fail(err, DV_EXIT_NO, "%s: not a signature of this "
		    "CA over its log: %s", path, why.what);
	dv_buf_free(&file);
	return exit;
}

/* The CA's own; one that is missing or another's is found at the end. */
static enum dv_exit
read_own(struct pki_audit *a, struct dv_err *err)
{
	char path[DV_PATH_MAX];
	enum dv_exit exit = pki_log_path(a->ca->ledger, PKI_LOG_SIGNATURE,
	    path, err);

	if (exit != DV_EXIT_YES || (access(path, F_OK) != 0 &&
	    errno == ENOENT))
		return exit;
	exit = read_signed(a, path, &a->is_signed, err);
	a->has_signed = exit == DV_EXIT_YES;
	return exit == DV_EXIT_NO ? DV_EXIT_YES : exit;
}

static enum dv_exit
read_signatures(struct pki_audit *a, struct dv_err *err)
{
	enum dv_exit exit = read_own(a, err);

	if (exit == DV_EXIT_YES && a->since != NULL)
		exit = read_signed(a, a->since, &a->is_since, err);
	a->has_since = exit == DV_EXIT_YES && a->since != NULL;
	return exit;
}

/* ---- the file ------------------------------------------------------------- */

enum dv_exit
pki_audit_log_open(struct pki_audit *a, struct dv_err *err)
{
	char path[DV_PATH_MAX];
	int fd;
	enum dv_exit exit = read_signatures(a, err);

	a->next_seq = 1;
	if (exit == DV_EXIT_YES)
		exit = pki_ledger_log_get(a->ca->ledger, &a->head, err);
	if (exit == DV_EXIT_YES)
		exit = pki_log_path(a->ca->ledger, PKI_LOG_FILE, path, err);
	if (exit != DV_EXIT_YES)
		return exit;
	fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return DV_EXIT_YES;
	if (fd < 0 || (a->log = fdopen(fd, "r")) == NULL) {
		exit = dv_fail(err, DV_EXIT_NONE, "%s: cannot open: %s", path,
		    strerror(errno));
		if (fd >= 0)
			(void)close(fd);
	}
	return exit;
}

/* One line without its newline into room. false: there is none; *torn: it has
 * no newline. */
static bool
get_line(struct pki_audit *a, size_t *len, bool *torn)
{
	int c = EOF;

	*len = 0;
	while (a->log != NULL && (c = getc(a->log)) != EOF && c != '\n') {
		if (*len <= PKI_LOG_LINE)
			a->room[(*len)++] = (char)c;
	}
	*torn = c == EOF;
	return c != EOF || *len > 0;
}

static void
check_against(struct pki_audit *a, const struct pki_log_signed *is,
    enum pki_wrong wrong, const char *what)
{
	if (a->line.seq == is->seq &&
	    memcmp(a->line.hash, is->hash, PKI_SHA256) != 0)
		found_line(a, wrong, a->number, what);
}

/* A line that is whole: is it where it should be? */
static void
check_place(struct pki_audit *a)
{
	const struct pki_log_line *l = &a->line;
	char what[160];

	if (l->seq > a->next_seq) {
		(void)snprintf(what, sizeof(what), "line %" PRId64 " was "
		    "deleted or moved: line %" PRId64 " stands in its place",
		    a->next_seq, l->seq);
		found_line(a, PKI_WRONG_LOG_DELETED, a->next_seq, what);
	} else if (l->seq < a->next_seq) {
		(void)snprintf(what, sizeof(what), "line %" PRId64 " stands "
		    "behind line %" PRId64, l->seq, a->next_seq - 1);
		found_line(a, PKI_WRONG_LOG_REORDERED, l->seq, what);
	} else if (memcmp(l->before, a->hash, PKI_SHA256) != 0) {
		(void)snprintf(what, sizeof(what), "the line was written "
		    "anew: line %" PRId64 " followed another", l->seq);
		found_line(a, PKI_WRONG_LOG_REWRITTEN, l->seq > 1 ?
		    l->seq - 1 : 1, what);
	}
}

static void
check_time(struct pki_audit *a)
{
	const struct pki_log_line *l = &a->line;

	if (l->at.s + PKI_LOG_CLOCK < a->at.s &&
	    !dv_bytes_equal_text(l->event, "clock"))
		found_line(a, PKI_WRONG_CLOCK_BACK, a->number, "is earlier "
		    "than a line before it");
	if (l->at.s > a->at.s || dv_bytes_equal_text(l->event, "clock"))
		a->at = l->at;
}

static void
check_line(struct pki_audit *a)
{
	const struct pki_log_line *l = &a->line;

	if (!l->whole) {
		found_line(a, PKI_WRONG_LOG_CHANGED, a->number, "was changed: "
		    "its hash is of another text");
		a->next_seq++;
		memcpy(a->hash, l->hash, PKI_SHA256);
		return;
	}
	check_place(a);
	check_time(a);
	if (a->has_signed)
		check_against(a, &a->is_signed, PKI_WRONG_LOG_REWRITTEN,
		    "is not the line that the CA has signed");
	if (a->has_since)
		check_against(a, &a->is_since, PKI_WRONG_LOG_OTHER,
		    "is not the line that was signed at the earlier audit");
	if (l->seq >= a->next_seq) {
		a->next_seq = l->seq + 1;
		memcpy(a->hash, l->hash, PKI_SHA256);
	}
}

/* ---- its end -------------------------------------------------------------- */

static void
truncated(struct pki_audit *a, int64_t last, int64_t known, const char *who)
{
	char what[160];

	(void)snprintf(what, sizeof(what), "is missing: the log ends at line "
	    "%" PRId64 ", and %s knows line %" PRId64, last, who, known);
	found_line(a, PKI_WRONG_LOG_TRUNCATED, last + 1, what);
}

static void
check_end(struct pki_audit *a)
{
	int64_t last = a->next_seq - 1;
	char what[160];

	if (a->head.seq > last) {
		truncated(a, last, a->head.seq, "the ledger");
	} else if (a->head.seq < last) {
		(void)snprintf(what, sizeof(what), "is not known to the "
		    "ledger, which knows the log up to line %" PRId64,
		    a->head.seq);
		found_line(a, PKI_WRONG_LEDGER_BEHIND, a->head.seq + 1, what);
	} else if (memcmp(a->head.hash, a->hash, PKI_SHA256) != 0) {
		found_line(a, PKI_WRONG_LOG_REWRITTEN, last, "is not the line "
		    "that the ledger knows");
	}
	if (!a->has_signed && last > 0)
		pki_audit_text(a, PKI_WRONG_LOG_UNSIGNED, PKI_LOG_SIGNATURE,
		    "there is no signature of this CA over its log");
	else if (a->has_signed && a->is_signed.seq > last &&
	    a->is_signed.seq > a->head.seq)
		truncated(a, last, a->is_signed.seq, PKI_LOG_SIGNATURE);
	if (a->has_since && a->is_since.seq > last)
		truncated(a, last, a->is_since.seq, "the earlier audit");
}

/* The line that only the ledger has, behind what a crash left of it. */
static bool
take_pending(struct pki_audit *a, size_t len)
{
	struct dv_bytes line = dv_text_bytes(a->head.line);
	struct pki_log_line parsed;

	if (line.len == 0 || a->head.seq != a->next_seq || len >= line.len ||
	    memcmp(line.ptr, a->room, len) != 0)
		return false;
	line.len--;
	if (!pki_log_parse(line, &parsed) ||
	    memcmp(parsed.before, a->hash, PKI_SHA256) != 0)
		return false;
	a->line = parsed;
	a->pending = true;
	a->number++;
	return true;
}

enum dv_exit
pki_audit_log_next(struct pki_audit *a, struct dv_err *err)
{
	size_t len = 0;
	bool torn = true;

	if (a->end)
		return DV_EXIT_YES;
	while (get_line(a, &len, &torn) && !torn) {
		a->number++;
		if (len <= PKI_LOG_LINE && pki_log_parse((struct dv_bytes){
		    (const uint8_t *)a->room, len }, &a->line)) {
			check_line(a);
			return DV_EXIT_YES;
		}
		found_line(a, PKI_WRONG_LOG_FORM, a->number, "is not a line "
		    "of this log");
	}
	if (a->log != NULL && ferror(a->log))
		return dv_fail(err, DV_EXIT_NONE, PKI_LOG_FILE ": cannot "
		    "read: %s", strerror(errno));
	if (!a->pending && take_pending(a, len)) {
		check_line(a);
		return DV_EXIT_YES;
	}
	if (len > 0 && !a->pending)
		found_line(a, PKI_WRONG_LOG_FORM, a->number + 1, "has no end");
	a->end = true;
	check_end(a);
	return DV_EXIT_YES;
}
