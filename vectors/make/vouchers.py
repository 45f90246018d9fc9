# SPDX-License-Identifier: GPL-3.0-or-later
"""Kind voucher: voucher requests and vouchers of BRSKI (docs/FORMAT.md).

Signatures are made over whatever bytes the case asks for, so that a refusal
has nothing but the case's own fault to stand on.
"""
import hashlib

import corpus
from cbor import NIL, array, bstr, cmap, num, tag, tstr
from der import B, cat, name, octets, seq, tlv
from envelopes import ALG, ARTEFACT, Envelope, at, pairs_of
from envelopes import case as sign1_case
from keys import key
from x509 import NOW, PURPOSE, aki, bc, eku, ext, ku, make

TYP = "application/voucher+cose"
REQUEST, VOUCHER = 2501, 2451
NONCE = bytes(range(0x31, 0x39))
SERIAL = "unit-0042"

R = make("root", "Root")
I = make("ca", "Factory", R)


def device(label=SERIAL, issuer=I, serial=SERIAL, **more):
    subject = [("CN", label)] + ([("serialNumber", serial)] if serial else [])
    return make("leaf", label, issuer, subject=name(*subject), **more)


L = device()
REGISTRAR = make("leaf", "Registrar", make("root", "Domain"))
MASA = make("leaf", "MASA", I)


def issuer_of(cert_key_id):
    """extnValue of authorityKeyIdentifier: an OCTET STRING."""
    return bstr(octets(seq(tlv(0x80, cert_key_id))))


def usual(kind):
    if kind == REQUEST:
        return {1: num(2), 5: issuer_of(I.key_id), 7: bstr(NONCE),
                12: bstr(REGISTRAR.key.spki), 13: tstr(SERIAL)}
    return {1: num(2), 2: tstr("2026-05-01T00:00:00Z"), 3: B(b"\xf4"),
            5: issuer_of(I.key_id), 7: bstr(NONCE), 8: bstr(REGISTRAR.der),
            11: tstr(SERIAL)}


class Voucher:
    """Of parts; every keyword replaces one of them. None leaves a key out."""

    def __init__(self, kind=REQUEST, leaf=None, pile=(I,), inside=True,
                 **part):
        self.leaf = leaf or (L if kind == REQUEST else MASA)
        self.part = part
        fields = {**usual(kind), **part.get("fields", {})}
        listed = part.get("listed") or pairs_of(fields, "field")
        inner = part.get("inner", cmap(*listed).mark("fields"))
        self.payload = part.get("payload", cmap(
            (part.get("sid", num(kind)).mark("sid"), inner)).mark("data"))
        certs = [bstr(c.der) for c in (self.leaf, *pile)]
        chain = certs[0] if len(certs) == 1 else array(*certs)
        headers = {1: num(ALG[self.leaf.key.kind]), 16: tstr(TYP),
                   33: chain if inside else None}
        headers.update(part.get("headers", {}))
        self.map = part.get("map", cmap(*pairs_of(headers, "header")).mark(
            "map"))
        body = array(bstr(self.map).mark("protected"),
                     part.get("unprotected", cmap()).mark("unprotected"),
                     part.get("payload_item", bstr(self.payload)).mark(
                         "payload"),
                     bstr(self.signature()).mark("signature"))
        self.der = cat(part.get("tagged", lambda b: tag(18, b))(body),
                       part.get("trail", B()))

    def signature(self):
        if "made" in self.part:
            return self.part["made"]
        signed = array(tstr("Signature1"), bstr(self.map.data), bstr(b""),
                       bstr(self.payload.data))
        signer = self.part.get("signer", self.leaf.key)
        return signer.sign_raw(signed.data, None)


def case(variant, why, reason=None, field=None, at_mark=None, *, voucher=None,
         given=None, registrar=None, asked=None, roots=(R,), crls=(),
         expect=None, extra=(), **part):
    v = voucher or Voucher(**part)
    files = {"voucher.cose": v.der}
    for name_, c in (("signer", given), ("registrar", registrar)):
        if c is not None:
            files[name_ + ".der"] = c.der
    if asked is not None:
        files["request.cose"] = asked.der
    files.update(corpus.numbered("i", extra))
    corpus.signed("voucher", variant, why, files, v.der, reason, field,
                  at_mark, roots, expect)


def path(variant, why, reason=None, field=None, at_mark=None, **more):
    expect = dict({"profile": "path"}, **more.pop("expect", {}))
    case("path-" + variant, why, reason, field, at_mark, expect=expect, **more)


def one(variant, number, value, why, reason=None, field=None, mark=None,
        **more):
    """A request with one field replaced."""
    case(variant, why, reason, field,
         mark or ("field%d" % number if reason and value is not None else
                  None), fields={number: value}, **more)


