#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# What each profile puts into a certificate, field by field, as OpenSSL and
# another library read it; what a request may say; names of devices.

bats_require_minimum_version 1.5.0
load pki.bash

# fields NAME: NAME.pem as lines; has LINE and hasnt TEXT look into them
fields() { /usr/bin/python3 "$TOP/tests/lib/fields.py" "$1.pem" > fields; }
has() { grep -qxF -- "$1" fields || { echo "wanted: $1"; cat fields; false; }; }
hasnt() { ! grep -F -- "$1" fields || { echo "not wanted: $1"; false; }; }
extensions() { sed -n 's/ .*//; /^\(version\|size\|subject\|end\|years\|key\|signature\)$/!p' fields | tr '\n' ' '; }

# ini: standard input becomes factory/profiles.ini
ini() { cat > factory/profiles.ini; }

# matter: a PAA and a PAI of vendor FFF1
matter() {
	pki-init root -d paa -p matter-paa -n "VID=FFF1,CN=Matter PAA" \
	    --no-passphrase
	pki-init intermediate -d pai --issuer paa -p matter-pai \
	    -n "PID=8000,VID=FFF1,CN=Matter PAI" --no-passphrase
}

# ---- field by field ---------------------------------------------------------

@test "idevid" {
	csr unit "/serialNumber=unit-1"
	issue idevid unit
	fields unit
	has "version 3"
	has "subject 2.5.4.5 PrintableString unit-1"
	has "end 99991231235959Z"
	has "keyUsage ! digital_signature"
	has "authorityKeyIdentifier 20 octets"
	[ "$(extensions)" = "authorityKeyIdentifier keyUsage " ]
}

@test "idevid with hardwareModuleName, masa-url and the platform" {
	ini <<-'END'
	; what this factory makes
	[gateway]
	based-on = idevid
	summary = gateways of the second series
	hw-type = 1.3.6.1.4.1.32473.1.2
	masa-url = https://masa.example.com/v1
	END
	issue gateway unit --model GW-2 --hardware-revision C3 \
	    --firmware-version 1.4.0
	fields unit
	has "end 99991231235959Z"
	has "subjectAltName hardware 1.3.6.1.4.1.32473.1.2 unit-1, directory 2.23.133.5.1.4=GW-2 2.23.133.5.1.5=C3"
	has "1.3.6.1.5.5.7.1.32 161b$(printf https://masa.example.com/v1 | xxd -p)"
	has "2.23.133.5.4.1 30078205$(printf 1.4.0 | xxd -p)"
	[ "$(extensions)" = "authorityKeyIdentifier keyUsage subjectAltName 1.3.6.1.5.5.7.1.32 2.23.133.5.4.1 " ]
	both unit.pem
	[[ $(text unit.pem) == *"X509v3 Subject Alternative Name"*"othername:"* ]]
	[ "$(ledger factory "select device, model, profile from issued")" = \
	    "unit-1 GW-2 gateway" ]
	run -0 devverify-lab chain -a root/ca.crt -i factory/ca.crt -p any \
	    unit.pem
	again() { pki-issue device -d factory -p gateway --model GW-2 "$@" unit.csr; }
	again --hardware-revision C3 --firmware-version 1.4.0 | cmp - unit.pem
	run -1 again --hardware-revision C3 --firmware-version 1.4.1
	says "with another firmware version"
	run -1 again --hardware-revision C3
	says "with another firmware version"
	run -1 again --hardware-revision C4 --firmware-version 1.4.0
	says "with another subjectAltName"
}

@test "iak" {
	issue iak unit
	fields unit
	has "end 99991231235959Z"
	has "keyUsage ! digital_signature"
	has "extKeyUsage 2.23.133.8.3"
	[ "$(extensions)" = "authorityKeyIdentifier keyUsage extKeyUsage " ]
	both unit.pem
}

@test "ldevid" {
	issue ldevid unit --dns unit-1.plant.example
	fields unit
	has "keyUsage ! digital_signature"
	has "subjectAltName dns unit-1.plant.example"
	[ "$(extensions)" = "authorityKeyIdentifier keyUsage subjectAltName " ]
	has "years 10"
	both unit.pem
}

