# SPDX-License-Identifier: GPL-3.0-or-later
"""Envelopes that say more of their artefact, or hold it; what is demanded."""
import hashlib

from cbor import array, bstr, cmap, num, tag, tstr
from der import B
from envelopes import ARTEFACT, I, L, SIGNER, at, case
from x509 import NOW, dns, email, make, san, uri

SEMVER, DECIMAL = 16384, 4
NAME = "CN=unit-1,O=Acme"
AT = at(NOW)
TRUE = B(b"\xf5")
ATTACHED = {3: tstr("text/plain"), 258: None, 259: None}


def version(text, scheme=SEMVER):
    return array(tstr(text), num(scheme))


ALL = {4: num(at("2027-01-01T00:00:00Z")), 5: num(at("2026-05-01T00:00:00Z")),
       271: version("1.4.0-rc.1+build.7"), "device": tstr("gateway-7"),
       "model": tstr("gw/3"), "branch": tstr("stable"), "build": num(-42),
       "debug": TRUE, "commit": bstr(bytes(range(20)))}


def many(count):
    return {"key%02d" % n: num(n) for n in range(count)}


def claims():
    case("claims", "docs/FORMAT.md: everything that can be said of an artefact",
         claims=ALL, expect={"good_until": "2026-12-31T23:59:59Z"})
    case("version-decimal", "RFC 9393 4.1: a decimal version",
         claims={271: version("20260601", DECIMAL)})
    case("claims-16", "docs/LIMITS.md: 16 free-form claims", claims=many(16))
    case("claims-17", "docs/LIMITS.md: 17 free-form claims, 16 are the most",
         "limit", "claim", "keykey16", claims=many(17))
    case("claims-17-array", "docs/FORMAT.md: the 17th is no claim at all, which "
         "is told first", "header-malformed", "claim", None,
         claims={**many(16), "the last": array(num(1))})
    case("claim-bytes-255", "docs/LIMITS.md: 255 octets in a claim",
         claims={"x": bstr(bytes(255))})
    case("claim-bytes-256", "docs/LIMITS.md: 256 octets in a claim, 255 are "
         "the most", "limit", "claim", "claimx", claims={"x": bstr(bytes(256))})
    case("claim-text-256", "docs/LIMITS.md: 256 octets of text, 255 are the "
         "most", "limit", "claim", "claimx", claims={"x": tstr("y" * 256)})
    case("claim-key-256", "docs/LIMITS.md: 256 octets of key, 255 are the most",
         "limit", "claim", "key" + "k" * 256, claims={"k" * 256: num(1)})
    for variant, label, field, value, why in [
            ("exp-text", 4, "exp", tstr("2027"), "exp is a number"),
            ("exp-tagged", 4, "exp", tag(1, num(1)), "exp has no tag"),
            ("nbf-year-10000", 5, "nbf", num(253402300800),
             "times end with the year 9999"),
            ("version-text", 271, "swversion", tstr("1.2.3"),
             "a version is an array"),
            ("version-alone", 271, "swversion", array(tstr("1.2.3")),
             "a version comes with its scheme"),
            ("version-three", 271, "swversion",
             array(tstr("1.2.3"), num(SEMVER), num(0)), "a version is a pair"),
            ("device-number", "device", "device", num(7), "device is a text"),
            ("model-empty", "model", "model", tstr(""), "model is not empty"),
            ("claim-array", "x", "claim", array(), "no arrays in a claim"),
            ("claim-map", "x", "claim", cmap(), "no maps in a claim"),
            ("claim-null", "x", "claim", B(b"\xf6"), "null says nothing"),
            ("claim-control", "x", "claim", tstr("a\x1b[2J"),
             "no control characters"),
            ("claim-empty", "x", "claim", tstr(""), "a text is not empty")]:
        case(variant, "docs/FORMAT.md: " + why, "header-malformed", field,
             "claim%s" % label, claims={label: value})
    case("version-scheme", "docs/FORMAT.md: semver or decimal, not "
         "multipartnumeric", "header-malformed", "swversion", None,
         claims={271: version("1.2", 1)})
    for variant, text, scheme in (
            ("two-numbers", "1.2", SEMVER), ("zero-first", "01.2.3", SEMVER),
            ("pre-empty", "1.2.3-", SEMVER), ("pre-zero", "1.2.3-01", SEMVER),
            ("letter", "v1.2.3", SEMVER), ("sign", "-1", DECIMAL),
            ("fraction", "1.5", DECIMAL), ("zero", "007", DECIMAL)):
        case("version-" + variant, "docs/FORMAT.md: %s is no version of its "
             "scheme" % text, "header-malformed", "swversion", None,
             claims={271: version(text, scheme)})
    case("claim-key-empty", "docs/FORMAT.md: a key is not empty",
         "header-malformed", "claim", "key", claims={"": num(1)})
    case("claim-key-newline", "docs/FORMAT.md: no control characters in a key",
         "header-malformed", "claim", "keya\nb", claims={"a\nb": num(1)})


