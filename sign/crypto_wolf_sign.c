/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The seam to wolfCrypt for secrets: randomness, key generation, signing and
 * the encryption of key files. Every secret copy is wiped. RFC 8018, FIPS 186-5.
 */
#include <wolfssl/wolfcrypt/settings.h>
#include <wolfssl/wolfcrypt/aes.h>
#include <wolfssl/wolfcrypt/cpuid.h>
#include <wolfssl/wolfcrypt/ecc.h>
#include <wolfssl/wolfcrypt/ed25519.h>
#include <wolfssl/wolfcrypt/pwdbased.h>
#include <wolfssl/wolfcrypt/random.h>

#include <string.h>

#include "bytes.h"
#include "crypto_sign.h"
#include "der.h"
#include "ds_der.h"
#include "dv_hash.h"

#define KEY_LEN 32		/* AES-256 */
#define BLOCK 16		/* AES block and IV */
#define SALT_LEN 16
#define SALT_MAX 64		/* octets of a salt that is read */
#define PASS_MAX 4096
#define WRAP_MAX 1024		/* octets of a PrivateKeyInfo to be encrypted */

#define OID_PBES2 "1.2.840.113549.1.5.13"
#define OID_PBKDF2 "1.2.840.113549.1.5.12"
#define OID_HMAC_SHA256 "1.2.840.113549.2.9"
#define OID_AES256_CBC "2.16.840.1.101.3.4.1.42"

_Static_assert(WC_PBKDF_DEFAULT_MAX_ITERATIONS >= DS_PBKDF2_MAX,
    "the library would refuse what we read");

__attribute__((noinline)) void
ds_crypto_settle(void)
{
#if defined(__x86_64__) && defined(HAVE_CPUID_INTEL)
	if (IS_INTEL_AVX1(cpuid_get_flags()))
		__asm__ volatile("vzeroupper");
#endif
}

/* ---- randomness and keys -------------------------------------------------- */

bool
ds_crypto_random(uint8_t *out, size_t len)
{
	WC_RNG rng;
	if (len > UINT16_MAX || wc_InitRng(&rng) != 0)
		return false;
	int rc = wc_RNG_GenerateBlock(&rng, out, (word32)len);
	wc_FreeRng(&rng);
	return rc == 0;
}

static int
curve_id(enum dv_key_type type)
{
	return type == DV_KEY_P256 ? ECC_SECP256R1 :
	    type == DV_KEY_P384 ? ECC_SECP384R1 : ECC_CURVE_INVALID;
}

static word32
curve_octets(enum dv_key_type type)
{
	return type == DV_KEY_P384 ? 48 : 32;
}

/* Point and, when it was just made, scalar of key into *out. */
static bool
ecc_export(ecc_key *key, struct ds_private *out)
{
	word32 d_len = curve_octets(out->type), point_len = sizeof(out->point);
	if (wc_ecc_export_private_only(key, out->d, &d_len) != 0 ||
	    wc_ecc_export_x963(key, out->point, &point_len) != 0)
		return false;
	out->d_len = d_len;
	out->point_len = point_len;
	return d_len == curve_octets(out->type);
}

static bool
ecc_generate(WC_RNG *rng, struct ds_private *out)
{
	ecc_key key;
	if (wc_ecc_init(&key) != 0)
		return false;
	bool ok = wc_ecc_make_key_ex(rng, (int)curve_octets(out->type), &key,
	    curve_id(out->type)) == 0 && ecc_export(&key, out);
	wc_ecc_free(&key);
	return ok;
}

static bool
ecc_load(ecc_key *key, const struct ds_private *from)
{
	return from->d_len == curve_octets(from->type) &&
	    wc_ecc_import_private_key_ex(from->d, (word32)from->d_len, NULL, 0,
	    key, curve_id(from->type)) == 0;
}

/* wolfSSL refuses a scalar outside 1..n-1 here. */
static bool
ecc_public(WC_RNG *rng, struct ds_private *key)
{
	ecc_key ecc;
	if (wc_ecc_init(&ecc) != 0)
		return false;
	bool ok = ecc_load(&ecc, key) &&
	    wc_ecc_make_pub_ex(&ecc, NULL, rng) == 0 && ecc_export(&ecc, key);
	wc_ecc_free(&ecc);
	return ok;
}

