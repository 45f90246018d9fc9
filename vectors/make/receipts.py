# SPDX-License-Identifier: GPL-3.0-or-later
"""Kind receipt: what one verification found (docs/FORMAT.md)."""
import hashlib

import corpus
from cbor import NIL, array, bstr, cmap, num, tstr
from der import B, cat

TYP = "application/vnd.devverify.receipt+cbor"
LAST = 19


def h(text, hashed="sha256"):
    return hashlib.new(hashed, text.encode()).digest()


def demand(kind=1, key="name", value="firmware.bin"):
    return array(num(kind), tstr(key), value if isinstance(value, B) else
                 tstr(value))


def values():
    return {
        1: tstr(TYP), 2: tstr("devverify 1"), 3: tstr("accepted"), 4: num(-16),
        5: bstr(h("artefact")), 6: num(30), 8: bstr(h("envelope")),
        9: array(bstr(h("leaf")), bstr(h("issuer"))), 10: bstr(h("anchor")),
        11: tstr("strict"), 13: array(), 14: num(1777593600),
        15: tstr("given"), 16: tstr("if-given"),
        17: array(tstr("good"), tstr("not-checked")), 18: num(1800000000),
        19: NIL}


def confirmed(**part):
    parts = {"path": array(bstr(h("desk")), bstr(h("desks"))),
             "anchor": bstr(h("other anchor")),
             "statuses": array(tstr("good"), tstr("not-checked"))}
    parts.update(part)
    return array(*[p for p in parts.values() if p is not None])


def receipt(changed=None, order=None):
    """None leaves a key out."""
    all_values = {**values(), **(changed or {})}
    keys = order or sorted(all_values)
    return cmap(*[(num(k).mark("key%d" % k), all_values[k].mark("v%d" % k))
                  for k in keys if all_values.get(k) is not None])


