/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * boot_check() on a board of qemu: reads a slot from memory, prints the verdict
 * and what it took. Exit status 0 yes, 1 no, 3 there is no slot, or a fault.
 * A real loader stores the floor and jumps instead.
 */
#include <string.h>

#include "boot.h"
#include "semihost.h"

#define SLOT_MAGIC 0x31544c53	/* "SLT1" */
#define SLOT_MAX (1024 * 1024)
#define PAINT 0x5aa55aa5

/* As it lies in memory, followed by what has a length, in this order. */
struct slot_head {
	uint32_t magic, image, envelope, crl[BOOT_CRLS];
	uint32_t unused;
	int64_t clock;
	struct boot_floor floor;
};

/* From the linker script. */
extern uint32_t _stack[], _stack_top[];
extern const uint8_t _slot[];

/* SysTick (Armv7-M B3.3): counts down at the processor's rate, 24 bits. */
#define SYSTICK ((volatile uint32_t *)0xe000e010)
#define SYSTICK_MAX 0xffffff

static void
say(const char *s)
{
	semihost(SEMIHOST_WRITE0, s);
}

static void
say_number(const char *what, uint32_t number)
{
	char digits[11], *p = digits + sizeof(digits) - 1;

	*p = '\0';
	do {
		*--p = (char)('0' + number % 10);
		number /= 10;
	} while (number > 0);
	say(what);
	say(p);
}

/* Below this function's own frame. */
static __attribute__((noinline)) void
stack_paint(void)
{
	volatile uint32_t *here = (uint32_t *)__builtin_frame_address(0) - 16;

	for (volatile uint32_t *p = _stack; p < here; p++)
		*p = PAINT;
}

static uint32_t
stack_used(void)
{
	const volatile uint32_t *p = _stack;

	while (p < _stack_top && *p == PAINT)
		p++;
	return (uint32_t)(_stack_top - p) * (uint32_t)sizeof(*p);
}

/* False: it claims more than a slot can hold. */
static bool
take(size_t *place, uint32_t len, struct dv_bytes *out)
{
	if (len > SLOT_MAX - *place)
		return false;
	*out = (struct dv_bytes){ len > 0 ? _slot + *place : NULL, len };
	*place += len;
	return true;
}

static bool
slot_read(struct slot_head *head, struct boot_slot *slot)
{
	size_t place = sizeof(*head);
	bool ok;

	memcpy(head, _slot, sizeof(*head));
	ok = head->magic == SLOT_MAGIC &&
	    take(&place, head->image, &slot->image) &&
	    take(&place, head->envelope, &slot->envelope);
	for (size_t i = 0; ok && i < BOOT_CRLS; i++)
		ok = take(&place, head->crl[i], &slot->crl[i]);
	head->floor.version[sizeof(head->floor.version) - 1] = '\0';
	return ok;
}

static void
verdict_say(const struct dv_verdict *verdict, const struct boot_floor *next)
{
	if (verdict->status == DV_ACCEPTED) {
		say("boot: accepted, the floor becomes ");
		say(next->version);
		say_number(" and ", (uint32_t)next->seen.s);
	} else {
		say_number("boot: refused, reason ", verdict->reason);
		say_number(" object ", verdict->object);
		say_number(" number ", verdict->index);
	}
	say("\n");
}

int
main(void)
{
	struct slot_head head;
	struct boot_slot slot;
	struct boot_floor next;
	struct dv_verdict verdict;
	uint32_t ticks;

	if (!slot_read(&head, &slot)) {
		say("boot: there is no slot\n");
		return 3;
	}
	stack_paint();
	SYSTICK[1] = SYSTICK_MAX;
	SYSTICK[2] = 0;
	SYSTICK[0] = 5;
	verdict = boot_check(&slot, &head.floor, (dv_time){ head.clock }, &next);
	ticks = SYSTICK_MAX - SYSTICK[2];
	verdict_say(&verdict, &next);
	say_number("stack: ", stack_used());
	say_number("\nticks: ", ticks);
	say("\n");
	return verdict.status == DV_ACCEPTED ? 0 : 1;
}
