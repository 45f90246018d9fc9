/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * devverify file for a WebAssembly module that carries its signatures: reads it
 * once, and gives every signature to cmd_several.c. Judges none itself.
 * docs/FORMAT.md.
 */
#include <stdlib.h>

#include "cmd.h"
#include "dv_wasm.h"
#include "host/file.h"

/* One module. Too large for the stack. */
struct module {
	struct dv_several several;
	struct dv_embedded read;
	struct dv_verdict refused;	/* of the module's form */
	uint8_t room[DV_EMBEDDED_ROOM];
};

static void
refuse(struct module *m, enum dv_reason reason, const struct dv_at *at)
{
	m->refused = (struct dv_verdict){ .status = DV_REJECTED,
	    .reason = reason, .object = DV_OBJECT_ARTEFACT, .at = *at };
}

static enum dv_exit
module_take(void *context, struct dv_bytes bytes, struct dv_err *err)
{
	struct module *m = context;
	struct dv_at at;
	const enum dv_reason reason = dv_embedded_add(&m->read, bytes, &at);

	(void)err;
	if (reason == DV_R_NONE)
		return DV_EXIT_YES;
	refuse(m, reason, &at);
	return DV_EXIT_NO;
}

/* DV_EXIT_NO: the module's form is refused. */
static enum dv_exit
module_read(struct module *m, struct dv_err *err)
{
	struct dv_at at;
	uint64_t size;
	enum dv_reason reason;
	enum dv_exit exit = dv_file_stream(m->several.operand, module_take, m, &size,
	    err);

	if (exit != DV_EXIT_YES)
		return exit;
	reason = dv_embedded_end(&m->read, &at);
	if (reason == DV_R_NONE)
		return DV_EXIT_YES;
	refuse(m, reason, &at);
	return DV_EXIT_NO;
}

static void
signature_read(struct module *m, size_t i)
{
	struct dv_sign1 *sign1 = &m->several.sign.each[i];
	struct dv_verdict refused = { .status = DV_REJECTED,
	    .object = DV_OBJECT_ENVELOPE };

	refused.reason = dv_sign1_parse(m->read.envelope[i],
	    m->several.asked->policy.profile, sign1, &refused.at);
	/* The module itself is in nobody's memory. */
	if (refused.reason == DV_R_NONE && sign1->detached) {
		refused.reason = DV_R_CBOR_MALFORMED;
		refused.at.field = DV_F_PAYLOAD;
		*sign1 = (struct dv_sign1){ .alg = 0 };
	}
	if (refused.reason != DV_R_NONE)
		m->several.all.each[i].verdict = refused;
	else
		m->several.digest[i] = dv_embedded_digest(&m->read,
		    sign1->hash);
}

static enum dv_exit
module_judge(struct module *m)
{
	m->several.size = m->read.size;
	m->several.sign.count = m->read.count;
	for (size_t i = 0; i < m->read.count; i++)
		signature_read(m, i);
	dv_several_judge(&m->several);
	return dv_several_report(&m->several);
}

/* Refusals that say that the signature must be somewhere else. */
static bool
is_elsewhere(enum dv_reason reason)
{
	return reason == DV_R_WASM_MAGIC || reason == DV_R_WASM_VERSION ||
	    reason == DV_R_WASM_UNSIGNED || reason == DV_R_INPUT_EMPTY;
}

static enum dv_exit
module_ask(struct module *m, bool found, struct dv_err *err)
{
	struct dv_report r = { .subject = m->several.operand, .verdict = &m->refused };
	const enum dv_exit exit = module_read(m, err);

	if (exit == DV_EXIT_YES)
		return module_judge(m);
	if (exit != DV_EXIT_NO)
		return exit;
	if (found && is_elsewhere(m->refused.reason))
		return DV_EXIT_USAGE;
	return dv_asked_report(m->several.asked, &r);
}

enum dv_exit
dv_cmd_embedded(struct dv_asked *asked, const char *operand, bool found,
    struct dv_err *err)
{
	struct module *m = calloc(1, sizeof(*m));
	enum dv_exit exit;

	if (m == NULL)
		return dv_fail(err, DV_EXIT_NONE, "memory is short");
	m->several.asked = asked;
	m->several.operand = operand;
	dv_embedded_start(&m->read, m->room, sizeof(m->room));
	exit = module_ask(m, found, err);
	free(m);
	return exit;
}
