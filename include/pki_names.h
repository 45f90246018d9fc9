/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Names beside the subject: subjectAltName, the name constraints of a CA, and
 * what a device is called when it is known by its address or number. Each text
 * has one spelling in a certificate. RFC 5280 4.2.1.6, 4.2.1.10.
 */
#ifndef PKI_NAMES_H
#define PKI_NAMES_H

#include "pki_profile.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- identity ------------------------------------------------------------- */

#define PKI_IDENTITY 64		/* characters: RFC 5280 A.1, ub-serial-number */

/* Who a device is: one of these, the others NULL or empty. */
struct pki_identity {
	const char *id;			/* any text */
	const char *mac;		/* EUI-48 or EUI-64, hexadecimal */
	const char *uuid;		/* RFC 9562 4 */
};

/*
 * The one text that stands for it: an EUI as IEEE 802 writes it
 * (AC-DE-48-23-45-67), a UUID in lower case. Refused: none or two of them, an
 * address of a group, the nil and the max UUID, an id with other characters
 * than letters, digits and - . : + = ( ). DV_EXIT_NO.
 */
DV_MUST_USE enum dv_exit pki_identity_text(const struct pki_identity *who,
    char out[PKI_IDENTITY + 1], struct dv_err *err);

/* Can this stand in a certificate and name a directory? */
DV_MUST_USE bool pki_device_id_good(const char *id);

/* ---- subjectAltName ------------------------------------------------------- */

/* Each appends one GeneralName to *out, DER. What is malformed is DV_EXIT_NO. */
DV_MUST_USE enum dv_exit pki_alt_dns(struct dv_buf *out, const char *host,
    struct dv_err *err);
DV_MUST_USE enum dv_exit pki_alt_ip(struct dv_buf *out, const char *address,
    struct dv_err *err);
DV_MUST_USE enum dv_exit pki_alt_uri(struct dv_buf *out, const char *uri,
    struct dv_err *err);

/* What is known of a device beside its name; each may be NULL. */
struct pki_device {
	const char *model;
	const char *hardware_revision;
	const char *firmware_version;
};

/*
 * Appends what the profile itself puts there for a device of this identity:
 * hardwareModuleName, permanentIdentifier, and a directoryName with model and
 * hardware revision. Refused: what the profile has no place for; the model, which
 * the ledger has as well, is then left to the ledger.
 */
DV_MUST_USE enum dv_exit pki_alt_device(struct dv_buf *out,
    const struct pki_profile *profile, struct dv_bytes identity,
    const struct pki_device *device, struct dv_err *err);

/* Does the profile permit these names (GeneralNames, contents)? */
DV_MUST_USE enum dv_exit pki_alt_check(struct dv_bytes alt,
    const struct pki_profile *profile, struct dv_err *err);

/*
 * The same of names that a request asks for, which must all be of a type that
 * the profile lets a request bring.
 */
DV_MUST_USE enum dv_exit pki_alt_check_request(struct dv_bytes alt,
    const struct pki_profile *profile, struct dv_err *err);

/* ---- name constraints ----------------------------------------------------- */

/*
 * Appends one GeneralSubtree from text to *out: "dns:example.com",
 * "ip:192.0.2.0/24", "email:example.com", "uri:.example.com", "dn:O=Example".
 * DV_EXIT_USAGE when it is none of these.
 */
DV_MUST_USE enum dv_exit pki_subtree(struct dv_buf *out, const char *text,
    struct dv_err *err);

/* Contents of NameConstraints from two lists of subtrees; nothing for none. */
DV_MUST_USE bool pki_constraints(struct dv_bytes permitted,
    struct dv_bytes excluded, struct dv_buf *out);

#ifdef __cplusplus
}
#endif
#endif