def times():
    case("exp-a-second-later", "RFC 8392 3.1.4: used before exp",
         claims={4: num(AT + 1)}, expect={"good_until": NOW})
    case("exp-after-certificate", "RFC 8392 3.1.4: the signer's certificate "
         "ends before exp", claims={4: num(2208988800)})
    case("exp-now", "RFC 8392 3.1.4: not used on exp", "artefact-expired",
         "exp", claims={4: num(AT)})
    case("exp-long-ago", "RFC 8392 3.1.4: not used after exp",
         "artefact-expired", "exp", claims={4: num(0)})
    case("nbf-now", "RFC 8392 3.1.5: used from nbf on", claims={5: num(AT)})
    case("nbf-a-second-later", "RFC 8392 3.1.5: not used before nbf",
         "artefact-not-yet-valid", "nbf", claims={5: num(AT + 1)})


def attached():
    case("attached", "RFC 9052 4.2: the payload is the artefact",
         headers=ATTACHED, payload=ARTEFACT, expect={"flips": 1})
    case("attached-empty", "RFC 9052 4.2: an artefact of no octets",
         headers=ATTACHED, payload=b"", artefact=b"")
    case("attached-another", "docs/FORMAT.md: what is attached is not the "
         "artefact", "artefact-mismatch", "digest", headers=ATTACHED,
         payload=ARTEFACT + b"x", expect={"object": "artefact"})
    case("attached-digest", "docs/FORMAT.md: the digest of the artefact, said "
         "to be the artefact", "artefact-mismatch", "digest", headers=ATTACHED,
         payload=hashlib.sha256(ARTEFACT).digest(),
         expect={"object": "artefact"})
    changed = bstr(ARTEFACT + b"x")
    case("attached-changed", "RFC 9052 4.4: not what was signed",
         "envelope-signature-invalid", "signature", "signature",
         headers=ATTACHED, payload=ARTEFACT, payload_item=changed)
    for variant, there in (("hash", {258: num(-16)}),
                           ("preimage", {259: tstr("text/plain")}),
                           ("both", {258: num(-16), 259: tstr("text/plain")})):
        case("content-type-and-" + variant, "RFC 9995 4: a hash envelope has "
             "no content type", "header-conflict", "content type", "map",
             headers={**ATTACHED, **there})
    case("content-type-number", "docs/FORMAT.md: the content type is a text",
         "header-malformed", "content type", "header3",
         headers={**ATTACHED, 3: num(0)}, payload=ARTEFACT)
    case("crit-content-type", "RFC 9052 3.1: crit lists what could be there "
         "and is not", "header-missing", "content type", "header2",
         headers={2: array(num(3))})


def demand(variant, why, text, reason=None, field=None, leaf=L, said=ALL,
           signer=False, **part):
    expect = {"demand": text}
    if not reason and 4 in said:
        expect["good_until"] = "2026-12-31T23:59:59Z"
    if signer:
        expect.update({"object": "certificate", "index": 0})
    case(variant, why, reason, field, leaf=leaf, claims=said, expect=expect,
         **part)


