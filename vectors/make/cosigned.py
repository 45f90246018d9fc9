# SPDX-License-Identifier: GPL-3.0-or-later
"""Kind sign: one envelope, several signatures (docs/FORMAT.md)."""
import hashlib

import corpus
from cbor import NIL, array, bstr, cmap, num, tag, tstr
from der import B, cat
from envelopes import ALG, ARTEFACT, Envelope, HASH, I, L, R, SIGNER, TYP, at, pairs_of
from x509 import NOW, make

TWO = make("leaf", "unit-2", I, exts=SIGNER)
R2 = make("root", "Other root")
I2 = make("ca", "Release desk", R2)
DESK = make("leaf", "desk", I2, keyed="p384", exts=SIGNER)
IAT = num(at("2026-05-01T00:00:00Z"))


class Signature:
    """One of them; every keyword replaces a part."""

    def __init__(self, leaf=L, pile=(I,), **part):
        certs = [bstr(leaf.der)] + [bstr(c.der) for c in pile]
        claims = {1: tstr(part.get("iss", "unit-1")), 6: IAT}
        claims.update(part.get("claims", {}))
        headers = {1: num(ALG[leaf.key.kind]),
                   15: cmap(*pairs_of(claims, "claim")),
                   33: certs[0] if len(certs) == 1 else array(*certs)}
        headers.update(part.get("headers", {}))
        self.part, self.leaf = part, leaf
        self.map = part.get("map", cmap(*pairs_of(headers, "header")))

    def item(self, body, payload):
        signed = array(tstr(self.part.get("context", "Signature")),
                       bstr(body.data), bstr(self.map.data), bstr(b""),
                       bstr(payload))
        made = self.part.get("signature",
                             self.leaf.key.sign_raw(signed.data, None))
        return array(bstr(self.map).mark("protected"),
                     self.part.get("unprotected", cmap()).mark("unprotected"),
                     bstr(made).mark("signature"),
                     *self.part.get("more", [])).mark("one")


def envelope(*signatures, **part):
    digest = hashlib.sha256(ARTEFACT).digest()
    claims = {2: tstr("firmware.bin")}
    claims.update(part.get("claims", {}))
    headers = {15: cmap(*pairs_of(claims, "claim")), 16: tstr(TYP),
               258: num(HASH["sha256"]), 259: tstr("application/octet-stream")}
    headers.update(part.get("headers", {}))
    body = part.get("map", cmap(*pairs_of(headers, "header")).mark("map"))
    payload = part.get("payload", digest)
    items = [s.item(part.get("signed_map", body), payload)
             for s in signatures]
    return part.get("tagged", lambda b: tag(98, b))(array(
        bstr(body).mark("body"),
        part.get("unprotected", cmap()).mark("open"),
        part.get("payload_item", bstr(payload)).mark("payload"),
        part.get("list", array(*items)).mark("list")))


def case(variant, why, whole, reason=None, field=None, at=None,
         roots=(R, R2), artefact=ARTEFACT, **expect):
    corpus.signed("sign", variant, why, {
        "envelope.cose": whole, "artefact": artefact}, whole, reason, field,
        at, roots, expect)


def two():
    return Signature(), Signature(DESK, [I2], iss="desk")


def good():
    case("two", "a device and a release desk, each by its own anchor",
         envelope(*two()), flips=1)
    case("one", "RFC 9052 4.1: one signature is a list of one",
         envelope(Signature()), flips=7)
    case("sign1", "docs/FORMAT.md: an envelope of one signature is read, too",
         Envelope().der, flips=7)
    case("threshold-2", "two keys are enough, and two there are",
         envelope(*two()), threshold=2, flips=29)
    case("expires", "what is common is said once: exp ends the verdict",
         envelope(*two(), claims={4: num(at("2027-01-01T00:00:00Z"))}),
         good_until="2026-12-31T23:59:59Z", flips=97)
    case("attached", "the artefact is inside",
         envelope(*two(), payload=ARTEFACT, headers={
             258: None, 259: None, 3: tstr("text/plain")}), flips=97)
    case("signatures-8", "docs/LIMITS.md: eight signatures",
         envelope(*[Signature(claims={6: num(1777593600 + i)})
                    for i in range(8)]), flips=499)
    case("path-body-empty", "RFC 9052 3: nothing in common but the artefact",
         envelope(*two(), map=B(b""), payload=ARTEFACT), profile="path",
         flips=97)
    case("path-body-empty-map", "RFC 9052 4.4: an empty map is signed as no "
         "bytes", envelope(*two(), map=cmap(), signed_map=B(b""),
                           payload=ARTEFACT), profile="path", flips=97)
    case("path-detached", "RFC 9052 4.1: the payload stands elsewhere",
         envelope(*two(), map=B(b""), payload=ARTEFACT, payload_item=NIL),
         profile="path", flips=97)


