# SPDX-License-Identifier: GPL-3.0-or-later
"""Kind chain: certificate policies, RFC 5280 6.1 and RFC 9618.

Here a policy is a letter and anyPolicy a star.
"""
from corpus import chain
from der import integer, null, oid, seq, tlv
from keys import key
from x509 import ext, make

ARC = "1.3.6.1.4.1.99999.5."
R = make("root", "Root")


def dotted(letter):
    return "2.5.29.32.0" if letter == "*" else ARC + str(ord(letter) - 64)


def listed(letters):
    return ",".join(dotted(x) for x in letters)


def policies(oids, critical=False):
    return ext("certificatePolicies", seq(*[seq(oid(x)) for x in oids]),
               critical)


def mappings(pairs):
    return ext("policyMappings",
               seq(*[seq(oid(a), oid(b)) for a, b in pairs]), True)


def stated(text, maps="", need=None, nomap=None, noany=None):
    """Extensions of one certificate; maps: "ABCD" is A to B and C to D."""
    out = {}
    if text:
        out["pol"] = policies([dotted(x) for x in text])
    if maps:
        out["map"] = mappings([(dotted(a), dotted(b)) for a, b in
                               zip(maps[::2], maps[1::2])])
    limits = [tlv(0x80 + i, bytes([n])) for i, n in ((0, need), (1, nomap))
              if n is not None]
    if limits:
        out["con"] = ext("policyConstraints", seq(*limits), True)
    if noany is not None:
        out["any"] = ext("inhibitAnyPolicy", integer(noany), True)
    return out


def path(specs):
    """Certificates from the top down, each as stated() says."""
    issuer, out, names = R, [], ["Root"]
    for n, spec in enumerate(specs[:-1], 1):
        spec = dict(spec)
        label = names[-1] if spec.pop("self", False) else "CA %d" % n
        names.append(label)
        cert = make("ca", label, issuer, exts=spec, serial=0x2000 + n,
                    own=key("%s, key %d" % (label, n)))
        out.append(cert)
        issuer = cert
    out.append(make("leaf", "unit-1", issuer, exts=specs[-1]))
    return out


def self_issued(spec):
    return dict(spec, self=True)


def case(variant, specs, why, reason=None, asked=None, got=None, at=None,
         **expect):
    certs = path(specs)
    if asked:
        expect["policy"] = listed(asked)
    if not reason:
        expect["policies"] = "none" if got == "" else "any" if got == "*" \
            else listed(got)
    if at:
        at = (certs[::-1][expect["index"]], at)
    expect.setdefault("flips", None if reason else 97)
    chain(variant, certs[-1], certs[-2::-1], [R], why, reason, at, **expect)


NEED = {"require_explicit": 1}


def needed(index=0, **more):
    return dict({"index": index, "field": "certificatePolicies"}, **more)


def stating():
    s = stated
    why = "RFC 5280 6.1.3 (d)(1): "
    case("policy-all-along", [s("A"), s("A")], why + "one policy in all",
         got="A", **NEED)
    case("policy-in-common", [s("AB"), s("BC")], why + "one in common",
         got="B", **NEED)
    case("policy-lost-nobody-asks", [s("A"), s("B")], "RFC 5280 6.1.3 (f): "
         "nothing in common, and nobody requires it", got="")
    case("nothing-in-common", [s("A"), s("B")], "RFC 5280 6.1.3 (f): nothing "
         "in common", "policy-required", at="val:certificatePolicies",
         **NEED, **needed())
    case("leaf-without", [s("A"), s("")], "RFC 5280 6.1.3 (e): the leaf "
         "states no policy", "policy-required", **NEED, **needed())
    case("ca-without", [s("A"), s(""), s("A")], "RFC 5280 6.1.3 (e): a CA "
         "between states no policy", "policy-required", **NEED, **needed(1))
    case("never-stated", [s(""), s("")], "RFC 5280 6.1.3 (f): required from "
         "the first certificate on", "policy-required", **NEED, **needed(1))
    why = "RFC 5280 6.1.5 (b): "
    case("required-by-leaf", [s("A"), s("", need=0)], why + "the leaf requires "
         "and states none", "policy-required", asked="A", profile="path",
         **needed())
    case("not-accepted-by-leaf", [s("A"), s("A", need=0)], why + "the leaf "
         "requires, and states another than is asked for", "policy-not-accepted",
         asked="B", profile="path", **needed())
    why = "RFC 5280 6.1.5 (g): "
    case("policy-asked", [s("AB"), s("AB")], why + "one of two is asked for",
         asked="BC", got="B", **NEED)
    case("asked-for-another", [s("A"), s("A")], why + "another is asked for",
         "policy-not-accepted", asked="B", at="val:certificatePolicies",
         **NEED, **needed())
    case("policy-asked-for-another", [s("A"), s("A")], why + "another is "
         "asked for, but none is required", asked="B", got="")
    why = "RFC 5280 6.1.3 (d)(2): "
    case("policy-any-all-along", [s("*"), s("*")], why + "anyPolicy in all",
         got="*", **NEED)
    case("policy-any-asked", [s("*"), s("*")], "RFC 9618 5.5 (g): anyPolicy "
         "stands for what is asked for", asked="AB", got="AB", **NEED)
    case("policy-any-below", [s("A"), s("*")], why + "anyPolicy below one",
         got="A", **NEED)
    case("policy-any-above", [s("*"), s("A")], why + "anyPolicy above one",
         got="A", **NEED)
    case("any-inhibited-by-question", [s("*"), s("A")], "RFC 5280 6.1.1 (g): "
         "anyPolicy is inhibited from the start", "policy-required",
         inhibit_any=1, **NEED, **needed(1))
    case("any-inhibited", [s("A", noany=0), s("*")], "RFC 5280 6.1.4 (j): "
         "anyPolicy is inhibited by the CA", "policy-required", **NEED,
         **needed())
    case("policy-any-one-more", [s("A", noany=1), s("*"), s("A")],
         "RFC 5280 6.1.4 (j): anyPolicy in one more certificate", got="A",
         **NEED)
    case("policy-any-self-issued", [s("A", noany=0), self_issued(s("*")),
         s("A")], why + "a self-issued CA may still state it", got="A",
         **NEED)
    case("any-self-issued-leaf-below", [s("A", noany=0), self_issued(s("*")),
         s("*")], why + "the leaf below it may not", "policy-required",
         **NEED, **needed())


