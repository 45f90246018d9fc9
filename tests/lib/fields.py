#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# The fields of a certificate, one a line, as another library reads them:
# fields.py FILE.  Extensions are printed in their order, `!` marks critical ones.
import sys

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtensionOID

USAGES = ('digital_signature', 'content_commitment', 'key_encipherment',
          'data_encipherment', 'key_agreement', 'key_cert_sign', 'crl_sign')


def octets(tag, at, der):
    """Contents of the element of this tag at an offset, and its end."""
    assert der[at] == tag, (der[at], tag)
    length, begin = der[at + 1], at + 2
    if length >= 0x80:
        n = length & 0x7f
        length, begin = int.from_bytes(der[begin:begin + n], 'big'), begin + n
    return der[begin:begin + length], begin + length


def oid(contents):
    arcs, value = [], 0
    for octet in contents:
        value = value << 7 | octet & 0x7f
        if octet < 0x80:
            arcs.append(value)
            value = 0
    first = min(arcs[0] // 40, 2)
    return '.'.join(map(str, [first, arcs[0] - 40 * first] + arcs[1:]))


def other(name):
    kind = name.type_id.dotted_string
    inside, end = octets(0x30, 0, name.value)
    assert end == len(name.value)
    if kind == '1.3.6.1.5.5.7.8.4':
        hw_type, at = octets(6, 0, inside)
        serial, end = octets(4, at, inside)
        assert end == len(inside)
        return f'hardware {oid(hw_type)} {serial.decode()}'
    if kind == '1.3.6.1.5.5.7.8.3':
        value, end = octets(0x0c, 0, inside)
        assert end == len(inside)
        return f'permanent {value.decode()}'
    return f'other {kind}'


def general(name):
    if isinstance(name, x509.OtherName):
        return other(name)
    if isinstance(name, x509.DirectoryName):
        return 'directory ' + ' '.join(
            f'{a.oid.dotted_string}={a.value}' for a in name.value)
    kinds = {x509.DNSName: 'dns', x509.IPAddress: 'ip', x509.RFC822Name: 'email',
             x509.UniformResourceIdentifier: 'uri'}
    return f'{kinds[type(name)]} {name.value}'


def value(e):
    v = e.value
    if isinstance(v, x509.BasicConstraints):
        return f'ca={v.ca} pathlen={v.path_length}'
    if isinstance(v, x509.KeyUsage):
        return ' '.join(u for u in USAGES if getattr(v, u))
    if isinstance(v, x509.ExtendedKeyUsage):
        return ' '.join(p.dotted_string for p in v)
    if isinstance(v, x509.SubjectAlternativeName):
        return ', '.join(map(general, v))
    if isinstance(v, x509.CertificatePolicies):
        return ' '.join(p.policy_identifier.dotted_string for p in v)
    if isinstance(v, x509.CRLDistributionPoints):
        return ' '.join(general(n) for p in v for n in p.full_name)
    if isinstance(v, x509.NameConstraints):
        return ' '.join(f'{what} {general(n)}' for what, names in
                        (('permit', v.permitted_subtrees),
                         ('exclude', v.excluded_subtrees))
                        for n in names or [])
    if isinstance(v, x509.SubjectKeyIdentifier):
        return f'{len(v.digest)} octets'
    if isinstance(v, x509.AuthorityKeyIdentifier):
        assert v.authority_cert_issuer is None
        return f'{len(v.key_identifier)} octets'
    return v.value.hex()


NAMES = {ExtensionOID.BASIC_CONSTRAINTS: 'basicConstraints',
         ExtensionOID.KEY_USAGE: 'keyUsage',
         ExtensionOID.EXTENDED_KEY_USAGE: 'extKeyUsage',
         ExtensionOID.SUBJECT_ALTERNATIVE_NAME: 'subjectAltName',
         ExtensionOID.CERTIFICATE_POLICIES: 'certificatePolicies',
         ExtensionOID.CRL_DISTRIBUTION_POINTS: 'cRLDistributionPoints',
         ExtensionOID.NAME_CONSTRAINTS: 'nameConstraints',
         ExtensionOID.SUBJECT_KEY_IDENTIFIER: 'subjectKeyIdentifier',
         ExtensionOID.AUTHORITY_KEY_IDENTIFIER: 'authorityKeyIdentifier'}


def main():
    with open(sys.argv[1], 'rb') as f:
        cert = x509.load_pem_x509_certificate(f.read())
    print('version', cert.version.value + 1)
    print('size', len(cert.public_bytes(Encoding.DER)))
    for a in cert.subject:
        print('subject', a.oid.dotted_string, a._type.name, a.value)
    begin, end = cert.not_valid_before, cert.not_valid_after
    print('end', end.strftime('%Y%m%d%H%M%SZ'))
    print('years', end.year - begin.year)
    key = cert.public_key()
    if isinstance(key, ec.EllipticCurvePublicKey):
        print('key', key.curve.name)
    print('signature', cert.signature_algorithm_oid._name)
    for e in cert.extensions:
        print(NAMES.get(e.oid, e.oid.dotted_string),
              ('! ' if e.critical else '') + value(e))


main()
