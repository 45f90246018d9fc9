#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The life of a device, step by step: each again, each from every state that a
# power cut leaves (docs/LIFECYCLE.md), and each that must be refused.

bats_require_minimum_version 1.5.0
load ../lib/devsign.bash
load ../lib/life.bash

setup_file() { life_setup_file; }
setup() { life_setup; }
teardown() { tpm_stop "$BATS_TEST_TMPDIR/tpm"; }

# ---- the whole road ----------------------------------------------------------

@test "create, request, install, lock, sign: each again changes nothing" {
	for _ in 1 2; do devsign key create >/dev/null; done
	for _ in 1 2; do
		devsign request -n "serialNumber=unit-0042,O=Test" --dir "$D"
	done
	openssl req -in "$D/request.pem" -noout -verify
	issue "$D/request.pem" given
	for _ in 1 2; do nv_install given.pem; done
	[ ! -e "$D/request.pem" ]
	nv_is given.der
	cmp "$D/idevid.pem" "$D/chain.pem"
	for turn in 1 2; do
		devsign lock --level platform --dir "$D"
		cp "$D/owner.auth" "auth.$turn"
	done
	cmp auth.1 auth.2
	echo artefact >file.bin
	devsign sign --dir "$D" file.bin
	devverify-lab file -a root.crt file.bin
	[ "$(tpm2_getcap handles-persistent | wc -l)" -eq 1 ]
	[ -z "$(tpm2_getcap handles-transient)$(tpm2_getcap handles-loaded-session)" ]
}

@test "the directory can be read by others, secrets cannot" {
	umask 022
	born
	nv_install given.pem
	devsign lock --level owner --dir "$D"
	[ "$(stat -c %a "$D")" = 755 ]
	[ "$(cd "$D" && stat -c '%n %a' ./* | sort | tr '\n' ' ')" = \
	    "./chain.pem 644 ./device 644 ./idevid.pem 644 ./lock 600 ./owner.auth 600 " ]
}

@test "two provisioners at once: one result" {
	born
	nv_install given.pem >one 2>&1 &
	first=$!
	nv_install given.pem >two 2>&1 &
	wait $first
	wait $!
	nv_is given.der
	grep -q 'locked there already' one two
}

@test "another devsign at work: waited for, and said when it does not end" {
	born
	mkdir -p "$D"
	flock "$D/lock" sleep 2 &
	nv_install given.pem
	nv_is given.der
	wait
}

# ---- the certificate in the TPM ----------------------------------------------

@test "the index is what the notes demand: platform, write once, maker's policy" {
	born
	nv_install given.pem
	run -0 nv_attributes
	[ "$(tr '|' '\n' <<<"$output" | sort | tr '\n' ' ')" = "authread no_da ownerread platformcreate policydelete ppread ppwrite writedefine writelocked written " ]
	nv_policy
	[[ $(tpm2_nvreadpublic "$NV") == *"authorization policy: $(xxd -p -c 64 nv.policy | tr a-f A-F)"* ]]
	run ! tpm2_nvundefine -Q "$NV" -C o
	run ! tpm2_nvundefine -Q "$NV" -C p
	run ! tpm2_nvwrite -Q "$NV" -C p -i given.der
	tpm2_clear -Q -c p
	nv_is given.der
}

@test "what cannot be undone needs --yes, and nothing is done without" {
	born
	fails 2 "where only the holder of the RMA key can ever delete it; nothing was done" \
	    devsign install --dir "$D" --nv --rma-key rma.pub given.pem </dev/null
	fails 2 "where nobody can ever change or delete it; nothing was done" \
	    devsign install --dir "$D" --nv --no-rma given.pem </dev/null
	fails 2 "needs one of --rma-key and --no-rma" \
	    devsign install --dir "$D" --nv --yes given.pem
	fails 2 "needs one of" \
	    devsign install --dir "$D" --nv --no-rma --rma-key rma.pub given.pem
	fails 2 "are for --nv" devsign install --dir "$D" --no-rma given.pem
	fails 2 "do not go together" \
	    devsign install -o x.pem --nv --no-rma given.pem
	[ ! -e "$D/chain.pem" ]
	run ! tpm2_nvreadpublic "$NV"
	[ -z "$(tpm2_getcap handles-nv-index)" ]
}

