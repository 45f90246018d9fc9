# SPDX-License-Identifier: GPL-3.0-or-later
"""Kinds sign1 and sign: envelopes that others confirm (docs/FORMAT.md,
RFC 9338)."""
import hashlib

import corpus
import cosigned
import modules
from cbor import NIL, array, bstr, cmap, num, tstr
from cosigned import DESK, I2, R2, Signature
from crls import crl, entry
from der import B, cat
from envelopes import ALG, ARTEFACT, Envelope, I, L, R, SIGNER, TYP, at
from x509 import NOW, dns, eku, make, san

V2 = 11		# RFC 9338 2
DESK_SERIAL = 0x1000 + sum(b"desk")	# as x509.make() numbers it
OTHER = make("leaf", "desk-2", I2, keyed="ed25519", exts=dict(
    SIGNER, san=san(dns("desk-2.example"))))
SHORT = make("leaf", "desk-3", I2, exts=SIGNER, valid=(
    "2026-01-01T00:00:00Z", "2026-07-01T00:00:00Z"))


class Counter(Signature):
    """A countersignature; every keyword replaces a part of it."""

    def __init__(self, leaf=DESK, pile=(I2,), **part):
        part.setdefault("iss", "desk")
        super().__init__(leaf, pile, **part)

    def over(self, envelope):
        context = self.part.get("context", "CounterSignatureV2")
        other = [array(bstr(self.part.get("target", envelope.signature())))]
        signed = array(tstr(context), bstr(envelope.map.data),
                       bstr(self.map.data), bstr(b""), bstr(envelope.digest),
                       *self.part.get("other_fields", other))
        signer = self.part.get("signer", self.leaf.key)
        made = self.part.get("signature", signer.sign_raw(signed.data, None))
        return array(bstr(self.map).mark("protected"),
                     self.part.get("unprotected", cmap()).mark("open"),
                     bstr(made).mark("signed"),
                     *self.part.get("more", [])).mark("counter")


def confirmed(*counters, lone=True, **part):
    """An envelope and its countersignatures: one alone, or a list."""
    target = Envelope(**part)
    items = [c.over(target) for c in counters]
    value = items[0] if lone and len(items) == 1 else array(*items)
    return opened((num(V2).mark("label"), value.mark("value")), **part)


def opened(*pairs, **part):
    return Envelope(unprotected=cmap(*pairs), **part)


def case(variant, why, envelope, reason=None, field=None, place=None,
         roots=(R, R2), crls=(), artefact=ARTEFACT, **expect):
    corpus.signed("sign1", variant, why, {
        "envelope.cose": envelope.der, "artefact": artefact,
        **corpus.numbered("crl", crls)}, envelope.der, reason, field, place,
        roots, expect)


def label_of(envelope):
    """Of the path profile: altered, the label is one that is passed over."""
    first, end = envelope.der.span("label")
    return "%d-%d" % (first, end - 1)


def good():
    case("countersigned", "RFC 9338 3.1: a release desk confirms a device's "
         "envelope", confirmed(Counter()), flips=1)
    case("countersigned-twice", "RFC 9338 2: two of them are a list",
         confirmed(Counter(), Counter(OTHER)), flips=1)
    case("countersignatures-4", "docs/LIMITS.md: four of them", confirmed(*[
        Counter(claims={6: num(at(NOW) - i)}) for i in range(4)]), flips=97)
    case("countersigned-attached", "the artefact is inside", confirmed(
        Counter(), payload=ARTEFACT, headers={
            258: None, 259: None, 3: tstr("text/plain")}), flips=29)
    case("countersigned-ends", "the verdict ends with the first of all "
         "certificates", confirmed(Counter(SHORT)),
         good_until="2026-07-01T00:00:00Z", flips=97)
    case("countersigned-by-signer", "docs/FORMAT.md: the signer's own is "
         "judged, and counts for nothing", confirmed(Counter(L, [I])),
         flips=97)
    path = {"profile": "path", "flips": 97}
    one = confirmed(Counter(), lone=False)
    case("path-countersigned-list", "RFC 9338 2: a list of one", one,
         unbelieved=label_of(one), **path)
    detached = confirmed(Counter(), payload=ARTEFACT, payload_item=NIL,
                         headers={258: None, 259: None})
    case("path-countersigned-detached", "RFC 9338 3.3: the payload stands "
         "elsewhere, and is confirmed", detached,
         unbelieved=label_of(detached), **path)
    plain = confirmed(Counter(headers={15: None}))
    case("path-countersigned-no-claims", "path: it need not say who or when",
         plain, unbelieved=label_of(plain), **path)


