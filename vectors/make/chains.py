# SPDX-License-Identifier: GPL-3.0-or-later
"""Kind chain: RFC 5280 section 6.1, rule by rule.

The first part is the table of chains that other verifiers get wrong.
"""
from corpus import chain
from der import B, bits, integer, null, oid, seq, tlv
from keys import algorithm, ec_spki, key
from x509 import (PURPOSE, Cert, aki, bc, dns, eku, ext, ku, make, nc, san,
                  ski)

CODE = PURPOSE["codeSigning"]


def three(root=None, inter=None, leaf=None, keyed="p256"):
    """Root, one intermediate, a leaf; each may have odd parts."""
    r = make("root", "Root", **dict({"keyed": keyed}, **(root or {})))
    i = make("ca", "Factory", r, **dict({"keyed": keyed}, **(inter or {})))
    l = make("leaf", "unit-1", i, **dict({"keyed": keyed}, **(leaf or {})))
    return r, i, l


def case(variant, why, reason=None, root=None, inter=None, leaf=None,
         keyed="p256", at=None, **expect):
    r, i, l = three(root, inter, leaf, keyed)
    if at:
        at = ([l, i][expect["index"]], at)
    chain(variant, l, [i], [r], why, reason, at, **expect)


def usual_mistakes():
    case("three-tier-p256", "root, factory CA, device: as it should be",
         flips=1)
    r, i, l = three()
    evil = key("Evil CA")
    forged = make("ca", "Factory", r, own=evil, signer=evil)
    victim = make("leaf", "unit-1", forged)
    chain("intermediate-not-issued-by-root", victim, [forged], [r],
          "RFC 5280 6.1.3 (a)(1): an intermediate that names the root as its "
          "issuer but was signed with its own key", "signature-invalid",
          (forged, "sig"), index=1, field="signatureValue")
    alone = make("root", "Factory", own=evil)
    chain("self-signed-in-pile", make("leaf", "unit-1", alone), [alone], [r],
          "RFC 5280 6.1.1 (d): a self-signed CA in the pile is no anchor",
          "no-issuer", index=1, field="issuer")
    narrow = make("ca", "Factory", r, exts={"bc": bc(path_len=0)})
    sub = make("ca", "Line 1", narrow)
    chain("sub-ca-below-0", make("leaf", "unit-1", sub), [sub, narrow], [r],
          "RFC 5280 6.1.4 (m): pathLen 0 permits no CA below, here is one",
          "path-length", (narrow, "ext:basicConstraints"), index=2,
          field="basicConstraints")
    chain("path-len-0", make("leaf", "unit-1", narrow), [narrow], [r],
          "RFC 5280 4.2.1.9: pathLen 0 permits end entities below")
    wide = make("ca", "Factory", r, exts={"bc": bc(path_len=1)})
    sub = make("ca", "Line 1", wide)
    chain("path-len-1", make("leaf", "unit-1", sub), [sub, wide], [r],
          "RFC 5280 4.2.1.9: pathLen 1 permits one CA below")
    low = make("ca", "Cell 1", sub)
    chain("two-below-1", make("leaf", "unit-1", low), [low, sub, wide], [r],
          "RFC 5280 6.1.4 (m): pathLen 1 permits one CA below, here are two",
          "path-length", (wide, "ext:basicConstraints"), index=3,
          field="basicConstraints")
    case("crl-sign-only", "RFC 5280 6.1.4 (n): the issuer's keyUsage lacks "
         "keyCertSign", "key-usage-cert-sign",
         inter={"exts": {"ku": ku("cRLSign")}}, at="ext:keyUsage", index=1,
         field="keyUsage")
    case("anchor-crl-sign-only", "RFC 5280 4.2.1.3: the anchor's keyUsage lacks "
         "keyCertSign", "key-usage-cert-sign",
         root={"exts": {"ku": ku("cRLSign")}}, object="anchor", index=0,
         field="keyUsage")
    for profile in ("strict", "path"):
        case("ca-false-" + profile, "RFC 5280 6.1.4 (k): the issuer is "
             "marked as no CA, though it has keyCertSign", "ca-flag-missing",
             inter={"exts": {"bc": bc(False)}}, index=1, profile=profile,
             field="basicConstraints")
        case("no-basic-constraints-" + profile,
             "RFC 5280 6.1.4 (k): the issuer does not say that it is a CA",
             "ca-flag-missing", inter={"exts": {"bc": None}}, index=1,
             profile=profile, field="basicConstraints")
        forged = make("leaf", "unit-2", l)
        chain("device-as-issuer-" + profile, forged, [l, i], [r],
              "RFC 5280 6.1.4 (k): a device's certificate was used to make "
              "another device's", "ca-flag-missing", index=1, profile=profile,
              field="basicConstraints")
    case("version-1-issuer", "RFC 5280 6.1.4 (k): a version 1 certificate "
         "cannot say that it is a CA", "ca-flag-missing",
         inter={"version": B(), "extensions": B()}, index=1, profile="path",
         field="basicConstraints")
    ca = {"exts": {"bc": bc(), "ku": ku("digitalSignature", "keyCertSign")}}
    case("leaf-is-ca", "RFC 5280 4.2.1.9: a CA certificate is presented as "
         "an end entity", "ca-flag-on-leaf", leaf=ca, index=0,
         at="ext:basicConstraints", field="basicConstraints")
    ca_as_leaf()
    case("leaf-signs-certificates", "RFC 5280 4.2.1.9: keyCertSign without "
         "cA, in an end entity", "ca-flag-on-leaf", leaf={"exts": {
             "ku": ku("digitalSignature", "keyCertSign")}}, index=0,
         at="ext:keyUsage", field="keyUsage")
    case("leaf-is-ca-path", "section 6 alone does not forbid a CA as the end "
         "of a path", leaf={"exts": {"bc": bc()}}, profile="path")
    case("leaf-says-no-ca", "RFC 5280 4.2.1.9: a leaf may say that it is none",
         leaf={"exts": {"bc": bc(False)}})


