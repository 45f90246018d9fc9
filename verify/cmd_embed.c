/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * devverify file for a WebAssembly module that carries its signatures: reads it
 * once, judges every signature, prints one verdict. None of them is passed over
 * in silence. docs/FORMAT.md.
 */
#include <stdlib.h>

#include "cmd.h"
#include "dv_wasm.h"
#include "host/file.h"

/* One module. Too large for the stack. */
struct module {
	struct dv_asked *asked;
	const char *operand;
	struct dv_embedded read;
	struct dv_verdict refused;	/* of the module's form */
	struct dv_sign1 sign1[DV_MAX_EMBEDDED];
	struct dv_report_signatures all;
	struct dv_pile pile;
	struct dv_chain chain;
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
	enum dv_exit exit = dv_file_stream(m->operand, module_take, m, &size,
	    err);

	if (exit != DV_EXIT_YES)
		return exit;
	reason = dv_embedded_end(&m->read, &at);
	if (reason == DV_R_NONE)
		return DV_EXIT_YES;
	refuse(m, reason, &at);
	return DV_EXIT_NO;
}

/* The whole question of one signature, with what is demanded of each. */
static struct dv_verdict
signature_verify(struct module *m, size_t i)
{
	struct dv_asked *asked = m->asked;
	struct dv_verdict verdict;
	struct dv_question question = { .trust = &m->chain,
	    .policy = &asked->policy,
	    .digest = dv_embedded_digest(&m->read, m->sign1[i].hash) };

	if (asked->bad_crl.status != DV_UNDECIDED)
		return asked->bad_crl;
	verdict = dv_sign1_verify(&m->sign1[i], &question, &asked->work,
	    &asked->path);
	if (verdict.status == DV_ACCEPTED)
		verdict = dv_demands_check(&m->sign1[i], &asked->path.cert[0],
		    asked->demanded.at, asked->demanded.count);
	return verdict;
}

static void
signature_judge(struct module *m, size_t i)
{
	struct dv_report_signature *s = &m->all.each[i];

	s->verdict = (struct dv_verdict){ .status = DV_REJECTED,
	    .object = DV_OBJECT_ENVELOPE };
	s->verdict.reason = dv_sign1_parse(m->read.envelope[i],
	    m->asked->policy.profile, &m->sign1[i], &s->verdict.at);
	/* The module itself is in nobody's memory. */
	if (s->verdict.reason == DV_R_NONE && m->sign1[i].detached) {
		s->verdict.reason = DV_R_CBOR_MALFORMED;
		s->verdict.at.field = DV_F_PAYLOAD;
		m->sign1[i] = (struct dv_sign1){ .alg = 0 };
	}
	if (s->verdict.reason != DV_R_NONE)
		return;
	s->iss = m->sign1[i].iss;
	s->verdict = signature_verify(m, i);
	if (s->verdict.status == DV_ACCEPTED)
		s->good_until = m->asked->path.good_until;
}

/*
 * Does the second decide rather than the first? All must be accepted: a refusal
 * decides, then the earliest end. One is enough: the other way round.
 */
static bool
decides(const struct dv_report_signature *first,
    const struct dv_report_signature *second, bool any)
{
	const bool a = first->verdict.status == DV_ACCEPTED;
	const bool b = second->verdict.status == DV_ACCEPTED;

	if (a != b)
		return any ? b : a;
	if (!a)
		return any && dv_reason_rank(second->verdict.reason) >
		    dv_reason_rank(first->verdict.reason);
	return any ? second->good_until.s > first->good_until.s :
	    second->good_until.s < first->good_until.s;
}

static enum dv_exit
report(struct module *m)
{
	struct dv_report r = { .subject = m->operand, .chain = &m->chain,
	    .path = &m->asked->path, .size = m->read.size,
	    .signatures = &m->all };
	struct dv_verdict verdict = m->all.each[m->all.shown].verdict;

	if (m->sign1[m->all.shown].envelope.len > 0) {
		r.sign1 = &m->sign1[m->all.shown];
		/* Its path once more: the others have used the room. */
		verdict = signature_verify(m, m->all.shown);
	}
	r.verdict = &verdict;
	return dv_asked_report(m->asked, &r);
}

static enum dv_exit
module_judge(struct module *m)
{
	struct dv_asked *asked = m->asked;
	const bool any = dv_args_has(asked->args, "any-signature");

	m->chain = (struct dv_chain){ .intermediates = m->pile.at,
	    .anchors = asked->trust.anchors,
	    .anchor_count = asked->trust.count, .crls = asked->crls,
	    .crl_count = asked->crl_files.count };
	dv_pile_add(&m->pile, &asked->loose, 0);
	m->chain.intermediate_count = m->pile.count;
	m->all.count = m->read.count;
	for (size_t i = 0; i < m->all.count; i++) {
		signature_judge(m, i);
		if (decides(&m->all.each[m->all.shown], &m->all.each[i], any))
			m->all.shown = i;
	}
	return report(m);
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
	struct dv_report r = { .subject = m->operand, .verdict = &m->refused };
	const enum dv_exit exit = module_read(m, err);

	if (exit == DV_EXIT_YES)
		return module_judge(m);
	if (exit != DV_EXIT_NO)
		return exit;
	if (found && is_elsewhere(m->refused.reason))
		return DV_EXIT_USAGE;
	return dv_asked_report(m->asked, &r);
}

enum dv_exit
dv_cmd_embedded(struct dv_asked *asked, const char *operand, bool found,
    struct dv_err *err)
{
	struct module *m = calloc(1, sizeof(*m));
	enum dv_exit exit;

	if (m == NULL)
		return dv_fail(err, DV_EXIT_NONE, "memory is short");
	m->asked = asked;
	m->operand = operand;
	dv_embedded_start(&m->read, m->room, sizeof(m->room));
	exit = module_ask(m, found, err);
	free(m);
	return exit;
}
