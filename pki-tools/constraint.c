/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Name constraints of a CA from text. A subtree that the verifier could not
 * evaluate, or that says something else than it seems to, is not written.
 * RFC 5280 4.2.1.10.
 */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "der.h"
#include "ds_der.h"
#include "ext.h"
#include "host/text.h"
#include "host_name.h"
#include "pki_names.h"

#define SUBTREE_ROOM 1024
#define NAME_ROOM 768
#define TEXT_ROOM 256

static enum dv_exit
refuse(const char *text, const char *wanted, struct dv_err *err)
{
	enum dv_exit exit = dv_fail(err, DV_EXIT_USAGE, "\"%.64s\" is not a "
	    "name constraint: wanted %s", text, wanted);

	return dv_hint(err, exit, "for example dns:example.com, "
	    "ip:192.0.2.0/24, email:example.com, uri:.example.com or "
	    "dn:O=Example");
}

/* Address and mask, RFC 4632 as RFC 5280 has it; no bit outside the mask. */
static size_t
read_network(const char *text, uint8_t out[32])
{
	char address[TEXT_ROOM];
	const char *slash = strchr(text, '/');
	size_t len = slash == NULL ? 0 : (size_t)(slash - text);
	size_t half;
	char *end;
	unsigned long bits;

	if (len == 0 || len >= sizeof(address) || slash[1] < '0' ||
	    slash[1] > '9')
		return 0;
	memcpy(address, text, len);
	address[len] = '\0';
	half = inet_pton(AF_INET, address, out) == 1 ? 4 :
	    inet_pton(AF_INET6, address, out) == 1 ? 16 : 0;
	bits = strtoul(slash + 1, &end, 10);
	if (half == 0 || *end != '\0' || bits > 8 * half)
		return 0;
	for (size_t i = 0; i < half; i++) {
		unsigned long left = bits > 8 * i ? bits - 8 * i : 0;

		out[half + i] = (uint8_t)(left >= 8 ? 0xffu : 0xff00u >> left);
		if ((out[i] & ~out[half + i] & 0xff) != 0)
			return 0;
	}
	return 2 * half;
}

static enum dv_exit
put_ip(struct ds_der *w, const char *text, struct dv_err *err)
{
	uint8_t network[32];
	size_t len = read_network(text, network);

	if (len == 0)
		return refuse(text, "ADDRESS/BITS with no bit of the address "
		    "behind those", err);
	ds_der_element(w, DER_CONTEXT(DV_NAME_IP),
	    (struct dv_bytes){ network, len });
	return DV_EXIT_YES;
}

static enum dv_exit
put_directory(struct ds_der *w, const char *text, struct dv_err *err)
{
	uint8_t room[NAME_ROOM];
	struct ds_der name = ds_der_start(room, sizeof(room));
	enum dv_exit exit = ds_der_name(&name, text, err);

	if (exit != DV_EXIT_YES)
		return exit;
	ds_der_begin(w, DER_CONTEXT_CONS(DV_NAME_DIRECTORY));
	ds_der_raw(w, ds_der_done(&name));
	ds_der_end(w);
	return DV_EXIT_YES;
}

/* A host, or what is below it where a leading dot may say so. */
static bool
is_base(const char *text, bool dot)
{
	struct dv_bytes host = dv_text_bytes(text);

	if (dot && text[0] == '.')
		host = dv_text_bytes(text + 1);
	return dv_host_valid(host) && !dv_host_is_address(host);
}

static enum dv_exit
put_host(struct ds_der *w, enum dv_general_name choice, const char *text,
    struct dv_err *err)
{
	if (!is_base(text, choice != DV_NAME_DNS))
		return refuse(text, "the name of a host", err);
	ds_der_text(w, DER_CONTEXT(choice), text);
	return DV_EXIT_YES;
}

static const struct {
	const char *prefix;
	enum dv_general_name choice;
} kinds[] = {
	{ "dns:", DV_NAME_DNS },
	{ "ip:", DV_NAME_IP },
	{ "email:", DV_NAME_EMAIL },
	{ "uri:", DV_NAME_URI },
	{ "dn:", DV_NAME_DIRECTORY },
};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

enum dv_exit
pki_subtree(struct dv_buf *out, const char *text, struct dv_err *err)
{
	uint8_t room[SUBTREE_ROOM];
	struct ds_der w = ds_der_start(room, sizeof(room));
	struct dv_bytes made;
	const char *value = text;
	size_t i = 0;
	enum dv_exit exit;

	while (i < KINDS && strncmp(text, kinds[i].prefix,
	    strlen(kinds[i].prefix)) != 0)
		i++;
	if (i == KINDS)
		return refuse(text, "dns: ip: email: uri: or dn: before it",
		    err);
	value += strlen(kinds[i].prefix);
	ds_der_begin(&w, DER_SEQUENCE);
	if (kinds[i].choice == DV_NAME_IP)
		exit = put_ip(&w, value, err);
	else if (kinds[i].choice == DV_NAME_DIRECTORY)
		exit = put_directory(&w, value, err);
	else
		exit = put_host(&w, kinds[i].choice, value, err);
	ds_der_end(&w);
	if (exit != DV_EXIT_YES)
		return exit;
	made = ds_der_done(&w);
	if (made.ptr == NULL || !dv_buf_add(out, made))
		return dv_fail(err, DV_EXIT_NONE, "a name constraint is too "
		    "long");
	return DV_EXIT_YES;
}

/* [tag] IMPLICIT GeneralSubtrees around what is there already. */
static bool
wrap(struct dv_bytes subtrees, uint8_t tag, struct dv_buf *out)
{
	const size_t cap = subtrees.len + 8;	/* tag and length */
	struct ds_der w;
	uint8_t *room;
	bool ok;

	if (subtrees.len == 0)
		return true;
	room = malloc(cap);
	if (room == NULL)
		return false;
	w = ds_der_start(room, cap);
	ds_der_element(&w, tag, subtrees);
	ok = ds_der_done(&w).ptr != NULL && dv_buf_add(out, ds_der_done(&w));
	free(room);
	return ok;
}

bool
pki_constraints(struct dv_bytes permitted, struct dv_bytes excluded,
    struct dv_buf *out)
{
	return wrap(permitted, DER_CONTEXT_CONS(0), out) &&
	    wrap(excluded, DER_CONTEXT_CONS(1), out);
}
