#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Keys in PKCS#11 tokens: SoftHSM2 as it is, and with less than it has. Each
# trap that a PKCS#11 client can fall into has a test of its own.

bats_require_minimum_version 1.5.0
load ../lib/devsign.bash
load ../lib/p11.bash

# Two tokens whose labels are alike, with different PINs; a key in each.
setup_file() {
	programs_find
	export SHARED=$BATS_FILE_TMPDIR
	cd "$SHARED"
	tokens_at "$SHARED"
	token root-ca 1234
	token root 5678
	echo 1234 >pin
	echo 5678 >pin2
	devsign key create -k "$(uri root-ca key)" --passphrase-file pin >first
	devsign key create -k "$(uri root key)" --passphrase-file pin2 >second
}

setup() {
	programs_find
	cd "$BATS_TEST_TMPDIR"
	cp -a "$SHARED/tokens" "$SHARED"/pin* "$SHARED"/first "$SHARED"/second .
	tokens_at "$PWD"
	echo 0000 >wrong
	echo 'an artefact' >file.bin
	KEY=$(uri root-ca key)
	SHIMMED=$(uri root-ca key "$SHIM")
}

spki() { sed -n 's/^SPKI SHA-256: //p' "$1"; }

# chain NAME KEYSPEC PIN: NAME.pem, a device's chain for the key below root.crt
chain() {
	[ -e root.crt ] || ca root "/CN=Root"
	devsign request -k "$2" --passphrase-file "$3" -n "CN=$1" -o "$1.csr"
	leaf "$1.csr" root "$1.crt"
	cat "$1.crt" root.crt >"$1.given"
	devsign install -k "$2" --passphrase-file "$3" -o "$1.pem" "$1.given"
}

# csr NAME SERIAL: NAME.csr, of a key that OpenSSL makes
csr() {
	openssl ecparam -name prime256v1 -genkey -noout -out "$1.key"
	openssl req -new -key "$1.key" -subj "/serialNumber=$2" -out "$1.csr"
}

# ---- the seven traps --------------------------------------------------------

