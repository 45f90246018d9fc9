# SPDX-License-Identifier: GPL-3.0-or-later
"""Kind chain: forms that are wrong and leave no doubt about what is meant.

The strict profile refuses each, the path profile passes over it; and what
comes close to them and is refused by both.
"""
from chains import case, three
from corpus import chain
from der import (B, attribute, boolean, general_time, integer, null, oid,
                 printable, rdn, seq, set_of, tlv, utc_time)
from x509 import bc, dns, eku, ext, make, san, ski, aki

ECDSA = "1.2.840.10045.4.3.2"


def both(variant, why, reason, field, at, index, **part):
    case(variant + "-strict", why, reason, at=at, index=index, field=field,
         **part)
    case("path-profile-" + variant, "docs/PROFILES.md: passed over. " + why,
         profile="path", **part)


def neither(variant, why, reason, field, at, index, **part):
    for profile in ("strict", "path"):
        case("%s-%s" % (variant, profile), why, reason, at=at, index=index,
             field=field, profile=profile, **part)


def times():
    valid = lambda start: {"validity": seq(
        general_time(start).mark("notBefore"),
        utc_time("350101000000Z").mark("notAfter"))}
    both("general-time-2025", "RFC 5280 4.1.2.5: 2025 in GeneralizedTime",
         "time-malformed", "notBefore", "notBefore", 0,
         leaf=valid("20250101000000Z"))
    neither("general-time-february-30", "RFC 5280 4.1.2.5: no such day",
            "time-malformed", "notBefore", "notBefore", 0,
            leaf=valid("20250230000000Z"))
    neither("general-time-no-seconds", "RFC 5280 4.1.2.5.2: with seconds",
            "time-malformed", "notBefore", "notBefore", 0,
            leaf=valid("202501010000Z"))


def serials():
    for variant, n, why in [
            ("serial-zero", 0, "positive"), ("serial-negative", -5, "positive"),
            ("serial-octets-21", 1 << 166, "at most 20 octets"),
            ("serial-octets-32", 1 << 254, "at most 20 octets")]:
        both(variant, "RFC 5280 4.1.2.2: " + why, "serial-invalid",
             "serialNumber", "serial", 0, leaf={"serial": n})
    neither("serial-octets-33", "RFC 5280 4.1.2.2: at most 20 octets",
            "serial-invalid", "serialNumber", "serial", 0,
            leaf={"serial": 1 << 262})


def names():
    unsorted = sorted([attribute("CN", "Factory"), attribute("O", "Acme")],
                      key=lambda p: p.data, reverse=True)
    both("rdn-unsorted", "X.690 11.6: the members of a SET OF ascend",
         "not-canonical", "subject", "subject", 1,
         inter={"subject": seq(set_of(*unsorted))},
         leaf={"issuer_name": seq(set_of(*unsorted[::-1]))})
    wrong = lambda value: {"subject": seq(rdn(("O", "Acme")), rdn(
        ("CN", printable(value))))}
    both("printable-at", "X.680 41.4: @ and _ are not in PrintableString",
         "name-malformed", "issuer", "issuer", 0, inter=wrong("ca@factory_1"))
    neither("printable-nul", "RFC 5280 4.1.2.4: a NUL hides what follows it",
            "name-malformed", "subject", "subject", 0, leaf=wrong("a\0b"))
    both("subject-empty", "RFC 5280 4.1.2.6: an empty subject needs a "
         "subjectAltName that is critical", "name-empty", "subject", "subject",
         0, leaf={"subject_name": seq()})


def algorithms():
    with_null = {"tbs_alg": seq(oid(ECDSA), null()),
                 "outer_alg": seq(oid(ECDSA), null())}
    both("ecdsa-null", "RFC 5758 3.2: ECDSA has no parameters, not even NULL",
         "alg-parameters", "signature", "tbsAlg", 0, leaf=with_null)
    neither("ecdsa-null-outside", "RFC 5280 4.1.1.2: the two differ",
            "alg-mismatch", "signature", "tbsAlg", 0,
            leaf={"outer_alg": seq(oid(ECDSA), null())})
    curve = oid("1.2.840.10045.3.1.7")
    neither("ecdsa-curve", "RFC 5758 3.2: ECDSA has no parameters",
            "alg-parameters", "signature", "tbsAlg", 0,
            leaf={"tbs_alg": seq(oid(ECDSA), curve),
                  "outer_alg": seq(oid(ECDSA), curve)})


