# SPDX-License-Identifier: GPL-3.0-or-later
"""Envelopes signed by RSA, ML-DSA and HSS/LMS: RFC 8230, RFC 9964, RFC 8778."""
from cbor import num
from der import oid, seq
from envelopes import I, SIGNER, case
from mldsa import MldsaKey
from rsa_lms import PSS, HssKey, Pkcs1, Pss, RsaKey, pss_alg
from x509 import make

BAD = "envelope-signature-invalid"


class Raw:
    """A signer whose signatures are the same in X.509 and COSE, or changed."""

    def __init__(self, signer, change=lambda s: s):
        self.signer, self.change = signer, change

    def sign_raw(self, data, _alg=None):
        return self.change(self.signer.sign(data))


def signed(variant, why, alg, own, signer, reason=None, field=None, at=None):
    leaf = make("leaf", "unit-1", I, own=own, exts=SIGNER)
    case(variant, why, reason, field, at, leaf=leaf, signer=signer,
         headers={1: num(alg)})


def rsa():
    usual = RsaKey("usual")
    for alg, size in ((-37, 256), (-38, 384), (-39, 512)):
        signed("ps%d" % size, "RFC 8230 2: PSS with as much salt as digest", alg,
               usual, Raw(Pss(usual, "sha%d" % size, size // 8)))

    def bad(variant, why, signer):
        signed("ps256-" + variant, why, -37, usual, signer, BAD, "signature",
               "signature")
    good = Pss(usual)
    bad("salt-31", "RFC 8230 2: the salt is as long as the digest",
        Raw(Pss(usual, "sha256", 31)))
    bad("pkcs1", "RFC 8230 2: PSS and no other padding", Raw(Pkcs1(usual)))
    bad("octet-before", "RFC 8017 8.1.2: as long as the modulus",
        Raw(good, lambda s: b"\0" + s))
    bad("octet-behind", "RFC 8017 8.1.2: as long as the modulus",
        Raw(good, lambda s: s + b"\0"))
    bad("octet-missing", "RFC 8017 8.1.2: as long as the modulus",
        Raw(good, lambda s: s[1:]))
    free = RsaKey("pss", spki_alg=seq(oid(PSS)))
    signed("ps512-pss-key", "RFC 4055 1.2: a key for PSS, whatever its "
           "parameters", -39, free, Raw(Pss(free, "sha512", 64)))
    bound = RsaKey("pss bound", spki_alg=pss_alg("sha256", 32))
    signed("ps256-bound-key", "RFC 4055 1.2: a key for PSS with SHA-256 and at "
           "least 32 octets of salt", -37, bound, Raw(Pss(bound)))
    signed("ps384-bound-key", "RFC 4055 1.2: another hash than the key's", -38,
           bound, Raw(Pss(bound, "sha384", 48)), "key-alg-mismatch", "alg")
    salty = RsaKey("pss salty", spki_alg=pss_alg("sha256", 33))
    signed("ps256-key-salt-33", "RFC 4055 3.3: a key that demands more salt than "
           "COSE has", -37, salty, Raw(Pss(salty)), "key-alg-mismatch", "alg")


def others():
    for alg, level in ((-48, 44), (-49, 65), (-50, 87)):
        own = MldsaKey("mldsa", level)
        signed("mldsa-%d" % level, "RFC 9964: ML-DSA, pure", alg, own, Raw(own))
    own, wrong = MldsaKey("mldsa", 44), MldsaKey("mldsa", 65)
    signed("mldsa-44-context", "RFC 9964: the context is empty", -48, own,
           Raw(own, lambda s: own.sign(s, context=b"x")), BAD, "signature",
           "signature")
    signed("mldsa-65-by-44", "RFC 9964: another parameter set than the key's",
           -49, own, Raw(wrong), "key-alg-mismatch", "alg")
    own = HssKey("hss", 2)
    signed("hss-lms", "RFC 8778: a tree that signs a tree", -46, own, Raw(own))
    signed("hss-lms-octet-behind", "RFC 8554 6.3: nothing follows", -46, own,
           Raw(own, lambda s: s + b"\0"), BAD, "signature", "signature")
    signed("hss-lms-empty", "RFC 8554 6.3: no octets are no signature", -46, own,
           Raw(own, lambda s: b""), BAD, "signature", "+signature")


def run():
    rsa()
    others()