@test "trap 1: slots go by their ids, not by their places" {
	slot=$(softhsm2-util --show-slots | awk '/^Slot/ { id = $2 }
		/Label:/ && $2 == "root" { print id }')
	[ "$slot" -gt 1000 ]
	for i in 0 1 2; do
		fails 3 "there is no such token" devsign key show --passphrase-file pin2 \
		    -k "pkcs11:token=root;slot-id=$i;object=key?module-path=$MODULE"
	done
	devsign key show --passphrase-file pin2 >shown \
	    -k "pkcs11:token=root;slot-id=$slot;object=key?module-path=$MODULE"
	[ "$(spki shown)" = "$(spki second)" ]
}

@test "trap 2: the public point is fetched, never zeros, never taken on trust" {
	tool root-ca 1234 --read-object --type pubkey --label key \
	    -o their.der >/dev/null 2>&1
	[ "$(spki first)" = "$(sha256sum <their.der | cut -d' ' -f1)" ]
	pki-init root -d root -n CN=R -k "$KEY" --passphrase-file pin
	openssl x509 -in root/ca.crt -noout -pubkey |
	    openssl pkey -pubin -outform DER | cmp - their.der
	shim no-public-objects devsign key show -k "$SHIMMED" --passphrase-file pin
	[ "$status" -eq 3 ]
	[[ $stderr == *"the token gives no public key for this private key"* ]]
	shim lies devsign request -k "$SHIMMED" --passphrase-file pin -n CN=x
	[ "$status" -eq 3 ]
	[ -z "$output" ]
	[[ $stderr == *"does not verify with its public key"* ]]
}

@test "trap 3: the PIN is the caller's: two keys are opened with one source" {
	sum=$(sha256sum pin)
	pki-init root -d root -n CN=R -k "$KEY&pin-source=file:$PWD/pin"
	pki-init intermediate -d sub --issuer root -n CN=S \
	    -k "$(uri root-ca sub)&pin-source=$PWD/pin"
	[ "$(sha256sum pin)" = "$sum" ]
	openssl verify -x509_strict -CAfile root/ca.crt sub/ca.crt
}

@test "trap 4: one session and one login, however much is signed" {
	chain unit "$KEY" pin
	cp file.bin b.bin
	cp file.bin c.bin
	shim "" devsign sign -k "$SHIMMED" --passphrase-file pin -c unit.pem \
	    file.bin b.bin c.bin
	[ "$status" -eq 0 ]
	[ "$(calls C_Sign)" = 3 ]
	[ "$(calls C_OpenSession)" = 1 ]
	[ "$(calls C_Login)" = 1 ]
	[ "$(calls C_Logout)" = 1 ]
	[ "$(calls C_CloseSession)" = 1 ]
	[ "$(tail -1 calls)" = C_Finalize ]
	for f in file.bin b.bin c.bin; do
		devverify-lab file -a root.crt "$f"
	done
}

@test "trap 5: wrong PIN, missing key, missing token: each says what it is" {
	fails 3 "logging in: the PIN is wrong (PKCS#11 0xa0 CKR_PIN_INCORRECT)" \
	    devsign key show -k "$KEY" --passphrase-file wrong
	fails 3 "there is no such private key in token \"root-ca\"" \
	    devsign key show -k "$(uri root-ca other)" --passphrase-file pin
	[[ $stderr == *"pkcs11-tool --module $MODULE"* ]]
	fails 3 "pkcs11:token=roof;object=key: there is no such token" \
	    devsign key show -k "$(uri roof key)" --passphrase-file pin
	[[ $stderr == *'sees "root-ca", "root"'* || $stderr == *'sees "root", "root-ca"'* ]]
}

@test "trap 6: signatures are verified in software, never by the token" {
	shim "" devsign request -k "$SHIMMED" --passphrase-file pin -n CN=x
	[ "$status" -eq 0 ]
	[ "$(calls C_Sign)" = 1 ]
	[ "$(calls C_VerifyInit)" = 0 ]
	shim bad-signature devsign request -k "$SHIMMED" --passphrase-file pin -n CN=x
	[ "$status" -eq 3 ]
	[[ $stderr == *"does not verify with its public key"* ]]
	[ -z "$output" ]
}

@test "trap 7: two keys with one label: neither is used, the id decides" {
	pair root-ca 1234 twin 01 EC:secp256r1
	pair root-ca 1234 twin 02 EC:secp256r1
	fails 3 "2 private keys are so named in token \"root-ca\"" \
	    devsign key show -k "$(uri root-ca twin)" --passphrase-file pin
	[[ $stderr == *"id=%01 object=twin"* && $stderr == *"id=%02 object=twin"* ]]
	fails 3 "2 private keys are so named" devsign key create \
	    -k "$(uri root-ca twin)" --passphrase-file pin
	for i in 1 2; do
		devsign key show --passphrase-file pin >"$i" \
		    -k "pkcs11:token=root-ca;object=twin;id=%0$i?module-path=$MODULE"
		devsign key show --passphrase-file pin >"id$i" \
		    -k "pkcs11:token=root-ca;id=%0$i?module-path=$MODULE"
		[ "$(spki "$i")" = "$(spki "id$i")" ]
	done
	run ! cmp 1 2
}

# ---- which token, which key -------------------------------------------------

@test "labels that begin alike are different tokens" {
	devsign key show -k "$(uri root key)" --passphrase-file pin2 >a
	devsign key show -k "$KEY" --passphrase-file pin >b
	[ "$(spki a)" = "$(spki second)" ]
	[ "$(spki b)" = "$(spki first)" ]
	[ "$(spki a)" != "$(spki b)" ]
	for t in roo root- root-c root-caa ROOT %20root; do
		fails 3 "there is no such token" devsign key show \
		    -k "$(uri "$t" key)" --passphrase-file pin
	done
}

@test "two tokens with one label: the serial number decides" {
	token root 9999
	echo 9999 >pin3
	fails 3 "2 tokens are so named" devsign key create -k "$(uri root new)" \
	    --passphrase-file pin3
	[[ $stderr == *"serial="*" slot-id="*"serial="* ]]
	serials=$(softhsm2-util --show-slots | awk '/Serial number:/ { n = $3 }
		/Label:/ && $2 == "root" { print n }')
	[ "$(wc -l <<<"$serials")" = 2 ]
	n=0
	for s in $serials; do
		run devsign key show --passphrase-file pin2 \
		    -k "pkcs11:token=root;serial=$s;object=key?module-path=$MODULE"
		[ "$status" -ne 0 ] || n=$((n + 1))
	done
	[ "$n" = 1 ]
}

@test "model and manufacturer narrow it, in every character" {
	rest="object=key?module-path=$MODULE"
	devsign key show --passphrase-file pin -k "pkcs11:token=root-ca;model=SoftHSM%20v2;manufacturer=SoftHSM%20project;$rest"
	fails 3 "there is no such token" devsign key show --passphrase-file pin \
	    -k "pkcs11:token=root-ca;model=SoftHSM;$rest"
	fails 3 "there is no such token" devsign key show --passphrase-file pin \
	    -k "pkcs11:token=root-ca;manufacturer=SoftHSM;$rest"
}

@test "a module that finds too much does not choose for us" {
	pair root-ca 1234 key2 02 EC:secp256r1
	shim loose-find devsign key show -k "$SHIMMED" --passphrase-file pin
	[ "$status" -eq 0 ]
	[[ $output == *"$(spki first)"* ]]
	shim loose-find devsign key show -k "$(uri root-ca ke "$SHIM")" --passphrase-file pin
	[ "$status" -eq 3 ]
	[[ $stderr == *"there is no such private key"* ]]
}

@test "a key of another certificate does not sign" {
	chain unit "$KEY" pin
	devsign key create -k "$(uri root-ca other)" --passphrase-file pin
	fails 1 "" devsign sign -k "$(uri root-ca other)" --passphrase-file pin \
	    -c unit.pem file.bin
	[ ! -e file.bin.cose ]
	fails 1 "" devsign install -k "$(uri root-ca other)" \
	    --passphrase-file pin -o x.pem unit.given
	pki-init root -d root -n CN=R -k "$KEY" --passphrase-file pin
	uri root-ca other >root/key.uri
	fails 1 "is not the key of root/ca.crt" pki-init check -d root --passphrase-file pin
}

# ---- the PIN ----------------------------------------------------------------

@test "a wrong PIN is tried once" {
	shim "" devsign key show -k "$SHIMMED" --passphrase-file wrong
	[ "$status" -eq 3 ]
	[ "$(calls C_Login)" = 1 ]
	[ "$(calls C_Finalize)" = 1 ]
	[[ $stderr == *"the token counts the tries"*"not tried again"* ]]
	shim "" pki-init root -d r -n CN=R -k "$SHIMMED" --passphrase-file wrong
	[ "$status" -eq 3 ]
	[ "$(calls C_Login)" = 1 ]
	[ ! -e r ]
	[ ! -e r.partial ]
	devsign key show -k "$KEY" --passphrase-file pin
}

@test "the last try is named as such, a locked PIN is not tried" {
	shim "flags=0x20000" devsign key show -k "$SHIMMED" --passphrase-file wrong
	[ "$status" -eq 3 ]
	[[ $stderr == *"one try is left: the next wrong PIN locks the token"* ]]
	shim "flags=0x40000" devsign key show -k "$SHIMMED" --passphrase-file pin
	[ "$status" -eq 3 ]
	[ "$(calls C_Login)" = 0 ]
	[[ $stderr == *"the PIN is locked after too many wrong ones (PKCS#11 0xa4 CKR_PIN_LOCKED)"* ]]
	[[ $stderr == *"the security officer of the token sets a new PIN"* ]]
	shim "C_Login:1:0xa4" devsign key show -k "$SHIMMED" --passphrase-file pin
	[ "$status" -eq 3 ]
	[[ $stderr == *"PKCS#11 0xa4 CKR_PIN_LOCKED"* ]]
}

@test "a PIN comes from pin-source, a file, a descriptor; an option goes first" {
	for s in "file:$PWD/pin" "$PWD/pin" "file://$PWD/pin"; do
		devsign key show -k "$KEY&pin-source=$s" >shown
		[ "$(spki shown)" = "$(spki first)" ]
	done
	devsign key show -k "$KEY" --passphrase-fd 5 5<pin
	devsign key show -k "$KEY&pin-source=$PWD/wrong" --passphrase-file pin
	fails 3 "the PIN is wrong" devsign key show -k "$KEY&pin-source=$PWD/pin" \
	    --passphrase-file wrong
}

@test "a PIN that others can read, an empty one, none: refused" {
	chmod 640 pin
	fails 3 "pin: others than its owner may use this secret" \
	    devsign key show -k "$KEY&pin-source=file:$PWD/pin"
	: >empty
	shim "" devsign key show -k "$SHIMMED" --passphrase-file empty
	[ "$status" -eq 3 ]
	[ "$(calls C_Login)" = 0 ]
	fails 3 "no terminal to ask for the PIN for token \"root-ca\"" \
	    setsid -w devsign key show -k "$KEY"
	fails 2 "it was said that there is none" devsign key create -k "$KEY" \
	    --no-passphrase
}

@test "pin-value is refused, and not repeated" {
	fails 2 "pkcs11: attribute \"pin-value\": a PIN is not taken from a KEYSPEC" \
	    devsign key show -k "$KEY&pin-value=1234"
	[[ $stderr != *1234* && $stderr == *"pin-source=file:"* ]]
	fails 2 "pin-value" pki-init root -d r -n CN=R \
	    -k "pkcs11:token=root-ca;object=key;pin-value=1234?module-path=$MODULE"
	[[ $stderr != *1234* ]]
	[ ! -e r ]
	[ ! -e r.partial ]
}

@test "a token with keys of its own is given no PIN" {
	export P11_SHIM_PIN=1234
	shim pinpad setsid -w devsign key show -k "$SHIMMED"
	[ "$status" -eq 0 ]
	P11_SHIM_PIN=4321 shim pinpad setsid -w devsign key show -k "$SHIMMED"
	[ "$status" -eq 3 ]
	[[ $stderr == *"the PIN is wrong"* ]]
	[ "$(calls C_Login)" = 1 ]
}

@test "a key that wants the PIN for each signature gets it, once for each" {
	pair root-ca 1234 careful 0c EC:secp256r1 --always-auth
	chain unit "$(uri root-ca careful)" pin
	cp file.bin b.bin
	shim "" devsign sign -k "$(uri root-ca careful "$SHIM")" \
	    --passphrase-file pin -c unit.pem file.bin b.bin
	[ "$status" -eq 0 ]
	[ "$(calls C_Login)" = 3 ]
	devverify-lab file -a root.crt file.bin
	shim "C_Login:2:0xa0" devsign sign -k "$(uri root-ca careful "$SHIM")" \
	    --passphrase-file pin -c unit.pem --force file.bin b.bin
	[ "$status" -eq 3 ]
	[ "$(calls C_Login)" = 2 ]
	[[ $stderr == *"was refused before, and is not tried again"* ]]
}

# ---- the module -------------------------------------------------------------

@test "a module is named, absolute, there, and a module" {
	rest="token=root-ca;object=key"
	fails 2 "module-path is missing" devsign key show -k "pkcs11:$rest"
	[[ $stderr == *"/usr/lib/softhsm/libsofthsm2.so"* ]]
	fails 2 "attribute \"module-path\": not an absolute path" \
	    devsign key show -k "pkcs11:$rest?module-path=libsofthsm2.so"
	fails 3 "module-path /nowhere/x.so: No such file" \
	    devsign key show -k "pkcs11:$rest?module-path=/nowhere/x.so"
	fails 3 "is not a file" devsign key show -k "pkcs11:$rest?module-path=$PWD"
	echo text >text.so
	fails 3 "cannot be loaded" devsign key show -k "pkcs11:$rest?module-path=$PWD/text.so"
	libz=$(ldconfig -p | awk '/libm[.]so[.]6/ { print $NF; exit }')
	fails 3 "is not a PKCS#11 module: it has no C_GetFunctionList" \
	    devsign key show -k "pkcs11:$rest?module-path=$libz"
}

@test "a module that others may change is not loaded" {
	cp "$SHIM" mine.so
	devsign key show -k "$(uri root-ca key "$PWD/mine.so")" --passphrase-file pin
	for m in 0775 0757; do
		chmod "$m" mine.so
		fails 3 "others than you and root may change this module" devsign key show \
		    -k "$(uri root-ca key "$PWD/mine.so")" --passphrase-file pin
	done
}

@test "no other module is loaded, and none by the verifier" {
	# What strace watches cannot watch itself for leaks.
	export ASAN_OPTIONS=detect_leaks=0
	strace -f -e trace=openat -o trace devsign key show -k "$KEY" --passphrase-file pin
	run ! grep -E 'p11-kit|opensc-pkcs11|/etc/pkcs11' trace
	grep -q libsofthsm2 trace
	strace -f -e trace=openat -o trace devsign key create -k file:a.key --no-passphrase
	run ! grep softhsm trace
	run ! grep -q dlopen "$(command -v devverify)"
}

# ---- making keys ------------------------------------------------------------

@test "each type: made in the token, a root of it, accepted by OpenSSL and us" {
	for t in p256 p384 ed25519 rsa2048 rsa3072 rsa4096; do
		run -0 pki-init root -d "$t" -n "CN=R $t" --key-type "$t" \
		    -k "$(uri root-ca "$t")&pin-source=file:$PWD/pin"
		[[ $output == *"its key is in token \"root-ca\", which made it and never let it out"* ]]
		openssl verify -x509_strict -CAfile "$t/ca.crt" "$t/ca.crt"
		run -0 pki-init check -d "$t"
		[[ $output == *"key: pkcs11:token=root-ca;object=$t ("*"), in token \"root-ca\", which made it"* ]]
		run -0 object root-ca 1234 Private "$t"
		[[ $output == *"sensitive, always sensitive, never extractable, local"* ]]
		[[ $output == *"$(openssl x509 -in "$t/ca.crt" -noout -pubkey |
		    openssl pkey -pubin -outform DER | sha256sum | cut -c1-40)"* ]]
		csr "$t" "$t"
		pki-issue device -d "$t" -p idevid -o "$t.dev" "$t.csr"
		openssl verify -x509_strict -CAfile "$t/ca.crt" "$t.dev"
		devverify-lab chain -a "$t/ca.crt" "$t.dev"
		[ "$(stat -c %a "$t/key.uri")" = 600 ]
		[ "$(cat "$t/key.uri")" = "$(uri root-ca "$t")&pin-source=file:$PWD/pin" ]
		[ ! -e "$t/ca.key" ]
	done
}

@test "each type: a device's key in a token signs files" {
	for t in p256 p384 ed25519 rsa2048; do
		devsign key create -k "$(uri root-ca "$t")" --key-type "$t" --passphrase-file pin
		chain "$t" "$(uri root-ca "$t")" pin
		openssl req -in "$t.csr" -noout -verify
		devsign sign -k "$(uri root-ca "$t")" --passphrase-file pin \
		    -c "$t.pem" --force file.bin
		devverify-lab file -a root.crt file.bin
	done
}

@test "RSA CAs: sha256WithRSAEncryption down to a device, accepted by both" {
	pki-init root -d r -n CN=R --key-type rsa3072 \
	    -k "$(uri root-ca r)&pin-source=file:$PWD/pin"
	pki-init intermediate -d s --issuer r -n CN=S --key-type rsa2048 \
	    -k "$(uri root s)&pin-source=file:$PWD/pin2"
	devsign key create -k "$(uri root-ca unit)" --key-type rsa2048 --passphrase-file pin
	devsign request -k "$(uri root-ca unit)" --passphrase-file pin \
	    -n serialNumber=1 -o unit.csr
	pki-issue device -d s -p idevid -o unit.pem unit.csr
	for c in r/ca.crt s/ca.crt unit.pem; do
		openssl x509 -in "$c" -noout -text |
		    grep -q 'Signature Algorithm: sha256WithRSAEncryption'
	done
	openssl verify -x509_strict -CAfile r/ca.crt -untrusted s/ca.crt unit.pem
	devverify-lab chain -a r/ca.crt -i s/ca.crt unit.pem
	devsign sign -k "$(uri root-ca unit)" --passphrase-file pin -c unit.pem file.bin
	devverify-lab file -a r/ca.crt file.bin
}

@test "making a key again opens it, and never makes a second" {
	run -0 devsign key create -k "$KEY" --passphrase-file pin
	[[ ${lines[0]} == "pkcs11:token=root-ca;object=key: P-256 key, was there already, in token \"root-ca\""* ]]
	[ "${lines[1]}" = "$(sed -n 2p first)" ]
	fails 1 "a P-256 key is there already, not one of type p384" \
	    devsign key create -k "$KEY" --key-type p384 --passphrase-file pin
	pair root-ca 1234 with 07 EC:secp256r1
	fails 1 "a private key with this label is in token" devsign key create \
	    --passphrase-file pin \
	    -k "pkcs11:token=root-ca;object=with;id=%08?module-path=$MODULE"
	fails 1 "a private key with this id is in token" devsign key create \
	    --passphrase-file pin \
	    -k "pkcs11:token=root-ca;object=without;id=%07?module-path=$MODULE"
	tool root-ca 1234 --delete-object --type privkey --label with >/dev/null
	fails 1 "a public key with this label is in token" devsign key create \
	    -k "$(uri root-ca with)" --passphrase-file pin
	[ "$(tool root-ca 1234 -O --type privkey 2>/dev/null | grep -c Private)" = 1 ]
}

@test "label and id are those of the KEYSPEC" {
	devsign key create --passphrase-file pin \
	    -k "pkcs11:token=root-ca;object=a%20key;id=%00%ff?module-path=$MODULE"
	run -0 object root-ca 1234 Private "a key"
	[[ $output == *"ID:         00ff"* ]]
	devsign key create --passphrase-file pin \
	    -k "pkcs11:token=root-ca;id=%aa?module-path=$MODULE"
	run -0 tool root-ca 1234 -O --type privkey
	[[ $output == *"ID:         aa"* ]]
}

@test "a token that does not let ids be changed keeps a pair that fits" {
	shim no-set devsign key create -k "$(uri root-ca new "$SHIM")" --passphrase-file pin
	[ "$status" -eq 0 ]
	devsign key show -k "$(uri root-ca new)" --passphrase-file pin
	for n in 1 2 3; do
		shim "C_SetAttributeValue:$n:0x30" devsign key create \
		    -k "$(uri root-ca "n$n" "$SHIM")" --passphrase-file pin
		[ "$status" -eq 0 ]
		devsign key show -k "$(uri root-ca "n$n")" --passphrase-file pin
	done
}

@test "a root that could not be signed is begun anew with the same key" {
	shim "C_Sign:1:0x32" pki-init root -d r -n CN=R -k "$(uri root-ca born "$SHIM")" \
	    --key-type p256 --passphrase-file pin
	[ "$status" -eq 3 ]
	[[ $stderr == *"signing: the token was removed (PKCS#11 0x32 CKR_DEVICE_REMOVED)"* ]]
	[ ! -e r ]
	[ ! -e r.partial ]
	devsign key show -k "$(uri root-ca born)" --passphrase-file pin >born.txt
	pki-init root -d r -n CN=R -k "$(uri root-ca born)" --passphrase-file pin
	[ "$(openssl x509 -in r/ca.crt -noout -pubkey)" = "$(sed 1,2d born.txt)" ]
	[ "$(object root-ca 1234 Private born | grep -c ID:)" = 1 ]
}

@test "a key that another program makes at the same time: ours goes away again" {
	shim twin devsign key create -k "pkcs11:token=root-ca;object=new;id=%01?module-path=$SHIM" \
	    --passphrase-file pin
	[ "$status" -eq 3 ]
	[[ $stderr == *"2 keys are so named after one was made, which was deleted again"* ]]
	[ "$(object root-ca 1234 Private new | grep -c ID:)" = 1 ]
}

# The program dies at each call in turn; then the same command is given again.
@test "power cuts while a root is made: the same command finishes it, one key" {
	root=(pki-init root -d r -n CN=R --key-type p256 --passphrase-file pin)
	for f in C_GenerateKeyPair C_GetAttributeValue C_SetAttributeValue \
	    C_FindObjects C_SignInit C_Sign C_Logout C_Finalize; do
		for n in 1 2 3 4 6 9 13 18 24 31; do
			rm -rf r r.partial
			shim "$f:$n:kill" "${root[@]}" -k "$(uri root-ca "$f-$n" "$SHIM")"
			[ "$status" -ne 0 ] || break
			[ "$status" -eq 137 ]
			[ -e r ] || "${root[@]}" -k "$(uri root-ca "$f-$n")"
			openssl verify -x509_strict -CAfile r/ca.crt r/ca.crt
			pki-init check -d r --passphrase-file pin
			[ "$(object root-ca 1234 Private "$f-$n" | grep -c ID:)" = 1 ]
		done
		[ "$n" -gt 1 ]
	done
}

@test "a CA and its issuer in one token: one module, one login" {
	shim "" pki-init root -d r -n CN=R -k "$SHIMMED&pin-source=file:$PWD/pin"
	shim "" pki-init intermediate -d s --issuer r -n CN=S \
	    -k "$(uri root-ca sub "$SHIM")&pin-source=file:$PWD/pin"
	[ "$status" -eq 0 ]
	[ "$(calls C_Initialize)" = 1 ]
	[ "$(calls C_Login)" = 1 ]
	[ "$(calls C_OpenSession)" = 2 ]
	[ "$(calls C_CloseSession)" = 2 ]
	[ "$(calls C_Logout)" = 1 ]
	[ "$(calls C_Finalize)" = 1 ]
	openssl verify -x509_strict -CAfile r/ca.crt s/ca.crt
}

@test "a key that was brought in, or may be taken out: the token does not vouch" {
	openssl ecparam -name prime256v1 -genkey -noout -outform DER -out in.der
	tool root-ca 1234 --write-object in.der --type privkey --label in --id 05 \
	    --usage-sign >/dev/null 2>&1
	openssl ec -inform DER -in in.der -pubout -outform DER -out pub.der 2>/dev/null
	tool root-ca 1234 --write-object pub.der --type pubkey --label in --id 05 >/dev/null 2>&1
	run -0 devsign key show -k "$(uri root-ca in)" --passphrase-file pin
	[[ ${lines[0]} == *"which does not vouch that it made it and never let it out (not set: CKA_LOCAL, CKA_NEVER_EXTRACTABLE, CKA_ALWAYS_SENSITIVE)" ]]
	run -0 pki-init root -d r -n CN=R -k "$(uri root-ca in)" --passphrase-file pin
	[[ $output == *"does not vouch"* ]]
	shim no-vouch devsign key show -k "$SHIMMED" --passphrase-file pin
	[[ $output == *"does not vouch"* ]]
}

# ---- devices that have less -------------------------------------------------

@test "p256-only: P-256 works, the others are refused in words" {
	spec() { uri root-ca "$1" "$SHIM"; }
	shim p256-only pki-init root -d r -n CN=R --key-type p256 -k "$(spec r)" \
	    --passphrase-file pin
	[ "$status" -eq 0 ]
	openssl verify -x509_strict -CAfile r/ca.crt r/ca.crt
	shim p256-only devsign key create -k "$(spec a)" --key-type p384 --passphrase-file pin
	[ "$status" -eq 3 ]
	[[ $stderr == *"making the key: the token does not have this curve (PKCS#11 0x140 CKR_CURVE_NOT_SUPPORTED)"* ]]
	shim p256-only devsign key create -k "$(spec a)" --key-type ed25519 --passphrase-file pin
	[ "$status" -eq 3 ]
	[[ $stderr == *"it does not have CKM_EC_EDWARDS_KEY_PAIR_GEN"* ]]
	shim p256-only devsign key create -k "$(spec a)" --key-type rsa2048 --passphrase-file pin
	[ "$status" -eq 3 ]
	[[ $stderr == *"it does not have CKM_RSA_PKCS_KEY_PAIR_GEN"* ]]
	[ -z "$(object root-ca 1234 P a)" ]
	pair root-ca 1234 rsa 09 rsa:2048
	shim p256-only devsign request -k "$(spec rsa)" -n CN=x --passphrase-file pin
	[ "$status" -eq 3 ]
	[[ $stderr == *"the token \"root-ca\" cannot do this: it does not have CKM_RSA_PKCS"* ]]
}

@test "no-raw-rsa: RSA signs all the same" {
	devsign key create -k "$(uri root-ca rsa)" --key-type rsa2048 --passphrase-file pin
	chain unit "$(uri root-ca rsa)" pin
	spec=$(uri root-ca rsa "$SHIM")
	shim no-raw-rsa devsign request -k "$spec" -n CN=x --passphrase-file pin
	[ "$status" -eq 0 ]
	openssl req -verify -noout <<<"$output"
	shim no-raw-rsa devsign sign -k "$spec" -c unit.pem --passphrase-file pin file.bin
	[ "$status" -eq 0 ]
	devverify-lab file -a root.crt file.bin
	shim no-rsa-pss devsign sign -k "$spec" -c unit.pem --force --passphrase-file pin file.bin
	[ "$status" -eq 3 ]
	[[ $stderr == *"it does not have CKM_RSA_PKCS_PSS"* ]]
}

@test "no-public-objects: the private object or a certificate gives the key" {
	devsign key create -k "$(uri root-ca rsa)" --key-type rsa2048 --passphrase-file pin >rsa.txt
	shim no-public-objects devsign key show -k "$(uri root-ca rsa "$SHIM")" --passphrase-file pin
	[ "$status" -eq 0 ]
	[[ $output == *"$(spki rsa.txt)"* ]]
	pki-init root -d r -n CN=R -k "$KEY" --passphrase-file pin
	openssl x509 -in r/ca.crt -outform DER -out r.der
	tool root-ca 1234 --write-object r.der --type cert --label c \
	    --id "$(spki first | cut -c1-40)" >/dev/null 2>&1
	shim no-public-objects devsign request -k "$SHIMMED" -n CN=x --passphrase-file pin
	[ "$status" -eq 0 ]
	openssl req -verify -noout <<<"$output"
	# Another key's certificate under that id: nothing of it gets out.
	pki-init root -d q -n CN=Q -k "$(uri root key)" --passphrase-file pin2
	openssl x509 -in q/ca.crt -outform DER -out q.der
	tool root-ca 1234 --delete-object --type cert --label c >/dev/null
	tool root-ca 1234 --write-object q.der --type cert --label c \
	    --id "$(spki first | cut -c1-40)" >/dev/null 2>&1
	shim no-public-objects devsign request -k "$SHIMMED" -n CN=x --passphrase-file pin
	[ "$status" -eq 3 ]
	[[ $stderr == *"does not verify with its public key"* ]]
	shim no-public-objects devsign key create -k "$(uri root-ca lost "$SHIM")" --passphrase-file pin
	[ "$status" -eq 3 ]
	[ -z "$(object root-ca 1234 P lost)" ]
}

@test "points with and without their OCTET STRING are the same" {
	devsign key create -k "$(uri root-ca ed)" --key-type ed25519 --passphrase-file pin
	devsign key create -k "$(uri root-ca p3)" --key-type p384 --passphrase-file pin
	for k in key ed p3; do
		devsign key show -k "$(uri root-ca "$k" "$SHIM")" --passphrase-file pin >whole
		shim raw-point devsign key show -k "$(uri root-ca "$k" "$SHIM")" --passphrase-file pin
		[ "$status" -eq 0 ]
		[ "$output" = "$(cat whole)" ]
	done
}

@test "two public keys with the id of the private one: none is guessed" {
	pair root-ca 1234 twin 01 EC:secp256r1
	tool root-ca 1234 --read-object --type pubkey --label key -o other.der >/dev/null 2>&1
	tool root-ca 1234 --write-object other.der --type pubkey --label other --id 01 >/dev/null 2>&1
	fails 3 "several public keys could belong to the private key" \
	    devsign key show -k "$(uri root-ca twin)" --passphrase-file pin
}

@test "a signature of the wrong size is thrown away" {
	shim short-signature devsign request -k "$SHIMMED" -n CN=x --passphrase-file pin
	[ "$status" -eq 3 ]
	[[ $stderr == *"a signature of 63 octets, wanted 64"* ]]
}

@test "a device that goes away in the middle: the rest is said, nothing is left" {
	chain unit "$KEY" pin
	cp file.bin b.bin
	shim "C_Sign:2:0x32" devsign sign -k "$SHIMMED" --passphrase-file pin \
	    -c unit.pem file.bin b.bin
	[ "$status" -eq 3 ]
	[[ $stderr == *"CKR_DEVICE_REMOVED"*"is the token plugged in"* ]]
	devverify-lab file -a root.crt file.bin
	[ ! -e b.bin.cose ]
}

# Each call of the module fails, the first time, the second, ...: status 3, the
# code shown, nothing on standard output, and no half of a key.
@test "whatever call fails: a sentence with its code, and no half-made key" {
	for f in C_Initialize C_GetSlotList C_OpenSession C_Login C_GetMechanismList \
	    C_FindObjectsInit C_FindObjects C_GetAttributeValue \
	    C_GenerateKeyPair C_SignInit C_Sign; do
		done=
		for n in 1 2 3 4 5 6 7 8 9 10 12 14 16 18 20 25 30 40 60; do
			shim "$f:$n:0x30" pki-init root -d r -n CN=R --key-type p256 \
			    -k "$(uri root-ca made "$SHIM")" --passphrase-file pin
			if [ "$status" -eq 0 ]; then
				done=yes
				rm -r r
				break
			fi
			[ "$status" -eq 3 ]
			[ -z "$output" ]
			[[ $stderr == *"0x30 CKR_DEVICE_ERROR"* ]]
			[ ! -e r ]
			[ ! -e r.partial ]
			[ "$(object root-ca 1234 Private made | grep -c ID:)" = \
			    "$(object root-ca 1234 Public made | grep -c ID:)" ]
		done
		[ -n "$done" ]
		tool root-ca 1234 --delete-object --type privkey --label made >/dev/null
		tool root-ca 1234 --delete-object --type pubkey --label made >/dev/null
	done
}

@test "every code that has a sentence is shown with it, by name and number" {
	header=$(pkg-config --variable=includedir p11-kit-1)/p11-kit/pkcs11.h
	[ -e "$header" ] || header=$(pkg-config --cflags-only-I p11-kit-1 |
	    sed 's/-I//; s/ *$//')/p11-kit/pkcs11.h
	sed -n 's/.*ROW(\(CKR_[A-Z_]*\)).*/\1/p' "$TOP/sign/p11_err.c" >names
	[ "$(wc -l <names)" -gt 40 ]
	[ -z "$(sort names | uniq -d)" ]
	while read -r name; do
		code=$(awk -v n="$name" '$2 == n { gsub(/[(UL)]/, "", $3); print $3 }' "$header")
		shim "C_Sign:1:$code" devsign request -k "$SHIMMED" -n CN=x \
		    --passphrase-file pin </dev/null
		[ "$status" -eq 3 ]
		[[ $stderr == *": signing: "*" (PKCS#11 0x"*" $name)"* ]]
	done <names
}

@test "the terminal is asked for the PIN of the token, and warned" {
	run typing 1234 devsign key show -k "$SHIMMED"
	[ "$status" -eq 0 ]
	[[ $output == *"PIN for token \"root-ca\": "*"$(spki first)"* ]]
	[[ $output != *1234* ]]
	P11_SHIM=flags=0x20000 run typing 1111 devsign key show -k "$SHIMMED"
	[ "$status" -eq 3 ]
	[[ $output == *"PIN for token \"root-ca\" (its last try): "* ]]
	[[ $output == *"one try is left"* ]]
}

@test "codes that are in no table are shown as they are" {
	shim "C_Sign:1:0x80000123" devsign request -k "$SHIMMED" -n CN=x --passphrase-file pin
	[ "$status" -eq 3 ]
	[[ $stderr == *"signing failed (PKCS#11 0x80000123, a code of the maker)"* ]]
	shim "C_Sign:1:0x7777" devsign request -k "$SHIMMED" -n CN=x --passphrase-file pin
	[[ $stderr == *"signing failed (PKCS#11 0x7777)"* ]]
}
