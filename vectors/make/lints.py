# SPDX-License-Identifier: GPL-3.0-or-later
"""Kind lint: one certificate and everything the linter says of it.

A folder is named after the finding it is for; `none` has none at all. `expect`
lists every finding, in any order: what is not there must not be said.
"""
import base64

import corpus
from der import (B, general_time, integer, name, null, octets, oid,
                 printable, seq, tlv, utc_time, utf8)
from keys import algorithm, ec_spki, key
from rsa_lms import rsa_spki
from x509 import (TIMES, aki, bc, dns, eku, email, ext, ip, ku, make, nc, other,
                  san, ski)

SERIAL = 0x5A6B7C8D9EAFB0C1D2E3F405162738495A6B7C8D
VID, PID = "1.3.6.1.4.1.37244.2.1", "1.3.6.1.4.1.37244.2.2"
NO_END = ("2025-01-01T00:00:00Z", "9999-12-31T23:59:59Z")
YEAR = ("2025-01-01T00:00:00Z", "2026-01-01T00:00:00Z")


# A device attestation certificate as it was printed, with its private key, in a
# reference of 2024 on issuing them with EJBCA: the PAI's profile was used.
PRINTED = base64.b64decode("""
MIIB7zCCAZSgAwIBAgIUNjdaBspLyAvejPUWH6K8zuyqXtUwCgYIKoZIzj0EAwIw
MDEYMBYGA1UEAwwPdG9wcy1QQUktQ0EtRUMxMRQwEgYKKwYBBAGConwCAQwERkZG
MTAeFw0yNDEyMDYxNDQ4NTZaFw0zOTExMjgyMjI4NDZaMFkxKzApBgNVBAMMIldp
ZmlGaXJlQWxhcm1fREUwMDAwMDEwMDAxMDAwMDAwMDUxFDASBgorBgEEAYKifAIB
DARGRkYxMRQwEgYKKwYBBAGConwCAgwEODAwMDBZMBMGByqGSM49AgEGCCqGSM49
AwEHA0IABHgHP7wNInmv4i2WLV4IYCbwnmTxTZnnDoUyXR1w/OBZkXWenKMgetCO
g5aSdRCg77P6nV1zJPkoJoAec04sJh+jYzBhMA8GA1UdEwEB/wQFMAMBAf8wHwYD
VR0jBBgwFoAUgkgnURX0RFF1Xv7B0GO44zLNaa4wHQYDVR0OBBYEFJrwGg4JxmZI
jfK9viqLnuZBFSKCMA4GA1UdDwEB/wQEAwIBhjAKBggqhkjOPQQDAgNJADBGAiEA
pmbjoa9OkObSJJMAVIEKVWt3K40ClKXGMyz+Gr6RbjUCIQDLyLEz20BaBNLjF/lE
fO0fkpGlUvpjyVhBS2v5cO9VUA==
""")


def root(**kw):
    return make("root", "Lint Root", serial=kw.pop("serial", SERIAL), **kw)


ROOT = root()


def below(kind, label, usual, issuer=ROOT, **kw):
    exts = dict(usual)
    exts.update(kw.pop("exts", {}))
    kw.setdefault("serial", SERIAL)
    return make(kind, label, issuer, exts=exts, **kw)


def ca(**exts):
    return below("ca", "Lint CA", {}, exts=exts)


def device(**kw):
    return below("leaf", "Lint Device", {}, **kw)


def with_ext(**exts):
    return device(exts=exts)


def idevid(usual=None, **kw):
    kw.setdefault("valid", NO_END)
    kw.setdefault("subject", name(("O", "Acme"), (
        "serialNumber", printable("unit-1"))))
    exts = {"ski": None}
    exts.update(usual or {})
    return device(exts=exts, **kw)


def client(usual=None, **kw):
    exts = {"eku": eku("clientAuth")}
    exts.update(usual or {})
    return device(exts=exts, **kw)


def server(usual=None, **kw):
    exts = {"eku": eku("serverAuth"), "san": san(dns("gate.example"), ip(
        192, 0, 2, 1))}
    exts.update(usual or {})
    kw.setdefault("subject", name(("CN", "gate.example")))
    kw.setdefault("valid", YEAR)
    return device(exts=exts, **kw)


def signer(usual=None, **kw):
    exts = {"eku": eku("codeSigning")}
    exts.update(usual or {})
    return device(exts=exts, **kw)


