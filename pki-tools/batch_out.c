/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a batch hands out: a directory for each device, whole or not at all, and
 * a line of results. Called only for what the ledger has on the disk.
 * docs/FORMAT.md.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "batch.h"
#include "bytes.h"
#include "host/json.h"
#include "host/text.h"

#define RESULTS "results.jsonl"
#define DEVICES "devices"

/* The files of one device; borrowed but for pem and chain. */
struct bundle {
	struct dv_buf pem, chain;
	struct { const char *name; struct dv_bytes bytes; } file[4];
	size_t count;
};

static bool
bundle_make(const struct pki_run *run, const struct pki_outcome *o,
    struct bundle *b)
{
	const struct dv_bytes der = dv_buf_bytes(&o->der);
	bool ok = dv_pem_write(&b->pem, "CERTIFICATE", der) &&
	    dv_buf_add(&b->chain, dv_buf_bytes(&b->pem)) &&
	    dv_buf_add(&b->chain, dv_buf_bytes(&run->chain_pem));

	b->file[0].name = "cert.der";
	b->file[0].bytes = der;
	b->file[1].name = "cert.pem";
	b->file[1].bytes = dv_buf_bytes(&b->pem);
	b->file[2].name = "chain.pem";
	b->file[2].bytes = dv_buf_bytes(&b->chain);
	b->file[3].name = "key.p7m";
	b->file[3].bytes = dv_buf_bytes(&o->sealed);
	b->count = o->sealed.len > 0 ? 4 : 3;
	return ok;
}

static void
bundle_free(struct bundle *b)
{
	dv_buf_free(&b->pem);
	dv_buf_free(&b->chain);
}

static enum dv_exit
fail_out(const struct pki_run *run, const char *id, struct dv_err *err)
{
	int number = errno;
	enum dv_exit exit = dv_fail(err, DV_EXIT_NONE, "%s: cannot write %s: "
	    "%s", run->out, id, strerror(number));

	return dv_hint(err, exit, "what was issued is in the ledger: the same "
	    "command, with room on the disk, writes it out");
}

static bool
write_file(int dir, const char *name, struct dv_bytes bytes)
{
	int fd = openat(dir, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC |
	    O_NOFOLLOW, 0644);
	bool ok = fd >= 0;

	while (ok && bytes.len > 0) {
		ssize_t n = write(fd, bytes.ptr, bytes.len);

		ok = n > 0 || (n < 0 && errno == EINTR);
		bytes.ptr += n > 0 ? n : 0;
		bytes.len -= n > 0 ? (size_t)n : 0;
	}
	if (fd >= 0 && close(fd) != 0)
		ok = false;
	return ok;
}

/* ".ID.new", which a run that was killed may have left. */
static void
new_name(const char *id, char out[PKI_DEVICE_ID + 8])
{
	(void)snprintf(out, PKI_DEVICE_ID + 8, ".%s.new", id);
}

/* Is this very file there already? */
static bool
is_there(int dir, const char *name, struct dv_bytes bytes)
{
	uint8_t part[4096];
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	ssize_t n = 0;

	while (fd >= 0 && (n = read(fd, part, sizeof(part))) > 0) {
		if ((size_t)n > bytes.len || !dv_bytes_equal(
		    (struct dv_bytes){ part, (size_t)n },
		    (struct dv_bytes){ bytes.ptr, (size_t)n }))
			break;
		bytes.ptr += n;
		bytes.len -= (size_t)n;
	}
	if (fd >= 0)
		(void)close(fd);
	return fd >= 0 && n == 0 && bytes.len == 0;
}

/* A directory of this device is there: mends what is not as it should be. */
static bool
mend(const struct bundle *b, int dir)
{
	bool ok = true;

	for (size_t i = 0; ok && i < b->count; i++) {
		if (is_there(dir, b->file[i].name, b->file[i].bytes))
			continue;
		ok = write_file(dir, ".new", b->file[i].bytes) &&
		    renameat(dir, ".new", dir, b->file[i].name) == 0;
	}
	return ok;
}

