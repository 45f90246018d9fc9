/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What lies inside of what is signed, as devverify show prints it: the list of a
 * tree, and the envelopes of a WebAssembly module. Nothing of it is believed.
 * docs/FORMAT.md.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "bytes.h"
#include "dv_manifest.h"
#include "dv_wasm.h"
#include "host/open.h"
#include "host/text.h"
#include "show.h"

static void
show_file(struct dv_show *out, const struct dv_manifest_file *file)
{
	if (out->json) {
		dv_json_open(&out->j, NULL, '{');
		dv_json_utf8(&out->j, "path", file->path);
		dv_json_number(&out->j, "size", (int64_t)file->size);
		dv_json_hex(&out->j, "digest", file->digest);
		dv_json_close(&out->j, '{');
		return;
	}
	(void)printf("  file  ");
	dv_print_hex(stdout, file->digest);
	(void)printf(" %10" PRIu64 "  ", file->size);
	dv_print_safe(stdout, file->path);
	(void)putchar('\n');
}

void
dv_show_files(struct dv_show *out, const struct dv_sign1 *sign1)
{
	struct dv_manifest list;
	struct dv_manifest_file file;
	struct dv_at at;
	enum dv_reason reason;

	if (!sign1->attached || sign1->detached ||
	    !dv_bytes_equal_text(sign1->preimage_type, DV_MANIFEST_TYPE))
		return;
	reason = dv_manifest_parse(sign1->payload, &list, &at);
	if (reason != DV_R_NONE) {
		dv_show_text(out, "files_malformed", dv_reason_name(reason));
		return;
	}
	dv_show_number(out, "file_count", (int64_t)list.count);
	dv_show_text(out, "file_hash", dv_hash_name(list.hash));
	if (out->silent)
		return;
	if (out->json)
		dv_json_open(&out->j, "files", '[');
	while (dv_manifest_next(&list.entries, &file))
		show_file(out, &file);
	if (out->json)
		dv_json_close(&out->j, '[');
}

/* A module and room for its envelopes. Too large for the stack. */
struct module {
	struct dv_embedded read;
	uint8_t room[DV_EMBEDDED_ROOM];
};

enum dv_exit
dv_show_module(struct dv_show *out, struct dv_bytes bytes,
    dv_show_each *each, struct dv_verdict *refused, struct dv_err *err)
{
	struct module *m = calloc(1, sizeof(*m));
	enum dv_exit exit = DV_EXIT_YES;

	if (m == NULL)
		return dv_fail(err, DV_EXIT_NONE, "memory is short");
	dv_embedded_start(&m->read, m->room, sizeof(m->room));
	refused->object = DV_OBJECT_ARTEFACT;
	refused->reason = dv_embedded_add(&m->read, bytes, &refused->at);
	if (refused->reason == DV_R_NONE)
		refused->reason = dv_embedded_end(&m->read, &refused->at);
	for (size_t i = 0; refused->reason == DV_R_NONE &&
	    exit == DV_EXIT_YES && i < m->read.count; i++) {
		out->signature = i + 1;
		exit = each(out, m->read.envelope[i], err);
	}
	free(m);
	return exit;
}
