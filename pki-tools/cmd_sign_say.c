/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The words of a ceremony: what is about to be signed, the question, and the
 * transcript of both. Nothing is signed here. docs/CEREMONY.md.
 */
#include <inttypes.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd_sign.h"
#include "dv_version.h"
#include "pki_log.h"

#define NAME_TEXT 4096

static const struct {
	const char *word;		/* in the audit log */
	const char *text;
} kinds[] = {
	[PKI_SIGN_NEW] = { "new", "a new CA" },
	[PKI_SIGN_RENEWAL] = { "renewal",
	    "the renewal of a CA, with the same key" },
	[PKI_SIGN_ROOT] = { "root-renewal",
	    "the renewal of this root itself, with the same key" },
	[PKI_SIGN_CROSS] = { "cross", "a cross-certificate for another root" },
};

/* The asker's file: its hash, as the asker was told it. */
static bool
add_input(const struct pki_signing *s, struct dv_buf *out)
{
	char hash[PKI_HEX];

	return pki_cmd_hash(dv_ders_at(s->files, 0), hash) &&
	    dv_buf_text(out, "  %s  SHA-256 %s\n",
	    s->kind == PKI_SIGN_CROSS ? "its root   " : "request    ", hash);
}

static bool
add_names(const struct pki_signing *s, struct dv_buf *out)
{
	char name[NAME_TEXT], key[PKI_HEX];

	dv_name_text(s->order.subject, name, sizeof(name));
	return pki_cmd_hash(s->order.key->spki, key) &&
	    dv_buf_text(out, "  subject      \"%s\"\n", name) &&
	    dv_buf_text(out, "  key          %s\n",
	    dv_key_type_name(s->order.key->type)) &&
	    dv_buf_text(out, "  fingerprint  SHA-256 %s\n", key);
}

static bool
add_path_len(const struct pki_signing *s, struct dv_buf *out)
{
	int n = s->order.path_len;

	if (n < 0)
		return dv_buf_text(out, "  path length  no limit: any number "
		    "of CAs may follow below\n");
	return n == 0 ? dv_buf_text(out, "  path length  0: devices below, no "
	    "CA\n") : dv_buf_text(out, "  path length  %d: so many CAs may "
	    "follow below\n", n);
}

/* The values of an option that may be repeated, or what its absence means. */
static bool
add_list(const struct pki_signing *s, const char *label, const char *option,
    const char *none, struct dv_buf *out)
{
	const char *value = dv_args_nth(s->args, option, 0);
	bool ok = dv_buf_text(out, "  %s%s", label, value == NULL ? none :
	    value);

	for (int i = 1; ok && value != NULL; i++) {
		value = dv_args_nth(s->args, option, i);
		ok = value == NULL || dv_buf_text(out, ", %s", value);
	}
	return ok && dv_buf_text(out, "\n");
}

static bool
add_extra(const struct pki_signing *s, struct dv_buf *out)
{
	return add_list(s, "permitted    ", "permit", "names of any kind",
	    out) && add_list(s, "excluded     ", "exclude", "no names", out) &&
	    add_list(s, "policies     ", "policy", s->order.profile->policies
	    == NULL ? "none" : s->order.profile->policies, out) &&
	    dv_buf_text(out, "  devices      %s\n",
	    s->order.extra.authorised_only ? "in authorised batches only" :
	    "any");
}

static bool
add_terms(const struct pki_signing *s, struct dv_buf *out)
{
	char from[DV_TIME_TEXT], to[DV_TIME_TEXT];

	dv_time_format(s->order.not_before, from);
	dv_time_format(pki_order_end(&s->issuer, &s->order), to);
	return dv_buf_text(out, "  profile      %s: %s\n",
	    s->order.profile->name, s->order.profile->summary) &&
	    add_path_len(s, out) && add_extra(s, out) &&
	    dv_buf_text(out, "  valid from   %s\n  valid until  %s\n", from, to);
}

bool
pki_sign_text(const struct pki_signing *s, struct dv_buf *out)
{
	char name[NAME_TEXT];

	dv_name_text(s->ca->cert.subject, name, sizeof(name));
	return dv_buf_text(out, "\"%s\" is about to sign %s:\n", name,
	    kinds[s->kind].text) &&
	    add_names(s, out) && add_input(s, out) && add_terms(s, out);
}

/* Who, when, where, with what: the head of an entry. */
static bool
add_head(const struct pki_signing *s, struct dv_buf *out)
{
	char at[DV_TIME_TEXT], host[256] = "";
	const struct passwd *user = getpwuid(getuid());

	dv_time_format(s->order.now, at);
	if (gethostname(host, sizeof(host) - 1) != 0)
		host[0] = '\0';
	return dv_buf_text(out, "==== %s ====\n", at) &&
	    dv_buf_text(out, "tool: pki-init %s\n", DV_VERSION) &&
	    dv_buf_text(out, "operator: %s (uid %u)\n", user == NULL ? "?" :
	    user->pw_name, (unsigned)getuid()) &&
	    dv_buf_text(out, "host: %s\n", host) &&
	    dv_buf_text(out, "directory: %s\n", s->dir);
}

