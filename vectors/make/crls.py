# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificate revocation lists put together from parts, and kind crl: their
form, RFC 5280 section 5."""
from corpus import add, place
from der import (B, as_b, bits, boolean, cat, general_time, integer, moment,
                 name, named_bits, null, octets, oid, seq, tlv, utc_time)
from keys import algorithm, key
from x509 import aki, dirname, dns, ext, make, uri

CRL_EXT = {
    "cRLNumber": "2.5.29.20", "reasonCode": "2.5.29.21",
    "invalidityDate": "2.5.29.24", "deltaCRLIndicator": "2.5.29.27",
    "issuingDistributionPoint": "2.5.29.28", "certificateIssuer": "2.5.29.29",
}
THIS, NEXT = "2026-05-01T00:00:00Z", "2026-07-01T00:00:00Z"
REASON = {"unspecified": 0, "keyCompromise": 1, "certificateHold": 6,
          "removeFromCRL": 8, "privilegeWithdrawn": 9}


def cext(kind, value, critical=False):
    """The marks are by name, as those of certificate extensions."""
    value = as_b(value)
    return seq(oid(CRL_EXT.get(kind, kind)).mark("oid:" + kind),
               boolean() if critical else B(),
               octets(value.mark("val:" + kind))).mark("ext:" + kind)


def number(n, critical=False):
    return cext("cRLNumber", integer(n), critical)


def delta(base, critical=True):
    return cext("deltaCRLIndicator", integer(base), critical)


def full_name(*names):
    return tlv(0xA0, tlv(0xA0, *names))


def relative(*pairs):
    """The contents of one RDN under [1]."""
    from der import rdn
    return tlv(0xA0, tlv(0xA1, rdn(*pairs).data[2:]))


def idp(point=None, user=False, ca=False, reasons=None, indirect=False,
        attribute=False, critical=True):
    parts = [point] if point is not None else []
    for tag, flag in ((0x81, user), (0x82, ca)):
        parts += [tlv(tag, b"\xff")] if flag else []
    if reasons:
        parts.append(B(b"\x83" + named_bits(*reasons).data[1:]))
    for tag, flag in ((0x84, indirect), (0x85, attribute)):
        parts += [tlv(tag, b"\xff")] if flag else []
    return cext("issuingDistributionPoint", seq(*parts), critical)


def points(*each):
    """cRLDistributionPoints: (name, reasons, issuer), each may be None."""
    out = []
    for point, reasons, issuer in each:
        parts = [point] if point is not None else []
        if reasons:
            parts.append(B(b"\x81" + named_bits(*reasons).data[1:]))
        if issuer is not None:
            parts.append(tlv(0xA2, tlv(0xA4, issuer)))
        out.append(seq(*parts))
    return ext("cRLDistributionPoints", seq(*out))


def entry(serial, reason=None, when="2026-04-01T00:00:00Z", issuer=None,
          more=()):
    exts = []
    if reason is not None:
        exts.append(cext("reasonCode", B(bytes([10, 1, REASON.get(
            reason, reason)]))))
    if issuer is not None:
        exts.append(cext("certificateIssuer", seq(tlv(0xA4, issuer)), True))
    exts += more
    return seq(integer(serial).mark("serial"), moment(when).mark("date"),
               seq(*exts).mark("entryExts") if exts else B()).mark("entry")


class Crl:
    def __init__(self, der, end):
        self.der, self.end = der, end

    def span(self, mark):
        return self.der.span(mark)


def crl(issuer, entries=(), *, num=7, exts=None, this=THIS, until=NEXT,
        **part):
    """
    issuer: the Cert whose name and, without signer=, whose key it has. exts:
    as those of make(). part: version, tbs_alg, issuer_name, this_der, next_der,
    revoked, extensions, tbs_tail, outer_alg, signature, tail, trail, signer.
    """
    signer = part.get("signer") or issuer.key
    alg = signer.usual()
    extensions = {"aki": aki(signer.id), "number": number(num)}
    extensions.update(exts or {})
    listed = [e for e in extensions.values() if e is not None]
    revoked = part.get("revoked")
    if revoked is None:
        revoked = seq(*entries) if entries else B()
    ext_der = part.get("extensions")
    if ext_der is None:
        ext_der = tlv(0xA0, seq(*listed).mark("extensions")).mark("[0]")
    tbs = seq(part.get("version", integer(1)).mark("version"),
              part.get("tbs_alg", algorithm(alg)).mark("tbsAlg"),
              part.get("issuer_name", B(issuer.subject.data)).mark("issuer"),
              part.get("this_der", moment(this)).mark("thisUpdate"),
              part.get("next_der", moment(until)).mark("nextUpdate"),
              as_b(revoked).mark("revoked"), as_b(ext_der),
              part.get("tbs_tail", B())).mark("tbs")
    sig = part.get("signature")
    if sig is None:
        sig = signer.sign(tbs.data)
    der = cat(seq(tbs, part.get("outer_alg", algorithm(alg)).mark("sigAlg"),
                  part.get("sig_der", bits(sig)).mark("sig"),
                  part.get("tail", B())).mark("crl"),
              part.get("trail", B()))
    return Crl(der, until)


def case(variant, why, c, reason=None, field=None, at=None):
    expect = {"field": field}
    if at is not None:
        expect["offset"] = place(c, at)
    if reason:
        expect["object"] = "crl"
    add("crl", reason, variant, {"crl.der": c.der}, why, **expect)


def fields(root):
    one = [entry(5, "keyCompromise")]
    case("empty", "RFC 5280 5.1.2.6: nothing is revoked", crl(root))
    case("two-entries", "RFC 5280 5.3: entries with a reason and without",
         crl(root, [entry(5, "keyCompromise"), entry(6)]))
    case("version-1", "RFC 5280 5.1.2.1: version 1 has no extensions",
         crl(root, [entry(6)], version=B(), extensions=B()))
    case("version-3", "RFC 5280 5.1.2.1: there is no version 3",
         crl(root, version=integer(2)), "unsupported-version", "version",
         "version")
    case("version-1-extensions", "RFC 5280 5.1.2.1: extensions came with "
         "version 2", crl(root, version=B()), "unsupported-version",
         "version", "[0]")
    case("version-1-entry-extensions", "RFC 5280 5.1.2.1: extensions of "
         "entries too", crl(root, one, version=B(), extensions=B()),
         "unsupported-version", "version", "entryExts")
    case("version-two-octets", "RFC 5280 5.1.2.1: there is no version 257",
         crl(root, version=tlv(2, b"\1\0")), "unsupported-version", "version",
         "version")
    case("version-empty", "X.690 8.3.1: an INTEGER has octets",
         crl(root, version=tlv(2)), "not-der", "version", "+version")
    case("no-algorithm", "RFC 5280 5.1.2.2: an AlgorithmIdentifier",
         crl(root, tbs_alg=null()), "not-der", "signature", "tbsAlg")
    case("issuer", "RFC 5280 5.1.2.3: the issuer is a Name",
         crl(root, issuer_name=null()), "not-der", "issuer", "issuer")
    case("algorithms", "RFC 5280 5.1.1.2: the same inside and outside",
         crl(root, outer_alg=algorithm("sha384")), "alg-mismatch",
         "signature", "tbsAlg")
    case("issuer-empty", "RFC 5280 5.1.2.3: the issuer has a name",
         crl(root, issuer_name=name()), "name-empty", "issuer", "issuer")
    case("no-next-update", "RFC 5280 5.1.2.5: nextUpdate is required",
         crl(root, next_der=B()), "not-der", "nextUpdate")
    case("this-update-general-time", "RFC 5280 5.1.2.4: UTCTime through 2049",
         crl(root, this_der=general_time("20260501000000Z")),
         "time-malformed", "thisUpdate", "thisUpdate")
    case("updates", "RFC 5280 5.1.2.5: nextUpdate is not before thisUpdate",
         crl(root, this=NEXT, until=THIS), "validity-reversed", "nextUpdate",
         "nextUpdate")
    case("revoked-empty", "RFC 5280 5.1.2.6: the list is absent when empty",
         crl(root, revoked=seq()), "not-canonical", "revokedCertificates",
         "revoked")
    case("revoked-too-long", "X.690 8.1.3: the list is longer than what it is in",
         crl(root, revoked=B(b"\x30\x82\x7f\xff")), "truncated",
         "revokedCertificates", "revoked")
    case("entry", "RFC 5280 5.1.2.6: an entry is a SEQUENCE", crl(root, [
        null().mark("bad")]), "not-der", "revokedCertificates", "bad")
    case("entry-tail", "RFC 5280 5.1.2.6: nothing follows the extensions", crl(
        root, [seq(integer(5), moment(THIS), seq(cext("reasonCode", B(
            b"\x0a\1\1"))), null().mark("bad"))]), "trailing-data",
        "revokedCertificates", "bad")
    case("octet-behind", "X.690: nothing follows the list",
         crl(root, trail=B(b"\0")), "trailing-data", "certificateList")
    case("tbs-tail", "RFC 5280 5.1.2: nothing follows the extensions",
         crl(root, tbs_tail=null()), "trailing-data", "tbsCertList")
    case("serial-negative", "RFC 5280 4.1.2.2: what was issued can be revoked",
         crl(root, [entry(-5)]))
    case("date-missing", "RFC 5280 5.1: an entry has a revocationDate",
         crl(root, [seq(integer(5))]), "not-der", "revocationDate")
    case("date-impossible", "RFC 5280 5.1.2.6: a date that exists",
         crl(root, [seq(integer(5), utc_time("260231000000Z").mark("bad"))]),
         "time-malformed", "revocationDate", "bad")


def list_extensions(root):
    def one(variant, why, exts, *rest):
        case(variant, why, crl(root, exts=exts), *rest)
    one("extension-unknown", "RFC 5280 5.2: not critical, not known",
        {"x": cext("1.2.3.4", null())})
    one("extension-unknown-critical", "RFC 5280 5.2: recorded, and refused "
        "when the list is used", {"x": cext("1.2.3.4", null(), True)})
    one("number-twice", "RFC 5280 4.2: each extension once",
        {"x": number(8)}, "extension-duplicate", "cRLNumber")
    one("number-negative", "RFC 5280 5.2.3: not negative", {"number":
        number(-1)}, "extension-malformed", "cRLNumber", "val:cRLNumber")
    one("number-octets-20", "RFC 5280 5.2.3: 20 octets",
        {"number": number((1 << 159) - 1)})
    one("number-octets-21", "RFC 5280 5.2.3: at most 20 octets",
        {"number": number(1 << 160)}, "extension-malformed", "cRLNumber",
        "val:cRLNumber")
    one("number", "RFC 5280 5.2.3: an INTEGER", {"number": cext(
        "cRLNumber", null())}, "extension-malformed", "cRLNumber",
        "val:cRLNumber")
    one("number-tail", "RFC 5280 5.2.3: an INTEGER and nothing else", {
        "number": cext("cRLNumber", cat(integer(7), null().mark("bad")))},
        "trailing-data", "cRLNumber", "bad")
    one("extension", "RFC 5280 4.1: an Extension is a SEQUENCE", {
        "x": null().mark("bad")}, "not-der", "extensions", "bad")
    one("extension-oid", "RFC 5280 4.1: it begins with its OID", {
        "x": seq(null().mark("bad"), octets(null()))}, "not-der", "extensions",
        "bad")
    one("extension-value", "RFC 5280 4.1: its value is an OCTET STRING", {
        "x": seq(oid("1.2.3.4"), null().mark("bad"))}, "not-der", "extensions",
        "bad")
    one("extension-tail", "RFC 5280 4.1: nothing follows its value", {
        "x": seq(oid("1.2.3.4"), octets(null()), null().mark("bad"))},
        "trailing-data", "extensions", "bad")
    one("extension-boolean-first", "RFC 5280 4.1: its OID comes first", {
        "x": seq(boolean().mark("bad"), octets(null()))}, "not-der",
        "extensions", "bad")
    one("critical-two-octets", "X.690 8.2.1: a BOOLEAN has one octet", {
        "x": seq(oid("1.2.3.4"), tlv(1, b"\xff\xff").mark("bad"),
                 octets(null()))}, "not-der", "extensions", "bad")
    one("critical-false", "X.690 11.5: the default is not encoded", {
        "x": seq(oid("1.2.3.4"), boolean(False).mark("bad"), octets(null()))},
        "not-canonical", "extensions", "bad")
    one("critical-42", "X.690 11.1: TRUE is FF", {
        "x": seq(oid("1.2.3.4"), tlv(1, b"\x42").mark("bad"), octets(null()))},
        "not-canonical", "extensions", "bad")
    one("extensions-32", "docs/LIMITS.md: DV_MAX_EXTENSIONS", {
        "x%d" % n: cext("1.2.3.%d" % n, null()) for n in range(30)})
    one("extensions-33", "docs/LIMITS.md: DV_MAX_EXTENSIONS", {
        "x%d" % n: cext("1.2.3.%d" % n, null()) for n in range(31)}, "limit",
        "extensions", "ext:1.2.3.30")
    one("delta-negative", "RFC 5280 5.2.4: a BaseCRLNumber", {"x": delta(-3)},
        "extension-malformed", "deltaCRLIndicator", "val:deltaCRLIndicator")
    one("point-all", "RFC 5280 5.2.5: every part", {"x": idp(
        full_name(uri("http://a/1.crl"), dirname(("CN", "p"))), user=True,
        reasons=(1, 2), indirect=True)})
    one("point-relative", "RFC 5280 5.2.5: nameRelativeToCRLIssuer",
        {"x": idp(relative(("CN", "p")))})
    one("point-empty", "RFC 5280 5.2.5: never an empty sequence",
        {"x": idp()}, "extension-malformed", "issuingDistributionPoint",
        "val:issuingDistributionPoint")
    one("point-user-and-ca", "RFC 5280 5.2.5: at most one kind",
        {"x": idp(user=True, ca=True)}, "extension-malformed",
        "issuingDistributionPoint", "val:issuingDistributionPoint")
    one("point-false", "X.690 11.5: the default is not encoded",
        {"x": cext("issuingDistributionPoint", seq(tlv(0x84, b"\0")), True)},
        "not-canonical", "issuingDistributionPoint",
        "val:issuingDistributionPoint")
    for variant, flag in (("two-octets", b"\xff\xff"), ("empty", b"")):
        one("point-flag-" + variant, "X.690 8.2.1: a BOOLEAN has one octet", {
            "x": cext("issuingDistributionPoint", seq(tlv(0x84, flag).mark(
                "bad")), True)}, "extension-malformed",
            "issuingDistributionPoint", "bad")
    one("point-no-sequence", "RFC 5280 5.2.5: a SEQUENCE", {
        "x": cext("issuingDistributionPoint", null(), True)},
        "extension-malformed", "issuingDistributionPoint",
        "val:issuingDistributionPoint")
    cut = "X.690 8.1.3: the length goes past the end"
    for variant, value in (
            ("point", B(b"\x30\5").mark("bad")),
            ("point-flag", seq(B(b"\x84\5").mark("bad"))),
            ("point-reasons", seq(B(b"\x83\5").mark("bad"))),
            ("point-name", seq(B(b"\xa0\5").mark("bad"))),
            ("point-full", seq(tlv(0xA0, B(b"\xa0\5").mark("bad")))),
            ("point-relative", seq(tlv(0xA0, B(b"\xa1\5").mark("bad"))))):
        one(variant, cut, {"x": cext("issuingDistributionPoint", value, True)},
            "truncated", "issuingDistributionPoint", "bad")
    one("point-user-and-ca-tail", "RFC 5280 5.2.5: nothing else", {"x": cext(
        "issuingDistributionPoint", seq(tlv(0x81, b"\xff"), tlv(0x82, b"\xff"),
                                        null().mark("bad")), True)},
        "trailing-data", "issuingDistributionPoint", "bad")
    for variant, contents, why in (
            ("name-two", tlv(0xA0, tlv(0xA0, uri("http://a")), null()),
             "one name"),
            ("name-empty", tlv(0xA0, tlv(0xA0)), "a fullName has names"),
            ("name-none", tlv(0xA0), "a name of one kind or the other"),
            ("relative-empty", tlv(0xA0, tlv(0xA1)), "an RDN has attributes"),
            ("relative-attribute", tlv(0xA0, tlv(0xA1, null())),
             "an attribute is a SEQUENCE")):
        for more, tail in (("", B()), ("-and-user", tlv(0x81, b"\xff")),
                           ("-and-reasons", tlv(0x83, b"\1\x40"))):
            reason = "trailing-data" if variant == "name-two" else \
                "extension-malformed"
            one("point-" + variant + more, "RFC 5280 5.2.5: " + why, {
                "x": cext("issuingDistributionPoint", seq(
                    contents.mark("bad"), tail), True)}, reason,
                "issuingDistributionPoint", "+bad")
    one("point-reasons-all", "RFC 5280 5.2.5: each of the nine bits", {
        "x": idp(reasons=tuple(range(9)))})
    one("point-reasons-unused", "RFC 5280 4.2.1.13: the bit that stands for no "
        "reason", {"x": idp(reasons=(0,))}, "extension-malformed",
        "issuingDistributionPoint", "val:issuingDistributionPoint")
    one("point-reasons-9", "RFC 5280 4.2.1.13: there is no tenth bit", {
        "x": idp(reasons=(1, 9))}, "extension-malformed",
        "issuingDistributionPoint", "val:issuingDistributionPoint")
    one("point-reasons-padded-and-indirect", "X.690 11.2.2: no zero bits at the "
        "end", {"x": cext("issuingDistributionPoint", seq(tlv(
            0x83, b"\0\x40").mark("bad"), tlv(0x84, b"\xff")), True)},
        "not-canonical", "issuingDistributionPoint", "bad")
    one("point-tail", "RFC 5280 5.2.5: nothing else", {"x": cext(
        "issuingDistributionPoint", seq(tlv(0x81, b"\xff"), null().mark(
            "bad")), True)}, "trailing-data", "issuingDistributionPoint",
        "bad")
    one("other-extensions", "RFC 5280 5.2: issuerAltName, freshestCRL, "
        "authorityInfoAccess", {
            "a": ext("issuerAltName", seq(dns("a.example"))),
            "b": ext("freshestCRL", seq(seq(full_name(uri("http://a"))))),
            "c": ext("authorityInfoAccess", seq(seq(
                oid("1.3.6.1.5.5.7.48.2"), uri("http://a"))))})
    case("extensions", "RFC 5280 5.1: Extensions is a SEQUENCE", crl(
        root, extensions=tlv(0xA0, null().mark("bad"))), "not-der",
        "extensions", "bad")
    case("extensions-empty", "RFC 5280 5.1: at least one", crl(
        root, extensions=tlv(0xA0, seq().mark("bad"))),
        "extension-malformed", "extensions", "bad")


def entry_extensions(root):
    def one(variant, why, e, *rest, **exts):
        case(variant, why, crl(root, [e], exts=exts), *rest)
    other = name(("CN", "Other"))
    one("entry-invalidity-date", "RFC 5280 5.3.2: GeneralizedTime, whatever "
        "the year", entry(5, more=[cext("invalidityDate", general_time(
            "20260101000000Z"))]))
    one("entry-invalidity-utc", "RFC 5280 5.3.2: GeneralizedTime only",
        entry(5, more=[cext("invalidityDate", utc_time("260101000000Z"))]),
        "extension-malformed", "invalidityDate", "val:invalidityDate")
    one("entry-reason", "RFC 5280 5.3.1: an ENUMERATED", entry(5, more=[cext(
        "reasonCode", integer(1))]), "extension-malformed", "reasonCode",
        "val:reasonCode")
    one("entry-reason", "X.690 8.1.3: the length goes past the end", entry(
        5, more=[cext("reasonCode", B(b"\x0a\5"))]), "truncated", "reasonCode",
        "val:reasonCode")
    one("entry-reason-two-octets", "RFC 5280 5.3.1: none has two octets",
        entry(5, more=[cext("reasonCode", B(b"\x0a\2\0\1"))]),
        "extension-malformed", "reasonCode", "val:reasonCode")
    one("entry-extension-critical", "RFC 5280 5.3: a known one may be critical",
        entry(5, more=[cext("reasonCode", B(b"\x0a\1\1"), True)]))
    case("entries-remove-not-delta", "RFC 5280 5.3.1: the first such entry is "
         "named", crl(root, [entry(5, "removeFromCRL"), entry(
             6, "removeFromCRL")]), "extension-malformed", "reasonCode",
         "entryExts#0")
    case("entries-issuer-not-indirect", "RFC 5280 5.3.3: the first such entry is "
         "named", crl(root, [entry(5, issuer=other), entry(6, issuer=other)]),
         "extension-malformed", "certificateIssuer", "entryExts#0")
    one("entry-reason-7", "RFC 5280 5.3.1: 7 is not used", entry(5, 7),
        "extension-malformed", "reasonCode", "val:reasonCode")
    one("entry-reason-11", "RFC 5280 5.3.1: 10 is the last", entry(5, 11),
        "extension-malformed", "reasonCode", "val:reasonCode")
    one("entry-remove-not-delta", "RFC 5280 5.3.1: removeFromCRL is for delta "
        "CRLs", entry(5, "removeFromCRL"), "extension-malformed",
        "reasonCode", "entryExts")
    one("entry-remove-delta", "RFC 5280 5.3.1: removeFromCRL in a delta CRL",
        entry(5, "removeFromCRL"), d=delta(3))
    one("entry-issuer", "RFC 5280 5.3.3: in an indirect CRL",
        entry(5, issuer=other), i=idp(indirect=True))
    one("entry-issuer-not-indirect", "RFC 5280 5.3.3: certificateIssuer is "
        "for indirect CRLs", entry(5, issuer=other), "extension-malformed",
        "certificateIssuer", "entryExts")
    one("entry-issuer-not-critical", "RFC 5280 5.3.3: who overlooks it takes "
        "the entry for another's", entry(5, more=[cext("certificateIssuer",
            seq(tlv(0xA4, other)))]), "extension-criticality",
        "certificateIssuer", "entryExts", i=idp(indirect=True))
    one("entry-unknown-critical", "RFC 5280 5.3: recorded, and refused when "
        "the list is used", entry(5, more=[cext("1.2.3.4", null(), True)]))
    one("entry-extensions-empty", "RFC 5280 5.1: at least one",
        seq(integer(5), moment(THIS), seq().mark("bad")),
        "extension-malformed", "crlEntryExtensions", "bad")
    one("entry-reason-twice", "RFC 5280 4.2: each extension once",
        entry(5, 1, more=[cext("reasonCode", B(b"\x0a\1\1"))]),
        "extension-duplicate", "reasonCode")


def run():
    root = make("root", "Root")
    fields(root)
    list_extensions(root)
    entry_extensions(root)
