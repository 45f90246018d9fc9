# SPDX-License-Identifier: GPL-3.0-or-later
"""Kind cert: the form of one certificate (RFC 5280 section 4, X.690).

Nobody checks a signature here; what is wrong can be seen in the bytes alone.
"""
from corpus import cert
from der import (B, attribute, bits, boolean, general_time, integer, name, null,
                 octets, oid, printable, rdn, seq, set_of, tlv, utc_time, utf8)
from keys import algorithm, ec_spki, key
from x509 import EXT, bc, dns, ext, ku, make, san

ROOT = make("root", "Cert Root")


def ca(label="Subject CA", **kw):
    return make("ca", label, ROOT, **kw)


def leaf(label="Subject", **kw):
    return make("leaf", label, ROOT, **kw)


def with_ext(**exts):
    return ca(exts=exts)


def structure():
    good = ca()
    cert("ca", good, "a CA certificate as RFC 5280 asks for")
    cert("input-empty", B(), "no bytes at all", "input-empty")
    whole = good.der.data
    cert("certificate-cut", B(whole[:-1]),
         "X.690 8.1.3: the outer length reaches past the end of the input",
         "truncated", "certificate", "0-3")
    cert("one-octet", B(b"\x30"), "X.690 8.1.3: a tag without a length",
         "truncated", "certificate", "0-1")
    for variant, head in (("length-cut", b"\x30\x82\x01"),
                          ("length-5-octets", b"\x30\x85\1\0\0\0\0")):
        cert(variant, B(head), "X.690 8.1.3: more octets than there are",
             "truncated", "certificate", "0-6")
    c = ca(subject_name=seq(set_of(seq(oid("2.5.4.3"), B(
        b"\x1f\x85\x01\x00").mark("bad")))))
    cert("tag-in-two-octets", c, "X.690 8.1.2.4: no type of a certificate has "
         "a tag above 30", "not-der", "subject", "bad")
    cert("not-a-sequence", tlv(0x31, whole[4:]),
         "RFC 5280 4.1: a Certificate is a SEQUENCE, this is a SET",
         "not-der", "certificate", "0")
    cert("pem-text", B(b"-----BEGIN CERTIFICATE-----\n"),
         "RFC 5280 4.1: PEM text is not DER", "not-der", "certificate", "0")
    c = ca(trail=B(b"\0").mark("bad"))
    cert("after-certificate", c, "RFC 5280 4.1: an octet after the Certificate",
         "trailing-data", "certificate", "bad")
    c = ca(tail=octets(b"x").mark("bad"))
    cert("after-signature", c, "RFC 5280 4.1: a Certificate has three parts",
         "trailing-data", "certificate", "bad")
    c = ca(tbs_tail=octets(b"x").mark("bad"))
    cert("after-extensions", c,
         "RFC 5280 4.1: nothing follows the extensions in TBSCertificate",
         "trailing-data", "tbsCertificate", "bad")
    usual = seq(bc(), ku("keyCertSign"))
    c = ca(extensions=tlv(0xA3, usual, octets(b"x").mark("bad")))
    cert("in-extensions-tag", c, "RFC 5280 4.1: [3] holds one Extensions",
         "trailing-data", "extensions", "bad")
    c = ca(extensions=tlv(0xA3, seq(ku("keyCertSign")), bc().mark("bad")))
    cert("extension-hidden", c,
         "RFC 5280 4.1: basicConstraints stands behind the Extensions, in [3]",
         "trailing-data", "extensions", "bad")
    c = ca(validity=seq(utc_time("250101000000Z"), utc_time("350101000000Z"),
                        name(("CN", "x")).mark("bad")), subject_name=B())
    cert("validity-swallows-subject", c,
         "RFC 5280 4.1: Validity holds two times, here the subject too",
         "trailing-data", "validity", "bad")
    swallowed = seq(oid("1.2.840.10045.4.3.2"), name(("CN", "x")))
    c = ca(tbs_alg=swallowed, outer_alg=swallowed, issuer_name=B(b""))
    cert("algorithm-swallows-issuer", c,
         "RFC 5280 4.1.1.2: AlgorithmIdentifier has one parameter at most and "
         "ECDSA none; here the issuer became one", "alg-parameters",
         "signature", "tbsAlg")
    c = ca(spki=seq(B(key("Subject CA").spki.data[2:]),
                    tlv(0xA3, usual).mark("bad")), extensions=B())
    cert("spki-swallows-extensions", c,
         "RFC 5280 4.1: the SubjectPublicKeyInfo also holds the extensions",
         "trailing-data", "subjectPublicKeyInfo", "bad")
    plain = ca()
    tbs, alg = plain.der, algorithm("sha256")
    s, e = tbs.span("tbs")
    body = tbs.data[s + 4:e]
    tail = tbs.data[e:]
    c = seq(tlv(0x30, body, B(tail).mark("bad")))
    cert("tbs-swallows-signature", c,
         "RFC 5280 4.1: signatureAlgorithm and signature lie inside "
         "TBSCertificate and are missing behind it", "not-der",
         "signatureAlgorithm", str(len(c)))
    bad = tlv(0x30, oid(EXT["basicConstraints"]), B(b"\x04\x05").mark("bad"))
    c = ca(extensions=tlv(0xA3, seq(bad, ku("keyCertSign"))))
    cert("extension-value-too-long", c,
         "X.690 8.1.3: the OCTET STRING is longer than its Extension",
         "truncated", "basicConstraints", "bad")
    c = leaf(version=tlv(0xA0, integer(2), integer(2).mark("bad")))
    cert("two-versions", c, "RFC 5280 4.1: [0] holds one INTEGER",
         "trailing-data", "version", "bad")


