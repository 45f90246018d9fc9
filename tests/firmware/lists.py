#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a build with P-256 and SHA-256 alone is asked: lists.py VECTORS [ALTERED...]

A line for each vector, for tests/firmware/vectors.c: `as-is KIND/FOLDER` for one
that must be answered like everywhere; `never KIND/FOLDER` for one that names
another algorithm, of which only this is asked: nothing is accepted that should
be refused; `altered` for those that are called ALTERED. The names are looked
for in the bytes, wherever they stand: no reader of certificates is needed.
"""
import pathlib
import re
import sys

KINDS = ("cert chain crl request sign sign1 wasm manifest receipt voucher"
         ).split()

# OBJECT IDENTIFIERs, with their tag and length, or their beginnings.
OIDS = [bytes.fromhex(h) for h in (
    "06052b81040022",               # secp384r1
    "06052b81040023",               # secp521r1
    "06082a8648ce3d040303",         # ecdsa-with-SHA384
    "06082a8648ce3d040304",         # ecdsa-with-SHA512
    "06032b6570",                   # Ed25519
    "06032b6571",                   # Ed448
    "060b2a864886f70d0109100311",   # HSS/LMS
    "06092a864886f70d0101",         # PKCS#1: RSA in all its forms
    "0609608648016503040311",       # ML-DSA-44
    "0609608648016503040312",       # ML-DSA-65
    "0609608648016503040313",       # ML-DSA-87
)]
# payload-hash-alg (258) SHA-384 (-43) and SHA-512 (-44), and such an x5t (34).
HASHES = [bytes.fromhex(h) for h in ("190102382a", "190102382b",
                                     "182282382a", "182282382b")]
# alg (1), the first of a protected map, of an envelope or of one of several
# signatures or countersignatures: -8, -19, -35, -37 to -39, -46, -48 to
# -51 (RFC 9053, RFC 8230, RFC 8778, RFC 9864, RFC 9964).
ALG = re.compile(rb"(?:\A\xd2\x84|\x83)(?:\x58.|\x59..|[\x40-\x57])"
                 rb"[\xa0-\xb7]\x01"
                 rb"(?:[\x27\x32]|\x38[\x22\x24-\x26\x2d\x2f-\x32])", re.S)


def others(folder):
    data = [f.read_bytes() for f in folder.iterdir()
            if f.name not in ("expect", "why")]
    return any(ALG.search(d) or any(name in d for name in OIDS + HASHES)
               for d in data)


def main(root, *altered):
    for kind in KINDS:
        for folder in sorted((pathlib.Path(root) / kind).iterdir()):
            name = f"{kind}/{folder.name}"
            how = "never" if others(folder) else "as-is"
            print("altered" if name in altered else how, name)


if __name__ == "__main__":
    main(*sys.argv[1:])