def matter_name(cn, vid="FFF1", pid=None):
    return name(("CN", cn), *[(o, v) for o, v in ((VID, vid), (PID, pid))
                              if v is not None])


PAA = root(subject=matter_name("Lint PAA"), exts={"bc": bc(path_len=1)})


def pai(usual=None, **kw):
    exts = {"bc": bc(path_len=0)}
    exts.update(usual or {})
    kw.setdefault("subject", matter_name("Lint PAI"))
    return below("ca", "Lint PAI", exts, PAA, **kw)


PAI = pai()


def dac(usual=None, **kw):
    exts = {"bc": bc(ca=False)}
    exts.update(usual or {})
    kw.setdefault("subject", matter_name("Lint DAC", pid="8000"))
    kw.setdefault("issuer", PAI)
    return below("leaf", "Lint DAC", exts, **kw)


def paa(usual=None, **kw):
    exts = {"bc": bc(path_len=1)}
    exts.update(usual or {})
    kw.setdefault("subject", matter_name("Lint PAA"))
    return root(exts=exts, **kw)


def lint(finding, variant, cert, why, profile=None, also=(), issuer=None,
         device=()):
    files = {"cert.der": getattr(cert, "der", cert).data}
    if issuer is not None:
        files["issuer.der"] = issuer.der.data
    lines = (["profile=" + profile] if profile else []) + list(device)
    found = sorted(set(also) | ({finding} if finding else set()))
    files["expect"] = "".join(
        t + "\n" for t in lines + ["finding=" + f for f in found]).encode()
    files["why"] = (" ".join(why.split()) + "\n").encode()
    folder = "lint/%s--%s" % (finding or "none", variant)
    assert folder not in corpus.cases, folder
    corpus.cases[folder] = files


def clean():
    for variant, cert, profile, issuer in (
            ("root", ROOT, "root", None),
            ("ca", ca(), None, ROOT),
            ("intermediate", ca(bc=bc(path_len=0)), "intermediate", ROOT),
            ("device", device(), None, ROOT),
            ("own-profile", device(), "pump", ROOT),
            ("idevid", idevid(), "idevid", ROOT),
            ("idevid-hardware-module", idevid({"san": san(other(
                "1.3.6.1.5.5.7.8.4", seq(oid("1.3.6.1.4.1.99999.1"), octets(
                    b"unit-1"))))}), "idevid", ROOT),
            ("iak", idevid({"ski": ski(b"k" * 20)}), "iak", ROOT),
            ("ldevid", idevid({"ski": ski(b"k" * 20)}, valid=TIMES["leaf"]),
             "ldevid", ROOT),
            ("device-client", client(), "device-client", ROOT),
            ("code-signing", signer(), "code-signing", ROOT),
            ("code-update", signer({"eku": eku("1.3.6.1.5.5.7.3.43")}),
             "code-signing", ROOT),
            ("tls-server", server(), "tls-server", ROOT),
            ("tls-server-address", server(subject=name(("CN", "192.0.2.1"))),
             "tls-server", ROOT),
            ("matter-paa", PAA, "matter-paa", None),
            ("matter-pai", PAI, "matter-pai", PAA),
            ("matter-dac", dac(), "matter-dac", PAI),
            ("matter-fallback", dac(subject=name(
                ("CN", "Lint Mvid:FFF1Mpid:00B1"))), "matter-dac", PAI),
            ("empty-subject-critical-san", device(subject=seq(), exts={
                "san": san(dns("unit-1.example"), critical=True)}), None, None),
            ("no-rev-avail", with_ext(n=ext("noRevAvail", null())), None, None),
            ("rsa-key-encipherment", device(exts={"ku": ku(
                "digitalSignature", "keyEncipherment")}, spki=rsa_spki(
                    (1 << 2047) | 1, 65537)), None, None)):
        lint(None, variant, cert, "nothing is wrong with it", profile,
             issuer=issuer)


