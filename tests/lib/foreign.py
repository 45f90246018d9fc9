#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A second implementation of docs/FORMAT.md, for tests: written from that
document, RFC 9052, 9360 and 9995, on cbor2, cryptography and openssl verify. It
shares no code with the toolkit and never asks it.

    foreign.py verify  -a ROOT... [--at TIME] [--flips N] [-o OUT] ENVELOPE [FILE]
    foreign.py module  -a ROOT... [--at TIME] [--flips N] MODULE
    foreign.py tree    -a ROOT... [--at TIME] ENVELOPE DIR
    foreign.py receipts FILE...
    foreign.py sign    -o OUT [--hash H] [--attach | --tree | --embed] [--x5t]
                       [--sub NAME] [--iat SECONDS] FILE KEY CHAIN [KEY CHAIN]...
    foreign.py tbs     FILE            what a Sig_structure says
    foreign.py split   MODULE DIR      DIR/signed, and its envelopes DIR/0, DIR/1 ...
    foreign.py join    -o OUT MODULE ENVELOPE      the module with it inside
    foreign.py alter   FILE DIR EVERY  copies with one bit changed, DIR/OFFSET

Prints one JSON object. Exit 0: it holds; 1: refused, with the reason on standard
error. --flips: besides, each N-th octet of what is signed and of the envelope is
altered by one bit, and must be refused. Several KEY CHAIN: COSE_Sign.
"""
import argparse
import datetime
import hashlib
import io
import json
import os
import subprocess
import sys
import tempfile

import cbor2
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature, encode_dss_signature)

TYP = "application/vnd.devsign.artefact+cose"
TREE = "application/vnd.devsign.manifest+cbor"
OCTETS = "application/octet-stream"
SECTION = b"devsign.cose"
HASHES = {-16: "sha256", -43: "sha384", -44: "sha512"}
ECDSA = {-7: (ec.SECP256R1, hashes.SHA256(), 32),
         -35: (ec.SECP384R1, hashes.SHA384(), 48)}
EDDSA = -8


class Refused(Exception):
    pass


def must(what, why):
    if not what:
        raise Refused(why)


# ---- CBOR ---------------------------------------------------------------------

def written(item):
    """Deterministic: RFC 8949 4.2.1, by the order of the keys' encodings."""
    if isinstance(item, dict):
        pairs = sorted(item.items(), key=lambda kv: cbor2.dumps(kv[0]))
        return head(5, len(pairs)) + b"".join(
            written(k) + written(v) for k, v in pairs)
    if isinstance(item, (list, tuple)):
        return head(4, len(item)) + b"".join(written(i) for i in item)
    if isinstance(item, cbor2.CBORTag):
        return head(6, item.tag) + written(item.value)
    return cbor2.dumps(item)


def head(major, n):
    """The head of a number of cbor2's, with another major type."""
    number = cbor2.dumps(n)
    return bytes([number[0] | major << 5]) + number[1:]


def read(data, what):
    """One item, in the one encoding it has, and nothing behind it."""
    stream = io.BytesIO(data)
    try:
        item = cbor2.CBORDecoder(stream, tag_hook=lambda d, tag: tag).decode()
    except Exception as e:	# cbor2 has many kinds
        raise Refused("%s: not CBOR: %s" % (what, e)) from e
    must(stream.tell() == len(data), what + ": octets behind it")
    must(written(item) == data, what + ": not deterministic")
    return item


# ---- chains -------------------------------------------------------------------

def pem(certs):
    return b"".join(c.public_bytes(serialization.Encoding.PEM) for c in certs)


