# SPDX-License-Identifier: GPL-3.0-or-later
"""Kind request: PKCS#10 (RFC 2986), read and proof of possession checked."""
import corpus
from der import B, integer, name, null, octets, oid, seq, tlv
from keys import algorithm, ec_spki, key
from x509 import bc, ext, ku, request


def run():
    def req(variant, r, why, reason=None, field=None, at=None):
        more = {"offset": corpus.place(r.der, at)} if at else {}
        corpus.add("request", reason, variant, {"request.der": r.der}, why,
                   field=field, **more)
    for keyed in ("p256", "p384", "ed25519"):
        req(keyed, request("unit-1", keyed), "RFC 2986: as it should be")
    req("no-attributes", request("unit-1", attributes=[]),
        "RFC 2986 4.1: attributes may be an empty set")
    req("empty-subject", request("unit-1", subject=name()),
        "RFC 2986 4.1: a request may leave the name to the CA")
    req("other-key", request("unit-1", signer=key("Evil")), "RFC 2986 4.2: "
        "signed with another key", "possession-not-proved")
    good_ = request("unit-1")
    other = request("unit-2")
    stolen = request("unit-1", signature=other.key.sign(
        other.der.data[slice(*other.span("info"))]))
    req("signature-of-another", stolen, "RFC 2986 4.2: another request's "
        "signature", "possession-not-proved")
    challenge = seq(oid("1.2.840.113549.1.9.7"), tlv(0x31, tlv(
        12, b"secret"))).mark("bad")
    req("challenge-password", request("unit-1", attributes=[challenge]),
        "RFC 2986 4.1: an attribute that is not understood",
        "request-attribute", "attributes", "bad")
    ask = lambda *p: seq(oid("1.2.840.113549.1.9.14"), *p).mark("bad")
    req("extensions-twice", request("unit-1", attributes=[ask(tlv(
        0x31, seq(ku("digitalSignature")), seq(bc())))]),
        "RFC 2985 5.4.2: extensionRequest has one value", "trailing-data",
        None, "bad")
    req("request-attribute", request("unit-1", attributes=[null().mark("bad")]),
        "RFC 2986 4.1: an Attribute is a SEQUENCE", "not-der", "attributes",
        "bad")
    req("request-attribute-type", request("unit-1", attributes=[seq(
        null().mark("bad"))]), "RFC 2986 4.1: it begins with its type",
        "not-der", "attributes", "bad")
    req("request-attribute-values", request("unit-1", attributes=[seq(oid(
        "1.2.840.113549.1.9.14"), null().mark("bad"))]),
        "RFC 2986 4.1: its values are a SET", "not-der", "attributes", "bad")
    req("request-attribute-tail", request("unit-1", attributes=[seq(oid(
        "1.2.840.113549.1.9.14"), tlv(0x31, seq(ku("digitalSignature"))),
        null().mark("bad"))]), "RFC 2986 4.1: nothing follows its values",
        "trailing-data", "attributes", "bad")

    def large(octets_wanted):
        for pad in range(octets_wanted, 0, -1):
            r = request("unit-1", attributes=[seq(oid("1.2.840.113549.1.9.14"),
                tlv(0x31, seq(ext("1.2.3.4", bytes(pad)))))],
                signature=seq(integer(1), integer(1)).data)
            if len(r.der) == octets_wanted:
                return r
        return None
    req("request-octets-32768", large(32768), "docs/LIMITS.md: as many octets as "
        "a request may have; it signs nothing", "possession-not-proved")
    req("request-octets-32769", large(32769), "docs/LIMITS.md: one octet more",
        "input-too-big", "certificationRequest")
    off = request("unit-1", spki=ec_spki(b"\4" + b"\1" * 64))
    req("request", off, "SEC 1 3.2.2: the point is not on P-256",
        "point-not-on-curve", "subjectPublicKeyInfo", "spki")
    req("request-alg", request("unit-1", alg_der=algorithm("ed25519"),
        signature=bytes(64)), "RFC 2986 4.2: Ed25519 named for a P-256 key",
        "key-alg-mismatch")
    unknown = seq(oid("1.2.3.4.5"))
    req("request", request("unit-1", alg_der=unknown), "docs/PROFILES.md: an "
        "algorithm that is not accepted", "alg-not-allowed")
    req("request-key", request("unit-1", spki=key("u", "p521").spki),
        "docs/PROFILES.md: a key type that is not accepted",
        "alg-not-allowed", "subjectPublicKeyInfo", "spki")
    req("request-after", request("unit-1", trail=B(b"\0")), "RFC 2986 4.2: an "
        "octet after the request", "trailing-data", "certificationRequest")
    req("request-version", request("unit-1", version=integer(1)),
        "RFC 2986 4.1: the version is 0", "unsupported-version", "version",
        "version")
    req("request-info", request("unit-1", info_tail=octets(b"x").mark("bad")),
        "RFC 2986 4.1: nothing follows the attributes", "trailing-data",
        None, "bad")
    req("request-no-attributes", request("unit-1", attributes="absent"),
        "RFC 2986 4.1: [0] is required, even empty", "not-der")
    req("request-empty", request("unit-1", attributes=[ask(tlv(0x31, seq()))]),
        "RFC 5280 4.1: Extensions has at least one entry",
        "extension-malformed", None, "bad")
    req("request-negative", request("unit-1", signature=seq(
        tlv(2, b"\x91"), integer(5)).data), "RFC 3279 2.2.3: r is negative",
        "signature-malformed", "signatureValue", "sig")
    cut = B(good_.der.data[:-1])
    good_.der = cut
    req("request-cut", good_, "X.690 8.1.3: the last octet is missing",
        "truncated")
    good_.der = B()
    req("request-empty", good_, "no bytes at all", "input-empty")
