/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reading and saying without stdio, a heap or words for every errno: for the
 * tiny devverify. What it reads and says is what the others do.
 */
#ifndef HOST_PLAIN_H
#define HOST_PLAIN_H

#include "dv_hash.h"
#include "dv_time.h"

/* ---- saying ---- */

/* What is put from now on goes there, when dv_put_end() says or room is short. */
void dv_put_on(int fd);
void dv_put(const char *text);
void dv_put_number(uint64_t number);
void dv_put_time(dv_time at);

/* As dv_print_safe(), dv_print_quoted() and dv_print_subject() do. */
void dv_put_safe(struct dv_bytes text);
void dv_put_quoted(struct dv_bytes text);
void dv_put_subject(const char *subject);

/* 0: all of it is written; else errno. */
int dv_put_end(void);

/* ---- reading ---- */

struct dv_reading {
	const char *path;	/* "-": standard input */
	uint8_t *room;
	size_t cap;
	struct dv_hash *hash;	/* of what is read; NULL: the room keeps it, which
				   one octet of it has to be left over for */
	uint64_t size;		/* octets read */
	const char *wrong;	/* "cannot open", ... */
	int number;		/* and errno; 0: that is all */
};

/* All of it, or false and what was wrong. Notices what changes meanwhile. */
DV_MUST_USE bool dv_plain_read(struct dv_reading *reading);

#endif
