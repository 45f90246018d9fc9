# SPDX-License-Identifier: GPL-3.0-or-later
"""Kind chain: revocation where it is nearly right, RFC 5280 6.3.3: names that
almost meet, signers of almost the right certificate, CRLs almost newer."""
from chains_crls import (CA, LEAF, LEAF_SERIAL, OLD, R, TOP, U1, case,
                         refused)
from corpus import chain
from crls import (NEXT, cext, crl, delta, entry, full_name, idp, points,
                  relative)
from der import B, integer, name, null, oid, seq, tlv
from keys import algorithm, key
from x509 import aki, dirname, ext, ku, make, nc, ski, uri

SOON = "2026-06-10T00:00:00Z"
MISSING = {"object": "certificate", "index": 0}
U2 = full_name(uri("http://crl/2"))
LISTED = [entry(LEAF_SERIAL)]
FACTORY = (("O", "Acme"), ("CN", "Factory"))


def party(of):
    """ediPartyName around a Name: its octets, and not a directoryName."""
    return tlv(0xA5, of)


def pointed(*each):
    return make("leaf", "unit-1", CA, exts={"p": points(*each)})


def signer_of(label="CRL Signer", issuer=R, exts=None, **part):
    return make("leaf", label, issuer, exts={"ku": ku("cRLSign"),
                                             **(exts or {})}, **part)


def names_of_points():
    """(b)(2)(i): do the CRL's point and the certificate's have one name?"""
    def meets(variant, why, of_crl, of_cert, good):
        lists = [TOP, crl(CA, exts={"x": idp(of_crl)})]
        leaf = pointed((of_cert, None, None))
        if good:
            case("crl-" + variant, why, lists, leaf=leaf)
        else:
            case(variant, why, lists, "crl-missing", leaf=leaf, **MISSING)
    whole = full_name(dirname(*FACTORY, ("CN", "p1")))
    rdn = relative(("CN", "p1"))
    meets("point-name-folded", "RFC 5280 7.1: names are compared without case",
          full_name(dirname(*FACTORY, ("CN", "P1"))), whole, True)
    meets("point-name-differs", "(b)(2)(i): another directoryName",
          full_name(dirname(*FACTORY, ("CN", "p2"))), whole, False)
    bare = name(*FACTORY, ("CN", "p1"))
    for variant, a, b in (("point-party-crl", party(bare), dirname(
            *FACTORY, ("CN", "p1"))), ("point-party-cert", dirname(
                *FACTORY, ("CN", "p1")), party(bare))):
        meets(variant, "(b)(2)(i): ediPartyName is no directoryName",
              full_name(a), full_name(b), False)
    meets("relative-both-differ", "5.2.5: two RDNs below one name", rdn,
          relative(("CN", "p2")), False)
    meets("relative-cert-differs", "5.2.5: another RDN below the issuer's name",
          whole, relative(("CN", "p2")), False)
    for variant, pairs in (
            ("beside", (("O", "Acme"), ("CN", "Other"), ("CN", "p1"))),
            ("above", (("O", "Acme"),)),
            ("itself", FACTORY),
            ("far-below", FACTORY + (("CN", "p1"), ("CN", "p1")))):
        meets("relative-" + variant, "5.2.5: exactly one RDN below the CRL "
              "issuer's name", rdn, full_name(dirname(*pairs)), False)
    meets("relative-party", "5.2.5: ediPartyName is no directoryName", rdn,
          full_name(party(bare)), False)
    case("crl-point-is-issuer", "6.3.3, last paragraph: a point that is the "
         "issuer's name", [TOP, crl(CA, exts={"x": idp(full_name(
             dirname(*FACTORY)))})])
    case("point-is-party", "6.3.3, last paragraph: ediPartyName is no "
         "directoryName", [TOP, crl(CA, exts={"x": idp(full_name(party(
             name(*FACTORY))))})], "crl-missing", **MISSING)


