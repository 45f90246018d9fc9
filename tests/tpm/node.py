#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A terminal that answers like a TPM's device node, then falls silent.

node.py ANSWERS SOCKET COMMAND...: runs COMMAND --tcti device:NODE, passes
the first ANSWERS commands on to the swtpm at SOCKET, the later ones nowhere.
"""
import os
import pty
import socket
import struct
import subprocess
import sys
import threading
import tty


def take(read, n):
    data = b''
    while len(data) < n:
        more = read(n - len(data))
        if not more:
            raise EOFError
        data += more
    return data


def message(read):
    head = take(read, 10)
    return head + take(read, struct.unpack('>I', head[2:6])[0] - 10)


def serve(master, answers, path):
    try:
        while True:
            command = message(lambda n: os.read(master, n))
            if answers == 0:
                continue
            answers -= 1
            with socket.socket(socket.AF_UNIX) as tpm:
                tpm.connect(path)
                tpm.sendall(command)
                os.write(master, message(tpm.recv))
    except (EOFError, OSError):
        pass


def main():
    master, node = pty.openpty()
    tty.setraw(node)
    threading.Thread(target=serve, daemon=True,
                     args=(master, int(sys.argv[1]), sys.argv[2])).start()
    command = sys.argv[3:] + ['--tcti', 'device:' + os.ttyname(node)]
    sys.exit(subprocess.run(command, check=False).returncode)


main()