def judge_chain(certs, roots, at):
    """openssl verify, and what it does not look at."""
    with tempfile.TemporaryDirectory() as d:
        for name, some in (("leaf", certs[:1]), ("loose", certs[1:]),
                           ("roots", roots)):
            with open(os.path.join(d, name), "wb") as f:
                f.write(pem(some))
        args = ["openssl", "verify", "-partial_chain", "-trusted", d + "/roots"]
        if at is not None:
            args += ["-attime", str(at)]
        if certs[1:]:
            args += ["-untrusted", d + "/loose"]
        done = subprocess.run(args + [d + "/leaf"], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, check=False)
    must(done.returncode == 0, "chain: " + done.stdout.decode(
        errors="replace").strip().replace("\n", "; "))
    for which in (x509.KeyUsage, x509.ExtendedKeyUsage):
        try:
            found = certs[0].extensions.get_extension_for_class(which).value
        except x509.ExtensionNotFound:
            continue
        if which is x509.KeyUsage:
            must(found.digital_signature, "keyUsage: no digitalSignature")
        else:
            must(x509.oid.ExtendedKeyUsageOID.CODE_SIGNING in list(found),
                 "extKeyUsage: no codeSigning")


def check_signature(alg, key, signature, data):
    try:
        if alg in ECDSA:
            curve, hashed, half = ECDSA[alg]
            must(isinstance(key, ec.EllipticCurvePublicKey) and
                 isinstance(key.curve, curve), "alg: not of this key")
            must(len(signature) == 2 * half, "signature: its length")
            r, s = (int.from_bytes(signature[i:i + half], "big")
                    for i in (0, half))
            key.verify(encode_dss_signature(r, s), data, ec.ECDSA(hashed))
        elif alg == EDDSA:
            must(isinstance(key, ed25519.Ed25519PublicKey),
                 "alg: not of this key")
            key.verify(signature, data)
        else:
            raise Refused("alg: %r" % alg)
    except InvalidSignature as e:
        raise Refused("signature: does not verify") from e


# ---- envelopes ----------------------------------------------------------------

COMMON = {3, 15, 16, 258, 259}
OWN = {1, 15, 33}


def claims_of(headers, needed, possible):
    claims = headers[15]
    must(isinstance(claims, dict) and needed <= set(claims), "claims")
    must({k for k in claims if isinstance(k, int)} <= possible, "claims")
    return claims


def certificates(headers):
    chain = headers[33]
    if isinstance(chain, list):
        must(len(chain) >= 2, "x5chain: an array of one")
    else:
        chain = [chain]
    return [x509.load_der_x509_certificate(c) for c in chain]


def content(body, payload, artefact):
    """What is signed, and by which digest."""
    if 3 in body:
        must(258 not in body and 259 not in body, "content type twice")
        must(artefact is None or artefact == payload, "another artefact")
        return {"content_type": body[3], "attached": True, "size": len(payload)}
    must(258 in body and 259 in body and body[258] in HASHES, "hash")
    name = HASHES[body[258]]
    must(artefact is not None, "the artefact is not given")
    must(hashlib.new(name, artefact).digest() == payload, "another artefact")
    return {"content_type": body[259], "hash": name, "digest": payload.hex()}


def one_signature(parts, signed, headers, roots, at):
    certs = certificates(headers)
    claims = claims_of(headers, {1, 6}, {1, 2, 4, 5, 6, 271})
    check_signature(headers[1], certs[0].public_key(), parts, written(signed))
    now = at if at is not None else int(
        datetime.datetime.now(datetime.timezone.utc).timestamp())
    utc = datetime.timezone.utc
    first, last = (t.replace(tzinfo=utc).timestamp() for t in (
        certs[0].not_valid_before, certs[0].not_valid_after))
    must(first <= claims[6] <= last, "iat: outside the certificate's validity")
    must(claims[6] <= now + 300, "iat: in the future")
    judge_chain(certs, roots, at)
    return {"iss": claims[1], "iat": claims[6], "alg": headers[1],
            "certificates": len(certs)}


