# SPDX-License-Identifier: GPL-3.0-or-later
"""RSA and HSS/LMS keys made from labels, and their signatures.

RSA numbers are Python's; each good signature is verified with `cryptography`.
LMS is RFC 8554 written down once more, as a signer. Every key here is public.
"""
import hashlib
import hmac

from cryptography.hazmat.primitives.asymmetric import padding, rsa

from der import B, bits, integer, null, oid, seq, tlv
from keys import HASHES, made

SHA2 = {"sha256": "2.16.840.1.101.3.4.2.1", "sha384": "2.16.840.1.101.3.4.2.2",
        "sha512": "2.16.840.1.101.3.4.2.3", "sha1": "1.3.14.3.2.26"}
PKCS1 = {"sha1": "1.2.840.113549.1.1.5", "sha256": "1.2.840.113549.1.1.11",
         "sha384": "1.2.840.113549.1.1.12", "sha512": "1.2.840.113549.1.1.13"}
RSA, PSS, MGF1 = ("1.2.840.113549.1.1." + n for n in ("1", "10", "8"))


def stream(label):
    """Endless octets of a label."""
    n = 0
    while True:
        yield from hashlib.sha512(("devtrust %s %d" % (label, n)).encode()).digest()
        n += 1


def probably_prime(n):
    if any(n % p == 0 for p in SMALL):
        return n in SMALL
    d, s = n - 1, 0
    while d % 2 == 0:
        d, s = d // 2, s + 1
    for base in SMALL[:12]:
        x = pow(base, d, n)
        if x in (1, n - 1):
            continue
        for _ in range(s - 1):
            x = x * x % n
            if x == n - 1:
                break
        else:
            return False
    return True


SMALL = [p for p in range(2, 2000) if all(p % q for q in range(2, int(p ** .5) + 1))]


def prime(octets, size, e):
    """A prime of `size` bits, its two top bits set, that e permits."""
    count = (size + 7) // 8
    n = int.from_bytes(bytes(next(octets) for _ in range(count)), "big")
    n = n % (1 << size) | 3 << (size - 2) | 1
    while not probably_prime(n) or n % e == 1:
        n += 2
    return n