def designated():
    """(b)(1): is the CRL's issuer the one the certificate names?"""
    signer = signer_of()
    pile = (CA, signer)
    leaf = pointed((U1, None, signer.subject))
    case("crl-indirect-without-point", "(b)(2)(i): a CRL that names no point "
         "is about all of them", [TOP, crl(signer, exts={"x": idp(
             indirect=True)})], leaf=leaf, pile=pile)
    case("other-crl-issuer", "(b)(1): the certificate names another", [
        TOP, crl(signer, exts={"x": idp(U1, indirect=True)})], "crl-missing",
         leaf=pointed((U1, None, name(("CN", "Else")))), pile=pile, **MISSING)
    fake = make("leaf", "unit-1", CA, exts={"p": ext(
        "cRLDistributionPoints", seq(seq(U1, tlv(0xA2, party(
            signer.subject)))))})
    case("party-crl-issuer", "(b)(1): ediPartyName is no directoryName", [
        TOP, crl(signer, exts={"x": idp(U1, indirect=True)})], "crl-missing",
         leaf=fake, pile=pile, **MISSING)
    old = make("leaf", "unit-1", CA, version=B(), extensions=B())
    case("user-only-for-version-1", "(b)(2)(ii): a version 1 certificate does "
         "not say what it is", [TOP, crl(CA, exts={"x": idp(user=True)})],
         "crl-missing", leaf=old, profile="path", **MISSING)
    own = (("O", "Acme"), ("CN", "CRL Signer"))
    each = {"p": points((U1, None, name(*own)))}
    self_named = signer_of(exts=each)
    ca = make("ca", "Factory", R, exts=each)
    leaf = make("leaf", "unit-1", ca, exts=each)
    x = {"x": idp(U1, indirect=True)}
    case("crl-signer-names-itself", "(b)(1): the root designated this CRL issuer "
         "for its own certificate", [crl(self_named, exts=x)], leaf=leaf,
         pile=(ca, self_named))
    case("signer-names-itself", "and it lists itself", [crl(self_named, [entry(
        0x1000 + sum(b"CRL Signer"), issuer=R.subject)], exts=x)],
         "crl-issuer-status", leaf=leaf, pile=(ca, self_named), object="crl",
         index=0)
    silent = signer_of()
    case("signer-unnamed", "without that, its own word does not count", [crl(
        silent, exts={"x": idp(U1, indirect=True)}), crl(silent, num=9, exts={
            "x": idp(indirect=True)})], "crl-issuer-status", leaf=leaf,
         pile=(ca, silent), object="crl", index=0)


