# SPDX-License-Identifier: GPL-3.0-or-later
"""Kind chain: the search for a path, its limits, and what is no path."""
from chains import case, three
from corpus import chain
from der import B, tlv
from keys import key
from x509 import PURPOSE, Cert, bc, dns, ext, ku, make, nc, san, ski

R = make("root", "Root")


def ladder(count, top=None):
    """CA certificates, lowest first, count of them below the root."""
    out, issuer = [], top or R
    for n in range(count, 0, -1):
        issuer = make("ca", "Level %d" % n, issuer)
        out.insert(0, issuer)
    return out


def lengths():
    leaf = make("leaf", "unit-1", R)
    chain("one-certificate", leaf, [], [R], "a device directly below the root")
    for cas, reason in ((7, None), (8, "path-too-long")):
        pile = ladder(cas)
        leaf = make("leaf", "unit-1", pile[0])
        chain("path-%d" % (cas + 1), leaf, pile, [R], "docs/LIMITS.md: %d "
              "certificates, 8 are the most" % (cas + 1), reason)
    pile = ladder(2)
    leaf = make("leaf", "unit-1", pile[0])
    chain("max-path-3", leaf, pile, [R], "the question permits 3", max_path=3)
    chain("max-path-2", leaf, pile, [R], "the question permits 2, the path "
          "has 3", "path-too-long", max_path=2)
    chain("reversed", leaf, pile[::-1], [R], "the pile may have any order")
    chain("gap", leaf, [pile[1]], [R], "RFC 5280 6.1.3 (a)(4): the leaf's "
          "issuer is not supplied", "no-issuer", (leaf, "issuer"), index=0,
          field="issuer")
    chain("top-missing", leaf, [pile[0]], [R], "RFC 5280 6.1.3 (a)(4): the "
          "intermediate's issuer is not supplied", "no-issuer",
          (pile[0], "issuer"), index=1, field="issuer")


def anchors():
    r, i, l = three()
    chain("none", l, [i, r], [], "RFC 5280 6.1.1 (d): no anchors, so nothing "
          "can be accepted", "no-anchors")
    other = make("root", "Other Root")
    chain("second-anchor", l, [i], [other, r], "the second of two anchors")
    chain("other-anchor", l, [i], [other], "RFC 5280 6.1.3 (a)(4): the chain "
          "ends at a root that is not trusted", "no-issuer", (i, "issuer"),
          index=1, field="issuer")
    chain("root-in-pile-only", l, [i, r], [other], "RFC 5280 6.1.1 (d): a "
          "root in the pile is no anchor", "no-issuer")
    impostor = make("root", "Root", own=key("Impostor"))
    chain("same-name-anchors", l, [i], [impostor, r],
          "two anchors with one name: the one whose key fits")
    chain("anchor-other-key", l, [i], [impostor], "RFC 5280 6.1.3 (a)(1): an "
          "anchor of that name, but with another key", "signature-invalid",
          (i, "sig"), index=1, field="signatureValue")
    chain("root-as-leaf", r, [], [r], "docs/PROFILES.md: the root itself is "
          "presented as an end entity", "ca-flag-on-leaf", index=0)
    chain("root-as-leaf-path", r, [], [r], "RFC 5280 6.1: a path of one "
          "certificate, the anchor's own, which its key has signed",
          profile="path")
    lone = make("root", "unit-1", exts={"ku": ku("digitalSignature"),
                                        "bc": None})
    chain("self-signed-leaf", lone, [], [r], "RFC 5280 6.1.3 (a)(4): a device "
          "that vouches for itself", "no-issuer", (lone, "issuer"), index=0,
          field="issuer")
    chain("intermediate-as-anchor", l, [], [i], "an anchor is a name and a "
          "key; it need not be self-signed")
    chain("pile-has-root", l, [i, r], [r], "the root in the pile does no harm")
    zero = make("root", "Root", exts={"bc": bc(path_len=0)})
    chain("anchor-path-len-0", l, [i], [zero], "RFC 5937 3: the anchor's own "
          "pathLen permits no CA below", "path-length", object="anchor",
          index=0, field="basicConstraints")
    direct = make("leaf", "unit-1", zero)
    chain("anchor-path-len-0-direct", direct, [], [zero],
          "RFC 5937 3: pathLen 0 permits end entities below")
    no_ca = make("root", "Root", exts={"bc": None})
    chain("anchor", l, [i], [no_ca], "RFC 5280 4.2.1.9: the anchor's "
          "certificate is not a CA's", "ca-flag-missing", object="anchor",
          index=0, field="basicConstraints")
    damaged = make("root", "Root", signature=key("Evil").sign(b"x"))
    chain("anchor-self-signature", l, [i], [damaged], "docs/DESIGN.md: a "
          "self-signed anchor's signature is checked when it is taken in",
          "signature-invalid", object="anchor", index=0,
          field="signatureValue")


