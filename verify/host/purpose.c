/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The table of purposes. One that is not in it is asked for by its OID.
 * RFC 5280 4.2.1.12.
 */
#include "host/purpose.h"

#include <string.h>

#include "dv_cert.h"

static const struct {
	const char *name, *oid;
} purposes[] = {
	{ "serverAuth", "1.3.6.1.5.5.7.3.1" },
	{ "clientAuth", "1.3.6.1.5.5.7.3.2" },
	{ "codeSigning", "1.3.6.1.5.5.7.3.3" },
	{ "emailProtection", "1.3.6.1.5.5.7.3.4" },
	{ "timeStamping", "1.3.6.1.5.5.7.3.8" },
	{ "OCSPSigning", "1.3.6.1.5.5.7.3.9" },
	{ "configSigning", "1.3.6.1.5.5.7.3.41" },	/* RFC 9809 3 */
	{ "trustAnchorConfigSigning", "1.3.6.1.5.5.7.3.42" },
	{ "updatePackageSigning", "1.3.6.1.5.5.7.3.43" },
	{ "safetyCommunication", "1.3.6.1.5.5.7.3.44" },
};

size_t
dv_purpose_oid(const char *text, uint8_t *room, size_t cap)
{
	for (size_t i = 0; i < sizeof(purposes) / sizeof(purposes[0]); i++)
		if (strcmp(text, purposes[i].name) == 0)
			text = purposes[i].oid;
	return dv_oid_parse(text, room, cap);
}
