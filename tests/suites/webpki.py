#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""TAP: name constraints and CRL reading of the rustls project's webpki."""
import base64
import sys

sys.dont_write_bytecode = True

from suite import Suite, pem	# noqa: E402


def main():
    suite = Suite("webpki", "crl_parse.json")
    for t in suite.json("tls_server_certs_nameconstraints.json"):
        suite.add("names/" + t["id"], t["expected"] == "valid", {
            "trusted_certs": [pem(base64.b64decode(t["trust_anchor"]))],
            "peer_certificate": pem(base64.b64decode(t["leaf"])),
            "validation_time": "@%d" % t["time_unix"],
        })
    for t in suite.json("crl_parse.json"):
        suite.add("crl/" + t["id"], t["expected_webpki"] == "accept", {
            "peer_certificate": pem(base64.b64decode(t["crl"]), "X509 CRL"),
            "validation_time": "2023-01-01T00:00:00Z",
            "devtrust": {"task": "crl"},
        })
    suite.finish("path")


main()
