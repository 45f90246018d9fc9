# SPDX-License-Identifier: GPL-3.0-or-later
"""ML-DSA as FIPS 204 writes it down: keys from labels, signatures without
chance. For test vectors: slow, and its keys are public.
"""
import hashlib

from der import B, bits, oid, seq
from keys import made

Q, D, ZETA = 8380417, 13, 1753
# level: k, l, eta, tau, gamma1 bits, gamma2, omega, octets of the challenge
LEVELS = {44: (4, 4, 2, 39, 17, (Q - 1) // 88, 80, 32),
          65: (6, 5, 4, 49, 19, (Q - 1) // 32, 55, 48),
          87: (8, 7, 2, 60, 19, (Q - 1) // 32, 75, 64)}
OID = {44: "2.16.840.1.101.3.4.3.17", 65: "2.16.840.1.101.3.4.3.18",
       87: "2.16.840.1.101.3.4.3.19"}
ZETAS = [pow(ZETA, int("{:08b}".format(m)[::-1], 2), Q) for m in range(256)]


def shake(data, size):
    return hashlib.shake_256(data).digest(size)


def ntt(w):
    w, m, size = list(w), 0, 128
    while size:
        for start in range(0, 256, 2 * size):
            m += 1
            for j in range(start, start + size):
                t = ZETAS[m] * w[j + size] % Q
                w[j + size], w[j] = (w[j] - t) % Q, (w[j] + t) % Q
        size //= 2
    return w


def unntt(w):
    w, m, size = list(w), 256, 1
    while size < 256:
        for start in range(0, 256, 2 * size):
            m -= 1
            for j in range(start, start + size):
                t = w[j]
                w[j] = (t + w[j + size]) % Q
                w[j + size] = -ZETAS[m] * (t - w[j + size]) % Q
        size *= 2
    return [x * 8347681 % Q for x in w]


def times(a, b):
    return [x * y % Q for x, y in zip(a, b)]


def plus(*polys):
    return [sum(c) % Q for c in zip(*polys)]


def near_zero(r, modulus=Q):
    r %= modulus
    return r - modulus if r > modulus // 2 else r


def pack(values, width):
    n = sum(v << (i * width) for i, v in enumerate(values))
    return n.to_bytes(len(values) * width // 8, "little")


def matrix_poly(seed):
    data, out = hashlib.shake_128(seed).digest(2000), []
    for i in range(0, len(data) - 2, 3):
        v = int.from_bytes(data[i:i + 3], "little") & 0x7fffff
        if v < Q:
            out.append(v)
    return out[:256]


def bounded_poly(seed, eta):
    out = []
    for octet in shake(seed, 600):
        for half in (octet & 15, octet >> 4):
            if eta == 2 and half < 15:
                out.append(2 - half % 5)
            elif eta == 4 and half < 9:
                out.append(4 - half)
    return out[:256]


def ball(seed, tau):
    data = shake(seed, 2000)
    signs, at, c = int.from_bytes(data[:8], "little"), 8, [0] * 256
    for i in range(256 - tau, 256):
        while data[at] > i:
            at += 1
        j, at = data[at], at + 1
        c[i], c[j] = c[j], 1 - 2 * (signs >> (i + tau - 256) & 1)
    return c


class MldsaKey:
    kind = "mldsa"

    def __init__(self, label, level=44):
        self.level, self.alg = level, seq(oid(OID[level]))
        self.k, self.l, self.eta = LEVELS[level][:3]
        seed = hashlib.sha256(("devtrust mldsa %s" % label).encode()).digest()
        seed = shake(seed + bytes([self.k, self.l]), 128)
        rho, prime, self.secret = seed[:32], seed[32:96], seed[96:]
        self.a = [[matrix_poly(rho + bytes([s, r])) for s in range(self.l)]
                  for r in range(self.k)]
        s = [bounded_poly(prime + r.to_bytes(2, "little"), self.eta)
             for r in range(self.k + self.l)]
        self.s1, s2 = [ntt(p) for p in s[:self.l]], s[self.l:]
        t = [plus(p, e) for p, e in zip(self.product(self.s1), s2)]
        low = [[near_zero(c, 1 << D) for c in p] for p in t]
        self.s2, self.t0 = [ntt(p) for p in s2], [ntt(p) for p in low]
        self.public = rho + b"".join(
            pack([(c - r) >> D for c, r in zip(p, e)], 10)
            for p, e in zip(t, low))
        self.spki = mldsa_spki(level, self.public)
        self.id = hashlib.sha256(self.spki.data).digest()[:20]
        made[self.spki.data] = label

    def product(self, v):
        return [unntt(plus(*[times(a, x) for a, x in zip(row, v)]))
                for row in self.a]

    def usual(self):
        return OID[self.level]

    def decompose(self, r):
        gamma2 = LEVELS[self.level][5]
        r %= Q
        r0 = near_zero(r, 2 * gamma2)
        if r - r0 == Q - 1:
            return 0, r0 - 1
        return (r - r0) // (2 * gamma2), r0

    def sign(self, data, _alg=None, context=b""):
        gamma_bits = LEVELS[self.level][4]
        head = bytes([0, len(context)]) + context
        mu = shake(shake(self.public, 64) + head + data, 64)
        rho = shake(self.secret + bytes(32) + mu, 64)
        for kappa in range(0, 65536, self.l):
            y = []
            for r in range(self.l):
                v = int.from_bytes(shake(rho + (kappa + r).to_bytes(2, "little"),
                                         32 * (gamma_bits + 1)), "little")
                y.append([(1 << gamma_bits) - (v >> (i * (gamma_bits + 1)) &
                          ((2 << gamma_bits) - 1)) for i in range(256)])
            sig = self.attempt(mu, y)
            if sig:
                return sig
        raise SystemExit("bug: no signature")

    def attempt(self, mu, y):
        tau, gamma_bits, gamma2, omega, size = LEVELS[self.level][3:]
        beta = tau * self.eta
        w = self.product([ntt(p) for p in y])
        high = [[self.decompose(c)[0] for c in p] for p in w]
        width = 6 if self.level == 44 else 4
        challenge = shake(mu + b"".join(pack(p, width) for p in high), size)
        c = ntt(ball(challenge, tau))
        z = [plus(p, unntt(times(c, s))) for p, s in zip(y, self.s1)]
        minus = [[-x for x in unntt(times(c, s))] for s in self.s2]
        r = [plus(p, m) for p, m in zip(w, minus)]
        ct0 = [unntt(times(c, t)) for t in self.t0]
        if max(abs(near_zero(x)) for p in z for x in p) >= (1 << gamma_bits) - beta \
                or max(abs(self.decompose(x)[1]) for p in r for x in p) >= gamma2 - beta \
                or max(abs(near_zero(x)) for p in ct0 for x in p) >= gamma2:
            return None
        hints = [[i for i in range(256) if self.decompose(p[i])[0] !=
                  self.decompose(p[i] + t[i])[0]] for p, t in zip(r, ct0)]
        count = [sum(map(len, hints[:i + 1])) for i in range(self.k)]
        if count[-1] > omega:
            return None
        places = [i for h in hints for i in h]
        return challenge + b"".join(
            pack([(1 << gamma_bits) - near_zero(x) for x in p], gamma_bits + 1)
            for p in z) + bytes(places).ljust(omega, b"\0") + bytes(count)


def mldsa_spki(level, public, *parameters):
    return seq(seq(oid(OID[level]), *parameters),
               bits(B(public).data).mark("spkiKey"))
