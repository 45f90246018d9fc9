/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The audit log signed. Nothing here writes a line but the first.
 * pki_log.h; docs/FORMAT.md.
 */
#include <string.h>

#include "audit_log.h"
#include "bytes.h"
#include "cbor.h"
#include "cbor_write.h"
#include "host/when.h"
#include "pki_batch.h"

/* Keys of the payload. */
enum { SEQ = 1, HASH, FIELDS = HASH };

static enum dv_exit
make(const struct pki_ca *ca, const struct pki_log_head *head,
    struct dv_buf *out, struct dv_err *err)
{
	uint8_t room[64];
	struct ds_cbor w = ds_cbor_start(room, sizeof(room));
	struct pki_statement_new what = { .ca = ca, .typ = PKI_TYP_LOG_HEAD };
	struct dv_when now = { .source = NULL };
	enum dv_exit exit = dv_when(NULL, &now, err);

	if (exit != DV_EXIT_YES)
		return exit;
	what.iat = now.at;
	ds_cbor_map(&w, FIELDS);
	ds_cbor_int(&w, SEQ);
	ds_cbor_int(&w, head->seq);
	ds_cbor_int(&w, HASH);
	ds_cbor_bytes(&w, (struct dv_bytes){ head->hash, PKI_SHA256 });
	what.payload = ds_cbor_done(&w);
	return pki_statement_make(&what, out, err);
}

/* Is the signature of this line there? */
static bool
is_signed(const struct pki_ca *ca, const struct pki_log_head *head,
    const char *path)
{
	struct dv_buf old = { NULL, 0, 0 };
	struct pki_log_signed is;
	struct dv_err ignored;
	bool same = dv_file_read(path, PKI_MAX_STATEMENT, &old, &ignored) ==
	    DV_EXIT_YES && pki_log_signed_read(dv_buf_bytes(&old),
	    &ca->cert.key, &is, &ignored) == DV_EXIT_YES &&
	    is.seq == head->seq &&
	    memcmp(is.hash, head->hash, PKI_SHA256) == 0;

	dv_buf_free(&old);
	return same;
}

static enum dv_exit
make_and_write(const struct pki_ca *ca, const struct pki_log_head *head,
    struct dv_err *err)
{
	char path[DV_PATH_MAX];
	const struct dv_file_new file = { .path = path, .mode = 0644,
	    .replace = true };
	struct dv_buf out = { NULL, 0, 0 };
	enum dv_exit exit = pki_log_path(ca->ledger, PKI_LOG_SIGNATURE, path,
	    err);

	if (exit != DV_EXIT_YES || is_signed(ca, head, path))
		return exit;
	exit = make(ca, head, &out, err);
	if (exit == DV_EXIT_YES)
		exit = dv_file_write(&file, dv_buf_bytes(&out), err);
	dv_buf_free(&out);
	return exit;
}

/* Under the log's lock: a later line is not signed before an earlier one. */
enum dv_exit
pki_log_sign(const struct pki_ca *ca, struct dv_err *err)
{
	struct pki_log_file f;
	struct pki_log_head head;
	enum dv_exit exit = pki_log_open(ca->ledger, &f, err);

	if (exit == DV_EXIT_YES)
		exit = pki_ledger_log_get(ca->ledger, &head, err);
	if (exit == DV_EXIT_YES)
		exit = pki_log_bring(&f, &head, err);
	if (exit == DV_EXIT_YES && head.seq > 0)
		exit = make_and_write(ca, &head, err);
	pki_log_close(&f);
	return exit;
}

enum dv_exit
pki_log_end(struct pki_ca *ca, enum dv_exit exit, struct dv_err *err)
{
	struct dv_err why;
	enum dv_exit is = ca->key == NULL || ca->ledger == NULL ?
	    DV_EXIT_YES : pki_log_sign(ca, &why);

	pki_ca_close(ca);
	if (is == DV_EXIT_YES || exit != DV_EXIT_YES)
		return exit;
	exit = dv_fail(err, is, "the audit log was not signed: %s", why.what);
	return dv_hint(err, exit, "%s", why.hint[0] != '\0' ? why.hint :
	    "what was done is recorded; run the same command again");
}

enum dv_exit
pki_log_begin(const char *dir, struct ds_key *key, struct pki_ledger *ledger,
    struct dv_err *err)
{
	struct pki_log_entry entry = { .event = "begin" };
	struct pki_log_head head;
	struct pki_ca *ca;
	enum dv_exit exit = pki_ca_open(dir, &ca, err);

	if (exit != DV_EXIT_YES)
		return exit;
	exit = pki_ledger_log_get(ledger, &head, err);
	if (exit == DV_EXIT_YES && head.seq == 0) {
		pki_log_add_hex(&entry, "key-id", ca->cert.ext.subject_key_id);
		exit = pki_log(ledger, &entry, err);
	}
	ca->key = key;
	ca->ledger = ledger;
	if (exit == DV_EXIT_YES)
		exit = pki_log_sign(ca, err);
	ca->key = NULL;
	ca->ledger = NULL;
	pki_ca_close(ca);
	return exit;
}

static enum dv_reason
take(struct dv_cbor *in, enum dv_cbor_kind kind, struct dv_cbor_item *out)
{
	return dv_cbor_take(in, kind, DV_R_CBOR_MALFORMED, out);
}

static bool
take_head(struct dv_bytes payload, struct pki_log_signed *out)
{
	struct dv_at at;
	struct dv_cbor in = dv_cbor_start(payload, DV_F_PAYLOAD, &at);
	struct dv_cbor_item item;

	if (take(&in, DV_CBOR_MAP, &item) != DV_R_NONE ||
	    item.number != FIELDS ||
	    take(&in, DV_CBOR_INT, &item) != DV_R_NONE || item.number != SEQ ||
	    take(&in, DV_CBOR_INT, &item) != DV_R_NONE || item.number < 1)
		return false;
	out->seq = item.number;
	if (take(&in, DV_CBOR_INT, &item) != DV_R_NONE || item.number != HASH ||
	    take(&in, DV_CBOR_BYTES, &item) != DV_R_NONE ||
	    item.bytes.len != PKI_SHA256)
		return false;
	memcpy(out->hash, item.bytes.ptr, PKI_SHA256);
	return dv_cbor_end(&in) == DV_R_NONE;
}

enum dv_exit
pki_log_signed_read(struct dv_bytes file, const struct dv_key *key,
    struct pki_log_signed *out, struct dv_err *err)
{
	struct pki_statement statement;
	enum dv_exit exit = pki_statement_read(file, PKI_TYP_LOG_HEAD,
	    &statement, err);

	if (exit == DV_EXIT_YES)
		exit = pki_statement_verify(&statement, key, err);
	if (exit != DV_EXIT_YES)
		return exit;
	out->at = statement.iat;
	return take_head(statement.payload, out) ? DV_EXIT_YES :
	    dv_fail(err, DV_EXIT_NO, "what is signed cannot be read");
}
