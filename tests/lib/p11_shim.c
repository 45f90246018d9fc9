/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A PKCS#11 module for tests that stands before a real one and takes something
 * away: mechanisms, objects, an answer at the n-th call. Stands in for devices
 * that have less than SoftHSM2. Never installed. PKCS#11 2.40.
 *   P11_SHIM_MODULE  the real module
 *   P11_SHIM_LOG     a file that gets the name of each call, a line each
 *   P11_SHIM_PIN     what is typed at the keys of the token (pinpad)
 *   P11_SHIM         words, a blank between them:
 *     p256-only          ECDSA on P-256 and nothing else (ATECC608)
 *     no-raw-rsa         no CKM_RSA_X_509 (YubiHSM 2)
 *     no-rsa-pss         no CKM_RSA_PKCS_PSS
 *     no-public-objects  public key objects are not found
 *     no-vouch           nothing is said of where a key comes from
 *     no-set             attributes cannot be changed
 *     raw-point          CKA_EC_POINT without its OCTET STRING
 *     lies               CKA_EC_POINT of another P-256 key
 *     bad-signature      one bit of each signature is turned over
 *     short-signature    each signature lacks its last octet
 *     loose-find         objects are found whatever their label and id
 *     pinpad             the PIN is typed at the token
 *     flags=0x20000      more CKF_ flags of the token
 *     C_Sign:2:0x32      this call fails with that code at the second time
 *     C_Sign:0:0x32      and this one each time
 *     C_Sign:2:kill      the program dies there, as by a power cut
 *     twin               a second pair is made beside each one
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <p11-kit/pkcs11.h>

#define LIST_MAX 1024

static CK_FUNCTION_LIST *real, shim;

/* The generator of P-256 in an OCTET STRING: a good point, nobody's key. */
static const unsigned char other_point[67] = { 0x04, 0x41, 0x04,
	0x6b, 0x17, 0xd1, 0xf2, 0xe1, 0x2c, 0x42, 0x47, 0xf8, 0xbc, 0xe6, 0xe5,
	0x63, 0xa4, 0x40, 0xf2, 0x77, 0x03, 0x7d, 0x81, 0x2d, 0xeb, 0x33, 0xa0,
	0xf4, 0xa1, 0x39, 0x45, 0xd8, 0x98, 0xc2, 0x96,
	0x4f, 0xe3, 0x42, 0xe2, 0xfe, 0x1a, 0x7f, 0x9b, 0x8e, 0xe7, 0xeb, 0x4a,
	0x7c, 0x0f, 0x9e, 0x16, 0x2b, 0xce, 0x33, 0x57, 0x6b, 0x31, 0x5e, 0xce,
	0xcb, 0xb6, 0x40, 0x68, 0x37, 0xbf, 0x51, 0xf5 };

static const unsigned char p256[10] = { 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce,
	0x3d, 0x03, 0x01, 0x07 };

/* ---- what is asked of the shim -------------------------------------------- */

/* The word that begins so in P11_SHIM, or NULL. */
static const char *
word(const char *begin)
{
	const char *at = getenv("P11_SHIM");
	size_t len = strlen(begin);
	while (at != NULL && *at != '\0') {
		if (strncmp(at, begin, len) == 0)
			return at + len;
		at = strchr(at, ' ');
		at = at != NULL ? at + 1 : NULL;
	}
	return NULL;
}

static bool
mode(const char *name)
{
	const char *end = word(name);
	return end != NULL && (*end == '\0' || *end == ' ');
}