def ca_as_leaf():
    """What section 4 asks of a CA, section 6 asks of issuers only."""
    for variant, exts, why in [
            ("no-cert-sign", {"ku": ku("digitalSignature")},
             "RFC 5280 4.2.1.3: cA without keyCertSign"),
            ("not-critical", {"bc": bc(critical=False)},
             "RFC 5280 4.2.1.9: critical in CAs"),
            ("no-ski", {"ski": None}, "RFC 5280 4.2.1.2: required in CAs"),
            ("no-key-usage", {"ku": None}, "RFC 5280 4.2.1.3: required in CAs")]:
        leaf = {"exts": dict({"bc": bc(), "ku": ku("keyCertSign")}, **exts)}
        case("path-profile-leaf-is-ca-" + variant, "section 6 asks this of "
             "issuers only: " + why, leaf=leaf, profile="path")
    case("leaf-is-ca-constrains", "RFC 5280 4.2.1.10: a CA's certificate may "
         "have nameConstraints, wherever it stands", profile="path", leaf={
             "exts": {"bc": bc(), "ku": ku("keyCertSign"),
                      "x": nc([dns("a")])}})


def criticality():
    odd = ext("1.2.3.4.5", null(), True)
    why = "RFC 5280 4.2: a critical extension that nobody here understands"
    for where, index in (("leaf", 0), ("inter", 1)):
        for profile in ("strict", "path"):
            case("%s-%s" % (where, profile), why, "extension-unknown-critical",
                 at="ext:1.2.3.4.5", index=index, profile=profile,
                 field="extension", **{where: {"exts": {"x": odd}}})
    case("anchor", why, "extension-unknown-critical", object="anchor",
         index=0, root={"exts": {"x": odd}}, field="extension")
    case("unknown-not-critical", "RFC 5280 4.2: what is not critical and not "
         "known is passed over", leaf={"exts": {"x": ext(
             "1.2.3.4.5", null())}})
    explicit = seq(tlv(0x80, b"\0"))
    for kind, value in [("inhibitAnyPolicy", integer(0)),
                        ("policyMappings", seq(seq(oid("1.2.3.4"),
                                                   oid("1.2.3.5"))))]:
        case(kind + "-critical", "RFC 5280 6.1.4: critical and understood, "
             "and nobody requires a policy",
             inter={"exts": {"x": ext(kind, value, True)}})
    case("policyConstraints-critical", "RFC 5280 6.1.3 (f): the CA requires "
         "a policy, the leaf states none", "policy-required", index=0,
         field="certificatePolicies",
         inter={"exts": {"x": ext("policyConstraints", explicit, True)}})
    case("policies-critical", "RFC 5280 6.1.3 (d): policies restrict nothing "
         "where nobody asked for one", leaf={"exts": {"x": ext(
             "certificatePolicies", seq(seq(oid("1.2.3.4"))), True)}})
    case("issuer-alt-name-critical", "RFC 5280 4.2.1.7: read and harmless",
         leaf={"exts": {"x": ext("issuerAltName", seq(dns("a.example")),
                                 True)}})


