#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Batches: what the level above lets a factory issue, and what becomes of a list
# of devices, also when the factory is killed in the middle of it.

bats_require_minimum_version 1.5.0
load pki.bash

# authorise NAME QUANTITY [OPTION...]: NAME.auth for the factory, by its root
authorise() {
	local name=$1 quantity=$2
	shift 2
	pki-init authorise -d root --for factory/ca.crt --batch "$name" \
	    --quantity "$quantity" -p idevid --expires 2046-01-01T00:00:00Z \
	    -o "$name.auth" "$@"
}

# cose FILE KEY: the payload of a COSE_Sign1, verified with the key (PEM) by
# another library, as Python prints it
cose() {
	python3 - "$1" "$2" <<-'END'
	import sys
	from cryptography.hazmat.primitives import hashes, serialization
	from cryptography.hazmat.primitives.asymmetric import ec, utils

	def item(b, i):
	    major, n = b[i] >> 5, b[i] & 31
	    i += 1
	    if n >= 24:
	        size = 1 << (n - 24)
	        n = int.from_bytes(b[i:i + size], 'big')
	        i += size
	    if major in (0, 1):
	        return (n if major == 0 else -1 - n), i
	    if major in (2, 3):
	        s = b[i:i + n]
	        return (s if major == 2 else s.decode()), i + n
	    if major == 6:
	        return item(b, i)
	    out = []
	    for _ in range(n * (2 if major == 5 else 1)):
	        v, i = item(b, i)
	        out.append(v)
	    return (out if major == 4 else dict(zip(out[::2], out[1::2]))), i

	def bstr(b):
	    head = bytes([0x58, len(b)]) if len(b) < 256 else b'\x59' + len(b).to_bytes(2, 'big')
	    return (bytes([0x40 | len(b)]) if len(b) < 24 else head) + b

	f = open(sys.argv[1], 'rb').read()
	(protected, unprotected, payload, sig), end = item(f, 0)
	assert end == len(f) and unprotected == {}
	half = len(sig) // 2
	r, s = int.from_bytes(sig[:half], 'big'), int.from_bytes(sig[half:], 'big')
	key = serialization.load_pem_public_key(open(sys.argv[2], 'rb').read())
	key.verify(utils.encode_dss_signature(r, s),
	    b'\x84\x6aSignature1' + bstr(protected) + b'\x40' + bstr(payload),
	    ec.ECDSA(hashes.SHA384() if half == 48 else hashes.SHA256()))
	header, payload = item(protected, 0)[0], item(payload, 0)[0]
	print(header[16])
	for key, value in payload.items():
	    print(key, value.hex() if isinstance(value, bytes) else value)
	END
}

# ---- authorisations ---------------------------------------------------------

@test "an authorisation says what was asked, signed by the level above" {
	run -0 authorise lot-1 10 --model M1 --model "M 2"
	[ "$output" = "lot-1.auth: batch lot-1, 10 devices, profile idevid, until 2046-01-01T00:00:00Z" ]
	openssl x509 -in root/ca.crt -noout -pubkey > root.pub
	run -0 cose lot-1.auth root.pub
	[ "${lines[0]}" = application/vnd.pki-init.authorisation+cose ]
	[ "${lines[1]}" = "1 lot-1" ]
	[ "${lines[2]}" = "2 10" ]
	[ "${lines[3]}" = "3 ['M1', 'M 2']" ]
	[ "${lines[4]}" = "4 $(date -d 2046-01-01T00:00:00Z +%s)" ]
	[ "${lines[5]}" = "5 idevid" ]
	[ "${lines[6]}" = "6 $(openssl x509 -in factory/ca.crt -noout \
	    -ext subjectKeyIdentifier | tail -1 | tr -d ' :' | tr A-F a-f)" ]
}

@test "the same authorisation again is the same file, other terms are refused" {
	authorise lot-1 10
	cp lot-1.auth first
	rm lot-1.auth
	authorise lot-1 10
	cmp first lot-1.auth
	rm lot-1.auth
	run -1 authorise lot-1 11
	says "a batch lot-1 has been authorised already, with other terms"
	run -1 authorise LOT-1 10
	[ ! -e lot-1.auth ]
	[ "$(ledger root 'SELECT name, quantity, issued FROM batch')" = "lot-1 10 0" ]
}

