/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any bytes as a CRL: an answer, with nothing left of a refusal and a place
 * inside the input; of what was read, each entry once more.
 */
#include <stdlib.h>

#include "dv_crl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
claim(bool holds)
{
	if (!holds)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dv_bytes input = { data, size }, rest;
	struct dv_crl_entry entry = { .has_invalidity = false };
	struct dv_crl crl;
	struct dv_at at;
	size_t count = 0;

	if (dv_crl_parse(input, &crl, &at) != DV_R_NONE) {
		claim(at.field != DV_F_NONE);
		claim(at.offset <= size || at.offset == DV_NO_OFFSET);
		claim(crl.der.ptr == NULL && crl.entries.ptr == NULL);
		return 0;
	}
	claim(crl.der.len == size && crl.issuer.len > 2);
	claim(crl.this_update.s <= crl.next_update.s);
	for (rest = crl.entries; dv_crl_next(&rest, &entry); count++) {
		claim(entry.serial.len > 0);
		claim(dv_crl_reason_name(entry.reason)[0] != '\0');
	}
	claim(rest.len == 0 && count == crl.entry_count);
	return 0;
}
