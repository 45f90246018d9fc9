# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# For tests with PKCS#11 tokens: SoftHSM2 with its tokens in a directory of the
# test, and the shim that takes something away from it.

# tokens_at DIR: SoftHSM2 keeps its tokens there from now on
tokens_at() {
	mkdir -p "$1/tokens"
	printf 'directories.tokendir = %s\nobjectstore.backend = file\n' \
	    "$1/tokens" >"$1/softhsm2.conf"
	export SOFTHSM2_CONF=$1/softhsm2.conf
	export MODULE=/usr/lib/softhsm/libsofthsm2.so
	# SoftHSM2 2.6.1 leaks what it reads with OpenSSL; a sanitizer looks at ours.
	echo leak:libcrypto.so >"$1/leaks"
	export LSAN_OPTIONS=suppressions=$1/leaks:print_suppressions=0
	local build=${BUILD:-build}
	[[ $build == /* ]] || build=$TOP/$build
	export SHIM=$build/tests/p11_shim.so P11_SHIM_MODULE=$MODULE
}

# token LABEL PIN: a new token
token() {
	softhsm2-util --init-token --free --label "$1" --so-pin 12345678 \
	    --pin "$2" >/dev/null
}

# uri TOKEN OBJECT [MODULE]: a KEYSPEC that says nothing of a PIN
uri() { echo "pkcs11:token=$1;object=$2?module-path=${3:-$MODULE}"; }

# tool TOKEN PIN ARGUMENT...: pkcs11-tool, logged in
tool() {
	local label=$1 pin=$2
	shift 2
	pkcs11-tool --module "$MODULE" --token-label "$label" --login \
	    --pin "$pin" "$@"
}

# object TOKEN PIN HALF LABEL: what pkcs11-tool says of the Public or Private key
object() {
	tool "$1" "$2" -O 2>/dev/null | awk -v half="$3" -v label="$4" '
	function flush() {
		if (text ~ "^" half && text ~ "label: *" label "\n")
			printf "%s", text
		text = ""
	}
	/^[^ ]/ { flush() }
	{ text = text $0 "\n" }
	END { flush() }'
}

# pair TOKEN PIN LABEL ID TYPE [OPTION...]: a key pair that pkcs11-tool makes
pair() {
	local token=$1 pin=$2 label=$3 id=$4 type=$5
	shift 5
	tool "$token" "$pin" --keypairgen --key-type "$type" --label "$label" \
	    --id "$id" --usage-sign "$@" >/dev/null 2>&1
}

# typing TEXT COMMAND...: runs it on a terminal of its own, and types the text
# when it is asked for something
typing() {
	/usr/bin/python3 -c 'import os, pty, sys
pid, tty = pty.fork()
if pid == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
seen, typed = b"", False
while True:
    try:
        more = os.read(tty, 4096)
    except OSError:
        break
    if not more:
        break
    seen += more
    if not typed and seen.endswith(b": "):
        typed = os.write(tty, sys.argv[1].encode() + b"\n") > 0
sys.stdout.buffer.write(seen)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))' "$@"
}

# shim WORDS COMMAND...: as run, with the shim between, its calls in ./calls
shim() {
	local words=$1
	shift
	rm -f calls
	P11_SHIM=$words P11_SHIM_LOG=$PWD/calls run --separate-stderr "$@"
	echo "status $status; $stderr"
}

# calls NAME: how often the module was asked for that
calls() { grep -cx "$1" calls || true; }
