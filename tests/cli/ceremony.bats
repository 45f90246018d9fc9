#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# A CA and its issuer on two machines: the request, the ceremony, the answer;
# renewal with the same key and with a new one, while old devices and old
# anchors go on. Every chain is judged by OpenSSL, GnuTLS and our verifier.

bats_require_minimum_version 1.5.0
load pki.bash
load helpers.bash

# request DIR SUBJECT [OPTION...]: DIR and DIR.csr
request() {
	local dir=$1 name=$2
	shift 2
	pki-init request -d "$dir" -n "$name" --no-passphrase -o "$dir.csr" "$@"
}

# sign ISSUER NAME [OPTION...]: NAME.csr to NAME.crt, without asking
sign() {
	local issuer=$1 name=$2
	shift 2
	pki-init sign -d "$issuer" -o "$name.crt" --yes "$@" "$name.csr"
}

# asked ANSWER COMMAND...: with a person at the terminal
asked() {
	local answer=$1
	shift
	python3 "$TOP/tests/tpm/ask.py" "$answer" -- "$@"
}

# device CA NAME [SUBJECT]: NAME.pem by that CA
device() {
	csr "$2" "/O=Example/serialNumber=$2"
	pki-issue device -d "$1" -p idevid -o "$2.pem" "$2.csr" >/dev/null
}

# accepts ANCHOR LEAF.pem [CERT...]: OpenSSL and devverify-lab, with no more
accepts() {
	local anchor=$1 leaf=$2 more=() ssl=()
	shift 2
	for c in "$@"; do
		more+=(-i "$c")
		ssl+=(-untrusted "$c")
	done
	openssl x509 -in "$leaf" -out only.pem
	openssl verify -x509_strict -CAfile "$anchor" "${ssl[@]}" only.pem
	devverify-lab chain -a "$anchor" "${more[@]}" only.pem
}

# the same, and both say no
refuses() {
	local anchor=$1 leaf=$2 more=() ssl=()
	shift 2
	for c in "$@"; do
		more+=(-i "$c")
		ssl+=(-untrusted "$c")
	done
	openssl x509 -in "$leaf" -out only.pem
	run ! openssl verify -x509_strict -CAfile "$anchor" "${ssl[@]}" only.pem
	run -1 devverify-lab chain -a "$anchor" "${more[@]}" only.pem
}

issued() { ledger "$1" 'select count(*) from issued'; }

# ---- the request ------------------------------------------------------------

@test "request makes a CA with key, ledger and request, and no certificate" {
	run -0 request new "CN=New,O=Example"
	says 'new: request for "CN=New,O=Example" (P-256)'
	says "key      SHA-256 $(openssl req -in new.csr -noout -pubkey |
	    openssl pkey -pubin -outform DER | sha256sum | cut -d' ' -f1)"
	says "request  SHA-256 $(openssl req -in new.csr -outform DER |
	    sha256sum | cut -d' ' -f1)"
	says "carry new.csr to its issuer"
	[ "$(stat -c %a new)" = 700 ]
	[ "$(stat -c %a new/ca.key)" = 600 ]
	[ "$(ls new | tr '\n' ' ')" = "audit.log ca.key ledger.db request.csr " ]
	cmp new.csr new/request.csr
	openssl req -in new.csr -noout -verify
	[ "$(openssl req -in new.csr -noout -subject -nameopt RFC2253)" = \
	    "subject=CN=New,O=Example" ]
	grep -q '^1 [^ ]* [^ ]* request name=CN=New,O=Example key=' new/audit.log
}

@test "every tool says that a CA has no certificate yet, and what to do" {
	request new "CN=New"
	local c
	for c in "pki-issue device -d new -p idevid unit.csr" \
	    "pki-init intermediate -d x --issuer new -n CN=x --no-passphrase" \
	    "pki-init sign -d new -o x.crt --yes new.csr" \
	    "pki-init request -d new --renew" \
	    "pki-init anchors -d new"; do
		# shellcheck disable=SC2086
		run -3 $c
		says "new: this CA has no certificate yet"
		says "carry new/request.csr to the machine of its issuer"
		says "pki-init install -d new ANSWER"
	done
	run -1 pki-init check -d new
	[ "${lines[0]}" = "new: NO CERTIFICATE YET" ]
	says "request: not answered yet, \"CN=New\""
	[ ! -e x ] && [ ! -e x.crt ]
}

@test "the same request again is the same; another name is refused" {
	request new "CN=New"
	cp new.csr first.csr
	request new "CN=New"
	cmp new.csr first.csr
	pki-init request -d new -n "CN=New" -o - | cmp - first.csr
	run -1 request new "CN=Other"
	says "its request is for another subject; nothing was changed"
	run -1 pki-init request -d factory -n "CN=Test Factory,O=Example"
	says "factory exists already"
	cmp new/request.csr first.csr
	run -2 pki-init request -d x
	says "option --subject is missing"
	run -2 pki-init request -d factory --renew -n CN=x
	says "option --subject: --renew keeps key and subject"
}

