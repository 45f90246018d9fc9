/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The reader of modules beside its vectors: what it hands out piece by piece,
 * what a caller does wrong, and places that 32 bits cannot hold.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "bytes.h"
#include "dv_wasm.h"

static const uint8_t magic[] = { 0, 'a', 's', 'm', 1, 0, 0, 0 };
static const uint8_t type[] = { 1, 5, 1, 0x60, 0, 1, 0x7f };

/* The parts of this piece, signed octets into *kept. */
static enum dv_reason
feed(struct dv_wasm *w, struct dv_bytes in, uint8_t *kept, size_t *len)
{
	struct dv_wasm_part part;
	struct dv_at at;
	enum dv_reason reason;

	do {
		reason = dv_wasm_next(w, &in, &part, &at);
		if (reason == DV_R_NONE && part.kind == DV_WASM_SIGNED) {
			memcpy(kept + *len, part.bytes.ptr, part.bytes.len);
			*len += part.bytes.len;
		}
	} while (reason == DV_R_NONE && part.kind != DV_WASM_NONE);
	return reason;
}

static void
hands_out_sections(void **state)
{
	uint8_t head[DV_WASM_SIGNATURE_HEAD], kept[64];
	const size_t n = dv_wasm_head(3, head);
	struct dv_wasm w, cut;
	struct dv_wasm_part part;
	struct dv_at at;
	struct dv_bytes in = { head, n };
	size_t len = 0;

	(void)state;
	assert_int_equal(n, 15);
	assert_memory_equal(head, "\0\x10\x0c" "devsign.cose", n);
	dv_wasm_start(&w);
	assert_int_equal(feed(&w, DV_BYTES(magic), kept, &len), DV_R_NONE);
	assert_int_equal(feed(&w, DV_BYTES(type), kept, &len), DV_R_NONE);
	assert_int_equal(len, sizeof(magic) + sizeof(type));
	assert_int_equal(dv_wasm_next(&w, &in, &part, &at), DV_R_NONE);
	assert_int_equal(part.kind, DV_WASM_BEGIN);
	assert_int_equal(part.size, 3);
	cut = w;
	assert_int_equal(dv_wasm_end(&cut, &at), DV_R_WASM_TRUNCATED);
	assert_int_equal(at.found.number, 3);
	in = (struct dv_bytes){ (const uint8_t *)"abc\1", 4 };
	assert_int_equal(dv_wasm_next(&w, &in, &part, &at), DV_R_NONE);
	assert_int_equal(part.kind, DV_WASM_ENVELOPE);
	assert_int_equal(part.bytes.len, 3);
	assert_int_equal(in.len, 1);
	assert_int_equal(dv_wasm_signatures(&w), 1);
	assert_int_equal(dv_wasm_next(&w, &in, &part, &at), DV_R_NONE);
	assert_int_equal(part.kind, DV_WASM_NONE);
	assert_int_equal(dv_wasm_end(&w, &at), DV_R_WASM_TRUNCATED);
	assert_int_equal(at.offset, sizeof(magic) + sizeof(type) + n + 3);
	/* only of contents it is known how much is missing */
	assert_int_equal(at.found.kind, DV_VALUE_NONE);
	dv_wasm_start(&w);
	assert_int_equal(feed(&w, DV_BYTES(magic), kept, &len), DV_R_NONE);
	in = (struct dv_bytes){ type, sizeof(type) - 2 };
	assert_int_equal(feed(&w, in, kept, &len), DV_R_NONE);
	assert_int_equal(dv_wasm_end(&w, &at), DV_R_WASM_TRUNCATED);
	assert_int_equal(at.found.number, 2);
}

/* The head that is written is the one that is read, for every length of it. */
static void
writes_the_head_it_reads(void **state)
{
	static const size_t sizes[] = { 0, 1, 114, 115, 16370, 16371,
		DV_MAX_ENVELOPE };
	uint8_t head[DV_WASM_SIGNATURE_HEAD], kept[64];

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct dv_bytes in = { head, dv_wasm_head(sizes[i], head) };
		struct dv_wasm w;
		struct dv_wasm_part part;
		struct dv_at at;
		size_t len = 0;

		dv_wasm_start(&w);
		assert_int_equal(feed(&w, DV_BYTES(magic), kept, &len),
		    DV_R_NONE);
		assert_int_equal(dv_wasm_next(&w, &in, &part, &at), DV_R_NONE);
		assert_int_equal(part.kind, DV_WASM_BEGIN);
		assert_int_equal(part.size, sizes[i]);
		assert_int_equal(in.len, 0);
	}
}