def form():
    who = {"countersignature": 1}
    case("countersignatures-5", "docs/LIMITS.md: five of them", confirmed(*[
        Counter()] * 5), "limit", "countersignature", "value")
    case("countersignature-list-of-one", "docs/FORMAT.md: one stands alone",
         confirmed(Counter(), lone=False), "header-malformed",
         "countersignature", "value")
    case("countersignature-list-empty", "RFC 9338 2: at least one",
         confirmed(), "header-malformed", "countersignature", "value")
    case("path-countersignature-list-empty", "RFC 9338 2: at least one",
         confirmed(), "header-malformed", "countersignature", "value",
         profile="path")
    case("countersignature-bytes", "RFC 9338 3.1: an array", opened(
        (num(V2), bstr(b"x" * 64).mark("value"))), "header-malformed",
         "countersignature", "value")
    case("countersignature-four-parts", "RFC 9338 3.1: three parts", confirmed(
        Counter(more=[num(0)])), "cbor-malformed", "countersignature",
         "value", **who)
    case("countersignature-two-parts", "RFC 9338 3.1: three parts", opened(
        (num(V2), array(bstr(b""), cmap()).mark("value"))), "cbor-malformed",
         "countersignature", "value", **who)
    case("countersignature-mixed", "RFC 9338 2: each of a list is an array",
         opened((num(V2), array(Counter().over(Envelope()),
                                bstr(b"x").mark("value")))),
         "cbor-malformed", "countersignature", "value", countersignature=2)
    case("countersignature-empty-header", "who confirms, and how, is missing",
         confirmed(Counter(map=B(b""))), "header-missing", "alg", **who)
    for label, name in ((1, "alg"), (15, "CWT claims"), (33, "x5chain")):
        case("countersignature-no-%d" % label, "%s is missing" % name,
             confirmed(Counter(headers={label: None})), "header-missing", name,
             **who)
    for key, name in ((1, "iss"), (6, "iat")):
        case("countersignature-no-" + name, "%s is missing" % name,
             confirmed(Counter(claims={key: None})), "header-missing", name,
             **who)
    case("countersignature-second", "of two, the second does not say when",
         confirmed(Counter(), Counter(OTHER, claims={6: None})),
         "header-missing", "iat", countersignature=2)
    case("countersignature-sub", "it says nothing of the artefact", confirmed(
        Counter(claims={2: tstr("x")})), "header-unknown", "CWT claims",
         "key2#1", **who)
    case("countersignature-typ", "typ is of the envelope", confirmed(
        Counter(headers={16: tstr(TYP)})), "header-unknown",
         "protected header", **who)
    case("countersignature-hash", "what is signed is said by the envelope",
         confirmed(Counter(headers={258: num(-16)})), "header-unknown",
         "protected header", "label258#1", **who)
    case("countersignature-crit", "RFC 9052 3.1: crit lists what stands "
         "elsewhere", confirmed(Counter(headers={2: array(num(16))})),
         "header-critical-unknown", "crit", **who)
    case("countersignature-open", "nothing stands in the open", confirmed(
        Counter(unprotected=cmap((num(33), bstr(DESK.der))))),
         "header-unprotected", "unprotected header", **who)
    case("countersignature-short", "one octet too few", confirmed(
        Counter(signature=b"x" * 95)), "signature-malformed", "signature",
         "signed", **who)
    case("countersignature-rs256", "RFC 8812: alg is not of docs/PROFILES.md",
         confirmed(Counter(headers={1: num(-257)})), "alg-not-allowed", "alg",
         **who)


