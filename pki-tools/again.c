/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An order for a key or a name that has a certificate already: is it the same
 * order, or for the same use? A key never changes its name or its use, and a
 * device's name never its key.
 */
#include "again.h"

#include <string.h>

#include "bytes.h"
#include "extra.h"

enum dv_exit
pki_same_use(const struct pki_order *order, const struct pki_found *old,
    const struct dv_cert *cert, struct dv_err *err)
{
	enum dv_exit exit;

	if (old->revoked) {
		exit = dv_fail(err, DV_EXIT_NO, "refused: the certificate of "
		    "this key, %s, is revoked", old->name);
		return dv_hint(err, exit, "a key that is not trusted any more "
		    "gets no certificate: make a new one on the device");
	}
	if (strcmp(old->profile, order->profile->name) != 0 ||
	    !dv_bytes_equal(cert->subject, order->subject)) {
		exit = dv_fail(err, DV_EXIT_NO, "refused: this key has a "
		    "certificate already, as %s with profile %s", old->name,
		    old->profile);
		return dv_hint(err, exit, "a key stands for one name and one "
		    "use: make a new key, or ask for that name and profile");
	}
	return DV_EXIT_YES;
}

enum dv_exit
pki_same_order(const struct pki_order *order, const struct pki_found *old,
    const struct dv_cert *cert, struct dv_err *err)
{
	char end[DV_TIME_TEXT];
	const char *what;
	enum dv_exit exit = pki_same_use(order, old, cert, err);

	dv_time_format(cert->not_after, end);
	if (exit != DV_EXIT_YES)
		return exit;
	if (!pki_extra_same(order, cert, &what))
		return dv_fail(err, DV_EXIT_NO, "refused: this key has a "
		    "certificate already, with another %s", what);
	if (order->batch != 0 && old->batch != order->batch)
		return dv_fail(err, DV_EXIT_NO, "refused: %s has a certificate "
		    "already, outside this batch", old->name);
	if (order->profile->ca && cert->ext.path_len != order->path_len)
		return dv_fail(err, DV_EXIT_NO, "refused: this key has a "
		    "certificate already, with path length %d and not %d",
		    cert->ext.path_len, order->path_len);
	if (order->end_given ? cert->not_after.s == order->not_after.s :
	    cert->not_after.s >= order->now.s)
		return DV_EXIT_YES;
	exit = dv_fail(err, DV_EXIT_NO, "refused: this key has a certificate "
	    "already; it %s %s", cert->not_after.s < order->now.s ?
	    "ended at" : "ends at", end);
	return dv_hint(err, exit, order->profile->ca ? "to renew it with the "
	    "same key: pki-init sign --renew --not-after TIME" : "make a new "
	    "key, and ask for a certificate for that one");
}

static enum dv_exit
refuse_second_key(const char *what, const struct pki_found *old,
    struct dv_err *err)
{
	enum dv_exit exit = dv_fail(err, DV_EXIT_NO, "refused: %s has a "
	    "certificate with profile %s already, for another key", what,
	    old->profile);

	return dv_hint(err, exit, "two devices cannot have one name: check "
	    "the serial number of this device");
}

/* Is the subject or the device on record under this profile? */
static enum dv_exit
check_free_in(struct pki_ledger *ledger, const char *profile,
    const struct pki_row *row, struct dv_err *err)
{
	struct pki_found old = { .found = false };
	enum dv_exit exit = pki_ledger_find_name(ledger, profile, row->name,
	    &old, err);

	if (exit == DV_EXIT_YES && old.found)
		exit = refuse_second_key(old.name, &old, err);
	else if (exit == DV_EXIT_YES && row->device != NULL)
		exit = pki_ledger_find_device(ledger, profile, row->device,
		    &old, err);
	if (exit == DV_EXIT_YES && old.found)
		exit = refuse_second_key(old.device, &old, err);
	dv_buf_free(&old.der);
	return exit;
}

enum dv_exit
pki_name_free(const struct pki_issuer *issuer, const struct pki_order *order,
    const struct pki_row *row, struct dv_err *err)
{
	const struct pki_profile *own = order->profile, *p;
	enum dv_exit exit = DV_EXIT_YES;

	if (!own->one_key_a_name)
		return DV_EXIT_YES;
	for (size_t i = 0; exit == DV_EXIT_YES &&
	    (p = pki_profiles_at(issuer->profiles, i)) != NULL; i++) {
		if (p->one_key_a_name && strcmp(pki_profile_family(p),
		    pki_profile_family(own)) == 0)
			exit = check_free_in(issuer->ledger, p->name, row,
			    err);
	}
	return exit;
}
