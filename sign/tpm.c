/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The connection to a TPM: opened only where it was told to, silent on standard
 * error, and never waiting for ever. TCG ESAPI, TCTI.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "bytes.h"
#include "host/when.h"
#include "tpm_esys.h"

#define BUSY_TOTAL_MS 2000	/* how long a busy TPM is asked again */
#define BUSY_FIRST_MS 10
#define BUSY_LONGEST_MS 200
#define SLOTS_TOTAL_MS 3000	/* how long full slots are waited for */
#define SLOTS_LONGEST_MS 100
#define OPEN_TOTAL_MS 10000	/* how long a silent device is opened again */
#define SILENT_MS 900

/* ---- calls ---------------------------------------------------------------- */

/* Also a key that the TPM keeps takes a slot while it is used. */
bool
ds_tpm_slots_full(TSS2_RC rc)
{
	return ds_tpm_is(rc, TPM2_RC_OBJECT_MEMORY) ||
	    ds_tpm_is(rc, TPM2_RC_OBJECT_HANDLES) ||
	    ds_tpm_is(rc, TPM2_RC_SESSION_MEMORY) ||
	    ds_tpm_is(rc, TPM2_RC_SESSION_HANDLES);
}

static bool
busy(TSS2_RC rc)
{
	return ds_tpm_is(rc, TPM2_RC_RETRY) || ds_tpm_is(rc, TPM2_RC_YIELDED) ||
	    ds_tpm_is(rc, TPM2_RC_TESTING) || ds_tpm_is(rc, TPM2_RC_NV_RATE);
}

static bool
unanswered(TSS2_RC rc)
{
	return (rc & TSS2_RC_LAYER_MASK) != TSS2_TPM_RC_LAYER &&
	    (rc & ~(TSS2_RC)TSS2_RC_LAYER_MASK) == TSS2_BASE_RC_TRY_AGAIN;
}

/* "Try again" is also how the library says that it has sent a command anew. */
static TSS2_RC
await(ESYS_CONTEXT *esys, const struct ds_tpm_call *call, void *arg)
{
	int64_t end = dv_milliseconds() + (int64_t)call->seconds * 1000, left;
	TSS2_RC rc = TSS2_ESYS_RC_TRY_AGAIN;
	while (unanswered(rc) && (left = end - dv_milliseconds()) > 0) {
		Esys_SetTimeout(esys, (int32_t)left);
		rc = call->finish(esys, arg);
	}
	return rc;
}

TSS2_RC
ds_tpm_run(struct ds_tpm *tpm, const struct ds_tpm_call *call, void *arg)
{
	int waited = 0;
	for (int pause = BUSY_FIRST_MS;; pause *= 2) {
		TSS2_RC rc = call->start(tpm->esys, arg);
		if (rc == TSS2_RC_SUCCESS)
			rc = await(tpm->esys, call, arg);
		bool wait = busy(rc) || (ds_tpm_slots_full(rc) && !tpm->holds_slots);
		if (!wait || waited >= BUSY_TOTAL_MS)
			return rc;
		if (pause > BUSY_LONGEST_MS)
			pause = BUSY_LONGEST_MS;
		if (pause > BUSY_TOTAL_MS - waited)
			pause = BUSY_TOTAL_MS - waited;
		poll(NULL, 0, pause);
		waited += pause;
	}
}

TSS2_RC
ds_tpm_patiently(struct ds_tpm *tpm,
    TSS2_RC (*once)(struct ds_tpm *tpm, void *arg), void *arg)
{
	int64_t end = dv_milliseconds() + SLOTS_TOTAL_MS;
	/* Not all in step: each process has pauses of its own. */
	int step = 5 + (int)(getpid() % 16), pause = step;
	TSS2_RC rc;
	bool held = tpm->holds_slots;
	tpm->holds_slots = true;
	while (ds_tpm_slots_full(rc = once(tpm, arg)) && dv_milliseconds() < end) {
		poll(NULL, 0, pause);
		if (pause < SLOTS_LONGEST_MS)
			pause += step;
	}
	tpm->holds_slots = held;
	return rc;
}

/* ---- opening -------------------------------------------------------------- */

static const char *
after(const char *text, const char *prefix)
{
	size_t len = strlen(prefix);
	return strncmp(text, prefix, len) == 0 ? text + len : NULL;
}

/*
 * The library has one code for all of these; the node itself tells more.
 * Asked before it is opened as well: to what is no device, not a byte is written.
 */
static int
device_look(const char *path)
{
	struct stat st = { .st_mode = 0 };
	int fd = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK);
	int why = fd < 0 || fstat(fd, &st) != 0 ? errno : 0;
	if (why == 0 && !S_ISCHR(st.st_mode))
		why = ENODEV;
	if (fd >= 0)
		close(fd);
	return why;
}

static const char *
device_hint(int why)
{
	switch (why) {
	case 0:
		return "is it a TPM 2.0 and not a TPM 1.2? "
		    "Does power-cycling help?";
	case ENOENT:
		return "is a TPM 2.0 fitted and switched on, and its kernel "
		    "driver loaded (tpm_tis, tpm_crb)? "
		    "Another way is named with --tcti";
	case EACCES:
	case EPERM:
		return "add this user to the group of the device "
		    "(often \"tss\"), or run as root";
	case EBUSY:
		return "another program holds it; device:/dev/tpmrm0 can be "
		    "shared";
	case EISDIR:
	case ENOTDIR:
	case ENODEV:
		return "name the device node of a TPM, such as "
		    DS_TCTI_DEFAULT;
	default:
		return "is it the device node of a TPM 2.0?";
	}
}