static void
stays_refused(void **state)
{
	const struct dv_bytes bad = { (const uint8_t *)"ELF", 3 };
	struct dv_bytes in = bad;
	struct dv_wasm w;
	struct dv_wasm_part part;
	struct dv_at at;

	(void)state;
	dv_wasm_start(&w);
	assert_int_equal(dv_wasm_next(&w, &in, &part, &at),
	    DV_R_WASM_MAGIC);
	in = DV_BYTES(magic);
	assert_int_equal(dv_wasm_next(&w, &in, &part, &at), DV_R_INTERNAL);
	assert_int_equal(part.kind, DV_WASM_NONE);
	assert_int_equal(dv_wasm_end(&w, &at), DV_R_INTERNAL);
	/* and nothing follows the end */
	dv_wasm_start(&w);
	in = DV_BYTES(magic);
	assert_int_equal(dv_wasm_next(&w, &in, &part, &at), DV_R_NONE);
	assert_int_equal(dv_wasm_end(&w, &at), DV_R_NONE);
	assert_int_equal(dv_wasm_end(&w, &at), DV_R_INTERNAL);
	in = DV_BYTES(type);
	assert_int_equal(dv_wasm_next(&w, &in, &part, &at), DV_R_INTERNAL);
}

/* Nine sections of 2^29 octets: an offset above 32 bits is not told. */
static void
counts_past_32_bits(void **state)
{
	static const uint8_t head[] = { 11, 0x80, 0x80, 0x80, 0x80, 2 };
	const size_t step = 1u << 26;
	uint8_t *zeros = calloc(1, step);
	struct dv_wasm w;
	struct dv_wasm_part part;
	struct dv_at at;
	struct dv_bytes in = DV_BYTES(magic);

	(void)state;
	assert_non_null(zeros);
	dv_wasm_start(&w);
	assert_int_equal(dv_wasm_next(&w, &in, &part, &at), DV_R_NONE);
	for (unsigned i = 0; i < 9 * 8; i++) {
		if (i % 8 == 0) {
			in = DV_BYTES(head);
			assert_int_equal(dv_wasm_next(&w, &in, &part, &at),
			    DV_R_NONE);
			assert_int_equal(part.kind, DV_WASM_SIGNED);
		}
		in = (struct dv_bytes){ zeros, step };
		assert_int_equal(dv_wasm_next(&w, &in, &part, &at),
		    DV_R_NONE);
		assert_int_equal(part.bytes.len, step);
		assert_int_equal(in.len, 0);
	}
	in = (struct dv_bytes){ (const uint8_t *)"\0\0", 2 };
	assert_int_equal(dv_wasm_next(&w, &in, &part, &at),
	    DV_R_WASM_NAME_LENGTH);
	assert_int_equal(at.offset, DV_NO_OFFSET);
	free(zeros);
}

/* A caller with less room than the format asks for is told so. */
static void
small_room_is_a_limit(void **state)
{
	uint8_t module[64], room[4];
	struct dv_embedded e;
	struct dv_at at;
	size_t n = sizeof(magic);

	(void)state;
	memcpy(module, magic, n);
	n += dv_wasm_head(5, module + n);
	memset(module + n, 'x', 5);
	n += 5;
	dv_embedded_start(&e, room, sizeof(room));
	assert_int_equal(dv_embedded_add(&e, (struct dv_bytes){ module, n },
	    &at), DV_R_LIMIT);
	assert_int_equal(at.wanted.number, 4);
	assert_int_equal(at.found.number, 5);
	/* after a refusal nothing can be taken for read */
	assert_int_equal(e.count, 0);
	assert_null(dv_embedded_digest(&e, DV_HASH_SHA256).ptr);
}

