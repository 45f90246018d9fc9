# SPDX-License-Identifier: GPL-3.0-or-later
"""A reader of CBOR for tests, on its own: what is written, not whether it may
be. decode(bytes) gives the item; a tag is passed over. A map becomes a list of
pairs, so that order and duplicates can be seen."""


def item(data, at):
    major, low = data[at] >> 5, data[at] & 31
    at += 1
    if low >= 24:
        size = {24: 1, 25: 2, 26: 4, 27: 8}[low]
        low, at = int.from_bytes(data[at:at + size], "big"), at + size
    if major == 0:
        return low, at
    if major == 1:
        return -1 - low, at
    if major in (2, 3):
        raw = data[at:at + low]
        assert len(raw) == low
        return (raw if major == 2 else raw.decode()), at + low
    if major in (4, 5):
        out = []
        for _ in range(low):
            one, at = item(data, at)
            if major == 5:
                value, at = item(data, at)
                one = (one, value)
            out.append(one)
        return out, at
    if major == 6:
        return item(data, at)
    return {20: False, 21: True, 22: None}[low], at


def decode(data):
    out, end = item(data, 0)
    assert end == len(data), "%d octets too many" % (len(data) - end)
    return out
