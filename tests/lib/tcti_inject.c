/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A way to a TPM that goes wrong on order: it stands before another TCTI and
 * spoils the answers it is told to. For tests: built beside them, loaded by its
 * path, never installed, in no program.
 *
 *   .../libtss2-tcti-inject.so:RULE,RULE@swtpm:path=SOCKET
 *   RULE is CC.N=ACTION[:VALUE], CC a command code in hexadecimal, N its
 *   occurrence from 1, or * for each. Actions are in the table below.
 */
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tss2/tss2_tctildr.h>
#include <tss2/tss2_tpm2_types.h>

#define MAGIC UINT64_C(0x696e6a656374656d)
#define RULES_MAX 8
#define HEADER 10		/* tag, size, code */
#define HALF 32			/* octets of r, s, x, y */
#define BUF 8192

struct answer {
	size_t size;
	uint8_t data[BUF];
};

struct rule {
	uint32_t command;
	unsigned nth;		/* 0: each */
	char action[12];
	uint32_t value;
	unsigned seen;
};

struct inject {
	TSS2_TCTI_CONTEXT_COMMON_CURRENT common;
	TSS2_TCTI_CONTEXT *inner;
	struct rule rules[RULES_MAX];
	size_t count;
	const struct rule *now;	/* what happens to the command that was sent */
	bool asked;		/* it was passed on to the inner one */
	bool held;		/* the answer is here and not yet handed out */
	struct answer answer;
};

const TSS2_TCTI_INFO *Tss2_Tcti_Info(void);

static uint32_t
get32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	    (uint32_t)p[2] << 8 | p[3];
}

static void
put32(uint8_t *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> (24 - 8 * i));
}

/* ---- what can happen to an answer ----------------------------------------- */

static TSS2_RC
act_rc(struct answer *a, uint32_t code)
{
	a->size = HEADER;
	a->data[0] = 0x80;
	a->data[1] = 0x01;	/* TPM_ST_NO_SESSIONS */
	put32(a->data + 2, HEADER);
	put32(a->data + 6, code);
	return TSS2_RC_SUCCESS;
}

static TSS2_RC
act_delay(struct answer *a, uint32_t ms)
{
	(void)a;
	poll(NULL, 0, (int)ms);
	return TSS2_RC_SUCCESS;
}

static TSS2_RC
act_hang(struct answer *a, uint32_t value)
{
	(void)a;
	(void)value;
	while (poll(NULL, 0, -1) != 0)
		;
	return TSS2_TCTI_RC_GENERAL_FAILURE;
}

static TSS2_RC
act_drop(struct answer *a, uint32_t value)
{
	(void)a;
	(void)value;
	return TSS2_TCTI_RC_IO_ERROR;
}

static TSS2_RC
act_garbage(struct answer *a, uint32_t octet)
{
	memset(a->data, (int)octet, a->size);
	return TSS2_RC_SUCCESS;
}

static TSS2_RC
act_short(struct answer *a, uint32_t left)
{
	if (a->size > left)
		a->size = left;
	return TSS2_RC_SUCCESS;
}

/* The header still says the truth of what is left. */
static TSS2_RC
act_cut(struct answer *a, uint32_t left)
{
	act_short(a, left);
	put32(a->data + 2, (uint32_t)a->size);
	return TSS2_RC_SUCCESS;
}

static TSS2_RC
act_long(struct answer *a, uint32_t size)
{
	memset(a->data + a->size, 0, sizeof(a->data) - a->size);
	a->size = size;
	put32(a->data + 2, size);
	return TSS2_RC_SUCCESS;
}

/*
 * One bit of an octet counted from the place of the last 32-octet number but
 * one (r, x) or of the last (s, y): TPM2B of 32, so 00 20 stands before each.
 */
static TSS2_RC
flip(struct answer *a, int which)
{
	for (size_t i = HEADER; i + 2 + HALF <= a->size; i++) {
		if (a->data[i] != 0 || a->data[i + 1] != HALF)
			continue;
		size_t at = i + 2 + (size_t)which * (HALF + 2);
		a->data[at + HALF - 1] ^= 1;
		return TSS2_RC_SUCCESS;
	}
	return TSS2_TCTI_RC_BAD_VALUE;
}

static TSS2_RC
act_r(struct answer *a, uint32_t value)
{
	(void)value;
	return flip(a, 0);
}

static TSS2_RC
act_s(struct answer *a, uint32_t value)
{
	(void)value;
	return flip(a, 1);
}

static const struct {
	const char *name;
	TSS2_RC (*act)(struct answer *answer, uint32_t value);
	bool instead;		/* the TPM never sees the command */
} actions[] = {
	{ "rc", act_rc, true },		/* this response code */
	{ "delay", act_delay, false },	/* VALUE ms late */
	{ "hang", act_hang, false },	/* never */
	{ "drop", act_drop, true },	/* the connection breaks */
	{ "garbage", act_garbage, false },	/* all octets are VALUE */
	{ "short", act_short, false },	/* VALUE octets, and the header lies */
	{ "cut", act_cut, false },	/* VALUE octets, and the header says so */
	{ "long", act_long, false },	/* VALUE octets */
	{ "r", act_r, false },		/* a bit of r */
	{ "s", act_s, false },		/* a bit of s */
	{ "handle", NULL, false },	/* asks for the object at VALUE instead */
};

#define ACTIONS (sizeof(actions) / sizeof(*actions))

