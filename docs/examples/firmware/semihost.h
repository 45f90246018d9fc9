/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the debugger or emulator does for a program without devices (Arm
 * semihosting 2.0). A product has a UART, a watchdog and a reset instead.
 */
#ifndef SEMIHOST_H
#define SEMIHOST_H

#include <stdint.h>

enum semihost_call {
	SEMIHOST_OPEN = 0x01,
	SEMIHOST_CLOSE = 0x02,
	SEMIHOST_WRITE0 = 0x04,
	SEMIHOST_WRITE = 0x05,
	SEMIHOST_READ = 0x06,
	SEMIHOST_SEEK = 0x0a,
	SEMIHOST_FLEN = 0x0c,
	SEMIHOST_CMDLINE = 0x15,
	SEMIHOST_EXIT = 0x20
};

/* block: the call's parameters, or the text of SEMIHOST_WRITE0. */
intptr_t semihost(enum semihost_call call, const void *block);

/* Ends the program with this exit status. */
_Noreturn void semihost_exit(int status);

#endif
