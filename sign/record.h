/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The device's record: which keys it has and where, as `name = value` lines.
 * The TPM and the installed chain decide what is true; the record says where to
 * look. It holds no secret. docs/LIFECYCLE.md.
 */
#ifndef DS_RECORD_H
#define DS_RECORD_H

#include "dv_alg.h"
#include "host/buf.h"
#include "host/err.h"

#define DS_RECORD_MAX 8192	/* octets of the file */
#define DS_RECORD_SPEC 1024	/* octets of a KEYSPEC and its NUL */
#define DS_RECORD_HASH 65	/* SHA-256 in hexadecimal and a NUL */
#define DS_RECORD_NAME 135	/* a TPM Name in hexadecimal and a NUL */
#define DS_RECORD_WORD 64

/* An empty text: not there. */
struct ds_record {
	/* The identity from the factory, whose key is in hardware. */
	char idevid_key[DS_RECORD_SPEC];
	char idevid_spki[DS_RECORD_HASH];
	char template[DS_RECORD_WORD];	/* that made the key: devid-p256-v1 */
	uint32_t nv;			/* index of its certificate, or 0 */
	/* The operational identity, whose key is in a file. */
	char ldevid_key[DS_RECORD_SPEC];
	char ldevid_spki[DS_RECORD_HASH];
	uint32_t generation;		/* how many there have been */
	/* The one that is to replace it, until its chain is installed. */
	char next_key[DS_RECORD_SPEC];
	char next_spki[DS_RECORD_HASH];
	/* The one that was replaced, until its key is removed. */
	char old_key[DS_RECORD_SPEC];
	/* Name of the TPM key that sessions are salted with. */
	char salt_key[DS_RECORD_NAME];
};

/*
 * Reads a record strictly: the version first, no unknown name, none twice,
 * none without what belongs to it. The error says which line.
 */
DV_MUST_USE enum dv_exit ds_record_read(struct dv_bytes text,
    struct ds_record *out, struct dv_err *err);

/* Appends it as ds_record_read() takes it; false when memory is short. */
DV_MUST_USE bool ds_record_write(const struct ds_record *record,
    struct dv_buf *out);

/* SHA-256 of a key's SubjectPublicKeyInfo, as the record has it. */
DV_MUST_USE bool ds_record_hash(const struct dv_key *key,
    char out[DS_RECORD_HASH]);

/* Is a key of this KEYSPEC born in hardware and stays there: IDevID? */
bool ds_spec_in_hardware(const char *spec);

#endif