@test "device-client, as a fleet's factory CA issues it" {
	pki-init intermediate -d fleet --issuer root -n "CN=Device CA,OU=f-77" \
	    --no-passphrase
	csr unit "/OU=f-77/CN=0193a1c2-77aa-7b31-8a10-0242ac120002"
	pki-issue device -d fleet -p device-client -o unit.pem unit.csr
	fields unit
	has "subject 2.5.4.3 UTF8String 0193a1c2-77aa-7b31-8a10-0242ac120002"
	has "subject 2.5.4.11 UTF8String f-77"
	has "keyUsage ! digital_signature"
	has "extKeyUsage ! 1.3.6.1.5.5.7.3.2"
	[ "$(extensions)" = "authorityKeyIdentifier keyUsage extKeyUsage " ]
	both unit.pem
	openssl verify -x509_strict -purpose sslclient -CAfile root/ca.crt \
	    -untrusted fleet/ca.crt unit.pem
	csr a "/CN=a"
	run -1 pki-issue device -d fleet -p device-client a.csr
	says "OU of the subject is absent; the issuer's is f-77"
	csr b "/CN=b/OU=f-78"
	run -1 pki-issue device -d fleet -p device-client b.csr
	says "OU of the subject is f-78; the issuer's is f-77"
	csr c "/CN=c/OU=f-77/businessCategory=production"
	run -1 pki-issue device -d fleet -p device-client c.csr
	says "the request asks for businessCategory in its subject"
	pki-issue device -d fleet -p device-client -o c.pem \
	    -n "businessCategory=production,OU=f-77" \
	    --uuid 0193A1C2-77AA-7B31-8A10-0242AC120003 c.csr
	fields c
	has "subject 2.5.4.15 UTF8String production"
	has "subject 2.5.4.3 UTF8String 0193a1c2-77aa-7b31-8a10-0242ac120003"
}

@test "tls-server" {
	csr gate "/CN=gateway"
	run -1 pki-issue device -d factory -p tls-server gate.csr
	says "no name in subjectAltName, which profile tls-server demands"
	issue tls-server gate --dns gw.example.com --ip 192.0.2.7 \
	    --ip 2001:db8::7
	fields gate
	has "years 2"
	has "keyUsage ! digital_signature"
	has "extKeyUsage 1.3.6.1.5.5.7.3.1"
	has "subjectAltName dns gw.example.com, ip 192.0.2.7, ip 2001:db8::7"
	[ "$(extensions)" = "authorityKeyIdentifier subjectKeyIdentifier keyUsage extKeyUsage subjectAltName " ]
	both gate.pem
	openssl verify -x509_strict -purpose sslserver -verify_hostname \
	    gw.example.com -CAfile root/ca.crt -untrusted factory/ca.crt gate.pem
}

@test "code-signing, for code and for what RFC 9809 names" {
	local k
	for k in a b; do csr $k "/CN=release-$k"; done
	issue code-signing a
	fields a
	has "extKeyUsage 1.3.6.1.5.5.7.3.3"
	has "years 3"
	issue code-signing b --purpose updatePackageSigning \
	    --purpose configSigning
	fields b
	has "extKeyUsage 1.3.6.1.5.5.7.3.43 1.3.6.1.5.5.7.3.41"
	[ "$(extensions)" = "authorityKeyIdentifier subjectKeyIdentifier keyUsage extKeyUsage " ]
	both b.pem
	run -1 pki-issue device -d factory -p code-signing b.csr
	says "this key has a certificate already, with another extKeyUsage"
	run -1 pki-issue device -d factory -p code-signing --purpose clientAuth \
	    a.csr
	csr c "/CN=release-c"
	run -1 pki-issue device -d factory -p code-signing --purpose clientAuth \
	    c.csr
	says "purpose 1.3.6.1.5.5.7.3.2; profile code-signing lets one choose"
	run -2 pki-issue device -d factory -p code-signing --purpose coding c.csr
	says '"coding" is not a purpose'
	run -1 pki-issue device -d factory -p idevid --purpose codeSigning unit.csr
	says "lets one choose from: nothing"
}

