#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# devsign status: each stage in words and in JSON, what it says of the TPM, and
# what a boot script gets.

bats_require_minimum_version 1.5.0
load ../lib/devsign.bash
load ../lib/life.bash

setup_file() { life_setup_file; }
setup() { life_setup; }
teardown() { tpm_stop "$BATS_TEST_TMPDIR/tpm"; }

boot() {
	run "-$1" --separate-stderr devsign status --boot --dir "$D" "${@:2}"
	[ -z "$output$stderr" ]
}

says() {
	run -0 devsign status --dir "$D"
	local text
	for text; do
		[[ $output == *"$text"* ]] || {
			printf 'wanted: %s\nin:\n%s\n' "$text" "$output"
			return 1
		}
	done
}

@test "from blank to locked: stage, next command, exit status at boot" {
	stage blank
	state .next "devsign key create"
	state .key.there false
	boot 1
	says "stage:       blank" "key:         tpm:0x81020000, not there"
	devsign key create >/dev/null
	stage key-made
	state .next "devsign request -n SUBJECT --dir $D"
	boot 1
	devsign request -n "serialNumber=unit-0042,O=Test" --dir "$D"
	stage requested
	state .next "devsign install CHAIN --dir $D"
	boot 1
	issue "$D/request.pem" given
	devsign install --dir "$D" given.pem
	stage installed
	state .next "devsign lock --level owner --dir $D"
	boot 0
	nv_install given.pem
	stage locked
	boot 0
	devsign lock --level platform --dir "$D"
	stage locked
	state .next "devsign sign FILE --dir $D"
	boot 0
}

@test "the default directory is not repeated in the next command" {
	[ ! -e /var/lib/devsign ] || skip "this machine is a device"
	run -0 devsign status
	[[ $output == *"next:        devsign key create" ]]
	devsign key create >/dev/null
	run -0 devsign status
	[[ $output == *"next:        devsign request -n SUBJECT --dir /var/lib/devsign" ]]
}

