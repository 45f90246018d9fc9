/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Extensions by their form: each defect with reason, field and octet; what is
 * valid although unusual; the values that are handed on.
 */
#include "unit/certkit.h"

#include "bytes.h"

#define PE(n) "06{2b060105050701" n "}"
#define OWN(n) "06{2a864886f71401be40937a82b21cd56c81a97481813c82d03784949b01" \
	"8687b172" n "}"
#define UNKNOWN "06{2a030405}"
#define POLICY "06{2a0304}"
#define ANY_POLICY CE("2000")
#define KU(bits) BC_CA EXT(CE("0f"), CRITICAL, bits)
#define BC(value) EXT(CE("13"), CRITICAL, value)
#define SAN(names) EXT(CE("11"), "", "30{" names "}")
#define NAME "30{" RDN1("550403", "0c", "'x'") "}"
#define URL "86{'http://a'}"

static const struct cert_row list_rows[] = {
	{ "no extension", S_LIST, "", DV_R_EXTENSION_MALFORMED,
	    DV_F_EXTENSIONS, "a3023000", 2 },
	{ "element after the list", S_EXTENSIONS, "a3{30{" BC_CA "}04{'x'}}",
	    DV_R_TRAILING_DATA, DV_F_EXTENSIONS, "040178", 0 },
	{ "extension after the list", S_EXTENSIONS, "a3{30{" KU_CA "}" BC_CA
	    "}", DV_R_TRAILING_DATA, DV_F_EXTENSIONS, BC_CA, 0 },
	{ "element after the value", S_MORE,
	    "30{" CE("12") "04{3000} 0500}", DV_R_TRAILING_DATA,
	    DV_F_ISSUER_ALT_NAME, "040230000500", 4 },
	{ "critical as 01", S_MORE, EXT(UNKNOWN, "010101", "0500"),
	    DV_R_NOT_CANONICAL, DV_F_EXTENSION, "010101", 2 },
	{ "not critical, stated", S_MORE, EXT(CE("25"), "010100", "3000"),
	    DV_R_NOT_CANONICAL, DV_F_EXT_KEY_USAGE, "010100", 0 },
	{ "value in pieces", S_MORE, "30{" CE("25") "24{04{3000}}}",
	    DV_R_NOT_CANONICAL, DV_F_EXT_KEY_USAGE, "240404", 0 },
	{ "value longer than its extension", S_MORE,
	    "3009" CE("25") "0404 3000", DV_R_TRUNCATED, DV_F_EXT_KEY_USAGE,
	    "04043000", 0 },
	{ "OID not minimal", S_MORE, EXT("06{802a03}", "", "0500"),
	    DV_R_NOT_CANONICAL, DV_F_EXTENSION, "802a03", 0 },
	{ "unknown, any value", S_MORE, EXT(UNKNOWN, "", "ffff"), DV_R_NONE,
	    DV_F_NONE, "", 0 },
	{ "unknown and critical", S_MORE, EXT(UNKNOWN, CRITICAL, ""),
	    DV_R_NONE, DV_F_NONE, "", 0 },
	{ "known one twice", S_MORE, EXT(CE("0f"), "", "03020780"),
	    DV_R_EXTENSION_DUPLICATE, DV_F_KEY_USAGE,
	    "551d0f0404 03020780", 0 },
	{ "unknown one twice", S_MORE, EXT(UNKNOWN, "", "05")
	    EXT(UNKNOWN, "", "06"), DV_R_EXTENSION_DUPLICATE, DV_F_EXTENSION,
	    "2a030405 040106", 0 },
	{ "32 extensions", S_LIST, "@032(" EXT("06{2a#}", "", "") ")",
	    DV_R_NONE, DV_F_NONE, "", 0 },
	{ "33 extensions", S_LIST, "@033(" EXT("06{2a#}", "", "") ")",
	    DV_R_LIMIT, DV_F_EXTENSIONS, "06032a8120", -2 },
};

