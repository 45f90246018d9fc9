/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the commands of devverify share: their tables, and the question that
 * `chain` and `file` ask of each operand.
 */
#ifndef CMD_H
#define CMD_H

#include "built.h"
#include "dv_demand.h"
#include "host/jobs.h"
#include "host/report.h"
#include "host/tree.h"
#include "host/trust.h"
#include "host/when.h"

extern const struct dv_opt dv_cmd_anchors_opts[], dv_cmd_chain_opts[],
    dv_cmd_file_opts[], dv_cmd_receipts_opts[], dv_cmd_selfcheck_opts[],
    dv_cmd_show_opts[], dv_cmd_voucher_opts[];

enum dv_exit dv_cmd_anchors(const struct dv_args *args, struct dv_err *err);
enum dv_exit dv_cmd_chain(const struct dv_args *args, struct dv_err *err);
enum dv_exit dv_cmd_file(const struct dv_args *args, struct dv_err *err);
enum dv_exit dv_cmd_receipts(const struct dv_args *args, struct dv_err *err);
enum dv_exit dv_cmd_selfcheck(const struct dv_args *args, struct dv_err *err);
enum dv_exit dv_cmd_show(const struct dv_args *args, struct dv_err *err);
enum dv_exit dv_cmd_voucher(const struct dv_args *args, struct dv_err *err);

#ifdef DV_LAB
#define DV_CMD_NAME "devverify-lab"
#else
#define DV_CMD_NAME "devverify"
#endif

#define DV_CMD_FILE_SUMMARY "Judge files by their envelopes (FILE" DV_CMD_SUFFIX ")."

/* Options of several commands or programs, with one meaning and one text. */
#define DV_CMD_INTERMEDIATE { .letter = 'i', .name = "intermediate",           \
	.arg = "FILE", .help = "certificates that may be needed", .many = true }
#define DV_CMD_TIME DV_OPT('t', "time", "TIME",                                \
	"now (default), 2026-03-01T00:00:00Z or @seconds")
#define DV_CMD_QUIET DV_OPT('q', "quiet", NULL,                                \
	"say the verdict by the exit status alone")

#define DV_CMD_SIGNATURE DV_OPT('s', "signature", "FILE",                      \
	"the envelope, instead of FILE" DV_CMD_SUFFIX)
#define DV_CMD_SUFFIX ".cose"
#define DV_CMD_MIN_VERSION DV_OPT(0, "min-version", "VERSION",                 \
	"the artefact is of this version or a later one")
#define DV_CMD_TYPE DV_OPT(0, "type", "TYPE", "its content type")
#define DV_CMD_DEVICE DV_OPT(0, "device", "NAME", "the device it is for")
#define DV_CMD_MODEL DV_OPT(0, "model", "NAME", "the model it is for")

/* Rows of a part that this build may be without: then there are none. */
#if DV_HAS_CRL
#define DV_CMD_CRLS { .letter = 'r', .name = "crl", .arg = "FILE",             \
	.help = "certificate revocation lists", .many = true },                \
	{ .name = "revocation", .arg = "MODE",                                 \
	.help = "required, if-given (default) or none" },
#else
#define DV_CMD_CRLS
#endif
#if DV_HAS_PATH
#define DV_CMD_PROFILE { .name = "profile", .arg = "NAME",                     \
	.help = "strict (default) or path: other people's PKIs" },
#else
#define DV_CMD_PROFILE
#endif
#if DV_HAS_LISTS
#define DV_CMD_LISTS { .name = "jobs", .arg = "N",                             \
	.help = "judge so many at once (1..64; default 1)" },                  \
	{ .name = "list", .arg = "FILE",                                       \
	.help = "judge the files named there, one a line" },
#else
#define DV_CMD_LISTS
#endif
#if DV_HAS_JSON
#define DV_CMD_JSON { .letter = 'j', .name = "json",                           \
	.help = "one JSON object a line" },
#else
#define DV_CMD_JSON
#endif

/* Octets of an OID on the command line. */
#define DV_OID_ROOM 64

/* What is demanded of every envelope; borrows from the command line. */
struct dv_demanded {
	struct dv_demand at[DV_MAX_DEMANDS];
	size_t count;
	uint8_t key[32];		/* of --signer-key */
	uint8_t counter_key[32];	/* of --countersigner-key */
};

/* Reads the options that demand something (verify/cmd_file.c). */
DV_MUST_USE enum dv_exit dv_demanded_read(const struct dv_args *args,
    struct dv_demanded *demanded, struct dv_err *err);

/* Judges one operand and prints; an error that it gives is printed for it. */
struct dv_asked;
typedef enum dv_exit dv_asked_one(struct dv_asked *asked, const char *operand,
    struct dv_err *err);

