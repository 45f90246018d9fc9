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

/* Which of those before is it? */
static void
name_pair(struct pki_audit *a, const struct pki_modulus *all, size_t i)
{
	char what[120];

	for (size_t j = 0; j < i; j++) {
		struct pki_factor f;

		if (!pki_factor_start(&f, modulus(a, &all[i])))
			return;
		pki_factor_add(&f, modulus(a, &all[j]));
		if (all[j].len != all[i].len || !pki_factor_shared(&f))
			continue;
		(void)snprintf(what, sizeof(what), "its RSA key has a prime "
		    "in common with that of row %" PRId64, all[j].row);
		pki_audit_found(a, PKI_WRONG_SHARED_PRIME, what, "ledger row",
		    all[i].row);
	}
}

/* Each against the product of those before it. */
static void
check_primes(struct pki_audit *a)
{
	size_t count = a->moduli.len / sizeof(struct pki_modulus);
	const struct pki_modulus *all = (const void *)a->moduli.ptr;

	a->progress = (struct dv_progress){ .what = "RSA keys",
	    .unit = "keys", .per_unit = 1, .total = count };
	dv_progress_start(&a->progress);
	for (size_t i = 1; i < count; i++) {
		struct pki_factor f;

		if (!pki_factor_start(&f, modulus(a, &all[i])))
			continue;
		for (size_t j = 0; j < i; j++)
			pki_factor_add(&f, modulus(a, &all[j]));
		if (pki_factor_shared(&f))
			name_pair(a, all, i);
		dv_progress_at(&a->progress, i);
	}
	dv_progress_end(&a->progress);
}

void
pki_audit_weak(struct pki_audit *a)
{
	check_r(a);
	check_primes(a);
}
