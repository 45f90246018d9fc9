# SPDX-License-Identifier: GPL-3.0-or-later
"""Envelopes as other people's software writes them, read in the path profile."""
import hashlib

from cbor import NIL, array, bstr, cmap, num, tag, tstr
from der import B
from envelopes import ARTEFACT, Envelope, HEADERS, I, L, R, TYP, case
from x509 import make

PATH = {"profile": "path"}
DIGEST = hashlib.sha256(ARTEFACT).digest()
NO_CHAIN = {33: None}
FOREIGN = {15: None, 16: None, 258: None, 259: None}


def path(variant, why, reason=None, field=None, at=None, **part):
    expect = dict(PATH, **part.pop("expect", {}))
    case("path-" + variant, why, reason, field, at, expect=expect, **part)


def thumb(cert, alg=-16, name="sha256"):
    return array(num(alg), bstr(hashlib.new(name, cert.der.data).digest()))


def bag(*certs):
    items = [bstr(c.der) for c in certs]
    return items[0] if len(items) == 1 else array(*items)


def pairs(*labels):
    return cmap(*[(num(k).mark("label%d" % k),
                   HEADERS[k].mark("header%d" % k))
                  for k in labels]).mark("map")


def unprotected(variant, why, value):
    """Nobody relies on what stands there: it can be anything."""
    e = Envelope(unprotected=value)
    first, end = e.der.span("unprotected")
    path(variant, why, envelope=e,
         expect={"unbelieved": "%d-%d" % (first, end - 1)})


def form():
    path("strict", "what the strict profile accepts, path accepts",
         expect={"flips": 5})
    path("untagged", "RFC 9052 2: the tag can be left out",
         tagged=lambda b: b, expect={"flips": 1})
    path("tag-long", "RFC 8949 4.2.1: tag 18 in two octets",
         tagged=lambda b: tag(18, b, 1))
    path("array-long", "RFC 8949 4.2.1: a count of 4 in two octets",
         body=lambda b: B(b"\x98\4" + b.data[1:]))
    path("bytes-long", "RFC 8949 4.2.1: a length of 32 in three octets",
         payload_item=bstr(DIGEST, 2))
    path("number-long", "RFC 8949 4.2.1: -7 in two octets",
         headers={1: num(-7, 1)})
    path("text-long", "RFC 8949 4.2.1: a text's length in three octets",
         headers={16: tstr(TYP, 2)})
    path("map-unsorted", "RFC 8949 4.2.1: keys in any order",
         map=pairs(259, 33, 16, 258, 15, 1), expect={"flips": 5})
    path("twice", "RFC 9052 3: typ stands there twice", "header-duplicate",
         None, "label16#1", map=pairs(1, 16, 15, 33, 258, 259, 16))
    path("twice-long", "RFC 9052 3: alg stands there twice, once in a longer "
         "form", "header-duplicate", None, "long", map=twice_long())
    path("indefinite-bytes", "docs/FORMAT.md: no strings in pieces",
         "cbor-not-deterministic", None, "payload",
         payload_item=B(b"\x5f" + bstr(DIGEST).data + b"\xff"))
    path("indefinite-array", "docs/FORMAT.md: no indefinite lengths",
         "cbor-not-deterministic", None, "1",
         body=lambda b: B(b"\x9f" + b.data[1:] + b"\xff"))
    path("tag-98", "RFC 9052 2: this is a COSE_Sign", "envelope-tag", None,
         "0-1", tagged=lambda b: tag(98, b))
    path("after", "RFC 8949 5.3.1: an octet after the envelope",
         "cbor-trailing", "envelope", None, trail=B(b"\0"))
    path("payload-text", "RFC 9052 4.2: a payload is bytes or null",
         "cbor-malformed", "payload", "payload", payload_item=tstr("x" * 32))


def twice_long():
    """Headers, and alg again as 0x1801."""
    return cmap(*[(num(k), HEADERS[k]) for k in HEADERS],
                (num(1, 1).mark("long"), num(-7))).mark("map")