@test "request killed at any moment is finished by the same command" {
	strace -o /dev/null true || skip "no strace here"
	export ASAN_OPTIONS=detect_leaks=0	# it cannot be traced
	local call n count all=0
	strace -f -o calls pki-init request -d k0 -n CN=K --no-passphrase
	for call in fsync fdatasync rename renameat2 mkdir link; do
		count=$(grep -cE "^[0-9]+ +$call\(" calls || true)
		for ((n = 1; n <= count; n++)); do
			rm -rf k k.partial
			strace -qq -f -o /dev/null -e trace="$call" \
			    -e "inject=$call:signal=KILL:when=$n" pki-init \
			    request -d k -n CN=K --no-passphrase >/dev/null \
			    2>&1 || true
			pki-init request -d k -n CN=K --no-passphrase >/dev/null
			[ ! -e k.partial ]
			openssl req -in k/request.csr -noout -verify
			all=$((all + 1))
		done
	done
	[ "$all" -gt 10 ]
}

@test "a CA begun with a request is not finished as a root, nor the other way" {
	mkdir k.partial r.partial
	touch k.partial/request.csr r.partial/ca.crt
	run -1 pki-init root -d k -n CN=K --no-passphrase
	says "k.partial/request.csr is there: it was begun by another command"
	run -1 pki-init request -d r -n CN=R --no-passphrase
	says "r.partial/ca.crt is there: it was begun by another command"
	[ ! -e k ] && [ ! -e r ]
}

# ---- the ceremony -----------------------------------------------------------

@test "sign shows all that it is about to sign" {
	request new "CN=New,O=Example"
	pki-init root -d early -n "CN=Early,O=Example" --no-passphrase \
	    --not-before 2020-01-01T00:00:00Z
	run -0 sign early new --path-length 3 --not-before 2026-01-01T00:00:00Z \
	    --not-after 2031-01-01T00:00:00Z
	says '"CN=Early,O=Example" is about to sign a new CA:'
	says 'subject      "CN=New,O=Example"'
	says 'key          P-256'
	says "fingerprint  SHA-256 $(openssl req -in new.csr -noout -pubkey |
	    openssl pkey -pubin -outform DER | sha256sum | cut -d' ' -f1)"
	says "request      SHA-256 $(openssl req -in new.csr -outform DER |
	    sha256sum | cut -d' ' -f1)"
	says 'profile      intermediate: '
	says 'path length  3: so many CAs may follow below'
	says 'permitted    names of any kind'
	says 'excluded     no names'
	says 'policies     none'
	says 'valid from   2026-01-01T00:00:00Z'
	says 'valid until  2031-01-01T00:00:00Z'
	says 'new.crt: signed "CN=New,O=Example" until 2031-01-01T00:00:00Z'
	[[ $(text new.crt) == *"CA:TRUE, pathlen:3"* ]]
	[[ $(text new.crt) == *"Not Before: Jan  1 00:00:00 2026 GMT"* ]]
	[[ $(text new.crt) == *"Not After : Jan  1 00:00:00 2031 GMT"* ]]
	both new.crt
}

@test "names and policies that a CA below is held to are shown, kept, and not lost" {
	request new "CN=New,O=Example"
	local lay=(--permit dns:example.com --permit dn:O=Example
	    --exclude dns:secret.example.com --policy 1.3.6.1.4.1.32473.1)
	run -0 sign root new "${lay[@]}"
	says 'permitted    dns:example.com, dn:O=Example'
	says 'excluded     dns:secret.example.com'
	says 'policies     1.3.6.1.4.1.32473.1'
	local t
	t=$(text new.crt)
	[[ $t == *"Name Constraints: critical"*Permitted:*"DNS:example.com"*Excluded:*"DNS:secret.example.com"* ]]
	[[ $t == *"Policy: 1.3.6.1.4.1.32473.1"* ]]
	pki-init install -d new new.crt
	pki-init check -d new
	device new dev
	accepts root/ca.crt dev.pem new/ca.crt
	csr foreign "/O=Other/serialNumber=1"
	run -1 pki-issue device -d new -p idevid foreign.csr
	says "name-not-permitted"
	# a renewal does not lose them for want of an option
	pki-init request -d new --renew -o new2.csr
	run -1 sign root new2 --renew --not-after 2040-01-01T00:00:00Z
	says "the certificate on record has another nameConstraints"
	says "a renewal keeps it"
	sign root new2 --renew --not-after 2040-01-01T00:00:00Z "${lay[@]}"
	[[ $(text new2.crt) == *"DNS:secret.example.com"* ]]
	run -2 sign root new --permit nonsense
	run -2 sign root new -p root
	says 'option --profile: "root" is not a profile of a CA below another'
}

@test "without a terminal and without --yes nothing is signed" {
	request new "CN=New"
	cp root/audit.log before.log
	run -2 pki-init sign -d root -o new.crt new.csr </dev/null
	says "nobody can be asked whether to sign: this is not a terminal; nothing was signed"
	says "--yes"
	run -2 bash -c 'echo yes | pki-init sign -d root -o new.crt new.csr'
	[ ! -e new.crt ] && [ ! -e root/transcript.txt ]
	[ "$(issued root)" = 2 ]
	cmp root/audit.log before.log
}

@test "only yes is yes" {
	request new "CN=New"
	local a
	for a in no y YES "yes " "" "yes please, do sign it now"; do
		run -1 asked "$a" pki-init sign -d root -o new.crt new.csr
		says "the answer was not yes; nothing was signed"
		[ ! -e new.crt ]
	done
	[ "$(issued root)" = 2 ]
	[ "$(grep -c '^asked: Sign this? answered: no$' root/transcript.txt)" = 6 ]
	run ! grep -q '^certificate' root/transcript.txt
	run -0 asked yes pki-init sign -d root -o new.crt new.csr
	says 'valid until'
	says 'new.crt: signed "CN=New"'
	[ "$(grep -c 'answered: yes$' root/transcript.txt)" = 1 ]
	both new.crt
}

