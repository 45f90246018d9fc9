#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""TAP: Botan's copies of the older NIST path suite and of many PSS files.

The NIST suite has RSA keys of 1024 bits and SHA-1: it is asked with other keys
and signatures (rekey.py).
"""
import os
import re
import sys

sys.dont_write_bytecode = True

from rekey import Rekey	# noqa: E402
from suite import Suite, objects, pem	# noqa: E402

REQUEST = "CERTIFICATE REQUEST"
ROW = re.compile(r"(test)?\d+:")


def table(suite, *parts):
    lines = suite.read(*parts).decode().split("\n")
    return [line.split(":", 1) for line in lines if ROW.match(line)]


def files(suite, folder, suffix):
    return [os.path.join(folder, n)
            for n in sorted(os.listdir(suite.path(folder)))
            if n.endswith(suffix)]


def nist(suite):
    for name, expected in table(suite, "nist", "expected.txt"):
        folder = os.path.join("nist", name)
        certs = [f for f in files(suite, folder, ".crt")
                 if not f.endswith("end.crt")]
        lists = files(suite, folder, ".crl") + ["nist/root.crl"]
        ders = [d for f in ["nist/root.crt"] + certs + [folder + "/end.crt"]
                for d in objects(suite.read(f))]
        rekey = Rekey(ders)
        fresh = [pem(rekey.cert(d)) for d in ders]
        suite.add("nist/" + name, expected == "Verified", {
            "description": expected,
            "trusted_certs": fresh[:1],
            "untrusted_intermediates": fresh[1:-1],
            "peer_certificate": fresh[-1],
            "crls": [pem(rekey.crl(d), "X509 CRL") for f in lists
                     for d in objects(suite.read(f), "X509 CRL")],
            "validation_time": "2018-04-01T09:30:33Z",
            "devtrust": {"purpose": "any", "revocation": "required"},
        })


def pss(suite):
    years = dict(table(suite, "pss_certs", "validation_times.txt"))
    for name, expected in table(suite, "pss_certs", "expected.txt"):
        folder = os.path.join("pss_certs", name)
        test = {
            "description": expected,
            "validation_time": "%s-01-01T00:00:00Z" % years.get(name, "2018"),
            "devtrust": {"purpose": "any"},
        }
        certs = files(suite, folder, ".crt")
        lists = files(suite, folder, ".crl")
        requests = files(suite, folder, ".csr")
        if requests:
            test["peer_certificate"] = pem(
                objects(suite.read(requests[0]), REQUEST)[0], REQUEST)
            test["devtrust"]["task"] = "proof"
            suite.add("pss/" + name, expected == "Verified", test)
            continue
        leaf = [f for f in certs if f.endswith("end.crt")]
        roots = [f for f in certs if f not in leaf] or leaf
        test["peer_certificate"] = suite.certs(leaf[0])[0]
        test["trusted_certs"] = suite.certs(roots[0])
        if lists:
            test["crls"] = suite.crls(lists[0])
            test["devtrust"]["revocation"] = "required"
        suite.add("pss/" + name, expected == "Verified", test)


def main():
    suite = Suite("botan-x509", os.path.join("nist", "expected.txt"))
    nist(suite)
    pss(suite)
    suite.finish("path")


main()