def verify(data, artefact, roots, at):
    item = read(data, "envelope")
    must(isinstance(item, cbor2.CBORTag) and item.tag in (18, 98), "tag")
    several = item.tag == 98
    must(isinstance(item.value, list) and len(item.value) == 4, "four parts")
    protected, open_, payload, last = item.value
    must(open_ == {} and isinstance(payload, bytes), "unprotected, payload")
    body = read(protected, "protected")
    must(set(body) - {2} <= (COMMON if several else COMMON | OWN), "headers")
    must(body.get(16) == TYP, "typ")
    claims = claims_of(body, {2}, {2, 4, 5, 271} if several else
                       {1, 2, 4, 5, 6, 271})
    now = at if at is not None else int(
        datetime.datetime.now(datetime.timezone.utc).timestamp())
    must(claims.get(5, now) <= now < claims.get(4, now + 1), "exp, nbf")
    if several:
        must(isinstance(last, list) and last, "signatures")
        by = []
        for one in last:
            must(isinstance(one, list) and len(one) == 3 and one[1] == {},
                 "one signature")
            own = read(one[0], "protected")
            must(set(own) - {2} == OWN, "headers of a signature")
            by.append(one_signature(one[2], [
                "Signature", protected, one[0], b"", payload], own, roots, at))
    else:
        by = [one_signature(last, ["Signature1", protected, b"", payload],
                            body, roots, at)]
    said = {"sub": claims[2], "signed_by": by}
    said.update(content(body, payload, artefact))
    for key, name in ((4, "exp"), (5, "nbf"), (271, "version")):
        if key in claims:
            said[name] = claims[key]
    said["claims"] = {k: v.hex() if isinstance(v, bytes) else v
                      for k, v in claims.items() if isinstance(k, str)}
    return said, payload, body


# ---- modules ------------------------------------------------------------------

def leb(data, at):
    value = shift = 0
    while True:
        must(at < len(data) and shift < 35, "number")
        value |= (data[at] & 127) << shift
        at, shift = at + 1, shift + 7
        if data[at - 1] < 128:
            return value, at


def sections(module):
    """The module without its signatures, and the envelopes."""
    must(module[:8] == b"\0asm\1\0\0\0", "no module")
    rest, envelopes, at = [module[:8]], [], 8
    while at < len(module):
        start = at
        size, at = leb(module, at + 1)
        end = at + size
        must(end <= len(module), "module ends early")
        if module[start] == 0:
            length, name = leb(module, at)
            must(name + length <= end, "name ends early")
            if module[name:name + length] == SECTION:
                must(module[start:name] == section(
                    b"x" * (end - name - length))[:name - start], "padded")
                envelopes.append(module[name + length:end])
                start = end
        rest.append(module[start:end])
        at = end
    return b"".join(rest), envelopes


def section(envelope):
    def number(n):
        out = b""
        while n > 127:
            out, n = out + bytes([128 | n & 127]), n >> 7
        return out + bytes([n])
    body = number(len(SECTION)) + SECTION + envelope
    return b"\0" + number(len(body)) + body


def verify_module(module, roots, at):
    signed, envelopes = sections(module)
    must(envelopes, "no signature")
    return {"signatures": [verify(e, signed, roots, at)[0] for e in envelopes],
            "signed": hashlib.sha256(signed).hexdigest()}


# ---- trees --------------------------------------------------------------------

def list_tree(top, hashed="sha256"):
    found = []
    for where, _, names in os.walk(top):
        for name in names:
            path = os.path.join(where, name)
            must(os.path.isfile(path) and not os.path.islink(path), path)
            with open(path, "rb") as f:
                data = f.read()
            found.append([os.path.relpath(path, top), len(data),
                          hashlib.new(hashed, data).digest()])
    return [1, sorted(found, key=lambda e: e[0].encode())]


def verify_tree(data, top, roots, at):
    said, payload, body = verify(data, None, roots, at)
    must(body.get(3) == TREE, "content type")
    listed = read(payload, "list")
    must(isinstance(listed, list) and len(listed) == 2 and listed[0] == 1 and
         listed[1], "list")
    hashed = {32: "sha256", 48: "sha384", 64: "sha512"}[len(listed[1][0][2])]
    must(listed == list_tree(top, hashed), "another tree")
    said["files"] = len(listed[1])
    return said


# ---- receipts -----------------------------------------------------------------

def read_receipts(paths):
    before, out = None, []
    for path in paths:
        with open(path, "rb") as f:
            data = f.read()
        r = read(data, path)
        must(isinstance(r, dict) and r.get(1) ==
             "application/vnd.devverify.receipt+cbor", "typ")
        must(set(r) - {7, 12} == set(range(1, 20)) - {7, 12}, "keys")
        must(r[3] == "accepted" and len(r[9]) == len(r[17]), "values")
        must(r[19] == before, "sequence")
        before = hashlib.sha256(data).digest()
        out.append({k: v.hex() if isinstance(v, bytes) else
                    [i.hex() if isinstance(i, bytes) else i for i in v]
                    if isinstance(v, list) else v for k, v in r.items()})
    return {"receipts": out}


