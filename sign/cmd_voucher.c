/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * devsign voucher-request: the device asks whose it is now, signed with its
 * IDevID. Carries it nowhere, and says where it belongs. RFC 8995 5.2.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd_state.h"
#include "ds_voucher.h"
#include "host/file.h"
#include "host/json.h"
#include "host/open.h"
#include "host/text.h"
#include "host/when.h"

/* Octets of a nonce that is made here; RFC 8995 5.2 wants it unguessable. */
#define NONCE_SIZE 16

const struct dv_opt ds_cmd_voucher_options[] = {
	DS_KEY_OPTIONS,
	DS_DIR_OPTION,
	{ 'c', "chain", "FILE", "the key's certificates (" DS_DEFAULT_CHAIN ")",
	  false },
	{ 'o', "output", "FILE", "where to", false },
	{ 't', "time", "TIME", "the signing time (now)", false },
	{ 0, "registrar", "FILE",
	  "certificate of the registrar that was met: asserts proximity", false },
	{ 0, "registrar-as", "FORM", "key (default), cert or key-sha256", false },
	{ 0, "nonce", "HEX", "8 to 32 octets (16 by chance)", false },
	{ 0, "created-on", NULL, "say the time, too", false },
	{ 0, "certificates", NULL, "put the device's certificates inside",
	  false },
	{ 0, "force", NULL, "replace an existing file", false },
	{ 'j', "json", NULL, "say what was made as one JSON object", false },
	{ 0, NULL, NULL, NULL, false },
};

struct job {
	const struct dv_args *args;
	const char *output;
	struct ds_voucher_new what;
	struct ds_cmd_chain chain;
	struct dv_ders registrar;
	uint8_t nonce[DV_MAX_VOUCHER_NONCE];
};

static enum dv_exit
form_read(struct job *job, struct dv_err *err)
{
	static const char *const forms[] = {
		[DS_REGISTRAR_KEY] = "key",
		[DS_REGISTRAR_CERT] = "cert",
		[DS_REGISTRAR_HASH] = "key-sha256",
	};
	const char *text = dv_args_get(job->args, "registrar-as");

	if (text == NULL)
		return DV_EXIT_YES;
	if (!dv_args_has(job->args, "registrar"))
		return dv_fail(err, DV_EXIT_USAGE, "voucher-request: "
		    "--registrar-as goes with --registrar");
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if (strcmp(text, forms[i]) != 0)
			continue;
		job->what.registrar_as = (enum ds_registrar_as)i;
		return DV_EXIT_YES;
	}
	return dv_fail(err, DV_EXIT_USAGE, "--registrar-as %s: not one of key, "
	    "cert, key-sha256", text);
}

static enum dv_exit
nonce_read(struct job *job, struct dv_err *err)
{
	const char *text = dv_args_get(job->args, "nonce");
	size_t len = NONCE_SIZE;

	if (text == NULL) {
		enum dv_exit ret = ds_random(job->nonce, len, err);

		if (ret != DV_EXIT_YES)
			return ret;
	} else {
		len = dv_hex_parse(text, job->nonce, sizeof(job->nonce));
		if (len < DV_MIN_VOUCHER_NONCE)
			return dv_fail(err, DV_EXIT_USAGE, "--nonce %.80s: not "
			    "%d to %d octets in hexadecimal", text,
			    DV_MIN_VOUCHER_NONCE, DV_MAX_VOUCHER_NONCE);
	}
	job->what.nonce = (struct dv_bytes){ job->nonce, len };
	return DV_EXIT_YES;
}

static enum dv_exit
registrar_load(struct job *job, struct dv_err *err)
{
	const char *path = dv_args_get(job->args, "registrar");
	enum dv_exit ret;

	if (path == NULL)
		return DV_EXIT_YES;
	ret = dv_ders_load(&job->registrar, path, "CERTIFICATE", err);
	if (ret != DV_EXIT_YES)
		return ret;
	if (job->registrar.count == 0 || job->registrar.file[0].len == 0)
		return dv_fail(err, DV_EXIT_NONE,
		    "%s: is empty, wanted a certificate", path);
	/* The first of a list is the one that TLS showed. */
	job->what.registrar = dv_ders_at(&job->registrar, 0);
	return DV_EXIT_YES;
}

/* What the command line alone can be asked, before the key is. */
static enum dv_exit
job_read(struct job *job, struct dv_err *err)
{
	struct dv_when when;
	enum dv_exit ret;

	job->output = dv_args_get(job->args, "output");
	if (job->output == NULL)
		return dv_hint(err, dv_fail(err, DV_EXIT_USAGE,
		    "voucher-request: option -o (--output) is missing"),
		    "for example -o request.vrq, or - for standard output");
	job->what.has_created_on = dv_args_has(job->args, "created-on");
	job->what.with_chain = dv_args_has(job->args, "certificates");
	ret = form_read(job, err);
	if (ret == DV_EXIT_YES)
		ret = dv_when(dv_args_get(job->args, "time"), &when, err);
	if (ret == DV_EXIT_YES) {
		job->what.at = when.at;
		ret = nonce_read(job, err);
	}
	return ret == DV_EXIT_YES ? registrar_load(job, err) : ret;
}

