/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * PEM from strangers: every block is read or refused, a refused one leaves
 * nothing behind, and what was read is written and read again unchanged.
 */
#include "fuzz.h"
#include "host/pem.h"

/* Written as PEM and read again, it is the same. */
static void
again(const char *label, struct dv_bytes der)
{
	struct dv_buf text = { 0 }, back = { 0 };
	struct dv_bytes in;
	struct dv_err err;
	char found[64];

	must(dv_pem_write(&text, label, der));
	in = dv_buf_bytes(&text);
	must(dv_pem_next(&in, found, &back, &err) == DV_EXIT_YES);
	must(in.len == 0 && strcmp(found, label) == 0);
	must(back.len == der.len &&
	    (der.len == 0 || memcmp(back.ptr, der.ptr, der.len) == 0));
	dv_buf_free(&text);
	dv_buf_free(&back);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dv_bytes text = { data, size };
	struct dv_err err;
	char label[64];
	enum dv_exit exit;

	(void)dv_is_pem(text);
	do {
		struct dv_buf der = { 0 };
		size_t before = text.len;

		exit = dv_pem_next(&text, label, &der, &err);
		must(memchr(label, '\0', sizeof(label)) != NULL);
		must(exit != DV_EXIT_YES || text.len < before);
		must(exit == DV_EXIT_YES || der.len == 0);
		if (exit == DV_EXIT_YES)
			again(label, dv_buf_bytes(&der));
		dv_buf_free(&der);
	} while (exit == DV_EXIT_YES);
	return 0;
}
