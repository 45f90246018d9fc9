# SPDX-License-Identifier: GPL-3.0-or-later
"""Kind chain: comparison of names (RFC 5280 7.1) and name constraints."""
from chains import case, three
from corpus import chain
from der import bits, name, printable, rdn, seq, tlv, utf8
from keys import key
from x509 import dirname, dns, email, ip, make, nc, other, rid, san, uri


def comparison():
    for variant, issuer, why in [
            ("name-printable-utf8", name(("O", printable("Acme")),
             ("CN", utf8("Factory"))), "PrintableString and UTF8String are "
             "compared by their characters"),
            ("name-case", name(("O", "ACME"), ("CN", "fActory")),
             "letters are compared without case"),
            ("name-space", name(("O", "  Acme "), ("CN", "Factory")),
             "leading and trailing space does not count")]:
        r, i, _ = three()
        leaf = make("leaf", "unit-1", i, issuer_name=issuer)
        chain(variant, leaf, [i], [r], "RFC 5280 7.1: " + why)
    r = make("root", "Root")
    i = make("ca", "Line  1", r)
    leaf = make("leaf", "unit-1", i, issuer_name=name(
        ("O", "Acme"), ("CN", "line 1")))
    chain("name-inner-space", leaf, [i], [r],
          "RFC 5280 7.1: inner spaces count as one")
    for variant, kind, octet, reason in (
            ("name-bits", "2.5.4.45", b"\1", None),
            ("name-bits-differ", "2.5.4.45", b"\2", "no-issuer")):
        i = make("ca", "Bits", r, subject=name((kind, bits(b"\1"))))
        leaf = make("leaf", "unit-1", i, issuer_name=name(
            (kind, bits(octet))))
        chain(variant, leaf, [i], [r], "RFC 5280 7.1: what is no text is "
              "compared octet by octet", reason)
    pair = [("O", "Acme"), ("CN", "Factory")]
    i = make("ca", "Factory", r, subject=seq(rdn(*pair)))
    leaf = make("leaf", "unit-1", i, issuer_name=seq(rdn(
        ("O", "ACME"), ("CN", "FACTORY"))))
    chain("name-multi-valued", leaf, [i], [r],
          "RFC 5280 7.1: an RDN is a set of attributes")
    for variant, subject, issuer in [
            ("name-rdn-larger", pair, pair[1:]),
            ("name-rdn-smaller", pair[1:], pair),
            ("name-rdn-repeated", pair, [pair[0], pair[0]])]:
        i = make("ca", "Factory", r, subject=seq(rdn(*subject)))
        leaf = make("leaf", "unit-1", i, issuer_name=seq(rdn(*issuer)))
        chain(variant, leaf, [i], [r], "RFC 5280 7.1: an RDN is a set of "
              "attributes, all of them count", "no-issuer", (leaf, "issuer"),
              index=0, field="issuer")
    for variant, issuer, why in [
            ("name-differs", name(("O", "Acme"), ("CN", "Factory2")),
             "another name"),
            ("name-order", name(("CN", "Factory"), ("O", "Acme")),
             "the order of RDNs counts"),
            ("name-shorter", name(("O", "Acme")), "a part of the name"),
            ("name-longer", name(("O", "Acme"), ("CN", "Factory"),
             ("CN", "x")), "more than the name"),
            ("name-other-type", name(("O", "Acme"), ("OU", "Factory")),
             "another type of attribute"),
            ("name-one-rdn", seq(rdn(("O", "Acme"), ("CN", "Factory"))),
             "one RDN of two is not two RDNs"),
            ("name-no-space", name(("O", "Ac me"), ("CN", "Factory")),
             "a space is a character")]:
        r, i, _ = three()
        leaf = make("leaf", "unit-1", i, issuer_name=issuer)
        chain(variant, leaf, [i], [r], "RFC 5280 7.1: " + why, "no-issuer",
              (leaf, "issuer"), index=0, field="issuer")


