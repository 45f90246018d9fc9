/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the files that see wolfSSL say to each other; crypto.h is what others
 * see of them. One family of algorithms a file. A family that the build leaves
 * out answers FAILED.
 */
#ifndef CRYPTO_WOLF_H
#define CRYPTO_WOLF_H

#include "crypto.h"

/* The library counts in 32 bits. */
#define DV_WOLF_MAX ((size_t)1 << 30)

/* The parts hashed with the algorithm's hash; octets, 0 when it failed. */
size_t dv_wolf_digest(const struct dv_crypto_check *c,
    uint8_t digest[DV_MAX_DIGEST]);

#ifdef DV_WOLF_SHANI
struct wc_Sha256;

/* Has the processor instructions for SHA-256? Asking it is slow. */
bool dv_sha256_native(void);

/* Hashes the whole blocks when none is begun; octets taken. Only when the
 * processor has the instructions. */
uint32_t dv_sha256_blocks(struct wc_Sha256 *sha, const uint8_t *octets,
    uint32_t len);
#endif

enum dv_crypto dv_wolf_ecc_key(const struct dv_key *key);

enum dv_crypto dv_wolf_ecdsa(const struct dv_crypto_check *c);
enum dv_crypto dv_wolf_ed25519(const struct dv_crypto_check *c);
enum dv_crypto dv_wolf_rsa(const struct dv_crypto_check *c);
enum dv_crypto dv_wolf_mldsa(const struct dv_crypto_check *c);

#endif
