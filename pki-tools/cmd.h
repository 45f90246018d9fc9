/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the verbs of the PKI tools share: reading their options. No
 * verb decides anything about certificates.
 */
#ifndef CMD_H
#define CMD_H

#include "host/args.h"
#include "host/pem.h"
#include "pki_ca.h"

/* Options that mean the same in every verb. */
#define PKI_OPT_DIR(help) { 'd', "directory", "DIR", help, false }
#define PKI_OPT_SUBJECT(help) { 'n', "subject", "SUBJECT", help, false }
#define PKI_OPT_OUT(help) { 'o', "output", "FILE", help, false }
#define PKI_OPT_NOT_AFTER(help) { 0, "not-after", "TIME", help, false }
#define PKI_OPT_ACCESS                                                         \
	{ 0, "passphrase-file", "FILE",                                        \
	  "passphrase or PIN: first line of FILE", false },                    \
	{ 0, "passphrase-fd", "N",                                             \
	  "passphrase or PIN: first line of descriptor N", false },            \
	{ 0, "tcti", "TCTI", "how to reach a TPM (" DS_TCTI_DEFAULT ")", false }
#define PKI_OPT_END { 0, NULL, NULL, NULL, false }

/* What a certificate of a CA may say. */
#define PKI_OPTS_TERMS                                                         \
	{ 0, "not-before", "TIME", "begin of validity (now)", false },         \
	PKI_OPT_NOT_AFTER("end of validity"),                                  \
	{ 0, "path-length", "N", "how many CAs may follow below", false }

/* Making a CA: its name and key. */
#define PKI_OPTS_NEW_KEY                                                       \
	PKI_OPT_SUBJECT("name of the CA, like \"CN=Root,O=Example\""),         \
	{ 'k', "key", "KEYSPEC", "its key, pkcs11:URI for one (file:DIR/ca.key)", false },         \
	{ 0, "key-type", "TYPE", DS_KEY_TYPES, false },                        \
	PKI_OPT_ACCESS,                                                        \
	{ 0, "no-passphrase", NULL, "keep the key in the clear", false }

/* Making a CA: what root and intermediate have in common. */
#define PKI_OPTS_NEW_CA                                                        \
	PKI_OPT_DIR("directory to make; must not exist"),                      \
	PKI_OPTS_TERMS,                                                        \
	PKI_OPTS_NEW_KEY

/* Which kind of CA: see pki_cmd_ca_profile(). */
#define PKI_OPT_CA_PROFILE(help) { 'p', "profile", "NAME", help, false }

/* What a CA above may lay down for one below: see pki_cmd_extra(). */
#define PKI_OPTS_EXTRA                                                         \
	{ 0, "permit", "NAME", "names it may certify, like dns:example.com",   \
	  true },                                                              \
	{ 0, "exclude", "NAME", "names it may not, like ip:10.0.0.0/8", true },\
	{ 0, "policy", "OID", "certificate policy of it", true },              \
	{ 0, "authorised-only", NULL, "it issues by authorisation only", false }

/* The option's value, which must be given. */
DV_MUST_USE enum dv_exit pki_cmd_need(const struct dv_args *args,
    const char *name, const char **out, struct dv_err *err);

/* How to reach a key. prefix: "" or "issuer-", before passphrase-file, -fd. */
DV_MUST_USE enum dv_exit pki_cmd_access(const struct dv_args *args,
    const char *prefix, struct ds_access *out, struct dv_err *err);

/* A time option; *given tells whether it was, *out is untouched when not. */
DV_MUST_USE enum dv_exit pki_cmd_time(const struct dv_args *args,
    const char *name, dv_time *out, bool *given, struct dv_err *err);

/* The present. */
DV_MUST_USE enum dv_exit pki_cmd_now(dv_time *out, struct dv_err *err);

/* --not-before, --not-after and --path-length, each untouched when not given. */
struct pki_terms {
	dv_time now, not_before, not_after;
	bool end_given, path_len_given;
	int path_len;
};
DV_MUST_USE enum dv_exit pki_cmd_terms(const struct dv_args *args,
    struct pki_terms *out, struct dv_err *err);