static enum dv_exit
record(const struct pki_signing *s, struct dv_bytes text, const char *asked,
    struct dv_err *err)
{
	struct dv_buf entry = { NULL, 0, 0 };
	bool ok = add_head(s, &entry) && dv_buf_add(&entry, text) &&
	    dv_buf_text(&entry, "%s\n", asked);
	enum dv_exit exit = ok ? pki_transcript_add(s->dir,
	    dv_buf_bytes(&entry), err) :
	    dv_fail(err, DV_EXIT_NONE, "out of memory");

	dv_buf_free(&entry);
	return exit;
}

/* One line from the terminal; anything but yes is no. */
static bool
typed_yes(void)
{
	char answer[16] = "";

	(void)printf("Sign this? Type yes to sign: ");
	(void)fflush(stdout);
	return fgets(answer, sizeof(answer), stdin) != NULL &&
	    strcmp(answer, "yes\n") == 0;
}

static enum dv_exit
show_and_ask(const struct pki_signing *s, struct dv_bytes text,
    struct dv_err *err)
{
	bool yes;
	enum dv_exit exit;

	if (isatty(STDIN_FILENO) == 0 || isatty(STDOUT_FILENO) == 0) {
		exit = dv_fail(err, DV_EXIT_USAGE, "nobody can be asked whether "
		    "to sign: this is not a terminal; nothing was signed");
		return dv_hint(err, exit, "run it on a terminal, or let a "
		    "script say --yes");
	}
	(void)fwrite(text.ptr, 1, text.len, stdout);
	yes = typed_yes();
	exit = record(s, text, yes ? "asked: Sign this? answered: yes" :
	    "asked: Sign this? answered: no", err);
	if (exit != DV_EXIT_YES || yes)
		return exit;
	return dv_fail(err, DV_EXIT_NO, "the answer was not yes; nothing was "
	    "signed");
}

enum dv_exit
pki_sign_ask(const struct pki_signing *s, struct dv_err *err)
{
	bool yes = dv_args_has(s->args, "yes");
	struct dv_buf text = { NULL, 0, 0 };
	enum dv_exit exit = DV_EXIT_YES;

	if (!pki_sign_text(s, &text))
		exit = dv_fail(err, DV_EXIT_NONE, "out of memory");
	else if (!yes)
		exit = show_and_ask(s, dv_buf_bytes(&text), err);
	else
		exit = record(s, dv_buf_bytes(&text), "not asked: --yes", err);
	if (exit == DV_EXIT_YES && yes && strcmp(s->out, "-") != 0)
		(void)fwrite(text.ptr, 1, text.len, stdout);
	dv_buf_free(&text);
	return exit;
}

static bool
add_cert(const struct pki_signing *s, char hash[PKI_HEX], struct dv_buf *out)
{
	struct dv_cert cert;
	struct dv_at at;
	bool ok = dv_cert_parse(dv_buf_bytes(&s->cert), &cert, &at) ==
	    DV_R_NONE && pki_cmd_hash(cert.der, hash) &&
	    dv_buf_text(out, "certificate%s: SHA-256 %s, serial ", s->again ?
	    " on record, handed out again" : "", hash);

	for (size_t i = 0; ok && i < cert.serial.len; i++)
		ok = dv_buf_text(out, "%02x", cert.serial.ptr[i]);
	return ok && dv_buf_text(out, "\n");
}

/*
 * The line of the audit log that belongs to the transcript's entry. The log is
 * signed by the CA, and by this line the transcript up to here with it.
 */
static enum dv_exit
log_it(const struct pki_signing *s, const char *hash, struct dv_err *err)
{
	struct pki_log_entry entry = { .event = "sign" };
	struct dv_file_digest transcript;
	char request[PKI_HEX], path[DV_PATH_MAX];
	enum dv_exit exit = dv_path_join(path, s->dir, PKI_CA_TRANSCRIPT, err);

	if (exit == DV_EXIT_YES)
		exit = dv_file_hash(path, DV_HASH_SHA256, &transcript, err);
	if (exit != DV_EXIT_YES)
		return exit;
	if (!pki_cmd_hash(dv_ders_at(s->files, 0), request))
		return dv_fail(err, DV_EXIT_NONE, "cannot hash");
	pki_log_add(&entry, "kind", "%s", kinds[s->kind].word);
	pki_log_add(&entry, "request", "%s", request);
	pki_log_add(&entry, "certificate", "%s", hash);
	pki_log_add(&entry, "transcript-size", "%" PRIu64, transcript.size);
	pki_log_add_hex(&entry, "transcript", (struct dv_bytes){
	    transcript.digest, transcript.len });
	return pki_log(s->ca->ledger, &entry, err);
}

enum dv_exit
pki_sign_done(const struct pki_signing *s, struct dv_err *err)
{
	struct dv_buf text = { NULL, 0, 0 };
	char hash[PKI_HEX];
	bool ok = (!s->again || add_head(s, &text)) && add_cert(s, hash, &text);
	enum dv_exit exit = ok ? pki_transcript_add(s->dir,
	    dv_buf_bytes(&text), err) :
	    dv_fail(err, DV_EXIT_NONE, "out of memory");

	if (exit == DV_EXIT_YES && !s->again)
		exit = log_it(s, hash, err);
	dv_buf_free(&text);
	return exit;
}