def lengths():
    c = ca(validity=B(b"\x30\x81\x1e" + utc_time("250101000000Z").data
                      + utc_time("350101000000Z").data))
    cert("length-long-form", c,
         "X.690 10.1: a length below 128 in two octets", "not-canonical",
         "validity", "validity")
    subject = name(("CN", "x")).data[2:]
    c = ca(subject_name=B(b"\x30\x80" + subject + b"\0\0"))
    cert("length-indefinite", c, "X.690 10.1: an indefinite length",
         "not-canonical", "subject", "subject")
    inner = seq(boolean())
    value = tlv(0x24, octets(inner)).mark("bad")
    c = ca(extensions=tlv(0xA3, seq(seq(oid("2.5.29.19"), value),
                                    ku("keyCertSign"))))
    cert("octet-string-constructed", c,
         "X.690 10.2: a string in constructed form", "not-canonical",
         "basicConstraints", "bad")
    der = ca().der.data
    cert("length-padded", B(b"\x30\x83\x00" + der[2:]),
         "X.690 10.1: a length with a leading zero octet", "not-canonical",
         "certificate", "0-4")


def versions():
    v = lambda n: tlv(0xA0, integer(n))
    bad = [("v1-explicit", dict(version=v(0), extensions=B()), "not-canonical",
            "X.690 11.5: the default version v1 is written out"),
           ("v1-with-extensions", dict(version=B()), "unsupported-version",
            "RFC 5280 4.1.2.1: extensions need version 3"),
           ("v2-with-extensions", dict(version=v(1)), "unsupported-version",
            "RFC 5280 4.1.2.1: extensions need version 3"),
           ("v4", dict(version=v(3)), "unsupported-version",
            "RFC 5280 4.1: there is no version 4"),
           ("negative", dict(version=v(-1)), "unsupported-version",
            "RFC 5280 4.1: there is no version -1")]
    for variant, part, reason, why in bad:
        c = make("ca", "Subject CA", ROOT, **part)
        # Where two fields contradict each other either may be named.
        spot = "version" if variant not in (
            "v1-with-extensions", "v2-with-extensions") else None
        cert(variant, c, why, reason, spot, spot)
    c = ca(version=B(), extensions=B(), unique=tlv(0x81, b"\0\1").mark("bad"))
    cert("unique-id-v1", c, "RFC 5280 4.1.2.8: unique identifiers need "
         "version 2 or 3", "unsupported-version")
    for variant, v_, exts in (("v2", v(1), {"extensions": B()}),
                              ("v3", v(2), {})):
        cert("unique-id-" + variant, ca(version=v_, unique=tlv(0x81, b"\0\1"),
                                        **exts),
             "RFC 5280 4.1.2.8: unique identifiers in their versions")
    cert("v1", ca(version=B(), extensions=B()),
         "RFC 5280 4.1.2.1: version 1, no extensions")
    cert("v3-no-extensions", ca(extensions=B()),
         "RFC 5280 4.1: extensions are optional in version 3")
    c = ca(extensions=tlv(0xA3, seq().mark("bad")))
    cert("extensions-empty", c, "RFC 5280 4.1: Extensions has at least one "
         "entry", "extension-malformed", "extensions", "bad")


