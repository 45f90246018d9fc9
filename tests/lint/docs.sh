#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# docs/VERDICTS.md, LIMITS.md, LINT.md and LAYOUT.md say what include/ says,
# docs/REFUSALS.md what the vectors do.
# `docs.sh write` makes them anew; without it they are compared.
. "$(dirname "$0")/lib.sh"

verdicts() {
	cat <<'END'
# Verdicts

Every reason the verifier can refuse with, from `include/dv_reasons.def`. Numbers
and names never change. Made by `make docs`; do not edit.

| number | name | rule | says | what to do |
|---|---|---|---|---|
END
	sed -n 's/^R(\([0-9]*\), *[A-Z0-9_]*, *"\([^"]*\)", *[0-9]*, *"\([^"]*\)", *"\([^"]*\)", *"\([^"]*\)").*/| \1 | `\2` | \3 | \4 | \5 |/p' \
	    include/dv_reasons.def
}

limits() {
	cat <<'END'
# Limits

Every limit of the verifier, from `include/dv_limits.h`. Each has a test vector
at the limit and one past it, named in `vectors/limits.txt`. Made by `make docs`;
do not edit.

| name | value | why |
|---|---|---|
END
	awk '
	/^\/\*/ { why = "" ; open = 1 }
	open { line = $0
		gsub(/^\/\* */, "", line); gsub(/^ \* */, "", line)
		sub(/ *\*\/.*/, "", line)
		why = why (why == "" ? "" : " ") line }
	/\*\// { open = 0 }
	/^#define DV_MAX_/ { name = $2; $1 = $2 = ""; sub(/^ */, "")
		printf "| `%s` | %s | %s |\n", name, $0, why }
	' include/dv_limits.h
	cat <<'END'

## Stack

Octets of stack that a call may take, on x86-64 with every algorithm built in;
`tests/proof/stack.c` measures the calls of every vector and fails above these
bounds. On a Cortex-M4 with P-256 alone it is much less: `make size` adds up the
frames of the deepest line of calls. Nothing of the core can call itself (`make
lint`), so that there is such a line.

| function | octets |
|---|---|
END
	sed -n 's/^\([a-z0-9_]*\) \([0-9]*\)$/| `\1` | \2 |/p' tests/proof/stack.txt
}

findings() {
	cat <<'END'
# Findings

Everything that `pki-issue lint` can say of a certificate, from
`include/pki_findings.def`. Numbers and names never change. An error is a breach of
the clause, and a certificate of ours with one is not signed; a warning is
something that works today and will be regretted; a notice is legal and worth a look.
Each has a certificate in `vectors/lint` that brings it about. Which rules a
profile has: docs/PROFILES.md, Linter. Made by `make docs`; do not edit.

| number | name | class | clause | says | what to do |
|---|---|---|---|---|---|
END
	sed -n 's/^L(\([0-9]*\), *[A-Z0-9_]*, *"\([^"]*\)", *\([A-Z]*\), *"\([^"]*\)", *"\([^"]*\)", *"\([^"]*\)").*/| \1 | `\2` | \L\3\E | \4 | \5 | \6 |/p' \
	    include/pki_findings.def
}

layouts() {
	cat <<'END'
# Layout

Every struct of libdv, from `include/dv_*.h`: octets, alignment, and where each
member begins, on machines with 64-bit pointers (x86-64 and AArch64 under Linux).
Every enum has 4 octets. Whose the memory behind a view is: docs/LIBDV.md. Made by
`make docs`; do not edit.

| struct | header | octets | aligned | members |
|---|---|---|---|---|
END
	python3 tests/lint/layout.py include >"$wanted/layout.c"
	${HOSTCC:-gcc} -std=c11 -Iinclude -o "$wanted/layout" "$wanted/layout.c"
	"$wanted/layout"
}

wanted=$(mktemp -d)
trap 'rm -rf "$wanted"' EXIT
verdicts >"$wanted/VERDICTS.md"
limits >"$wanted/LIMITS.md"
findings >"$wanted/LINT.md"
layouts >"$wanted/LAYOUT.md"
python3 -B tests/lint/refusals.py >"$wanted/REFUSALS.md"
for file in "$wanted"/*.md; do
	doc=docs/$(basename "$file")
	if [ "${1-}" = write ]; then
		cp "$file" "$doc"
	else
		cmp -s "$file" "$doc" ||
			broken "$doc differs from its table: run \`make docs\`"
	fi
done
exit $status