@test "what cannot be authorised" {
	run -2 authorise .x 10
	says "is not a name for a batch"
	run -2 authorise lot-1 0
	says "option --quantity"
	run -2 authorise lot-1 10 --model "x "
	says "is not a model"
	run -2 pki-init authorise -d root --for factory/ca.crt --batch a \
	    --quantity 1 -p idevid --expires 2020-01-01T00:00:00Z -o a.auth
	says "has passed"
	run -2 pki-init authorise -d root --for factory/ca.crt --batch a \
	    --quantity 1 -p intermediate --expires 2046-01-01T00:00:00Z -o a.auth
	says "not a profile of devices"
	# a CA of somebody else, and no CA at all
	pki-init root -d other -n "CN=Other" --no-passphrase
	run -1 pki-init authorise -d other --for factory/ca.crt --batch a \
	    --quantity 1 -p idevid --expires 2046-01-01T00:00:00Z -o a.auth
	issue idevid unit
	run -1 pki-init authorise -d root --for unit.pem --batch a \
	    --quantity 1 -p idevid --expires 2046-01-01T00:00:00Z -o a.auth
	says "not the certificate of a CA"
	[ ! -e a.auth ]
}

# ---- batches ----------------------------------------------------------------

# requests COUNT: requests/unit-00000.csr ... and list.csv
requests() { python3 "$TOP/tests/lib/requests.py" requests list.csv "$1"; }

# batch [OPTION...]: lot-1 of list.csv into out; a function in the background
# would hide the program from signals
lot=(pki-issue batch -d factory --authorisation lot-1.auth --list list.csv
    --requests requests -o out)
# shellcheck disable=SC2120 # not every test has options for it
batch() { "${lot[@]}" "$@"; }

# complete COUNT: out, the ledger and the manifest agree, and no device is
# there twice or not at all
complete() {
	local count=$1 id
	[ "$(ledger factory 'SELECT count(*), count(DISTINCT device) FROM issued')" = "$count $count" ]
	[ "$(ledger factory 'SELECT issued FROM batch')" = "$count" ]
	[ "$(ledger factory "SELECT count(*) FROM issued WHERE state <> 'issued'")" = 0 ]
	[ "$(ls out/devices | wc -l)" = "$count" ]
	[ "$(find out/devices -name '.*' | wc -l)" = 0 ]
	[ "$(tail -n +2 out/manifest.csv | wc -l)" = "$count" ]
	tail -n +2 list.csv | cut -d, -f1 | sort > want
	tail -n +2 out/manifest.csv | cut -d, -f1 | sort | cmp - want
	jq -r 'select(.result == "ok") | .id' out/results.jsonl | sort | cmp - want
	tail -n +2 out/manifest.csv | while IFS=, read -r id _ sum; do
		printf '%s  out/devices/%s/cert.der\n' "$sum" "$id"
	done | sha256sum --check --quiet
	tail -n +2 out/manifest.csv | cut -d, -f2 | sort | uniq -d | cmp - /dev/null
}

@test "a batch: bundle, results, manifest and report of each device" {
	requests 20
	authorise lot-1 30 --model M1
	run -0 batch -n "O=Example"
	[ "$(grep -c ': OK issued, serial ' <<< "$output")" = 20 ]
	says "listed 20: issued 20, on record before 0, without certificate 0"
	says "the batch has 20 of 30 devices, until 2046-01-01T00:00:00Z"
	complete 20
	cmp out/root.pem root/ca.crt
	openssl x509 -in out/root.der -inform DER | cmp - root/ca.crt
	cd out/devices/unit-00007
	[ "$(ls | tr '\n' ' ')" = "cert.der cert.pem chain.pem " ]
	openssl x509 -in cert.der -inform DER | cmp - cert.pem
	cat cert.pem ../../../factory/chain.pem | cmp - chain.pem
	[ "$(openssl x509 -in cert.pem -noout -subject)" = \
	    "subject=O = Example, serialNumber = unit-00007, dnQualifier = lot-1" ]
	both chain.pem
	devverify-lab chain -a ../../root.pem -p any chain.pem
	openssl req -in "$OLDPWD/requests/unit-00007.csr" -inform DER -noout -pubkey |
	    cmp - <(openssl x509 -in cert.pem -noout -pubkey)
	cd "$OLDPWD"
	[ "$(jq -c '[.issued, .failed, .batch_quantity, .causes]' out/report.json)" = '[20,0,30,{}]' ]
	[ "$(ledger factory "SELECT DISTINCT model, length(request_r) FROM issued")" = "M1 32" ]
}