def searching():
    r, i, l = three()
    decoy = make("ca", "Factory", r, own=key("Decoy"), serial=3)
    lying = make("ca", "Factory", r, own=key("Decoy"), serial=4, exts={
        "ski": ski(i.key_id)})
    chain("wrong-candidate-first", l, [decoy, i], [r],
          "the first certificate with the issuer's name has another key")
    chain("lying-key-id-first", l, [lying, i], [r],
          "a subjectKeyIdentifier orders the search and proves nothing")
    other = make("root", "Other Root")
    cross = make("ca", "Factory", other, serial=5)
    chain("cross-signed-dead-end-first", l, [cross, i], [r],
          "the first certificate of the intermediate leads to no anchor")
    chain("cross-signed-two-anchors", l, [cross, i], [r, other],
          "either certificate of the intermediate leads to an anchor",
          good_until="2035-01-01T00:00:00Z")
    expired = make("ca", "Factory", r, serial=6, valid=(
        "2022-01-01T00:00:00Z", "2024-01-01T00:00:00Z"))
    chain("renewed-expired-first", l, [expired, i], [r],
          "the intermediate's old certificate has expired, the new one serves",
          good_until="2035-01-01T00:00:00Z")
    chain("expired-alone", l, [expired], [r], "RFC 5280 6.1.3 (a)(2): only the "
          "old certificate is there", "expired", index=1, field="notAfter")
    chain("duplicates", l, [i, i, l, i, r, r], [r],
          "the same certificates several times")
    a = make("ca", "Loop A", r)
    b = make("ca", "Loop B", a)
    a_by_b = make("ca", "Loop A", b, serial=9)
    leaf = make("leaf", "unit-1", b)
    chain("loop-with-exit", leaf, [b, a_by_b, a], [r],
          "two CAs that certify each other, one of them by the root too")
    chain("loop", leaf, [b, a_by_b], [r], "RFC 5280 6.1: two CAs that certify "
          "each other and nobody else does", "no-issuer")
    junk = B(b"\x30\x03\x02\x01")
    chain("junk-in-pile", l, [junk, B(), i], [r],
          "what cannot be read in the pile is passed over")
    double = make("ca", "Factory", r, exts={"again": ext(
        "keyUsage", tlv(3, b"\2\4"), True)})
    chain("intermediate", l, [double], [r], "RFC 5280 4.2: the only "
          "intermediate holds keyUsage twice", "extension-duplicate",
          (double, "ext:keyUsage#1"), index=1, field="keyUsage")
    chain("leaf", Cert(B(l.der.data + b"\0"), l.subject, l.key, l.key_id,
          l.end), [i], [r], "RFC 5280 4.1: an octet after the leaf",
          "trailing-data", index=0, field="certificate",
          offset=str(len(l.der)))
    chain("leaf-empty", B(), [i], [r], "there is no leaf", "input-empty",
          index=0)