@test "matter-paa, matter-pai, matter-dac" {
	matter
	cp paa/ca.crt paa.pem
	cp pai/ca.crt pai.pem
	fields paa
	has "subject 1.3.6.1.4.1.37244.2.1 UTF8String FFF1"
	has "basicConstraints ! ca=True pathlen=1"
	has "keyUsage ! key_cert_sign crl_sign"
	has "subjectKeyIdentifier 20 octets"
	has "key secp256r1"
	fields pai
	has "subject 1.3.6.1.4.1.37244.2.1 UTF8String FFF1"
	has "subject 1.3.6.1.4.1.37244.2.2 UTF8String 8000"
	has "basicConstraints ! ca=True pathlen=0"
	has "keyUsage ! key_cert_sign crl_sign"
	[ "$(extensions)" = "authorityKeyIdentifier subjectKeyIdentifier basicConstraints keyUsage " ]
	csr dac "/"
	pki-issue device -d pai -p matter-dac -o dac.pem \
	    -n "PID=8000,VID=FFF1,CN=Lamp 7" dac.csr
	fields dac
	has "subject 1.3.6.1.4.1.37244.2.1 UTF8String FFF1"
	has "subject 1.3.6.1.4.1.37244.2.2 UTF8String 8000"
	has "basicConstraints ! ca=False pathlen=None"
	has "keyUsage ! digital_signature"
	has "subjectKeyIdentifier 20 octets"
	has "authorityKeyIdentifier 20 octets"
	has "signature ecdsa-with-SHA256"
	has "end 99991231235959Z"
	[ "$(extensions)" = "authorityKeyIdentifier subjectKeyIdentifier basicConstraints keyUsage " ]
	[ "$(sed -n 's/^size //p' fields)" -le 600 ]
	openssl verify -x509_strict -CAfile paa/ca.crt -untrusted pai/ca.crt dac.pem
	run -0 devverify-lab chain -a paa/ca.crt -i pai/ca.crt -p any dac.pem
}

@test "Matter certificates that Matter would refuse are refused here" {
	matter
	csr dac "/"
	dac() { pki-issue device -d pai -p matter-dac -n "$1" dac.csr; }
	run -1 dac "PID=8000,VID=FFF2,CN=Lamp"
	says "VID of the subject is FFF2; the issuer's is FFF1"
	run -1 dac "PID=8001,VID=FFF1,CN=Lamp"
	says "PID of the subject is 8001; the issuer's is 8000"
	run -1 dac "VID=FFF1,CN=Lamp"
	says "no PID, which profile matter-dac demands"
	run -1 dac "PID=8000,VID=fff1,CN=Lamp"
	says "VID in the subject is fff1; four of the digits 0-9 and A-F"
	run -2 dac "PID=80000,VID=FFF1,CN=Lamp"
	says "PID"
	run -1 pki-issue device -d factory -p matter-dac \
	    -n "PID=8000,VID=FFF1,CN=Lamp" dac.csr
	says "the issuer's name has no VID"
	openssl ecparam -name secp384r1 -genkey -noout -out big.key
	openssl req -new -key big.key -subj "/" -out big.csr
	run -1 pki-issue device -d pai -p matter-dac \
	    -n "PID=8000,VID=FFF1,CN=Lamp" big.csr
	says "a key of type P-384; profile matter-dac does not take it"
	run -1 pki-init intermediate -d p2 --issuer root -p matter-pai \
	    -n "VID=FFF1,CN=PAI" --no-passphrase
	says "the issuer has a key of type P-384; profile matter-pai"
	run -1 pki-init root -d p3 -p matter-paa --no-passphrase \
	    -n "PID=8000,CN=PAA"
	says "the subject has PID, which profile matter-paa excludes"
	run -1 pki-init root -d p4 -p matter-paa --no-passphrase -n "CN=PAA" \
	    --key-type p384
	says "a key of type P-384; profile matter-paa does not take it"
	run -2 pki-init root -d p5 -p matter-pai -n "CN=PAA"
	says '"matter-pai" is not a profile of a root'
	run -1 dac "PID=8000,VID=FFF1,CN=0123456789012345678901234567890123456789012345678901234567890123,O=0123456789012345678901234567890123456789012345678901234567890123,OU=0123456789012345678901234567890123456789012345678901234567890123"
	says "matter-size at certificate"
	says "wanted at most 600 octets"
}

