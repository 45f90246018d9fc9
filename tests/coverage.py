#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines of the core that the unit tests and the vectors execute, by gcov, in a
copy built without optimisation.  Prints a table; with `write` also makes
docs/COVERAGE.md of it.  Status 1 when the whole is below GOAL per cent.
The lines that nothing executes are listed in $BUILD/coverage.txt."""
import concurrent.futures
import os
import pathlib
import re
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "mutants"))
from mutants import BUILD, TOP, Bench  # noqa: E402

GOAL = 95.0
HEAD = """# Coverage

Lines and branches of the core, `libdv.a`, that the unit tests and the vectors
execute, by gcov without optimisation. The goal is {goal:.0f}% of the lines. Made
by `make coverage`; do not edit.

| file | lines | executed | branches taken |
|---|---|---|---|
"""


def programs_run(bench, pool):
    """Links and runs every test program; a failing one is said, not fatal."""
    def one(objects):
        program = pathlib.Path(str(objects[0])[:-2] + ".test")
        args = ["-q", "vectors"] if len(objects) > 1 else []
        bench.must(*bench.link, "-o", program, *objects,
                   bench.work / "libdvhost.a", bench.work / "libdv.a",
                   bench.wolf, bench.of / "libcbor.a", "-lcmocka")
        if bench.run(program, *args).returncode != 0:
            print(f"# {program.stem} fails", file=sys.stderr)

    jobs = [[bench.object(u)] for u in bench.units]
    jobs.append([bench.object(v) for v in bench.vectors])
    list(pool.map(one, jobs))


def percent(text, what):
    m = re.search(rf"^{what}:([\d.]+)% of (\d+)", text, re.M)
    return (float(m.group(1)), int(m.group(2))) if m else (100.0, 0)


def measure(bench):
    """(file, lines, per cent, branches per cent), and the lines missed"""
    rows, missed = [], []
    for source in bench.core:
        done = bench.run("gcov", "-b", "-o", bench.object(source), source)
        out = done.stdout.decode()
        m = re.search(rf"File '{re.escape(source)}'\n(.*?)\n\n", out, re.S)
        if not m:
            continue
        share, lines = percent(m.group(1), "Lines executed")
        branches, _ = percent(m.group(1), "Taken at least once")
        rows.append((source, lines, share, branches))
        listing = bench.work / (pathlib.Path(source).name + ".gcov")
        for line in listing.read_text(errors="replace").splitlines():
            m = re.match(r"\s*#####:\s*(\d+):(.*)", line)
            if m:
                missed.append(f"{source}:{m.group(1)}:{m.group(2)}")
    return rows, missed


def main():
    with tempfile.TemporaryDirectory(prefix="coverage.") as work, \
            concurrent.futures.ThreadPoolExecutor(2) as pool:
        bench = Bench(pathlib.Path(work), BUILD, ["--coverage"])
        bench.build(pool)
        programs_run(bench, pool)
        rows, missed = measure(bench)
    lines = sum(r[1] for r in rows)
    total = sum(r[1] * r[2] for r in rows) / lines
    text = HEAD.format(goal=GOAL)
    for name, count, share, branches in rows:
        text += f"| `{name}` | {count} | {share:.1f}% | {branches:.1f}% |\n"
    text += f"| all | {lines} | {total:.1f}% | |\n"
    print(text[text.index("| file"):], end="")
    (BUILD / "coverage.txt").write_text("\n".join(missed) + "\n")
    if sys.argv[1:] == ["write"]:
        (TOP / "docs/COVERAGE.md").write_text(text)
    return 0 if total >= GOAL else 1


if __name__ == "__main__":
    sys.exit(main())
