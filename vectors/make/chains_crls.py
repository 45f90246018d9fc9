# SPDX-License-Identifier: GPL-3.0-or-later
"""Kind chain: revocation, RFC 5280 6.3.3, RFC 9608 and docs/DESIGN.md."""
from corpus import chain
from crls import (NEXT, cext, crl, delta, entry, full_name, idp, points,
                  relative)
from der import B, name, null
from keys import key
from x509 import dirname, ext, ku, make, uri

R = make("root", "Root")
CA = make("ca", "Factory", R)
LEAF = make("leaf", "unit-1", CA)
CA_SERIAL, LEAF_SERIAL = 0x1000 + sum(b"Factory"), 0x1000 + sum(b"unit-1")
TOP = crl(R, [entry(99)])	# the root's, which says that the CA is good
U1, U2 = full_name(uri("http://crl/1")), full_name(uri("http://crl/2"))
OLD = {"this": "2026-01-01T00:00:00Z", "until": "2026-02-01T00:00:00Z"}


def case(variant, why, lists, reason=None, at=None, leaf=LEAF, pile=(CA,),
         mode="required", **expect):
    """at: (CRL or certificate, mark). Good for all unless said otherwise."""
    if reason is None:
        expect.setdefault("statuses", "good,good")
        if expect["statuses"] == "good,good":
            expect.setdefault("good_until", min(c.end for c in lists))
        else:
            expect.setdefault("good_until", None)
    if mode != "if-given":
        expect["revocation"] = mode
    chain(variant, leaf, list(pile), [R], why, reason, at, crls=lists,
          **expect)


def refused(variant, why, lists, reason, index=1, mark=None, field=None, **more):
    at = (lists[index], mark) if mark else None
    case(variant, why, lists, reason, at, object="crl", index=index,
         field=field, **more)


def modes():
    good = [TOP, crl(CA)]
    case("crl-good", "both CRLs are given and good", good, flips=7)
    case("crl-good-if-given", "the same, not required", good,
         mode="if-given")
    case("crl-not-given", "docs/DESIGN.md: what was not checked is said", [],
         mode="if-given", statuses="not-checked,not-checked")
    case("crl-of-root-only", "what is given is used", [TOP], mode="if-given",
         statuses="not-checked,good", good_until=NEXT)
    case("crl-mode-none", "asked not to look", [crl(CA, [entry(
        LEAF_SERIAL)])], mode="none", statuses="not-checked,not-checked")
    case("leaf", "required, and no CRL speaks of the leaf", [TOP],
         "crl-missing", object="certificate", index=0)
    case("all", "required, and nothing is given", [], "crl-missing",
         object="certificate", index=0)
    for mode in ("required", "if-given"):
        case("leaf-" + mode, "RFC 5280 6.3.3 (j): the leaf is listed",
             [TOP, crl(CA, [entry(5), entry(LEAF_SERIAL, "keyCompromise")])],
             "revoked", (LEAF, "serial"), object="certificate", index=0,
             field="serialNumber", mode=mode)
    case("ca", "RFC 5280 6.3.3 (j): the CA is listed", [crl(R, [entry(
        CA_SERIAL)]), crl(CA)], "revoked", (CA, "serial"),
        object="certificate", index=1, field="serialNumber")
    none = make("leaf", "unit-1", CA, exts={"n": ext("noRevAvail", null())})
    case("no-rev-avail", "RFC 9608 4: nobody publishes its status", [TOP],
         leaf=none, statuses="not-available,good", good_until=NEXT)
    case("no-rev-avail-listed", "a CRL that lists it all the same is believed",
         [TOP, crl(CA, [entry(LEAF_SERIAL)])], "revoked", leaf=none, index=0,
         object="certificate")