def headers():
    path("unknown", "RFC 9052 3: what is not critical is passed over",
         headers={4: bstr(b"key"), -70000: array(num(1), cmap())})
    path("unknown-labels", "RFC 9052 1.5: zero, the empty text and two other "
         "texts are four labels", headers={0: num(1), "": num(1), "a": num(1),
                                           "b": num(1)})
    path("unknown-critical", "RFC 9052 3.1: crit lists what nobody understands",
         "header-critical-unknown", "crit", "header2",
         headers={2: array(num(-70000)), -70000: num(1)})
    path("critical-absent", "RFC 9052 3.1: crit lists what is not there",
         "header-missing", "x5t", "header2", headers={2: array(num(34))})
    path("no-typ", "RFC 9596: typ can be left out", headers={16: None})
    path("other-typ", "RFC 9596: typ says that this is something else",
         "type-mismatch", "typ", "header16",
         headers={16: tstr("application/vnd.pki-init.authorisation+cose")})
    path("typ-number", "RFC 9596 2: a content format is a voucher's alone",
         "type-mismatch", "typ", "header16", headers={16: num(836)})
    path("no-claims", "RFC 9597: claims can be left out", headers={15: None})
    path("no-iat", "RFC 8392 3.1: every claim can be left out",
         claims={1: None, 2: None, 6: None})
    path("unknown-claims", "RFC 8392 3.1: unknown claims are passed over",
         claims={3: tstr("somebody"), 7: bstr(b"1"), "x": array(num(1))})
    path("version-scheme", "RFC 9711 4.2.7: other schemes are passed over",
         claims={271: array(tstr("1.2"), num(1))})
    path("version-alone", "RFC 9711 4.2.7: a version without its scheme",
         claims={271: array(tstr("1.2"))})
    path("version-alone-claim", "RFC 9711 4.2.7: what follows a version without "
         "its scheme is another claim",
         claims={271: array(tstr("1.2")), "branch": tstr("main")},
         expect={"demand": "require branch=main"})
    for variant, value in (("none", array()), ("three", array(
            tstr("1.2"), num(1), num(1))),
            ("control", array(tstr("\x01"), num(1))),
            ("scheme-text", array(tstr("1.2"), tstr("semver")))):
        path("version-" + variant, "RFC 9711 4.2.7: a version and its scheme",
             "header-malformed", "swversion", None, claims={271: value})
    path("version-compared", "docs/FORMAT.md: a version of no known scheme",
         "version-not-comparable", "swversion",
         claims={271: array(tstr("1.2.3"))},
         expect={"demand": "min-version 1.0.0"})
    path("exp", "RFC 8392 3.1.4: exp is believed in every profile",
         "artefact-expired", "exp", claims={4: num(0), 2: None})
    path("no-preimage-type", "RFC 9995 3: the type can be left out",
         headers={259: None})
    path("no-alg", "RFC 9052 3.1: alg is protected", "header-missing", "alg",
         "map", headers={1: None})
    path("no-hash", "RFC 9995 3: a preimage type without a hash",
         "header-missing", "payload-hash-alg", "map", headers={258: None})


def payloads():
    path("attached", "RFC 9052 4.2: a payload that says nothing of itself",
         headers=FOREIGN, payload=ARTEFACT, expect={"flips": 1})
    path("content-type-number", "RFC 9052 3.1: a content type by its number",
         headers={**FOREIGN, 3: num(0)}, payload=ARTEFACT)
    path("content-type-bytes", "RFC 9052 3.1: a content type is a text or a "
         "number", "header-malformed", "content type", "header3",
         headers={**FOREIGN, 3: bstr(b"x")}, payload=ARTEFACT)
    path("detached", "RFC 9052 4.1: the payload stands elsewhere",
         headers=FOREIGN, payload=ARTEFACT, payload_item=NIL,
         expect={"flips": 1})
    path("detached-other", "RFC 9052 4.4: what stands elsewhere is not what "
         "was signed", "envelope-signature-invalid", "signature",
         headers=FOREIGN, payload=ARTEFACT, payload_item=NIL,
         artefact=ARTEFACT + b"x")
    path("detached-digest", "RFC 9995 3: a digest is inside",
         "header-conflict", "payload", payload_item=NIL)
    path("digest-as-artefact", "docs/FORMAT.md: a plain payload that is the "
         "digest of the artefact", "artefact-mismatch", "digest",
         headers=FOREIGN, payload=DIGEST, expect={"object": "artefact"})