def serials():
    for variant, value, reason, why in [
            ("negative", b"\x80", "serial-invalid",
             "RFC 5280 4.1.2.2: a serial number is positive"),
            ("zero", b"\0", "serial-invalid",
             "RFC 5280 4.1.2.2: a serial number is positive"),
            ("octets-21", b"\1" * 21, "serial-invalid",
             "RFC 5280 4.1.2.2: at most 20 octets"),
            ("octets-21-leading-zero", b"\0" + b"\xff" * 20, "serial-invalid",
             "RFC 5280 4.1.2.2: at most 20 octets, the sign octet counted"),
            ("octets-33", b"\1" * 33, "serial-invalid",
             "RFC 5280 4.1.2.2: at most 20 octets"),
            ("serial-padded", b"\0\1", "not-canonical",
             "X.690 8.3.2: an INTEGER with a needless octet"),
            ("serial-padded-ff", b"\xff\xff", "not-canonical",
             "X.690 8.3.2: an INTEGER with a needless octet"),
            ("serial-empty", b"", "not-der",
             "X.690 8.3.1: an INTEGER has at least one octet")]:
        c = leaf(serial_der=tlv(2, value))
        cert(variant, c, why, reason, "serialNumber", "serial")
    cert("serial-octets-20", leaf(serial_der=tlv(2, b"\x7f" * 20)),
         "RFC 5280 4.1.2.2: 20 octets are the most")


def times():
    good = utc_time("350101000000Z").mark("notAfter")
    for variant, t, reason, why in [
            ("no-seconds", utc_time("2501010000Z"), "time-malformed",
             "RFC 5280 4.1.2.5.1: UTCTime has seconds"),
            ("offset", utc_time("250101000000+0000"), "time-malformed",
             "RFC 5280 4.1.2.5.1: UTCTime ends in Z"),
            ("generalized-before-2050", general_time("20250101000000Z"),
             "time-malformed", "RFC 5280 4.1.2.5: UTCTime through 2049"),
            ("fraction", general_time("20500101000000.5Z"), "time-malformed",
             "RFC 5280 4.1.2.5.2: no fractions of a second"),
            ("month-13", utc_time("251301000000Z"), "time-malformed",
             "RFC 5280 4.1.2.5: there is no month 13"),
            ("month-0", utc_time("250001000000Z"), "time-malformed",
             "RFC 5280 4.1.2.5: there is no month 0"),
            ("february-30", utc_time("250230000000Z"), "time-malformed",
             "RFC 5280 4.1.2.5: there is no 30 February"),
            ("february-29", utc_time("250229000000Z"), "time-malformed",
             "RFC 5280 4.1.2.5: 2025 is no leap year"),
            ("lower-z", utc_time("250101000000z"), "time-malformed",
             "RFC 5280 4.1.2.5.1: Z is a capital letter"),
            ("hour-24", utc_time("250101240000Z"), "time-malformed",
             "RFC 5280 4.1.2.5: hours end at 23"),
            ("second-60", utc_time("250101235960Z"), "time-malformed",
             "RFC 5280 4.1.2.5: seconds end at 59"),
            *[("letter-%d" % i, utc_time("250101000000"[:i] + "A"
              + "250101000000"[i + 1:] + "Z"), "time-malformed",
              "RFC 5280 4.1.2.5: a time consists of digits")
              for i in range(12)],
            *[("letters-%s" % c, general_time(c + "500101000000Z"),
              "time-malformed", "RFC 5280 4.1.2.5: a time consists of digits")
              for c in ("AB", "-1", "+2", " 2")],
            ("empty", utc_time(""), "time-malformed",
             "RFC 5280 4.1.2.5.1: a time has 13 characters")]:
        c = leaf(validity=seq(t.mark("notBefore"), good))
        cert("not-before-" + variant, c, why, reason, "notBefore",
             "+notBefore")
    c = leaf(validity=seq(octets(b"250101000000Z").mark("notBefore"), good))
    cert("time-is-octets", c, "RFC 5280 4.1.2.5: Time is UTCTime or "
         "GeneralizedTime", "not-der", "notBefore", "notBefore")
    c = leaf(valid=("2030-01-01T00:00:00Z", "2025-01-01T00:00:00Z"))
    cert("five-years", c, "RFC 5280 4.1.2.5: notAfter is before notBefore",
         "validity-reversed")
    c = leaf(valid=("2025-01-01T00:00:01Z", "2025-01-01T00:00:00Z"))
    cert("one-second", c, "RFC 5280 4.1.2.5: notAfter is before notBefore",
         "validity-reversed")
    cert("one-second-long", leaf(valid=("2025-01-01T00:00:00Z",) * 2),
         "RFC 5280 4.1.2.5: both ends are inclusive, so this is a second")
    cert("not-after-9999", leaf(valid=("2025-01-01T00:00:00Z",
                                       "9999-12-31T23:59:59Z")),
         "RFC 5280 4.1.2.5: no well-defined end")
    cert("leap-day-2000", leaf(valid=("2000-02-29T00:00:00Z",
                                      "2050-02-28T00:00:00Z")),
         "RFC 5280 4.1.2.5: 2000 is a leap year; 2050 is GeneralizedTime")
    cert("year-1950", leaf(valid=("1950-01-01T00:00:00Z",
                                  "2049-12-31T23:59:59Z")),
         "RFC 5280 4.1.2.5.1: the ends of what UTCTime can say")


