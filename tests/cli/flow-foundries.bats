#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The third flow of docs/MIGRATING.md: the root of a factory, its online and its
# offline CA, a device client, and a gateway that lets it in, with the field
# values of Foundries.io's documents, of fioctl and of its reference server.

bats_require_minimum_version 1.5.0
load ../lib/devsign.bash
load ../lib/p11.bash
load ../lib/flow.bash

DEVICE=devices/offline-device

# What the service asks for, as two requests made elsewhere; the root's token is
# one of SoftHSM2.
setup_file() {
	flow_begin
	export FACTORY=5f0c1a2b7d
	tokens_at "$SHARED"
	token root pin-of-root
	echo pin-of-root >pin
	HSM="$(uri root root-ca)&pin-source=file:$SHARED/pin"
	export HSM
	p256 online "/CN=fio-online-ca/OU=$FACTORY"
	mv online.csr ca-csr
	p256 tls "/CN=gateway.example.com/OU=$FACTORY" \
	    -addext subjectAltName=DNS:gateway.example.com
	mv tls.csr tls-csr
	flow_steps foundries
}

setup() { flow_copy; }

teardown() {
	[ -z "${server-}" ] || kill "$server" 2>/dev/null || true
}

# as_fleet NAME CA [OPTION...]: NAME.csr into NAME.pem, a device of the fleet
as_fleet() {
	local name=$1 ca=$2
	shift 2
	pki-issue device -d "$ca" -p device-client "$@" -o "$name.pem" "$name.csr"
}

@test "root: Factory-CA, 20 years, P-256; CAs: path length 0, 10 years" {
	subject root-crt "CN=Factory-CA,OU=$FACTORY"
	fields root-crt
	has "subject 2.5.4.3 UTF8String Factory-CA"
	has "subject 2.5.4.11 UTF8String $FACTORY"
	has "years 20"
	has "key secp256r1"
	has "basicConstraints ! ca=True pathlen=None"
	has "keyUsage ! key_cert_sign crl_sign"
	# its key: in the token, and nowhere else
	[ ! -e root/ca.key ]
	run -0 object root pin-of-root Private root-ca
	says "never extractable"
	run ! grep -rq pin-of-root root
	csplit -s -z -f ca- ca-crt '/BEGIN CERT/' '{*}'
	[ "$(ls ca-0? | wc -l)" = 2 ]
	subject ca-00 "OU=$FACTORY,CN=fio-online-ca"
	subject ca-01 "CN=Offline CA,OU=$FACTORY"
	for ca in ca-00 ca-01; do
		fields $ca
		has "basicConstraints ! ca=True pathlen=0"
		has "keyUsage ! key_cert_sign crl_sign"
		has "years 10"
		has "key secp256r1"
		openssl verify -x509_strict -CAfile root-crt $ca
	done
	openssl pkey -in online.key -pubout | cmp - <(key_of ca-00)
}

@test "the gateway: serverAuth, its name, 10 years, by the root" {
	fields tls-crt
	has "subjectAltName dns gateway.example.com"
	has "keyUsage ! digital_signature"
	has "extKeyUsage 1.3.6.1.5.5.7.3.1"
	has "years 10"
	openssl verify -x509_strict -purpose sslserver -CAfile root-crt \
	    -verify_hostname gateway.example.com tls-crt
	# and once more, with a new key
	p256 rotated "/CN=gateway.example.com/OU=$FACTORY" \
	    -addext subjectAltName=DNS:gateway.example.com
	pki-issue device -d root -p tls-server -o rotated.pem rotated.csr
	openssl verify -x509_strict -purpose sslserver -CAfile root-crt \
	    -verify_hostname gateway.example.com rotated.pem
}