@test "on a terminal a typed yes is enough, anything else is not" {
	born
	command="devsign install --dir $D --nv --no-rma given.pem"
	run -2 script -qec "$command" /dev/null <<<no
	[[ $output == *"Type yes to go on"*"nothing was done"* ]]
	run -0 script -qec "$command" /dev/null <<<yes
	nv_is given.der
}

@test "--no-rma: nobody can delete it" {
	born
	devsign install --dir "$D" --nv --no-rma --yes given.pem
	stage locked
	state .nv.deletable_by nobody
	nv_policy
	fails 3 "its policy does not permit that (TPM 0x99d TPM_RC_POLICY_FAIL)" \
	    devsign retire --dir "$D" --yes --rma-key rma.pub \
	    --rma-signature rma.sig
	[[ $stderr == *"or may never be deleted"* ]]
	nv_is given.der
	[ -e "$D/chain.pem" ]
}

@test "a key in a file has no place in NV; an RMA key must be P-256" {
	devsign key create -k file:k.pem --no-passphrase >/dev/null
	fails 2 "--nv is for the identity whose key is at a handle" devsign install \
	    -k file:k.pem --dir "$D" --nv --no-rma --yes root.crt
	born
	openssl ecparam -name secp384r1 -genkey -noout -out p384.key
	openssl pkey -in p384.key -pubout -out p384.pub
	fails 2 "p384.pub: the RMA key is a P-384 key, wanted P-256" devsign \
	    install --dir "$D" --nv --rma-key p384.pub --yes given.pem
	fails 3 "PUBLIC KEY" devsign install --dir "$D" --nv --rma-key rma.key \
	    --yes given.pem
}

# ---- states that a power cut leaves: notes row by row -------------------------

@test "row: no key at the handle, all else done: the same key comes back" {
	born
	nv_install given.pem
	before=$(tpm2_readpublic -c 0x81020000)
	tpm2_evictcontrol -Q -C o -c 0x81020000
	stage broken
	state .next "devsign key create"
	devsign key create
	[ "$(tpm2_readpublic -c 0x81020000)" = "$before" ]
	stage locked
}

@test "row: key there, no request: the request comes again, for the same key" {
	born
	openssl req -in "$D/request.pem" -noout -pubkey >before
	rm "$D/request.pem"
	stage key-made
	devsign request -n "serialNumber=unit-0042,O=Test" --dir "$D"
	openssl req -in "$D/request.pem" -noout -pubkey | cmp - before
	stage requested
}

@test "row: NV absent, chain installed: defined, written, locked" {
	born
	devsign install --dir "$D" given.pem
	stage installed
	state .nv.state absent
	nv_install "$D/idevid.pem"
	nv_is given.der
}

@test "row: NV defined, not written, size equal: written and locked" {
	born
	nv_policy
	nv_define "$(stat -c %s given.der)"
	devsign install --dir "$D" given.pem
	stage installed
	state .nv.state defined
	state .next "devsign install --nv, as before --dir $D"
	nv_install given.pem
	nv_is given.der
}

@test "row: NV defined with another size: defined anew when that may be" {
	born
	nv_define 99 'ppwrite|ppread|ownerread|authread|platformcreate|writedefine|no_da' ''
	nv_install given.pem
	nv_is given.der
	stage locked
	state .nv.deletable_by maker
}

