#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Copies C files into a directory, comments and the text of strings blanked.

Names on standard input, directory as the argument; line numbers stay, and so
do the names in #include lines.
"""
import os
import re
import sys

TOKEN = re.compile(
    r'/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


def blank(match):
    text = match.group(0)
    if text.startswith('/*'):
        return re.sub(r'[^\n]', ' ', text)
    return text[0] + ' ' * (len(text) - 2) + text[-1]


def strip(source):
    out = []
    last = 0
    for m in TOKEN.finditer(source):
        line = source[source.rfind('\n', 0, m.start()) + 1:m.start()]
        keep = re.match(r'\s*#\s*include\s*$', line)
        out.append(source[last:m.start()])
        out.append(m.group(0) if keep else blank(m))
        last = m.end()
    return ''.join(out) + source[last:]


if __name__ == '__main__':
    for name in sys.stdin.read().split():
        path = os.path.join(sys.argv[1], name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(name, encoding='utf-8') as f, \
                open(path, 'w', encoding='utf-8') as g:
            g.write(strip(f.read()))
