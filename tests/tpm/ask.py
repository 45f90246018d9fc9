#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A person at a terminal: answers each prompt in turn.

ask.py ANSWER... -- COMMAND...: shows what the terminal showed, ends with the
status of the command.
"""
import os
import pty
import sys

cut = sys.argv.index('--')
answers, command = sys.argv[1:cut], sys.argv[cut + 1:]
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(command[0], command)
shown = b''
try:
    while True:
        more = os.read(terminal, 4096)
        if not more:
            break
        shown += more
        if answers and shown.endswith(b': '):
            os.write(terminal, answers.pop(0).encode() + b'\n')
except OSError:
    pass
sys.stdout.buffer.write(shown)
sys.stdout.flush()
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