def fields():
    lint("version", "v1", device(version=B(), extensions=B()),
         "RFC 5280 4.1.2.1: no version is version 1, which has no extensions",
         also=("aki-missing", "key-usage-missing", "ski-missing"))
    for variant, value in (("zero", integer(0)), ("negative", tlv(2, b"\x80" * 9))):
        lint("serial-not-positive", variant, device(serial_der=value),
             "RFC 5280 4.1.2.2: a positive integer",
             also=("serial-short",) if variant == "zero" else ())
    lint("serial-too-long", "21-octets", device(serial_der=tlv(
        2, b"\1" * 21)), "RFC 5280 4.1.2.2: at most 20 octets")
    lint("serial-short", "counter", device(serial=7),
         "CA/B BR 7.1.2.7: 64 bits that cannot be foreseen")
    sha1 = algorithm("1.2.840.10045.4.1")
    lint("hash-weak", "ecdsa-sha1", device(tbs_alg=sha1, outer_alg=sha1),
         "SP 800-131A 3: SHA-1 is not for signatures")
    md5 = seq(oid("1.2.840.113549.1.1.4"), null())
    lint("hash-weak", "rsa-md5", device(tbs_alg=md5, outer_alg=md5),
         "SP 800-131A 3: MD5 is not for signatures")
    sha224 = algorithm("1.2.840.10045.4.3.1")
    lint("algorithm-unknown", "ecdsa-sha224", device(
        tbs_alg=sha224, outer_alg=sha224),
         "docs/PROFILES.md: SHA-224 is not accepted")
    lint("key-unknown", "p521", device(spki=key("Lint P-521", "p521").spki),
         "docs/PROFILES.md: P-521 is not accepted")
    lint("key-short", "rsa-1024", device(spki=rsa_spki((1 << 1023) | 1, 65537)),
         "SP 800-131A 3: refused since 2013")
    lint("key-exponent", "3", device(spki=rsa_spki((1 << 2047) | 1, 3)),
         "FIPS 186-5 A.1.1: larger than 2^16")
    lint("key-invalid", "not-on-curve", device(spki=ec_spki(
        b"\4" + b"\1" * 64)), "RFC 5480 2.2: the point is not on P-256")


def times():
    for which, pair in (
            ("begin", (general_time("20250101000000Z"), utc_time("350101000000Z"))),
            ("end", (utc_time("250101000000Z"), general_time("20350101000000Z")))):
        lint("time-form", which, device(validity=seq(*pair)),
             "RFC 5280 4.1.2.5: UTCTime through 2049")
    lint("no-end-spelling", "one-second", device(valid=(
        NO_END[0], "9999-12-31T23:59:00Z")),
         "RFC 5280 4.1.2.5: 99991231235959Z is the value without an end")
    month = (YEAR[0], "2025-01-31T00:00:00Z")
    lint("validity-30-days", "forgotten", device(valid=month),
         "`days` in the request's configuration has no effect on who signs")
    lint("validity-30-days", "client", client(valid=month),
         "the default of a signing tool where years were meant",
         "device-client", also=("validity-short",))
    lint("validity-cut", "odd-second", device(valid=(
        YEAR[0], "2030-03-04T05:06:07Z")),
         "an end that nobody chose: the issuer's")
    odd = root(valid=("2020-01-01T00:00:00Z", "2034-05-06T07:08:09Z"))
    lint("validity-cut", "issuer-end", below("leaf", "Lint Device", {}, odd, valid=(
        YEAR[0], "2034-05-06T07:08:09Z")), "the very end of the issuer",
         issuer=odd)
    for variant, end, issuer in (
            ("odd-end-of-its-own", "2030-03-04T05:06:07Z", ROOT),
            ("end-of-a-day", "2030-03-04T23:59:59Z", None),
            ("summer-time", "2030-03-04T08:30:00Z", None)):
        lint(None, variant, device(valid=("2025-01-01T09:30:00Z", end)),
             "an end that somebody chose", issuer=issuer)
    lint("validity-short", "100-days", client(valid=(
        YEAR[0], "2025-04-11T00:00:00Z")),
         "docs/PROFILES.md: a client's certificate is valid for years",
         "device-client")
    alg = seq(oid("1.2.840.10045.4.3.2"), null())
    lint("not-strict", "ecdsa-null", device(tbs_alg=alg, outer_alg=alg),
         "RFC 5758 3.2: ecdsa-with-SHA256 has no parameters")
    lint("not-strict", "purpose-twice", client({"eku": eku(
        "clientAuth", "clientAuth")}),
         "RFC 5280 4.2.1.12: a purpose is listed once", "device-client")