def form():
    s = two()
    whole = envelope(*s)
    case("cut", "RFC 8949 3: the last octet is missing", B(whole.data[:-1]),
         "cbor-truncated")
    case("trailing", "an octet behind the envelope",
         cat(whole, B(b"\0")), "cbor-trailing", "envelope", str(len(whole)))
    case("untagged", "RFC 9052 2: without tag 98", envelope(
        *s, tagged=lambda b: b), "envelope-tag", "envelope", "0")
    case("path-untagged", "docs/FORMAT.md: only one signature does without a "
         "tag", envelope(*s, tagged=lambda b: b), "cbor-malformed",
         profile="path")
    case("other-tag", "RFC 9052 2: tag 97 is COSE_Mac", envelope(
        *s, tagged=lambda b: tag(97, b)), "envelope-tag", "envelope")
    case("no-list", "RFC 9052 4.1: signatures are an array",
         envelope(list=bstr(b"x" * 64)), "cbor-malformed", "signature",
         "list")
    case("none", "RFC 9052 4.1: at least one signature", envelope(),
         "cbor-malformed", "signature", "list")
    case("signatures-9", "docs/LIMITS.md: nine signatures", envelope(
        *[Signature()] * 9), "limit", "signature", "list")
    case("two-parts", "RFC 9052 4.1: a signature has three parts",
         envelope(list=array(array(bstr(b""), cmap()))), "cbor-malformed",
         "signature")
    case("four-parts", "RFC 9052 4.1: a signature has three parts",
         envelope(Signature(more=[num(0)])), "cbor-malformed", "signature",
         "one")
    case("body-empty", "strict: typ and claims are there", envelope(
        *s, map=B(b"")), "header-missing", "CWT claims")
    case("no-sub", "the name of the artefact is missing", envelope(
        *s, claims={2: None}), "header-missing", "sub")
    case("no-typ", "typ is missing", envelope(*s, headers={16: None}),
         "header-missing", "typ")
    case("no-iss", "who signs is missing", envelope(
        Signature(claims={1: None})), "header-missing", "iss")
    case("no-alg", "how it is signed is missing", envelope(
        Signature(headers={1: None})), "header-missing", "alg")
    case("no-x5chain", "whose it is is missing", envelope(
        Signature(headers={33: None})), "header-missing", "x5chain")
    case("alg-in-common", "alg is each one's own", envelope(
        *s, headers={1: num(-7)}), "header-unknown")
    case("iss-in-common", "iss is each one's own", envelope(
        *s, claims={1: tstr("x")}), "header-unknown")
    case("exp-of-one", "exp is said of the artefact, not of a signature",
         envelope(Signature(claims={4: num(1)})), "header-unknown")
    case("path-exp-of-one", "not passed over in the path profile either",
         envelope(Signature(claims={4: num(1)})), "header-unknown",
         profile="path")
    case("typ-of-one", "typ is said of the whole", envelope(
        Signature(headers={16: tstr(TYP)})), "header-unknown")
    case("free-claim-of-one", "strict: a signature has iss and iat alone",
         envelope(Signature(claims={"x": tstr("y")})), "header-unknown")
    case("crit-of-other", "RFC 9052 3.1: crit lists what stands elsewhere",
         envelope(Signature(headers={2: array(num(16))})),
         "header-critical-unknown", "crit")
    case("unprotected", "nothing stands in the open, in common", envelope(
        *s, unprotected=cmap((num(33), bstr(L.der)))), "header-unprotected")
    case("unprotected-of-one", "nothing stands in the open", envelope(
        Signature(unprotected=cmap((num(1), num(-7))))),
        "header-unprotected")
    case("path-bag-in-common", "certificates are each one's own", envelope(
        *s, unprotected=cmap((num(32), bstr(L.der)))), "header-unprotected",
        profile="path")
    case("duplicate", "RFC 9052 3: alg stands there twice", envelope(
        Signature(map=cmap((num(1), num(-7)), (num(1), num(-7))))),
        "header-duplicate")
    case("signature", "one octet too few", envelope(
        Signature(signature=b"x" * 63)), "signature-malformed", "signature",
        "signature")
    case("short", "the digest is of another hash", envelope(
        *s, payload=b"x" * 48), "digest-length", "payload", "payload")


def judged():
    case("second", "the second of two is of nobody's key", envelope(
        Signature(), Signature(DESK, [I2], signature=b"\1" * 96)),
        "envelope-signature-invalid", "signature", "signature#1")
    case("context-of-one", "RFC 9052 4.4: made for an envelope of one",
         envelope(Signature(context="Signature1")),
         "envelope-signature-invalid", "signature")
    body = envelope(Signature())
    other = envelope(Signature(), claims={2: tstr("other.bin")})
    first, end = other.span("list")
    case("moved", "a signature moved under other claims", cat(
        B(body.data[:body.span("list")[0]]), B(other.data[first:end])),
        "envelope-signature-invalid", "signature")
    case("one-unknown", "of one of two no anchor is known", envelope(*two()),
         "no-issuer", roots=(R,), object=None)
    case("other", "another artefact", envelope(*two()), "artefact-mismatch",
         "digest", artefact=b"other", object="artefact")
    few = {"object": "artefact", "threshold": 2}
    case("one-key-twice", "two signatures of one key", envelope(
        Signature(), Signature(claims={6: num(at(NOW))})),
        "signatures-too-few", **few)
    again = make("leaf", "unit-1 again", I, exts=SIGNER, own=L.key)
    case("one-key-two-certificates", "two certificates of one key", envelope(
        Signature(), Signature(again)), "signatures-too-few", **few)
    case("one-signature", "two are wanted, one is there",
         envelope(Signature()), "signatures-too-few", **few)
    case("one-of-two", "one of two is not believed", envelope(*two()),
         "signatures-too-few", roots=(R,), **few)


def run():
    good()
    form()
    judged()
