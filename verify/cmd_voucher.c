/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * devverify voucher: did this device ask for a voucher, is this voucher for it?
 * Reads files and prints; the answer is dv_voucher_verify()'s. RFC 8995.
 */
#include <string.h>

#include "built.h"
#include "cmd.h"
#include "host/file.h"
#include "host/open.h"
#include "host/text.h"

const struct dv_opt dv_cmd_voucher_opts[] = {
	DV_TRUST_OPTION,
	DV_CMD_INTERMEDIATE,
	DV_CMD_CRLS
	DV_CMD_TIME,
	{ .letter = 'c', .name = "certificate", .arg = "FILE",
	    .help = "the signer's certificate, as the connection showed it" },
	{ .name = "registrar", .arg = "FILE",
	    .help = "certificate that the request has to name" },
	{ .name = "nonce", .arg = "HEX", .help = "nonce that it has to have" },
	{ .name = "request", .arg = "FILE",
	    .help = "FILE is a voucher; this is the request it answers" },
	{ .letter = 'p', .name = "purpose", .arg = "PURPOSE",
	    .help = "purpose of the signer (default any)" },
	DV_CMD_PROFILE
	DV_CMD_JSON
	DV_CMD_QUIET,
	{ .name = NULL },
};

/* What the options name besides the common ones. */
struct wanted {
	struct dv_asked *asked;
	struct dv_ders signer, registrar;
	uint8_t nonce[DV_MAX_VOUCHER_NONCE];
	size_t nonce_len;
	struct dv_buf request_file;
	struct dv_voucher request;
	bool has_request;
};

static enum dv_exit
certificates_read(const struct dv_args *args, const char *option,
    struct dv_ders *out, struct dv_err *err)
{
	const char *path = dv_args_get(args, option);
	enum dv_exit exit;

	if (path == NULL)
		return DV_EXIT_YES;
	exit = dv_ders_load(out, path, "CERTIFICATE", err);
	if (exit == DV_EXIT_YES && (out->count == 0 || out->file[0].len == 0))
		return dv_fail(err, DV_EXIT_NONE,
		    "%s: is empty, wanted a certificate", path);
	return exit;
}

static enum dv_exit
nonce_read(const struct dv_args *args, struct wanted *w, struct dv_err *err)
{
	const char *text = dv_args_get(args, "nonce");

	if (text == NULL)
		return DV_EXIT_YES;
	w->nonce_len = dv_hex_parse(text, w->nonce, sizeof(w->nonce));
	if (w->nonce_len >= DV_MIN_VOUCHER_NONCE)
		return DV_EXIT_YES;
	return dv_fail(err, DV_EXIT_USAGE, "option --nonce: \"%.80s\" is not "
	    "%d to %d octets in hexadecimal", text, DV_MIN_VOUCHER_NONCE,
	    DV_MAX_VOUCHER_NONCE);
}

/* The device's own request: what is not even one gives no verdict. */
static enum dv_exit
request_read(const struct dv_args *args, struct wanted *w, struct dv_err *err)
{
	const char *path = dv_args_get(args, "request");
	struct dv_verdict verdict = { .status = DV_REJECTED,
	    .object = DV_OBJECT_ENVELOPE };
	struct dv_buf line = { 0 };
	enum dv_exit exit;

	if (path == NULL)
		return DV_EXIT_YES;
	exit = dv_file_read(path, DV_MAX_ENVELOPE, &w->request_file, err);
	if (exit != DV_EXIT_YES)
		return exit;
	w->has_request = true;
	verdict.reason = dv_voucher_parse(dv_buf_bytes(&w->request_file),
	    w->asked->policy.profile, &w->request, &verdict.at);
	if (verdict.reason == DV_R_NONE)
		return DV_EXIT_YES;
	if (!dv_reason_line(&line, &verdict))
		return dv_fail(err, DV_EXIT_NONE, "memory is short");
	exit = dv_fail(err, DV_EXIT_NONE, "%s: not a voucher request: %.*s",
	    path, (int)line.len, (const char *)line.ptr);
	dv_buf_free(&line);
	return dv_hint(err, exit, "%s", dv_reason_hint(verdict.reason));
}