def usable():
    """What is wrong with a CRL itself."""
    why = "RFC 5280 5.1.2.5: a newer one was due"
    for mode in ("required", "if-given"):
        refused("past-" + mode, why, [TOP, crl(CA, **OLD)], "crl-stale",
                field="nextUpdate", mode=mode)
    refused("future", "RFC 5280 5.1.2.4: issued after the time used", [
        TOP, crl(CA, this="2026-06-15T00:00:00Z")], "crl-not-yet",
        field="thisUpdate")
    now = "2026-06-01T00:00:00Z"
    case("crl-first-second", "thisUpdate is inclusive", [TOP, crl(
        CA, this=now)])
    case("crl-last-second", "nextUpdate is inclusive", [TOP, crl(
        CA, until=now)])
    case("crl-stale-and-fresh", "RFC 5280 6.3.3: one that is fresh will do", [
        TOP, crl(CA, num=5, **OLD), crl(CA, num=6)], good_until=NEXT)
    case("crl-superseded", "a newer CRL of one scope replaces the older", [
        TOP, crl(CA, [entry(LEAF_SERIAL, "certificateHold")], num=5),
        crl(CA, num=6)])
    case("newest", "the newest one counts, in whichever order", [
        TOP, crl(CA, [entry(LEAF_SERIAL)], num=6), crl(CA, num=5)],
        "revoked", object="certificate", index=0)
    refused("other-key", "RFC 5280 6.3.3 (g): right name, wrong key",
            [TOP, crl(CA, signer=key("Evil CA"))], "crl-signature", 1, "sig",
            "signatureValue")
    refused("unknown-list", "RFC 5280 5.2: critical and unknown", [
        TOP, crl(CA, exts={"x": cext("1.2.3.4", null(), True)})],
        "crl-critical-unknown", 1, "oid:1.2.3.4", "extensions")
    refused("unknown-entry", "RFC 5280 5.3: critical and unknown, in an entry "
            "about somebody else", [TOP, crl(CA, [entry(5, more=[cext(
                "1.2.3.4", null(), True)])])], "crl-critical-unknown", 1,
            "oid:1.2.3.4", "extensions")
    refused("crl-aki", "RFC 5280 5.2.1: required", [TOP, crl(CA, exts={
        "aki": None})], "extension-missing", field="extensions")
    refused("crl-number", "RFC 5280 5.2.3: required", [TOP, crl(CA, exts={
        "number": None})], "extension-missing", field="extensions")
    refused("crl-version-1", "RFC 5280 5.1.2.1: version 2", [TOP, crl(
        CA, version=B(), extensions=B())], "extension-missing",
        field="extensions")
    case("crl-version-1-path", "section 6 does without extensions", [
        TOP, crl(CA, version=B(), extensions=B())], profile="path")
    refused("crl-idp", "RFC 5280 5.2.5: critical", [TOP, crl(CA, exts={
        "x": idp(user=True, critical=False)})], "extension-criticality",
        field="extensions")
    broken = crl(CA, revoked=B(b"\x30\0"))
    refused("crl-given", "a CRL that cannot be read refuses the question",
            [TOP, broken], "not-canonical", 1, "revoked",
            "revokedCertificates")
    case("crls-32", "DV_MAX_CRLS", [TOP] + [crl(CA, num=n) for n in
                                            range(1, 32)])
    case("crls-33", "DV_MAX_CRLS", [TOP] + [crl(CA, num=n) for n in
                                            range(1, 33)], "limit")


