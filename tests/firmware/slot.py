#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A slot as docs/examples/firmware/main.c reads it, to standard output:
slot.py IMAGE ENVELOPE CLOCK FLOOR-VERSION FLOOR-SECONDS [CRL...]
"""
import pathlib
import struct
import sys

MAGIC = 0x31544C53
CRLS = 2


def main(image, envelope, clock, version, seen, *crls):
    parts = [pathlib.Path(p).read_bytes() for p in (image, envelope, *crls)]
    sizes = [len(p) for p in parts] + [0] * (CRLS - len(crls))
    head = struct.pack("<I4IIq32sq", MAGIC, *sizes, 0, int(clock),
                       version.encode(), int(seen))
    sys.stdout.buffer.write(head + b"".join(parts))


if __name__ == "__main__":
    main(*sys.argv[1:])
