#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""TAP: Matter's attestation chains and roots, by the rules of RFC 5280 alone.

Matter adds a profile of its own: what it refuses beyond RFC 5280 stands in the
exceptions. The vectors about the certification declaration hold no certificate
that differs and are left out.
"""
import os
import sys

sys.dont_write_bytecode = True

from suite import Suite, pem	# noqa: E402


def chains(suite):
    roots = suite.certs("Chip-Test-PAA-FFF1-Cert.pem") + suite.certs(
        "Chip-Test-PAA-NoVID-Cert.pem")
    for t in suite.json("commissioner_dut.json"):
        if not t["scope"].startswith("certification-declaration"):
            suite.add("dac/" + t["id"], t["expected"] == "valid", {
                "description": t["description"],
                "trusted_certs": roots,
                "untrusted_intermediates": [
                    pem(bytes.fromhex(t["pai_cert"]))],
                "peer_certificate": pem(bytes.fromhex(t["dac_cert"])),
                "validation_time": "2024-06-01T00:00:00Z",
                "devtrust": {"purpose": "any"},
            })


def roots(suite):
    for folder in ("paa-production", "paa-development"):
        for name in sorted(os.listdir(suite.path(folder))):
            suite.add("%s/%s" % (folder, name), True, {
                "peer_certificate": suite.certs(folder, name)[0],
                "validation_time": "2024-06-01T00:00:00Z",
                "devtrust": {"task": "certificate", "profile": "path"},
            })


suite = Suite("matter", "commissioner_dut.json")
chains(suite)
roots(suite)
suite.finish("strict")