# ---- signing ------------------------------------------------------------------

def load_chain(path):
    with open(path, "rb") as f:
        text = f.read()
    mark = b"-----BEGIN CERTIFICATE-----"
    certs = [x509.load_pem_x509_certificate(mark + part)
             for part in text.split(mark)[1:]]
    return [c for i, c in enumerate(certs) if i == 0 or c.issuer != c.subject]


class Signer:
    def __init__(self, key, chain):
        with open(key, "rb") as f:
            self.key = serialization.load_pem_private_key(f.read(), None)
        self.certs = load_chain(chain)
        self.alg = EDDSA
        for alg, (curve, _, _) in ECDSA.items():
            if isinstance(self.key, ec.EllipticCurvePrivateKey) and \
                    isinstance(self.key.curve, curve):
                self.alg = alg

    def iss(self):
        named = self.certs[0].subject
        for oid in (x509.NameOID.SERIAL_NUMBER, x509.NameOID.COMMON_NAME):
            for found in named.get_attributes_for_oid(oid):
                return found.value
        return named.rfc4514_string()

    def ders(self):
        return [c.public_bytes(serialization.Encoding.DER) for c in self.certs]

    def headers(self, x5t):
        ders = self.ders()
        if x5t:
            return {1: self.alg, 32: ders[0] if len(ders) == 1 else ders[::-1],
                    34: [-16, hashlib.sha256(ders[0]).digest()]}
        return {1: self.alg, 33: ders[0] if len(ders) == 1 else ders}

    def sign(self, structure):
        data = written(structure)
        if self.alg == EDDSA:
            return self.key.sign(data)
        _, hashed, half = ECDSA[self.alg]
        return b"".join(n.to_bytes(half, "big") for n in decode_dss_signature(
            self.key.sign(data, ec.ECDSA(hashed))))


def make(args, data, content_type):
    signers = [Signer(k, c) for k, c in zip(args.keys[::2], args.keys[1::2])]
    claims = {2: args.sub or os.path.basename(args.file)}
    body = {16: TYP}
    if args.attach or args.tree:
        body[3], payload = content_type, data
    else:
        number = {v: k for k, v in HASHES.items()}[args.hash]
        body.update({258: number, 259: content_type})
        payload = hashlib.new(args.hash, data).digest()
    if len(signers) == 1:
        body.update(signers[0].headers(args.x5t))
        body[15] = {1: signers[0].iss(), 6: args.iat, **claims}
        protected = written(body)
        return written(cbor2.CBORTag(18, [protected, {}, payload, signers[0].sign(
            ["Signature1", protected, b"", payload])]))
    body[15] = claims
    protected, each = written(body), []
    for s in signers:
        own = written({15: {1: s.iss(), 6: args.iat}, **s.headers(args.x5t)})
        each.append([own, {}, s.sign(
            ["Signature", protected, own, b"", payload])])
    return written(cbor2.CBORTag(98, [protected, {}, payload, each]))


def sign(args):
    if args.tree:
        return make(args, written(list_tree(args.file)), TREE)
    with open(args.file, "rb") as f:
        data = f.read()
    if not args.embed:
        return make(args, data, OCTETS)
    return data + section(make(args, sections(data)[0], "application/wasm"))


# ---- command line -------------------------------------------------------------

def altered(data, every):
    for at in range(0, len(data), every):
        yield at, data[:at] + bytes([data[at] ^ 1 << at % 8]) + data[at + 1:]


def flips(every, questions):
    """Each question: what is altered, its octets, and who judges."""
    count = 0
    for what, data, ask in questions:
        ask(data)
        for at, bad in altered(data, every):
            count += 1
            try:
                ask(bad)
            except Exception:	# refused, in whatever words
                continue
            raise Refused("%s: octet %d altered, and accepted" % (what, at))
    return count