def good():
    case("request", "RFC 8995 5.2: serial-number, nonce, the registrar's key, "
         "certificates inside", expect={"flips": 1})
    case("request-given", "draft-ietf-anima-constrained-voucher-29 9.2.2: no "
         "certificates inside; the connection showed them", inside=False,
         given=L, extra=[I], registrar=REGISTRAR)
    case("request-both", "RFC 8995 5.3: the certificate inside is the one that "
         "the connection showed", given=L)
    for keyed in ("p384", "ed25519"):
        r = make("root", "Root", keyed=keyed)
        i = make("ca", "Factory", r, keyed=keyed)
        case("request-" + keyed, "the same in " + keyed, leaf=device(
            issuer=i, keyed=keyed), pile=[i], roots=[r],
            fields={5: issuer_of(i.key_id)})
    case("by-cert", "RFC 8995 5.2: proximity-registrar-cert", registrar=
         REGISTRAR, fields={12: None, 10: bstr(REGISTRAR.der)})
    spki = hashlib.sha256(REGISTRAR.key.spki.data).digest()
    case("by-hash", "draft-ietf-anima-rfc8366bis 9.2: "
         "proximity-registrar-pubk-sha256", registrar=REGISTRAR,
         fields={12: None, 11: bstr(spki)})
    case("no-assertion", "RFC 8995 5.2: without assertion and registrar",
         fields={1: None, 12: None})
    case("registrar-alone", "docs/FORMAT.md: a registrar is named, nothing is "
         "asserted", fields={1: None})
    one("no-issuer", 5, None, "draft-ietf-anima-constrained-voucher-29 8.4: "
        "the device need not say its issuer")
    case("created-alone", "docs/FORMAT.md: no nonce, but a time", fields={
        7: None, 2: tstr("2026-05-01T00:00:00Z")})
    for variant, text in (("fraction", "2026-05-01T00:00:00.754Z"),
                          ("offset-east", "2026-06-01T23:59:59+23:59"),
                          ("offset-west", "2026-05-01T00:00:00.1-08:30")):
        one(variant, 2, tstr(text), "RFC 9911 4: date-and-time with fraction "
            "or offset")
    one("created-skew-300", 2, tstr("2026-06-01T00:05:00Z"), "docs/LIMITS.md: "
        "a clock 300 s ahead")
    for size in (8, 32):
        one("nonce-%d" % size, 7, bstr(bytes(size)), "draft-ietf-anima-"
            "rfc8366bis 8.3: length 8..32")
    case("nonce-wanted", "the nonce that was told to the device",
         expect={"nonce": NONCE.hex()})
    text = "x" * 255
    case("serial-255", "docs/LIMITS.md: octets of a text",
         leaf=device(serial=text), fields={13: tstr(text)})
    case("client-purpose", "RFC 8995 2.3: an IDevID may have a purpose",
         leaf=device(exts={"eku": eku("clientAuth")}),
         expect={"purpose": PURPOSE["clientAuth"]})
    case("no-key-usage", "RFC 8995 2.3: an IDevID needs no keyUsage",
         leaf=device(exts={"ku": None}))