def run():
    def case(variant, data, why, reason=None, at=None, **files):
        expect = {"object": "receipt", "field": "receipt"} if reason else {}
        if at:
            expect["offset"] = corpus.place(data, at)
        corpus.add("receipt", reason, variant, {"receipt.cbor": data, **{
            k + ".cbor": v for k, v in files.items()}}, why, **expect)

    def one(variant, key, value, why, reason="receipt-malformed"):
        case(variant, receipt({key: value}), why, reason,
             "v%d" % key if reason else None)

    first = receipt()
    case("first", first, "docs/FORMAT.md: the first of a sequence")
    named = bstr(hashlib.sha256(first.data).digest())
    case("second", receipt({19: named}), "docs/FORMAT.md: it names the one "
         "before it", previous=first)
    case("another", receipt({19: bstr(h("another"))}), "docs/FORMAT.md: it "
         "names one that is not before it", "receipt-out-of-sequence", "v19",
         previous=first)
    case("first-again", receipt(), "docs/FORMAT.md: a first one after another",
         "receipt-out-of-sequence", "v19", previous=first)

    demands = [demand(), demand(2, "", "1.2.3"), demand(3, "", "CN=unit-1"),
               demand(4, "", "DNS:unit-1.example"),
               demand(5, "", bstr(h("key"))), demand(6, "", "2"),
               demand(7, "", "CN=desk"), demand(8, "", "DNS:desk.example"),
               demand(9, "", bstr(h("desk")))]
    one("all", 13, array(*demands), "docs/FORMAT.md: every kind of demand",
        None)
    one("files", 7, num(10000), "docs/FORMAT.md: of a tree", None)
    one("purpose", 12, bstr(bytes.fromhex("2b06010505070302")),
        "docs/FORMAT.md: a purpose that was asked for", None)
    for hashed, alg in (("sha384", -43), ("sha512", -44)):
        case(hashed, receipt({4: num(alg), 5: bstr(h("artefact", hashed))}),
             "docs/FORMAT.md: a digest of " + hashed)
    one("demands-32", 13, array(*[demand()] * 32), "docs/LIMITS.md: as many "
        "demands as a receipt may list", None)
    one("demands-33", 13, array(*[demand()] * 33), "docs/LIMITS.md: one more",
        "limit")
    one("demand-1024", 13, array(demand(3, "", "x" * 1024)), "docs/LIMITS.md: "
        "as many octets as a demand may have", None)
    one("demand-key-255", 13, array(demand(1, "k" * 255, "v")),
        "docs/LIMITS.md: as many octets as the name of a claim may have", None)
    case("demand-key-256", receipt({13: array(array(num(1), tstr(
        "k" * 256).mark("bad"), tstr("v")))}), "docs/LIMITS.md: one more",
        "limit", "bad")
    case("demand-1025", receipt({13: array(array(num(3), tstr(""), tstr(
        "x" * 1025).mark("bad")))}), "docs/LIMITS.md: one octet more", "limit",
        "bad")

    one("typ", 1, tstr(TYP + "2"), "docs/FORMAT.md: typ is a receipt's")
    one("typ-bytes", 1, bstr(TYP.encode()), "docs/FORMAT.md: typ is a text")
    one("tool-control", 2, tstr("devverify\n"), "docs/FORMAT.md: no control "
        "characters")
    one("verdict", 3, tstr("rejected"), "docs/FORMAT.md: only what was "
        "accepted has a receipt")
    for size, reason in ((255, None), (256, "limit")):
        one("tool-%d" % size, 2, tstr("x" * size), "docs/LIMITS.md: octets of "
            "a text", reason)
    for size, reason in ((255, "receipt-malformed"), (256, "limit")):
        one("profile-%d" % size, 11, tstr("x" * size), "docs/LIMITS.md: octets "
            "of a text, before what it says", reason)
    for key, what in ((4, "hash"), (7, "files"), (9, "path"),
                      (12, "purpose")):
        one(what + "-text", key, tstr("x"), "docs/FORMAT.md: no text")
    case("path-8", receipt({9: array(*[bstr(h("c"))] * 8),
                            17: array(*[tstr("good")] * 8)}),
         "docs/LIMITS.md: a path has at most 8")
    for alg in (-15, -17, 0, 5):
        one("hash%d" % alg, 4, num(alg), "docs/FORMAT.md: an algorithm that "
            "is not one of the three")
    one("digest-short", 5, bstr(bytes(31)), "docs/FORMAT.md: as long as its "
        "hash")
    one("digest-of-another", 5, bstr(bytes(48)), "docs/FORMAT.md: as long as "
        "its hash")
    one("size-negative", 6, num(-1), "docs/FORMAT.md: not negative")
    one("files-0", 7, num(0), "docs/FORMAT.md: a tree has a file")
    one("envelope-short", 8, bstr(bytes(31)), "docs/FORMAT.md: SHA-256")
    one("path-empty", 9, array(), "docs/FORMAT.md: a path has a certificate")
    one("path-9", 9, array(*[bstr(h("c"))] * 9), "docs/LIMITS.md: a path has "
        "at most 8", "limit")
    case("path-hash-long", receipt({9: array(bstr(h("leaf")), bstr(bytes(33))
        .mark("bad"))}), "docs/FORMAT.md: SHA-256", "receipt-malformed", "bad")
    one("anchor-null", 10, NIL, "docs/FORMAT.md: a path has an anchor")
    one("profile", 11, tstr("lax"), "docs/FORMAT.md: strict or path")
    one("purpose-empty", 12, bstr(b""), "docs/FORMAT.md: an OID is not empty")
    one("purpose-65", 12, bstr(bytes(65)), "docs/FORMAT.md: at most 64 octets")
    for kind in (0, 10):
        case("demand-kind-%d" % kind, receipt({13: array(array(num(kind)
            .mark("bad"), tstr("name"), tstr("x")))}), "docs/FORMAT.md: kinds "
            "are 1 to 9", "receipt-malformed", "bad")
    case("demand-of-two", receipt({13: array(array(num(1), tstr("name"))
        .mark("bad"))}), "docs/FORMAT.md: a demand has three parts",
        "receipt-malformed", "bad")
    case("demand-key-text", receipt({13: array(array(num(5), tstr(""),
        tstr("x" * 32).mark("bad")))}), "docs/FORMAT.md: a key's hash is bytes",
        "receipt-malformed", "bad")
    one("time-10000", 14, num(253402300800), "docs/FORMAT.md: years 0 to 9999")
    one("source", 15, tstr("ntp"), "docs/FORMAT.md: clock or given")
    one("mode", 16, tstr("always"), "docs/FORMAT.md: required, if-given, none")
    one("statuses-1", 17, array(tstr("good")), "docs/FORMAT.md: one for each "
        "certificate")
    case("status", receipt({17: array(tstr("good"), tstr("revoked")
        .mark("bad"))}), "docs/FORMAT.md: good, not-checked, not-available",
        "receipt-malformed", "bad")
    one("until-text", 18, tstr("2027"), "docs/FORMAT.md: a number")
    one("previous-short", 19, bstr(bytes(31)), "docs/FORMAT.md: SHA-256 or "
        "null")
    one("previous-text", 19, tstr("none"), "docs/FORMAT.md: SHA-256 or null")

    own = "docs/FORMAT.md: who countersigned: "
    desk = confirmed()
    one("countersigned", 20, array(desk), own + "one", None)
    one("countersigners-4", 20, array(*[desk] * 4), own + "four", None)
    one("countersigners-5", 20, array(*[desk] * 5), own + "five", "limit")
    one("countersigners-0", 20, array(), own + "nobody is not listed")
    for variant, part in (("path", {"path": array()}), ("two-parts", {
            "statuses": None}), ("anchor", {"anchor": NIL}), (
            "status", {"statuses": array(tstr("good"))}), (
            "status-revoked", {"statuses": array(*[tstr("revoked")] * 2)})):
        case("countersigner-" + variant, receipt({20: array(confirmed(
            **part))}), own + "each as the signer", "receipt-malformed", "v20")

    for key in sorted(values()):
        left = receipt({key: None})
        case("without-%d" % key, left, "docs/FORMAT.md: key %d is required" %
             key, "receipt-malformed", "key%d" % (key + 1 if key + 1 in
             values() else key + 2) if key < LAST else None)
    case("key-21", receipt({21: num(1)}), "docs/FORMAT.md: no other key",
         "receipt-malformed", "key21")
    case("key-21-last", receipt({20: array(desk), 21: num(1)}),
         "docs/FORMAT.md: no other key", "receipt-malformed", "key21")
    case("key-22", receipt({22: num(1)}), "docs/FORMAT.md: no other key",
         "receipt-malformed", "key22")
    case("key-22-last", receipt({20: array(desk), 22: num(1)}),
         "docs/FORMAT.md: no other key", "receipt-malformed", "key22")
    case("key-name", cmap((tstr("typ").mark("bad"), tstr(TYP))),
         "docs/FORMAT.md: keys are numbers", "receipt-malformed", "bad")
    case("key-0", receipt({0: num(1)}), "docs/FORMAT.md: no other key",
         "receipt-malformed", "key0")
    case("order", receipt(order=[2, 1] + sorted(values())[2:]),
         "RFC 8949 4.2.1: keys in ascending order", "receipt-malformed", "key2")
    twice = receipt(order=[1, 1] + sorted(values())[1:])
    case("twice", twice, "docs/FORMAT.md: each key once", "receipt-malformed",
         "key1#1")
    case("array", array(tstr(TYP)).mark("bad"), "docs/FORMAT.md: a map",
         "receipt-malformed", "bad")
    case("nothing", B(), "no bytes at all", "input-empty")
    case("octets-262145", receipt({2: tstr("x" * 262145)}), "docs/LIMITS.md: "
         "larger than an envelope", "input-too-big")
    case("after", cat(first, B(b"\0").mark("bad")), "docs/FORMAT.md: nothing "
         "follows", "cbor-trailing", "bad")
    case("cut", B(first.data[:-1]), "RFC 8949 3: the last octet is missing",
         "cbor-truncated")
    one("number-long", 6, num(30, 4), "RFC 8949 4.2.1: longer than needed",
        "cbor-not-deterministic")

    case("again", receipt({2: tstr("devverify 2"), 15: tstr("clock"),
        19: bstr(h("another"))}), "docs/FORMAT.md: program, source of the time "
        "and place may differ", again=first)
    other = {5: bstr(h("other")), 6: num(31), 7: num(1), 8: bstr(h("other")),
             9: array(bstr(h("leaf")), bstr(h("other"))), 10: bstr(h("other")),
             11: tstr("path"), 12: bstr(b"\x2a"), 13: array(demand()),
             14: num(1777593601), 16: tstr("required"),
             17: array(tstr("good"), tstr("good")), 18: num(1800000001),
             20: array(confirmed())}
    for key, value in other.items():
        absent = key not in values()
        case("key-%d" % key, first, "docs/FORMAT.md: key %d is compared" % key,
             "receipt-differs", None if absent else "v%d" % key,
             again=receipt({key: value}))
    case("hash", first, "docs/FORMAT.md: key 4 is compared", "receipt-differs",
         "v4", again=receipt({4: num(-43), 5: bstr(h("artefact", "sha384"))}))
