/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Start of a Cortex-M: vector table, variables, main(), exit status. A fault
 * of any kind, of which a stack that is too small is one, ends with status 3:
 * no answer. Armv7-M and Armv8-M.
 */
#include <string.h>

#include "semihost.h"

/* From sections.ld. */
extern char _stack[], _stack_top[], _data_load[], _data[], _data_end[], _bss[], _bss_end[];

int main(void);
_Noreturn void start(void);
void fault(void);

/* SYS_EXIT_EXTENDED, and its ADP_Stopped_ApplicationExit. */
#define APPLICATION_EXIT 0x20026

intptr_t
semihost(enum semihost_call call, const void *block)
{
	register intptr_t answer __asm__("r0") = (intptr_t)call;
	register const void *given __asm__("r1") = block;

	__asm__ volatile("bkpt 0xab" : "+r"(answer) : "r"(given) : "memory");
	return answer;
}

/* used: fault() goes there in a way that the compiler does not see. */
__attribute__((used)) _Noreturn void
semihost_exit(int status)
{
	const uintptr_t block[] = { APPLICATION_EXIT, (uintptr_t)status };

	for (;;)
		semihost(SEMIHOST_EXIT, block);
}

/* The stack may be what has failed: begin it anew. */
__attribute__((naked, noinline)) void
fault(void)
{
	__asm__ volatile("movw r0, #:lower16:_stack_top\n\t"
	    "movt r0, #:upper16:_stack_top\n\tmov sp, r0\n\t"
	    "movs r0, #3\n\tb semihost_exit");
}

/*
 * Below the stack is what nobody may touch, whatever the board has there: the
 * limit of Armv8-M, or a region of 64 KB without access of the memory protection
 * unit (Armv7-M B3.5: RBAR, RASR, then CTRL with all else as by default).
 */
static void
stack_guard(void)
{
#ifdef __ARM_ARCH_8M_MAIN__
	__asm__ volatile("msr msplim, %0" : : "r"(_stack));
#else
	volatile uint32_t *const mpu = (uint32_t *)0xe000ed90;

	mpu[3] = ((uint32_t)_stack - 0x10000) | 0x10;
	mpu[4] = 0x1000001f;
	mpu[1] = 0x5;
	__asm__ volatile("dsb\n\tisb" : : : "memory");
#endif
}

_Noreturn void
start(void)
{
	stack_guard();
	memcpy(_data, _data_load, (size_t)(_data_end - _data));
	memset(_bss, 0, (size_t)(_bss_end - _bss));
	semihost_exit(main());
}

/* Initial stack, reset, and the fourteen exceptions of the processor. */
struct vectors {
	char *stack;
	void (*reset)(void);
	void (*exception[14])(void);
};
extern const struct vectors vectors;
__attribute__((section(".vectors"), used)) const struct vectors vectors = {
	.stack = _stack_top,
	.reset = start,
	.exception = { fault, fault, fault, fault, fault, fault, fault, fault,
	    fault, fault, fault, fault, fault, fault },
};
