# SPDX-License-Identifier: GPL-3.0-or-later
"""Kind cert, continued: the extensions, one after the other, and limits."""
from certs import ca, leaf, with_ext
from corpus import cert
from der import (B, attribute, bits, boolean, cat, integer, name, named_bits, null, octets,
                 oid, rdn, seq, tlv)
from x509 import (bc, dirname, dns, eku, email, ext, ip, ku, nc, other, rid, san,
                  uri)


def one(kind, value, why, reason, variant, at=None, critical=False):
    """A CA certificate whose one odd extension has this value."""
    slot = {"basicConstraints": "bc", "keyUsage": "ku",
            "subjectKeyIdentifier": "ski",
            "authorityKeyIdentifier": "aki"}.get(kind, "x")
    c = with_ext(**{slot: ext(kind, value, critical)})
    if reason is None:
        cert(variant, c, why)
        return
    # Any octet of the Extension, or where something is missing behind it.
    cert(variant, c, why, reason, kind, at or "+ext:" + kind)


def envelope():
    usual = [bc(), ku("keyCertSign")]
    x = lambda *e: ca(extensions=tlv(0xA3, seq(*usual, *e)))
    cert("flag-01", ca(extensions=tlv(0xA3, seq(
        ext("basicConstraints", seq(boolean()), flag=tlv(1, b"\1")),
        ku("keyCertSign")))), "X.690 11.1: TRUE is FF", "not-canonical",
         None, "flag:basicConstraints")
    cert("flag-false", x(ext("subjectKeyIdentifier", octets(bytes(20)),
                             flag=boolean(False))),
         "X.690 11.5: the default FALSE is written out", "not-canonical",
         None, "flag:subjectKeyIdentifier")
    cert("flag-two-octets", x(ext("subjectKeyIdentifier", octets(bytes(20)),
                                  flag=tlv(1, b"\xff\xff"))),
         "X.690 8.2.1: a BOOLEAN has one octet", "not-der", None,
         "flag:subjectKeyIdentifier")
    c = ca(extensions=tlv(0xA3, seq(seq(
        oid("2.5.29.19"), boolean(), octets(seq(boolean())),
        null().mark("bad")), ku("keyCertSign"))))
    cert("in-extension", c, "RFC 5280 4.1: an Extension has three parts",
         "trailing-data", None, "bad")
    c = ca(extensions=tlv(0xA3, seq(
        bc(), ku("keyCertSign"),
        seq(oid("1.2.3.4.5"), boolean()).mark("bad"))))
    cert("extension-without-value", c, "RFC 5280 4.1: extnValue is required",
         "not-der", None, "+bad")
    for kind, value in [("basicConstraints", seq()),
                        ("keyUsage", named_bits(5))]:
        c = x(ext(kind, value))
        cert(kind, c, "RFC 5280 4.2: not more than one of a kind",
             "extension-duplicate", kind, "ext:%s#1" % kind)
    for kind, value in [
            ("subjectAltName", seq(dns("a.example"))),
            ("certificatePolicies", seq(seq(oid("1.2.3.4")))),
            ("policyMappings", seq(seq(oid("1.2.3.4"), oid("1.2.3.5"))))]:
        c = x(ext(kind, value), ext(kind, value))
        cert(kind, c, "RFC 5280 4.2: not more than one of a kind",
             "extension-duplicate", kind, "ext:%s#1" % kind)
    c = x(ext("1.2.3.4.5", null()), ext("1.2.3.4.5", null()))
    cert("unknown", c, "RFC 5280 4.2: not more than one of a kind, known or "
         "not", "extension-duplicate", "extension", "ext:1.2.3.4.5#1")
    cert("unknown-critical", x(ext("1.2.3.4.5", null(), True)),
         "an unknown critical extension has a good form; the path refuses it")
    cert("unknown-garbage", x(ext("1.2.3.4.5", b"\xff\xff")),
         "RFC 5280 4.2: an unknown extension's value is not looked into")
    for variant, body, reason, why in [
            ("oid-leading-80", b"\x80\x2a\3\4", "not-canonical",
             "X.690 8.19.2: a subidentifier with a needless octet"),
            ("oid-inner-80", b"\x2a\x80\3", "not-canonical",
             "X.690 8.19.2: a subidentifier with a needless octet"),
            ("oid-cut", b"\x2a\x83", "not-der",
             "X.690 8.19.2: the last subidentifier does not end"),
            ("oid-empty", b"", "not-der",
             "X.690 8.19.2: an OID has a subidentifier")]:
        c = x(seq(tlv(6, body).mark("bad"), octets(null())))
        cert(variant, c, why, reason, None, "bad")
    cert("oid-100-arcs", x(ext("1.2." + ".".join(["5"] * 100), null())),
         "X.690 8.19: an OID may be long")
    cert("oid-3-arcs", x(ext("2.5.29", null())), "X.690 8.19: and short")


