# SPDX-License-Identifier: GPL-3.0-or-later
"""Kind sign1: signed artefacts (docs/FORMAT.md).

Signatures are made over whatever bytes the case asks for, so that a refusal
has nothing but the case's own fault to stand on.
"""
import hashlib
from calendar import timegm
from time import strptime

import corpus
from cbor import NIL, array, bstr, cmap, num, tag, tstr
from der import B, cat
from keys import key
from x509 import NOW, PURPOSE, bc, eku, ext, ku, make

TYP = "application/vnd.devsign.artefact+cose"
ARTEFACT = b"firmware image, version 1.2.3\n"
ALG = {"p256": -7, "p384": -35, "ed25519": -8}
HASH = {"sha256": -16, "sha384": -43, "sha512": -44}

R = make("root", "Root")
I = make("ca", "Factory", R)
SIGNER = {"eku": eku("codeSigning")}
L = make("leaf", "unit-1", I, exts=SIGNER)


def at(text):
    return timegm(strptime(text, "%Y-%m-%dT%H:%M:%SZ"))


def pairs_of(values, kind):
    """Pairs in RFC 8949 4.2.1 order; None leaves one out."""
    pairs = [((tstr(k) if isinstance(k, str) else num(k)).mark(
                  "label%s" % k if kind == "header" else "key%s" % k),
              v.mark("%s%s" % (kind, k)))
             for k, v in values.items() if v is not None]
    return sorted(pairs, key=lambda kv: kv[0].data)


class Envelope:
    """An envelope of parts; every keyword replaces one of them."""

    def __init__(self, leaf=L, pile=(I,), hashed="sha256", **part):
        self.part = part
        self.leaf = leaf
        certs = [bstr(leaf.der)] + [bstr(c.der) for c in pile]
        chain = certs[0] if len(certs) == 1 else array(*certs)
        digest = hashlib.new(hashed, ARTEFACT).digest()
        claims = {1: tstr("unit-1"), 2: tstr("firmware.bin"),
                  6: num(at("2026-05-01T00:00:00Z"))}
        claims.update(part.get("claims", {}))
        listed = pairs_of(claims, "claim")
        headers = {1: num(ALG.get(leaf.key.kind, 0)), 15: cmap(*listed),
                   16: tstr(TYP), 33: chain, 258: num(HASH[hashed]),
                   259: tstr("application/octet-stream")}
        headers.update(part.get("headers", {}))
        pairs = pairs_of(headers, "header")
        protected = part.get("map", cmap(*pairs).mark("map"))
        payload = part.get("payload", digest)
        self.map, self.digest = protected, payload
        body = array(
            part.get("protected", bstr(protected)).mark("protected"),
            part.get("unprotected", cmap()).mark("unprotected"),
            part.get("payload_item", bstr(payload)).mark("payload"),
            part.get("sig_item", bstr(self.signature())).mark("signature"),
            *part.get("more", []))
        body = part.get("body", lambda b: b)(body)
        self.der = cat(part.get("tagged", lambda b: tag(18, b))(body),
                       part.get("trail", B()))

    def signature(self):
        if "signature" in self.part:
            return self.part["signature"]
        signed = array(tstr(self.part.get("context", "Signature1")),
                       bstr(self.map.data), bstr(b""), bstr(self.digest))
        signer = self.part.get("signer", self.leaf.key)
        return signer.sign_raw(signed.data, self.part.get("alg"))


def case(variant, why, reason=None, field=None, at=None, roots=(R,),
         extra=(), artefact=ARTEFACT, envelope=None, expect=None, **part):
    e = envelope or Envelope(**part)
    corpus.signed("sign1", variant, why, {
        "envelope.cose": e.der, "artefact": artefact,
        **corpus.numbered("i", extra)}, e.der, reason, field, at, roots,
        expect)


def ladder(keyed):
    r = make("root", "Root", keyed=keyed)
    i = make("ca", "Factory", r, keyed=keyed)
    return r, i, make("leaf", "unit-1", i, keyed=keyed, exts=SIGNER)


