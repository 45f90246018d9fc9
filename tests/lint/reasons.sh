#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# No reason without a vector, no limit without two: every name of
# include/dv_reasons.def has a folder vectors/<kind>/<name>--<variant>/, every
# folder a name of the table, every DV_MAX_ and DV_MIN_ of include/ its line in
# vectors/limits.txt. No finding of include/pki_findings.def without a vector.
. "$(dirname "$0")/lib.sh"
names=$(sed -n 's/^R([0-9]*, *[A-Z0-9_]*, *"\([a-z0-9-]*\)".*/\1/p' \
    include/dv_reasons.def)
[ -n "$names" ] || broken "no reason found in include/dv_reasons.def"
dup=$(sed -n 's/^R(\([0-9]*\),.*/\1/p' include/dv_reasons.def | sort | uniq -d)
[ -z "$dup" ] || broken "reason numbers used twice: $dup"

# Exempt: `internal` is a bug of the verifier, which no input may bring about;
# `not-built` is said by builds that leave a part out, and tested with those
# (tests/suites/reduced.sh).
for name in $names; do
	case $name in
	internal | not-built) continue ;;
	esac
	set -- vectors/*/"$name"--*/
	[ -d "$1" ] || broken "no vector for the reason $name"
done
for dir in vectors/*/*--*/; do
	[ -d "$dir" ] && [ "${dir#vectors/lint/}" = "$dir" ] || continue
	name=$(basename "$dir")
	name=${name%%--*}
	[ "$name" = accepted ] || printf '%s\n' "$names" | grep -qxF "$name" ||
		broken "$dir: there is no reason $name"
	for f in expect why; do
		[ -s "$dir$f" ] || broken "$dir$f is missing"
	done
	status_line="reason=$name"
	[ "$name" = accepted ] && status_line="status=accepted"
	grep -qxF "$status_line" "${dir}expect" ||
		broken "${dir}expect does not say $status_line"
done

findings=$(sed -n 's/^L([0-9]*, *[A-Z0-9_]*, *"\([a-z0-9-]*\)".*/\1/p' \
    include/pki_findings.def)
[ -n "$findings" ] || broken "no finding in include/pki_findings.def"
dup=$(sed -n 's/^L(\([0-9]*\),.*/\1/p' include/pki_findings.def | sort | uniq -d)
[ -z "$dup" ] || broken "numbers of findings used twice: $dup"
for name in $findings; do
	set -- vectors/lint/"$name"--*/
	[ -d "$1" ] || broken "no vector for the finding $name"
done
for dir in vectors/lint/*/; do
	name=$(basename "$dir")
	name=${name%%--*}
	[ "$name" = none ] || {
		printf '%s\n' "$findings" | grep -qxF "$name" ||
			broken "$dir: there is no finding $name"
		grep -qxF "finding=$name" "${dir}expect" ||
			broken "${dir}expect does not say finding=$name"
	}
	[ -s "${dir}why" ] || broken "${dir}why is missing"
done

# Sizes of what an algorithm makes are no limits: DV_MAX_DIGEST, _SIGNATURE.
limits=$(sed -n 's/^#define \(DV_M[AI][XN]_[A-Z0-9_]*\).*/\1/p' include/*.h)
[ -n "$limits" ] || broken "no limit found in include/"
for limit in $limits; do
	case $limit in
	DV_MAX_DIGEST | DV_MAX_SIGNATURE) continue ;;
	esac
	line=$(grep "^$limit " vectors/limits.txt) || {
		broken "$limit has no line in vectors/limits.txt"
		continue
	}
	# shellcheck disable=SC2086 # the words of the line
	set -- $line
	[ "$2" = - ] && continue
	[ $# = 3 ] && [ -d "vectors/$2" ] && [ -d "vectors/$3" ] ||
		broken "vectors/limits.txt: $limit: two vectors must be there"
done
exit $status
