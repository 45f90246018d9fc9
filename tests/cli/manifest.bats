#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# One envelope for a directory tree: what is signed, what differs and is named,
# what is refused, what changes while it is read. The list inside is read by
# another reader, and lists of another writer are read here.

bats_require_minimum_version 1.5.0
load helpers.bash

setup_file() {
	find_programs
	cd "$BATS_FILE_TMPDIR"
	new_root root /O=Acme/CN=Root
	new_cert unit /O=Acme/CN=unit-1 root \
	    basicConstraints=critical,CA:FALSE \
	    keyUsage=critical,digitalSignature extendedKeyUsage=codeSigning
	openssl pkcs8 -topk8 -nocrypt -in unit.key -out unit.p8
	chmod 0600 unit.p8
}

setup() {
	find_programs
	cd "$BATS_TEST_TMPDIR"
	SIGN=("$BIN/devsign" sign --manifest
	    -k "file:$BATS_FILE_TMPDIR/unit.p8" -c "$BATS_FILE_TMPDIR/unit.pem")
	VERIFY=("$BIN/devverify-lab" file --manifest
	    -a "$BATS_FILE_TMPDIR/root.pem")
	mkdir -p tree/etc/init tree/empty tree/.git
	echo one >tree/one
	echo two >tree/etc/two
	echo three >tree/etc/init/three
	: >tree/zero
	echo hidden >tree/.git/config
	chmod 000 tree/empty && chmod 700 tree/empty
}

# tree_list: the list inside of tree.cose, by another reader
tree_list() {
	PYTHONPATH=$TOP/tests/lib python3 -Bc '
from cbor_read import decode
version, files = decode(decode(open("tree.cose", "rb").read())[2])
assert version == 1
for path, size, digest in files:
    print(path, size, digest.hex())'
}

@test "a tree is signed and accepted; the list is what find and sha256sum say" {
	run -0 "${SIGN[@]}" tree
	[ "$output" = "tree.cose: signed tree (5 files) as \"unit-1\" with file:$BATS_FILE_TMPDIR/unit.p8" ]
	tree_list >found
	(cd tree && find . -type f -printf '%P\n' | LC_ALL=C sort |
	    while read -r f; do
		echo "$f $(stat -c %s "$f") $(sha256sum <"$f" | cut -d' ' -f1)"
	    done) >wanted
	cmp wanted found
	run -0 "${VERIFY[@]}" tree
	first_line 'tree: ACCEPTED until [-0-9T:Z]*'
	has '  5 files in the signed list'
	has 'application/vnd.devsign.manifest+cbor'
	run -0 "${VERIFY[@]}" tree/
	run -0 "${VERIFY[@]}" -s tree.cose ./tree
	run -0 "${VERIFY[@]}" -q --type application/vnd.devsign.manifest+cbor \
	    --require name=tree tree
	run -0 "${VERIFY[@]}" -j tree
	json_valid "$TOP/docs/verdict.schema.json" <<<"$output"
	[ "$(jq -c '.files, .differences' <<<"$output" | tr '\n' ' ')" = '5 [] ' ]
}

@test "two runs sign the same list, in whatever order the files were made" {
	"${SIGN[@]}" tree
	tree_list >first
	mkdir again
	for f in zero etc/two one etc/init/three .git/config; do
		mkdir -p "again/$(dirname "$f")"
		cp "tree/$f" "again/$f"
	done
	rm -r tree tree.cose
	mv again tree
	"${SIGN[@]}" tree
	tree_list | cmp first -
}

@test "missing, extra and changed files are all named, exit 1" {
	"${SIGN[@]}" tree
	rm tree/one
	echo TWO >tree/etc/two
	echo more >>tree/etc/init/three
	echo new >tree/etc/new
	run -1 "${VERIFY[@]}" tree
	first_line 'tree: REJECTED artefact-mismatch at artefact manifest \(RFC 9995 3\)'
	has 'paths that differ: 4'
	has '  missing "one"'
	has '  extra "etc/new"'
	has '  changed "etc/two"'
	has '  changed "etc/init/three"'
	has_not ACCEPTED
	run -1 "${VERIFY[@]}" -j tree
	json_valid "$TOP/docs/verdict.schema.json" <<<"$output"
	[ "$(jq -r '.differences[] | .what + " " + .path' <<<"$output" |
	    sort | tr '\n' ' ')" = \
	    'changed etc/init/three changed etc/two extra etc/new missing one ' ]
	run -1 "${VERIFY[@]}" -q tree
	[ -z "$output" ]
}

