/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Making a CA's directory: it grows beside under another name and appears
 * whole. What was begun is finished by asking again, never begun twice.
 * docs/DESIGN.md, A CA on disk.
 */
#include "pki_ca.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dv_hash.h"
#include "host/pem.h"
#include "pki_log.h"

#define SUFFIX ".partial"
#define NAME_ROOM 8192

struct making {
	const struct pki_ca_new *what;
	char dir[DV_PATH_MAX];		/* the name it will have */
	char partial[DV_PATH_MAX];	/* the name it has meanwhile */
	int lock;			/* on partial, -1: not held */
	bool begun_here;		/* by this run, not an earlier one */
	bool certified;			/* another CA's ledger knows it */
	struct ds_key *key;
	struct pki_ledger *ledger;
	struct dv_buf cert;		/* DER */
};

static enum dv_exit
names(struct making *m, struct dv_err *err)
{
	size_t len = strlen(m->what->dir);

	while (len > 1 && m->what->dir[len - 1] == '/')
		len--;
	if (len == 0)
		return dv_fail(err, DV_EXIT_USAGE, "-d names no directory");
	if (len + sizeof(SUFFIX) > DV_PATH_MAX)
		return dv_fail(err, DV_EXIT_NONE, "%.64s...: the path is too "
		    "long", m->what->dir);
	memcpy(m->dir, m->what->dir, len);
	m->dir[len] = '\0';
	(void)snprintf(m->partial, sizeof(m->partial), "%.*s" SUFFIX, (int)len,
	    m->dir);
	return DV_EXIT_YES;
}

static enum dv_exit
refuse_existing(const char *dir, struct dv_err *err)
{
	enum dv_exit exit = dv_fail(err, DV_EXIT_NO, "%s exists already; "
	    "nothing was changed", dir);

	return dv_hint(err, exit, "name another directory with -d, or look at "
	    "this one with: pki-init check -d %s", dir);
}

enum dv_exit
pki_ca_check_free(const char *dir, struct dv_err *err)
{
	struct stat st;

	return lstat(dir, &st) == 0 ? refuse_existing(dir, err) : DV_EXIT_YES;
}

/* One process at a time; the lock ends with the process. */
static enum dv_exit
lock(struct making *m, struct dv_err *err)
{
	struct stat held, named;
	enum dv_exit exit = DV_EXIT_YES;
	int fd = open(m->partial, O_RDONLY | O_DIRECTORY | O_NOFOLLOW |
	    O_CLOEXEC);

	if (fd < 0)
		return dv_fail(err, DV_EXIT_NONE, "%s: %s", m->partial,
		    strerror(errno));
	if (flock(fd, LOCK_EX | LOCK_NB) != 0)
		exit = dv_fail(err, DV_EXIT_NONE, "%s: another process is "
		    "making this CA", m->partial);
	/* It may have been renamed between open and lock. */
	else if (fstat(fd, &held) != 0 || lstat(m->partial, &named) != 0 ||
	    held.st_ino != named.st_ino || held.st_dev != named.st_dev)
		exit = refuse_existing(m->dir, err);
	if (exit == DV_EXIT_YES)
		m->lock = fd;
	else
		(void)close(fd);
	return exit;
}

/* What an earlier run began with a certificate is not finished without. */
static enum dv_exit
check_kind(const struct making *m, struct dv_err *err)
{
	const char *other = m->what->request ? PKI_CA_CERT : PKI_CA_REQUEST;
	char path[DV_PATH_MAX];
	struct stat st;
	enum dv_exit exit = dv_path_join(path, m->partial, other, err);

	if (exit == DV_EXIT_YES && lstat(path, &st) == 0)
		exit = dv_fail(err, DV_EXIT_NO, "%s is there: it was begun by "
		    "another command", path);
	return exit;
}

