/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pki-init check: is this CA directory whole and fit to issue, and what ends
 * when? Says everything that it found, changes nothing. pki-init(1).
 */
#include <inttypes.h>
#include <stdio.h>

#include "check.h"
#include "cmd.h"
#include "host/json.h"
#include "host/text.h"

const struct dv_opt pki_check_opts[] = {
	PKI_OPT_DIR("CA directory"),
	{ 'j', "json", NULL, "one JSON object", false },
	PKI_OPT_ACCESS,
	PKI_OPT_END,
};

static size_t
problems(const struct pki_check *c)
{
	size_t n = c->left_out;

	for (size_t i = 0; i < c->count; i++)
		n += c->findings[i].exit != DV_EXIT_YES;
	return n;
}

/* What it all comes to, and the sentence for it. */
static enum dv_exit
outcome(const struct pki_check *c, struct dv_err *err)
{
	enum dv_exit exit = c->left_out > 0 ? DV_EXIT_NONE : DV_EXIT_YES;

	for (size_t i = 0; i < c->count; i++) {
		if (c->findings[i].exit <= exit)
			continue;
		exit = c->findings[i].exit;
		*err = c->findings[i].err;
	}
	if (exit != DV_EXIT_YES || c->state == PKI_CHECK_OK)
		return exit;
	exit = dv_fail(err, DV_EXIT_NO, "%s: this CA has no certificate yet",
	    c->dir);
	return dv_hint(err, exit, "have %s/" PKI_CA_REQUEST " signed by its "
	    "issuer, then: pki-init install -d %s ANSWER", c->dir, c->dir);
}

/* "ok": it can issue; "waiting": once it has its certificate; "broken": a part
 * is wrong; "unknown": a part cannot be read. */
static const char *
status(const struct pki_check *c, enum dv_exit exit)
{
	if (exit == DV_EXIT_YES)
		return "ok";
	if (problems(c) == 0)
		return "waiting";
	return exit == DV_EXIT_NO ? "broken" : "unknown";
}

/* ---- text ----------------------------------------------------------------- */

static void
line_first(const struct pki_check *c)
{
	char at[DV_TIME_TEXT];
	size_t n = problems(c);

	dv_print_subject(stdout, c->dir);
	if (n > 0) {
		(void)printf(": NOT OK: %zu problem%s\n", n, n == 1 ? "" : "s");
	} else if (c->state == PKI_CHECK_WAITING) {
		(void)printf(": NO CERTIFICATE YET\n");
	} else {
		dv_time_format(c->good_until, at);
		(void)printf(": OK until %s\n", at);
	}
}

static void
line_findings(const struct pki_check *c)
{
	for (size_t i = 0; i < c->count; i++) {
		(void)printf("  %s: ", c->findings[i].exit == DV_EXIT_YES ?
		    "warning" : "problem");
		dv_print_safe(stdout, dv_text_bytes(c->findings[i].err.what));
		(void)putchar('\n');
	}
	if (c->left_out > 0)
		(void)printf("  and %zu more\n", c->left_out);
}

static void
lines_ca(const struct pki_ca *ca)
{
	char name[512], at[DV_TIME_TEXT];

	if (ca->key != NULL) {
		(void)printf("  key: ");
		dv_print_safe(stdout, dv_text_bytes(ds_key_spec(ca->key)));
		(void)printf(" (%s)", dv_key_type_name(ca->cert.key.type));
		if (ds_key_where(ca->key)[0] != '\0') {
			(void)printf(", ");
			dv_print_safe(stdout,
			    dv_text_bytes(ds_key_where(ca->key)));
		}
		(void)putchar('\n');
	}
	for (size_t i = 0; i < ca->chain_count; i++) {
		struct dv_cert cert;
		struct dv_at where;

		if (dv_cert_parse(ca->chain[i], &cert, &where) != DV_R_NONE)
			continue;
		dv_name_text(cert.subject, name, sizeof(name));
		dv_time_format(cert.not_after, at);
		(void)printf("  certificate %zu: ends %s, \"%s\"\n", i, at,
		    name);
	}
}

static void
line_bound(const struct pki_ca *ca)
{
	if (dv_cert_has(&ca->cert, DV_EXT_AUTHORISED_ONLY))
		(void)printf("  devices: by authorisation only, of the CA that "
		    "certified this one\n");
}

static void
line_request(const struct pki_ca_request *request)
{
	char name[512], hash[PKI_HEX] = "";

	dv_name_text(request->csr.subject, name, sizeof(name));
	if (pki_cmd_hash(request->csr.der, hash))
		(void)printf("  request: not answered yet, \"%s\", SHA-256 "
		    "%s\n", name, hash);
}

static void
lines_crls(const struct pki_check *c)
{
	char at[DV_TIME_TEXT];

	for (size_t i = 0; i < c->crl_count; i++) {
		dv_time_format(c->crls[i].next_update, at);
		(void)printf("  " PKI_CA_CRLS "/");
		dv_print_safe(stdout, dv_text_bytes(c->crls[i].name));
		(void)printf(": number %" PRIu64 ", next due %s\n",
		    c->crls[i].number, at);
	}
}

