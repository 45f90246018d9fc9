/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any text behind "pkcs11:": refused as a usage error with words, or taken
 * apart into a token, a key and an absolute module path; read twice, it is the
 * same. RFC 7512.
 */
#include <stdlib.h>
#include <string.h>

#include "../../sign/p11_uri.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool right)
{
	if (!right)
		abort();
}

static void
whole(const struct ds_p11_uri *uri)
{
	for (unsigned i = 0; i < DS_P11_ATTRS; i++) {
		const struct ds_p11_value *v = &uri->value[i];

		must(v->len <= DS_P11_VALUE_MAX && v->octets[v->len] == 0);
		must(i == DS_P11_ID ||
		    strlen((const char *)v->octets) == v->len);
	}
	must(uri->value[DS_P11_TOKEN].len + uri->value[DS_P11_SERIAL].len > 0);
	must(uri->value[DS_P11_OBJECT].len + uri->value[DS_P11_ID].len > 0);
	must(uri->module[0] == '/');
	must(uri->pin_path == NULL || uri->pin_path[0] == '/');
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct ds_p11_uri uri;
	struct dv_err err = { .what = "" };
	char *text = malloc(size + 1);
	enum dv_exit exit;

	if (text == NULL)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	exit = ds_p11_uri_parse(text, &uri, &err);
	must(exit == DV_EXIT_YES || (exit == DV_EXIT_USAGE &&
	    strncmp(err.what, "pkcs11: ", 8) == 0));
	must(strstr(text, "pin-value=") != text || exit != DV_EXIT_YES);
	if (exit == DV_EXIT_YES)
		whole(&uri);
	free(text);
	return 0;
}