@test "the device: CN uuid, OU factory, businessCategory, critical clientAuth, ten years" {
	local uuid
	uuid=$(<$DEVICE/uuid)
	subject $DEVICE/client.pem \
	    "CN=$uuid,OU=$FACTORY,businessCategory=production"
	fields $DEVICE/client.pem
	has "subject 2.5.4.3 UTF8String $uuid"
	has "subject 2.5.4.11 UTF8String $FACTORY"
	has "subject 2.5.4.15 UTF8String production"
	has "keyUsage ! digital_signature"
	has "extKeyUsage ! 1.3.6.1.5.5.7.3.2"
	has "key secp256r1"
	has "signature ecdsa-with-SHA256"
	extensions "authorityKeyIdentifier keyUsage extKeyUsage"
	[ "$(days $DEVICE/client.pem)" = 3650 ]
	run -0 openssl x509 -in $DEVICE/client.pem -noout -text
	says "X509v3 Extended Key Usage: critical"
	says "TLS Web Client Authentication"
	# the serial number is the CA's, not the device's UUID
	run ! grep -qi "${uuid//-/}" <(openssl x509 -in $DEVICE/client.pem -noout -serial)
	[ "$(stat -c %a $DEVICE/pkey.pem)" = 600 ]
	openssl pkey -in $DEVICE/pkey.pem -pubout |
	    cmp - <(key_of $DEVICE/client.pem)
	[ "$(grep -c BEGIN $DEVICE/client.chained)" = 3 ]
}

@test "as the server verifies it: by the root, and by the bundle" {
	openssl verify -x509_strict -purpose sslclient -CAfile root-crt \
	    -untrusted ca-crt $DEVICE/client.pem
	openssl verify -x509_strict -purpose sslclient -partial_chain \
	    -CAfile ca-crt $DEVICE/client.pem
	run ! openssl verify -purpose sslserver -CAfile root-crt \
	    -untrusted ca-crt $DEVICE/client.pem
}

# serve: a gateway that asks every client for a certificate of the bundle, on a
# port that is free: $port
serve() {
	: >server.out
	openssl s_server -accept 127.0.0.1:0 -tls1_3 -cert tls-crt -key tls.key \
	    -CAfile ca-crt -partial_chain -Verify 3 -verify_return_error -www \
	    >server.out 2>server.err 3>&- &
	server=$!
	for _ in {1..100}; do
		port=$(sed -n 's/^ACCEPT .*:\([0-9]*\)$/\1/p' server.out)
		[ -z "$port" ] || return 0
		sleep 0.05
	done
	cat server.err
	return 1
}

# client CERT KEY: gets a page of it
client() {
	printf 'GET / HTTP/1.0\r\n\r\n' | timeout 20 openssl s_client -quiet \
	    -connect "127.0.0.1:$port" -CAfile root-crt -verify_return_error \
	    -verify_hostname gateway.example.com -cert "$1" -key "$2" 2>client.err
}

@test "the gateway lets the device in, and nobody of another factory" {
	serve
	run -0 client $DEVICE/client.pem $DEVICE/pkey.pem
	says "CN=$(<$DEVICE/uuid)"
	pki-init root -d other --no-passphrase -n "CN=Factory-CA,OU=$FACTORY"
	p256 thief "/CN=$(<$DEVICE/uuid)/OU=$FACTORY"
	as_fleet thief other
	run client thief.pem thief.key
	[[ $output != *"CN=$(<$DEVICE/uuid)"* ]]
	grep -q 'certificate verify failed' server.err
}

@test "refused: a request whose signature nobody looked at" {
	p256 honest "/CN=0193a1c2-77aa-7b31-8a10-0242ac120002/OU=$FACTORY"
	tampered honest.csr bad.der 0193a1c2-77aa-7b31-8a10-0242ac120002
	run -1 pki-issue device -d local-ca -p device-client bad.der
	says "possession-not-proved"
	[ "$(issued local-ca)" = 1 ]
}

@test "refused: a request that wants to be a CA" {
	p256 wish "/CN=wish/OU=$FACTORY" -addext basicConstraints=critical,CA:TRUE
	run -1 pki-issue device -d local-ca -p device-client wish.csr
	says "the request asks for the extension basicConstraints"
	run -1 pki-init sign -d root --yes -o wish.pem wish.csr
	says "the request asks for the extension basicConstraints"
	[ ! -e wish.pem ]
}