static const struct cert_row basic_rows[] = {
	{ "empty", S_LIST, BC("30{}"), DV_R_NONE, DV_F_NONE, "", 0 },
	{ "path length 0", S_LIST, BC("30{0101ff 020100}"), DV_R_NONE,
	    DV_F_NONE, "", 0 },
	{ "path length 70000", S_LIST, BC("30{0101ff 0203011170}"),
	    DV_R_NONE, DV_F_NONE, "", 0 },
	{ "bytes after the value", S_LIST, BC("30{0101ff}0500"),
	    DV_R_TRAILING_DATA, DV_F_BASIC_CONSTRAINTS, "0101ff0500", 3 },
	{ "element after the path length", S_LIST,
	    BC("30{0101ff 020101 0500}"), DV_R_TRAILING_DATA,
	    DV_F_BASIC_CONSTRAINTS, "0201010500", 3 },
	{ "cA as 01", S_LIST, BC("30{010101}"), DV_R_NOT_CANONICAL,
	    DV_F_BASIC_CONSTRAINTS, "3003010101", 4 },
	{ "cA FALSE stated", S_LIST, BC("30{010100}"), DV_R_NOT_CANONICAL,
	    DV_F_BASIC_CONSTRAINTS, "3003010100", 2 },
	{ "cA FALSE stated, and a path length", S_LIST,
	    BC("30{010100 020101}"), DV_R_NOT_CANONICAL,
	    DV_F_BASIC_CONSTRAINTS, "3006010100", 2 },
	{ "path length without cA", S_LIST, BC("30{020101}"),
	    DV_R_EXTENSION_MALFORMED, DV_F_BASIC_CONSTRAINTS, "3003020101",
	    2 },
	{ "negative path length", S_LIST, BC("30{0101ff 0201ff}"),
	    DV_R_EXTENSION_MALFORMED, DV_F_BASIC_CONSTRAINTS, "0201ff", 2 },
	{ "padded path length", S_LIST, BC("30{0101ff 02020001}"),
	    DV_R_NOT_CANONICAL, DV_F_BASIC_CONSTRAINTS, "02020001", 2 },
	{ "not a sequence", S_LIST, BC("0500"), DV_R_EXTENSION_MALFORMED,
	    DV_F_BASIC_CONSTRAINTS, "04020500", 2 },
};

static const struct cert_row usage_rows[] = {
	{ "trailing zeros", S_LIST, KU("03020004"), DV_R_NOT_CANONICAL,
	    DV_F_KEY_USAGE, "03020004", 3 },
	{ "all zero", S_LIST, KU("03020700"), DV_R_NOT_CANONICAL,
	    DV_F_KEY_USAGE, "03020700", 3 },
	{ "no bits", S_LIST, KU("030100"), DV_R_EXTENSION_MALFORMED,
	    DV_F_KEY_USAGE, "030100", 0 },
	{ "nine bits", S_LIST, KU("0303070080"), DV_R_NONE, DV_F_NONE, "",
	    0 },
	{ "all nine bits", S_LIST, KU("030307ff80"), DV_R_NONE, DV_F_NONE,
	    "", 0 },
	{ "ten bits", S_LIST, KU("0303060040"), DV_R_EXTENSION_MALFORMED,
	    DV_F_KEY_USAGE, "0303060040", 0 },
	{ "three octets", S_LIST, KU("030400040001"),
	    DV_R_EXTENSION_MALFORMED, DV_F_KEY_USAGE, "030400040001", 3 },
	{ "bytes after the value", S_LIST, KU("03020204 0500"),
	    DV_R_TRAILING_DATA, DV_F_KEY_USAGE, "030202040500", 4 },
	{ "empty key identifier", S_LIST, EXT(CE("0e"), "", "0400"),
	    DV_R_EXTENSION_MALFORMED, DV_F_SUBJECT_KEY_ID, "04020400", 2 },
	{ "key identifier of 40 octets", S_LIST, EXT(CE("0e"), "",
	    "04{@040(00)}"), DV_R_NONE, DV_F_NONE, "", 0 },
};

