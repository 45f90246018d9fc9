/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * All RSA keys of a ledger against each other, and all of the CA's signatures:
 * a prime in common or an r used twice gives a private key away. Public numbers
 * only.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "audit.h"
#include "bytes.h"
#include "der.h"
#include "factor.h"

/* r of a signature: as much of it as nothing else would share. */
struct pki_seen {
	uint8_t r[16];
	int64_t row;
};

struct pki_modulus {
	size_t offset, len;
	int64_t row;
};

static bool
add(struct dv_buf *buf, const void *what, size_t len)
{
	return dv_buf_add(buf, (struct dv_bytes){ what, len });
}

/* Of ECDSA alone. */
static bool
add_r(struct pki_audit *a, const struct dv_cert *cert, int64_t row)
{
	enum dv_key_type type = a->ca->cert.key.type;
	size_t half = dv_sig_size(type) / 2;
	uint8_t rs[2 * PKI_R_ROOM];
	struct pki_seen seen = { .row = row };

	if ((type != DV_KEY_P256 && type != DV_KEY_P384) ||
	    dv_der_ecdsa(cert->signature, half, rs) != DV_R_NONE)
		return true;
	memcpy(seen.r, rs + half - sizeof(seen.r), sizeof(seen.r));
	return add(&a->r, &seen, sizeof(seen));
}

static bool
add_modulus(struct pki_audit *a, const struct dv_cert *cert, int64_t row)
{
	const struct pki_modulus m = { a->octets.len, cert->key.modulus.len,
	    row };

	return m.len == 0 || (dv_buf_add(&a->octets, cert->key.modulus) &&
	    add(&a->moduli, &m, sizeof(m)));
}

enum dv_exit
pki_audit_weak_add(struct pki_audit *a, const struct dv_cert *cert,
    int64_t row, struct dv_err *err)
{
	return add_r(a, cert, row) && add_modulus(a, cert, row) ?
	    DV_EXIT_YES : dv_fail(err, DV_EXIT_NONE, "out of memory");
}

/* ---- repeated r ----------------------------------------------------------- */

static int
compare(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct pki_seen));
}

static void
check_r(struct pki_audit *a)
{
	size_t count = a->r.len / sizeof(struct pki_seen);
	struct pki_seen *seen = (void *)a->r.ptr;
	char what[120];

	if (count < 2)
		return;
	qsort(seen, count, sizeof(*seen), compare);
	for (size_t i = 1; i < count; i++) {
		if (memcmp(seen[i - 1].r, seen[i].r, sizeof(seen->r)) != 0)
			continue;
		(void)snprintf(what, sizeof(what), "the CA has signed it with "
		    "the r of row %" PRId64, seen[i - 1].row);
		pki_audit_found(a, PKI_WRONG_REPEATED_R, what, "ledger row",
		    seen[i].row);
	}
}

/* ---- primes in common ----------------------------------------------------- */

static struct dv_bytes
modulus(const struct pki_audit *a, const struct pki_modulus *m)
{
	return (struct dv_bytes){ a->octets.ptr + m->offset, m->len };
}

/* Those that have one, in the order of their rows: each with the first of those
 * before it. */
static void
name_pairs(struct pki_audit *a, const struct pki_modulus *shared, size_t count)
{
	char what[120];

	for (size_t i = 1; i < count; i++) {
		size_t j = 0;

		while (j < i && !pki_factor_pair(modulus(a, &shared[i]),
		    modulus(a, &shared[j])))
			j++;
		if (j == i)
			continue;
		(void)snprintf(what, sizeof(what), "its RSA key has a prime "
		    "in common with that of row %" PRId64, shared[j].row);
		pki_audit_found(a, PKI_WRONG_SHARED_PRIME, what, "ledger row",
		    shared[i].row);
	}
}

static enum dv_exit
check_primes(struct pki_audit *a, struct dv_err *err)
{
	size_t count = a->moduli.len / sizeof(struct pki_modulus), kept = 0;
	struct pki_modulus *all = (void *)a->moduli.ptr;
	struct dv_bytes *moduli;
	bool *shared;
	bool done = false;

	if (count < 2)
		return DV_EXIT_YES;
	moduli = calloc(count, sizeof(*moduli));
	shared = calloc(count, sizeof(*shared));
	if (moduli != NULL && shared != NULL) {
		for (size_t i = 0; i < count; i++)
			moduli[i] = modulus(a, &all[i]);
		done = pki_factor_tree(moduli, count, PKI_TREE, shared);
	}
	for (size_t i = 0; done && i < count; i++) {
		if (shared[i])
			all[kept++] = all[i];
	}
	free(moduli);
	free(shared);
	if (!done)
		return dv_fail(err, DV_EXIT_NONE, "out of memory");
	name_pairs(a, all, kept);
	return DV_EXIT_YES;
}

enum dv_exit
pki_audit_weak(struct pki_audit *a, struct dv_err *err)
{
	check_r(a);
	return check_primes(a, err);
}