static enum dv_exit
device_fail(const char *path, int why, struct dv_err *err)
{
	enum dv_exit ret = why == 0 ?
	    dv_fail(err, DV_EXIT_NONE,
	        "no TPM: %s is there but does not answer as a TPM 2.0", path) :
	    why == ENODEV ?
	    dv_fail(err, DV_EXIT_NONE, "no TPM: %s is not a device", path) :
	    dv_fail(err, DV_EXIT_NONE, "no TPM: %s: %s", path, strerror(why));
	return dv_hint(err, ret, "%s", device_hint(why));
}

static int
socket_look(const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	size_t len = strlen(path);
	if (len >= sizeof(addr.sun_path))
		return ENAMETOOLONG;
	memcpy(addr.sun_path, path, len + 1);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int why = fd < 0 || connect(fd, (struct sockaddr *)&addr,
	    sizeof(addr)) != 0 ? errno : 0;
	if (fd >= 0)
		close(fd);
	return why;
}

static enum dv_exit
socket_fail(const char *path, struct dv_err *err)
{
	int why = socket_look(path);
	enum dv_exit ret = dv_fail(err, DV_EXIT_NONE, "no TPM: %s: %s", path,
	    why != 0 ? strerror(why) : "what listens there is not swtpm");
	return dv_hint(err, ret, "is swtpm running with `--server "
	    "type=unixio,path=%s --ctrl type=unixio,path=%s.ctrl`?", path, path);
}

static enum dv_exit
unknown_fail(const char *tcti, struct dv_err *err)
{
	int name = (int)strcspn(tcti, ":");
	enum dv_exit ret = dv_fail(err, DV_EXIT_NONE,
	    "unknown TPM transport \"%.*s\"", name, tcti);
	return dv_hint(err, ret, "there are device:PATH and, for tests, "
	    "swtpm:path=SOCKET; another needs its library, "
	    "libtss2-tcti-%.*s.so.0", name, tcti);
}

static enum dv_exit
open_fail(const char *tcti, TSS2_RC rc, struct dv_err *err)
{
	const char *path = after(tcti, "device:");
	if (path != NULL)
		return device_fail(path, device_look(path), err);
	if (unanswered(rc)) {
		enum dv_exit ret = dv_fail(err, DV_EXIT_NONE, "no TPM: \"%s\" "
		    "does not answer, after %d s", tcti, OPEN_TOTAL_MS / 1000);
		return dv_hint(err, ret, "is what listens there a TPM, and was "
		    "it stopped?");
	}
	if ((path = after(tcti, "swtpm:path=")) != NULL)
		return socket_fail(path, err);
	if (rc == TSS2_TCTI_RC_NOT_SUPPORTED)
		return unknown_fail(tcti, err);
	enum dv_exit ret = dv_fail(err, DV_EXIT_NONE,
	    "no TPM: \"%s\" cannot be opened (TPM 0x%x)", tcti, (unsigned)rc);
	return dv_hint(err, ret, "ways to a TPM are device:PATH and, for tests, "
	    "swtpm:path=SOCKET");
}

/*
 * A device is asked for a sign of life while it is opened, and has a second to
 * answer. When another program keeps the TPM busy that is too short.
 */
static TSS2_RC
tcti_open(struct ds_tpm *tpm, const char *tcti)
{
	int64_t end = dv_milliseconds() + OPEN_TOTAL_MS, tried;
	TSS2_RC rc;
	do {
		tried = dv_milliseconds();
		rc = ds_tpm_wait_open(tcti, (int)(end - tried), &tpm->tcti);
	} while (rc != TSS2_RC_SUCCESS && dv_milliseconds() - tried > SILENT_MS &&
	    dv_milliseconds() < end);
	return rc;
}

enum dv_exit
ds_tpm_open(const char *tcti, struct ds_tpm **out, struct dv_err *err)
{
	*out = NULL;
	/* Empty, or with nothing behind the name, is the library's default. */
	const char *colon = strchr(tcti, ':');
	if (colon == NULL || colon == tcti || colon[1] == '\0') {
		enum dv_exit ret = dv_fail(err, DV_EXIT_USAGE,
		    "\"%s\" does not say where the TPM is", tcti);
		return dv_hint(err, ret, "for example %s", DS_TCTI_DEFAULT);
	}
	const char *device = after(tcti, "device:");
	int why = device != NULL ? device_look(device) : 0;
	if (why != 0)
		return device_fail(device, why, err);
	/* Its messages would stand between ours; a value that is set wins. */
	setenv("TSS2_LOG", "all+none", 0);
	struct ds_tpm *tpm = calloc(1, sizeof(*tpm));
	if (tpm == NULL)
		return dv_fail(err, DV_EXIT_NONE, "out of memory");
	tpm->key = tpm->session = tpm->primary = ESYS_TR_NONE;
	snprintf(tpm->where, sizeof(tpm->where), "%s", tcti);
	TSS2_RC rc = tcti_open(tpm, tcti);
	if (rc == TSS2_RC_SUCCESS)
		rc = Esys_Initialize(&tpm->esys, tpm->tcti, NULL);
	if (rc != TSS2_RC_SUCCESS) {
		ds_tpm_close(tpm);
		return open_fail(tcti, rc, err);
	}
	*out = tpm;
	return DV_EXIT_YES;
}

void
ds_tpm_close(struct ds_tpm *tpm)
{
	if (tpm == NULL)
		return;
	if (tpm->esys != NULL) {
		ds_tpm_forget(tpm);
		ds_tpm_session_end(tpm);
	}
	Esys_Finalize(&tpm->esys);
	ds_tpm_wait_close(tpm->tcti);
	dv_wipe(tpm, sizeof(*tpm));
	free(tpm);
}
