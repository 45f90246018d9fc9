# SPDX-License-Identifier: GPL-3.0-or-later
"""Envelopes whose fault lies in the chain above the signer."""
from envelopes import R, SIGNER, case
from x509 import eku, make


def run():
    narrow = make("ca", "Factory", R, exts={"eku": eku("clientAuth")})
    leaf = make("leaf", "unit-1", narrow, exts=SIGNER)
    case("factory-for-another-purpose", "docs/PROFILES.md: a CA's purposes "
         "limit what is below it, and an envelope's purpose is codeSigning",
         "key-purpose", "extKeyUsage", leaf=leaf, pile=[narrow],
         expect={"object": "certificate", "index": 1})
