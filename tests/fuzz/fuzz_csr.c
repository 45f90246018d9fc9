/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any bytes as a certificate request: an answer, with nothing left of a refusal
 * and a place inside the input. Possession of a key is proved only by a request
 * of the vectors.
 */
#include "dv_csr.h"
#include "fuzz.h"

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	vectors_walk("request", ".der", file_know);
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dv_bytes input = { data, size };
	struct dv_csr csr;
	struct dv_at at;
	char text[128];

	if (dv_csr_parse(input, &csr, &at) != DV_R_NONE) {
		must_be_placed(&at, size);
		must(csr.der.ptr == NULL && csr.ext.present == 0);
		return 0;
	}
	must(csr.der.len == size);
	must(dv_name_equal(csr.subject, csr.subject));
	dv_name_text(csr.subject, text, sizeof(text));
	if (dv_csr_prove(&csr, &at) == DV_R_NONE)
		must(is_known(input));
	else
		must_be_placed(&at, size);
	return 0;
}
