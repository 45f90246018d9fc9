#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""TAP: LibreSSL's path puzzles: cross-signatures, expired roots, many paths.

All are asked about one time: what was made to be valid then is, and what was
made to have expired has. Its depth counts the root too.
"""
import sys

sys.dont_write_bytecode = True

from suite import Suite	# noqa: E402

suite = Suite("libressl-verify", "verify_cert_tests.json")
for t in suite.json("verify_cert_tests.json"):
    name = t["id"] + "".join(
        " " + w for w in t.get("desc", "").split()[1:])
    bundle = suite.certs("certs", t["id"], "bundle.pem")
    suite.add(name.replace(" ", "-"), t["expected"] == "valid", {
        "description": t.get("want_error", ""),
        "trusted_certs": suite.certs("certs", t["id"], "roots.pem"),
        "untrusted_intermediates": bundle[1:],
        "peer_certificate": bundle[0],
        "max_chain_depth": int(t["set_depth"]) - 1 if "set_depth" in t else None,
        "validation_time": "2026-06-01T00:00:00Z",
        "devtrust": {"purpose": "any"},
    })
suite.finish("path")
