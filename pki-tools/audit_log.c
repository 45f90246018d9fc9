/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Writes the audit log: the line into the ledger's transaction, then into the
 * file. Never takes a line back and never goes on behind a file that is not
 * the ledger's. pki_log.h; docs/FORMAT.md.
 */
#include "pki_log.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit_log.h"
#include "bytes.h"
#include "host/open.h"
#include "host/text.h"
#include "host/when.h"

#define HEX_HASH (2 * PKI_SHA256)

/* ---- entries -------------------------------------------------------------- */

static bool
is_plain(unsigned char c)
{
	return c > ' ' && c < 0x7f && c != '%';
}

/* Appends text escaped; false when it does not fit. */
static bool
escape(char *out, size_t cap, size_t *len, const char *text)
{
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;
		int n = snprintf(out + *len, cap - *len, is_plain(c) ? "%c" :
		    "%%%02X", c);

		if (n < 0 || (size_t)n >= cap - *len)
			return false;
		*len += (size_t)n;
	}
	return true;
}

void
pki_log_add(struct pki_log_entry *entry, const char *key,
    const char *format, ...)
{
	char value[PKI_LOG_SAYS];
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(value, sizeof(value), format, args);
	va_end(args);
	if (n < 0 || (size_t)n >= sizeof(value))
		entry->too_long = true;
	n = snprintf(entry->says + entry->len, sizeof(entry->says) -
	    entry->len, " %s=", key);
	if (n < 0 || (size_t)n >= sizeof(entry->says) - entry->len)
		entry->too_long = true;
	if (entry->too_long)
		return;
	entry->len += (size_t)n;
	entry->too_long = !escape(entry->says, sizeof(entry->says),
	    &entry->len, value);
}

void
pki_log_add_hex(struct pki_log_entry *entry, const char *key,
    struct dv_bytes bytes)
{
	char text[2 * 64 + 1] = "";

	entry->too_long = entry->too_long || bytes.len > 64;
	if (!entry->too_long)
		dv_hex_text(bytes, text);
	pki_log_add(entry, key, "%s", text);
}

enum dv_exit
pki_log_add_certs(struct pki_log_entry *entry, struct pki_ledger *ledger,
    const struct dv_bytes *certs, size_t count, struct dv_err *err)
{
	uint8_t digest[DV_MAX_DIGEST];
	struct dv_hash hash;
	int64_t last = 0;
	enum dv_exit exit = pki_ledger_last(ledger, &last, err);

	if (exit != DV_EXIT_YES)
		return exit;
	if (!dv_hash_start(&hash, DV_HASH_SHA256))
		return dv_fail(err, DV_EXIT_NONE, "cannot hash");
	for (size_t i = 0; i < count; i++)
		dv_hash_update(&hash, certs[i]);
	if (dv_hash_finish(&hash, digest) != PKI_SHA256)
		return dv_fail(err, DV_EXIT_NONE, "cannot hash");
	pki_log_add(entry, "count", "%zu", count);
	pki_log_add(entry, "last", "%" PRId64, last);
	pki_log_add_hex(entry, "sha256", (struct dv_bytes){ digest,
	    PKI_SHA256 });
	return exit;
}

/* ---- the file ------------------------------------------------------------- */

/* Of the directory the ledger is in. */
enum dv_exit
pki_log_path(const struct pki_ledger *ledger, const char *name,
    char out[DV_PATH_MAX], struct dv_err *err)
{
	const char *path = pki_ledger_path(ledger);
	const char *slash = strrchr(path, '/');
	int n = slash == NULL ? snprintf(out, DV_PATH_MAX, "%s", name) :
	    snprintf(out, DV_PATH_MAX, "%.*s%s", (int)(slash - path) + 1,
	    path, name);

	return n > 0 && n < DV_PATH_MAX ? DV_EXIT_YES :
	    dv_fail_long(err, path);
}

static enum dv_exit
fail_file(const struct pki_log_file *f, const char *doing, struct dv_err *err)
{
	enum dv_exit exit = dv_fail(err, DV_EXIT_NONE, "%s: cannot %s: %s",
	    f->path, doing, strerror(errno));

	return dv_hint(err, exit, "nothing was done; the directory must be "
	    "writable and have room: then run the same command again");
}