static void
say_json(FILE *to, const struct job *job, struct dv_bytes serial,
    const char *masa)
{
	struct dv_json j = { .out = to };

	dv_json_begin(&j);
	dv_json_number(&j, "v", 1);
	dv_json_text(&j, "request", job->output);
	dv_json_text(&j, "media_type", DV_VOUCHER_TYP);
	dv_json_utf8(&j, "serial_number", serial);
	dv_json_hex(&j, "nonce", job->what.nonce);
	if (job->what.registrar.len > 0)
		dv_json_text(&j, "assertion",
		    dv_assertion_name(DV_ASSERTION_PROXIMITY));
	if (job->what.has_created_on)
		dv_json_instant(&j, "created_on", job->what.at);
	if (masa[0] != '\0')
		dv_json_text(&j, "masa_url", masa);
	dv_json_end(&j);
}

static void
say_words(const struct job *job, struct dv_bytes serial, const char *masa)
{
	char nonce[2 * DV_MAX_VOUCHER_NONCE + 1];

	dv_hex_text(job->what.nonce, nonce);
	ds_cmd_say(job->output, "%s: voucher request for serial-number "
	    "\"%.*s\", nonce %s, with %s", job->output, (int)serial.len,
	    (const char *)serial.ptr, nonce, ds_key_spec(job->what.key));
	if (masa[0] != '\0') {
		ds_cmd_say(job->output, "carry it to: %s (through the "
		    "registrar of the network)", masa);
		return;
	}
	ds_cmd_say(job->output, "the certificate does not say where the MASA "
	    "is: the registrar must know it");
	ds_cmd_say(job->output, "  to have it said: masa-url in a profile "
	    "based on idevid (pki-issue, profiles.ini), in the next "
	    "certificate");
}

/* Says what was made and where it belongs; not where the request goes. */
static enum dv_exit
say(const struct job *job, struct dv_err *err)
{
	struct dv_cert leaf;
	struct dv_at at;
	char masa[DS_MASA_URL];
	enum dv_exit ret;

	if (dv_cert_parse(job->chain.chain.cert[0], &leaf, &at) != DV_R_NONE)
		return dv_fail(err, DV_EXIT_NONE, "the certificate cannot be "
		    "read again");
	ret = ds_voucher_masa_url(&leaf, masa, err);
	if (ret != DV_EXIT_YES)
		return ret;
	if (dv_args_has(job->args, "json"))
		say_json(dv_is_stdio(job->output) ? stderr : stdout, job,
		    dv_voucher_serial_of(&leaf), masa);
	else
		say_words(job, dv_voucher_serial_of(&leaf), masa);
	return DV_EXIT_YES;
}

static enum dv_exit
make(struct job *job, struct dv_err *err)
{
	const struct dv_file_new file = { .path = job->output, .mode = 0644,
	    .replace = dv_args_has(job->args, "force") };
	struct dv_buf made = { NULL, 0, 0 };
	enum dv_exit ret = ds_voucher_make(&job->what, &made, err);

	if (ret == DV_EXIT_YES)
		ret = dv_file_write(&file, dv_buf_bytes(&made), err);
	dv_buf_free(&made);
	return ret == DV_EXIT_YES ? say(job, err) : ret;
}

static enum dv_exit
chain_load(struct job *job, const struct ds_cmd_use *use, struct dv_err *err)
{
	struct ds_chain_check check = {
		.key = ds_key_public(job->what.key),
		.at = job->what.at,
	};
	enum dv_exit ret = ds_cmd_chain_load(use->chain, &check, &job->chain,
	    err);

	job->what.chain = &job->chain.chain;
	if (ret != DV_EXIT_YES && !dv_args_has(job->args, "chain") &&
	    access(use->chain, F_OK) != 0)
		return dv_hint(err, ret, "`devsign install CHAIN` puts it "
		    "there, -c names another");
	return ret;
}

enum dv_exit
ds_cmd_voucher_run(const struct dv_args *args, struct dv_err *err)
{
	struct job job = { .args = args };
	struct ds_access reach;
	struct ds_cmd_use use;
	uint8_t salt[DS_SALT_NAME];
	enum dv_exit ret = job_read(&job, err);

	if (ret == DV_EXIT_YES)
		ret = ds_cmd_access(args, &reach, err);
	if (ret == DV_EXIT_YES)
		ret = ds_cmd_use(args, &use, err);
	if (ret == DV_EXIT_YES)
		ret = ds_cmd_pin(&use.device.record, salt, &reach, err);
	if (ret == DV_EXIT_YES)
		ret = ds_key_open(use.key, &reach, &job.what.key, err);
	if (ret == DV_EXIT_YES)
		ret = chain_load(&job, &use, err);
	if (ret == DV_EXIT_YES)
		ret = make(&job, err);
	ds_cmd_chain_free(&job.chain);
	dv_ders_free(&job.registrar);
	ds_key_close(job.what.key);
	return ret;
}