@test "row: NV defined with another size, under its policy: no, nothing changed" {
	born
	nv_policy
	nv_define 99
	fails 1 "only its own policy deletes it" nv_install given.pem
	[ ! -e "$D/chain.pem" ]
	[[ $(tpm2_nvreadpublic "$NV") == *"size: 99"* ]]
	devsign retire --dir "$D" --yes --rma-key rma.pub --rma-signature rma.sig
	nv_install given.pem
	nv_is given.der
}

@test "row: NV defined for another RMA key: no" {
	born
	openssl rand 32 >other.policy
	nv_define "$(stat -c %s given.der)" "ppwrite|ppread|ownerread|authread|platformcreate|writedefine|no_da|policydelete" other.policy
	fails 1 "for another RMA key" nv_install given.pem
	[[ $(nv_attributes) != *written* ]]
}

@test "row: NV written, unlocked, equal: locked" {
	born
	nv_policy
	nv_define "$(stat -c %s given.der)"
	tpm2_nvwrite -Q "$NV" -C p -i given.der
	devsign install --dir "$D" given.pem
	stage installed
	state .nv.state written
	state .nv.holds certificate
	nv_install given.pem
	nv_is given.der
}

@test "row: NV written, unlocked, other: stop; --overwrite goes on" {
	born
	nv_policy
	nv_define "$(stat -c %s given.der)"
	head -c "$(stat -c %s given.der)" /dev/urandom >other.der
	tpm2_nvwrite -Q "$NV" -C p -i other.der
	fails 1 "it holds something else, which is not locked" nv_install given.pem
	[ ! -e "$D/chain.pem" ]
	tpm2_nvread "$NV" -o now
	cmp now other.der
	nv_install --overwrite given.pem
	nv_is given.der
}

@test "row: NV written up to its first part: written whole" {
	devsign key create >/dev/null
	devsign request -n "serialNumber=unit-0042,O=Test" --dir "$D"
	issue "$D/request.pem" given 'keyUsage = critical, digitalSignature' \
	    "nsComment = $(printf '%01200d' 7)"
	size=$(stat -c %s given.der)
	[ "$size" -gt 1024 ]
	nv_policy
	nv_define "$size"
	head -c 1024 given.der >part
	tpm2_nvwrite -Q "$NV" -C p -i part
	nv_install given.pem
	nv_is given.der
}

@test "row: NV locked, equal: done; no --yes is needed to see that" {
	born
	nv_install given.pem
	run -0 devsign install --dir "$D" --nv --no-rma given.pem </dev/null
	[[ $output == *"locked there already"* ]]
}

@test "row: NV locked, other: another generation; the file chain is replaced without --nv" {
	born
	nv_install given.pem
	cp "$D/chain.pem" before
	devsign request -n "serialNumber=unit-0042,O=Test" --dir "$D"
	DAYS=20 issue "$D/request.pem" next
	fails 1 "the certificate of another generation is locked there" \
	    nv_install next.pem
	fails 1 "another generation" nv_install --overwrite next.pem
	cmp "$D/chain.pem" before
	devsign install --dir "$D" next.pem
	cmp "$D/chain.pem" next.pem
	nv_is given.der
	stage installed
	state .nv.holds other
}

@test "NV of others: an owner's index is left alone" {
	born
	tpm2_nvdefine -Q "$NV" -C o -s 16 -a 'ownerwrite|ownerread|authread|no_da'
	fails 1 "the owner of the TPM defined it for something else" \
	    nv_install given.pem
	[[ $(nv_attributes) == *ownerwrite* ]]
}

@test "no room in the TPM: how much, and what is there can be listed" {
	born
	index=$((0x01800001))
	while tpm2_nvdefine -Q "$index" -C o -s 2048 -a 'ownerwrite|ownerread' 2>/dev/null; do
		index=$((index + 1))
	done
	while tpm2_nvdefine -Q "$index" -C o -s 256 -a 'ownerwrite|ownerread' 2>/dev/null; do
		index=$((index + 1))
	done
	fails 3 "NV 0x01c90200: defining it: the TPM has no room for the certificate (TPM 0x14b TPM_RC_NV_SPACE)" \
	    nv_install given.pem
	[[ $stderr == *handles-nv-index* ]]
	tpm2_nvundefine -Q 0x01800001 -C o
	nv_install given.pem
	nv_is given.der
}