@test "one octet more, less or other of each file is named" {
	"${SIGN[@]}" tree
	for f in one etc/two etc/init/three .git/config; do
		cp "tree/$f" kept
		printf x >>"tree/$f"
		run -1 "${VERIFY[@]}" tree
		has "  changed \"$f\""
		head -c -1 kept >"tree/$f"
		run -1 "${VERIFY[@]}" tree
		has "  changed \"$f\""
		tr '[:lower:]' b-za <kept >"tree/$f"
		run -1 "${VERIFY[@]}" tree
		has "  changed \"$f\""
		has 'paths that differ: 1'
		cp kept "tree/$f"
		run -0 "${VERIFY[@]}" tree
	done
}

@test "a link, a pipe or a directory in a file's place is named, never followed" {
	"${SIGN[@]}" tree
	cp tree/one outside
	ln -sf ../outside tree/one
	run -1 "${VERIFY[@]}" tree
	has '  changed "one", now a link'
	rm tree/one
	mkfifo tree/one
	run -1 timeout 20 "${VERIFY[@]}" tree
	has '  changed "one", now a pipe'
	rm tree/one
	mkdir tree/one
	run -1 "${VERIFY[@]}" tree
	has '  changed "one", now a directory'
	rmdir tree/one
	mv outside tree/one
	run -0 "${VERIFY[@]}" tree
	# a directory that has become a link to one with the same files
	mv tree/etc moved
	ln -s ../moved tree/etc
	run -1 "${VERIFY[@]}" tree
	has '  extra "etc", now a link'
	has '  missing "etc/two"'
	has '  missing "etc/init/three"'
}

@test "devsign refuses what a manifest cannot hold, by name, and writes nothing" {
	ln -s one tree/link
	run -1 "${SIGN[@]}" tree
	has 'tree/link: is a link; a manifest has regular files alone'
	rm tree/link
	ln -s /etc tree/etc/passwords
	run -1 "${SIGN[@]}" tree
	has 'tree/etc/passwords: is a link'
	rm tree/etc/passwords
	mkfifo tree/pipe
	run -1 timeout 20 "${SIGN[@]}" tree
	has 'tree/pipe: is a pipe'
	rm tree/pipe
	python3 -c 'import socket
s = socket.socket(socket.AF_UNIX); s.bind("tree/sock")'
	run -1 "${SIGN[@]}" tree
	has 'tree/sock: is a socket'
	rm tree/sock
	[ ! -e tree.cose ]
	"${SIGN[@]}" tree
}

@test "hostile names are refused by devsign and shown escaped by devverify" {
	"${SIGN[@]}" tree
	for name in $'line\nfeed' $'esc\e[2J' $'\xff\xfe' $'del\x7f' $'c1\xc2\x85'; do
		echo x >"tree/$name"
		run -1 "${SIGN[@]}" -o other.cose tree
		has 'the name is not UTF-8 or has control characters'
		has_not $'\e'
		[ ! -e other.cose ]
		run -1 "${VERIFY[@]}" tree
		has '  extra "'
		has 'paths that differ: 1'
		no_line $'\e|\xff|\x7f'
		[ "$(grep -c '^  extra ' <<<"$output")" = 1 ]
		run -1 "${VERIFY[@]}" -j tree
		json_valid "$TOP/docs/verdict.schema.json" <<<"$output"
		rm "tree/$name"
	done
	# names that are odd and harmless are signed
	for name in ' ' '-rf' '...' 'a\b' 'quote"' $'\xe4\xb8\xad'; do
		echo x >"tree/$name"
	done
	"${SIGN[@]}" --force tree
	run -0 "${VERIFY[@]}" tree
}