def forged_signers():
    """(f): who signs must be certified by the path, and by its right name."""
    x = {"x": idp(U1, indirect=True)}
    subject = name(("O", "Acme"), ("CN", "CRL Signer"))
    leaf = pointed((U1, None, subject))

    def bad(variant, why, signer, reason="crl-issuer", lists=None, pile=(CA,)):
        refused(variant, "(f): " + why, [TOP, lists or crl(signer, exts=x)],
                reason, 1, "issuer", "issuer", leaf=leaf, pile=pile + (signer,))
    evil = key("Evil")
    bad("signer-forged-root", "its certificate says that the root issued it",
        signer_of(signer=evil))
    bad("signer-forged-ca", "its certificate says that the CA issued it",
        signer_of(issuer=CA, signer=evil))
    bad("signer-other-issuer-root", "signed by the root's key in another name",
        signer_of(issuer_name=name(("CN", "Else"))))
    bad("signer-other-issuer-ca", "signed by the CA's key in another name",
        signer_of(issuer=CA, issuer_name=name(("CN", "Else"))))
    other = signer_of("Else", own=key("CRL Signer"))
    bad("signer-other-name", "a certificate of another name with that key", other,
        lists=crl(signer_of(), exts=x))
    root = make("root", "Root", exts={"nc": nc([dirname(("O", "Acme"))])})
    signer = signer_of(subject=name(("CN", "CRL Signer")))
    lists = [TOP, crl(signer, exts=x)]
    chain("signer-not-permitted-by-anchor", pointed((U1, None, signer.subject)),
          [CA, signer], [root], "(f), 6.1.3 (b): the signer's name is outside the "
          "anchor's constraints", "crl-issuer", (lists[1], "issuer"), crls=lists,
          object="crl", index=1, field="issuer", revocation="required")
    narrow = make("ca", "Factory", R, exts={"nc": nc([dirname(("O", "Acme"))])})
    signer = signer_of(issuer=narrow, subject=name(("CN", "CRL Signer")))
    leaf_below = make("leaf", "unit-1", narrow, exts={"p": points(
        (U1, None, signer.subject))})
    refused("signer-not-permitted", "(f), 6.1.3 (b): the signer's name is outside "
            "the CA's constraints", [TOP, crl(signer, exts=x)], "crl-issuer", 1,
            "issuer", "issuer", leaf=leaf_below, pile=(narrow, signer))
    wide = make("ca", "Factory", R, exts={"nc": nc([dirname(("CN", "CRL Signer")),
                                                    dirname(("O", "Acme"))])})
    signer = signer_of(issuer=wide, subject=name(("CN", "CRL Signer")))
    leaf_below = make("leaf", "unit-1", wide, exts={"p": points(
        (U1, None, signer.subject))})
    case("crl-signer-permitted", "(f): the signer's name is inside the CA's "
         "constraints", [TOP, crl(signer, exts=x), crl(wide)], leaf=leaf_below,
         pile=(wide, signer))


def rules_for_signers():
    """(f): the signer's own certificate is valid, and strictly so when asked."""
    subject = name(("O", "Acme"), ("CN", "CRL Signer"))
    leaf = pointed((U1, None, subject))
    x = {"x": idp(U1, indirect=True)}
    odd = seq(seq(oid("1.2.3.4"), seq(seq(oid("1.2.3.5"), null()))))
    free = signer_of(exts={"ku": None})
    case("crl-signer-without-key-usage", "(f): keyUsage is asked when it is there",
         [TOP, crl(free, exts=x)], leaf=leaf, pile=(CA, free))
    for variant, profiles, part, why in (
            ("serial-0", "strict", {"serial": 0}, "4.1.2.2: a positive serial"),
            ("ski-critical", "strict", {"exts": {"ski": ski(key(
                "CRL Signer").id, True)}}, "4.2.1.2: not critical"),
            ("no-aki", "strict", {"exts": {"aki": None}}, "4.2.1.1: an "
             "authorityKeyIdentifier"),
            ("unknown-critical", "both", {"exts": {"o": ext(
                "1.2.3.4", null(), True)}}, "4.2: critical and unknown"),
            ("qualifier", "both", {"exts": {"o": ext(
                "certificatePolicies", odd, True)}}, "4.2.1.4: an unknown "
             "qualifier, critical"),
            ("k256", "both", {"keyed": "k256"}, "a curve that nobody here "
             "knows"),
            ("sha384", "both", {"alg": "sha384"}, "an algorithm that the "
             "question does not permit")):
        signer = signer_of(**part)
        for profile in ("strict", "path"):
            lists = [TOP, crl(signer, exts=x)]
            more = {"leaf": leaf, "pile": (CA, signer)}
            if profile == "path":
                more["profile"] = "path"
            if variant == "sha384":
                more["algs"] = "ecdsa-with-SHA256"
            if profiles == "strict" and profile == "path":
                case("crl-signer-%s-path" % variant, "section 6 does not ask: "
                     + why, lists, **more)
            else:
                refused("signer-%s-%s" % (variant, profile), "(f): " + why,
                        lists, "crl-issuer", 1, "issuer", "issuer", **more)


