/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which anchors a program trusts. devverify: those compiled in, and nothing
 * else can be said. devverify-lab (built with -DDV_LAB): also those of -a.
 */
#ifndef HOST_TRUST_H
#define HOST_TRUST_H

#include "host/args.h"
#include "host/pem.h"

#define DV_TRUST_MAX 64

struct dv_trust {
	const struct dv_anchor *anchors;
	size_t count;
	const char *lab;		/* lab build: what it says; else NULL */
	struct dv_anchor room[DV_TRUST_MAX];	/* lab build only */
	struct dv_ders files;			/* lab build only */
};

/* Release with dv_trust_free(), also after a failure. */
DV_MUST_USE enum dv_exit dv_trust_load(const struct dv_args *args,
    struct dv_trust *out, struct dv_err *err);
void dv_trust_free(struct dv_trust *trust);

/* The option -a in a verb's table: in devverify it is unknown, and why. */
#ifdef DV_LAB
#define DV_TRUST_NONE "no anchor was given at run time"
#define DV_TRUST_GIVEN "anchors were given at run time"
#define DV_TRUST_OPTION { .letter = 'a', .name = "anchor", .arg = "FILE",      \
	.help = "trust this CA certificate", .many = true }
#else
#define DV_TRUST_OPTION { .letter = 'a', .name = "anchor",                     \
	.arg = "anchors are compiled in (`devverify anchors` lists them); "    \
	    "devverify-lab takes them at run time" }
#endif

#endif