@test "the manifest is signed by the CA and names its list" {
	requests 3
	authorise lot-1 3
	batch
	openssl x509 -in factory/ca.crt -noout -pubkey > factory.pub
	run -0 cose out/manifest.cose factory.pub
	[ "${lines[0]}" = application/vnd.pki-issue.manifest+cose ]
	[ "${lines[1]}" = "1 lot-1" ]
	[ "${lines[2]}" = "2 3" ]
	[ "${lines[3]}" = "3 $(sha256sum < out/manifest.csv | cut -d' ' -f1)" ]
}

@test "the same batch again gives the same, and mends what was lost" {
	requests 5
	authorise lot-1 5
	batch
	cp -a out first
	rm -r out/devices/unit-00001 out/devices/unit-00002/cert.pem
	: > out/devices/unit-00003/cert.der
	run -0 batch
	says "listed 5: issued 0, on record before 5"
	diff -r first/devices out/devices
	cmp first/manifest.csv out/manifest.csv
	complete 5
}

@test "one bad device does not stop the others, and each reason has its name" {
	requests 10
	authorise lot-1 100 --model M1
	cp requests/unit-00000.csr requests/copy.csr
	head -c 100 requests/unit-00001.csr > requests/cut.csr
	csr requests/named "/serialNumber=another"
	csr requests/asks "/" -addext keyUsage=keyCertSign
	csr requests/p521 "/"
	openssl ecparam -name secp521r1 -genkey -noout -out k521
	openssl req -new -key k521 -subj / -out requests/p521.csr
	python3 "$TOP/tests/lib/requests.py" same-r requests
	cat >> list.csv <<-'END'
	copy,M1
	cut,M1
	named,M1
	asks,M1
	p521,M1
	missing,M1
	other-model,M2
	no-model,
	../etc,M1
	.hidden,M1
	a b,M1
	one,two,three
	"open,M1
	"weak-1",M1
	weak-2,"M1"
	END
	run -1 batch
	[ "$(jq -r 'select(.result == "ko") | .id + " " + .cause' out/results.jsonl |
	    grep -v '^ list$' | tr '\n' ';')" = "copy taken;cut request;named request;asks request;p521 request;missing no-request;other-model model;no-model model;../etc id;.hidden id;a b id;weak-2 weak-generator;" ]
	[ "$(jq -r 'select(.cause == "list") | .why' out/results.jsonl)" = "$(
	    echo 'list.csv, line 23: 3 fields, the first line has 2'
	    echo 'list.csv, line 24: a quote that is not closed, or text beside one')" ]
	says "listed 25: issued 11, on record before 0, without certificate 14"
	says "1 weak-generator: the random number generator of the device repeats itself"
	says "have no certificate; see out/report.txt"
	[ "$(jq -c .causes out/report.json)" = '{"list":2,"id":3,"model":2,"no-request":1,"request":4,"weak-generator":1,"taken":1}' ]
	[ "$(ledger factory 'SELECT count(*) FROM issued')" = 11 ]
	[ "$(ls out/devices | wc -l)" = 11 ]
}

@test "a request that repeats an r is refused outside of batches, too" {
	python3 "$TOP/tests/lib/requests.py" same-r .
	issue idevid weak-1 -n serialNumber=weak-1
	run -1 issue idevid weak-2 -n serialNumber=weak-2
	says "signed with the same random value as that of serialNumber=weak-1"
	says "random number generator"
	[ ! -e weak-2.pem ]
}