def constrained(variant, nc_ext, names, why, reason=None, field=None,
                profile=None, subject=None):
    """A CA with these constraints, a leaf with these names."""
    exts = {"san": san(*names)} if names else {}
    leaf = {"exts": exts}
    if subject is not None:
        leaf["subject"] = subject
    where = {"index": 0} if reason else {}
    case(variant, "RFC 5280 4.2.1.10: " + why, reason, field=field,
         inter={"exts": {"nc": nc_ext}}, leaf=leaf, profile=profile, **where)


def forms():
    """form, constraint, names inside, names outside."""
    table = [
        ("dns", dns("example.com"),
         ["example.com", "a.example.com", "a.b.example.com", "A.EXAMPLE.COM"],
         ["*.example.org", "badexample.com", "example.org", "com", "example.com.evil.org",
          "example.co"], dns),
        ("dns-wildcard", dns("example.com"), ["*.example.com",
         "*.a.example.com"], [], dns),
        ("dns-any", dns(""), ["example.com"], [], dns),
        ("mail-host", email("example.com"), ["a@example.com",
         "a@EXAMPLE.com"], ["a@b.example.com", "a@example.org",
         "a@badexample.com", "a@example.comx", "a@example.co"], email),
        ("mail-domain", email(".example.com"), ["a@b.example.com",
         "a@b.c.example.com"], ["a@example.com", "a@badexample.com"], email),
        ("mail-box", email("root@example.com"), ["root@example.com",
         "root@EXAMPLE.COM"], ["Root@example.com", "a@example.com"], email),
        ("uri-host", uri("example.com"), ["https://example.com/a",
         "coap://u@example.com:5683/x?y#z", "https://EXAMPLE.com"],
         ["https://a.example.com/", "https://example.org/",
          "https://example.com@evil.org/", "https://evil.org/example.com",
          "https://example.com.evil.org/", "https://example.comx/",
          "https://example.co/"], uri),
        ("uri-domain", uri(".example.com"), ["https://a.example.com/",
         "https://a.b.example.com:8443/"], ["https://example.com/",
         "https://badexample.com/", "https://evil.org/?a.example.com"], uri),
    ]
    for form, constraint, inside, outside, make_name in table:
        for i, text in enumerate(inside, 1):
            constrained("nc-%s-permitted-%d" % (form, i), nc([constraint]),
                        [make_name(text)], "%s is permitted" % text)
            constrained("nc-%s-%d" % (form, i), nc((), [constraint]),
                        [make_name(text)], "%s is excluded" % text,
                        "name-excluded", "subjectAltName")
        for i, text in enumerate(outside, 1):
            constrained("nc-%s-%d" % (form, i), nc([constraint]),
                        [make_name(text)], "%s is not permitted" % text,
                        "name-not-permitted", "subjectAltName")
            constrained("nc-%s-not-excluded-%d" % (form, i),
                        nc((), [constraint]), [make_name(text)],
                        "%s is not excluded" % text)
    for i, text in enumerate(["urn:dev:ops:32473-unit-1", "https:///a",
                              "https://10.0.0.1/", "https://[2001:db8::1]/"],
                             1):
        for kind, constraint in (("permitted", nc([uri(".example.com")])),
                                 ("excluded", nc((), [uri(".example.com")]))):
            constrained("nc-uri-no-host-%s-%d" % (kind, i), constraint,
                        [uri(text)], "a URI without a host name is refused "
                        "where a URI constraint applies",
                        "name-constraint-unsupported", "subjectAltName")


def wildcards():
    a = dns("a.example.com")
    constrained("nc-dns-wildcard-wider", nc([a]), [dns("*.example.com")],
                "the wildcard stands for more than is permitted",
                "name-not-permitted", "subjectAltName")
    constrained("nc-dns-wildcard-wider", nc((), [a]), [dns("*.example.com")],
                "the wildcard stands for what is excluded too",
                "name-excluded", "subjectAltName")


