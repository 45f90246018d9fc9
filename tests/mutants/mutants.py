#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Breaks the core in one place at a time, in a copy, and asks whether a test
notices: the vectors, then the unit tests, then both once more under the
sanitizers.  TAP on standard output; a mutant that no test kills is a failure
unless tests/mutants/survivors.txt says why nothing can notice it.
  mutants.py [--all] [--sample N] [--match REGEX] [-j JOBS] [--build DIR]
Without --all only the fixed set: each rule, each form of constraint, each step
of a judgement.  DIR is the build whose switches the core is compiled with; one
that leaves parts out has the vectors alone, and what only it cannot notice
stands in tests/mutants/survivors-reduced.txt."""
import argparse
import concurrent.futures
import filecmp
import hashlib
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(__file__))
import find  # noqa: E402

TOP = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("BUILD", TOP / "build"))
SURVIVORS = TOP / "tests/mutants/survivors.txt"
REDUCED = TOP / "tests/mutants/survivors-reduced.txt"
FIXED = TOP / "tests/mutants/fixed.txt"
SECONDS = 120           # by the clock
CPU_SECONDS = 30        # the slowest test needs less than ten
LATE = (124, 128 + signal.SIGXCPU)      # of timeout and prlimit
FAILED = re.compile(rb"^not ok \d+ - (.*)|"
                    rb"(AddressSanitizer: [\w-]+|runtime error: .*)")
# Vectors in the order of their kinds, or what is not X.509 first.
KINDS = ("cert chain crl request manifest receipt wasm voucher sign sign1"
         ).split()
COSE = "cbor|cose|countersign|demand|embedded|manifest|receipt|sign|version_|voucher|wasm"
SANITIZERS = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"]


def listed(name):
    """A list of .mk/sources.mk."""
    text = (TOP / ".mk/sources.mk").read_text()
    m = re.search(rf"^{name} := \\\n((?:\t.*\n)+)", text, re.M)
    return re.findall(r"[\w/-]+\.c", m.group(1))


def lines(path):
    """Lines of a list, without comments."""
    return [line for line in path.read_text().splitlines()
            if line and not line.startswith("#")]


class Bench:
    """A copy of the sources, built without optimisation and with more flags."""

    def __init__(self, work, build, more=()):
        self.work, self.of = work, build.resolve()
        self.work.mkdir(exist_ok=True)
        flags = (self.of / "flags").read_text().split()
        self.san = any(f.startswith("-fsanitize") for f in flags)
        self.reduced = any(f.startswith("-DDV_NO_") for f in flags)
        defines = [f for f in flags if f.startswith("-D")
                   and not f.startswith(("-D_", "-Dasm"))]
        deps = TOP / "build/deps"
        self.link = [flags[0], "-no-pie", "-Wl,--gc-sections", *more,
                     *(f for f in flags if f == "-static")]
        self.cc = [flags[0], "-std=c11", "-O0", "-w", "-D_GNU_SOURCE=", *defines,
                   *more,
                   "-Iinclude", "-Iverify", "-Itests", "-Isign", "-Ipki-tools",
                   "-Iverify/wolfssl", "-isystem", deps / "wolfssl",
                   "-Isign/libcbor", "-isystem", deps / "libcbor/src"]
        self.wolf = self.of / "libwolf-verify.a"
        self.core = listed("CORE_SRC")
        for d in ("include", "verify", "tests", "sign", "pki-tools"):
            shutil.copytree(TOP / d, work / d)
        os.symlink(TOP / "vectors", work / "vectors")
        self.seconds = {}

    def run(self, *args, **kwargs):
        return subprocess.run([str(a) for a in args], cwd=self.work,
                              stdin=subprocess.DEVNULL, capture_output=True,
                              timeout=SECONDS, **kwargs)

    def must(self, *args):
        done = self.run(*args)
        if done.returncode != 0:
            sys.exit(f"Bail out! {done.stderr.decode()[-2000:]}")

    def object(self, source):
        return self.work / (source[:-2] + ".o")

    def compile(self, sources, pool):
        list(pool.map(lambda s: self.must(*self.cc, "-c", "-o",
                                          self.object(s), s), sources))

    def build(self, pool):
        """The core, the program of the vectors, one for each unit test; these
        know nothing of what a reduced build leaves out."""
        host = [] if self.reduced else listed("DVHOST_SRC")
        self.vectors = listed("RUN_VECTORS_SRC")
        self.units = [] if self.reduced else sorted(
            str(p.relative_to(self.work)) for p in
            (self.work / "tests/unit").glob("test_dv_*.c"))
        self.compile(self.core + self.vectors + self.units + host, pool)
        self.must("ar", "rcsD", "libdv.a", *map(self.object, self.core))
        self.must("ar", "rcsD", "libdvhost.a", *map(self.object, host))

    def sound(self):
        """Without a mutant every test passes; else all would look killed."""
        with Trial(self, find.Mutant("none", "", "", "", 0, 0, "")) as t:
            t.dir.mkdir(parents=True)
            shutil.copy(self.work / "libdv.a", t.dir / "libdv.a")
            killer = t.by_vectors() or t.by_units()
        if killer:
            sys.exit(f"Bail out! fails without any mutant: {killer}")


class Trial:
    """One mutant: its own directory, its own archive of the core."""

    def __init__(self, bench, mutant):
        self.bench, self.mutant = bench, mutant
        self.name = hashlib.sha256(mutant.id.encode()).hexdigest()[:12]
        self.dir = bench.work / "m" / self.name

    def make(self):
        """False when it cannot be compiled, or is the same program."""
        b, m = self.bench, self.mutant
        here = self.dir / m.file
        here.parent.mkdir(parents=True)
        source = (b.work / m.file).read_text()
        here.write_text(source[:m.start] + m.new + source[m.end:])
        out = here.with_suffix(".o")
        done = b.run(*b.cc, f"-I{b.work / pathlib.Path(m.file).parent}", "-c",
                     "-o", out, here)
        if done.returncode != 0:
            return False
        if filecmp.cmp(out, b.object(m.file), shallow=False):
            return False
        shutil.copy(b.work / "libdv.a", self.dir / "libdv.a")
        b.must("ar", "rD", self.dir / "libdv.a", out)
        return True

    def killed_by(self, objects, args, before=(), after=()):
        """The first failing line of a test program, or None."""
        b = self.bench
        program = self.dir / "program"
        b.must(*b.link, "-o", program, *objects, *before,
               self.dir / "libdv.a", b.wolf, *after)
        # By the clock too, for what waits; and no further than the first.
        with subprocess.Popen(
                ["timeout", str(SECONDS), "prlimit", f"--cpu={CPU_SECONDS}",
                 program, *args], cwd=b.work, stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                env={**os.environ, "SUITES": "",
                     "CMOCKA_MESSAGE_OUTPUT": "TAP"}) as running:
            for line in running.stdout:
                m = FAILED.search(line)
                if m:
                    running.terminate()
                    return (m.group(1) or m.group(2)).decode()
        if running.returncode in LATE:
            return "took too long"
        return f"status {running.returncode}" if running.returncode else None

    def by_vectors(self):
        b = self.bench
        kinds = list(KINDS)
        if re.match(COSE, pathlib.Path(self.mutant.file).stem):
            kinds.reverse()
        return self.killed_by(map(b.object, b.vectors),
                              ["-q", "vectors", *kinds])

    def by_units(self):
        """Those named as the file is come first, slow ones last."""
        b, stem = self.bench, pathlib.Path(self.mutant.file).stem
        for unit in sorted(b.units, key=lambda u: (stem not in u,
                                                   b.seconds.get(u, 0))):
            start = time.monotonic()
            killer = self.killed_by([b.object(unit)], [],
                                    [b.work / "libdvhost.a"],
                                    [b.of / "libcbor.a", "-lcmocka"])
            b.seconds.setdefault(unit, time.monotonic() - start)
            if killer:
                return f"{pathlib.Path(unit).stem}: {killer}"
        return None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.dir, ignore_errors=True)


def wanted(args, all_mutants):
    if args.match:
        return [m for m in all_mutants if re.search(args.match, m.id)]
    if args.all:
        chosen = all_mutants
    else:
        fixed = [re.compile(p) for p in lines(FIXED)]
        for p in fixed:
            if not any(p.search(m.id) for m in all_mutants):
                sys.exit(f"Bail out! {FIXED}: nothing fits {p.pattern}")
        chosen = [m for m in all_mutants if any(p.search(m.id) for p in fixed)]
    if args.sample and args.sample < len(chosen):
        step = len(chosen) / args.sample
        chosen = [chosen[int(i * step)] for i in range(args.sample)]
    return chosen


def judge(bench, pool, chosen):
    """(mutant, killer or None) for all; the sanitizers see what is left."""
    def trial(where):
        def one(m):
            with Trial(where, m) as t:
                return t.by_vectors() or t.by_units() if t.make() else ""
        return one

    left = []
    for m, killer in zip(chosen, pool.map(trial(bench), chosen)):
        if killer is None:
            left.append(m)
        else:
            yield m, killer
    if bench.reduced:
        yield from ((m, None) for m in left)
    elif left:
        strict = Bench(bench.work / "strict", bench.of, SANITIZERS)
        strict.build(pool)
        strict.sound()
        yield from zip(left, pool.map(trial(strict), left))


def survivors(bench, names):
    """{name: reason} of those that nothing can notice in this build."""
    known = dict(line.split("\t", 1) for line in lines(SURVIVORS))
    for build, name, why in (line.split("\t") for line in lines(REDUCED)):
        if name not in names:
            sys.exit(f"Bail out! {REDUCED}: no such mutant any more: {name}")
        if bench.reduced and build == bench.of.name:
            known[name] = why
    for one in sorted(known.keys() - names):
        sys.exit(f"Bail out! {SURVIVORS}: no such mutant any more: {one}")
    return known


def report(results, known, reduced):
    """TAP; returns how many are not as they should be. What survives the whole
    build, where all of the code is, may be noticed in a reduced one."""
    count = dict.fromkeys(("killed", "same", "listed", "survived", "stale"), 0)
    n = 0
    for m, killer in results:
        if killer == "":
            count["same"] += 1
            continue
        n += 1
        if killer and m.id in known and not reduced:
            count["stale"] += 1
            print(f"not ok {n} - {m.id}: listed, but killed by {killer}",
                  flush=True)
        elif killer:
            count["killed"] += 1
            print(f"ok {n} - {m.id}: killed by {killer}", flush=True)
        elif m.id in known:
            count["listed"] += 1
            print(f"ok {n} - {m.id}: survives, {known[m.id]}", flush=True)
        else:
            count["survived"] += 1
            print(f"not ok {n} - {m.id}: no test notices", flush=True)
    print("# {killed} killed, {listed} survive for a written reason, "
          "{survived} survive, {stale} are listed for nothing, "
          "{same} are no change".format(**count))
    print(f"1..{n}")
    return count["survived"] + count["stale"]


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--all", action="store_true")
    p.add_argument("--sample", type=int)
    p.add_argument("--match")
    p.add_argument("-j", type=int, default=2)
    p.add_argument("--build", type=pathlib.Path, default=BUILD)
    args = p.parse_args()
    with tempfile.TemporaryDirectory(prefix="mutants.") as work, \
            concurrent.futures.ThreadPoolExecutor(args.j) as pool:
        bench = Bench(pathlib.Path(work), args.build)
        if bench.san:
            print("1..1\nok 1 - mutants # skip a build with sanitizers")
            return 0
        headers = [h.read_text() for h in bench.work.glob("verify/*.h")]
        all_mutants = [m for f in bench.core for m in
                       find.mutants(f, (bench.work / f).read_text(), headers)]
        known = survivors(bench, {m.id for m in all_mutants})
        bench.build(pool)
        bench.sound()
        return 1 if report(judge(bench, pool, wanted(args, all_mutants)),
                           known, bench.reduced) else 0


if __name__ == "__main__":
    sys.exit(main())