@test "names and policies that a CA may certify" {
	pki-init intermediate -d plant --issuer root -n "CN=Plant" \
	    --no-passphrase --permit dns:plant.example --permit "dn:O=Example" \
	    --permit ip:192.0.2.0/24 --permit ip:2001:db8::/32 \
	    --permit email:plant.example --exclude uri:.bad.example \
	    --policy 1.3.6.1.4.1.32473.9.1 --policy 1.3.6.1.4.1.32473.9.2
	cp plant/ca.crt plant.pem
	fields plant
	has "nameConstraints ! permit dns plant.example permit directory 2.5.4.10=Example permit ip 192.0.2.0/24 permit ip 2001:db8::/32 permit email plant.example exclude uri .bad.example"
	has "certificatePolicies 1.3.6.1.4.1.32473.9.1 1.3.6.1.4.1.32473.9.2"
	csr in "/O=Example/CN=gw"
	pki-issue device -d plant -p tls-server --dns gw.plant.example \
	    -o in.pem in.csr
	both in.pem
	csr out "/O=Example/CN=gw2"
	run -1 pki-issue device -d plant -p tls-server --dns gw.else.example \
	    out.csr
	says "name-not-permitted"
	run -1 pki-issue device -d plant -p tls-server --ip 198.51.100.1 out.csr
	says "name-not-permitted"
	csr other "/O=Other/CN=gw3"
	run -1 pki-issue device -d plant -p tls-server --dns gw.plant.example \
	    other.csr
	says "name-not-permitted"
	local n
	for n in example.com dns:a_b..c dns:192.0.2.1 ip:192.0.2.1/24 ip:192.0.2.0 \
	    ip:192.0.2.0/33 ip:x/8 dn:nothing email:; do
		run -2 pki-init intermediate -d p2 --issuer root -n CN=P \
		    --no-passphrase --permit "$n"
		[ ! -e p2 ]
	done
	run -2 pki-init intermediate -d p2 --issuer root -n CN=P \
	    --no-passphrase --policy 1.2.x
	says '"1.2.x" is not an OID'
	[ ! -e p2 ]
}

# ---- what a request may say -------------------------------------------------

@test "a request brings the names its profile lets it bring" {
	csr gate "/CN=gateway" -addext subjectAltName=DNS:gw.example.com,IP:192.0.2.7
	issue tls-server gate --dns also.example.com
	fields gate
	has "subjectAltName dns also.example.com, dns gw.example.com, ip 192.0.2.7"
	run -1 pki-issue device -d factory -p tls-server gate.csr
	says "with another subjectAltName"
}

@test "whatever else a request says is refused by its name" {
	refused() { # PROFILE SUBJECT WORDS [OPTION...]
		local profile=$1 subject=$2 words=$3
		shift 3
		csr r "$subject" "$@"
		run -1 pki-issue device -d factory -p "$profile" r.csr
		says "$words"
	}
	refused tls-server "/CN=a" "asks for uniformResourceIdentifier" \
	    -addext subjectAltName=DNS:a.example,URI:urn:a
	refused tls-server "/CN=b" "asks for a name of another type" \
	    -addext subjectAltName=email:b@example.com
	refused tls-server "/CN=c" "asks for a dNSName that is not the name" \
	    -addext "subjectAltName=DNS:*.example.com"
	refused tls-server "/CN=d" "asks for the extension keyUsage" \
	    -addext subjectAltName=DNS:d.example \
	    -addext keyUsage=keyCertSign
	refused tls-server "/CN=e" "asks for the extension basicConstraints" \
	    -addext basicConstraints=CA:FALSE -addext subjectAltName=DNS:e.example
	refused device-client "/CN=f" "asks for the extension subjectAltName" \
	    -addext subjectAltName=DNS:f.example
	refused idevid "/serialNumber=g/emailAddress=g@example.com" \
	    "asks for 1.2.840.113549.1.9.1 in its subject, which profile idevid"
	refused idevid "/serialNumber=h/dnQualifier=lot-1" \
	    "asks for dnQualifier in its subject"
	refused idevid "/serialNumber=i/title=boss" "asks for 2.5.4.12"
	[ "$(ledger factory "select count(*) from issued")" = 0 ]
	issue idevid r -n serialNumber=i
}

# ---- what a device is called ------------------------------------------------