static bool
ed25519_public(struct ds_private *key)
{
	ed25519_key ed;
	if (key->d_len != ED25519_KEY_SIZE || wc_ed25519_init(&ed) != 0)
		return false;
	bool ok = wc_ed25519_import_private_only(key->d, ED25519_KEY_SIZE,
	    &ed) == 0 && wc_ed25519_make_public(&ed, key->point,
	    ED25519_PUB_KEY_SIZE) == 0;
	key->point_len = ok ? ED25519_PUB_KEY_SIZE : 0;
	wc_ed25519_free(&ed);
	return ok;
}

/* The seed of an Ed25519 key is any 32 random octets: RFC 8032 5.1.5. */
static bool
ed25519_generate(WC_RNG *rng, struct ds_private *out)
{
	out->d_len = ED25519_KEY_SIZE;
	return wc_RNG_GenerateBlock(rng, out->d, ED25519_KEY_SIZE) == 0 &&
	    ed25519_public(out);
}

bool
ds_crypto_generate(enum dv_key_type type, struct ds_private *out)
{
	WC_RNG rng;
	*out = (struct ds_private){ .type = type };
	if (type == DV_KEY_NONE || wc_InitRng(&rng) != 0)
		return false;
	bool ok = type == DV_KEY_ED25519 ? ed25519_generate(&rng, out) :
	    ecc_generate(&rng, out);
	wc_FreeRng(&rng);
	ds_crypto_settle();
	if (!ok)
		dv_wipe(out, sizeof(*out));
	return ok;
}

bool
ds_crypto_public(struct ds_private *key)
{
	WC_RNG rng;
	if (key->type == DV_KEY_NONE || wc_InitRng(&rng) != 0)
		return false;
	bool ok = key->type == DV_KEY_ED25519 ? ed25519_public(key) :
	    ecc_public(&rng, key);
	wc_FreeRng(&rng);
	ds_crypto_settle();
	return ok;
}

/* ---- signing -------------------------------------------------------------- */

static bool
ecc_sign(const struct ds_private *priv, struct dv_bytes message, uint8_t *sig)
{
	WC_RNG rng;
	ecc_key key;
	uint8_t digest[DV_MAX_DIGEST], der[DV_MAX_SIGNATURE + 16];
	word32 der_len = sizeof(der);
	size_t len = dv_hash_once(dv_sig_hash(dv_sig_for_key(priv->type)),
	    message, digest);
	if (len == 0 || wc_InitRng(&rng) != 0)
		return false;
	bool ok = wc_ecc_init(&key) == 0;
	if (ok) {
		ok = ecc_load(&key, priv) && wc_ecc_sign_hash(digest,
		    (word32)len, der, &der_len, &rng, &key) == 0;
		wc_ecc_free(&key);
	}
	wc_FreeRng(&rng);
	return ok && dv_der_ecdsa((struct dv_bytes){ der, der_len },
	    curve_octets(priv->type), sig) == DV_R_NONE;
}

static bool
ed25519_sign(const struct ds_private *priv, struct dv_bytes message,
    uint8_t *sig)
{
	ed25519_key key;
	word32 len = ED25519_SIG_SIZE;
	if (message.len > UINT32_MAX || priv->d_len != ED25519_KEY_SIZE ||
	    wc_ed25519_init(&key) != 0)
		return false;
	bool ok = wc_ed25519_import_private_key(priv->d, ED25519_KEY_SIZE,
	    priv->point, (word32)priv->point_len, &key) == 0 &&
	    wc_ed25519_sign_msg(message.ptr, (word32)message.len, sig, &len,
	    &key) == 0;
	wc_ed25519_free(&key);
	return ok && len == ED25519_SIG_SIZE;
}

bool
ds_crypto_sign(const struct ds_private *key, struct dv_bytes message,
    uint8_t sig[DV_MAX_SIGNATURE])
{
	bool ok = false;
	if (key->type == DV_KEY_ED25519)
		ok = ed25519_sign(key, message, sig);
	else if (key->type != DV_KEY_NONE)
		ok = ecc_sign(key, message, sig);
	ds_crypto_settle();
	return ok;
}

/* ---- encrypted key files -------------------------------------------------- */

/* What an EncryptedPrivateKeyInfo says; views into it. */
struct envelope {
	struct dv_bytes salt, iv, data;
	int iterations;
};

