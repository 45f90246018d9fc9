/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any bytes as a receipt: an answer with its place, and nothing left of a
 * refusal. What is accepted is equal to itself, and follows nothing but what
 * it names.
 */
#include "dv_receipt.h"
#include "fuzz.h"

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	vectors_walk("receipt", ".cbor", file_know);
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct dv_receipt receipt, other;
	struct dv_bytes input = { data, size };
	struct dv_at at;

	if (dv_receipt_parse(input, &receipt, &at) != DV_R_NONE) {
		must_be_placed(&at, size);
		must(receipt.bytes.ptr == NULL && receipt.path.count == 0);
		return 0;
	}
	must(receipt.path.count >= 1 && receipt.path.count <= DV_MAX_PATH);
	must(receipt.demand_count <= DV_MAX_DEMANDS);
	must(receipt.digest.len == dv_hash_size(receipt.hash));
	must(dv_receipt_compare(&receipt, &receipt, &at) == DV_R_NONE);
	must((dv_receipt_follows(&receipt, NULL, &at) == DV_R_NONE) ==
	    (receipt.previous.len == 0));
	/* A receipt cannot hold its own hash. */
	must(dv_receipt_follows(&receipt, &receipt, &at) != DV_R_NONE);
	for (size_t i = 0; i < known_count; i++) {
		if (dv_receipt_parse(known[i], &other, &at) == DV_R_NONE &&
		    dv_receipt_compare(&receipt, &other, &at) != DV_R_NONE)
			must_be_placed(&at, size);
	}
	return 0;
}