def scope():
    """RFC 5280 6.3.3 (b): is the certificate what the CRL is about?"""
    def pointed(*each):
        return make("leaf", "unit-1", CA, exts={"p": points(*each)})
    one = pointed((U1, None, None))
    revoking = [entry(LEAF_SERIAL)]
    case("crl-point", "the names agree", [TOP, crl(CA, exts={
        "x": idp(U1)})], leaf=one)
    case("crl-without-point", "6.3.3 (b)(2): a CRL that names no point is "
         "about all", [TOP, crl(CA)], leaf=one)
    case("other-point", "the names differ", [TOP, crl(CA, exts={
        "x": idp(U2)})], "crl-missing", leaf=one, object="certificate",
        index=0)
    case("no-point", "a point of the CRL, none of the certificate", [
        TOP, crl(CA, exts={"x": idp(U1)})], "crl-missing",
        object="certificate", index=0)
    case("crl-other-point-ignored", "not about it, so not believed", [
        TOP, crl(CA, revoking, exts={"x": idp(U2)})], leaf=one,
        mode="if-given", statuses="not-checked,good", good_until=NEXT)
    case("crl-one-of-two-names", "one name in common is enough", [
        TOP, crl(CA, exts={"x": idp(full_name(uri("http://x"), uri(
            "http://crl/1")))})], leaf=one)
    whole = full_name(dirname(("O", "Acme"), ("CN", "Factory"),
                              ("CN", "p1")))
    rdn = relative(("CN", "p1"))
    for a, b, text in ((rdn, rdn, "relative-both"), (whole, rdn, "relative-"
                       "crl"), (rdn, whole, "relative-cert"),
                       (whole, whole, "directory-name")):
        case("crl-" + text, "5.2.5: names relative to the CRL issuer's", [
            TOP, crl(CA, exts={"x": idp(b)})], leaf=pointed((a, None, None)))
    case("relative-differs", "another RDN below the issuer's name", [
        TOP, crl(CA, exts={"x": idp(relative(("CN", "p2")))})],
        "crl-missing", leaf=pointed((whole, None, None)), index=0,
        object="certificate")
    case("crl-user-only", "(b)(2)(ii): the leaf is no CA", [TOP, crl(
        CA, exts={"x": idp(user=True)})])
    case("user-only-for-ca", "(b)(2)(ii): the CA is one", [crl(R, exts={
        "x": idp(user=True)}), crl(CA)], "crl-missing", index=1,
        object="certificate")
    case("crl-ca-only", "(b)(2)(iii): the CA is one", [crl(R, exts={
        "x": idp(ca=True)}), crl(CA)])
    case("ca-only-for-leaf", "(b)(2)(iii): the leaf is no CA", [TOP, crl(
        CA, exts={"x": idp(ca=True)})], "crl-missing", index=0,
        object="certificate")
    case("attribute-only", "(b)(2)(iv): about attribute certificates", [
        TOP, crl(CA, exts={"x": idp(attribute=True)})], "crl-missing",
        index=0, object="certificate")
    some, rest = (1, 2), (3, 4, 5, 6, 7, 8)
    case("crl-reasons-two", "(d), (e): two CRLs cover every reason", [
        TOP, crl(CA, exts={"x": idp(reasons=some)}),
        crl(CA, exts={"x": idp(reasons=rest)})])
    refused("some", "(d): nobody speaks of the other reasons", [
        TOP, crl(CA, exts={"x": idp(reasons=some)})], "crl-reasons",
        field="issuingDistributionPoint")
    refused("some-if-given", "(d): what is given does not suffice", [
        TOP, crl(CA, exts={"x": idp(reasons=some)})], "crl-reasons",
        field="issuingDistributionPoint", mode="if-given")
    case("second-reasons", "the second of the two lists it", [
        TOP, crl(CA, exts={"x": idp(reasons=some)}),
        crl(CA, revoking, exts={"x": idp(reasons=rest)})], "revoked",
        object="certificate", index=0)
    refused("reasons-of-the-point", "the certificate's own point is for some "
            "reasons, and the CRL is of that point alone", [TOP, crl(
                CA, exts={"x": idp(U1)})], "crl-reasons", leaf=pointed((
                    U1, some, None)), field="issuingDistributionPoint")


