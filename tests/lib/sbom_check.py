#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""sbom_check.py SBOM BUILD CACHE: is it SPDX 2.3 (the fields and values that its
specification demands), and true: of each hash the file, of each program the
libraries its ELF header needs? Prints what is wrong, and last what was compared."""
import hashlib
import json
import pathlib
import re
import subprocess
import sys

# SPDX 2.3, clauses 6, 7 and 11; the values that this project uses.
DOCUMENT = {
    "spdxVersion": r"SPDX-2\.3", "dataLicense": r"CC0-1\.0",
    "SPDXID": r"SPDXRef-DOCUMENT", "name": r".+",
    "documentNamespace": r"[a-z][a-z0-9+.-]*:[^#\s]+",
}
LICENCE = r"[A-Za-z0-9.+-]+( (OR|AND|WITH) [A-Za-z0-9.+-]+)*"
PACKAGE = {
    "SPDXID": r"SPDXRef-[A-Za-z0-9.-]+", "name": r".+",
    "downloadLocation": r"NOASSERTION|https://\S+",
    "supplier": r"NOASSERTION|(Person|Organization): .+",
    "licenseConcluded": LICENCE, "licenseDeclared": LICENCE,
    "copyrightText": r".+",
    "primaryPackagePurpose": r"APPLICATION|LIBRARY|SOURCE",
}
TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"
KINDS = {"DESCRIBES", "CONTAINS", "STATIC_LINK", "DYNAMIC_LINK",
         "BUILD_DEPENDENCY_OF"}


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def needed(path):
    out = subprocess.run(["objdump", "-p", path], capture_output=True,
                         text=True, check=True).stdout
    return set(re.findall(r"^\s*NEEDED\s+(\S+)", out, re.M))


# Of what is compiled in, functions that a program has which uses it.
MARKS = {"wolfssl": " (wc_Sha256Final|sp_ecc_verify_256)\n",
         "libcbor": " _?cbor_[a-z]"}


def compiled_in(path):
    """None: the program has no names left in it."""
    out = subprocess.run(["nm", path], capture_output=True, text=True,
                         check=True).stdout
    return {name for name, mark in MARKS.items()
            if re.search(mark, out)} if out else None


def fields(where, of, wanted):
    for name, pattern in wanted.items():
        if not re.fullmatch(pattern, str(of.get(name, ""))):
            yield f"{where}: {name} is {of.get(name)!r}"


def form(spdx):
    yield from fields("document", spdx, DOCUMENT)
    info = spdx.get("creationInfo", {})
    yield from fields("creationInfo", info, {"created": TIME})
    if not all(re.match("(Tool|Person|Organization): .", c)
               for c in info.get("creators") or [""]):
        yield "creationInfo: creators"
    ids = [p.get("SPDXID") for p in spdx["packages"]]
    if len(ids) != len(set(ids)):
        yield "an SPDXID is there twice"
    for p in spdx["packages"]:
        yield from fields(p.get("name"), p, PACKAGE)
        if p.get("filesAnalyzed") is not False:
            yield f"{p['name']}: filesAnalyzed, and no file is listed"
    related = set()
    for r in spdx["relationships"]:
        ends = {r["spdxElementId"], r["relatedSpdxElement"]}
        related |= ends
        if r["relationshipType"] not in KINDS:
            yield f"relationship {r['relationshipType']}"
        for end in ends - set(ids) - {"SPDXRef-DOCUMENT"}:
            yield f"a relationship with {end}, which is not there"
    for lonely in set(ids) - related:
        yield f"{lonely}: related to nothing"


def linked(spdx, program, kind):
    """The packages that a program is linked with in this way."""
    by_id = {p["SPDXID"]: p for p in spdx["packages"]}
    return [by_id[r["relatedSpdxElement"]] for r in spdx["relationships"]
            if r["spdxElementId"] == program["SPDXID"] and
            r["relationshipType"] == kind and r["relatedSpdxElement"] in by_id]


def truth(spdx, build, cache, counted):
    pins = dict(line.split()[::-1] for line in
                pathlib.Path(".mk/deps.sha256").read_text().splitlines())
    named = "".join(p.read_text() for p in pathlib.Path(".mk").glob("deps.*"))
    for p in spdx["packages"]:
        name = p.get("packageFileName", "")
        sums = [c["checksumValue"] for c in p.get("checksums", [])
                if c["algorithm"] == "SHA256"]
        if p["downloadLocation"] not in named + "NOASSERTION":
            yield f"{p['name']}: .mk/deps.sh does not download from there"
        if name in pins:
            if sums != [pins.pop(name)]:
                yield f"{name}: not the hash of .mk/deps.sha256"
            path = cache / name
        else:
            path = build / name
        if not name or not path.exists():
            continue
        if sums != [sha256(path)]:
            yield f"{name}: not the hash of {path}"
        counted["hashes"] += 1
        if path.parent == cache or name.endswith(".a"):
            continue
        listed = {so for library in linked(spdx, p, "DYNAMIC_LINK")
                  for so in re.findall(r"\blib\S+\.so\.\d+", library["comment"])}
        if listed != needed(path):
            yield (f"{name}: linked with {sorted(needed(path))}, "
                   f"listed {sorted(listed)}")
        inside = {q["name"] for q in linked(spdx, p, "STATIC_LINK")}
        found = compiled_in(path)
        if "wolfssl" not in inside or found not in (None, inside & set(MARKS)):
            yield (f"{name}: {sorted(found or [])} compiled in, "
                   f"listed {sorted(inside)}")
        counted["programs"] += 1
    for archive in pins:
        yield f"{archive}: pinned and not listed"
    for program in ("devverify", "devverify-lab", "devsign", "pki-init",
                    "pki-issue", "pki-audit", "pki-revoke"):
        if program not in [p["name"] for p in spdx["packages"]]:
            yield f"{program}: not listed"


def main():
    spdx = json.loads(pathlib.Path(sys.argv[1]).read_text())
    counted = {"hashes": 0, "programs": 0}
    wrong = list(form(spdx))
    wrong += truth(spdx, pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3]),
                   counted)
    print(*wrong, sep="\n")
    print(f"{counted['hashes']} hashes, {counted['programs']} programs, "
          f"{len(wrong)} wrong")
    return len(wrong) > 0


sys.exit(main())
