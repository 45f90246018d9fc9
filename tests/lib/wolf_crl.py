#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the distribution's wolfSSL says of certificates, given CRLs: as in TLS,
each certificate of a chain is asked about by itself.
usage: wolf_crl.py CERT.pem... -a CA.pem -r CRL.pem; prints good, or the first
that is not: revoked, or the number of the error."""
import argparse
import ctypes
import ctypes.util

SUCCESS = 1
PEM = 1			# WOLFSSL_FILETYPE_PEM
CHECK_ALL = 1		# WOLFSSL_CRL_CHECKALL
REVOKED = -361		# CRL_CERT_REVOKED


def read(path):
    with open(path, "rb") as f:
        return f.read()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("cert", nargs="+")
    parser.add_argument("-a", action="append", default=[])
    parser.add_argument("-r", action="append", default=[])
    args = parser.parse_args()
    wolf = ctypes.CDLL(ctypes.util.find_library("wolfssl"))
    wolf.wolfSSL_CertManagerNew.restype = ctypes.c_void_p
    assert wolf.wolfSSL_Init() == SUCCESS
    manager = ctypes.c_void_p(wolf.wolfSSL_CertManagerNew())
    for path in args.a:
        assert wolf.wolfSSL_CertManagerLoadCA(manager, path.encode(),
                                              None) == SUCCESS, path
    assert wolf.wolfSSL_CertManagerEnableCRL(manager, CHECK_ALL) == SUCCESS
    for path in args.r:
        crl = read(path)
        result = wolf.wolfSSL_CertManagerLoadCRLBuffer(
            manager, crl, ctypes.c_long(len(crl)), PEM)
        assert result == SUCCESS, (path, result)
    for path in args.cert:
        cert = read(path)
        result = wolf.wolfSSL_CertManagerVerifyBuffer(
            manager, cert, ctypes.c_long(len(cert)), PEM)
        if result != SUCCESS:
            break
    print({SUCCESS: "good", REVOKED: "revoked"}.get(result, result))


main()