def malformed():
    m = "voucher-malformed"
    case("array", "RFC 9254 4.2: the data is a map", m, "voucher", "data",
         payload=array(num(REQUEST)).mark("data"))
    case("two-containers", "docs/FORMAT.md: one container", m, "voucher",
         "data", payload=cmap((num(VOUCHER), cmap()), (num(REQUEST), cmap(
             *pairs_of(usual(REQUEST), "field")))).mark("data"))
    case("no-container", "docs/FORMAT.md: one container", m, "voucher", "data",
         payload=cmap().mark("data"))
    case("another-sid", "docs/FORMAT.md: the SID of another container", m,
         "voucher", "sid", sid=num(2500))
    case("container-name", "docs/FORMAT.md: names instead of SIDs", m,
         "voucher", "sid", sid=tstr("ietf-voucher-request:voucher"))
    path("created-at-the-end", "RFC 9911 4: a date that is cut, with nothing "
         "behind it but an empty signature", m, "created-on", "field2",
         listed=[(num(2), tstr("2026").mark("field2"))],
         headers={1: num(-37)}, made=b"")
    case("fields-array", "RFC 9254 4.2: a container is a map", m, "voucher",
         "fields", inner=array(num(1)).mark("fields"))
    case("field-name", "docs/FORMAT.md: names instead of SIDs", m, "voucher",
         "bad", listed=pairs_of(usual(REQUEST), "field") +
         [(tstr("nonce").mark("bad"), bstr(NONCE))])
    for variant, number, value, why in (
            ("assertion-text", 1, tstr("proximity"), "RFC 9254 6.6: an "
             "enumeration is its value"),
            ("assertion-4", 1, num(4), "draft-ietf-anima-rfc8366bis 8.3: "
             "values are 0 to 3"),
            ("assertion-negative", 1, num(-1), "draft-ietf-anima-rfc8366bis "
             "8.3: values are 0 to 3"),
            ("created-number", 2, num(1777593600), "RFC 9254 6.2: "
             "date-and-time is a text"),
            ("created-short", 2, tstr("2026-05-01T00:00:00"), "RFC 9911 4: no "
             "offset"),
            ("created-day", 2, tstr("2026-02-30T00:00:00Z"), "RFC 9911 4: "
             "there is no such day"),
            ("created-fraction", 2, tstr("2026-05-01T00:00:00.Z"), "RFC 9911 "
             "4: a fraction without digits"),
            ("created-offset", 2, tstr("2026-05-01T00:00:00+0100"), "RFC 9911 "
             "4: an offset has a colon"),
            ("created-offset-24", 2, tstr("2026-05-01T00:00:00+24:00"),
             "RFC 9911 4: hours of an offset are 0 to 23"),
            ("created-offset-minutes", 2, tstr("2026-05-01T00:00:00+00:60"),
             "RFC 9911 4: minutes are 0 to 59"),
            ("created-offset-long", 2, tstr("2026-05-01T00:00:00+01:000"),
             "RFC 9911 4: minutes have two digits"),
            ("created-offset-colon", 2, tstr("2026-05-01T00:00:00+01-00"),
             "RFC 9911 4: an offset has a colon"),
            ("created-offset-slash", 2, tstr("2026-05-01T00:00:00+1/:00"),
             "RFC 9911 4: hours are digits; a slash comes before them"),
            ("created-offset-minute", 2, tstr("2026-05-01T00:00:00+00:0:"),
             "RFC 9911 4: minutes are digits; a colon comes behind them"),
            ("created-z", 2, tstr("2026-05-01T00:00:00z"), "RFC 9911 4: Z is "
             "a capital"),
            ("created-after-9999", 2, tstr("9999-12-31T23:59:59-00:01"),
             "docs/FORMAT.md: years 0 to 9999"),
            ("created-offset-sign", 2, tstr("2026-05-01T00:00:00 01:00"),
             "RFC 9911 4: an offset has a sign"),
            ("created-after", 2, tstr("2026-05-01T00:00:00ZZ"), "RFC 9911 4: "
             "nothing follows"),
            ("created-before-0", 2, tstr("0000-01-01T00:00:00+00:01"),
             "docs/FORMAT.md: years 0 to 9999"),
            ("issuer-text", 5, tstr("x"), "docs/FORMAT.md: octets"),
            ("issuer-empty", 5, bstr(b""), "docs/FORMAT.md: not empty"),
            ("nonce-text", 7, tstr("12345678"), "docs/FORMAT.md: octets"),
            ("nonce-7", 7, bstr(bytes(7)), "draft-ietf-anima-rfc8366bis 8.3: "
             "length 8..32"),
            ("nonce-33", 7, bstr(bytes(33)), "draft-ietf-anima-rfc8366bis "
             "8.3: length 8..32"),
            ("cert-null", 10, NIL, "docs/FORMAT.md: octets"),
            ("cert-empty", 10, bstr(b""), "docs/FORMAT.md: not empty"),
            ("hash-31", 11, bstr(bytes(31)), "docs/FORMAT.md: SHA-256"),
            ("hash-33", 11, bstr(bytes(33)), "docs/FORMAT.md: SHA-256"),
            ("key-empty", 12, bstr(b""), "docs/FORMAT.md: not empty"),
            ("serial-bytes", 13, bstr(SERIAL.encode()), "docs/FORMAT.md: a "
             "text"),
            ("serial-empty", 13, tstr(""), "docs/FORMAT.md: not empty"),
            ("serial-control", 13, tstr("unit\n"), "docs/FORMAT.md: no control "
             "characters")):
        fields = {1: "assertion", 2: "created-on", 5: "idevid-issuer",
                  7: "nonce", 10: "proximity-registrar-cert",
                  11: "proximity-registrar-pubk-sha256",
                  12: "proximity-registrar-pubk", 13: "serial-number"}
        one(variant, number, value, why, m, fields[number])
    one("serial-256", 13, tstr("x" * 256), "docs/LIMITS.md: one octet more",
        "limit", "serial-number")
    one("no-serial", 13, None, "draft-ietf-anima-rfc8366bis 8.3: mandatory",
        "voucher-field-missing", "serial-number", "fields")
    for number, value in ((0, num(1)), (23, num(1)), (-1, num(1)),
                          (1000, num(1))):
        case("field-%d" % number, "docs/FORMAT.md: no field of a request",
             "voucher-field-unknown", "voucher",
             "key%d" % number, fields={number: value})
    for number, what in ((3, "domain-cert-revocation-checks"),
                         (4, "expires-on"), (6, "last-renewal-date"),
                         (8, "pinned-domain-cert"),
                         (9, "prior-signed-voucher-request"),
                         (14, "agent-provided-proximity-registrar-cert"),
                         (15, "agent-sign-cert"), (16, "agent-signed-data"),
                         (17, "pinned-domain-pubk"),
                         (18, "pinned-domain-pubk-sha256"),
                         (19, "additional-configuration-url"),
                         (20, "est-domain"), (21, "extensions"),
                         (22, "manufacturer-private")):
        case("request-" + what, "docs/FORMAT.md: no field of a device's "
             "request", "voucher-field-misplaced", "voucher",
             "key%d" % number, fields={number: bstr(b"x")})
    case("trailing", "docs/FORMAT.md: nothing follows the map",
         "cbor-trailing", "voucher", "bad",
         payload=cat(cmap((num(REQUEST), cmap(*pairs_of(
             usual(REQUEST), "field")))), B(b"\0").mark("bad")))
    case("empty-payload", "RFC 9254 4.2: the data is a map", "cbor-truncated",
         "voucher", None, payload=B(b""))
    case("fields-unsorted", "RFC 8949 4.2.1: keys in ascending order",
         "cbor-not-deterministic", "voucher", None,
         listed=pairs_of(usual(REQUEST), "field")[::-1])
    case("fields-twice", "RFC 8949 5.6: each key once", "header-duplicate",
         "voucher", None, listed=pairs_of(usual(REQUEST), "field")[:3] +
         [(num(7), bstr(NONCE))] + pairs_of(usual(REQUEST), "field")[3:])


