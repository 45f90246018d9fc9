#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""TAP: COSE messages of the COSE working group, gluecose, notation-core-go and
the ML-DSA draft, by build/cose-harness in the path profile.

Hardly one carries a certificate, so that the key beside it is used: its
signature verifies as expected, no bit of what is signed can be altered, and
without the key the same bytes are refused because nobody says who signed. What
is no COSE_Sign1 is refused by its tag.
"""
import base64
import os
import subprocess
import sys

sys.dont_write_bytecode = True

from suite import BUILD, Counts, Suite	# noqa: E402
from wycheproof import algid, mldsa, tlv	# noqa: E402

EC = "2a8648ce3d0201"
CURVES = {"P-256": "2a8648ce3d030107", "P-384": "2b81040022",
          "P-521": "2b81040023"}
SIZES = {"P-256": 32, "P-384": 48, "P-521": 66}
RSA, ED25519, HSS = "2a864886f70d010101", "2b6570", "2a864886f70d0109100311"


def spki(algorithm, octets):
    return tlv(0x30, algorithm + tlv(3, "00" + octets))


def octets(jwk, name):
    if name + "_hex" in jwk:
        return jwk[name + "_hex"].lower()
    text = jwk[name]
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).hex()


def integer(text):
    return tlv(2, "00" + text if int(text[:2], 16) > 127 else text)


def key_of(jwk):
    """SubjectPublicKeyInfo in hex; `-` when there is no key of ours."""
    kind = jwk.get("kty")
    if kind == "EC":
        size = 2 * SIZES[jwk["crv"]]
        point = "".join(octets(jwk, n).zfill(size) for n in "xy")
        return spki(algid(EC, tlv(6, CURVES[jwk["crv"]])), "04" + point)
    if kind == "RSA":
        numbers = integer(octets(jwk, "n")) + integer(octets(jwk, "e"))
        return spki(algid(RSA, "0500"), tlv(0x30, numbers))
    if kind == "OKP" and jwk["crv"] == "Ed25519":
        return spki(algid(ED25519), octets(jwk, "x"))
    if kind == "HSS-LMS":
        return spki(algid(HSS), jwk["public"].lower())
    return "-"


def payload(envelope):
    """Of a COSE_Sign1 of the suite: short strings, one map of them before it."""
    def head(at):
        size = envelope[at] & 31
        if size < 24:
            return size, at + 1
        width = 1 << size - 24
        return int.from_bytes(envelope[at + 1:at + 1 + width], "big"), \
            at + 1 + width

    def skip(at):
        kind = envelope[at] >> 5
        count, at = head(at)
        if kind in (2, 3):
            return at + count
        for _ in range({4: count, 5: 2 * count, 6: 1}.get(kind, 0)):
            at = skip(at)
        return at
    at = 2 if envelope[0] == 0xd2 else 1
    at = skip(skip(at))
    count, begin = head(at)
    return envelope[begin:begin + count]


def gather(suite):
    """ID, key, envelope, is it accepted, is it a COSE_Sign1."""
    for case in suite.json("index.json"):
        one = "sign1" in case["kind"]
        yield (case["file"], key_of(case.get("key") or {}),
               case["cbor_hex"].lower(), case["expected"] == "accept", one)
    folder = "cose-dilithium/examples"
    for name in sorted(os.listdir(suite.path(folder))):
        case = suite.json(folder, name)
        level = name.split("_")[2][:2]
        yield (folder + "/" + name,
               spki(mldsa(level), case["raw_public_key"]), case["sign1"], True,
               True)


def result(name, one, said, without):
    """As limbo-harness would say it."""
    good = said == "accepted"
    context = said
    if good and without != "header-missing":
        good, context = None, "without the key: " + without
    if not one and said not in ("envelope-tag", "cbor-malformed"):
        good, context = True, "refused as " + said
    return {"id": name, "context": context,
            "actual_result": "SUCCESS" if good or good is None else "FAILURE"}


def main():
    suite = Suite("cose", "index.json")
    counts = Counts(suite)
    cases = list(gather(suite))
    lines = []
    for name, key, envelope, _, one in cases:
        artefact = payload(bytes.fromhex(envelope)).hex() if one else ""
        lines.append(" ".join((name, key, envelope, artefact or "-")))
    done = subprocess.run([os.path.join(BUILD, "cose-harness")],
                          input="\n".join(lines) + "\n", check=True,
                          stdout=subprocess.PIPE, encoding="ascii")
    answers = [line.split() for line in done.stdout.splitlines()]
    assert [a[0] for a in answers] == [c[0] for c in cases]
    for (name, _, _, accept, one), (_, said, without) in zip(cases, answers):
        wanted = accept and one
        counts.case({"id": name, "expected_result":
                     "SUCCESS" if wanted else "FAILURE"},
                    result(name, one, said, without))
    counts.finish()


if __name__ == "__main__":
    main()