#define AKI(parts) EXT(CE("23"), "", "30{" parts "}")
static const struct cert_row authority_rows[] = {
	{ "empty", S_LIST, AKI(""), DV_R_NONE, DV_F_NONE, "", 0 },
	{ "all three", S_LIST, AKI("80{0102} a1{a4{" NAME "}} 82{01}"),
	    DV_R_NONE, DV_F_NONE, "", 0 },
	{ "empty identifier", S_LIST, AKI("80{}"), DV_R_EXTENSION_MALFORMED,
	    DV_F_AUTHORITY_KEY_ID, "8000", 0 },
	{ "empty identifier, and the others", S_LIST,
	    AKI("80{} a1{a4{" NAME "}} 82{01}"), DV_R_EXTENSION_MALFORMED,
	    DV_F_AUTHORITY_KEY_ID, "8000a1", 0 },
	{ "issuer without serial number", S_LIST, AKI("a1{a4{" NAME "}}"),
	    DV_R_EXTENSION_MALFORMED, DV_F_AUTHORITY_KEY_ID,
	    "a1{a4{" NAME "}}", 0 },
	{ "serial number without issuer", S_LIST, AKI("80{01} 82{01}"),
	    DV_R_EXTENSION_MALFORMED, DV_F_AUTHORITY_KEY_ID, "820101", 0 },
	{ "empty issuer", S_LIST, AKI("a1{} 82{01}"),
	    DV_R_EXTENSION_MALFORMED, DV_F_AUTHORITY_KEY_ID, "a100", 0 },
	{ "padded serial number", S_LIST, AKI("a1{a4{" NAME "}} 82{0001}"),
	    DV_R_NOT_CANONICAL, DV_F_AUTHORITY_KEY_ID, "82020001", 2 },
	{ "element after the identifier", S_LIST, AKI("80{01} 0500"),
	    DV_R_TRAILING_DATA, DV_F_AUTHORITY_KEY_ID, "8001010500", 3 },
};

#define EKU(list) EXT(CE("25"), "", "30{" list "}")
static const struct cert_row eku_rows[] = {
	{ "one unknown", S_LIST, EKU(UNKNOWN), DV_R_NONE, DV_F_NONE, "", 0 },
	{ "empty", S_LIST, EKU(""), DV_R_EXTENSION_MALFORMED,
	    DV_F_EXT_KEY_USAGE, "04023000", 2 },
	{ "not an OID", S_LIST, EKU("0500"), DV_R_EXTENSION_MALFORMED,
	    DV_F_EXT_KEY_USAGE, "30020500", 2 },
	{ "the same twice", S_LIST, EKU(UNKNOWN POLICY UNKNOWN),
	    DV_R_EXTENSION_MALFORMED, DV_F_EXT_KEY_USAGE, POLICY UNKNOWN, 7 },
	{ "64 purposes", S_LIST, EKU("@064(06{2a#})"), DV_R_NONE, DV_F_NONE,
	    "", 0 },
	{ "65 purposes", S_LIST, EKU("@065(06{2a#})"), DV_R_LIMIT,
	    DV_F_EXT_KEY_USAGE, "06032a8140", 0 },
};