def strict_rules():
    """Section 4 demands: refused by strict, passed over by path."""
    access = seq(seq(oid("1.3.6.1.5.5.7.48.1"), tlv(0x86, b"http://a")))
    point = seq(seq(tlv(0xA0, tlv(0xA0, tlv(0x86, b"http://a")))))
    for variant, where, exts, reason, field, why in [
            ("aki-leaf", "leaf", {"aki": None}, "extension-missing",
             "authorityKeyIdentifier", "RFC 5280 4.2.1.1: required"),
            ("aki-ca", "inter", {"aki": None}, "extension-missing",
             "authorityKeyIdentifier", "RFC 5280 4.2.1.1: required"),
            ("ski-ca", "inter", {"ski": None}, "extension-missing",
             "subjectKeyIdentifier", "RFC 5280 4.2.1.2: required in CAs"),
            ("key-usage-ca", "inter", {"ku": None}, "extension-missing",
             "keyUsage", "RFC 5280 4.2.1.3: required in CAs"),
            ("basic-constraints", "inter", {"bc": bc(critical=False)},
             "extension-criticality", "basicConstraints",
             "RFC 5280 4.2.1.9: critical in CAs"),
            ("aki", "leaf", {"aki": aki(key("Factory").id, True)},
             "extension-criticality", "authorityKeyIdentifier",
             "RFC 5280 4.2.1.1: never critical"),
            ("ski", "inter", {"ski": ski(key("Factory").id, True)},
             "extension-criticality", "subjectKeyIdentifier",
             "RFC 5280 4.2.1.2: never critical"),
            ("name-constraints", "inter", {"x": nc([dns("example")],
             critical=False)}, "extension-criticality", "nameConstraints",
             "RFC 5280 4.2.1.10: critical"),
            ("policy-constraints", "inter", {"x": ext("policyConstraints",
             seq(tlv(0x80, b"\5")))}, "extension-criticality",
             "policyConstraints", "RFC 5280 4.2.1.11: critical"),
            ("inhibit-any-policy", "inter", {"x": ext("inhibitAnyPolicy",
             integer(5))}, "extension-criticality", "inhibitAnyPolicy",
             "RFC 5280 4.2.1.14: critical"),
            ("nc-in-leaf", "leaf", {"x": nc([dns("a")])},
             "extension-malformed", "nameConstraints",
             "RFC 5280 4.2.1.10: in CAs only"),
            ("freshest-crl", "leaf", {"x": ext("freshestCRL", point, True)},
             "extension-criticality", "freshestCRL",
             "RFC 5280 4.2.1.15: never critical"),
            ("authority-info", "leaf", {"x": ext("authorityInfoAccess",
             access, True)}, "extension-criticality", "authorityInfoAccess",
             "RFC 5280 4.2.2.1: never critical"),
            ("subject-info", "leaf", {"x": ext("subjectInfoAccess", access,
             True)}, "extension-criticality", "subjectInfoAccess",
             "RFC 5280 4.2.2.2: never critical")]:
        index = 0 if where == "leaf" else 1
        case(variant, why, reason, index=index, field=field, at=None
             if reason == "extension-missing" else "ext:" + field,
             **{where: {"exts": exts}})
        if variant not in ("nc-in-leaf", "freshest-crl", "authority-info", "subject-info"):
            case("path-profile-" + variant, "section 6 alone does not ask "
                 "for this: " + why, profile="path", **{where: {"exts": exts}})
    case("key-usage-not-critical", "RFC 5280 4.2.1.3: keyUsage should be "
         "critical, and need not", inter={"exts": {"ku": ku(
             "keyCertSign", critical=False)}})
    r, i, _ = three()
    new = make("leaf", "Factory", i, own=key("Factory new"), subject=i.subject,
               exts={"aki": ext("authorityKeyIdentifier", seq())})
    chain("aki-self-issued", new, [i], [r],
          "RFC 5280 4.2.1.1: the self-signed may omit the extension, not the "
          "identifier in it", "extension-missing", index=0,
          field="authorityKeyIdentifier")
    case("version-1-leaf-path", "RFC 5280 6.1: a leaf needs no extensions",
         leaf={"version": B(), "extensions": B()}, profile="path")
    case("version-1-leaf", "RFC 5280 4.2.1.1: no authorityKeyIdentifier",
         "extension-missing", leaf={"version": B(), "extensions": B()},
         index=0, field="authorityKeyIdentifier")
    case("key-usage-absent-path", "RFC 5280 6.1.4 (n): keyUsage is judged "
         "when it is there", profile="path", inter={"exts": {"ku": None}},
         leaf={"exts": {"ku": None}})