def algorithms():
    a = lambda *p: seq(oid("1.2.840.10045.4.3.2"), *p)
    cert("oid-differs", ca(outer_alg=algorithm("sha384")),
         "RFC 5280 4.1.1.2: ecdsa-with-SHA256 inside, SHA384 outside",
         "alg-mismatch")
    cert("null-inside", ca(tbs_alg=a(null())),
         "RFC 5280 4.1.1.2: the two AlgorithmIdentifiers differ by a NULL",
         "alg-mismatch")
    cert("null-outside", ca(outer_alg=a(null())),
         "RFC 5280 4.1.1.2: the two AlgorithmIdentifiers differ by a NULL",
         "alg-mismatch")
    cert("null-both", ca(tbs_alg=a(null()), outer_alg=a(null())),
         "RFC 5758 3.2: ECDSA has no parameters, not even NULL",
         "alg-parameters")
    rsa = "1.2.840.113549.1.1.11"
    cert("rsa-null-inside-only", ca(tbs_alg=seq(oid(rsa), null()),
                                    outer_alg=seq(oid(rsa))),
         "RFC 5280 4.1.1.2: the two AlgorithmIdentifiers differ by a NULL",
         "alg-mismatch")
    number = seq(oid(rsa), tlv(2, b"\1").mark("bad"))
    cert("rsa-number", ca(tbs_alg=number, outer_alg=seq(oid(rsa), tlv(
        2, b"\1"))), "RFC 4055 5: the parameter is NULL, not a number",
         "alg-parameters", None, "bad")
    ed = make("ca", "Subject CA Ed", ROOT, tbs_alg=seq(oid("1.3.101.112"),
              null()), outer_alg=seq(oid("1.3.101.112"), null()))
    cert("ed25519-null", ed, "RFC 8410 3: parameters are absent",
         "alg-parameters")
    cert("unknown-signature-algorithm",
         ca(tbs_alg=seq(oid("1.2.3.4.5")), outer_alg=seq(oid("1.2.3.4.5"))),
         "an unknown algorithm has a good form; the path refuses it")