/* Notes the call; the code with which it is to fail, or CKR_OK. */
static CK_RV
gate(const char *name, unsigned long *calls)
{
	const char *log = getenv("P11_SHIM_LOG");
	char begin[64], *rest;
	snprintf(begin, sizeof(begin), "%s\n", name);
	int fd = log != NULL ? open(log, O_WRONLY | O_CREAT | O_APPEND |
	    O_CLOEXEC, 0600) : -1;
	if (fd >= 0 && (write(fd, begin, strlen(begin)) < 0 || close(fd) != 0))
		abort();
	(*calls)++;
	snprintf(begin, sizeof(begin), "%s:", name);
	const char *at = word(begin);
	if (at == NULL)
		return CKR_OK;
	unsigned long nth = strtoul(at, &rest, 10);
	if (nth != 0 && nth != *calls)
		return CKR_OK;
	if (strncmp(rest, ":kill", 5) == 0)
		raise(SIGKILL);
	return strtoul(rest + 1, NULL, 0);
}

#define GATE(name)                                                             \
	do {                                                                   \
		static unsigned long calls;                                    \
		CK_RV fails = gate(#name, &calls);                             \
		if (fails != CKR_OK)                                           \
			return fails;                                          \
	} while (0)

/* ---- mechanisms ----------------------------------------------------------- */

static bool
hidden(CK_MECHANISM_TYPE type)
{
	if (mode("p256-only") && type != CKM_ECDSA &&
	    type != CKM_EC_KEY_PAIR_GEN)
		return true;
	return (mode("no-raw-rsa") && type == CKM_RSA_X_509) ||
	    (mode("no-rsa-pss") && type == CKM_RSA_PKCS_PSS);
}

static CK_RV
get_mechanism_list(CK_SLOT_ID slot, CK_MECHANISM_TYPE *list, CK_ULONG *count)
{
	CK_MECHANISM_TYPE all[LIST_MAX];
	CK_ULONG n = LIST_MAX, kept = 0;
	GATE(C_GetMechanismList);
	CK_RV rv = real->C_GetMechanismList(slot, all, &n);
	for (CK_ULONG i = 0; rv == CKR_OK && i < n; i++) {
		if (!hidden(all[i]))
			all[kept++] = all[i];
	}
	if (rv == CKR_OK && list != NULL && *count < kept)
		rv = CKR_BUFFER_TOO_SMALL;
	if (rv == CKR_OK && list != NULL)
		memcpy(list, all, kept * sizeof(*all));
	*count = kept;
	return rv;
}

static CK_RV
sign_init(CK_SESSION_HANDLE session, CK_MECHANISM *mechanism,
    CK_OBJECT_HANDLE key)
{
	GATE(C_SignInit);
	if (hidden(mechanism->mechanism))
		return CKR_MECHANISM_INVALID;
	return real->C_SignInit(session, mechanism, key);
}

static CK_RV
sign(CK_SESSION_HANDLE session, CK_BYTE *data, CK_ULONG data_len, CK_BYTE *sig,
    CK_ULONG *len)
{
	GATE(C_Sign);
	CK_RV rv = real->C_Sign(session, data, data_len, sig, len);
	if (rv == CKR_OK && mode("bad-signature"))
		sig[*len / 2] ^= 1;
	if (rv == CKR_OK && mode("short-signature"))
		(*len)--;
	return rv;
}

/* Never asked for: signatures are verified in software. */
static CK_RV
verify_init(CK_SESSION_HANDLE session, CK_MECHANISM *mechanism,
    CK_OBJECT_HANDLE key)
{
	GATE(C_VerifyInit);
	return real->C_VerifyInit(session, mechanism, key);
}

static CK_RV
generate_key_pair(CK_SESSION_HANDLE session, CK_MECHANISM *mechanism,
    CK_ATTRIBUTE *pub, CK_ULONG pub_count, CK_ATTRIBUTE *priv,
    CK_ULONG priv_count, CK_OBJECT_HANDLE *public, CK_OBJECT_HANDLE *private)
{
	GATE(C_GenerateKeyPair);
	for (CK_ULONG i = 0; mode("p256-only") && i < pub_count; i++) {
		if (pub[i].type == CKA_EC_PARAMS &&
		    (pub[i].ulValueLen != sizeof(p256) ||
		    memcmp(pub[i].pValue, p256, sizeof(p256)) != 0))
			return CKR_CURVE_NOT_SUPPORTED;
	}
	CK_RV rv = real->C_GenerateKeyPair(session, mechanism, pub, pub_count,
	    priv, priv_count, public, private);
	CK_OBJECT_HANDLE a, b;
	if (rv == CKR_OK && mode("twin"))
		rv = real->C_GenerateKeyPair(session, mechanism, pub,
		    pub_count, priv, priv_count, &a, &b);
	return rv;
}

/* ---- objects -------------------------------------------------------------- */

static CK_RV
find_objects_init(CK_SESSION_HANDLE session, CK_ATTRIBUTE *template,
    CK_ULONG count)
{
	static CK_OBJECT_CLASS nothing = CKO_VENDOR_DEFINED;
	CK_ATTRIBUTE own[16];
	CK_ULONG kept = 0;
	GATE(C_FindObjectsInit);
	for (CK_ULONG i = 0; i < count && kept < 16; i++) {
		CK_ATTRIBUTE a = template[i];
		if (mode("loose-find") &&
		    (a.type == CKA_LABEL || a.type == CKA_ID))
			continue;
		if (a.type == CKA_CLASS && mode("no-public-objects") &&
		    *(CK_OBJECT_CLASS *)a.pValue == CKO_PUBLIC_KEY)
			a.pValue = &nothing;
		own[kept++] = a;
	}
	return real->C_FindObjectsInit(session, own, kept);
}

static CK_RV
find_objects(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE *object, CK_ULONG max,
    CK_ULONG *count)
{
	GATE(C_FindObjects);
	return real->C_FindObjects(session, object, max, count);
}

static bool
provenance(CK_ATTRIBUTE_TYPE type)
{
	return type == CKA_LOCAL || type == CKA_NEVER_EXTRACTABLE ||
	    type == CKA_ALWAYS_SENSITIVE;
}

static void
unwrap(CK_ATTRIBUTE *a)
{
	if (a->ulValueLen < 3 || a->ulValueLen == CK_UNAVAILABLE_INFORMATION)
		return;
	a->ulValueLen -= 2;
	if (a->pValue != NULL)
		memmove(a->pValue, (char *)a->pValue + 2, a->ulValueLen);
}

/* Asked for twice: without room for its length, then with room. */
static CK_RV
unwrapped(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE *a)
{
	unsigned char room[256];
	CK_ATTRIBUTE whole = { a->type, room, sizeof(room) };
	CK_RV rv = real->C_GetAttributeValue(session, object, &whole, 1);
	if (rv != CKR_OK) {
		a->ulValueLen = whole.ulValueLen;
		return rv;
	}
	unwrap(&whole);
	if (a->pValue != NULL)
		memcpy(a->pValue, room, whole.ulValueLen);
	a->ulValueLen = whole.ulValueLen;
	return CKR_OK;
}

static CK_RV
get_attribute_value(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object,
    CK_ATTRIBUTE *a, CK_ULONG count)
{
	GATE(C_GetAttributeValue);
	if (count == 1 && provenance(a->type) && mode("no-vouch")) {
		a->ulValueLen = CK_UNAVAILABLE_INFORMATION;
		return CKR_ATTRIBUTE_TYPE_INVALID;
	}
	if (count == 1 && a->type == CKA_EC_POINT && mode("raw-point"))
		return unwrapped(session, object, a);
	CK_RV rv = real->C_GetAttributeValue(session, object, a, count);
	if (rv == CKR_OK && a->type == CKA_EC_POINT && mode("lies") &&
	    a->pValue != NULL && a->ulValueLen == sizeof(other_point))
		memcpy(a->pValue, other_point, sizeof(other_point));
	return rv;
}

static CK_RV
set_attribute_value(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object,
    CK_ATTRIBUTE *a, CK_ULONG count)
{
	GATE(C_SetAttributeValue);
	return mode("no-set") ? CKR_ATTRIBUTE_READ_ONLY :
	    real->C_SetAttributeValue(session, object, a, count);
}

/* ---- tokens and sessions -------------------------------------------------- */

static CK_RV
initialize(void *args)
{
	GATE(C_Initialize);
	return real->C_Initialize(args);
}

static CK_RV
finalize(void *reserved)
{
	GATE(C_Finalize);
	return real->C_Finalize(reserved);
}

static CK_RV
get_slot_list(CK_BBOOL present, CK_SLOT_ID *list, CK_ULONG *count)
{
	GATE(C_GetSlotList);
	return real->C_GetSlotList(present, list, count);
}

static CK_RV
get_token_info(CK_SLOT_ID slot, CK_TOKEN_INFO *info)
{
	const char *flags = word("flags=");
	GATE(C_GetTokenInfo);
	CK_RV rv = real->C_GetTokenInfo(slot, info);
	if (rv == CKR_OK && flags != NULL)
		info->flags |= strtoul(flags, NULL, 0);
	if (rv == CKR_OK && mode("pinpad"))
		info->flags |= CKF_PROTECTED_AUTHENTICATION_PATH;
	return rv;
}

static CK_RV
open_session(CK_SLOT_ID slot, CK_FLAGS flags, void *app, CK_NOTIFY notify,
    CK_SESSION_HANDLE *session)
{
	GATE(C_OpenSession);
	return real->C_OpenSession(slot, flags, app, notify, session);
}

static CK_RV
close_session(CK_SESSION_HANDLE session)
{
	GATE(C_CloseSession);
	return real->C_CloseSession(session);
}

static CK_RV
login(CK_SESSION_HANDLE session, CK_USER_TYPE user, CK_UTF8CHAR *pin,
    CK_ULONG len)
{
	char *typed = getenv("P11_SHIM_PIN");
	GATE(C_Login);
	if (!mode("pinpad"))
		return real->C_Login(session, user, pin, len);
	if (pin != NULL || len != 0 || typed == NULL)
		return CKR_ARGUMENTS_BAD;
	return real->C_Login(session, user, (CK_UTF8CHAR *)typed,
	    strlen(typed));
}

static CK_RV
logout(CK_SESSION_HANDLE session)
{
	GATE(C_Logout);
	return real->C_Logout(session);
}

/* ---- the entry point ------------------------------------------------------ */

static bool
real_load(void)
{
	CK_C_GetFunctionList get;
	const char *path = getenv("P11_SHIM_MODULE");
	void *handle = path != NULL ? dlopen(path, RTLD_NOW | RTLD_LOCAL) :
	    NULL;
	void *symbol = handle != NULL ? dlsym(handle, "C_GetFunctionList") :
	    NULL;
	memcpy(&get, &symbol, sizeof(get));
	return symbol != NULL && get(&real) == CKR_OK;
}

CK_RV
C_GetFunctionList(CK_FUNCTION_LIST **list)
{
	if (real == NULL && !real_load())
		return CKR_GENERAL_ERROR;
	shim = *real;
	shim.C_Initialize = initialize;
	shim.C_Finalize = finalize;
	shim.C_GetFunctionList = C_GetFunctionList;
	shim.C_GetSlotList = get_slot_list;
	shim.C_GetTokenInfo = get_token_info;
	shim.C_GetMechanismList = get_mechanism_list;
	shim.C_OpenSession = open_session;
	shim.C_CloseSession = close_session;
	shim.C_Login = login;
	shim.C_Logout = logout;
	shim.C_GetAttributeValue = get_attribute_value;
	shim.C_SetAttributeValue = set_attribute_value;
	shim.C_FindObjectsInit = find_objects_init;
	shim.C_FindObjects = find_objects;
	shim.C_SignInit = sign_init;
	shim.C_Sign = sign;
	shim.C_VerifyInit = verify_init;
	shim.C_GenerateKeyPair = generate_key_pair;
	*list = &shim;
	return CKR_OK;
}
