/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The ledger's file: its tables, the way from an older version to today's, and
 * transactions. Nothing is ever deleted or overwritten. docs/DESIGN.md, A CA
 * on disk.
 */
#include "ledger_db.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pki_profile.h"

/* In the file's header: what it is; the version of the tables is beside it. */
#define APPLICATION_ID 0x44545031	/* "DTP1" */

#define QUOTE(x) #x
#define TEXT(x) QUOTE(x)

/*
 * Step n brings version n - 1 to n; a new ledger goes through all of them, so
 * that there is one way to each table. Times are seconds since 1970 UTC.
 */
static const char *const steps[] = {
    /* A key has one certificate; a serial number is used once. name is the
     * subject for people, compared without case. */
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
    "PRAGMA user_version = 1;",

    /* Batches, revocation, CRLs, RSA moduli, and the keys that were made for devices, as
     * encrypted for the programming station. The unique serial number makes its pair with
     * the issuer unique; a batch cannot hold more than its quantity, whoever
     * writes; r of a request's signature is seen once, or its maker's
     * generator is broken. */
    "CREATE TABLE batch ("
    " id INTEGER PRIMARY KEY,"
    " name TEXT NOT NULL COLLATE NOCASE UNIQUE,"
    " profile TEXT NOT NULL,"
    " models TEXT NOT NULL,"
    " authorisation BLOB NOT NULL,"
    " quantity INTEGER NOT NULL,"
    " not_after INTEGER NOT NULL,"
    " opened_at INTEGER NOT NULL,"
    " closed_at INTEGER,"
    " issued INTEGER NOT NULL DEFAULT 0 CHECK (issued <= quantity)"
    ") STRICT;"
    "ALTER TABLE issued ADD COLUMN device TEXT COLLATE NOCASE;"
    "ALTER TABLE issued ADD COLUMN model TEXT;"
    "ALTER TABLE issued ADD COLUMN batch INTEGER REFERENCES batch(id);"
    "ALTER TABLE issued ADD COLUMN request_r BLOB;"
    "DROP INDEX issued_issuer;"
    "CREATE INDEX issued_device ON issued (device) WHERE device IS NOT NULL;"
    "CREATE INDEX issued_batch ON issued (batch) WHERE batch IS NOT NULL;"
    "CREATE UNIQUE INDEX issued_r ON issued (request_r)"
    " WHERE request_r IS NOT NULL;"
    "CREATE TRIGGER issued_in_batch AFTER INSERT ON issued"
    " WHEN new.batch IS NOT NULL BEGIN"
    " UPDATE batch SET issued = issued + 1 WHERE id = new.batch;"
    " END;"
    "CREATE TABLE revoked ("
    " issued_id INTEGER PRIMARY KEY REFERENCES issued(id),"
    " reason INTEGER NOT NULL CHECK (reason BETWEEN 0 AND 10 AND reason <> 7),"
    " revoked_at INTEGER NOT NULL,"
    " recorded_at INTEGER NOT NULL,"
    " operator TEXT NOT NULL"
    ") STRICT;"
    "CREATE TABLE rsa ("
    " issued_id INTEGER PRIMARY KEY REFERENCES issued(id),"
    " modulus BLOB NOT NULL"
    ") STRICT;"
    "CREATE TABLE sealed ("
    " issued_id INTEGER PRIMARY KEY REFERENCES issued(id),"
    " cms BLOB NOT NULL"
    ") STRICT;"
    "CREATE TABLE crl ("
    " number INTEGER PRIMARY KEY,"
    " scope TEXT NOT NULL,"
    " base_number INTEGER,"
    " this_update INTEGER NOT NULL,"
    " next_update INTEGER NOT NULL,"
    " der BLOB NOT NULL"
    ") STRICT;"
    "CREATE TABLE log ("
    " id INTEGER PRIMARY KEY CHECK (id = 1),"
    " seq INTEGER NOT NULL,"
    " hash BLOB NOT NULL"
    ") STRICT;"
    "UPDATE issued SET device = identity(profile, subject);"
    "PRAGMA user_version = 2;",

    /* The audit log's last line itself, until the file has it. */
    "ALTER TABLE log ADD COLUMN line TEXT NOT NULL DEFAULT '';"
    "PRAGMA user_version = 3;",

    /* A CA that is renewed has more than one certificate for its key, numbered
     * from 0; every other key has one. */
    "ALTER TABLE issued ADD COLUMN renewal INTEGER NOT NULL DEFAULT 0;"
    "DROP INDEX issued_key;"
    "CREATE UNIQUE INDEX issued_key ON issued (spki_sha256, renewal);"
    "PRAGMA user_version = 4;",
};

#define SCHEMA_VERSION ((int)(sizeof(steps) / sizeof(steps[0])))

/* An integer PRAGMA. */
static enum dv_exit
pragma(struct pki_ledger *l, const char *sql, int *out, struct dv_err *err)
{
	sqlite3_stmt *stmt;
	enum dv_exit exit = pki_db_prepare(l, sql, &stmt, err);

	if (exit != DV_EXIT_YES)
		return exit;
	if (sqlite3_step(stmt) == SQLITE_ROW)
		*out = sqlite3_column_int(stmt, 0);
	else
		exit = pki_db_fail(l, "reading it", err);
	(void)sqlite3_finalize(stmt);
	return exit;
}

