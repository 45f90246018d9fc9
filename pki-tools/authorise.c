/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Authorisations: how many devices of which models a CA may certify in a
 * batch, said by a CA above it. Nothing here issues. docs/FORMAT.md.
 */
#include <stdio.h>
#include <string.h>

#include "bytes.h"
#include "dv_chain.h"
#include "cbor.h"
#include "cbor_write.h"
#include "pki_batch.h"

/* Keys of the payload. */
enum {
	BATCH = 1,
	QUANTITY,
	MODELS,
	NOT_AFTER,
	PROFILE,
	ISSUER_KEY_ID,
	FIELDS = ISSUER_KEY_ID
};

static bool
is_name_character(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || c == '-' || c == '.';
}

/* Letters, digits and the marks that PrintableString and file names share. */
enum dv_exit
pki_batch_name_check(const char *name, struct dv_err *err)
{
	size_t len = strlen(name), i = 0;

	while (i < len && is_name_character(name[i]))
		i++;
	if (i == len && len > 0 && len <= PKI_BATCH_NAME && name[0] != '.' &&
	    name[0] != '-')
		return DV_EXIT_YES;
	return dv_fail(err, DV_EXIT_USAGE, "\"%.64s\" is not a name for a "
	    "batch: 1 to %d letters, digits, - and ., the first a letter or "
	    "digit", name, PKI_BATCH_NAME);
}

enum dv_exit
pki_model_check(const char *model, struct dv_err *err)
{
	size_t len = strlen(model), i = 0;

	while (i < len && model[i] > ' ' && model[i] <= '~')
		i++;
	/* a blank inside is allowed, at an end it is a mistake */
	for (; i < len && model[i] >= ' ' && model[i] <= '~'; i++)
		continue;
	if (i == len && len > 0 && len <= PKI_MODEL && model[0] != ' ' &&
	    model[len - 1] != ' ')
		return DV_EXIT_YES;
	return dv_fail(err, DV_EXIT_USAGE, "\"%.64s\" is not a model: 1 to %d "
	    "printable ASCII characters", model, PKI_MODEL);
}

bool
pki_model_allowed(const char *models, const char *model)
{
	size_t len = model == NULL ? 0 : strlen(model);

	if (*models == '\0')
		return true;
	while (len > 0 && models != NULL) {
		const char *end = strchr(models, '\n');
		size_t one = end == NULL ? strlen(models) :
		    (size_t)(end - models);

		if (one == len && memcmp(models, model, len) == 0)
			return true;
		models = end == NULL ? NULL : end + 1;
	}
	return false;
}

/* ---- making --------------------------------------------------------------- */

static size_t
model_count(const char *models)
{
	size_t count = *models == '\0' ? 0 : 1;

	for (; *models != '\0'; models++)
		count += *models == '\n';
	return count;
}

static void
put_models(struct ds_cbor *w, const char *models)
{
	size_t count = model_count(models);

	ds_cbor_array(w, count);
	for (size_t i = 0; i < count; i++) {
		size_t len = strcspn(models, "\n");

		ds_cbor_text(w, (struct dv_bytes){ (const uint8_t *)models,
		    len });
		models += len + 1;
	}
}

static void
put_text(struct ds_cbor *w, const char *text)
{
	ds_cbor_text(w, (struct dv_bytes){ (const uint8_t *)text,
	    strlen(text) });
}

static struct dv_bytes
payload(uint8_t *room, size_t cap, const struct pki_authorisation *what)
{
	struct ds_cbor w = ds_cbor_start(room, cap);

	ds_cbor_map(&w, FIELDS);
	ds_cbor_int(&w, BATCH);
	put_text(&w, what->batch);
	ds_cbor_int(&w, QUANTITY);
	ds_cbor_int(&w, what->quantity);
	ds_cbor_int(&w, MODELS);
	put_models(&w, what->models);
	ds_cbor_int(&w, NOT_AFTER);
	ds_cbor_int(&w, what->not_after.s);
	ds_cbor_int(&w, PROFILE);
	put_text(&w, what->profile);
	ds_cbor_int(&w, ISSUER_KEY_ID);
	ds_cbor_bytes(&w, (struct dv_bytes){ what->issuer_key_id,
	    PKI_KEY_ID });
	return ds_cbor_done(&w);
}

