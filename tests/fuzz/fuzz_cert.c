/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any bytes as a certificate, a request, a key and a name: an answer, with
 * nothing left in the outputs of a refusal and a place inside the input.
 */
#include <stdlib.h>

#include "dv_chain.h"
#include "dv_csr.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
claim(bool holds)
{
	if (!holds)
		abort();
}

static void
check_place(const struct dv_at *at, size_t size)
{
	claim(at->field != DV_F_NONE);
	claim(at->offset <= size || at->offset == DV_NO_OFFSET);
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
		claim(parsed != DV_R_NONE && sloppy.der.ptr == NULL);
		check_place(&at, input.len);
		return;
	}
	claim((sloppy.defect.reason == DV_R_NONE) == (parsed == DV_R_NONE));
	claim(sloppy.serial.len <= DV_MAX_SERIAL_PATH);
	if (parsed != DV_R_NONE)
		check_place(&sloppy.defect.at, input.len);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dv_bytes input = { data, size };
	struct dv_cert cert;
	struct dv_csr csr;
	struct dv_key key;
	struct dv_at at;
	enum dv_reason reason;

	if (dv_cert_parse(input, &cert, &at) != DV_R_NONE) {
		check_place(&at, size);
		claim(cert.der.ptr == NULL && cert.ext.present == 0);
	} else {
		claim(cert.der.len == size && cert.serial.len <= DV_MAX_SERIAL);
		claim(dv_name_equal(cert.issuer, cert.issuer));
		claim(dv_name_equal(cert.subject, cert.subject));
		show(cert.issuer);
		show(cert.subject);
	}
	sloppy_check(input);
	if (dv_csr_parse(input, &csr, &at) != DV_R_NONE) {
		check_place(&at, size);
		claim(csr.der.ptr == NULL);
	} else {
		show(csr.subject);
		reason = dv_csr_prove(&csr, &at);
		claim(reason == DV_R_NONE || at.field != DV_F_NONE);
	}
	if (dv_key_parse(input, &key, &at) != DV_R_NONE)
		check_place(&at, size);
	show(input);
	return 0;
}
