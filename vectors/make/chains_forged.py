# SPDX-License-Identifier: GPL-3.0-or-later
"""Kind chain: signatures that a careless verifier of RSA or HSS/LMS would take,
and parameters of RSASSA-PSS that are written wrongly.

As in chains_algs.py the intermediate has the key in question. Here it makes
what no honest signer makes: other paddings, sums that fit in the end.
"""
import hashlib

from chains_algs import Changed, case
from der import bits, cat, integer, null, oid, seq, tlv
from rsa_lms import (MGF1, PSS, RSA, HssKey, Lms, Pkcs1, Pss, RsaKey, hash_alg,
                     hss_spki, pss_alg, u16, u32)

BAD = {"index": 0, "field": "signatureValue", "at": "sig"}


class Made:
    """An RSA signer whose encoded message is what `make` says of the digest."""

    def __init__(self, key, alg, make):
        self.key, self.alg, self.make = key, alg, make

    def usual(self):
        return self.key.usual()

    def sign(self, data, _alg=None):
        for turn in range(100):
            em = self.make(hashlib.sha256(data).digest(), turn)
            if int.from_bytes(em, "big") < self.key.n:
                return self.key.power(em)
        raise SystemExit("bug: no encoded message below the modulus")


def pkcs1(usual):
    """RFC 8017 9.2: 00 01 FF .. FF 00 DigestInfo, and nothing else."""
    def bad(variant, why, make):
        case("rsa-" + variant, "RFC 8017 8.2.2: the encoded message is compared "
             "whole; " + why, usual,
             Made(usual, Pkcs1(usual).alg, make), "signature-invalid", **BAD)

    def info(digest):
        return seq(hash_alg("sha256"), tlv(4, digest)).data
    ff = 256 - 3 - len(info(bytes(32)))
    for variant, why, first, pad, zero in (
            ("first-octet-1", "it begins with 00", b"\1\1", b"\xff" * ff, b"\0"),
            ("block-type-2", "the second octet is 01", b"\0\2", b"\xff" * ff,
             b"\0"),
            ("padding-fe", "the padding is FF", b"\0\1",
             b"\xff" * (ff - 1) + b"\xfe", b"\0"),
            ("separator-1", "one 00 ends the padding", b"\0\1", b"\xff" * ff,
             b"\1")):
        bad(variant, why, lambda d, _, a=first, b=pad, c=zero: a + b + c + info(d))
    bad("octets-behind", "nothing follows the digest",
        lambda d, _: b"\0\1" + b"\xff" * 8 + b"\0" + info(d) + bytes(ff - 8))
    odd = RsaKey("odd", 2049)
    case("rsa-plus-modulus-2049", "RFC 8017 5.2.2: a signature is less than the "
         "modulus; this one is the good one and the modulus more", odd,
         Pkcs1(odd, change=lambda s: (int.from_bytes(s, "big") + odd.n).to_bytes(
             257, "big")), "signature-invalid", **BAD)