@test "the question comes before the passphrase" {
	echo secret >pass
	pki-init root -d locked -n CN=Locked --passphrase-file pass
	request new "CN=New"
	run -0 python3 "$TOP/tests/tpm/ask.py" yes secret -- \
	    pki-init sign -d locked -o new.crt new.csr
	[[ $output == *"Type yes to sign: "*"passphrase for "*"new.crt: signed"* ]]
	openssl verify -CAfile locked/ca.crt new.crt
}

@test "the transcript says who, when, where, what, and only grows" {
	request one "CN=One"
	request two "CN=Two"
	sign root one
	[ "$(stat -c %a root/transcript.txt)" = 600 ]
	grep -qE '^==== 20[0-9-]+T[0-9:]+Z ====$' root/transcript.txt
	grep -q "^tool: $(pki-init --version)\$" root/transcript.txt
	grep -q "^operator: $(id -un) (uid $(id -u))\$" root/transcript.txt
	grep -q "^host: $(uname -n)\$" root/transcript.txt
	grep -q '^not asked: --yes$' root/transcript.txt
	grep -q '^  subject      "CN=One"$' root/transcript.txt
	grep -q "^certificate: SHA-256 $(openssl x509 -in one.crt -outform DER |
	    sha256sum | cut -d' ' -f1), serial $(openssl x509 -in one.crt \
	    -noout -serial | cut -d= -f2 | tr A-F a-f)\$" root/transcript.txt
	cp root/transcript.txt first
	printf 'half a li' >>root/transcript.txt
	cp root/transcript.txt torn
	sign root two
	head -c "$(stat -c %s torn)" root/transcript.txt | cmp - torn
	grep -q '^half a li$' root/transcript.txt
	# by the audit log it is signed
	local line
	line=$(grep ' sign kind=new ' root/audit.log | head -1)
	[[ $line == *" transcript-size=$(stat -c %s first) transcript=$(
	    sha256sum <first | cut -d' ' -f1) "* ]]
	[[ $line == *" request=$(openssl req -in one.csr -outform DER | sha256sum |
	    cut -d' ' -f1) "* ]]
}

@test "nothing is signed when the transcript cannot be written" {
	request new "CN=New"
	ln -s elsewhere root/transcript.txt
	run -3 sign root new
	says "root/transcript.txt"
	rm root/transcript.txt
	touch root/transcript.txt
	chmod 640 root/transcript.txt
	run -3 sign root new
	says "root/transcript.txt: not a file that is yours alone"
	[ ! -e elsewhere ] && [ ! -e new.crt ]
	[ "$(issued root)" = 2 ]
}

@test "signing again gives the same certificate, and takes no question" {
	request new "CN=New"
	sign root new
	cp new.crt first.crt
	rm new.crt
	run -0 pki-init sign -d root -o new.crt new.csr
	says 'new.crt: on record as "CN=New" until '
	cmp new.crt first.crt
	grep -q '^certificate on record, handed out again: ' root/transcript.txt
	[ "$(issued root)" = 3 ]
	echo other >other.crt
	run -3 pki-init sign -d root -o other.crt new.csr
	[ "$(cat other.crt)" = other ]
	run -1 sign root new --path-length 1
	says "path length 0 and not 1"
}

@test "sign killed or hurt at each system call: signed once, on record" {
	strace -o /dev/null true || skip "no strace here"
	export ASAN_OPTIONS=detect_leaks=0	# it cannot be traced
	local call n count fault all=0
	request new "CN=New"
	cp -a root fresh
	strace -f -o calls pki-init sign -d root -o new.crt --yes new.csr
	for call in write pwrite64 fsync fdatasync rename link; do
		count=$(grep -cE "^[0-9]+ +$call\(" calls || true)
		for ((n = 1; n <= count; n += 2)); do
			for fault in signal=KILL error=ENOSPC; do
				rm -rf root new.crt before.crt
				cp -a fresh root
				strace -qq -f -o /dev/null -e trace="$call" \
				    -e "inject=$call:$fault:when=$n" pki-init \
				    sign -d root -o new.crt --yes new.csr \
				    >/dev/null 2>&1 || true
				[ ! -e new.crt ] || cp new.crt before.crt
				sign root new >/dev/null
				[ ! -e before.crt ] || cmp new.crt before.crt
				[ "$(issued root)" = 3 ]
				all=$((all + 1))
			done
		done
	done
	[ "$all" -gt 20 ]
}

@test "a CA's request may repeat what its certificate will say, and no more" {
	local ca=basicConstraints=critical,CA:TRUE,pathlen:0 n=0
	local ku=keyUsage=critical,keyCertSign,cRLSign
	# wish EXTENSION...: wish.csr, by OpenSSL, for a new key
	wish() {
		local adds=() e
		n=$((n + 1))
		for e; do adds+=(-addext "$e"); done
		openssl ecparam -name prime256v1 -genkey -noout -out wish.key
		openssl req -new -key wish.key -subj "/CN=Wish $n" -out wish.csr \
		    "${adds[@]}"
	}
	# wanted NAME: the extension that is refused, whatever else is right
	wanted() {
		run -1 sign root wish
		says "wish.csr: refused: the request asks for the extension $1"
		says ", which the certificate will not have so"
		says "make it without extensions, or change the options"
		[ ! -e wish.crt ]
	}
	wish "$ku" "$ca"
	sign root wish
	openssl verify -CAfile root/ca.crt wish.crt
	rm wish.crt
	wish "$ku"
	sign root wish
	rm wish.crt
	# another length, and the options that make it the same
	wish "$ku" basicConstraints=critical,CA:TRUE,pathlen:1
	wanted basicConstraints
	sign root wish --path-length 1
	rm wish.crt
	wish "$ku" basicConstraints=critical,CA:TRUE
	wanted basicConstraints
	wish basicConstraints=CA:TRUE,pathlen:0
	wanted basicConstraints
	wish keyUsage=keyCertSign,cRLSign
	wanted keyUsage
	wish "$ca" keyUsage=critical,keyCertSign,cRLSign,digitalSignature
	wanted keyUsage
	wish "$ca" "$ku" subjectAltName=DNS:ca.example
	wanted subjectAltName
	# SHA-1 there, SHA-256 here
	wish "$ca" subjectKeyIdentifier=hash
	wanted subjectKeyIdentifier
	wish "$ca" certificatePolicies=1.2.3.4
	wanted certificatePolicies
	sign root wish --policy 1.2.3.4
	rm wish.crt
	wish 1.2.3.4=DER:0500
	wanted 1.2.3.4
	# a request binds nobody by itself, and frees nobody
	wish 1.2.840.113556.1.8000.2554.39196.10988.21748.16572.43063.8719745.12703986.1=DER:0500
	wanted 1.2.840.113556
}

@test "what sign refuses, before it asks" {
	request new "CN=New"
	run -2 pki-init sign -d root -o x.crt
	run -2 pki-init sign -d root new.csr
	says "option --output is missing"
	run -1 pki-init sign -d factory -o x.crt new.csr
	says "the issuer's path length is 0: it may certify devices but no CA"
	run -1 sign root new --not-after 2099-01-01T00:00:00Z
	says "its issuer ends at"
	request twin "CN=Test Root,O=Example"
	run -1 sign root twin
	says "is the issuer's own name"
	openssl req -new -key unit.key -subj /CN=x -addext keyUsage=keyCertSign \
	    -out wish.csr
	run -1 sign root wish
	says "wish.csr: refused: the request asks for the extension keyUsage"
	openssl req -in new.csr -outform DER -out bad.csr
	printf '\x55' | dd of=bad.csr bs=1 seek=$(($(stat -c %s bad.csr) - 4)) \
	    conv=notrunc 2>/dev/null
	run -1 sign root bad
	says "bad.csr: refused"
	run -3 pki-init sign -d root -o x.crt --yes root/ca.crt
	says "holds a CERTIFICATE"
	cat new.csr twin.csr >two.csr
	run -2 sign root two
	says "two.csr holds 2 objects"
	[ "$(issued root)" = 2 ]
	[ ! -e root/transcript.txt ]
}

# ---- the answer -------------------------------------------------------------

@test "root, policy and factory CA on three machines: devices are accepted" {
	request policy "CN=Policy,O=Example" --key-type p384
	sign root policy --path-length 1
	run -0 pki-init install -d policy policy.crt
	says 'policy: installed "CN=Policy,O=Example", 2 certificates, until '
	[ ! -e policy/request.csr ]
	grep -q ' install serial=' policy/audit.log
	[ -e policy/audit.sig ]
	pki-init check -d policy
	request line "CN=Line 1,O=Example"
	run -1 sign policy line --path-length 1
	says "path length 1; the issuer's is 1, so at most 0 is possible"
	sign policy line
	pki-init install -d line line.crt
	[ "$(grep -c BEGIN line/chain.pem)" = 3 ]
	pki-init check -d line
	request below "CN=Below"
	run -1 sign line below
	says "it may certify devices but no CA"
	device line dev
	both dev.pem
	accepts root/ca.crt dev.pem policy/ca.crt line/ca.crt
	accepts root/ca.crt dev.pem dev.pem
	# each level is in the ledger of the one above
	[ "$(ledger policy 'select name from issued')" = "CN=Line 1,O=Example" ]
}

@test "install refuses what does not belong" {
	request new "CN=New"
	sign root new
	request other "CN=Other"
	sign root other
	run -1 pki-init install -d new other.crt
	says "the certificate is for CN=Other; this CA is CN=New"
	request twin "CN=New"
	sign root twin
	run -1 pki-init install -d new twin.crt
	says "the certificate is not for the key of this CA, file:new/ca.key"
	openssl x509 -in new.crt -out alone.crt
	run -1 pki-init install -d new alone.crt
	says "the certificates above it are missing, up to the root"
	pki-init root -d false -n "CN=Test Root,O=Example" --no-passphrase
	cat alone.crt false/ca.crt >false.crt
	run -1 pki-init install -d new false.crt
	says "signature-invalid"
	cat root/ca.crt alone.crt >turned.crt
	run -1 pki-init install -d new turned.crt
	says "the certificate is for CN=Test Root,O=Example; this CA is CN=New"
	issue idevid unit
	run -1 pki-init install -d new unit.pem
	says "the first certificate is not that of a CA"
	run -3 pki-init install -d new new.csr
	run -3 pki-init install -d nowhere new.crt
	says "nowhere: not a CA directory"
	# nothing of all that left a trace
	[ "$(ls new | tr '\n' ' ')" = "audit.log ca.key ledger.db request.csr " ]
	pki-init install -d new new.crt
	pki-init check -d new
	# the certificate and what is above it may be in files of their own
	pki-init install -d new alone.crt root/ca.crt
	pki-init check -d new
}

@test "an expired answer is refused" {
	request new "CN=New"
	pki-init root -d old -n CN=Old --no-passphrase \
	    --not-before 2020-01-01T00:00:00Z --not-after 2022-01-01T00:00:00Z
	sign old new --not-before 2020-06-01T00:00:00Z
	run -1 pki-init install -d new new.crt
	says "expired"
	[ ! -e new/ca.crt ]
}

@test "install killed at each system call is ended by the same command" {
	strace -o /dev/null true || skip "no strace here"
	export ASAN_OPTIONS=detect_leaks=0	# it cannot be traced
	local call n count all=0
	request new "CN=New"
	sign root new
	cp -a new fresh
	strace -f -o calls pki-init install -d new new.crt
	for call in write pwrite64 fsync fdatasync rename unlink; do
		count=$(grep -cE "^[0-9]+ +$call\(" calls || true)
		for ((n = 1; n <= count; n++)); do
			rm -rf new
			cp -a fresh new
			strace -qq -f -o /dev/null -e trace="$call" \
			    -e "inject=$call:signal=KILL:when=$n" pki-init \
			    install -d new new.crt >/dev/null 2>&1 || true
			pki-init install -d new new.crt >/dev/null
			[ ! -e new/request.csr ]
			pki-init check -d new >checked
			all=$((all + 1))
		done
	done
	[ "$all" -gt 10 ]
}

# ---- renewal ----------------------------------------------------------------

@test "a CA is renewed with the same key: old and new devices are accepted" {
	device factory before
	sleep 1.1
	run -0 pki-init request -d factory --renew -o renew.csr
	says 'factory: request for "CN=Test Factory,O=Example"'
	cmp renew.csr factory/request.csr
	cp renew.csr first.csr
	pki-init request -d factory --renew -o renew.csr
	cmp renew.csr first.csr
	# the CA goes on meanwhile
	device factory meanwhile
	run -0 pki-init check -d factory
	says "request: not answered yet"
	# not by accident, and not without an end
	run -0 pki-init sign -d root -o old.crt renew.csr
	says "on record as"
	openssl x509 -in old.crt | diff - <(openssl x509 -in factory/ca.crt)
	run -1 sign root renew --not-after 2045-01-01T00:00:00Z
	says "this key has a certificate already; it ends at"
	says "pki-init sign --renew --not-after TIME"
	run -2 sign root renew --renew
	says "option --renew: say until when, with --not-after"
	[ "$(issued root)" = 2 ]
	run -0 sign root renew --renew --not-after 2045-01-01T00:00:00Z
	says "the renewal of a CA, with the same key"
	cp renew.crt first.crt
	rm renew.crt
	run -0 sign root renew --renew --not-after 2045-01-01T00:00:00Z
	says "on record as"
	cmp renew.crt first.crt
	[ "$(issued root)" = 3 ]
	[ "$(ledger root "select renewal from issued where profile = 'intermediate'" |
	    tr '\n' ' ')" = "0 1 " ]
	cp factory/ca.crt old-ca.crt
	pki-init install -d factory renew.crt
	[ ! -e factory/request.csr ]
	[[ $(text factory/ca.crt) == *"Not After : Jan  1 00:00:00 2045 GMT"* ]]
	run ! cmp factory/ca.crt old-ca.crt
	pki-init check -d factory
	device factory after
	local d c
	for d in before meanwhile after; do
		for c in old-ca.crt factory/ca.crt; do
			accepts root/ca.crt $d.pem $c
		done
	done
	# the device's certificate is still the one on record, though its CA's
	# began later
	mv before.pem b.pem
	issue idevid before
	pki-audit verify -d root
	pki-audit verify -d factory
	openssl x509 -in before.pem | diff - <(openssl x509 -in b.pem)
}

@test "a renewal keeps the path length unless it is said" {
	request new "CN=New"
	sign root new --path-length 2
	pki-init install -d new new.crt
	pki-init request -d new --renew -o new2.csr
	sign root new2 --renew --not-after 2040-01-01T00:00:00Z
	[[ $(text new2.crt) == *"pathlen:2"* ]]
	cp new2.csr new3.csr
	sign root new3 --renew --not-after 2041-01-01T00:00:00Z --path-length 1
	[[ $(text new3.crt) == *"pathlen:1"* ]]
}

@test "keys whose requests are always the same octets are renewed too" {
	request ed CN=Ed --key-type ed25519
	sign root ed
	pki-init install -d ed ed.crt
	pki-init request -d ed --renew -o again.csr
	cmp again.csr ed.csr
	sign root again --renew --not-after 2040-01-01T00:00:00Z
	pki-init install -d ed again.crt
	[[ $(text ed/ca.crt) == *"Jan  1 00:00:00 2040"* ]]
}

@test "renewal is for CAs that this one has certified, and not revoked" {
	request new "CN=New"
	run -1 sign root new --renew --not-after 2040-01-01T00:00:00Z
	says "this CA has not certified this key; there is nothing to renew"
	pki-init request -d factory --renew -o own.csr
	run -1 sign factory own --renew --not-after 2030-01-01T00:00:00Z
	says "is the request of factory itself: carry it to its issuer"
	pki-revoke revoke -d root --certificate factory/ca.crt --reason superseded
	run -1 sign root own --renew --not-after 2040-01-01T00:00:00Z
	says "the certificate of this key, CN=Test Factory,O=Example, is revoked"
	[ ! -e own.crt ]
}

@test "a root is renewed with the same key: no device notices" {
	device factory before
	cp root/ca.crt old-root.crt
	pki-init request -d root --renew -o self.csr
	run -1 sign root self
	says "self.csr is the request of root itself"
	says "--renew --not-after TIME"
	run -0 sign root self --renew --not-after 2070-01-01T00:00:00Z
	says "the renewal of this root itself, with the same key"
	says "profile      root"
	[ "$(grep -c BEGIN self.crt)" = 1 ]
	pki-init install -d root self.crt
	pki-init check -d root
	pki-audit verify -d root
	both root/chain.pem
	device factory after
	# the factory's chain has the old one until it is told
	pki-init install -d factory factory/ca.crt root/ca.crt
	pki-init check -d factory
	device factory last
	local d a
	for d in before after last; do
		for a in old-root.crt root/ca.crt; do
			accepts "$a" $d.pem factory/ca.crt
		done
	done
	# and it certifies on
	request more "CN=More"
	sign root more
	openssl verify -x509_strict -CAfile old-root.crt more.crt
}

@test "a new root, crosswise: old anchors know new devices, new anchors old ones" {
	device factory old
	pki-init root -d root2 -n "CN=Test Root 2,O=Example" --no-passphrase
	run -0 pki-init sign -d root --cross --yes -o new-by-old.crt root2/ca.crt
	says "a cross-certificate for another root"
	says "path length  no limit"
	run -0 pki-init sign -d root2 --cross --yes -o old-by-new.crt root/ca.crt
	request factory2 "CN=Test Factory 2,O=Example"
	sign root2 factory2
	pki-init install -d factory2 factory2.crt
	device factory2 new
	refuses root/ca.crt new.pem factory2/ca.crt
	refuses root2/ca.crt old.pem factory/ca.crt
	openssl x509 -in new-by-old.crt -out a.crt
	openssl x509 -in old-by-new.crt -out b.crt
	accepts root/ca.crt new.pem factory2/ca.crt a.crt
	accepts root2/ca.crt old.pem factory/ca.crt b.crt
	accepts root/ca.crt old.pem factory/ca.crt a.crt b.crt
	accepts root2/ca.crt new.pem factory2/ca.crt a.crt b.crt
	# for a fleet that has the old anchor alone: the chain through it
	pki-init install -d factory2 factory2/ca.crt new-by-old.crt
	pki-init check -d factory2
	device factory2 newer
	both newer.pem
	accepts root/ca.crt newer.pem newer.pem
	# again is the same
	cp new-by-old.crt first.crt
	pki-init sign -d root --cross -o new-by-old.crt root2/ca.crt
	cmp new-by-old.crt first.crt
	# and is renewed like any other
	pki-init sign -d root --cross --renew --not-after 2050-01-01T00:00:00Z \
	    --yes -o later.crt root2/ca.crt
	openssl x509 -in later.crt -out a.crt
	accepts root/ca.crt new.pem factory2/ca.crt a.crt
	grep -q ' sign kind=cross ' root/audit.log
	pki-audit verify -d root
	pki-audit verify -d factory2
}

@test "a CA gets a new key under its old name: both are accepted" {
	device factory old
	request factory2 "CN=Test Factory,O=Example"
	sign root factory2
	pki-init install -d factory2 factory2.crt
	device factory2 new
	accepts root/ca.crt old.pem factory2/ca.crt factory/ca.crt
	accepts root/ca.crt new.pem factory/ca.crt factory2/ca.crt
}

@test "a root that OpenSSL made is certified crosswise with its own identifiers" {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	    -keyout o.key -out o.crt -days 3650 -subj "/CN=Other" \
	    -addext basicConstraints=critical,CA:true,pathlen:1 \
	    -addext keyUsage=critical,keyCertSign,cRLSign 2>/dev/null
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	    -keyout d.key -subj /CN=dev -out d.csr 2>/dev/null
	printf 'authorityKeyIdentifier=keyid\nkeyUsage=critical,digitalSignature\n' >ext
	openssl x509 -req -in d.csr -CA o.crt -CAkey o.key -days 30 -extfile ext \
	    -out d.pem 2>/dev/null
	pki-init sign -d root --cross --yes -o x.crt o.crt >shown
	grep -q 'path length  1: ' shown
	openssl x509 -in x.crt -out only-x.crt
	accepts root/ca.crt d.pem only-x.crt
	[ "$(openssl x509 -in x.crt -noout -ext subjectKeyIdentifier)" = \
	    "$(openssl x509 -in o.crt -noout -ext subjectKeyIdentifier)" ]
}

@test "crosswise: no more path than the root has itself, and only roots" {
	pki-init root -d short -n CN=Short --path-length 1 --no-passphrase
	pki-init sign -d short --cross --yes -o x.crt root/ca.crt >shown
	grep -q 'path length  0: ' shown
	run -1 pki-init sign -d short --cross --yes -o y.crt factory/ca.crt
	says "factory/ca.crt: "
	run -1 pki-init sign -d root --cross --yes -o y.crt root/ca.crt
	says "is the request of root itself"
	run -3 pki-init sign -d root --cross --yes -o y.crt unit.csr
	says "holds a CERTIFICATE REQUEST"
	# a certificate that names itself and is signed by another key
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	    -keyout a.key -out a.crt -days 30 -subj "/CN=Same" \
	    -addext basicConstraints=critical,CA:true \
	    -addext keyUsage=critical,keyCertSign,cRLSign 2>/dev/null
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	    -keyout b.key -subj "/CN=Same" -out b.csr 2>/dev/null
	printf 'basicConstraints=critical,CA:true\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n' >ext
	openssl x509 -req -in b.csr -CA a.crt -CAkey a.key -days 30 \
	    -extfile ext -out forged.crt 2>/dev/null
	run -1 pki-init sign -d root --cross --yes -o y.crt forged.crt
	says "forged.crt: "
	[ ! -e y.crt ]
}

# ---- keys in a token ----------------------------------------------------------

@test "a CA whose key is made in a token: request, sign, install, renew" {
	load ../lib/p11.bash
	tokens_at "$PWD"
	token ca 1234
	echo 1234 >pin
	local key="pkcs11:token=ca;object=line?module-path=$MODULE"
	run -0 pki-init request -d line -n CN=Line -k "$key" \
	    --key-type rsa2048 --passphrase-file pin -o line.csr
	says 'its key is in token "ca", which made it and never let it out'
	[ ! -e line/ca.key ]
	sign root line
	pki-init install -d line --passphrase-file pin line.crt
	pki-init request -d line --renew --passphrase-file pin -o line2.csr
	sign root line2 --renew --not-after 2040-01-01T00:00:00Z
	pki-init install -d line --passphrase-file pin line2.crt
	run -0 pki-init check -d line --passphrase-file pin
	says 'in token "ca", which made it'
	pki-issue device -d line -p idevid -o unit.pem --passphrase-file pin unit.csr
	both unit.pem
}

# ---- check --------------------------------------------------------------------

@test "check says everything that is wrong, not the first thing" {
	chmod 644 factory/audit.log
	chmod 666 factory/chain.pem
	ln -s /dev/null factory/extra
	mkdir factory/batches
	chmod 750 factory/batches
	touch factory/.0123456789abcdef.tmp
	rm factory/ca.key
	run -3 --separate-stderr pki-init check -d factory
	[ "${lines[0]}" = "factory: NOT OK: 5 problems" ]
	says "problem: factory/audit.log: others may read or write it (mode 0644)"
	says "problem: factory/chain.pem: others may write it (mode 0666)"
	says "problem: factory/extra: is a symbolic link"
	says "problem: factory/batches: others may read or write it (mode 0750)"
	says "problem: factory: not a CA directory: it has neither ca.key nor key.uri"
	says "warning: factory/.0123456789abcdef.tmp was left behind"
	says "certificate 1: ends "
	says "ledger: "
	[ -n "$stderr" ]
	pki-init check -j -d factory >json || [ $? -eq 3 ]
	json_valid "$TOP/docs/check.schema.json" <json
	[ "$(jq -r '.status, (.problems | length), (.warnings | length)' json |
	    tr '\n' ' ')" = "unknown 5 1 " ]
}

@test "check: a file of somebody else" {
	[ "$(id -u)" = 0 ] || skip "only root can give a file away"
	chown 1234 factory/ca.crt
	run -3 pki-init check -d factory
	says "factory/ca.crt: belongs to user 1234, not to you"
}

@test "check warns 90 days before, and says no after" {
	local soon late
	soon=$(date -u -d '+80 days' +%Y-%m-%dT%H:%M:%SZ)
	late=$(date -u -d '+100 days' +%Y-%m-%dT%H:%M:%SZ)
	pki-init root -d r -n CN=R --no-passphrase --not-before 2020-01-01T00:00:00Z
	pki-init intermediate -d soon --issuer r -n CN=Soon --no-passphrase \
	    --not-before 2024-01-01T00:00:00Z --not-after "$soon"
	pki-init intermediate -d late --issuer r -n CN=Late --no-passphrase \
	    --not-before 2024-01-01T00:00:00Z --not-after "$late"
	run -0 pki-init check -d soon
	[ "${lines[0]}" = "soon: OK until $soon" ]
	[[ $output =~ "warning: certificate 0, \"CN=Soon\", ends in "(79|80)" days, at $soon" ]]
	pki-init check -j -d soon | json_valid "$TOP/docs/check.schema.json"
	run -0 pki-init check -d late
	[[ $output != *warning* ]]
}

@test "check: JSON of a CA that is well, one that waits, one that is broken" {
	request new "CN=New"
	pki-init check -j -d factory >a
	pki-init check -j -d new >b || [ $? -eq 1 ]
	cp root/ca.key factory/ca.key
	pki-init check -j -d factory >c || [ $? -eq 1 ]
	cat a b c | json_valid "$TOP/docs/check.schema.json"
	[ "$(jq -r .status a b c | tr '\n' ' ')" = "ok waiting broken " ]
	[ "$(jq -r '.certificates[1].subject' a)" = "CN=Test Root,O=Example" ]
	[ "$(jq -r .request b)" = "$(openssl req -in new.csr -outform DER |
	    sha256sum | cut -d' ' -f1)" ]
	[ "$(jq -r '.problems[0].exit' c)" = 1 ]
}

@test "check: the key of a request, a request that belongs elsewhere" {
	request new "CN=New"
	request other "CN=Other"
	cp other/ca.key new/ca.key
	run -1 pki-init check -d new
	says "file:new/ca.key is not the key of new/request.csr"
	cp other/request.csr factory/
	run -1 pki-init check -d factory
	says "factory/request.csr is for another key or subject than ca.crt"
	echo rubbish >factory/request.csr
	run ! pki-init check -d factory
	says "factory/request.csr"
}

# crl NAME NUMBER NEXT [DIR]: a CRL of the factory by OpenSSL, into crl/NAME
crl() {
	local dir=${4:-factory}
	[ -d factory/crl ] || mkdir -m 700 factory/crl
	: >index.txt
	echo "$2" >number
	cat >ca.cnf <<-CNF
	[ca]
	default_ca = c
	[c]
	database = index.txt
	crlnumber = number
	default_md = sha256
	crl_extensions = e
	[e]
	authorityKeyIdentifier = keyid
	CNF
	openssl ca -config ca.cnf -gencrl -cert "$dir/ca.crt" -keyfile "$dir/ca.key" \
	    -crl_lastupdate 20240101000000Z -crl_nextupdate "$3" \
	    -out "factory/crl/$1" 2>/dev/null
	chmod 644 "factory/crl/$1"
}

@test "check: CRLs, the newest of a scope counts" {
	local soon
	crl full.crl 03 20990101000000Z
	run -0 pki-init check -d factory
	says "crl/full.crl: number 3, next due 2099-01-01T00:00:00Z"
	# records of earlier ones may be old, and PEM beside DER is one
	crl full-2.crl 02 20240201000000Z
	crl copy.pem 02 20240201000000Z
	pki-init check -d factory
	pki-init check -j -d factory >json
	json_valid "$TOP/docs/check.schema.json" <json
	[ "$(jq -c '.crls | map([.file, .number])' json)" = '[["full.crl",3]]' ]
	crl full.crl 04 20240301000000Z
	run -1 pki-init check -d factory
	says "problem: crl/full.crl: a new CRL was due at 2024-03-01T00:00:00Z"
	says "pki-revoke crl -d factory"
	soon=$(date -u -d '+40 days' +%Y%m%d%H%M%SZ)
	crl full.crl 05 "$soon"
	run -0 pki-init check -d factory
	[[ $output =~ "warning: crl/full.crl ends in "(39|40)" days" ]]
}

# later HOURS COMMAND...: when it is that much later
later() {
	# what the sanitizer looks for first would stand behind the clock's shim
	env ASAN_OPTIONS=verify_asan_link_order=0 \
	    CLOCK_SHIFT="$(($1 * 3600))" LD_PRELOAD="$(dirname "$(command -v pki-init)")/tests/clock_shim.so" \
	    "${@:2}"
}

@test "check: what pki-revoke publishes, each scope and its deltas" {
	local kind
	device factory unit-1
	for kind in "" users cas; do
		pki-revoke crl -d factory --days 300 ${kind:+--only "$kind"}
		pki-revoke revoke -d factory --device unit-1 \
		    --reason certificateHold
		pki-revoke crl -d factory --days 200 --delta ${kind:+--only "$kind"}
		pki-revoke revoke -d factory --device unit-1 \
		    --reason removeFromCRL
	done
	run -0 pki-init check -d factory
	says "crl/cas-delta.crl: number 6"
	says "crl/cas.crl: number 5"
	says "crl/full-delta.crl: number 2"
	says "crl/full.crl: number 1"
	says "crl/users-delta.crl: number 4"
	says "crl/users.crl: number 3"
	[[ $output != *warning* ]]
	pki-init check -j -d factory >json
	json_valid "$TOP/docs/check.schema.json" <json
	[ "$(jq -c '.crls | map(.number)' json)" = "[6,5,2,1,4,3]" ]
	# a newer one of a scope takes its place, and says when it ends
	pki-revoke crl -d factory --days 2 --only users
	run -0 pki-init check -d factory
	says "crl/users.crl: number 7"
	[[ $output != *warning* ]]
	run -0 later 36 pki-init check -d factory
	says "warning: crl/users.crl ends in "
	run -1 later 49 pki-init check -d factory
	says "problem: crl/users.crl: a new CRL was due at "
	# cut short, as a copy can be
	truncate -s -1 factory/crl/cas.crl
	run ! pki-init check -d factory
	says "factory/crl/cas.crl"
}

@test "check: a CRL of another CA, a forged one, one that is none" {
	crl full.crl 03 20990101000000Z root
	run -1 pki-init check -d factory
	says "factory/crl/full.crl: it is not a CRL of this CA"
	crl full.crl 03 20990101000000Z
	openssl crl -in factory/crl/full.crl -outform DER -out factory/crl/full.crl
	printf '\x55' | dd of=factory/crl/full.crl bs=1 conv=notrunc \
	    seek=$(($(stat -c %s factory/crl/full.crl) - 4)) 2>/dev/null
	run -1 pki-init check -d factory
	says "factory/crl/full.crl: "
	says "signature-invalid"
	cp factory/ca.crt factory/crl/full.crl
	run -3 pki-init check -d factory
	says "holds a CERTIFICATE"
}