def good():
    case("es256", "ES256 with SHA-256, root, factory CA, device",
         expect={"flips": 1})
    for keyed, name_, other in (("p256", "es256", -9), ("p384", "es384", -51),
                                ("ed25519", "eddsa", -19)):
        r, i, leaf = ladder(keyed)
        if keyed != "p256":
            case(name_, "the same in " + keyed, leaf=leaf, pile=[i], roots=[r],
                 expect={"flips": 1 if keyed == "ed25519" else 5})
        case(name_ + "-rfc9864", "RFC 9864: the fully specified identifier",
             leaf=leaf, pile=[i], roots=[r], headers={1: num(other)})
    for hashed in ("sha384", "sha512"):
        case("digest-" + hashed, "RFC 9995 3: the digest is " + hashed,
             hashed=hashed)
    direct = make("leaf", "unit-1", R, exts=SIGNER)
    case("one-certificate", "RFC 9360 2: one certificate is a byte string",
         leaf=direct, pile=[])
    case("intermediate-from-verifier", "the verifier supplies what the "
         "envelope lacks", pile=[], extra=[I])
    plain = make("leaf", "unit-1", I)
    case("no-extended-key-usage", "docs/PROFILES.md: no purpose stated, none "
         "refused", leaf=plain)
    case("crit-alg", "RFC 9052 3.1: crit lists what is understood",
         headers={2: array(num(1))})
    case("empty-artefact", "an artefact of no octets", artefact=b"",
         payload=hashlib.sha256(b"").digest())
    case("text-255", "docs/LIMITS.md: 255 octets of text",
         claims={2: tstr("x" * 255)})
    case("text-utf8", "RFC 8949 3.1: text is UTF-8",
         claims={2: tstr("caf\u00e9 \u2713")})
    case("preimage-type", "RFC 9995 3: any content type",
         headers={259: tstr("application/wasm")})
    case("iat-now", "signed at the second of the question",
         claims={6: num(at(NOW))})
    case("iat-skew-300", "docs/LIMITS.md: a clock 300 s ahead",
         claims={6: num(at(NOW) + 300)})


def form():
    e = Envelope()
    whole = e.der.data
    case("cut", "RFC 8949 3: the last octet is missing", "cbor-truncated",
         envelope=raw(whole[:-1]))
    case("empty", "no bytes at all", "input-empty", envelope=raw(b""))
    case("one-octet-after", "RFC 8949 5.3.1: an octet after the envelope",
         "cbor-trailing", "envelope", str(len(whole)), trail=B(b"\0"))
    case("indefinite-array", "RFC 8949 4.2.1: no indefinite lengths",
         "cbor-not-deterministic", None, "1",
         body=lambda b: B(b"\x9f" + b.data[1:] + b"\xff"))
    case("indefinite-bytes", "RFC 8949 4.2.1: no indefinite lengths",
         "cbor-not-deterministic", None, "payload",
         payload_item=B(b"\x5f" + bstr(e.digest).data + b"\xff"))
    case("tag-long", "RFC 8949 4.2.1: tag 18 in two octets",
         "cbor-not-deterministic", None, "0-1",
         tagged=lambda b: tag(18, b, 1))
    case("array-long", "RFC 8949 4.2.1: a count of 4 in two octets",
         "cbor-not-deterministic", None, "1-2",
         body=lambda b: B(b"\x98\4" + b.data[1:]))
    case("bytes-long", "RFC 8949 4.2.1: a length of 32 in three octets",
         "cbor-not-deterministic", None, "payload",
         payload_item=bstr(e.digest, 2))
    case("number-long", "RFC 8949 4.2.1: -7 in two octets",
         "cbor-not-deterministic", None, "header1", headers={1: num(-7, 1)})
    case("text-long", "RFC 8949 4.2.1: a text's length in three octets",
         "cbor-not-deterministic", None, "header16",
         headers={16: tstr(TYP, 2)})
    pairs = lambda *ks: cmap(*[(num(k).mark("label%d" % k),
                                HEADERS[k].mark("header%d" % k)) for k in ks])
    case("map-unsorted", "RFC 8949 4.2.1: keys in ascending order",
         "cbor-not-deterministic", None, "label1",
         map=pairs(15, 1, 16, 33, 258, 259).mark("map"))
    case("map-unsorted-end", "RFC 8949 4.2.1: keys in ascending order",
         "cbor-not-deterministic", None, "label258",
         map=pairs(1, 15, 16, 33, 259, 258).mark("map"))
    twice = cmap(*[(num(k).mark("label%d" % k), HEADERS[k])
                   for k in (1, 15, 16, 16, 33, 258, 259)])
    case("typ", "RFC 9052 3: typ stands there twice", "header-duplicate",
         None, "label16#1", map=twice.mark("map"))
    float_ = B(b"\xf9\x3c\x00")
    case("float", "docs/FORMAT.md: no floating point", "cbor-malformed", None,
         "header1", headers={1: float_})
    case("reserved-head", "RFC 8949 3: additional information 28 is reserved",
         "cbor-malformed", None, "header1", headers={1: B(b"\x1c")})
    case("break-alone", "RFC 8949 3: a break outside of anything",
         "cbor-malformed", None, "header1", headers={1: B(b"\xff")})
    for variant, item in (
            ("double", b"\xfb\x3f\xf0" + bytes(6)),
            ("undefined", b"\xf7"), ("simple-16", b"\xf0"),
            ("number-2-63", b"\x1b\x80" + bytes(7)),
            ("text-overlong", b"\x62\xc0\xaf"),
            ("text-surrogate", b"\x63\xed\xa0\x80"),
            ("text-half", b"\x61\xc3")):
        case(variant, "docs/FORMAT.md: not an item that this format has",
             "cbor-malformed", None, "header1", headers={1: B(item)})
    case("text-not-utf8", "RFC 8949 3.1: text is UTF-8", "cbor-malformed",
         None, "header16", headers={16: tstr(b"\xff\xfe")})
    case("five-parts", "RFC 9052 4.2: COSE_Sign1 has four parts",
         "cbor-malformed", None, None, more=[num(0)])
    case("protected-is-map", "RFC 9052 3: the protected bucket is a byte "
         "string", "cbor-malformed", None, "protected", protected=e.map)
    case("unprotected-is-array", "RFC 9052 3: the unprotected bucket is a map",
         "cbor-malformed", None, "unprotected", unprotected=array())
    case("protected-trailing", "RFC 9052 3: bytes follow the map inside the "
         "protected bucket", "cbor-trailing", None, None,
         map=cat(e.map, B(b"\0")))
    case("array-claims-too-many", "RFC 8949 3: an array that claims 2^32-1 "
         "items", "cbor-truncated", None, None, headers={
             33: B(b"\x9a\xff\xff\xff\xff")})
    case("bytes-claim-too-many", "RFC 8949 3: a string that claims 2^63 "
         "octets", "cbor-truncated", None, "header33", headers={
             33: B(b"\x5b\x7f" + b"\xff" * 7)})


