/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reads the sections of a WebAssembly module as octets come in: which of them
 * are signed, which are an envelope. Holds no more than the head of one
 * section. WebAssembly Core Specification 5.2.2, 5.2.4, 5.5.2, 5.5.3.
 */
#include "dv_wasm.h"

#include "at.h"
#include "bytes.h"

enum {
	STATE_MAGIC = 0,	/* eight octets */
	STATE_ID,		/* a section, or the end */
	STATE_SIZE,
	STATE_NAME_LEN,		/* of a custom section */
	STATE_NAME,
	STATE_SIGNED,		/* contents of a section */
	STATE_ENVELOPE,		/* those of a signature section */
	STATE_FAILED
};

#define CUSTOM 0		/* id of a custom section, 5.5.3 */
#define NUMBER_OCTETS 5		/* of a u32, 5.2.2 */

/* 5.5.16; a component has another version and layer */
static const uint8_t magic[] = { 0x00, 'a', 's', 'm', 0x01, 0x00, 0x00, 0x00 };
#define VERSION_AT 4

void
dv_wasm_start(struct dv_wasm *wasm)
{
	*wasm = (struct dv_wasm){ .state = STATE_MAGIC };
}

unsigned
dv_wasm_signatures(const struct dv_wasm *wasm)
{
	return wasm->signatures;
}

static enum dv_reason
fail(struct dv_at *at, enum dv_reason reason, enum dv_field field,
    uint64_t offset)
{
	return dv_fail_at(at, reason, field,
	    offset < DV_NO_OFFSET ? (uint32_t)offset : DV_NO_OFFSET);
}

static enum dv_reason
fail_size(struct dv_at *at, enum dv_reason reason, uint64_t offset,
    uint32_t most, uint32_t found)
{
	(void)fail(at, reason, DV_F_SECTION, offset);
	dv_wanted_as(at, "at most", dv_number(most));
	dv_found(at, dv_number(found));
	return reason;
}

static void
number_start(struct dv_wasm *w)
{
	w->number = 0;
	w->digits = 0;
	w->number_at = w->offset;
}

/* One more octet of a u32 in LEB128. *done: it was the last. */
static enum dv_reason
number_take(struct dv_wasm *w, uint8_t octet, bool *done, struct dv_at *at)
{
	*done = (octet & 0x80) == 0;
	/* The fifth ends it and has four bits. */
	if (w->digits == NUMBER_OCTETS - 1 && octet > 0x0f)
		return fail(at, DV_R_WASM_NUMBER, DV_F_SECTION, w->number_at);
	w->number |= (uint32_t)(octet & 0x7f) << (7 * w->digits);
	w->digits++;
	/* Or it is 0, which no number of a signature section's head is. */
	if (octet == 0)
		w->padded = true;
	return DV_R_NONE;
}

static enum dv_reason
magic_take(struct dv_wasm *w, uint8_t octet, struct dv_at *at)
{
	/* In this state 1 to 8 octets are held. */
	const size_t i = (w->held_len - 1) % sizeof(magic);

	if (octet != magic[i])
		return fail(at, i < VERSION_AT ? DV_R_WASM_MAGIC :
		    DV_R_WASM_VERSION, DV_F_MODULE, i);
	if (w->held_len == sizeof(magic))
		w->state = STATE_SIGNED;
	return DV_R_NONE;
}

static void
id_take(struct dv_wasm *w)
{
	w->section = w->offset - 1;
	w->padded = false;
	w->state = STATE_SIZE;
	number_start(w);
}

static enum dv_reason
size_take(struct dv_wasm *w, uint8_t octet, struct dv_at *at)
{
	bool done;
	const enum dv_reason reason = number_take(w, octet, &done, at);

	if (reason != DV_R_NONE || !done)
		return reason;
	w->left = w->number;
	w->state = w->held[0] == CUSTOM ? STATE_NAME_LEN : STATE_SIGNED;
	number_start(w);
	return DV_R_NONE;
}

static enum dv_reason
name_len_take(struct dv_wasm *w, uint8_t octet, struct dv_at *at)
{
	bool done;
	enum dv_reason reason;

	w->left--;
	reason = number_take(w, octet, &done, at);
	if (reason != DV_R_NONE || !done)
		return reason;
	if (w->number > w->left)
		return fail_size(at, DV_R_WASM_NAME_LENGTH, w->number_at,
		    w->left, w->number);
	if (w->number > DV_MAX_WASM_NAME)
		return fail_size(at, DV_R_LIMIT, w->number_at,
		    DV_MAX_WASM_NAME, w->number);
	w->name_len = w->number;
	w->state = STATE_NAME;
	return DV_R_NONE;
}

/* Head of a section that is ours: nothing signs it, so it has one form. */
static enum dv_reason
signature_check(const struct dv_wasm *w, struct dv_at *at)
{
	if (w->padded)
		return fail(at, DV_R_WASM_PADDED, DV_F_SIGNATURE_SECTION,
		    w->section);
	if (w->left > DV_MAX_ENVELOPE) {
		(void)fail_size(at, DV_R_INPUT_TOO_BIG, w->section,
		    DV_MAX_ENVELOPE, w->left);
		at->field = DV_F_SIGNATURE_SECTION;
		return DV_R_INPUT_TOO_BIG;
	}
	if (w->signatures < DV_MAX_EMBEDDED)
		return DV_R_NONE;
	(void)fail(at, DV_R_LIMIT, DV_F_SIGNATURE_SECTION, w->section);
	dv_wanted_as(at, "at most", dv_number(DV_MAX_EMBEDDED));
	return DV_R_LIMIT;
}

