/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any bytes as a CRL: an answer, with nothing left of a refusal and a place
 * inside the input; of what was read, each entry once more.
 */
#include "dv_crl.h"
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dv_bytes input = { data, size }, rest;
	struct dv_crl_entry entry = { .has_invalidity = false };
	struct dv_crl crl;
	struct dv_at at;
	size_t count = 0;

	if (dv_crl_parse(input, &crl, &at) != DV_R_NONE) {
		must_be_placed(&at, size);
		must(crl.der.ptr == NULL && crl.entries.ptr == NULL);
		return 0;
	}
	must(crl.der.len == size && crl.issuer.len > 2);
	must(crl.this_update.s <= crl.next_update.s);
	for (rest = crl.entries; dv_crl_next(&rest, &entry); count++) {
		must(entry.serial.len > 0);
		must(dv_crl_reason_name(entry.reason)[0] != '\0');
	}
	must(rest.len == 0 && count == crl.entry_count);
	return 0;
}
