#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The core's calls, as the compiler saw them: callgraph.py OBJDUMP [ENTRY...] DIR

Reads what gcc's -fcallgraph-info=su left beside the objects below DIR. Prints
for each ENTRY the octets of stack of its deepest line of calls, and that line
when there is one ENTRY only; without ENTRY, asks whether any function of the
core can come to call itself, which always fails. A call through a pointer may
go to every function whose address is taken in the file of the call or, when
there is none, in the files that call into that one.
"""
import collections
import pathlib
import re
import subprocess
import sys

NODE = re.compile(r'node: \{ title: "([^"]+)" label: "[^"]*\\n(\d+) bytes '
                  r'\(([^)]*)\)')
EDGE = re.compile(r'edge: \{ sourcename: "([^"]+)" targetname: "([^"]+)"')
# A function's address: whole in data or in a literal pool, or loaded by x86.
WHOLE = re.compile(r"(?:R_ARM_ABS32|R_X86_64_64) +(?:\.text\.)?([^\s+-]+)$", re.M)
LOADED = re.compile(r"\tlea .*\n.*(?:R_X86_64_PC32|GOTPCRELX?)\s+"
                    r"(?:\.text\.)?([^\s+-]+)-0x0*4$", re.M)
PART = "RELOCATION RECORDS FOR "
HOLDERS = re.compile(re.escape(PART) + r"\[\.(text|rodata|data)")
INDIRECT = "__indirect_call"
OURS = "/core/"


def run(*command):
    return subprocess.run(command, capture_output=True, text=True,
                          check=True).stdout


class Graph:
    def __init__(self, objdump, folder):
        self.frame, self.calls = {}, collections.defaultdict(set)
        self.file, self.taken = {}, collections.defaultdict(set)
        self.unsure = set()     # frames that are not, or not wholly, known
        infos = sorted(pathlib.Path(folder).rglob("*.ci"))
        for info in infos:
            self.read(info)
        for info in infos:
            self.read_taken(objdump, info)
        self.resolve()

    def read(self, info):
        text = info.read_text()
        for title, octets, kind in NODE.findall(text):
            self.frame[title] = int(octets)
            self.file[title] = info
            if kind == "dynamic":
                self.unsure.add(title)
        for source, target in EDGE.findall(text):
            self.calls[source].add(target)

    def read_taken(self, objdump, info):
        own = {title.rsplit(":", 1)[-1]: title for title in self.frame
               if self.file[title] == info}
        whole = run(objdump, "-r", info.with_suffix(".o"))
        parts = [p for p in re.split(f"(?={PART})", whole) if HOLDERS.match(p)]
        code = run(objdump, "-dr", info.with_suffix(".o"))
        for name in WHOLE.findall("\n".join(parts)) + LOADED.findall(code):
            title = own.get(name, name)
            if title in self.frame:
                self.taken[info].add(title)

    def resolve(self):
        callers = collections.defaultdict(set)
        for source, targets in self.calls.items():
            for target in targets & self.file.keys():
                callers[self.file[target]].add(self.file[source])
        for source, targets in self.calls.items():
            if INDIRECT not in targets:
                continue
            targets.discard(INDIRECT)
            here = self.file[source]
            for file in [here] if self.taken[here] else callers[here]:
                targets |= self.taken[file]

    def deepest(self, name, done, above=()):
        """(octets, line of calls) of a function; `done` keeps the answers."""
        if name in above:
            circle = above[above.index(name):] + (name,)
            if any(OURS in str(self.file[n]) for n in circle):
                sys.exit("a function can call itself: " + " -> ".join(circle))
            # A library's, by a pointer that goes to less than it might.
            self.unsure.add(name)
            return 0, []
        if name not in done:
            below = max((self.deepest(c, done, above + (name,))
                         for c in sorted(self.calls[name])), default=(0, []))
            done[name] = (self.frame.get(name, 0) + below[0],
                          [name] + below[1])
        return done[name]


def main():
    objdump, *entries, folder = sys.argv[1:]
    graph = Graph(objdump, folder)
    ours = [n for n in graph.frame if OURS in str(graph.file[n])]
    for entry in entries or ours:
        if entry not in ours:
            sys.exit(f"{entry}: no such function below {folder}")
        done = {}
        octets, line = graph.deepest(entry, done)
        if entries:
            print(entry, octets)
        if len(entries) == 1:
            for name in line:
                print(f"#   {graph.frame.get(name, 0):6} {name}")
            unsure = done.keys() & graph.unsure | done.keys() - graph.frame.keys()
            print("# not or not wholly counted:", *sorted(unsure))
    if not ours:
        sys.exit(f"{folder}: the compiler left nothing to read")
    if not entries:
        print(f"{len(ours)} functions of the core, none can call itself")


if __name__ == "__main__":
    main()
