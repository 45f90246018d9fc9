#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# pki-init and pki-issue as their users meet them: what they make, and every
# way in which they say no. The certificates are judged by other programs.

bats_require_minimum_version 1.5.0
load pki.bash

# ---- what is made -----------------------------------------------------------

@test "a CA has the layout and the modes it should have" {
	[ "$(stat -c %a root)" = 700 ]
	[ "$(stat -c %a root/ca.key)" = 600 ]
	[ "$(stat -c %a root/ledger.db)" = 600 ]
	[ "$(ls root | sort | tr '\n' ' ')" = "audit.log audit.sig ca.crt ca.key chain.pem ledger.db " ]
	[ "$(grep -c BEGIN factory/chain.pem)" = 2 ]
	head -n "$(wc -l < factory/ca.crt)" factory/chain.pem | cmp - factory/ca.crt
	cat factory/ca.crt root/ca.crt | cmp - factory/chain.pem
}

@test "a root is P-384 with a passphrase by default, an intermediate P-256" {
	echo secret > pass
	pki-init root -d r2 -n "CN=R" --passphrase-file pass
	grep -q 'BEGIN ENCRYPTED PRIVATE KEY' r2/ca.key
	openssl pkey -in r2/ca.key -passin file:pass -noout
	[[ $(text r2/ca.crt) == *"ASN1 OID: secp384r1"* ]]
	[[ $(text factory/ca.crt) == *"ASN1 OID: prime256v1"* ]]
}

@test "CA certificates have the fields of their profiles" {
	local t
	t=$(text root/ca.crt)
	[[ $t == *"X509v3 Basic Constraints: critical"*"CA:TRUE"* ]]
	[[ $t != *pathlen* ]]
	[[ $t == *"X509v3 Key Usage: critical"*"Certificate Sign, CRL Sign"* ]]
	[[ $t == *"Subject Key Identifier"* ]]
	t=$(text factory/ca.crt)
	[[ $t == *"CA:TRUE, pathlen:0"* ]]
	[[ $t == *"Authority Key Identifier"* ]]
}

@test "key identifiers are the leftmost 160 bits of SHA-256 of the key" {
	local want
	want=$(openssl x509 -in root/ca.crt -noout -pubkey |
	    openssl pkey -pubin -outform DER | tail -c 97 |
	    openssl dgst -sha256 -binary | head -c 20 | xxd -p)
	[[ $(openssl x509 -in root/ca.crt -noout -ext subjectKeyIdentifier |
	    tr -d ' :\n' | tr A-F a-f) == *"$want"* ]]
	[[ $(openssl x509 -in factory/ca.crt -noout -ext authorityKeyIdentifier |
	    tr -d ' :\n' | tr A-F a-f) == *"$want"* ]]
}

@test "OpenSSL and GnuTLS accept the chain of every profile" {
	both factory/chain.pem
	csr client "/O=Example/CN=gateway-1"
	csr signer "/CN=release"
	issue idevid unit && both unit.pem
	issue device-client client && both client.pem
	issue code-signing signer && both signer.pem
	openssl verify -x509_strict -purpose sslclient -CAfile root/ca.crt \
	    -untrusted factory/ca.crt client.pem
}

@test "OpenSSL and GnuTLS accept every type of CA key" {
	local type
	for type in p256 p384 ed25519; do
		pki-init root -d "r-$type" -n "CN=R $type" --key-type "$type" \
		    --no-passphrase
		pki-init intermediate -d "i-$type" --issuer "r-$type" \
		    -n "CN=I $type" --key-type "$type" --no-passphrase
		pki-issue device -d "i-$type" -p idevid -o "$type.pem" unit.csr
		both "$type.pem"
	done
}

@test "devices may have P-384 and Ed25519 keys" {
	openssl ecparam -name secp384r1 -genkey -noout -out a.key
	openssl genpkey -algorithm ed25519 -out b.key
	local k
	for k in a b; do
		openssl req -new -key $k.key -subj "/serialNumber=$k" -out $k.csr
		issue idevid $k
		both $k.pem
	done
}

