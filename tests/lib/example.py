#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The worked example of docs/FORMAT.md, from vectors/golden and by other libraries:
read with cbor2, signed anew with cryptography.

    example.py          print the section
    example.py --write  put it into docs/FORMAT.md
    example.py --check  exit 1 when the document says anything else
"""
import datetime
import hashlib
import os
import sys

import cbor2
from cryptography import x509
from cryptography.hazmat.primitives import serialization

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")
BEGIN, END = "<!-- example: begin -->\n", "<!-- example: end -->\n"
LABELS = {1: "alg", 15: "CWT claims", 16: "typ", 33: "x5chain",
          258: "payload-hash-alg", 259: "preimage content type"}
CLAIMS = {1: "iss", 2: "sub", 6: "iat"}
VALUES = {-8: "EdDSA", -16: "SHA-256"}
WIDTH = 24		# octets of a string in one line


def golden(name):
    with open(os.path.join(TOP, "vectors/golden", name), "rb") as f:
        return f.read()


def block(data):
    text = data.hex()
    return "".join("    %s\n" % text[i:i + 64] for i in range(0, len(text), 64))


def moment(seconds):
    return datetime.datetime.fromtimestamp(
        seconds, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


class Lines:
    """An item with its offset, a line a head; the octets of strings below it."""

    def __init__(self, data):
        self.data, self.at, self.out = data, 0, []

    def line(self, start, end, depth, text):
        self.out.append("%8d  %-48s %s" % (
            start, "  " * depth + self.data[start:end].hex(), text))

    def string(self, end, depth, text):
        while self.at < end:
            to = min(end, self.at + WIDTH)
            self.out.append(("%8d  %s" % (
                self.at, "  " * depth + self.data[self.at:to].hex())).ljust(58)
                + (" " + text if text else ""))
            self.out[-1] = self.out[-1].rstrip()
            self.at, text = to, ""

    def item(self, depth, text, inside=None):
        """inside: names of the keys of a map, or of what is in a bstr."""
        start, first = self.at, self.data[self.at]
        major, n, size = first >> 5, first & 31, 0
        if n >= 24:
            size = 1 << n - 24
            n = int.from_bytes(self.data[start + 1:start + 1 + size], "big")
        self.at = start + 1 + size
        if major < 2:
            value = n if major == 0 else -1 - n
            said = text.format(value=value, named=VALUES.get(value),
                               time=moment(value) if major == 0 else "")
            self.line(start, self.at, depth, said)
        elif major in (2, 3):
            kind = "text" if major == 3 else "bstr"
            self.line(start, self.at, depth, "%s of %d" % (kind, n))
            if inside:
                inside(depth + 1)
            else:
                self.string(self.at + n, depth + 1, text)
        elif major == 5:
            self.line(start, self.at, depth, "map of %d" % n)
            for _ in range(n):
                inside(depth + 1)
        else:
            raise SystemExit("bug: not in the example")


def annotated(data):
    w = Lines(data)

    def claim(depth):
        key = data[w.at]
        w.item(depth, "%d: %s" % (key, CLAIMS[key]))
        w.item(depth + 1, "{value}: {time}" if key == 6 else
               '"%s"' % ("golden desk" if key == 1 else "firmware.bin"))

    def header(depth):
        key, _ = x_int(data, w.at)
        w.item(depth, "%d: %s" % (key, LABELS[key]))
        if key == 15:
            w.item(depth + 1, "", claim)
        else:
            w.item(depth + 1, {1: "{value}: {named}", 258: "{value}: {named}",
                               33: "the signer's certificate"}.get(
                                   key, '"%s"' % (protected.get(key),)))

    protected = cbor2.loads(cbor2.loads(data).value[0])
    w.line(0, 1, 0, "tag 18: COSE_Sign1")
    w.line(1, 2, 1, "array of 4")
    w.at = 2
    w.item(2, "", lambda depth: w.item(depth, "", header))
    w.item(2, "unprotected: empty", lambda depth: None)
    w.item(2, "the payload: SHA-256 of the artefact")
    w.item(2, "the signature")
    assert w.at == len(data)
    return "".join("    %s\n" % line for line in w.out)


def x_int(data, at):
    if data[at] < 24:
        return data[at], at + 1
    size = 1 << data[at] - 24
    return int.from_bytes(data[at + 1:at + 1 + size], "big"), at + 1 + size


def section():
    data, artefact = golden("one-certificate.cose"), golden("firmware.bin")
    protected, open_, payload, signature = cbor2.loads(data).value
    headers = cbor2.loads(protected)
    signed = cbor2.dumps(["Signature1", protected, b"", payload])
    key = serialization.load_pem_private_key(golden("desk.key"), None)
    cert = x509.load_der_x509_certificate(headers[33])
    raw = serialization.Encoding.Raw
    seed = key.private_bytes(raw, serialization.PrivateFormat.Raw,
                             serialization.NoEncryption())
    public = key.public_key().public_bytes(raw, serialization.PublicFormat.Raw)
    assert open_ == {} and hashlib.sha256(artefact).digest() == payload
    assert key.sign(signed) == signature
    assert cert.public_key().public_bytes(
        raw, serialization.PublicFormat.Raw) == public
    claims = headers[15]
    return """`vectors/golden/one-certificate.cose`, %d octets: what `devsign sign` makes of
`firmware.bin` with `desk.key` and `desk.pem` of that directory at %s.
Ed25519 signs without chance: who takes the same gets the same octets.
`root.pem` there is the anchor.

    artefact      "%s" and a line feed
    SHA-256       %s
    private key   %s
    public key    %s

In diagnostic notation (RFC 8949 8; `<< >>` is a bstr of what stands inside):

    18([
      <<{
        1: -8,
        15: {1: "%s", 2: "%s", 6: %d},
        16: "%s",
        33: h'%s .. %s',
        258: -16,
        259: "%s"
      }>>,
      {},
      h'%s',
      h'%s
        %s'
    ])

All octets; the offset stands at the left:

%s
What is signed, %d octets:

%s""" % (len(data), moment(claims[6]), artefact.decode().strip(), payload.hex(),
         seed.hex(), public.hex(), claims[1], claims[2], claims[6], headers[16],
         headers[33][:8].hex(), headers[33][-4:].hex(), headers[259],
         payload.hex(), signature.hex()[:64], signature.hex()[64:],
         annotated(data), len(signed), block(signed))


def main(args):
    path = os.path.join(TOP, "docs/FORMAT.md")
    if not args:
        print(section(), end="")
        return 0
    with open(path, encoding="utf-8") as f:
        text = f.read()
    before, rest = text.split(BEGIN)
    now, after = rest.split(END)
    if args == ["--check"]:
        print("the example is %s" % ("right" if now == section() else "not right"))
        return 0 if now == section() else 1
    with open(path, "w", encoding="utf-8") as f:
        f.write(before + BEGIN + section() + END + after)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