@test "RSA keys that share a prime are refused, others are not" {
	local i
	for i in 1 2 3 4; do
		openssl req -new -newkey rsa:2048 -nodes -keyout k.pem -subj / \
		    -out "other-$i.csr" 2> openssl.err
		issue idevid "other-$i" -n "serialNumber=other-$i"
	done
	python3 "$TOP/tests/lib/requests.py" same-prime .
	issue idevid prime-1 -n serialNumber=prime-1
	run -1 issue idevid prime-2 -n serialNumber=prime-2
	says "the RSA key shares a prime with that of serialNumber=prime-1"
	says "random number generator"
	run -1 issue idevid prime-3 -n serialNumber=prime-3
	# a modulus of another length
	openssl req -new -newkey rsa:3072 -nodes -keyout k.pem -subj / \
	    -out long.csr 2> openssl.err
	issue idevid long -n serialNumber=long
	# one that is on record is not compared with itself
	rm prime-1.pem
	issue idevid prime-1 -n serialNumber=prime-1
	[ "$(ledger factory 'SELECT count(*) FROM rsa')" = 6 ]
	authorise lot-1 9
	printf 'id,csr\np2,prime-2.csr\n' > list.csv
	run -1 pki-issue batch -d factory --authorisation lot-1.auth --list list.csv \
	    --requests . -o out
	says "p2: KO weak-generator"
}

@test "quantity, expiry, profile and issuer of an authorisation bind the factory" {
	requests 6
	authorise lot-1 4
	run -1 batch
	says "unit-00004: KO full: refused: batch lot-1 has its 4 devices"
	says "issued 4, on record before 0, without certificate 2"
	[ "$(ledger factory 'SELECT issued, quantity FROM batch')" = "4 4" ]
	# those on record are still handed out
	rm -r out
	run -1 batch
	says "issued 0, on record before 4, without certificate 2"
	[ "$(ls out/devices | wc -l)" = 4 ]
	# another authorisation of the same name is no way around
	mv lot-1.auth first.auth
	rm -r root
	cp -a "$SHARED/root" .
	authorise lot-1 400
	run -1 batch
	says "was begun with another authorisation"
	[ "$(ledger factory 'SELECT issued, quantity FROM batch')" = "4 4" ]
}

@test "the table itself holds a batch to its quantity" {
	requests 3
	authorise lot-1 2
	run -1 batch
	run -1 python3 - <<-'END'
	import sqlite3
	sqlite3.connect('factory/ledger.db').execute(
	    "UPDATE batch SET issued = issued + 1")
	END
	says "CHECK constraint failed"
}

@test "an authorisation that has ended issues nothing more" {
	requests 2
	pki-init authorise -d root --for factory/ca.crt --batch lot-1 \
	    --quantity 9 -p idevid -o lot-1.auth \
	    --expires "@$(($(date +%s) + 2))"
	sed -n 1,2p list.csv > short.csv
	pki-issue batch -d factory --authorisation lot-1.auth --list short.csv \
	    --requests requests -o out
	while (($(date +%s) <= $(ledger factory 'SELECT not_after FROM batch'))); do
		sleep 0.2
	done
	run -1 batch
	says "unit-00000: OK on record"
	says "unit-00001: KO ended: refused: the authorisation of batch lot-1 ended at"
}

@test "authorisations that are not for this factory, or not from above it" {
	requests 1
	# signed by the factory itself
	pki-init intermediate -d line --issuer root -n "CN=Line" --no-passphrase
	authorise lot-1 10
	run -1 pki-issue batch -d line --authorisation lot-1.auth --list list.csv \
	    --requests requests -o out
	says "it is for another CA than line"
	pki-init root -d evil -n "CN=Test Root,O=Example" --no-passphrase
	pki-init intermediate -d evil-factory --issuer evil -n "CN=F" --no-passphrase
	pki-init authorise -d evil --for evil-factory/ca.crt --batch lot-1 \
	    --quantity 10 -p idevid --expires 2046-01-01T00:00:00Z -o evil.auth
	run -1 pki-issue batch -d factory --authorisation evil.auth --list list.csv \
	    --requests requests -o out
	says "it is not signed by a CA above factory"
	[ "$(ledger factory 'SELECT count(*) FROM issued')" = 0 ]
}