static const struct cert_row names_rows[] = {
	{ "all forms", S_LIST, SAN("a0{" UNKNOWN "a0{0c{'v'}}} 81{'a@b'}"
	    "82{'a.b'} a3{3000} a4{" NAME "} a5{a1{0c{'x'}}} 86{'u:x'}"
	    "87{01020304} 87{@016(00)} 88{2a03}"), DV_R_NONE, DV_F_NONE, "",
	    0 },
	{ "empty", S_LIST, SAN(""), DV_R_EXTENSION_MALFORMED,
	    DV_F_SUBJECT_ALT_NAME, "04023000", 2 },
	{ "empty issuerAltName", S_LIST, EXT(CE("12"), "", "30{}"),
	    DV_R_EXTENSION_MALFORMED, DV_F_ISSUER_ALT_NAME, "04023000", 2 },
	{ "empty dNSName", S_LIST, SAN("82{'a'}82{}"),
	    DV_R_EXTENSION_MALFORMED, DV_F_SUBJECT_ALT_NAME, "8200", 0 },
	{ "NUL in dNSName", S_LIST, SAN("82{'a' 00 'b'}"),
	    DV_R_EXTENSION_MALFORMED, DV_F_SUBJECT_ALT_NAME, "82036100", 3 },
	{ "8 bits in URI", S_LIST, SAN("86{'a' e9}"),
	    DV_R_EXTENSION_MALFORMED, DV_F_SUBJECT_ALT_NAME, "860261e9", 3 },
	{ "line end in rfc822Name", S_LIST, SAN("81{'a' 0a}"),
	    DV_R_EXTENSION_MALFORMED, DV_F_SUBJECT_ALT_NAME, "8102610a", 3 },
	{ "address of 5 octets", S_LIST, SAN("87{0102030405}"),
	    DV_R_EXTENSION_MALFORMED, DV_F_SUBJECT_ALT_NAME, "87050102", 2 },
	{ "tag [9]", S_LIST, SAN("89{'x'}"), DV_R_EXTENSION_MALFORMED,
	    DV_F_SUBJECT_ALT_NAME, "890178", 0 },
	{ "constructed dNSName", S_LIST, SAN("a2{0400}"),
	    DV_R_EXTENSION_MALFORMED, DV_F_SUBJECT_ALT_NAME, "a2020400", 0 },
	{ "otherName without value", S_LIST, SAN("a0{" UNKNOWN "}"),
	    DV_R_EXTENSION_MALFORMED, DV_F_SUBJECT_ALT_NAME, "a006" UNKNOWN,
	    8 },
	{ "otherName with two values", S_LIST,
	    SAN("a0{" UNKNOWN "a0{0500 0500}}"), DV_R_TRAILING_DATA,
	    DV_F_SUBJECT_ALT_NAME, "a00405000500", 4 },
	{ "otherName with more", S_LIST, SAN("a0{" UNKNOWN "a0{0500} 0500}"),
	    DV_R_TRAILING_DATA, DV_F_SUBJECT_ALT_NAME, "a00205000500", 4 },
	{ "empty directoryName", S_LIST, SAN("a4{3000}"),
	    DV_R_EXTENSION_MALFORMED, DV_F_SUBJECT_ALT_NAME, "a4023000", 2 },
	{ "two names in directoryName", S_LIST, SAN("a4{" NAME "3000}"),
	    DV_R_TRAILING_DATA, DV_F_SUBJECT_ALT_NAME, "0c0178 3000", 3 },
	{ "bad string in directoryName", S_LIST,
	    SAN("a4{30{" RDN1("550403", "13", "'a@'") "}}"),
	    DV_R_NAME_MALFORMED, DV_F_SUBJECT_ALT_NAME, "'a@'", 1 },
	{ "registeredID not minimal", S_LIST, SAN("88{2a8001}"),
	    DV_R_NOT_CANONICAL, DV_F_SUBJECT_ALT_NAME, "88032a80", 3 },
	{ "empty x400Address", S_LIST, SAN("a3{}"), DV_R_EXTENSION_MALFORMED,
	    DV_F_SUBJECT_ALT_NAME, "a300", 0 },
	{ "ediPartyName cut", S_LIST, SAN("a5{a1050c}"), DV_R_TRUNCATED,
	    DV_F_SUBJECT_ALT_NAME, "a1050c", 0 },
	{ "256 names", S_LIST, SAN("@256(88{2a#})"), DV_R_NONE, DV_F_NONE,
	    "", 0 },
	{ "host names", S_LIST, SAN("82{'a-b.3c.d3'} 82{'*.x'} 82{'A'}"
	    "82{@063('x')} 82{@126('x.') 'y'}"), DV_R_NONE, DV_F_NONE, "", 0 },
	{ "label of 64", S_LIST, SAN("82{@064('x')}"),
	    DV_R_EXTENSION_MALFORMED, DV_F_SUBJECT_ALT_NAME, "8240", 2 },
	{ "257 names", S_LIST, SAN("@257(88{2a#})"), DV_R_LIMIT,
	    DV_F_SUBJECT_ALT_NAME, "88032a8300", 0 },
};