class RsaKey:
    kind = "rsa"

    def __init__(self, label, size=2048, e=65537, spki_alg=None):
        octets = stream("rsa key %s %d %d" % (label, size, e))
        self.label, self.e, self.size = label, e, size
        self.p = prime(octets, size // 2, e)
        self.q = prime(octets, size - size // 2, e)
        self.n = self.p * self.q
        assert self.n.bit_length() == size
        self.d = pow(e, -1, (self.p - 1) * (self.q - 1))
        self.spki = rsa_spki(self.n, e, spki_alg)
        self.id = hashlib.sha256(self.spki.data).digest()[:20]
        made[self.spki.data] = label

    def power(self, em):
        return pow(int.from_bytes(em, "big"), self.d, self.n).to_bytes(
            (self.size + 7) // 8, "big")

    def usual(self):
        return PKCS1["sha256"]


def rsa_spki(n, e, alg=None):
    return seq(alg or seq(oid(RSA), null()),
               bits(seq(integer(n), integer(e)).data).mark("spkiKey"))


def hash_alg(name):
    return seq(oid(SHA2[name]), null())


def pss_alg(hash_name="sha256", salt=32, mask=None, trailer=None):
    fields = []
    if hash_name != "sha1":
        fields.append(tlv(0xA0, hash_alg(hash_name)))
    if (mask or hash_name) != "sha1":
        fields.append(tlv(0xA1, seq(oid(MGF1), hash_alg(mask or hash_name))))
    if salt != 20:
        fields.append(tlv(0xA2, integer(salt)))
    if trailer is not None:
        fields.append(tlv(0xA3, integer(trailer)))
    return seq(oid(PSS), seq(*fields))


class Pkcs1:
    """A signer: RSASSA-PKCS1-v1_5, or nearly."""

    def __init__(self, key, hash_name="sha256", parameters=True, info=None,
                 change=None):
        self.key, self.hash, self.info, self.change = key, hash_name, info, change
        self.alg = seq(oid(PKCS1[hash_name]), *([null()] if parameters else []))

    def usual(self):
        return PKCS1[self.hash]

    def sign(self, data, _alg=None):
        digest = hashlib.new(self.hash, data).digest()
        info = self.info or hash_alg(self.hash)
        t = seq(info, tlv(4, digest)).data
        size = (self.key.size + 7) // 8
        sig = self.key.power(b"\0\1" + b"\xff" * (size - 3 - len(t)) + b"\0" + t)
        if self.info is None and self.hash in HASHES:
            rsa.RSAPublicNumbers(self.key.e, self.key.n).public_key().verify(
                sig, data, padding.PKCS1v15(), HASHES[self.hash])
        return self.change(sig) if self.change else sig


class Pss:
    """A signer: RSASSA-PSS with the octets of salt that it is told."""

    def __init__(self, key, hash_name="sha256", salt=32, alg=None):
        self.key, self.hash, self.salt = key, hash_name, salt
        self.alg = alg or pss_alg(hash_name, salt)

    def usual(self):
        return PSS

    def sign(self, data, _alg=None):
        digest = hashlib.new(self.hash, data).digest()
        em_bits = self.key.size - 1
        em_len = (em_bits + 7) // 8
        salt = (digest * 9)[:self.salt]
        h = hashlib.new(self.hash, b"\0" * 8 + digest + salt).digest()
        db = b"\0" * (em_len - len(salt) - len(h) - 2) + b"\1" + salt
        mask = b"".join(hashlib.new(self.hash, h + i.to_bytes(4, "big")).digest()
                        for i in range(len(db) // len(h) + 1))
        db = bytes(a ^ b for a, b in zip(db, mask))
        db = bytes([db[0] & (0xff >> (8 * em_len - em_bits))]) + db[1:]
        sig = self.key.power((db + h + b"\xbc").rjust(
            (self.key.size + 7) // 8, b"\0"))
        if self.hash in HASHES:
            algorithm = HASHES[self.hash]
            rsa.RSAPublicNumbers(self.key.e, self.key.n).public_key().verify(
                sig, data, padding.PSS(padding.MGF1(algorithm), self.salt),
                algorithm)
        return sig


# ---- HSS/LMS, RFC 8554 --------------------------------------------------------

OTS = {1: (32, 1, 265, 7), 2: (32, 2, 133, 6), 3: (32, 4, 67, 4),
       4: (32, 8, 34, 0), 5: (24, 1, 200, 8), 6: (24, 2, 101, 6),
       7: (24, 4, 51, 4), 8: (24, 8, 26, 0)}
HSS = "1.2.840.113549.1.9.16.3.17"


def u32(n):
    return n.to_bytes(4, "big")


def u16(n):
    return n.to_bytes(2, "big")


class Lms:
    """One tree; its leaves are made again at every signature."""

    def __init__(self, label, tree=5, ots=4):
        self.tree, self.ots = tree, ots
        self.n, self.w, self.p, self.ls = OTS[ots]
        self.h = 5 * ((tree - 5) % 5 + 1)
        self.seed = hashlib.sha256(("devtrust lms " + label).encode()).digest()
        self.id = hashlib.sha256(b"id" + self.seed).digest()[:16]
        self.nodes = {}
        self.public = u32(tree) + u32(ots) + self.id + self.node(1)

    def hash(self, *parts):
        return hashlib.sha256(b"".join(parts)).digest()[:self.n]

    def secret(self, q, i):
        return hmac.new(self.seed, u32(q) + u16(i), "sha256").digest()[:self.n]

    def chain(self, q, i, start, end, value):
        for j in range(start, end):
            value = self.hash(self.id, u32(q), u16(i), bytes([j]), value)
        return value

    def leaf(self, q):
        last = (1 << self.w) - 1
        return self.hash(self.id, u32(q), u16(0x8080), *[
            self.chain(q, i, 0, last, self.secret(q, i)) for i in range(self.p)])

    def node(self, r):
        if r not in self.nodes:
            if r >= 1 << self.h:
                self.nodes[r] = self.hash(self.id, u32(r), u16(0x8282),
                                          self.leaf(r - (1 << self.h)))
            else:
                self.nodes[r] = self.hash(self.id, u32(r), u16(0x8383),
                                          self.node(2 * r), self.node(2 * r + 1))
        return self.nodes[r]

    def values(self, digest):
        per = 8 // self.w
        def coef(data, i):
            return data[i // per] >> (8 - self.w * (i % per + 1)) & ((1 << self.w) - 1)
        total = sum((1 << self.w) - 1 - coef(digest, i)
                    for i in range(self.n * per))
        data = digest + u16(total << self.ls)
        return [coef(data, i) for i in range(self.p)]

    def sign(self, data, q=0):
        c = self.hash(b"C", self.seed, u32(q))
        digest = self.hash(self.id, u32(q), u16(0x8181), c, data)
        y = [self.chain(q, i, 0, a, self.secret(q, i))
             for i, a in enumerate(self.values(digest))]
        r, path = (1 << self.h) + q, []
        while r > 1:
            path.append(self.node(r ^ 1))
            r //= 2
        return b"".join([u32(q), u32(self.ots), c, *y, u32(self.tree), *path])


class HssKey:
    kind = "hss"
    alg = seq(oid(HSS))

    def __init__(self, label, levels=1, tree=5, ots=4):
        self.trees = [Lms("%s %d" % (label, i), tree, ots) for i in range(levels)]
        self.public = u32(levels) + self.trees[0].public
        self.spki = hss_spki(self.public)
        self.id = hashlib.sha256(self.spki.data).digest()[:20]
        made[self.spki.data] = label

    def usual(self):
        return HSS

    def sign(self, data, _alg=None):
        out = u32(len(self.trees) - 1)
        for above, below in zip(self.trees, self.trees[1:]):
            out += above.sign(below.public, 1) + below.public
        return out + self.trees[-1].sign(data, 2)


def hss_spki(public):
    return seq(seq(oid(HSS)), bits(B(public).data).mark("spkiKey"))
