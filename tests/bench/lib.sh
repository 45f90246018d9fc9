# shellcheck shell=sh
# SPDX-License-Identifier: GPL-3.0-or-later
# For the benches: where things are, a directory that goes with them, a CA with
# one signer, and their tools.  Leaves the caller in $work; $rows is where rows go.

cd "$(dirname "$0")/../.." || exit 1
top=$PWD
BUILD=$(realpath "${BUILD:-build}")
rows=$BUILD/bench.rows
work=$(mktemp -d "${TMPDIR:-/tmp}/devtrust-bench.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' HUP INT TERM
export PATH="$BUILD:$PATH"
umask 077
cd "$work" || exit 1

# Prints what it says only when it fails.
quietly() { "$@" >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }; }

# tool NAME CC FLAGS...: compiles tests/bench/NAME.c
tool() {
	name=$1
	cc=$2
	shift 2
	"$cc" -std=c11 -O2 -Wall -Wextra -D_GNU_SOURCE "$@" -o "$work/$name" \
	    "$top/tests/bench/$name.c"
}

# row NAME VALUE UNIT [PEER RATIO] [GOAL]; paired RAW NAME UNIT OURS PEER [GOAL]
row() { "$top/tests/bench/rows.py" add "$rows" "$@"; }
paired() {
	raw=$1
	shift
	"$top/tests/bench/rows.py" paired "$rows" "$raw" "$@"
}

# A root, an intermediate and leaf.key with leaf.pem for signing, all P-256.
chain_of_three() {
	quietly pki-init root -d root -n 'CN=Bench Root,O=Bench' \
	    --key-type p256 --no-passphrase
	quietly pki-init intermediate -d factory --issuer root \
	    -n 'CN=Bench Factory,O=Bench' --no-passphrase
	quietly pki-init anchors -d root -o anchors.c
	quietly devsign key create -k file:leaf.key --no-passphrase
	quietly devsign request -k file:leaf.key -n 'CN=bench' -o leaf.csr
	quietly pki-issue device -d factory -p code-signing -o leaf.pem leaf.csr
	openssl x509 -in leaf.pem -out leaf-only.pem
}

# The same three for rauc, which wants a signer of mail: rauc.key, rauc.pem.
rauc_signer() {
	quietly openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 \
	    -nodes -keyout rauc.key -subj /O=Bench/CN=rauc -out rauc.csr
	printf '%s\n' subjectKeyIdentifier=hash authorityKeyIdentifier=keyid \
	    keyUsage=critical,digitalSignature \
	    extendedKeyUsage=emailProtection >rauc.ext
	quietly openssl x509 -req -in rauc.csr -CA factory/ca.crt \
	    -CAkey factory/ca.key -days 365 -extfile rauc.ext -out rauc.pem
}

# rauc_bundle FILE OUT: a bundle of that file, not compressed
rauc_bundle() {
	rm -rf content
	mkdir content
	ln "$1" content/image.img
	printf '%s\n' '[update]' 'compatible=bench' 'version=1' \
	    '[image.rootfs]' 'filename=image.img' >content/manifest.raucm
	rm -f "$2"
	quietly rauc bundle --cert=rauc.pem --key=rauc.key \
	    --intermediate=factory/ca.crt --keyring=root/ca.crt \
	    --mksquashfs-args='-noI -noD -noF -noX' content "$2"
}
