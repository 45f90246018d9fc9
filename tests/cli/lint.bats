#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# pki-issue lint as people and scripts meet it: lines, JSON, exit status, where
# issuers come from; and that a CA's own certificates have no fault.

bats_require_minimum_version 1.5.0
load helpers.bash
load pki.bash

vector() { echo "$TOP/vectors/lint/$1/cert.der"; }

@test "no finding: one line, status 0" {
	run -0 pki-issue lint -p idevid "$(vector none--idevid)"
	first_line '.*/cert.der: 0 errors, 0 warnings, 0 notices as idevid'
	[ "${#lines[@]}" = 1 ]
}

@test "a certificate that was printed in a reference gets its three findings" {
	run -1 pki-issue lint --profile matter-dac \
	    "$(vector matter-dac-ca--printed-in-a-reference)"
	first_line '.*: 2 errors, 0 warnings, 1 notice as matter-dac'
	has "error: matter-dac-ca at basicConstraints, byte 327 (Matter 6.2.2.3): the device attestation certificate is a CA's"
	has "  wanted: cA FALSE"
	has "  found: cA TRUE"
	has "  do: issue it with the DAC's profile and not with the PAI's"
	has "error: matter-key-usage at keyUsage, byte 408 (Matter 6.2.2):"
	has "  found: digitalSignature, keyCertSign, cRLSign"
	has "notice: validity-cut at notAfter, byte 114 (RFC 5280 4.1.2.5):"
	has "until 2039-11-28T22:28:46Z"
}

@test "the same faults, made here, get the same findings" {
	python3 - <<-'EOF'
		import datetime as d
		from cryptography import x509
		from cryptography.hazmat.primitives import hashes, serialization
		from cryptography.hazmat.primitives.asymmetric import ec
		Oid, Name = x509.ObjectIdentifier, x509.Name
		VID, PID = ("1.3.6.1.4.1.37244.2.%d" % n for n in (1, 2))
		def name(cn, **more):
		    return Name([x509.NameAttribute(Oid("2.5.4.3"), cn)] + [
		        x509.NameAttribute(Oid(VID if k == "vid" else PID), v)
		        for k, v in more.items()])
		ca, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
		uses = dict.fromkeys(("content_commitment", "key_encipherment",
		    "data_encipherment", "key_agreement", "encipher_only",
		    "decipher_only"), False)
		made = x509.CertificateBuilder(
		    issuer_name=name("PAI", vid="FFF1"), public_key=key.public_key(),
		    subject_name=name("Alarm", vid="FFF1", pid="8000"),
		    serial_number=x509.random_serial_number(),
		    not_valid_before=d.datetime(2024, 12, 6, 14, 48, 56),
		    not_valid_after=d.datetime(2039, 11, 28, 22, 28, 46))
		for value, critical in (
		    (x509.BasicConstraints(True, None), True),
		    (x509.KeyUsage(digital_signature=True, key_cert_sign=True,
		                   crl_sign=True, **uses), True),
		    (x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False),
		    (x509.AuthorityKeyIdentifier.from_issuer_public_key(
		        ca.public_key()), False)):
		    made = made.add_extension(value, critical)
		open("dac.der", "wb").write(made.sign(ca, hashes.SHA256()).public_bytes(
		    serialization.Encoding.DER))
	EOF
	run -1 pki-issue lint -j -p matter-dac dac.der
	jq -e '[.findings[].name] | sort ==
	    ["matter-dac-ca", "matter-key-usage", "validity-cut"]' <<<"$output"
}

@test "status: notices 0, warnings and errors 1" {
	run -0 pki-issue lint "$(vector validity-cut--odd-second)"
	first_line '.*: 0 errors, 0 warnings, 1 notice as device'
	run -1 pki-issue lint "$(vector validity-30-days--forgotten)"
	first_line '.*: 0 errors, 1 warning, 0 notices as device'
	run -1 pki-issue lint "$(vector aki-missing--absent)"
	first_line '.*: 1 error, 0 warnings, 0 notices as device'
	has '  found: no such extension'
	has 'aki-missing at authorityKeyIdentifier (RFC 5280 4.2.1.1)'
	run -0 pki-issue lint "$(vector ca-crl-sign-missing--ca)"
	first_line '.* as CA'
}

