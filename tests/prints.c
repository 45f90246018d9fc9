/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Prints in the ways of <stdio.h> that the programs use, to compare two
 * libraries of C: `prints all` what is returned and where strings end, `prints
 * flood` more than any buffer holds, `prints errors` to standard error, `prints
 * failing` what is returned when nothing can be written. Ends by how it went: 0
 * all was written, 3 not. ISO/IEC 9899:2011 7.21.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#pragma GCC diagnostic ignored "-Wformat-nonliteral"

#define LINES 1000

/* A string into rooms of every size: what is returned, and what it touched. */
static void
rooms(const char *format, ...)
{
	char text[40];
	va_list ap;
	int n;

	for (size_t size = 0; size <= sizeof(text); size++) {
		memset(text, '#', sizeof(text));
		va_start(ap, format);
		n = vsnprintf(text, size, format, ap);
		va_end(ap);
		printf("%zu %d ", size, n);
		fwrite(text, 1, sizeof(text), stdout);
		putchar('\n');
	}
}

static void
all(void)
{
	/* Too long, which the compiler is not to see. */
	const char *volatile words = "truncated";
	char text[8];
	int n;

	rooms("");
	rooms("%s", "plain");
	rooms("%5d|%-5d|%05d|%c", 12, -12, -12, '\0');
	rooms("%s %08lx\n%.*s", "line", 0xabcdeful, 3, "octets");
	rooms("%0100d", 1);
	errno = 0;
	n = snprintf(NULL, 0, "%s\n", words);
	printf("%d %d\n", n, errno);
	n = snprintf(text, sizeof(text), "%s", words);
	printf("%d %s\n", n, text);
	n = fputc(0xe4, stdout);
	printf(" %d\n", n);
	n = putchar(0x1e4);
	printf(" %d\n", n);
	n = fputs("fputs", stdout);
	printf(" %d\n", n >= 0);
	n = puts("puts");
	printf("%d\n", n >= 0);
	printf(" %zu\n", fwrite("fwrite", 2, 3, stdout));
	printf("%zu\n", fwrite("", 1, 0, stdout));
	n = fprintf(stdout, "%s\n", "fprintf");
	printf("%d %d\n", n, printf("\n"));
	printf("%d %d\n", ferror(stdout), ferror(stderr));
}

static void
flood(void)
{
	for (int i = 0; i < LINES; i++) {
		printf("%d printf\n", i);
		fprintf(stdout, "%d fprintf\n", i);
		fputs("fputs\n", stdout);
		fputc('\n', stdout);
		fwrite("fwrite\n", 1, 7, stdout);
		puts("puts");
		putchar('\n');
	}
	printf("%05000d\n", 1);
}

static void
errors(void)
{
	fputs("one", stderr);
	fprintf(stderr, " line, %d piece%s", 3, "s");
	fputc('\n', stderr);
	fprintf(stderr, "%0*d\n", LINES, 1);
	fputs("without an end", stderr);
	fflush(stderr);
}

static void
failing(void)
{
	while (ferror(stdout) == 0)
		putchar('\n');
	fprintf(stderr, "%d %d %d %d %d ", printf("%s\n", "printf"),
	    fputs("fputs", stdout), fputc('c', stdout), putchar('c'),
	    puts("puts"));
	fprintf(stderr, "%zu\n", fwrite("fwrite", 1, 6, stdout));
}

/* As a program ends: was all of it written? */
static int
end(void)
{
	const int failed = ferror(stdout) != 0;
	int flushed;

	errno = 0;
	flushed = fflush(stdout);
	if (flushed == 0 && failed == 0)
		return 0;
	fprintf(stderr, "failed %d, flushed %d, error %d\n", failed, flushed,
	    errno);
	return 3;
}

int
main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*print)(void);
	} ways[] = {
		{ "all", all },
		{ "flood", flood },
		{ "errors", errors },
		{ "failing", failing },
	};

	for (size_t i = 0; argc == 2 && i < sizeof(ways) / sizeof(ways[0]); i++) {
		if (strcmp(argv[1], ways[i].name) != 0)
			continue;
		ways[i].print();
		return end();
	}
	fprintf(stderr, "usage: prints all|flood|errors|failing\n");
	return 2;
}