def subjects():
    lint("subject-empty", "device", device(subject=seq()),
         "RFC 5280 4.1.2.6: a name, or a critical subjectAltName")
    lint("subject-empty", "ca", below("ca", "Lint CA", {}, subject=seq()),
         "RFC 5280 4.1.2.6: a CA has a name")
    for variant, value in (("teletex", tlv(20, b"unit")),
                           ("bmp", tlv(30, b"\0u\0n")),
                           ("universal", tlv(28, b"\0\0\0u"))):
        lint("string-type", variant, device(subject=name(("CN", value))),
             "RFC 5280 4.1.2.4: UTF8String or PrintableString")
    lint("printable-string", "underscore", device(subject=name(
        ("CN", printable("unit_1")))), "X.680 41.4: no underscore")
    lint("country", "utf8", device(subject=name(("C", utf8("DE")),
                                                ("CN", "unit-1"))),
         "RFC 5280 A.1: countryName is a PrintableString")
    lint("country", "word", device(subject=name(("C", printable("Germany")),
                                                ("CN", "unit-1"))),
         "RFC 5280 A.1: two letters")
    lint("country", "digits", device(subject=name(("C", printable("49")),
                                                  ("CN", "unit-1"))),
         "RFC 5280 A.1: two letters of ISO 3166")
    lint("name-too-long", "cn-65", device(subject=name(("CN", "n" * 65))),
         "RFC 5280 A.1: ub-common-name is 64")
    lint("email-in-subject", "device", device(subject=name(
        ("CN", "unit-1"), ("email", "a@example.com"))),
         "RFC 5280 4.1.2.6: belongs into subjectAltName")
    lint("san-critical", "device", with_ext(san=san(
        dns("unit-1.example"), critical=True)),
         "RFC 5280 4.2.1.6: not critical beside a subject")


def extensions():
    lint("critical-wrong", "aki", with_ext(aki=aki(ROOT.key_id, critical=True)),
         "RFC 5280 4.2.1.1: never critical")
    lint("critical-wrong", "ca-basic-constraints", ca(bc=bc(critical=False)),
         "RFC 5280 4.2.1.9: critical in a CA")
    lint("critical-wrong", "name-constraints", ca(n=nc(
        permitted=[dns("example")], critical=False)),
         "RFC 5280 4.2.1.10: always critical")
    lint("critical-unknown", "private", with_ext(x=ext(
        "1.3.6.1.4.1.99999.7", null(), critical=True)),
         "RFC 5280 4.2: who does not know it must refuse")
    lint("aki-missing", "absent", with_ext(aki=None),
         "RFC 5280 4.2.1.1: in all but the self-signed")
    lint("aki-missing", "no-key-identifier", with_ext(aki=ext(
        "authorityKeyIdentifier", seq())), "RFC 5280 4.2.1.1: keyIdentifier")
    lint("name-constraints-not-ca", "device", with_ext(n=nc(
        permitted=[dns("example")])), "RFC 5280 4.2.1.10: in CAs only")
    lint("path-length-not-ca", "device", with_ext(bc=bc(
        ca=False, path_len=0)), "RFC 5280 4.2.1.9: with cA TRUE only")
    bound = ext("authorisedOnly", null())
    lint(None, "authorised-only", ca(bc=bc(path_len=0), a=bound),
         "docs/PROFILES.md, By authorisation only", "intermediate")
    for variant, cert in (("no-length", ca(a=bound)), ("1", ca(
            bc=bc(path_len=1), a=bound)), ("device", with_ext(a=bound))):
        lint("authorised-only-open", variant, cert,
             "docs/PROFILES.md, By authorisation only: nothing below is bound")
    lint("critical-wrong", "authorised-only", ca(bc=bc(path_len=0), a=ext(
        "authorisedOnly", null(), critical=True)),
         "docs/PROFILES.md, By authorisation only: not critical")
    lint("no-rev-avail-ca", "ca", ca(n=ext("noRevAvail", null())),
         "RFC 9608 3: not in CAs")
    points = ext("cRLDistributionPoints", seq(seq(tlv(0xA0, tlv(0xA0, tlv(
        0x86, b"http://crl.example/1.crl"))))))
    lint("no-rev-avail-points", "crl", with_ext(
        n=ext("noRevAvail", null()), p=points),
         "RFC 9608 3: one says there are CRLs, the other that there are none")


