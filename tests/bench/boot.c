/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a boot loader would call: is this image signed by a device I trust?
 * Linked for a Cortex-M4 by `make size` to measure the verifier; every path of
 * it is reachable from here, and there is no operating system below.
 */
#include "dv_sign1.h"

/* The loader's part: roots, the image in memory, the real-time clock. */
struct boot_input {
	const struct dv_anchor *anchors;
	size_t anchor_count;
	struct dv_bytes envelope, image;
	dv_time now;
};

int boot_verify(const struct boot_input *in);

int
boot_verify(const struct boot_input *in)
{
	static struct dv_sign1 sign1;
	static struct dv_work work;
	static struct dv_path path;
	struct dv_policy policy = dv_policy_strict(in->now);
	struct dv_chain trust = {
		.anchors = in->anchors,
		.anchor_count = in->anchor_count,
	};
	struct dv_at at = { 0 };
	uint8_t digest[DV_MAX_DIGEST];
	struct dv_question question = { .trust = &trust, .policy = &policy };

	if (dv_sign1_parse(in->envelope, DV_PROFILE_STRICT, &sign1, &at) !=
	    DV_R_NONE)
		return 0;
	question.digest.ptr = digest;
	question.digest.len = dv_hash_once(sign1.hash, in->image, digest);
	return dv_sign1_verify(&sign1, &question, &work, &path).status ==
	    DV_ACCEPTED;
}
