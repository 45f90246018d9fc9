/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One vector in memory: its files, what it expects, and how to ask the core
 * about it. Test code: dies with a message on anything wrong with the vectors
 * themselves. Format: vectors/README.md.
 */
#ifndef TESTS_VECTORS_H
#define TESTS_VECTORS_H

#include <stdbool.h>

#include "dv_csr.h"
#include "dv_demand.h"
#include "dv_manifest.h"
#include "dv_receipt.h"
#include "dv_voucher.h"

enum vector_kind {
	KIND_CERT,
	KIND_CHAIN,
	KIND_CRL,
	KIND_REQUEST,
	KIND_SIGN,
	KIND_SIGN1,
	KIND_WASM,
	KIND_MANIFEST,
	KIND_RECEIPT,
	KIND_VOUCHER,
	KIND_COUNT
};

#define VECTOR_MAX_PILE 64
#define VECTOR_MAX_ANCHORS 4
#define VECTOR_MAX_CRLS 40
#define VECTOR_MAX_POLICIES 64

/* Everything a question is made of; a property test changes one of them. */
struct inputs {
	struct dv_bytes main;		/* cert, leaf, request, envelope, module */
	struct dv_bytes artefact;
	struct dv_bytes previous, again;	/* receipts; or {NULL, 0} */
	struct dv_bytes signer, registrar;	/* certificates; or {NULL, 0} */
	struct dv_bytes asked_for;		/* the request; or {NULL, 0} */
	struct dv_bytes pile[VECTOR_MAX_PILE];
	size_t pile_count;
	struct dv_bytes anchors[VECTOR_MAX_ANCHORS];
	size_t anchor_count;
	struct dv_bytes crls[VECTOR_MAX_CRLS];
	size_t crl_count;
};

struct expect {
	bool accepted;
	char reason[64], object[32], field[64];
	unsigned flips;			/* flip every n-th bit; 0: the usual */
	size_t unbelieved, unbelieved_end;	/* octets nothing relies on */
	size_t threshold;		/* several: so many keys; 0: all */
	struct dv_demand demand;	/* kind 0: nothing is demanded */
	char demanded[1024];
	uint8_t demanded_key[32];
	uint8_t nonce[DV_MAX_VOUCHER_NONCE];	/* voucher: that it has to have */
	size_t nonce_len;
	int index;			/* -1: any */
	unsigned countersignature;	/* in this one, or in none */
	int64_t offset_first, offset_last;	/* -1: any */
	bool has_good_until;
	dv_time good_until;
	char statuses[128];		/* empty: any answer */
	bool judge_anchors;
	struct dv_policy policy;
	uint8_t purpose[64];
	struct dv_bytes initial[VECTOR_MAX_POLICIES];
	uint8_t initial_room[VECTOR_MAX_POLICIES][16];
	char policies[2048];		/* empty: any answer */
};

struct vector {
	char name[512];			/* "chain/accepted--three-tier" */
	enum vector_kind kind;
	struct inputs in;
	struct expect expect;
};

/* What the core said. used[] are the certificates of an accepted path. */
struct answer {
	struct dv_verdict verdict;
	dv_time good_until;
	char policies[2048];
	const uint8_t *used[DV_MAX_PATH];
	size_t used_count;
	size_t signatures;		/* inside a module */
	unsigned hashes;		/* that they name: 1 << enum dv_hash_id */
	char statuses[128];		/* of the path, leaf first */
	const char *broken;		/* an invariant that did not hold */
	bool unknown;			/* a certificate's key or algorithm */
};

struct vector *vector_load(const char *root, enum vector_kind kind,
    const char *folder);
void vector_free(struct vector *v);

const char *vector_kind_name(enum vector_kind kind);

struct answer vector_ask(const struct vector *v, const struct inputs *in);

/* Does it need a part or an algorithm that this build leaves out? */
bool vector_needs_left_out(const struct vector *v);

/* What the properties of one vector did and found. */
struct property_report {
	unsigned long flips, cuts, others;
	unsigned stride;
	char violation[256];		/* empty: none */
};
void property_run(const struct vector *v, struct property_report *report);

/* One line of TAP for the vector, and one for its properties. */
enum vector_how {
	VECTOR_AS_IS,		/* the answer is the one expected */
	VECTOR_ALTERED,		/* that, and the properties if it is accepted */
	VECTOR_NEVER		/* not accepted if it is not to be */
};
void vector_check(const char *root, enum vector_kind kind, const char *folder,
    enum vector_how how);

/* Prints the plan; the exit status. */
int vectors_end(void);

#endif