def several_signers():
    """More than one certificate has the right name: each is tried."""
    subject = name(("O", "Acme"), ("CN", "CRL Signer"))
    leaf = pointed((U1, None, subject))
    x = {"x": idp(U1, indirect=True)}
    good = signer_of()
    device = make("leaf", "CRL Signer", R)
    case("crl-signer-second", "(f): the first of that name is not for CRLs", [
        TOP, crl(good, exts=x)], leaf=leaf, pile=(CA, device, good))
    other = signer_of(own=key("CRL Signer 2"))
    bare = {"x": idp(U1, indirect=True), "aki": None}
    case("crl-signer-other-key-first", "(g): the first of that name has another "
         "key", [TOP, crl(good, exts=bare)], leaf=leaf, pile=(CA, other, good),
         profile="path")
    stray = make("root", "CRL Signer", exts={"ku": ku("cRLSign"), "bc": None})
    case("crl-signer-stray-first", "(f): the first leads to no anchor and has "
         "the same key", [TOP, crl(good, exts=x)], leaf=leaf,
         pile=(CA, stray, good))
    case("crl-ca-key-second", "(g): the CA's key first, then another of its name",
         [TOP, crl(CA, signer=key("Factory CRL"), exts={"aki": None})],
         pile=(CA, make("ca", "Factory CRL", R, subject=CA.subject, exts={
             "ku": ku("cRLSign"), "bc": None})), profile="path")
    sets = [(n,) for n in range(1, 8)] + [(1, 2), (8,)]
    case("crl-signer-of-nine", "DV_MAX_CRL_SIGNERS: one signer counts once", [
        TOP] + [crl(good, exts={"x": idp(U1, indirect=True, reasons=some)})
                for some in sets], leaf=leaf, pile=(CA, good))
    mute = make("ca", "Factory", R, exts={"ku": None})
    case("crl-ca-without-key-usage", "(f): keyUsage is asked when it is there",
         [TOP, crl(mute)], pile=(mute,), leaf=make("leaf", "unit-1", mute),
         profile="path")
    signers = [make("ca", "Factory CRL %d" % n, R, subject=CA.subject, exts={
        "ku": ku("cRLSign"), "bc": None}) for n in range(1, 9)]
    lists = [crl(CA, signer=s.key, exts={"x": idp(reasons=some)})
             for s, some in zip([*signers, signers[0]], sets)]
    case("crl-signers-8-and-again", "DV_MAX_CRL_SIGNERS: the first of eight signs "
         "another", [TOP] + lists, pile=(CA, *signers))
    ninth = make("ca", "Factory CRL 9", R, subject=CA.subject, exts={
        "ku": ku("cRLSign"), "bc": None, "ski": ski(signers[0].key_id)})
    case("crl-signers-8-beside-a-ninth", "DV_MAX_CRL_SIGNERS: a ninth that signed "
         "nothing is in the way", [TOP] + lists, pile=(CA, ninth, *signers))


def in_a_circle():
    """Two signers, each of whom the other speaks of: nobody is believed."""
    subjects = [name(("O", "Acme"), ("CN", "Signer %d" % n)) for n in (1, 2)]
    both = [signer_of("Signer %d" % n, exts={"p": points((
        U1, None, subjects[2 - n]))}) for n in (1, 2)]
    first = {"p": points((U1, None, subjects[0]))}
    ca = make("ca", "Factory", R, exts=first)
    leaf = make("leaf", "unit-1", ca, exts=first)
    lists = [crl(s, exts={"x": idp(U1, indirect=True)}) for s in both]
    case("two-in-a-circle", "(f): the status of each signer rests on the other",
         lists, "crl-issuer-status", leaf=leaf, pile=(ca, *both), **MISSING)


