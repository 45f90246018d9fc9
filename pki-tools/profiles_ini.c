/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * profiles.ini: the profiles that a CA adds to the built-in ones. Nothing in it
 * is passed over: what is not understood stops the reading, with its line.
 * docs/PROFILES.md, Profiles of your own.
 */
#include <errno.h>
#include <ini.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/file.h"
#include "profiles.h"

#define MAX_FILE (256u * 1024)
#define MAX_OWN 64		/* profiles in a file */

struct pki_profiles {
	struct pki_own own[MAX_OWN];
	size_t count;
};

/* The file while inih goes through it, line by line. */
struct reading {
	const char *path;
	struct pki_profiles *set;
	const uint8_t *at, *end;
	unsigned line;			/* the one inih has, from 1 */
	unsigned header;		/* line of the last [name] */
	bool begun;			/* the section of that has a profile */
	enum dv_exit exit;		/* of the first error */
	struct dv_err *err;
};

static struct pki_where
where(const struct reading *r, const char *section, const char *key)
{
	return (struct pki_where){ r->path, r->line, section, key };
}

static void
stop(struct reading *r, const char *wanted, const char *found)
{
	const struct pki_where here = where(r, NULL, NULL);

	if (r->exit == DV_EXIT_YES)
		r->exit = pki_own_refuse(&here, wanted, found, r->err);
}

/* What inih would take for something else, or cut. */
static void
look_at_line(struct reading *r, const char *line, size_t len, int room)
{
	if (len + 2 > (size_t)room)
		stop(r, "a line of at most 198 octets", NULL);
	if (memchr(line, '\0', len) != NULL)
		stop(r, "text", "a NUL");
	if (len > 0 && (line[0] == ' ' || line[0] == '\t') &&
	    strspn(line, " \t\r\n") < len)
		stop(r, "a line that begins at the left", NULL);
	if (len == 0 || line[0] != '[')
		return;
	if (r->header != 0 && !r->begun)
		stop(r, "a key in the section before", NULL);
	r->header = r->line;
	r->begun = false;
}

/* fgets() over the file in memory, for inih. */
static char *
next_line(char *line, int room, void *stream)
{
	struct reading *r = stream;
	size_t len = 0;

	if (r->at == r->end || r->exit != DV_EXIT_YES || room < 4)
		return NULL;
	r->line++;
	while (r->at < r->end && len + 1 < (size_t)room) {
		line[len++] = (char)*r->at++;
		if (line[len - 1] == '\n')
			break;
	}
	line[len] = '\0';
	look_at_line(r, line, len > 0 && line[len - 1] == '\n' ? len - 1 : len,
	    room);
	return r->exit == DV_EXIT_YES ? line : NULL;
}

static enum dv_exit
begin_section(struct reading *r, const char *name, struct dv_err *err)
{
	struct pki_own *own = &r->set->own[r->set->count];
	struct pki_where here = { r->path, r->header, NULL, NULL };
	size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-");

	if (len == 0 || len > PKI_PROFILE_NAME || name[len] != '\0')
		return pki_own_refuse(&here, "[name] of 1 to 31 of a-z, 0-9 "
		    "and -", name, err);
	if (pki_profiles_find(r->set, name) != NULL)
		return pki_own_refuse(&here, "a name that no other profile "
		    "has", name, err);
	if (r->set->count == MAX_OWN)
		return pki_own_refuse(&here, "at most 64 profiles", name, err);
	memcpy(own->name, name, len + 1);
	own->line = r->header;
	pki_own_bare(own);
	r->set->count++;
	r->begun = true;
	return DV_EXIT_YES;
}

static enum dv_exit
take_key(struct reading *r, const char *section, const char *key,
    const char *value, bool first)
{
	struct pki_own *own = &r->set->own[r->set->count - 1];
	const struct pki_where here = where(r, section, key);
	const struct pki_profile *base;

	if (strcmp(key, "based-on") != 0)
		return pki_own_key(own, &here, value, r->err);
	if (!first)
		return pki_own_refuse(&here, "this key before all others, "
		    "once", value, r->err);
	/* Not itself, which is the last of the set. */
	r->set->count--;
	base = pki_profiles_find(r->set, value);
	r->set->count++;
	return pki_own_base(own, &here, base, value, r->err);
}