@test "a device by its id, its MAC, its UUID" {
	local i
	for i in 1 2 3 4; do csr "d$i" "/"; done
	name() { openssl x509 -in "$1" -noout -subject; }
	issue idevid d1 --id WS-0001
	[ "$(name d1.pem)" = "subject=serialNumber = WS-0001" ]
	issue idevid d2 --mac 00:1b:21:3a:4f:05
	[ "$(name d2.pem)" = "subject=serialNumber = 00-1B-21-3A-4F-05" ]
	issue idevid d3 --mac 001b21fffe3a4f05
	[ "$(name d3.pem)" = "subject=serialNumber = 00-1B-21-FF-FE-3A-4F-05" ]
	issue device-client d4 --uuid F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6
	[ "$(name d4.pem)" = "subject=CN = f81d4fae-7dec-11d0-a765-00a0c91e6bf6" ]
	csr again "/"
	run -1 pki-issue device -d factory -p idevid --mac 00-1B-21-3A-4F-05 \
	    again.csr
	says "has a certificate with profile idevid already, for another key"
}

@test "what is no name of a device" {
	refused() { run -1 pki-issue device -d factory -p ldevid "$@" unit.csr; }
	refused --mac 00:1b:21:3a:4f
	says "is no MAC address: wanted 6 or 8 octets"
	refused --mac 00:1b-21:3a:4f:05
	refused --mac 00:1b:21:3a:4f:0g
	refused --mac 00:1b:21:3a:4f:05:
	refused --mac 01:00:5e:00:00:01
	says "not the address of one device: it is a group's"
	refused --mac 00:00:00:00:00:00
	says "it is empty"
	refused --uuid f81d4fae-7dec-11d0-a765-00a0c91e6bf
	says "is no UUID: wanted 8-4-4-4-12"
	refused --uuid f81d4fae-7dec-11d0-a765-00a0c91e6bfg
	refused --uuid 00000000-0000-0000-0000-000000000000
	says "is the nil UUID"
	refused --uuid ffffffff-ffff-ffff-ffff-ffffffffffff
	says "is the max UUID"
	refused --id "a b"
	says "is not an id"
	refused --id a --mac 00:1b:21:3a:4f:05
	says "named by one of id, mac and uuid, not by 2"
	refused --id other
	says "the subject has serialNumber unit-1, the device is other"
	[ "$(ledger factory "select count(*) from issued")" = 0 ]
}

@test "what a profile has no place for is refused, the model is in the ledger" {
	run -1 pki-issue device -d factory -p idevid --hardware-revision C unit.csr
	says "profile idevid has no place for a hardware revision"
	says "give it a hw-type in profiles.ini"
	run -1 pki-issue device -d factory -p device-client --firmware-version 1 \
	    -n CN=a unit.csr
	says "profile device-client has no place for a firmware version"
	run -1 pki-issue device -d factory -p idevid --dns a.example unit.csr
	says "dNSName in subjectAltName, which profile idevid does not let it have"
	run -1 pki-issue device -d factory -p idevid --uri urn:a unit.csr
	says "a subjectAltName without hardwareModuleName"
	run -1 pki-issue device -d factory -p tls-server -n CN=a --dns a_b unit.csr
	says '"a_b" is not the name of a host'
	run -1 pki-issue device -d factory -p tls-server -n CN=a --ip 1.2.3 unit.csr
	says '"1.2.3" is not an IPv4 or IPv6 address'
	run -1 pki-issue device -d factory -p ldevid --uri nothing unit.csr
	says '"nothing" is not a URI'
	issue idevid unit --model "GW 2"
	fields unit
	hasnt subjectAltName
	[ "$(ledger factory "select model from issued")" = "GW 2" ]
}

# ---- profiles of a CA's own -------------------------------------------------