static enum dv_reason
name_judge(struct dv_wasm *w, struct dv_at *at)
{
	const struct dv_bytes name = { w->held + w->held_len - w->name_len,
	    w->name_len };
	const size_t good = dv_utf8_prefix(name);

	if (good < name.len)
		return fail(at, DV_R_WASM_NAME_TEXT, DV_F_SECTION,
		    w->offset - name.len + good);
	w->state = STATE_SIGNED;
	if (!dv_bytes_equal_text(name, DV_WASM_SECTION))
		return DV_R_NONE;
	w->state = STATE_ENVELOPE;
	return signature_check(w, at);
}

/* After each octet of a head: is a custom section's name complete, or cut? */
static enum dv_reason
head_judge(struct dv_wasm *w, struct dv_at *at)
{
	if (w->state == STATE_NAME_LEN && w->left == 0)
		return fail(at, DV_R_WASM_NAME_LENGTH, DV_F_SECTION,
		    w->number_at);
	if (w->state == STATE_NAME && w->number == 0)
		return name_judge(w, at);
	return DV_R_NONE;
}

/* One octet of what is not contents; held until it is known whose it is. */
static enum dv_reason
octet_take(struct dv_wasm *w, uint8_t octet, struct dv_at *at)
{
	enum dv_reason reason = DV_R_NONE;

	w->held[w->held_len++] = octet;
	w->offset++;
	if (w->state == STATE_MAGIC) {
		reason = magic_take(w, octet, at);
	} else if (w->state == STATE_ID) {
		id_take(w);
	} else if (w->state == STATE_SIZE) {
		reason = size_take(w, octet, at);
	} else if (w->state == STATE_NAME_LEN) {
		reason = name_len_take(w, octet, at);
	} else {
		w->left--;
		w->number--;
	}
	return reason == DV_R_NONE ? head_judge(w, at) : reason;
}

/* A head is complete: what it is. */
static void
head_give(struct dv_wasm *w, struct dv_wasm_part *out)
{
	out->kind = DV_WASM_SIGNED;
	out->bytes = (struct dv_bytes){ w->held, w->held_len };
	if (w->state == STATE_ENVELOPE) {
		*out = (struct dv_wasm_part){ .kind = DV_WASM_BEGIN,
		    .size = w->left };
		w->signatures++;
	}
	w->held_len = 0;
	if (w->left == 0)
		w->state = STATE_ID;
}

static void
contents_give(struct dv_wasm *w, struct dv_bytes *in, struct dv_wasm_part *out)
{
	const size_t len = in->len < w->left ? in->len : w->left;

	out->kind = w->state == STATE_ENVELOPE ? DV_WASM_ENVELOPE :
	    DV_WASM_SIGNED;
	out->bytes = dv_bytes_cut(*in, 0, len);
	in->ptr += len;
	in->len -= len;
	w->offset += len;
	w->left -= (uint32_t)len;
	if (w->left == 0)
		w->state = STATE_ID;
}

static bool
is_contents(const struct dv_wasm *w)
{
	return w->state == STATE_SIGNED || w->state == STATE_ENVELOPE;
}

enum dv_reason
dv_wasm_next(struct dv_wasm *wasm, struct dv_bytes *in,
    struct dv_wasm_part *out, struct dv_at *at)
{
	enum dv_reason reason;

	*out = (struct dv_wasm_part){ .kind = DV_WASM_NONE };
	if (wasm->state == STATE_FAILED)
		return fail(at, DV_R_INTERNAL, DV_F_MODULE, wasm->offset);
	while (in->len > 0) {
		if (is_contents(wasm)) {
			contents_give(wasm, in, out);
			return DV_R_NONE;
		}
		reason = octet_take(wasm, in->ptr[0], at);
		in->ptr++;
		in->len--;
		if (reason != DV_R_NONE) {
			wasm->state = STATE_FAILED;
			return reason;
		}
		if (is_contents(wasm)) {
			head_give(wasm, out);
			return DV_R_NONE;
		}
	}
	return DV_R_NONE;
}

enum dv_reason
dv_wasm_end(struct dv_wasm *wasm, struct dv_at *at)
{
	const int state = wasm->state;

	wasm->state = STATE_FAILED;
	if (state == STATE_ID)
		return DV_R_NONE;
	if (state == STATE_FAILED)
		return fail(at, DV_R_INTERNAL, DV_F_MODULE, wasm->offset);
	if (wasm->offset == 0)
		return fail(at, DV_R_INPUT_EMPTY, DV_F_MODULE, 0);
	if (state == STATE_MAGIC)
		return fail(at, DV_R_WASM_TRUNCATED, DV_F_MODULE, 0);
	(void)fail(at, DV_R_WASM_TRUNCATED, DV_F_SECTION, wasm->section);
	if (state == STATE_SIGNED || state == STATE_ENVELOPE)
		dv_found_as(at, "missing octets", dv_number(wasm->left));
	return DV_R_WASM_TRUNCATED;
}

size_t
dv_wasm_head(size_t envelope, uint8_t out[DV_WASM_SIGNATURE_HEAD])
{
	static const uint8_t name[] = { 'd', 'e', 'v', 's', 'i', 'g', 'n', '.',
		'c', 'o', 's', 'e' };
	size_t size = 1 + sizeof(name) + envelope, n = 0;

	out[n++] = CUSTOM;
	for (; size > 0x7f; size >>= 7)
		out[n++] = (uint8_t)(0x80 | (size & 0x7f));
	out[n++] = (uint8_t)size;
	out[n++] = sizeof(name);
	return dv_bytes_copy(out + n, DV_WASM_SIGNATURE_HEAD - n,
	    DV_BYTES(name)) ? n + sizeof(name) : 0;
}
