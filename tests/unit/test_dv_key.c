/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A SubjectPublicKeyInfo by itself, with its point checked on the curve.
 */
#include "unit/certkit.h"

#include "dv_chain.h"

#define G_P384                                                                 \
	"04 AA87CA22BE8B05378EB1C71EF320AD746E1D3B628BA79B9859F741E082542A38" \
	"5502F25DBF55296C3A545E3872760AB7" \
	"3617DE4A96262C6F5D9E98BF9292DC29F8F41DBD289A147CE9DA3113B5F0B8C0" \
	"0A60B1CE1D7E819D7A431D7C90EA0E5F"
#define ED25519 "06{2b6570}"

static const struct key_row {
	const char *what, *spki;
	enum dv_reason reason;
	uint32_t offset;
	enum dv_key_type type;
} rows[] = {
	{ "P-256", SPKI_OF(EC_KEY P_256, "00" G_P256), DV_R_NONE, 0,
	    DV_KEY_P256 },
	{ "P-384", SPKI_OF(EC_KEY "06{2b81040022}", "00" G_P384), DV_R_NONE,
	    0, DV_KEY_P384 },
	{ "Ed25519", SPKI_OF(ED25519, "00 @032(07)"), DV_R_NONE, 0,
	    DV_KEY_ED25519 },
	{ "nothing", "", DV_R_INPUT_EMPTY, 0, DV_KEY_NONE },
	{ "byte after the key", SPKI_OF(EC_KEY P_256, "00" G_P256) "00",
	    DV_R_TRAILING_DATA, 91, DV_KEY_NONE },
	{ "not a key", "0500", DV_R_NOT_DER, 0, DV_KEY_NONE },
	{ "unknown type", SPKI_OF("06{2a0304}", "00 04"),
	    DV_R_ALG_NOT_ALLOWED, 0, DV_KEY_NONE },
	{ "unknown curve", SPKI_OF(EC_KEY "06{2a0304}", "00 04"),
	    DV_R_ALG_NOT_ALLOWED, 0, DV_KEY_NONE },
	{ "point off its curve", SPKI_OF(EC_KEY P_256, "00 04 @064(01)"),
	    DV_R_POINT_NOT_ON_CURVE, 26, DV_KEY_NONE },
	{ "no point at all", SPKI_OF(EC_KEY P_256, "00"), DV_R_KEY_INVALID, 26,
	    DV_KEY_NONE },
	{ "algorithm is no SEQUENCE", "30{0500 03{00 04}}", DV_R_NOT_DER, 2,
	    DV_KEY_NONE },
	{ "algorithm without OID", SPKI_OF("0500", "00 04"), DV_R_NOT_DER, 4,
	    DV_KEY_NONE },
	{ "OID of the type not minimal", SPKI_OF("06{2a8001}", "00 04"),
	    DV_R_NOT_CANONICAL, 7, DV_KEY_NONE },
	{ "OID of the curve not minimal", SPKI_OF(EC_KEY "06{2a8001}",
	    "00 04"), DV_R_NOT_CANONICAL, 16, DV_KEY_NONE },
	{ "compressed point", SPKI_OF(EC_KEY P_256, "00 02 @032(01)"),
	    DV_R_KEY_INVALID, 26, DV_KEY_NONE },
};

/* What is told of a key of a type that is not known here. */
static const struct {
	const char *spki, *oid;
} unknown[] = {
	{ SPKI_OF("06{2a0304}", "00 04"), "2a0304" },
	{ SPKI_OF("06{2a0304} 0500", "00 04"), "2a0304" },
	{ SPKI_OF(EC_KEY "06{2a0305}", "00 04"), "2a0305" },
};

static void
test_unknown_types_are_named(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
		struct dv_bytes spki = kit_make(unknown[i].spki);
		struct dv_bytes oid = kit_make(unknown[i].oid);
		struct dv_key key;
		struct dv_at at;

		assert_int_equal(dv_key_parse(spki, &key, &at),
		    DV_R_ALG_NOT_ALLOWED);
		assert_int_equal(at.found.kind, DV_VALUE_OID);
		assert_int_equal(at.found.bytes.len, oid.len);
		assert_memory_equal(at.found.bytes.ptr, oid.ptr, oid.len);
		kit_free(oid);
		kit_free(spki);
	}
}

static void
test_rows(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct dv_bytes spki = kit_make(rows[i].spki);
		struct dv_key key;
		struct dv_at at;
		enum dv_reason reason;

		memset(&key, 0x5a, sizeof(key));
		reason = dv_key_parse(spki, &key, &at);
		kit_same(rows[i].what, (struct kit_answer){ rows[i].reason,
		    DV_F_SPKI, rows[i].offset },
		    (struct kit_answer){ reason, at.field, at.offset });
		assert_int_equal(key.type, rows[i].type);
		if (reason != DV_R_NONE)
			assert_true(kit_all_zero(&key, sizeof(key)));
		else
			assert_int_equal(key.spki.len, spki.len);
		kit_free(spki);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_unknown_types_are_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