@test "an IDevID has no end, no purpose, no subjectKeyIdentifier" {
	issue idevid unit
	local t
	t=$(text unit.pem)
	[[ $t == *"Not After : Dec 31 23:59:59 9999 GMT"* ]]
	[[ $t == *"X509v3 Key Usage: critical"*"Digital Signature"* ]]
	[[ $t == *"Authority Key Identifier"* ]]
	[[ $t != *"Subject Key Identifier"* ]]
	[[ $t != *"Extended Key Usage"* ]]
	[[ $t != *"Basic Constraints"* ]]
}

@test "purposes are those of the profile" {
	csr client "/CN=gateway-1"
	csr signer "/CN=release"
	issue device-client client
	issue code-signing signer
	[[ $(text client.pem) == *"TLS Web Client Authentication"* ]]
	[[ $(text signer.pem) == *"Code Signing"* ]]
}

@test "dates before 2050 are UTCTime, later ones GeneralizedTime" {
	issue idevid unit
	openssl asn1parse -in unit.pem > asn1
	[ "$(grep -c UTCTIME asn1)" = 1 ]
	grep -q 'GENERALIZEDTIME *:99991231235959Z' asn1
	pki-init root -d r2049 -n "CN=R" --no-passphrase \
	    --not-after 2049-12-31T23:59:59Z
	openssl asn1parse -in r2049/ca.crt | grep -q 'UTCTIME *:491231235959Z'
	pki-init root -d r2050 -n "CN=R" --no-passphrase \
	    --not-after 2050-01-01T00:00:00Z
	openssl asn1parse -in r2050/ca.crt |
	    grep -q 'GENERALIZEDTIME *:20500101000000Z'
}

@test "names are UTF8String and PrintableString" {
	pki-init root -d r2 -n "CN=Würzburg,C=DE,serialNumber=7" --no-passphrase
	openssl asn1parse -in r2/ca.crt > asn1
	grep -q 'UTF8STRING' asn1
	[ "$(grep -c PRINTABLESTRING asn1)" = 4 ]
}

