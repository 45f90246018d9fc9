#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""TAP: real and example certificates: device identities, TPM makers, PQC.

What must be read is read, what can be an anchor verifies itself, the one chain
of a real device holds, and what is no certificate (TCG attribute certificates)
is refused.
"""
import os
import sys

sys.dont_write_bytecode = True

from suite import Suite, pem	# noqa: E402

TIME = "2024-06-01T00:00:00Z"


def alone(suite, name, task, cert, accept=True):
    suite.add(name, accept, {
        "peer_certificate": cert, "validation_time": TIME,
        "devtrust": {"task": task},
    })


def files(suite, folder):
    return sorted(os.listdir(suite.path(folder)))


def tpm(suite):
    seen = set()
    for file in ["tpm-ca-certificates/tpm-ca-certificates.pem",
                 "tpm-ca-certificates/tpm-intermediate-ca-certificates.pem"] + [
                     "keylime-cert-store/" + n
                     for n in files(suite, "tpm/keylime-cert-store")]:
        for n, cert in enumerate(suite.certs("tpm", file), 1):
            if cert not in seen:
                alone(suite, "tpm/%s/%d" % (os.path.basename(file), n),
                      "anchor", cert)
            seen.add(cert)
    folder = "tpm/go-attestation-platform-certs/testdata"
    for name in files(suite, folder):
        if name.endswith(".cer"):
            alone(suite, "tpm/" + name, "certificate",
                  pem(suite.read(folder, name)), "SigningKey" in name)


def devices(suite):
    folder = "device-identity/cisco-sudi"
    device = suite.certs(folder, "idevid1-real-device.pem")[0]
    roots = suite.certs(folder, "crca2099.pem")
    middle = suite.certs(folder, "hasudi.pem")
    for name, anchors, pile, accept in (
            ("chain", roots, middle, True),
            ("middle-missing", roots, [], False),
            ("other-root", suite.certs(folder, "crca2048.pem"), middle,
             False)):
        suite.add("cisco/" + name, accept, {
            "trusted_certs": anchors, "untrusted_intermediates": pile,
            "peer_certificate": device, "validation_time": TIME,
            "devtrust": {"purpose": "any"},
        })
    for name in files(suite, folder):
        if name.endswith(".pem") and not name.startswith("idevid1"):
            alone(suite, "cisco/" + name, "anchor",
                  suite.certs(folder, name)[0])
    folder = "device-identity/aws-nitro"
    for name in files(suite, folder):
        alone(suite, "nitro/" + name, "anchor", suite.certs(folder, name)[0])


def quantum(suite):
    for folder in ("pqc/lamps-dilithium", "lms"):
        for name in files(suite, folder):
            if name.endswith((".crt", "cert.pem", ".der")):
                alone(suite, "%s/%s" % (folder, name), "anchor",
                      suite.certs(folder, name)[0])


def main():
    suite = Suite("certificates", "tpm", os.environ.get("SUITES"))
    tpm(suite)
    devices(suite)
    quantum(suite)
    suite.finish("path")


main()