@test "key and certificate: what they are, whose, and until when" {
	born
	devsign install --dir "$D" given.pem
	hour="@$(($(date +%s) + 3600))"
	devsign status -j --dir "$D" -t "$hour" >state.json
	spki=$(devsign key show | openssl pkey -pubin -outform DER | sha256sum)
	state .key.spki_sha256 "${spki%% *}"
	state .key.type P-256
	state .key.identity idevid
	state .certificate.subject "serialNumber=unit-0042,O=Test"
	state .certificate.issuer "CN=Sub,O=Test"
	end=$(openssl x509 -in given.pem -noout -enddate)
	state .certificate.not_after "$(date -u -d "${end#*=}" +%Y-%m-%dT%H:%M:%SZ)"
	state .certificate.days_left 29
	run -0 devsign status --dir "$D" -t "$hour"
	[[ $output == *"certificate: serialNumber=unit-0042,O=Test"*"(29 days left)"* ]]
}

@test "renewal is due in the last third, then the certificate has expired" {
	born
	devsign install --dir "$D" given.pem
	stage installed
	state .renewal none
	state .usable true
	later() { devsign status -j --dir "$D" -t "@$(($(date +%s) + $1 * 86400))" >state.json; }
	later 19
	state .renewal none
	later 21
	state .renewal due
	state .stage installed
	state .next "devsign renew --dir $D"
	later 31
	state .stage expired
	state .usable false
	state .next "devsign renew --dir $D"
	[ "$(jq .certificate.days_left state.json)" -lt 0 ]
	boot 1 -t "@$(($(date +%s) + 31 * 86400))"
	boot 0 -t "@$(($(date +%s) + 29 * 86400))"
	devsign renew --dir "$D"
	later 31
	state .renewal pending
	state .next "devsign install CHAIN --dir $D"
	later -1
	state .stage broken
	[[ $(jq -r .problem state.json) == *"is the clock right?"* ]]
	boot 1 -t "@$(($(date +%s) - 86400))"
}

@test "broken: the certificate is for another key than the one at the handle" {
	born
	devsign install --dir "$D" given.pem
	tpm2_evictcontrol -Q -C o -c 0x81020000
	tpm2_createprimary -Q -C o -G ecc:ecdsa-sha256 -c other.ctx \
	    -a 'fixedtpm|fixedparent|sensitivedataorigin|userwithauth|noda|sign'
	tpm2_evictcontrol -Q -C o -c other.ctx 0x81020000
	tpm2_flushcontext -t
	stage broken
	state .problem "the certificate is for another key"
	boot 1
	echo x >f
	fails 1 "no certificate is for this key" devsign sign --dir "$D" f
}

@test "broken: the key is gone; the next command brings it back" {
	born
	devsign install --dir "$D" given.pem
	tpm2_clear -Q -c p
	stage broken
	state .problem "there is a certificate, but its key is not there"
	boot 1
	state .next "devsign key create"
	devsign key create >/dev/null
	stage installed
	boot 0
}

@test "broken: a chain that is none, or does not hold together" {
	born
	devsign install --dir "$D" given.pem
	echo garbage >"$D/chain.pem"
	cp "$D/chain.pem" "$D/idevid.pem"
	stage broken
	boot 1
	devsign install --dir "$D" given.pem
	stage installed
	ca stranger /CN=Stranger
	cat given.leaf stranger.crt >"$D/idevid.pem"
	stage broken
	[[ $(jq -r .problem state.json) == *"does not belong to the chain"* ]]
}

@test "no TPM: could not be told, never 'not provisioned'" {
	born
	devsign install --dir "$D" given.pem
	tpm_stop "$PWD/tpm"
	rm -f tpm/sock tpm/sock.ctrl
	boot 3
	run -3 devsign status -j --dir "$D"
	json_valid "$TOP/docs/status.schema.json" <<<"$output"
	[ "$(jq -r .stage <<<"$output")" = unknown ]
	[[ $(jq -r .problem <<<"$output") == "no TPM: "* ]]
	run -3 devsign status --dir "$D"
	[[ ${lines[0]} == "stage:       unknown" && ${lines[1]} == *"no TPM: "* ]]
}

@test "a record that cannot be read: could not be told" {
	mkdir -m 755 "$D"
	echo nonsense >"$D/device"
	boot 3
	stage unknown
	[[ $(jq -r .problem state.json) == *"/device: line 1: wanted"* ]]
}

@test "an unreadable chain: could not be told" {
	[ "$(id -u)" -ne 0 ] || skip "root may read everything"
	born
	devsign install --dir "$D" given.pem
	chmod 0 "$D/idevid.pem"
	boot 3
}

@test "a device with its key in a file needs no TPM" {
	export DEVSIGN_TCTI=device:/nowhere
	devsign key create -k file:k.key --no-passphrase >/dev/null
	devsign request -k file:k.key -n CN=soft,O=Test --dir "$D"
	stage requested
	state .key.spec "file:$(realpath k.key)"
	issue "$D/request.pem" soft
	devsign install --dir "$D" soft.pem
	stage installed
	state .key.identity ldevid
	state .tpm null
	boot 0
	rm k.key
	stage broken
	state .next "devsign reset --dir $D"
	boot 1
}

@test "an encrypted key file is not opened and no passphrase asked for" {
	export DEVSIGN_TCTI=device:/nowhere
	echo secret >pass
	chmod 600 pass
	devsign key create -k file:k.key --passphrase-file pass >/dev/null
	devsign request -k file:k.key --passphrase-file pass -n CN=x --dir "$D"
	issue "$D/request.pem" soft
	devsign install --passphrase-file pass --dir "$D" soft.pem
	run -0 timeout 10 setsid devsign status -j --dir "$D" </dev/null
	json_valid "$TOP/docs/status.schema.json" <<<"$output"
	[ "$(jq -r .stage <<<"$output")" = installed ]
}

@test "NV: what it holds and who could delete it" {
	born
	devsign install --dir "$D" given.pem
	size=$(stat -c %s given.der)
	stage installed
	state .nv.state absent
	nv_policy
	nv_define "$size"
	stage installed
	state .nv.state defined
	state .nv.deletable_by maker
	head -c "$size" /dev/urandom >junk
	tpm2_nvwrite -Q "$NV" -C p -i junk
	stage installed
	state .nv.state written
	state .nv.holds other
	tpm2_nvwritelock -Q "$NV" -C p
	stage installed
	state .nv.state locked
	says "NV:          locked, other than the certificate file, maker can delete it"
}

@test "NV: an index that the owner or the platform can delete" {
	tpm2_nvdefine -Q "$NV" -C o -s 16 -a 'ownerwrite|ownerread|authread|no_da'
	stage blank
	state .nv.deletable_by owner
	tpm2_nvundefine -Q "$NV" -C o
	nv_define 16 'ppwrite|ppread|authread|platformcreate|no_da' ''
	stage blank
	state .nv.deletable_by platform
}

@test "the TPM: as tpm2_getcap says" {
	stage blank
	fixed() { tpm2_getcap properties-fixed | sed -n "/^TPM2_PT_$1:/,/value\|raw/s/^ *$2: *//p" | head -1; }
	state .tpm.maker "$(tpm2_getcap properties-fixed | sed -n '/PT_MANUFACTURER/,/value/s/ *value: *"\(.*\)"/\1/p')"
	state .tpm.specification "$(tpm2_getcap properties-fixed | sed -n '/PT_REVISION/,/value/s/ *value: *//p')"
	one=$(($(fixed FIRMWARE_VERSION_1 raw)))
	two=$(($(fixed FIRMWARE_VERSION_2 raw)))
	state .tpm.firmware "$((one >> 16)).$((one & 65535)).$((two >> 16)).$((two & 65535))"
	state .tpm.p256 true
	state .tpm.owner_auth false
	state .tpm.platform_open true
	says "TPM:         IBM SW"
	tpm2_changeauth -Q -c endorsement x
	tpm2_changeauth -Q -c owner x
	tpm2_changeauth -Q -c lockout x
	stage blank
	state .tpm.owner_auth true
	state .tpm.endorsement_auth true
	state .tpm.lockout_auth true
}

@test "lockout: how near it is, and that it is there" {
	tpm2_createprimary -Q -C o -G ecc:ecdsa-sha256 -p secret -c da.ctx \
	    -a 'fixedtpm|fixedparent|sensitivedataorigin|userwithauth|sign'
	tpm2_evictcontrol -Q -C o -c da.ctx 0x81020001
	tpm2_flushcontext -t
	tpm2_dictionarylockout -Q -s -n 4 -t 1000 -l 1000
	wrong() { devsign request -n CN=x -k tpm:0x81020001 >/dev/null 2>&1 || true; }
	wrong
	stage blank
	state .tpm.lockout.tries 1
	state .tpm.lockout.max 4
	state .tpm.lockout.threatens false
	wrong
	wrong
	stage blank
	state .tpm.lockout.threatens true
	state .tpm.lockout.now false
	says "lockout:     3 of 4 wrong tries, LOCKOUT THREATENS"
	wrong
	stage blank
	state .tpm.lockout.now true
	says "LOCKED NOW"
	devsign key create >/dev/null
	stage key-made
}

@test "looking changes nothing: no file, no object in the TPM" {
	stage blank
	[ ! -e "$D" ]
	born
	nv_install given.pem
	find "$D" -printf '%p %T@ %s\n' | sort >before
	devsign status --dir "$D" >/dev/null
	boot 0
	find "$D" -printf '%p %T@ %s\n' | sort | cmp before -
	[ -z "$(tpm2_getcap handles-transient)$(tpm2_getcap handles-loaded-session)" ]
}

@test "usage: a time that is none" {
	fails 2 "time" devsign status --dir "$D" -t yesterday
}