def settled_late():
    """A signer is good by the root's CRL, and bad by one that is believed only
    after somebody was judged by the signer's word."""
    late = signer_of("Late")
    first = signer_of("First", exts={"p": points((U2, None, late.subject))})
    leaf = pointed((U1, None, first.subject))
    about_leaf = crl(first, exts={"x": idp(U1, indirect=True)})
    for variant, serial in (("", 0x1000 + sum(b"First")), ("-another", 5)):
        lists = [TOP, about_leaf, crl(late, [entry(serial, issuer=R.subject)],
                                      exts={"x": idp(U2, indirect=True)})]
        why = "(f): the leaf's signer is revoked by a CRL of a second signer"
        if serial == 5:
            case("crl-late" + variant, why + ", or nearly", lists, leaf=leaf,
                 pile=(CA, first, late))
        else:
            case("late" + variant, why, lists, "crl-issuer-status", leaf=leaf,
                 pile=(CA, first, late), **MISSING)


def rounds():
    """The most rounds that are tried until everybody's status is settled."""
    def at(n):
        return full_name(uri("http://crl/%d" % n))

    def own(label, *each):
        return make("leaf", label, cas[-1], exts={"ku": ku("cRLSign"),
                                                  "p": points(*each)})

    def of(who, n, entries=()):
        return crl(who, entries, exts={"x": idp(at(n), indirect=True)})

    def name_of(label):
        return name(("O", "Acme"), ("CN", label))
    cas = [R]
    for n in (3, 2, 1):
        cas.append(make("ca", "Level %d" % n, cas[-1]))
    judge_ = own("Judge", (at(1), None, None))
    waiting = own("Waits", (at(4), None, name_of("Nearly")))
    nearly = own("Nearly", (at(3), None, judge_.subject))
    late = [(at(5), None, waiting.subject), (at(4), None, nearly.subject)]
    why = "each of five signers turns out bad when the path has just been settled"
    for variant, reason, more in (("crl-rounds-24", None, []),
                                  ("rounds-25", "crl-issuer-status", late)):
        bad = [own("Bad %d" % n, (at(0), None, R.subject),
                   (at(2), None, judge_.subject), *more) for n in range(5)]
        leaf = make("leaf", "unit-1", cas[3], exts={"p": points(
            (at(1), None, None), *[(at(10 + n), None, b.subject)
                                   for n, b in enumerate(bad)])})
        lists = [TOP, of(R, 0), crl(cas[1]), crl(cas[2]),
                 crl(cas[3], exts={"x": idp(at(1))})]
        lists += [of(b, 10 + n) for n, b in enumerate(bad)]
        pile = [*cas[:0:-1], *bad, judge_]
        if more:
            lists += [of(waiting, 5), of(nearly, 4), of(judge_, 3)]
            pile += [waiting, nearly]
        lists.append(of(judge_, 2, [entry(0x1000 + sum(b"Bad %d" % n),
                                          issuer=cas[3].subject)
                                    for n in range(5)]))
        if reason:
            case(variant, why + ", and one more waits", lists, reason, leaf=leaf,
                 pile=pile, **MISSING)
        else:
            case(variant, why, lists, leaf=leaf, pile=pile,
                 statuses="good,good,good,good", good_until=NEXT)


def by_itself():
    """A new key of a CA, certified by the old one, speaks of itself."""
    new = key("Factory new")
    rolled = make("ca", "Factory new", CA, own=new, subject=CA.subject)
    leaf = make("leaf", "unit-1", rolled)
    more = {"leaf": leaf, "pile": (rolled, CA)}
    alone = crl(CA, signer=new)
    why = "(f): only its own key says that the certificate is not revoked"
    refused("rolled-only-itself", why, [TOP, alone], "crl-issuer-status", 1,
            "issuer", "issuer", **more)
    case("crl-rolled-only-itself", why + ", and nobody has to", [TOP, alone],
         mode="if-given", statuses="good,not-checked,good", good_until=NEXT,
         **more)
    case("rolled-lists-itself", "what its own key says against it counts", [
        TOP, crl(CA, [entry(0x1000 + sum(b"Factory new"))], signer=new)],
         "revoked", mode="if-given", object="certificate", index=1, **more)
    refused("rolled-and-stale", "a CRL of the old key that is past its nextUpdate "
            "is not made good by its own", [TOP, alone, crl(CA, num=3, **OLD)],
            "crl-stale", 2, field="nextUpdate", mode="if-given", **more)
    other = make("ca", "Factory CRL", R, subject=CA.subject, exts={
        "ku": ku("cRLSign"), "bc": None})
    case("crl-signer-revoked-beside-good", "(f): a revoked signer beside one who "
         "is not", [crl(R, [entry(0x1000 + sum(b"Factory CRL"))]), crl(
             CA, signer=other.key), crl(CA, num=9)], pile=(CA, other))