def requiring():
    s = stated
    why = "RFC 5280 6.1.4 (i), 4.2.1.11: "
    for skip, refused in ((0, True), (1, True), (2, True), (3, False)):
        case("required-after-%d" % skip if refused else
             "policy-required-after-%d" % skip,
             [s("A", need=skip), s("B"), s("B")], why + "a policy is required "
             "after %d certificates, and there is none" % skip,
             **(needed(1 if skip == 0 else 0, reason="policy-required")
                if refused else {"got": ""}))
    case("required-self-issued-not-counted", [s("A", need=2),
         self_issued(s("B")), s("B"), s("B")], "RFC 5280 6.1.4 (h): a "
         "self-issued certificate is not counted", "policy-required",
         **needed())
    case("policy-self-issued-not-counted", [s("A", need=3),
         self_issued(s("B")), s("B"), s("B")], "RFC 5280 6.1.4 (h): counted, "
         "it would be required", got="")
    case("lesser-counts", [s("A", need=0), s("A", need=9), s("B")],
         "RFC 5280 6.1.4 (i)(1): a larger number below loosens nothing",
         "policy-required", **needed())
    case("policy-constrained-and-kept", [s("A", need=0), s("A")], why +
         "required, and there is one", got="A")
    case("constrained-asked-for-another", [s("A", need=0), s("A")],
         "RFC 5280 6.1.5 (g): required by the CA, another is asked for",
         "policy-not-accepted", asked="B", **needed())


def mapping():
    s = stated
    why = "RFC 5280 6.1.4 (b)(1): "
    case("policy-mapped", [s("A", "AB"), s("B")], why + "A is B below",
         asked="A", got="A", **NEED)
    case("mapped-asked-below", [s("A", "AB"), s("B")], "RFC 9618 5.5 (g): "
         "what counts is the policy of the anchor's domain",
         "policy-not-accepted", asked="B", **NEED, **needed())
    case("mapped-away", [s("A", "AB"), s("A")], why + "A is B below, no "
         "longer A", "policy-required", **NEED, **needed())
    case("policy-mapped-to-two", [s("A", "ABAC"), s("C")], why + "A is B and "
         "C below", got="A", **NEED)
    case("policy-two-mapped-to-one", [s("AB", "ACBC"), s("C")], why +
         "A and B are C below", got="AB", **NEED)
    case("policy-exchanged", [s("AB", "ABBA"), s("A")], why + "A and B change "
         "places", got="B", **NEED)
    case("policy-mapped-twice", [s("A", "AB"), s("B", "BC"), s("C")], why +
         "A is B, B is C", got="A", **NEED)
    case("policy-mapped-from-any", [s("*", "AB"), s("B")], why + "A is there "
         "by anyPolicy", asked="A", got="A", **NEED)
    case("mapped-not-stated", [s("A", "CB"), s("B")], why + "a mapping of "
         "what is not there", "policy-required", **NEED, **needed())
    why = "RFC 5280 6.1.4 (b)(2): "
    case("mapping-inhibited-by-question", [s("A", "AB"), s("B")], why +
         "mapping is inhibited from the start", "policy-required",
         inhibit_mapping=1, **NEED, **needed())
    case("mapping-inhibited", [s("A", nomap=0), s("A", "AB"), s("B")], why +
         "mapping is inhibited by the CA above", "policy-required", **NEED,
         **needed())
    case("mapping-inhibited-original", [s("A", nomap=0), s("A", "AB"), s("A")],
         why + "what was to be mapped is gone too", "policy-required", **NEED,
         **needed())
    case("policy-mapping-inhibited-other", [s("AC", "AB"), s("ABC")], why +
         "what is not mapped stays", got="C", inhibit_mapping=1, **NEED)
    case("policy-mapping-one-more", [s("A", nomap=1), s("A", "AB"), s("B")],
         "RFC 5280 6.1.4 (i)(2): mapping in one more certificate", got="A",
         **NEED)


