#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""TAP: NIST's PKITS 1.0.1, every test of its sections 4.1 to 4.16.

The certificates come from $SUITES/pkits, else from Debian's package
python3-cryptography-vectors. pkits.json holds the facts of the PKITS document:
files, settings and expected results; numbers are those of NIST-test-policy-N.
"""
import json
import os
import sys

sys.dont_write_bytecode = True

from suite import HERE, Suite	# noqa: E402

DEBIAN = ("/usr/lib/python3/dist-packages/cryptography_vectors/x509/"
          "PKITS_data")
ANCHOR = "TrustAnchorRootCertificate"


def oid(number):
    return "anyPolicy" if number == "any" else (
        "2.16.840.1.101.3.2.1.48.%d" % number)


def main():
    given = os.path.join(os.environ.get("SUITES") or "/nonexistent", "pkits")
    folder = given if os.path.isdir(given) else DEBIAN
    suite = Suite("pkits", "certs", folder)

    def cert(stem):
        return suite.certs("certs", stem + ".crt")[0]

    with open(os.path.join(HERE, "pkits.json"), encoding="utf-8") as f:
        tests = json.load(f)
    for t in tests:
        ours = {
            "purpose": "any", "revocation": "required",
            "policies": [oid(n) for n in t.get("policies", [])],
            "require_explicit_policy": t.get("explicit", False),
            "inhibit_policy_mapping": t.get("no_mapping", False),
            "inhibit_any_policy": t.get("no_any", False),
        }
        suite.add(t["id"], t["valid"], {
            "description": t["name"],
            "peer_certificate": cert(t["leaf"]),
            "untrusted_intermediates": [cert(c) for c in t["certs"]],
            "trusted_certs": [cert(ANCHOR)],
            "crls": [suite.crls("crls", c + ".crl")[0] for c in t["crls"]],
            "validation_time": "2011-04-15T00:00:00Z",
            "devtrust": ours,
        }, [oid(n) for n in t["result"]] if "result" in t else None)
    suite.finish("path")


main()