def purposes():
    sign = {"exts": {"eku": eku("codeSigning")}}
    for name_, e, asked in [
            ("purpose-exact", eku("codeSigning"), CODE),
            ("purpose-second", eku("clientAuth", "codeSigning"), CODE),
            ("purpose-any", eku("any"), CODE), ("purpose-absent", None, CODE),
            ("purpose-private", eku("1.3.6.1.4.1.99999.1"),
             "1.3.6.1.4.1.99999.1"),
            ("purpose-not-asked", eku("serverAuth", critical=True), None)]:
        case(name_, "RFC 5280 4.2.1.12: the purpose is permitted",
             leaf={"exts": {"eku": e}}, purpose=asked)
    for name_, e in [
            ("leaf", eku("serverAuth")), ("leaf-critical", eku(
                "clientAuth", critical=True)),
            # One arc differs; the sum of the octets is the same.
            ("leaf-oid-same-sum", eku("1.3.7.1.5.5.6.3.3")),
            ("leaf-oid-longer", eku("1.3.6.1.5.5.7.3.3.1")),
            ("leaf-oid-shorter", eku("1.3.6.1.5.5.7.3"))]:
        for profile in ("strict", "path"):
            case("%s-%s" % (name_, profile),
                 "RFC 5280 4.2.1.12: the leaf does not list codeSigning",
                 "key-purpose", leaf={"exts": {"eku": e}}, purpose=CODE,
                 index=0, at="ext:extKeyUsage", field="extKeyUsage",
                 profile=profile)
    narrow = {"exts": {"eku": eku("serverAuth")}}
    case("intermediate", "docs/PROFILES.md: an intermediate for serverAuth "
         "alone does not vouch for code", "key-purpose", inter=narrow,
         leaf=sign, purpose=CODE, index=1, at="ext:extKeyUsage",
         field="extKeyUsage")
    case("nested-purpose-path", "section 6 does not nest purposes",
         inter=narrow, leaf=sign, purpose=CODE, profile="path")
    case("nested-purpose", "every certificate of the path permits it",
         inter={"exts": {"eku": eku("codeSigning", "clientAuth")}},
         leaf=sign, purpose=CODE)
    case("anchor", "RFC 5937 3: the anchor's own purposes bind what is below",
         "key-purpose", root=narrow, leaf=sign, purpose=CODE, object="anchor",
         index=0, field="extKeyUsage")
    case("key-agreement", "RFC 5280 4.2.1.3: keyUsage without "
         "digitalSignature cannot sign code", "key-usage-signature",
         leaf={"exts": {"ku": ku("keyAgreement"), "eku": eku("codeSigning")}},
         purpose=CODE, index=0, at="ext:keyUsage", field="keyUsage")
    case("key-agreement-no-purpose", "nobody asked for signatures",
         leaf={"exts": {"ku": ku("keyAgreement")}})