def usages():
    lint("key-usage-not-critical", "device", with_ext(ku=ku(
        "digitalSignature", critical=False)), "RFC 5280 4.2.1.3: SHOULD")
    lint("key-usage-ec", "key-encipherment", with_ext(ku=ku(
        "digitalSignature", "keyEncipherment")),
         "RFC 8813 3: not with an elliptic curve key")
    lint("key-usage-rsa", "key-agreement", device(spki=rsa_spki(
        (1 << 2047) | 1, 65537), exts={"ku": ku(
            "digitalSignature", "keyAgreement")}),
         "RFC 3279 2.3.1: RSA does not agree on keys")
    lint("key-usage-signs-only", "ed25519", device(
        keyed="ed25519", exts={"ku": ku("digitalSignature", "keyAgreement")}),
         "RFC 9295 3: Ed25519 only signs")
    lint("key-usage-only-bits", "decipher", with_ext(ku=ku(
        "digitalSignature", "decipherOnly")),
         "RFC 5280 4.2.1.3: undefined without keyAgreement")
    lint("key-usage-cert-sign", "device", with_ext(ku=ku(
        "digitalSignature", "keyCertSign")), "RFC 5280 4.2.1.9: with cA only")


def authorities():
    lint("ca-flag-missing", "dropped", below("ca", "Lint CA", {}, exts={
        "bc": None, "ku": ku("digitalSignature")}),
         "RFC 5280 4.2.1.9: extensions of the request were dropped",
         "intermediate", ("ca-cert-sign-missing", "ca-crl-sign-missing"))
    lint("ca-key-usage-missing", "ca", ca(ku=None),
         "RFC 5280 4.2.1.3: MUST in CAs")
    lint("ca-cert-sign-missing", "crl-only", ca(ku=ku("cRLSign")),
         "RFC 5280 4.2.1.3: keyCertSign")
    lint("ca-crl-sign-missing", "ca", ca(ku=ku("keyCertSign")),
         "it cannot revoke")
    lint("ca-key-usage-surplus", "agreement", ca(ku=ku(
        "keyAgreement", "keyCertSign", "cRLSign")), "a CA's key signs")
    lint("ca-ski-missing", "ca", ca(ski=None), "RFC 5280 4.2.1.2: MUST in CAs")
    lint("ca-path-length-open", "intermediate", ca(),
         "RFC 5280 4.2.1.9: any number of CAs below", "intermediate")
    lint("root-not-self-issued", "other-issuer", ca(),
         "RFC 5280 6.1: a root is self-issued", "root")


def devices():
    both = {"bc": bc(), "ku": ku("digitalSignature", "keyCertSign", "cRLSign")}
    lint("device-is-ca", "client", client(both),
         "RFC 5280 4.2.1.9: a device's key could make certificates",
         "device-client")
    lint("key-usage-missing", "device", with_ext(ku=None),
         "the key is good for anything")
    lint("ski-missing", "device", with_ext(ski=None), "RFC 5280 4.2.1.2: SHOULD")
    lint("device-self-issued", "device", make(
        "leaf", "Lint Alone", serial=SERIAL),
         "nobody vouches for it and nobody can revoke it")
    lint("purpose-any", "device", with_ext(eku=eku("any")),
         "RFC 5280 4.2.1.12: says nothing")
    agrees = {"ku": ku("keyAgreement")}
    for profile, cert in (("device-client", client(agrees)),
                          ("tls-server", server(agrees)),
                          ("code-signing", signer(agrees))):
        lint("key-usage-signature-missing", profile, cert,
             "RFC 5280 4.2.1.12: the use is a signature", profile)
    lint("devid-serial-number", "absent", idevid(subject=name(("CN", "unit-1"))),
         "IEEE 802.1AR-2018 8: serialNumber", "idevid")
    twice = printable("unit-1"), printable("unit-2")
    lint("devid-serial-number", "twice", idevid(subject=name(
        *[("serialNumber", t) for t in twice])), "which one is it", "idevid")
    lint("devid-end", "ten-years", idevid(valid=("2025-01-01T00:00:00Z",
                                                 "2035-01-01T00:00:00Z")),
         "IEEE 802.1AR-2018 8: 99991231235959Z", "idevid")
    lint("devid-key-usage", "agreement", idevid(agrees),
         "IEEE 802.1AR-2018 8.10.3: digitalSignature", "idevid")
    lint("devid-ski", "idevid", idevid({"ski": ski(b"k" * 20)}),
         "IEEE 802.1AR-2018 8.10.2: not recommended", "idevid")
    lint("devid-hardware-module", "dns", idevid({"san": san(
        dns("unit-1.example"))}),
         "IEEE 802.1AR-2018 8.10.4: hardwareModuleName", "idevid")
    lint("devid-purpose", "client", idevid({"eku": eku("clientAuth")}),
         "an identity is not tied to one protocol", "idevid")