@test "an authorisation with any bit flipped, or cut anywhere, is refused" {
	requests 1
	authorise lot-1 1
	python3 - <<-'END'
	import subprocess
	whole = open('lot-1.auth', 'rb').read()
	bad = [whole[:n] for n in range(0, len(whole), 37)] + [whole + b'\0']
	for at in range(0, len(whole), 7):
	    b = bytearray(whole)
	    b[at] ^= 1 << (at % 8)
	    bad.append(bytes(b))
	for b in bad:
	    open('bad.auth', 'wb').write(b)
	    got = subprocess.run(['pki-issue', 'batch', '-d', 'factory',
	        '--authorisation', 'bad.auth', '--list', 'list.csv',
	        '--requests', 'requests', '-o', 'out'], capture_output=True)
	    assert got.returncode == 1, (b.hex(), got)
	    assert b'bad.auth' in got.stderr, got
	END
	[ "$(ledger factory 'SELECT count(*) FROM issued')" = 0 ]
	[ ! -e out ]
	batch
}

@test "a closed batch hands out what it has, and issues nothing" {
	requests 3
	authorise lot-1 10
	sed -n 1,3p list.csv > short.csv
	pki-issue batch -d factory --authorisation lot-1.auth --list short.csv \
	    --requests requests -o out --close
	rm -r out
	run -1 batch
	says "issued 0, on record before 2, without certificate 1"
	says "unit-00002: KO ended: refused: batch lot-1 is closed"
}

@test "lists that cannot be read" {
	requests 1
	authorise lot-1 1
	: > list.csv
	run -3 batch
	says "list.csv: is empty"
	printf 'id,weight\n' > list.csv
	run -3 batch
	says 'there is no column "weight"'
	printf 'model\n' > list.csv
	run -3 batch
	says 'there is no column "id"'
	printf 'id,model,id\n' > list.csv
	run -3 batch
	says 'column id stands there twice'
	{ echo id; head -c 5000 /dev/zero | tr '\0' x; echo; echo unit-00000; } > list.csv
	run -1 batch
	says "list.csv, line 2: longer than 4096 octets"
	says "unit-00000: OK issued"
	# a byte order mark, CRLF, an empty line, no line end at the end
	printf '\xef\xbb\xbfcsr,id\r\n\r\n"unit-00000.csr","unit-00000"' > list.csv
	run -0 batch
	says "unit-00000: OK on record"
}