@test "paths of 1024 octets are signed, longer ones refused" {
	local part deep=tree
	part=$(printf 'd%.0s' {1..199})
	deep=tree/$part/$part/$part/$part/$part
	mkdir -p "$deep"
	echo x >"$deep/$(printf 'f%.0s' {1..24})"
	"${SIGN[@]}" tree
	run -0 "${VERIFY[@]}" tree
	echo x >"$deep/$(printf 'f%.0s' {1..25})"
	run -1 "${SIGN[@]}" --force tree
	has 'is deeper than a manifest can say'
	run -1 "${VERIFY[@]}" tree
	has ', now deeper than a manifest can say'
}

@test "10,000 files: one signature, one envelope, every one is looked at" {
	mkdir -p many/{0..99}
	python3 -c '
for i in range(10000):
    with open("many/%d/%d" % (i % 100, i), "w") as f:
        f.write("%d\n" % i)'
	run -0 "${SIGN[@]}" many
	has '(10000 files)'
	run -0 "${VERIFY[@]}" many
	has '  10000 files in the signed list'
	rm many/99/9999
	printf '4242!' >many/42/4242
	run -1 "${VERIFY[@]}" many
	has 'paths that differ: 2'
	has '  missing "99/9999"'
	has '  changed "42/4242"'
}

@test "other hashes, several directories, what is said of the tree" {
	mkdir b && echo b >b/b
	run -0 "${SIGN[@]}" --hash sha512 --artefact-version 1.2.3 tree b
	[ "$(tree_list | awk '{ print length($3) }' | sort -u)" = 128 ]
	run -0 "${VERIFY[@]}" --min-version 1.2.0 tree b
	[ "$(grep -c ACCEPTED <<<"$output")" = 2 ]
	run -1 "${VERIFY[@]}" --min-version 2.0.0 tree
	has 'REJECTED version-too-old'
	has_not 'in the signed list'
}

@test "the envelope first: nothing of a tree is judged by a list nobody signed" {
	"${SIGN[@]}" tree
	rm tree/one
	printf '\x00' | dd of=tree.cose bs=1 conv=notrunc status=none \
	    seek=$(($(stat -c %s tree.cose) - 5))
	run -1 "${VERIFY[@]}" tree
	first_line 'tree: REJECTED envelope-signature-invalid .*'
	has_not missing
	has_not 'signed list'
}

@test "an envelope without a list, or with another content, is no manifest's" {
	"$BIN/devsign" sign "${SIGN[@]:3}" -o tree.cose tree/one
	run -3 "${VERIFY[@]}" tree
	has 'no list of files is inside its envelope'
	rm tree.cose
	"$BIN/devsign" sign --attach "${SIGN[@]:3}" -o tree.cose tree/one
	run -1 "${VERIFY[@]}" tree
	first_line 'tree: REJECTED manifest-malformed at envelope content type .*'
	"$BIN/devsign" sign --attach "${SIGN[@]:3}" --force -o tree.cose \
	    --content-type application/vnd.devsign.manifest+cbor tree/one
	run -1 "${VERIFY[@]}" tree
	has 'at artefact manifest'
	has_not ACCEPTED
}

@test "lists of another writer: what leads out of the directory is refused" {
	listed() {
		PYTHONPATH=$TOP/vectors/make python3 -Bc '
import hashlib, sys
from cbor import array, bstr, num, tstr
d = bstr(hashlib.sha256(b"one\n").digest())
sys.stdout.buffer.write(array(num(1), array(*[
    array(tstr(p), num(4), d) for p in sys.argv[1:]])).data)
' "$@" >list
		"$BIN/devsign" sign --attach "${SIGN[@]:3}" --force -o t.cose \
		    --content-type application/vnd.devsign.manifest+cbor list
	}
	mkdir t && cp tree/one t/one && cp tree/one one
	listed one
	run -0 "${VERIFY[@]}" t
	for bad in ../one "$PWD/one" ./one t/../one one/ ''; do
		listed "$bad"
		run -1 "${VERIFY[@]}" t
		has_not ACCEPTED
		first_line 't: REJECTED manifest-path-invalid at artefact path .*'
	done
	listed one a
	run -1 "${VERIFY[@]}" t
	has 'REJECTED manifest-not-sorted'
	listed one one
	run -1 "${VERIFY[@]}" t
	has 'REJECTED manifest-path-twice'
}