def purposes():
    lint("client-purpose-missing", "absent", device(),
         "RFC 5280 4.2.1.12: clientAuth", "device-client")
    lint("client-purpose-missing", "other", client({"eku": eku("serverAuth")}),
         "RFC 5280 4.2.1.12: clientAuth", "device-client")
    lint("server-purpose-missing", "client", server({"eku": eku("clientAuth")}),
         "RFC 5280 4.2.1.12: serverAuth", "tls-server")
    lint("server-name-missing", "absent", server({"san": None}),
         "RFC 9525 2: the CN is not looked at", "tls-server")
    lint("server-name-missing", "email", server({"san": san(
        email("a@example.com"))}), "RFC 9525 2: not a server's name",
         "tls-server")
    lint("server-cn-not-in-san", "other", server(subject=name(
        ("CN", "old.example"))), "CA/B BR 7.1.4.3", "tls-server")
    lint("server-validity-long", "two-years", server(valid=(
        "2025-01-01T00:00:00Z", "2027-01-01T00:00:00Z")),
         "CA/B BR 6.3.2: 398 days", "tls-server")
    lint("code-purpose-missing", "absent", device(),
         "RFC 9809 3: a purpose of code", "code-signing")
    lint("code-purpose-mixed", "client", signer({"eku": eku(
        "codeSigning", "clientAuth")}), "each use has its own key",
         "code-signing")


def issuers():
    other_ca = ca(bc=bc(path_len=0))
    lint("issuer-unknown", "other-name", device(), "none has the issuer's name",
         issuer=other_ca)
    forged = device(signer=key("Lint Forger"))
    lint("issuer-signature", "forged", forged, "signed with another key",
         issuer=ROOT)
    lint("issuer-signature", "root", root(signer=key("Lint Forger")),
         "a root that did not sign itself", "root")
    end = device()
    lint("issuer-not-ca", "device", below("leaf", "Lint Below", {}, end),
         "RFC 5280 4.2.1.9: a device has issued it", issuer=end)
    crl_only = ca(ku=ku("cRLSign"))
    lint("issuer-not-ca", "no-cert-sign", below(
        "leaf", "Lint Below", {}, crl_only),
         "RFC 5280 4.2.1.9: keyCertSign", issuer=crl_only)
    lint("issuer-key-identifier", "other", with_ext(aki=aki(b"x" * 20)),
         "RFC 5280 4.2.1.1: the issuer's identifier", issuer=ROOT)
    for variant, length in (("none", None), ("same", 0)):
        lint("issuer-path-length", variant, below(
            "ca", "Lint Sub CA", {"bc": bc(path_len=length)}, other_ca),
             "RFC 5280 4.2.1.9: the issuer allows no CA below",
             issuer=other_ca)
    lint("issuer-validity", "outlives", device(valid=(
        "2025-01-01T00:00:00Z", "2049-01-01T00:00:00Z")),
         "no path verifies after the issuer's end", issuer=ROOT)
    lint("issuer-validity", "before", device(valid=(
        "2019-12-31T00:00:00Z", "2030-12-31T00:00:00Z")),
         "no path verifies before the issuer's begin", issuer=ROOT)