@test "what cannot be read is said with the parser's reason and place, status 3" {
	head -c 200 "$(vector none--device)" >cut.der
	run -3 pki-issue lint cut.der
	first_line 'cut.der: UNREADABLE truncated at certificate 0 \(X.690 8.1.3\) .*'
	has "byte 0"
	echo nothing >text
	run -3 pki-issue lint text
	has UNREADABLE
	run -3 pki-issue lint absent.pem
	has "absent.pem"
	run -3 pki-issue lint unit.key
	has "PRIVATE KEY"
}

@test "several certificates: each has its turn, the largest status wins" {
	head -c 100 "$(vector none--device)" >cut.der
	run -3 pki-issue lint "$(vector none--device)" cut.der \
	    "$(vector aki-missing--absent)"
	has "0 errors"
	has "UNREADABLE"
	has "1 error,"
	run -1 pki-issue lint "$(vector aki-missing--absent)" \
	    "$(vector none--device)"
}

@test "the issuer: from -i, from the same file, or said to be missing" {
	local forged=$TOP/vectors/lint/issuer-signature--forged
	run -0 pki-issue lint "$forged/cert.der"
	run -1 pki-issue lint -i "$forged/issuer.der" "$forged/cert.der"
	has "error: issuer-signature at signatureValue"
	for f in cert issuer; do
		openssl x509 -inform DER -in "$forged/$f.der"
	done >chain.pem
	run -1 pki-issue lint chain.pem
	has issuer-signature
	run -1 pki-issue lint --issuer factory/ca.crt --issuer root/ca.crt \
	    "$forged/cert.der"
	has "warning: issuer-unknown at issuer"
	head -c 100 "$forged/issuer.der" >cut.der
	run -3 pki-issue lint -i cut.der "$(vector none--device)"
	has "cut.der: an issuer that cannot be read: truncated at certificate (X.690 8.1.3)"
	has_not "issuer-unknown"
	run -1 pki-issue lint - <chain.pem
	first_line '\(standard input\): 1 error, .*'
}

@test "what this CA makes has no fault, with its issuers beside it" {
	pki-issue device -d factory -p idevid -o unit.pem unit.csr
	run -0 pki-issue lint -p idevid unit.pem
	first_line 'unit.pem: 0 errors, 0 warnings, 0 notices as idevid'
	run -0 pki-issue lint -p root root/ca.crt
	run -0 pki-issue lint -p intermediate -i root/ca.crt factory/ca.crt
	first_line 'factory/ca.crt: 0 errors, 0 warnings, 0 notices as intermediate'
	csr client "/CN=unit-2"
	issue device-client client \
	    --not-after "$(date -u -d '+8 years 5 minutes' +%Y-%m-%dT%H:%M:%SZ)"
	run -0 pki-issue lint -p device-client client.pem
	first_line 'client.pem: 0 errors, 0 warnings, [0-9]+ notices? as device-client'
	has_not validity-cut
}

@test "a certificate with a fault is not signed, and the finding says why" {
	run -1 pki-issue device -d factory -p idevid -n "C=49,serialNumber=unit-1" \
	    -o unit.pem unit.csr
	says 'country at subject (RFC 5280 A.1)'
	says 'wanted PrintableString of two letters'
	says 'write the two letters of ISO 3166'
	[ ! -e unit.pem ]
	[ "$(ledger factory 'SELECT count(*) FROM issued')" = 0 ]
	issue idevid unit -n "C=DE,serialNumber=unit-1"
}

@test "a profile without rules is a usage error that lists the others" {
	run -2 pki-issue lint -p pump factory/ca.crt
	says 'there are no rules for "pump"'
	says 'matter-dac'
	run -2 pki-issue lint
}