def envelopes():
    case("cut", "RFC 8949 3: the last octet is missing", "cbor-truncated",
         voucher=type("Cut", (), {"der": B(Voucher().der.data[:-1])}))
    case("nothing", "no bytes at all", "input-empty", "envelope",
         voucher=type("Nothing", (), {"der": B()}))
    case("too-big", "docs/LIMITS.md: larger than an envelope",
         "input-too-big", "envelope", fields={12: bstr(bytes(262144))})
    case("after", "docs/FORMAT.md: nothing follows", "cbor-trailing",
         "envelope", "bad", trail=B(b"\0").mark("bad"))
    case("untagged", "docs/FORMAT.md: tag 18", "envelope-tag", "envelope",
         None, tagged=lambda b: b)
    case("no-typ", "docs/FORMAT.md: typ says what this is", "header-missing",
         "typ", "map", headers={16: None})
    case("typ-artefact", "RFC 9596: this is a signed artefact",
         "type-mismatch", "typ", "header16",
         headers={16: tstr("application/vnd.devsign.artefact+cose")})
    case("typ-836", "docs/FORMAT.md: strict reads the text alone",
         "type-mismatch", "typ", "header16", headers={16: num(836)})
    for label, field, value in (
            (3, "content type", tstr("application/cbor")),
            (15, "CWT claims", cmap((num(6), num(1777593600)))),
            (258, "payload-hash-alg", num(-16)),
            (259, "preimage content type", tstr("application/cbor"))):
        case("header-%d" % label, "docs/FORMAT.md: a header that speaks of an "
             "artefact", "type-mismatch", "protected header",
             "label%d" % label, headers={label: value})
    case("kid", "docs/FORMAT.md: nothing stands in the open", "header-unknown",
         "unprotected header", "kid",
         unprotected=cmap((num(4).mark("kid"), bstr(b"\1"))))
    for label in (7, 9, 11, 12):
        case("header-%d" % label, "docs/FORMAT.md: nobody countersigns a "
             "request", "header-unknown", "protected header",
             "label%d" % label, headers={label: bstr(b"x")})
        path("header-%d" % label, "docs/FORMAT.md: nobody countersigns a "
             "request", "header-unknown", "protected header",
             "label%d" % label, headers={label: bstr(b"x")})
        path("open-%d" % label, "docs/FORMAT.md: nobody countersigns a "
             "request", "countersignature-unsupported", None, "open",
             unprotected=cmap((num(label).mark("open"), bstr(b"x"))))
    case("payload-null", "docs/FORMAT.md: the data is inside",
         "cbor-malformed", "payload", "payload", payload_item=NIL)
    # An artefact is no voucher, a voucher no artefact.
    e = Envelope(leaf=L, pile=(I,))
    case("artefact", "docs/FORMAT.md: a signed artefact is no voucher request",
         "type-mismatch", "protected header", None, voucher=e)
    v = Voucher()
    sign1_case("voucher-request", "docs/FORMAT.md: a voucher request is no "
               "signed artefact", "type-mismatch", "typ", "header16",
               envelope=v)
    for variant, payload in (("path-voucher-request", Voucher().payload),
                             ("path-voucher", Voucher(VOUCHER).payload),
                             ("path-voucher-names", cmap((tstr(
                                 "ietf-voucher-request:voucher"), cmap())))):
        bare = Voucher(headers={16: None}, payload=payload)
        sign1_case(variant, "docs/FORMAT.md: a voucher or a request for one "
                   "without typ is no signed artefact", "type-mismatch",
                   "payload", "+payload", envelope=bare,
                   artefact=payload.data,
                   expect={"profile": "path"})
        sign1_case(variant + "-detached", "docs/FORMAT.md: the same, as a file "
                   "beside", "type-mismatch", "payload", None,
                   envelope=Voucher(headers={16: None}, payload=payload,
                                    payload_item=NIL),
                   artefact=payload.data, expect={"profile": "path"})
    sign1_case("path-voucher-file", "docs/FORMAT.md: who signs a voucher as a "
               "file says so by typ", expect={"profile": "path"},
               envelope=Envelope(headers={
                   3: tstr("application/cbor"), 258: None, 259: None},
                   payload=Voucher().payload.data),
               artefact=Voucher().payload.data)