#define POL(list) EXT(CE("20"), "", "30{" list "}")
#define MAP(list) EXT(CE("21"), "", "30{" list "}")
static const struct cert_row policy_rows[] = {
	{ "policy", S_LIST, POL("30{" POLICY "}30{" ANY_POLICY "}"),
	    DV_R_NONE, DV_F_NONE, "", 0 },
	{ "unknown qualifier", S_LIST,
	    POL("30{" POLICY "30{30{" UNKNOWN "0500}}}"), DV_R_NONE,
	    DV_F_NONE, "", 0 },
	{ "no policy", S_LIST, POL(""), DV_R_EXTENSION_MALFORMED,
	    DV_F_CERTIFICATE_POLICIES, "04023000", 2 },
	{ "empty qualifiers", S_LIST, POL("30{" POLICY "30{}}"),
	    DV_R_EXTENSION_MALFORMED, DV_F_CERTIFICATE_POLICIES,
	    POLICY "3000", 5 },
	{ "qualifier without value", S_LIST,
	    POL("30{" POLICY "30{30{" UNKNOWN "}}}"),
	    DV_R_EXTENSION_MALFORMED, DV_F_CERTIFICATE_POLICIES,
	    "3006" UNKNOWN, 8 },
	{ "the same policy twice", S_LIST,
	    POL("30{" POLICY "}30{" POLICY "}"), DV_R_EXTENSION_MALFORMED,
	    DV_F_CERTIFICATE_POLICIES, POLICY "3005" POLICY, 9 },
	{ "64 policies", S_LIST, POL("@064(30{06{2a#}})"), DV_R_NONE,
	    DV_F_NONE, "", 0 },
	{ "65 policies", S_LIST, POL("@065(30{06{2a#}})"), DV_R_LIMIT,
	    DV_F_CERTIFICATE_POLICIES, "06032a8140", -2 },
	{ "mapping", S_LIST, MAP("30{" POLICY UNKNOWN "}"), DV_R_NONE,
	    DV_F_NONE, "", 0 },
	{ "no mapping", S_LIST, MAP(""), DV_R_EXTENSION_MALFORMED,
	    DV_F_POLICY_MAPPINGS, "04023000", 2 },
	{ "mapping from anyPolicy", S_LIST,
	    MAP("30{" ANY_POLICY POLICY "}"), DV_R_EXTENSION_MALFORMED,
	    DV_F_POLICY_MAPPINGS, ANY_POLICY, 2 },
	{ "mapping to anyPolicy", S_LIST, MAP("30{" POLICY ANY_POLICY "}"),
	    DV_R_EXTENSION_MALFORMED, DV_F_POLICY_MAPPINGS, ANY_POLICY, 2 },
	{ "mapping of three", S_LIST, MAP("30{" POLICY UNKNOWN POLICY "}"),
	    DV_R_TRAILING_DATA, DV_F_POLICY_MAPPINGS, UNKNOWN POLICY, 6 },
	{ "65 mappings", S_LIST, MAP("@065(30{" POLICY "06{2a#}})"),
	    DV_R_LIMIT, DV_F_POLICY_MAPPINGS, "06032a8140", -7 },
	{ "64 mappings", S_LIST, MAP("@064(30{" POLICY "06{2a#}})"),
	    DV_R_NONE, DV_F_NONE, "", 0 },
	{ "constraints", S_LIST, EXT(CE("24"), "", "30{80{00}81{05}}"),
	    DV_R_NONE, DV_F_NONE, "", 0 },
	{ "no constraint", S_LIST, EXT(CE("24"), "", "30{}"),
	    DV_R_EXTENSION_MALFORMED, DV_F_POLICY_CONSTRAINTS, "04023000",
	    2 },
	{ "negative constraint", S_LIST, EXT(CE("24"), "", "30{80{ff}}"),
	    DV_R_EXTENSION_MALFORMED, DV_F_POLICY_CONSTRAINTS, "8001ff", 2 },
	{ "constraints in wrong order", S_LIST,
	    EXT(CE("24"), "", "30{81{00}80{00}}"), DV_R_TRAILING_DATA,
	    DV_F_POLICY_CONSTRAINTS, "810100800100", 3 },
	{ "inhibitAnyPolicy", S_LIST, EXT(CE("36"), CRITICAL, "020100"),
	    DV_R_NONE, DV_F_NONE, "", 0 },
	{ "inhibitAnyPolicy, garbage", S_LIST,
	    EXT(CE("36"), CRITICAL, "f5f5"), DV_R_EXTENSION_MALFORMED,
	    DV_F_INHIBIT_ANY_POLICY, "0402f5f5", 2 },
};