def limits():
    s = stated
    why = "docs/LIMITS.md: "
    pairs = "".join(a + b for a in "ABCDEFGH" for b in "ABCDEFGH")
    case("policy-blow-up", [s("ABCDEFGH", pairs, need=0)] * 7 +
         [s("ABCDEFGH")], "RFC 9618 3.2: a tree of these policies would have "
         "over sixteen million leaves", got="ABCDEFGH", flips=997)
    case("blow-up", [s("ABCDEFGH", pairs, need=0)] * 7 + [s("Z")],
         "RFC 9618 3.2: the same, and the leaf states another policy",
         "policy-required", **needed())
    many = [ARC + "1.%d" % n for n in range(65)]
    for count, reason in ((64, None), (65, "policy-limit")):
        top = dict(s("AB"), map=mappings(
            [(dotted("A"), x) for x in many[:count - 1]]))
        case("policy-nodes-%d" % count if not reason else "nodes-%d" % count,
             [top, s("*")], why + "%d policies at one certificate" % count,
             reason, got="AB", flips=None if reason else 997,
             **({"index": 1} if reason else {}))
        top = {"pol": policies(many[:count - 33] + [dotted("*")])}
        low = {"pol": policies([ARC + "2.%d" % n for n in range(33)])}
        got = {} if reason else {"policies": ",".join(
            ARC + "2.%d" % n for n in range(33))}
        certs = path([top, low])
        chain("path-policies-%d" % count, certs[-1], certs[-2::-1], [R],
              why + "%d policies stated below anyPolicy" % count, reason,
              flips=None if reason else 997,
              **got, **(needed() if reason else {}))
    top = {"pol": policies(many[:32] + [dotted("*")])}
    low = {"pol": policies([dotted("*")] + [ARC + "2.%d" % n for n in range(33)])}
    certs = path([top, low])
    chain("path-policies-65-and-any", certs[-1], certs[-2::-1], [R], why +
          "anyPolicy beside them does not help", "policy-limit", **needed())


def strangers():
    odd = seq(seq(oid(dotted("A")), seq(seq(oid("1.2.3.4.5"), null()))))
    notice = seq(seq(oid(dotted("A")), seq(seq(oid("1.3.6.1.5.5.7.2.2"),
                                               seq()))))
    cps = seq(seq(oid(dotted("A")), seq(seq(
        oid("1.3.6.1.5.5.7.2.1"), tlv(0x16, b"https://cps.example")))))
    why = "RFC 5280 4.2.1.4: "
    case("policy-qualifier-unknown", [{}, {"pol": ext("certificatePolicies",
         odd)}], why + "an unknown qualifier, not critical", got="")
    for variant, value in (("notice", notice), ("cps", cps)):
        case("policy-qualifier-" + variant, [stated("A"), {"pol": ext(
             "certificatePolicies", value, True)}], why + "a known qualifier, "
             "critical", got="A", **NEED)
    for profile in ("strict", "path"):
        case("policy-qualifier-" + profile, [{}, {"pol": ext(
             "certificatePolicies", odd, True)}], why + "an unknown qualifier "
             "in a critical extension", "extension-unknown-critical",
             index=0, profile=profile, field="certificatePolicies",
             at="ext:certificatePolicies")
        case("policy-qualifier-ca-" + profile, [{"pol": ext(
             "certificatePolicies", odd, True)}, {}], why + "an unknown qualifier "
             "in a critical extension of a CA", "extension-unknown-critical",
             index=1, profile=profile, field="certificatePolicies",
             at="ext:certificatePolicies")
    for kind, spec in (("policyConstraints", stated("", need=0)),
                       ("policyMappings", stated("A", "AB")),
                       ("inhibitAnyPolicy", stated("", noany=0))):
        root = make("root", "Root", exts=spec)
        leaf = make("leaf", "unit-1", root, exts=stated("A"))
        chain("anchor-" + kind, leaf, [], [root], "docs/PROFILES.md: an "
              "anchor's policies are not handed down, so it may not restrict "
              "them", "extension-unknown-critical", object="anchor", index=0,
              field=kind)
    root = make("root", "Root", exts=stated("A"))
    leaf = make("leaf", "unit-1", root, exts=stated("B"))
    chain("anchor-policies", leaf, [], [root], "RFC 5280 6.1.1 (d): an anchor "
          "is a name and a key; the policies it states bind nobody",
          policies=listed("B"), **NEED)


def run():
    stating()
    requiring()
    mapping()
    limits()
    strangers()