def validity():
    leaf = ("2025-01-01T00:00:00Z", "2026-06-01T00:00:00Z")
    ca = ("2026-06-01T00:00:00Z", "2026-06-01T00:00:00Z")
    for where, index, obj in (("leaf", 0, "certificate"),
                              ("inter", 1, "certificate"),
                              ("root", 0, "anchor")):
        part = {where: {"valid": leaf}}
        if where == "root":
            part["root"]["valid"] = leaf
        case(where + "-last-second", "RFC 5280 4.1.2.5: notAfter is inclusive",
             time="2026-06-01T00:00:00Z", **part)
        case(where, "RFC 5280 6.1.3 (a)(2): one second after notAfter",
             "expired", time="2026-06-01T00:00:01Z", index=index, object=obj,
             field="notAfter", at=None if where == "root" else "notAfter",
             **part)
        part = {where: {"valid": (ca[0], "2040-01-01T00:00:00Z")}}
        case(where + "-first-second",
             "RFC 5280 4.1.2.5: notBefore is inclusive",
             time="2026-06-01T00:00:00Z", **part)
        case(where, "RFC 5280 6.1.3 (a)(2): one second before notBefore",
             "not-yet-valid", time="2026-05-31T23:59:59Z", index=index,
             object=obj, field="notBefore",
             at=None if where == "root" else "notBefore", **part)
    case("time-2000", "RFC 5280 6.1.3 (a)(2): the time given is long before "
         "the chain", "not-yet-valid", time="2000-01-01T00:00:00Z")
    endless = {"valid": ("2025-01-01T00:00:00Z", "9999-12-31T23:59:59Z")}
    case("not-after-9999", "RFC 5280 4.1.2.5: no well-defined end",
         root=endless, inter=endless, leaf=endless)
    case("time-9999", "the last second there is", root=endless, inter=endless,
         leaf=endless, time="9999-12-31T23:59:59Z")
    case("good-until-anchor", "the anchor ends first", root={"valid": (
        "2020-01-01T00:00:00Z", "2027-03-04T05:06:07Z")})
    case("good-until-intermediate", "the intermediate ends first",
         inter={"valid": ("2022-01-01T00:00:00Z", "2027-03-04T05:06:07Z")})
    case("utc-and-generalized", "RFC 5280 4.1.2.5: 2049 and 2050 in their two "
         "forms", leaf={"valid": ("2025-01-01T00:00:00Z",
                                  "2050-01-01T00:00:00Z")},
         inter={"valid": ("2022-01-01T00:00:00Z", "2049-12-31T23:59:59Z")},
         root={"valid": ("2020-01-01T00:00:00Z", "2060-01-01T00:00:00Z")})


def algorithms():
    for keyed in ("p384", "ed25519"):
        case("three-tier-" + keyed, "the same in " + keyed, keyed=keyed,
             flips=1 if keyed == "ed25519" else 5)
    case("p384-root-p256-below", "mixed curves", root={"keyed": "p384"})
    case("p256-root-ed25519-leaf", "mixed curves", leaf={"keyed": "ed25519"})
    case("sha512-p256", "ecdsa-with-SHA512 by a P-256 key: cut to the order",
         inter={"alg": "sha512"}, leaf={"alg": "sha512"}, root={
             "alg": "sha512"})
    case("sha384-p256", "ecdsa-with-SHA384 by a P-256 key",
         leaf={"alg": "sha384"})
    case("sha256-p384", "ecdsa-with-SHA256 by a P-384 key", keyed="p384",
         leaf={"alg": "sha256"})
    unknown = seq(oid("1.2.3.4.5"))
    rsa = seq(oid("1.2.840.113549.1.1.11"), null())
    sha1 = seq(oid("1.2.840.10045.4.1"))
    case("leaf-rsa", "the issuer has a P-256 key", "key-alg-mismatch",
         leaf={"tbs_alg": rsa, "outer_alg": rsa}, index=0)
    for variant, alg in (("unknown", unknown), ("sha1", sha1)):
        case("leaf-" + variant, "docs/PROFILES.md: signed with an algorithm "
             "that is not accepted", "alg-not-allowed",
             leaf={"tbs_alg": alg, "outer_alg": alg}, index=0)
    case("policy", "the question permits ecdsa-with-SHA384 alone",
         "alg-not-allowed", algs="ecdsa-with-SHA384", index=0)
    for variant, spki in [("p521", key("u", "p521").spki),
                          ("k256", key("u", "k256").spki)]:
        case("leaf-key-" + variant, "docs/PROFILES.md: a key type that is not "
             "accepted", "alg-not-allowed", leaf={"spki": spki}, index=0,
             at="spki", field="subjectPublicKeyInfo")
    case("intermediate-key-p521", "docs/PROFILES.md: a key type that is not "
         "accepted", "alg-not-allowed", inter={"keyed": "p521"}, index=1,
         field="subjectPublicKeyInfo", leaf={"tbs_alg": algorithm("sha512"),
         "outer_alg": algorithm("sha512")})
    case("anchor-key-p521", "docs/PROFILES.md: a key type that is not "
         "accepted", "alg-not-allowed", root={"keyed": "p521"},
         object="anchor", index=0)
    off = ec_spki(b"\4" + b"\1" * 64)
    case("leaf", "SEC 1 3.2.2: the leaf's point is not on P-256",
         "point-not-on-curve", leaf={"spki": off}, index=0, at="spki",
         field="subjectPublicKeyInfo")
    case("intermediate", "SEC 1 3.2.2: the issuer's point is not on P-256",
         "point-not-on-curve", inter={"spki": off}, index=1, at="spki",
         field="subjectPublicKeyInfo")
    case("anchor", "SEC 1 3.2.2: the anchor's point is not on P-256",
         "point-not-on-curve", root={"spki": off}, object="anchor", index=0)
    zero = ec_spki(b"\4" + b"\0" * 64)
    case("leaf-zero", "SEC 1 3.2.2: (0, 0) is not on P-256",
         "point-not-on-curve", leaf={"spki": zero}, index=0, at="spki",
         field="subjectPublicKeyInfo")
    ed, ecdsa = algorithm("ed25519"), algorithm("sha256")
    case("ed25519-says-p256", "RFC 8410 3: the leaf names Ed25519, the "
         "issuer's key is on P-256", "key-alg-mismatch", index=0,
         leaf={"tbs_alg": ed, "outer_alg": ed, "signature": bytes(64)})
    case("ecdsa-says-ed25519", "RFC 5758 3.2: the leaf names ECDSA, the "
         "issuer's key is Ed25519", "key-alg-mismatch", index=0,
         inter={"keyed": "ed25519"}, leaf={"tbs_alg": ecdsa,
                                           "outer_alg": ecdsa})


