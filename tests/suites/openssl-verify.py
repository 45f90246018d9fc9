#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""TAP: OpenSSL's matrix of CA, purpose, trust and constraints.

`openssl verify` options become members of the schema where there is one; what
is OpenSSL's own idea (security levels, proxy certificates, trusted end
entities) stands in the exceptions. Its trust settings, which stand beside a
certificate in the file, do not exist here: those cases are skipped.
"""
import base64
import os
import sys

sys.dont_write_bytecode = True

from suite import BLOCK, Suite, pem	# noqa: E402

PURPOSES = {"": "any", "sslserver": "serverAuth", "sslclient": "clientAuth",
            "timestampsign": "timeStamping", "codesign": "codeSigning"}


def element(data):
    """The first DER element: what stands before trust settings."""
    n = data[1]
    if n < 0x80:
        return data[:2 + n]
    return data[:2 + (n & 0x7f) + int.from_bytes(data[2:2 + (n & 0x7f)], "big")]


def certs(suite, files):
    return [pem(element(base64.b64decode(body))) for file in files
            for label, body in BLOCK.findall(suite.read(file))
            if label in (b"CERTIFICATE", b"TRUSTED CERTIFICATE",
                         b"X509 CERTIFICATE")]


def main():
    suite = Suite("openssl-verify", "verify_cases.json")
    for t in suite.json("verify_cases.json"):
        options = dict(zip(t["options"], t["options"][1:] + [""]))
        time = int(options.get("-attime", 0)) or None
        missing = [f for f in [t["leaf"]] + t["trusted"] + t["untrusted"]
                   if not os.path.exists(suite.path(f))]
        if missing:
            suite.skip(t["id"], "this copy has no " + missing[0])
            continue
        if any(b"BEGIN TRUSTED" in suite.read(f) for f in t["trusted"]):
            suite.skip(t["id"], "OpenSSL's trust settings beside a certificate")
            continue
        suite.add(t["id"], t["expected"] == "valid", {
            "description": t["description"],
            "trusted_certs": certs(suite, t["trusted"]),
            "untrusted_intermediates": certs(suite, t["untrusted"]),
            "peer_certificate": certs(suite, [t["leaf"]])[0],
            "max_chain_depth": int(options["-verify_depth"])
            if "-verify_depth" in options else None,
            "validation_time":
                "@%d" % time if time else "2025-06-01T00:00:00Z",
            "devtrust": {
                "profile":
                    "strict" if "-x509_strict" in options else None,
                "purpose": PURPOSES[t["purpose"]],
                "policies": [options["-policy"]]
                if "-policy" in options else [],
                "require_explicit_policy": "-explicit_policy" in options,
            },
        })
    suite.finish("path")


main()