@test "a profile with everything a profile can say" {
	ini <<-'END'
	[meter]
	summary = water meters
	identity = CN
	years = 15
	key-usage = digitalSignature keyAgreement
	purposes = clientAuth 1.3.6.1.4.1.32473.5
	purposes-critical = yes
	subject-key-id = no
	also-required = OU
	same-as-issuer = O
	one-key-a-name = yes
	from-request = CN OU O dns
	subject-alt-names = dns uri hardware permanent platform
	hw-type = 1.3.6.1.4.1.32473.1
	firmware-version = yes
	policies = 1.3.6.1.4.1.32473.7
	crl-url = http://crl.example.com/meters.crl
	key-types = p256 p384

	[meter-short]
	based-on = meter
	years = 1
	END
	csr m "/O=Example/OU=meters/CN=m-1" -addext subjectAltName=DNS:m-1.example
	issue meter m --model WM1 --uri urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6
	fields m
	has "keyUsage ! digital_signature key_agreement"
	has "extKeyUsage ! 1.3.6.1.5.5.7.3.2 1.3.6.1.4.1.32473.5"
	has "certificatePolicies 1.3.6.1.4.1.32473.7"
	has "cRLDistributionPoints uri http://crl.example.com/meters.crl"
	has "subjectAltName hardware 1.3.6.1.4.1.32473.1 m-1, permanent m-1, directory 2.23.133.5.1.4=WM1, uri urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6, dns m-1.example"
	[ "$(extensions)" = "authorityKeyIdentifier keyUsage extKeyUsage certificatePolicies subjectAltName cRLDistributionPoints " ]
	both m.pem
	openssl genpkey -algorithm ed25519 -out e.key
	openssl req -new -key e.key -subj "/O=Example/OU=m/CN=m-2" -out e.csr
	run -1 pki-issue device -d factory -p meter e.csr
	says "a key of type Ed25519; profile meter does not take it"
	csr twin "/O=Example/OU=meters/CN=m-1"
	run -1 pki-issue device -d factory -p meter-short twin.csr
	says "has a certificate with profile meter already, for another key"
	csr o "/O=Other/OU=meters/CN=m-3"
	run -1 pki-issue device -d factory -p meter-short o.csr
	says "O of the subject is Other; the issuer's is Example"
	run -0 pki-issue profiles -d factory
	says "meter: water meters (profiles.ini)"
	says "meter-short: water meters"
	says "idevid: initial device identity"
}

@test "noRevAvail, for certificates that nobody revokes" {
	printf '[short]\nbased-on = device-client\nyears = 1\nno-revocation = yes\n' | ini
	csr c "/CN=c"
	issue short c
	fields c
	has "2.5.29.56 0500"
	both c.pem
}

@test "profiles.ini: each mistake by its line, what was wanted and found" {
	bad() { # LINE WORDS, the file on standard input
		ini
		run -1 pki-issue profiles -d factory
		says "factory/profiles.ini, line $1: $2"
	}
	bad 1 "wanted [name] of a profile before the first key" <<< "years = 3"
	bad 1 "wanted [name] or key = value" <<< "nonsense"
	bad 2 '[a] colour: wanted a key that is known, found "colour"' <<-'END'
	[a]
	colour = red
	END
	bad 4 '[a] years: wanted each key once in a section, found "6"' <<-'END'
	[a]
	based-on = idevid
	years = 5
	years = 6
	END
	bad 4 'wanted a name that no other profile has, found "a"' <<-'END'
	[a]
	based-on = idevid

	[a]
	based-on = idevid
	END
	bad 1 'wanted a name that no other profile has, found "idevid"' <<-'END'
	[idevid]
	years = 1
	END
	bad 1 "wanted [name] of 1 to 31 of a-z, 0-9 and -" <<-'END'
	[Gate Way]
	years = 1
	END
	bad 1 "wanted a key in this section" <<< "[a]"
	bad 2 "wanted a key in the section before" <<-'END'
	[a]
	[b]
	years = 1
	END
	bad 3 "[a] based-on: wanted this key before all others, once" <<-'END'
	[a]
	years = 1
	based-on = idevid
	END
	bad 3 "wanted a line that begins at the left" <<-'END'
	[a]
	based-on = idevid
	  years = 3
	END
	bad 2 "wanted a line of at most 198 octets" <<-END
	[a]
	summary = $(printf 'x%.0s' {1..200})
	END
	bad 2 '[a] based-on: wanted a profile built in or further up, found "a"' <<-'END'
	[a]
	based-on = a
	END
	bad 1 "[a] wanted key-usage, or based-on" <<< "[a]
summary = nothing"
}

