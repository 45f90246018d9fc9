# SPDX-License-Identifier: GPL-3.0-or-later
"""Folder golden: what devsign and devverify must write, octet by octet, of fixed
files with fixed keys at a fixed time (docs/FORMAT.md). tests/cli/golden.bats has
them write it, and compares."""
import base64
import hashlib
import os
import re

from cryptography.hazmat.primitives import serialization

import corpus
from cbor import NIL, array, bstr, cmap, num, tstr
from cosigned import Signature, envelope
from der import B
from envelopes import HASH, SIGNER, Envelope, I, R, at
from manifests import listed
from modules import MAGIC, NAME, custom, section
from x509 import make

TIME = "2026-05-01T00:00:00Z"	# of signing, and of the first question
LATER = "2026-05-02T00:00:00Z"	# of the second
EXP, NBF = "2030-01-01T00:00:00Z", "2026-01-01T00:00:00Z"
FIRMWARE = b"golden firmware, version 1.4.0\n"
TREE = {"tree/a-b": b"one\n", "tree/a/b": b"two\n", "tree/empty": b""}
UNIT = make("leaf", "golden unit", I, keyed="ed25519", exts=SIGNER)
DESK = make("leaf", "golden desk", R, keyed="ed25519", exts=SIGNER)
P256 = make("leaf", "golden p256", I, exts=SIGNER)
P384 = make("leaf", "golden p384", I, keyed="p384", exts=SIGNER)
OCTETS = "application/octet-stream"


def pem(*certs):
    out = b""
    for c in certs:
        text = base64.b64encode(c.der.data)
        lines = [text[i:i + 64] for i in range(0, len(text), 64)]
        out += b"\n".join([b"-----BEGIN CERTIFICATE-----", *lines,
                           b"-----END CERTIFICATE-----", b""])
    return out


def private(cert):
    return cert.key.priv.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption())


def one(leaf, payload, sub="firmware.bin", **part):
    """An envelope of one signature, at TIME."""
    claims = {1: tstr(leaf.key.label), 2: tstr(sub), 6: num(at(TIME))}
    claims.update(part.pop("claims", {}))
    return Envelope(leaf, () if leaf is DESK else (I,), payload=payload,
                    claims=claims, **part)


def several(*leaves):
    digest = hashlib.sha256(FIRMWARE).digest()
    return envelope(*[Signature(
        leaf, () if leaf is DESK else (I,), iss=leaf.key.label,
        claims={6: num(at(TIME))}) for leaf in leaves], payload=digest)


def attached(content_type):
    return {258: None, 259: None, 3: tstr(content_type)}


def module(*leaves):
    plain = B(MAGIC + section(1, b"\1\x60\0\0").data)
    digest = hashlib.sha256(plain.data).digest()
    return B(plain.data + b"".join(custom(NAME, one(
        leaf, digest, "module.wasm",
        headers={259: tstr("application/wasm")}).der.data).data
        for leaf in leaves))


def to_be_signed(e):
    return array(tstr("Signature1"), bstr(e.map.data), bstr(b""),
                 bstr(e.digest))


def version():
    """The toolkit's: the one thing in a golden file that a release changes."""
    here = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(here, "../../include/dv_version.h"),
              encoding="ascii") as f:
        return re.search(r'DV_VERSION "(.*)"', f.read()).group(1)


def receipt(artefact, signed, when, previous=None, demands=(), files=None):
    h = lambda data: bstr(hashlib.sha256(data).digest())
    pairs = {
        1: tstr("application/vnd.devverify.receipt+cbor"),
        2: tstr("devverify-lab " + version()), 3: tstr("accepted"),
        4: num(HASH["sha256"]), 5: h(artefact), 6: num(len(artefact)),
        7: files and num(files), 8: h(signed.data),
        9: array(h(UNIT.der.data), h(I.der.data)), 10: h(R.key.spki.data),
        11: tstr("strict"), 13: array(*demands), 14: num(at(when)),
        15: tstr("given"), 16: tstr("if-given"),
        17: array(tstr("not-checked"), tstr("not-checked")),
        18: num(at(UNIT.end)),
        19: NIL if previous is None else h(previous.data)}
    return cmap(*[(num(k), v) for k, v in sorted(pairs.items())
                  if v is not None])


def files():
    corpus.anchors.add(R.key.spki.data)
    digest = hashlib.sha256(FIRMWARE).digest()
    tree = listed(*[array(tstr(path[5:]), num(len(data)), bstr(
        hashlib.sha256(data).digest())) for path, data in sorted(TREE.items())])
    sidecar = one(UNIT, digest).der
    tree_signed = one(UNIT, tree.data, "tree", headers=attached(
        "application/vnd.devsign.manifest+cbor")).der
    first = receipt(FIRMWARE, sidecar, TIME)
    out = {
        "root.pem": pem(R), "firmware.bin": FIRMWARE, "module.wasm": module(),
        "unit.key": private(UNIT), "unit.pem": pem(UNIT, I, R),
        "desk.key": private(DESK), "desk.pem": pem(DESK, R),
        "sidecar.cose": sidecar,
        "one-certificate.cose": one(DESK, digest).der,
        "sha512.cose": one(UNIT, hashlib.sha512(FIRMWARE).digest(),
                           hashed="sha512").der,
        "claims.cose": one(UNIT, digest, "name of it", claims={
            4: num(at(EXP)), 5: num(at(NBF)),
            271: array(tstr("1.4.0-rc.1"), num(16384)),
            "model": tstr("GX-7"), "device": tstr("unit-1"),
            "b": tstr("x"), "branch": tstr("stable")},
            headers={259: tstr("text/plain")}).der,
        "decimal.cose": one(UNIT, digest, claims={
            271: array(tstr("12"), num(4))}).der,
        "attached.cose": one(UNIT, FIRMWARE, headers=attached(OCTETS)).der,
        "tree.cose": tree_signed,
        "several-1.cose": several(UNIT), "several-2.cose": several(UNIT, DESK),
        "signed-1.wasm": module(UNIT), "signed-2.wasm": module(UNIT, DESK),
        "receipt-1.cbor": first,
        "receipt-2.cbor": receipt(FIRMWARE, sidecar, LATER, first, (
            array(num(1), tstr("name"), tstr("firmware.bin")),)),
        "receipt-tree.cbor": receipt(tree.data, tree_signed, TIME,
                                     files=len(TREE))}
    for name, leaf in (("p256", P256), ("p384", P384)):
        e = one(leaf, digest)
        out.update({
            name + ".pem": pem(leaf, I, R), name + ".tbs": to_be_signed(e),
            name + ".sig": leaf.key.sign(to_be_signed(e).data),
            name + ".cose": e.der})
    out.update(TREE)
    return {"golden/" + n: d.data if hasattr(d, "data") else d
            for n, d in out.items()}
