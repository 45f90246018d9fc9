#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# The commands of docs/MIGRATING.md.
#   steps.py run FILE NAME     the block between `NAME: begin` and `NAME: end`
#   steps.py blocks FILE       the names of all blocks
#   steps.py named FILE        every command that the text names, which must be
#                              one of a block of its section: same program, same
#                              verb, and all its options
import re
import shlex
import sys

PROGRAM = re.compile(r'(?:build/)?(?:pki-\w+|devsign|devverify(?:-lab)?|make)$')
BEGIN = re.compile(r'<!-- (.+): begin -->\n```sh\n(.*?)```\n<!-- \1: end -->\n',
                   re.S)


def commands(block):
    """Each command of one of our programs, as words."""
    block = re.sub(r"<<'END'\n.*?\nEND\n", '\n', block, flags=re.S)
    block = re.sub(r'^ *#.*$', '', block.replace('\\\n', ' '), flags=re.M)
    for line in re.split(r'\n|\|\|?|&&|;', block):
        try:
            words = shlex.split(line)
        except ValueError:      # a command cut in the middle of a quotation
            continue
        words = words[next((i for i, w in enumerate(words)
                            if w not in ('do', '{')), len(words)):]
        if words and PROGRAM.match(words[0]):
            yield words


def runs(named, command):
    verb = 1 if named[0] == 'make' or len(named) == 1 else 2
    return named[:verb] == command[:verb] and \
        set(named[verb:]) <= set(command[verb:])


def main():
    with open(sys.argv[2]) as f:
        text = f.read()
    blocks = dict(BEGIN.findall(text))
    if sys.argv[1] == 'run':
        sys.stdout.write(blocks[sys.argv[3]])
        return 0
    if sys.argv[1] == 'blocks':
        assert text.count('```sh') == len(blocks)
        print('\n'.join(blocks))
        return 0
    count = missing = 0
    for section in re.split(r'^## ', text, flags=re.M)[1:]:
        there = [c for _, b in BEGIN.findall(section) for c in commands(b)]
        prose = BEGIN.sub('', section)
        for span in re.findall(r'`([^`\n]+)`', prose):
            words = span.split()
            if len(words) < 2 or not PROGRAM.match(words[0]):
                continue
            count += 1
            if not any(runs(words, c) for c in there):
                missing += 1
                print(f'{section.splitlines()[0]}: {span}: not in its commands')
    print(f'{count} commands named, {missing} that are not run')
    return missing != 0 or count == 0


sys.exit(main())