@test "profiles.ini: nothing in it makes a CA or weakens what a profile promises" {
	weak() { # KEY VALUE WORDS, of a profile based on idevid
		printf '[a]\nbased-on = idevid\n%s = %s\n' "$1" "$2" | ini
		run -1 pki-issue device -d factory -p a unit.csr
		says "factory/profiles.ini, line "
		says "$3"
	}
	weak ca yes "never makes CAs"
	weak path-length 0 "never makes CAs"
	weak digest md5 "never MD5 or SHA-1"
	weak key-usage keyCertSign "only CAs sign certificates"
	weak key-usage "digitalSignature cRLSign" "only CAs sign certificates"
	weak key-usage "" "wanted"
	weak purposes anyExtendedKeyUsage "wanted purposes"
	weak purposes 2.5.29.37.0 "any purpose is none"
	weak purposes-critical yes "wanted purposes, with purposes-critical"
	weak one-key-a-name no "wanted yes, as in what it is based on"
	weak identity CN "wanted serialNumber"
	printf '[a]\nbased-on = ldevid\nidentity = CN\n' | ini
	run -1 pki-issue device -d factory -p a unit.csr
	says "factory/profiles.ini, line 3"
	says "wanted serialNumber"
	weak years 0 "wanted 1 to 100"
	weak years 101 "wanted 1 to 100"
	weak years 5x "wanted 1 to 100"
	weak from-request "CN dnQualifier" "which batch a device is of"
	weak from-request "CN CN" "wanted attributes"
	weak from-request "dns" "wanted subject-alt-names with what from-request"
	weak from-request "hardware" "wanted attributes"
	weak subject-alt-names email "wanted some of dns ip uri"
	weak hw-type 1.x "wanted one dotted OID"
	weak masa-url http://masa.example.com "begins with https://"
	weak masa-url https:// "begins with https://"
	weak crl-url https://crl.example.com "begins with http://"
	weak crl-url ldap://ldap.example.com "or ldap://HOST/NAME?ATTRIBUTE"
	weak delta-crl-url https://crl.example.com "begins with http://"
	weak policies 2.5.29.32.0 "anyPolicy is none"
	weak policies "1.2.3 1.2.3" "each once"
	weak key-types "p256 rsa512" "wanted some of p256 p384 ed25519 rsa"
	weak key-usage keyEncipherment "RFC 5480 3"
	weak key-usage "digitalSignature keyAgreement" "RFC 9295 3"
	weak also-required Colour "wanted attributes"
	weak firmware-version maybe "wanted yes or no"
	weak subject-alt-names "hardware permanent" "wanted hw-type, with permanent"
	printf '[a]\nbased-on = intermediate\n' | ini
	run -1 pki-issue profiles -d factory
	says 'wanted a profile of devices, found "intermediate"'
	printf '[a]\nbased-on = matter-dac\n' | ini
	run -1 pki-issue profiles -d factory
	says "wanted a profile whose fields no other document fixes"
	printf '[a]\nbased-on = tls-server\nsubject-alt-names = uri\n' | ini
	run -1 pki-issue profiles -d factory
	says "wanted subject-alt-names with dns or ip"
	printf '[a]\nbased-on = device-client\nsame-as-issuer = O\n' | ini
	run -1 pki-issue profiles -d factory
	says "same-as-issuer: wanted those of the base as well"
	printf '[a]\nbased-on = idevid\nno-revocation = yes\ncrl-url = http://a.example/\n' | ini
	run -1 pki-issue profiles -d factory
	says "not both (RFC 9608 4)"
	printf '[a]\nbased-on = idevid\nsubject-alt-names = uri\nhw-type = 1.2.3\n' | ini
	run -1 pki-issue profiles -d factory
	says "wanted subject-alt-names with hardware, for hw-type"
	printf '[a]\nbased-on = idevid\nkey-types = p256\n[b]\nbased-on = a\nkey-types = p384\n' | ini
	run -1 pki-issue profiles -d factory
	says "line 6: [b] key-types: wanted no other key types"
	[ "$(ledger factory "select count(*) from issued")" = 0 ]
}

@test "profiles.ini that others can write is refused" {
	printf '[a]\nbased-on = idevid\n' | ini
	chmod 660 factory/profiles.ini
	run -3 pki-issue device -d factory -p a unit.csr
	says "profiles.ini: others may write it"
	rm factory/profiles.ini
	ln -s /dev/null factory/profiles.ini
	run -3 pki-issue device -d factory -p idevid unit.csr
	says "profiles.ini: not a regular file"
}

