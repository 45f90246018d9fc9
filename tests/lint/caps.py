#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures functions and files whose names come on standard input.

Functions are found by universal-ctags, so that none hides by its layout; the
house layout (name at the start of its line) is then demanded of each.
"""
import json
import re
import statistics
import subprocess
import sys

from strip import strip

FILE_LINES = 600
NESTING = 3
PARAMETERS = 5
# Stand in for C_GenerateKeyPair of PKCS#11 and mmap(2), whose parameters they have.
GIVEN = {('tests/lib/p11_shim.c', 'generate_key_pair'),
         ('verify/host/calls.c', 'mmap')}
CONTROL = {'if', 'for', 'while', 'switch', 'do'}


def function_lines(path):
    return 80 if path.startswith('verify/') else 100


def functions(paths):
    out = subprocess.run(
        ['ctags', '--output-format=json', '--languages=C', '--langmap=C:.c.h',
         '--kinds-C=f', '--fields=+neS', '-f', '-', '-L', '-'],
        input='\n'.join(paths), capture_output=True, text=True, check=True)
    return [json.loads(line) for line in out.stdout.splitlines()]


def parameters(signature):
    depth = count = 0
    for c in signature:
        depth += (c in '([') - (c in ')]')
        count += c == ',' and depth == 1
    return 0 if signature in ('()', '(void)') else count + 1


class Nesting:
    """The deepest control statement of one function body."""

    def __init__(self, text):
        self.t = re.findall(r'[A-Za-z_]\w*|[^\s\w]|\d\w*', text)
        self.i = self.deepest = 0

    def parens(self):
        depth = 0
        while self.i < len(self.t):
            depth += (self.t[self.i] == '(') - (self.t[self.i] == ')')
            self.i += 1
            if depth == 0:
                return

    def statement(self, depth):
        self.deepest = max(self.deepest, depth)
        if self.i >= len(self.t):
            return
        word = self.t[self.i]
        self.i += 1
        if word == '{':
            while self.i < len(self.t) and self.t[self.i] != '}':
                self.statement(depth)
            self.i += 1
        elif word in CONTROL:
            if word != 'do':
                self.parens()
            self.statement(depth + 1)
            if word == 'do':
                self.simple()
            while word == 'if' and self.t[self.i:self.i + 1] == ['else']:
                self.i += 1
                if self.t[self.i] == 'if':
                    self.i += 1
                    self.parens()
                self.statement(depth + 1)
        elif word in ('case', 'default'):
            while self.t[self.i] != ':':
                self.i += 1
            self.i += 1
        elif word != ';':
            self.simple()

    def simple(self):
        depth = 0
        while self.i < len(self.t):
            c = self.t[self.i]
            depth += (c in '({[') - (c in ')}]')
            if depth < 0:
                return
            self.i += 1
            if c == ';' and depth == 0:
                return


def percentile(values, p):
    return sorted(values)[min(len(values) - 1, int(len(values) * p / 100))]


def main():
    paths = sys.stdin.read().split()
    text = {}
    bad = []
    for path in paths:
        with open(path, encoding='utf-8') as f:
            text[path] = strip(f.read()).split('\n')
        if len(text[path]) - 1 > FILE_LINES:
            bad.append(f'{path}: {len(text[path]) - 1} lines, {FILE_LINES} allowed')
    sizes = {}
    for tag in functions(paths):
        path, first, name = tag['path'], tag['line'], tag['name']
        last = tag.get('end', first)
        body = text[path][first - 1:last]
        where = f'{path}:{first}: {name}'
        head = next((n for n, line in enumerate(body) if line == '{'), None)
        inline = path.endswith('.h') or name.startswith('LLVM')
        if head is None or not body[0].startswith(name):
            if not inline:
                bad.append(f'{where}: the name does not begin its line')
            continue
        lines = last - first + 1
        sizes.setdefault(path.split('/')[0], []).append(lines)
        if lines > function_lines(path):
            bad.append(f'{where}: {lines} lines, {function_lines(path)} allowed')
        count = parameters(tag.get('signature', '()'))
        if count > PARAMETERS and (path, name) not in GIVEN:
            bad.append(f'{where}: {count} parameters, {PARAMETERS} allowed')
        nest = Nesting('\n'.join(body[head:]))
        nest.statement(0)
        if nest.deepest > NESTING:
            bad.append(f'{where}: nested {nest.deepest} deep, {NESTING} allowed')
    for part in sorted(sizes):
        s = sizes[part]
        print(f'{part:10} {len(s):4} functions, lines: median '
              f'{statistics.median(s):g}, p95 {percentile(s, 95)}, max {max(s)}')
    print('\n'.join(bad))
    return bool(bad)


sys.exit(main())
