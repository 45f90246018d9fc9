#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# cppcheck over our sources; foreign headers are not read.
. "$(dirname "$0")/lib.sh"
# The files that see wolfSSL check its settings, which are not read here.
# It guesses at uninitialised variables by mixing paths that exclude each other;
# both compilers and two analysers look for those as well.
mkdir -p "$BUILD/cppcheck"
cppcheck --quiet --std=c11 --enable=warning,performance,portability \
    --inline-suppr --error-exitcode=1 -j 2 --cppcheck-build-dir="$BUILD/cppcheck" \
    --suppress=uninitvar --suppress=legacyUninitvar \
    --suppress=ctuuninitvar \
    --suppress='preprocessorErrorDirective:verify/crypto_wolf*.c' \
    --suppress=missingInclude --suppress=missingIncludeSystem \
    -D__GNUC__=12 -D__x86_64__ -DNULL=0 -DWOLFSSL_HAVE_SP_ECC \
    -Iinclude -Iverify -Isign -Ipki-tools \
    verify sign pki-tools