static void
knows_no_other_hash(void **state)
{
	uint8_t module[32], room[8];
	struct dv_embedded e;
	struct dv_at at;
	size_t n = sizeof(magic);

	(void)state;
	memcpy(module, magic, n);
	n += dv_wasm_head(0, module + n);
	dv_embedded_start(&e, room, sizeof(room));
	assert_int_equal(dv_embedded_add(&e, (struct dv_bytes){ module, n },
	    &at), DV_R_NONE);
	assert_null(dv_embedded_digest(&e, DV_HASH_SHA256).ptr);
	assert_int_equal(dv_embedded_end(&e, &at), DV_R_NONE);
	assert_int_equal(e.count, 1);
	assert_int_equal(e.size, sizeof(magic));
	assert_int_equal(dv_embedded_digest(&e, DV_HASH_SHA256).len, 32);
	assert_null(dv_embedded_digest(&e, DV_HASH_NONE).ptr);
}

/* A refused head says what was allowed and what is there. */
static void
says_the_limits(void **state)
{
	static const uint8_t long_name[] = { 0, 0x90, 3, 0x80, 2 };
	uint8_t head[DV_WASM_SIGNATURE_HEAD], kept[512];
	struct dv_bytes in = DV_BYTES(long_name);
	struct dv_wasm w;
	struct dv_wasm_part part;
	struct dv_at at;
	size_t len = 0;

	(void)state;
	dv_wasm_start(&w);
	assert_int_equal(feed(&w, DV_BYTES(magic), kept, &len), DV_R_NONE);
	assert_int_equal(dv_wasm_next(&w, &in, &part, &at), DV_R_LIMIT);
	assert_int_equal(at.wanted.number, DV_MAX_WASM_NAME);
	assert_int_equal(at.found.number, DV_MAX_WASM_NAME + 1);
	dv_wasm_start(&w);
	assert_int_equal(feed(&w, DV_BYTES(magic), kept, &len), DV_R_NONE);
	in = (struct dv_bytes){ head, dv_wasm_head(DV_MAX_ENVELOPE + 1, head) };
	assert_int_equal(dv_wasm_next(&w, &in, &part, &at),
	    DV_R_INPUT_TOO_BIG);
	assert_int_equal(at.wanted.number, DV_MAX_ENVELOPE);
	assert_int_equal(at.found.number, DV_MAX_ENVELOPE + 1);
	dv_wasm_start(&w);
	assert_int_equal(feed(&w, DV_BYTES(magic), kept, &len), DV_R_NONE);
	in = (struct dv_bytes){ head, dv_wasm_head(0, head) };
	for (unsigned i = 0; i < DV_MAX_EMBEDDED; i++)
		assert_int_equal(feed(&w, in, kept, &len), DV_R_NONE);
	assert_int_equal(dv_wasm_next(&w, &in, &part, &at), DV_R_LIMIT);
	assert_int_equal(at.wanted.number, DV_MAX_EMBEDDED);
}

static void
keeps_nothing_of_a_cut_module(void **state)
{
	uint8_t module[64], room[8];
	struct dv_embedded e;
	struct dv_at at;
	size_t n = sizeof(magic);

	(void)state;
	memcpy(module, magic, n);
	n += dv_wasm_head(0, module + n);
	module[n++] = 1;
	dv_embedded_start(&e, room, sizeof(room));
	assert_int_equal(dv_embedded_add(&e, (struct dv_bytes){ module, n },
	    &at), DV_R_NONE);
	assert_int_equal(e.count, 1);
	assert_int_equal(dv_embedded_end(&e, &at), DV_R_WASM_TRUNCATED);
	assert_int_equal(e.count, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hands_out_sections),
		cmocka_unit_test(writes_the_head_it_reads),
		cmocka_unit_test(stays_refused),
		cmocka_unit_test(counts_past_32_bits),
		cmocka_unit_test(small_room_is_a_limit),
		cmocka_unit_test(knows_no_other_hash),
		cmocka_unit_test(says_the_limits),
		cmocka_unit_test(keeps_nothing_of_a_cut_module),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
