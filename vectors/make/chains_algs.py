# SPDX-License-Identifier: GPL-3.0-or-later
"""Kind chain: families of algorithms, their parameters and sizes of keys.

Root and leaf have P-256 keys; the intermediate has the key in question and
signs the leaf with it, unless a case says otherwise.
"""
from corpus import chain
from der import integer, null, oid, seq, tlv
from mldsa import MldsaKey, mldsa_spki
from rsa_lms import (HSS, MGF1, PSS, RSA, HssKey, Lms, Pkcs1, Pss, RsaKey, hash_alg,
                     hss_spki, pss_alg, rsa_spki, u32)
from x509 import ku, make


def case(variant, why, own, signer=None, reason=None, spki=None, alg=None,
         at=None, **expect):
    signer = signer or own
    r = make("root", "Root")
    parts = {"spki": spki} if spki else {}
    i = make("ca", "Factory", r, own=own, **parts)
    alg = alg or signer.alg
    l = make("leaf", "unit-1", i, signer=signer, tbs_alg=alg, outer_alg=alg)
    chain(variant, l, [i], [r], why, reason, at and ((l, i)[expect["index"]], at),
          **expect)


def key_case(variant, why, reason, spki, own):
    case(variant, why, own, Pkcs1(own), reason, spki, index=1, at="spki",
         field="subjectPublicKeyInfo")


def rsa_good(usual, large):
    for name in ("sha256", "sha384", "sha512"):
        case("rsa-2048-" + name, "RFC 8017 8.2: PKCS#1 v1.5 with " + name,
             usual, Pkcs1(usual, name))
        size = int(name[3:]) // 8
        case("pss-2048-" + name, "RFC 8017 8.1: PSS with %s and as much salt" %
             name, usual, Pss(usual, name, size))
    case("rsa-bits-4096", "docs/LIMITS.md: the largest modulus", large,
         Pkcs1(large))
    odd = RsaKey("odd", 2049)
    case("rsa-bits-2049", "RFC 8017: a modulus may have any number of bits", odd,
         Pkcs1(odd))
    case("pss-bits-2049", "RFC 8017 9.1: the encoded message is an octet shorter "
         "than the modulus", odd, Pss(odd))
    case("pss-salt-0", "RFC 4055 3.1: no salt at all", usual,
         Pss(usual, "sha256", 0))
    case("pss-salt-20", "RFC 4055 3.1: the default, which is not written", usual,
         Pss(usual, "sha256", 20))
    case("pss-salt-222", "RFC 8017 9.1.1: all the salt there is room for", usual,
         Pss(usual, "sha256", 222))
    three = RsaKey("three", 2048, 3)
    case("rsa-exponent-3", "RFC 8017 3.1: the smallest exponent; the padding is "
         "compared whole", three, Pkcs1(three))
    wide = RsaKey("wide", 2048, (1 << 64) - 59)
    case("rsa-exponent-bits-64", "docs/LIMITS.md: the largest exponent", wide,
         Pkcs1(wide))


def rsa_keys(usual):
    small, tiny = RsaKey("small", 2047), RsaKey("tiny", 1024)
    key_case("rsa-2047", "docs/LIMITS.md: one bit less than the smallest modulus",
             "key-too-small", small.spki, small)
    key_case("rsa-1024", "SP 800-131A 3: refused since 2013", "key-too-small",
             tiny.spki, tiny)
    n = usual.n
    for variant, number, e, why in (
            ("rsa-4097", 1 << 4096 | 1, 65537,
             "docs/LIMITS.md: one bit more than the largest modulus"),
            ("rsa-exponent-bits-65", n, (1 << 64) + 13,
             "docs/LIMITS.md: one bit more than the largest exponent")):
        key_case(variant, why, "key-too-large", rsa_spki(number, e), usual)
    for variant, number, e in (("rsa-exponent-1", n, 1), ("rsa-exponent-2", n, 2),
                               ("rsa-exponent-even", n, 65536),
                               ("rsa-modulus-even", n + 1, 65537)):
        key_case(variant, "RFC 8017 3.1: no RSA key has this number",
                 "key-invalid", rsa_spki(number, e), usual)
    for variant, number, e in (("rsa-modulus-negative", n - (1 << 2048), 65537),
                               ("rsa-exponent-0", n, 0)):
        key_case(variant, "RFC 8017 A.1.1: both numbers are positive",
                 "key-invalid", rsa_spki(number, e), usual)
    for variant, alg in (("rsa-no-null", seq(oid(RSA))),
                         ("rsa-integer", seq(oid(RSA), integer(0)))):
        key_case(variant, "RFC 3279 2.3.1: the parameters are NULL",
                 "alg-parameters", rsa_spki(n, 65537, alg), usual)


