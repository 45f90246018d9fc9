#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""TAP: every file of the fuzz corpora through `devverify show`, and read as a
certificate, an anchor, a CRL and a request by limbo-harness.

No expectation but this: it ends by itself, soon, with one of its own exit
statuses, and says nothing that is not JSON.
"""
import json
import os
import subprocess
import sys
import tarfile
import tempfile

sys.dont_write_bytecode = True

from suite import BUILD, Counts, Suite, pem	# noqa: E402

BATCH = 200
SECONDS = 20


def trouble(files):
    """What is wrong when these are shown; None: nothing."""
    try:
        done = subprocess.run(
            [os.path.join(BUILD, "devverify"), "show", "-j", "--"] + files,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return "not ended after %d seconds" % SECONDS
    if done.returncode not in (0, 1, 3):
        return "exit status %d" % done.returncode
    for line in done.stdout.splitlines():
        try:
            json.loads(line)
        except ValueError as error:
            return "no JSON: %s" % error
    return None


def read_all(suite, files):
    """What is wrong when the core reads these; None: nothing."""
    suite.cases = []
    for n, file in enumerate(files):
        with open(file, "rb") as f:
            text = pem(f.read())
        for task in ("certificate", "anchor", "crl", "proof"):
            suite.add("%d/%s" % (n, task), True, {
                "peer_certificate": text, "devtrust": {"task": task}})
    try:
        suite.run("path")
    except subprocess.CalledProcessError as error:
        return "limbo-harness: %s" % error
    return None


def main():
    suite = Suite("fuzz-corpora", "")
    counts = Counts(suite)
    with tempfile.TemporaryDirectory() as room:
        for archive in sorted(os.listdir(suite.folder)):
            if not archive.endswith(".tar.xz"):
                continue
            with tarfile.open(suite.path(archive)) as tar:
                tar.extractall(os.path.join(room, archive))
        found = [os.path.join(where, n) for where, _, names in os.walk(room)
                 for n in sorted(names)]
        for i in range(0, len(found), BATCH):
            batch = found[i:i + BATCH]
            why = trouble(batch)
            name = "files %d to %d" % (i + 1, i + len(batch))
            if why:
                bad = [f for f in batch if trouble([f])]
                why += ": " + " ".join(os.path.relpath(f, room) for f in bad)
            why = why or read_all(suite, batch)
            counts.count["cases"] += len(batch)
            counts.count["agree"] += 0 if why else len(batch)
            counts.line(not why, name, why)
    counts.finish()


main()