enum dv_exit
pki_authorise(const struct pki_ca *ca, const struct pki_authorisation *what,
    dv_time now, struct dv_buf *out, struct dv_err *err)
{
	uint8_t room[sizeof(*what) + 256];
	const struct pki_statement_new statement = {
		.ca = ca,
		.typ = PKI_TYP_AUTHORISATION,
		.payload = payload(room, sizeof(room), what),
		.iat = now,
	};

	if (statement.payload.ptr == NULL)
		return dv_fail(err, DV_EXIT_NO, "the authorisation is too "
		    "large");
	return pki_statement_make(&statement, out, err);
}

bool
pki_authorisation_is(struct dv_bytes file,
    const struct pki_authorisation *what)
{
	uint8_t room[sizeof(*what) + 256];
	struct pki_statement statement;
	struct dv_err ignored;

	return pki_statement_read(file, PKI_TYP_AUTHORISATION, &statement,
	    &ignored) == DV_EXIT_YES && dv_bytes_equal(statement.payload,
	    payload(room, sizeof(room), what));
}

/* ---- reading -------------------------------------------------------------- */

/* A field: its key, and a value of this kind. */
static bool
take(struct dv_cbor *in, int64_t key, enum dv_cbor_kind kind,
    struct dv_cbor_item *out)
{
	const enum dv_reason bad = DV_R_CBOR_MALFORMED;

	return dv_cbor_take(in, DV_CBOR_INT, bad, out) == DV_R_NONE &&
	    out->number == key && dv_cbor_take(in, kind, bad, out) == DV_R_NONE;
}

/* Text without anything that would end it early. */
static bool
copy_text(struct dv_bytes text, char *out, size_t cap)
{
	if (text.len == 0 || text.len >= cap ||
	    memchr(text.ptr, '\0', text.len) != NULL)
		return false;
	memcpy(out, text.ptr, text.len);
	out[text.len] = '\0';
	return true;
}

static bool
take_models(struct dv_cbor *in, struct pki_authorisation *out)
{
	struct dv_cbor_item item;
	struct dv_err ignored;
	char model[PKI_MODEL + 1];
	size_t len = 0;
	int64_t count;

	if (!take(in, MODELS, DV_CBOR_ARRAY, &item) ||
	    item.number > PKI_MAX_MODELS)
		return false;
	count = item.number;
	for (int64_t i = 0; i < count; i++) {
		if (dv_cbor_take(in, DV_CBOR_TEXT, DV_R_CBOR_MALFORMED,
		    &item) != DV_R_NONE ||
		    !copy_text(item.bytes, model, sizeof(model)) ||
		    pki_model_check(model, &ignored) != DV_EXIT_YES)
			return false;
		len += (size_t)snprintf(out->models + len,
		    sizeof(out->models) - len, "%s%s", i == 0 ? "" : "\n",
		    model);
	}
	return true;
}

static bool
take_all(struct dv_cbor *in, struct pki_authorisation *out)
{
	struct dv_cbor_item item;
	struct dv_err ignored;

	if (dv_cbor_take(in, DV_CBOR_MAP, DV_R_CBOR_MALFORMED, &item) !=
	    DV_R_NONE ||
	    item.number != FIELDS || !take(in, BATCH, DV_CBOR_TEXT, &item) ||
	    !copy_text(item.bytes, out->batch, sizeof(out->batch)) ||
	    pki_batch_name_check(out->batch, &ignored) != DV_EXIT_YES ||
	    !take(in, QUANTITY, DV_CBOR_INT, &item) || item.number < 1 ||
	    item.number > PKI_MAX_QUANTITY)
		return false;
	out->quantity = item.number;
	if (!take_models(in, out) || !take(in, NOT_AFTER, DV_CBOR_INT, &item))
		return false;
	out->not_after.s = item.number;
	if (item.number < DV_TIME_MIN || item.number > DV_TIME_MAX ||
	    !take(in, PROFILE, DV_CBOR_TEXT, &item) ||
	    !copy_text(item.bytes, out->profile, sizeof(out->profile)) ||
	    !take(in, ISSUER_KEY_ID, DV_CBOR_BYTES, &item) ||
	    item.bytes.len != PKI_KEY_ID)
		return false;
	memcpy(out->issuer_key_id, item.bytes.ptr, PKI_KEY_ID);
	return dv_cbor_end(in) == DV_R_NONE;
}

