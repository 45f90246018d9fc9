# SPDX-License-Identifier: GPL-3.0-or-later
"""A DER writer that remembers where each named part of its output lies.

It writes whatever it is told, also what no standard allows: the malformed
vectors come from here. It never reads anything back (X.690).
"""


class B:
    """Bytes with marks: (name, start, end), end exclusive."""

    def __init__(self, data=b"", marks=()):
        self.data = bytes(data)
        self.marks = tuple(marks)

    def __len__(self):
        return len(self.data)

    def mark(self, name):
        return B(self.data, self.marks + ((name, 0, len(self.data)),))

    def span(self, name):
        """Where the mark lies; "name#1" is the second of that name."""
        name, _, nth = name.partition("#")
        found = [(s, e) for n, s, e in self.marks if n == name]
        if not found or (not nth and len(found) != 1):
            raise KeyError("%s marked %d times" % (name, len(found)))
        return found[int(nth or 0)]


def as_b(part):
    return part if isinstance(part, B) else B(part)


def cat(*parts):
    data, marks = b"", []
    for part in map(as_b, parts):
        marks += [(n, s + len(data), e + len(data)) for n, s, e in part.marks]
        data += part.data
    return B(data, marks)


def length(n):
    if n < 128:
        return bytes([n])
    octets = n.to_bytes((n.bit_length() + 7) // 8, "big")
    return bytes([0x80 | len(octets)]) + octets


def tlv(tag, *parts):
    body = cat(*parts)
    return cat(bytes([tag]) + length(len(body)), body)


def seq(*parts):
    return tlv(0x30, *parts)


def set_of(*parts):
    return tlv(0x31, *parts)


def integer(n):
    return tlv(2, n.to_bytes(n.bit_length() // 8 + 1, "big",
                             signed=True))


def arcs(dotted):
    numbers = [int(x) for x in dotted.split(".")]
    out = b""
    for v in [numbers[0] * 40 + numbers[1]] + numbers[2:]:
        octets = [v & 127]
        v >>= 7
        while v:
            octets.append(128 | v & 127)
            v >>= 7
        out += bytes(octets[::-1])
    return out


def oid(dotted):
    return tlv(6, arcs(dotted))


def null():
    return tlv(5)


def boolean(value=True):
    return tlv(1, b"\xff" if value else b"\0")


def octets(*parts):
    return tlv(4, *parts)


def bits(data, unused=0):
    return tlv(3, bytes([unused]), data)


def utf8(text):
    return tlv(12, text if isinstance(text, bytes) else text.encode())


def printable(text):
    return tlv(19, text.encode())


def ia5(text):
    return tlv(22, text.encode())


def named_bits(*numbers):
    """BIT STRING with these bits set, no trailing zero bits."""
    top = max(numbers)
    data = bytearray(top // 8 + 1)
    for n in numbers:
        data[n // 8] |= 0x80 >> n % 8
    return bits(bytes(data), 7 - top % 8)


def utc_time(text):
    return tlv(0x17, text.encode())


def general_time(text):
    return tlv(0x18, text.encode())


def moment(rfc3339):
    """The one form RFC 5280 4.1.2.5 permits for this instant."""
    digits = "".join(c for c in rfc3339 if c.isdigit()) + "Z"
    if 1950 <= int(digits[:4]) <= 2049:
        return utc_time(digits[2:])
    return general_time(digits)


OID = {
    "CN": "2.5.4.3", "serialNumber": "2.5.4.5", "C": "2.5.4.6",
    "L": "2.5.4.7", "ST": "2.5.4.8", "O": "2.5.4.10", "OU": "2.5.4.11",
    "DC": "0.9.2342.19200300.100.1.25", "email": "1.2.840.113549.1.9.1",
}


def attribute(kind, value):
    """value: text (UTF8String) or a ready string element."""
    if isinstance(value, (str, bytes)):
        value = ia5(value) if kind in ("DC", "email") else utf8(value)
    return seq(oid(OID.get(kind, kind)), value)


def rdn(*pairs):
    parts = [attribute(k, v) for k, v in pairs]
    return set_of(*sorted(parts, key=lambda p: p.data))


def name(*pairs):
    """A Name of single-valued RDNs, most general first."""
    return seq(*[p if isinstance(p, B) else rdn(p) for p in pairs])
