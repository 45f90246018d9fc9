/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The ledger on SQLite: the only file that sees it. A certificate is on the
 * disk here before it leaves; nothing is ever deleted or overwritten.
 * docs/DESIGN.md, A CA on disk.
 */
#include "pki_ledger.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* In the file's header: what it is, and which version of the table. */
#define APPLICATION_ID 0x44545031	/* "DTP1" */
#define SCHEMA_VERSION 1

#define QUOTE(x) #x
#define TEXT(x) QUOTE(x)

struct pki_ledger {
	sqlite3 *db;
	char *path;
};

/*
 * A key has one certificate; a serial number is used once. Times are seconds
 * since 1970 UTC; name is the subject for people, compared without case.
 */
static const char schema[] =
    "BEGIN IMMEDIATE;"
    "CREATE TABLE issued ("
    " id INTEGER PRIMARY KEY,"
    " serial BLOB NOT NULL,"
    " issuer_key_id BLOB NOT NULL,"
    " spki_sha256 BLOB NOT NULL,"
    " subject BLOB NOT NULL,"
    " name TEXT NOT NULL COLLATE NOCASE,"
    " profile TEXT NOT NULL,"
    " not_before INTEGER NOT NULL,"
    " not_after INTEGER NOT NULL,"
    " request_sha256 BLOB,"
    " der BLOB,"
    " issued_at INTEGER NOT NULL,"
    " state TEXT NOT NULL CHECK (state IN ('reserved', 'issued')),"
    " CHECK ((state = 'reserved') = (der IS NULL))"
    ") STRICT;"
    "CREATE UNIQUE INDEX issued_serial ON issued (serial);"
    "CREATE UNIQUE INDEX issued_issuer ON issued (issuer_key_id, serial);"
    "CREATE UNIQUE INDEX issued_key ON issued (spki_sha256);"
    "CREATE INDEX issued_name ON issued (profile, name);"
    "CREATE INDEX issued_end ON issued (not_after);"
    "PRAGMA application_id = " TEXT(APPLICATION_ID) ";"
    "PRAGMA user_version = " TEXT(SCHEMA_VERSION) ";"
    "COMMIT;";

static bool
is_disk_full(const struct pki_ledger *l, int rc)
{
	int e = sqlite3_system_errno(l->db);

	return rc == SQLITE_FULL || (rc == SQLITE_IOERR &&
	    (e == ENOSPC || e == EDQUOT || e == EFBIG));
}

/* Puts SQLite's last error into words. doing: "opening it". */
static enum dv_exit
fail(const struct pki_ledger *l, const char *doing, struct dv_err *err)
{
	int rc = sqlite3_errcode(l->db) & 0xff;
	enum dv_exit exit;

	if (is_disk_full(l, rc)) {
		exit = dv_fail(err, DV_EXIT_NONE, "%s: disk full while %s",
		    l->path, doing);
		return dv_hint(err, exit, "nothing was issued; free space and "
		    "run the same command again");
	}
	if (rc == SQLITE_BUSY || rc == SQLITE_LOCKED) {
		exit = dv_fail(err, DV_EXIT_NONE, "%s: in use by another "
		    "process for more than %d s", l->path,
		    PKI_LEDGER_WAIT / 1000);
		return dv_hint(err, exit, "nothing was issued; wait for that "
		    "process (fuser shows it) and run the same command again");
	}
	if (rc == SQLITE_CORRUPT || rc == SQLITE_NOTADB) {
		exit = dv_fail(err, DV_EXIT_NONE, "%s: the ledger is damaged "
		    "(%s)", l->path, sqlite3_errmsg(l->db));
		return dv_hint(err, exit, "nothing was issued; issue nothing "
		    "with this CA until its directory is restored from a "
		    "backup");
	}
	/* SQLite does not always keep the errno of a failed write. */
	if (rc == SQLITE_IOERR)
		return dv_fail(err, DV_EXIT_NONE, "%s: disk error while %s: %s",
		    l->path, doing, sqlite3_system_errno(l->db) == 0 ?
		    "full, limited in size, or failing" :
		    strerror(sqlite3_system_errno(l->db)));
	return dv_fail(err, DV_EXIT_NONE, "%s: %s failed: %s", l->path, doing,
	    sqlite3_errmsg(l->db));
}

