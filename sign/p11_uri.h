/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A pkcs11: URI taken apart. Strict: what could name another token or key than
 * was meant is refused, and no PIN ever stands in one. RFC 7512.
 */
#ifndef P11_URI_H
#define P11_URI_H

#include <stdbool.h>

#include "host/err.h"

enum ds_p11_attr {
	DS_P11_TOKEN = 0,	/* label of the token */
	DS_P11_SERIAL,
	DS_P11_MODEL,
	DS_P11_MANUFACTURER,
	DS_P11_SLOT_ID,
	DS_P11_OBJECT,		/* label of the key */
	DS_P11_ID,
	DS_P11_TYPE,
	DS_P11_PIN_SOURCE,
	DS_P11_MODULE_PATH,
	DS_P11_ATTRS
};

#define DS_P11_URI_MAX 2048	/* octets behind "pkcs11:" */
#define DS_P11_VALUE_MAX 1024	/* octets of a value, decoded */

/* A NUL stands behind the octets; len 0: not given. */
struct ds_p11_value {
	uint8_t octets[DS_P11_VALUE_MAX + 1];
	size_t len;
};

struct ds_p11_uri {
	struct ds_p11_value value[DS_P11_ATTRS];
	unsigned long slot;	/* when DS_P11_SLOT_ID is given */
	const char *pin_path;	/* absolute, inside value; NULL: none given */
	const char *module;	/* absolute, inside value */
};

/*
 * Reads what stands behind "pkcs11:". A token is named by its label or serial
 * number, the key by its label or id, the module by its path; anything else,
 * twice or unknown, is DV_EXIT_USAGE with the attribute named. *out is not to
 * be copied: it points into itself.
 */
DV_MUST_USE enum dv_exit ds_p11_uri_parse(const char *text,
    struct ds_p11_uri *out, struct dv_err *err);

/* The value as bytes; {NULL, 0} when it was not given. */
struct dv_bytes ds_p11_uri_get(const struct ds_p11_uri *uri,
    enum ds_p11_attr attr);

#endif
