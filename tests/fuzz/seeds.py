#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Seeds for the fuzz targets, made of the vectors: seeds.py TARGET DIR."""
import base64
import calendar
import hashlib
import pathlib
import sys
import time

VECTORS = pathlib.Path(__file__).resolve().parents[2] / "vectors"
PROFILE_PATH, PURPOSE, CRL = 1, 0x20, 0x8000
REVOCATION = {"required": 0, "if-given": 1, "none": 2}
QUESTION = {"require_explicit": 1, "inhibit_mapping": 2, "inhibit_any": 4}


def expect(folder):
    lines = (folder / "expect").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line)


# ---- DER, as far as it is well-formed ----


def der(tag, *parts):
    body = b"".join(parts)
    size = len(body)
    if size < 128:
        return bytes([tag, size]) + body
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(octets)]) + octets + body


def elements(body):
    """The elements of these contents, each whole."""
    while len(body) >= 2:
        head, size = 2, body[1]
        if size >= 0x80:
            head += size & 0x7f
            size = int.from_bytes(body[2:head], "big")
        if head + size > len(body):
            return
        yield body[:head + size]
        body = body[head + size:]


def inside(element):
    head = 2 + (element[1] & 0x7f if element[1] >= 0x80 else 0)
    return list(elements(element[head:]))


def parts(cert):
    """issuer, subject, key, algorithm, signature; None when it is not such."""
    try:
        tbs, algorithm, signature = inside(cert)
        fields = [f for f in inside(tbs) if f[0] != 0xa0]
        return fields[2], fields[4], fields[5], algorithm, signature
    except (IndexError, ValueError):
        return None


# ---- what the targets read ----


def chain(folder):
    """As tests/fuzz/fuzz_chain.c reads it."""
    def numbered(pattern, head):
        return sorted(folder.glob(pattern),
                      key=lambda p: int(p.stem.removeprefix(head)))

    said = expect(folder)
    anchors = numbered("anchor[0-9]*.der", "anchor")[:4]
    rest = [folder / "leaf.der"] + numbered("i[0-9]*.der", "i")
    flags = (int(said.get("profile") == "path") | max(len(anchors) - 1, 0) << 1
             | REVOCATION[said.get("revocation", "if-given")] << 3
             | PURPOSE * ("purpose" in said))
    question = sum(bit for name, bit in QUESTION.items() if name in said) \
        | int(said.get("max_path", 0)) << 4
    at = said.get("time", "2026-01-01T00:00:00Z")
    seconds = calendar.timegm(time.strptime(at, "%Y-%m-%dT%H:%M:%SZ"))
    out = bytes([flags, question & 0xff])
    out += ((seconds << 24) % 2 ** 64).to_bytes(8, "big")
    for path in anchors + rest + numbered("crl[0-9]*.der", "crl"):
        data = path.read_bytes()
        mark = CRL if path.name.startswith("crl") else 0
        if len(data) < CRL:
            out += (len(data) | mark).to_bytes(2, "big") + data
    return out


def files(*patterns):
    found = [p for pattern in patterns for p in sorted(VECTORS.glob(pattern))]
    return [p.read_bytes() for p in found if p.stat().st_size <= 65536]


def all_parts():
    certs = files("cert/*/cert.der", "chain/*/anchor*.der", "chain/*/leaf.der")
    return [found for found in map(parts, certs) if found]


def names():
    for issuer, subject, *_ in all_parts():
        yield bytes([min(len(issuer), 255)]) + issuer + subject


def keys():
    return {found[2] for found in all_parts()}


def pairs():
    """Issuer and issued, one for each kind of key and signature of a chain."""
    seen = set()
    for folder in sorted((VECTORS / "chain").glob("*--*")):
        found = [(folder / name).read_bytes() for name in ("i1.der", "leaf.der")
                 if (folder / name).exists()]
        read = [parts(cert) for cert in found]
        if len(read) < 2 or None in read:
            continue
        kind = inside(read[0][2])[0], read[1][3]
        if kind not in seen:
            seen.add(kind)
            yield found