def judged():
    case("stranger", "RFC 5280 6.1.3 (a)(4): signed under a root that is not "
         "trusted", "no-issuer", "issuer", roots=[make("root", "Other Root")],
         expect={"object": "certificate", "index": 1})
    case("expired", "RFC 5280 6.1.3 (a)(2): the device's certificate has "
         "ended", "expired", "notAfter", leaf=device(valid=(
             "2025-01-01T00:00:00Z", "2026-05-15T00:00:00Z")),
         expect={"object": "certificate", "index": 0})
    case("key-agreement", "RFC 5280 4.2.1.3: no digitalSignature",
         "key-usage-signature", "keyUsage", leaf=device(exts={
             "ku": ku("keyAgreement")}),
         expect={"object": "certificate", "index": 0})
    case("purpose", "the caller asks for a purpose, which the certificate does "
         "not have", "key-purpose", "extKeyUsage", leaf=device(exts={
             "eku": eku("codeSigning")}),
         expect={"object": "certificate", "index": 0,
                 "purpose": PURPOSE["clientAuth"]})
    case("policy-alg", "the question permits ecdsa-with-SHA384 alone",
         "alg-not-allowed", None, None, expect={
             "algs": "ecdsa-with-SHA384", "object": None})
    case("other-key", "RFC 9052 4.4: signed by somebody else's key",
         "envelope-signature-invalid", "signature", "signature",
         signer=key("Evil"))
    case("no-certificate", "RFC 8995 5.3: no certificate inside, none given",
         "voucher-certificate-missing", "x5chain", inside=False)
    other = device("other", serial=SERIAL)
    case("another-connection", "RFC 8995 5.3: the request of one device over "
         "the connection of another", "voucher-certificate-mismatch",
         "x5chain", None, given=other)
    case("another-serial", "RFC 8995 2.3.1: another device's serial-number",
         "voucher-serial-mismatch", "serial-number", "+field13",
         fields={13: tstr("unit-0043")})
    case("serial-longer", "RFC 8995 2.3.1: more than the serial-number",
         "voucher-serial-mismatch", "serial-number", "+field13",
         fields={13: tstr(SERIAL + "0")})
    case("no-serial-number", "RFC 8995 2.3.1: the certificate's subject has no "
         "serialNumber", "voucher-serial-mismatch", "serial-number", None,
         leaf=device(serial=None))
    i = "voucher-issuer-mismatch"
    one("another-issuer", 5, issuer_of(bytes(20)), "draft-ietf-anima-"
        "rfc8366bis 6.3: another key identifier", i, "idevid-issuer",
        "+field5")
    one("issuer-bare", 5, bstr(seq(tlv(0x80, I.key_id))), "draft-ietf-anima-"
        "rfc8366bis 6.3: the value without its OCTET STRING", i,
        "idevid-issuer", "+field5")
    one("issuer-longer", 5, bstr(cat(octets(seq(tlv(0x80, I.key_id))),
                                     B(b"\0"))), "draft-ietf-anima-"
        "rfc8366bis 6.3: an octet too many", i, "idevid-issuer", "+field5")
    direct = device(issuer=R, exts={"aki": None})
    case("no-key-identifier", "draft-ietf-anima-rfc8366bis 6.3: the certificate "
         "has no authorityKeyIdentifier", i, "idevid-issuer", "+field5",
         leaf=direct, pile=[], expect={"profile": "path"})
    case("no-key-identifier-empty", "draft-ietf-anima-rfc8366bis 6.3: nothing "
         "is not what a certificate without authorityKeyIdentifier has", i,
         "idevid-issuer", "+field5", leaf=direct, pile=[],
         fields={5: bstr(octets(b""))}, expect={"profile": "path"})
    a = "voucher-assertion"
    for number, what in ((0, "verified"), (1, "logged"),
                         (3, "agent-proximity")):
        case("assertion-" + what, "RFC 8995 5.2: a device asserts proximity",
             a, "assertion", None, fields={1: num(number)})
    case("assertion-before-nonce", "docs/VERDICTS.md: the first fault is told, "
         "the assertion before the nonce", a, "assertion", None,
         fields={1: num(0), 7: None})
    case("proximity-to-nobody", "RFC 8995 5.2: the registrar MUST be named",
         a, "assertion", None, fields={12: None})
    for number, value in ((10, bstr(REGISTRAR.der)), (11, bstr(bytes(32)))):
        case("two-registrars-%d" % number, "docs/FORMAT.md: one registrar", a,
             "assertion", None, fields={number: value})
    case("two-registrars-unasserted", "docs/FORMAT.md: one registrar", a,
         "assertion", None, fields={1: None, 10: bstr(REGISTRAR.der)})
    one("no-nonce", 7, None, "docs/FORMAT.md: neither nonce nor time",
        "voucher-not-fresh", "nonce")
    case("created-skew-301", "docs/LIMITS.md: 301 s ahead, 300 are the most",
         "signed-in-future", "created-on", None,
         fields={2: tstr("2026-06-01T00:05:01Z")})
    case("created-early", "one second before the certificate began",
         "signed-outside-validity", "created-on", None,
         fields={2: tstr("2024-12-31T23:59:59Z")})
    case("created-late", "after the certificate's end, within the permitted "
         "skew", "signed-outside-validity", "created-on", None,
         fields={2: tstr("2035-01-01T00:00:01Z")},
         expect={"time": "2035-01-01T00:00:00Z"})
    for variant, nonce in (("another", bytes(8)), ("longer", NONCE + b"\0")):
        case("nonce-" + variant, "draft-ietf-anima-rfc8366bis 8.3: not the "
             "nonce that was expected", "voucher-nonce-mismatch", "nonce",
             "+field7", expect={"nonce": nonce.hex()})
    case("nonce-none", "draft-ietf-anima-rfc8366bis 8.3: a nonce was expected",
         "voucher-nonce-mismatch", "nonce", None,
         fields={7: None, 2: tstr("2026-05-01T00:00:00Z")},
         expect={"nonce": NONCE.hex()})
    g = "voucher-registrar-mismatch"
    evil = make("leaf", "Evil", make("root", "Domain"))
    case("registrar-key", "RFC 8995 5.5: the key of another registrar", g,
         "proximity-registrar-pubk", "+field12", registrar=evil)
    again = make("leaf", "Registrar", make("root", "Domain"), serial=77)
    case("registrar-cert", "RFC 8995 5.5: another certificate of the same key",
         g, "proximity-registrar-cert", "+field10", registrar=again,
         fields={12: None, 10: bstr(REGISTRAR.der)})
    case("registrar-hash", "RFC 8995 5.5: the key of another registrar", g,
         "proximity-registrar-pubk-sha256", "+field11", registrar=evil,
         fields={12: None, 11: bstr(hashlib.sha256(
             REGISTRAR.key.spki.data).digest())})
    case("registrar-none", "RFC 8995 5.5: no registrar is named", g,
         "proximity-registrar-cert", None, registrar=REGISTRAR,
         fields={1: None, 12: None})
    case("registrar-broken", "RFC 8995 5.5: what was given is no certificate",
         g, "proximity-registrar-pubk", "+field12", registrar=type(
             "Broken", (), {"der": B(b"\x30\0")}))
    case("voucher-alone", "docs/FORMAT.md: a voucher, and no request to it",
         "voucher-kind", "voucher", "+payload", kind=VOUCHER)


