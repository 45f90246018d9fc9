#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# devsign with its key in a TPM: the whole road, and each way in which a TPM or
# its surroundings say no.

bats_require_minimum_version 1.5.0
load ../lib/devsign.bash

setup_file() {
	programs_find
	export SHARED=$BATS_FILE_TMPDIR
	cd "$SHARED"
	ca root "/O=Test/CN=Root"
	ca sub "/O=Test/CN=Sub" root
	tpm_start "$SHARED/tpm"
	devsign key create >first
	devsign request -n "serialNumber=unit-0042,O=Test" -o unit.csr
	leaf unit.csr sub unit.crt
	cat unit.crt sub.crt root.crt >given.pem
	devsign install -o chain.pem given.pem
}

teardown_file() {
	tpm_stop "$SHARED/tpm"
}

setup() {
	cd "$BATS_TEST_TMPDIR"
	cp "$SHARED"/*.pem "$SHARED"/*.c[sr][rt] .
	echo 'an artefact' >file.bin
}

teardown() {
	tpm_stop "$BATS_TEST_TMPDIR/tpm"
}

# A TPM of this test alone, for tests that leave it changed.
own_tpm() { tpm_start "$BATS_TEST_TMPDIR/tpm"; }

@test "key create says what it made and shows the public key" {
	own_tpm
	run -0 devsign key create
	[ "${lines[0]}" = "tpm:0x81020000: P-256 key, created" ]
	[[ ${lines[1]} == "SPKI SHA-256: "* ]]
	want=$(devsign key show | openssl pkey -pubin -outform DER | sha256sum)
	[ "${lines[1]}" = "SPKI SHA-256: ${want%% *}" ]
}

@test "key create again changes nothing and says so" {
	run -0 devsign key create
	[ "${lines[0]}" = "tpm:0x81020000: P-256 key, was there already" ]
	[ "${lines[1]}" = "$(sed -n 2p "$SHARED/first")" ]
}

@test "after eviction and TPM2_Clear the same key comes back" {
	own_tpm
	devsign key create >before
	tpm2_evictcontrol -Q -C o -c 0x81020000
	fails 3 "there is no key at this handle (TPM 0x18b TPM_RC_HANDLE)" \
	    devsign key show
	devsign key create >after
	tpm2_clear -Q
	devsign key create >cleared
	cmp before after
	cmp before cleared
}

@test "another TPM has another key" {
	own_tpm
	devsign key create >other
	run ! cmp "$SHARED/first" other
}

@test "the key is the documented template: fixed to this TPM, noDA, signing only" {
	run -0 tpm2_readpublic -c 0x81020000
	[[ $output == *"fixedtpm|fixedparent|sensitivedataorigin|userwithauth|noda|sign"* ]]
	[[ $output == *ecdsa* && $output == *sha256* ]]
}

@test "nothing stays loaded in the TPM" {
	own_tpm
	for _ in 1 2 3 4 5; do
		devsign key create
		tpm2_evictcontrol -Q -C o -c 0x81020000
	done
	devsign key create
	echo x >f
	for _ in 1 2 3 4 5; do devsign request -n CN=x >/dev/null; done
	run -0 tpm2_getcap handles-transient
	[ -z "$output" ]
	run -0 tpm2_getcap handles-loaded-session
	[ -z "$output" ]
}

@test "OpenSSL verifies the request" {
	run -0 openssl req -in unit.csr -noout -verify -subject -text
	[[ $output == *"O = Test, serialNumber = unit-0042"* ]]
	[[ $output == *"Version: 1 (0x0)"* ]]
	[[ $output == *"verify OK"* ]]
}

@test "sign writes FILE.cose and devverify-lab accepts it" {
	run -0 devsign sign -c chain.pem file.bin
	[ "$output" = 'file.bin.cose: signed file.bin (12 bytes) as "unit-0042" with tpm:0x81020000' ]
	run -0 devverify-lab file -a root.crt file.bin
	[[ $output == "file.bin: ACCEPTED until "* ]]
}

@test "sha384 and sha512, a name, a content type, standard input and output" {
	devsign sign -c chain.pem --hash sha384 file.bin
	devverify-lab file -a root.crt file.bin
	devsign sign -c chain.pem --hash sha512 --force file.bin
	devverify-lab file -a root.crt file.bin
	run -0 --separate-stderr devsign sign -c chain.pem --name fw-7 \
	    --content-type application/wasm -o - - <file.bin
	[[ $stderr == *"signed - (12 bytes)"* ]]
	devsign sign -c chain.pem --name fw-7 -o s.cose - <file.bin
	devverify-lab file -a root.crt -s s.cose file.bin
	grep -q fw-7 s.cose
}

@test "several files: one that fails does not stop the others" {
	echo b >b.bin
	fails 3 "nothing.bin" devsign sign -c chain.pem file.bin nothing.bin b.bin
	[ -e file.bin.cose ]
	[ -e b.bin.cose ]
	[ ! -e nothing.bin.cose ]
}

# bus_count CODE: commands of that code in ./bus (TPM 2.0 Part 2, 6.5.2)
bus_count() {
	python3 - "$1" <<-'EOF'
	import re, sys
	code = int(sys.argv[1], 16).to_bytes(4, 'big')
	bus = open('bus', 'rb').read()
	print(len(re.findall(rb'\x80[\x01\x02]\0\0..' + re.escape(code), bus, re.S)))
	EOF
}

@test "many files: the key is opened once, each file costs the TPM one signature" {
	echo one >1.bin
	echo two >2.bin
	echo three >3.bin
	TCTI_PCAP_FILE=bus DEVSIGN_TCTI=pcap:$DEVSIGN_TCTI \
	    devsign sign -c chain.pem 1.bin
	opened=$(bus_count 176)
	[ "$opened" -gt 0 ]
	[ "$(bus_count 15d)" = 1 ]
	read_once=$(bus_count 173)
	rm bus
	TCTI_PCAP_FILE=bus DEVSIGN_TCTI=pcap:$DEVSIGN_TCTI \
	    devsign sign --force -c chain.pem 1.bin 2.bin 3.bin
	[ "$(bus_count 15d)" = 3 ]
	[ "$(bus_count 173)" = "$read_once" ]
	echo "sessions: $opened for one file, $(bus_count 176) for three"
	[ "$(bus_count 176)" = "$opened" ]
}

@test "an existing envelope is kept; --force replaces it" {
	echo precious >file.bin.cose
	fails 3 "file.bin.cose: exists already" devsign sign -c chain.pem file.bin
	[ "$(cat file.bin.cose)" = precious ]
	devsign sign -c chain.pem --force file.bin
	devverify-lab file -a root.crt file.bin
}

@test "a chain for another key: no, before anything is written" {
	openssl ecparam -name prime256v1 -genkey -noout -out o.key
	openssl req -new -key o.key -subj /CN=other -out o.csr
	cp "$SHARED"/sub.ca.key .
	leaf o.csr sub o.crt
	cat o.crt sub.crt >other.pem
	fails 1 'no certificate is for this key; the first is for another key of "CN=other"' \
	    devsign sign -c other.pem file.bin
	fails 1 "no certificate is for this key" devsign install -o x.pem other.pem
	[ ! -e file.bin.cose ]
	[ ! -e x.pem ]
}

@test "an expired chain: no, and until when it was valid" {
	fails 1 "expired" devsign sign -c chain.pem -t 2090-01-01T00:00:00Z file.bin
	[[ $stderr == *notAfter* ]]
	[ ! -e file.bin.cose ]
	fails 1 "not-yet-valid" devsign sign -c chain.pem -t 2001-01-01T00:00:00Z \
	    file.bin
}

@test "a certificate for another purpose does not sign" {
	cp "$SHARED"/sub.ca.key .
	leaf unit.csr sub tls.crt 'keyUsage = critical, digitalSignature' \
	    'extendedKeyUsage = clientAuth'
	cat tls.crt sub.crt root.crt >tls.pem
	fails 1 "key-purpose" devsign sign -c tls.pem file.bin
	leaf unit.csr sub any.crt 'keyUsage = critical, digitalSignature' \
	    'extendedKeyUsage = 2.5.29.37.0'
	cat any.crt sub.crt root.crt >any.pem
	fails 1 "key-purpose" devsign sign -c any.pem file.bin
	leaf unit.csr sub code.crt 'keyUsage = critical, digitalSignature' \
	    'extendedKeyUsage = codeSigning'
	cat code.crt sub.crt root.crt >code.pem
	devsign sign -c code.pem file.bin
	devverify-lab file -a root.crt file.bin
}

@test "install puts a shuffled chain in order and says until when" {
	cat root.crt unit.crt sub.crt >shuffled.pem
	run -0 devsign install -o x.pem shuffled.pem
	[[ $output == 'x.pem: installed "'*'unit-0042'*'", 3 certificates, until 20'* ]]
	cmp x.pem chain.pem
}

@test "install without the root names who verifiers must know" {
	cat unit.crt sub.crt >short.pem
	run -0 devsign install -o x.pem short.pem
	[[ ${lines[1]} == *'the chain ends below "CN=Root,O=Test"'* ]]
	devsign sign -c x.pem file.bin
	devverify-lab file -a root.crt file.bin
	run -0 devsign install -o y.pem unit.crt
	[[ ${lines[1]} == *'the chain ends below "CN=Sub,O=Test"'* ]]
}

@test "install refuses a certificate that belongs to nothing, and a forged link" {
	ca stranger /CN=Stranger
	cat unit.crt sub.crt stranger.crt >more.pem
	fails 1 'certificate 3 of 3 does not belong to the chain: "CN=Stranger"' \
	    devsign install -o x.pem more.pem
	ca forged "/O=Test/CN=Sub" stranger
	cat unit.crt forged.crt >forged.pem
	fails 1 "does not belong to the chain" devsign install -o x.pem forged.pem
	[ ! -e x.pem ]
}

@test "install refuses what is not a certificate" {
	fails 3 "CERTIFICATE" devsign install -o x.pem unit.csr
	echo garbage >g.pem
	fails 1 "g.pem: certificate 1 of 1 cannot be read" devsign install -o x.pem g.pem
}

@test "no TPM: the node, the socket and the environment are told apart" {
	fails 3 "no TPM: /nowhere/tpm0: No such file or directory" \
	    devsign key show --tcti device:/nowhere/tpm0
	fails 3 "kernel driver" devsign key show --tcti device:/nowhere/tpm0
	fails 3 "is swtpm running" devsign key show --tcti swtpm:path=/nowhere
	fails 3 "/dev/null is there but does not answer" \
	    devsign key show --tcti device:/dev/null
	fails 3 'unknown TPM transport "nonsense"' devsign key show --tcti nonsense:x
	fails 3 "/nowhere" env DEVSIGN_TCTI=device:/nowhere devsign sign \
	    -c chain.pem file.bin
	unset DEVSIGN_TCTI
	[ -e /dev/tpmrm0 ] || fails 3 "no TPM: /dev/tpmrm0" devsign key show
}

@test "a TCTI that does not say where is refused: no library default" {
	for tcti in swtpm mssim device "device:" ":x"; do
		fails 2 "does not say where the TPM is" devsign key show \
		    --tcti "$tcti"
	done
	DEVSIGN_TCTI='' fails 2 "does not say where" devsign key show
}

@test "a device that may not be opened: what to do" {
	[ "$(id -u)" -ne 0 ] || skip "root may open everything"
	touch node
	chmod 0 node
	fails 3 "Permission denied" devsign key show --tcti "device:$PWD/node"
	[[ $stderr == *tss* ]]
}

@test "wrong handles are usage errors, an empty one says what to do" {
	for h in 0x8102 81020000 0x81800000 0x01c90000 0x8102000g ""; do
		fails 2 "not a persistent handle of the owner" devsign key show \
		    -k "tpm:$h"
	done
	fails 3 "run \`devsign key create\`" devsign key show -k tpm:0x81020007
	fails 2 "does not name a key" devsign key show -k pkcs15:x
	fails 2 "no key of type ed25519 can be made there, only p256" devsign key create \
	    --key-type ed25519
}

@test "another key at the handle is left alone" {
	own_tpm
	tpm2_createprimary -Q -C e -G ecc -c other.ctx
	tpm2_evictcontrol -Q -C o -c other.ctx 0x81020000
	tpm2_flushcontext -t
	before=$(tpm2_readpublic -c 0x81020000)
	fails 1 "another key is there, not the one this TPM derives" \
	    devsign key create
	[ "$(tpm2_readpublic -c 0x81020000)" = "$before" ]
	fails 3 "the key there cannot be used: it is not a signing key" \
	    devsign key show
}

@test "a restricted key does not serve, and a key with a password asks for it" {
	own_tpm
	tpm2_createprimary -Q -C o -G ecc:ecdsa-sha256 -p secret -c pw.ctx \
	    -a 'fixedtpm|fixedparent|sensitivedataorigin|userwithauth|noda|sign'
	tpm2_evictcontrol -Q -C o -c pw.ctx 0x81020001
	tpm2_flushcontext -t
	fails 3 "no terminal to ask for the password for tpm:0x81020001" \
	    setsid -w devsign request -n CN=x -k tpm:0x81020001
	[[ $stderr == *"--passphrase-file"* ]]
	tpm2_createprimary -Q -C o -G ecc:ecdsa-sha256:null -c r.ctx \
	    -a 'fixedtpm|fixedparent|sensitivedataorigin|userwithauth|restricted|sign'
	tpm2_evictcontrol -Q -C o -c r.ctx 0x81020002
	tpm2_flushcontext -t
	fails 3 "it signs only what the TPM itself made" \
	    devsign key show -k tpm:0x81020002
}

@test "hierarchies with passwords: said, and nothing is changed" {
	own_tpm
	tpm2_changeauth -Q -c owner owned
	fails 3 \
	    "keeping the key: the owner hierarchy has a password and none was given" devsign key create
	run -0 tpm2_getcap handles-transient
	[ -z "$output" ]
	tpm2_changeauth -Q -c endorsement private
	fails 3 \
	    "deriving the device key: the endorsement hierarchy has a password" devsign key create
}

@test "a TPM in lockout says so, and the device key signs all the same" {
	own_tpm
	devsign key create >/dev/null
	tpm2_createprimary -Q -C o -G ecc:ecdsa-sha256 -p secret -c da.ctx \
	    -a 'fixedtpm|fixedparent|sensitivedataorigin|userwithauth|sign'
	tpm2_evictcontrol -Q -C o -c da.ctx 0x81020001
	tpm2_flushcontext -t
	tpm2_dictionarylockout -Q -s -n 1 -t 1000 -l 1000
	fails 3 "TPM_RC_AUTH_FAIL" devsign request -n CN=x -k tpm:0x81020001
	fails 3 "signing: the TPM is in lockout until about 20" \
	    devsign request -n CN=x -k tpm:0x81020001
	[[ $stderr == *"(TPM 0x921 TPM_RC_LOCKOUT)"* ]]
	devsign request -n CN=x | openssl req -noout -verify
}

@test "full object slots: what to do" {
	own_tpm
	for _ in 1 2 3; do tpm2_createprimary -Q -C o; done
	fails 3 "TPM_RC_OBJECT_MEMORY" devsign key create
	[[ $stderr == *"/dev/tpmrm0"* ]]
}

@test "a TPM that dies in between is an error in time" {
	own_tpm
	devsign key create >/dev/null
	tpm_stop "$BATS_TEST_TMPDIR/tpm"
	rm -f tpm/sock tpm/sock.ctrl
	fails 3 "no TPM: " devsign sign -c chain.pem file.bin
}

@test "through a device node, and one that stops answering ends in time" {
	node=$TOP/tests/tpm/node.py
	timeout 20 python3 "$node" 100 "$SHARED/tpm/sock" devsign request -n CN=x |
	    openssl req -noout -verify
	fails 3 "signing: the TPM did not answer in time (TPM 0xa0009 time-out)" \
	    timeout 30 python3 "$node" 3 "$SHARED/tpm/sock" \
	    devsign request -n CN=x --plain-session
	fails 3 "starting an encrypted session: the TPM did not answer in time" \
	    timeout 30 python3 "$node" 3 "$SHARED/tpm/sock" \
	    devsign request -n CN=x
}

@test "disk full: nothing half-written stays" {
	mkdir small
	fails 3 "disk full" bash -c 'ulimit -f 1; trap "" XFSZ
	    exec devsign sign -c chain.pem -o small/out.cose file.bin'
	[ -z "$(ls -A small)" ]
	fails 3 "standard output" bash -c 'devsign key show >/dev/full'
}

@test "no chain installed: the verb that installs one is named" {
	[ ! -e /var/lib/devsign/chain.pem ] || skip "this machine has a chain"
	fails 3 "\`devsign install CHAIN\`" devsign sign file.bin
}

@test "unreadable file and unwritable directory are told before the TPM is asked" {
	fails 3 "nodir/x.cose" devsign sign -c chain.pem -o nodir/x.cose file.bin
	mkdir d
	fails 3 "d: is a directory" devsign sign -c chain.pem d
	[ "$(id -u)" -eq 0 ] || {
		chmod 0 file.bin
		fails 3 "file.bin: cannot open" devsign sign -c chain.pem file.bin
	}
}

@test "a broken name is refused before the TPM is asked" {
	for n in "" CN unit "CN=" "XX=1" "C=DEU" "CN=a+O=b" "CN= a" "CN=a,,O=b"; do
		fails 2 "" devsign request -n "$n" --tcti device:/nowhere
	done
	fails 2 "option -n (--subject) is missing" devsign request
}

@test "the file name as artefact name: long or odd ones need --name" {
	odd=$(printf 'bad\xff')
	echo x >"$odd"
	fails 2 "give another with --name" devsign sign -c chain.pem "$odd"
	devsign sign -c chain.pem --name good "$odd"
	fails 2 "1 to 255 octets" devsign sign -c chain.pem \
	    --name "$(printf '%0256d' 0)" file.bin
	devsign sign -c chain.pem --name "$(printf '%0255d' 0)" file.bin
	fails 2 "one file only" devsign sign -c chain.pem --name x a b
}

@test "eight at once: the TPM serves all, every signature verifies" {
	for i in 1 2 3 4 5 6 7 8; do
		echo "$i" >"f$i"
		devsign sign -c chain.pem "f$i" &
	done
	wait
	devverify-lab file -a root.crt f1 f2 f3 f4 f5 f6 f7 f8
}