#define DP(point) EXT(CE("1f"), "", "30{" point "}")
#define FULL "a0{a0{" URL "}}"
static const struct cert_row other_rows[] = {
	{ "two points", S_LIST, DP("30{" FULL "}30{" FULL "}"), DV_R_NONE,
	    DV_F_NONE, "", 0 },
	{ "point with all parts", S_LIST,
	    DP("30{" FULL "81020102 a2{a4{" NAME "}}}"), DV_R_NONE,
	    DV_F_NONE, "", 0 },
	{ "point relative to its issuer", S_LIST,
	    DP("30{a0{a1{30{06{550403}0c{'x'}}}}}"), DV_R_NONE, DV_F_NONE,
	    "", 0 },
	{ "no point", S_LIST, DP(""), DV_R_EXTENSION_MALFORMED,
	    DV_F_CRL_DISTRIBUTION_POINTS, "04023000", 2 },
	{ "empty point", S_LIST, DP("30{}"), DV_R_EXTENSION_MALFORMED,
	    DV_F_CRL_DISTRIBUTION_POINTS, "30023000", 2 },
	{ "element after the point", S_LIST, DP("30{" FULL "0500}"),
	    DV_R_TRAILING_DATA, DV_F_CRL_DISTRIBUTION_POINTS, URL "0500",
	    10 },
	{ "point without names, with reasons", S_LIST,
	    DP("30{a0{a0{}} 81020102}"), DV_R_EXTENSION_MALFORMED,
	    DV_F_CRL_DISTRIBUTION_POINTS, "a002a000", 2 },
	{ "point without names, with an issuer", S_LIST,
	    DP("30{a0{a0{}} a2{a4{" NAME "}}}"), DV_R_EXTENSION_MALFORMED,
	    DV_F_CRL_DISTRIBUTION_POINTS, "a002a000", 2 },
	{ "reasons padded, alone", S_LIST, DP("30{81020004}"),
	    DV_R_NOT_CANONICAL, DV_F_CRL_DISTRIBUTION_POINTS, "81020004",
	    3 },
	{ "reasons alone", S_LIST, DP("30{81020102}"),
	    DV_R_EXTENSION_MALFORMED, DV_F_CRL_DISTRIBUTION_POINTS,
	    "300481020102", 0 },
	{ "unknown reason", S_LIST, DP("30{" FULL "8103060040}"),
	    DV_R_EXTENSION_MALFORMED, DV_F_CRL_DISTRIBUTION_POINTS,
	    "8103060040", 0 },
	{ "point without names", S_LIST, DP("30{a0{a0{}}}"),
	    DV_R_EXTENSION_MALFORMED, DV_F_CRL_DISTRIBUTION_POINTS,
	    "a002a000", 2 },
	{ "point cut", S_LIST, DP("30{a0050000}"), DV_R_TRUNCATED,
	    DV_F_CRL_DISTRIBUTION_POINTS, "a0050000", 0 },
	{ "freshestCRL", S_LIST, EXT(CE("2e"), "", "30{30{" FULL "}}"),
	    DV_R_NONE, DV_F_NONE, "", 0 },
	{ "freshestCRL, empty", S_LIST, EXT(CE("2e"), "", "30{}"),
	    DV_R_EXTENSION_MALFORMED, DV_F_FRESHEST_CRL, "04023000", 2 },
	{ "access", S_LIST, EXT(PE("01"), "", "30{30{" UNKNOWN URL "}}")
	    EXT(PE("0b"), "", "30{30{" UNKNOWN URL "}}"), DV_R_NONE,
	    DV_F_NONE, "", 0 },
	{ "no access", S_LIST, EXT(PE("01"), "", "30{}"),
	    DV_R_EXTENSION_MALFORMED, DV_F_AUTHORITY_INFO_ACCESS,
	    "04023000", 2 },
	{ "access without place", S_LIST,
	    EXT(PE("0b"), "", "30{30{" UNKNOWN "}}"),
	    DV_R_EXTENSION_MALFORMED, DV_F_SUBJECT_INFO_ACCESS,
	    "3006" UNKNOWN, 8 },
	{ "noRevAvail", S_LIST, EXT(CE("38"), "", "0500"), DV_R_NONE,
	    DV_F_NONE, "", 0 },
	{ "noRevAvail with contents", S_LIST, EXT(CE("38"), "", "050100"),
	    DV_R_EXTENSION_MALFORMED, DV_F_NO_REV_AVAIL, "050100", 0 },
	{ "authorisedOnly", S_LIST, EXT(OWN("01"), "", "0500"), DV_R_NONE,
	    DV_F_NONE, "", 0 },
	{ "authorisedOnly with contents", S_LIST,
	    EXT(OWN("01"), "", "0c{'x'}"), DV_R_EXTENSION_MALFORMED,
	    DV_F_AUTHORISED_ONLY, "0c0178", 0 },
	{ "masa-url", S_LIST, EXT(PE("20"), "", "16{'masa.example'}"),
	    DV_R_NONE, DV_F_NONE, "", 0 },
	{ "masa-url, empty", S_LIST, EXT(PE("20"), "", "16{}"),
	    DV_R_EXTENSION_MALFORMED, DV_F_MASA_URL, "04021600", 2 },
	{ "masa-url, another string", S_LIST, EXT(PE("20"), "", "0c{'x'}"),
	    DV_R_EXTENSION_MALFORMED, DV_F_MASA_URL, "04030c0178", 2 },
	{ "masa-url with NUL", S_LIST, EXT(PE("20"), "", "16{'x' 00}"),
	    DV_R_EXTENSION_MALFORMED, DV_F_MASA_URL, "16027800", 3 },
	/* The form of constraints is tested with constraints: here, that a
	 * place in the value becomes a place in the certificate. */
	{ "nameConstraints before basicConstraints", S_LIST,
	    EXT(CE("1e"), CRITICAL, "30{a0{30{82{'a'}}}}") BC_CA, DV_R_NONE,
	    DV_F_NONE, "", 0 },
	{ "nameConstraints with more behind", S_LIST,
	    EXT(CE("1e"), CRITICAL, "30{a0{30{82{'a'}}}}0500") BC_CA,
	    DV_R_TRAILING_DATA, DV_F_NAME_CONSTRAINTS, "8201610500", 3 },
	{ "nameConstraints for .host", S_LIST,
	    EXT(CE("1e"), CRITICAL, "30{a0{30{82{'a'}} 30{82{'.a'}}}}") BC_CA,
	    DV_R_EXTENSION_MALFORMED, DV_F_NAME_CONSTRAINTS, "82022e61", 0 },
};

