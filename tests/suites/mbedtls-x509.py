#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""TAP: Mbed TLS: hand-malformed certificates, lists and requests; paths.

Its paths are judged with one algorithm profile or another; what depends on a
profile, a callback or a host name stands in the exceptions.
"""
import sys

sys.dont_write_bytecode = True

from suite import Suite, pem	# noqa: E402

TASKS = {"cert": ("certificate", "CERTIFICATE"), "crl": ("crl", "X509 CRL"),
         "csr": ("request", "CERTIFICATE REQUEST")}
TIME = "2024-06-01T00:00:00Z"


def kind_of(title):
    return "crl" if "CRL" in title else "csr" if "CSR" in title else "cert"


def file_text(data, label):
    """As it is when it is PEM: its faults may be the point."""
    if b"-----BEGIN " in data:
        return data.decode("latin-1")
    return pem(data, label)


def parse(suite):
    for n, t in enumerate(suite.json("parse.json"), 1):
        kind = t["kind"] if t["kind"] != "file" else kind_of(t["title"])
        task, label = TASKS[kind]
        text = pem(bytes.fromhex(t.get("der_hex", "")), label)
        if t["kind"] == "file":
            text = file_text(suite.read(t["file"]), label)
        suite.add("parse/%03d" % n, t["expected"] == "accept", {
            "description": t["title"],
            "peer_certificate": text,
            "validation_time": TIME,
            "devtrust": {"task": task},
        })


def verify(suite):
    for n, t in enumerate(suite.json("verify.json"), 1):
        leaf = suite.certs(t["leaf"])
        suite.add("verify/%03d" % n, t["expected"] == "valid", {
            "description": t["title"],
            "trusted_certs": suite.certs(t["ca"]),
            "untrusted_intermediates": leaf[1:],
            "peer_certificate": leaf[0],
            "crls": suite.crls(t["crl"]) if t["crl"] else [],
            "validation_time": TIME,
            "devtrust": {"purpose": "any", "revocation": "if-given"},
        })
    for n, t in enumerate(suite.json("verify_chain.json"), 1):
        chain = [c for f in t["chain"] for c in suite.certs(f)]
        suite.add("chain/%03d" % n, t["expected"] == "valid", {
            "description": t["title"],
            "trusted_certs": suite.certs(t["trusted"]),
            "untrusted_intermediates": chain[1:],
            "peer_certificate": chain[0],
            "validation_time": TIME,
            "devtrust": {"purpose": "any"},
        })


suite = Suite("mbedtls-x509", "parse.json")
parse(suite)
verify(suite)
suite.finish("path")
