/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * wolfSSL's own reader of certificates behind one function. Compiled with the
 * settings beside it and linked so that no other name of it is seen: the core's
 * wolfSSL is in the same program.
 */
#include <wolfssl/wolfcrypt/settings.h>
#include <wolfssl/wolfcrypt/asn.h>

#include "opinion.h"

int
opinion_wolf(const uint8_t *der, size_t len)
{
	DecodedCert cert;
	int rc;

	InitDecodedCert(&cert, der, (word32)len, NULL);
	rc = ParseCert(&cert, CERT_TYPE, NO_VERIFY, NULL);
	FreeDecodedCert(&cert);
	return rc;
}