@test "--watch takes requests as they come" {
	requests 4
	authorise lot-1 4
	mkdir later
	mv requests/unit-00002.csr requests/unit-00003.csr later
	touch -d '1 minute ago' requests/* later/*
	"${lot[@]}" --watch > said 2> err3 3>&- &
	local pid=$!
	until grep -q unit-00001 said; do sleep 0.1; done
	mv later/unit-00003.csr requests
	until grep -q unit-00003 said; do sleep 0.1; done
	mv later/unit-00002.csr requests
	wait $pid
	complete 4
	[ "$(grep -c ': OK issued' said)" = 4 ]
}

@test "--json: every line is an object, the report the last" {
	requests 3
	authorise lot-1 2
	run -1 --separate-stderr batch --json
	[ "${#lines[@]}" = 4 ]
	[ "$(jq -r '.result // "report"' <<< "$output" | tr '\n' ' ')" = "ok ok ko report " ]
	[ "$(head -n 3 <<< "$output")" = "$(< out/results.jsonl)" ]
	[ "${lines[3]}" = "$(< out/report.json)" ]
	[ "$(jq -r .serial out/results.jsonl | head -n 1)" = \
	    "$(openssl x509 -in out/devices/unit-00000/cert.pem -noout -serial |
	    sed 's/serial=//' | tr A-F a-f)" ]
}

@test "progress on a terminal: how many, how fast, how long yet" {
	requests 3
	authorise lot-1 3
	mkdir later
	mv requests/unit-00002.csr later
	touch -d '1 minute ago' requests/* later/*
	script -qefc "${lot[*]} --watch" shown > said 2> err3 < /dev/null 3>&- &
	local pid=$!
	until grep -q 'a second' shown; do sleep 0.2; done
	mv later/unit-00002.csr requests
	wait $pid
	grep -q 'lot-1: 2 of 3 devices, [0-9]* a second, [0-9]*:[0-9][0-9] left' shown
	complete 3
}

@test "stopped by a signal, a batch ends in order and says how to go on" {
	requests 3
	authorise lot-1 3
	mkdir later
	mv requests/unit-00002.csr later
	touch -d '1 minute ago' requests/* later/*
	"${lot[@]}" --watch > said 2> err3 3>&- &
	local pid=$! status=0
	until grep -q unit-00001 said; do sleep 0.1; done
	kill -TERM $pid
	wait $pid || status=$?
	[ $status = 3 ]
	[[ $(< err3) == *"stopped before the end of list.csv"*"goes on where"* ]]
	[ "$(tail -n +2 out/manifest.csv | wc -l)" = 2 ]
	mv later/unit-00002.csr requests
	batch
	complete 3
}

@test "killed at any moment, the same command goes on: no duplicate, no gap" {
	requests 500
	authorise lot-1 500
	local round pid kills=0
	for ((round = 0; round < ${KILLS:-12}; round++)); do
		"${lot[@]}" > said 2>&1 3>&- &
		pid=$!
		sleep "0.$(printf %03d $((RANDOM % 300)))"
		kill -KILL $pid 2> killed && kills=$((kills + 1))
		wait $pid || true
		# what is out is in the ledger, as it is there
		python3 - <<-'END'
		import os, sqlite3
		rows = dict(sqlite3.connect('factory/ledger.db').execute(
		    'SELECT device, der FROM issued'))
		there = [d for d in os.listdir('out/devices') if d[0] != '.'] \
		    if os.path.isdir('out/devices') else []
		for d in there:
		    assert open(f'out/devices/{d}/cert.der', 'rb').read() == rows[d], d
		print(len(rows), 'in the ledger,', len(there), 'out')
		END
	done
	echo "# $kills kills" >&3
	((kills > 0))
	batch | tail -5
	complete 500
}

@test "two operators at once: each device once" {
	requests 200
	authorise lot-1 200
	"${lot[@]}" > one 2>&1 3>&- &
	local pid=$!
	pki-issue batch -d factory --authorisation lot-1.auth --list list.csv \
	    --requests requests -o out2 > two 2>&1
	wait $pid
	complete 200
	diff -r out/devices out2/devices
}

@test "a full disk stops a batch, and nothing is lost" {
	requests 40
	authorise lot-1 40
	run -3 bash -c 'ulimit -f 24; trap "" XFSZ; pki-issue batch -d factory \
	    --authorisation lot-1.auth --list list.csv --requests requests -o out'
	batch
	complete 40
}

# ---- keys made here ---------------------------------------------------------

# station CURVE [OPTION...]: station.pem and station.key, of a programming station
station() {
	local curve=$1
	shift
	openssl req -x509 -newkey ec -pkeyopt "ec_paramgen_curve:$curve" -nodes \
	    -keyout station.key -out station.pem -days 30 \
	    -subj "/O=Example/CN=Programming station 3" "$@" 2> openssl.err
}

# keygen [OPTION...]: lot-1 of list.csv into out, with keys made here
keygen() {
	pki-issue batch -d factory --authorisation lot-1.auth --list list.csv \
	    --keygen --for-station station.pem -o out "$@"
}

@test "--keygen: each key leaves for the station alone, and is the certificate's" {
	local curve id
	for curve in P-256 P-384; do
		rm -rf out factory root lot-1.auth
		cp -a "$SHARED/root" "$SHARED/factory" .
		printf 'id\nboot-1\nboot-2\nboot-3\n' > list.csv
		authorise lot-1 3
		station $curve -addext keyUsage=critical,keyAgreement
		run -0 keygen
		says "listed 3: issued 3"
		complete 3
		for id in boot-1 boot-2 boot-3; do
			openssl cms -decrypt -inform DER -in "out/devices/$id/key.p7m" \
			    -recip station.pem -inkey station.key -out "$id.p8"
			openssl pkey -inform DER -in "$id.p8" -pubout |
			    cmp - <(openssl x509 -in "out/devices/$id/cert.pem" -noout -pubkey)
		done
		[ "$(cat boot-?.p8 | sha256sum)" != "$(cat boot-1.p8 boot-1.p8 boot-1.p8 | sha256sum)" ]
	done
}

@test "--keygen: a sealed key that was touched does not open, nor for another" {
	printf 'id\nboot-1\n' > list.csv
	authorise lot-1 1
	station P-256
	keygen
	cp station.pem s.pem
	cp station.key s.key
	station P-256
	run ! openssl cms -decrypt -inform DER -in out/devices/boot-1/key.p7m \
	    -recip station.pem -inkey station.key -out x
	python3 - <<-'END'
	b = bytearray(open('out/devices/boot-1/key.p7m', 'rb').read())
	b[-30] ^= 1
	open('touched', 'wb').write(b)
	END
	run ! openssl cms -decrypt -inform DER -in touched -recip s.pem -inkey s.key -out y
	openssl cms -decrypt -inform DER -in out/devices/boot-1/key.p7m \
	    -recip s.pem -inkey s.key -out z
}

@test "--keygen: again gives the same keys until the batch is closed" {
	printf 'id\nboot-1\nboot-2\n' > list.csv
	authorise lot-1 2
	station P-256
	keygen
	cp -a out first
	rm -r out
	run -0 keygen
	says "issued 0, on record before 2"
	diff -r first/devices out/devices
	[ "$(ledger factory 'SELECT count(*) FROM sealed')" = 2 ]
	keygen --close
	[ "$(ledger factory 'SELECT count(*) FROM sealed')" = 0 ]
	diff -r first/devices out/devices
}

@test "--keygen: no private key is in the clear in any file" {
	printf 'id\nboot-1\n' > list.csv
	authorise lot-1 1
	station P-256
	ASAN_OPTIONS=detect_leaks=0 strace -f -o calls -e trace=write,pwrite64 -e abbrev=none -s 100000 -xx \
	    "$(command -v pki-issue)" batch -d factory --authorisation lot-1.auth \
	    --list list.csv --keygen --for-station station.pem -o out
	openssl cms -decrypt -inform DER -in out/devices/boot-1/key.p7m \
	    -recip station.pem -inkey station.key -out key.p8
	# OCTET STRING of ECPrivateKey
	local d
	d=$(openssl ec -inform DER -in key.p8 -outform DER 2> openssl.err |
	    openssl asn1parse -inform DER |
	    awk -F'DUMP]:' '/OCTET STRING/ { print tolower($2) }')
	[ ${#d} = 64 ]
	tr -d '\\x' < calls > plain
	run ! grep -q "$d" plain
	# the search does find what was written
	grep -q "$(xxd -p out/devices/boot-1/cert.der | tr -d '\n' | cut -c 1-64)" plain
	python3 - "$d" <<-'END'
	import pathlib, sys
	d = bytes.fromhex(sys.argv[1])
	files = [f for top in ('out', 'factory') for f in pathlib.Path(top).rglob('*') if f.is_file()]
	assert len(files) > 8
	for f in files:
	    assert d not in f.read_bytes(), f
	END
}

@test "--keygen: whom keys are not sealed for" {
	printf 'id\nboot-1\n' > list.csv
	authorise lot-1 1
	station P-256 -addext keyUsage=digitalSignature
	run -1 keygen
	says "its key usage is without keyAgreement"
	station P-521
	run -1 keygen
	says "no key can be sealed for it"
	openssl req -x509 -newkey rsa:2048 -nodes -keyout station.key \
	    -out station.pem -subj /CN=s 2> openssl.err
	run -1 keygen
	says "it has a key of type RSA"
	run -2 keygen --requests requests
	says "--keygen makes the keys"
	run -2 batch --keygen
	says "go together"
	[ ! -e out ]
}