def matter():
    both = {"bc": bc(), "ku": ku("digitalSignature", "keyCertSign", "cRLSign")}
    lint("matter-dac-ca", "profile-of-the-pai", dac(both, valid=(
        "2024-12-06T14:48:56Z", "2039-11-28T22:28:46Z")),
         "Matter 6.2.2.3: the PAI's profile was used for the DAC, and the end "
         "is the issuer's", "matter-dac", ("matter-key-usage", "validity-cut"))
    lint("matter-dac-ca", "printed-in-a-reference", B(PRINTED),
         "Matter 6.2.2.3: a certificate of somebody's example, with the same "
         "three faults", "matter-dac", ("matter-key-usage", "validity-cut"))
    sha1 = algorithm("1.2.840.10045.4.1")
    lint("matter-signature", "sha1", dac(tbs_alg=sha1, outer_alg=sha1),
         "Matter 6.2.2: ecdsa-with-SHA256", "matter-dac")
    for curve in ("p384", "k256"):
        lint("matter-key", curve, dac(spki=key("Lint " + curve, curve).spki),
             "Matter 6.2.2: P-256", "matter-dac")
    lint("matter-basic-constraints", "absent", dac({"bc": None}),
         "Matter 6.2.2: there and critical", "matter-dac")
    lint("matter-basic-constraints", "not-critical", dac({"bc": bc(
        ca=False, critical=False)}), "Matter 6.2.2: critical", "matter-dac")
    lint("matter-pai-path-length", "none", pai({"bc": bc()}),
         "Matter 6.2.2.4: 0", "matter-pai")
    lint("matter-paa-path-length", "2", paa({"bc": bc(path_len=2)}),
         "Matter 6.2.2.5: 1 or none", "matter-paa")
    lint("matter-key-usage", "pai", pai({"ku": ku("keyCertSign")}),
         "Matter 6.2.2.4: cRLSign as well", "matter-pai")
    lint("matter-key-usage", "absent", dac({"ku": None}),
         "Matter 6.2.2.3: digitalSignature", "matter-dac")
    lint("matter-ski", "absent", dac({"ski": None}), "Matter 6.2.2: 20 octets",
         "matter-dac")
    lint("matter-aki", "absent", dac({"aki": None}), "Matter 6.2.2: 20 octets",
         "matter-dac")
    lint("matter-vid", "lower-case", dac(subject=matter_name(
        "Lint DAC", "fff1", "8000")), "Matter 6.2.2.1: upper case", "matter-dac")
    lint("matter-vid", "fallback-beside-attribute", dac(subject=matter_name(
        "Lint Mvid:FFF1", None, "8000")),
         "Matter 6.2.2.2: the CN counts without attributes only", "matter-dac")
    lint("matter-vid", "empty", dac(subject=matter_name("Lint DAC", "", "8000")),
         "Matter 6.2.2.1: four digits", "matter-dac")
    lint("matter-pid", "absent", dac(subject=matter_name("Lint DAC")),
         "Matter 6.2.2.1: a DAC has one", "matter-dac")
    lint("matter-pid", "fallback-short", dac(subject=name(
        ("CN", "Lint Mvid:FFF1 Mpid:B1"))), "Matter 6.2.2.2: four digits",
         "matter-dac")
    lint("matter-paa-pid", "paa", paa(subject=matter_name(
        "Lint PAA", pid="8000")), "Matter 6.2.2.5: no product id", "matter-paa")
    lint("matter-vid-issuer", "other", dac(subject=matter_name(
        "Lint DAC", "FFF2", "8000")), "Matter 6.2.2.1: one vendor", "matter-dac")
    one = pai(subject=matter_name("Lint PAI", pid="8000"))
    lint("matter-pid-issuer", "other", dac(issuer=one, subject=matter_name(
        "Lint DAC", pid="8001")), "Matter 6.2.2.1: one product", "matter-dac",
         issuer=one)
    lint("matter-vid-device", "other", dac(), "Matter 6.2.3.1: as the device "
         "states", "matter-dac", device=("vid=FFF2", "pid=8000"))
    lint("matter-pid-device", "other", dac(), "Matter 6.2.3.1: as the device "
         "states", "matter-dac", device=("vid=FFF1", "pid=8001"))
    lint("matter-pid-device", "pai", one, "Matter 6.2.3.1: what a PAI states",
         "matter-pai", device=("vid=FFF1", "pid=8001"))
    lint(None, "matter-dac-of-device", dac(), "Matter 6.2.3.1: as the device "
         "states", "matter-dac", device=("vid=FFF1", "pid=8000"))
    lint(None, "matter-pai-of-device", pai(), "Matter 6.2.3.1: a PAI may state "
         "no product id", "matter-pai", device=("vid=FFF1", "pid=8001"))
    lint("matter-size", "601", dac({"san": san(dns("n" * 60 + ".example"), dns(
        "m" * 60 + ".example"), dns("o" * 60 + ".example"))}),
         "Matter 6.1.3: 600 octets", "matter-dac")


def run():
    clean()
    fields()
    times()
    subjects()
    extensions()
    usages()
    authorities()
    devices()
    purposes()
    issuers()
    matter()
