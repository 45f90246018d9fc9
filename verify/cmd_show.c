/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * devverify show: what a certificate, request, CRL, envelope, voucher or receipt
 * claims, and each envelope inside a module. Form is checked, because what has no
 * form says nothing; no signature, time or trust is looked at, and the first line
 * says so.
 */
#include <string.h>

#include "cmd.h"
#include "dv_csr.h"
#include "host/file.h"
#include "host/open.h"
#include "host/text.h"
#include "profile.h"
#include "show.h"

#define COSE_SIGN1_FIRST 0xd2	/* CBOR tag 18 */
#define MODULE_FIRST 0x00	/* "\0asm" */
#define RECEIPT_FIRST 0xb0	/* CBOR map of 16 pairs or more, up to 23 */
#define COSE_UNTAGGED_FIRST 0x84	/* CBOR array of 4; path */

const struct dv_opt dv_cmd_show_opts[] = {
	DV_CMD_PROFILE
	DV_CMD_JSON
	{ .name = NULL },
};

/* One object: how it is called, how it is read and shown. */
struct kind {
	const char *name;	/* in JSON */
	const char *shown;	/* "a certificate" */
	enum dv_object object;
	enum dv_reason (*show)(struct dv_show *out, struct dv_bytes bytes,
	    struct dv_at *at);
};

static const struct kind certificate = { "certificate", "a certificate",
	DV_OBJECT_CERTIFICATE, dv_show_cert };
static const struct kind request = { "request", "a certification request",
	DV_OBJECT_REQUEST, dv_show_request };
static const struct kind crl = { "crl", "a certificate revocation list",
	DV_OBJECT_CRL, dv_show_crl };
static const struct kind envelope = { "envelope", "a signature envelope",
	DV_OBJECT_ENVELOPE, dv_show_envelope };
static const struct kind receipt = { "receipt", "a receipt",
	DV_OBJECT_RECEIPT, dv_show_receipt };
static const struct kind voucher = { "voucher", "a voucher",
	DV_OBJECT_ENVELOPE, dv_show_voucher };
static const struct kind voucher_request = { "voucher-request",
	"a voucher request", DV_OBJECT_ENVELOPE, dv_show_voucher };

static void
begin(struct dv_show *out, const struct kind *kind)
{
	if (out->json) {
		dv_json_begin(&out->j);
		dv_json_number(&out->j, "v", 1);
		dv_json_text(&out->j, "tool", out->tool);
		dv_json_text(&out->j, "subject", out->subject);
		dv_json_text(&out->j, "kind", kind->name);
		dv_json_flag(&out->j, "judged", false);
		if (out->signature > 0)
			dv_json_number(&out->j, "signature",
			    (int64_t)out->signature);
		return;
	}
	dv_print_subject(stdout, out->subject);
	if (out->signature > 0)
		(void)printf(": signature %zu", out->signature);
	(void)printf(": %s; its claims, of which none was checked\n",
	    kind->shown);
}

static enum dv_exit
malformed(const struct dv_show *out, const struct dv_verdict *verdict,
    struct dv_err *err)
{
	struct dv_buf line = { 0 };
	enum dv_exit exit;

	if (!dv_reason_line(&line, verdict))
		return dv_fail(err, DV_EXIT_NONE, "memory is short");
	exit = dv_fail(err, DV_EXIT_NO, "%s: malformed: %.*s", out->subject,
	    (int)line.len, (const char *)line.ptr);
	dv_buf_free(&line);
	return dv_hint(err, exit, "%s", dv_reason_text(verdict->reason));
}

/* Reads once without a word, then prints: nothing half is shown. */
static enum dv_exit
show_object(struct dv_show *out, const struct kind *kind,
    struct dv_bytes bytes, struct dv_err *err)
{
	struct dv_verdict verdict = { .status = DV_REJECTED,
	    .object = kind->object };

	out->silent = true;
	verdict.reason = kind->show(out, bytes, &verdict.at);
	if (verdict.reason != DV_R_NONE)
		return malformed(out, &verdict, err);
	out->silent = false;
	begin(out, kind);
	verdict.reason = kind->show(out, bytes, &verdict.at);
	if (out->json)
		dv_json_end(&out->j);
	return DV_EXIT_YES;
}

static bool
is_request(struct dv_bytes der)
{
	struct dv_csr csr;
	struct dv_at at;

	return dv_csr_parse(der, &csr, &at) == DV_R_NONE;
}

