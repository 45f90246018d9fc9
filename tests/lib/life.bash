# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What the suites of the device's life share: a TPM of each test, a CA, the
# steps, and its NV index as the TPM itself shows it.

NV=0x01C90200

life_setup_file() {
	programs_find
	export SHARED=$BATS_FILE_TMPDIR
	cd "$SHARED"
	ca root "/O=Test/CN=Root"
	ca sub "/O=Test/CN=Sub" root
	openssl ecparam -name prime256v1 -genkey -noout -out rma.key
	openssl pkey -in rma.key -pubout -out rma.pub
}

# Each test has its own TPM and state directory: both are left changed.
life_setup() {
	cd "$BATS_TEST_TMPDIR"
	cp "$SHARED"/*.crt "$SHARED"/*.ca.key "$SHARED"/rma.* .
	export D=$BATS_TEST_TMPDIR/dev
	tpm_start "$BATS_TEST_TMPDIR/tpm"
}

# issue CSR OUT [EXTENSION-LINE...]: OUT.pem, a chain, and OUT.der, its first
issue() {
	local csr=$1 out=$2
	shift 2
	leaf "$csr" sub "$out.leaf" "$@"
	cat "$out.leaf" sub.crt root.crt >"$out.pem"
	openssl x509 -in "$out.leaf" -outform DER -out "$out.der"
}

# A device with a key and an issued chain, not installed.
born() {
	devsign key create >/dev/null
	devsign request -n "serialNumber=unit-0042,O=Test" --dir "$D" >/dev/null
	issue "$D/request.pem" given
}

nv_install() { devsign install --dir "$D" --nv --rma-key rma.pub --yes "$@"; }

# nv_policy: what the index must be defined with, computed with the TPM's own
# trial session, in nv.policy
nv_policy() {
	devsign key show | openssl pkey -pubin -outform DER |
	    openssl dgst -sha256 -binary >ref
	{ printf '\0\0\0\0'; cat ref; } | openssl dgst -sha256 -sign rma.key -out rma.sig
	tpm2_loadexternal -Q -C o -G ecc -u rma.pub -c rma.ctx
	tpm2_startauthsession -Q -S trial.ctx
	tpm2_policysigned -Q -S trial.ctx -g sha256 -s rma.sig -f ecdsa \
	    -c rma.ctx -q "$(xxd -p -c 64 ref)"
	tpm2_policycommandcode -Q -S trial.ctx -L nv.policy \
	    TPM2_CC_NV_UndefineSpaceSpecial
	tpm2_flushcontext trial.ctx
	tpm2_flushcontext -t
}

# nv_define SIZE [ATTRIBUTES [POLICY]]: by hand, as an interrupted run leaves it
nv_define() {
	local attributes=${2-ppwrite|ppread|ownerread|authread|platformcreate|writedefine|no_da|policydelete}
	local policy=${3-nv.policy}
	# shellcheck disable=SC2086
	tpm2_nvdefine -Q "$NV" -C p -s "$1" -a "$attributes" ${policy:+-L $policy}
}

nv_attributes() { tpm2_nvreadpublic "$NV" | sed -n 's/^ *friendly: //p' | tail -1; }

# nv_is FILE: locked, and holds exactly this
nv_is() {
	[[ $(nv_attributes) == *writelocked*written* ]] || {
		nv_attributes
		return 1
	}
	tpm2_nvread "$NV" -o nv.out
	cmp nv.out "$1"
}

# stage WANTED: status says so, in valid JSON, which stays in state.json
stage() {
	devsign status -j --dir "$D" >state.json || true
	json_valid "$TOP/docs/status.schema.json" <state.json
	local is
	is=$(jq -r .stage state.json)
	[ "$is" = "$1" ] || {
		cat state.json
		return 1
	}
}

# state EXPRESSION WANTED: of the last stage
state() {
	local is
	is=$(jq -r "$1" state.json)
	[ "$is" = "$2" ] || {
		printf 'wanted %s of %s, got %s\n' "$2" "$1" "$is"
		return 1
	}
}

# json_valid SCHEMA < LINES: every line is an object the schema accepts
json_valid() {
	/usr/bin/python3 -c '
import json, sys, jsonschema
schema = json.load(open(sys.argv[1]))
jsonschema.Draft7Validator.check_schema(schema)
judge = jsonschema.Draft7Validator(schema)
lines = sys.stdin.read().splitlines()
assert lines, "no line"
for line in lines:
    judge.validate(json.loads(line))' "$1"
}