def paths():
    path("draft", "draft-ietf-anima-constrained-voucher-29 9.2: the one "
         "header is alg", headers={16: None}, inside=False, given=L,
         extra=[I], expect={"flips": 1})
    path("typ-836", "RFC 9596 2: typ as the number of its content format",
         headers={16: num(836)})
    path("typ-837", "RFC 9596 2: the number of something else",
         "type-mismatch", "typ", "header16", headers={16: num(837)})
    path("typ-artefact", "RFC 9596: this is a signed artefact",
         "type-mismatch", "typ", "header16",
         headers={16: tstr("application/vnd.devsign.artefact+cose")})
    v = Voucher(unprotected=cmap((num(4), bstr(b"\1"))))
    first, end = v.der.span("unprotected")
    path("kid", "draft-ietf-anima-constrained-voucher-29 9.2.2: kid may stand "
         "in the open", voucher=v,
         expect={"unbelieved": "%d-%d" % (first, end - 1)})
    v = Voucher(inside=False, unprotected=cmap((num(32), bstr(L.der))))
    first, end = v.der.span("unprotected")
    path("bag", "draft-ietf-anima-constrained-voucher-29 9.2.3: a bag in the "
         "open, which is not believed", voucher=v, given=L, extra=[I],
         expect={"unbelieved": "%d-%d" % (first, end - 1)})
    path("bag-alone", "docs/FORMAT.md: a bag does not say who signed",
         "voucher-certificate-missing", "x5chain", None, voucher=v)
    path("header-15", "docs/FORMAT.md: a header that speaks of an artefact",
         "type-mismatch", "protected header", "label15",
         headers={15: cmap((num(6), num(1777593600)))})
    path("untagged", "RFC 9052 2: the tag can be left out",
         tagged=lambda b: b)
    path("payload-null", "docs/FORMAT.md: the data is inside",
         "cbor-malformed", "payload", None, payload_item=NIL)
    path("unsorted", "RFC 8949 4.2.1: keys in any order",
         listed=pairs_of(usual(REQUEST), "field")[::-1])
    twice = pairs_of(usual(REQUEST), "field")
    path("twice", "RFC 8949 5.6: each key once", "header-duplicate", "voucher",
         "bad", listed=twice + [(num(7, 1).mark("bad"), bstr(bytes(8)))])
    path("twice-unknown", "RFC 8949 5.6: each key once, known or not",
         "header-duplicate", "voucher", "bad",
         listed=twice + [(num(99), num(1)), (num(99).mark("bad"), num(2))])
    path("unknown", "docs/FORMAT.md: unknown fields are passed over",
         fields={99: array(num(1), cmap((num(1), num(2))))})
    for number in (3, 6, 19, 20, 22):
        path("passed-%d" % number, "draft-ietf-anima-rfc8366bis 9.2: not valid "
             "in a request, any occurrence is ignored", fields={
                 number: tstr("x")})
    for number in (4, 8, 9, 14, 15, 16, 17, 18, 21):
        path("misplaced-%d" % number, "docs/FORMAT.md: a field of a voucher, "
             "of a registrar's request, or with a meaning of its own",
             "voucher-field-misplaced", "voucher", "key%d" % number,
             fields={number: bstr(b"x")})
    path("name", "docs/FORMAT.md: a name may say a thing twice",
         "voucher-malformed", "voucher", "bad",
         listed=twice + [(tstr("nonce").mark("bad"), bstr(bytes(8)))])
    path("container-name", "docs/FORMAT.md: names instead of SIDs",
         "voucher-malformed", "voucher", "sid",
         sid=tstr("ietf-voucher-request:voucher"))


