/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How deep the core's stack goes: the linker puts a function of this file in
 * front of each that a caller calls. It paints the stack below itself, and the
 * deepest octet that changed counts. Compared with the bounds of the file,
 * which docs/LIMITS.md repeats. Usage: proof_stack DIR BOUNDS.
 */
#include <string.h>
#include <ucontext.h>

#include "each.h"

#define ROOM ((size_t)256 * 1024)
#define PAINT 0xb7
#define OWN 256		/* octets below a frame that memset() may be using */

static _Alignas(64) uint8_t room[ROOM];
static ucontext_t back, there;
static const struct vector *asked;

/* The functions in question, and the most that each was seen to take. */
static struct {
	const char *name;
	size_t deepest;
} functions[16];
static size_t function_count;
static const uint8_t *entered;		/* NULL: outside */

/* False when the core calls itself by one of these functions. */
static bool
enter(const void *frame)
{
	if (entered != NULL)
		return false;
	entered = frame;
	memset(room, PAINT, (size_t)(entered - room) - OWN);
	return true;
}

static void
leave(const char *name)
{
	const size_t used = (size_t)(entered - room);
	size_t clean = 0, i = 0;

	while (clean < used && room[clean] == PAINT)
		clean++;
	while (i < function_count && strcmp(functions[i].name, name) != 0)
		i++;
	if (i == function_count)
		functions[function_count++].name = name;
	if (used - clean > functions[i].deepest)
		functions[i].deepest = used - clean;
	entered = NULL;
}

#define MEASURED(type, name, parameters, arguments)                            \
	type __real_##name parameters;                                         \
	type __wrap_##name parameters;                                         \
	type __wrap_##name parameters                                          \
	{                                                                      \
		const bool outermost = enter(__builtin_frame_address(0));      \
		type answer = __real_##name arguments;                         \
                                                                               \
		if (outermost)                                                 \
			leave(#name);                                          \
		return answer;                                                 \
	}                                                                      \
	_Static_assert(sizeof(type) > 0, "")

MEASURED(enum dv_reason, dv_cert_parse,
    (struct dv_bytes der, struct dv_cert *out, struct dv_at *at),
    (der, out, at));
MEASURED(enum dv_reason, dv_cert_read,
    (struct dv_bytes der, struct dv_cert *out, struct dv_at *at),
    (der, out, at));
MEASURED(enum dv_reason, dv_anchor_from_cert,
    (const struct dv_cert *cert, struct dv_anchor *out, struct dv_at *at),
    (cert, out, at));
MEASURED(enum dv_reason, dv_crl_parse,
    (struct dv_bytes der, struct dv_crl *out, struct dv_at *at),
    (der, out, at));
MEASURED(enum dv_reason, dv_csr_parse,
    (struct dv_bytes der, struct dv_csr *out, struct dv_at *at),
    (der, out, at));
MEASURED(enum dv_reason, dv_csr_prove,
    (const struct dv_csr *csr, struct dv_at *at), (csr, at));
MEASURED(struct dv_verdict, dv_chain_verify,
    (const struct dv_chain *chain, const struct dv_policy *policy,
    struct dv_work *work, struct dv_path *path), (chain, policy, work, path));
MEASURED(enum dv_reason, dv_manifest_parse,
    (struct dv_bytes bytes, struct dv_manifest *out, struct dv_at *at),
    (bytes, out, at));
MEASURED(enum dv_reason, dv_receipt_parse,
    (struct dv_bytes bytes, struct dv_receipt *out, struct dv_at *at),
    (bytes, out, at));
MEASURED(enum dv_reason, dv_sign1_parse,
    (struct dv_bytes envelope, enum dv_profile profile,
    struct dv_sign1 *out, struct dv_at *at), (envelope, profile, out, at));
MEASURED(struct dv_verdict, dv_sign1_verify,
    (const struct dv_sign1 *sign1, const struct dv_question *question,
    struct dv_work *work, struct dv_path *path),
    (sign1, question, work, path));
MEASURED(enum dv_reason, dv_voucher_parse,
    (struct dv_bytes envelope, enum dv_profile profile,
    struct dv_voucher *out, struct dv_at *at), (envelope, profile, out, at));
MEASURED(struct dv_verdict, dv_voucher_verify,
    (const struct dv_voucher *voucher,
    const struct dv_voucher_question *question, struct dv_work *work,
    struct dv_path *path), (voucher, question, work, path));

static void
ask(void)
{
	(void)vector_ask(asked, &asked->in);
}

/* On a stack whose limits are known. */
static void
measure(const struct vector *v)
{
	asked = v;
	getcontext(&there);
	there.uc_stack.ss_sp = room;
	there.uc_stack.ss_size = sizeof(room);
	there.uc_link = &back;
	makecontext(&there, ask, 0);
	swapcontext(&back, &there);
}

static void
bound_check(const char *name, unsigned long bound)
{
	char note[96];
	size_t i = 0;

	while (i < function_count && strcmp(functions[i].name, name) != 0)
		i++;
	if (i == function_count) {
		tap(false, name, ": no vector calls it");
		return;
	}
	snprintf(note, sizeof(note), ": %zu octets of stack, bound %lu",
	    functions[i].deepest, bound);
	tap(functions[i].deepest <= bound, name, note);
	functions[i].name = "";
}

/* Lines `FUNCTION OCTETS`, and comments. */
static void
bounds_check(const char *path)
{
	char line[256], name[64];
	unsigned long bound;
	FILE *f = fopen(path, "r");

	if (f == NULL) {
		printf("Bail out! %s: cannot be read\n", path);
		exit(3);
	}
	while (fgets(line, sizeof(line), f) != NULL)
		if (sscanf(line, "%63[a-z0-9_] %lu", name, &bound) == 2)
			bound_check(name, bound);
	fclose(f);
	for (size_t i = 0; i < function_count; i++)
		if (functions[i].name[0] != '\0')
			tap(false, functions[i].name, ": has no bound");
}

int
main(int argc, char **argv)
{
	if (argc != 3) {
		fprintf(stderr, "usage: proof_stack DIR BOUNDS\n");
		return 2;
	}
#ifdef __SANITIZE_ADDRESS__
	printf("1..1\nok 1 - stack # skip the sanitizer has frames of its own\n");
	return 0;
#endif
	each_vector(argv[1], measure);
	bounds_check(argv[2]);
	return tap_end();
}
