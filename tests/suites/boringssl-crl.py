#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""TAP: BoringSSL's CRL cases: one issuer, one leaf, one list.

Its keys are RSA of 1024 bits, so it is asked with other keys (rekey.py). Its
issuers are no CAs by their extensions: names and keys alone are taken of them. Also
asked: is the list itself read? One that is "bad" (not fresh, not about this
certificate) can be read, an invalid one not.
"""
import base64
import sys

sys.dont_write_bytecode = True

from rekey import Rekey	# noqa: E402
from suite import Suite, pem	# noqa: E402


def main():
    suite = Suite("boringssl-crl", "crl.json")
    for t in suite.json("crl.json"):
        issuers = [base64.b64decode(t[k]) for k in ("ca", "ca2") if t[k]]
        leaf = base64.b64decode(t["leaf"])
        rekey = Rekey(issuers + [leaf])
        crl = pem(rekey.crl(base64.b64decode(t["crl"])), "X509 CRL")
        suite.add(t["id"] + "/path", t["expected"] == "GOOD", {
            "trusted_certs": [pem(rekey.cert(c)) for c in issuers],
            "peer_certificate": pem(rekey.cert(leaf)),
            "crls": [crl],
            "validation_time": t["verify_time"],
            "devtrust": {"purpose": "any", "revocation": "required",
                         "bare_anchors": True},
        })
        suite.add(t["id"] + "/read", t["kind"] != "invalid", {
            "peer_certificate": crl,
            "validation_time": t["verify_time"],
            "devtrust": {"task": "crl"},
        })
    suite.finish("path")


main()