static bool
cipher(Aes *aes, const struct envelope *env, struct dv_bytes pass, int way)
{
	uint8_t key[KEY_LEN];
	bool ok = pass.len <= PASS_MAX && wc_PBKDF2(key, pass.ptr, (int)pass.len,
	    env->salt.ptr, (int)env->salt.len, env->iterations, KEY_LEN,
	    WC_SHA256) == 0 && wc_AesInit(aes, NULL, INVALID_DEVID) == 0;
	if (ok && wc_AesSetKey(aes, key, KEY_LEN, env->iv.ptr, way) != 0) {
		wc_AesFree(aes);
		ok = false;
	}
	dv_wipe(key, sizeof(key));
	return ok;
}

static void
pbkdf2_write(struct ds_der *w, const struct envelope *env)
{
	ds_der_begin(w, DER_SEQUENCE);
	ds_der_oid_text(w, OID_PBKDF2);
	ds_der_begin(w, DER_SEQUENCE);
	ds_der_element(w, DER_OCTET_STRING, env->salt);
	ds_der_small(w, (unsigned)env->iterations);
	ds_der_begin(w, DER_SEQUENCE);
	ds_der_oid_text(w, OID_HMAC_SHA256);
	ds_der_element(w, DER_NULL, (struct dv_bytes){ NULL, 0 });
	ds_der_end(w);
	ds_der_end(w);
	ds_der_end(w);
}

static void
envelope_write(struct ds_der *w, const struct envelope *env)
{
	ds_der_begin(w, DER_SEQUENCE);
	ds_der_begin(w, DER_SEQUENCE);
	ds_der_oid_text(w, OID_PBES2);
	ds_der_begin(w, DER_SEQUENCE);
	pbkdf2_write(w, env);
	ds_der_begin(w, DER_SEQUENCE);
	ds_der_oid_text(w, OID_AES256_CBC);
	ds_der_element(w, DER_OCTET_STRING, env->iv);
	ds_der_end(w);
	ds_der_end(w);
	ds_der_end(w);
	ds_der_element(w, DER_OCTET_STRING, env->data);
	ds_der_end(w);
}

bool
ds_crypto_wrap(struct dv_bytes plain, struct dv_bytes pass, struct dv_buf *out)
{
	Aes aes;
	uint8_t random[SALT_LEN + BLOCK], data[WRAP_MAX + BLOCK];
	uint8_t room[WRAP_MAX + 256];
	size_t pad = BLOCK - plain.len % BLOCK, len = plain.len + pad;
	if (plain.len == 0 || pass.len == 0 ||
	    !dv_bytes_copy(data, WRAP_MAX, plain) ||
	    !ds_crypto_random(random, sizeof(random)))
		return false;
	memset(data + plain.len, (int)pad, pad);
	struct envelope env = {
		.salt = { random, SALT_LEN },
		.iv = { random + SALT_LEN, BLOCK },
		.data = { data, len },
		.iterations = DS_PBKDF2_ITERATIONS,
	};
	bool ok = cipher(&aes, &env, pass, AES_ENCRYPTION);
	if (ok) {
		ok = wc_AesCbcEncrypt(&aes, data, data, (word32)len) == 0;
		wc_AesFree(&aes);
	}
	if (ok) {
		struct ds_der w = ds_der_start(room, sizeof(room));
		envelope_write(&w, &env);
		struct dv_bytes done = ds_der_done(&w);
		ok = done.ptr != NULL && dv_buf_add(out, done);
	}
	dv_wipe(data, sizeof(data));
	return ok;
}

/* Next element: this OBJECT IDENTIFIER and no other. */
static bool
oid_take(struct dv_der *in, const char *dotted)
{
	uint8_t want[16];
	struct dv_bytes found;
	size_t len = dv_oid_parse(dotted, want, sizeof(want));
	return len > 0 && dv_der_oid(in, &found) == DV_R_NONE &&
	    dv_bytes_equal(found, (struct dv_bytes){ want, len });
}

