#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Every way in which a TPM, or the way to it, says no: exit status, sentence and
# hint, for each verb that can meet it. What swtpm can do is done to swtpm, the
# rest by a TCTI that goes wrong on order (tests/lib/tcti_inject.c).

bats_require_minimum_version 1.5.0
load ../lib/devsign.bash

setup_file() {
	programs_find
	export SHARED=$BATS_FILE_TMPDIR
	cd "$SHARED"
	ca root "/O=Test/CN=Root"
	tpm_start "$SHARED/tpm"
	devsign key create >/dev/null
	devsign request -n CN=unit -o unit.csr
	leaf unit.csr root unit.crt
	cat unit.crt root.crt >chain.pem
	echo 'an artefact' >file.bin
}

teardown_file() {
	tpm_stop "$SHARED/tpm"
}

setup() {
	session=
	cd "$BATS_TEST_TMPDIR"
	cp "$SHARED"/chain.pem "$SHARED"/file.bin .
	case ${BUILD:-build} in
	/*) INJECT=$BUILD/tests/libtss2-tcti-inject.so ;;
	*) INJECT=$TOP/${BUILD:-build}/tests/libtss2-tcti-inject.so ;;
	esac
}

teardown() {
	[ -z "${other-}" ] || kill "$other" 2>/dev/null || true
	tpm_stop "$BATS_TEST_TMPDIR/tpm"
}

own_tpm() { tpm_start "$BATS_TEST_TMPDIR/tpm"; }

# spoiled RULE,...: from now on the way to the TPM goes wrong like this
spoiled() {
	export DEVSIGN_TCTI="$INJECT:$1@${TPM2TOOLS_TCTI}"
}

# The commands of the TPM that a verb sends, by their codes.
readonly READ=173 SIGN=15d DERIVE=131 KEEP=120 FLUSH=165

# verbs: VERB COMMAND, each pair that can be spoiled
readonly VERBS="show $READ
request $READ
request $SIGN
sign $READ
sign $SIGN
install $READ
create $DERIVE
create $KEEP"

# verb NAME: runs it; what it would write is out.*. session=--plain-session: with
# no other commands than those above
verb() {
	case $1 in
	show) devsign key show $session ;;
	create) devsign key create -k tpm:0x81020009 $session ;;
	request) devsign request -n CN=x -o out.csr $session ;;
	sign) devsign sign -c chain.pem -o out.cose $session file.bin ;;
	install) devsign install -o out.pem $session chain.pem ;;
	esac
}

# refused VERB STATUS TEXT HINT: so it ends, with nothing written or printed
refused() {
	local name=$1 wanted=$2 text=$3 hint=$4 status=0
	verb "$name" >said 2>error || status=$?
	echo "$name: status $status: $(cat said error)"
	[ "$status" -eq "$wanted" ]
	[[ $(sed -n 1p error) == "devsign: "*"$text"* ]]
	[[ $(sed -n 2,3p error) == *"$hint"* ]]
	[[ $(cat error) != *:tcti:* && $(cat error) != *:esys:* ]]
	[[ $(cat error) != *WARNING:* && $(cat error) != *ERROR:* ]]
	[ ! -s said ]
	[ -z "$(ls out.* 2>/dev/null)" ]
}

# What a verb that was cut off left in the TPM is taken out, as the resource
# manager of the kernel would.
swept() {
	tpm2_flushcontext -Q -l
	tpm2_flushcontext -Q -t
}

# each CODE NAME SENTENCE HINT: by every verb, at every command
each() {
	local verb command
	while read -r verb command; do
		spoiled "$command.*=rc:$1"
		refused "$verb" 3 ": $3 (TPM $1 TPM_RC_$2)" "$4"
	done <<<"$VERBS"
	swept
}

@test "response codes, whatever was asked: status 3, sentence, hint" {
	session=--plain-session
	while IFS='|' read -r code name sentence hint; do
		each "$code" "$name" "$sentence" "$hint"
	done <<-'EOT'
		0x100|INITIALIZE|the TPM was not started|power-cycle
		0x101|FAILURE|the TPM is in failure mode and takes no commands|power-cycle; a simulator needs an absolute, writable state directory
		0x12f|AUTH_UNAVAILABLE|the key wants a policy, not a password|policy
		0x124|AUTH_TYPE|the key wants a policy, not a password|policy
		0x99d|POLICY_FAIL|the key's policy is not satisfied|policy
		0x128|PCR_CHANGED|a PCR changed while the policy was checked|try again in some seconds
		0x185|HIERARCHY|this hierarchy is closed, or is not the one that may do this|firmware set-up
		0x285|HIERARCHY|this hierarchy is closed, or is not the one that may do this|the platform's is closed once the device has booted
		0x1df|INTEGRITY|this was made by another TPM, or before this one was cleared|make it again here
		0x120|DISABLED|this command is switched off in the TPM|the firmware set-up, or who locked the device, can allow it
		0x14b|NV_SPACE|the permanent memory of the TPM is full|`tpm2_getcap handles-persistent`
		0x14c|NV_DEFINED|something is there already|run the command again: it compares before it writes
		0x148|NV_LOCKED|it is locked: to be read, never to be written again|what was locked is final
		0x149|NV_AUTHORIZATION|whoever asks may not do this to an NV index|the platform alone
		0x909|CANCELED|the command was cancelled|try again in some seconds
		0x923|NV_UNAVAILABLE|the TPM cannot write now|try again in some seconds
	EOT
}

@test "an empty handle: by every verb that wants the key there" {
	for v in show request sign install; do
		spoiled "$READ.*=rc:0x18b"
		refused "$v" 3 "there is no key at this handle (TPM 0x18b TPM_RC_HANDLE)" \
		    "run \`devsign key create\`"
	done
}

# stays VERB CODE NAME SENTENCE HINT: asked again for two seconds, then given up
stays() {
	local began=${EPOCHREALTIME/./} took
	spoiled "$READ.*=rc:$2"
	cd "$(mktemp -d "$BATS_TEST_TMPDIR/XXXXXX")"
	cp ../chain.pem ../file.bin .
	refused "$1" 3 ": $4 (TPM $2 TPM_RC_$3)" "$5"
	took=$((${EPOCHREALTIME/./} - began))
	[ "$took" -gt 1990000 ]
	[ "$took" -lt 8000000 ]
}

@test "a TPM that stays busy or full: asked again for two seconds" {
	session=--plain-session
	pids=()
	while IFS='|' read -r code name sentence hint; do
		for v in show request sign install create; do
			stays "$v" "$code" "$name" "$sentence" "$hint" & pids+=($!)
		done
	done <<-'EOT'
		0x922|RETRY|the TPM stayed busy|try again in some seconds
		0x908|YIELDED|the TPM stayed busy|try again in some seconds
		0x90a|TESTING|the TPM is still testing itself|try again in some seconds
		0x920|NV_RATE|the TPM limits how often it writes|try again in some seconds
		0x902|OBJECT_MEMORY|all object slots of the TPM are taken|use /dev/tpmrm0 instead of /dev/tpm0
		0x903|SESSION_MEMORY|all session slots of the TPM are taken|`tpm2_flushcontext -l`
	EOT
	for p in "${pids[@]}"; do wait "$p"; done
	tpm2_flushcontext -t
}

@test "a TPM that is busy for a moment: nobody notices" {
	for code in 0x922 0x908 0x90a 0x920 0x902 0x903; do
		spoiled "$READ.1=rc:$code,$SIGN.1=rc:$code,$SIGN.2=rc:$code"
		devsign sign -c chain.pem --force file.bin
		devverify-lab file -a "$SHARED/root.crt" file.bin
	done
}

@test "giving back memory fails: the key stays, and the verb says so" {
	own_tpm
	spoiled "$FLUSH.*=rc:0x101"
	fails 3 "giving back the memory of the TPM: the TPM is in failure mode" \
	    devsign key create
	tpm2_flushcontext -t
	export DEVSIGN_TCTI=$TPM2TOOLS_TCTI
	run -0 devsign key create
	[[ ${lines[0]} == *"was there already" ]]
}

# ---- the way to the TPM -----------------------------------------------------

@test "no node, a directory, a file: what is there instead of a TPM" {
	export DEVSIGN_TCTI
	echo precious >plain
	for v in show create request sign install; do
		DEVSIGN_TCTI=device:$PWD/none
		refused "$v" 3 "no TPM: $PWD/none: No such file or directory" \
		    "kernel driver loaded (tpm_tis, tpm_crb)?"
		DEVSIGN_TCTI=device:$PWD
		refused "$v" 3 "no TPM: $PWD: Is a directory" \
		    "such as device:/dev/tpmrm0"
		DEVSIGN_TCTI=device:$PWD/plain
		refused "$v" 3 "no TPM: $PWD/plain is not a device" \
		    "such as device:/dev/tpmrm0"
		DEVSIGN_TCTI=device:/dev/null
		refused "$v" 3 "/dev/null is there but does not answer as a TPM 2.0" \
		    "not a TPM 1.2?"
		DEVSIGN_TCTI=nonsense:x
		refused "$v" 3 'unknown TPM transport "nonsense"' \
		    "there are device:PATH and, for tests, swtpm:path=SOCKET"
	done
	[ "$(cat plain)" = precious ]
}

@test "a node that this user may not open: which group" {
	node=/dev/console
	[ "$(stat -c %a%U $node 2>/dev/null)" = 600root ] ||
	    skip "no device node here that is root's alone"
	cp "$(command -v devsign)" .
	chmod 755 devsign .
	as=()
	[ "$(id -u)" -ne 0 ] ||
	    as=(setpriv --reuid=65534 --regid=65534 --clear-groups)
	exec 8<devsign
	fails 3 "no TPM: $node: Permission denied" \
	    "${as[@]}" /proc/self/fd/8 key show --tcti device:$node
	[[ $stderr == *'add this user to the group of the device (often "tss")'* ]]
}

@test "a socket: nobody there, somebody else there, one that hangs up at once" {
	# libtss2-tcti-swtpm loses a string when it is hung up on while it opens.
	export ASAN_OPTIONS=detect_leaks=0
	export DEVSIGN_TCTI=swtpm:path=$PWD/s
	refused show 3 "no TPM: $PWD/s: No such file or directory" "is swtpm running"
	python3 -c 'import socket, sys
s = socket.socket(socket.AF_UNIX)
s.bind("s")'
	refused show 3 "no TPM: $PWD/s: Connection refused" "is swtpm running"
	rm s
	python3 -c 'import selectors, socket
both = selectors.DefaultSelector()
for name in "s", "s.ctrl":
    server = socket.socket(socket.AF_UNIX)
    server.bind(name)
    server.listen()
    both.register(server, selectors.EVENT_READ)
open("ready", "w")
while True:
    for ready, _ in both.select():
        ready.fileobj.accept()[0].close()' 3>&- &
	other=$!
	until [ -e ready ]; do sleep 0.02; done
	for v in show create request sign install; do
		refused "$v" 3 "" "is "
		grep -qE "listens there is not swtpm|connection to the TPM broke" \
		    error
	done
	DEVSIGN_TCTI=swtpm:path=$PWD/$(printf '%0120d' 0)
	refused show 3 "File name too long" "is swtpm running"
}

@test "the connection breaks: at any command of any verb" {
	while read -r verb command; do
		spoiled "$command.*=drop"
		refused "$verb" 3 \
		    "the connection to the TPM broke (TPM 0xa000a I/O error)" \
		    "is the TPM, its driver or its simulator still there?"
		swept
	done <<<"$VERBS"
}

@test "answers that are none: garbage, cut, short, too long" {
	for how in garbage:0 garbage:0xff short:6 cut:11 cut:60 long:4097 long:8000; do
		while read -r verb command; do
			spoiled "$command.*=$how"
			[[ $verb/$how != create/* || $command != "$KEEP" ]] || continue
			refused "$verb" 3 "" ""
			grep -qE "does not speak TPM 2.0|not a P-256|not a point|was altered on its way" \
			    error
			swept
		done <<<"$VERBS"
	done
}

@test "a signature with a wrong r or s is never let out" {
	for v in request sign; do
		for half in r s; do
			spoiled "$SIGN.*=$half"
			session=
			refused "$v" 3 "the answer was altered on its way from the TPM" \
			    "trust nothing it said"
			swept
			session=--plain-session
			refused "$v" 3 "the signature it made does not verify" \
			    "thrown away"
		done
	done
}

@test "another public key than the certificate's: no, and nothing is signed" {
	own_tpm
	devsign key create >/dev/null
	tpm2_createprimary -Q -C o -G ecc:ecdsa-sha256 -c other.ctx \
	    -a 'fixedtpm|fixedparent|sensitivedataorigin|userwithauth|noda|sign'
	tpm2_evictcontrol -Q -C o -c other.ctx 0x81020001
	tpm2_flushcontext -t
	devsign request -n CN=own -o own.csr
	cp "$SHARED"/root.* .
	leaf own.csr root own.crt
	cat own.crt root.crt >chain.pem
	spoiled "$READ.*=handle:0x81020001,$SIGN.*=hang"
	for v in sign install; do
		refused "$v" 1 "no certificate is for this key" ""
	done
	spoiled "$READ.*=handle:0x81020001,$SIGN.*=handle:0x81020000"
	refused request 3 "" ""
}

@test "another key at the handle, by the owner's hand: no" {
	own_tpm
	tpm2_createprimary -Q -C o -G ecc:ecdsa-sha256 -c other.ctx \
	    -a 'fixedtpm|fixedparent|sensitivedataorigin|userwithauth|noda|sign'
	tpm2_evictcontrol -Q -C o -c other.ctx 0x81020000
	tpm2_flushcontext -t
	for v in sign install; do
		refused "$v" 1 "no certificate is for this key" ""
	done
}

# ---- done to a real simulator -----------------------------------------------

@test "a TPM that nobody started, and one whose state is out of reach" {
	mkdir tpm
	swtpm socket --tpm2 --tpmstate "dir=$PWD/tpm" \
	    --server "type=unixio,path=$PWD/tpm/sock" \
	    --ctrl "type=unixio,path=$PWD/tpm/sock.ctrl" \
	    --flags not-need-init --pid "file=$PWD/tpm/pid" -d
	export DEVSIGN_TCTI=swtpm:path=$PWD/tpm/sock
	for v in show create request sign install; do
		refused "$v" 3 "the TPM was not started (TPM 0x100" "power-cycle"
	done
	tpm_stop "$PWD/tpm"
	rm -rf tpm
	mkdir tpm
	swtpm socket --tpm2 --tpmstate dir=tpm \
	    --server "type=unixio,path=$PWD/tpm/sock" \
	    --ctrl "type=unixio,path=$PWD/tpm/sock.ctrl" \
	    --flags not-need-init,startup-clear --pid "file=$PWD/tpm/pid" -d
	for v in show create request sign install; do
		refused "$v" 3 "the TPM is in failure mode" "state directory"
	done
}

@test "evicted, or cleared: the key is gone, and how it comes back" {
	own_tpm
	devsign key create >before
	tpm2_clear -Q
	for v in show request sign install; do
		refused "$v" 3 "there is no key at this handle" "its TPM was cleared"
	done
	devsign key create >after
	cmp before after
}

@test "a hierarchy that is switched off" {
	own_tpm
	tpm2_hierarchycontrol -Q -C p ehEnable clear
	refused create 3 "deriving the device key: this hierarchy is closed" \
	    "firmware set-up"
}

@test "full permanent memory: said, and nothing is left behind" {
	own_tpm
	tpm2_createprimary -Q -C o -G ecc -c p.ctx
	tpm2_flushcontext -t
	handle=$((0x81010100))
	while tpm2_evictcontrol -Q -C o -c p.ctx "$(printf 0x%x $handle)" 2>/dev/null; do
		handle=$((handle + 1))
		tpm2_flushcontext -t
	done
	tpm2_flushcontext -t
	refused create 3 \
	    "keeping the key: the permanent memory of the TPM is full (TPM 0x14b" \
	    "remove what is not needed"
	run -0 tpm2_getcap handles-transient
	[ -z "$output" ]
}

@test "a TPM that is stopped: every verb gives up in time" {
	own_tpm
	devsign key create >/dev/null
	kill -STOP "$(cat tpm/pid)"
	pids=()
	for v in show create request sign install; do
		(
			began=$SECONDS
			cd "$(mktemp -d "$BATS_TEST_TMPDIR/XXXXXX")"
			cp ../chain.pem ../file.bin .
			refused "$v" 3 "does not answer, after 10 s" "was it stopped?"
			[ $((SECONDS - began)) -lt 15 ]
		) & pids+=($!)
	done
	for p in "${pids[@]}"; do wait "$p"; done
	kill -CONT "$(cat tpm/pid)"
	devsign key show >/dev/null
}

@test "a TPM that stops answering at any command: every verb gives up in time" {
	session=--plain-session
	pids=()
	while read -r verb command; do
		[ "$command" != "$DERIVE" ] || continue
		(
			began=$SECONDS
			cd "$(mktemp -d "$BATS_TEST_TMPDIR/XXXXXX")"
			cp ../chain.pem ../file.bin .
			spoiled "$command.*=hang"
			refused "$verb" 3 "the TPM did not answer in time" "power-cycle"
			[ $((SECONDS - began)) -lt 30 ]
		) & pids+=($!)
	done <<<"$VERBS"
	for p in "${pids[@]}"; do wait "$p"; done
}

@test "a TPM that dies in the middle: between two commands and within one" {
	session=--plain-session
	own_tpm
	devsign key create >/dev/null
	spoiled "$READ.2=delay:1500"
	(
		sleep 0.5
		kill -KILL "$(cat tpm/pid)"
	) 3>&- &
	refused request 3 "signing: the connection to the TPM broke" "still there?"
	wait
	rm -f tpm/pid tpm/sock tpm/sock.ctrl tpm/.lock
	tpm_start "$PWD/tpm"
	devsign key show >/dev/null
	kill -STOP "$(cat tpm/pid)"
	(
		sleep 0.5
		kill -KILL "$(cat tpm/pid)"
	) 3>&- &
	refused sign 3 "" "is "
	grep -qE "no TPM: |the connection to the TPM broke" error
	wait
	rm -f tpm/pid
}

# ---- what is never done -----------------------------------------------------

# The default is this machine's TPM, if it has one: not for tests.
no_tpm_here() {
	[ ! -e /dev/tpmrm0 ] || skip "this machine has a TPM of its own"
	unset DEVSIGN_TCTI
}

@test "never a TPM that happens to listen on localhost" {
	no_tpm_here
	for v in show create request sign install; do
		for tcti in "" device:/nowhere; do
			export DEVSIGN_TCTI=$tcti
			[ -n "$tcti" ] || unset DEVSIGN_TCTI
			export -f verb
			strace -f -o trace -e trace=socket,connect,openat \
			    bash -c "verb $v" >/dev/null 2>&1 || true
			grep -q "\"${tcti#device:}\|/dev/tpmrm0" trace
			run ! grep -E 'AF_INET|tcti-(swtpm|mssim|default)' trace
		done
	done
}

@test "a simulator on port 2321 of localhost sees no connection" {
	no_tpm_here
	python3 -c 'import socket
s = [socket.create_server(("127.0.0.1", p)) for p in (2321, 2322)]
open("ready", "w")
s[0].accept()
open("seen", "w")' 3>&- &
	other=$!
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12; do
		[ -e ready ] || sleep 0.1
	done
	[ -e ready ] || skip "port 2321 or 2322 is taken"
	for v in show create request sign install; do
		refused "$v" 3 "no TPM: /dev/tpmrm0: No such file" "kernel driver"
	done
	[ ! -e seen ]
}

@test "the library of the TPM says nothing, and SIGPIPE kills nobody" {
	spoiled "$READ.*=garbage:0xff"
	fails 3 "" devsign key show
	[ "$(wc -l <<<"$stderr")" -eq 2 ]
	# Whoever would read it is gone before it is written.
	fails 3 "standard output" bash -c 'exec 4> >(true); wait "$!"
	    devsign key show --tcti "$TPM2TOOLS_TCTI" >&4'
}

@test "a directory of 2,000 files is one signature: a second would fail here" {
	mkdir many
	for i in {1..2000}; do echo "$i" >"many/$i"; done
	spoiled "$SIGN.2=rc:0x101"
	run -0 devsign sign --manifest -c chain.pem many
	[[ $output == *"signed many (2000 files)"* ]]
	# two directories are two
	spoiled "$SIGN.2=rc:0x101"
	run -3 devsign sign --manifest --force -c chain.pem many many
	spoiled "$SIGN.1=rc:0x101"
	run -3 devsign sign --manifest --force -c chain.pem many
}
