# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What the suites of documented flows share: the commands of docs/MIGRATING.md,
# run once for each file as they stand, and how certificates are looked at.

# flow_begin: where the commands of the file are run
flow_begin() {
	programs_find
	export SHARED=$BATS_FILE_TMPDIR
	cd "$SHARED"
}

# flow_steps NAME: the block of that name; `make` builds for this directory
flow_steps() {
	cat >steps.sh <<-'END'
	make() {
		command make -s -C "$TOP" BUILD="$PWD/build" SAN= VERIFY_ONLY=1 \
		    DEPS="$TOP/build/deps" "$1" "ANCHORS=$PWD/${2#ANCHORS=}"
	}
	END
	/usr/bin/python3 "$TOP/tests/lib/steps.py" run \
	    "$TOP/docs/MIGRATING.md" "$1" >>steps.sh
	sh -eux steps.sh >steps.log 2>&1 || {
		cat steps.log
		return 1
	}
}

# flow_copy: what the commands made, for a test to change
flow_copy() {
	cd "$BATS_TEST_TMPDIR"
	cp -a "$SHARED/." .
}

# fields FILE: the certificate as lines, in ./fields; has LINE looks there
fields() {
	/usr/bin/python3 -W ignore "$TOP/tests/lib/fields.py" "$1" >fields
}
has() { grep -qxF -- "$1" fields || { echo "wanted: $1"; cat fields; false; }; }

# extensions LIST: these and no others, in this order
extensions() {
	local are
	are=$(sed -n 's/ .*//; /^\(version\|size\|subject\|end\|years\|key\|signature\)$/!p' fields |
	    tr '\n' ' ')
	[ "$are" = "$1 " ] || { echo "extensions: $are"; false; }
}

# subject LIST: attributes as OpenSSL shows them, outermost first
subject() {
	local is
	is=$(openssl x509 -in "$1" -noout -subject -nameopt RFC2253)
	[ "$is" = "subject=$2" ] || { echo "$is"; false; }
}

# days FILE: how long it is valid, rounded: the end was computed a moment earlier
days() {
	local begin end
	begin=$(date -d "$(openssl x509 -in "$1" -noout -startdate | cut -d= -f2)" +%s)
	end=$(date -d "$(openssl x509 -in "$1" -noout -enddate | cut -d= -f2)" +%s)
	echo $(((end - begin + 43200) / 86400))
}

# key_of FILE: the public key of a certificate
key_of() { openssl x509 -in "$1" -noout -pubkey; }

says() { [[ $output == *"$1"* ]] || { printf 'wanted: %s\ngot: %s\n' "$1" "$output"; false; }; }

# issued DIR: how many certificates the ledger of a CA has
issued() {
	/usr/bin/python3 -c 'import sqlite3, sys
print(sqlite3.connect(sys.argv[1] + "/ledger.db").execute(
    "SELECT count(*) FROM issued").fetchone()[0])' "$1"
}

# tampered FILE OUT TEXT: a request (PEM) in which the last letter of a text is
# another one, in DER
tampered() {
	openssl req -in "$1" -outform DER -out "$2"
	/usr/bin/python3 - "$2" "$3" <<-'END'
	import sys
	b = bytearray(open(sys.argv[1], 'rb').read())
	b[b.index(sys.argv[2].encode()) + len(sys.argv[2]) - 1] ^= 1
	open(sys.argv[1], 'wb').write(b)
	END
	# whoever only loads it sees nothing
	openssl req -inform DER -in "$2" -noout -subject
}

# p256 NAME SUBJECT [OPTION...]: NAME.key and NAME.csr, by OpenSSL
p256() {
	local name=$1 subject=$2
	shift 2
	openssl ecparam -name prime256v1 -genkey -noout -out "$name.key"
	openssl req -new -key "$name.key" -subj "$subject" -out "$name.csr" "$@"
}
