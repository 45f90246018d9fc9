# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates and requests put together from parts, each part replaceable.

Left alone they are what RFC 5280 asks for; a case replaces the one part it is
about. Marks name the parts, so a case can say where its fault lies.
"""
from der import (B, as_b, bits, boolean, cat, integer, moment, name,
                 named_bits, octets, oid, seq, tlv)
from keys import algorithm, key

EXT = {
    "authorityKeyIdentifier": "2.5.29.35", "subjectKeyIdentifier": "2.5.29.14",
    "keyUsage": "2.5.29.15", "certificatePolicies": "2.5.29.32",
    "policyMappings": "2.5.29.33", "subjectAltName": "2.5.29.17",
    "issuerAltName": "2.5.29.18", "basicConstraints": "2.5.29.19",
    "nameConstraints": "2.5.29.30", "policyConstraints": "2.5.29.36",
    "extKeyUsage": "2.5.29.37", "cRLDistributionPoints": "2.5.29.31",
    "inhibitAnyPolicy": "2.5.29.54", "freshestCRL": "2.5.29.46",
    "authorityInfoAccess": "1.3.6.1.5.5.7.1.1",
    "subjectInfoAccess": "1.3.6.1.5.5.7.1.11",
    "noRevAvail": "2.5.29.56", "masa-url": "1.3.6.1.5.5.7.1.32",
    "authorisedOnly": "1.2.840.113556.1.8000.2554.39196.10988.21748.16572"
                      ".43063.8719745.12703986.1",
}
PURPOSE = {"any": "2.5.29.37.0", "serverAuth": "1.3.6.1.5.5.7.3.1",
           "clientAuth": "1.3.6.1.5.5.7.3.2",
           "codeSigning": "1.3.6.1.5.5.7.3.3"}
KU = {"digitalSignature": 0, "keyEncipherment": 2, "keyAgreement": 4,
      "keyCertSign": 5, "cRLSign": 6, "decipherOnly": 8}

NOW = "2026-06-01T00:00:00Z"
TIMES = {"root": ("2020-01-01T00:00:00Z", "2045-01-01T00:00:00Z"),
         "ca": ("2022-01-01T00:00:00Z", "2040-01-01T00:00:00Z"),
         "leaf": ("2025-01-01T00:00:00Z", "2035-01-01T00:00:00Z")}


def ext(kind, value, critical=False, flag=None):
    """Extension; `flag` replaces the BOOLEAN element as it stands."""
    value = as_b(value)
    if flag is None:
        flag = boolean() if critical else B()
    return seq(oid(EXT.get(kind, kind)).mark("oid:" + kind),
               as_b(flag).mark("flag:" + kind),
               octets(value.mark("val:" + kind)).mark("oct:" + kind)
               ).mark("ext:" + kind)


def aki(key_id, critical=False):
    return ext("authorityKeyIdentifier", seq(tlv(0x80, key_id)), critical)


def ski(key_id, critical=False):
    return ext("subjectKeyIdentifier", octets(key_id), critical)


def ku(*uses, critical=True):
    return ext("keyUsage", named_bits(*[KU[u] for u in uses]), critical)


def bc(ca=True, path_len=None, critical=True):
    inner = [boolean()] if ca else []
    if path_len is not None:
        inner.append(integer(path_len))
    return ext("basicConstraints", seq(*inner), critical)


def eku(*purposes, critical=False):
    return ext("extKeyUsage",
               seq(*[oid(PURPOSE.get(p, p)) for p in purposes]), critical)


def dns(text):
    return tlv(0x82, text.encode())


def email(text):
    return tlv(0x81, text.encode())


def uri(text):
    return tlv(0x86, text.encode())


def ip(*octs):
    return tlv(0x87, bytes(octs))


def dirname(*pairs):
    return tlv(0xA4, name(*pairs))


def rid(dotted):
    return tlv(0x88, oid(dotted).data[2:])


def other(dotted, value):
    return tlv(0xA0, oid(dotted), tlv(0xA0, value))


def san(*names, critical=False):
    return ext("subjectAltName", seq(*names), critical)


def nc(permitted=(), excluded=(), critical=True):
    parts = []
    if permitted:
        parts.append(tlv(0xA0, *[seq(n) for n in permitted]))
    if excluded:
        parts.append(tlv(0xA1, *[seq(n) for n in excluded]))
    return ext("nameConstraints", seq(*parts), critical)


class Cert:
    """A certificate with what its children and the cases need to know."""

    def __init__(self, der, subject, subject_key, key_id, end):
        self.der, self.subject, self.key = der, subject, subject_key
        self.key_id, self.end = key_id, end

    def span(self, mark):
        return self.der.span(mark)


def usual_extensions(kind, own, issuer_id):
    out = {}
    if kind != "root":
        out["aki"] = aki(issuer_id)
    out["ski"] = ski(own.id)
    if kind == "leaf":
        out["ku"] = ku("digitalSignature")
    else:
        out["ku"] = ku("keyCertSign", "cRLSign")
        out["bc"] = bc()
    return out


def make(kind, label, issuer=None, *, subject=None, keyed="p256", exts=None,
         valid=None, serial=None, alg=None, own=None, **part):
    """
    kind: root, ca or leaf. issuer: a Cert, None for self-signed. exts: named
    extensions that replace (or, None, remove) the usual ones; others are
    added. part: ready elements version, serial_der, tbs_alg, issuer_name,
    validity, subject_name, spki, unique, extensions, tbs_tail, outer_alg,
    signature (contents) or sig_der (element), tail, trail, signer (a Key),
    issuer_id (octets for the authority key identifier).
    """
    own = own or key(label, keyed)
    signer = part.get("signer") or (issuer.key if issuer else own)
    subject = as_b(subject) if subject is not None else name(
        ("O", "Acme"), ("CN", label))
    issuer_name = part.get("issuer_name") or (
        issuer.subject if issuer else subject)
    issuer_id = part.get("issuer_id") or (issuer.key_id if issuer else own.id)
    start, end = valid or TIMES[kind]
    extensions = usual_extensions(kind, own, issuer_id)
    extensions.update(exts or {})
    listed = [e for e in extensions.values() if e is not None]
    alg = alg or signer.usual()
    if "extensions" in part:
        ext_der = as_b(part["extensions"])
    else:
        ext_der = tlv(0xA3, seq(*listed).mark("extensions")).mark("[3]")
    if serial is None:
        serial = 0x1000 + sum(label.encode()) % 4096
    validity = part.get("validity") or seq(
        moment(start).mark("notBefore"), moment(end).mark("notAfter"))
    tbs = seq(
        part.get("version", tlv(0xA0, integer(2))).mark("version"),
        part.get("serial_der", integer(serial)).mark("serial"),
        part.get("tbs_alg", algorithm(alg)).mark("tbsAlg"),
        B(issuer_name.data).mark("issuer"), validity.mark("validity"),
        part.get("subject_name", subject).mark("subject"),
        as_b(part.get("spki", own.spki)).mark("spki"),
        part.get("unique", B()), ext_der, part.get("tbs_tail", B())
        ).mark("tbs")
    if "tbs" in part:
        tbs = part["tbs"]
    sig = part.get("signature")
    if sig is None:
        sig = signer.sign(tbs.data, alg if alg in (
            "sha256", "sha384", "sha512") else None)
    der = cat(seq(tbs, part.get("outer_alg", algorithm(alg)).mark("sigAlg"),
                  part.get("sig_der", bits(sig)).mark("sig"),
                  part.get("tail", B())).mark("cert"),
              part.get("trail", B()))
    key_id = own.id
    return Cert(der, subject, own, key_id, end)


def request(label, keyed="p256", *, subject=None, attributes=None, **part):
    """A PKCS#10 request (RFC 2986) with an extensionRequest."""
    own = key(label, keyed)
    signer = part.get("signer", own)
    subject = subject if subject is not None else name(("CN", label))
    if attributes is None:
        attributes = [seq(oid("1.2.840.113549.1.9.14"), tlv(0x31, seq(
            ku("digitalSignature"), san(dns("unit-1.example")))))]
    info = seq(part.get("version", integer(0)).mark("version"),
               subject.mark("subject"),
               as_b(part.get("spki", own.spki)).mark("spki"),
               tlv(0xA0, *attributes).mark("attributes")
               if attributes != "absent" else B(),
               part.get("info_tail", B())).mark("info")
    alg = part.get("alg") or signer.usual()
    sig = part.get("signature")
    if sig is None:
        sig = signer.sign(info.data, alg if alg.startswith("sha") else None)
    der = cat(seq(info, part.get("alg_der", algorithm(alg)).mark("sigAlg"),
                  part.get("sig_der", bits(sig)).mark("sig")),
              part.get("trail", B()))
    return Cert(der, subject, own, own.id, None)