def newer():
    """Which of two CRLs counts, and until when."""
    gone = {"object": "certificate", "index": 0}
    case("number-longer", "RFC 5280 5.2.3: 256 is more than 5", [TOP, crl(
        CA, num=5), crl(CA, LISTED, num=256)], "revoked", **gone)
    case("crl-number-longer", "RFC 5280 5.2.3: 256 is more than 5", [TOP, crl(
        CA, LISTED, num=5), crl(CA, num=256)])
    case("newer-other-key-id", "(c)(3): another key identifier, another scope", [
        TOP, crl(CA, LISTED, num=5), crl(CA, num=6, exts={"aki": aki(b"else")})],
         "revoked", **gone)
    case("newer-numbered", "a CRL without a number is older than none", [
        TOP, crl(CA, LISTED, exts={"number": None}), crl(CA, num=6)], "revoked",
         profile="path", **gone)
    case("newer-from-the-future", "one that is not yet valid replaces nothing", [
        TOP, crl(CA, LISTED, num=5), crl(CA, num=6, this=SOON)], "revoked", **gone)
    case("newer-forged", "(g): one that nobody signed replaces nothing", [
        TOP, crl(CA, LISTED, num=5), crl(CA, num=6, signer=key("Evil"), exts={
            "aki": aki(CA.key_id)})], "revoked", **gone)
    other = make("ca", "Factory CRL", R, subject=CA.subject, exts={
        "ku": ku("cRLSign"), "bc": None})
    none = {"aki": None}
    case("newer-by-another-key", "(c): one of another key replaces nothing", [
        TOP, crl(CA, LISTED, num=5, exts=none), crl(CA, num=6, exts=none,
                                                   signer=other.key)],
         "revoked", pile=(CA, other), profile="path", **gone)
    some, rest = {"x": idp(reasons=(1, 2))}, {"x": idp(reasons=(3, 4, 5, 6, 7, 8))}
    case("first-reasons", "(d): the first of the two lists it", [
        TOP, crl(CA, LISTED, exts=some), crl(CA, exts=rest)], "revoked", **gone)
    stranger = make("ca", "Stranger", R)
    case("crl-of-a-stranger", "what speaks of nobody in the path says nothing, "
         "not even until when", [crl(stranger, until=SOON), TOP, crl(CA)],
         good_until=NEXT)


def deltas():
    base = crl(CA, num=5)

    def continued(entries=(), **more):
        return crl(CA, entries, num=7, exts={"d": delta(5)}, **more)
    case("crl-delta-ends-first", "5.1.2.5: good until the delta's nextUpdate", [
        TOP, base, continued(until=SOON)], good_until=SOON)
    case("crl-delta-ends-last", "5.1.2.5: good until the first nextUpdate", [
        crl(R, until=SOON), base, continued()], good_until=SOON)
    case("crl-delta-stale-is-silent", "5.2.4: a stale delta that lists nothing "
         "takes nothing away", [TOP, base, continued(**OLD)], good_until=NEXT)
    some, rest = idp(reasons=(1, 2)), idp(reasons=(3, 4, 5, 6, 7, 8))
    case("crl-delta-ends-after-the-other", "5.1.2.5: good until the first "
         "nextUpdate of all that count", [
             TOP, crl(CA, num=5, exts={"x": some}, until=SOON),
             crl(CA, num=5, exts={"x": rest}), crl(CA, num=7, exts={
                 "x": rest, "d": delta(5)})], good_until=SOON)
    refused("delta-alone", "5.1.2.5: a delta by itself, and old", [
        TOP, continued(**OLD)], "crl-stale", field="nextUpdate")
    refused("base-number", "5.2.4: the place is the indicator", [TOP, continued()],
            "crl-base-missing", 1, "val:deltaCRLIndicator",
            "deltaCRLIndicator")


