#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The top level is fixed; what does not fit there belongs below something.
. "$(dirname "$0")/lib.sh"
for f in $(ls -A); do
	case $f in
	Makefile | README.md | LICENSE | .?* | build) ;;
	sign | verify | pki-tools | include | tests | vectors | docs) ;;
	*) broken "$f does not belong into the top level" ;;
	esac
done
exit $status