static bool
pbkdf2_read(struct dv_der *in, struct envelope *env)
{
	struct dv_der kdf, params, prf;
	struct dv_bytes null;
	int key_len = KEY_LEN;
	if (dv_der_enter(in, DER_SEQUENCE, &kdf) != DV_R_NONE ||
	    !oid_take(&kdf, OID_PBKDF2) ||
	    dv_der_enter(&kdf, DER_SEQUENCE, &params) != DV_R_NONE ||
	    dv_der_end(&kdf) != DV_R_NONE ||
	    dv_der_take(&params, DER_OCTET_STRING, &env->salt) != DV_R_NONE ||
	    dv_der_small(&params, DS_PBKDF2_MAX, &env->iterations) != DV_R_NONE)
		return false;
	if (dv_der_peek(&params) == DER_INTEGER &&
	    dv_der_small(&params, KEY_LEN, &key_len) != DV_R_NONE)
		return false;
	return dv_der_enter(&params, DER_SEQUENCE, &prf) == DV_R_NONE &&
	    dv_der_end(&params) == DV_R_NONE &&
	    oid_take(&prf, OID_HMAC_SHA256) &&
	    dv_der_take(&prf, DER_NULL, &null) == DV_R_NONE && null.len == 0 &&
	    dv_der_end(&prf) == DV_R_NONE && key_len == KEY_LEN &&
	    env->iterations >= 1 && env->salt.len >= 1 &&
	    env->salt.len <= SALT_MAX;
}

static bool
envelope_read(struct dv_bytes der, struct envelope *env)
{
	struct dv_at at;
	struct dv_der outer = dv_der_start(der, DV_F_SPKI, &at);
	struct dv_der seq, alg, params, aes;
	return dv_der_enter(&outer, DER_SEQUENCE, &seq) == DV_R_NONE &&
	    dv_der_end(&outer) == DV_R_NONE &&
	    dv_der_enter(&seq, DER_SEQUENCE, &alg) == DV_R_NONE &&
	    oid_take(&alg, OID_PBES2) &&
	    dv_der_enter(&alg, DER_SEQUENCE, &params) == DV_R_NONE &&
	    dv_der_end(&alg) == DV_R_NONE && pbkdf2_read(&params, env) &&
	    dv_der_enter(&params, DER_SEQUENCE, &aes) == DV_R_NONE &&
	    dv_der_end(&params) == DV_R_NONE &&
	    oid_take(&aes, OID_AES256_CBC) &&
	    dv_der_take(&aes, DER_OCTET_STRING, &env->iv) == DV_R_NONE &&
	    dv_der_end(&aes) == DV_R_NONE && env->iv.len == BLOCK &&
	    dv_der_take(&seq, DER_OCTET_STRING, &env->data) == DV_R_NONE &&
	    dv_der_end(&seq) == DV_R_NONE && env->data.len >= BLOCK &&
	    env->data.len % BLOCK == 0 && env->data.len <= WRAP_MAX;
}

/* Octets before a right padding (RFC 8018 6.1.1), 0 when it is wrong. */
static size_t
unpadded(const uint8_t *data, size_t len)
{
	size_t pad = data[len - 1];
	if (pad == 0 || pad > BLOCK)
		return 0;
	for (size_t i = 1; i <= pad; i++) {
		if (data[len - i] != pad)
			return 0;
	}
	return len - pad;
}

/* One whole SEQUENCE: what a wrong passphrase practically never yields. */
static bool
one_sequence(struct dv_bytes der)
{
	struct dv_at at;
	struct dv_bytes whole;
	struct dv_der in = dv_der_start(der, DV_F_SPKI, &at);
	return dv_der_take_whole(&in, DER_SEQUENCE, &whole) == DV_R_NONE &&
	    dv_der_end(&in) == DV_R_NONE;
}

enum ds_unlock
ds_crypto_unwrap(struct dv_bytes wrapped, struct dv_bytes pass,
    struct dv_buf *plain)
{
	Aes aes;
	struct envelope env;
	uint8_t data[WRAP_MAX];
	if (!envelope_read(wrapped, &env) ||
	    !cipher(&aes, &env, pass, AES_DECRYPTION))
		return DS_UNLOCK_BROKEN;
	int rc = wc_AesCbcDecrypt(&aes, data, env.data.ptr,
	    (word32)env.data.len);
	wc_AesFree(&aes);
	enum ds_unlock ret = DS_UNLOCK_BROKEN;
	if (rc == 0) {
		struct dv_bytes found = { data, unpadded(data, env.data.len) };
		if (found.len == 0 || !one_sequence(found))
			ret = DS_UNLOCK_WRONG_PASSPHRASE;
		else if (dv_buf_add(plain, found))
			ret = DS_UNLOCK_OK;
	}
	dv_wipe(data, sizeof(data));
	return ret;
}
