/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The question of a boot loader: may this image run on this device? To be
 * copied and changed. Holds no device: clock, flash and the memory of the
 * rollback floor are the caller's. docs/EMBEDDING.md.
 */
#ifndef BOOT_H
#define BOOT_H

#include "dv_demand.h"

/* What images have to say they are for. */
#define BOOT_MODEL "M1"

/* One CRL of each CA below the root. */
#define BOOT_CRLS 2

/* What stands in flash; none of it is believed. */
struct boot_slot {
	struct dv_bytes image, envelope;
	struct dv_bytes crl[BOOT_CRLS];		/* {NULL, 0}: none */
};

/*
 * What the device has seen, and never goes below again. Kept where an attacker
 * who can write the slot cannot write. A new device begins with "0.0.0" and the
 * time at which its loader was built.
 */
struct boot_floor {
	char version[32];
	dv_time seen;
};

/*
 * clock: what the device's clock says, or 0. Accepted: *next is the floor to be
 * stored once the image has proved that it runs. Otherwise *next is *floor.
 */
DV_MUST_USE struct dv_verdict boot_check(const struct boot_slot *slot,
    const struct boot_floor *floor, dv_time clock, struct boot_floor *next);

#endif