/* What is asked of every operand; dv_asked_close() frees it. */
struct dv_asked {
	const struct dv_args *args;
	dv_asked_one *one;		/* judges one */
	unsigned jobs;			/* operands judged at once */
	bool json, quiet;
	struct dv_when when;
	struct dv_policy policy;
	struct dv_chain chain;		/* of the operand: dv_asked_chain() */
	struct dv_verdict bad_crl;	/* of the first that cannot be read */
	void *own;			/* what the command alone knows */
	struct dv_demanded demanded;
	size_t threshold;		/* keys that must have signed; 0: all */
	uint8_t purpose[DV_OID_ROOM];	/* OID contents */
	struct dv_path path;
	struct dv_countersigner countersigners[DV_MAX_COUNTERSIGNATURES];
	struct dv_trust trust;
	struct dv_ders loose;		/* of -i */
	struct dv_ders crl_files;	/* of -r */
	struct dv_crl crls[DV_MAX_CRLS];
	struct dv_bytes policies[DV_MAX_PATH_POLICIES];	/* of --policy */
	uint8_t policy_room[DV_MAX_PATH_POLICIES][DV_OID_ROOM];
	struct dv_bytes certificates[2 * DV_DERS_MAX];	/* of chain */
	struct dv_work work;
};

/*
 * Reads what the options name. *asked holds zeros; commands have it static, where
 * only the pages that are written take memory.
 */
DV_MUST_USE enum dv_exit dv_asked_open(const struct dv_args *args,
    struct dv_asked *asked, struct dv_err *err);
void dv_asked_close(struct dv_asked *asked);

/* Reads the option --profile; *out is untouched when it is not given. */
DV_MUST_USE enum dv_exit dv_asked_profile(const struct dv_args *args,
    enum dv_profile *out, struct dv_err *err);

/* Reads the options -r and --revocation. */
DV_MUST_USE enum dv_exit dv_asked_crls(struct dv_asked *asked,
    struct dv_err *err);

/*
 * The chain for one operand: what is trusted, and what is offered, in this
 * order: own (its first is the leaf; NULL: the envelope has them), those of -i.
 */
struct dv_chain *dv_asked_chain(struct dv_asked *asked,
    const struct dv_ders *own);

/*
 * Asks each operand with one(), as many at once as --jobs says, and prints in
 * their order; an operand without a verdict is said so and does not stop the
 * others. Returns the largest status.
 */
DV_MUST_USE enum dv_exit dv_asked_each(struct dv_asked *asked,
    dv_asked_one *one);

/* Prints the verdict as the options say; returns its exit status. */
DV_MUST_USE enum dv_exit dv_asked_report(const struct dv_asked *asked,
    struct dv_report *report);

/* Runs a command on its operands, or on those of --list (verify/cmd_list.c). */
typedef enum dv_exit dv_cmd_run(const struct dv_args *args, struct dv_err *err);
DV_MUST_USE enum dv_exit dv_cmd_listed(const struct dv_args *args,
    dv_cmd_run *run, struct dv_err *err);

/* Reads the option --jobs (verify/cmd_list.c). */
DV_MUST_USE enum dv_exit dv_jobs_read(const struct dv_args *args, unsigned *out,
    struct dv_err *err);

/* Reads the options --threshold and --any-signature (verify/cmd_several.c). */
DV_MUST_USE enum dv_exit dv_threshold_read(const struct dv_args *args,
    size_t *out, struct dv_err *err);

/*
 * Judges the signatures inside the module `operand`. When nobody said that
 * there are any (found), a file that is no module or holds none is
 * DV_EXIT_USAGE, and nothing is said of it.
 */
DV_MUST_USE enum dv_exit dv_cmd_embedded(struct dv_asked *asked,
    const char *operand, bool found, struct dv_err *err);

/*
 * Is the directory tree->dir what the list in this accepted envelope says?
 * Fills *out, whose paths borrow from tree and envelope, and the verdict.
 */
DV_MUST_USE enum dv_exit dv_cmd_manifest(struct dv_tree *tree,
    const struct dv_sign1 *sign1, struct dv_differences *out,
    struct dv_verdict *verdict, struct dv_err *err);

/*
 * Several signatures on one artefact. The caller fills in the first part, and
 * the verdict on each that cannot be read. Too large for the stack.
 */
struct dv_several {
	struct dv_asked *asked;
	const char *operand;
	uint64_t size;			/* of the artefact */
	struct dv_sign sign;
	struct dv_bytes digest[DV_MAX_SIGNERS];	/* as each hashes it */
	struct dv_report_signatures all;

	struct dv_verdict verdict;	/* on all of them */
	const struct dv_chain *chain;
};
void dv_several_judge(struct dv_several *s);
DV_MUST_USE enum dv_exit dv_several_report(struct dv_several *s);

#endif