static enum dv_exit
run(struct pki_ledger *l, const char *sql, const char *doing,
    struct dv_err *err)
{
	if (sqlite3_exec(l->db, sql, NULL, NULL, NULL) != SQLITE_OK)
		return fail(l, doing, err);
	return DV_EXIT_YES;
}

static enum dv_exit
prepare(struct pki_ledger *l, const char *sql, sqlite3_stmt **out,
    struct dv_err *err)
{
	if (sqlite3_prepare_v2(l->db, sql, -1, out, NULL) != SQLITE_OK)
		return fail(l, "reading it", err);
	return DV_EXIT_YES;
}

/* An integer PRAGMA. */
static enum dv_exit
pragma(struct pki_ledger *l, const char *sql, int *out, struct dv_err *err)
{
	sqlite3_stmt *stmt;
	enum dv_exit exit = prepare(l, sql, &stmt, err);

	if (exit != DV_EXIT_YES)
		return exit;
	if (sqlite3_step(stmt) == SQLITE_ROW)
		*out = sqlite3_column_int(stmt, 0);
	else
		exit = fail(l, "reading it", err);
	(void)sqlite3_finalize(stmt);
	return exit;
}

/* Does a PRAGMA that answers with text answer `wanted`? */
static enum dv_exit
pragma_is(struct pki_ledger *l, const char *sql, const char *wanted,
    char found[128], struct dv_err *err)
{
	sqlite3_stmt *stmt;
	enum dv_exit exit = prepare(l, sql, &stmt, err);

	if (exit != DV_EXIT_YES)
		return exit;
	found[0] = '\0';
	if (sqlite3_step(stmt) != SQLITE_ROW) {
		exit = fail(l, "reading it", err);
	} else {
		const char *text = (const char *)sqlite3_column_text(stmt, 0);

		(void)snprintf(found, 128, "%s", text == NULL ? "" : text);
		exit = strcmp(found, wanted) == 0 ? DV_EXIT_YES : DV_EXIT_NO;
	}
	(void)sqlite3_finalize(stmt);
	return exit;
}