/* Does a PRAGMA that answers with text answer `wanted`? */
static enum dv_exit
pragma_is(struct pki_ledger *l, const char *sql, const char *wanted,
    char found[128], struct dv_err *err)
{
	sqlite3_stmt *stmt;
	enum dv_exit exit = pki_db_prepare(l, sql, &stmt, err);

	if (exit != DV_EXIT_YES)
		return exit;
	found[0] = '\0';
	if (sqlite3_step(stmt) != SQLITE_ROW) {
		exit = pki_db_fail(l, "reading it", err);
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
	exit = pki_db_run(l, "PRAGMA trusted_schema = OFF; PRAGMA foreign_keys = ON;"
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

/*
 * identity(profile, subject): what pki_issue() would write as device today. For
 * the step to version 2 only.
 */
static void
identity(sqlite3_context *context, int count, sqlite3_value **values)
{
	const char *name = (const char *)sqlite3_value_text(values[0]);
	const struct pki_profile *profile = name == NULL ? NULL :
	    pki_profile_find(name);
	const struct dv_bytes subject = { sqlite3_value_blob(values[1]),
	    (size_t)sqlite3_value_bytes(values[1]) };
	struct dv_bytes value = { NULL, 0 };

	(void)count;
	if (profile != NULL && !profile->ca && subject.ptr != NULL)
		value = pki_subject_identity(subject, profile);
	if (value.len == 0 || value.len > INT_MAX)
		sqlite3_result_null(context);
	else
		sqlite3_result_text(context, (const char *)value.ptr,
		    (int)value.len, SQLITE_TRANSIENT);
}

/* The steps that are missing, inside a transaction. */
static enum dv_exit
migrate(struct pki_ledger *l, struct dv_err *err)
{
	int version = 0;
	enum dv_exit exit = pragma(l, "PRAGMA user_version", &version, err);

	if (exit == DV_EXIT_YES && sqlite3_create_function(l->db, "identity",
	    2, SQLITE_UTF8 | SQLITE_DIRECTONLY, NULL, identity, NULL, NULL) !=
	    SQLITE_OK)
		return pki_db_fail(l, "opening it", err);
	for (; exit == DV_EXIT_YES && version < SCHEMA_VERSION; version++)
		exit = pki_db_run(l, steps[version], version == 0 ?
		    "making it" : "bringing it to today's version", err);
	return exit;
}

static enum dv_exit
to_today(struct pki_ledger *l, struct dv_err *err)
{
	enum dv_exit exit = pki_ledger_begin(l, err);

	if (exit != DV_EXIT_YES)
		return exit;
	exit = migrate(l, err);
	if (exit == DV_EXIT_YES)
		return pki_ledger_commit(l, err);
	pki_ledger_rollback(l);
	return exit;
}

/* Is it ours, of a version we know? An older one is brought to today's. */
static enum dv_exit
check_format(struct pki_ledger *l, struct dv_err *err)
{
	int id = 0, version = 0;
	enum dv_exit exit = pragma(l, "PRAGMA application_id", &id, err);

	if (exit == DV_EXIT_YES)
		exit = pragma(l, "PRAGMA user_version", &version, err);
	if (exit != DV_EXIT_YES)
		return exit;
	if (id != APPLICATION_ID || version < 1)
		return dv_fail(err, DV_EXIT_NONE, "%s: this is not a ledger of "
		    "this program", l->path);
	if (version <= SCHEMA_VERSION)
		return version == SCHEMA_VERSION ? exit : to_today(l, err);
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
		    pki_db_fail(l, "opening it", err);
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
		exit = to_today(*out, err);
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

const char *
pki_ledger_path(const struct pki_ledger *ledger)
{
	return ledger->path;
}

void
pki_ledger_close(struct pki_ledger *ledger)
{
	if (ledger == NULL)
		return;
	for (size_t i = 0; i < PKI_SQL_COUNT; i++)
		(void)sqlite3_finalize(ledger->kept[i]);
	(void)sqlite3_close(ledger->db);
	free(ledger->path);
	free(ledger);
}

enum dv_exit
pki_ledger_begin(struct pki_ledger *ledger, struct dv_err *err)
{
	return pki_db_run(ledger, "BEGIN IMMEDIATE", "locking it", err);
}

enum dv_exit
pki_ledger_commit(struct pki_ledger *ledger, struct dv_err *err)
{
	enum dv_exit exit = pki_db_run(ledger, "COMMIT", "writing it", err);

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

/* Runs a kept statement that takes nothing. */
static enum dv_exit
run_kept(struct pki_ledger *l, enum pki_sql which, const char *sql,
    struct dv_err *err)
{
	sqlite3_stmt *stmt;
	enum dv_exit exit = pki_db_kept(l, which, sql, &stmt, err);

	if (exit != DV_EXIT_YES)
		return exit;
	if (sqlite3_step(stmt) != SQLITE_DONE)
		exit = pki_db_fail(l, "writing it", err);
	pki_db_done(stmt);
	return exit;
}

enum dv_exit
pki_ledger_mark(struct pki_ledger *ledger, struct dv_err *err)
{
	return run_kept(ledger, PKI_SQL_MARK, "SAVEPOINT one", err);
}

enum dv_exit
pki_ledger_keep(struct pki_ledger *ledger, struct dv_err *err)
{
	return run_kept(ledger, PKI_SQL_KEEP, "RELEASE one", err);
}

enum dv_exit
pki_ledger_drop(struct pki_ledger *ledger, struct dv_err *err)
{
	return pki_db_run(ledger, "ROLLBACK TO one; RELEASE one",
	    "taking back a part", err);
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