static enum dv_exit
begin(struct making *m, struct dv_err *err)
{
	struct stat st;
	enum dv_exit exit = pki_ca_check_free(m->dir, err);

	if (exit != DV_EXIT_YES)
		return exit;
	if (lstat(m->partial, &st) != 0) {
		exit = dv_dir_make(m->partial, err);
		if (exit != DV_EXIT_YES)
			return exit;
		m->begun_here = true;
	}
	exit = lock(m, err);
	if (exit == DV_EXIT_YES)
		exit = dv_dir_check(m->partial, err);
	return exit == DV_EXIT_YES ? check_kind(m, err) : exit;
}

static enum dv_exit
put(const struct making *m, const char *name, mode_t mode,
    struct dv_bytes bytes, struct dv_err *err)
{
	char path[DV_PATH_MAX];
	const struct dv_file_new file = {
		.path = path,
		.mode = mode,
		.replace = true,	/* of an earlier, unfinished run */
	};
	enum dv_exit exit = dv_path_join(path, m->partial, name, err);

	if (exit == DV_EXIT_YES)
		exit = dv_file_write(&file, bytes, err);
	return exit;
}

/* file: with an absolute path, so that the CA works from any directory. */
static enum dv_exit
absolute(const char *spec, char out[DV_PATH_MAX + 8], struct dv_err *err)
{
	char cwd[DV_PATH_MAX];
	int n;

	if (strncmp(spec, "file:", 5) != 0 || spec[5] == '/')
		n = snprintf(out, DV_PATH_MAX + 8, "%s", spec);
	else if (getcwd(cwd, sizeof(cwd)) == NULL)
		return dv_fail(err, DV_EXIT_NONE, "the current directory: %s",
		    strerror(errno));
	else
		n = snprintf(out, DV_PATH_MAX + 8, "file:%s/%s", cwd,
		    spec + 5);
	if (n < 0 || n >= DV_PATH_MAX + 8)
		return dv_fail(err, DV_EXIT_NONE, "%.64s...: the path is too "
		    "long", spec);
	return DV_EXIT_YES;
}

static enum dv_exit
open_or_create(struct making *m, const char *spec, struct dv_err *err)
{
	const struct ds_key_new fresh = {
		.spec = spec,
		.type = m->what->key_type,
		.access = m->what->access,
	};
	struct stat st;
	bool created;

	if (strncmp(spec, "file:", 5) == 0 && lstat(spec + 5, &st) == 0)
		return ds_key_open(spec, m->what->access, &m->key, err);
	return ds_key_create(&fresh, &m->key, &created, err);
}

static enum dv_exit
check_key_type(const struct making *m, struct dv_err *err)
{
	const struct ds_key_type *wanted = m->what->key_type;

	if (!m->what->key_type_given || ds_key_has_type(m->key, wanted))
		return DV_EXIT_YES;
	return dv_fail(err, DV_EXIT_NO, "%s holds a %s key, --key-type asks "
	    "for %s", ds_key_spec(m->key),
	    dv_key_type_name(ds_key_public(m->key)->type), wanted->name);
}

static enum dv_exit
get_key(struct making *m, struct dv_err *err)
{
	char spec[DV_PATH_MAX + 8] = "file:", line[DV_PATH_MAX + 9];
	bool elsewhere = m->what->keyspec != NULL;
	int n;
	enum dv_exit exit = elsewhere ?
	    absolute(m->what->keyspec, spec, err) :
	    dv_path_join(spec + 5, m->partial, PKI_CA_KEY, err);

	if (exit == DV_EXIT_YES)
		exit = open_or_create(m, spec, err);
	if (exit == DV_EXIT_YES)
		exit = check_key_type(m, err);
	if (exit == DV_EXIT_YES)
		(void)snprintf(m->what->key_where, DS_KEY_WHERE, "%s",
		    ds_key_where(m->key));
	if (exit != DV_EXIT_YES || !elsewhere)
		return exit;
	n = snprintf(line, sizeof(line), "%s\n", spec);
	return put(m, PKI_CA_KEY_URI, 0600,
	    (struct dv_bytes){ (const uint8_t *)line, (size_t)n }, err);
}

static enum dv_exit
get_ledger(struct making *m, struct dv_err *err)
{
	char path[DV_PATH_MAX];
	enum dv_exit exit = dv_path_join(path, m->partial, PKI_CA_LEDGER, err);

	if (exit == DV_EXIT_YES)
		exit = pki_ledger_create(path, true, &m->ledger, err);
	return exit;
}