def buckets():
    unprotected("kid", "RFC 9052 3.1: a key identifier in the open",
                cmap((num(4), bstr(b"unit-1"))))
    path("alg-open", "RFC 9052 3.1: alg in the open", "header-missing", "alg",
         "map", headers={1: None}, unprotected=cmap((num(1), num(-7))))
    for label, value in ((15, cmap()), (16, tstr(TYP)),
                         (33, bag(L, I)), (34, thumb(L)), (258, num(-16)),
                         (3, tstr("x"))):
        path("unprotected-%d" % label, "docs/FORMAT.md: only the protected "
             "bucket says this", "header-unprotected", None, None,
             headers={label: None}, unprotected=cmap((num(label), value)))
    path("both-buckets", "RFC 9052 3: a label stands in one bucket",
         "header-duplicate", None, "open", headers={4: bstr(b"a")},
         unprotected=cmap((num(4).mark("open"), bstr(b"b"))))
    path("open-twice", "RFC 9052 3: a label stands there once",
         "header-duplicate", None, "open", unprotected=cmap(
             (num(4), bstr(b"a")), (num(4, 1).mark("open"), bstr(b"b"))))
    path("open-label", "RFC 9052 1.5: a label is a number or a text",
         "header-malformed", None, "open",
         unprotected=cmap((bstr(b"x").mark("open"), num(0))))


def signers():
    other = make("leaf", "unit-2", I)
    path("no-chain", "docs/FORMAT.md: nobody says who signed",
         "header-missing", "x5chain", "map", headers=NO_CHAIN)
    path("x5t-alone", "RFC 9360 2: a hash without certificates",
         "header-missing", "x5bag", "map",
         headers={**NO_CHAIN, 34: thumb(L)})
    path("bag-alone", "RFC 9360 2: a bag does not say whose the key is",
         "header-missing", "x5chain", "map",
         headers={**NO_CHAIN, 32: bag(L, I)})
    for variant, alg, name in (("256", -16, "sha256"), ("384", -43, "sha384"),
                               ("512", -44, "sha512")):
        path("bag-sha" + variant, "RFC 9360 2: x5t names one of x5bag",
             headers={**NO_CHAIN, 34: thumb(L, alg, name),
                      32: bag(I, other, L)})
    path("bag-one", "RFC 9360 2: a bag of one certificate", pile=[],
         headers={**NO_CHAIN, 34: thumb(L), 32: bag(L)}, extra=[I])
    path("bag-open", "RFC 9360 2: a bag in the open, x5t protected",
         headers={**NO_CHAIN, 34: thumb(L)},
         unprotected=cmap((num(32), bag(I, L))), expect={"flips": 5})
    path("bag-stranger", "RFC 9360 2: x5t names none of x5bag",
         "certificate-mismatch", "x5t", None,
         headers={**NO_CHAIN, 34: thumb(R), 32: bag(I, L)})
    path("bag-other-signer", "RFC 9052 4.4: x5t names another's certificate",
         "envelope-signature-invalid", "signature", "signature",
         headers={**NO_CHAIN, 34: thumb(other), 32: bag(I, L, other)})
    path("x5t-chain", "RFC 9360 2: x5t names the first of x5chain",
         headers={34: thumb(L)})
    path("x5t-chain-bag", "RFC 9360 2: the rest of the chain in a bag",
         headers={33: bag(L), 34: thumb(L), 32: bag(I, other)})
    path("x5t-issuer", "RFC 9360 2: x5t names the second of x5chain",
         "certificate-mismatch", "x5t", None, headers={34: thumb(I)})
    path("bag-9", "docs/LIMITS.md: 9 certificates, 8 are the most", "limit",
         "x5bag", None, headers={32: bag(*[other] * 7)})
    path("bag-text", "RFC 9360 2: a bag of texts, of which x5t names none",
         "header-malformed", "x5bag", None,
         headers={**NO_CHAIN, 34: thumb(L), 32: tstr("x")})
    path("x5t-sha1", "docs/PROFILES.md: SHA-1 is not accepted",
         "hash-not-allowed", "x5t", None,
         headers={34: array(num(-14), bstr(bytes(20)))})
    for variant, value in (("bytes", bstr(b"x")), ("three", array(
            num(-16), bstr(bytes(32)), num(0))),
            ("text", array(tstr("x"), bstr(bytes(32)))),
            ("empty", array(num(-16), bstr(b""))),
            ("short", array(num(-16), bstr(bytes(31)))),
            ("number", array(num(-16), num(0)))):
        path("x5t-" + variant, "RFC 9360 2: x5t is an algorithm and a hash",
             "header-malformed", "x5t", None, headers={34: value})


def run():
    form()
    headers()
    payloads()
    buckets()
    signers()