def basic_and_usage():
    kind = "basicConstraints"
    m = lambda *p: seq(*p)
    for variant, value, reason, why in [
            ("ca-01", m(tlv(1, b"\1").mark("bad")), "not-canonical",
             "X.690 11.1: TRUE is FF"),
            ("ca-false-written", m(boolean(False).mark("bad")),
             "not-canonical", "X.690 11.5: the default FALSE is written out"),
            ("basic-constraints", cat(m(boolean()), null().mark("bad")),
             "trailing-data", "RFC 5280 4.2: bytes after the value"),
            ("in-basic-constraints", m(boolean(), integer(1),
             null().mark("bad")), "trailing-data",
             "RFC 5280 4.2.1.9: two members at most"),
            ("path-len-without-ca", m(integer(1).mark("bad")),
             "extension-malformed",
             "RFC 5280 4.2.1.9: pathLen is for CAs only"),
            ("path-len-negative", m(boolean(), integer(-1).mark("bad")),
             "extension-malformed", "RFC 5280 4.2.1.9: pathLen is not below 0"),
            ("path-len-padded", m(boolean(), tlv(2, b"\0\1").mark("bad")),
             "not-canonical", "X.690 8.3.2: an INTEGER with a needless octet"),
            ]:
        one(kind, value, why, reason, variant, "bad", True)
    one(kind, tlv(1, b"\xff").mark("bad"), "RFC 5280 4.2.1.9: a SEQUENCE",
        "extension-malformed", "basic-constraints-not-sequence", None, True)
    for n in (0, 300, 70000):
        one(kind, seq(boolean(), integer(n)), "RFC 5280 4.2.1.9: any number "
            "from 0", None, "path-len-%d" % n, None, True)
    cert("basic-constraints-empty", leaf(exts={"bc": bc(False)}),
         "RFC 5280 4.2.1.9: not a CA, said by the default")
    kind = "keyUsage"
    for variant, value, reason, why in [
            ("key-usage", cat(named_bits(5), null().mark("bad")),
             "trailing-data", "RFC 5280 4.2: bytes after the value"),
            ("key-usage-trailing-zeros", bits(b"\x04").mark("bad"),
             "not-canonical", "X.690 11.2.2: no trailing zero bits"),
            ("key-usage-extra-octet", bits(b"\x04\0").mark("bad"),
             "not-canonical", "X.690 11.2.2: no trailing zero bits"),
            ("key-usage-unused-set", bits(b"\x05", 2).mark("bad"),
             "not-canonical", "X.690 11.2.1: unused bits are zero"),
            ("key-usage-zero", bits(b"\0", 7).mark("bad"), "not-canonical",
             "X.690 11.2.2: no bits set is written without octets"),
            ("key-usage-empty", bits(b"").mark("bad"), "extension-malformed",
             "RFC 5280 4.2.1.3: at least one bit is set"),
            ("key-usage-bit-9", named_bits(5, 9).mark("bad"),
             "extension-malformed", "RFC 5280 4.2.1.3: bits end at 8"),
            ("key-usage-octets-3", bits(b"\0\4\0\1").mark("bad"),
             "extension-malformed", "RFC 5280 4.2.1.3: bits end at 8")]:
        one(kind, value, why, reason, variant, "bad", True)
    one(kind, octets(b"\2\4"), "RFC 5280 4.2.1.3: a BIT STRING",
        "extension-malformed", "key-usage-not-bits", None, True)
    cert("key-usage-bit-8", leaf(exts={"ku": ku("keyAgreement",
                                                "decipherOnly")}),
         "RFC 5280 4.2.1.3: decipherOnly is in the second octet")


