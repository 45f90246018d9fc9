#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Requests of devices by another library: requests.py DIR LIST COUNT [PREFIX]
# makes DIR/PREFIX00000.csr ... and the list.  `requests.py same-r DIR` makes two
# whose signatures share the random value, `same-prime DIR` two of RSA keys that
# share a prime, as weak generators do.
import os
import sys

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa, utils

DER = serialization.Encoding.DER


def request(key):
    return x509.CertificateSigningRequestBuilder().subject_name(
        x509.Name([])).sign(key, hashes.SHA256())


def many(folder, listed, count, prefix='unit-'):
    os.makedirs(folder, exist_ok=True)
    with open(listed, 'w') as out:
        print('id,model', file=out)
        for i in range(int(count)):
            name = f'{prefix}{i:05}'
            made = request(ec.generate_private_key(ec.SECP256R1()))
            with open(f'{folder}/{name}.csr', 'wb') as f:
                f.write(made.public_bytes(DER))
            print(f'{name},M1', file=out)


# ECDSA with a random value of our choice; the library has no such knob.
N = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551


def length(n):
    return bytes([n]) if n < 128 else bytes([0x81, n]) if n < 256 else \
        b'\x82' + n.to_bytes(2, 'big')


def element(tag, value):
    return bytes([tag]) + length(len(value)) + value


def signed_with(key, k):
    made = request(key)
    info = made.tbs_certrequest_bytes
    r = ec.derive_private_key(k, ec.SECP256R1()).public_key().public_numbers().x % N
    digest = hashes.Hash(hashes.SHA256())
    digest.update(info)
    e = int.from_bytes(digest.finalize(), 'big')
    d = key.private_numbers().private_value
    s = pow(k, -1, N) * (e + r * d) % N
    sig = utils.encode_dss_signature(r, s)
    key.public_key().verify(sig, info, ec.ECDSA(hashes.SHA256()))
    alg = bytes.fromhex('300a06082a8648ce3d040302')
    return element(0x30, info + alg + element(3, b'\0' + sig))


def same_r(folder):
    os.makedirs(folder, exist_ok=True)
    for name in ('weak-1', 'weak-2'):
        key = ec.generate_private_key(ec.SECP256R1())
        with open(f'{folder}/{name}.csr', 'wb') as f:
            f.write(signed_with(key, 0x1234567890abcdef))


def rsa_key(p, q):
    e = 65537
    d = pow(e, -1, (p - 1) * (q - 1))
    return rsa.RSAPrivateNumbers(
        p, q, d, rsa.rsa_crt_dmp1(d, p), rsa.rsa_crt_dmq1(d, q),
        rsa.rsa_crt_iqmp(p, q), rsa.RSAPublicNumbers(e, p * q)).private_key()


def same_prime(folder):
    os.makedirs(folder, exist_ok=True)
    one, two = (rsa.generate_private_key(65537, 2048).private_numbers() for _ in 'ab')
    for name, p, q in (('prime-1', one.p, one.q), ('prime-2', one.p, two.q),
                       ('prime-3', two.p, one.q)):
        with open(f'{folder}/{name}.csr', 'wb') as f:
            f.write(request(rsa_key(p, q)).public_bytes(DER))


if sys.argv[1] == 'same-r':
    same_r(sys.argv[2])
elif sys.argv[1] == 'same-prime':
    same_prime(sys.argv[2])
else:
    many(*sys.argv[1:])
