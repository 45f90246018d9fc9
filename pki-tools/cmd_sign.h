/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Between cmd_sign.c and cmd_sign_say.c: one thing that a CA is asked to sign,
 * and the words for it. Private to pki-init.
 */
#ifndef CMD_SIGN_H
#define CMD_SIGN_H

#include "cmd.h"

enum pki_signing_kind {
	PKI_SIGN_NEW = 0,	/* a CA that is elsewhere */
	PKI_SIGN_RENEWAL,	/* the same once more */
	PKI_SIGN_ROOT,		/* the signing root itself once more */
	PKI_SIGN_CROSS		/* another root */
};

struct pki_signing {
	enum pki_signing_kind kind;
	const char *dir, *path, *out;
	const struct dv_args *args;
	struct ds_access access;
	struct pki_cmd_extra extra;	/* --permit, --exclude, --policy */
	struct dv_ders *files;		/* the request, or the other root */
	struct pki_ca *ca;
	struct pki_issuer issuer;
	struct dv_csr csr;
	struct dv_cert other;		/* PKI_SIGN_CROSS */
	uint8_t r[2 * PKI_R_ROOM];
	struct pki_order order;
	struct dv_buf cert, pem;
	bool again;
};

/* Everything that will stand in the certificate, for those who decide. */
DV_MUST_USE bool pki_sign_text(const struct pki_signing *s,
    struct dv_buf *out);

/*
 * Shows it and asks on the terminal, unless --yes was given. Both go into the
 * CA's transcript before this returns. No: DV_EXIT_NO.
 */
DV_MUST_USE enum dv_exit pki_sign_ask(const struct pki_signing *s,
    struct dv_err *err);

/* What came of it, into the transcript. */
DV_MUST_USE enum dv_exit pki_sign_done(const struct pki_signing *s,
    struct dv_err *err);

#endif