def identifiers():
    kind = "extKeyUsage"
    code = oid("1.3.6.1.5.5.7.3.3")
    one(kind, seq(), "RFC 5280 4.2.1.12: at least one purpose",
        "extension-malformed", "eku-empty")
    one(kind, seq(code, code.mark("bad")), "RFC 5280 4.2.1.12: a purpose "
        "stated twice", "extension-malformed", "eku-duplicate", "bad")
    one(kind, seq(oid("1.2.3.4.5")), "RFC 5280 4.2.1.12: anybody may define "
        "a purpose", None, "eku-private")
    one(kind, seq(oid("2.5.29.37.0")), "RFC 5280 4.2.1.12: any purpose", None,
        "eku-any")
    one(kind, seq(integer(1).mark("bad")), "RFC 5280 4.2.1.12: OIDs only",
        "extension-malformed", "eku-not-oid", "bad")
    kind = "subjectKeyIdentifier"
    one(kind, octets(), "RFC 5280 4.2.1.2: an identifier of no octets "
        "identifies nothing", "extension-malformed", "ski-empty")
    one(kind, octets(bytes(40)), "RFC 5280 4.2.1.2: any length", None,
        "ski-40-octets")
    one(kind, cat(octets(bytes(20)), null().mark("bad")),
        "RFC 5280 4.2: bytes after the value", "trailing-data", "ski", "bad")
    kind = "authorityKeyIdentifier"
    issuer = tlv(0xA1, dirname(("CN", "x")))
    one(kind, seq(tlv(0x80, bytes(20)), issuer), "RFC 5280 4.2.1.1: issuer "
        "and serial number come together", "extension-malformed",
        "aki-issuer-without-serial")
    one(kind, seq(tlv(0x82, b"\1")), "RFC 5280 4.2.1.1: issuer and serial "
        "number come together", "extension-malformed",
        "aki-serial-without-issuer")
    one(kind, seq(tlv(0x80)), "RFC 5280 4.2.1.1: an identifier of no octets "
        "identifies nothing", "extension-malformed", "aki-empty")
    one(kind, seq(tlv(0x80, bytes(20)), null().mark("bad")),
        "RFC 5280 4.2.1.1: three members at most", "trailing-data",
        "in-aki", "bad")
    one(kind, seq(tlv(0x80, bytes(20)), issuer, tlv(0x82, b"\1")),
        "RFC 5280 4.2.1.1: all three members", None, "aki-issuer-and-serial")


def alternative_names():
    kind = "subjectAltName"
    for variant, value, why in [
            ("san-empty", B(), "RFC 5280 4.2.1.6: at least one name"),
            ("san-nul", tlv(0x82, b"a\0b").mark("bad"),
             "RFC 5280 4.2.1.6: a NUL hides what follows it"),
            ("san-high", tlv(0x82, b"caf\xe9").mark("bad"),
             "RFC 5280 4.2.1.6: IA5String has seven bits"),
            ("san-mail-control", tlv(0x81, b"a\n@b").mark("bad"),
             "RFC 5280 4.2.1.6: no control characters in a mailbox"),
            ("san-uri-nul", tlv(0x86, b"urn:\0").mark("bad"),
             "RFC 5280 4.2.1.6: a NUL hides what follows it"),
            ("san-uri-relative", tlv(0x86, b"/unit/1").mark("bad"),
             "RFC 5280 4.2.1.6: a URI is not a relative one"),
            ("san-uri-path", tlv(0x86, b"unit/1").mark("bad"),
             "RFC 5280 4.2.1.6: a URI is not a relative one"),
            ("san-uri-no-scheme", tlv(0x86, b":unit").mark("bad"),
             "RFC 3986 3.1: a scheme is not empty"),
            ("san-uri-scheme-digit", tlv(0x86, b"9p:unit").mark("bad"),
             "RFC 3986 3.1: a scheme begins with a letter"),
            ("san-uri-scheme-alone", tlv(0x86, b"urn:").mark("bad"),
             "RFC 5280 4.2.1.6: a scheme, and a part specific to it"),
            ("san-ip-5", ip(1, 2, 3, 4, 5).mark("bad"),
             "RFC 5280 4.2.1.6: an address has 4 or 16 octets"),
            ("san-ip-0", ip().mark("bad"),
             "RFC 5280 4.2.1.6: an address has 4 or 16 octets"),
            ("san-tag-9", tlv(0x89, b"x").mark("bad"),
             "RFC 5280 4.2.1.6: there are nine kinds of name"),
            ("san-directory-empty", dirname().mark("bad"),
             "RFC 5280 4.2.1.6: a directoryName is not empty"),
            ("san-x400-empty", tlv(0xA3).mark("bad"),
             "RFC 5280 A.2: an x400Address has contents"),
            ("san-edi-empty", tlv(0xA5).mark("bad"),
             "RFC 5280 4.2.1.6: an ediPartyName has a partyName"),
            ("san-dns-underscore", tlv(0x82, b"a_b.example").mark("bad"),
             "RFC 5280 4.2.1.6: a host name has letters, digits, hyphens"),
            ("san-dns-dot-first", tlv(0x82, b".example").mark("bad"),
             "RFC 1034 3.5: a label is not empty"),
            ("san-dns-address", tlv(0x82, b"192.0.2.1").mark("bad"),
             "RFC 1123 2.1: the last label is not a number"),
            ("san-other-bare", tlv(0xA0, oid("1.2.3.4")),
             "RFC 5280 4.2.1.6: otherName has a value"),
            ]:
        one(kind, seq(value), why, "extension-malformed", variant,
            "bad" if value.marks else None)
    one(kind, seq(tlv(0xA2, dns("x").data[2:]).mark("bad")),
        "X.690 10.2: a string in constructed form", "extension-malformed",
        "san-dns-constructed", "bad")
    for variant, value, why in [
            ("san-hardware-module", other("1.3.6.1.5.5.7.8.4", seq(
                oid("1.2.3.4.5"), octets(b"\1\2\3\4"))),
             "RFC 4108 5: hardwareModuleName"),
            ("san-other-unknown", other("1.2.3.4.5", tlv(12, b"abc")),
             "RFC 5280 4.2.1.6: anybody may define an otherName"),
            ("san-registered-id", rid("1.2.3.4"), "RFC 5280 4.2.1.6"),
            ("san-uri", tlv(0x86, b"x-d+1.0:u"), "RFC 3986 3.1: letters, "
             "digits, plus, hyphen and dot in a scheme"),
            ("san-ipv6", ip(*range(16)), "RFC 5280 4.2.1.6: 16 octets"),
            ("san-directory-name", dirname(("CN", "x")), "RFC 5280 4.2.1.6")]:
        one(kind, seq(value), why, None, variant)
    one("issuerAltName", seq(tlv(0x82, b"a.example")), "RFC 5280 4.2.1.7",
        None, "issuer-alt-name")