def demands():
    own = "docs/FORMAT.md: "
    for key, right, wrong, field in (
            ("name", "firmware.bin", "Firmware.bin", "sub"),
            ("version", "1.4.0-rc.1+build.7", "1.4.0-rc.1", "swversion"),
            ("type", "application/octet-stream", "application/wasm",
             "preimage content type"),
            ("device", "gateway-7", "gateway-70", "device"),
            ("model", "gw/3", "gw", "model"), ("iss", "unit-1", "unit", "iss"),
            ("branch", "stable", "main", "claim"),
            ("build", "-42", "42", "claim"), ("debug", "true", "1", "claim"),
            ("commit", bytes(range(20)).hex(), "00", "claim")):
        demand("demand-" + key, own + key + " is as demanded",
               "require %s=%s" % (key, right))
        demand("demand-" + key, own + key + " is not as demanded",
               "require %s=%s" % (key, wrong), "claim-not-as-demanded", field)
    demand("absent-device", own + "nothing is said of a device",
           "require device=gateway-7", "claim-not-as-demanded", "device",
           said={})
    demand("absent-claim", own + "no such claim", "require branch=stable",
           "claim-not-as-demanded", "claim", said={})
    demand("absent-version", own + "no version is stated",
           "min-version 1.0.0", "claim-not-as-demanded", "swversion", said={})
    demand("demand-attached-type", own + "the content type of what is attached",
           "require type=text/plain", headers=ATTACHED, payload=ARTEFACT,
           said={})
    for variant, stated, wanted in (
            ("equal", "1.4.0", "1.4.0"), ("build", "1.4.0", "1.4.0+build.9"),
            ("minor", "1.10.0", "1.9.0"), ("pre", "1.4.0", "1.4.0-rc.1"),
            ("pre-number", "1.4.0-rc.10", "1.4.0-rc.9"),
            ("pre-longer", "1.4.0-rc.1.1", "1.4.0-rc.1"),
            ("pre-word", "1.4.0-x", "1.4.0-99")):
        said = {271: version(stated)}
        demand("version-" + variant, "semver.org 11: %s is not before %s" % (
            stated, wanted), "min-version " + wanted, said=said)
        if variant in ("equal", "build"):
            continue
        said = {271: version(wanted)}
        demand(variant, "semver.org 11: %s is before %s" % (wanted, stated),
               "min-version " + stated, "version-too-old", "swversion",
               said=said)
    big = {271: version("184467440737095516160", DECIMAL)}
    demand("version-decimal-large", "RFC 9393 4.1: more digits than a machine "
           "word", "min-version 99999999999999999999", said=big)
    demand("decimal", "RFC 9393 4.1: 9 is before 10", "min-version 10",
           "version-too-old", "swversion", said={271: version("9", DECIMAL)})
    demand("decimal-semver", own + "a decimal version is not compared with "
           "1.0.0", "min-version 1.0.0", "version-not-comparable", "swversion",
           said=big)
    demand("semver-decimal", own + "1.4.0 is not compared with a decimal "
           "version", "min-version 1", "version-not-comparable", "swversion",
           said={271: version("1.4.0")})


def signers():
    named = make("leaf", "unit-1", I, exts=dict(SIGNER, san=san(
        dns("Unit-1.example"), email("unit-1@example.com"),
        uri("urn:unit:1"))))
    key = hashlib.sha256(L.key.spki.data).hexdigest()
    who = "docs/FORMAT.md: the signer "
    demand("signer-name", who + "has this subject", "signer-name " + NAME,
           said={})
    demand("name", who + "has another subject", "signer-name CN=unit-1",
           "signer-not-as-demanded", "subject", said={}, signer=True)
    demand("signer-key", who + "has this key", "signer-key " + key, said={})
    demand("key", who + "has another key", "signer-key " + "00" * 32,
           "signer-not-as-demanded", "subjectPublicKeyInfo", said={},
           signer=True)
    for variant, wanted in (("dns", "DNS:unit-1.EXAMPLE"),
                            ("email", "email:unit-1@example.com"),
                            ("uri", "URI:urn:unit:1")):
        demand("signer-" + variant, who + "has this name",
               "signer-san " + wanted, leaf=named, said={})
    for variant, wanted, leaf in (
            ("dns-other", "DNS:unit-2.example", named),
            ("dns-as-uri", "DNS:urn:unit:1", named),
            ("uri-case", "URI:urn:UNIT:1", named),
            ("no-names", "DNS:unit-1.example", L)):
        demand(variant, who + "does not have this name",
               "signer-san " + wanted, "signer-not-as-demanded",
               "subjectAltName", leaf=leaf, said={}, signer=True)


def run():
    claims()
    times()
    attached()
    demands()
    signers()
