/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The form of addresses where CRLs may be, and the extensions that state them.
 * Fetches nothing. RFC 5280 4.2.1.13, 4.2.1.15, 5.2.6.
 */
#include "point.h"

#include <string.h>

#include "der.h"

#define MAX_URL 150

bool
pki_url_ok(const char *text, const char *scheme)
{
	size_t len = strlen(text), first = strlen(scheme);

	if (len <= first || len > MAX_URL || strncmp(text, scheme, first) != 0)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (text[i] <= ' ' || text[i] > '~' ||
		    strchr("\"<>\\^`{|}", text[i]) != NULL)
			return false;
	}
	return true;
}

/* RFC 5280 4.2.1.13: the entry's name must be there, and one attribute. */
static bool
names_attribute(const char *ldap)
{
	const char *entry = strchr(ldap, '/');
	const char *attribute = entry == NULL ? NULL : strchr(entry, '?');

	return attribute != NULL && attribute > entry + 1 &&
	    attribute[1] != '\0' && attribute[1] != '?' &&
	    strchr(attribute + 1, ',') == NULL;
}

bool
pki_point_ok(const char *text)
{
	static const char ldap[] = "ldap://";

	return pki_url_ok(text, "http://") || (pki_url_ok(text, ldap) &&
	    names_attribute(text + sizeof(ldap) - 1));
}

void
pki_point_write(struct ds_der *w, const char *oid, const char *url)
{
	ds_der_extension_begin(w, oid, false);
	ds_der_begin(w, DER_SEQUENCE);
	ds_der_begin(w, DER_SEQUENCE);
	ds_der_begin(w, DER_CONTEXT_CONS(0));
	ds_der_begin(w, DER_CONTEXT_CONS(0));
	ds_der_text(w, DER_CONTEXT(6), url);
	ds_der_end(w);
	ds_der_end(w);
	ds_der_end(w);
	ds_der_end(w);
	ds_der_extension_end(w);
}