static void
report(const struct pki_check *c)
{
	char at[DV_TIME_TEXT];

	line_first(c);
	line_findings(c);
	if (c->ca != NULL) {
		lines_ca(c->ca);
		line_bound(c->ca);
	}
	if (c->request != NULL)
		line_request(c->request);
	lines_crls(c);
	if (!c->counted)
		return;
	(void)printf("  ledger: %" PRId64 " issued, %" PRId64 " ended\n",
	    c->sum.issued, c->sum.ended);
	if (!c->sum.any)
		return;
	dv_time_format(c->sum.next_end, at);
	(void)printf("  next to end: %s, \"%s\"\n", at, c->sum.next_name);
}

/* ---- JSON ----------------------------------------------------------------- */

static void
json_findings(struct dv_json *j, const struct pki_check *c,
    const char *key, bool warnings)
{
	dv_json_open(j, key, '[');
	for (size_t i = 0; i < c->count; i++) {
		const struct pki_finding *f = &c->findings[i];

		if ((f->exit == DV_EXIT_YES) != warnings)
			continue;
		dv_json_open(j, NULL, '{');
		dv_json_text(j, "what", f->err.what);
		if (f->err.hint[0] != '\0')
			dv_json_text(j, "hint", f->err.hint);
		if (!warnings)
			dv_json_number(j, "exit", f->exit);
		dv_json_close(j, '{');
	}
	dv_json_close(j, '[');
}

static void
json_ca(struct dv_json *j, const struct pki_ca *ca)
{
	char name[512];

	if (ca->key != NULL)
		dv_json_text(j, "key", ds_key_spec(ca->key));
	dv_json_open(j, "certificates", '[');
	for (size_t i = 0; i < ca->chain_count; i++) {
		struct dv_cert cert;
		struct dv_at where;

		if (dv_cert_parse(ca->chain[i], &cert, &where) != DV_R_NONE)
			continue;
		dv_name_text(cert.subject, name, sizeof(name));
		dv_json_open(j, NULL, '{');
		dv_json_text(j, "subject", name);
		dv_json_hex(j, "serial", cert.serial);
		dv_json_instant(j, "not_after", cert.not_after);
		dv_json_close(j, '{');
	}
	dv_json_close(j, '[');
	dv_json_flag(j, "authorised_only", dv_cert_has(&ca->cert,
	    DV_EXT_AUTHORISED_ONLY));
}

static void
json_crls(struct dv_json *j, const struct pki_check *c)
{
	dv_json_open(j, "crls", '[');
	for (size_t i = 0; i < c->crl_count; i++) {
		dv_json_open(j, NULL, '{');
		dv_json_text(j, "file", c->crls[i].name);
		dv_json_number(j, "number", (int64_t)c->crls[i].number);
		dv_json_instant(j, "next_update", c->crls[i].next_update);
		dv_json_close(j, '{');
	}
	dv_json_close(j, '[');
}

static void
json_ledger(struct dv_json *j, const struct pki_ledger_sum *sum)
{
	dv_json_open(j, "ledger", '{');
	dv_json_number(j, "issued", sum->issued);
	dv_json_number(j, "ended", sum->ended);
	if (sum->any)
		dv_json_instant(j, "next_end", sum->next_end);
	dv_json_close(j, '{');
}

static void
report_json(const struct pki_check *c, const char *status)
{
	struct dv_json j = { .out = stdout };
	char hash[PKI_HEX];

	dv_json_begin(&j);
	dv_json_number(&j, "v", 1);
	dv_json_text(&j, "tool", "pki-init");
	dv_json_text(&j, "directory", c->dir);
	dv_json_text(&j, "status", status);
	if (c->judged)
		dv_json_instant(&j, "good_until", c->good_until);
	json_findings(&j, c, "problems", false);
	json_findings(&j, c, "warnings", true);
	if (c->ca != NULL)
		json_ca(&j, c->ca);
	if (c->request != NULL && pki_cmd_hash(c->request->csr.der, hash))
		dv_json_text(&j, "request", hash);
	json_crls(&j, c);
	if (c->counted)
		json_ledger(&j, &c->sum);
	dv_json_end(&j);
}

enum dv_exit
pki_check_run(const struct dv_args *args, struct dv_err *err)
{
	struct pki_check c = { .dir = NULL };
	enum dv_exit exit = pki_cmd_need(args, "directory", &c.dir, err);

	if (exit == DV_EXIT_YES)
		exit = pki_cmd_access(args, "", &c.access, err);
	if (exit == DV_EXIT_YES)
		exit = pki_cmd_now(&c.now, err);
	if (exit == DV_EXIT_YES)
		exit = pki_check_dir(&c, err);
	if (exit == DV_EXIT_YES) {
		exit = outcome(&c, err);
		if (dv_args_has(args, "json"))
			report_json(&c, status(&c, exit));
		else
			report(&c);
	}
	pki_check_free(&c);
	return exit;
}
