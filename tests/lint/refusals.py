#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prints docs/REFUSALS.md: what a verifier of docs/FORMAT.md must refuse, from the
vectors and the table of reasons."""
import os
import re

KINDS = (("sign1", "Envelopes of one signature"),
         ("sign", "Envelopes of several signatures"),
         ("wasm", "Signatures inside WebAssembly modules"),
         ("manifest", "Lists of a tree"), ("receipt", "Receipts"),
         ("voucher", "Vouchers, and requests for them"))
HEAD = """# What must be refused

Each folder of `vectors/` that a verifier of [FORMAT.md](FORMAT.md) must refuse: the
reason by number and name, how it is asked, where the fault lies, and why. Asked `-`: in
the strict profile, with no demand. `path`: in that profile. `demand`: with the one in
the folder's `expect`. What must be accepted is in `vectors/KIND/accepted--*`; chains,
CRLs and certificates have folders like these. The files are explained in
vectors/README.md. Made by `make docs`; do not edit.
"""


def reasons():
    with open("include/dv_reasons.def", encoding="utf-8") as f:
        return {name: int(n) for n, name in re.findall(
            r'^R\((\d+), *\w+, *"([^"]*)"', f.read(), re.M)}


def place(expect):
    """Object, field and octet, as far as the folder says."""
    words = [" ".join(expect[k] for k in ("object", "index") if k in expect)]
    if "field" in expect:
        words.append(expect["field"])
    if "offset" in expect:
        words.append("octet " + expect["offset"])
    return ", ".join(w for w in words if w)


def how(expect):
    out = [w for w, there in (
        ("path", expect.get("profile") == "path"),
        ("demand", "demand" in expect),
        ("threshold " + expect.get("threshold", ""), "threshold" in expect),
        ("only " + expect.get("algs", ""), "algs" in expect)) if there]
    return ", ".join(out) or "-"


def rows(kind, numbers):
    for folder in sorted(os.listdir("vectors/" + kind)):
        path = os.path.join("vectors", kind, folder)
        with open(path + "/expect", encoding="utf-8") as f:
            expect = dict(line.rstrip("\n").split("=", 1) for line in f)
        if expect["status"] != "rejected":
            continue
        with open(path + "/why", encoding="utf-8") as f:
            why = f.read().strip().replace("|", "\\|")
        reason = expect["reason"]
        yield "| %d | %s | `%s` | %s | %s | %s |" % (
            numbers[reason], reason, folder, how(expect), place(expect), why)


def main():
    numbers = reasons()
    print(HEAD, end="")
    for kind, title in KINDS:
        print("\n## %s: `vectors/%s/`\n" % (title, kind))
        print("| number | reason | folder | asked | where | why |")
        print("|---|---|---|---|---|---|")
        print("\n".join(rows(kind, numbers)))


if __name__ == "__main__":
    main()