static enum dv_exit
check_file(const struct pki_log_file *f, struct dv_err *err)
{
	struct stat st;
	enum dv_exit exit;

	if (fstat(f->fd, &st) != 0)
		return fail_file(f, "look at it", err);
	if (!S_ISREG(st.st_mode) || (st.st_uid != geteuid() && st.st_uid != 0))
		return dv_fail(err, DV_EXIT_NONE, "%s: not a regular file that "
		    "belongs to you", f->path);
	if ((st.st_mode & 077) == 0)
		return DV_EXIT_YES;
	exit = dv_fail(err, DV_EXIT_NONE, "%s: others may read or write it "
	    "(mode %04o)", f->path, (unsigned)st.st_mode & 07777u);
	return dv_hint(err, exit, "make it yours alone: chmod 600 %s",
	    f->path);
}

/* The lock ends with the descriptor. */
enum dv_exit
pki_log_open(const struct pki_ledger *ledger, struct pki_log_file *f,
    struct dv_err *err)
{
	enum dv_exit exit;

	f->fd = -1;
	exit = pki_log_path(ledger, PKI_LOG_FILE, f->path, err);
	if (exit != DV_EXIT_YES)
		return exit;
	f->fd = open(f->path, O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW |
	    O_CLOEXEC, 0600);
	if (f->fd < 0)
		return fail_file(f, "open it", err);
	while (flock(f->fd, LOCK_EX) != 0) {
		if (errno != EINTR)
			return fail_file(f, "lock it", err);
	}
	return check_file(f, err);
}

void
pki_log_close(struct pki_log_file *f)
{
	if (f->fd >= 0)
		(void)close(f->fd);
	f->fd = -1;
}

/* The end of the file: its last whole line, and what stands behind it. */
struct tail {
	char room[2 * PKI_LOG_LINE + 1];
	struct dv_bytes line;		/* without its newline; empty: none */
	struct dv_bytes torn;
	uint8_t hash[PKI_SHA256];	/* of the line; zeros: none */
};

static enum dv_exit
read_tail(const struct pki_log_file *f, struct tail *t, struct dv_err *err)
{
	struct stat st;
	const size_t cap = sizeof(t->room) - 1;
	const char *end, *begin;
	struct pki_log_line line;
	ssize_t n;
	off_t from;

	if (fstat(f->fd, &st) != 0)
		return fail_file(f, "read it", err);
	from = st.st_size > (off_t)cap ? st.st_size - (off_t)cap : 0;
	n = pread(f->fd, t->room, cap, from);
	if (n < 0 || n != st.st_size - from)
		return fail_file(f, "read it", err);
	t->torn = (struct dv_bytes){ (const uint8_t *)t->room, (size_t)n };
	end = memrchr(t->room, '\n', (size_t)n);
	if (end == NULL)
		return DV_EXIT_YES;
	begin = memrchr(t->room, '\n', (size_t)(end - t->room));
	begin = begin == NULL ? t->room : begin + 1;
	t->line = (struct dv_bytes){ (const uint8_t *)begin,
	    (size_t)(end - begin) };
	t->torn = (struct dv_bytes){ (const uint8_t *)end + 1,
	    (size_t)(t->room + n - end - 1) };
	if (pki_log_parse(t->line, &line) && line.whole)
		memcpy(t->hash, line.hash, PKI_SHA256);
	else
		memset(t->hash, 0xff, PKI_SHA256);
	return DV_EXIT_YES;
}

static enum dv_exit
write_rest(const struct pki_log_file *f, struct dv_bytes rest,
    struct dv_err *err)
{
	enum dv_exit exit = DV_EXIT_YES;

	while (exit == DV_EXIT_YES && rest.len > 0) {
		ssize_t n = write(f->fd, rest.ptr, rest.len);

		if (n <= 0 && errno != EINTR)
			exit = fail_file(f, "write it", err);
		rest.ptr += n > 0 ? n : 0;
		rest.len -= n > 0 ? (size_t)n : 0;
	}
	if (exit == DV_EXIT_YES && fsync(f->fd) != 0)
		exit = fail_file(f, "write it", err);
	return exit;
}

static enum dv_exit
not_together(const struct pki_log_file *f, const struct pki_log_head *head,
    struct dv_err *err)
{
	enum dv_exit exit = dv_fail(err, DV_EXIT_NO, "%s and the ledger do not "
	    "go together: the ledger knows it up to line %" PRId64 ", and it "
	    "does not end there", f->path, head->seq);

