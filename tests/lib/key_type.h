/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The row of --key-type that makes a key of a type, for tests that make keys.
 * Holds no table of its own. include/ds_key.h.
 */
#ifndef KEY_TYPE_H
#define KEY_TYPE_H

#include "ds_key.h"

static inline const struct ds_key_type *
key_type(enum dv_key_type type)
{
	static const char *const names[] = { "p256", "p384", "ed25519",
		"rsa2048" };
	struct dv_err err;
	const struct ds_key_type *row = NULL;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (ds_key_type_find(names[i], &row, &err) == DV_EXIT_YES &&
		    row->type == type)
			return row;
	}
	return NULL;
}

#endif