def places():
    own = Counter().over(Envelope())
    for label, name in ((7, "version-1"), (9, "abbreviated-1"),
                        (12, "abbreviated")):
        value = own if label == 7 else bstr(b"x" * 64)
        whole = opened((num(label).mark("label"), value))
        for profile in ("strict", "path"):
            case("%s-%s" % (name, profile), "docs/FORMAT.md: label %d is not "
                 "passed over" % label, whole, "countersignature-unsupported",
                 "unprotected header", "label",
                 profile=profile if profile == "path" else None)
    for profile in ("strict", "path"):
        said = {"profile": profile if profile == "path" else None}
        inside = Counter(unprotected=cmap((num(V2).mark("inner"), own)))
        case("nested-" + profile, "docs/FORMAT.md: none of a countersignature",
             confirmed(inside), "countersignature-unsupported",
             "unprotected header", "inner", countersignature=1, **said)
        case("countersignature-protected-" + profile, "RFC 9338 2: it stands "
             "in the unprotected header", Envelope(headers={V2: own}),
             "header-unknown", "protected header", "label11", **said)
        s = cosigned.two()
        cosigned.case("countersigned-body-" + profile, "docs/FORMAT.md: "
                      "several signatures have no countersignature",
                      cosigned.envelope(*s, unprotected=cmap(
                          (num(V2).mark("label"), own))),
                      "countersignature-unsupported", "unprotected header",
                      "label", **said)
        one = Signature(unprotected=cmap((num(V2), own)))
        cosigned.case("countersigned-one-" + profile, "docs/FORMAT.md: nor has "
                      "one of them", cosigned.envelope(one),
                      "countersignature-unsupported", "unprotected header",
                      **said)
    case("crit-countersignature", "RFC 9052 3.1: what crit lists is protected",
         confirmed(Counter(), headers={2: array(num(V2))}),
         "header-critical-unknown", "crit")
    first = num(V2).mark("label"), own
    case("countersigned-and-bag", "strict: nothing stands beside it", opened(
        first, (num(32).mark("bag"), bstr(I.der))), "header-unknown",
         "unprotected header", "bag")


def judged():
    who = {"countersignature": 1}
    bad = ("envelope-signature-invalid", "signature", "signed")
    case("countersignature-forged", "a signature of nobody's", confirmed(
        Counter(signature=b"\1" * 96)), *bad, **who)
    case("countersignature-forged-second", "the second of two", confirmed(
        Counter(), Counter(OTHER, signature=b"\1" * 64)), *bad[:2],
         "signed#1", countersignature=2)
    case("countersignature-other-key", "the certificate is not of who signed",
         confirmed(Counter(make("leaf", "desk-4", I2, exts=SIGNER),
                           signer=L.key)), *bad, **who)
    case("countersignature-version-1", "RFC 9338 1: made without the target's "
         "signature", confirmed(Counter(context="CounterSignature",
                                        other_fields=[])), *bad, **who)
    case("countersignature-context", "RFC 9338 3.3: made as version 1",
         confirmed(Counter(context="CounterSignature")), *bad, **who)
    case("countersignature-target", "RFC 9338 3.3: other_fields holds the "
         "signature as it stands", confirmed(Counter(target=b"x" * 64)), *bad,
         **who)
    moved = Envelope(claims={6: num(at("2026-05-02T00:00:00Z"))})
    case("countersignature-moved", "made over another envelope of the "
         "artefact", opened((num(V2), Counter().over(moved))), *bad, **who)
    cosign = cosigned.Signature(DESK, [I2])
    case("countersignature-of-several", "a signature of COSE_Sign",
         opened((num(V2), cosign.item(Envelope().map, Envelope().digest))),
         *bad[:2], **who)
    case("countersignature-alg", "ES256, and a key of P-384", confirmed(
        Counter(headers={1: num(-7)}, signature=b"\1" * 64)),
         "key-alg-mismatch", "alg", **who)
    case("countersigner-unknown", "nobody trusts the desk", confirmed(
        Counter()), "no-issuer", roots=(R,), object="certificate", index=1,
         **who)
    leaf = dict(who, object="certificate", index=0)
    case("countersigner-purpose", "docs/PROFILES.md: a TLS client's key "
         "confirms no firmware", confirmed(Counter(make(
             "leaf", "desk", I2, exts={"eku": eku("clientAuth")}))),
         "key-purpose", "extKeyUsage", **leaf)
    case("countersigner-expired", "RFC 5280 6.1.3 (a)(2): the desk's "
         "certificate has ended", confirmed(Counter(SHORT)), "expired",
         "notAfter", **dict(leaf, time="2026-08-01T00:00:00Z"))
    case("countersigner-revoked", "RFC 5280 6.3.3 (j): the desk's certificate "
         "is listed", confirmed(Counter()), "revoked", crls=[crl(I2, [entry(
             DESK_SERIAL, "keyCompromise")])], **leaf)
    case("countersigner-algs", "the question permits ecdsa-with-SHA256 alone",
         confirmed(Counter(OTHER)), "alg-not-allowed", "alg",
         algs="ecdsa-with-SHA256", **who)
    case("countersigned-in-future", "iat is a second too far ahead",
         confirmed(Counter(claims={6: num(at(NOW) + 301)})),
         "signed-in-future", "iat", **who)
    case("countersigned-before-valid", "iat is before the desk's certificate",
         confirmed(Counter(SHORT, claims={
             6: num(at("2025-12-31T23:59:59Z"))})), "signed-outside-validity",
         "iat", **who)
    case("countersigned-forgery", "the envelope itself is of nobody's key",
         confirmed(Counter(), signature=b"\1" * 64),
         "envelope-signature-invalid", "signature")
    case("countersigned-other", "another artefact", confirmed(Counter()),
         "artefact-mismatch", "digest", artefact=b"other", object="artefact")


