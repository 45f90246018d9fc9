#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Signatures of Wycheproof and of Mbed TLS' LMS tests as lines, for
tests/unit/test_dv_wycheproof.c.

wycheproof.py DIR [LMSDIR]: for every case of the algorithms of this project prints
    FILE:ID FORM ALGORITHM KEY MESSAGE SIGNATURE WANTED
FORM is x509 or raw (r || s); ALGORITHM an AlgorithmIdentifier, KEY a
SubjectPublicKeyInfo; WANTED is accepted or refused. Bytes are hexadecimal, `-`
when there are none.

Where WANTED is not what the file says, and why:
- `acceptable`: always refused. The cases are a DigestInfo without NULL, which
  RFC 8017 A.2.4 forbids.
- RSASSA-PSS with a hash other than SHA-256, SHA-384 and SHA-512 or a mask made
  with another hash than the message's: refused as docs/PROFILES.md says.
- ML-DSA use_hint(1, 0): refused, where FIPS 204 algorithm 40 accepts. wolfSSL
  5.9.2 takes a low part of 0 for a positive one. No honest signer makes such a
  hint (a low part of 0 cannot be carried over by what a hint stands for), and
  the cases need a public key that is zero.
- ML-DSA with a context: X.509 has the empty one (RFC 9881 2), so that a
  signature made with another is not valid here.
"""
import json
import os
import re
import sys

NAMES = re.compile(r"(ecdsa)_secp(?:256|384)r1_sha(256|384|512)(_p1363)?_test"
                   r"|(ed25519)_test"
                   r"|(rsa_signature)_(?:2048|3072|4096)_sha(?:256|384|512)_test"
                   r"|(rsa_pss)_.*_test|mldsa_(44|65|87)_verify_test")
HASHES = {"SHA-256": 1, "SHA-384": 2, "SHA-512": 3}
NULL = "0500"
USE_HINT = "signature that calls use_hint(1, 0)"


def tlv(tag, contents):
    size = len(contents) // 2
    if size < 128:
        return "%02x%02x%s" % (tag, size, contents)
    octets = (size.bit_length() + 7) // 8
    return "%02x%02x%0*x%s" % (tag, 128 + octets, 2 * octets, size, contents)


def algid(oid, parameters=""):
    return tlv(0x30, tlv(6, oid) + parameters)


def sha2(name):
    return algid("608648016503040" + "2%02x" % HASHES[name], NULL)


def pss(group):
    """None for hashes that have no place in the table."""
    if group["sha"] not in HASHES or group["mgfSha"] not in HASHES:
        return None
    salt = "%02x" % group["sLen"]
    salt = salt if int(salt, 16) < 128 else "00" + salt
    fields = tlv(0xa0, sha2(group["sha"])) + \
        tlv(0xa1, algid("2a864886f70d010108", sha2(group["mgfSha"])))
    if group["sLen"] != 20:
        fields += tlv(0xa2, tlv(2, salt))
    return algid("2a864886f70d01010a", tlv(0x30, fields))


def mldsa(level):
    return algid("6086480165030403" + {"44": "11", "65": "12", "87": "13"}[level])


def what(match, group):
    """FORM, ALGORITHM, KEY; None when the table has no such algorithm."""
    ecdsa, size, raw, ed25519, rsa, is_pss, level = match.groups()
    key = group.get("publicKeyDer")
    if ecdsa:
        last = {"256": "02", "384": "03", "512": "04"}[size]
        return ["raw" if raw else "x509", algid("2a8648ce3d0403" + last), key]
    if ed25519:
        return ["x509", algid("2b6570"), key]
    if rsa:
        last = {"SHA-256": "0b", "SHA-384": "0c", "SHA-512": "0d"}[group["sha"]]
        return ["x509", algid("2a864886f70d0101" + last, NULL), key]
    if is_pss:
        algorithm = pss(group)
        return ["x509", algorithm, key] if algorithm else None
    if not key:
        key = tlv(0x30, mldsa(level) + tlv(3, "00" + group["publicKey"]))
    return ["x509", mldsa(level), key]


def wanted(group, case):
    if group.get("mgfSha", group.get("sha")) != group.get("sha") and \
            group.get("mgfSha"):
        return "refused"
    if case.get("ctx") or case["comment"] == USE_HINT:
        return "refused"
    return "accepted" if case["result"] == "valid" else "refused"


def lines(name, data):
    match = NAMES.fullmatch(name)
    for group in data["testGroups"]:
        head = what(match, group)
        for case in group["tests"]:
            words = head or ["none", "-", "-"]
            want = wanted(group, case) if head else "refused"
            words = words + [case["msg"] or "-", case["sig"] or "-", want]
            yield " ".join(["%s:%d" % (name, case["tcId"])] + words)


def lms(file):
    """Mbed TLS has one tree without the number of levels of HSS around it."""
    algorithm = algid("2a864886f70d0109100311")
    with open(file, encoding="utf-8") as f:
        cases = [c for c in json.load(f) if c["function"] == "lms_verify_test"]
    for number, case in enumerate(cases, 1):
        message, signature, key, answer = case["args"]
        spki = tlv(0x30, algorithm + tlv(3, "0000000001" + key))
        print("mbedtls_lms:%d x509 %s %s %s %s %s" % (
            number, algorithm, spki, message or "-", "00000000" + signature,
            "accepted" if answer == "0" else "refused"))


def main():
    found = 0
    for folder in sys.argv[2:]:
        if os.path.exists(os.path.join(folder, "mbedtls_lms.json")):
            lms(os.path.join(folder, "mbedtls_lms.json"))
    for file in sorted(os.listdir(sys.argv[1])):
        name = file.removesuffix(".json")
        if not NAMES.fullmatch(name):
            continue
        with open(os.path.join(sys.argv[1], file), encoding="utf-8") as f:
            for line in lines(name, json.load(f)):
                print(line)
        found += 1
    return 0 if found else 1


if __name__ == "__main__":
    sys.exit(main())
