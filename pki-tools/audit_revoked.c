/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Revocations and CRLs against the lines of the log that tell of them: each line
 * is done again on paper, and the ledger must be what comes out. What is found
 * is noted; nothing here ends the audit. docs/FORMAT.md.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "audit.h"
#include "bytes.h"
#include "dv_crl.h"
#include "pki_log.h"
#include "pki_names.h"

/* A line that revokes. */
struct revoke {
	int64_t line, last;		/* rows there were */
	int64_t count;			/* that it changed, as it says */
	struct pki_which which;		/* views into the two below */
	uint8_t bytes[PKI_SHA256];
	char text[4 * PKI_IDENTITY + 1];
	int reason;
	dv_time at;			/* when it was recorded */
};

/* A line that made a CRL. */
struct made {
	int64_t line, number;
	uint8_t sha256[PKI_SHA256];
	bool found;			/* in the ledger */
};

static void
found_line(struct pki_audit *a, enum pki_wrong wrong, int64_t line,
    const char *what)
{
	pki_audit_found(a, wrong, what, PKI_LOG_FILE " line", line);
}

/* ---- reading the lines ---------------------------------------------------- */

static int
nibble(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 :
	    c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Octets in hexadecimal; exactly len of them. */
static bool
read_hex(struct dv_bytes text, uint8_t *out, size_t len)
{
	if (text.len != 2 * len)
		return false;
	for (size_t i = 0; i < len; i++) {
		int high = nibble(text.ptr[2 * i]), low =
		    nibble(text.ptr[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		out[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

/* A value as it was before it was escaped. */
static bool
read_text(struct dv_bytes value, char *out, size_t cap)
{
	size_t len = 0;

	for (size_t i = 0; i < value.len; i++) {
		uint8_t c = value.ptr[i];

		if (len + 1 == cap)
			return false;
		if (c == '%') {
			if (!read_hex(dv_bytes_cut(value, i + 1, 2), &c, 1))
				return false;
			i += 2;
		}
		out[len++] = (char)c;
	}
	out[len] = '\0';
	return len > 0;
}

static bool
read_reason(struct dv_bytes name, int *out)
{
	for (int i = 0; i <= (int)DV_CRL_AA_COMPROMISE; i++) {
		const char *one = dv_crl_reason_name((enum dv_crl_reason)i);

		if (*one != '\0' && dv_bytes_equal_text(name, one)) {
			*out = i;
			return true;
		}
	}
	return false;
}

/* What --serial and the others meant. */
static bool
read_which(const struct pki_log_line *l, struct revoke *r)
{
	struct dv_bytes by = pki_log_field(l, "by");

	if (dv_bytes_equal_text(by, "serial") ||
	    dv_bytes_equal_text(by, "certificate")) {
		r->which.kind = PKI_WITH_SERIAL;
		return read_hex(pki_log_field(l, "serial"), r->bytes,
		    PKI_SERIAL);
	}
	if (dv_bytes_equal_text(by, "public-key")) {
		r->which.kind = PKI_WITH_KEY;
		return read_hex(pki_log_field(l, "key"), r->bytes, PKI_SHA256);
	}
	r->which.kind = dv_bytes_equal_text(by, "batch") ? PKI_OF_BATCH :
	    PKI_OF_DEVICE;
	return (r->which.kind == PKI_OF_BATCH ||
	    dv_bytes_equal_text(by, "device")) && read_text(pki_log_field(l,
	    "what"), r->text, sizeof(r->text));
}

static bool
read_revoke(const struct pki_log_line *l, struct revoke *r)
{
	return read_which(l, r) && read_reason(pki_log_field(l, "reason"),
	    &r->reason) && pki_log_number(pki_log_field(l, "count"),
	    &r->count) && dv_time_parse(pki_log_field(l, "at"), &r->at);
}

static bool
read_made(const struct pki_log_line *l, struct made *m)
{
	return pki_log_number(pki_log_field(l, "number"), &m->number) &&
	    pki_log_hash(pki_log_field(l, "sha256"), m->sha256);
}

enum dv_exit
pki_audit_told(struct pki_audit *a, struct dv_err *err)
{
	const struct pki_log_line *l = &a->line;
	struct revoke r = { .line = a->number, .last = a->group.last };
	struct made m = { .line = a->number };
	bool read = true, kept = true;

	if (dv_bytes_equal_text(l->event, "revoke")) {
		read = read_revoke(l, &r);
		kept = !read || dv_buf_add(&a->revokes, (struct dv_bytes){
		    (const uint8_t *)&r, sizeof(r) });
	} else if (dv_bytes_equal_text(l->event, "crl")) {
		read = read_made(l, &m);
		kept = !read || dv_buf_add(&a->made, (struct dv_bytes){
		    (const uint8_t *)&m, sizeof(m) });
	}
	if (!read)
		found_line(a, PKI_WRONG_LOG_FORM, a->number, "does not say "
		    "what it must");
	return kept ? DV_EXIT_YES : dv_fail(err, DV_EXIT_NONE,
	    "out of memory");
}

/* ---- revocations ---------------------------------------------------------- */

struct replay {
	struct pki_audit *a;
	const struct revoke *lines;
	size_t count;
	uint32_t *by;			/* of each row: the line, from 1; 0 */
	int64_t rows;			/* that by has */
	const struct revoke *now;
	int64_t changed;
};

/* Done as pki_ledger_revoke() does it. */
static enum dv_exit
one_again(void *arg, const struct pki_record *row, struct dv_err *err)
{
	struct replay *p = arg;
	int reason = p->now->reason, was;
	uint32_t *by;

	(void)err;
	if (row->id > p->now->last || row->id < 1)
		return DV_EXIT_YES;
	by = &p->by[row->id];
	was = *by == 0 ? -1 : p->lines[*by - 1].reason;
	if (was == reason || (was >= 0 && was != (int)DV_CRL_CERTIFICATE_HOLD &&
	    was != (int)DV_CRL_REMOVE_FROM_CRL) ||
	    (was < 0 && reason == (int)DV_CRL_REMOVE_FROM_CRL))
		return DV_EXIT_YES;
	*by = (uint32_t)(p->now - p->lines) + 1;
	p->changed++;
	return DV_EXIT_YES;
}

static enum dv_exit
again(struct replay *p, struct dv_err *err)
{
	struct pki_ledger *ledger = p->a->ca->ledger;
	struct pki_which which = p->now->which;
	struct pki_batch_found batch = { .found = false };
	enum dv_exit exit = DV_EXIT_YES;
	char what[160];

	which.text = p->now->text;
	which.bytes = (struct dv_bytes){ p->now->bytes,
	    which.kind == PKI_WITH_SERIAL ? PKI_SERIAL : PKI_SHA256 };
	if (which.kind == PKI_OF_BATCH) {
		exit = pki_ledger_batch_find(ledger, p->now->text, &batch,
		    err);
		which.batch = batch.batch.id;
		dv_buf_free(&batch.room);
	}
	p->changed = 0;
	if (exit == DV_EXIT_YES)
		exit = pki_ledger_each(ledger, &which, one_again, p, err);
	if (exit != DV_EXIT_YES || p->changed == p->now->count)
		return exit;
	(void)snprintf(what, sizeof(what), "revoked %" PRId64 " certificates, "
	    "and the ledger has %" PRId64 " that it can have meant",
	    p->now->count, p->changed);
	found_line(p->a, PKI_WRONG_REVOCATION_CHANGED, p->now->line, what);
	return exit;
}

static void
found_row(const struct replay *p, enum pki_wrong wrong, int64_t row,
    const char *what)
{
	pki_audit_found(p->a, wrong, what, "ledger row", row);
}

static enum dv_exit
one_revoked(void *arg, const struct pki_record *row, struct dv_err *err)
{
	struct replay *p = arg;
	const struct revoke *by;
	char what[160];

	(void)err;
	if (row->id < 1 || row->id > p->rows || p->by[row->id] == 0) {
		found_row(p, PKI_WRONG_REVOCATION_UNLOGGED, row->id, "is "
		    "revoked, and the log has no line that tells of it");
		return DV_EXIT_YES;
	}
	by = &p->lines[p->by[row->id] - 1];
	p->by[row->id] = 0;
	if (row->reason == by->reason && row->revoked_at.s == by->at.s &&
	    row->recorded_at.s == by->at.s)
		return DV_EXIT_YES;
	(void)snprintf(what, sizeof(what), "is not revoked for the reason or "
	    "since the time that " PKI_LOG_FILE " line %" PRId64 " says",
	    by->line);
	found_row(p, PKI_WRONG_REVOCATION_CHANGED, row->id, what);
	return DV_EXIT_YES;
}

/* What no row was found for. */
static void
check_left(const struct replay *p)
{
	char what[160];

	for (int64_t i = 1; i <= p->rows; i++) {
		const struct revoke *by = p->by[i] == 0 ? NULL :
		    &p->lines[p->by[i] - 1];

		if (by == NULL || by->reason == (int)DV_CRL_REMOVE_FROM_CRL)
			continue;
		(void)snprintf(what, sizeof(what), "is not revoked, and "
		    PKI_LOG_FILE " line %" PRId64 " says that it is",
		    by->line);
		found_row(p, PKI_WRONG_REVOCATION_CHANGED, i, what);
	}
}

static enum dv_exit
check_revocations(struct pki_audit *a, struct dv_err *err)
{
	const struct pki_which revoked = { .kind = PKI_REVOKED };
	struct replay p = { .a = a, .lines = (const void *)a->revokes.ptr,
	    .count = a->revokes.len / sizeof(struct revoke) };
	enum dv_exit exit = DV_EXIT_YES;

	/* lines stand in the order in which rows were added */
	p.rows = p.count == 0 ? 0 : p.lines[p.count - 1].last;
	p.by = calloc((size_t)p.rows + 1, sizeof(*p.by));
	if (p.by == NULL)
		return dv_fail(err, DV_EXIT_NONE, "out of memory");
	for (size_t i = 0; exit == DV_EXIT_YES && i < p.count; i++) {
		p.now = &p.lines[i];
		exit = again(&p, err);
	}
	if (exit == DV_EXIT_YES)
		exit = pki_ledger_each(a->ca->ledger, &revoked, one_revoked,
		    &p, err);
	if (exit == DV_EXIT_YES)
		check_left(&p);
	free(p.by);
	return exit;
}

/* ---- CRLs ----------------------------------------------------------------- */

/* Both in the order of their numbers. */
static enum dv_exit
one_crl(void *arg, const struct pki_crl *row, struct dv_err *err)
{
	struct pki_audit *a = arg;
	struct made *m = (void *)a->made.ptr;
	size_t count = a->made.len / sizeof(*m), i = 0;

	(void)err;
	if (row->sha256.len == 0)
		return DV_EXIT_YES;
	while (i < count && m[i].number != row->number)
		i++;
	if (i == count) {
		pki_audit_found(a, PKI_WRONG_CRL_UNLOGGED, "the log has no "
		    "line that tells of it", "CRL", row->number);
		return DV_EXIT_YES;
	}
	m[i].found = true;
	if (!dv_bytes_equal(row->sha256, (struct dv_bytes){ m[i].sha256,
	    PKI_SHA256 }))
		pki_audit_found(a, PKI_WRONG_CRL_CHANGED, "is not the one that "
		    "the log tells of", "CRL", row->number);
	return DV_EXIT_YES;
}

static enum dv_exit
check_crls(struct pki_audit *a, struct dv_err *err)
{
	const struct made *m = (const void *)a->made.ptr;
	enum dv_exit exit = pki_ledger_each_crl(a->ca->ledger, one_crl, a,
	    err);

	for (size_t i = 0; exit == DV_EXIT_YES && i < a->made.len / sizeof(*m);
	    i++) {
		if (!m[i].found)
			pki_audit_found(a, PKI_WRONG_CRL_CHANGED, "the ledger "
			    "does not have it, and the log tells of it", "CRL",
			    m[i].number);
	}
	return exit;
}

enum dv_exit
pki_audit_revoked(struct pki_audit *a, struct dv_err *err)
{
	enum dv_exit exit = check_revocations(a, err);

	return exit == DV_EXIT_YES ? check_crls(a, err) : exit;
}