def constraints():
    kind = "nameConstraints"
    p = lambda *g: tlv(0xA0, *[seq(x) for x in g])
    sub = lambda *g: tlv(0xA0, seq(*g))
    for variant, value, reason, why in [
            ("nc-empty", seq(), "extension-malformed",
             "RFC 5280 4.2.1.10: not an empty sequence"),
            ("nc-permitted-empty", seq(tlv(0xA0)),
             "extension-malformed",
             "RFC 5280 4.2.1.10: GeneralSubtrees has an entry"),
            ("nc-minimum-1", seq(sub(dns("a"), tlv(0x80, b"\1").mark("bad"))),
             "extension-malformed", "RFC 5280 4.2.1.10: minimum is 0"),
            ("nc-minimum-0-written", seq(sub(dns("a"), tlv(
                0x80, b"\0").mark("bad"))), "not-canonical",
             "X.690 11.5: the default minimum is written out"),
            ("nc-maximum", seq(sub(dns("a"), tlv(0x81, b"\1").mark("bad"))),
             "extension-malformed", "RFC 5280 4.2.1.10: maximum is absent"),
            ("nc-dns-dot", seq(p(dns("a"), tlv(0x82, b".a").mark("bad"))),
             "extension-malformed", "RFC 5280 4.2.1.10: a dNSName begins "
             "with no dot, unlike a host of URIs"),
            ("nc-ip-5", seq(p(ip(1, 2, 3, 4, 5).mark("bad"))),
             "extension-malformed",
             "RFC 5280 4.2.1.10: an address and its mask, 8 or 32 octets"),
            ("nc-ip-16", seq(p(ip(*[0] * 16).mark("bad"))),
             "extension-malformed",
             "RFC 5280 4.2.1.10: an address and its mask, 8 or 32 octets"),
            ("nc-ip-0", seq(p(ip().mark("bad"))), "extension-malformed",
             "RFC 5280 4.2.1.10: an address and its mask, 8 or 32 octets"),
            ("nc-ip-4", seq(p(ip(1, 2, 3, 4).mark("bad"))),
             "extension-malformed",
             "RFC 5280 4.2.1.10: an address and its mask, 8 or 32 octets"),
            ("nc-mail-control", seq(p(tlv(0x81, b"a\0b@c.d").mark("bad"))),
             "extension-malformed", "RFC 5280 4.2.1.6: no control characters in "
             "a mailbox, nor in what is to match one"),
            ("nc-ip-mask-holes", seq(p(ip(10, 0, 0, 0, 255, 0, 255, 0)
                                       .mark("bad"))),
             "extension-malformed", "RFC 4632 3.1: a mask has no holes"),
            ("nc", cat(seq(p(dns("a"))), null().mark("bad")), "trailing-data",
             "RFC 5280 4.2: bytes after the value"),
            ]:
        one(kind, value, why, reason, variant,
            "bad" if any(m[0] == "bad" for m in value.marks) else None, True)
    for variant, value in [
            ("nc-directory-name", seq(p(dirname(("O", "Acme"))))),
            ("nc-registered-id", seq(p(rid("1.2.3.4")))),
            ("nc-other-name", seq(p(other("1.2.3.4", tlv(12, b"x"))))),
            ("nc-all-forms", seq(p(dns("a"), email("a.b"), uri(".a.b"),
             ip(10, 0, 0, 0, 255, 0, 0, 0), ip(*[0] * 32)),
             tlv(0xA1, seq(dns("b")))))]:
        one(kind, value, "RFC 5280 4.2.1.10: a form that is known", None,
            variant, None, True)
    c = ca(extensions=tlv(0xA3, seq(nc([dns("a")]), bc(), ku("keyCertSign"))))
    cert("nc-before-basic-constraints", c, "RFC 5280 4.2: extensions come in "
         "any order")