#define MALFORMED(text)                                                        \
	{ text, S_LIST, SAN("82{'" text "'}"), DV_R_EXTENSION_MALFORMED,       \
	    DV_F_SUBJECT_ALT_NAME, "82{'" text "'}", 2 }
static const struct cert_row host_rows[] = {
	MALFORMED("."), MALFORMED("a."), MALFORMED(".a"), MALFORMED("a..b"),
	MALFORMED("-a"), MALFORMED("a-"), MALFORMED("a-.b"), MALFORMED("a_b"),
	MALFORMED("a b"), MALFORMED("1"), MALFORMED("a.1"),
	MALFORMED("1.2.3.4"), MALFORMED("*"), MALFORMED("*."),
	MALFORMED("*a.b"), MALFORMED("a*.b"), MALFORMED("a.*"),
	MALFORMED("*.*.b"), MALFORMED("*.1"), MALFORMED("**"),
	MALFORMED("a~"), MALFORMED("[a"), MALFORMED("a/b"), MALFORMED("a:b"),
	MALFORMED("a@b"), MALFORMED("a`b"),
};

static void
test_rows(void **state)
{
	(void)state;
	CHECK_ROWS(list_rows);
	CHECK_ROWS(basic_rows);
	CHECK_ROWS(usage_rows);
	CHECK_ROWS(authority_rows);
	CHECK_ROWS(eku_rows);
	CHECK_ROWS(names_rows);
	CHECK_ROWS(host_rows);
	CHECK_ROWS(policy_rows);
	CHECK_ROWS(other_rows);
}

/* Every character of an IA5String in the middle of a host name. */
static void
test_host_characters(void **state)
{
	(void)state;
	for (unsigned c = 0x20; c < 0x7f; c++) {
		char list[100];
		struct cert_row row = { "", S_LIST, list, DV_R_NONE, DV_F_NONE,
		    "", 0 };

		snprintf(list, sizeof(list), SAN("82{'a'%02x'b'}"), c);
		if (!isalnum((int)c) && c != '-' && c != '.') {
			row.reason = DV_R_EXTENSION_MALFORMED;
			row.field = DV_F_SUBJECT_ALT_NAME;
			row.place = "820361";
			row.delta = 2;
		}
		cert_check(&row);
	}
}

