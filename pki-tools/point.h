/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Addresses of CRLs, as certificates and CRLs of ours state them for others.
 * Nothing here or elsewhere in the project fetches one. RFC 5280 4.2.1.13.
 */
#ifndef POINT_H
#define POINT_H

#include "ds_der.h"

/* Does this text begin with the scheme and go on as a URI, not too long? */
DV_MUST_USE bool pki_url_ok(const char *text, const char *scheme);

/*
 * Can CRLs be there: http, or ldap with the name of an entry and its attribute?
 * What was wanted, for the message that it cannot.
 */
#define PKI_POINT_WANTED "an address that begins with http://, or "             \
	"ldap://HOST/NAME?ATTRIBUTE, of at most 150 characters (RFC 5280 "          \
	"4.2.1.13; 8: https can go in circles)"
DV_MUST_USE bool pki_point_ok(const char *text);

/* CRLDistributionPoints with one such point, under this OID, not critical. */
void pki_point_write(struct ds_der *w, const char *oid, const char *url);

#endif