@test "a certificate too long for the TPM is told before anything is defined" {
	devsign key create >/dev/null
	devsign request -n "serialNumber=unit-0042,O=Test" --dir "$D"
	issue "$D/request.pem" given 'keyUsage = critical, digitalSignature' \
	    "nsComment = $(printf '%02500d' 7)"
	fails 3 "and this TPM keeps 2048 in one index" nv_install given.pem
	[ -z "$(tpm2_getcap handles-nv-index)" ]
	[ ! -e "$D/chain.pem" ]
}

@test "platform hierarchy closed or with a password: what to do" {
	born
	tpm2_hierarchycontrol -Q -C p phEnable clear
	fails 3 "the platform hierarchy is closed (TPM 0x185 TPM_RC_HIERARCHY)" \
	    nv_install given.pem
	[[ $stderr == *"restart and run this before"* ]]
	tpm_stop "$PWD/tpm"
	sleep 0.2
	tpm_start "$PWD/tpm"
	tpm2_changeauth -Q -c platform secret
	fails 3 "the platform hierarchy has a password" nv_install given.pem
}

# ---- locks -------------------------------------------------------------------

bits() { tpm2_getcap properties-variable | sed -n "s/^ *$1: *//p"; }

# ---- the session is pinned to the TPM that was there at the factory ---------

# srk TEMPLATE-OPTION...: a storage key of the owner at its usual handle
srk() {
	tpm2_createprimary -Q -C o "$@" -c srk.ctx
	tpm2_evictcontrol -Q -C o -c srk.ctx 0x81000001
	tpm2_flushcontext -t
}

@test "another key in place of the one that salted sessions: nothing is signed" {
	srk -G ecc
	born
	devsign install --dir "$D" given.pem
	grep -qx 'salt-key = 000b[0-9a-f]\{64\}' "$D/device"
	grep -qx 'template = devid-p256-v1' "$D/device"
	echo x >f
	devsign sign --dir "$D" f
	tpm2_evictcontrol -Q -C o -c 0x81000001
	srk -G rsa
	fails 1 "none of this TPM's keys is the one recorded" \
	    devsign sign --dir "$D" --force f
	devsign install --dir "$D" given.pem
	devsign sign --dir "$D" --force f
}

@test "lock: the owner's password does not cross the bus in clear" {
	born
	printf 'an-owner-password' >o
	TCTI_PCAP_FILE=bus DEVSIGN_TCTI=pcap:$DEVSIGN_TCTI devsign lock \
	    --dir "$D" --level owner --owner-passphrase-file "$PWD/o"
	[ -s bus ]
	grep -q -a an-owner-password o
	run ! grep -q -a an-owner-password bus
	tpm2_changeauth -Q -c owner -p an-owner-password another
}

@test "lock --level owner: what the TPM then says" {
	devsign key create >/dev/null
	run -0 devsign lock --level owner --dir "$D"
	[[ $output == *"owner password:      set"*"TPM2_Clear:          forbidden"*"platform hierarchy:  open"* ]]
	[ "$(bits ownerAuthSet)" = 1 ]
	[ "$(bits disableClear)" = 1 ]
	[ "$(bits phEnable)" = 1 ]
	[ "$(bits TPM2_PT_MAX_AUTH_FAIL)" = 0x20 ]
	[ "$(bits TPM2_PT_LOCKOUT_INTERVAL)" = 0x258 ]
	[ "$(bits TPM2_PT_LOCKOUT_RECOVERY)" = 0x15180 ]
	run ! tpm2_evictcontrol -Q -C o -c 0x81020000
	run ! tpm2_clear -Q -c l
	run ! tpm2_clear -Q -c p
	tpm2_evictcontrol -Q -C o -P "$(cat "$D/owner.auth")" -c 0x81020000
}

