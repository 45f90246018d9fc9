#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Chooses from the vectors what `devverify selfcheck` carries: for each reason
the case that adds fewest octets, and one chain that must be accepted. They are
much alike: each is told by what is fresh in it, and from where the rest is copied.

    selfcheck.py           write verify/selfcheck_cases.inc
    selfcheck.py --check   exit 1 when it differs from what is there
"""
import calendar
import pathlib
import re
import sys
import time

VECTORS = pathlib.Path(__file__).resolve().parents[1]
OUT = VECTORS.parent / "verify/selfcheck_cases.inc"
MOST = 4096		# octets of one case: the program stays small
KEYS = {"status", "reason", "object", "index", "field", "offset", "time",
        "profile", "purpose", "max_path", "good_until", "flips", "revocation",
        "policy", "require_explicit"}
REVOCATION = {"required": "REQUIRED", "if-given": "IF_GIVEN", "none": "NONE"}
# What a build may leave out (P-384, Ed25519, RSA, ML-DSA, HSS/LMS keys).
OPTIONAL = [bytes.fromhex(h) for h in (
    "06052b81040022", "06032b6570", "06092a864886f70d0101",
    "0609608648016503040311", "0609608648016503040312",
    "0609608648016503040313", "060b2a864886f70d0109100311")]


def oid(dotted):
    a, b, *rest = map(int, dotted.split("."))
    out = bytearray()
    for n in [40 * a + b, *rest]:
        part = [n & 127]
        while n := n >> 7:
            part.insert(0, n & 127 | 128)
        out += bytes(part)
    return bytes(out)


class Case:
    def __init__(self, folder):
        self.folder = folder
        lines = (folder / "expect").read_text().splitlines()
        self.expect = dict(line.split("=", 1) for line in lines)
        files = {p.name for p in folder.iterdir()} - {"expect", "why"}
        number = lambda n: int(re.search(r"\d+", n).group())  # noqa: E731
        self.main = "cert.der" if folder.parent.name == "cert" else "leaf.der"
        self.anchors = sorted((n for n in files if re.match(r"anchor\d+\.", n)),
                              key=number)
        self.pile = sorted((n for n in files if re.match(r"i\d+\.", n)),
                           key=number)
        self.crls = sorted((n for n in files if re.match(r"crl\d+\.", n)),
                           key=number)
        all_files = [*self.anchors, self.main, *self.pile, *self.crls]
        self.names = all_files
        self.certs = [(folder / n).read_bytes() for n in all_files
                      if n in files]
        self.fits = len(self.certs) == len(all_files) \
            and files == set(all_files) \
            and "," not in self.expect.get("policy", "") \
            and set(self.expect) <= KEYS and sum(map(len, self.certs)) <= MOST \
            and not any(o in c for o in OPTIONAL for c in self.certs)

    def cost(self, have):
        """The least; an anchor that is refused is so before its chain is."""
        new = {c for c in self.certs if c not in have}
        return (self.expect.get("object") == "anchor", sum(map(len, new)),
                self.folder.name)


def reasons():
    text = (VECTORS.parent / "include/dv_reasons.def").read_text()
    return re.findall(r'^R\(\d+,\s*([A-Z0-9_]+),\s*"([a-z0-9-]+)"', text, re.M)


def chosen():
    """(constant, case) in the order of the table; without those that have none"""
    have, out, missing = set(), [], []
    for constant, name in [("NONE", "accepted"), *reasons()]:
        cases = [Case(f) for kind in ("chain", "cert") if
                 (kind, name) != ("cert", "accepted")
                 for f in (VECTORS / kind).glob(name + "--*")]
        cases = [c for c in cases if c.fits and (
            name != "accepted" or len(c.certs) >= 3)]
        if not cases:
            missing.append(name)
            continue
        best = min(cases, key=lambda c: c.cost(have))
        have |= set(best.certs)
        out.append((constant, best))
    return out, missing


def octets(data):
    rows = [data[i:i + 12] for i in range(0, len(data), 12)]
    return "".join("\t" + " ".join(f"0x{b:02x}," for b in r) + "\n" for r in rows)


SHORTEST = 8		# what is copied; below, a piece costs more than it saves


def copy_of(octets, end, at):
    """(length, place) of the longest octets before `at` that stand there, too"""
    length, place = 0, 0
    while length < 255 and at + length < end:
        wanted = max(length + 1, SHORTEST)
        found = octets.find(octets[at:at + wanted], 0, at) \
            if at + wanted <= end else -1
        if found < 0:
            break
        length, place = wanted, found
    return length, place


def folded(objects):
    """for each object its pieces: (fresh octets, length copied, from where)"""
    octets, at, out = b"".join(objects), 0, []
    for data in objects:
        end, fresh, pieces = at + len(data), b"", []
        while at < end:
            length, place = copy_of(octets, end, at)
            if length == 0:
                fresh += octets[at:at + 1]
                at += 1
            if length > 0 or at == end or len(fresh) == 255:
                pieces.append((fresh, length, place))
                fresh = b""
                at += length
        out.append(pieces)
    assert unfolded(out) == octets
    return out


def unfolded(pieces):
    out = b""
    for fresh, length, place in sum(pieces, []):
        out += fresh
        out += out[place:place + length]
    return out


def origins(cases):
    """object: the first case that has it"""
    out = {}
    for _, case in cases:
        for data, name in zip(case.certs, case.names):
            out.setdefault(data, f"{case.folder.parent.name}/"
                           f"{case.folder.name} {name}")
    return out


def text():
    cases, missing = chosen()
    certs = list(dict.fromkeys(c for _, case in cases for c in case.certs))
    assert len(certs) < 256
    pieces, where = folded(certs), origins(cases)
    fresh = b"".join(p[0] for p in sum(pieces, []))
    total = sum(map(len, certs))
    assert total < 65536
    oids = sorted({oid(c.expect[k]) for _, c in cases
                   for k in ("purpose", "policy") if k in c.expect})
    order, table = [], ""
    for constant, case in cases:
        e = case.expect
        at = calendar.timegm(time.strptime(
            e.get("time", "2026-01-01T00:00:00Z"), "%Y-%m-%dT%H:%M:%SZ"))
        purpose, policy = (oids.index(oid(e[k])) + 1 if k in e else 0
                           for k in ("purpose", "policy"))
        profile = "PATH" if e.get("profile") == "path" else "STRICT"
        table += (f"\t/* {case.folder.parent.name}/{case.folder.name} */\n"
                  f"\t{{ DV_R_{constant}, DV_PROFILE_{profile}, {at}, {len(order)},\n"
                  f"\t    {len(case.anchors)}, {len(case.pile)}, "
                  f"{len(case.crls)}, {purpose}, {policy}, "
                  f"{int(e.get('max_path', 0))},\n\t    DV_REVOCATION_"
                  f"{REVOCATION[e.get('revocation', 'if-given')]}, "
                  f"{'true' if 'require_explicit' in e else 'false'}, "
                  f"{'true' if case.main == 'cert.der' else 'false'} }},\n")
        order += [certs.index(c) for c in case.certs]
    lens = [len(c) for c in certs]
    return (
        "/* SPDX-License-Identifier: GPL-3.0-or-later */\n/*\n"
        " * Bad chains, one for each reason, and a good one. Made by\n"
        " * vectors/make/selfcheck.py from the vectors; do not edit.\n"
        f" * {len(cases)} cases, {len(certs)} objects, {total} octets,\n"
        f" * of which {len(fresh)} are fresh.\n"
        " * Without a case (too large, or none of P-256 alone):\n"
        + "".join(f" *   {m}\n" for m in missing) + " */\n\n"
        "/* Octets that are not copied from an object before. */\n"
        "static const uint8_t fresh_octets[] = {\n" + octets(fresh) + "};\n\n"
        "/* So many fresh octets, so many copied from those before: from where. */\n"
        "static const struct piece pieces[] = {\n"
        + "".join(f"\t/* {where[c]} */\n" + "".join(
            f"\t{{ {len(p[0])}, {p[1]}, {p[2]} }},\n" for p in of)
            for c, of in zip(certs, pieces)) + "};\n\n"
        f"#define OCTETS {total}\n\n"
        "static const uint16_t cert_lens[] = {\n"
        + "".join(f"\t{n},\n" for n in lens) + "};\n\n"
        "/* Objects of a case: anchors, leaf, pile, CRLs. */\n"
        "static const uint8_t cert_order[] = {\n"
        + "".join("\t" + " ".join(f"{n}," for n in order[i:i + 12]) + "\n"
                  for i in range(0, len(order), 12)) + "};\n\n"
        + "".join(f"static const uint8_t oid_{i + 1}[] = {{\n{octets(p)}}};\n"
                  for i, p in enumerate(oids))
        + "\nstatic const struct dv_bytes oids[] = {\n\t{ NULL, 0 },\n"
        + "".join(f"\t{{ oid_{i + 1}, sizeof(oid_{i + 1}) }},\n"
                  for i in range(len(oids)))
        + "};\n\nstatic const struct chain_case chain_cases[] = {\n" + table + "};\n")


def main():
    new = text()
    if sys.argv[1:] == ["--check"]:
        if not OUT.exists() or OUT.read_text() != new:
            sys.exit(f"{OUT.name} differs from the vectors: "
                     "run vectors/make/selfcheck.py")
    else:
        OUT.write_text(new)


if __name__ == "__main__":
    main()