static size_t
action_find(const char *name)
{
	size_t i = 0;
	while (i < ACTIONS && strcmp(actions[i].name, name) != 0)
		i++;
	return i;
}

/* ---- the TCTI ------------------------------------------------------------- */

static const struct rule *
rule_for(struct inject *in, uint32_t command)
{
	const struct rule *found = NULL;
	for (size_t i = 0; i < in->count; i++) {
		struct rule *r = &in->rules[i];
		if (r->command != command)
			continue;
		r->seen++;
		if (r->nth == 0 || r->nth == r->seen)
			found = r;
	}
	return found;
}

static TSS2_RC
inject_transmit(TSS2_TCTI_CONTEXT *tcti, size_t size, const uint8_t *command)
{
	struct inject *in = (struct inject *)tcti;
	uint8_t copy[BUF];
	if (size < HEADER + 4 || size > sizeof(copy))
		return Tss2_Tcti_Transmit(in->inner, size, command);
	memcpy(copy, command, size);
	in->held = false;
	in->now = rule_for(in, get32(command + 6));
	size_t action = in->now != NULL ? action_find(in->now->action) : ACTIONS;
	in->asked = action == ACTIONS || !actions[action].instead;
	if (action < ACTIONS && actions[action].act == NULL)
		put32(copy + HEADER, in->now->value);
	return in->asked ? Tss2_Tcti_Transmit(in->inner, size, copy) :
	    TSS2_RC_SUCCESS;
}

/* The answer, spoiled if it is to be. */
static TSS2_RC
answer_get(struct inject *in, int32_t timeout)
{
	struct answer *a = &in->answer;
	TSS2_RC rc = TSS2_RC_SUCCESS;
	a->size = sizeof(a->data);
	if (in->asked)
		rc = Tss2_Tcti_Receive(in->inner, &a->size, a->data, timeout);
	size_t action = in->now != NULL ? action_find(in->now->action) : ACTIONS;
	if (rc == TSS2_RC_SUCCESS && action < ACTIONS &&
	    actions[action].act != NULL)
		rc = actions[action].act(a, in->now->value);
	return rc;
}

/* Some ask for the size first, with no place for the answer. */
static TSS2_RC
inject_receive(TSS2_TCTI_CONTEXT *tcti, size_t *size, uint8_t *response,
    int32_t timeout)
{
	struct inject *in = (struct inject *)tcti;
	size_t room = *size;
	if (!in->held) {
		TSS2_RC rc = answer_get(in, timeout);
		if (rc != TSS2_RC_SUCCESS)
			return rc;
	}
	*size = in->answer.size;
	in->held = response == NULL || *size > room;
	if (response == NULL)
		return TSS2_RC_SUCCESS;
	if (in->held)
		return TSS2_TCTI_RC_INSUFFICIENT_BUFFER;
	memcpy(response, in->answer.data, *size);
	return TSS2_RC_SUCCESS;
}

static void
inject_finalize(TSS2_TCTI_CONTEXT *tcti)
{
	struct inject *in = (struct inject *)tcti;
	Tss2_TctiLdr_Finalize(&in->inner);
}

static bool
rule_parse(struct inject *in, const char *text)
{
	struct rule *r = &in->rules[in->count];
	char nth[12], value[12] = "0";
	int fields = sscanf(text, "%x.%11[0-9*]=%11[a-z]:%11[0-9a-fx]",
	    &r->command, nth, r->action, value);
	if (fields < 3 || action_find(r->action) == ACTIONS)
		return false;
	r->nth = nth[0] == '*' ? 0 : (unsigned)strtoul(nth, NULL, 10);
	r->value = (uint32_t)strtoul(value, NULL, 0);
	in->count++;
	return true;
}

static bool
rules_parse(struct inject *in, const char *conf, size_t len)
{
	char text[256], *save = NULL;
	if (len >= sizeof(text))
		return false;
	memcpy(text, conf, len);
	text[len] = '\0';
	for (char *one = strtok_r(text, ",", &save); one != NULL;
	    one = strtok_r(NULL, ",", &save)) {
		if (in->count == RULES_MAX || !rule_parse(in, one))
			return false;
	}
	return true;
}

static TSS2_RC
inject_init(TSS2_TCTI_CONTEXT *tcti, size_t *size, const char *conf)
{
	struct inject *in = (struct inject *)tcti;
	const char *at = conf != NULL ? strchr(conf, '@') : NULL;
	if (in == NULL) {
		*size = sizeof(*in);
		return TSS2_RC_SUCCESS;
	}
	memset(in, 0, sizeof(*in));
	if (at == NULL || !rules_parse(in, conf, (size_t)(at - conf)))
		return TSS2_TCTI_RC_BAD_VALUE;
	in->common.v1 = (TSS2_TCTI_CONTEXT_COMMON_V1){
		.magic = MAGIC,
		.version = 2,
		.transmit = inject_transmit,
		.receive = inject_receive,
		.finalize = inject_finalize,
	};
	return Tss2_TctiLdr_Initialize(at + 1, &in->inner);
}

const TSS2_TCTI_INFO *
Tss2_Tcti_Info(void)
{
	static const TSS2_TCTI_INFO info = {
		.version = 2,
		.name = "inject",
		.description = "another TCTI that goes wrong on order",
		.config_help = "RULE,...@TCTI",
		.init = inject_init,
	};
	return &info;
}
