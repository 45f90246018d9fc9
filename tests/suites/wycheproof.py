#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Wycheproof's signature files as lines, for tests/unit/test_dv_wycheproof.c.

wycheproof.py DIR: for every case of the algorithms of this project prints
    FILE:ID FORM KEY HASH POINT MESSAGE SIGNATURE RESULT
FORM is der, raw or ed; bytes are hexadecimal, `-` when there are none.
"""
import json
import os
import re
import sys

ECDSA = re.compile(r"ecdsa_secp(256|384)r1_sha(256|384|512)(_p1363)?_test")


def lines(name, data):
    match = ECDSA.fullmatch(name)
    for group in data["testGroups"]:
        key = group["publicKey"]
        for case in group["tests"]:
            if match:
                form = "raw" if match[3] else "der"
                what = [form, "P" + match[1], match[2], key["uncompressed"]]
            else:
                what = ["ed", "Ed25519", "0", key["pk"]]
            what += [case["msg"] or "-", case["sig"] or "-", case["result"]]
            yield " ".join(["%s:%d" % (name, case["tcId"])] + what)


def main():
    found = 0
    for file in sorted(os.listdir(sys.argv[1])):
        name = file.removesuffix(".json")
        if not ECDSA.fullmatch(name) and name != "ed25519_test":
            continue
        with open(os.path.join(sys.argv[1], file), encoding="utf-8") as f:
            for line in lines(name, json.load(f)):
                print(line)
        found += 1
    return 0 if found else 1


if __name__ == "__main__":
    sys.exit(main())