def raw(data):
    e = Envelope()
    e.der = B(data)
    return e


HEADERS = {}


def tags():
    case("untagged", "RFC 9052 4.2: tag 18 is missing", "envelope-tag", None,
         "0", tagged=lambda b: b)
    for n, what in ((98, "COSE_Sign"), (17, "COSE_Mac0"), (61, "CWT")):
        case("tag-%d" % n, "RFC 9052 2: this is a " + what, "envelope-tag",
             None, "0-1", tagged=lambda b: tag(n, b))
    case("tag-twice", "RFC 9052 4.2: tag 18 inside tag 18",
         "cbor-malformed", None, "1",
         tagged=lambda b: tag(18, tag(18, b)))


def headers():
    names = {1: "alg", 15: "CWT claims", 16: "typ", 33: "x5chain",
             258: "payload-hash-alg", 259: "preimage content type"}
    for label, field in names.items():
        case("label-%d" % label, "docs/FORMAT.md: %s is required" % field,
             "header-missing", field, headers={label: None})
    for label, field in ((1, "iss"), (2, "sub"), (6, "iat")):
        case("claim-%d" % label, "docs/FORMAT.md: %s is required" % field,
             "header-missing", field, claims={label: None})
    case("protected-empty", "RFC 9052 3: an empty protected bucket is an "
         "empty byte string; alg is required", "header-missing", "alg", None,
         protected=bstr(b""))
    case("label-bytes", "RFC 9052 1.5: a label is a number or a text",
         "header-malformed", None, None, map=cmap(
             *[(num(k), v) for k, v in HEADERS.items()],
             (bstr(b"x"), num(0))))
    for variant, label, value, why in [
            ("alg-text", 1, tstr("ES256"), "alg is a number"),
            ("alg-true", 1, B(b"\xf5"), "alg is a number"),
            ("claims-array", 15, array(), "CWT claims are a map"),
            ("hash-text", 258, tstr("sha256"), "the hash is a number"),
            ("preimage-number", 259, num(42), "the content type is a text"),
            ("preimage-empty", 259, tstr(""), "the content type is not empty"),
            ("x5chain-number", 33, num(1), "x5chain is bytes or an array"),
            ("x5chain-array-of-one", 33, array(bstr(L.der)),
             "RFC 9360 2: one certificate is not put into an array"),
            ("x5chain-array-of-none", 33, array(),
             "RFC 9360 2: at least one certificate"),
            ("x5chain-number-inside", 33, array(bstr(L.der), num(1)),
             "RFC 9360 2: certificates are byte strings"),
            ("x5chain-empty", 33, bstr(b""), "RFC 9360 2: no certificate")]:
        case(variant, "docs/FORMAT.md: " + why, "header-malformed",
             names[label], "header%d" % label, headers={label: value})
    for variant, label, field, value, why in [
            ("iss-number", 1, "iss", num(1), "iss is a text"),
            ("sub-bytes", 2, "sub", bstr(b"x"), "sub is a text"),
            ("sub-empty", 2, "sub", tstr(""), "sub is not empty"),
            ("sub-newline", 2, "sub", tstr("a\nb"), "no control characters"),
            ("sub-escape", 2, "sub", tstr("a\x1b[2J"),
             "no control characters"),
            ("sub-nul", 2, "sub", tstr("a\0b"), "no control characters"),
            ("sub-c1", 2, "sub", tstr("a\u009bb"), "no control characters"),
            ("iat-text", 6, "iat", tstr("2026"), "iat is a number"),
            ("iat-tagged", 6, "iat", tag(1, num(1)), "iat has no tag"),
            ("iat-year-10000", 6, "iat", num(253402300800),
             "times end with the year 9999")]:
        case(variant, "docs/FORMAT.md: " + why, "header-malformed", field,
             "claim%d" % label, claims={label: value})
    case("text-256", "docs/LIMITS.md: 256 octets of text, 255 are the most",
         "limit", "sub", "claim2", claims={2: tstr("x" * 256)})
    for label, what in ((4, "kid"), (22, "c5c"),
                        (34, "x5t"), (394, "receipts"), (-70000, "private")):
        case("label-%d" % label, "docs/FORMAT.md: %s is not part of this "
             "format" % what, "header-unknown", None, "label%d" % label,
             map=sorted_map(label, tstr("x")))
    case("label-text", "docs/FORMAT.md: labels are numbers",
         "header-unknown", None, None, map=cmap(
             *[(num(k), v) for k, v in HEADERS.items()],
             (tstr("alg"), num(-7))).mark("map"))
    for label in (3, 7, 38):
        case("claim-%d" % label, "docs/FORMAT.md: this claim is not part of "
             "the format", "header-unknown", None, None,
             claims={label: num(1)})
    for entries, reason in ((32, "header-unknown"), (33, "limit")):
        case("map-%d" % entries, "docs/LIMITS.md: %d entries in a map, 32 are "
             "the most" % entries, reason, map=cmap(
                 *[(num(k), v) for k, v in HEADERS.items()],
                 *[(num(1000 + k), num(0)) for k in range(entries - 6)]))
    for depth, reason, field in ((8, "header-malformed", "sub"),
                                 (9, "limit", "CWT claims")):
        nested = num(0)
        for _ in range(depth - 2):
            nested = array(nested)
        case("depth-%d" % depth, "docs/LIMITS.md: the protected map is nested %d "
             "deep, 8 are the most" % depth, reason, field, claims={2: nested})
    case("unknown", "RFC 9052 3.1: crit lists what nobody understands",
         "header-critical-unknown", "crit", "header2",
         headers={2: array(num(-70001))})
    case("absent", "RFC 9052 3.1: crit lists what is not there",
         "header-critical-unknown", "crit", "header2",
         headers={2: array(num(4))})
    case("text", "RFC 9052 3.1: crit lists a text label",
         "header-critical-unknown", "crit", "header2",
         headers={2: array(tstr("alg"))})
    case("crit-empty", "RFC 9052 3.1: crit lists at least one label",
         "header-malformed", "crit", "header2", headers={2: array()})
    case("crit-number", "RFC 9052 3.1: crit is an array", "header-malformed",
         "crit", "header2", headers={2: num(1)})
    chain = HEADERS[33]
    case("x5chain", "RFC 9360 2: the end-entity certificate is not protected",
         "header-unprotected", None, "unprotected", headers={33: None},
         unprotected=cmap((num(33), chain)))
    case("x5chain-too", "docs/FORMAT.md: the unprotected bucket is empty",
         "header-unprotected", None, "unprotected",
         unprotected=cmap((num(33), chain)))
    case("alg", "docs/FORMAT.md: the unprotected bucket is empty",
         "header-unprotected", None, "unprotected",
         unprotected=cmap((num(1), num(-7))))
    case("unprotected-kid", "docs/FORMAT.md: the unprotected bucket is empty",
         "header-unknown", None, "unprotected",
         unprotected=cmap((num(4), bstr(b"x"))))
    for variant, value in (("other", tstr("application/cose")),
                           ("case", tstr(TYP.upper())),
                           ("longer", tstr(TYP + "2")), ("number", num(42))):
        case(variant, "RFC 9596: typ says that this is something else",
             "type-mismatch", "typ", "header16", headers={16: value})
    for n, what in ((-257, "RS256"), (-65535, "RS1"), (-36, "ES512"),
                    (-47, "ES256K"), (5, "HMAC"), (0, "reserved"),
                    (-53, "Ed448")):
        case("alg%d" % n, "docs/PROFILES.md: %s is not accepted" % what,
             "alg-not-allowed", "alg", "header1", headers={1: num(n)})
    for n, what in ((-37, "PS256"), (-38, "PS384"), (-39, "PS512"),
                    (-46, "HSS-LMS")):
        case("alg%d" % n, "docs/FORMAT.md: %s is accepted, not with a key for "
             "P-256" % what, "key-alg-mismatch", "alg", None,
             headers={1: num(n)})
    for n, what in ((-48, "ML-DSA-44"), (-49, "ML-DSA-65"), (-50, "ML-DSA-87")):
        case("alg%d" % n, "docs/FORMAT.md: %s is accepted, with a signature of "
             "its own length" % what, "signature-malformed", "signature", None,
             headers={1: num(n)})
    for n, what in ((-14, "SHA-1"), (-15, "SHA-256/64"), (-17, "SHA-512/256"),
                    (-18, "SHAKE128"), (0, "reserved")):
        case("hash%d" % n, "docs/PROFILES.md: %s is not accepted" % what,
             "hash-not-allowed", "payload-hash-alg", "header258",
             headers={258: num(n)})
    eight, issuer = [], R
    for n in range(8):
        issuer = make("ca", "Level %d" % n, issuer)
        eight.insert(0, issuer)
    short = make("leaf", "unit-1", eight[1], exts=SIGNER)
    case("x5chain-8", "docs/LIMITS.md: 8 certificates", leaf=short,
         pile=eight[1:])
    long = make("leaf", "unit-1", eight[0], exts=SIGNER)
    case("x5chain-9", "docs/LIMITS.md: 9 certificates, 8 are the most",
         "limit", "x5chain", None, leaf=long, pile=eight)


