#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Keys in a TPM, made and used: templates, passwords, lockout, sessions, files,
# policies. Each test has a TPM of its own; tpm2-tools and OpenSSL are the other
# side.

bats_require_minimum_version 1.5.0
load ../lib/devsign.bash
load ../cli/helpers.bash

setup() {
	programs_find
	cd "$BATS_TEST_TMPDIR"
	tpm_start "$BATS_TEST_TMPDIR/tpm"
}

teardown() {
	tpm_stop "$BATS_TEST_TMPDIR/tpm"
}

# nothing_loaded: neither objects nor sessions stay in the TPM
nothing_loaded() {
	run -0 tpm2_getcap handles-transient
	[ -z "$output" ]
	run -0 tpm2_getcap handles-loaded-session
	[ -z "$output" ]
}

# requests OPTION...: the key signs a request that OpenSSL verifies
requests() {
	devsign request -n CN=x "$@" -o request.csr
	openssl req -in request.csr -noout -verify
	rm request.csr
}

# ---- templates --------------------------------------------------------------

@test "each template makes a key that signs requests and files" {
	ca sub "/O=Test/CN=Root"
	echo 'an artefact' >file.bin
	local n=0
	for t in devid-p256-v1 devid-p384-v1 devid-rsa2048-v1 tcg-h2 tcg-h3; do
		key=tpm:0x8102001$n
		n=$((n + 1))
		devsign key create -k "$key" --template "$t" >made
		grep -x "Template: $t" made
		devsign key show -k "$key" >shown
		grep -x "Template: $t" shown
		devsign request -k "$key" -n CN=unit -o unit.csr
		openssl req -in unit.csr -noout -verify
		leaf unit.csr sub unit.crt
		cat unit.crt sub.crt >chain.pem
		devsign sign -k "$key" -c chain.pem file.bin
		devverify-lab file -a sub.crt file.bin
		rm file.bin.cose unit.csr
	done
	nothing_loaded
}

@test "--key-type chooses among our templates" {
	devsign key create -k tpm:0x81020001 --key-type p384 |
	    grep -x "Template: devid-p384-v1"
	devsign key create -k tpm:0x81020002 --key-type rsa2048 |
	    grep -x "Template: devid-rsa2048-v1"
	devsign key create -k tpm:0x81020003 --key-type p256 |
	    grep -x "Template: devid-p256-v1"
	fails 2 "no key of type rsa4096 can be made there, only p256, p384, rsa2048" \
	    devsign key create --key-type rsa4096
	fails 2 "no key of type ed25519" devsign key create --key-type ed25519
}

@test "contradictions are told before anything is made" {
	fails 2 "--key-type p256 contradicts --template devid-p384-v1" \
	    devsign key create --template devid-p384-v1 --key-type p256
	fails 2 "--template devid: not one of devid-p256-v1, devid-p384-v1" \
	    devsign key create --template devid
	fails 2 "--template ldevid-p256-v1 is for a key in a file" \
	    devsign key create --template ldevid-p256-v1
	fails 2 "a template is for a key in a TPM" devsign key create \
	    -k file:a.key --no-passphrase --template devid-p256-v1
	[ ! -e a.key ]
	run -0 tpm2_getcap handles-persistent
	[ -z "$output" ]
}

# derived TEMPLATE HANDLE ALG ATTRIBUTES [POLICY]: tpm2-tools derives the same
derived() {
	printf '\x06\x00IDEVID' >unique
	devsign key create -k "tpm:$2" --template "$1" >/dev/null
	tpm2_createprimary -Q -C e -g "${6:-sha256}" -G "$3" -a "$4" -u unique \
	    ${5:+-L "$5"} -c key.ctx
	tpm2_readpublic -Q -c key.ctx -f pem -o theirs.pem
	tpm2_flushcontext -t
	devsign key show -k "tpm:$2" | openssl pkey -pubin -out ours.pem
	cmp ours.pem theirs.pem
}

@test "tpm2-tools derives the same keys from the documented templates" {
	local a='fixedtpm|fixedparent|sensitivedataorigin|userwithauth|sign'
	derived devid-p256-v1 0x81020001 ecc256:ecdsa-sha256:null "$a|noda"
	derived devid-p384-v1 0x81020002 ecc384:ecdsa-sha384:null "$a|noda" \
	    "" sha384
	printf %s ad6b3a2284fd698a0710bf5cc1b9bdf15e2532e3f601fa4b93a6a8fa8de579ea |
	    xxd -r -p >h2
	derived tcg-h2 0x81020003 ecc256:ecdsa-sha256:null \
	    "$a|adminwithpolicy" h2
}

# ---- passwords --------------------------------------------------------------

