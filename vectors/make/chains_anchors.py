# SPDX-License-Identifier: GPL-3.0-or-later
"""Kind chain: anchors made of certificates that are not as section 4 wants.

An anchor is a name and a key (RFC 5280 6.1.1 (d)): how its certificate is
written decides nothing, unless somebody asks dv_anchor_judge about it.
"""
from chains import case, three
from corpus import chain
from der import B, general_time, null, octets, oid, seq, tlv, utc_time
from keys import key
from x509 import aki, bc, dns, dirname, ext, ku, make, nc, ski

SHA1 = seq(oid("1.2.840.10045.4.1"))


def judged(variant, why, reason, field, at=None, **root):
    """Refused when judged, and an anchor all the same."""
    r, i, l = three(root=root)
    chain("anchor-" + variant, l, [i], [r], why, reason, at and (r, at),
          object="anchor", index=0, field=field, judge_anchors="1")
    chain("anchor-" + variant, l, [i], [r],
          "RFC 5280 6.1.1 (d): an anchor is a name and a key. " + why)


def extensions():
    own = key("Root").id
    e = lambda **exts: {"exts": exts}
    judged("aki-critical", "RFC 5280 4.2.1.1: never critical",
           "extension-criticality", "authorityKeyIdentifier",
           "ext:authorityKeyIdentifier", **e(aki=aki(own, True)))
    judged("ski-critical", "RFC 5280 4.2.1.2: never critical",
           "extension-criticality", "subjectKeyIdentifier",
           "ext:subjectKeyIdentifier", **e(ski=ski(own, True)))
    judged("bc-not-critical", "RFC 5280 4.2.1.9: critical in CAs",
           "extension-criticality", "basicConstraints",
           "ext:basicConstraints", **e(bc=bc(critical=False)))
    judged("nc-not-critical", "RFC 5280 4.2.1.10: critical",
           "extension-criticality", "nameConstraints", "ext:nameConstraints",
           **e(nc=nc([dirname(("O", "Acme"))], critical=False)))
    judged("no-ski", "RFC 5280 4.2.1.2: required in CAs", "extension-missing",
           "subjectKeyIdentifier", **e(ski=None))
    judged("aki-no-identifier", "RFC 5280 4.2.1.1: the self-signed may omit "
           "the extension, not the identifier in it", "extension-missing",
           "authorityKeyIdentifier", **e(aki=ext("authorityKeyIdentifier",
                                                 seq())))
    judged("aki-other", "RFC 5280 4.2.1.2: who issues itself has one "
           "identifier", "extension-malformed", "authorityKeyIdentifier",
           "ext:authorityKeyIdentifier", **e(aki=aki(bytes(20))))
    judged("aki-without-ski", "RFC 5280 4.2.1.2: required in CAs",
           "extension-missing", "subjectKeyIdentifier",
           **e(aki=aki(own), ski=None))
    judged("usage-ed25519", "RFC 9295 3: such a key has no use but signatures",
           "extension-malformed", "keyUsage", "ext:keyUsage",
           keyed="ed25519", **e(ku=ku("keyCertSign", "keyAgreement")))
    r, i, l = three()
    cross = make("ca", "Factory", r, exts={"aki": None})
    chain("anchor-cross-no-aki", l, [], [cross], "RFC 5280 4.2.1.1: required "
          "in what another CA has issued", "extension-missing",
          object="anchor", index=0, field="authorityKeyIdentifier",
          judge_anchors="1")
    for variant, exts in (("usual", {}), ("aki-own", {"aki": aki(own)}),
                          ("no-key-usage", {"ku": None})):
        case("anchor-judged-" + variant, "RFC 5280 4.2.1: nothing is wrong "
             "with this root", root=e(**exts), judge_anchors="1")
    chain("anchor-judged-intermediate", l, [], [i], "RFC 5280 6.1.1 (d): an "
          "anchor need not be self-signed", judge_anchors="1")


def forms():
    """The sloppy forms of docs/PROFILES.md, in an anchor."""
    judged("serial-zero", "RFC 5280 4.1.2.2: positive", "serial-invalid",
           "serialNumber", "serial", serial=0)
    judged("general-time-2020", "RFC 5280 4.1.2.5: 2020 in GeneralizedTime",
           "time-malformed", "notBefore", "notBefore", validity=seq(
               general_time("20200101000000Z").mark("notBefore"),
               utc_time("450101000000Z").mark("notAfter")))
    judged("key-usage-trailing-zero", "X.690 11.2.2: no trailing zero bits",
           "not-canonical", "keyUsage", "ext:keyUsage", exts={
               "ku": ext("keyUsage", tlv(3, b"\0\x06"), critical=True)})
    judged("nc-dns-dot", "RFC 5280 4.2.1.10: a DNS name restriction is a host "
           "name", "extension-malformed", "nameConstraints",
           "ext:nameConstraints", exts={"nc": nc([dns(".example.com")])})


def signatures():
    """The signature of an anchor is no part of a path."""
    case("anchor-sha1", "RFC 5280 6.1.1 (d): what signed a root decides "
         "nothing", root={"tbs_alg": SHA1, "outer_alg": SHA1},
         judge_anchors="1")
    unknown = seq(oid("1.2.3.4.5"), null())
    case("anchor-signed-somehow", "RFC 5280 6.1.1 (d): what signed a root "
         "decides nothing", root={"tbs_alg": unknown, "outer_alg": unknown,
                                  "signature": bytes(8)})
    case("anchor-two-algorithms", "RFC 5280 4.1.1.2: the two differ, which no "
         "reading excuses", "alg-mismatch", root={"outer_alg": SHA1},
         object="anchor", index=0, field="signature")
    case("anchor-damaged", "a root whose own signature could be checked and "
         "does not hold", "signature-invalid", object="anchor", index=0,
         field="signatureValue", root={"signer": key("Other")})


def run():
    extensions()
    forms()
    signatures()