def rsa_signatures(usual):
    def bad(variant, why, reason, signer, alg=None, field="signatureValue",
            mark="sig"):
        case(variant, why, usual, signer, reason, None, alg, mark, index=0,
             field=field)
    bad("rsa-info-without-null", "RFC 8017 A.2.4: the hash's parameters are NULL",
        "signature-invalid", Pkcs1(usual, info=seq(oid("2.16.840.1.101.3.4.2.1"))))
    bad("rsa-info-other-hash", "RFC 8017 9.2: DigestInfo names another hash",
        "signature-invalid", Pkcs1(usual, info=hash_alg("sha512")))
    bad("rsa-plus-modulus", "RFC 8017 5.2.2: a signature is less than the modulus",
        "signature-invalid", Pkcs1(
            usual, change=lambda s: usual.n.to_bytes(256, "big")))
    bad("rsa-octet-before", "RFC 8017 8.2.2: as long as the modulus",
        "signature-malformed", Pkcs1(usual, change=lambda s: b"\0" + s))
    bad("rsa-octet-missing", "RFC 8017 8.2.2: as long as the modulus",
        "signature-malformed", Pkcs1(usual, change=lambda s: s[1:]))
    bad("pss-salt-31-of-32", "RFC 8017 9.1.2: another salt length than stated",
        "signature-invalid", Pss(usual, "sha256", 31, pss_alg("sha256", 32)))
    bad("pss-as-pkcs1", "RFC 8017: PSS where PKCS#1 v1.5 is stated",
        "signature-invalid", Pss(usual), Pkcs1(usual).alg)
    tbs = {"field": "signature", "mark": "tbsAlg"}
    behind = {"field": "signature", "mark": "+tbsAlg"}
    bad("rsa-signature-no-null", "docs/PROFILES.md: NULL is demanded",
        "alg-parameters", Pkcs1(usual, parameters=False), **behind)
    bad("pss-no-parameters", "RFC 4055 3.1: a signature states its parameters",
        "alg-parameters", Pss(usual, alg=seq(oid(PSS))), **behind)
    bad("pss-null", "RFC 4055 3.1: the parameters are a SEQUENCE",
        "alg-parameters", Pss(usual, alg=seq(oid(PSS), null())), **tbs)
    bad("pss-other-mask", "docs/PROFILES.md: the mask is made with the same hash",
        "alg-parameters", Pss(usual, alg=pss_alg("sha256", 32, "sha512")), **tbs)
    bad("pss-trailer-written", "X.690 11.5: the one trailer is the default",
        "alg-parameters", Pss(usual, alg=pss_alg(trailer=1)), **tbs)
    bad("pss-trailer-2", "RFC 4055 3.1: there is no other trailer",
        "alg-parameters", Pss(usual, alg=pss_alg(trailer=2)), **tbs)
    bad("pss-salt-20-written", "X.690 11.5: a default is not written",
        "not-canonical", Pss(usual, "sha256", 20, salt20()), **tbs)
    for variant, signer in (("rsa-sha1", Pkcs1(usual, "sha1")),
                            ("pss-sha1", Pss(usual, "sha1", 20))):
        bad(variant, "docs/PROFILES.md: SHA-1 is always refused",
            "alg-not-allowed", signer, field="signatureAlgorithm", mark=None)


