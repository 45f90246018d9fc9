#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""sbom.py [BUILD]: what the toolkit is made of, as SPDX 2.3 JSON. With BUILD also
the SHA-256 of each program there. Its time is SOURCE_DATE_EPOCH, else that of the
last commit, else that of the Makefile, which a tarball keeps."""
import datetime
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import uuid

TOP = pathlib.Path(__file__).resolve().parent.parent

# What is compiled in: archives of deps.sha256, from where deps.sh says.
PINNED = {
    "wolfssl": ("GPL-3.0-or-later", "Organization: wolfSSL Inc."),
    "libcbor": ("MIT", "Person: Pavel Kalvoda"),
}
# Who alone has some of it: whoever writes CBOR; reading it is our own.
SIGNERS_ONLY = "libcbor",
# What the distribution has, in the version of that machine: licence, and what
# is found of it in a program when it starts.
SHARED = {
    "glibc": ("LGPL-2.1-or-later", "libc.so.6"),
    "gmp": ("LGPL-3.0-or-later OR GPL-2.0-or-later", "libgmp.so.10"),
    "inih": ("BSD-3-Clause", "libinih.so.1"),
    "musl": ("MIT", ""),
    "p11-kit": ("BSD-3-Clause", ""),
    "sqlite": ("blessing", "libsqlite3.so.0"),
    "tpm2-tss": ("BSD-2-Clause", "libtss2-esys.so.0 libtss2-mu.so.0 "
                 "libtss2-rc.so.0 libtss2-tctildr.so.0"),
}
SIGN = "glibc", "tpm2-tss"
PKI = "glibc", "gmp", "inih", "sqlite", "tpm2-tss"
# What is built, below BUILD, and with what of the distribution.
BUILT = {
    "devverify": ["glibc"], "devverify-lab": ["glibc"], "devsign": SIGN,
    "pki-init": PKI, "pki-issue": PKI, "pki-audit": PKI, "pki-revoke": PKI,
    "lib/libdv.a": [],
    "static/devverify": ["musl"], "static/devverify-lab": ["musl"],
}
# Only the headers of p11-kit are used, by all that holds keys.
HEADERS = {"p11-kit": [name for name, of in BUILT.items() if "tpm2-tss" in of]}


def found(pattern, name):
    match = re.search(pattern, (TOP / name).read_text(encoding="utf-8"), re.M)
    if not match:
        sys.exit(f"sbom: {name}: nothing there is like {pattern}")
    return match


def ref(name):
    return "SPDXRef-" + re.sub(r"[^A-Za-z0-9.]", "-", name)


def package(name, licence, purpose, **more):
    return {"SPDXID": ref(name), "name": name, "supplier": "NOASSERTION",
            "downloadLocation": "NOASSERTION", "filesAnalyzed": False,
            "licenseConcluded": licence, "licenseDeclared": licence,
            "copyrightText": "NOASSERTION", "primaryPackagePurpose": purpose,
            **more}


def checksums(sha256):
    return [{"algorithm": "SHA256", "checksumValue": sha256}]


def pinned(name, licence, supplier):
    pin, archive, version = found(
        rf"^([0-9a-f]{{64}})  ({name}_([0-9.]+)\.orig\.tar\.gz)$",
        ".mk/deps.sha256").groups()
    url = found(rf"{re.escape(archive)}[^\n]*\\\n\s*(https://\S+)", ".mk/deps.sh")
    return package(name, licence, "SOURCE", versionInfo=version,
                   supplier=supplier, packageFileName=archive,
                   downloadLocation=url[1], checksums=checksums(pin))


def shared(name, licence, sonames):
    text = "Of the distribution, in its version"
    return package(name, licence, "LIBRARY",
                   comment=f"{text}: {sonames}." if sonames else f"{text}.")


def built(name, version, build):
    path = build and build / name
    more = {"packageFileName": name, "versionInfo": version}
    if path and path.exists():
        more["checksums"] = checksums(
            hashlib.sha256(path.read_bytes()).hexdigest())
    purpose = "LIBRARY" if name.endswith(".a") else "APPLICATION"
    return package(name, "GPL-3.0-or-later", purpose, **more)


def relationships():
    def row(a, kind, b):
        return {"spdxElementId": a if a.startswith("SPDXRef-") else ref(a),
                "relationshipType": kind, "relatedSpdxElement": ref(b)}

    yield row("SPDXRef-DOCUMENT", "DESCRIBES", "devtrust")
    for name, libraries in BUILT.items():
        yield row("devtrust", "CONTAINS", name)
        for library in PINNED:
            if library not in SIGNERS_ONLY or "tpm2-tss" in libraries:
                yield row(name, "STATIC_LINK", library)
        for library in libraries:
            kind = "DYNAMIC_LINK" if SHARED[library][1] else "STATIC_LINK"
            yield row(name, kind, library)
    for library, users in HEADERS.items():
        for name in users:
            yield row(library, "BUILD_DEPENDENCY_OF", name)


def seconds():
    if os.environ.get("SOURCE_DATE_EPOCH"):
        return int(os.environ["SOURCE_DATE_EPOCH"])
    if (TOP / ".git").exists():
        git = subprocess.run(["git", "-C", TOP, "log", "-1", "--format=%ct"],
                             capture_output=True, text=True, check=True)
        return int(git.stdout)
    return int((TOP / "Makefile").stat().st_mtime)


def document(build):
    version = found(r'^#define DV_VERSION "(.*)"$', "include/dv_version.h")[1]
    created = datetime.datetime.fromtimestamp(seconds(), datetime.timezone.utc)
    packages = [package("devtrust", "GPL-3.0-or-later", "SOURCE",
                        versionInfo=version)]
    packages += [built(name, version, build) for name in BUILT]
    packages += [pinned(name, *of) for name, of in PINNED.items()]
    packages += [shared(name, *of) for name, of in SHARED.items()]
    spdx = {
        "spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT", "name": f"devtrust-{version}",
        "creationInfo": {"created": created.strftime("%Y-%m-%dT%H:%M:%SZ"),
                         "creators": [f"Tool: devtrust-sbom-{version}"]},
        "packages": packages, "relationships": list(relationships())}
    # A name of its own for every content.
    content = hashlib.sha256(json.dumps(spdx).encode()).hexdigest()
    spdx["documentNamespace"] = uuid.uuid5(uuid.NAMESPACE_OID, content).urn
    return spdx


def main():
    build = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else None
    print(json.dumps(document(build), indent=1))


main()