@test "a file that changes while the tree is read is noticed" {
	mkdir big
	head -c 64M /dev/zero >big/a
	for i in {1..40}; do echo "$i" >"big/z$i"; done
	"${SIGN[@]}" big
	(while :; do echo changed >big/z40; touch big/a; sleep 0.01; done) &
	local writer=$!
	run "${SIGN[@]}" --force big
	local signed=$status said=$output
	run "${VERIFY[@]}" big
	kill "$writer"
	wait "$writer" || :
	[ "$signed" = 3 ]
	[[ $said == *changed* ]]
	[ "$status" -ne 0 ]
}

@test "files that come and go while the tree is read are noticed" {
	mkdir big
	head -c 64M /dev/zero >big/a
	(while :; do : >big/new; sleep 0.005; rm big/new; sleep 0.005; done) &
	local writer=$!
	run "${SIGN[@]}" big
	kill "$writer"
	wait "$writer" || :
	[ "$status" = 3 ]
	has 'changed while the directory was read'
	[ ! -e big.cose ]
}

@test "where the envelope lies, and how a directory is named" {
	run -1 "${SIGN[@]}" -o tree/etc/list.cose tree
	has 'tree/etc/list.cose: would lie in the directory that it is about'
	run -1 "${SIGN[@]}" -o tree/list.cose tree
	has 'name a place outside with -o'
	run -2 env -C tree "${SIGN[@]}" .
	has 'does not name the directory'
	run -0 env -C tree "${SIGN[@]}" --name tree -o ../t.cose .
	run -0 env -C tree "${VERIFY[@]}" -s ../t.cose .
	run -0 "${SIGN[@]}" tree///
	[ -e tree.cose ]
	ln -s tree linked
	run -0 "${VERIFY[@]}" -s tree.cose linked
}

@test "what is no directory, empty, or not readable: no verdict and no envelope" {
	run -3 "${SIGN[@]}" tree/one
	has 'tree/one: is not a directory'
	run -3 "${SIGN[@]}" nothing
	has 'nothing: cannot open'
	mkdir none
	run -1 "${SIGN[@]}" none
	has 'none: no file is in it'
	"${SIGN[@]}" tree
	run -3 "${VERIFY[@]}" tree/one
	rm -r tree
	run -3 "${VERIFY[@]}" tree
	echo x >tree
	run -3 "${VERIFY[@]}" tree
	has 'tree: is not a directory'
}

@test "an envelope of several signatures is no manifest's, whatever is in it" {
	"${SIGN[@]}" tree
	PYTHONPATH=$TOP/tests/lib python3 -Bc '
from cbor_read import decode
list = decode(open("tree.cose", "rb").read())[2]
open("list", "wb").write(list)'
	"$BIN/devsign" sign -k "file:$BATS_FILE_TMPDIR/unit.p8" \
	    -c "$BATS_FILE_TMPDIR/unit.pem" --multi --attach --name tree \
	    --content-type application/vnd.devsign.manifest+cbor \
	    -o tree.cose --force list
	run -0 "$BIN/devverify-lab" file -a "$BATS_FILE_TMPDIR/root.pem" \
	    --attached tree.cose
	echo changed >tree/one
	run -3 "${VERIFY[@]}" tree
	has 'tree: its envelope is one of several signatures'
	has_not ACCEPTED
}

@test "options that contradict each other" {
	for o in --attach --embed '--content-type text/plain' '--export-tbs x' \
	    --multi '--append x'; do
		# shellcheck disable=SC2086 # an option and its value
		run -2 "${SIGN[@]}" $o tree
		has 'sign: --manifest does not'
		[ ! -e tree.cose ]
	done
	run -2 "${VERIFY[@]}" -s x -
	has 'standard input is no directory'
	for o in --attached --embed --any-signature '--threshold 1'; do
		# shellcheck disable=SC2086 # an option and its value
		run -2 "${VERIFY[@]}" $o tree
	done
}
