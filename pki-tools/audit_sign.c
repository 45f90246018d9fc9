/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The audit log signed and its lines read. Nothing here writes a line.
 * pki_log.h; docs/FORMAT.md.
 */
#include <string.h>

#include "audit_log.h"
#include "bytes.h"
#include "cbor.h"
#include "cbor_write.h"
#include "host/when.h"
#include "pki_batch.h"

#define HEX_HASH (2 * PKI_SHA256)

/* Keys of the payload. */
enum { SEQ = 1, HASH, FIELDS = HASH };

/* ---- lines ---------------------------------------------------------------- */

/* Up to the next blank, which is passed over. Empty: there is none. */
static struct dv_bytes
word(struct dv_bytes *rest)
{
	const uint8_t *blank = rest->len == 0 ? NULL :
	    memchr(rest->ptr, ' ', rest->len);
	struct dv_bytes out = { rest->ptr, 0 };

	if (blank == NULL)
		return (struct dv_bytes){ NULL, 0 };
	out.len = (size_t)(blank - rest->ptr);
	rest->ptr += out.len + 1;
	rest->len -= out.len + 1;
	return out;
}

static bool
number(struct dv_bytes text, int64_t *out)
{
	int64_t value = 0;

	if (text.len == 0 || text.len > 18 || text.ptr[0] == '0')
		return false;
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] < '0' || text.ptr[i] > '9')
			return false;
		value = 10 * value + (text.ptr[i] - '0');
	}
	*out = value;
	return true;
}

static int
nibble(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool
hash_of(const uint8_t *text, uint8_t out[PKI_SHA256])
{
	for (size_t i = 0; i < PKI_SHA256; i++) {
		int high = nibble(text[2 * i]), low = nibble(text[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		out[i] = (uint8_t)(high * 16 + low);
	}
	return true;
}

/* " BEFORE HASH" at the end, cut off from *line. */
static bool
take_hashes(struct dv_bytes *line, struct pki_log_line *out)
{
	const size_t len = 2 * (1 + HEX_HASH);
	uint8_t digest[DV_MAX_DIGEST];
	const uint8_t *at;

	if (line->len < len)
		return false;
	at = line->ptr + line->len - len;
	if (at[0] != ' ' || at[1 + HEX_HASH] != ' ' ||
	    !hash_of(at + 1, out->before) ||
	    !hash_of(at + 2 + HEX_HASH, out->hash))
		return false;
	out->whole = dv_hash_once(DV_HASH_SHA256, (struct dv_bytes){ line->ptr,
	    line->len - 1 - HEX_HASH }, digest) == PKI_SHA256 &&
	    memcmp(digest, out->hash, PKI_SHA256) == 0;
	line->len -= len;
	return true;
}

bool
pki_log_parse(struct dv_bytes line, struct pki_log_line *out)
{
	struct dv_bytes rest = line;
	const uint8_t *blank;

	*out = (struct pki_log_line){ .seq = 0 };
	for (size_t i = 0; i < line.len; i++) {
		if (line.ptr[i] < ' ' || line.ptr[i] > '~')
			return false;
	}
	if (!take_hashes(&rest, out) || !number(word(&rest), &out->seq) ||
	    !dv_time_parse(word(&rest), &out->at))
		return false;
	out->who = word(&rest);
	blank = rest.len == 0 ? NULL : memchr(rest.ptr, ' ', rest.len);
	out->event = rest;
	if (blank != NULL) {
		out->event.len = (size_t)(blank - rest.ptr);
		out->says = (struct dv_bytes){ blank + 1,
		    rest.len - out->event.len - 1 };
	}
	return out->who.len > 0 && out->event.len > 0;
}

struct dv_bytes
pki_log_field(const struct pki_log_line *line, const char *key)
{
	struct dv_bytes rest = line->says;
	size_t len = strlen(key);

	while (rest.len > 0) {
		struct dv_bytes one = word(&rest);

		if (one.ptr == NULL) {
			one = rest;
			rest.len = 0;
		}
		if (one.len > len && memcmp(one.ptr, key, len) == 0 &&
		    one.ptr[len] == '=')
			return (struct dv_bytes){ one.ptr + len + 1,
			    one.len - len - 1 };
	}
	return (struct dv_bytes){ NULL, 0 };
}

/* ---- the signature -------------------------------------------------------- */

static enum dv_exit
make(const struct pki_ca *ca, const struct pki_log_head *head,
    struct dv_buf *out, struct dv_err *err)
{
	uint8_t room[64];
	struct ds_cbor w = ds_cbor_start(room, sizeof(room));
	struct pki_statement_new what = { .ca = ca, .typ = PKI_TYP_LOG_HEAD };
	struct dv_when now;
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
	return dv_cbor_take(in, (struct dv_cbor_want){ kind,
	    DV_R_CBOR_MALFORMED }, out);
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