def sorted_map(label, value):
    """The usual headers and one more, in RFC 8949 4.2.1 order."""
    pairs = [(num(k), v) for k, v in HEADERS.items()]
    pairs.append((num(label).mark("label%d" % label), value))
    pairs.sort(key=lambda kv: kv[0].data)
    return cmap(*pairs).mark("map")


def payloads():
    d = Envelope().digest
    case("nil", "docs/FORMAT.md: the payload is inside", "cbor-malformed",
         "payload", "payload", payload_item=NIL)
    case("text", "docs/FORMAT.md: the payload is a byte string",
         "cbor-malformed", "payload", "payload", payload_item=tstr("x" * 32))
    for size in (0, 31, 33, 48):
        case("octets-%d" % size, "RFC 9995 3: SHA-256 has 32 octets, here are "
             "%d" % size, "digest-length", "payload", "+payload",
             payload=(d + d)[:size])
    for size in (0, 63, 65, 96):
        case("octets-%d" % size, "RFC 9053 2.1: ES256 has 64 octets, here are "
             "%d" % size, "signature-malformed", "signature",
             "+signature", signature=bytes([1]) * size)
    case("der", "RFC 9053 2.1: r and s side by side, no DER",
         "signature-malformed", "signature", "signature",
         signature=key("unit-1").sign(b"x"))