def self_issued():
    old = make("ca", "Factory", R, exts={"bc": bc(path_len=0)})
    new = make("ca", "Factory", old, own=key("Factory new"))
    leaf = make("leaf", "unit-1", new)
    chain("self-issued-rollover", leaf, [new, old], [R], "RFC 5280 6.1.4 (l): "
          "a CA's certificate for its own new key does not count for pathLen")
    newer = make("ca", "Factory", new, own=key("Factory newer"))
    leaf = make("leaf", "unit-1", newer)
    chain("self-issued-twice", leaf, [newer, new, old], [R], "RFC 5280 6.1.4 "
          "(l): nor do two")
    root_new = make("ca", "Root", R, own=key("Root new"))
    i = make("ca", "Factory", root_new)
    leaf = make("leaf", "unit-1", i)
    chain("root-new-with-old", leaf, [i, root_new], [R],
          "RFC 4210 4.4: the root's new key, certified by its old one")
    no_ca = make("ca", "Factory", old, own=key("Factory new"), exts={
        "bc": None})
    leaf = make("leaf", "unit-1", no_ca)
    chain("self-issued", leaf, [no_ca, old], [R], "RFC 5280 6.1.4 (k): a "
          "self-issued issuer must be a CA too", "ca-flag-missing", index=1,
          field="basicConstraints")
    leaf = make("leaf", "Factory", old, own=key("same name"))
    chain("leaf-named-as-issuer", leaf, [old], [R], "RFC 5280 6.1: a leaf with "
          "its issuer's name is judged as a leaf")


def budgets():
    why = "docs/LIMITS.md: "
    _, i, l = three()
    stray = [make("ca", "Stray %d" % n, R) for n in range(48)]
    chain("pile-48", l, [i] + stray[:47], [R], why + "48 loose certificates")
    chain("pile-49", l, [i] + stray, [R], why + "49 loose certificates, 48 "
          "are the most", "limit")
    # Each of `dead` verifies the leaf, each of `under` verifies each of
    # those, and their issuer does not exist: dead * (1 + under) signatures.
    nowhere = make("root", "Nowhere")
    under_key = key("Under")
    under = [make("ca", "Under", nowhere, own=under_key, serial=n)
             for n in range(1, 15)]
    dead = [make("ca", "Low", under[0], serial=n) for n in range(1, 5)]
    for levels, reason in ((2, None), (3, "budget-spent")):
        top = ladder(levels)
        good = make("ca", "Low", top[0], serial=99)
        leaf = make("leaf", "unit-1", good)
        checks = len(dead) * (1 + len(under)) + 2 + levels
        chain("signatures-%d" % checks, leaf,
              dead + under + [good] + top, [R], why + "%d signatures to check, "
              "64 are the most" % checks, reason,
              **({} if reason else {"good_until": leaf.end, "flips": 997}))
    layers, issuer = [], nowhere
    for level in (3, 2, 1):
        own = key("Layer %d" % level)
        layer = [make("ca", "Layer %d" % level, issuer, own=own, serial=n)
                 for n in range(1, 9)]
        layers = layer + layers
        issuer = layer[0]
    leaf = make("leaf", "unit-1", issuer)
    chain("all-valid-to-nowhere", leaf, layers, [R], why + "512 ways, each "
          "of good signatures, none to an anchor", "budget-spent")
    # 65536 are the most, whether the subject counts as a name or not.
    for names, trees, reason in ((255, 256, None), (256, 257, "budget-spent")):
        strict = make("ca", "Factory", R, exts={"nc": nc((), [
            dns("x%d.example.org" % n) for n in range(trees)])})
        leaf = make("leaf", "unit-1", strict, exts={"san": san(
            *[dns("n%d.example.com" % n) for n in range(names)])})
        chain("name-checks-%d" % (names * trees), leaf, [strict], [R], why +
              "%d comparisons of names" % (names * trees), reason,
              flips=None if reason else 997)


def run():
    lengths()
    anchors()
    searching()
    self_issued()
    budgets()
