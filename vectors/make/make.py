#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the vectors, or checks that what is committed is what it would write.

    make.py            write what is missing or differs, remove what is gone
    make.py --check    write nothing; say what differs, exit 1 if anything
    make.py --list     print the names

Everything is derived from labels, nothing from chance: two runs give the same
bytes. --check also reads every certificate of the accepted vectors with the
`cryptography` library and lets `openssl` judge the accepted chains.
"""
import hashlib
import os
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True

import certs	# noqa: E402
import certs_ext	# noqa: E402
import chains	# noqa: E402
import chains_algs	# noqa: E402
import chains_anchors	# noqa: E402
import chains_crls	# noqa: E402
import chains_crls_edges	# noqa: E402
import chains_forged	# noqa: E402
import chains_form	# noqa: E402
import chains_names	# noqa: E402
import chains_paths	# noqa: E402
import chains_policies	# noqa: E402
import corpus	# noqa: E402
import cosigned	# noqa: E402
import countersigned	# noqa: E402
import crls	# noqa: E402
import envelopes	# noqa: E402
import envelopes_algs	# noqa: E402
import envelopes_chain	# noqa: E402
import envelopes_claims	# noqa: E402
import envelopes_path	# noqa: E402
import golden	# noqa: E402
import keys	# noqa: E402
import lints	# noqa: E402
import manifests	# noqa: E402
import modules	# noqa: E402
import receipts	# noqa: E402
import requests	# noqa: E402
import vouchers	# noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
KINDS = ("cert", "chain", "crl", "golden", "lint", "manifest", "receipt",
         "request", "sign", "sign1", "voucher", "wasm")


def wanted():
    for part in (certs, certs_ext, chains, chains_algs, chains_anchors,
                 chains_forged, chains_form, chains_names, chains_paths,
                 chains_policies, crls, chains_crls, chains_crls_edges,
                 envelopes, envelopes_algs, envelopes_chain,
                 envelopes_claims, envelopes_path, manifests, modules,
                 receipts, requests, lints, cosigned, countersigned,
                 vouchers):
        part.run()
    files = {}
    for folder, content in corpus.cases.items():
        for name, data in content.items():
            files[os.path.join(folder, name)] = data
    files.update(golden.files())
    assert corpus.anchors <= set(keys.made)
    hashes = sorted(hashlib.sha256(k).hexdigest() for k in keys.made)
    files["test-anchors.sha256"] = ("\n".join(hashes) + "\n").encode()
    return files


def present():
    found = {}
    paths = [os.path.join(ROOT, "test-anchors.sha256")]
    for kind in KINDS:
        for where, _, names in os.walk(os.path.join(ROOT, kind)):
            paths += [os.path.join(where, n) for n in names]
    for path in paths:
        if os.path.exists(path):
            with open(path, "rb") as f:
                found[os.path.relpath(path, ROOT)] = f.read()
    return found


def write(files, old):
    for path in sorted(set(old) - set(files)):
        os.unlink(os.path.join(ROOT, path))
        folder = os.path.dirname(os.path.join(ROOT, path))
        if not os.listdir(folder):
            os.rmdir(folder)
    changed = [p for p in sorted(files) if old.get(p) != files[p]]
    for path in changed:
        full = os.path.join(ROOT, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "wb") as f:
            f.write(files[path])
    print("%d vectors, %d files, %d written, %d removed" % (
        len(corpus.cases), len(files), len(changed),
        len(set(old) - set(files))))


def loads(folder, content):
    """Does another reader find these certificates well formed?"""
    from cryptography import x509
    bad = []
    for name, data in content.items():
        if not name.endswith(".der") or name == "request.der":
            continue
        try:
            if name.startswith("crl"):
                x509.load_der_x509_crl(data).extensions
                continue
            x509.load_der_x509_certificate(data).extensions
        except Exception as e:	# the library has many kinds
            bad.append("%s/%s: cryptography: %s" % (folder, name, e))
    return bad


def openssl_says(folder, content, scratch):
    """OpenSSL's judgement of an accepted chain; an empty text is yes."""
    expect = dict(line.split("=", 1)
                  for line in content["expect"].decode().splitlines())
    def pem(path, parts):
        with open(path, "wb") as f:
            for data in parts:
                f.write(subprocess.run(
                    ["openssl", "x509", "-inform", "DER"], input=data,
                    stdout=subprocess.PIPE, check=True).stdout)
        return path
    pick = lambda start: [d for n, d in sorted(content.items())
                          if n.startswith(start) and n.endswith(".der")]
    moment = str(envelopes.at(expect["time"]))
    args = ["openssl", "verify", "-attime", moment, "-partial_chain",
            "-trusted", pem(scratch + "/a", pick("anchor"))]
    for asked in expect.get("policy", "2.5.29.32.0").split(","):
        args += ["-policy", asked]
    for flag, option in (("require_explicit", "-explicit_policy"),
                         ("inhibit_mapping", "-inhibit_map"),
                         ("inhibit_any", "-inhibit_any")):
        if flag in expect:
            args.append(option)
    pile = [d for d in pick("i") if len(d) > 100]
    if pile:
        args += ["-untrusted", pem(scratch + "/i", pile)]
    if pick("crl") and "revocation" in expect:
        path = scratch + "/r"
        with open(path, "wb") as f:
            for data in pick("crl"):
                f.write(subprocess.run(
                    ["openssl", "crl", "-inform", "DER"], input=data,
                    stdout=subprocess.PIPE, check=True).stdout)
        args += ["-CRLfile", path]
        if expect["revocation"] == "required":
            args += ["-crl_check_all", "-extended_crl", "-use_deltas"]
    args.append(pem(scratch + "/l", pick("leaf")))
    done = subprocess.run(args, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False)
    if done.returncode == 0:
        return ""
    text = done.stdout.decode(errors="replace").splitlines()
    return "%s: openssl: %s" % (folder, next(
        (t for t in text if t.startswith("error")), text[-1]))


def exceptions():
    """Vectors another reader refuses, each with the reason why."""
    out = {}
    with open(os.path.join(HERE, "exceptions.txt"), encoding="ascii") as f:
        for line in f:
            if line.strip() and not line.startswith("#"):
                folder, _, why = line.strip().partition(" ")
                out[folder] = why
    return out


def judge():
    known, seen, bad = exceptions(), set(), []
    with tempfile.TemporaryDirectory() as scratch:
        for folder, content in sorted(corpus.cases.items()):
            if "/accepted--" not in folder:
                continue
            said = loads(folder, content)
            if folder.startswith("chain/") and not said:
                said = [t for t in [openssl_says(folder, content, scratch)]
                        if t]
            if said and folder in known:
                seen.add(folder)
            elif said:
                bad += said
    bad += ["%s: stale exception" % f for f in sorted(set(known) - seen)]
    return bad


def main():
    files = wanted()
    if sys.argv[1:] == ["--list"]:
        print("\n".join(sorted(corpus.cases)))
        return 0
    old = present()
    if sys.argv[1:] != ["--check"]:
        if sys.argv[1:]:
            print(__doc__, file=sys.stderr)
            return 2
        write(files, old)
        return 0
    bad = ["%s: %s" % (p, "missing" if p not in old else
                       "nobody makes this" if p not in files else "differs")
           for p in sorted(set(files) | set(old))
           if files.get(p) != old.get(p)]
    bad += judge()
    for line in bad:
        print(line)
    print("%d vectors, %d files, %d faults" % (
        len(corpus.cases), len(files), len(bad)))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