/*
 * A CA that is bound takes the word of the key that has bound it and of no
 * other: a root that its operator has put above that one says nothing.
 */
static bool
may_authorise(const struct pki_ca *ca, size_t place,
    const struct dv_cert *signer)
{
	struct dv_at at;

	return !dv_cert_has(&ca->cert, DV_EXT_AUTHORISED_ONLY) ||
	    (place == 1 && dv_cert_check_signature(&ca->cert, &signer->key,
	    &at) == DV_R_NONE);
}

/* The place in the CA's chain, above the CA, of the key that signed. */
static enum dv_exit
find_signer(const struct pki_ca *ca, const struct pki_statement *statement,
    size_t *place, struct dv_cert *signer, struct dv_err *err)
{
	struct dv_cert claimed;
	struct dv_at at;
	enum dv_exit exit;

	if (dv_cert_parse(statement->signer, &claimed, &at) != DV_R_NONE)
		return dv_fail(err, DV_EXIT_NO, "the signer's certificate "
		    "cannot be read");
	for (size_t i = 1; i < ca->chain_count; i++) {
		if (dv_cert_parse(ca->chain[i], signer, &at) == DV_R_NONE &&
		    dv_bytes_equal(signer->key.spki, claimed.key.spki) &&
		    may_authorise(ca, i, signer)) {
			*place = i;
			return DV_EXIT_YES;
		}
	}
	exit = dv_fail(err, DV_EXIT_NO, "refused: it is not signed by %s %s",
	    dv_cert_has(&ca->cert, DV_EXT_AUTHORISED_ONLY) ?
	    "the CA that certified" : "a CA above", ca->dir);
	return dv_hint(err, exit, "an authorisation comes from the CA that "
	    "certified this one, by `pki-init authorise`");
}

/* Is the key one that the CA's root stands for, now? */
static enum dv_exit
verify(const struct pki_ca *ca, const struct pki_statement *statement,
    dv_time now, struct dv_err *err)
{
	struct pki_question question = { .at = now };
	struct dv_cert signer;
	size_t place = 0;
	enum dv_exit exit = find_signer(ca, statement, &place, &signer, err);

	if (exit != DV_EXIT_YES)
		return exit;
	question.cert = ca->chain[place];
	question.chain = &ca->chain[place + 1];
	question.chain_count = ca->chain_count - place - 1;
	exit = pki_cert_verify(&question, NULL, err);
	if (exit == DV_EXIT_YES)
		exit = pki_statement_verify(statement, &signer.key, err);
	return exit;
}

enum dv_exit
pki_authorisation_read(struct dv_bytes file, const struct pki_ca *ca,
    dv_time now, struct pki_authorisation *out, struct dv_err *err)
{
	struct pki_statement statement;
	struct dv_at at;
	struct dv_cbor in;
	enum dv_exit exit = pki_statement_read(file, PKI_TYP_AUTHORISATION,
	    &statement, err);

	*out = (struct pki_authorisation){ .quantity = 0 };
	if (exit == DV_EXIT_YES)
		exit = verify(ca, &statement, now, err);
	if (exit != DV_EXIT_YES)
		return exit;
	in = dv_cbor_start(statement.payload, DV_F_PAYLOAD, &at);
	if (!take_all(&in, out))
		return dv_fail(err, DV_EXIT_NO, "what is authorised cannot be "
		    "read");
	if (dv_bytes_equal((struct dv_bytes){ out->issuer_key_id, PKI_KEY_ID },
	    ca->cert.ext.subject_key_id))
		return DV_EXIT_YES;
	return dv_fail(err, DV_EXIT_NO, "refused: it is for another CA than "
	    "%s: the key identifiers differ", ca->dir);
}
