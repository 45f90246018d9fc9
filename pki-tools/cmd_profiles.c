/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pki-issue profiles: what each profile puts into a certificate and what it
 * lets a request say. Reads tables, makes nothing. pki-issue(1).
 */
#include <stdio.h>

#include "cmd.h"

const struct dv_opt pki_profiles_opts[] = {
	PKI_OPT_DIR("CA directory, for the profiles of its own"),
	PKI_OPT_END,
};

struct word {
	unsigned bit;
	const char *text;
};

static const struct word usages[] = {
	{ DV_KU_DIGITAL_SIGNATURE, "digitalSignature" },
	{ DV_KU_NON_REPUDIATION, "nonRepudiation" },
	{ DV_KU_KEY_ENCIPHERMENT, "keyEncipherment" },
	{ DV_KU_KEY_AGREEMENT, "keyAgreement" },
	{ DV_KU_KEY_CERT_SIGN, "keyCertSign" },
	{ DV_KU_CRL_SIGN, "cRLSign" },
	{ 0, NULL },
};
static const struct word alts[] = {
	{ PKI_ALT_DNS, "dns" },
	{ PKI_ALT_IP, "ip" },
	{ PKI_ALT_URI, "uri" },
	{ PKI_ALT_HARDWARE, "hardware" },
	{ PKI_ALT_PERMANENT, "permanent" },
	{ PKI_ALT_PLATFORM, "platform" },
	{ 0, NULL },
};

static void
say_label(const char *label)
{
	(void)printf("  %-15s ", label);
}

static void
say(const char *label, const char *text)
{
	if (text == NULL)
		return;
	say_label(label);
	(void)printf("%s\n", text);
}

static void
say_bits(const char *label, const struct word *words, unsigned bits)
{
	const char *between = "";

	if (bits == 0)
		return;
	say_label(label);
	for (; words->text != NULL; words++) {
		if ((bits & words->bit) == 0)
			continue;
		(void)printf("%s%s", between, words->text);
		between = " ";
	}
	(void)putchar('\n');
}

static void
say_validity(const struct pki_profile *p)
{
	say_label("validity");
	if (p->years == 0)
		(void)printf("no end%s\n", p->may_outlive ? "" :
		    " but its issuer's");
	else
		(void)printf("%d years%s\n", p->years, p->self_signed ? "" :
		    ", not beyond its issuer's end");
}

static void
say_request(const struct pki_profile *p)
{
	say_label("from a request");
	(void)printf("the key%s%s\n", p->from_request == NULL ? "" :
	    "; subject: ", p->from_request == NULL ? "" : p->from_request);
	say_bits("", alts, p->alt_from_request);
}

static void
say_profile(const struct pki_profile *p)
{
	(void)printf("%s: %s (%s)\n", p->name, p->summary, p->rule);
	say("based on", p->family);
	say_validity(p);
	say("subject", p->required);
	say("  with", p->also);
	say("  without", p->never);
	say("  as issuer's", p->as_issuer);
	say("  where it has", p->as_issuer_if);
	say("batch in", p->batch_in);
	say_bits("keyUsage", usages, p->key_usage);
	say(p->eku_critical ? "purposes, crit." : "purposes", p->eku);
	say("  or some of", p->eku_choice);
	say_bits("subjectAltName", alts, p->alt);
	say("hwType", p->hw_type);
	say("masa-url", p->masa_url);
	say("policies", p->policies);
	say("CRL at", p->crl_url);
	say("delta CRL at", p->delta_crl_url);
	say("noRevAvail", p->no_rev_avail ? "yes" : NULL);
	say_request(p);
}

enum dv_exit
pki_profiles_run(const struct dv_args *args, struct dv_err *err)
{
	const char *dir = dv_args_get(args, "directory");
	const struct pki_profile *p;
	struct pki_ca *ca = NULL;
	enum dv_exit exit = dir == NULL ? DV_EXIT_YES :
	    pki_ca_open(dir, &ca, err);

	if (exit != DV_EXIT_YES)
		return exit;
	for (size_t i = 0; (p = pki_profiles_at(ca == NULL ? NULL :
	    ca->profiles, i)) != NULL; i++)
		say_profile(p);
	pki_ca_close(ca);
	return exit;
}
