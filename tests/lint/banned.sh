#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Words that may not stand in code: unsafe functions, and what belongs to one
# layer or one file only.  Comments and strings do not count.
. "$(dirname "$0")/lib.sh"
code=$(mktemp -d)
trap 'rm -rf "$code"' EXIT
c_and_h_files include verify sign pki-tools tests | python3 tests/lint/strip.py "$code"

# ban WHY PATTERN WHERE...
ban() {
	why=$1
	pattern=$2
	shift 2
	hits=$(cd "$code" && grep -rnE "$pattern" "$@" 2>/dev/null) || return 0
	broken "$why:"
	printf '%s\n' "$hits" | sed 's/^/  /'
}

word() { printf '(^|[^A-Za-z0-9_.>])(%s)[[:space:]]*\\(' "$1"; }
ban 'banned function' "$(word 'strcpy|strcat|sprintf|vsprintf|gets|strtok|atoi|atol|atof|system|popen|alloca|rand|srand|random|mktemp|tmpnam|tempnam|cbor_load|setjmp|longjmp')" \
    include verify sign pki-tools
ban 'the environment is no input, but for the address of the TPM' \
    "$(word 'getenv|secure_getenv|setenv|putenv')" --exclude='*tpm.c' \
    include verify sign pki-tools
ban 'what time it is, verify/host/when.c says' \
    "$(word 'time|gettimeofday|localtime|gmtime')|CLOCK_REALTIME" \
    --exclude=when.c include verify sign pki-tools
ban 'goto in the core' '(^|[^A-Za-z0-9_])goto[[:space:]]' --exclude-dir=host \
    include verify
ban 'copying in the core belongs in verify/bytes.h' "$(word 'memcpy|memmove')" \
    --exclude-dir=host --exclude='bytes.[ch]' --exclude='crypto_wolf*.c' verify
ban 'heap or files in the core' "$(word 'malloc|calloc|realloc|free|printf|fopen|open|read')" \
    --exclude-dir=host --exclude='cmd_*' --exclude='devverify.*' verify
ban '// comments' '//' .
inc='#[[:space:]]*include[[:space:]]*[<"]'
ban 'wolfSSL belongs to crypto_wolf*.c' "${inc}wolfssl/" --exclude='crypto_wolf*.c' \
    include verify sign pki-tools
ban 'libcbor belongs to sign/cbor_write.c' "${inc}cbor/" --exclude=cbor_write.c \
    --exclude-dir=libcbor include verify sign pki-tools
ban 'tpm2-tss belongs to sign/tpm*.c' "${inc}tss2/" --exclude='tpm*.[ch]' \
    include verify sign pki-tools
ban 'PKCS#11 belongs to sign/p11*.c and sign/key_pkcs11.c' "${inc}p11-kit/" \
    --exclude='p11*.[ch]' --exclude='key_pkcs11*.c' include verify sign pki-tools
ban 'modules are loaded by sign/p11_module.c alone' "$(word 'dlopen|dlmopen')" \
    --exclude=p11_module.c include verify sign pki-tools
ban 'SQLite belongs to pki-tools/ledger*.c' "${inc}(sqlite3|ledger_db)" \
    --exclude='ledger*.[ch]' include verify sign pki-tools
ban 'libinih belongs to pki-tools/profiles_ini.c' "${inc}ini\.h" \
    --exclude=profiles_ini.c include verify sign pki-tools
ban 'GMP belongs to pki-tools/factor*.c' "${inc}gmp\.h" --exclude='factor*.c' \
    include verify sign pki-tools
ban 'verify/ may not include sign/ or pki-tools/' "${inc}(ds_|pki_)" verify
ban 'sign/ may not include pki-tools/' "${inc}pki_" sign
exit $status
