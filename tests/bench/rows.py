#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The rows of `make bench` and `make size`.
#   rows.py add ROWS NAME VALUE UNIT [PEER RATIO] [GOAL]   one figure
#   rows.py paired ROWS RAW NAME UNIT OURS PEER [GOAL]     of `cold -w RAW`
#   rows.py table ROWS JSON                                prints and writes them
# UNIT of paired: ms, us, or MB/s:OCTETS for a command that reads so many.  The
# ratio is the median of those of each round, ours to the peer's, so that what
# slows a round slows both; for rates it is turned, so that more is better.
# GOAL is `ratio <= 0.15` or `value <= 400`; whether it is met is computed, never
# written by hand.
import json
import operator
import os
import statistics
import sys

SIGNS = {'<=': operator.le, '>=': operator.ge}


def add(path, name, value, unit, peer=None, ratio=None, goal=None):
    row = {'name': name, 'value': value, 'unit': unit, 'peer': peer,
           'ratio': ratio, 'goal': goal, 'met': None}
    if goal is not None:
        of, sign, bound = goal.split()
        row['met'] = SIGNS[sign](row[of], float(bound))
    with open(path, 'a') as out:
        out.write(json.dumps(row) + '\n')


def paired(path, raw, name, unit, ours, peer, goal=None):
    times = {}
    for line in open(raw):
        command, us = line.split()
        times.setdefault(command, []).append(float(us))
    if ours not in times:
        return
    median = statistics.median(times[ours])
    unit, _, octets = unit.partition(':')
    rate = unit == 'MB/s'
    value = float(octets) / median if rate else \
        median / {'us': 1, 'ms': 1e3}[unit]
    # A peer that cannot run on this machine: the figure alone.
    if peer not in times:
        return add(path, name, value, unit)
    ratio = statistics.median(
        b / a if rate else a / b for a, b in zip(times[ours], times[peer]))
    # Nothing is faster than the limit: two threads had the larger share of a
    # busy machine, and whether the goal is met cannot be told.
    if peer == 'limit' and ratio > 1:
        peer = 'limit (busy machine)'
        goal = None
    add(path, name, value, unit, peer, ratio, goal)


def shown(number):
    if number is None:
        return ''
    if isinstance(number, int) or number >= 1000:
        return '%d' % round(number)
    return '%.3g' % number


def table(path, out):
    rows = [json.loads(line) for line in open(path)]
    with open(out + '.new', 'w') as new:
        json.dump(rows, new, indent=1)
        new.write('\n')
    os.rename(out + '.new', out)
    form = '%-47s %9s %-6s %-23s %6s  %-16s %s'
    print(form % ('', 'value', 'unit', 'beside', 'ratio', 'goal', ''))
    for r in rows:
        print((form % (r['name'], shown(r['value']), r['unit'],
                       r['peer'] or '', shown(r['ratio']), r['goal'] or '',
                       {True: 'met', False: 'NOT MET', None: ''}[r['met']])
               ).rstrip())


def main(verb, *args):
    if verb == 'add':
        path, name, value, unit, *more = args
        value = int(value) if value.isdigit() else float(value)
        # PEER and RATIO come together; a goal alone is one of the value.
        peer, ratio = (more[0], float(more[1])) if len(more) > 1 else (None,) * 2
        goal = more[-1] if len(more) % 2 == 1 else None
        add(path, name, value, unit, peer, ratio, goal)
    elif verb == 'paired':
        paired(*args)
    else:
        table(*args)


main(*sys.argv[1:])