def requests():
    """For each kind of key; the signature fits it and speaks of another thing."""
    for issuer, issued in pairs():
        _, subject, spki, _, _ = parts(issuer)
        info = der(0x30, b"\x02\x01\x00", subject, spki, b"\xa0\x00")
        yield der(0x30, info, *parts(issued)[3:])


def certificates():
    """Those of the vectors, and for each kind of key one as requests() has."""
    for issuer, issued in pairs():
        algorithm, signature = parts(issued)[3:]
        version, serial, _, *rest = inside(inside(issuer)[0])
        yield der(0x30, der(0x30, version, serial, algorithm, *rest),
                  algorithm, signature)
    yield from files("cert/*/cert.der", "chain/accepted--*/anchor1.der")
    yield from keys()


def times():
    out = [b"2026-03-01T00:00:00Z", b"@1772323200", b"@-1",
           b"9999-12-31T23:59:59Z", b"2024-02-29T12:00:00Z"]
    out += [b"\x17\x0d" + t for t in (b"260301000000Z", b"491231235959Z",
                                      b"500101000000Z")]
    return out + [b"\x18\x0f" + t for t in (b"20500101000000Z",
                                            b"99991231235959Z")]


def pem():
    def block(label, data):
        head = b"-----%s " + label + b"-----\n"
        return head % b"BEGIN" + base64.encodebytes(data) + head % b"END"

    certs = files("cert/accepted--*/cert.der")[:40]
    for data in certs:
        yield block(b"CERTIFICATE", data)
    for data in files("request/accepted--*/*.der"):
        yield block(b"CERTIFICATE REQUEST", data)
    for data in files("crl/accepted--*/*.der")[:10]:
        yield block(b"X509 CRL", data)
    yield b"".join(b"subject: x\n" + block(b"CERTIFICATE", c) for c in certs[:3])
    yield block(b"CERTIFICATE", certs[0]).replace(b"\n", b"\r\n")
    yield block(b"TSS2 PRIVATE KEY", b"\x30\x03\x06\x01\x2a")


def uris():
    end = b"?module-path=/usr/lib/softhsm/libsofthsm2.so"
    return [b"token=root-ca;object=root" + end,
            b"serial=0123456789abcdef;id=%00%01;type=private" + end,
            b"token=t;model=SoftHSM%20v2;manufacturer=m;slot-id=7;object=o" +
            end + b"&pin-source=file:/run/pin", b"pin-value=1234" + end]


TARGETS = {
    "fuzz_cert": certificates,
    "fuzz_chain": lambda: map(chain, sorted((VECTORS / "chain").glob("*--*"))),
    "fuzz_crl": lambda: files("crl/*/*.der", "chain/*/crl*.der"),
    "fuzz_csr": lambda: files("request/*/*.der") + list(requests()),
    "fuzz_manifest": lambda: files("manifest/*/manifest.cbor"),
    "fuzz_name": names,
    "fuzz_p11_uri": uris,
    "fuzz_pem": pem,
    "fuzz_receipt": lambda: files("receipt/*/*.cbor"),
    "fuzz_sign1": lambda: files("sign1/*/envelope.cose") +
        files("sign/*/envelope.cose"),
    "fuzz_time": times,
    "fuzz_voucher": lambda: files("voucher/*/voucher.cose"),
    "fuzz_wasm": lambda: files("wasm/*/module.wasm"),
}


def main():
    target, out = sys.argv[1], pathlib.Path(sys.argv[2])
    out.mkdir(parents=True, exist_ok=True)
    for data in TARGETS[target]():
        if data:
            (out / hashlib.sha256(data).hexdigest()[:20]).write_bytes(data)


if __name__ == "__main__":
    main()
