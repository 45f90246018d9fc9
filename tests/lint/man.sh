#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Every tool has a manual page, and mandoc has nothing to say against one.
. "$(dirname "$0")/lib.sh"
for tool in devverify devsign pki-init pki-issue pki-audit; do
	[ -e "docs/man/$tool.1" ] || broken "docs/man/$tool.1 is missing"
done
for page in docs/man/*.[1-8]; do
	[ ! -e "$page" ] || mandoc -Tlint -Wwarning "$page" || broken "$page"
done
exit $status
