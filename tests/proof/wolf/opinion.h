/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A second reader of certificates. Reads form alone; no signature, no time.
 */
#ifndef OPINION_H
#define OPINION_H

#include <stddef.h>
#include <stdint.h>

/* 0 when wolfSSL's ParseCert() takes these octets, its error otherwise. */
int opinion_wolf(const uint8_t *der, size_t len);

#endif