static bool
is_crl(struct dv_bytes der)
{
	struct dv_crl list;
	struct dv_at at;

	return dv_crl_parse(der, &list, &at) == DV_R_NONE;
}

static enum dv_exit
show_embedded(struct dv_show *out, struct dv_bytes bytes, struct dv_err *err)
{
	return show_object(out, &envelope, bytes, err);
}

static enum dv_exit
show_module(struct dv_show *out, struct dv_bytes bytes, struct dv_err *err)
{
	struct dv_verdict refused = { .status = DV_REJECTED };
	const enum dv_exit exit = dv_show_module(out, bytes, show_embedded,
	    &refused, err);

	return refused.reason != DV_R_NONE ? malformed(out, &refused, err) :
	    exit;
}

static enum dv_exit
show_binary(struct dv_show *out, struct dv_bytes bytes, struct dv_err *err)
{
	bool asks;

	if (dv_show_is_voucher(out, bytes, &asks))
		return show_object(out, asks ? &voucher_request : &voucher,
		    bytes, err);
	if (bytes.len > 0 && (bytes.ptr[0] == COSE_SIGN1_FIRST ||
	    (dv_profile_loose(out->profile) &&
	    bytes.ptr[0] == COSE_UNTAGGED_FIRST) ||
	    dv_sign_is_several(bytes, out->profile)))
		return show_object(out, &envelope, bytes, err);
	if (bytes.len > 0 && bytes.ptr[0] == MODULE_FIRST)
		return show_module(out, bytes, err);
	if (bytes.len > 0 && (bytes.ptr[0] & 0xf8) == RECEIPT_FIRST)
		return show_object(out, &receipt, bytes, err);
	if (is_request(bytes))
		return show_object(out, &request, bytes, err);
	if (is_crl(bytes))
		return show_object(out, &crl, bytes, err);
	return show_object(out, &certificate, bytes, err);
}

static enum dv_exit
show_pem(struct dv_show *out, const char *label, struct dv_bytes der,
    struct dv_err *err)
{
	if (strcmp(label, "CERTIFICATE") == 0)
		return show_object(out, &certificate, der, err);
	if (strcmp(label, "CERTIFICATE REQUEST") == 0)
		return show_object(out, &request, der, err);
	if (strcmp(label, DV_PEM_CRL) == 0)
		return show_object(out, &crl, der, err);
	return dv_fail(err, DV_EXIT_NONE, "%s: holds a PEM block \"%s\", which "
	    "this command does not show", out->subject, label);
}

static enum dv_exit
show_all(struct dv_show *out, struct dv_bytes file, struct dv_err *err)
{
	enum dv_exit exit;
	char label[64];

	if (!dv_is_pem(file))
		return show_binary(out, file, err);
	for (;;) {
		struct dv_buf der = { 0 };

		exit = dv_pem_next(&file, label, &der, err);
		if (exit == DV_EXIT_NO)
			return DV_EXIT_YES;
		if (exit != DV_EXIT_YES)
			exit = dv_fail_in(err, exit, out->subject);
		else
			exit = show_pem(out, label, dv_buf_bytes(&der), err);
		dv_buf_free(&der);
		if (exit != DV_EXIT_YES)
			return exit;
	}
}

static enum dv_exit
show_file(const struct dv_args *args, const char *path, struct dv_err *err)
{
	struct dv_show out = { .tool = args->tool->name, .subject = path,
	    .json = dv_args_has(args, "json"), .j = { .out = stdout } };
	struct dv_buf file = { 0 };
	enum dv_exit exit = dv_asked_profile(args, &out.profile, err);

	if (exit == DV_EXIT_YES)
		exit = dv_file_read(path, DV_FILE_MAX_CRLS, &file, err);
	if (dv_is_stdio(path))
		out.subject = "(standard input)";
	if (exit == DV_EXIT_YES)
		exit = show_all(&out, dv_buf_bytes(&file), err);
	dv_buf_free(&file);
	return exit;
}

enum dv_exit
dv_cmd_show(const struct dv_args *args, struct dv_err *err)
{
	enum dv_exit largest = DV_EXIT_YES, exit;
	struct dv_err one;

	(void)err;
	for (int i = 0; i < args->operand_count; i++) {
		one = (struct dv_err){ .what = "" };
		exit = show_file(args, args->operands[i], &one);
		if (one.what[0] != '\0')
			dv_err_print(args->tool->name, &one);
		largest = exit > largest ? exit : largest;
	}
	return largest;
}