	return dv_hint(err, exit, "one of them was put back from a backup or "
	    "changed; do nothing with this CA until `pki-audit verify` says "
	    "what");
}

enum dv_exit
pki_log_bring(const struct pki_log_file *f, const struct pki_log_head *head,
    struct dv_err *err)
{
	struct tail t = { .torn = { NULL, 0 } };
	struct dv_bytes wanted = dv_text_bytes(head->line);
	struct pki_log_line line = { .seq = 0 };
	enum dv_exit exit = read_tail(f, &t, err);

	if (exit != DV_EXIT_YES)
		return exit;
	if (memcmp(t.hash, head->hash, PKI_SHA256) == 0 && t.torn.len == 0)
		return DV_EXIT_YES;
	if (wanted.len == 0 || !pki_log_parse((struct dv_bytes){ wanted.ptr,
	    wanted.len - 1 }, &line) ||
	    memcmp(t.hash, line.before, PKI_SHA256) != 0 ||
	    t.torn.len >= wanted.len || (t.torn.len > 0 &&
	    memcmp(t.torn.ptr, wanted.ptr, t.torn.len) != 0))
		return not_together(f, head, err);
	return write_rest(f, (struct dv_bytes){ wanted.ptr + t.torn.len,
	    wanted.len - t.torn.len }, err);
}

enum dv_exit
pki_log_mend(struct pki_ledger *ledger, struct dv_err *err)
{
	struct pki_log_file f;
	struct pki_log_head head;
	enum dv_exit exit = pki_log_open(ledger, &f, err);

	/* Behind the lock, so that nobody has written since. */
	if (exit == DV_EXIT_YES)
		exit = pki_ledger_log_get(ledger, &head, err);
	if (exit == DV_EXIT_YES)
		exit = pki_log_bring(&f, &head, err);
	pki_log_close(&f);
	return exit;
}

/* ---- a line --------------------------------------------------------------- */

enum dv_exit
pki_log_who(char *out, size_t cap, struct dv_err *err)
{
	struct passwd entry, *found = NULL;
	char room[4096], host[256] = "", user[32];
	size_t len = 0;
	bool ok;

	if (getpwuid_r(getuid(), &entry, room, sizeof(room), &found) != 0 ||
	    found == NULL)
		(void)snprintf(user, sizeof(user), "uid:%u",
		    (unsigned)getuid());
	if (gethostname(host, sizeof(host) - 1) != 0)
		return dv_fail(err, DV_EXIT_NONE, "the name of this machine: "
		    "%s", strerror(errno));
	ok = escape(out, cap, &len, found == NULL ? user : found->pw_name) &&
	    escape(out, cap, &len, "@") && escape(out, cap, &len, host);
	return ok ? DV_EXIT_YES : dv_fail(err, DV_EXIT_NONE, "the names of "
	    "operator and machine are too long for the audit log");
}

/* Behind the head that the ledger has. */
static enum dv_exit
make_line(const struct pki_log_head *head, const struct pki_log_entry *entry,
    dv_time now, struct pki_log_head *out, struct dv_err *err)
{
	char name[1024], at[DV_TIME_TEXT], before[HEX_HASH + 1];
	uint8_t digest[DV_MAX_DIGEST];
	int n;
	enum dv_exit exit = pki_log_who(name, sizeof(name), err);

	if (exit != DV_EXIT_YES)
		return exit;
	out->seq = head->seq + 1;
	dv_time_format(now, at);
	dv_hex_text(DV_BYTES(head->hash), before);
	n = snprintf(out->line, sizeof(out->line), "%" PRId64 " %s %s %s%s %s",
	    out->seq, at, name, entry->event, entry->says, before);
	if (entry->too_long || n < 0 ||
	    (size_t)n + 1 + HEX_HASH + 1 >= sizeof(out->line))
		return dv_fail(err, DV_EXIT_NONE, "what happened is too long "
		    "for the audit log");
	if (dv_hash_once(DV_HASH_SHA256, dv_text_bytes(out->line), digest) !=
	    PKI_SHA256)
		return dv_fail(err, DV_EXIT_NONE, "cannot hash");
	memcpy(out->hash, digest, PKI_SHA256);
	out->line[n] = ' ';
	dv_hex_text(DV_BYTES(out->hash), out->line + n + 1);
	memcpy(out->line + n + 1 + HEX_HASH, "\n", 2);
	return DV_EXIT_YES;
}