@test "lock --level platform holds until the next start, and is done again" {
	born
	nv_install given.pem
	run -0 devsign lock --level platform --dir "$D"
	[[ $output == *"platform hierarchy:  closed until the next start"* ]]
	[ "$(bits phEnable)" = 0 ]
	run ! tpm2_changeeps -Q
	nv_is given.der
	tpm_stop "$PWD/tpm"
	sleep 0.2
	tpm_start "$PWD/tpm"
	[ "$(bits phEnable)" = 1 ]
	[ "$(bits ownerAuthSet)" = 1 ]
	rm -r "$D"
	devsign lock --level platform --dir "$D"
	[ "$(bits phEnable)" = 0 ]
	[ ! -e "$D" ]
}

@test "lock: the owner's password from a file, and one that is too long" {
	printf 'of our own\n' >mine
	chmod 600 mine
	devsign lock --level owner --dir "$D" --owner-passphrase-file mine
	[ ! -e "$D/owner.auth" ]
	tpm2_changeauth -Q -c owner -p 'of our own'
	printf '%033d\n' 1 >long
	chmod 600 long
	fails 2 "1 to 32 octets, not 33" devsign lock --level owner --dir "$D" \
	    --owner-passphrase-file long
	chmod 644 mine
	fails 3 "others than its owner may use this secret" devsign lock \
	    --level owner --dir "$D" --owner-passphrase-file mine
	[ "$(bits ownerAuthSet)" = 0 ]
}

@test "lock cut off after the password was written: that one is used" {
	mkdir -m 755 "$D"
	printf 'from before\n' >"$D/owner.auth"
	chmod 600 "$D/owner.auth"
	devsign lock --level owner --dir "$D"
	tpm2_changeauth -Q -c owner -p 'from before'
}

@test "lock: others hold the lockout hierarchy: said, no second try" {
	tpm2_changeauth -Q -c lockout theirs
	fails 3 "setting the lockout parameters" devsign lock --level owner --dir "$D"
	fails 2 "--level must be owner or platform" devsign lock --dir "$D"
	fails 2 "--level must be" devsign lock --dir "$D" --level all
}

# ---- renewing ----------------------------------------------------------------

# A device that also has an operational identity with its key in a file.
operational() {
	born
	devsign install --dir "$D" given.pem
	devsign key create -k "file:$PWD/op.key" --no-passphrase >/dev/null
	devsign request -k "file:$PWD/op.key" -n "CN=op,O=Test" --dir "$D"
	issue "$D/request.pem" first
	devsign install --dir "$D" first.pem
}

signs_with() {
	echo artefact >s.bin
	run -0 devsign sign --force --dir "$D" s.bin
	[[ $output == *"with $1" ]] || {
		echo "$output"
		return 1
	}
	devverify-lab file -a root.crt s.bin
}

@test "renew of the factory's identity: same key, new request, NV stays" {
	born
	nv_install given.pem
	for _ in 1 2; do
		devsign renew --dir "$D"
		openssl req -in "$D/request.pem" -noout -verify -subject >shown
		grep -q 'O = Test, serialNumber = unit-0042' shown
	done
	devsign key show | openssl pkey -pubin >public.pem
	openssl req -in "$D/request.pem" -noout -pubkey | cmp - public.pem
	stage locked
	state .renewal pending
	DAYS=20 issue "$D/request.pem" next
	devsign install --dir "$D" next.pem
	cmp "$D/chain.pem" next.pem
	nv_is given.der
	[ ! -e "$D/request.pem" ]
}