def odd_hosts():
    """dNSNames that cannot be compared: strict does not even read them."""
    for variant, text in (("empty-label", "a..example.com"),
                          ("leading-dot", ".example.com"),
                          ("label-64", "a" * 64 + ".example.com"),
                          ("octets-300", "a." * 145 + "example.com")):
        for kind, constraint in (
                ("permitted", nc([dns("example.com")])),
                ("excluded", nc((), [dns("example.com")]))):
            constrained("nc-dns-%s-%s" % (variant, kind), constraint,
                        [dns(text)], "what is no host name cannot be compared",
                        "name-constraint-unsupported", "subjectAltName",
                        "path")


def leading_dot():
    """".domain" for DNS: RFC 5280 knows it for mail and URIs only."""
    dot = dns(".example.com")
    for variant, constraint in (("permitted", nc([dot])),
                                ("excluded", nc((), [dot]))):
        case("nc-dns-dot-" + variant, "RFC 5280 4.2.1.10: a DNS name restriction "
             "is a host name", "extension-malformed", index=1,
             field="nameConstraints", at="ext:nameConstraints",
             inter={"exts": {"nc": constraint}})
    for variant, text, permitted, excluded in (
            ("below", "a.example.com", True, True),
            ("far-below", "a.b.EXAMPLE.com", True, True),
            ("wildcard", "*.example.com", True, True),
            ("itself", "example.com", False, True),
            ("beside", "badexample.com", False, False),
            ("above", "com", False, False)):
        constrained("nc-dns-dot-%s-path" % variant, nc([dot]), [dns(text)],
                    "a dot in front: names below, and only those, are "
                    "permitted", None if permitted else "name-not-permitted",
                    None if permitted else "subjectAltName", "path")
        constrained("nc-dns-dot-%s-excluded-path" % variant, nc((), [dot]),
                    [dns(text)], "a dot in front: names below, and the name "
                    "itself, are excluded", "name-excluded" if excluded else
                    None, "subjectAltName" if excluded else None, "path")
    case("nc-dns-dot-anchor", "docs/PROFILES.md: the same in an anchor, whose "
         "own form is not judged", "name-not-permitted", index=0,
         field="subjectAltName", root={"exts": {"nc": nc([dot])}},
         leaf={"exts": {"san": san(dns("example.com"))}})
    case("nc-dns-dots-path", "RFC 5280 4.2.1.10: two dots are no host name in "
         "any reading", "extension-malformed", index=1, profile="path",
         field="nameConstraints", inter={"exts": {"nc": nc([dns(
             "..example.com")])}})


def addresses():
    net = ip(10, 1, 0, 0, 255, 255, 0, 0)
    six = ip(*bytes.fromhex("20010db8" + "00" * 12 + "ffffffff" + "00" * 12))
    in6 = ip(*bytes.fromhex("20010db8" + "00" * 11 + "01"))
    out6 = ip(*bytes.fromhex("20010db9" + "00" * 11 + "01"))
    host = ip(10, 1, 2, 3, 255, 255, 255, 255)
    for variant, constraint, name_, inside in [
            ("ip", net, ip(10, 1, 2, 3), True),
            ("ip-other", net, ip(10, 2, 0, 1), False),
            ("ip-host", host, ip(10, 1, 2, 3), True),
            ("ip-host-other", host, ip(10, 1, 2, 4), False),
            ("ip6", six, in6, True), ("ip6-other", six, out6, False),
            ("ip-all", ip(*[0] * 8), ip(192, 0, 2, 1), True),
            ("ip-of-ip6", six, ip(10, 1, 2, 3), False)]:
        if inside:
            constrained("nc-%s-permitted" % variant, nc([constraint]),
                        [name_], "the address is permitted")
            constrained("nc-" + variant, nc((), [constraint]), [name_],
                        "the address is excluded", "name-excluded",
                        "subjectAltName")
        else:
            constrained("nc-" + variant, nc([constraint]), [name_],
                        "the address is not permitted", "name-not-permitted",
                        "subjectAltName")
            constrained("nc-%s-not-excluded" % variant, nc((), [constraint]),
                        [name_], "the address is not excluded")


