/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Subtrees of name constraints made in a test, and the set-up of such tests.
 * Holds no constraint of its own. RFC 5280 4.2.1.10.
 */
#ifndef SUBTREES_H
#define SUBTREES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "constraints.h"
#include "ext.h"
#include "lib/certkit.h"

static inline int
setup(void **state)
{
	(void)state;
	kit_reset();
	return 0;
}

static inline uint8_t
form_tag(enum dv_general_name form)
{
	bool constructed = form == DV_NAME_OTHER || form == DV_NAME_X400 ||
	    form == DV_NAME_DIRECTORY || form == DV_NAME_EDI_PARTY;

	return constructed ? DER_CONTEXT_CONS((unsigned)form) :
	    DER_CONTEXT((unsigned)form);
}

static inline struct dv_bytes
subtree(enum dv_general_name form, struct dv_bytes base)
{
	return KIT(DER_SEQUENCE, KIT(form_tag(form), base));
}

#define TEST(f) cmocka_unit_test_setup(f, setup)

#endif
