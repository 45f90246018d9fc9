/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Values of extensions that end too early, in each element they are made of:
 * what is missing is told as missing, with the extension's name and the place.
 */
#include "unit/certkit.h"

#define PE(n) "06{2b060105050701" n "}"
#define OWN(n) "06{2a864886f71401be40937a82b21cd56c81a97481813c82d03784949b01" \
	"8687b172" n "}"
#define UNKNOWN "06{2a030405}"
#define POLICY "06{2a0304}"
#define URL "86{'http://a'}"
#define FULL "a0{a0{" URL "}}"
#define QUALIFIED(qualifiers) "30{30{" POLICY "30{" qualifiers "}}}"

/* Values that end in an element of five octets, of which none are there. */
static const struct {
	const char *oid, *value;
	enum dv_field field;
} cut[] = {
	{ CE("13"), "3005", DV_F_BASIC_CONSTRAINTS },
	{ CE("13"), "30{0105}", DV_F_BASIC_CONSTRAINTS },
	{ CE("13"), "30{0101ff 0205}", DV_F_BASIC_CONSTRAINTS },
	{ CE("0f"), "0305", DV_F_KEY_USAGE },
	{ CE("0e"), "0405", DV_F_SUBJECT_KEY_ID },
	{ CE("25"), "3005", DV_F_EXT_KEY_USAGE },
	{ CE("25"), "30{0605}", DV_F_EXT_KEY_USAGE },
	{ CE("25"), "30{" POLICY "0605}", DV_F_EXT_KEY_USAGE },
	{ CE("38"), "0505", DV_F_NO_REV_AVAIL },
	{ CE("20"), "3005", DV_F_CERTIFICATE_POLICIES },
	{ CE("20"), "30{3005}", DV_F_CERTIFICATE_POLICIES },
	{ CE("20"), "30{30{0605}}", DV_F_CERTIFICATE_POLICIES },
	{ CE("20"), "30{30{" POLICY "3005}}", DV_F_CERTIFICATE_POLICIES },
	{ CE("20"), QUALIFIED("3005"), DV_F_CERTIFICATE_POLICIES },
	{ CE("20"), QUALIFIED("30{0605}"), DV_F_CERTIFICATE_POLICIES },
	{ CE("20"), QUALIFIED("30{" UNKNOWN "0505}"),
	    DV_F_CERTIFICATE_POLICIES },
	{ CE("21"), "3005", DV_F_POLICY_MAPPINGS },
	{ CE("21"), "30{3005}", DV_F_POLICY_MAPPINGS },
	{ CE("21"), "30{30{0605}}", DV_F_POLICY_MAPPINGS },
	{ CE("21"), "30{30{" POLICY "0605}}", DV_F_POLICY_MAPPINGS },
	{ CE("24"), "3005", DV_F_POLICY_CONSTRAINTS },
	{ CE("24"), "30{8005}", DV_F_POLICY_CONSTRAINTS },
	{ CE("24"), "30{80{00}8105}", DV_F_POLICY_CONSTRAINTS },
	{ CE("36"), "0205", DV_F_INHIBIT_ANY_POLICY },
	{ CE("23"), "3005", DV_F_AUTHORITY_KEY_ID },
	{ CE("23"), "30{8005}", DV_F_AUTHORITY_KEY_ID },
	{ CE("23"), "30{a105}", DV_F_AUTHORITY_KEY_ID },
	{ CE("23"), "30{a1{" URL "}8205}", DV_F_AUTHORITY_KEY_ID },
	{ CE("11"), "3005", DV_F_SUBJECT_ALT_NAME },
	{ CE("11"), "30{8205}", DV_F_SUBJECT_ALT_NAME },
	{ CE("11"), "30{8805}", DV_F_SUBJECT_ALT_NAME },
	{ CE("11"), "30{a0{0605}}", DV_F_SUBJECT_ALT_NAME },
	{ CE("11"), "30{a0{" UNKNOWN "a005}}", DV_F_SUBJECT_ALT_NAME },
	{ CE("11"), "30{a0{" UNKNOWN "a0{0505}}}", DV_F_SUBJECT_ALT_NAME },
	{ CE("11"), "30{a4{3005}}", DV_F_SUBJECT_ALT_NAME },
	{ CE("11"), "30{a5{0505}}", DV_F_SUBJECT_ALT_NAME },
	{ CE("12"), "3005", DV_F_ISSUER_ALT_NAME },
	{ CE("1f"), "3005", DV_F_CRL_DISTRIBUTION_POINTS },
	{ CE("1f"), "30{3005}", DV_F_CRL_DISTRIBUTION_POINTS },
	{ CE("1f"), "30{30{a0{a005}}}", DV_F_CRL_DISTRIBUTION_POINTS },
	{ CE("1f"), "30{30{a0{a105}}}", DV_F_CRL_DISTRIBUTION_POINTS },
	{ CE("1f"), "30{30{a0{a1{3005}}}}", DV_F_CRL_DISTRIBUTION_POINTS },
	{ CE("1f"), "30{30{" FULL "8105}}", DV_F_CRL_DISTRIBUTION_POINTS },
	{ CE("1f"), "30{30{" FULL "a205}}", DV_F_CRL_DISTRIBUTION_POINTS },
	{ PE("01"), "3005", DV_F_AUTHORITY_INFO_ACCESS },
	{ PE("01"), "30{3005}", DV_F_AUTHORITY_INFO_ACCESS },
	{ PE("01"), "30{30{0605}}", DV_F_AUTHORITY_INFO_ACCESS },
	{ PE("01"), "30{30{" UNKNOWN "8605}}", DV_F_AUTHORITY_INFO_ACCESS },
	{ PE("20"), "1605", DV_F_MASA_URL },
	{ OWN("01"), "0505", DV_F_AUTHORISED_ONLY },
	{ CE("1e"), "3005", DV_F_NAME_CONSTRAINTS },
	{ CE("1e"), "30{a005}", DV_F_NAME_CONSTRAINTS },
	{ CE("1e"), "30{a0{3005}}", DV_F_NAME_CONSTRAINTS },
	{ CE("1e"), "30{a0{30{8205}}}", DV_F_NAME_CONSTRAINTS },
	{ CE("1e"), "30{a0{30{8705}}}", DV_F_NAME_CONSTRAINTS },
	{ CE("1e"), "30{a0{30{8805}}}", DV_F_NAME_CONSTRAINTS },
	{ CE("1e"), "30{a1{30{a4{3005}}}}", DV_F_NAME_CONSTRAINTS },
};

static void
test_cut(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cut) / sizeof(cut[0]); i++) {
		char list[400];
		struct dv_bytes value = kit_make(cut[i].value);
		struct cert_row row = { cut[i].value, S_LIST, list,
		    DV_R_TRUNCATED, cut[i].field, cut[i].value,
		    (int)value.len - 2 };

		snprintf(list, sizeof(list), EXT("%s", "", "%s"), cut[i].oid,
		    cut[i].value);
		cert_check(&row);
		kit_free(value);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
