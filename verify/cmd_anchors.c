/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * devverify anchors: what this program trusts, so that two builds can be
 * compared by eye. Lists constants; reads nothing.
 */
#include "built.h"
#include "cmd.h"
#include "host/text.h"

const struct dv_opt dv_cmd_anchors_opts[] = {
	DV_CMD_JSON
	{ .name = NULL },
};

struct shown {
	char name[256];
	char from[DV_TIME_TEXT], to[DV_TIME_TEXT];
	const char *key;
	uint8_t digest[DV_MAX_DIGEST];
	size_t len;
};

static void
describe(const struct dv_anchor *anchor, struct shown *out)
{
	struct dv_key key;
	struct dv_at at;

	dv_name_text(anchor->name, out->name, sizeof(out->name));
	dv_time_format(anchor->not_before, out->from);
	dv_time_format(anchor->not_after, out->to);
	out->len = dv_hash_once(DV_HASH_SHA256, anchor->spki, out->digest);
	if (dv_key_parse(anchor->spki, &key, &at) != DV_R_NONE)
		key.type = DV_KEY_NONE;
	out->key = dv_key_type_name(key.type);
}

static void
print_text(size_t i, const struct shown *a)
{
	(void)printf("%zu  \"%s\"  %s  %s .. %s\n   key SHA-256 ", i, a->name,
	    a->key, a->from, a->to);
	dv_print_hex(stdout, (struct dv_bytes){ a->digest, a->len });
	(void)putchar('\n');
}

static void
print_json(const struct dv_args *args, size_t i, const struct shown *a)
{
	struct dv_json j = { .out = stdout };

	dv_json_begin(&j);
	dv_json_number(&j, "v", 1);
	dv_json_text(&j, "tool", args->tool->name);
	dv_json_number(&j, "anchor", (int64_t)i);
	dv_json_text(&j, "name", a->name);
	dv_json_text(&j, "key", a->key);
	dv_json_hex(&j, "key_sha256", (struct dv_bytes){ a->digest, a->len });
	dv_json_text(&j, "not_before", a->from);
	dv_json_text(&j, "not_after", a->to);
	dv_json_end(&j);
}

enum dv_exit
dv_cmd_anchors(const struct dv_args *args, struct dv_err *err)
{
	bool json = DV_HAS_JSON && dv_args_has(args, "json");
	struct shown shown;

	(void)err;
	for (size_t i = 0; i < dv_builtin_anchor_count; i++) {
		describe(&dv_builtin_anchors[i], &shown);
		if (json)
			print_json(args, i, &shown);
		else
			print_text(i, &shown);
	}
	if (dv_builtin_anchor_count == 0 && !json)
		(void)printf("none: this program trusts nothing by itself\n"
		    "build it with its anchors: make devverify "
		    "ANCHORS=FILE.c (`pki-init anchors` writes FILE.c)\n");
	return DV_EXIT_YES;
}
