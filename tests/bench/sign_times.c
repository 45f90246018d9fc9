/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Linked into a devsign of its own, for the bench alone: the linker puts these
 * functions in between, and at the end of the process a line on standard error
 * says how long each step took: `time NAME MICROSECONDS`.
 */
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "crypto.h"
#include "tpm_esys.h"

#define STEPS 32

static struct step {
	const char *name;
	double us;
} steps[STEPS];

static double began;
static uint32_t command;	/* that the TPM has now */
static TSS2_TCTI_TRANSMIT_FCN transmit;
static TSS2_TCTI_RECEIVE_FCN receive;

TSS2_RC __real_ds_tpm_wait_open(const char *, int, TSS2_TCTI_CONTEXT **);
TSS2_RC __wrap_ds_tpm_wait_open(const char *, int, TSS2_TCTI_CONTEXT **);
TSS2_RC __real_Esys_Initialize(ESYS_CONTEXT **, TSS2_TCTI_CONTEXT *,
    TSS2_ABI_VERSION *);
TSS2_RC __wrap_Esys_Initialize(ESYS_CONTEXT **, TSS2_TCTI_CONTEXT *,
    TSS2_ABI_VERSION *);
enum dv_crypto __real_dv_crypto_verify(const struct dv_crypto_check *);
enum dv_crypto __wrap_dv_crypto_verify(const struct dv_crypto_check *);
int __real_fsync(int);
int __wrap_fsync(int);
int __real_rename(const char *, const char *);
int __wrap_rename(const char *, const char *);

static double
now_us(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

/* Adds to a step; its name is a literal. */
static void
took(const char *name, double since)
{
	for (size_t i = 0; i < STEPS; i++) {
		if (steps[i].name != NULL && steps[i].name != name)
			continue;
		steps[i].name = name;
		steps[i].us += now_us() - since;
		return;
	}
}

static const char *
command_name(uint32_t code)
{
	switch (code) {
	case TPM2_CC_ReadPublic:
		return "TPM2_ReadPublic";
	case TPM2_CC_Sign:
		return "TPM2_Sign";
	case TPM2_CC_CreatePrimary:
		return "TPM2_CreatePrimary";
	case TPM2_CC_StartAuthSession:
		return "TPM2_StartAuthSession";
	case TPM2_CC_FlushContext:
		return "TPM2_FlushContext";
	default:
		return "TPM2_other";
	}
}

static TSS2_RC
timed_transmit(TSS2_TCTI_CONTEXT *tcti, size_t size, const uint8_t *data)
{
	double since = now_us();
	command = (uint32_t)data[6] << 24 | (uint32_t)data[7] << 16 |
	    (uint32_t)data[8] << 8 | data[9];
	TSS2_RC rc = transmit(tcti, size, data);
	took(command_name(command), since);
	return rc;
}

static TSS2_RC
timed_receive(TSS2_TCTI_CONTEXT *tcti, size_t *size, uint8_t *data, int32_t ms)
{
	double since = now_us();
	TSS2_RC rc = receive(tcti, size, data, ms);
	took(command_name(command), since);
	return rc;
}

TSS2_RC
__wrap_ds_tpm_wait_open(const char *where, int ms, TSS2_TCTI_CONTEXT **out)
{
	double since = now_us();
	TSS2_RC rc = __real_ds_tpm_wait_open(where, ms, out);
	if (rc == TSS2_RC_SUCCESS) {
		transmit = TSS2_TCTI_TRANSMIT(*out);
		receive = TSS2_TCTI_RECEIVE(*out);
		TSS2_TCTI_TRANSMIT(*out) = timed_transmit;
		TSS2_TCTI_RECEIVE(*out) = timed_receive;
	}
	took("connect", since);
	return rc;
}

TSS2_RC
__wrap_Esys_Initialize(ESYS_CONTEXT **esys, TSS2_TCTI_CONTEXT *tcti,
    TSS2_ABI_VERSION *version)
{
	double since = now_us();
	TSS2_RC rc = __real_Esys_Initialize(esys, tcti, version);
	took("Esys_Initialize", since);
	return rc;
}

enum dv_crypto
__wrap_dv_crypto_verify(const struct dv_crypto_check *check)
{
	double since = now_us();
	enum dv_crypto ret = __real_dv_crypto_verify(check);
	took("verify", since);
	return ret;
}

int
__wrap_fsync(int fd)
{
	double since = now_us();
	int ret = __real_fsync(fd);
	took("fsync", since);
	return ret;
}

int
__wrap_rename(const char *from, const char *to)
{
	double since = now_us();
	int ret = __real_rename(from, to);
	took("rename", since);
	return ret;
}

__attribute__((constructor)) static void
start(void)
{
	began = now_us();
}

__attribute__((destructor)) static void
report(void)
{
	double whole = now_us() - began, rest = whole;
	for (size_t i = 0; i < STEPS && steps[i].name != NULL; i++) {
		fprintf(stderr, "time %s %.0f\n", steps[i].name, steps[i].us);
		rest -= steps[i].us;
	}
	fprintf(stderr, "time the-rest %.0f\ntime main %.0f\n", rest, whole);
}
