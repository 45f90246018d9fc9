/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Does `devverify selfcheck` notice? Each chain it carries is asked about with
 * the core as it is, then with one that accepts everything, then with one that
 * refuses everything for another reason; and the command itself, with a core
 * that is wrong about this chain alone, must fail and name the rule. Usage:
 * proof_selfcheck DIR.
 */
#include <string.h>

#include "cmd.h"
#include "each.h"
#include "selfcheck.h"

struct dv_verdict __real_dv_chain_verify(const struct dv_chain *chain,
    const struct dv_policy *policy, struct dv_work *work, struct dv_path *path);
enum dv_reason __real_dv_cert_parse(struct dv_bytes der, struct dv_cert *out,
    struct dv_at *at);
struct dv_verdict __wrap_dv_chain_verify(const struct dv_chain *chain,
    const struct dv_policy *policy, struct dv_work *work, struct dv_path *path);
enum dv_reason __wrap_dv_cert_parse(struct dv_bytes der, struct dv_cert *out,
    struct dv_at *at);

bool __real_dv_selfcheck_chain(size_t i, enum dv_reason *wanted,
    enum dv_reason *found);
bool __wrap_dv_selfcheck_chain(size_t i, enum dv_reason *wanted,
    enum dv_reason *found);

/* What the core does; while the command runs, with the chain `wrong` alone. */
static enum mode { AS_IS, ACCEPTS, REFUSES } core;
static size_t wrong;

/*
 * Reasons that no chain of P-256 certificates small enough to be carried is
 * refused for: those of envelopes and requests, and these. The whole program
 * leaves nothing out.
 */
static const enum dv_reason without[] = {
	DV_R_INTERNAL, DV_R_INPUT_TOO_BIG, DV_R_BUDGET_SPENT,
	DV_R_KEY_ALG_MISMATCH, DV_R_KEY_TOO_SMALL, DV_R_KEY_TOO_LARGE,
	DV_R_CRL_LIMIT, DV_R_NOT_BUILT,
};

struct dv_verdict
__wrap_dv_chain_verify(const struct dv_chain *chain,
    const struct dv_policy *policy, struct dv_work *work, struct dv_path *path)
{
	if (core == ACCEPTS)
		return (struct dv_verdict){ .status = DV_ACCEPTED };
	if (core == REFUSES)
		return (struct dv_verdict){ .status = DV_REJECTED,
		    .reason = DV_R_INTERNAL };
	return __real_dv_chain_verify(chain, policy, work, path);
}

enum dv_reason
__wrap_dv_cert_parse(struct dv_bytes der, struct dv_cert *out,
    struct dv_at *at)
{
	enum dv_reason reason = __real_dv_cert_parse(der, out, at);

	if (core == ACCEPTS)
		return DV_R_NONE;
	return core == REFUSES ? DV_R_INTERNAL : reason;
}

bool
__wrap_dv_selfcheck_chain(size_t i, enum dv_reason *wanted,
    enum dv_reason *found)
{
	const enum mode asked = core;
	bool right;

	core = i == wrong ? asked : AS_IS;
	right = __real_dv_selfcheck_chain(i, wanted, found);
	core = asked;
	return right;
}

/* The command with a core that is wrong about one chain: its error. */
static bool
command_names(size_t i, enum mode how, enum dv_reason wanted)
{
	static const struct dv_opt quiet = { .name = "quiet" };
	const struct dv_args args = { .given = { { &quiet, "" } },
	    .given_count = 1 };
	struct dv_err err = { .what = "" };
	enum dv_exit exit;

	wrong = i;
	core = how;
	exit = dv_cmd_selfcheck(&args, &err);
	core = AS_IS;
	return exit == DV_EXIT_NO &&
	    strstr(err.what, dv_reason_name(wanted)) != NULL &&
	    strstr(err.what, dv_reason_rule(wanted)) != NULL &&
	    err.hint[0] != '\0';
}

static bool
answer(size_t i, enum mode how, enum dv_reason *wanted)
{
	enum dv_reason found;
	bool right;

	core = how;
	right = __real_dv_selfcheck_chain(i, wanted, &found);
	core = AS_IS;
	return right;
}

/* Is every reason that a chain can be refused for among them? */
static void
reasons_check(const bool *have)
{
	enum dv_reason reason;

	for (size_t i = 0; (reason = dv_reason_at(i)) != DV_R_NONE; i++) {
		bool exempt = (reason >= DV_R_CBOR_MALFORMED &&
		    reason <= DV_R_REQUEST_ATTRIBUTE) ||
		    (reason >= DV_R_HEADER_CONFLICT &&
		    reason <= DV_R_COUNTERSIGNER_DEMANDED) ||
		    (reason >= DV_R_MANIFEST_MALFORMED &&
		    reason <= DV_R_RECEIPT_SEQUENCE) ||
		    (reason >= DV_R_WASM_MAGIC &&
		    reason <= DV_R_WASM_UNSIGNED) ||
		    (reason >= DV_R_VOUCHER_MALFORMED &&
		    reason <= DV_R_VOUCHER_SIGNER);

		for (size_t k = 0; k < sizeof(without) / sizeof(without[0]);
		    k++)
			exempt |= reason == without[k];
		if (exempt == have[reason])
			tap(false, dv_reason_name(reason), exempt ?
			    ": has a chain, and is called one without" :
			    ": has no chain");
	}
}

int
main(void)
{
	static bool have[512];
	enum dv_reason wanted;

	for (size_t i = 0; i < dv_selfcheck_chain_count(); i++) {
		bool right = answer(i, AS_IS, &wanted);
		bool fooled = answer(i, ACCEPTS, &wanted) &&
		    wanted != DV_R_NONE;
		bool dead = answer(i, REFUSES, &wanted);
		bool named = command_names(i, REFUSES, wanted) &&
		    (wanted == DV_R_NONE || command_names(i, ACCEPTS, wanted));

		have[wanted] = true;
		tap(right && !fooled && !dead && named, dv_reason_name(wanted),
		    named ? "" : ": the command does not name it");
	}
	tap(have[DV_R_NONE], "it carries a chain that is accepted", "");
	reasons_check(have);
	return tap_end();
}
