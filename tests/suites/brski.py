#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""TAP: examples of the BRSKI drafts, by devverify-lab voucher in the path profile.

The COSE ones of draft-ietf-anima-constrained-voucher: a device's request with
the certificate beside it, every bit of which is flipped; a registrar's request
and a voucher. The CMS ones of draft-ietf-anima-rfc8366bis are of a form that is
not read; what is asked is that they are refused with a reason and not believed.
"""
import json
import os
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True

from suite import BUILD, Counts, Suite	# noqa: E402

WHEN = "2022-12-07T00:00:00Z"
COSE = ("pvr", "rvr", "voucher")
CERTIFICATES = ("pledge", "masa_ca", "registrar", "domain_ca")


def found(root):
    """Where the examples of the constrained form are, NAME.hex."""
    for where, _, names in sorted(os.walk(root)):
        if "pvr.hex" in names:
            return where
    return None


def ask(scratch, data, *options):
    """Status and reason of one file."""
    path = os.path.join(scratch, "asked")
    with open(path, "wb") as f:
        f.write(data)
    done = subprocess.run(
        [os.path.join(BUILD, "devverify-lab"), "voucher", "-j", "--profile",
         "path", "-t", WHEN, *options, path],
        stdout=subprocess.PIPE, check=False, encoding="utf-8")
    said = json.loads(done.stdout)
    return said["status"], said.get("reason", "")


def judge(counts, name, answer):
    status, reason = answer
    counts.case({"id": name, "expected_result": "SUCCESS"},
                {"id": name, "context": reason or status, "actual_result":
                 "SUCCESS" if status == "accepted" else "FAILURE"})


def flipped(scratch, data, *options):
    """Places of the bits without which it is accepted all the same."""
    bad = []
    paths = []
    for i in range(8 * len(data)):
        other = bytearray(data)
        other[i // 8] ^= 1 << i % 8
        path = os.path.join(scratch, "bit%d" % i)
        with open(path, "wb") as f:
            f.write(other)
        paths.append(path)
    done = subprocess.run(
        [os.path.join(BUILD, "devverify-lab"), "voucher", "-j", "--profile",
         "path", "-t", WHEN, *options, *paths],
        stdout=subprocess.PIPE, check=False, encoding="utf-8")
    lines = done.stdout.splitlines()
    assert len(lines) == len(paths)
    for path, line in zip(paths, lines):
        if json.loads(line)["status"] != "rejected":
            bad.append(os.path.basename(path))
    return bad


def constrained(suite, counts, scratch):
    where = found(suite.folder)
    names = ["constrained/" + n for n in (*COSE, "pvr, every bit")]
    if where is None:
        for name in names:
            counts.used.add(name)
            counts.count["cases"] += 1
            counts.skip(name, "not in this copy of the suite")
        return
    data = {}
    for name in (*COSE, *CERTIFICATES):
        with open(os.path.join(where, name + ".hex"), encoding="ascii") as f:
            data[name] = bytes.fromhex("".join(f.read().split()))
        with open(os.path.join(scratch, name), "wb") as f:
            f.write(data[name])
    at = {name: os.path.join(scratch, name) for name in data}
    device = ("-a", at["masa_ca"], "-c", at["pledge"],
              "--registrar", at["registrar"])
    judge(counts, names[0], ask(scratch, data["pvr"], *device))
    judge(counts, names[1], ask(scratch, data["rvr"], "-a", at["domain_ca"],
                                "-c", at["registrar"]))
    judge(counts, names[2], ask(scratch, data["voucher"], "-a", at["masa_ca"],
                                "-c", at["masa_ca"], "--request", at["pvr"]))
    bad = flipped(scratch, data["pvr"], *device)
    counts.count["cases"] += 1
    counts.count["agree"] += not bad
    counts.line(not bad, names[3], "accepted: " + " ".join(bad[:8]))


def cms(suite, counts, scratch):
    """Requests and vouchers of RFC 8366: PKCS#7, and the same in base64."""
    for name in sorted(os.listdir(suite.path("rfc8366bis", "examples"))):
        if name.endswith((".pkcs", ".b64")):
            judge(counts, "rfc8366bis/" + name, ask(
                scratch, suite.read("rfc8366bis", "examples", name)))


def main():
    suite = Suite("brski", "rfc8366bis")
    counts = Counts(suite)
    with tempfile.TemporaryDirectory() as scratch:
        constrained(suite, counts, scratch)
        cms(suite, counts, scratch)
    counts.finish()


if __name__ == "__main__":
    main()