@test "serial numbers are random, positive and at most 20 octets" {
	local i n
	for i in 1 2 3 4; do
		csr "u$i" "/serialNumber=$i"
		issue idevid "u$i"
		n=$(openssl x509 -in "u$i.pem" -noout -serial)
		n=${n#serial=}
		[ "${#n}" -ge 32 ] && [ "${#n}" -le 40 ]
		echo "$n" >> serials
	done
	[ "$(sort -u serials | wc -l)" = 4 ]
}

@test "the output is the certificate and its chain up to the root" {
	issue idevid unit
	[ "$(grep -c BEGIN unit.pem)" = 3 ]
	tail -n "$(wc -l < factory/chain.pem)" unit.pem | cmp - factory/chain.pem
	pki-issue device -d factory -p idevid unit.csr | cmp - unit.pem
}

@test "a request from standard input, a subject from -n" {
	pki-issue device -d factory -p idevid -n "serialNumber=x,O=Other" - \
	    < unit.csr > x.pem
	[[ $(openssl x509 -in x.pem -noout -subject) == *"O = Other"* ]]
}

@test "a CA key elsewhere is named in key.uri" {
	mkdir keys
	pki-init root -d r2 -n "CN=R" -k file:keys/r.key --no-passphrase
	[ "$(cat r2/key.uri)" = "file:$PWD/keys/r.key" ]
	[ ! -e r2/ca.key ]
	(cd / && pki-init check -d "$OLDPWD/r2")
}

@test "an existing key can become a CA" {
	openssl genpkey -algorithm ec -pkeyopt ec_paramgen_curve:P-256 -out k.pem
	pki-init root -d r2 -n "CN=R" -k file:k.pem
	[[ $(text r2/ca.crt) == *prime256v1* ]]
	run -1 pki-init root -d r3 -n "CN=R" -k file:k.pem --key-type p384
	says "holds a P-256 key, --key-type asks for p384"
	[ ! -e r3 ] && [ ! -e r3.partial ] && [ -e k.pem ]
}

# ---- beginnings that go wrong ------------------------------------------------

@test "no option, an unknown option, an unknown verb: usage" {
	run -2 pki-init root -n "CN=R"
	says "--directory is missing"
	run -2 pki-init root -d r2
	says "--subject is missing"
	run -2 pki-init intermediate -d r2 -n "CN=R"
	says "--issuer is missing"
	run -2 pki-init root --no-such-option
	run -2 pki-init no-such-verb
	run -2 pki-issue device -d factory -p idevid
	run -2 pki-init root -d r2 -n "CN=R" --no-passphrase --passphrase-file f
	says "give only one of"
	[ ! -e r2 ]
}

@test "an existing directory is left alone" {
	ls -l --time-style=full-iso root > before
	run -1 pki-init root -d root -n "CN=Other" --no-passphrase
	says "root exists already; nothing was changed"
	says "pki-init check"
	ls -l --time-style=full-iso root | cmp - before
	# before the issuer's passphrase is asked for
	run -1 pki-init intermediate -d factory --issuer nowhere -n "CN=I"
	says "factory exists already"
	mkdir empty
	run -1 pki-init root -d empty/ -n "CN=Other" --no-passphrase
}

@test "a parent directory that does not exist" {
	run -3 pki-init root -d no/such -n "CN=R" --no-passphrase
	says "no/such"
	says "No such file"
}

@test "malformed dates, lengths and types" {
	run -2 pki-init root -d r2 -n "CN=R" --no-passphrase --not-after tomorrow
	says 'option --not-after: "tomorrow" is not a time'
	says "9999-12-31T23:59:59Z"
	run -2 pki-init root -d r2 -n "CN=R" --not-before 2026-02-30T00:00:00Z
	run -2 pki-init root -d r2 -n "CN=R" --path-length many
	says 'option --path-length: "many" is not a number'
	run -2 pki-init root -d r2 -n "CN=R" --key-type rsa
	says '--key-type rsa: not one of p256, p384, ed25519'
	run -1 pki-init root -d r2 -n "CN=R" --no-passphrase \
	    --not-before 2030-01-01T00:00:00Z --not-after 2029-01-01T00:00:00Z
	says "would end at 2029-01-01T00:00:00Z; it would begin at 2030"
	[ ! -e r2 ] && [ ! -e r2.partial ]
}

@test "subjects that cannot be" {
	run ! pki-init root -d r2 -n "nonsense" --no-passphrase
	run -1 pki-init root -d r2 -n "O=Example" --no-passphrase
	says "the subject has no CN, which profile root demands"
	run ! pki-init root -d r2 -n "CN=$(printf 'x%.0s' {1..65})" --no-passphrase
	says "64"
	[ ! -e r2 ] && [ ! -e r2.partial ]
}

@test "a wrong passphrase, and none where one is needed" {
	echo secret > pass
	echo wrong > wrong
	pki-init root -d r2 -n "CN=R" --passphrase-file pass
	run -3 pki-init check -d r2 --passphrase-file wrong
	says "wrong passphrase for r2/ca.key"
	run -3 setsid pki-init check -d r2 </dev/null
	says "passphrase"
	pki-init check -d r2 --passphrase-fd 7 7< pass
	run -3 pki-init intermediate -d i2 --issuer r2 -n "CN=I" --no-passphrase \
	    --issuer-passphrase-file wrong
	says "wrong passphrase for r2/ca.key"
	[ ! -e i2 ] && [ ! -e i2.partial ]
	chmod 644 pass
	run -3 pki-init check -d r2 --passphrase-file pass
	says "pass"
}

@test "permissions that are too loose" {
	chmod 755 factory
	run -3 issue idevid unit
	says "others may look into this CA directory (mode 0755)"
	says "chmod 700 factory"
	chmod 700 factory
	chmod 640 factory/ca.key
	run -3 issue idevid unit
	says "factory/ca.key"
	says "0640"
	chmod 600 factory/ca.key
	chmod 644 factory/ledger.db
	run -3 issue idevid unit
	says "factory/ledger.db: others may read or write it (mode 0644)"
	[ ! -e unit.pem ]
}

@test "not a CA directory" {
	mkdir plain
	run -3 pki-issue device -d plain -p idevid unit.csr
	says "plain: not a CA directory: there is no ca.crt"
	run -3 pki-issue device -d nowhere -p idevid unit.csr
	says "nowhere: not a CA directory: it does not exist"
	run -3 pki-init check -d unit.csr
	says "it is not a directory"
	rm factory/ca.key
	run -3 issue idevid unit
	says "it has neither ca.key nor key.uri"
}

@test "a key or a certificate of another CA" {
	cp root/ca.key factory/ca.key
	run -1 issue idevid unit
	says "is not the key of factory/ca.crt"
	cp "$SHARED/factory/ca.key" factory/ca.key
	cp root/ca.crt factory/ca.crt
	run -1 issue idevid unit
	says "is not the first certificate of factory/chain.pem"
}

@test "disk full: nothing is issued, and the same command works later" {
	run -3 bash -c "trap '' XFSZ; ulimit -f 1
	    pki-issue device -d factory -p idevid -o unit.pem unit.csr"
	says "disk full"
	says "nothing was issued"
	[ "$(ledger factory 'select count(*) from issued')" = 0 ]
	[ ! -e unit.pem ]
	issue idevid unit
}

@test "a disk that fills at any point: nothing is left behind" {
	unshare -rm true 2>/dev/null || skip "no mount namespace here"
	mkdir disk
	local size
	for size in 4k 16k 32k 48k 64k 80k; do
		run -0 unshare -rm bash -c "mount -t tmpfs -o size=$size none disk
		    pki-init root -d disk/r -n CN=R --no-passphrase || true
		    ls -A disk | wc -l"
		says "disk full"
		[ "${lines[-1]}" = 0 ]
	done
}

@test "disk full after the ledger: the same command gives the certificate" {
	run -3 pki-issue device -d factory -p idevid -o nowhere/unit.pem unit.csr
	says "the certificate is in the ledger"
	issue idevid unit
	says "in the ledger"
	[ "$(ledger factory 'select count(*) from issued')" = 1 ]
}

@test "a damaged, a foreign and a newer ledger" {
	dd if=/dev/zero of=factory/ledger.db bs=100 count=1 conv=notrunc status=none
	run -3 issue idevid unit
	says "factory/ledger.db: the ledger is damaged"
	says "backup"
	rm factory/ledger.db
	( cd factory && python3 -c 'import sqlite3
c = sqlite3.connect("ledger.db"); c.execute("create table t (a)"); c.commit()' )
	run -3 issue idevid unit
	says "not a ledger of this program"
	cp "$SHARED/factory/ledger.db" factory/
	ledger factory 'pragma user_version = 9'
	run -3 issue idevid unit
	says "version 9, this program knows version 4"
	rm factory/ledger.db
	run -3 issue idevid unit
	says "factory/ledger.db"
	[ ! -e unit.pem ]
}

@test "a ledger that another process holds" {
	python3 -c 'import sqlite3, time
c = sqlite3.connect("factory/ledger.db", isolation_level=None)
c.execute("begin immediate"); print(flush=True); time.sleep(13)' > locked &
	while [ ! -s locked ]; do sleep 0.05; done
	run -3 issue idevid unit
	says "in use by another process"
	wait
	issue idevid unit
}

# ---- requests that go wrong ---------------------------------------------------

@test "a file that is no request" {
	run -3 pki-issue device -d factory -p idevid factory/ca.crt
	says "CERTIFICATE"
	says "wanted a CERTIFICATE REQUEST"
	run -3 pki-issue device -d factory -p idevid missing.csr
	says "missing.csr"
	echo hello > text.csr
	run -1 pki-issue device -d factory -p idevid text.csr
	says "text.csr: this is not a certificate request that can be taken"
	cat unit.csr unit.csr > two.csr
	run -2 pki-issue device -d factory -p idevid two.csr
	says "two.csr holds 2 requests"
}

@test "a request with a wrong signature" {
	openssl req -in unit.csr -outform DER -out unit.der
	python3 - <<'PY'
b = bytearray(open("unit.der", "rb").read())
i = b.index(b"unit-1")
b[i + 5] ^= 3
open("bad.der", "wb").write(b)
PY
	run -1 pki-issue device -d factory -p idevid bad.der
	says "possession-not-proved"
	says "made without the private key"
}

@test "a request that asks for more than a name is refused, with what it was" {
	csr ca "/serialNumber=1" -addext basicConstraints=critical,CA:TRUE
	run -1 issue idevid ca
	says "asks for the extension basicConstraints"
	csr san "/serialNumber=2" -addext subjectAltName=DNS:example.com
	run -1 issue idevid san
	says "asks for the extension subjectAltName"
	csr odd "/serialNumber=3" -addext 1.2.3.4=DER:0500
	run -1 issue idevid odd
	says "1.2.3.4"
	[ ! -e ca.pem ] && [ ! -e san.pem ] && [ ! -e odd.pem ]
}

@test "a subject without serialNumber, and --serial-number" {
	csr plain "/CN=plain"
	run -1 issue idevid plain
	says "the subject has no serialNumber, which profile idevid demands"
	issue idevid plain --serial-number SN-7
	[[ $(openssl x509 -in plain.pem -noout -subject) == \
	    *"CN = plain, serialNumber = SN-7" ]]
	run -1 issue idevid unit --serial-number unit-2
	says "the subject has serialNumber unit-1, the device is unit-2"
	issue idevid unit --serial-number unit-1
	csr nobody "/CN=x"
	run -1 issue idevid nobody --serial-number "no_such*"
	says "the subject cannot be read"
}

@test "names that would mislead or break small parsers" {
	csr two "/serialNumber=1/serialNumber=2"
	run -1 issue idevid two
	says "2 times serialNumber"
	csr multi "/serialNumber=1+CN=2" -multivalue-rdn
	run -1 issue idevid multi
	says "two attributes in one RDN"
	csr blank "/serialNumber=5/CN=a  b"
	run -1 issue idevid blank
	says "blank"
	csr old "/serialNumber=6/O=Exämple" -utf8
	issue idevid old
	csr issuer "/O=Example/CN=Test Factory"
	run -1 issue device-client issuer
	says "is the issuer's own name"
}

@test "profiles that do not exist or make CAs" {
	run -2 pki-issue device -d factory -p nothing unit.csr
	says 'there is no profile "nothing"'
	says "idevid, iak, ldevid, device-client, tls-server"
	run -2 pki-issue device -d factory -p intermediate unit.csr
	says "makes a CA, which pki-issue cannot"
	run -2 pki-issue device -d factory unit.csr
	says "the profiles are"
}

@test "validity is nested in the issuer's" {
	local end
	end=$(date -u -d "$(openssl x509 -in factory/ca.crt -noout -enddate |
	    cut -d= -f2)" +%Y-%m-%dT%H:%M:%SZ)
	csr signer "/CN=release"
	run -1 issue code-signing signer --not-after 9999-12-31T23:59:59Z
	says "would end at 9999-12-31T23:59:59Z; its issuer ends at $end"
	run -1 pki-init intermediate -d i2 --issuer root -n "CN=I" \
	    --no-passphrase --not-after 2200-01-01T00:00:00Z
	says "its issuer ends at"
	run -1 pki-init intermediate -d i2 --issuer root -n "CN=I" \
	    --no-passphrase --not-before 2001-01-01T00:00:00Z
	says "would begin at 2001-01-01T00:00:00Z; its issuer begins at"
	# The default is cut to the issuer's end.
	pki-init root -d short -n "CN=R" --no-passphrase \
	    --not-after "$(date -u -d '+1 year' +%Y-%m-%dT00:00:00Z)"
	pki-issue device -d short -p code-signing -o s.pem signer.csr
	[ "$(openssl x509 -in s.pem -noout -enddate)" = \
	    "$(openssl x509 -in short/ca.crt -noout -enddate)" ]
}

@test "path lengths are nested in the issuer's" {
	run -1 pki-init intermediate -d i2 --issuer factory -n "CN=I" --no-passphrase
	says "path length is 0"
	[ ! -e i2.partial ]
	pki-init root -d r1 -n "CN=R1" --path-length 1 --no-passphrase
	run -1 pki-init intermediate -d i2 --issuer r1 -n "CN=I" --path-length 1 \
	    --no-passphrase
	says "at most 0 is possible"
	pki-init intermediate -d i2 --issuer r1 -n "CN=I" --no-passphrase
	both i2/chain.pem
}

@test "an expired CA issues nothing" {
	pki-init root -d old -n "CN=R" --no-passphrase \
	    --not-before 2020-01-01T00:00:00Z --not-after 2021-01-01T00:00:00Z
	run -1 pki-issue device -d old -p idevid unit.csr
	says "its issuer ended at 2021-01-01T00:00:00Z"
	run -1 pki-init check -d old
	says "expired"
}

# ---- anchors, check ---------------------------------------------------------------

@test "anchors: the same bytes each time, and they compile" {
	pki-init root -d r2 -n 'CN=Odd */ name ??/,O=Example' --path-length 2 \
	    --no-passphrase
	pki-init anchors -d factory -o a.c r2/ca.crt
	pki-init anchors -d root r2 | cmp - a.c
	gcc -std=c11 -Wall -Wextra -Wconversion -Wsign-conversion -Wshadow \
	    -Wcast-qual -Wundef -Werror -I"$TOP/include" -c a.c
	grep -q 'dv_builtin_anchor_count = 2' a.c
	grep -q '"CN=Test Root,O=Example"' a.c
	grep -q '.path_len = 2' a.c
	local sum
	sum=$(openssl x509 -in root/ca.crt -noout -pubkey |
	    openssl pkey -pubin -outform DER | sha256sum | cut -d' ' -f1)
	grep -q "$sum" a.c
}

@test "anchors: a root of sloppy form is a name and a key" {
	openssl ecparam -name prime256v1 -genkey -noout -out old.key
	openssl req -x509 -new -key old.key -sha1 -set_serial 0 -days 99 \
	    -subj /CN=Old -addext basicConstraints=CA:TRUE -out old.pem
	run -0 pki-init anchors old.pem
	says "its own form, on which no path rests: serial-invalid at serialNumber"
	says "(RFC 5280 4.1.2.2)"
	openssl req -new -key old.key -subj /CN=unit -out unit.csr
	printf '%s\n' authorityKeyIdentifier=keyid \
	    keyUsage=critical,digitalSignature >unit.ext
	openssl x509 -req -in unit.csr -CA old.pem -CAkey old.key -days 9 \
	    -set_serial 77 -extfile unit.ext -out unit.pem
	run -0 devverify-lab chain -a old.pem unit.pem
	run -0 pki-init anchors root/ca.crt
	[[ $output != *"own form"* ]]
	openssl x509 -in root/ca.crt -outform DER -out bad.der
	printf '\0' | dd of=bad.der bs=1 conv=notrunc status=none \
	    seek=$(($(stat -c %s bad.der) - 2))
	run -1 pki-init anchors bad.der
	says "signature"
}

@test "anchors: what cannot be one" {
	run -2 pki-init anchors
	says "no root"
	issue idevid unit
	csplit -s -z -f part- unit.pem '/BEGIN CERT/' '{*}'
	run -1 pki-init anchors part-00
	says "cannot be an anchor"
	run -2 pki-init anchors -d root root/ca.crt
	says "is the same as"
	run -3 pki-init anchors unit.csr
	says "wanted a CERTIFICATE"
}

@test "check says what ends when" {
	issue idevid unit
	run -0 pki-init check -d factory
	[[ ${lines[0]} == "factory: OK until "* ]]
	says "CN=Test Root,O=Example"
	says "ledger: 1 issued, 0 ended"
	says "unit-1"
}

@test "check finds a damaged ledger and a changed chain" {
	cat root/ca.crt >> root/chain.pem
	run -1 pki-init check -d root
	says "holds the root twice"
	cp "$SHARED/root/chain.pem" root/
	pki-init check -d root
	pki-init root -d twin -n "CN=Test Root,O=Example" --no-passphrase
	cat factory/ca.crt twin/ca.crt > factory/chain.pem
	run -1 pki-init check -d factory
	says "signature-invalid"
}
