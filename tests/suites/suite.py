# SPDX-License-Identifier: GPL-3.0-or-later
"""What the runners of the suites from outside share.

A runner turns its suite into cases of the x509-limbo schema; here they go
through build/limbo-harness, are compared with what the suite expects and with
the written exceptions, and come out as TAP, one line a case.

NAME.exceptions holds `id | theirs | ours | why`, theirs and ours being accept
or reject: a difference that is meant. One that is no longer true fails. With
`-` for both the case does not apply (a host name, a library's own idea) and is
counted as skipped.
"""
import base64
import json
import os
import re
import subprocess
import sys

from beside import compare

HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = os.environ.get("BUILD") or os.path.join(HERE, "..", "..", "build")
WORDS = {"SUCCESS": "accept", "FAILURE": "reject"}
BLOCK = re.compile(
    rb"-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \1-----", re.DOTALL)


def pem(der, label="CERTIFICATE"):
    """Bytes as PEM text."""
    text = base64.b64encode(der).decode()
    lines = [text[i:i + 64] for i in range(0, len(text), 64)]
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n" % (
        label, "\n".join(lines), label)


def objects(data, label="CERTIFICATE"):
    """DER objects of a file that is PEM or DER."""
    if b"-----BEGIN " not in data:
        return [data]
    return [base64.b64decode(body) for name, body in BLOCK.findall(data)
            if name.decode() == label]


class Suite:
    """One suite: its folder below $SUITES, its cases, its exceptions."""

    def __init__(self, name, marker, folder=None):
        self.name = name
        self.cases = []
        self.extra = {}
        self.absent = []
        suites = os.environ.get("SUITES")
        self.folder = folder or os.path.join(suites or "", name)
        if not (suites or folder) or not os.path.exists(self.path(marker)):
            print("1..0 # SKIP %s: suite not present" % name)
            print("ok 1 # SKIP %s: suite not present" % name)
            sys.exit(0)

    def path(self, *parts):
        return os.path.join(self.folder, *parts)

    def read(self, *parts):
        with open(self.path(*parts), "rb") as f:
            return f.read()

    def json(self, *parts):
        return json.loads(self.read(*parts))

    def certs(self, *parts):
        """The certificates of a file, as PEM texts."""
        return [pem(der) for der in objects(self.read(*parts))]

    def crls(self, *parts):
        return [pem(der, "X509 CRL")
                for der in objects(self.read(*parts), "X509 CRL")]

    def add(self, name, accept, test, policies=None):
        """test: members of the schema; what is left out has its default.

        policies: the user-constrained policy set an accepted path must have.
        """
        case = {
            "id": name, "validation_kind": "SERVER", "trusted_certs": [],
            "untrusted_intermediates": [], "peer_certificate": "",
            "extended_key_usage": [], "crls": [], "key_usage": [],
            "expected_result": "SUCCESS" if accept else "FAILURE",
        }
        case.update(test)
        if policies is not None:
            self.extra[name] = sorted(policies)
        self.cases.append(case)

    def skip(self, name, why):
        """A case that this copy of the suite does not hold."""
        self.absent.append((name, why))

    def exceptions(self):
        found = {}
        path = os.path.join(HERE, self.name + ".exceptions")
        if not os.path.exists(path):
            return found
        with open(path, encoding="utf-8") as f:
            for line in f:
                if line.strip() and not line.startswith("#"):
                    name, theirs, ours, why = (
                        w.strip() for w in line.split("|", 3))
                    assert name not in found, name + " stands twice"
                    found[name] = (theirs, ours, why)
        return found

    def run(self, profile):
        document = json.dumps({"version": 1, "testcases": self.cases})
        done = subprocess.run(
            [os.path.join(BUILD, "limbo-harness"), "--profile", profile],
            input=document.encode(), stdout=subprocess.PIPE, check=True)
        results = json.loads(done.stdout)["results"]
        assert [r["id"] for r in results] == [c["id"] for c in self.cases]
        return results

    def finish(self, profile):
        """Asks in both profiles, judges by the one given."""
        counts = Counts(self)
        asked = {p: self.run(p) for p in ("strict", "path")}
        for case, result, strict, loose in zip(
                self.cases, asked[profile], asked["strict"], asked["path"]):
            counts.case(case, result)
            if (strict["actual_result"], loose["actual_result"]) == (
                    "SUCCESS", "FAILURE"):
                counts.line(False, case["id"] + " by profile",
                            "strict accepts, path refuses: " +
                            loose["context"])
        for name, why in self.absent:
            counts.count["cases"] += 1
            counts.skip(name, why)
        compare(self, counts, asked[profile], profile, BUILD)
        counts.finish()


class Counts:
    """Compares results with expectations, prints TAP, counts."""

    def __init__(self, suite):
        self.suite = suite
        self.listed = suite.exceptions()
        self.used = set()
        self.number = 0
        self.failed = 0
        self.count = dict.fromkeys(
            ("cases", "agree", "wrong accept", "wrong reject", "listed accept",
             "listed reject", "skipped"), 0)

    def line(self, good, name, note=None):
        self.number += 1
        self.failed += not good
        print("%s %d - %s" % ("ok" if good else "not ok", self.number, name))
        if note and not good:
            print("# " + note)

    def skip(self, name, why):
        self.number += 1
        self.count["skipped"] += 1
        print("ok %d - %s # SKIP %s" % (self.number, name, why))

    def case(self, case, result):
        name = case["id"]
        theirs = WORDS[case["expected_result"]]
        ours = WORDS.get(result["actual_result"])
        listed = self.listed.get(name)
        self.used.add(name)
        self.count["cases"] += 1
        if listed and listed[0] == "-":
            self.skip(name, listed[2])
        elif ours is None:
            self.skip(name, result["context"])
        elif listed:
            true = listed[:2] == (theirs, ours) and theirs != ours
            if true:
                self.count["listed " + ours] += 1
            self.line(true, name, "exception no longer true: theirs %s, ours "
                      "%s: %s" % (theirs, ours, result["context"]))
        elif theirs != ours:
            self.count["wrong " + ours] += 1
            self.line(False, name, "theirs %s, ours %s: %s" % (
                theirs, ours, result["context"]))
        else:
            self.agreed(name, result)

    def agreed(self, name, result):
        """Same answer; and the same policies, where the suite names them."""
        wanted = self.suite.extra.get(name)
        if result["actual_result"] == "SUCCESS" and wanted is not None:
            found = sorted(result["context"].partition(" policies ")[2].split())
            if found != wanted:
                self.line(False, name, "policies %s, wanted %s" % (
                    found, wanted))
                return
        self.count["agree"] += 1
        self.line(True, name)

    def finish(self):
        for name in self.listed:
            if name not in self.used:
                self.line(False, name, "exception for a case there is not")
        print("1..%d" % self.number)
        folder = os.path.join(BUILD, "test", "suites")
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, self.suite.name), "w",
                  encoding="utf-8") as f:
            c = self.count
            f.write("%-18s %6d %6d %7d %7d %7s %8d\n" % (
                self.suite.name, c["cases"], c["agree"], c["wrong accept"],
                c["wrong reject"], "%d+%d" % (c["listed accept"],
                                              c["listed reject"]),
                c["skipped"]))
        sys.exit(self.failed != 0)