def public_keys():
    k = key("Subject CA")
    p256 = k.point()
    ec = "1.2.840.10045.2.1"
    raw = lambda alg: seq(alg.mark("spkiAlg"), bits(p256).mark("spkiKey"))
    for variant, alg, why in [
            ("curve-absent", seq(oid(ec)), "RFC 5480 2.1.1: namedCurve is "
             "required"),
            ("curve-null", seq(oid(ec), null()),
             "RFC 5480 2.1.1: implicitCurve is not permitted"),
            ("curve-and-null", seq(oid(ec), oid("1.2.840.10045.3.1.7"),
                                   null()),
             "RFC 5280 4.1.1.2: one parameter, not two"),
            ("curve-explicit", seq(oid(ec), seq(integer(1))),
             "RFC 5480 2.1.1: specifiedCurve is not permitted")]:
        cert("key-" + variant, ca(spki=raw(alg)), why, "alg-parameters",
             "subjectPublicKeyInfo", "+spkiAlg")
    ed = key("Subject CA", "ed25519").point()
    edk = lambda alg, data: seq(alg.mark("spkiAlg"),
                                bits(data).mark("spkiKey"))
    cert("key-ed25519-null", ca(spki=edk(seq(oid("1.3.101.112"), null()), ed)),
         "RFC 8410 3: parameters are absent", "alg-parameters",
         "subjectPublicKeyInfo", "spkiAlg")
    for variant, spki, why in [
            ("compressed", ec_spki(bytes([2 + p256[-1] % 2]) + p256[1:33]),
             "RFC 5480 2.2: only the uncompressed form is accepted"),
            ("hybrid", ec_spki(bytes([6 + p256[-1] % 2]) + p256[1:]),
             "RFC 5480 2.2: the hybrid form is not permitted"),
            ("infinity", ec_spki(b"\0"), "SEC 1 3.2.2: the point at infinity"),
            ("point-short", ec_spki(p256[:-1]), "SEC 1 2.3.4: a P-256 point "
             "has 65 octets"),
            ("point-long", ec_spki(p256 + b"\0"), "SEC 1 2.3.4: a P-256 point "
             "has 65 octets"),
            ("point-of-p384", ec_spki(key("Subject CA", "p384").point()),
             "SEC 1 2.3.4: a P-256 point has 65 octets"),
            ("unused-bits", ec_spki(p256[:-1] + b"\xf0", unused=4),
             "RFC 5480 2.2: the key is whole octets"),
            ("ed25519-short", edk(seq(oid("1.3.101.112")), ed[:31]),
             "RFC 8410 4: 32 octets"),
            ("ed25519-long", edk(seq(oid("1.3.101.112")), ed + b"\0"),
             "RFC 8410 4: 32 octets")]:
        cert(variant, ca(spki=spki), why, "key-invalid",
             "subjectPublicKeyInfo", "spkiKey")
    cert("unknown-key-type", ca(spki=seq(seq(oid("1.2.3.4.5")), bits(b"x"))),
         "an unknown key type has a good form; the path refuses it")
    c = ca(spki=seq(seq(oid(ec), oid("1.2.840.10045.3.1.7")),
                    octets(p256).mark("bad")))
    cert("key-is-octets", c, "RFC 5280 4.1: subjectPublicKey is a BIT STRING",
         "not-der", "subjectPublicKeyInfo", "bad")
    sig = key("Cert Root").sign(b"x")
    cert("unused-bits", ca(sig_der=bits(sig[:-1] + b"\xf0", 4)),
         "RFC 5280 4.1.1.3: the signature is whole octets",
         "signature-malformed", "signatureValue", "sig")
    cert("bits-empty", ca(sig_der=tlv(3)),
         "X.690 8.6.2: a BIT STRING has its unused-bits octet",
         "not-der", "signatureValue", "sig")
    cert("unused-bits-9", ca(sig_der=tlv(3, b"\x09", sig)),
         "X.690 8.6.2.2: unused bits are 0 to 7",
         "not-der", "signatureValue", "sig")


