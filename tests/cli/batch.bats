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