def directory_names():
    acme = dirname(("O", "Acme"))
    constrained("nc-directory-permitted", nc([acme]), [],
                "the subject begins with O=Acme")
    constrained("nc-directory-case", nc([dirname(("O", printable("ACME")))]),
                [], "names are compared as in RFC 5280 7.1")
    constrained("nc-directory", nc([dirname(("O", "Other"))]), [],
                "the subject does not begin with O=Other",
                "name-not-permitted", "subject")
    constrained("nc-directory-longer", nc([dirname(
        ("O", "Acme"), ("CN", "unit-1"), ("CN", "x"))]), [],
        "a subtree longer than the subject", "name-not-permitted", "subject")
    constrained("nc-directory-not-first", nc([dirname(("CN", "unit-1"))]), [],
                "the subject ends, not begins with it", "name-not-permitted",
                "subject")
    constrained("nc-directory", nc((), [acme]), [],
                "the subject begins with O=Acme", "name-excluded", "subject")
    constrained("nc-directory-not-excluded", nc((), [dirname(
        ("O", "Other"))]), [], "the subject does not begin with O=Other")
    constrained("nc-directory-san", nc((), [dirname(("O", "Evil"))]),
                [dirname(("O", "Evil"), ("CN", "a"))], "a directoryName in "
                "subjectAltName counts too", "name-excluded",
                "subjectAltName")
    constrained("nc-directory-san", nc([acme]), [dirname(("O", "Evil"))],
                "a directoryName in subjectAltName counts too",
                "name-not-permitted", "subjectAltName")


def combinations():
    e = nc([dns("example.com")], [dns("secret.example.com")])
    constrained("nc-both", e, [dns("a.example.com")],
                "permitted, and not excluded")
    constrained("nc-dns-within-permitted", e, [dns("x.secret.example.com")],
                "what is excluded stays so inside what is permitted",
                "name-excluded", "subjectAltName")
    constrained("nc-second-name", nc([dns("example.com")]),
                [dns("a.example.com"), dns("evil.org")],
                "every name is judged", "name-not-permitted",
                "subjectAltName")
    constrained("nc-two-permitted", nc([dns("example.org"),
                dns("example.com")]), [dns("a.example.com")],
                "one of several subtrees is enough")
    constrained("nc-other-form", nc([dns("example.com")]),
                [email("a@evil.org")], "a constraint binds its own form alone")
    constrained("nc-no-such-name", nc([dns("example.com")]), [],
                "no name of this form is acceptable")
    mail = name(("O", "Acme"), ("email", "a@evil.org"))
    constrained("nc-mail-in-subject", nc([email("example.com")]), [],
                "emailAddress in the subject counts where there is no "
                "subjectAltName", "name-not-permitted", "subject",
                subject=mail)
    constrained("nc-mail-in-subject", nc((), [email("evil.org")]), [],
                "emailAddress in the subject counts where there is no "
                "subjectAltName", "name-excluded", "subject", subject=mail)
    for variant, constraint, name_ in [
            ("registered-id", rid("1.2.3"), rid("1.2.3.4")),
            ("other-name", other("1.2.3.4", tlv(12, b"x")),
             other("1.2.3.4", tlv(12, b"x"))),
            ("x400", tlv(0xA3, tlv(0x30)), tlv(0xA3, tlv(0x30))),
            ("edi-party", tlv(0xA5, tlv(0xA1, utf8("x"))),
             tlv(0xA5, tlv(0xA1, utf8("x"))))]:
        why = "a form that the verifier does not evaluate"
        constrained("nc-" + variant, nc([constraint]), [name_], why,
                    "name-constraint-unsupported")
        constrained("nc-%s-excluded" % variant, nc((), [constraint]), [name_],
                    why, "name-constraint-unsupported")
        constrained("nc-%s-no-such-name" % variant, nc([constraint]),
                    [dns("a.example")], why + ", and no name of it is there")
    for profile in ("strict", "path"):
        constrained("nc-profile-" + profile, nc([dns("example.com")]),
                    [dns("evil.org")], "in both profiles",
                    "name-not-permitted", "subjectAltName", profile)
    constrained("nc-not-critical-path", nc([dns("example.com")],
                critical=False), [dns("evil.org")],
                "constraints bind also where they are not critical",
                "name-not-permitted", "subjectAltName", "path")