@test "an operational identity is used beside the factory's" {
	operational
	signs_with "file:$PWD/op.key"
	cmp "$D/idevid.pem" given.pem
	cmp "$D/chain.pem" first.pem
	[ ! -e "$D/request.pem" ]
	echo artefact >s.bin
	devsign sign --force --dir "$D" -k tpm:0x81020000 s.bin
	devverify-lab file -a root.crt s.bin
	devsign renew --no-passphrase --dir "$D"
	devsign install --dir "$D" given.pem
	cmp "$D/chain.pem" first.pem
	[ -e "$D/request.pem" ]
}

@test "renew: a new key beside the old, which signs until the chain is there" {
	operational
	for turn in 1 2; do
		devsign renew --no-passphrase --dir "$D"
		signs_with "file:$PWD/op.key"
		cp "$D/ldevid-2.pem" "key.$turn"
	done
	cmp key.1 key.2
	[ "$(stat -c %a "$D/ldevid-2.pem")" = 600 ]
	openssl req -in "$D/request.pem" -noout -verify -subject | grep -q 'O = Test, CN = op'
	stage installed
	state .renewal pending
	issue "$D/request.pem" second
	devsign install --dir "$D" second.pem
	signs_with "file:$(realpath "$D")/ldevid-2.pem"
	[ ! -e op.key ]
	[ ! -e "$D/request.pem" ]
	devsign renew --no-passphrase --dir "$D"
	issue "$D/request.pem" third
	devsign install --dir "$D" third.pem
	[ ! -e "$D/ldevid-2.pem" ]
	signs_with "file:$(realpath "$D")/ldevid-3.pem"
	grep -qx 'generation = 3' "$D/device"
}

@test "renew cut off anywhere: the chain in place decides which key signs" {
	operational
	devsign renew --no-passphrase --dir "$D"
	issue "$D/request.pem" second
	# As if the power went right after the chain was replaced.
	cp second.pem "$D/chain.pem"
	signs_with "file:$(realpath "$D")/ldevid-2.pem"
	stage installed
	devsign install --dir "$D" second.pem
	grep -qx "ldevid-key = file:$(realpath "$D")/ldevid-2.pem" "$D/device"
	run ! grep -q next- "$D/device"
}

@test "renew: what there is not to renew, and a second next key" {
	fails 1 "no identity is installed there" devsign renew --dir "$D"
	operational
	devsign renew --no-passphrase --dir "$D"
	devsign key create -k file:third.pem --no-passphrase >/dev/null
	fails 1 "another key waits for its chain" devsign request \
	    -k file:third.pem -n CN=x --dir "$D"
	fails 1 "the record has no identity with the key file:third.pem" \
	    devsign renew -k file:third.pem --dir "$D"
	devsign renew -k tpm:0x81020000 --dir "$D"
	devsign key show | openssl pkey -pubin >public.pem
	openssl req -in "$D/request.pem" -noout -pubkey | cmp - public.pem
}

# ---- the end -----------------------------------------------------------------

@test "reset: the factory's identity is back, the operational key is gone" {
	operational
	devsign renew --no-passphrase --dir "$D"
	fails 2 "this destroys the key file:$PWD/op.key; nothing was done" \
	    devsign reset --dir "$D" </dev/null
	signs_with "file:$PWD/op.key"
	devsign reset --yes --dir "$D"
	[ ! -e "$D/ldevid-2.pem" ]
	[ ! -e "$D/request.pem" ]
	cmp "$D/chain.pem" given.pem
	signs_with tpm:0x81020000
	run ! grep -q ldevid "$D/device"
	devsign reset --dir "$D" </dev/null
	stage installed
}

@test "reset keeps the certificate in NV, the locks and the owner's password" {
	born
	nv_install given.pem
	devsign lock --level owner --dir "$D"
	devsign reset --dir "$D" </dev/null
	nv_is given.der
	[ -e "$D/owner.auth" ]
	stage locked
}