bool
pki_log_head_line(const struct pki_log_head *head, struct pki_log_line *out)
{
	struct dv_bytes text = dv_text_bytes(head->line);

	return text.len != 0 && pki_log_parse((struct dv_bytes){ text.ptr,
	    text.len - 1 }, out);
}

/* Time does not go back. */
static enum dv_exit
check_clock(const struct pki_log_head *head, dv_time now, struct dv_err *err)
{
	struct pki_log_line line;
	char last[DV_TIME_TEXT], at[DV_TIME_TEXT];
	enum dv_exit exit;

	if (!pki_log_head_line(head, &line) ||
	    now.s + PKI_LOG_CLOCK >= line.at.s)
		return DV_EXIT_YES;
	dv_time_format(line.at, last);
	dv_time_format(now, at);
	exit = dv_fail(err, DV_EXIT_NONE, "the clock has gone back: it is %s, "
	    "and this CA was last used at %s; nothing was done", at, last);
	return dv_hint(err, exit, "set this machine's clock; if it was wrong "
	    "then and is right now: pki-audit clock");
}

/* The file is where the ledger is, and what time it is. */
static enum dv_exit
stand(struct pki_ledger *ledger, bool any_clock, struct pki_log_head *head,
    dv_time *now, struct dv_err *err)
{
	struct dv_when when = { .source = NULL };
	enum dv_exit exit = pki_log_mend(ledger, err);

	if (exit == DV_EXIT_YES)
		exit = pki_ledger_log_get(ledger, head, err);
	if (exit == DV_EXIT_YES)
		exit = dv_when(NULL, &when, err);
	*now = when.at;
	return exit != DV_EXIT_YES || any_clock ? exit :
	    check_clock(head, *now, err);
}

enum dv_exit
pki_log_ready(struct pki_ledger *ledger, struct dv_err *err)
{
	struct pki_log_head head;
	dv_time now;

	return stand(ledger, false, &head, &now, err);
}

/* In the transaction: then the ledger goes on. */
static enum dv_exit
add_line(struct pki_ledger *ledger, const struct pki_log_entry *entry,
    bool any_clock, struct dv_err *err)
{
	struct pki_log_head head, next;
	dv_time now;
	enum dv_exit exit = stand(ledger, any_clock, &head, &now, err);

	if (exit == DV_EXIT_YES)
		exit = make_line(&head, entry, now, &next, err);
	if (exit == DV_EXIT_YES)
		exit = pki_ledger_log_set(ledger, &next, err);
	return exit;
}

static enum dv_exit
commit(struct pki_ledger *ledger, const struct pki_log_entry *entry,
    bool any_clock, struct dv_err *err)
{
	enum dv_exit exit = add_line(ledger, entry, any_clock, err);

	if (exit != DV_EXIT_YES) {
		pki_ledger_rollback(ledger);
		return exit;
	}
	exit = pki_ledger_commit(ledger, err);
	if (exit != DV_EXIT_YES)
		return exit;
	exit = pki_log_mend(ledger, err);
	return exit == DV_EXIT_YES ? exit : dv_hint(err, exit, "what was done "
	    "is in the ledger; mend this and run the same command again");
}

enum dv_exit
pki_log_commit(struct pki_ledger *ledger, const struct pki_log_entry *entry,
    struct dv_err *err)
{
	return commit(ledger, entry, false, err);
}

static enum dv_exit
alone(struct pki_ledger *ledger, const struct pki_log_entry *entry,
    bool any_clock, struct dv_err *err)
{
	enum dv_exit exit = pki_ledger_begin(ledger, err);

	return exit == DV_EXIT_YES ? commit(ledger, entry, any_clock, err) :
	    exit;
}

enum dv_exit
pki_log(struct pki_ledger *ledger, const struct pki_log_entry *entry,
    struct dv_err *err)
{
	return alone(ledger, entry, false, err);
}

enum dv_exit
pki_log_clock(struct pki_ledger *ledger, const struct pki_log_entry *entry,
    struct dv_err *err)
{
	return alone(ledger, entry, true, err);
}