def judgement():
    spot = ("signature", "signature")
    case("other-key", "RFC 9052 4.4: signed by somebody else's key",
         "envelope-signature-invalid", *spot, signer=key("Evil"))
    case("zero", "SEC 1 4.1.4: r and s are zero",
         "envelope-signature-invalid", *spot, signature=bytes(64))
    case("other-context", "RFC 9052 4.4: signed as COSE_Signature",
         "envelope-signature-invalid", *spot, context="Signature")
    case("other-hash", "RFC 9053 2.1: ES256 signs with SHA-256, this is "
         "SHA-384", "envelope-signature-invalid", *spot, alg="sha384")
    r, i, ed = ladder("ed25519")
    case("ed25519-zero", "RFC 8032 5.1.7: a made-up signature",
         "envelope-signature-invalid", *spot, leaf=ed, pile=[i], roots=[r],
         signature=bytes(64))
    case("es256-says-ed25519", "RFC 9864: ES256 asks for a P-256 key, the "
         "signer's is Ed25519", "key-alg-mismatch", "alg", None, leaf=ed,
         pile=[i], roots=[r], headers={1: num(-7)})
    case("es384-says-p256", "RFC 9864: ES384 asks for a P-384 key here",
         "key-alg-mismatch", "alg", None, headers={1: num(-35)},
         signature=bytes([1]) * 96)
    artefact = {"expect": {"object": "artefact"}}
    case("one-bit", "RFC 9995 3: one bit of the artefact differs",
         "artefact-mismatch", "digest",
         artefact=bytes([ARTEFACT[0] ^ 1]) + ARTEFACT[1:], **artefact)
    case("one-octet-more", "RFC 9995 3: the artefact goes on",
         "artefact-mismatch", "digest", artefact=ARTEFACT + b"\0", **artefact)
    case("empty", "RFC 9995 3: the artefact is empty", "artefact-mismatch",
         "digest", artefact=b"", **artefact)
    case("skew-301", "docs/LIMITS.md: 301 s ahead, 300 are the most",
         "signed-in-future", "iat", claims={6: num(at(NOW) + 301)})
    case("far", "the signer's clock says the year 9999", "signed-in-future",
         "iat", claims={6: num(253402300799)})
    start = at("2025-01-01T00:00:00Z")
    case("iat-not-before", "the first second of the signer's certificate",
         claims={6: num(start)})
    case("before", "one second before the signer's certificate began",
         "signed-outside-validity", "iat", claims={6: num(start - 1)})
    case("before-1970", "RFC 8392 3.1.6: a negative time",
         "signed-outside-validity", "iat", claims={6: num(-1)})
    case("clock-ahead-of-end", "signed after the certificate's end, within "
         "the permitted skew", "signed-outside-validity", "iat",
         claims={6: num(at("2035-01-01T00:00:01Z"))},
         expect={"time": "2035-01-01T00:00:00Z"})