static bool
is(struct dv_bytes have, const char *want)
{
	struct dv_bytes w = kit_make(want);
	bool same = dv_bytes_equal(have, w);

	kit_free(w);
	return same;
}

static void
test_values(void **state)
{
	struct dv_bytes der = cert_make(S_LIST, BC("30{0101ff 020103}")
	    EXT(CE("0f"), CRITICAL, "03020106")
	    EXT(CE("0e"), "", "04{a1a2}")
	    AKI("80{b1b2} a1{a4{" NAME "}} 82{0100}")
	    EKU(UNKNOWN POLICY) SAN("82{'a.b'}")
	    EXT(CE("1e"), CRITICAL, "30{a0{30{82{'a'}}}}")
	    EXT("06{2a0301}", CRITICAL, "0500")
	    EXT("06{2a0302}", CRITICAL, "0500")), oid;
	const struct dv_extensions *e;
	struct dv_cert c;
	struct dv_at at;

	(void)state;
	assert_int_equal(dv_cert_parse(der, &c, &at), DV_R_NONE);
	e = &c.ext;
	assert_true(e->ca);
	assert_int_equal(e->path_len, 3);
	assert_int_equal(e->key_usage, DV_KU_KEY_CERT_SIGN | DV_KU_CRL_SIGN);
	assert_true(is(e->subject_key_id, "a1a2"));
	assert_true(is(e->authority_key_id, "b1b2"));
	assert_true(is(e->authority_issuer, "a4{" NAME "}"));
	assert_true(is(e->authority_serial, "0100"));
	assert_true(is(e->eku, UNKNOWN POLICY));
	assert_true(is(e->subject_alt_name, "82{'a.b'}"));
	assert_true(is(e->permitted, "30{82{'a'}}"));
	assert_true(is(e->unknown_critical, "2a0301"));
	assert_true(is(e->value[DV_EXT_SUBJECT_ALT_NAME], "30{82{'a.b'}}"));
	assert_null(e->value[DV_EXT_MASA_URL].ptr);
	assert_int_equal(e->critical, DV_EXT_BIT(DV_EXT_BASIC_CONSTRAINTS) |
	    DV_EXT_BIT(DV_EXT_KEY_USAGE) |
	    DV_EXT_BIT(DV_EXT_NAME_CONSTRAINTS));
	oid = kit_make("2a0304");
	assert_true(dv_eku_lists(e->eku, oid));
	oid.len--;
	assert_false(dv_eku_lists(e->eku, oid));
	oid.len++;
	assert_false(dv_eku_lists((struct dv_bytes){ NULL, 0 }, oid));
	kit_free(oid);
	kit_free(der);
}

/* Of several that are not known the first is told. */
static void
test_unknown_qualifier(void **state)
{
	struct dv_bytes der = cert_make(S_LIST, EXT(CE("20"), CRITICAL,
	    "30{30{" POLICY "30{30{" UNKNOWN "0500} 30{06{2a030406} 0500}}}}"));
	struct dv_cert c;
	struct dv_at at;

	(void)state;
	assert_int_equal(dv_cert_parse(der, &c, &at), DV_R_NONE);
	assert_true(is(c.ext.unknown_qualifier, "2a030405"));
	kit_free(der);
}

/* No statement about a path length is -1, whatever else is there. */
static void
test_no_path_length(void **state)
{
	static const char *const lists[] = { BC_CA, BC("30{}"), KU_CA };
	struct dv_bytes der;
	struct dv_cert c;
	struct dv_at at;
	size_t i;

	(void)state;
	for (i = 0; i <= 3; i++) {
		der = i == 3 ? cert_make(S_EXTENSIONS, "") :
		    cert_make(S_LIST, lists[i]);
		assert_int_equal(dv_cert_parse(der, &c, &at), DV_R_NONE);
		assert_int_equal(c.ext.path_len, -1);
		assert_int_equal(c.ext.ca, i == 0);
		kit_free(der);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_host_characters),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_unknown_qualifier),
		cmocka_unit_test(test_no_path_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