/* --key-type, or the usual one. */
DV_MUST_USE enum dv_exit pki_cmd_key_type(const struct dv_args *args,
    const char *usual, struct pki_ca_new *what, struct dv_err *err);

/*
 * Writes what the ledger holds: a file with just these bytes is fine. Another
 * one is not replaced, and the error says how to go on. "-": standard output.
 */
DV_MUST_USE enum dv_exit pki_cmd_put(const char *path, struct dv_bytes bytes,
    struct dv_err *err);

/* SHA-256 in hexadecimal, lower case. */
#define PKI_HEX (2 * PKI_SHA256 + 1)
DV_MUST_USE bool pki_cmd_hash(struct dv_bytes bytes, char out[PKI_HEX]);

/* The profile that --profile names, of a CA that signs itself or does not. */
DV_MUST_USE enum dv_exit pki_cmd_ca_profile(const struct dv_args *args,
    const char *usual, bool self_signed, const struct pki_profile **out,
    struct dv_err *err);

/* PKI_OPTS_EXTRA as they go into an order, which borrows from this. */
struct pki_cmd_extra {
	struct dv_buf constraints;
	char policies[1024];
	struct pki_extra extra;
};
DV_MUST_USE enum dv_exit pki_cmd_extra(const struct dv_args *args,
    struct pki_cmd_extra *out, struct dv_err *err);
void pki_cmd_extra_free(struct pki_cmd_extra *extra);

/*
 * pki-init root and intermediate: reads PKI_OPTS_NEW_CA, makes the CA below
 * issuer (NULL: a root) and says what was made. key_type: unless --key-type says
 * otherwise, or the profile does not take it.
 */
struct pki_cmd_ca {
	const struct pki_profile *profile;
	const char *key_type;
	const struct pki_ca *issuer;
	struct pki_extra extra;
};
DV_MUST_USE enum dv_exit pki_cmd_new_ca(const struct dv_args *args,
    const struct pki_cmd_ca *ca, struct dv_err *err);

extern const struct dv_opt pki_install_opts[], pki_request_opts[],
    pki_sign_opts[], pki_root_opts[], pki_intermediate_opts[],
    pki_anchors_opts[], pki_authorise_opts[], pki_check_opts[],
    pki_batch_opts[], pki_clock_opts[], pki_crl_opts[], pki_device_opts[],
    pki_lint_opts[], pki_profiles_opts[], pki_report_opts[],
    pki_revoke_opts[], pki_verify_opts[];

enum dv_exit pki_root_run(const struct dv_args *args, struct dv_err *err);
enum dv_exit pki_intermediate_run(const struct dv_args *args,
    struct dv_err *err);
enum dv_exit pki_anchors_run(const struct dv_args *args, struct dv_err *err);
enum dv_exit pki_authorise_run(const struct dv_args *args,
    struct dv_err *err);
enum dv_exit pki_batch_run_cmd(const struct dv_args *args,
    struct dv_err *err);
enum dv_exit pki_check_run(const struct dv_args *args, struct dv_err *err);
enum dv_exit pki_install_run(const struct dv_args *args, struct dv_err *err);
enum dv_exit pki_request_run(const struct dv_args *args, struct dv_err *err);
enum dv_exit pki_sign_run(const struct dv_args *args, struct dv_err *err);
enum dv_exit pki_device_run(const struct dv_args *args, struct dv_err *err);
enum dv_exit pki_lint_run_cmd(const struct dv_args *args, struct dv_err *err);
enum dv_exit pki_profiles_run(const struct dv_args *args,
    struct dv_err *err);
enum dv_exit pki_clock_run(const struct dv_args *args, struct dv_err *err);
enum dv_exit pki_report_run(const struct dv_args *args, struct dv_err *err);
enum dv_exit pki_verify_run(const struct dv_args *args, struct dv_err *err);
enum dv_exit pki_crl_run(const struct dv_args *args, struct dv_err *err);
enum dv_exit pki_revoke_run(const struct dv_args *args, struct dv_err *err);

#endif
