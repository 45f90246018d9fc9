/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Words for verdicts: everything here is looked up in the tables
 * dv_reasons.def and dv_fields.def. Decides nothing.
 */
#include "dv_verdict.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct reason_entry {
	enum dv_reason reason;
	int rank;
	const char *name, *rule, *sentence, *hint;
};

static const struct reason_entry reasons[] = {
#define R(number, id, name, rank, rule, sentence, hint)                        \
	{ DV_R_##id, rank, name, rule, sentence, hint },
#include "dv_reasons.def"
#undef R
};

static const char *const fields[] = {
	"",
#define F(id, name) name,
#include "dv_fields.def"
#undef F
};

static const char *const objects[] = {
	"", "certificate", "anchor", "envelope", "artefact", "request",
	"crl", "receipt"
};

static const struct reason_entry nothing = { DV_R_NONE, 0, "none", "", "",
	"" };

static const struct reason_entry *
reason_entry(enum dv_reason reason)
{
	for (size_t i = 0; i < COUNT(reasons); i++) {
		if (reasons[i].reason == reason)
			return &reasons[i];
	}
	return &nothing;
}

const char *
dv_reason_name(enum dv_reason reason)
{
	return reason_entry(reason)->name;
}

const char *
dv_reason_text(enum dv_reason reason)
{
	return reason_entry(reason)->sentence;
}

const char *
dv_reason_rule(enum dv_reason reason)
{
	return reason_entry(reason)->rule;
}

const char *
dv_reason_hint(enum dv_reason reason)
{
	return reason_entry(reason)->hint;
}

int
dv_reason_rank(enum dv_reason reason)
{
	return reason_entry(reason)->rank;
}

enum dv_reason
dv_reason_at(size_t i)
{
	return i < COUNT(reasons) ? reasons[i].reason : DV_R_NONE;
}

const char *
dv_field_name(enum dv_field field)
{
	return (size_t)field < COUNT(fields) ? fields[field] : "";
}

const char *
dv_object_name(enum dv_object object)
{
	return (size_t)object < COUNT(objects) ? objects[object] : "";
}
