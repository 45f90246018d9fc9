/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Private keys behind one interface: a file, a TPM, a PKCS#11 token. The rest
 * of the code cannot tell them apart. A KEYSPEC names one:
 *   file:PATH            PKCS#8 PEM, encrypted (RFC 5958, RFC 8018 PBES2)
 *   tpm:0x81020000       persistent TPM 2.0 handle
 *   tpm:PATH             TSS2 PRIVATE KEY file (draft-bottomley-tpm2-keys)
 *   pkcs11:token=root-ca;object=root?module-path=/usr/lib/softhsm/libsofthsm2.so
 *                        key in a token (RFC 7512): token or serial, object or
 *                        id and module-path are needed; model, manufacturer,
 *                        slot-id, type=private narrow it; pin-source=file:PATH.
 *                        A pin-value is refused.
 */
#ifndef DS_KEY_H
#define DS_KEY_H

#include "dv_alg.h"
#include "host/buf.h"
#include "host/err.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Where a passphrase or PIN comes from: never the command line, never the
 * environment. For a token it goes before the pin-source of the KEYSPEC.
 */
struct ds_secret {
	const char *file;	/* first line of this file, or NULL */
	int fd;			/* first line of this descriptor, or -1 */
	bool none;		/* there is to be no passphrase, said by name */
	bool ask;		/* TPM: ask also where most keys have none */
};				/* neither: a prompt on the terminal */

/* What may be needed to reach a key. Start from ds_access_default(). */
struct ds_access {
	struct ds_secret secret;
	const char *tcti;	/* NULL: DS_TCTI_DEFAULT */
	/* Passwords of the TPM's hierarchies: first line of these files, or
	 * NULL for the empty one. */
	const char *owner_file, *endorsement_file;
	bool plain_session;	/* commands to the TPM are not encrypted */
	/* Name (hash algorithm and digest) of the TPM key that sessions must be
	 * salted with, as recorded when the device was made; absent: any. */
	struct dv_bytes salt_name;
};
struct ds_access ds_access_default(void);

/* Never the library's own default, which talks to whatever listens. */
#define DS_TCTI_DEFAULT "device:/dev/tpmrm0"

/* Environment variable that stands in for --tcti. */
#define DS_TCTI_ENV "DEVSIGN_TCTI"

/* The handle of the device identity key (TCG EK and DevID practice). */
#define DS_IDEVID_HANDLE UINT32_C(0x81020000)

struct ds_key;

/*
 * Opens an existing key. *out is owned by the caller, ds_key_close() frees it.
 * A file with loose permissions is refused; a passphrase is asked for only
 * when the file is encrypted.
 *
 * Of a TPM key, a passphrase in a file or descriptor is read here; the terminal
 * is asked when the key is first used and wants one.
 */
DV_MUST_USE enum dv_exit ds_key_open(const char *spec,
    const struct ds_access *access, struct ds_key **out, struct dv_err *err);

/*
 * The types of key that are made, by the names of --key-type: p256, p384,
 * ed25519, rsa2048, rsa3072, rsa4096. Not every kind of KEYSPEC makes each.
 */
struct ds_key_type {
	const char *name;
	enum dv_key_type type;
	unsigned bits;		/* RSA: of the modulus; 0 for others */
};
#define DS_KEY_TYPES "p256, p384, ed25519, rsa2048, rsa3072, rsa4096"

/* The row of that name; unknown: DV_EXIT_USAGE with the list. */
DV_MUST_USE enum dv_exit ds_key_type_find(const char *name,
    const struct ds_key_type **out, struct dv_err *err);