def encoded(bits, digest, turn, salt=32, zeros=None, one=1, high=0, trailer=0xbc):
    """EMSA-PSS with SHA-256, RFC 8017 9.1.1, each part of it replaceable."""
    em_len = (bits + 7) // 8
    salt = (hashlib.sha256(digest + bytes([turn])).digest() * 9)[:salt]
    h = hashlib.sha256(bytes(8) + digest + salt).digest()
    pad = zeros or bytes(em_len - len(salt) - 34)
    db = pad + bytes([one]) + salt
    mask = b"".join(hashlib.sha256(h + u32(i)).digest()
                    for i in range(len(db) // 32 + 1))
    db = bytearray(a ^ b for a, b in zip(db, mask))
    db[0] = db[0] & 0xff >> (8 * em_len - bits) | high
    return bytes(db) + h + bytes([trailer])


def pss(usual):
    """RFC 8017 9.1.2, step by step."""
    def bad(variant, step, key=usual, first=b"", alg=None, **how):
        def make(digest, turn):
            em = encoded(key.size - 1, digest, turn, **how)
            return first + em
        case("pss-" + variant, "RFC 8017 9.1.2 step " + step, key,
             Made(key, alg or pss_alg(), make), "signature-invalid", **BAD)
    bad("no-room-for-salt", "3: 223 octets of salt are one too many",
        alg=pss_alg("sha256", 223), salt=222)
    bad("trailer-cc", "4: the last octet is BC", trailer=0xcc)
    bad("high-bit", "6: bits that the modulus has no room for are zero",
        high=0x80)
    bad("padding-1", "10: zeros, then one 01, then the salt",
        zeros=b"\0" * 189 + b"\1")
    bad("separator-2", "10: zeros, then one 01, then the salt", one=2)
    odd = RsaKey("odd", 2049)
    bad("bits-2049-first-octet", "8.1.2 2 c: an octet that the encoded message "
        "is shorter by is zero", key=odd, first=b"\1")


def pss_parameters(usual):
    """RSASSA-PSS-params, RFC 4055 3.1, each field wrong by itself."""
    good = hash_alg("sha256")
    mask = seq(oid(MGF1), good)

    def bad(variant, reason, why, hashed=good, masked=mask, salt=integer(32)):
        alg = seq(oid(PSS), seq(tlv(0xA0, hashed), tlv(0xA1, masked),
                                tlv(0xA2, salt)))
        case("pss-" + variant, why, usual, Pss(usual, alg=alg), reason,
             index=0, field="signature", at="tbsAlg")
    why = "RFC 4055 2.1: a hash has NULL or no parameters"
    bad("hash-integer", "alg-parameters", why,
        seq(oid("2.16.840.1.101.3.4.2.1"), integer(0)))
    bad("hash-null-with-contents", "alg-parameters", why,
        seq(oid("2.16.840.1.101.3.4.2.1"), tlv(5, b"\0")))
    bad("hash-two-nulls", "alg-parameters", why,
        seq(oid("2.16.840.1.101.3.4.2.1"), null(), null()))
    bad("hash-no-oid", "not-der", "RFC 5280 4.1.1.2: an AlgorithmIdentifier "
        "begins with its OID", seq(null()))
    bad("mask-hash-integer", "alg-parameters", why,
        masked=seq(oid(MGF1), seq(oid("2.16.840.1.101.3.4.2.1"), integer(0))))
    bad("mask-not-mgf1", "alg-parameters", "RFC 4055 2.2: MGF1 is the one mask "
        "generation function", masked=seq(oid("1.2.840.113549.1.1.7"), good))
    bad("hash-not-sequence", "not-der", "RFC 4055 3.1: AlgorithmIdentifier is a "
        "SEQUENCE", null())
    bad("mask-not-sequence", "not-der", "RFC 4055 3.1: AlgorithmIdentifier is a "
        "SEQUENCE", masked=null())
    bad("mask-without-hash", "not-der", "RFC 4055 2.2: MGF1 names its hash",
        masked=seq(oid(MGF1)))
    bad("salt-negative", "alg-parameters", "RFC 8017 A.2.3: a number of octets",
        salt=integer(-1))
    bad("salt-padded", "not-canonical", "X.690 8.3.2: the shortest form",
        salt=tlv(2, b"\0\x20"))
    bad("salt-513", "alg-parameters", "docs/LIMITS.md: no modulus has room for "
        "that", salt=integer(513))
    for variant, parts in (
            ("hash-two", {"hashed": cat(good, good)}),
            ("mask-hash-two", {"masked": seq(oid(MGF1), good, good)}),
            ("mask-two", {"masked": cat(mask, mask)}),
            ("salt-two", {"salt": cat(integer(32), integer(32))})):
        bad(variant, "trailing-data", "RFC 4055 3.1: one value in each field",
            **parts)
    short = seq(oid("2.16.840.1.101.3.4.2.1"))
    case("pss-hash-without-null", "RFC 4055 2.1: the NULL may be absent", usual,
         Pss(usual, alg=seq(oid(PSS), seq(tlv(0xA0, short), tlv(0xA1, seq(oid(
             MGF1), short)), tlv(0xA2, integer(32))))))
    case("pss-salt-512", "RFC 8017 9.1.2 step 3: more salt than there is room for",
         usual, Pss(usual, alg=pss_alg("sha256", 512)), "signature-invalid", **BAD)
    alg = seq(oid(PSS), seq(), null())
    case("pss-parameters-two", "RFC 5280 4.1.1.2: one value of parameters", usual,
         Pss(usual, alg=alg), "trailing-data", index=0, field="signature",
         at="tbsAlg")


def rsa_form(usual):
    """RSAPublicKey, RFC 8017 A.1.1: two integers and nothing else."""
    n, e = integer(usual.n), integer(65537)
    for variant, reason, contents in (
            ("not-sequence", "not-der", n), ("empty", "not-der", seq()),
            ("no-exponent", "not-der", seq(n)),
            ("three-numbers", "trailing-data", seq(n, e, e)),
            ("octet-behind", "trailing-data", cat(seq(n, e), b"\0")),
            ("modulus-padded", "not-canonical",
             seq(tlv(2, b"\0\0" + usual.n.to_bytes(256, "big")), e)),
            ("exponent-padded", "not-canonical",
             seq(n, tlv(2, b"\0\1\0\1"))),
            ("modulus-octets", "not-der",
             seq(tlv(4, usual.n.to_bytes(256, "big")), e)),
            ("exponent-null", "not-der", seq(n, null()))):
        spki = seq(seq(oid(RSA), null()), bits(contents.data).mark("spkiKey"))
        case("rsa-key-" + variant, "RFC 8017 A.1.1: RSAPublicKey is a SEQUENCE "
             "of two INTEGERs", usual, Pkcs1(usual), reason, spki, index=1,
             field="subjectPublicKeyInfo", at="+spki")
    contents = bits(seq(n, e).data).mark("spkiKey")
    for variant, parameters in (("null-with-contents", [tlv(5, b"\0")]),
                                ("two-nulls", [null(), null()])):
        case("rsa-key-" + variant, "RFC 3279 2.3.1: the parameters are NULL",
             usual, Pkcs1(usual), "alg-parameters", seq(seq(oid(
                 RSA), *parameters), contents), index=1,
             field="subjectPublicKeyInfo", at="spki")


class Outside(Lms):
    """A tree whose root is that of a leaf beyond its last one."""

    def __init__(self, label, q):
        super().__init__(label)
        self.q, r = q, (1 << self.h) + q
        value = self.hash(self.id, u32(r), u16(0x8282), self.leaf(q))
        self.path = [self.node(16 + i) for i in range(self.h)]
        for other in self.path:
            pair = (other, value) if r % 2 else (value, other)
            r //= 2
            value = self.hash(self.id, u32(r), u16(0x8383), *pair)
        self.public = self.public[:-self.n] + value

    def sign(self, data, q=0):
        signature = super().sign(data, self.q)
        return signature[:-(self.h + 1) * self.n] + b"".join(self.path)


def hss():
    """RFC 8554 5.4.2, 6.3: sums that fit, and yet no signature."""
    def bad(variant, why, own, how, spki=None):
        case("hss-" + variant, why, own, Changed(own, how), "signature-invalid",
             spki, None, index=0, field="signatureValue", at="sig")
    one, two = HssKey("hss"), HssKey("hss", 2)
    bad("type-of-tree", "RFC 8554 5.4.2 2 i: the types are those of the key", one,
        lambda k, data: (lambda s: s[:1132] + u32(6) + s[1136:])(k.sign(data)))
    bad("more-levels", "RFC 8554 6.3 2: as many levels as the key states", one,
        lambda k, data: two.sign(data))
    bad("forged-tree", "RFC 8554 6.3: a tree that the one above it did not sign",
        two, lambda k, data: u32(1) + k.trees[0].sign(b"another", 1) +
        k.trees[1].public + k.trees[1].sign(data, 2))
    beyond = HssKey("hss")
    beyond.trees = [Outside("hss outside", 33)]
    beyond.public = u32(1) + beyond.trees[0].public
    beyond.spki = hss_spki(beyond.public)
    bad("leaf-33", "RFC 8554 5.4.2 2 i: a leaf that the tree has not", beyond,
        lambda k, data: k.sign(data))
    tree = Lms("hss 0", 10, 5)
    public = u32(1) + u32(15) + tree.public[4:]
    case("hss-tree-type-15", "SP 800-208 4: 14 is the last type", one, None,
         "key-invalid", hss_spki(public), index=1, at="spki",
         field="subjectPublicKeyInfo")


def run():
    usual = RsaKey("usual")
    pkcs1(usual)
    pss(usual)
    pss_parameters(usual)
    rsa_form(usual)
    hss()
