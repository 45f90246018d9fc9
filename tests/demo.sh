#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The main job from end to end: a CA, a device key in a (software) TPM, three
# signed artefacts, an offline verdict on each, and the refusals. Each command
# is shown as a user would type it. Leaves nothing running and nothing behind.
set -eu

top=$(cd "$(dirname "$0")/.." && pwd)
made=${BUILD:-build}
build=$top/$made
work=$(mktemp -d "${TMPDIR:-/tmp}/devtrust-demo.XXXXXX")
swtpm_pid=
began=$(date +%s)
failures=0
commands=0

stop_tpm() {
	[ -n "$swtpm_pid" ] || return 0
	kill "$swtpm_pid" 2>/dev/null || true
	wait "$swtpm_pid" 2>/dev/null || true
	swtpm_pid=
}

clean_up() {
	stop_tpm
	cd "$top"
	rm -rf "$work"
	# The devverify of the demo trusts the demo's root: do not leave it.
	make -s -C "$top" BUILD="$made" SAN= devverify ANCHORS= >/dev/null
}
trap clean_up EXIT
trap 'exit 130' INT TERM

say() { printf '\n# %s\n' "$*"; }

# typed WORD...: the words as one would type them
typed() {
	local word line='$'
	for word; do
		case $word in
		'') break ;;
		'|') line="$line |" ;;
		*[!a-zA-Z0-9_.,/:=+-]*) line="$line \"$word\"" ;;
		*) line="$line $word" ;;
		esac
	done
	printf '%s\n' "$line"
}

# run WANTED-STATUS COMMAND...: shows the command and its output, checks status
run() {
	local wanted=$1 status=0
	shift
	commands=$((commands + 1))
	typed "$@" "${filter[@]}"
	"$@" 2>&1 | sed "s|$work|.|g" | "${filter[@]:1}" || status=${PIPESTATUS[0]}
	if [ "$status" -ne "$wanted" ]; then
		printf 'UNEXPECTED exit status %s, wanted %s\n' "$status" "$wanted"
		failures=$((failures + 1))
	elif [ "$status" -ne 0 ]; then
		printf '(exit status %s)\n' "$status"
	fi
}
# What the output goes through, as it is typed; its first word is the pipe.
everything=('' cat)
filter=("${everything[@]}")
set -o pipefail

offline=()
if unshare -n true 2>/dev/null; then
	offline=(unshare -n)
elif unshare -rn true 2>/dev/null; then
	offline=(unshare -rn)
fi