# ---- in a batch -------------------------------------------------------------

@test "a batch by MAC and UUID, with revision and firmware" {
	local p
	for p in factory root; do
		printf '[gateway]\nbased-on = idevid\nhw-type = 1.3.6.1.4.1.32473.1\n' \
		    > $p/profiles.ini
	done
	pki-init authorise -d root --for factory/ca.crt --batch lot-1 \
	    --quantity 9 --profile gateway --expires 2090-01-01T00:00:00Z \
	    -o lot-1.auth
	mkdir in
	csr in/00-1B-21-3A-4F-05 "/"
	csr in/f81d4fae-7dec-11d0-a765-00a0c91e6bf6 "/"
	csr in/named "/O=Elsewhere"
	csr in/mine "/O=Example/serialNumber=u-5"
	cat > list.csv <<-'END'
	mac,uuid,id,model,hardware-revision,firmware-version,csr
	00:1b:21:3a:4f:05,,,M1,B,2.0,
	,F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6,,M1,,,
	01:1b:21:3a:4f:05,,,M1,,,
	,,u-4,M1,,,named.csr
	,,u-5,M1,,,mine.csr
	00:1b:21:3a:4f:06,,u-6,M1,,,
	END
	run -1 pki-issue batch -d factory --authorisation lot-1.auth \
	    --list list.csv --requests in -o out -n O=Example
	says "00-1B-21-3A-4F-05: OK issued"
	says "f81d4fae-7dec-11d0-a765-00a0c91e6bf6: OK issued"
	says "it is a group's"
	says 'u-4: KO request: refused: the request asks for O "Elsewhere"'
	says "u-5: OK issued"
	says "named by one of id, mac and uuid, not by 2"
	cp out/devices/00-1B-21-3A-4F-05/cert.pem d.pem
	fields d
	has "subject 2.5.4.5 PrintableString 00-1B-21-3A-4F-05"
	has "subject 2.5.4.46 PrintableString lot-1"
	has "subjectAltName hardware 1.3.6.1.4.1.32473.1 00-1B-21-3A-4F-05, directory 2.23.133.5.1.4=M1 2.23.133.5.1.5=B"
	has "2.23.133.5.4.1 30058203322e30"
	run -1 pki-issue batch -d factory --authorisation lot-1.auth \
	    --list list.csv --requests in -o out -n O=Example
	says "00-1B-21-3A-4F-05: OK on record"
}

@test "a batch whose profile the factory does not have" {
	printf '[gateway]\nbased-on = idevid\n' > root/profiles.ini
	run -2 pki-init authorise -d root --for factory/ca.crt --batch lot-1 \
	    --quantity 9 --profile gatewa --expires 2090-01-01T00:00:00Z -o a
	says '"gatewa" is not a profile of devices'
	says "matter-dac, gateway"
	pki-init authorise -d root --for factory/ca.crt --batch lot-1 \
	    --quantity 9 --profile gateway --expires 2090-01-01T00:00:00Z -o a
	printf 'id\nunit\n' > list.csv
	mkdir in
	run -1 pki-issue batch -d factory --authorisation a --list list.csv \
	    --requests in -o out
	says "a: this CA has no profile gateway"
}

@test "the list of a batch names its devices" {
	pki-init authorise -d root --for factory/ca.crt --batch lot-1 \
	    --quantity 9 --profile idevid --expires 2090-01-01T00:00:00Z -o a
	mkdir in
	printf 'model\nM1\n' > list.csv
	run -3 pki-issue batch -d factory --authorisation a --list list.csv \
	    --requests in -o out
	says 'line 1: there is no column "id"'
	printf 'id,colour\na,red\n' > list.csv
	run -3 pki-issue batch -d factory --authorisation a --list list.csv \
	    --requests in -o out
	says 'there is no column "colour"'
	says "id mac uuid model csr hardware-revision firmware-version"
	csr in/u-1 "/"
	printf 'id,hardware-revision,firmware-version\nu-1,C,\n' > list.csv
	run -1 pki-issue batch -d factory --authorisation a --list list.csv \
	    --requests in -o out
	says "u-1: KO refused: refused: profile idevid has no place for a hardware"
}