def indirect():
    """RFC 5280 5.3.3, 6.3.3 (b)(1), (f): another signs the CRL."""
    signer = make("leaf", "CRL Signer", R, exts={"ku": ku("cRLSign")})
    pile = (CA, signer)
    leaf = make("leaf", "unit-1", CA, exts={"p": points(
        (U1, None, signer.subject))})
    x = {"x": idp(U1, indirect=True)}
    mine = {"issuer": CA.subject}
    case("crl-indirect", "cRLIssuer names the signer, issued by the root",
         [TOP, crl(signer, [entry(5, issuer=CA.subject)], exts=x)],
         leaf=leaf, pile=pile, flips=7)
    case("indirect", "5.3.3: the entry names the leaf's issuer", [TOP, crl(
        signer, [entry(LEAF_SERIAL, **mine)], exts=x)], "revoked", leaf=leaf,
        pile=pile, object="certificate", index=0)
    case("indirect-carried-over", "5.3.3: the issuer stays in force for the "
         "entries that follow", [TOP, crl(signer, [
             entry(1, **mine), entry(2), entry(LEAF_SERIAL)], exts=x)],
        "revoked", leaf=leaf, pile=pile, object="certificate", index=0)
    case("crl-indirect-another", "5.3.3: the same number of another issuer",
         [TOP, crl(signer, [entry(LEAF_SERIAL), entry(
             LEAF_SERIAL, issuer=name(("CN", "Other"))), entry(7)], exts=x)],
         leaf=leaf, pile=pile)
    case("not-indirect", "(b)(1): the CRL does not say that it is indirect", [
        TOP, crl(signer, exts={"x": idp(U1)})], "crl-missing", leaf=leaf,
        pile=pile, object="certificate", index=0)
    case("not-designated", "(b)(1): the certificate names no cRLIssuer", [
        TOP, crl(signer, exts={"x": idp(indirect=True)})], "crl-missing",
        pile=pile, object="certificate", index=0)
    refused("signer-not-given", "(f): nobody has the CRL issuer's name", [
        TOP, crl(signer, exts=x)], "crl-issuer", 1, "issuer", "issuer",
        leaf=leaf)
    stray = make("root", "CRL Signer", exts={"ku": ku("cRLSign")})
    refused("signer-of-nobody", "(f): its certificate leads to no anchor", [
        TOP, crl(stray, exts=x)], "crl-issuer", 1, "issuer", "issuer",
        leaf=leaf, pile=(CA, stray))
    expired = make("leaf", "CRL Signer", R, exts={"ku": ku("cRLSign")}, valid=(
        "2025-01-01T00:00:00Z", "2026-01-01T00:00:00Z"))
    refused("signer-expired", "(f): its certificate has expired", [
        TOP, crl(expired, exts=x)], "crl-issuer", 1, "issuer", "issuer",
        leaf=leaf, pile=(CA, expired))
    device = make("leaf", "CRL Signer", R)
    refused("signer", "(f): its key is not for CRLs", [TOP, crl(
        device, exts=x)], "key-usage-crl-sign", 1, "issuer", "issuer",
        leaf=leaf, pile=(CA, device))
    mute = make("ca", "Factory", R, exts={"ku": ku("keyCertSign")})
    refused("ca", "(f): the CA's key is not for CRLs", [TOP, crl(mute)],
            "key-usage-crl-sign", 1, "issuer", "issuer", pile=(mute,))
    root = make("root", "Root", exts={"ku": ku("keyCertSign")})
    chain("anchor", LEAF, [CA], [root], "(f): the anchor's key is not for "
          "CRLs", "key-usage-crl-sign", (TOP, "issuer"), crls=[TOP, crl(CA)],
          object="crl", index=0, field="issuer", revocation="required")
    refused("signer-revoked", "(f): the signer's certificate is revoked", [
        crl(R, [entry(0x1000 + sum(b"CRL Signer"))]), crl(signer, exts=x)],
        "crl-issuer-status", 1, "issuer", "issuer", leaf=leaf, pile=pile)


def vouching():
    """A CA that was withdrawn certifies a key in the name of its own issuer."""
    evil = key("Evil")
    for variant, parts in (
            ("no-rev-avail", {"x": ext("noRevAvail", null()), "bc": None}),
            ("signer-unchecked", {"bc": None}), ("ca", {})):
        signer = make("ca", "Evil " + variant, CA, own=evil, subject=R.subject,
                      exts={"ku": ku("cRLSign"), **parts})
        mode = "if-given" if variant == "signer-unchecked" else "required"
        lists = [crl(R, num=9, signer=evil)]
        if mode == "required":
            lists.append(crl(CA))
        refused("by-" + variant, "(f): the CA certified the key of the CRL "
                "that says the CA is not revoked", lists, "crl-issuer-below",
                0, "issuer", "issuer", pile=(CA, signer), mode=mode)
    below = make("ca", "Root again", CA, own=evil, subject=R.subject)
    leaf = make("leaf", "unit-1", below)
    refused("in-path", "(f): the same, with the signer in the path", [
        crl(R, num=9, signer=evil)], "crl-issuer-below", 0, "issuer", "issuer",
        leaf=leaf, pile=(below, CA), mode="if-given")
    signer = make("ca", "Root CRL", R, own=evil, subject=R.subject, exts={
        "ku": ku("cRLSign"), "bc": None})
    case("crl-signer-beside", "a second key of the root, certified by the "
         "root, may speak of the CA", [TOP, crl(R, num=9, signer=evil),
                                       crl(CA)], pile=(CA, signer))