/*
 * Makes a key. file: a new file 0600, encrypted unless access->secret.none;
 * an existing file is an error. tpm: derived from a template in the endorsement
 * hierarchy and kept at the handle; when the handle holds that very key already
 * this is a success and *created is false; another key there is an error. In a
 * file: a child of the owner's primary key, and the file must be new. A TPM key
 * has a password only when access->secret names a source of one or says ask.
 * pkcs11: a pair in the token, sensitive and not extractable, with the label and
 * id of the KEYSPEC (without an id: the first 20 octets of the SHA-256 of its
 * SubjectPublicKeyInfo); when the one key that is so named is there already it
 * is opened, whatever its type, and *created is false; a key with only the same
 * label or only the same id is DV_EXIT_NO.
 */
struct ds_key_new {
	const char *spec;
	const struct ds_key_type *type;	/* NULL: what is usual there */
	const struct ds_access *access;
	const char *template_name;	/* tpm: NULL: by type */
	/* tpm: in a file, one of these or NULL. The key signs only ... */
	const char *pcr;	/* while these registers keep their values:
				   "sha256:0,7", "sha256:7=HEX" */
	const char *policy_key;	/* by policies which the private half of this
				   key approves: path of a public key in PEM */
};
DV_MUST_USE enum dv_exit ds_key_create(const struct ds_key_new *what,
    struct ds_key **out, bool *created, struct dv_err *err);

/* Is it of this type, an RSA key also of this size? */
DV_MUST_USE bool ds_key_has_type(const struct ds_key *key,
    const struct ds_key_type *type);

/* The public key; views live as long as the key. */
const struct dv_key *ds_key_public(const struct ds_key *key);

/* Name of the template that a TPM made the key from; NULL: of none known. */
const char *ds_key_template(const struct ds_key *key);

/* "file:ca.key", "tpm:0x81020000", "pkcs11:token=root-ca;object=root": for
 * messages. */
const char *ds_key_spec(const struct ds_key *key);

/*
 * "in token "root-ca", which made it and never let it out", or what the token
 * does not vouch for; "" for files and TPMs. Lives as long as the key.
 */
#define DS_KEY_WHERE 192	/* octets, NUL included */
const char *ds_key_where(const struct ds_key *key);

/*
 * Name of the key that a TPM keeps and that sessions are salted with, for
 * ds_access.salt_name of later runs: another TPM, or something that answers in its
 * place, is then refused. *len 0: the TPM keeps none, or the key is not in one.
 */
#define DS_SALT_NAME 66		/* octets */
DV_MUST_USE enum dv_exit ds_key_salt_name(struct ds_key *key,
    uint8_t name[DS_SALT_NAME], size_t *len, struct dv_err *err);

/* Octets of the longest signature: RSA with 4096 bits. */
#define DS_MAX_SIGNATURE 512

/* Octets of each signature of this key: r || s, 64 of Ed25519, the modulus. */
size_t ds_key_signature_size(const struct ds_key *key);

/* What is signed: the message, and by which algorithm, which must be one of
 * those that dv_sig_for_key() and dv_cose_alg() name for the type of the key. */
struct ds_to_sign {
	enum dv_sig_alg alg;
	struct dv_bytes message;
};

/*
 * Signs. sig holds the fixed-width form, *len = ds_key_signature_size(). The
 * signature has been verified in software before this returns: a broken or
 * foreign device never gets a bad signature out.
 */
DV_MUST_USE enum dv_exit ds_key_sign(struct ds_key *key,
    const struct ds_to_sign *what, uint8_t sig[DS_MAX_SIGNATURE], size_t *len,
    struct dv_err *err);

/* Wipes and frees; NULL is fine. */
void ds_key_close(struct ds_key *key);

/*
 * Gets a passphrase into *out (caller frees with dv_buf_free, which wipes).
 * what: "passphrase for ca/root/ca.key". twice: a new one, asked twice.
 * An empty passphrase is refused.
 */
DV_MUST_USE enum dv_exit ds_secret_get(const struct ds_secret *source,
    const char *what, bool twice, struct dv_buf *out, struct dv_err *err);

/* len octets of cryptographic randomness. */
DV_MUST_USE enum dv_exit ds_random(uint8_t *out, size_t len,
    struct dv_err *err);

#ifdef __cplusplus
}
#endif
#endif