def signers():
    def signer(variant, why, reason, field, **leaf):
        one = make("leaf", "unit-1", I, **leaf)
        case(variant, why, reason, field, leaf=one,
             expect={"object": "certificate", "index": 0})
    signer("signer-tls-client", "docs/PROFILES.md: a TLS client's key does "
           "not sign firmware", "key-purpose", "extKeyUsage",
           exts={"eku": eku("clientAuth")})
    signer("signer-any-purpose", "docs/PROFILES.md: a stated purpose must be "
           "codeSigning", "key-purpose", "extKeyUsage",
           exts={"eku": eku("any")})
    signer("signer-key-agreement", "RFC 5280 4.2.1.3: no digitalSignature",
           "key-usage-signature", "keyUsage",
           exts={"ku": ku("keyAgreement"), "eku": eku("codeSigning")})
    signer("signer-is-ca", "RFC 5280 4.2.1.9: a CA signed the artefact",
           "ca-flag-on-leaf", "basicConstraints", exts={
               "bc": bc(), "ku": ku("digitalSignature", "keyCertSign")})
    signer("signer-expired", "RFC 5280 6.1.3 (a)(2): the signer's certificate "
           "has ended", "expired", "notAfter", valid=(
               "2025-01-01T00:00:00Z", "2026-05-15T00:00:00Z"))
    wide = make("leaf", "unit-1", I, exts={"eku": eku("clientAuth"),
                                           "ku": ku("keyAgreement")})
    case("signer-for-another-purpose", "RFC 5280 4.2.1.3: whatever the "
         "purpose, an envelope's signer has digitalSignature",
         "key-usage-signature", "keyUsage", leaf=wide, expect={
             "object": "certificate", "index": 0,
             "purpose": PURPOSE["clientAuth"]})
    client = make("leaf", "unit-1", I, exts={"eku": eku("clientAuth")})
    case("signer-for-the-purpose-asked", "docs/PROFILES.md: who asks for another "
         "purpose gets it", leaf=client, expect={
             "purpose": PURPOSE["clientAuth"]})
    mute = make("leaf", "unit-1", I, exts={"ku": None, **SIGNER})
    case("signer-without-key-usage", "RFC 5280 4.2.1.3: keyUsage is asked when "
         "it is there", leaf=mute)
    ed = make("leaf", "unit-1", I, keyed="ed25519", exts=SIGNER)
    case("envelope-policy", "the question permits ecdsa-with-SHA256 alone, "
         "the envelope is signed by Ed25519", "alg-not-allowed", "alg",
         leaf=ed, expect={"algs": "ecdsa-with-SHA256"})
    stray = [make("ca", "Stray %d" % n, R) for n in range(48)]
    for more, reason in ((47, None), (48, "limit")):
        case("pile-%d" % (more + 1), "docs/LIMITS.md: %d loose certificates, "
             "48 are the most" % (more + 1), reason, extra=stray[:more])
    where = {"object": "certificate"}
    evil_root = make("root", "Root", own=key("Evil"))
    evil = make("ca", "Factory", evil_root)
    forged = make("leaf", "unit-1", evil, own=key("Evil unit"), exts=SIGNER)
    case("forged-chain", "RFC 5280 6.1.3 (a)(1): names of the real chain, "
         "keys of another", "signature-invalid", "signatureValue",
         leaf=forged, pile=[evil], expect=dict(where, index=1))
    case("stranger", "RFC 5280 6.1.3 (a)(4): signed under a root that is not "
         "trusted", "no-issuer", "issuer", roots=[make("root", "Other Root")],
         expect=dict(where, index=1))
    case("no-anchor", "RFC 5280 6.1.1 (d): no anchors", "no-anchors", None,
         roots=[], expect={"object": None})
    device = make("leaf", "unit-2", L, exts=SIGNER)
    case("device-as-issuer", "RFC 5280 6.1.4 (k): a device made a certificate "
         "for another", "ca-flag-missing", "basicConstraints", leaf=device,
         pile=[L, I], expect=dict(where, index=1))
    case("leaf-not-first", "RFC 9360 2: the end entity comes first",
         "ca-flag-on-leaf", None, leaf=I, pile=[L],
         signer=L.key, expect=dict(where, index=0))


