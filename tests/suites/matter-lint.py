#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""TAP: Matter's attestation chains through the linter.

The product id that the device states (basic_info_pid) is given to it.

A chain that Matter calls valid has no error in its DAC and PAI. One that it
calls invalid has an error, cannot be read, or is refused by the verifier at the
time of the vectors.
"""
import json
import os
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True

from suite import BUILD, Counts, Suite, pem	# noqa: E402

WHEN = "2024-06-01T00:00:00Z"


def lint(folder, profile, issuer, pid, der):
    """Names of the errors; or that it cannot be read."""
    path = os.path.join(folder, profile + ".der")
    with open(path, "wb") as f:
        f.write(der)
    done = subprocess.run(
        [os.path.join(BUILD, "pki-issue"), "lint", "-j", "--profile", profile,
         "-i", issuer, "--pid", "%04X" % pid, path], stdout=subprocess.PIPE, check=False)
    said = json.loads(done.stdout)
    if not said["readable"]:
        assert done.returncode == 3
        return ["unreadable: " + said["reason"]]
    errors = [f["name"] for f in said["findings"] if f["severity"] == "error"]
    # 3: the issuer could not be read, which was said as well.
    assert done.returncode in (said["errors"] + said["warnings"] > 0, 3)
    return errors


def judge(suite, test, folder):
    """Everything that is against this chain."""
    dac, pai = (bytes.fromhex(test[k]) for k in ("dac_cert", "pai_cert"))
    roots = os.path.join(folder, "roots.pem")
    above = os.path.join(folder, "above.pem")
    with open(roots, "w", encoding="ascii") as f:
        f.write("".join(suite.roots))
    with open(above, "w", encoding="ascii") as f:
        f.write(pem(pai))
    pid = test["basic_info_pid"]
    return lint(folder, "matter-dac", above, pid, dac) + lint(
        folder, "matter-pai", roots, pid, pai)


def main():
    suite = Suite("matter-lint", "commissioner_dut.json", os.path.join(
        os.environ["SUITES"], "matter") if os.environ.get("SUITES") else None)
    suite.roots = suite.certs("Chip-Test-PAA-FFF1-Cert.pem") + suite.certs(
        "Chip-Test-PAA-NoVID-Cert.pem")
    tests = [t for t in suite.json("commissioner_dut.json")
             if t["scope"] in ("dac-chain", "trust-anchor")]
    for t in tests:
        suite.add("dac/" + t["id"], t["expected"] == "valid", {
            "trusted_certs": suite.roots,
            "untrusted_intermediates": [pem(bytes.fromhex(t["pai_cert"]))],
            "peer_certificate": pem(bytes.fromhex(t["dac_cert"])),
            "validation_time": WHEN,
            "devtrust": {"purpose": "any"},
        })
    counts = Counts(suite)
    with tempfile.TemporaryDirectory() as folder:
        for t, case, chain in zip(tests, suite.cases, suite.run("strict")):
            against = judge(suite, t, folder)
            if chain["actual_result"] != "SUCCESS":
                against.append("chain: " + chain["context"])
            counts.case(case, {
                "id": case["id"], "context": "; ".join(against),
                "actual_result": "FAILURE" if against else "SUCCESS"})
    counts.finish()


main()