def salt20():
    return seq(oid(PSS), seq(
        tlv(0xA0, hash_alg("sha256")),
        tlv(0xA1, seq(oid(MGF1), hash_alg("sha256"))), tlv(0xA2, integer(20))))


def pss_keys():
    free = RsaKey("pss", spki_alg=seq(oid(PSS)))
    case("pss-key", "RFC 4055 1.2: a key for PSS, whatever its parameters", free,
         Pss(free, "sha512", 64))
    bound = RsaKey("pss bound", spki_alg=pss_alg("sha256", 32))
    case("pss-key-bound", "RFC 4055 1.2: a key for PSS with SHA-256 and at least "
         "32 octets of salt", bound, Pss(bound))
    case("pss-key-bound-salt-33", "RFC 4055 3.3: more salt is permitted", bound,
         Pss(bound, "sha256", 33))
    where = {"index": 0, "field": "signatureAlgorithm"}
    case("pss-key-salt-31", "RFC 4055 3.3: less salt than the key demands", bound,
         Pss(bound, "sha256", 31), "key-alg-mismatch", **where)
    case("pss-key-other-hash", "RFC 4055 1.2: another hash than the key's", bound,
         Pss(bound, "sha384", 48), "key-alg-mismatch", **where)
    case("pss-key-pkcs1", "RFC 4055 1.2: a key for PSS alone signed otherwise",
         free, Pkcs1(free), "key-alg-mismatch", **where)
    sha1 = RsaKey("pss sha1", spki_alg=pss_alg("sha1", 20))
    case("pss-key-sha1", "docs/PROFILES.md: SHA-1 is always refused", sha1,
         Pss(sha1), "alg-not-allowed", index=1, at="spki",
         field="subjectPublicKeyInfo")


def lms():
    own = HssKey("hss")
    case("hss-h5-w8", "RFC 9802: one tree", own)
    case("hss-two-levels", "RFC 8554 6: a tree that signs a tree",
         HssKey("hss", 2))
    case("hss-m24-w8", "SP 800-208 4: SHA-256 cut to 192 bits",
         HssKey("hss", 1, 10, 8))
    case("hss-w4", "RFC 8554 4.1: another width", HssKey("hss", 1, 5, 3))
    case("hss-w2", "RFC 8554 4.1: another width", HssKey("hss", 1, 5, 2))
    case("hss-w1", "RFC 8554 4.1: another width", HssKey("hss", 1, 5, 1))
    for variant, how in (
            ("other-leaf", lambda s: s[:4] + u32(3) + s[8:]),
            ("leaf-outside", lambda s: s[:4] + u32(34) + s[8:]),
            ("levels", lambda s: u32(1) + s[4:]),
            ("types", lambda s: s[:8] + u32(3) + s[12:]),
            ("octet-behind", lambda s: s + b"\0"),
            ("short", lambda s: s[:-1]), ("empty", lambda s: b"")):
        case("hss-" + variant, "RFC 8554 6.3: not a signature of this key",
             own, Changed(own, lambda k, data, how=how: how(k.sign(data))),
             "signature-invalid", None, None, "+sig",
             index=0, field="signatureValue")
    tree = Lms("hss 0")
    for variant, public in (
            ("levels-0", u32(0) + tree.public), ("levels-9", u32(9) + tree.public),
            ("tree-type", u32(1) + u32(4) + tree.public[4:]),
            ("ots-type", u32(1) + tree.public[:4] + u32(9) + tree.public[8:]),
            ("ots-width", u32(1) + tree.public[:4] + u32(8) + tree.public[8:]),
            ("octet-behind", own.public + b"\0"),
            ("octet-missing", own.public[:-1])):
        case("hss-" + variant, "RFC 8554 6.3: no key that RFC 8554 or SP 800-208 "
             "describes", own, None, "key-invalid", hss_spki(public), index=1,
             at="spki", field="subjectPublicKeyInfo")
    case("hss-levels-8", "docs/LIMITS.md: as many levels as there can be",
         HssKey("hss", 8))