/* A root is in its own ledger, an intermediate in its issuer's. */
static enum dv_exit
certify(struct making *m, struct dv_err *err)
{
	const struct pki_ca_new *what = m->what;
	uint8_t room[NAME_ROOM];
	struct ds_der name = ds_der_start(room, sizeof(room));
	struct pki_issuer issuer = { .key = m->key, .ledger = m->ledger };
	struct pki_order order = {
		.profile = what->profile,
		.key = ds_key_public(m->key),
		.not_before = what->not_before,
		.not_after = what->not_after,
		.end_given = what->end_given,
		.path_len = what->path_len,
		.extra = what->extra,
		.now = what->now,
	};
	bool again;
	enum dv_exit exit = ds_der_name(&name, what->subject, err);

	if (exit != DV_EXIT_YES)
		return exit;
	order.subject = ds_der_done(&name);
	if (order.subject.ptr == NULL)
		return dv_fail(err, DV_EXIT_NO, "the subject is too long");
	if (what->issuer != NULL)
		issuer = pki_ca_issuer(what->issuer);
	exit = pki_issue(&issuer, &order, &m->cert, &again, err);
	/* A root is known to nobody but the directory that it grows in. */
	m->certified = exit == DV_EXIT_YES && what->issuer != NULL;
	return exit;
}

static enum dv_exit
write_certs(const struct making *m, struct dv_err *err)
{
	const struct pki_ca *issuer = m->what->issuer;
	struct dv_buf pem = { NULL, 0, 0 };
	bool ok = dv_pem_write(&pem, "CERTIFICATE", dv_buf_bytes(&m->cert));
	enum dv_exit exit = !ok ? dv_fail(err, DV_EXIT_NONE, "out of memory") :
	    put(m, PKI_CA_CERT, 0644, dv_buf_bytes(&pem), err);

	for (size_t i = 0; ok && issuer != NULL && i < issuer->chain_count; i++)
		ok = dv_pem_write(&pem, "CERTIFICATE", issuer->chain[i]);
	if (exit == DV_EXIT_YES && !ok)
		exit = dv_fail(err, DV_EXIT_NONE, "out of memory");
	if (exit == DV_EXIT_YES)
		exit = put(m, PKI_CA_CHAIN, 0644, dv_buf_bytes(&pem), err);
	dv_buf_free(&pem);
	return exit;
}

/* What the issuer on another machine is asked for. */
static enum dv_exit
write_request(const struct making *m, struct dv_err *err)
{
	struct dv_buf der = { NULL, 0, 0 }, pem = { NULL, 0, 0 };
	enum dv_exit exit = ds_csr_make(m->key, m->what->subject, &der, err);

	if (exit == DV_EXIT_YES && !dv_pem_write(&pem, "CERTIFICATE REQUEST",
	    dv_buf_bytes(&der)))
		exit = dv_fail(err, DV_EXIT_NONE, "out of memory");
	if (exit == DV_EXIT_YES)
		exit = put(m, PKI_CA_REQUEST, 0644, dv_buf_bytes(&pem), err);
	dv_buf_free(&der);
	dv_buf_free(&pem);
	return exit;
}

/* The first line of its log. Nobody can sign it yet: `install` does. */
static enum dv_exit
log_request(const struct making *m, struct dv_err *err)
{
	struct pki_log_entry entry = { .event = "request" };
	uint8_t digest[DV_MAX_DIGEST];

	if (dv_hash_once(DV_HASH_SHA256, ds_key_public(m->key)->spki,
	    digest) != PKI_SHA256)
		return dv_fail(err, DV_EXIT_NONE, "cannot hash");
	pki_log_add(&entry, "name", "%.*s", PKI_LOG_VALUE, m->what->subject);
	pki_log_add_hex(&entry, "key", (struct dv_bytes){ digest,
	    PKI_SHA256 });
	return pki_log(m->ledger, &entry, err);
}