def policies():
    p4, p5 = oid("1.2.3.4"), oid("1.2.3.5")
    any_policy = oid("2.5.29.32.0")
    for kind, variant, value, why in [
            ("certificatePolicies", "policies-empty", seq(),
             "RFC 5280 4.2.1.4: at least one policy"),
            ("certificatePolicies", "policies-duplicate",
             seq(seq(p4), seq(p4)), "RFC 5280 4.2.1.4: a policy once"),
            ("policyMappings", "mappings-empty", seq(),
             "RFC 5280 4.2.1.5: at least one mapping"),
            ("policyMappings", "mappings-any", seq(seq(p4, any_policy)),
             "RFC 5280 4.2.1.5: anyPolicy is not mapped"),
            ("policyMappings", "mappings-half", seq(seq(p4)),
             "RFC 5280 4.2.1.5: a mapping has two policies"),
            ("policyConstraints", "policy-constraints-empty", seq(),
             "RFC 5280 4.2.1.11: not an empty sequence"),
            ("policyConstraints", "policy-constraints-negative",
             seq(tlv(0x80, b"\xff")), "RFC 5280 4.2.1.11: not below 0"),
            ("inhibitAnyPolicy", "inhibit-any-garbage", B(b"\xff\xff"),
             "RFC 5280 4.2.1.14: an INTEGER"),
            ("inhibitAnyPolicy", "inhibit-any-negative", integer(-1),
             "RFC 5280 4.2.1.14: not below 0"),
            ("cRLDistributionPoints", "crl-points-empty", seq(),
             "RFC 5280 4.2.1.13: at least one point"),
            ("certificatePolicies", "policies-qualifiers-empty",
             seq(seq(p4, seq())), "RFC 5280 4.2.1.4: at least one qualifier"),
            ("cRLDistributionPoints", "crl-reasons-alone",
             seq(seq(tlv(0x81, b"\1\2"))),
             "RFC 5280 4.2.1.13: a point is more than its reasons"),
            ("cRLDistributionPoints", "crl-reasons-bit-9", seq(seq(
                tlv(0xA0, tlv(0xA0, uri("http://a"))),
                tlv(0x81, b"\6\0\x40"))),
             "RFC 5280 4.2.1.13: reasons end at bit 8"),
            ("noRevAvail", "no-rev-avail-contents", tlv(5, b"\0"),
             "X.690 8.8.2: NULL has no contents"),
            ("authorityInfoAccess", "aia-empty", seq(),
             "RFC 5280 4.2.2.1: at least one entry"),
            ("noRevAvail", "no-rev-avail-not-null", integer(0),
             "RFC 9608 2: NULL"),
            ("masa-url", "masa-url-not-ia5", tlv(12, b"masa.example"),
             "RFC 8995 2.3.2: an IA5String"),
            ("authorisedOnly", "authorised-only-not-null", integer(0),
             "docs/PROFILES.md, By authorisation only: NULL")]:
        one(kind, value, why, "extension-malformed", variant)
    point = seq(tlv(0xA0, tlv(0xA0, uri("http://crl.example/1"))))
    access = seq(seq(oid("1.3.6.1.5.5.7.48.1"), uri("http://ocsp.example")))
    for kind, variant, value in [
            ("certificatePolicies", "policies", seq(seq(p4), seq(
                p5, seq(seq(oid("1.2.3.9"), null()))))),
            ("policyMappings", "mappings", seq(seq(p4, p5))),
            ("policyConstraints", "policy-constraints",
             seq(tlv(0x80, b"\0"), tlv(0x81, b"\1"))),
            ("inhibitAnyPolicy", "inhibit-any", integer(0)),
            ("freshestCRL", "freshest-crl", seq(point)),
            ("cRLDistributionPoints", "crl-points", seq(point, point)),
            ("cRLDistributionPoints", "crl-issuer",
             seq(seq(tlv(0xA2, dirname(("O", "Acme")))))),
            ("cRLDistributionPoints", "crl-reasons", seq(seq(
                tlv(0xA0, tlv(0xA0, uri("http://a"))), tlv(0x81, b"\1\2")))),
            ("cRLDistributionPoints", "crl-relative-name", seq(seq(
                tlv(0xA0, tlv(0xA1, attribute("CN", "crl 1")))))),
            ("authorityInfoAccess", "aia", access),
            ("subjectInfoAccess", "sia", access),
            ("noRevAvail", "no-rev-avail", null()),
            ("masa-url", "masa-url", tlv(22, b"masa.example")),
            ("authorisedOnly", "authorised-only", null())]:
        one(kind, value, "RFC 5280 4.2: the form of " + kind, None, variant)