@test "retire: all files are gone; the maker's signature deletes the one in NV" {
	born
	nv_install given.pem
	fails 2 "nothing was done" devsign retire --dir "$D" </dev/null
	fails 2 "go together" devsign retire --dir "$D" --yes --rma-key rma.pub
	nv_policy
	head -c 40 /dev/urandom >junk.sig
	fails 1 "is not a signature by the RMA key for this device" devsign retire \
	    --dir "$D" --yes --rma-key rma.pub --rma-signature junk.sig
	{ printf '\0\0\0\0'; head -c 32 /dev/urandom; } |
	    openssl dgst -sha256 -sign rma.key -out other.sig
	fails 1 "is not a signature by the RMA key for this device" devsign retire \
	    --dir "$D" --yes --rma-key rma.pub --rma-signature other.sig
	nv_is given.der
	[ -e "$D/chain.pem" ]
	for _ in 1 2; do
		devsign retire --dir "$D" --yes --rma-key rma.pub \
		    --rma-signature rma.sig
		[ "$(ls "$D")" = lock ]
		[ -z "$(tpm2_getcap handles-nv-index)" ]
	done
	[ -z "$(tpm2_getcap handles-transient)$(tpm2_getcap handles-loaded-session)" ]
	stage key-made
}

@test "retire with another maker's key and good signature: the TPM refuses" {
	born
	nv_install given.pem
	nv_policy
	openssl ecparam -name prime256v1 -genkey -noout -out evil.key
	openssl pkey -in evil.key -pubout -out evil.pub
	{ printf '\0\0\0\0'; cat ref; } |
	    openssl dgst -sha256 -sign evil.key -out evil.sig
	fails 3 "TPM_RC_POLICY_FAIL" devsign retire --dir "$D" --yes \
	    --rma-key evil.pub --rma-signature evil.sig
	nv_is given.der
	[ -z "$(tpm2_getcap handles-transient)$(tpm2_getcap handles-loaded-session)" ]
}

@test "retire without the maker says that the certificate in the TPM stays" {
	born
	nv_install given.pem
	run -0 devsign retire --dir "$D" --yes
	[[ $output == *"the certificate in the TPM stays" ]]
	nv_is given.der
}

@test "the maker's own tools can delete it as well" {
	born
	nv_install given.pem
	nv_policy
	tpm2_loadexternal -Q -C o -G ecc -u rma.pub -c rma.ctx
	tpm2_startauthsession -Q --policy-session -S s.ctx
	tpm2_policysigned -Q -S s.ctx -g sha256 -s rma.sig -f ecdsa -c rma.ctx \
	    -q "$(xxd -p -c 64 ref)"
	tpm2_policycommandcode -Q -S s.ctx TPM2_CC_NV_UndefineSpaceSpecial
	tpm2_nvundefine -Q "$NV" -C p -S s.ctx
	[ -z "$(tpm2_getcap handles-nv-index)" ]
}

# ---- the record --------------------------------------------------------------

@test "a broken record is named with its line, and nothing is changed" {
	born
	devsign install --dir "$D" given.pem
	echo 'colour = red' >>"$D/device"
	cp "$D/device" before
	count=$(wc -l <before)
	fails 3 "/device: line $count: unknown name \"colour\"" \
	    devsign install --dir "$D" given.pem
	fails 3 "line $count" devsign sign --dir "$D" given.pem
	fails 3 "line $count" devsign renew --dir "$D"
	echo artefact >s.bin
	devsign sign -k tpm:0x81020000 -c given.pem --dir "$D" s.bin
	cmp before "$D/device"
	rm "$D/device"
	devsign install --dir "$D" given.pem
	stage installed
}

@test "a state directory that others may write is not believed" {
	born
	devsign install --dir "$D" given.pem
	chmod 0777 "$D"
	fails 3 "others than its owner may write there" devsign sign --dir "$D" given.pem
	fails 3 "others than its owner may write there" devsign install --dir "$D" given.pem
}
