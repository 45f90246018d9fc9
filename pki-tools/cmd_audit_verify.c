/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pki-audit verify: is what a CA has on disk what it has done? Opens no key and
 * changes nothing. pki-audit(1).
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "audit.h"
#include "cmd.h"
#include "host/json.h"
#include "host/text.h"

const struct dv_opt pki_verify_opts[] = {
	PKI_OPT_DIR("CA directory"),
	{ 0, "since", "FILE", "audit.sig kept from an earlier audit", false },
	{ 'i', "issuer", "FILE", "certificate of the CA above, as the auditor "
	  "has it", false },
	{ 'j', "json", NULL, "one JSON object a line", false },
	PKI_OPT_END,
};

static size_t
shown(const struct pki_audit *a)
{
	return a->findings < PKI_FINDINGS ? (size_t)a->findings : PKI_FINDINGS;
}

/* What to do is said once for each kind. */
static bool
is_first(const struct pki_audit *a, size_t i)
{
	for (size_t j = 0; j < i; j++) {
		if (a->finding[j].wrong == a->finding[i].wrong)
			return false;
	}
	return true;
}

static void
say_findings(const struct pki_audit *a)
{
	for (size_t i = 0; i < shown(a); i++) {
		const struct pki_finding *f = &a->finding[i];

		(void)printf("  %s: ", pki_wrong_name(f->wrong));
		dv_print_safe(stdout, dv_text_bytes(f->place));
		(void)printf(": ");
		dv_print_safe(stdout, dv_text_bytes(f->what));
		(void)putchar('\n');
		if (is_first(a, i))
			(void)printf("    %s\n", pki_wrong_hint(f->wrong));
	}
	if (a->findings > PKI_FINDINGS)
		(void)printf("  and %" PRIu64 " more\n",
		    a->findings - PKI_FINDINGS);
}

static void
say_notes(const struct pki_audit *a)
{
	int64_t last = a->next_seq - 1;
	char at[DV_TIME_TEXT];

	(void)printf("  %" PRId64 " lines, %" PRId64 " certificates, %" PRId64
	    " batches, %" PRId64 " CRLs\n", last > 0 ? last : 0, a->rows,
	    a->batches, a->crls);
	if (a->has_signed) {
		dv_time_format(a->is_signed.at, at);
		(void)printf("  signed up to line %" PRId64 ", at %s\n",
		    a->is_signed.seq, at);
		if (a->is_signed.seq < last)
			(void)printf("  lines %" PRId64 " to %" PRId64
			    " stand after the last signature\n",
			    a->is_signed.seq + 1, last);
	}
	if (dv_cert_has(&a->ca->cert, DV_EXT_AUTHORISED_ONLY))
		(void)printf("  this CA issues by authorisation only\n");
	if (a->pending)
		(void)printf("  line %" PRId64 " is in the ledger alone, as "
		    "after a crash: the next operation writes it\n", last);
	if (a->earlier_key > 0)
		(void)printf("  %" PRId64 " certificates are of an earlier "
		    "key, whose signatures are not checked here\n",
		    a->earlier_key);
	if (a->earlier_crls > 0)
		(void)printf("  %" PRId64 " CRLs are of an earlier key, whose "
		    "signatures are not checked here\n", a->earlier_crls);
}

static void
say_text(const struct pki_audit *a)
{
	dv_print_subject(stdout, a->ca->dir);
	if (a->findings == 0) {
		(void)printf(": OK\n");
	} else {
		(void)printf(": NOT OK %s at ",
		    pki_wrong_name(a->finding[0].wrong));
		dv_print_safe(stdout, dv_text_bytes(a->finding[0].place));
		(void)putchar('\n');
	}
	say_findings(a);
	say_notes(a);
}

static void
say_json(const struct pki_audit *a)
{
	struct dv_json json = { .out = stdout };

	for (size_t i = 0; i < shown(a); i++) {
		const struct pki_finding *f = &a->finding[i];

		dv_json_begin(&json);
		dv_json_number(&json, "v", 1);
		dv_json_text(&json, "finding", pki_wrong_name(f->wrong));
		dv_json_text(&json, "place", f->place);
		dv_json_text(&json, "what", f->what);
		dv_json_text(&json, "hint", pki_wrong_hint(f->wrong));
		dv_json_end(&json);
	}
	dv_json_begin(&json);
	dv_json_number(&json, "v", 1);
	dv_json_text(&json, "directory", a->ca->dir);
	dv_json_text(&json, "status", a->findings == 0 ? "ok" : "not-ok");
	dv_json_number(&json, "findings", (int64_t)a->findings);
	dv_json_number(&json, "lines", a->next_seq - 1);
	dv_json_number(&json, "signed", a->has_signed ? a->is_signed.seq : 0);
	dv_json_number(&json, "certificates", a->rows);
	dv_json_number(&json, "earlier_key", a->earlier_key);
	dv_json_number(&json, "batches", a->batches);
	dv_json_number(&json, "crls", a->crls);
	dv_json_number(&json, "earlier_key_crls", a->earlier_crls);
	dv_json_flag(&json, "pending", a->pending);
	dv_json_flag(&json, "authorised_only", dv_cert_has(&a->ca->cert,
	    DV_EXT_AUTHORISED_ONLY));
	dv_json_end(&json);
}

static enum dv_exit
run(const struct dv_args *args, struct pki_audit *a, struct dv_err *err)
{
	enum dv_exit exit = pki_ca_open_ledger(a->ca, err);

	if (exit == DV_EXIT_YES)
		exit = pki_audit_run(a, err);
	for (int i = 0; exit == DV_EXIT_YES && i < args->operand_count; i++)
		exit = pki_audit_seen(a, args->operands[i], err);
	if (exit != DV_EXIT_YES)
		return exit;
	if (dv_args_has(args, "json"))
		say_json(a);
	else
		say_text(a);
	return a->findings == 0 ? exit : dv_fail(err, DV_EXIT_NO,
	    "%s: findings: %" PRIu64 "; issue nothing with this CA until they "
	    "are explained", a->ca->dir, a->findings);
}

enum dv_exit
pki_verify_run(const struct dv_args *args, struct dv_err *err)
{
	struct pki_audit *a = calloc(1, sizeof(*a));
	const char *dir;
	enum dv_exit exit;

	if (a == NULL)
		return dv_fail(err, DV_EXIT_NONE, "out of memory");
	a->since = dv_args_get(args, "since");
	a->issuer = dv_args_get(args, "issuer");
	exit = pki_cmd_need(args, "directory", &dir, err);
	if (exit == DV_EXIT_YES)
		exit = pki_ca_open(dir, &a->ca, err);
	if (exit == DV_EXIT_YES) {
		exit = run(args, a, err);
		pki_ca_close(a->ca);
	}
	pki_audit_free(a);
	free(a);
	return exit;
}
