#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Seeds for the fuzz targets, made of the vectors: seeds.py TARGET DIR."""
import calendar
import hashlib
import pathlib
import sys
import time
import warnings

warnings.simplefilter("ignore")
VECTORS = pathlib.Path(__file__).resolve().parents[2] / "vectors"


def expect(folder):
    lines = (folder / "expect").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line)


def chain(folder):
    """As tests/fuzz/fuzz_chain.c reads it."""
    said = expect(folder)
    anchors = sorted(folder.glob("anchor*.der"))[:4]
    rest = [folder / "leaf.der"] + sorted(
        folder.glob("i[0-9]*.der"), key=lambda p: int(p.stem[1:]))
    at = said.get("time", "2026-01-01T00:00:00Z")
    seconds = calendar.timegm(time.strptime(at, "%Y-%m-%dT%H:%M:%SZ"))
    flags = int(said.get("profile") == "path") | max(len(anchors) - 1, 0) << 1
    out = bytes([flags]) + ((seconds << 24) % 2 ** 64).to_bytes(8, "big")
    for der in (p.read_bytes() for p in anchors + rest):
        out += len(der).to_bytes(2, "big") + der
    return out


def names(folder):
    """The names of a certificate, found by their form, in pairs."""
    from cryptography import x509
    try:
        cert = x509.load_der_x509_certificate((folder / "cert.der").read_bytes())
        a, b = cert.issuer.public_bytes(), cert.subject.public_bytes()
    except Exception:  # what its reader refuses is no seed
        return None
    return bytes([min(len(a), 255)]) + a + b


def files(pattern):
    return [p.read_bytes() for p in sorted(VECTORS.glob(pattern))]


def times():
    out = [b"2026-03-01T00:00:00Z", b"@1772323200", b"@-1",
           b"9999-12-31T23:59:59Z", b"2024-02-29T12:00:00Z"]
    out += [b"\x17\x0d" + t for t in (b"260301000000Z", b"491231235959Z",
                                      b"500101000000Z")]
    return out + [b"\x18\x0f" + t for t in (b"20500101000000Z",
                                            b"99991231235959Z")]


def pem():
    import base64
    for der in files("cert/accepted--*/cert.der")[:40]:
        yield b"-----BEGIN CERTIFICATE-----\n" + base64.encodebytes(der) + \
            b"-----END CERTIFICATE-----\n"


def uris():
    end = b"?module-path=/usr/lib/softhsm/libsofthsm2.so"
    return [b"token=root-ca;object=root" + end,
            b"serial=0123456789abcdef;id=%00%01;type=private" + end,
            b"token=t;model=SoftHSM%20v2;manufacturer=m;slot-id=7;object=o" +
            end + b"&pin-source=file:/run/pin", b"pin-value=1234" + end]


def seeds(target):
    folders = {k: sorted((VECTORS / k).glob("*--*")) for k in ("chain", "cert")}
    made = {
        "fuzz_chain": lambda: map(chain, folders["chain"]),
        "fuzz_name": lambda: map(names, folders["cert"]),
        "fuzz_time": times,
        "fuzz_p11_uri": uris,
        "fuzz_pem": pem,
        "fuzz_cert": lambda: files("cert/*/cert.der") + files("request/*/*.der"),
        "fuzz_sign1": lambda: files("sign1/*/envelope.cose"),
        "fuzz_crl": lambda: files("crl/*/*.der") + files("chain/*/crl*.der"),
    }.get(target, lambda: [])
    return (s for s in made() if s)


def main():
    target, out = sys.argv[1], pathlib.Path(sys.argv[2])
    out.mkdir(parents=True, exist_ok=True)
    for data in seeds(target):
        (out / hashlib.sha256(data).hexdigest()[:20]).write_bytes(data)


if __name__ == "__main__":
    main()
