/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Object identifiers that more than one file asks for, as contents octets.
 * Those of one file alone stand in that file.
 */
#ifndef OID_H
#define OID_H

#include "text.h"

extern const struct dv_bytes dv_oid_any_policy;		/* 2.5.29.32.0 */
extern const struct dv_bytes dv_oid_any_purpose;	/* 2.5.29.37.0 */

/* Attributes of names. */
extern const struct dv_bytes dv_oid_common_name, dv_oid_serial_number,
    dv_oid_country, dv_oid_locality, dv_oid_state, dv_oid_organization,
    dv_oid_unit, dv_oid_user_id, dv_oid_component, dv_oid_email_address;

/* Dotted text; an arc of more than 40 digits cuts it. */
void dv_oid_put(struct dv_text *text, struct dv_bytes oid);

#endif