@test "refused: another factory, and what only the operator may say" {
	p256 other "/CN=other/OU=another-factory"
	run -1 as_fleet other local-ca
	says "OU of the subject is another-factory; the issuer's is $FACTORY"
	p256 none "/CN=none"
	run -1 as_fleet none local-ca
	says "OU of the subject is absent; the issuer's is $FACTORY"
	p256 prod "/CN=prod/OU=$FACTORY/businessCategory=production"
	run -1 as_fleet prod local-ca
	says "the request asks for businessCategory"
	[ "$(issued local-ca)" = 1 ]
}

@test "found: 30 days where ten years were meant" {
	cat >client.cnf <<-END
	[req]
	prompt = no
	distinguished_name = dn
	req_extensions = ext
	days = 3650
	[dn]
	CN = $(<$DEVICE/uuid)
	OU = $FACTORY
	[ext]
	keyUsage = critical, digitalSignature, keyAgreement
	extendedKeyUsage = critical, clientAuth
	END
	printf '%s\n' 'keyUsage = critical, digitalSignature, keyAgreement' \
	    'extendedKeyUsage = critical, clientAuth' >client.ext
	openssl ecparam -genkey -noout -name prime256v1 -out theirs.key
	openssl req -new -config client.cnf -key theirs.key -out theirs.csr
	openssl x509 -req -in theirs.csr -CA local-ca/ca.crt \
	    -CAkey local-ca/ca.key -CAcreateserial -extfile client.ext -sha256 \
	    -out theirs.pem
	[ "$(days theirs.pem)" = 30 ]
	run -1 pki-issue lint -j -p device-client -i ca-crt theirs.pem
	jq -e '[.findings[].name] | index("validity-30-days")' <<<"$output"
}

@test "one root: a second one is refused, and nothing changes" {
	sha256sum root/ca.crt root/key.uri >sums
	run -1 pki-init root -d root -k "$HSM" -n "CN=Factory-CA,OU=$FACTORY"
	sha256sum -c sums
}

@test "the bundle grows: another offline CA, and devices of both are let in" {
	pki-init request -d second --key-type p256 --no-passphrase \
	    -n "CN=Offline CA 2,OU=$FACTORY" -o second.csr
	pki-init sign -d root --yes -o second.pem second.csr
	pki-init install -d second second.pem
	openssl x509 -in second.pem >>ca-crt
	p256 new "/CN=new/OU=$FACTORY"
	as_fleet new second
	for leaf in new.pem $DEVICE/client.pem; do
		openssl verify -x509_strict -purpose sslclient -CAfile root-crt \
		    -untrusted ca-crt "$leaf"
	done
}

@test "the offline CA disabled, then revoked: its devices are refused, others are not" {
	local list n=1
	for reason in 'Certificate Hold' 'Privilege Withdrawn'; do
		list=root/crl/full-$n.crl
		run -0 openssl crl -inform DER -in $list -noout -text
		says "$reason"
		[ "$(openssl crl -inform DER -in $list -noout -crlnumber)" = "crlNumber=0x0$n" ]
		run -1 devverify-lab chain -a root-crt -i ca-crt -r $list \
		    $DEVICE/client.pem
		says "REJECTED revoked at certificate 1"
		n=$((n + 1))
	done
	csplit -s -z -f ca- ca-crt '/BEGIN CERT/' '{*}'
	run -0 openssl verify -crl_check -CAfile root-crt -CRLfile root.crl ca-00
	run ! openssl verify -crl_check -CAfile root-crt -CRLfile root.crl ca-01
	says "certificate revoked"
	run -0 devverify-lab chain -a root-crt -r root.crl --revocation required \
	    --profile path ca-00
	run -1 pki-revoke revoke -d root --certificate local-ca.pem \
	    --reason removeFromCRL
}