def run(args):
    roots = []
    for path in getattr(args, "anchor", None) or []:
        with open(path, "rb") as f:
            roots.append(x509.load_pem_x509_certificate(f.read()))
    load = lambda p: None if p is None else open(p, "rb").read()
    if args.verb == "verify":
        data, artefact = load(args.envelope), load(args.file)
        said, payload, _ = verify(data, artefact, roots, args.at)
        if args.flips:
            asked = [("envelope", data,
                      lambda d: verify(d, artefact, roots, args.at))]
            if artefact is not None:
                asked.append(("artefact", artefact,
                              lambda d: verify(data, d, roots, args.at)))
            said["altered"] = flips(args.flips, asked)
        if args.output:
            with open(args.output, "wb") as f:
                f.write(payload)
        return said
    if args.verb == "module":
        data = load(args.module)
        said = verify_module(data, roots, args.at)
        if args.flips:
            said["altered"] = flips(args.flips, [(
                "module", data, lambda d: verify_module(d, roots, args.at))])
        return said
    if args.verb == "tree":
        return verify_tree(load(args.envelope), args.dir, roots, args.at)
    if args.verb == "receipts":
        return read_receipts(args.files)
    if args.verb == "tbs":
        context, protected, external, payload = read(load(args.file), "tbs")
        return {"context": context, "external": external.hex(),
                "payload": payload.hex(),
                "headers": {str(k): repr(v) for k, v in read(
                    protected, "protected").items()}}
    if args.verb == "alter":
        os.mkdir(args.dir)
        count = 0
        for at, bad in altered(load(args.file), args.every):
            count += 1
            with open(os.path.join(args.dir, str(at)), "wb") as f:
                f.write(bad)
        return {"altered": count}
    if args.verb == "split":
        signed, envelopes = sections(load(args.module))
        os.mkdir(args.dir)
        for name, data in [("signed", signed), *enumerate(envelopes)]:
            with open(os.path.join(args.dir, str(name)), "wb") as f:
                f.write(data)
        return {"signatures": len(envelopes)}
    with open(args.output, "wb") as f:
        f.write(sign(args) if args.verb == "sign" else
                load(args.module) + section(load(args.envelope)))
    return {"written": args.output}


def arguments():
    top = argparse.ArgumentParser()
    verbs = top.add_subparsers(dest="verb", required=True)
    for verb in ("verify", "module", "tree"):
        p = verbs.add_parser(verb)
        p.add_argument("-a", "--anchor", action="append", required=True)
        p.add_argument("--at", type=int)
        p.add_argument("--flips", type=int, default=0)
        if verb == "module":
            p.add_argument("module")
            continue
        p.add_argument("-o", "--output")
        p.add_argument("envelope")
        p.add_argument(*(["dir"] if verb == "tree" else ["file"]),
                       **({} if verb == "tree" else {"nargs": "?"}))
    verbs.add_parser("receipts").add_argument("files", nargs="+")
    verbs.add_parser("tbs").add_argument("file")
    p = verbs.add_parser("split")
    p.add_argument("module")
    p.add_argument("dir")
    p = verbs.add_parser("join")
    p.add_argument("-o", "--output", required=True)
    p.add_argument("module")
    p.add_argument("envelope")
    p = verbs.add_parser("alter")
    p.add_argument("file")
    p.add_argument("dir")
    p.add_argument("every", type=int)
    p = verbs.add_parser("sign")
    p.add_argument("-o", "--output", required=True)
    p.add_argument("--hash", default="sha256", choices=list(HASHES.values()))
    for flag in ("--attach", "--tree", "--embed", "--x5t"):
        p.add_argument(flag, action="store_true")
    p.add_argument("--sub")
    p.add_argument("--iat", type=int, default=int(
        datetime.datetime.now().timestamp()))
    p.add_argument("file")
    p.add_argument("keys", nargs="+")
    return top.parse_args()


def main():
    try:
        said = run(arguments())
    except Exception as e:	# refused, in whatever words
        print("refused: %s: %s" % (type(e).__name__, e), file=sys.stderr)
        return 1
    print(json.dumps(said, sort_keys=True))
    return 0


if __name__ == "__main__":
    sys.exit(main())