static bool
fill(const struct bundle *b, int dir)
{
	bool ok = true;

	for (size_t i = 0; ok && i < b->count; i++)
		ok = write_file(dir, b->file[i].name, b->file[i].bytes);
	return ok;
}

/* Writes beside the place; publish() gives it its name. */
static bool
write_bundle(const struct pki_run *run, const struct pki_outcome *o,
    const struct bundle *b)
{
	const int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW;
	char name[PKI_DEVICE_ID + 8];
	int dir = openat(run->devices_fd, o->id, flags);
	bool old = dir >= 0, ok;

	new_name(o->id, name);
	if (!old && errno == ENOENT && (mkdirat(run->devices_fd, name, 0755) == 0 ||
	    errno == EEXIST))
		dir = openat(run->devices_fd, name, flags);
	if (dir < 0)
		return false;
	ok = old ? mend(b, dir) : fill(b, dir);
	(void)close(dir);
	return ok;
}

static bool
publish(const struct pki_run *run, const struct pki_outcome *o)
{
	char name[PKI_DEVICE_ID + 8];

	new_name(o->id, name);
	return renameat(run->devices_fd, name, run->devices_fd, o->id) == 0 ||
	    errno == ENOENT;
}

/* ---- lines ---------------------------------------------------------------- */

static void
json_line(FILE *out, const struct pki_run *run, const struct pki_outcome *o)
{
	struct dv_json json = { .out = out };
	struct dv_cert cert;
	struct dv_at at;
	uint8_t digest[DV_MAX_DIGEST];

	dv_json_begin(&json);
	dv_json_number(&json, "v", 1);
	dv_json_text(&json, "batch", run->auth.batch);
	dv_json_number(&json, "line", (int64_t)o->line);
	dv_json_text(&json, "id", o->id);
	if (o->model[0] != '\0')
		dv_json_text(&json, "model", o->model);
	dv_json_text(&json, "result", o->cause == PKI_CAUSE_NONE ? "ok" : "ko");
	if (o->cause != PKI_CAUSE_NONE) {
		dv_json_text(&json, "cause", pki_cause_name(o->cause));
		dv_json_text(&json, "why", o->why);
		if (o->hint[0] != '\0')
			dv_json_text(&json, "hint", o->hint);
	} else if (dv_cert_parse(dv_buf_bytes(&o->der), &cert, &at) ==
	    DV_R_NONE && dv_hash_once(DV_HASH_SHA256, cert.der, digest) != 0) {
		dv_json_flag(&json, "on_record", o->again);
		dv_json_hex(&json, "serial", cert.serial);
		dv_json_hex(&json, "sha256", (struct dv_bytes){ digest,
		    PKI_SHA256 });
		dv_json_instant(&json, "not_after", cert.not_after);
	}
	dv_json_end(&json);
}

static void
text_line(const struct pki_outcome *o)
{
	struct dv_cert cert;
	struct dv_at at;

	if (o->id[0] != '\0')
		dv_print_subject(stdout, o->id);
	else
		(void)printf("line %lu", o->line);
	if (o->cause != PKI_CAUSE_NONE) {
		(void)printf(": KO %s: ", pki_cause_name(o->cause));
		dv_print_safe(stdout, dv_text_bytes(o->why));
	} else if (dv_cert_parse(dv_buf_bytes(&o->der), &cert, &at) ==
	    DV_R_NONE) {
		(void)printf(": OK %s, serial ", o->again ? "on record" :
		    "issued");
		dv_print_hex(stdout, cert.serial);
	}
	(void)putchar('\n');
}

static void
say(const struct pki_run *run, const struct pki_outcome *o)
{
	json_line(run->results, run, o);
	if (run->json)
		json_line(stdout, run, o);
	else
		text_line(o);
}

/* ---- all of it ------------------------------------------------------------ */

