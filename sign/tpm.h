/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A TPM 2.0 as this project uses it: one connection, and one signing key of it
 * at a time. Nothing of the TPM library shows here.
 */
#ifndef DS_TPM_H
#define DS_TPM_H

#include "crypto_sign.h"
#include "ds_key.h"

struct ds_tpm;
struct ds_tpm_template;

/* The public half of a key in the TPM. */
struct ds_tpm_public {
	enum dv_key_type type;
	const char *template;		/* NULL: none of ours */
	uint8_t point[DS_MAX_POINT];	/* P-256, P-384: 04 x y */
	size_t point_len;
	uint8_t modulus[DS_MAX_SIGNATURE];	/* RSA */
	size_t modulus_len;
	uint8_t exponent[4];
};

/*
 * Connects by a TCTI configuration, which must say where: never the library's
 * own default. *out is owned by the caller.
 */
DV_MUST_USE enum dv_exit ds_tpm_open(const char *tcti, struct ds_tpm **out,
    struct dv_err *err);

/* Which that is: --tcti, else the environment, else the kernel's manager. */
const char *ds_tpm_tcti(const struct ds_access *access);

/* Flushes and disconnects; NULL is fine. */
void ds_tpm_close(struct ds_tpm *tpm);

/* Reads the secrets that access names, and how the TPM is to be spoken to. */
DV_MUST_USE enum dv_exit ds_tpm_access(struct ds_tpm *tpm,
    const struct ds_access *access, struct dv_err *err);

/*
 * The Name of the key that salts sessions, for ds_access.salt_name of later
 * runs; starts one. *len 0: the TPM keeps none at a handle, or sessions are
 * plain. name has room for DS_SALT_NAME octets.
 */
DV_MUST_USE enum dv_exit ds_tpm_salt_name(struct ds_tpm *tpm, uint8_t *name,
    size_t *len, struct dv_err *err);

/* Takes the key at a persistent handle for signing. */
DV_MUST_USE enum dv_exit ds_tpm_load(struct ds_tpm *tpm, uint32_t handle,
    struct ds_tpm_public *out, struct dv_err *err);

/*
 * Derives the key of a template and keeps it at handle. The same TPM gives the
 * same key until its endorsement seed is changed. When that key is there
 * already, *created is false; another key there is DV_EXIT_NO.
 */
DV_MUST_USE enum dv_exit ds_tpm_create(struct ds_tpm *tpm, uint32_t handle,
    const struct ds_tpm_template *template, bool *created, struct dv_err *err);

/*
 * The same for a key in a TSS2 PRIVATE KEY file: takes one, and makes one that
 * stands in a new file, 0600. It is a child of the owner's primary key, with
 * the policy that `what` asks for.
 */
DV_MUST_USE enum dv_exit ds_tpm_load_file(struct ds_tpm *tpm,
    const char *path, struct ds_tpm_public *out, struct dv_err *err);
DV_MUST_USE enum dv_exit ds_tpm_create_file(struct ds_tpm *tpm,
    const char *path, const struct ds_key_new *what,
    const struct ds_tpm_template *template, struct dv_err *err);

/*
 * Approves a policy for the key in a file that was made with policy_key; the
 * file is replaced. *added false: it stands there already. A TPM is asked for
 * registers without a value and by the authority's key, if that is in one.
 */
struct ds_tpm_approval {
	const char *path;
	struct ds_key *authority;
	const char *pcr;		/* as ds_key_new.pcr */
	const struct ds_access *access;
};
DV_MUST_USE enum dv_exit ds_tpm_approve(const struct ds_tpm_approval *what,
    bool *added, struct dv_err *err);

/* A key that the TPM keeps at a handle, whatever it is for. */
struct ds_tpm_kept {
	uint32_t handle;
	char type[24];			/* "P-256", "RSA-2048", "AES-128" */
	const char *template;		/* NULL: none of ours */
	bool fixed_tpm, no_da, restricted, signs, decrypts, password;
};

/*
 * All persistent handles in order, each given to `take`; returns what it
 * returns when that is not DV_EXIT_YES. Uses neither key nor session.
 */
DV_MUST_USE enum dv_exit ds_tpm_list(struct ds_tpm *tpm,
    enum dv_exit (*take)(void *arg, const struct ds_tpm_kept *kept),
    void *arg, struct dv_err *err);

/* Signs a digest with the key last loaded: r || s, or as long as the modulus.
 * sig has room for DS_MAX_SIGNATURE octets. */
DV_MUST_USE enum dv_exit ds_tpm_sign(struct ds_tpm *tpm, enum dv_sig_alg alg,
    struct dv_bytes digest, uint8_t *sig, struct dv_err *err);

/*
 * The template that was asked for: by name, else by type (NULL: P-256), for a
 * key in a file (child) or at a handle. Contradictions are usage errors.
 */
DV_MUST_USE enum dv_exit ds_tpm_template_choose(const struct ds_key_new *what,
    bool child, const struct ds_tpm_template **out, struct dv_err *err);

#endif
