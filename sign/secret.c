/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Passphrases: from a file, a descriptor or the terminal, never from the
 * command line or the environment. Echo is back on before anything else
 * happens, also after a signal.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "bytes.h"
#include "ds_key.h"
#include "host/file.h"

#define SECRET_MAX 1024		/* octets of one passphrase */
#define SECRET_FILE_MAX 65536

static const char how[] = "give --passphrase-file FILE or --passphrase-fd N";

/* Signals that would leave the terminal without echo. */
static const int fatal[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
#define FATAL_COUNT (sizeof(fatal) / sizeof(*fatal))

static volatile sig_atomic_t caught;

static void
on_signal(int number)
{
	caught = number;
}

/*
 * One octet, 0 at the end of input, -1 on error or signal. Fatal signals are
 * let in only while it waits (mask), so that none is lost before the read.
 */
static ssize_t
octet_read(int fd, const sigset_t *mask, uint8_t *out)
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };
	ssize_t n;
	do {
		n = mask == NULL ? 1 : ppoll(&ready, 1, NULL, mask);
		if (n > 0)
			n = read(fd, out, 1);
	} while (n < 0 && errno == EINTR && caught == 0);
	return n;
}

/* One line without its newline. False: end of input, error or too long. */
static bool
line_read(int fd, const sigset_t *mask, struct dv_buf *out)
{
	uint8_t c;
	size_t before = out->len;
	while (out->len - before <= SECRET_MAX) {
		ssize_t n = octet_read(fd, mask, &c);
		if (n < 0)
			return false;
		if (n == 0)
			return out->len > before;
		if (c == '\n')
			return true;
		if (!dv_buf_add(out, (struct dv_bytes){ &c, 1 }))
			return false;
	}
	return false;
}

static void
say(int tty, const char *text)
{
	ssize_t n = write(tty, text, strlen(text));
	(void)n;	/* a prompt that cannot be shown changes nothing */
}

/* Fatal signals wait, and what stood before is kept. */
static void
signals_hold(struct sigaction old[FATAL_COUNT], sigset_t *mask)
{
	struct sigaction act = { .sa_handler = on_signal };
	sigset_t hold;
	sigemptyset(&hold);
	caught = 0;
	for (size_t i = 0; i < FATAL_COUNT; i++) {
		sigaddset(&hold, fatal[i]);
		sigaction(fatal[i], &act, &old[i]);
	}
	sigprocmask(SIG_BLOCK, &hold, mask);
}

/* As before; a signal that came meanwhile now does its work. */
static void
signals_release(const struct sigaction old[FATAL_COUNT], const sigset_t *mask)
{
	for (size_t i = 0; i < FATAL_COUNT; i++)
		sigaction(fatal[i], &old[i], NULL);
	sigprocmask(SIG_SETMASK, mask, NULL);
	if (caught != 0)
		raise(caught);
}

/* Asks once with echo off. */
static bool
ask(int tty, const char *what, struct dv_buf *out)
{
	struct termios was, quiet;
	struct sigaction old[FATAL_COUNT];
	sigset_t mask;
	if (tcgetattr(tty, &was) != 0)
		return false;
	quiet = was;
	quiet.c_lflag &= (tcflag_t)~(ECHO | ECHOE | ECHOK | ECHONL);
	signals_hold(old, &mask);
	bool ok = tcsetattr(tty, TCSAFLUSH, &quiet) == 0;
	if (ok) {
		say(tty, what);
		say(tty, ": ");
		ok = line_read(tty, &mask, out);
		say(tty, "\n");
	}
	tcsetattr(tty, TCSAFLUSH, &was);
	signals_release(old, &mask);
	return ok && caught == 0;
}

static enum dv_exit
from_terminal(const char *what, bool twice, struct dv_buf *out,
    struct dv_err *err)
{
	int tty = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (tty < 0) {
		enum dv_exit ret = dv_fail(err, DV_EXIT_NONE,
		    "no terminal to ask for the %s", what);
		return dv_hint(err, ret, "%s", how);
	}
	char again[600];
	struct dv_buf second = { 0 };
	snprintf(again, sizeof(again), "%s, again", what);
	enum dv_exit ret = DV_EXIT_YES;
	if (!ask(tty, what, out) || (twice && !ask(tty, again, &second)))
		ret = dv_fail(err, DV_EXIT_NONE, "no %s was given", what);
	else if (twice && !dv_bytes_equal_secret(dv_buf_bytes(out),
	    dv_buf_bytes(&second)))
		ret = dv_fail(err, DV_EXIT_NONE,
		    "the two passphrases differ; nothing was done");
	dv_buf_free(&second);
	close(tty);
	return ret;
}

static enum dv_exit
from_file(const char *path, struct dv_buf *out, struct dv_err *err)
{
	struct dv_buf all = { 0 };
	enum dv_exit ret = dv_file_read_secret(path, SECRET_FILE_MAX, &all, err);
	if (ret == DV_EXIT_YES) {
		const uint8_t *end = all.len > 0 ?
		    memchr(all.ptr, '\n', all.len) : NULL;
		struct dv_bytes line = { all.ptr,
			end != NULL ? (size_t)(end - all.ptr) : all.len };
		if (line.len > SECRET_MAX)
			ret = dv_fail(err, DV_EXIT_NONE, "%s: its first line is "
			    "longer than %d octets", path, SECRET_MAX);
		else if (line.len > 0 && !dv_buf_add(out, line))
			ret = dv_fail(err, DV_EXIT_NONE, "out of memory");
	}
	dv_buf_free(&all);
	return ret;
}

static enum dv_exit
from_descriptor(int fd, struct dv_buf *out, struct dv_err *err)
{
	caught = 0;
	if (line_read(fd, NULL, out))
		return DV_EXIT_YES;
	return dv_fail(err, DV_EXIT_NONE,
	    "no passphrase could be read from descriptor %d", fd);
}

enum dv_exit
ds_secret_get(const struct ds_secret *source, const char *what, bool twice,
    struct dv_buf *out, struct dv_err *err)
{
	enum dv_exit ret;
	if (source->none)
		ret = dv_fail(err, DV_EXIT_USAGE,
		    "a %s is needed, and it was said that there is none", what);
	else if (source->file != NULL)
		ret = from_file(source->file, out, err);
	else if (source->fd >= 0)
		ret = from_descriptor(source->fd, out, err);
	else
		ret = from_terminal(what, twice, out, err);
	if (ret == DV_EXIT_YES && out->len == 0)
		ret = dv_fail(err, DV_EXIT_NONE, "the %s is empty", what);
	if (ret != DV_EXIT_YES)
		dv_buf_free(out);
	return ret;
}
