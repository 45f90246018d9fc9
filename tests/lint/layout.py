#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""layout.py HEADERS: a C program that prints, of every struct of the headers
dv_*.h there, its size, its alignment and where each member begins, as
docs/LAYOUT.md has them. Reads declarations of our own style only."""
import pathlib
import re
import sys

COMMENT = re.compile(r"/\*.*?\*/", re.S)
STRUCT = re.compile(r"^(?:typedef )?struct (\w* ?)\{\n(.*?)^\}( \w+)?;", re.M | re.S)
MEMBER = re.compile(r"(\w+)(?:\[[^\]]*\])*$")


def members(body):
    """Names of the members, in order; those of a union inside are not looked at."""
    body = re.sub(r"union \{.*?\} (\w+);", r"union \1;", body, flags=re.S)
    body = re.sub(r"^#.*$", "", body, flags=re.M)
    for statement in body.split(";"):
        for part in statement.split(","):
            found = MEMBER.search(part.strip())
            if found:
                yield found[1]


def structs(directory):
    for header in sorted(pathlib.Path(directory).glob("dv_*.h")):
        code = COMMENT.sub("", header.read_text(encoding="utf-8"))
        for tag, body, alias in STRUCT.findall(code):
            name = f"struct {tag.strip()}" if tag.strip() else alias.strip()
            yield header.name, name, list(members(body))


def main():
    rows = list(structs(sys.argv[1]))
    for header in sorted({row[0] for row in rows}):
        print(f"#include <{header}>")
    print("#include <stddef.h>\n#include <stdio.h>\n\nint\nmain(void)\n{")
    for header, name, names in rows:
        offsets = " ".join(f"{m} %zu" for m in names)
        values = "".join(f",\n\t    offsetof({name}, {m})" for m in names)
        print(f'\tprintf("| `{name}` | {header} | %zu | %zu | {offsets} |\\n",\n'
              f"\t    sizeof({name}), _Alignof({name}){values});")
    print("\treturn 0;\n}")


main()