def vouchers():
    """What the MASA answers, beside the request."""
    asked = Voucher()

    def answer(variant, why, reason=None, field=None, mark=None, **more):
        request = more.pop("asked", asked)
        case("answer" + ("-" + variant if variant else ""), why, reason, field,
             mark, kind=VOUCHER, asked=request, **more)

    answer("", "RFC 8995 5.6: serial-number, nonce and the pinned certificate",
           expect={"flips": 1})
    answer("given", "draft-ietf-anima-constrained-voucher-29 9.2.3: the device "
           "knows the MASA's certificate", inside=False, given=MASA,
           extra=[I])
    answer("nonceless", "draft-ietf-anima-rfc8366bis 8.3: an end instead of a "
           "nonce", fields={7: None, 4: tstr("2026-07-01T00:00:00Z")},
           expect={"good_until": "2026-06-30T23:59:59Z"})
    answer("last-second", "draft-ietf-anima-rfc8366bis 8.3: its last second",
           fields={4: tstr("2026-06-01T00:00:01Z")},
           expect={"good_until": NOW})
    answer("ends-later", "docs/FORMAT.md: the MASA's certificate ends before "
           "the voucher", fields={4: tstr("2040-01-01T00:00:00Z")})
    for number, what in ((9, bstr(REGISTRAR.key.spki)),
                         (10, bstr(hashlib.sha256(
                             REGISTRAR.key.spki.data).digest()))):
        answer("pin-%d" % number, "draft-ietf-anima-rfc8366bis 8.3: a key is "
               "pinned", fields={8: None, number: what})
    answer("renewal", "draft-ietf-anima-rfc8366bis 8.3: merely informative",
           fields={6: tstr("2027-01-01T00:00:00Z"),
                   4: tstr("2026-07-01T00:00:00Z")},
           expect={"good_until": "2026-06-30T23:59:59Z"})
    quiet = Voucher(fields={5: None})
    answer("issuer-of-certificate", "draft-ietf-anima-rfc8366bis 8.3: the "
           "request does not say its issuer, its certificate does",
           asked=quiet)
    answer("no-issuer", "draft-ietf-anima-rfc8366bis 8.3: optional in a "
           "voucher", fields={5: None})
    for number, what in ((0, "verified"), (1, "logged"),
                         (3, "agent-proximity")):
        answer(what, "draft-ietf-anima-rfc8366bis 8.3: the manufacturer's to "
               "say", fields={1: num(number)})
    answer("kind", "docs/FORMAT.md: a request in the place of a voucher",
           "voucher-kind", "voucher", "+payload", voucher=asked)
    answer("kind-of-request", "docs/FORMAT.md: a voucher in the place of the "
           "request", "voucher-kind", "voucher", "+payload",
           asked=Voucher(VOUCHER))
    answer("serial", "draft-ietf-anima-rfc8366bis 8.3: a voucher for another "
           "device", "voucher-serial-mismatch", "serial-number", "+field11",
           fields={11: tstr("unit-0043")})
    answer("nonce", "draft-ietf-anima-rfc8366bis 8.3: the nonce of another "
           "request", "voucher-nonce-mismatch", "nonce", "+field7",
           fields={7: bstr(bytes(8))})
    dated = Voucher(fields={7: None, 2: tstr("2026-05-01T00:00:00Z")})
    answer("nonce-unasked", "draft-ietf-anima-rfc8366bis 8.3: the request had "
           "no nonce", "voucher-nonce-mismatch", "nonce", "+field7",
           asked=dated)
    answer("nonce-demanded", "the caller wants a nonce, the voucher has none",
           "voucher-nonce-mismatch", "nonce", None,
           fields={7: None, 4: tstr("2026-07-01T00:00:00Z")},
           expect={"nonce": NONCE.hex()})
    answer("no-end", "draft-ietf-anima-rfc8366bis 8.3: neither nonce nor end",
           "voucher-not-fresh", "expires-on", None, fields={7: None})
    answer("expired", "draft-ietf-anima-rfc8366bis 8.3: its end is now",
           "voucher-expired", "expires-on", None, fields={4: tstr(NOW)})
    answer("issuer", "draft-ietf-anima-rfc8366bis 8.3: a device of another CA",
           "voucher-issuer-mismatch", "idevid-issuer", "+field5",
           fields={5: issuer_of(bytes(20))})
    asked_of_another = Voucher(fields={5: issuer_of(bytes(20))})
    answer("issuer-of-request", "draft-ietf-anima-rfc8366bis 8.3: what the "
           "request says of its issuer counts, not what its certificate does",
           "voucher-issuer-mismatch", "idevid-issuer", "+field5",
           asked=asked_of_another)
    answer("issuer-of-another-certificate", "draft-ietf-anima-rfc8366bis 8.3: "
           "the request does not say its issuer, its certificate another",
           "voucher-issuer-mismatch", "idevid-issuer", "+field5",
           asked=quiet, fields={5: issuer_of(bytes(20))})
    bare = Voucher(fields={5: None}, inside=False)
    answer("issuer-unknown", "docs/FORMAT.md: nothing says the device's issuer",
           "voucher-issuer-mismatch", "idevid-issuer", "+field5", asked=bare)
    answer("created-future", "docs/LIMITS.md: 301 s ahead, 300 are the most",
           "signed-in-future", "created-on", None,
           fields={2: tstr("2026-06-01T00:05:01Z")})
    answer("no-pin", "draft-ietf-anima-rfc8366bis 8.3: no owner is named",
           "voucher-pin", "pinned-domain-cert", None, fields={8: None})
    answer("two-pins", "draft-ietf-anima-rfc8366bis 8.3: two owners are named",
           "voucher-pin", "pinned-domain-cert", None,
           fields={9: bstr(REGISTRAR.key.spki)})
    answer("expired-no-pin", "docs/VERDICTS.md: the first fault is told, its "
           "end before its owner", "voucher-expired", "expires-on", None,
           fields={4: tstr(NOW), 8: None})
    answer("other-key", "RFC 9052 4.4: signed by somebody else's key",
           "envelope-signature-invalid", "signature", "signature",
           signer=key("Evil"))
    answer("stranger", "RFC 5280 6.1.3 (a)(4): a MASA under a root that is not "
           "trusted", "no-issuer", "issuer", None,
           roots=[make("root", "Other Root")],
           expect={"object": "certificate", "index": 1})
    answer("key-agreement", "RFC 5280 4.2.1.3: the service has no "
           "digitalSignature", "key-usage-signature", "keyUsage",
           leaf=make("leaf", "MASA", I, exts={"ku": ku("keyAgreement")}),
           expect={"object": "certificate", "index": 0})
    for variant, serial in (("itself", SERIAL), ("sibling", "unit-0043")):
        signer = device("Signing", serial=serial)
        answer("by-" + variant, "RFC 8995 5.6: the manufacturer's service signs "
               "vouchers, and no device", "voucher-signer", "subject",
               str(signer.der.data.index(serial.encode())), leaf=signer,
               expect={"object": "certificate", "index": 0})
    answer("unknown", "docs/FORMAT.md: no field of a voucher",
           "voucher-field-unknown", "voucher", "key16", fields={16: num(1)})
    for number, value, field in ((3, num(0), "voucher"),
                                 (4, num(0), "expires-on"),
                                 (6, num(0), "voucher"),
                                 (8, bstr(b""), "pinned-domain-cert"),
                                 (9, bstr(b""), "pinned-domain-pubk"),
                                 (10, bstr(bytes(31)),
                                  "pinned-domain-pubk-sha256")):
        answer("form-%d" % number, "docs/FORMAT.md: the form of field %d" %
               number, "voucher-malformed", field, "field%d" % number,
               fields={number: value})
    for number in (12, 13, 14, 15):
        answer("misplaced-%d" % number, "docs/FORMAT.md: a field that nothing "
               "here understands", "voucher-field-misplaced", "voucher",
               "key%d" % number, fields={number: bstr(b"x")})
    answer("path-configuration", "docs/FORMAT.md: passed over",
           fields={12: tstr("https://x")}, expect={"profile": "path"})
    answer("path-extensions", "docs/FORMAT.md: extensions change what it says",
           "voucher-field-misplaced", "voucher", "key15",
           fields={15: array(num(1))}, expect={"profile": "path"})


def run():
    good()
    malformed()
    envelopes()
    judged()
    paths()
    vouchers()
