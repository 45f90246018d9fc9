/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Templates: the public areas from which a TPM makes keys, each under a name
 * that is recorded for good. A changed template is another key.
 */
#ifndef TPM_TEMPLATE_H
#define TPM_TEMPLATE_H

#include "tpm_esys.h"

struct ds_tpm_template {
	const char *name;
	enum dv_key_type type;
	unsigned bits;		/* RSA: of the modulus; 0 for others */
	bool child;		/* of the owner's primary key, kept in a file;
				   else a primary key of the endorsement seed */
	bool usual;		/* what --key-type alone stands for */
	TPM2B_PUBLIC pub;
};

/* The parent of child keys, as others make it too (draft-bottomley-tpm2-keys
 * 3.1.8): P-256, AES-128-CFB, noDA, unique empty. */
extern const TPM2B_PUBLIC ds_tpm_owner_primary;

/* By name; NULL: none of that name. */
const struct ds_tpm_template *ds_tpm_template_named(const char *name);

/* The usual one for a type of key; NULL: a TPM has none. */
const struct ds_tpm_template *ds_tpm_template_usual(
    const struct ds_key_type *type, bool child);

/* The template a public area was made from: equal in all but the key itself.
 * NULL: none of ours. child: it came from a file (RSA looks the same there). */
const struct ds_tpm_template *ds_tpm_template_of(const TPMT_PUBLIC *pub,
    bool child);

/* All names, for messages. */
#define DS_TPM_TEMPLATES "devid-p256-v1, devid-p384-v1, devid-rsa2048-v1, "  \
	"tcg-h2, tcg-h3, ldevid-p256-v1, ldevid-p384-v1, ldevid-rsa2048-v1"

#endif