static enum dv_exit
wanted_open(struct wanted *w, struct dv_asked *asked, struct dv_err *err)
{
	enum dv_exit exit;

	w->asked = asked;
	asked->own = w;
	exit = nonce_read(asked->args, w, err);
	if (exit == DV_EXIT_YES)
		exit = certificates_read(asked->args, "certificate",
		    &w->signer, err);
	if (exit == DV_EXIT_YES)
		exit = certificates_read(asked->args, "registrar",
		    &w->registrar, err);
	return exit == DV_EXIT_YES ? request_read(asked->args, w, err) : exit;
}

static void
wanted_close(struct wanted *w)
{
	dv_ders_free(&w->signer);
	dv_ders_free(&w->registrar);
	dv_buf_free(&w->request_file);
}

static struct dv_bytes
first_of(const struct dv_ders *list)
{
	return list->count > 0 ? dv_ders_at(list, 0) :
	    (struct dv_bytes){ NULL, 0 };
}

static enum dv_exit
judge(struct wanted *w, const struct dv_voucher *voucher, const char *operand)
{
	struct dv_asked *asked = w->asked;
	struct dv_chain *chain = dv_asked_chain(asked, &w->signer);
	const struct dv_voucher_question question = { .trust = chain,
	    .policy = &asked->policy, .registrar = first_of(&w->registrar),
	    .nonce = { w->nonce, w->nonce_len },
	    .request = w->has_request ? &w->request : NULL };
	struct dv_report report = { .subject = operand, .chain = chain,
	    .path = &asked->path, .voucher = voucher };
	const struct dv_verdict verdict =
	    asked->bad_crl.status != DV_UNDECIDED ? asked->bad_crl :
	    dv_voucher_verify(voucher, &question, &asked->work, &asked->path);

	/* For the report: who signed, whichever way it was known. */
	if (voucher->sign1.x5chain_count > 0)
		chain->leaf = voucher->sign1.x5chain[0];
	report.verdict = &verdict;
	return dv_asked_report(asked, &report);
}

static enum dv_exit
judge_operand(struct dv_asked *asked, const char *operand, struct dv_err *err)
{
	struct wanted *w = asked->own;
	struct dv_verdict refused = { .status = DV_REJECTED,
	    .object = DV_OBJECT_ENVELOPE };
	struct dv_report report = { .subject = operand, .verdict = &refused };
	struct dv_voucher voucher;
	struct dv_buf file = { 0 };
	enum dv_exit exit = dv_file_read(operand, DV_FILE_MAX_ENVELOPE, &file,
	    err);

	if (exit == DV_EXIT_YES) {
		refused.reason = dv_voucher_parse(dv_buf_bytes(&file),
		    asked->policy.profile, &voucher, &refused.at);
		exit = refused.reason == DV_R_NONE ?
		    judge(w, &voucher, operand) :
		    dv_asked_report(asked, &report);
	}
	dv_buf_free(&file);
	return exit;
}

static enum dv_exit
check_usage(const struct dv_args *args, struct dv_err *err)
{
	if (!dv_args_has(args, "request"))
		return DV_EXIT_YES;
	if (dv_args_has(args, "registrar"))
		return dv_hint(err, dv_fail(err, DV_EXIT_USAGE, "voucher: "
		    "--registrar is of a request; a voucher names the domain"),
		    "what it pins is in the answer; -j has it for machines");
	if (args->operand_count != 1)
		return dv_fail(err, DV_EXIT_USAGE, "voucher: --request is of "
		    "one voucher, not of %d", args->operand_count);
	return DV_EXIT_YES;
}

enum dv_exit
dv_cmd_voucher(const struct dv_args *args, struct dv_err *err)
{
	struct wanted wanted = { .nonce_len = 0 };
	static struct dv_asked asked;
	enum dv_exit exit = check_usage(args, err);

	if (exit != DV_EXIT_YES)
		return exit;
	exit = dv_asked_open(args, &asked, err);
	if (exit == DV_EXIT_YES)
		exit = wanted_open(&wanted, &asked, err);
	if (exit == DV_EXIT_YES)
		exit = dv_asked_each(&asked, judge_operand);
	wanted_close(&wanted);
	dv_asked_close(&asked);
	return exit;
}