def keys_apart():
    """One name, two keys: RFC 5280 6.3.3 (f), key rollover."""
    other = key("Factory CRL")
    parts = {"own": other, "subject": CA.subject, "exts": {
        "ku": ku("cRLSign"), "bc": None}}
    by_root = make("ca", "Factory CRL", R, **parts)
    case("crl-other-key-of-ca", "a second certificate of the CA's name, by the "
         "root, for CRLs alone", [TOP, crl(CA, signer=other)],
         pile=(CA, by_root))
    refused("other-key-revoked", "that certificate is revoked", [
        crl(R, [entry(0x1000 + sum(b"Factory CRL"))]),
        crl(CA, signer=other)], "crl-issuer-status", 1, "issuer", "issuer",
        pile=(CA, by_root))
    by_ca = make("ca", "Factory CRL", CA, **parts)
    refused("only-itself", "the CA's certificate for its CRL key is spoken of "
            "by that key alone", [TOP, crl(CA, signer=other)],
            "crl-issuer-status", 1, "issuer", "issuer", pile=(CA, by_ca))
    case("crl-key-by-ca", "a CRL of the CA's first key speaks of it", [
        TOP, crl(CA, signer=other), crl(CA, num=1)], pile=(CA, by_ca))
    case("crl-only-itself-if-given", "what only it says of itself is not "
         "counted", [TOP, crl(CA, signer=other)], pile=(CA, by_ca),
         mode="if-given")
    vouching()
    new = key("Factory new")
    rolled = make("ca", "Factory new", CA, own=new, subject=CA.subject)
    leaf = make("leaf", "unit-1", rolled)
    case("crl-key-rollover", "new key by the old one; the old key's CRL speaks "
         "of all", [TOP, crl(CA)], leaf=leaf, pile=(rolled, CA),
         statuses="good,good,good", good_until=NEXT)
    case("rolled", "the old key's CRL lists the new certificate", [TOP, crl(
        CA, [entry(0x1000 + sum(b"Factory new"))])], "revoked", leaf=leaf,
        pile=(rolled, CA), object="certificate", index=1)


def many_signers():
    """DV_MAX_CRL_SIGNERS: each reason has a key of its own."""
    pile, lists = [CA], []
    for n in range(1, 9):
        own = key("Factory CRL %d" % n)
        pile.append(make("ca", "Factory CRL %d" % n, R, own=own,
                         subject=CA.subject, exts={"ku": ku("cRLSign"),
                                                   "bc": None}))
        lists.append(crl(CA, signer=own, exts={"x": idp(reasons=(n,))}))
    case("crl-signers-8", "DV_MAX_CRL_SIGNERS", [TOP] + lists, pile=pile)
    own = key("Factory CRL 9")
    pile.append(make("ca", "Factory CRL 9", R, own=own, subject=CA.subject,
                     exts={"ku": ku("cRLSign"), "bc": None}))
    lists.insert(7, crl(CA, signer=own, exts={"x": idp(reasons=(1,))}))
    refused("signers-9", "DV_MAX_CRL_SIGNERS", [TOP] + lists, "crl-limit", 9,
            "issuer", "issuer", pile=pile)