# flip FILE OFFSET: changes one byte
flip() {
	local byte
	byte=$(od -An -tu1 -j "$2" -N 1 "$1")
	printf '%b' "\\x$(printf '%02x' $((byte ^ 1)))" |
	    dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

start_tpm() {
	mkdir "$work/tpm"
	printf '$ swtpm socket --tpm2 --server type=unixio,path=tpm.sock ... &\n'
	swtpm socket --tpm2 --tpmstate dir="$work/tpm" \
	    --server type=unixio,path="$work/tpm.sock" \
	    --ctrl type=unixio,path="$work/tpm.sock.ctrl" \
	    --flags not-need-init,startup-clear >/dev/null 2>&1 &
	swtpm_pid=$!
	local tries=100
	while [ "$tries" -gt 0 ]; do
		[ -S "$work/tpm.sock" ] && return 0
		sleep 0.05
		tries=$((tries - 1))
	done
	echo "swtpm did not start" >&2
	exit 3
}

# The smallest module there is: magic, version, one custom section.
make_wasm() { printf '\0asm\1\0\0\0\0\6\4demo1' > "$1"; }

umask 077
cd "$work"
PATH=$build:$PATH
export DEVSIGN_TCTI=swtpm:path=$work/tpm.sock
head -c 18 /dev/urandom | base64 > root.pass
head -c 18 /dev/urandom | base64 > factory.pass

say "A private CA: an offline root and a factory intermediate"
run 0 pki-init root -d root -n "CN=Demo Root,O=Example" \
    --passphrase-file root.pass
run 0 pki-init intermediate -d factory --issuer root \
    -n "CN=Demo Factory,O=Example" --issuer-passphrase-file root.pass \
    --passphrase-file factory.pass
run 0 pki-init anchors -d root -o anchors.c
printf '$ make devverify ANCHORS=anchors.c\n'
make -s -C "$top" BUILD="$made" SAN= devverify ANCHORS="$work/anchors.c"

say "A device: its key is born in the TPM, the CA certifies it"
start_tpm
run 0 devsign key create -k tpm:0x81020000
run 0 devsign request -k tpm:0x81020000 \
    -n "serialNumber=unit-0042,O=Example" -o unit.csr
run 0 pki-issue device -d factory -p idevid --passphrase-file factory.pass \
    -o unit.pem unit.csr
run 0 devsign install -k tpm:0x81020000 -o chain.pem unit.pem
printf '$ grep -rl "PRIVATE KEY" .        # the CA keys, none of the device\n'
grep -rl "PRIVATE KEY" . | sort

say "Sign: the verifier itself, a WebAssembly module, a file over 4 GiB"
make_wasm hello.wasm
truncate -s 4294967299 disk.img
printf 'end' | dd of=disk.img bs=1 seek=4294967296 conv=notrunc status=none
cp "$build/devverify" .
run 0 devsign sign -c chain.pem devverify hello.wasm disk.img

say "Verify: no network, no configuration, the root compiled in"
run 0 ${offline[@]+"${offline[@]}"} devverify file devverify
filter=('|' grep ACCEPTED)
run 0 ${offline[@]+"${offline[@]}"} devverify file hello.wasm disk.img

say "What must be refused"
filter=('|' head -n 3)
cp hello.wasm changed.wasm
flip changed.wasm 9
run 1 devverify file -s hello.wasm.cose changed.wasm
cp hello.wasm.cose bad.cose
flip bad.cose $(($(stat -c %s bad.cose) - 40))
run 1 devverify file -s bad.cose hello.wasm
run 1 devverify file -t 2020-01-01T00:00:00Z hello.wasm

# impostor DIR SUBJECT: a whole other CA certifies the same device
impostor() {
	pki-init root -d "$1-root" -n "CN=$2 Root,O=Example" --no-passphrase
	pki-init intermediate -d "$1" --issuer "$1-root" \
	    -n "CN=$2 Factory,O=Example" --no-passphrase
	pki-issue device -d "$1" -p idevid -o "$1.pem" unit.csr
	devsign sign -c "$1.pem" -o "$1.cose" hello.wasm
}
printf '# a device of another CA, honestly named:\n'
impostor other Other >/dev/null
run 1 devverify file -s other.cose hello.wasm
printf '# an intermediate that bears the right names but another root issued:\n'
impostor forged Demo >/dev/null
run 1 devverify file -s forged.cose hello.wasm

printf '# a certificate that ends too early, asked about in ten years:\n'
{
	devsign key create -k file:bench.key --no-passphrase
	devsign request -k file:bench.key -n "CN=bench" -o bench.csr
	pki-issue device -d factory -p code-signing --not-after \
	    "$(date -u -d '+2 years' +%Y-%m-%dT%H:%M:%SZ)" \
	    --passphrase-file factory.pass -o bench.pem bench.csr
	devsign sign -k file:bench.key -c bench.pem -o bench.cose hello.wasm
} >/dev/null
run 1 devverify file -t "$(date -u -d '+10 years' +%Y-%m-%dT00:00:00Z)" \
    -s bench.cose hello.wasm

printf '# the TPM is gone:\n'
filter=("${everything[@]}")
stop_tpm
rm -f tpm.sock tpm.sock.ctrl
run 3 devsign sign -c chain.pem -o again.cose hello.wasm

printf '\n%s commands, %s unexpected; devverify: %s bytes; %s seconds\n' \
    "$commands" "$failures" "$(stat -c %s "$build/devverify")" \
    "$(($(date +%s) - began))"
[ "$failures" -eq 0 ]