def sized():
    """A path of eight large certificates: an envelope at its limit."""
    def build(total):
        issuer, pile = R, []
        for n in range(7):
            issuer = make("ca", "Level %d" % n, issuer, exts={
                "x": ext("1.2.3.4.5", bytes(32320))})
            pile.insert(0, issuer)
        def envelope(size, serial=1):
            leaf = make("leaf", "unit-1", issuer, serial=serial, exts=dict(
                SIGNER, x=ext("1.2.3.4.5", bytes(size))))
            return Envelope(leaf=leaf, pile=pile)
        size = 32000 + total - len(envelope(32000).der)
        # The length of an ECDSA signature varies: try again.
        for serial in range(1, 100):
            found = envelope(size, serial)
            if len(found.der) == total:
                return found
        raise SystemExit("no envelope of %d octets" % total)
    case("octets-262144", "docs/LIMITS.md: octets of an envelope",
         envelope=build(262144), expect={"flips": 16411})
    case("octets-262145", "docs/LIMITS.md: one octet more than an envelope "
         "may have", "input-too-big", envelope=build(262145))


def run():
    usual = Envelope()
    HEADERS.update({1: num(-7), 16: tstr(TYP), 258: num(-16),
                    33: array(bstr(L.der), bstr(I.der)),
                    259: tstr("application/octet-stream")})
    s, e = usual.map.span("header15")
    HEADERS[15] = B(usual.map.data[s:e])
    order = sorted(HEADERS)
    ordered = {k: HEADERS[k] for k in order}
    HEADERS.clear()
    HEADERS.update(ordered)
    good()
    form()
    tags()
    headers()
    payloads()
    judgement()
    signers()
    sized()