/* inih: one key; 0 is an error. */
static int
take(void *user, const char *section, const char *key, const char *value)
{
	struct reading *r = user;
	bool first = !r->begun;

	if (r->exit != DV_EXIT_YES)
		return 0;
	if (r->header == 0)
		stop(r, "[name] of a profile before the first key", key);
	else if (first)
		r->exit = begin_section(r, section, r->err);
	if (r->exit == DV_EXIT_YES)
		r->exit = take_key(r, section, key, value, first);
	return r->exit == DV_EXIT_YES;
}

static enum dv_exit
parse(struct reading *r, struct dv_err *err)
{
	int bad = ini_parse_stream(next_line, r, take, r);

	if (r->exit == DV_EXIT_YES && bad != 0) {
		r->line = bad > 0 ? (unsigned)bad : r->line;
		stop(r, "[name] or key = value", NULL);
	}
	if (r->exit == DV_EXIT_YES && r->header != 0 && !r->begun) {
		r->line = r->header;
		stop(r, "a key in this section", NULL);
	}
	for (size_t i = 0; r->exit == DV_EXIT_YES && i < r->set->count; i++)
		r->exit = pki_own_finish(&r->set->own[i], r->path, err);
	return r->exit;
}

/* Who could write it could have any certificate made. */
static enum dv_exit
check_file(const char *path, const struct stat *st, struct dv_err *err)
{
	enum dv_exit exit;

	if (S_ISREG(st->st_mode) && (st->st_mode & 022) == 0 &&
	    (st->st_uid == geteuid() || st->st_uid == 0))
		return DV_EXIT_YES;
	exit = dv_fail(err, DV_EXIT_NONE, "%s: %s", path,
	    !S_ISREG(st->st_mode) ? "not a regular file" :
	    (st->st_mode & 022) != 0 ? "others may write it" :
	    "it is not yours");
	return dv_hint(err, exit, "make it a file of your own: chmod 600 %s",
	    path);
}

enum dv_exit
pki_profiles_load(const char *path, struct pki_profiles **out,
    struct dv_err *err)
{
	struct dv_buf file = { NULL, 0, 0 };
	struct reading r = { .path = path, .err = err };
	struct stat st;
	enum dv_exit exit;

	*out = NULL;
	if (lstat(path, &st) != 0 && errno == ENOENT)
		return DV_EXIT_YES;
	exit = check_file(path, &st, err);
	if (exit == DV_EXIT_YES)
		exit = dv_file_read(path, MAX_FILE, &file, err);
	if (exit != DV_EXIT_YES)
		return exit;
	r.set = calloc(1, sizeof(*r.set));
	r.at = file.ptr;
	r.end = file.ptr + file.len;
	if (r.set == NULL)
		exit = dv_fail(err, DV_EXIT_NONE, "out of memory");
	else
		exit = parse(&r, err);
	if (exit == DV_EXIT_YES)
		*out = r.set;
	else
		free(r.set);
	dv_buf_free(&file);
	return exit;
}

void
pki_profiles_free(struct pki_profiles *set)
{
	free(set);
}

const struct pki_profile *
pki_profiles_at(const struct pki_profiles *set, size_t i)
{
	size_t builtin = 0;

	while (pki_profile_at(builtin) != NULL)
		builtin++;
	if (i < builtin)
		return pki_profile_at(i);
	i -= builtin;
	return set != NULL && i < set->count ? &set->own[i].p : NULL;
}

const struct pki_profile *
pki_profiles_find(const struct pki_profiles *set, const char *name)
{
	const struct pki_profile *p;

	for (size_t i = 0; (p = pki_profiles_at(set, i)) != NULL; i++) {
		if (strcmp(p->name, name) == 0)
			return p;
	}
	return NULL;
}
