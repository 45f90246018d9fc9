/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any bytes as a certificate, a key and a name: an answer, with nothing left
 * in the outputs of a refusal and a place inside the input. One whose own
 * signature verifies is one of the vectors.
 */
#include "dv_chain.h"
#include "fuzz.h"

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	vectors_walk("chain", ".der", file_know);
	vectors_walk("cert", ".der", file_know);
	return 0;
}

static void
show(struct dv_bytes name)
{
	char text[64];
	size_t cap;

	for (cap = 8; cap <= sizeof(text); cap += 14)
		dv_name_text(name, text, cap);
	(void)!dv_name_equal(name, name);
}

/* The tolerant reader takes what the strict one takes, and notes the rest. */
static void
sloppy_check(struct dv_bytes input)
{
	struct dv_cert strict, sloppy;
	struct dv_at at, unused;
	enum dv_reason parsed = dv_cert_parse(input, &strict, &unused);

	if (dv_cert_read(input, &sloppy, &at) != DV_R_NONE) {
		must(parsed != DV_R_NONE && sloppy.der.ptr == NULL);
		must_be_placed(&at, input.len);
		return;
	}
	must((sloppy.defect.reason == DV_R_NONE) == (parsed == DV_R_NONE));
	must(sloppy.serial.len <= DV_MAX_SERIAL_PATH);
	if (parsed != DV_R_NONE)
		must_be_placed(&sloppy.defect.at, input.len);
}

/* Signed by its own key only if somebody did; a wrong signature is told. */
static void
signature_check(const struct dv_cert *cert)
{
	struct dv_anchor anchor;
	struct dv_at at;

	if (dv_cert_check_signature(cert, &cert->key, &at) == DV_R_NONE)
		must(is_known(cert->der));
	else
		must_be_placed(&at, cert->der.len);
	if (dv_anchor_from_cert(cert, &anchor, &at) != DV_R_NONE)
		must(anchor.name.ptr == NULL && at.field != DV_F_NONE);
	else if (dv_name_equal(cert->issuer, cert->subject) &&
	    cert->sig_alg != DV_SIG_NONE)
		must(is_known(cert->der));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dv_bytes input = { data, size };
	struct dv_cert cert;
	struct dv_key key;
	struct dv_at at;

	if (dv_cert_parse(input, &cert, &at) != DV_R_NONE) {
		must_be_placed(&at, size);
		must(cert.der.ptr == NULL && cert.ext.present == 0);
	} else {
		must(cert.der.len == size && cert.serial.len <= DV_MAX_SERIAL);
		must(dv_name_equal(cert.issuer, cert.issuer));
		must(dv_name_equal(cert.subject, cert.subject));
		show(cert.issuer);
		show(cert.subject);
		signature_check(&cert);
	}
	sloppy_check(input);
	if (dv_key_parse(input, &key, &at) != DV_R_NONE)
		must_be_placed(&at, size);
	show(input);
	return 0;
}
