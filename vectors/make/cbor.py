# SPDX-License-Identifier: GPL-3.0-or-later
"""A CBOR writer (RFC 8949), deterministic unless told otherwise."""
from der import as_b, cat


def head(major, n, size=None):
    """size 0, 1, 2, 4 or 8 octets of argument; None: the shortest."""
    if size is None:
        size = (0 if n < 24 else 1 if n < 256 else 2 if n < 65536 else
                4 if n < 1 << 32 else 8)
    if size == 0:
        return bytes([major << 5 | n])
    return bytes([major << 5 | {1: 24, 2: 25, 4: 26, 8: 27}[size]]) + \
        n.to_bytes(size, "big")


def num(n, size=None):
    return as_b(head(0, n, size) if n >= 0 else head(1, -1 - n, size))


def bstr(data, size=None):
    data = as_b(data)
    return cat(head(2, len(data), size), data)


def tstr(text, size=None):
    data = text if isinstance(text, bytes) else text.encode()
    return as_b(head(3, len(data), size) + data)


def array(*items, size=None):
    return cat(head(4, len(items), size), *items)


def cmap(*pairs, size=None):
    """In the order given."""
    return cat(head(5, len(pairs), size), *[p for kv in pairs for p in kv])


def tag(n, item, size=None):
    return cat(head(6, n, size), item)


NIL = as_b(b"\xf6")
