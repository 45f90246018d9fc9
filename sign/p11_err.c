/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the return codes of PKCS#11 modules mean and what to do about them: one
 * table. The code itself is always shown too. PKCS#11 2.40 5.1.
 */
#include "p11.h"

static const char pin_hint[] = "it was tried once and is not tried again; a "
    "token locks after a few wrong PINs";
static const char locked_hint[] = "the security officer of the token sets a "
    "new PIN, as with `pkcs11-tool --login --login-type so --init-pin`";
static const char device_hint[] = "is the token plugged in, switched on and "
    "reachable? Then try again";
static const char maker_hint[] = "the module's own log may say more; "
    "`pkcs11-tool --module PATH -T` shows the state of the token";
static const char busy_hint[] = "close other programs that use the token, and "
    "try again";
static const char type_hint[] = "what it can do shows `pkcs11-tool --module "
    "PATH -M`; choose another --key-type";
static const char full_hint[] = "`pkcs11-tool --module PATH --login -O` shows "
    "what is in the token";
static const char sign_hint[] = "make a key for signing, or name another one";

#define ROW(code) code, #code

static const struct meaning {
	CK_RV code;
	const char *name, *means, *hint;
} table[] = {
	{ ROW(CKR_HOST_MEMORY), "the module ran out of memory", "" },
	{ ROW(CKR_SLOT_ID_INVALID), "the slot is not there any more",
	    device_hint },
	{ ROW(CKR_GENERAL_ERROR), "the module gave up", maker_hint },
	{ ROW(CKR_FUNCTION_FAILED), "the module could not do it", maker_hint },
	{ ROW(CKR_ARGUMENTS_BAD), "the module does not take this request",
	    maker_hint },
	{ ROW(CKR_ATTRIBUTE_READ_ONLY), "the token does not let this be set",
	    maker_hint },
	{ ROW(CKR_ATTRIBUTE_TYPE_INVALID), "the token does not know a property "
	    "that a key needs", type_hint },
	{ ROW(CKR_ATTRIBUTE_VALUE_INVALID), "the token cannot make such a key",
	    type_hint },
	{ ROW(CKR_ACTION_PROHIBITED), "the token's rules forbid it",
	    maker_hint },
	{ ROW(CKR_DATA_INVALID), "the token does not sign such data",
	    sign_hint },
	{ ROW(CKR_DATA_LEN_RANGE), "the token does not sign data of this size",
	    sign_hint },
	{ ROW(CKR_DEVICE_ERROR), "the token has failed", device_hint },
	{ ROW(CKR_DEVICE_MEMORY), "the token is full", full_hint },
	{ ROW(CKR_DEVICE_REMOVED), "the token was removed", device_hint },
	{ ROW(CKR_FUNCTION_CANCELED), "it was cancelled at the token",
	    "try again" },
	{ ROW(CKR_FUNCTION_NOT_SUPPORTED), "the module cannot do this",
	    type_hint },
	{ ROW(CKR_KEY_HANDLE_INVALID), "the key is not there any more",
	    "was it deleted meanwhile?" },
	{ ROW(CKR_KEY_SIZE_RANGE), "the token has no keys of this size",
	    type_hint },
	{ ROW(CKR_KEY_TYPE_INCONSISTENT), "the key is of another type",
	    sign_hint },
	{ ROW(CKR_KEY_FUNCTION_NOT_PERMITTED), "the key is not for signing",
	    sign_hint },
	{ ROW(CKR_MECHANISM_INVALID), "the token does not have this mechanism",
	    type_hint },
	{ ROW(CKR_MECHANISM_PARAM_INVALID), "the token does not take these "
	    "parameters", type_hint },
	{ ROW(CKR_OBJECT_HANDLE_INVALID), "the object is not there any more",
	    "was it deleted meanwhile?" },
	{ ROW(CKR_OPERATION_ACTIVE), "the token is in the middle of another "
	    "operation", busy_hint },
	{ ROW(CKR_PIN_INCORRECT), "the PIN is wrong", pin_hint },
	{ ROW(CKR_PIN_INVALID), "the PIN holds characters that the token does "
	    "not take", pin_hint },
	{ ROW(CKR_PIN_LEN_RANGE), "the PIN is too short or too long for the "
	    "token", pin_hint },
	{ ROW(CKR_PIN_EXPIRED), "the PIN has expired", "set a new one, as with "
	    "`pkcs11-tool --login --change-pin`" },
	{ ROW(CKR_PIN_LOCKED), "the PIN is locked after too many wrong ones",
	    locked_hint },
	{ ROW(CKR_SESSION_CLOSED), "the token has ended the session",
	    device_hint },
	{ ROW(CKR_SESSION_COUNT), "the token has no session free", busy_hint },
	{ ROW(CKR_SESSION_HANDLE_INVALID), "the token has ended the session",
	    device_hint },
	{ ROW(CKR_SESSION_READ_ONLY), "the session may not change the token",
	    maker_hint },
	{ ROW(CKR_SESSION_READ_WRITE_SO_EXISTS), "the security officer is "
	    "logged in", busy_hint },
	{ ROW(CKR_TEMPLATE_INCOMPLETE), "the token wants to know more about "
	    "the key", maker_hint },
	{ ROW(CKR_TEMPLATE_INCONSISTENT), "the token cannot make such a key",
	    type_hint },
	{ ROW(CKR_TOKEN_NOT_PRESENT), "the token is not there", device_hint },
	{ ROW(CKR_TOKEN_NOT_RECOGNIZED), "the token is of a kind that the "
	    "module does not know", "is module-path that of its maker?" },
	{ ROW(CKR_TOKEN_WRITE_PROTECTED), "the token is write-protected",
	    "switch the protection off while keys are made" },
	{ ROW(CKR_USER_NOT_LOGGED_IN), "the token wants the PIN for this",
	    "give it by pin-source= or --passphrase-file" },
	{ ROW(CKR_USER_PIN_NOT_INITIALIZED), "the token has no user PIN yet",
	    locked_hint },
	{ ROW(CKR_USER_ANOTHER_ALREADY_LOGGED_IN), "another user is logged in",
	    busy_hint },
	{ ROW(CKR_USER_TYPE_INVALID), "the token has no such user",
	    maker_hint },
	{ ROW(CKR_USER_TOO_MANY_TYPES), "other users are logged in",
	    busy_hint },
	{ ROW(CKR_RANDOM_NO_RNG), "the token makes no random numbers, so no "
	    "keys", type_hint },
	{ ROW(CKR_DOMAIN_PARAMS_INVALID), "the token does not have this curve",
	    type_hint },
	{ ROW(CKR_CURVE_NOT_SUPPORTED), "the token does not have this curve",
	    type_hint },
	{ ROW(CKR_BUFFER_TOO_SMALL), "the token answers with more than fits",
	    maker_hint },
	{ ROW(CKR_CRYPTOKI_NOT_INITIALIZED), "the module was closed by another "
	    "part of this program", "" },
	{ ROW(CKR_PIN_TOO_WEAK), "the PIN is too weak for the token",
	    "set a new one" },
	{ ROW(CKR_FIPS_SELF_TEST_FAILED), "the token fails its own tests",
	    device_hint },
	{ ROW(CKR_FUNCTION_REJECTED), "it was refused at the token",
	    "confirm it there" },
};

enum dv_exit
ds_p11_fail(struct dv_err *err, const char *where, const char *doing, CK_RV rv)
{
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		const struct meaning *m = &table[i];
		if (m->code != rv)
			continue;
		enum dv_exit ret = dv_fail(err, DV_EXIT_NONE,
		    "%s: %s: %s (PKCS#11 0x%lx %s)", where, doing, m->means,
		    rv, m->name);
		return dv_hint(err, ret, "%s", m->hint);
	}
	enum dv_exit ret = dv_fail(err, DV_EXIT_NONE, "%s: %s failed (PKCS#11 "
	    "0x%lx%s)", where, doing, rv,
	    rv >= CKR_VENDOR_DEFINED ? ", a code of the maker" : "");
	return dv_hint(err, ret, "%s", maker_hint);
}
