/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Several signatures on one artefact, inside a module or in one envelope: each
 * is judged by itself, and none of them is passed over in silence. What they
 * say together is said by dv_outcomes_decide(). docs/FORMAT.md.
 */
#include "cmd.h"

_Static_assert(DV_MAX_EMBEDDED <= DV_MAX_SIGNERS, "struct dv_several");
_Static_assert(DV_MAX_SIGNERS <= 9, "dv_threshold_read() reads one digit");

enum dv_exit
dv_threshold_read(const struct dv_args *args, size_t *out, struct dv_err *err)
{
	const char *text = dv_args_get(args, "threshold");
	const bool any = dv_args_has(args, "any-signature");

	*out = any ? 1 : 0;
	if (text == NULL)
		return DV_EXIT_YES;
	if (any)
		return dv_fail(err, DV_EXIT_USAGE, "file: --threshold and "
		    "--any-signature contradict each other");
	if (text[0] < '1' || text[0] > '0' + DV_MAX_SIGNERS ||
	    text[1] != '\0')
		return dv_fail(err, DV_EXIT_USAGE, "option --threshold: "
		    "\"%.64s\" is not a number from 1 to %d", text,
		    DV_MAX_SIGNERS);
	*out = (size_t)(text[0] - '0');
	return DV_EXIT_YES;
}

/* The whole question of one signature, with what is demanded of each. */
static struct dv_verdict
signature_verify(struct dv_several *s, size_t i)
{
	struct dv_asked *asked = s->asked;
	const struct dv_sign1 *sign1 = &s->sign.each[i];
	const struct dv_question question = { .trust = s->chain,
	    .policy = &asked->policy, .digest = s->digest[i],
	    .countersigners = asked->countersigners };
	struct dv_verdict verdict;

	if (asked->bad_crl.status != DV_UNDECIDED)
		return asked->bad_crl;
	verdict = dv_sign1_verify(sign1, &question, &asked->work,
	    &asked->path);
	if (verdict.status == DV_ACCEPTED)
		verdict = dv_demands_check(sign1, &asked->path.cert[0],
		    asked->demanded.at, asked->demanded.count);
	return verdict;
}

static void
signature_judge(struct dv_several *s, size_t i)
{
	struct dv_outcome *one = &s->all.each[i];

	if (one->verdict.status != DV_UNDECIDED)
		return;
	s->all.iss[i] = s->sign.each[i].iss;
	one->verdict = signature_verify(s, i);
	if (one->verdict.status != DV_ACCEPTED)
		return;
	one->good_until = s->asked->path.good_until;
	one->key = s->asked->path.cert[0].key;
}

void
dv_several_judge(struct dv_several *s)
{
	struct dv_asked *asked = s->asked;

	s->chain = dv_asked_chain(asked, NULL);
	s->all.count = s->sign.count;
	for (size_t i = 0; i < s->all.count; i++)
		signature_judge(s, i);
	s->verdict = dv_outcomes_decide(s->all.each, s->all.count,
	    asked->threshold, &s->all.shown);
	/* Its path once more: the others have used the room. */
	if (s->all.shown < s->all.count &&
	    s->sign.each[s->all.shown].envelope.len > 0)
		s->verdict = signature_verify(s, s->all.shown);
}

enum dv_exit
dv_several_report(struct dv_several *s)
{
	struct dv_report r = { .subject = s->operand, .chain = s->chain,
	    .path = &s->asked->path, .size = s->size,
	    .signatures = &s->all, .verdict = &s->verdict };

	if (s->all.shown < s->all.count &&
	    s->sign.each[s->all.shown].envelope.len > 0)
		r.sign1 = &s->sign.each[s->all.shown];
	return dv_asked_report(s->asked, &r);
}
