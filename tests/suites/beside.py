# SPDX-License-Identifier: GPL-3.0-or-later
"""A second judge: the chains of a suite by `openssl verify`, beside ours.

What is accepted here and refused there must be on a written list,
NAME.openssl: `id | error of OpenSSL | why`, the first two patterns. A line that
is true of no case fails the run.
"""
import calendar
import fnmatch
import os
import re
import subprocess
import tempfile
import time

PURPOSES = {"serverAuth": "sslserver", "clientAuth": "sslclient",
            "SERVER": "sslserver", "CLIENT": "sslclient",
            "emailProtection": "smimesign", "timeStamping": "timestampsign"}
ERROR = re.compile(r"^error \d+ at (\d+) depth lookup: (.*)$", re.M)
DEPTH = re.compile(r"^depth=(\d+):", re.M)
NO_CRL = "unable to get certificate CRL"
TURNS = ("both accept", "both refuse", "only we", "only OpenSSL")


def purpose_of(case):
    """The purpose in OpenSSL's words; None when none is asked, or it has none."""
    ours = case.get("devtrust") or {}
    asked = ours.get("purpose") or (case["extended_key_usage"] or
                                    [case["validation_kind"]])[0]
    return PURPOSES.get(asked)


def at_of(text):
    """RFC 3339 or @seconds."""
    if text.startswith("@"):
        return text[1:]
    at = time.strptime(re.sub(r"(\+00:00|Z)$", "", text), "%Y-%m-%dT%H:%M:%S")
    return str(calendar.timegm(at))


def settings(case, profile):
    ours = case.get("devtrust") or {}
    out = ["-partial_chain", "-auth_level", "0", "-policy_check"]
    if ours.get("profile", profile) == "strict":
        out.append("-x509_strict")
    if case.get("validation_time"):
        out += ["-attime", at_of(case["validation_time"])]
    purpose = purpose_of(case)
    if purpose:
        out += ["-purpose", purpose]
    # Without a policy it finds none, and misses it where one is demanded.
    for policy in ours.get("policies") or ["anyPolicy"]:
        out += ["-policy",
                "2.5.29.32.0" if policy == "anyPolicy" else policy]
    for name, option in (("require_explicit_policy", "-explicit_policy"),
                         ("inhibit_policy_mapping", "-inhibit_map"),
                         ("inhibit_any_policy", "-inhibit_any")):
        if ours.get(name):
            out.append(option)
    return out


def files(case, room):
    """The objects of a case as files: options that name them."""
    out = []
    for key, option, name in (("trusted_certs", "-CAfile", "trusted"),
                              ("untrusted_intermediates", "-untrusted", "pile"),
                              ("crls", "-CRLfile", "crls")):
        path = os.path.join(room, name)
        with open(path, "w", encoding="ascii") as f:
            f.write("".join(case[key]))
        if case[key] or key == "trusted_certs":
            out += [option, path]
    with open(os.path.join(room, "leaf"), "w", encoding="ascii") as f:
        f.write(case["peer_certificate"])
    return out


def openssl(options, leaf):
    """None when it accepts, else (depth, what it says); and all it says."""
    done = subprocess.run(
        ["openssl", "verify", "-no-CApath", "-no-CAstore", "-show_chain"] +
        options + [leaf], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, errors="replace", check=False)
    said = ERROR.search(done.stdout)
    if done.returncode == 0:
        return None, done.stdout
    return (int(said[1]), said[2]) if said else (0, "unreadable certificate"), \
        done.stdout


def ask(case, profile, room):
    """None when OpenSSL accepts the chain, else what it says.

    CRLs are asked for all certificates. OpenSSL then wants one of the anchor,
    too, of which nothing is revoked by RFC 5280 6.3; and where none is demanded
    what no CRL speaks of is no refusal: then without that question.
    """
    mode = (case.get("devtrust") or {}).get("revocation", "if-given")
    plain = settings(case, profile) + files(case, room)
    leaf = os.path.join(room, "leaf")
    if mode == "none" or (mode == "if-given" and not case["crls"]):
        return (openssl(plain, leaf)[0] or (0, None))[1]
    lists = ["-extended_crl", "-use_deltas"] + plain
    answer, _ = openssl(["-crl_check_all"] + lists, leaf)
    if answer is None or answer[1] != NO_CRL:
        return answer and answer[1]
    accepted, said = openssl(plain, leaf)
    if accepted is not None:
        return accepted[1]
    anchor = max(int(d) for d in DEPTH.findall(said))
    if mode == "required" and answer[0] < anchor:
        return answer[1]
    answer, _ = openssl(["-crl_check"] + lists, leaf)
    if answer is not None and (mode == "required" or answer[1] != NO_CRL):
        return answer[1]
    return None


class Beside:
    """Compares and counts; the lines go to the suite's TAP."""

    def __init__(self, suite, counts):
        self.counts = counts
        self.name = suite.name
        self.number = dict.fromkeys(TURNS, 0)
        self.listed = []
        path = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                            suite.name + ".openssl")
        if os.path.exists(path):
            with open(path, encoding="utf-8") as f:
                for line in f:
                    if line.strip() and not line.startswith("#"):
                        name, error, why = (
                            w.strip() for w in line.split("|", 2))
                        assert why
                        self.listed.append([name, error, 0])

    def is_listed(self, name, error):
        for row in self.listed:
            if fnmatch.fnmatchcase(name, row[0]) and \
                    fnmatch.fnmatchcase(error, row[1]):
                row[2] += 1
                return True
        return False

    def case(self, case, ours, profile, room):
        error = ask(case, profile, room)
        turn = {(True, True): 0, (False, False): 1, (True, False): 2,
                (False, True): 3}[ours, error is None]
        self.number[TURNS[turn]] += 1
        if ours and error is not None and not self.is_listed(case["id"], error):
            self.counts.line(False, case["id"] + " beside OpenSSL",
                             "accepted, OpenSSL: " + error)

    def finish(self, build):
        for name, error, used in self.listed:
            if not used:
                self.counts.line(False, "%s | %s" % (name, error),
                                 "listed, and true of no case")
        self.counts.line(True, "beside OpenSSL: %s" % self.number)
        folder = os.path.join(build, "test", "openssl")
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, self.name), "w", encoding="utf-8") as f:
            f.write("%-18s %12d %12d %8d %13d\n" % (
                (self.name,) + tuple(self.number[t] for t in TURNS)))


def compare(suite, counts, results, profile, build):
    """Every chain of the suite that was judged."""
    beside = Beside(suite, counts)
    with tempfile.TemporaryDirectory() as room:
        for case, result in zip(suite.cases, results):
            task = (case.get("devtrust") or {}).get("task", "chain")
            if task == "chain" and result["actual_result"] != "SKIPPED":
                beside.case(case, result["actual_result"] == "SUCCESS",
                            profile, room)
    beside.finish(build)