def names():
    bad = lambda value, kind="CN": seq(rdn(("O", "Acme")), set_of(
        attribute(kind, value)).mark("bad"))
    for variant, subject, why in [
            ("printable-at", bad(printable("a@b_c")),
             "X.680 41.4: @ and _ are not in PrintableString"),
            ("utf8-invalid", bad(b"\xff\xfe"), "RFC 3629 3: not UTF-8"),
            ("utf8-overlong", bad(b"\xc0\xaf"),
             "RFC 3629 3: a character in more octets than it needs"),
            ("utf8-surrogate", bad(b"\xed\xa0\x80"),
             "RFC 3629 3: a surrogate is not a character"),
            ("utf8-past-end", bad(b"\xf4\x90\x80\x80"),
             "RFC 3629 3: characters end at 10FFFF"),
            ("utf8-cut", bad(b"a\xc3"), "RFC 3629 3: half a character"),
            ("nul", bad(b"good\0evil"),
             "RFC 5280 4.1.2.4: a NUL hides what follows it"),
            ("ia5-high", bad(tlv(22, b"\xe9"), "email"),
             "X.680 41: IA5String has seven bits"),
            ("numeric-letter", bad(tlv(18, b"12a")),
             "X.680 41.3: NumericString has digits and spaces"),
            ("bmp-odd", bad(tlv(30, b"\0a\0")),
             "X.680 41.15: BMPString has pairs of octets"),
            ("universal-odd", bad(tlv(28, b"\0\0a")),
             "X.680 41.7: UniversalString has groups of four octets")]:
        cert(variant, ca(subject_name=subject), why, "name-malformed",
             "subject", "bad")
    cert("issuer", leaf(issuer_name=seq()), "RFC 5280 4.1.2.4: the issuer is "
         "not empty", "name-empty", "issuer", "issuer")
    cert("subject-ca", ca(subject_name=seq()), "RFC 5280 4.1.2.6: a CA's "
         "subject is not empty", "name-empty", "subject", "subject")
    cert("subject-no-san", leaf(subject_name=seq()), "RFC 5280 4.1.2.6: an "
         "empty subject needs a subjectAltName", "name-empty", "subject",
         "subject")
    cert("subject-empty-san-critical", leaf(
        subject_name=seq(), exts={"san": san(dns("a.example"),
                                             critical=True)}),
         "RFC 5280 4.1.2.6: the identity is in a critical subjectAltName")
    one, two = attribute("CN", "a"), attribute("O", "Acme")
    cert("rdn-multi-valued", ca(subject_name=seq(rdn(
        ("CN", "a"), ("O", "Acme")))), "X.501: an RDN of two attributes")
    unsorted = sorted([one, two], key=lambda p: p.data, reverse=True)
    cert("rdn-unsorted", ca(subject_name=seq(set_of(*unsorted).mark("bad"))),
         "X.690 11.6: the members of a SET OF are in ascending order",
         "not-canonical", "subject", "bad")
    cert("rdn-empty", ca(subject_name=seq(set_of().mark("bad"))),
         "X.501: an RDN has at least one attribute", "not-der",
         "subject", "+bad")
    c = ca(subject_name=seq(set_of(seq(oid("2.5.4.3"), utf8("a"),
                                       null().mark("bad")))))
    cert("in-attribute", c, "RFC 5280 4.1.2.4: type, value and nothing else",
         "trailing-data", "subject", "bad")
    cert("cn-400-octets", ca(subject_name=name(("CN", "a" * 400))),
         "the bounds of RFC 5280 annex A are for issuers, not for reading")
    cert("string-kinds", ca(subject_name=seq(
        rdn(("O", tlv(30, b"\0A"))), rdn(("OU", tlv(20, b"A\xe9"))),
        rdn(("L", tlv(28, b"\0\0\0A"))), rdn(("CN", utf8("\u00e9\u20ac"))))),
         "RFC 5280 4.1.2.4: every kind of DirectoryString")
    cert("attribute-not-string", ca(subject_name=seq(
        rdn(("2.5.4.45", bits(b"\1"))), rdn(("CN", "a")))),
         "X.520: an attribute whose value is a BIT STRING")


def run():
    structure()
    lengths()
    versions()
    serials()
    times()
    algorithms()
    public_keys()
    names()
