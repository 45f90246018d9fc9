# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates and CRLs whose keys are too weak, with keys that are not.

Every RSA key becomes a P-256 key and every signature that was right becomes
right again, by the new key; nothing else changes, so that what a suite wanted
to test can be tested. A signature that was wrong stays wrong. What cannot be
taken apart is left as it is.
"""
import hashlib

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding

ECDSA_256 = bytes.fromhex("300a06082a8648ce3d040302")
ECDSA_384 = bytes.fromhex("300a06082a8648ce3d040303")
PKCS1 = bytes.fromhex("2a864886f70d0101")
HASHES = {5: hashes.SHA1, 11: hashes.SHA256, 12: hashes.SHA384,
          13: hashes.SHA512}


def bounds(data, at):
    """Where the contents of the element at `at` begin and end."""
    head, size = 2, data[at + 1]
    if size & 0x80:
        head += size & 0x7f
        size = int.from_bytes(data[at + 2:at + head], "big")
    if at + head + size > len(data):
        raise ValueError("too short")
    return at + head, at + head + size


def parts(data):
    """The elements inside the element that data begins with."""
    at, end = bounds(data, 0)
    found = []
    while at < end:
        _, after = bounds(data, at)
        found.append(data[at:after])
        at = after
    return found


def element(tag, contents):
    size = len(contents)
    octets = size.to_bytes((size.bit_length() + 7) // 8 or 1, "big")
    if size >= 0x80:
        octets = bytes([0x80 | len(octets)]) + octets
    return bytes([tag]) + octets + contents


def sequence(elements):
    return element(0x30, b"".join(elements))


def new_key(spki):
    number = int.from_bytes(hashlib.sha256(spki).digest(), "big")
    return ec.derive_private_key(number >> 1, ec.SECP256R1())


def verifies(spki, tbs, algorithm, signature):
    kind = HASHES.get(parts(algorithm)[0][-1])
    if kind is None:
        return False
    try:
        serialization.load_der_public_key(spki).verify(
            signature[bounds(signature, 0)[0] + 1:], tbs, padding.PKCS1v15(),
            kind())
    except (InvalidSignature, UnsupportedAlgorithm, ValueError,
            AttributeError, TypeError):
        return False
    return True


def key_place(fields):
    """Of a certificate's fields: the SubjectPublicKeyInfo."""
    return 6 if fields[0][0] == 0xa0 else 5


class Rekey:
    """Knows the keys of the certificates of one case or suite."""

    def __init__(self, certs):
        self.keys = []
        for der in certs:
            try:
                fields = parts(parts(der)[0])
                spki = fields[key_place(fields)]
            except (IndexError, ValueError):
                continue
            if PKCS1 in spki and spki not in self.keys:
                self.keys.append(spki)

    def sign(self, der, place, fields, outer, signature):
        tbs = parts(der)[0]
        inner = fields[place]
        signer = b"nobody"
        for spki in self.keys:
            if verifies(spki, tbs, outer, signature):
                signer = spki
        fields[place] = ECDSA_256
        new = sequence(fields)
        value = new_key(signer).sign(new, ec.ECDSA(hashes.SHA256()))
        return sequence([new, ECDSA_256 if inner == outer else ECDSA_384,
                         element(3, b"\0" + value)])

    def cert(self, der):
        try:
            tbs, outer, signature = parts(der)
            fields = parts(tbs)
            place = key_place(fields)
            if fields[place] in self.keys:
                fields[place] = new_key(fields[place]).public_key(
                ).public_bytes(serialization.Encoding.DER,
                               serialization.PublicFormat.SubjectPublicKeyInfo)
            if PKCS1 not in outer:
                return der
            return self.sign(der, place - 4, fields, outer, signature)
        except (IndexError, ValueError):
            return der

    def crl(self, der):
        try:
            tbs, outer, signature = parts(der)
            fields = parts(tbs)
            if PKCS1 not in outer:
                return der
            place = 1 if fields[0][0] == 2 else 0
            return self.sign(der, place, fields, outer, signature)
        except (IndexError, ValueError):
            return der