def deltas():
    """RFC 5280 5.2.4, 6.3.3 (c), (i) to (k)."""
    held = [entry(LEAF_SERIAL, "certificateHold")]
    base = crl(CA, num=5)

    def continued(entries=(), base=5, num=7, **more):
        return crl(CA, entries, num=num, exts={"d": delta(base)}, **more)
    case("crl-delta", "(j): neither lists it", [TOP, base, continued()])
    case("delta", "(i): the delta lists it", [TOP, base, continued(held)],
         "revoked", object="certificate", index=0)
    case("base-of-delta", "(j): the base lists it", [TOP, crl(
        CA, held, num=5), continued()], "revoked", object="certificate",
        index=0)
    case("crl-delta-removes", "(k): removeFromCRL", [TOP, crl(
        CA, held, num=5), continued([entry(LEAF_SERIAL, "removeFromCRL")])])
    refused("alone", "5.2.4: a delta is no CRL by itself", [TOP, continued()],
            "crl-base-missing", field="deltaCRLIndicator")
    case("crl-delta-too-new", "(c): its base is newer than the one given, "
         "which is complete by itself", [TOP, base, continued(held, 6)])
    case("crl-delta-older", "5.2.4: older than the complete CRL", [
        TOP, base, continued(held, 3, 4)])
    case("newest-delta", "the newest delta counts", [TOP, base, continued(
        [entry(LEAF_SERIAL, "removeFromCRL")], num=7), continued(
            held, num=8)], "revoked", object="certificate", index=0)
    case("stale-delta", "a delta past its nextUpdate still revokes", [
        TOP, base, continued(held, **OLD)], "revoked", object="certificate",
        index=0)
    case("stale-delta-removes", "and removes nothing", [TOP, crl(
        CA, held, num=5), continued([entry(LEAF_SERIAL, "removeFromCRL")],
                                    **OLD)], "revoked", index=0,
        object="certificate")
    case("crl-delta-other-scope", "(c)(2): of another scope", [
        TOP, base, crl(CA, held, num=7, exts={"d": delta(5), "x": idp(
            user=True)})])
    case("crl-delta-other-signer", "(c)(3): of another key", [
        TOP, base, continued(held, signer=key("Evil CA"))])


def published():
    """What pki-revoke writes for one CA: full, users and cas, each alone or
    continued by deltas; key identifier and number in every one."""
    users, cas = idp(user=True), idp(ca=True)
    held = [entry(LEAF_SERIAL, "certificateHold")]
    lifted = [entry(LEAF_SERIAL, "removeFromCRL")]
    top = crl(R, exts={"x": cas})

    def of(scope, entries=(), num=6, base=None):
        exts = {} if base is None else {"d": delta(base)}
        return crl(CA, entries, num=num, exts={**exts, **(
            {"x": scope} if scope is not None else {})})
    leaf = {"object": "certificate", "index": 0}

    case("crl-users-and-cas", "(b)(2): each kind by its own list",
         [top, of(users)])
    case("listed-in-users", "(j): the list of devices", [top, of(users, held)],
         "revoked", **leaf)
    case("listed-in-cas", "(j): the list of CAs", [crl(R, [entry(CA_SERIAL)],
         exts={"x": cas}), of(users)], "revoked", (CA, "serial"),
         object="certificate", index=1)
    case("crl-users-delta", "5.2.4: a delta of the same scope",
         [top, of(users, num=5), of(users, num=7, base=5)])
    case("users-delta", "(i): the delta of the same scope lists it",
         [top, of(users, num=5), of(users, held, 7, 5)], "revoked", **leaf)
    case("crl-users-delta-lifts", "(k): a hold lifted by the delta",
         [top, of(users, held, 5), of(users, lifted, 7, 5)])
    case("users-delta-beside-full", "the delta continues users alone, which "
         "is believed beside full", [top, of(None, num=5), of(users), of(
             users, held, 8, 6)], "revoked", **leaf)
    case("users-beside-full", "one of two that speak of it lists it",
         [top, of(None), of(users, held, 8)], "revoked", **leaf)
    case("full-beside-users", "the same the other way",
         [top, of(None, held, 8), of(users)], "revoked", **leaf)
    case("full-before-users", "a newer list of another scope takes nothing "
         "back", [top, of(None, held, 5), of(users, num=7)], "revoked", **leaf)
    case("crl-published-together", "all that one CA can publish, and good", [
        TOP, top, of(None, num=4), of(None, num=7, base=4), of(users, num=5),
        of(users, num=8, base=5), of(cas), of(cas, num=9, base=6)])
    refused("users-delta-alone", "5.2.4: a delta is no CRL by itself",
            [top, of(users, num=7, base=5)], "crl-base-missing",
            field="deltaCRLIndicator")
    refused("users-delta-of-cas", "(c)(2): the list given is of another scope",
            [top, of(users, num=7, base=5), of(cas, num=5)],
            "crl-base-missing", field="deltaCRLIndicator")
    case("cas-beside-cas", "(b)(2): devices are on neither", [top, of(cas)],
         "crl-missing", **leaf)


def run():
    modes()
    usable()
    scope()
    indirect()
    keys_apart()
    many_signers()
    deltas()
    published()
