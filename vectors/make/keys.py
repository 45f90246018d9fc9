# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys made from labels and signatures made without chance.

Every private key here is public: it is the SHA-512 of its label. Such a key
must never be an anchor of a release (vectors/test-anchors.sha256). Curve
arithmetic is the `cryptography` library's; k is that of RFC 6979.
"""
import hashlib
import hmac

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import (
    Prehashed, encode_dss_signature)

from der import B, integer, oid, seq, tlv

CURVES = {
    "p256": (ec.SECP256R1(), 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551),
    "p384": (ec.SECP384R1(), 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973),
    "p521": (ec.SECP521R1(), (1 << 521) - (1 << 260) + 0xA51868783BF2F966B7FCC0148F709A5D03BB5C9B8899C47AEBB6FB71E91386409),
    "k256": (ec.SECP256K1(), 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141),
}
HASHES = {"sha256": hashes.SHA256(), "sha384": hashes.SHA384(),
          "sha512": hashes.SHA512()}
USUAL = {"p256": "sha256", "p384": "sha384", "p521": "sha512",
         "k256": "sha256"}
SIG_OID = {"sha256": "1.2.840.10045.4.3.2", "sha384": "1.2.840.10045.4.3.3",
           "sha512": "1.2.840.10045.4.3.4", "ed25519": "1.3.101.112"}

made = {}	# every key of the vectors: spki -> label
_sigs = {}


def algorithm(alg):
    return seq(oid(SIG_OID.get(alg, alg)))


def rfc6979(n, x, digest, hash_name):
    """Candidates for k, RFC 6979 3.2."""
    qlen = n.bit_length()
    rlen = (qlen + 7) // 8

    def bits2int(b):
        v = int.from_bytes(b, "big")
        return v >> max(0, len(b) * 8 - qlen)

    def mac(k, data):
        return hmac.new(k, data, hash_name).digest()
    size = hashlib.new(hash_name).digest_size
    seed = x.to_bytes(rlen, "big") + (bits2int(digest) % n).to_bytes(rlen, "big")
    v, k = b"\1" * size, b"\0" * size
    k = mac(k, v + b"\0" + seed)
    v = mac(k, v)
    k = mac(k, v + b"\1" + seed)
    v = mac(k, v)
    while True:
        t = b""
        while len(t) < rlen:
            v = mac(k, v)
            t += v
        candidate = bits2int(t[:rlen])
        if 0 < candidate < n:
            yield candidate
        k = mac(k, v + b"\0")
        v = mac(k, v)


class Key:
    def __init__(self, kind, label):
        self.kind, self.label = kind, label
        seed = hashlib.sha512(("devtrust test key " + kind + " " + label).encode()).digest()
        if kind == "ed25519":
            self.priv = ed25519.Ed25519PrivateKey.from_private_bytes(seed[:32])
        else:
            curve, self.n = CURVES[kind]
            long_seed = seed + hashlib.sha512(seed).digest()
            self.d = int.from_bytes(long_seed, "big") % (self.n - 1) + 1
            self.priv = ec.derive_private_key(self.d, curve)
        self.pub = self.priv.public_key()
        self.spki = B(self.pub.public_bytes(
            serialization.Encoding.DER,
            serialization.PublicFormat.SubjectPublicKeyInfo))
        self.id = hashlib.sha256(self.spki.data).digest()[:20]
        made[self.spki.data] = label

    def point(self):
        fmt = serialization.PublicFormat
        enc = serialization.Encoding
        if self.kind == "ed25519":
            return self.pub.public_bytes(enc.Raw, fmt.Raw)
        return self.pub.public_bytes(enc.X962, fmt.UncompressedPoint)

    def usual(self):
        return USUAL.get(self.kind, "ed25519")

    def numbers(self, data, hash_name):
        """ECDSA r, s (FIPS 186-5 6.4.1)."""
        digest = hashlib.new(hash_name, data).digest()
        z = int.from_bytes(digest, "big")
        z >>= max(0, len(digest) * 8 - self.n.bit_length())
        for k in rfc6979(self.n, self.d, digest, hash_name):
            point = ec.derive_private_key(k, CURVES[self.kind][0])
            r = point.public_key().public_numbers().x % self.n
            s = pow(k, -1, self.n) * (z + r * self.d) % self.n
            if r and s:
                self.check(encode_dss_signature(r, s), digest, hash_name)
                return r, s

    def check(self, sig, digest, hash_name):
        try:
            self.pub.verify(sig, digest, ec.ECDSA(Prehashed(HASHES[hash_name])))
        except InvalidSignature:
            raise SystemExit("bug: own signature does not verify")

    def sign(self, data, alg=None):
        """The signature as X.509 carries it."""
        alg = alg or self.usual()
        slot = (self.kind, self.label, alg, data)
        if slot not in _sigs:
            if self.kind == "ed25519":
                _sigs[slot] = self.priv.sign(data)
            else:
                r, s = self.numbers(data, alg)
                _sigs[slot] = seq(integer(r), integer(s)).data
        return _sigs[slot]

    def sign_raw(self, data, alg=None):
        """The signature as COSE carries it: r || s."""
        if self.kind == "ed25519":
            return self.priv.sign(data)
        size = (self.n.bit_length() + 7) // 8
        r, s = self.numbers(data, alg or self.usual())
        return r.to_bytes(size, "big") + s.to_bytes(size, "big")


_keys = {}


def key(label, kind="p256"):
    if (kind, label) not in _keys:
        _keys[kind, label] = Key(kind, label)
    return _keys[kind, label]


def ec_spki(point, curve="1.2.840.10045.3.1.7", params=None, unused=0):
    """An EC SubjectPublicKeyInfo, well or badly made."""
    inner = oid(curve) if params is None else params
    return seq(seq(oid("1.2.840.10045.2.1"), inner).mark("spkiAlg"),
               tlv(3, bytes([unused]), point).mark("spkiKey"))