def demand(variant, why, asked, envelope, reason=None, **expect):
    case(variant, "docs/FORMAT.md: " + why, envelope, reason,
         reason and "countersignature", demand=asked,
         flips=None if reason else 499, **expect)


def demands():
    none, one = Envelope(), confirmed(Counter())
    two = confirmed(Counter(), Counter(OTHER))
    few = "countersignatures-too-few"
    demand("demand-countersigned", "two others have confirmed it",
           "countersigned 2", two)
    demand("none", "nobody has confirmed it", "countersigned 1", none, few)
    demand("one", "two are wanted, one is there", "countersigned 2", one, few)
    for asked in ("0", "10", "1x"):
        demand("number-" + asked, "no number of countersignatures",
               "countersigned " + asked, one, few)
    demand("of-signer", "the signer confirms nothing", "countersigned 1",
           confirmed(Counter(L, [I])), few)
    again = make("leaf", "unit-1 again", I, exts=SIGNER, own=L.key)
    demand("of-signer-again", "nor in another certificate",
           "countersigned 1", confirmed(Counter(again, [I])), few)
    demand("key-twice", "a key counts once", "countersigned 2", confirmed(
        Counter(), Counter(claims={6: num(at(NOW))})), few)
    key = hashlib.sha256(OTHER.key.spki.data).hexdigest()
    other = "countersigner-not-as-demanded"
    for kind, right, wrong in (
            ("name", "CN=desk-2,O=Acme", "CN=desk-3,O=Acme"),
            ("san", "DNS:desk-2.EXAMPLE", "DNS:desk-3.example"),
            ("key", key, "00" * 32)):
        asked = "countersigner-%s " % kind
        demand("demand-countersigner-" + kind, "one of two is who was "
               "demanded", asked + right, two)
        demand(kind, "neither is who was demanded", asked + wrong, two, other)
        demand(kind + "-nobody", "nobody has confirmed it", asked + right,
               none, other)
    demand("name-signer", "the signer is no countersigner",
           "countersigner-name CN=unit-1,O=Acme",
           confirmed(Counter(L, [I])), other)


def inside():
    """Of an envelope inside a module."""
    m = modules.plain()
    who = {"roots": (R, R2)}
    def signed(*counters, digest=hashlib.sha256(m.data).digest()):
        whole = confirmed(*counters, payload=digest).der
        body = cat(bytes([len(modules.NAME)]), modules.NAME, B(whole.data))
        return cat(m, modules.section(0, body))
    modules.case("countersigned", "an envelope that a desk has confirmed",
                 signed(Counter()), flips=29, **who)
    modules.case("countersigned-by-nobody", "its countersignature is of "
                 "nobody's key", signed(Counter(signature=b"\1" * 96)),
                 "envelope-signature-invalid", "signature", object="envelope",
                 countersignature=1, **who)


def run():
    good()
    form()
    places()
    judged()
    demands()
    inside()