def extensions():
    e = lambda kind, value, **kw: {"exts": {"x": ext(kind, value, **kw)}}
    zeros = tlv(3, b"\0\x06")	# keyCertSign and cRLSign in eight bits
    both("key-usage-trailing-zero", "X.690 11.2.2: no trailing zero bits",
         "not-canonical", "keyUsage", "ext:keyUsage", 1,
         inter={"exts": {"ku": ext("keyUsage", zeros, critical=True)}})
    both("ski-empty", "RFC 5280 4.2.1.2: an identifier of no octets",
         "extension-malformed", "subjectKeyIdentifier",
         "ext:subjectKeyIdentifier", 1, inter={"exts": {"ski": ski(b"")}})
    both("aki-empty", "RFC 5280 4.2.1.1: an identifier of no octets",
         "extension-malformed", "authorityKeyIdentifier",
         "ext:authorityKeyIdentifier", 0, leaf={"exts": {"aki": aki(b"")}})
    both("eku-twice", "RFC 5280 4.2.1.12: one purpose twice",
         "extension-malformed", "extKeyUsage", "ext:extKeyUsage", 0,
         leaf={"exts": {"eku": eku("codeSigning", "codeSigning")}})
    both("path-len-without-ca", "RFC 5280 4.2.1.9: a path length means "
         "something for a CA only", "extension-malformed", "basicConstraints",
         "ext:basicConstraints", 0,
         leaf=e("basicConstraints", seq(integer(0)), critical=True))
    both("ca-false-written", "X.690 11.5: the default FALSE is not written",
         "not-canonical", "basicConstraints", "ext:basicConstraints", 0,
         leaf=e("basicConstraints", seq(boolean(False))))
    both("critical-false-written", "X.690 11.5: the default FALSE is not "
         "written", "not-canonical", "extKeyUsage", "ext:extKeyUsage", 0,
         leaf=e("extKeyUsage", seq(oid("1.3.6.1.5.5.7.3.3")),
                flag=boolean(False)))
    neither("key-usage-none", "RFC 5280 4.2.1.3: at least one bit",
            "extension-malformed", "keyUsage", "ext:keyUsage", 1,
            inter={"exts": {"ku": ext("keyUsage", tlv(3, b"\0\0"),
                                      critical=True)}})
    both("version-1-written", "X.690 11.5: the default v1 is not written",
         "not-canonical", "version", "version", 0,
         leaf={"version": tlv(0xA0, integer(0)), "extensions": B()})


def host_names():
    """RFC 5280 4.2.1.6: the preferred name syntax of RFC 1034 and 1123."""
    label = "a" * 63
    longest = ".".join([label] * 3 + ["a" * 61])
    for variant, text, why in [
            ("underscore", "a_b.example", "an underscore"),
            ("space", " ", "a single space, named as forbidden"),
            ("hyphen-first", "-a.example", "a label begins with a hyphen"),
            ("hyphen-last", "a-.example", "a label ends with a hyphen"),
            ("dot-first", ".example", "an empty label"),
            ("dot-last", "a.example.", "an empty label"),
            ("dots", "a..example", "an empty label"),
            ("label-64", label + "a.example", "a label of 64 octets"),
            ("octets-254", longest[:-1] + "bb", "a name of 254 octets"),
            ("address", "127.0.0.1", "an address, which is no name"),
            ("number", "1", "a number, which is no name"),
            ("star", "*", "a wildcard for everything"),
            ("star-inside", "a*.example", "a wildcard inside a label"),
            ("star-second", "a.*.example", "a wildcard behind a label"),
            ("star-dot", "*.", "a wildcard for everything")]:
        both("dns-" + variant, "RFC 5280 4.2.1.6: " + why,
             "extension-malformed", "subjectAltName", "ext:subjectAltName", 0,
             leaf={"exts": {"san": san(dns("a.example"), dns(text))}})
    both("dns-issuer-alt", "RFC 5280 4.2.1.7: as in subjectAltName",
         "extension-malformed", "issuerAltName", "ext:issuerAltName", 0,
         leaf={"exts": {"x": ext("issuerAltName", seq(dns("a_b")))}})
    names = ["a", "A-1.b", "1.a", "xn--4ca.example", label + ".example",
             longest, "*.example", "*.com", "a.1b"]
    case("dns-names", "RFC 5280 4.2.1.6: host names of every shape",
         leaf={"exts": {"san": san(*map(dns, names))}})


def unreadable():
    """What was given and cannot be read is named, not what is missing."""
    r, i, l = three()
    chain("issuer-cut", l, [B(i.der.data[:-1])], [r],
          "X.690 8.1.3: the only certificate that could be the issuer lacks "
          "its last octet", "truncated", index=1, field="certificate",
          offset="0-3")
    bad = make("ca", "Factory", r, exts={"bc": None, "x": ext(
        "basicConstraints", seq(boolean(), integer(-1)))})
    chain("issuer-path-len-negative", l, [bad], [r],
          "RFC 5280 4.2.1.9: the only certificate that could be the issuer "
          "has a negative path length", "extension-malformed",
          (bad, "val:basicConstraints"), index=1, field="basicConstraints")


def run():
    times()
    serials()
    names()
    algorithms()
    extensions()
    host_names()
    unreadable()