def levels():
    leaf_exts = {"exts": {"san": san(dns("a.example.com"))}}
    case("nc-anchor", "RFC 5937 3: the anchor's own constraints bind",
         "name-not-permitted", root={"exts": {"nc": nc([dns("example.org")])}},
         leaf=leaf_exts, index=0, field="subjectAltName")
    case("nc-anchor", "RFC 5937 3: the anchor's own constraints bind",
         "name-excluded", root={"exts": {"nc": nc((), [dns("example.com")])}},
         leaf=leaf_exts, index=0, field="subjectAltName")
    r = make("root", "Root")
    top = make("ca", "Top", r, exts={"nc": nc([dns("example.com")])})
    sub = make("ca", "Sub", top, exts={"nc": nc([dns("a.example.com")])})
    wide = make("ca", "Wide", top, exts={"nc": nc([dns("com")])})
    for variant, issuer, text, reason in [
            ("nc-intersection", sub, "x.a.example.com", None),
            ("nc-outside-lower", sub, "b.example.com", "name-not-permitted"),
            ("nc-lower-cannot-widen", wide, "evil.com", "name-not-permitted"),
            ("nc-lower-wider", wide, "b.example.com", None)]:
        leaf = make("leaf", "unit-1", issuer, exts={"san": san(dns(text))})
        more = {"index": 0, "field": "subjectAltName"} if reason else {}
        chain(variant, leaf, [issuer, top], [r], "RFC 5280 6.1.4 (g): "
              "permitted subtrees are intersected", reason, **more)
    top = make("ca", "Top", r, exts={"nc": nc([dirname(("O", "Acme"))])})
    sub = make("ca", "Sub", top, subject=name(("O", "Evil")))
    leaf = make("leaf", "unit-1", sub)
    chain("nc-intermediate", leaf, [sub, top], [r], "RFC 5280 6.1.3 (b): an "
          "intermediate's name is judged too", "name-not-permitted", index=1,
          field="subject")
    old = make("ca", "Top", r, exts={
        "nc": nc((), [dirname(("O", "Acme"), ("CN", "Top"))])})
    new = make("ca", "Top", old, own=key("Top new"), subject=old.subject)
    leaf = make("leaf", "unit-1", new)
    chain("nc-self-issued-exempt", leaf, [new, old], [r], "RFC 5280 6.1.3 "
          "(b): a self-issued intermediate is not judged by name constraints")
    leaf = make("leaf", "unit-1", old, subject=old.subject,
                own=key("self leaf"))
    chain("nc-self-issued-leaf", leaf, [old], [r], "RFC 5280 6.1.3 (b): a "
          "self-issued leaf is judged all the same", "name-excluded", index=0,
          field="subject")
    case("nc-in-leaf-path", "RFC 5280 6.1.5: a leaf's own constraints bind "
         "nobody", profile="path", leaf={"exts": {"nc": nc([dns("x")]),
                                                  "san": san(dns("y"))}})


def run():
    comparison()
    forms()
    wildcards()
    odd_hosts()
    leading_dot()
    addresses()
    directory_names()
    combinations()
    levels()