def signatures():
    why = "RFC 3279 2.2.3: "
    n = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    r = integer(5)
    for variant, sig, text in [
            ("empty", B(), "no signature"),
            ("padded", seq(tlv(2, b"\0\x11"), r), "r has a needless octet"),
            ("negative", seq(tlv(2, b"\x91"), r), "r is negative"),
            ("trailing", seq(r, r, null()), "three members"),
            ("after", B(seq(r, r).data + b"\0"), "an octet after the end"),
            ("one-number", seq(r), "s is missing"),
            ("r-zero", seq(integer(0), r), "r is zero"),
            ("s-zero", seq(r, integer(0)), "s is zero"),
            ("r-too-long", seq(integer(n << 8), r), "r is longer than n"),
            ("long-form", B(b"\x30\x81\6\2\1\5\2\1\5"),
             "a length in two octets"),
            ("raw", bytes([0x41]) * 64, "r and s without their structure")]:
        case("leaf-" + variant, why + text, "signature-malformed",
             leaf={"signature": getattr(sig, "data", sig)}, index=0, at="+sig",
             field="signatureValue")
    for variant, sig, text in [
            ("r-is-n", seq(integer(n), r), "r is the order of the curve"),
            ("s-is-n", seq(r, integer(n)), "s is the order of the curve"),
            ("random", seq(integer(n // 3), integer(n // 5)), "a made-up "
             "signature")]:
        case("leaf-" + variant, "SEC 1 4.1.4: " + text, "signature-invalid",
             leaf={"signature": sig.data}, index=0, at="sig",
             field="signatureValue")
    for size in (0, 63, 65):
        case("ed25519-%d" % size, "RFC 8410 6: 64 octets",
             "signature-malformed", keyed="ed25519", leaf={
                 "signature": bytes(size)}, index=0, at="+sig",
             field="signatureValue")
    case("ed25519-zero", "RFC 8032 5.1.7: a made-up signature",
         "signature-invalid", keyed="ed25519", index=0, at="sig",
         leaf={"signature": bytes(64)}, field="signatureValue")
    r_, i, l = three()
    other = make("leaf", "unit-1", i, serial=77)
    s, e = l.span("sig")
    swapped = Cert(B(l.der.data[:s] + other.der.data[other.span("sig")[0]:]),
                   l.subject, l.key, l.key_id, l.end)
    s2 = swapped.der.data
    total = len(s2) - 4
    fixed = B(s2[:2] + total.to_bytes(2, "big") + s2[4:])
    chain("signature-of-another", Cert(fixed, l.subject, l.key, l.key_id,
          l.end), [i], [r_], "RFC 5280 6.1.3 (a)(1): the signature is good, "
          "but of another certificate", "signature-invalid", index=0,
          field="signatureValue")


def run():
    usual_mistakes()
    criticality()
    strict_rules()
    purposes()
    validity()
    algorithms()
    signatures()
