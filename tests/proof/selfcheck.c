/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Does `devverify selfcheck` notice? Each chain it carries is asked about with
 * the core as it is, then with one that accepts everything, then with one that
 * refuses everything for another reason. Usage: proof_selfcheck DIR.
 */
#include <string.h>

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

static enum { AS_IS, ACCEPTS, REFUSES } core;

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

int
main(void)
{
	enum dv_reason wanted, found;

	tap(dv_selfcheck_chain_count() >= 30, "it carries its chains", "");
	for (size_t i = 0; i < dv_selfcheck_chain_count(); i++) {
		bool right, fooled, dead;

		core = AS_IS;
		right = dv_selfcheck_chain(i, &wanted, &found);
		core = ACCEPTS;
		fooled = dv_selfcheck_chain(i, &wanted, &found) &&
		    wanted != DV_R_NONE;
		core = REFUSES;
		dead = dv_selfcheck_chain(i, &wanted, &found);
		tap(right && !fooled && !dead, dv_reason_name(wanted), "");
	}
	return tap_end();
}