static enum dv_exit
write_root(const struct pki_run *run, struct dv_err *err)
{
	const struct dv_bytes root = run->ca->chain[run->ca->chain_count - 1];
	struct dv_buf pem = { NULL, 0, 0 };
	bool ok = dv_pem_write(&pem, "CERTIFICATE", root) &&
	    write_file(run->out_fd, ".root.new", dv_buf_bytes(&pem)) &&
	    renameat(run->out_fd, ".root.new", run->out_fd, "root.pem") == 0 &&
	    write_file(run->out_fd, ".root.new", root) &&
	    renameat(run->out_fd, ".root.new", run->out_fd, "root.der") == 0;

	dv_buf_free(&pem);
	return ok ? DV_EXIT_YES : fail_out(run, "root.pem", err);
}

enum dv_exit
pki_batch_out_open(struct pki_run *run, struct dv_err *err)
{
	const int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
	int fd;

	for (size_t i = 0; i < run->ca->chain_count; i++) {
		if (!dv_pem_write(&run->chain_pem, "CERTIFICATE",
		    run->ca->chain[i]))
			return dv_fail(err, DV_EXIT_NONE, "out of memory");
	}
	if (mkdir(run->out, 0755) != 0 && errno != EEXIST)
		return fail_out(run, "it", err);
	run->out_fd = open(run->out, flags);
	if (run->out_fd < 0)
		return fail_out(run, "it", err);
	if (mkdirat(run->out_fd, DEVICES, 0755) != 0 && errno != EEXIST)
		return fail_out(run, DEVICES, err);
	run->devices_fd = openat(run->out_fd, DEVICES, flags | O_NOFOLLOW);
	if (run->devices_fd < 0)
		return fail_out(run, DEVICES, err);
	fd = openat(run->out_fd, RESULTS, O_WRONLY | O_CREAT | O_TRUNC |
	    O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd < 0 || (run->results = fdopen(fd, "w")) == NULL)
		return fail_out(run, RESULTS, err);
	return write_root(run, err);
}

static enum dv_exit
write_bundles(struct pki_run *run, bool *any, struct dv_err *err)
{
	enum dv_exit exit = DV_EXIT_YES;

	*any = false;
	for (size_t i = 0; exit == DV_EXIT_YES && i < run->count; i++) {
		const struct pki_outcome *o = &run->outcome[i];
		struct bundle b = { .count = 0 };

		if (o->cause != PKI_CAUSE_NONE)
			continue;
		*any = true;
		if (!bundle_make(run, o, &b))
			exit = dv_fail(err, DV_EXIT_NONE, "out of memory");
		else if (!write_bundle(run, o, &b))
			exit = fail_out(run, o->id, err);
		bundle_free(&b);
	}
	return exit;
}

/* Written, on the disk, named, in this order: what has a name is whole. */
enum dv_exit
pki_batch_out_group(struct pki_run *run, struct dv_err *err)
{
	bool any;
	enum dv_exit exit = write_bundles(run, &any, err);

	if (exit != DV_EXIT_YES)
		return exit;
	if (any && syncfs(run->out_fd) != 0)
		return fail_out(run, "it", err);
	for (size_t i = 0; i < run->count; i++) {
		if (run->outcome[i].cause == PKI_CAUSE_NONE &&
		    !publish(run, &run->outcome[i]))
			return fail_out(run, run->outcome[i].id, err);
	}
	for (size_t i = 0; i < run->count; i++)
		say(run, &run->outcome[i]);
	(void)fflush(stdout);
	if (fflush(run->results) != 0)
		return fail_out(run, RESULTS, err);
	return DV_EXIT_YES;
}

void
pki_batch_out_close(struct pki_run *run)
{
	if (run->results != NULL)
		(void)fclose(run->results);
	if (run->devices_fd >= 0)
		(void)close(run->devices_fd);
	if (run->out_fd >= 0)
		(void)close(run->out_fd);
	dv_buf_free(&run->chain_pem);
}