def at_and_past(variant, why, limit, build, reason="limit", field=None):
    """Two vectors: a certificate at a limit and one past it."""
    cert("%s-%d" % (variant, limit), build(limit), "docs/LIMITS.md: " + why)
    cert("%s-%d" % (variant, limit + 1), build(limit + 1),
         "docs/LIMITS.md: one more than the limit: " + why, reason, field)


def limits():
    def sized(n):
        pad = n - len(ca(exts={"x": ext("1.2.3.4.5", bytes(30000))}).der)
        for extra in (pad, pad - 1, pad + 1):
            c = ca(exts={"x": ext("1.2.3.4.5", bytes(30000 + extra))})
            if len(c.der) == n:
                return c
        raise SystemExit("no certificate of %d octets" % n)
    at_and_past("octets", "octets of a certificate", 32768, sized,
                "input-too-big")
    at_and_past("extensions", "extensions of a certificate", 32,
                lambda n: ca(exts={str(i): ext("1.2.3.%d" % i, null())
                                   for i in range(n - 4)}), "limit")
    at_and_past("rdns", "relative names in a name", 32,
                lambda n: ca(subject_name=name(
                    *[("OU", "u%d" % i) for i in range(n)])), "limit",
                "subject")
    at_and_past("rdn-attributes", "attributes in a relative name", 8,
                lambda n: ca(subject_name=seq(rdn(
                    *[("OU", "u%d" % i) for i in range(n)]))), "limit",
                "subject")
    at_and_past("general-names", "names in subjectAltName", 256,
                lambda n: leaf(exts={"san": san(
                    *[dns("n%d.example" % i) for i in range(n)])}), "limit",
                "subjectAltName")
    at_and_past("issuer-names", "names in issuerAltName", 256,
                lambda n: leaf(exts={"ian": ext("issuerAltName", seq(
                    *[dns("n%d.example" % i) for i in range(n)]))}), "limit",
                "issuerAltName")
    for kind, entry in (
            ("certificatePolicies", lambda i: seq(oid("1.2.3.%d" % i))),
            ("policyMappings", lambda i: seq(oid("1.2.3.%d" % i),
                                             oid("1.2.4.%d" % i)))):
        at_and_past(kind, "entries in " + kind, 64,
                    lambda n: ca(exts={"x": ext(kind, seq(
                        *[entry(i) for i in range(n)]))}), "limit", kind)
    at_and_past("purposes", "purposes in extKeyUsage", 64,
                lambda n: leaf(exts={"eku": eku(
                    *["1.2.3.%d" % i for i in range(n)])}), "limit",
                "extKeyUsage")


def run():
    envelope()
    basic_and_usage()
    identifiers()
    alternative_names()
    constraints()
    policies()
    limits()