static enum dv_exit
certify_and_write(struct making *m, struct dv_err *err)
{
	enum dv_exit exit = certify(m, err);

	return exit == DV_EXIT_YES ? write_certs(m, err) : exit;
}

static enum dv_exit
sync_parent(const char *dir, struct dv_err *err)
{
	char parent[DV_PATH_MAX];
	const char *slash = strrchr(dir, '/');
	int fd;

	(void)snprintf(parent, sizeof(parent), "%.*s",
	    slash == NULL ? 1 : slash == dir ? 1 : (int)(slash - dir),
	    slash == NULL ? "." : dir);
	fd = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fsync(fd) != 0) {
		int number = errno;

		if (fd >= 0)
			(void)close(fd);
		return dv_fail(err, DV_EXIT_NONE, "%s: %s", parent,
		    strerror(number));
	}
	(void)close(fd);
	return DV_EXIT_YES;
}

/* Appears whole, and never in the place of something else. */
static enum dv_exit
publish(struct making *m, struct dv_err *err)
{
	/* The last one closes SQLite's side files as well. */
	pki_ledger_close(m->ledger);
	m->ledger = NULL;
	if (renameat2(AT_FDCWD, m->partial, AT_FDCWD, m->dir,
	    RENAME_NOREPLACE) != 0) {
		if (errno == EEXIST)
			return refuse_existing(m->dir, err);
		return dv_fail(err, DV_EXIT_NONE, "%s cannot be renamed to "
		    "%s: %s", m->partial, m->dir, strerror(errno));
	}
	return sync_parent(m->dir, err);
}

/* What this run began and no ledger outside knows of: away with it. */
static void
forget(const struct making *m)
{
	static const char *const parts[] = { PKI_CA_CERT, PKI_CA_CHAIN,
	    PKI_CA_REQUEST, PKI_CA_KEY, PKI_CA_KEY_URI, PKI_CA_LEDGER,
	    PKI_CA_LEDGER "-wal", PKI_CA_LEDGER "-shm", PKI_CA_LEDGER "-journal",
	    PKI_LOG_FILE, PKI_LOG_SIGNATURE };
	char path[DV_PATH_MAX];
	struct dv_err ignored;

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (dv_path_join(path, m->partial, parts[i], &ignored) ==
		    DV_EXIT_YES)
			(void)unlink(path);
	}
	(void)rmdir(m->partial);
}

/* After a failure: nothing left, or what to do with what is. */
static enum dv_exit
clean_up(const struct making *m, enum dv_exit exit, struct dv_err *err)
{
	struct stat st;

	/* Without the lock it is somebody else's by now. */
	if (m->begun_here && m->lock >= 0 && !m->certified) {
		forget(m);
		return exit;
	}
	if (err->hint[0] != '\0' || lstat(m->partial, &st) != 0)
		return exit;
	return dv_hint(err, exit, "%s is an unfinished CA: give the command "
	    "that began it once more to finish it, or remove it to begin anew",
	    m->partial);
}

enum dv_exit
pki_ca_make(const struct pki_ca_new *what, struct dv_err *err)
{
	struct making m = { .what = what, .lock = -1 };
	enum dv_exit exit = names(&m, err);

	if (exit == DV_EXIT_YES)
		exit = begin(&m, err);
	if (exit == DV_EXIT_YES)
		exit = get_key(&m, err);
	if (exit == DV_EXIT_YES)
		exit = get_ledger(&m, err);
	if (exit == DV_EXIT_YES)
		exit = what->request ? write_request(&m, err) :
		    certify_and_write(&m, err);
	if (exit == DV_EXIT_YES)
		exit = what->request ? log_request(&m, err) :
		    pki_log_begin(m.partial, m.key, m.ledger, err);
	if (exit == DV_EXIT_YES)
		exit = publish(&m, err);
	ds_key_close(m.key);
	pki_ledger_close(m.ledger);
	if (exit != DV_EXIT_YES)
		exit = clean_up(&m, exit, err);
	if (m.lock >= 0)
		(void)close(m.lock);
	dv_buf_free(&m.cert);
	return exit;
}