passwords() {
	echo right >right
	echo wrong >wrong
}

@test "a key without lockout: its password from a file or a descriptor" {
	passwords
	devsign key create --passphrase-file right >made
	requests --passphrase-file right
	devsign request -n CN=x --passphrase-fd 7 -o r.csr 7<right
	for _ in 1 2 3 4 5; do
		fails 3 "signing: wrong key password; this does not count towards lockout (TPM 0x9a2 TPM_RC_BAD_AUTH)" \
		    devsign request -n CN=x --passphrase-file wrong
	done
	[[ $stderr != *right* && $stderr != *"wrong
"* ]]
	fails 3 "no terminal to ask for the password for tpm:0x81020000" \
	    setsid -w devsign request -n CN=x
	requests --passphrase-file right
	tpm2_getcap properties-variable | grep -A0 'LOCKOUT_COUNTER: 0x0'
	nothing_loaded
}

@test "tpm2-tools and we mean the same password" {
	passwords
	devsign key create --passphrase-file right >/dev/null
	devsign key show | openssl pkey -pubin -out pub.pem
	echo text >text
	tpm2_sign -Q -c 0x81020000 -p right -g sha256 -f plain -o sig text
	openssl dgst -sha256 -verify pub.pem -signature sig text
}

@test "a key without a password is used although one is given" {
	passwords
	devsign key create >/dev/null
	requests --passphrase-file wrong
}

@test "a key with lockout: each wrong try is told, and none is made in vain" {
	passwords
	devsign key create --template tcg-h2 --passphrase-file right >/dev/null
	fails 3 "signing: wrong key password; 2 of 3 tries left (TPM 0x98e TPM_RC_AUTH_FAIL)" \
	    devsign request -n CN=x --passphrase-file wrong
	fails 3 "signing: the key has a password and none was given; 1 of 3 tries left" \
	    devsign request -n CN=x
	requests --passphrase-file right
	tpm2_getcap properties-variable | grep 'LOCKOUT_COUNTER: 0x2'
	fails 3 "0 of 3 tries left" devsign request -n CN=x --passphrase-file wrong
	tpm2_dictionarylockout -Q -s -n 3 -t 600 -l 1000
	before=$(date -u -d '+600 seconds' '+%Y-%m-%d %H:%M')
	fails 3 "" devsign request -n CN=x --passphrase-file right
	after=$(date -u -d '+600 seconds' '+%Y-%m-%d %H:%M')
	[[ $stderr == *"in lockout until about $before UTC (600 s per try) (TPM 0x921 TPM_RC_LOCKOUT)"* ||
	    $stderr == *"in lockout until about $after UTC (600 s per try)"* ]]
	tpm2_dictionarylockout -Q -c
	requests --passphrase-file right
	nothing_loaded
}

@test "a key that is there keeps its password, and another is not believed in" {
	passwords
	devsign key create --passphrase-file right >/dev/null
	run -0 devsign key create --passphrase-file right
	[ "${lines[0]}" = "tpm:0x81020000: P-256 key, was there already" ]
	fails 1 "the key is there already, with another password or none" \
	    devsign key create --passphrase-file wrong
	devsign key create -k tpm:0x81020001 >/dev/null
	fails 1 "with another password or none" \
	    devsign key create -k tpm:0x81020001 --passphrase-file right
}

@test "the terminal is asked, twice for a new password" {
	passwords
	ask=$TOP/tests/tpm/ask.py
	python3 "$ask" right right -- devsign key create --ask-passphrase >dialogue
	grep -q "new password for tpm:0x81020000: " dialogue
	grep -q "new password for tpm:0x81020000, again: " dialogue
	requests --passphrase-file right
	python3 "$ask" right -- devsign request -n CN=x -o r.csr >dialogue
	grep -q "password for tpm:0x81020000: " dialogue
	run ! grep -q right dialogue
	run -3 python3 "$ask" right other -- devsign key create \
	    -k tpm:0x81020001 --template tcg-h2 --ask-passphrase
	[[ $output == *"differ"* ]]
	run -3 tpm2_readpublic -c 0x81020001 || true
}

@test "a password that is too long is refused before the TPM is asked" {
	printf '%033d' 1 >long
	fails 3 "a password of this key has at most 32 octets" \
	    devsign key create --passphrase-file long
	printf '%065d' 1 >longer
	fails 3 "longer than a TPM takes, 64 octets" \
	    devsign key create --passphrase-file longer
	fails 2 "more than one source" devsign key create --ask-passphrase \
	    --passphrase-file long
}

@test "passwords of the hierarchies: needed to make a key, not to use one" {
	passwords
	echo owned >o
	echo private >e
	tpm2_changeauth -Q -c owner owned
	tpm2_changeauth -Q -c endorsement private
	fails 3 "deriving the device key: the endorsement hierarchy has another password" \
	    devsign key create --endorsement-passphrase-file wrong
	[[ $stderr == *"--endorsement-passphrase-file"* ]]
	fails 3 "keeping the key: the owner hierarchy has a password and none" \
	    devsign key create --endorsement-passphrase-file e
	fails 3 "keeping the key: the owner hierarchy has another password" \
	    devsign key create --endorsement-passphrase-file e \
	    --owner-passphrase-file wrong
	nothing_loaded
	devsign key create --endorsement-passphrase-file e \
	    --owner-passphrase-file o >/dev/null
	requests
	nothing_loaded
}

# ---- sessions ---------------------------------------------------------------

# on_the_bus TEXT-FILE: is it in what was captured?
on_the_bus() {
	python3 - "$1" bus <<-'EOF'
	import sys
	sys.exit(open(sys.argv[1], 'rb').read() not in open(sys.argv[2], 'rb').read())
	EOF
}

# captured COMMAND...: with every command and response written into ./bus
captured() {
	rm -f bus
	TCTI_PCAP_FILE=bus DEVSIGN_TCTI=pcap:$DEVSIGN_TCTI "$@"
	[ -s bus ]
}

# secrets [OPTION]: a bus that a key's password, at creation and at use, those of
# the hierarchies, and the signed digest may have crossed
secrets() {
	printf 'key-password-7' >k
	printf 'owner-password-7' >o
	printf 'endorsement-password-7' >e
	captured devsign key create --passphrase-file k \
	    --owner-passphrase-file o --endorsement-passphrase-file e "$@" \
	    >/dev/null
	mv bus created
	captured devsign request -n CN=x --passphrase-file k "$@" -o x.csr
	openssl asn1parse -in x.csr -noout -out x.tbs -strparse \
	    "$(openssl asn1parse -in x.csr | sed -n '2s/ *\([0-9]*\):.*/\1/p')"
	openssl dgst -sha256 -binary -out digest x.tbs
	cat created >>bus
}

@test "neither password nor digest crosses the bus in clear" {
	tpm2_changeauth -Q -c owner owner-password-7
	tpm2_changeauth -Q -c endorsement endorsement-password-7
	secrets
	for what in k o e digest; do
		run ! on_the_bus "$what"
	done
	nothing_loaded
}

@test "in a plain session all of them do: the capture would show it" {
	tpm2_changeauth -Q -c owner owner-password-7
	tpm2_changeauth -Q -c endorsement endorsement-password-7
	secrets --plain-session
	for what in k o e digest; do
		on_the_bus "$what"
	done
	nothing_loaded
}

# salted_with: the handle of the key that salted the session in ./bus
salted_with() {
	python3 - bus <<-'EOF'
	import sys
	bus = open(sys.argv[1], 'rb').read()
	at = bus.index(bytes.fromhex('00000176'))
	print('0x' + bus[at + 4:at + 8].hex())
	EOF
}

@test "the session is salted with the SRK, an EK, the owner's key, or any" {
	devsign key create >/dev/null
	captured requests
	[[ $(salted_with) == 0x80* ]]
	tpm2_createek -Q -G ecc -c 0x81010014
	captured requests
	[ "$(salted_with)" = 0x81010014 ]
	tpm2_createek -Q -G rsa -c 0x81010001
	captured requests
	[ "$(salted_with)" = 0x81010001 ]
	tpm2_createprimary -Q -C o -G ecc -c srk.ctx
	tpm2_evictcontrol -Q -C o -c srk.ctx 0x81000001
	tpm2_flushcontext -t
	captured requests
	[ "$(salted_with)" = 0x81000001 ]
	nothing_loaded
}

@test "what stands at the usual handles but cannot salt is passed over" {
	devsign key create >/dev/null
	devsign key create -k tpm:0x81000001 >/dev/null
	captured requests
	[[ $(salted_with) == 0x80* ]]
	tpm2_changeauth -Q -c owner owned
	captured requests
	[[ $(salted_with) == 0x80* ]]
	nothing_loaded
}

@test "four keys at once lose nothing, though the TPM has three slots" {
	devsign key create >/dev/null
	for round in 1 2 3; do
		for i in 1 2 3 4; do
			devsign request -n "CN=$round-$i" -o "$round-$i.csr" &
		done
		wait
	done
	for f in [123]-[1234].csr; do openssl req -in "$f" -noout -verify; done
	set -- [123]-[1234].csr
	[ $# -eq 12 ]
	nothing_loaded
}

# ---- keys in files ----------------------------------------------------------

# openssl with its tpm2 provider, which then needs the way to the TPM
tpm_openssl() {
	local verb=$1
	shift
	TPM2OPENSSL_TCTI=$DEVSIGN_TCTI openssl "$verb" -provider tpm2 \
	    -provider default "$@"
}

@test "keys in files, of each type: made, used, and never overwritten" {
	for t in p256 p384 rsa2048; do
		run -0 devsign key create -k "tpm:$t.pem" --key-type "$t"
		[[ ${lines[0]} == "tpm:$t.pem: "*" key, created" ]]
		grep -qx "Template: ldevid-$t-v1" <<<"$output"
		[ "$(stat -c %a "$t.pem")" = 600 ]
		requests -k "tpm:$t.pem"
		cp "$t.pem" "$t.before"
		fails 3 "$t.pem: exists already, and a key is never overwritten" \
		    devsign key create -k "tpm:$t.pem" --key-type "$t"
		cmp "$t.pem" "$t.before"
	done
	nothing_loaded
	chmod 644 p256.pem
	fails 3 "p256.pem: others than its owner" devsign key show -k tpm:p256.pem
}

@test "OpenSSL's tpm2 provider uses our files" {
	echo text >text
	for t in p256 p384 rsa2048; do
		devsign key create -k "tpm:$t.pem" --key-type "$t" >/dev/null
		devsign key show -k "tpm:$t.pem" | openssl pkey -pubin -out pub.pem
		tpm_openssl pkeyutl -sign -rawin -digest sha256 -inkey "$t.pem" \
		    -in text -out sig
		openssl dgst -sha256 -verify pub.pem -signature sig text
		tpm_openssl req -new -key "$t.pem" -subj /CN=x -out x.csr
		openssl req -in x.csr -noout -verify
	done
	echo secret >pass
	devsign key create -k tpm:pw.pem --passphrase-file pass >/dev/null
	tpm_openssl req -new -key pw.pem -passin file:pass -subj /CN=x -out x.csr
	openssl req -in x.csr -noout -verify
	run ! tpm_openssl req -new -key pw.pem -passin pass:wrong -subj /CN=x
	nothing_loaded
}

@test "we use the files of OpenSSL's tpm2 provider" {
	umask 077
	tpm_openssl genpkey -algorithm EC -pkeyopt group:P-256 -out p256.pem
	tpm_openssl genpkey -algorithm EC -pkeyopt group:P-384 -out p384.pem
	tpm_openssl genpkey -algorithm RSA -pkeyopt bits:2048 -out rsa.pem
	for f in p256 p384 rsa; do
		requests -k "tpm:$f.pem"
		tpm_openssl pkey -in "$f.pem" -pubout -out theirs.pem
		devsign key show -k "tpm:$f.pem" | openssl pkey -pubin -out ours.pem
		cmp ours.pem theirs.pem
	done
	tpm_openssl genpkey -algorithm EC -pkeyopt group:P-256 \
	    -pkeyopt user-auth:right -out pw.pem
	echo right >right
	echo wrong >wrong
	requests -k tpm:pw.pem --passphrase-file right
	fails 3 "wrong key password; 2 of 3 tries left" devsign request -n CN=x \
	    -k tpm:pw.pem --passphrase-file wrong
	# The file says that there is a password: it is asked for, not guessed.
	fails 3 "no terminal to ask for the password for tpm:pw.pem" \
	    setsid -w devsign request -n CN=x -k tpm:pw.pem
	tpm2_getcap properties-variable | grep 'LOCKOUT_COUNTER: 0x1'
	nothing_loaded
}

@test "a parent that the TPM keeps" {
	umask 077
	tpm2_createprimary -Q -C o -G ecc -c srk.ctx
	tpm2_evictcontrol -Q -C o -c srk.ctx 0x81000001
	tpm2_flushcontext -t
	tpm_openssl genpkey -algorithm EC -pkeyopt group:P-256 \
	    -pkeyopt parent:0x81000001 -out p.pem
	requests -k tpm:p.pem
	requests -k tpm:p.pem --plain-session
	nothing_loaded
	tpm2_evictcontrol -Q -C o -c 0x81000001
	fails 3 "there is no key at 0x81000001, which is this key's parent" \
	    devsign key show -k tpm:p.pem
	nothing_loaded
}

@test "tpm2_encodeobject states the password the wrong way round: no matter" {
	umask 077
	tpm2_createprimary -Q -C o -G ecc -c prim.ctx \
	    -a 'fixedtpm|fixedparent|sensitivedataorigin|userwithauth|restricted|decrypt|noda'
	tpm2_evictcontrol -Q -C o -c prim.ctx 0x81000001
	tpm2_flushcontext -t
	tpm2_create -Q -C 0x81000001 -G ecc256:ecdsa-sha256:null -u k.pub -r k.priv \
	    -a 'fixedtpm|fixedparent|sensitivedataorigin|userwithauth|sign|noda'
	tpm2_encodeobject -C 0x81000001 -u k.pub -r k.priv -o t.pem
	tpm2_flushcontext -l
	chmod 600 t.pem
	openssl asn1parse -in t.pem | grep 'BOOLEAN *:0'
	requests -k tpm:t.pem </dev/null
	nothing_loaded
}

@test "a key of another TPM, or of this one before it was cleared" {
	devsign key create -k tpm:a.pem >/dev/null
	tpm2_clear -Q
	fails 3 "loading the key: this was made by another TPM, or before this one was cleared (TPM 0x1df TPM_RC_INTEGRITY)" \
	    devsign key show -k tpm:a.pem
	nothing_loaded
}

@test "the owner's password is needed for a key in a file, and stays off the bus" {
	printf 'owner-password-7' >o
	echo wrong >wrong
	tpm2_changeauth -Q -c owner owner-password-7
	fails 3 "deriving the key's parent: the owner hierarchy has a password and none was given" \
	    devsign key create -k tpm:a.pem
	[ ! -e a.pem ]
	captured devsign key create -k tpm:a.pem --owner-passphrase-file o
	run ! on_the_bus o
	captured requests -k tpm:a.pem --owner-passphrase-file o
	run ! on_the_bus o
	fails 3 "the owner hierarchy has another password" devsign key show \
	    -k tpm:a.pem --owner-passphrase-file wrong
	nothing_loaded
}

@test "key files that are none: what they are" {
	umask 077
	openssl ecparam -name prime256v1 -genkey -noout |
	    openssl pkcs8 -topk8 -nocrypt -out soft.pem
	fails 3 "soft.pem: wanted a TSS2 PRIVATE KEY, found PRIVATE KEY" \
	    devsign key show -k tpm:soft.pem
	echo nothing >text.pem
	fails 3 "text.pem: not a PEM file" devsign key show -k tpm:text.pem
	fails 3 "none.pem: cannot open" devsign key show -k tpm:none.pem
	devsign key create -k tpm:a.pem >/dev/null
	cat a.pem a.pem >two.pem
	fails 3 "two.pem: holds more than one object" devsign key show -k tpm:two.pem
	sed 's/TSS2 PRIVATE KEY/TSS2 KEY BLOB/' a.pem >old.pem
	fails 3 "found TSS2 KEY BLOB" devsign key show -k tpm:old.pem
	fails 2 "--template devid-p256-v1 is for a key at a handle" \
	    devsign key create -k tpm:b.pem --template devid-p256-v1
	[ ! -e b.pem ]
}

@test "a key file with any octet changed is refused, and nothing crashes" {
	umask 077
	devsign key create -k tpm:a.pem >/dev/null
	sed '/-----/d' a.pem | base64 -d >a.der
	local size
	size=$(stat -c %s a.der)
	for ((i = 0; i < size; i += 7)); do
		python3 - "$i" <<-'EOF'
		import base64, sys
		b = bytearray(open('a.der', 'rb').read())
		b[int(sys.argv[1])] ^= 0x41
		open('b.pem', 'wb').write(b'-----BEGIN TSS2 PRIVATE KEY-----\n'
		    + base64.encodebytes(bytes(b)) + b'-----END TSS2 PRIVATE KEY-----\n')
		EOF
		run devsign request -n CN=x -k tpm:b.pem
		echo "octet $i: $status $output"
		[ "$status" -eq 3 ]
	done
	nothing_loaded
}

@test "four keys in files at once lose nothing" {
	devsign key create -k tpm:a.pem >/dev/null
	for i in 1 2 3 4; do
		devsign request -k tpm:a.pem -n "CN=$i" -o "$i.csr" &
	done
	wait
	for f in [1234].csr; do openssl req -in "$f" -noout -verify; done
	[ -e 1.csr ] && [ -e 2.csr ] && [ -e 3.csr ] && [ -e 4.csr ]
	nothing_loaded
}

# ---- listing ----------------------------------------------------------------

@test "key list: what the TPM keeps, in words and as JSON" {
	run -0 devsign key list
	[ "$output" = "the TPM keeps no keys" ]
	run -0 devsign key list -j
	[ -z "$output" ]
	devsign key create >/dev/null
	devsign key create -k tpm:0x81020001 --template tcg-h3 >/dev/null
	tpm2_createek -Q -G rsa -c 0x81010001
	run -0 devsign key list
	[ "${lines[0]}" = "tpm:0x81010001  RSA-2048  decrypt,restricted,fixedTPM  -" ]
	[ "${lines[1]}" = "tpm:0x81020000  P-256     sign,fixedTPM,noDA  devid-p256-v1" ]
	[ "${lines[2]}" = "tpm:0x81020001  P-384     sign,fixedTPM  tcg-h3" ]
	devsign key list -j >listed
	json_valid "$TOP/docs/keys.schema.json" <listed
	[ "$(jq -r .handle listed | paste -sd' ')" = "0x81010001 0x81020000 0x81020001" ]
	jq -se '.[1] == {handle: "0x81020000", type: "P-256",
	    template: "devid-p256-v1", sign: true, decrypt: false,
	    restricted: false, fixedTPM: true, noDA: true,
	    userWithAuth: true}' listed
	jq -se '.[0] | .restricted and .decrypt and (.noDA | not) and
	    (has("template") | not)' listed
	fails 2 "none of create, show, list" devsign key drop
}

# ---- policies ---------------------------------------------------------------

# extend PCR: as a boot with other firmware would
extend() {
	tpm2_pcrextend "$1:sha256=$(openssl rand -hex 32)"
}

# reboot: registers begin anew, the TPM keeps its keys
reboot() {
	local pid
	pid=$(cat tpm/pid)
	tpm2_shutdown -c
	tpm_stop "$PWD/tpm"
	while kill -0 "$pid" 2>/dev/null; do sleep 0.01; done
	tpm_start "$PWD/tpm"
}

@test "a key bound to PCRs signs until one changes, and says which" {
	for t in p256 p384 rsa2048; do
		devsign key create -k "tpm:$t.pem" --key-type "$t" \
		    --pcr sha256:0,7 >/dev/null
		requests -k "tpm:$t.pem"
		requests -k "tpm:$t.pem" --plain-session
	done
	nothing_loaded
	extend 1
	requests -k tpm:p256.pem
	extend 7
	for t in p256 p384 rsa2048; do
		fails 1 "tpm:$t.pem: signing: PCR 7 (sha256) changed since the key was made" \
		    devsign request -n CN=x -k "tpm:$t.pem"
	done
	[[ $stderr == *"make a new key"* ]]
	extend 0
	fails 1 "PCR 0 (sha256) changed" devsign request -n CN=x -k tpm:p256.pem
	reboot
	requests -k tpm:p256.pem
	nothing_loaded
}

@test "a key may be bound to values that are yet to come" {
	local next
	next=$(printf '%064d' 0 | xxd -r -p | cat - <(printf %064d 1 |
	    xxd -r -p) | sha256sum | cut -d' ' -f1)
	devsign key create -k tpm:a.pem --pcr "sha256:16=$next" >/dev/null
	fails 1 "PCR 16 (sha256) changed since the key was made" \
	    devsign request -n CN=x -k tpm:a.pem
	tpm2_pcrextend "16:sha256=$(printf %064d 1)"
	requests -k tpm:a.pem
}

# tools_load FILE CONTEXT: tpm2_load 5.4 reads no file with a policy
tools_load() {
	sed '/-----/d' "$1" | base64 -d >der
	python3 - <<-'EOF'
	def element(b, at):
	    n, at = b[at + 1], at + 2
	    if n & 0x80:
	        k = n & 0x7f
	        n, at = int.from_bytes(b[at:at + k], 'big'), at + k
	    return at, at + n
	b = open('der', 'rb').read()
	at, end = element(b, 0)
	parts = []
	while at < end:
	    tag = b[at]
	    start, at = element(b, at)
	    if tag == 4:
	        parts.append(b[start:at])
	open('pub', 'wb').write(parts[0])
	open('priv', 'wb').write(parts[1])
	EOF
	tpm2_createprimary -Q -C o -G ecc -c prim.ctx \
	    -a 'fixedtpm|fixedparent|sensitivedataorigin|userwithauth|restricted|decrypt|noda'
	tpm2_load -Q -C prim.ctx -u pub -r priv -c "$2"
	tpm2_flushcontext -t
}

@test "the TPM itself refuses: without its policy the key does not sign" {
	devsign key create -k tpm:a.pem --pcr sha256:7 >/dev/null
	tools_load a.pem a.ctx
	echo text >text
	tpm2_readpublic -c a.ctx | grep -A1 ^attributes |
	    grep -x '  value: fixedtpm|fixedparent|sensitivedataorigin|noda|sign'
	tpm2_flushcontext -t
	run ! tpm2_sign -Q -c a.ctx -g sha256 -o sig text
	[ ! -s sig ]
	tpm2_flushcontext -t
	tpm2_evictcontrol -Q -C o -c a.ctx 0x81020005
	tpm2_flushcontext -t
	fails 3 "the key wants a policy, not a password (TPM 0x12f TPM_RC_AUTH_UNAVAILABLE)" \
	    devsign request -n CN=x -k tpm:0x81020005
}

@test "tpm2-tools compute the same policy digest for a PCR" {
	devsign key create -k tpm:a.pem --pcr sha256:7 >/dev/null
	tpm2_startauthsession -S trial.ctx
	tpm2_policypcr -Q -S trial.ctx -l sha256:7 -L theirs
	tpm2_flushcontext trial.ctx
	tools_load a.pem a.ctx
	tpm2_readpublic -c a.ctx | grep "authorization policy: $(xxd -p -c 64 theirs)"
	tpm2_flushcontext -t
}

# authorities: keys that approve, of each kind, as files
authorities() {
	devsign key create -k file:p256.key --no-passphrase >/dev/null
	devsign key create -k file:p384.key --key-type p384 --no-passphrase \
	    >/dev/null
	devsign key create -k tpm:0x81020009 --key-type rsa2048 >/dev/null
	devsign key show -k file:p256.key >p256.pub
	devsign key show -k file:p384.key >p384.pub
	devsign key show -k tpm:0x81020009 >rsa.pub
}

@test "an authority approves a change of firmware, before it comes or after" {
	authorities
	while read -r name spec; do
		reboot
		devsign key create -k "tpm:$name.pem" --policy-key "$name.pub" \
		    >/dev/null
		fails 1 "no policy of this key was approved yet" \
		    devsign request -n CN=x -k "tpm:$name.pem"
		run -0 devsign key approve -k "$spec" --pcr sha256:7 "$name.pem"
		[ "$output" = "$name.pem: approved, by $spec" ]
		[ "$(stat -c %a "$name.pem")" = 600 ]
		requests -k "tpm:$name.pem"
		requests -k "tpm:$name.pem" --plain-session
		run -0 devsign key approve -k "$spec" --pcr sha256:7 "$name.pem"
		[ "$output" = "$name.pem: was approved already, by $spec" ]
		extend 7
		fails 1 "PCR 7 (sha256) changed since the last policy was approved" \
		    devsign request -n CN=x -k "tpm:$name.pem"
		[[ $stderr == *"devsign key approve"* ]]
		now=$(tpm2_pcrread sha256:7 | sed -n 's/.*: 0x//p')
		if [ "$name" = p256 ]; then
			# far from the TPM, by the value alone
			devsign key approve -k "$spec" --tcti device:/nowhere \
			    --pcr "sha256:7=$now" "$name.pem"
		else
			devsign key approve -k "$spec" --pcr sha256:7 "$name.pem"
		fi
		requests -k "tpm:$name.pem"
		reboot
		requests -k "tpm:$name.pem"
		nothing_loaded
	done <<-EOF
	p256 file:p256.key
	p384 file:p384.key
	rsa tpm:0x81020009
	EOF
}

@test "only the authority approves" {
	authorities
	devsign key create -k file:other.key --no-passphrase >/dev/null
	devsign key create -k tpm:a.pem --policy-key p256.pub >/dev/null
	cp a.pem before.pem
	fails 1 "file:other.key is not the authority of this key" \
	    devsign key approve -k file:other.key --pcr sha256:7 a.pem
	fails 1 "file:p384.key is not the authority of this key" \
	    devsign key approve -k file:p384.key --pcr sha256:7 a.pem
	cmp a.pem before.pem
	devsign key create -k tpm:b.pem --pcr sha256:7 >/dev/null
	fails 1 "nobody can approve policies of this key" devsign key approve \
	    -k file:p256.key --pcr sha256:7 b.pem
	devsign key create -k tpm:c.pem >/dev/null
	fails 1 "nobody can approve" devsign key approve -k file:p256.key \
	    --pcr sha256:7 c.pem
	# An approval made for one key serves another of the same authority;
	# one whose signature was changed serves nobody.
	devsign key approve -k file:p256.key --pcr sha256:7 a.pem
	requests -k tpm:a.pem
	python3 - <<-'EOF'
	import base64
	lines = open('a.pem').read().split('\n')
	der = bytearray(base64.b64decode(''.join(lines[1:-2])))
	at = der.rindex(bytes.fromhex('0018000b0020')) + 8
	der[at] ^= 1
	open('bad.pem', 'wb').write(lines[0].encode() + b'\n' +
	    base64.encodebytes(bytes(der)) + lines[-2].encode() + b'\n')
	EOF
	chmod 600 bad.pem
	fails 3 "an approved policy is not signed by the key's authority" \
	    devsign request -n CN=x -k tpm:bad.pem
	nothing_loaded
}

@test "there is room for 32 approved policies, and for no more" {
	authorities
	devsign key create -k tpm:a.pem --policy-key p256.pub >/dev/null
	for i in $(seq 1 32); do
		devsign key approve -k file:p256.key a.pem \
		    --pcr "sha256:7=$(printf %064x "$i")" >/dev/null
	done
	fails 3 "has 32 approved policies" devsign key approve -k file:p256.key \
	    --pcr sha256:7 a.pem
	fails 1 "PCR 7 (sha256) changed" devsign request -n CN=x -k tpm:a.pem
}

@test "policies that make no sense are usage errors" {
	for p in sha256 sha256: sha1:7 md5:7 sha256:24 "sha256:7," sha256:,7 \
	    sha256:7,7 sha256:7=12 sha256:7=zz sha256:007 "sha256:7 " \
	    sha384:7="$(printf %064d 1)"; do
		fails 2 "--pcr $p: " devsign key create -k tpm:a.pem --pcr "$p"
	done
	fails 2 "a policy needs a file" devsign key create --pcr sha256:7
	fails 2 "a policy is for a key in a TPM" devsign key create \
	    -k file:a.key --no-passphrase --pcr sha256:7
	echo secret >pass
	fails 2 "a key with a policy has no password" devsign key create \
	    -k tpm:a.pem --pcr sha256:7 --passphrase-file pass
	openssl genpkey -algorithm ED25519 | openssl pkey -pubout -out ed.pub
	fails 3 "not one public key that a TPM can verify with" \
	    devsign key create -k tpm:a.pem --policy-key ed.pub
	fails 2 "--pcr contradicts --policy-key" devsign key create -k tpm:a.pem \
	    --pcr sha256:7 --policy-key ed.pub
	fails 2 "key approve needs" devsign key approve -k file:x a.pem
	fails 2 "key approve needs" devsign key approve --pcr sha256:7 a.pem
	fails 2 'key show takes no "a.pem"' devsign key show a.pem
	[ ! -e a.pem ]
}

@test "a bank that this TPM does not keep" {
	tpm2_pcrallocate -Q sha256:all+sha512:none
	reboot
	fails 3 "this TPM has no PCR sha512:7" devsign key create -k tpm:a.pem \
	    --pcr sha512:7
	[ ! -e a.pem ]
}

# ---- a key that is exchanged ------------------------------------------------

# sign_while ACTION [OPTION...]: signs standard input, and while devsign waits
# for that, with the key open and the chain checked, ACTION happens
sign_while() {
	local action=$1 pid
	shift
	mkfifo in
	devsign sign -c chain.pem --name x -o x.cose "$@" - <in 2>said &
	pid=$!
	exec 9>in
	# read(0, ...), on x86-64 and on arm64
	until grep -qE '^(0|63) 0x0 ' "/proc/$pid/syscall"; do
		kill -0 "$pid"
		sleep 0.01
	done
	"$action"
	echo text >&9
	exec 9>&-
	rm in
	wait "$pid"
}

exchanged() {
	tpm2_evictcontrol -Q -C o -c 0x81020000
	tpm2_createprimary -Q -C e -G ecc256:ecdsa-sha256:null -c other.ctx \
	    -a 'fixedtpm|fixedparent|sensitivedataorigin|userwithauth|noda|sign'
	tpm2_evictcontrol -Q -C o -c other.ctx 0x81020000
	tpm2_flushcontext -t
}

evicted() { tpm2_evictcontrol -Q -C o -c 0x81020000; }

unchanged() { true; }

@test "a key exchanged between the check of the chain and the signature" {
	ca root "/O=Test/CN=Root"
	for how in "" --plain-session; do
		devsign key create >/dev/null
		devsign request -n CN=unit -o unit.csr
		leaf unit.csr root unit.crt
		cat unit.crt root.crt >chain.pem
		rm unit.csr
		sign_while unchanged ${how:+"$how"}
		echo text >x
		devverify-lab file -a root.crt x
		rm x.cose
		run sign_while exchanged ${how:+"$how"}
		[ ! -e x.cose ]
		if [ -z "$how" ]; then
			[ "$status" -eq 1 ]
			grep "another key is there now, not the one that was opened" said
		else
			[ "$status" -eq 3 ]
			grep "the signature it made does not verify with its public key" said
		fi
		# opened anew, it is not the key of the chain
		fails 1 "no certificate is for this key" devsign sign -c chain.pem x
		[ ! -e x.cose ]
		tpm2_evictcontrol -Q -C o -c 0x81020000
	done
	devsign key create >/dev/null
	run -3 sign_while evicted
	grep "there is no key at this handle" said
	[ ! -e x.cose ]
	nothing_loaded
}
