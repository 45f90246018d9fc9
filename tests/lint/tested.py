#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nothing public without a test: every function of include/*.h is called in a
source below tests/, every option of every tool is given by a script there."""
import fnmatch
import os
import pathlib
import re
import subprocess
import sys

COMMENT = re.compile(r"/\*.*?\*/", re.S)
DECLARED = re.compile(r"\b((?:dv|ds|pki)_[a-z0-9_]+)\s*\(")
COMMAND = re.compile(r"^  ([a-z][a-z-]*) {2,}\S", re.M)
OPTION = re.compile(r"^  (?:-(\w), |    )--([a-z0-9-]+)", re.M)
LIST = pathlib.Path("tests/lint/tested.txt")
TOOLS = ("devverify-lab", "devsign", "pki-init", "pki-issue",
         "pki-audit")


def text(path):
    return path.read_text(encoding="utf-8", errors="replace")


def listed():
    """Pattern of functions that commands alone can test -> where."""
    rows = [line.split(" | ") for line in text(LIST).splitlines()
            if line and not line.startswith("#")]
    return {pattern: why for pattern, why in rows}


def functions():
    """Functions of the public headers that no test names."""
    patterns = dict.fromkeys(listed(), False)
    tests = "\n".join(text(p) for p in pathlib.Path("tests").rglob("*.[ch]"))
    used = set(DECLARED.findall(COMMENT.sub("", tests)))
    for header in sorted(pathlib.Path("include").glob("*.h")):
        code = re.sub(r"^#.*(?:\\\n.*)*", "", COMMENT.sub("", text(header)),
                      flags=re.M)
        for name in sorted(set(DECLARED.findall(code)) - used):
            found = [p for p in patterns if fnmatch.fnmatchcase(name, p)]
            patterns.update(dict.fromkeys(found, True))
            if not found:
                yield f"{header}: no test calls {name}()"
    for pattern, needed in patterns.items():
        if not needed:
            yield f"{LIST}: {pattern}: not needed"


def help_of(*command):
    return subprocess.run([*command, "--help"], capture_output=True, text=True,
                          check=True).stdout


def scripts():
    """The test scripts, continued lines joined."""
    for path in sorted(pathlib.Path("tests").rglob("*")):
        if path.suffix in (".bats", ".bash", ".sh"):
            yield re.sub(r"\\\n", " ", text(path))


def tested(files, tool, commands, letter, name):
    """The long form where the tool is used, or the letter beside a command."""
    long_form = re.compile(rf"--{name}\b(?!-)")
    if any(tool in file and long_form.search(file) for file in files):
        return True
    short = re.compile(rf"\b({'|'.join(commands)})\b.* -[a-zA-Z]*{letter}\b")
    return letter != "" and any(short.search(file) for file in files)


def options(build):
    """Options that no script gives to a command that has them."""
    files = list(scripts())
    for tool in TOOLS:
        program = os.path.join(build, tool)
        having = {}
        for command in COMMAND.findall(help_of(program)):
            for option in OPTION.findall(help_of(program, command)):
                having.setdefault(option, []).append(command)
        if not having:
            yield f"{tool} --help names no option"
        for (letter, name), commands in having.items():
            if not tested(files, tool, commands, letter, name):
                yield f"no test gives --{name} to {tool} {'|'.join(commands)}"


def main():
    missing = [*functions(), *options(os.environ.get("BUILD", "build"))]
    print("\n".join(missing))
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