@test "json: every vector, and what cannot be read, as the schema says" {
	head -c 100 "$(vector none--device)" >cut.der
	pki-issue lint -j "$TOP"/vectors/lint/*/cert.der cut.der absent \
	    >lines 2>errors || true
	json_valid "$TOP/docs/lint.schema.json" <lines
	[ "$(wc -l <lines)" = $(($(ls "$TOP/vectors/lint" | wc -l) + 2)) ]
	tail -2 lines | jq -e 'select(.readable | not) | .text' >texts
	[ "$(wc -l <texts)" = 2 ]
	run -1 pki-issue lint --json -p matter-dac \
	    "$(vector matter-dac-ca--printed-in-a-reference)"
	jq -e '.errors == 2 and .warnings == 0 and .notices == 1 and
	    ([.findings[].name] | sort) ==
	    ["matter-dac-ca", "matter-key-usage", "validity-cut"] and
	    (.findings[] | select(.name == "matter-dac-ca") | .offset) == 327' \
	    <<<"$output"
}

@test "json: names and classes are those of docs/LINT.md" {
	sed -n 's/^| [0-9]* | `\([a-z0-9-]*\)` | \([a-z]*\) .*/\1 \2/p' \
	    "$TOP/docs/LINT.md" | sort >listed
	for d in "$TOP"/vectors/lint/*/; do
		profile=$(sed -n 's/^profile=//p' "$d/expect")
		case $profile in
		'' | pump) set -- ;;
		*) set -- -p "$profile" ;;
		esac
		# shellcheck disable=SC2046 # each a word of its own
		set -- "$@" $(sed -n 's/^\([vp]id\)=/--\1=/p' "$d/expect")
		[ ! -e "$d/issuer.der" ] || set -- "$@" -i "$d/issuer.der"
		pki-issue lint -j "$@" "$d/cert.der" || true
	done | jq -r '.findings[] | .name + " " + .severity' | sort -u >said
	diff listed said
}

@test "what a Matter device states, beside its certificates" {
	local dac pai
	dac=$(vector none--matter-dac)
	pai=$(vector none--matter-pai)
	run -0 pki-issue lint -p matter-dac --vid FFF1 --pid 8000 "$dac"
	run -0 pki-issue lint -p matter-pai --vid FFF1 --pid 1234 "$pai"
	run -0 pki-issue lint -p matter-paa --vid FFF1 --pid 8000 \
	    "$(vector none--matter-paa)"
	run -1 pki-issue lint -p matter-dac --vid FFF1 --pid 8001 "$dac"
	has "error: matter-pid-device at subject"
	has "(Matter 6.2.3.1)"
	has "  wanted: 8001"
	has "  found: 8000"
	has_not matter-vid-device
	run -1 pki-issue lint -p matter-pai --vid FFF2 "$pai"
	has "error: matter-vid-device at subject"
	# in the CN, as 6.2.2.2 has it
	run -1 pki-issue lint -p matter-dac --pid 00B2 \
	    "$(vector none--matter-fallback)"
	has "  found: 00B1"
	for id in fff1 FFF 0FFF1 "FFF "; do
		run -2 pki-issue lint -p matter-dac --vid "$id" "$dac"
		has "is not four of the digits 0-9 and A-F"
		run -2 pki-issue lint -p matter-dac --pid "$id" "$dac"
	done
	run -2 pki-issue lint -p idevid --pid 8000 "$(vector none--idevid)"
	has "with --profile matter-dac, matter-pai or matter-paa alone"
	run -2 pki-issue lint --vid FFF1 "$dac"
}

@test "control characters of a certificate do not reach the terminal" {
	openssl req -x509 -new -key unit.key -days 400 -out odd.pem \
	    -utf8 -subj "$(printf '/CN=a\u202eb.example')" \
	    -addext subjectAltName=DNS:c.example -addext extendedKeyUsage=serverAuth
	run pki-issue lint -p tls-server odd.pem
	has "server-cn-not-in-san"
	has 'found: a\xe2\x80\xaeb.example'
	has_not "$(printf '\u202e')"
}