class Changed:
    """A signer whose signatures are changed before they are written."""

    def __init__(self, own, how):
        self.own, self.how, self.alg = own, how, own.alg

    def usual(self):
        return self.own.usual()

    def sign(self, data, _alg=None):
        return self.how(self.own, data)


def mldsa():
    for level in (44, 65, 87):
        case("mldsa-%d" % level, "RFC 9881: ML-DSA-%d, pure, without context" %
             level, MldsaKey("mldsa", level))
    own = MldsaKey("mldsa", 44)
    where = {"index": 0, "field": "signatureValue", "at": "sig"}

    def bad(variant, why, reason, how):
        case("mldsa-" + variant, why, own, Changed(own, how), reason, **where)
    bad("context", "RFC 9881 2: the context is empty", "signature-invalid",
        lambda k, data: k.sign(data, context=b"x"))
    bad("hint-last", "FIPS 204 algorithm 21: unused places for hints are zero",
        "signature-invalid", lambda k, data: (
            lambda s: s[:-5] + b"\1" + s[-4:])(k.sign(data)))
    bad("octet-behind", "FIPS 204: a signature has one length",
        "signature-malformed", lambda k, data: k.sign(data) + b"\0")
    bad("short", "FIPS 204: a signature has one length",
        "signature-malformed", lambda k, data: k.sign(data)[:-1])
    bad("empty-list", "FIPS 204 algorithm 8: zeros are no signature",
        "signature-invalid", lambda k, data: bytes(2420))
    wrong = MldsaKey("mldsa", 65)
    case("mldsa-65-by-44", "RFC 9881: another parameter set than the key's", own,
         wrong, "key-alg-mismatch", index=0, field="signatureAlgorithm")
    spki = {"index": 1, "at": "spki", "field": "subjectPublicKeyInfo"}
    case("mldsa-key-short", "RFC 9881 4: a public key has one length", own, None,
         "key-invalid", mldsa_spki(44, own.public[:-1]), **spki)
    case("mldsa-key-65-as-44", "RFC 9881 4: a public key has one length", own,
         None, "key-invalid", mldsa_spki(44, wrong.public), **spki)
    case("mldsa-key-null", "RFC 9881 2: no parameters, not even NULL", own, None,
         "alg-parameters", mldsa_spki(44, own.public, null()), **spki)
    case("mldsa-signature-null", "RFC 9881 2: no parameters, not even NULL", own,
         None, "alg-parameters", alg=seq(oid(own.usual()), null()), at="tbsAlg",
         index=0, field="signature")


def signing_only():
    """Keys that can sign and nothing else say so, or say nothing."""
    r = make("root", "Root")
    keys = [("ed25519", {"keyed": "ed25519"}, "RFC 9295 3"),
            ("mldsa", {"own": MldsaKey("mldsa", 44)}, "RFC 9881 5"),
            ("hss", {"own": HssKey("hss")}, "RFC 9802 5")]
    for variant, own, rule in keys:
        for use in ("keyEncipherment", "keyAgreement", "decipherOnly"):
            if variant != "mldsa" and use != "keyAgreement":
                continue
            name = "usage-%s-%s" % (variant, use)
            l = make("leaf", "unit-1", r, exts={"ku": ku(
                "digitalSignature", use)}, **own)
            why = rule + ": such a key has no use but signatures"
            chain(name, l, [], [r], why, "extension-malformed",
                  (l, "ext:keyUsage"), index=0, field="keyUsage")
            chain("path-profile-" + name, l, [], [r],
                  "section 6 does not ask: " + why, profile="path")
    l = make("leaf", "unit-1", r, exts={"ku": ku("digitalSignature",
                                                 "keyAgreement")})
    chain("usage-p256-key-agreement", l, [], [r], "RFC 5480 3: an elliptic "
          "curve key may sign and agree on keys")


def run():
    signing_only()
    usual = RsaKey("usual")
    rsa_good(usual, RsaKey("large", 4096))
    rsa_keys(usual)
    rsa_signatures(usual)
    pss_keys()
    lms()
    mldsa()