def about_the_list():
    """What a CRL says of itself, in the strict profile and in both."""
    def one(variant, why, reason, mark, field, exts=None, **more):
        refused(variant, why, [TOP, crl(CA, exts=exts, **more)], reason, 1, mark,
                field)
    one("crl-number", "RFC 5280 5.2.3: not critical", "extension-criticality",
        None, "extensions", {"number": cext("cRLNumber", integer(7), True)})
    one("crl-aki-without-key-id", "RFC 5280 5.2.1: the key identifier method",
        "extension-missing", None, "extensions", {"aki": ext(
            "authorityKeyIdentifier", seq(tlv(0xA1, dirname(("CN", "x"))), tlv(
                0x82, b"\1")))})
    unknown = seq(oid("1.2.3.4"))
    one("crl-algorithm", "docs/PROFILES.md: an algorithm that nobody here knows",
        "alg-not-allowed", "tbsAlg", "signatureAlgorithm", tbs_alg=unknown,
        outer_alg=unknown)
    one("crl-algorithm-of-another-key", "RFC 5280 5.1.1.2: the algorithm of "
        "another key", "key-alg-mismatch", "tbsAlg", "signatureAlgorithm",
        tbs_alg=algorithm("ed25519"), outer_alg=algorithm("ed25519"))
    one("crl", "RFC 3279 2.2.3: ECDSA-Sig-Value is a SEQUENCE",
        "signature-malformed", "sig", "signatureValue", signature=b"\5\0")
    refused("crl-not-asked", "the question permits ECDSA with SHA-256 alone", [
        crl(R, signer=R.key), crl(CA, tbs_alg=algorithm("sha384"),
                                  outer_alg=algorithm("sha384"))],
            "alg-not-allowed", 1, "tbsAlg", "signatureAlgorithm",
            algs="ecdsa-with-SHA256")
    case("crl-unknown-extension", "RFC 5280 5.2: not critical, so passed over", [
        TOP, crl(CA, exts={"x": cext("1.2.3.4", null())})])
    two = {"x": cext("1.2.3.4", null(), True), "y": cext("1.2.3.5", null(), True)}
    one("two-unknown", "RFC 5280 5.2: the first is named",
        "crl-critical-unknown", "oid:1.2.3.4", "extensions", two)
    ca = make("ca", "Factory", R, exts={"n": ext("noRevAvail", null())})
    case("ca-no-rev-avail", "RFC 9608 2: for end entities only", [crl(ca)],
         "crl-missing", leaf=make("leaf", "unit-1", ca), pile=(ca,),
         profile="path", object="certificate", index=1)
    case("signer-status-and-entry", "(f): what a revoked signer lists is not told "
         "as revoked", [crl(R, [entry(0x1000 + sum(b"CRL Signer"))]), crl(
             signer_of(), [entry(LEAF_SERIAL, issuer=CA.subject)], exts={
                 "x": idp(U1, indirect=True)})], "crl-issuer-status",
         leaf=pointed((U1, None, signer_of().subject)), pile=(CA, signer_of()),
         object="crl", index=1)


def run():
    names_of_points()
    designated()
    forged_signers()
    rules_for_signers()
    several_signers()
    in_a_circle()
    settled_late()
    rounds()
    by_itself()
    newer()
    deltas()
    about_the_list()