static enum dv_exit
settings(struct pki_ledger *l, struct dv_err *err)
{
	char found[128];
	enum dv_exit exit;

	(void)sqlite3_busy_timeout(l->db, PKI_LEDGER_WAIT);
	(void)sqlite3_db_config(l->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	exit = run(l, "PRAGMA trusted_schema = OFF; PRAGMA foreign_keys = ON;"
	    "PRAGMA synchronous = FULL", "opening it", err);
	if (exit != DV_EXIT_YES)
		return exit;
	exit = pragma_is(l, "PRAGMA journal_mode = WAL", "wal", found, err);
	if (exit != DV_EXIT_NO)
		return exit;
	return dv_fail(err, DV_EXIT_NONE, "%s: this file system cannot hold a "
	    "ledger: it has no write-ahead log (journal mode %s)", l->path,
	    found);
}

/* Is it ours, of a version we know? */
static enum dv_exit
check_format(struct pki_ledger *l, struct dv_err *err)
{
	int id = 0, version = 0;
	enum dv_exit exit = pragma(l, "PRAGMA application_id", &id, err);

	if (exit == DV_EXIT_YES)
		exit = pragma(l, "PRAGMA user_version", &version, err);
	if (exit != DV_EXIT_YES)
		return exit;
	if (id != APPLICATION_ID)
		return dv_fail(err, DV_EXIT_NONE, "%s: this is not a ledger of "
		    "this program", l->path);
	if (version == SCHEMA_VERSION)
		return DV_EXIT_YES;
	exit = dv_fail(err, DV_EXIT_NONE, "%s: the ledger has version %d, "
	    "this program knows version %d", l->path, version, SCHEMA_VERSION);
	return dv_hint(err, exit, "use the newer program that wrote it");
}

/* Before SQLite sees the path: a file of ours that is closed to others. */
static enum dv_exit
check_file(const char *path, struct dv_err *err)
{
	struct stat st;
	enum dv_exit exit;

	if (lstat(path, &st) != 0)
		return dv_fail(err, DV_EXIT_NONE, "%s: %s", path,
		    strerror(errno));
	if (!S_ISREG(st.st_mode) || (st.st_uid != geteuid() && st.st_uid != 0))
		return dv_fail(err, DV_EXIT_NONE, "%s: not a regular file that "
		    "belongs to you", path);
	if ((st.st_mode & 077) == 0)
		return DV_EXIT_YES;
	exit = dv_fail(err, DV_EXIT_NONE, "%s: others may read or write it "
	    "(mode %04o)", path, (unsigned)st.st_mode & 07777u);
	return dv_hint(err, exit, "make it yours alone: chmod 600 %s", path);
}

/* The file must exist; the caller closes *out, also after a failure. */
static enum dv_exit
open_file(const char *path, struct pki_ledger **out, struct dv_err *err)
{
	struct pki_ledger *l;
	enum dv_exit exit = check_file(path, err);

	*out = NULL;
	if (exit != DV_EXIT_YES)
		return exit;
	l = calloc(1, sizeof(*l));
	if (l == NULL)
		return dv_fail(err, DV_EXIT_NONE, "out of memory");
	*out = l;
	l->path = strdup(path);
	if (l->path == NULL)
		return dv_fail(err, DV_EXIT_NONE, "out of memory");
	if (sqlite3_open_v2(path, &l->db, SQLITE_OPEN_READWRITE |
	    SQLITE_OPEN_PRIVATECACHE, NULL) != SQLITE_OK)
		return l->db == NULL ?
		    dv_fail(err, DV_EXIT_NONE, "out of memory") :
		    fail(l, "opening it", err);
	return settings(l, err);
}

static enum dv_exit
close_failed(struct pki_ledger **ledger, enum dv_exit exit)
{
	if (exit != DV_EXIT_YES) {
		pki_ledger_close(*ledger);
		*ledger = NULL;
	}
	return exit;
}

enum dv_exit
pki_ledger_create(const char *path, bool resume, struct pki_ledger **out,
    struct dv_err *err)
{
	int version = 0;
	enum dv_exit exit;
	int fd = open(path, O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC | O_RDWR,
	    0600);

	*out = NULL;
	if (fd < 0 && !(resume && errno == EEXIST))
		return dv_fail(err, DV_EXIT_NONE, "%s: %s", path,
		    strerror(errno));
	if (fd >= 0)
		(void)close(fd);
	exit = open_file(path, out, err);
	if (*out == NULL)
		return exit;
	if (exit == DV_EXIT_YES)
		exit = pragma(*out, "PRAGMA user_version", &version, err);
	if (exit == DV_EXIT_YES && version == 0)
		exit = run(*out, schema, "making it", err);
	if (exit == DV_EXIT_YES)
		exit = check_format(*out, err);
	return close_failed(out, exit);
}

enum dv_exit
pki_ledger_open(const char *path, struct pki_ledger **out, struct dv_err *err)
{
	enum dv_exit exit = open_file(path, out, err);

	if (*out == NULL)
		return exit;
	if (exit == DV_EXIT_YES)
		exit = check_format(*out, err);
	return close_failed(out, exit);
}

void
pki_ledger_close(struct pki_ledger *ledger)
{
	if (ledger == NULL)
		return;
	(void)sqlite3_close(ledger->db);
	free(ledger->path);
	free(ledger);
}

enum dv_exit
pki_ledger_begin(struct pki_ledger *ledger, struct dv_err *err)
{
	return run(ledger, "BEGIN IMMEDIATE", "locking it", err);
}

enum dv_exit
pki_ledger_commit(struct pki_ledger *ledger, struct dv_err *err)
{
	enum dv_exit exit = run(ledger, "COMMIT", "writing it", err);

	if (exit != DV_EXIT_YES)
		pki_ledger_rollback(ledger);
	return exit;
}

void
pki_ledger_rollback(struct pki_ledger *ledger)
{
	/* Some failures have rolled back already: no transaction is fine. */
	(void)sqlite3_exec(ledger->db, "ROLLBACK", NULL, NULL, NULL);
}

static int
bind_bytes(sqlite3_stmt *stmt, int i, struct dv_bytes bytes)
{
	if (bytes.ptr == NULL)
		return sqlite3_bind_null(stmt, i);
	return sqlite3_bind_blob64(stmt, i, bytes.ptr, bytes.len,
	    SQLITE_STATIC);
}

static int
bind_text(sqlite3_stmt *stmt, int i, const char *text)
{
	return sqlite3_bind_text(stmt, i, text, -1, SQLITE_STATIC);
}

static bool
copy_found(sqlite3_stmt *stmt, struct pki_found *out)
{
	const char *profile = (const char *)sqlite3_column_text(stmt, 0);
	const char *name = (const char *)sqlite3_column_text(stmt, 1);
	const uint8_t *der = sqlite3_column_blob(stmt, 2);
	int len = sqlite3_column_bytes(stmt, 2);

	if (profile == NULL || name == NULL || der == NULL || len <= 0)
		return false;
	out->found = true;
	(void)snprintf(out->profile, sizeof(out->profile), "%s", profile);
	(void)snprintf(out->name, sizeof(out->name), "%s", name);
	return dv_buf_add(&out->der, (struct dv_bytes){ der, (size_t)len });
}

/* Steps a statement that selects profile, name, der; ends it. */
static enum dv_exit
find(struct pki_ledger *l, sqlite3_stmt *stmt, struct pki_found *out,
    struct dv_err *err)
{
	enum dv_exit exit = DV_EXIT_YES;
	int rc = sqlite3_step(stmt);

	if (rc == SQLITE_ROW && !copy_found(stmt, out))
		exit = dv_fail(err, DV_EXIT_NONE, "%s: a row of the ledger "
		    "cannot be read", l->path);
	else if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		exit = fail(l, "reading it", err);
	(void)sqlite3_finalize(stmt);
	return exit;
}

enum dv_exit
pki_ledger_find_key(struct pki_ledger *ledger,
    const uint8_t spki_sha256[PKI_SHA256], struct pki_found *out,
    struct dv_err *err)
{
	sqlite3_stmt *stmt;
	enum dv_exit exit = prepare(ledger, "SELECT profile, name, der "
	    "FROM issued WHERE spki_sha256 = ?1", &stmt, err);

	if (exit != DV_EXIT_YES)
		return exit;
	(void)bind_bytes(stmt, 1, (struct dv_bytes){ spki_sha256, PKI_SHA256 });
	return find(ledger, stmt, out, err);
}

enum dv_exit
pki_ledger_find_name(struct pki_ledger *ledger, const char *profile,
    const char *name, struct pki_found *out, struct dv_err *err)
{
	sqlite3_stmt *stmt;
	enum dv_exit exit = prepare(ledger, "SELECT profile, name, der "
	    "FROM issued WHERE profile = ?1 AND name = ?2", &stmt, err);

	if (exit != DV_EXIT_YES)
		return exit;
	(void)bind_text(stmt, 1, profile);
	(void)bind_text(stmt, 2, name);
	return find(ledger, stmt, out, err);
}

/* Binds all of a row; false when memory is short. */
static bool
bind_row(sqlite3_stmt *stmt, const struct pki_row *row)
{
	int bad = 0;

	bad |= bind_bytes(stmt, 1, (struct dv_bytes){ row->serial,
	    PKI_SERIAL });
	bad |= bind_bytes(stmt, 2, (struct dv_bytes){ row->issuer_key_id,
	    PKI_KEY_ID });
	bad |= bind_bytes(stmt, 3, (struct dv_bytes){ row->spki_sha256,
	    PKI_SHA256 });
	bad |= bind_bytes(stmt, 4, row->subject);
	bad |= bind_text(stmt, 5, row->name);
	bad |= bind_text(stmt, 6, row->profile);
	bad |= sqlite3_bind_int64(stmt, 7, row->not_before.s);
	bad |= sqlite3_bind_int64(stmt, 8, row->not_after.s);
	bad |= bind_bytes(stmt, 9, row->request_sha256);
	bad |= sqlite3_bind_int64(stmt, 10, row->issued_at.s);
	return bad == SQLITE_OK;
}

/* Steps a statement that changes one row; ends it. */
static enum dv_exit
change(struct pki_ledger *l, sqlite3_stmt *stmt, bool bound,
    struct dv_err *err)
{
	enum dv_exit exit = DV_EXIT_YES;

	if (!bound || sqlite3_step(stmt) != SQLITE_DONE)
		exit = fail(l, "writing it", err);
	else if (sqlite3_changes(l->db) != 1)
		exit = dv_fail(err, DV_EXIT_NONE, "%s: the ledger did not take "
		    "the row", l->path);
	(void)sqlite3_finalize(stmt);
	return exit;
}

enum dv_exit
pki_ledger_reserve(struct pki_ledger *ledger, const struct pki_row *row,
    struct dv_err *err)
{
	sqlite3_stmt *stmt;
	enum dv_exit exit = prepare(ledger, "INSERT INTO issued (serial, "
	    "issuer_key_id, spki_sha256, subject, name, profile, not_before, "
	    "not_after, request_sha256, issued_at, state) VALUES "
	    "(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 'reserved')", &stmt,
	    err);

	if (exit != DV_EXIT_YES)
		return exit;
	return change(ledger, stmt, bind_row(stmt, row), err);
}

enum dv_exit
pki_ledger_store(struct pki_ledger *ledger, const uint8_t serial[PKI_SERIAL],
    struct dv_bytes der, struct dv_err *err)
{
	sqlite3_stmt *stmt;
	int bad;
	enum dv_exit exit = prepare(ledger, "UPDATE issued SET der = ?2, "
	    "state = 'issued' WHERE serial = ?1 AND state = 'reserved'",
	    &stmt, err);

	if (exit != DV_EXIT_YES)
		return exit;
	bad = bind_bytes(stmt, 1, (struct dv_bytes){ serial, PKI_SERIAL });
	bad |= bind_bytes(stmt, 2, der);
	return change(ledger, stmt, bad == SQLITE_OK, err);
}

static enum dv_exit
sum_next(struct pki_ledger *l, dv_time at, struct pki_ledger_sum *out,
    struct dv_err *err)
{
	sqlite3_stmt *stmt;
	int rc;
	enum dv_exit exit = prepare(l, "SELECT name, not_after FROM issued "
	    "WHERE not_after >= ?1 ORDER BY not_after, id LIMIT 1", &stmt, err);

	if (exit != DV_EXIT_YES)
		return exit;
	(void)sqlite3_bind_int64(stmt, 1, at.s);
	rc = sqlite3_step(stmt);
	if (rc == SQLITE_ROW) {
		const char *name = (const char *)sqlite3_column_text(stmt, 0);

		out->any = true;
		(void)snprintf(out->next_name, sizeof(out->next_name), "%s",
		    name == NULL ? "" : name);
		out->next_end.s = sqlite3_column_int64(stmt, 1);
	} else if (rc != SQLITE_DONE) {
		exit = fail(l, "reading it", err);
	}
	(void)sqlite3_finalize(stmt);
	return exit;
}

enum dv_exit
pki_ledger_sum(struct pki_ledger *ledger, dv_time at,
    struct pki_ledger_sum *out, struct dv_err *err)
{
	sqlite3_stmt *stmt;
	enum dv_exit exit = prepare(ledger, "SELECT count(*), "
	    "count(*) FILTER (WHERE not_after < ?1) FROM issued", &stmt, err);

	memset(out, 0, sizeof(*out));
	if (exit != DV_EXIT_YES)
		return exit;
	(void)sqlite3_bind_int64(stmt, 1, at.s);
	if (sqlite3_step(stmt) == SQLITE_ROW) {
		out->issued = sqlite3_column_int64(stmt, 0);
		out->ended = sqlite3_column_int64(stmt, 1);
	} else {
		exit = fail(ledger, "reading it", err);
	}
	(void)sqlite3_finalize(stmt);
	return exit == DV_EXIT_YES ? sum_next(ledger, at, out, err) : exit;
}

enum dv_exit
pki_ledger_check(struct pki_ledger *ledger, struct dv_err *err)
{
	char found[128];
	enum dv_exit exit = pragma_is(ledger, "PRAGMA integrity_check(1)",
	    "ok", found, err);

	if (exit != DV_EXIT_NO)
		return exit;
	exit = dv_fail(err, DV_EXIT_NO, "%s: the ledger is damaged (%s)",
	    ledger->path, found);
	return dv_hint(err, exit, "issue nothing with this CA until its "
	    "directory is restored from a backup");
}
