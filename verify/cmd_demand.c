/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What `devverify file` is told to demand of an envelope, read from the command
 * line. Never guesses: what can match nothing is a usage error.
 */
#include <string.h>

#include "cmd.h"
#include "host/text.h"

static enum dv_exit
add(struct dv_demanded *demanded, const struct dv_demand *demand,
    struct dv_err *err)
{
	if (demanded->count == DV_MAX_DEMANDS)
		return dv_fail(err, DV_EXIT_USAGE,
		    "more than %d demands on one artefact", DV_MAX_DEMANDS);
	demanded->at[demanded->count++] = *demand;
	return DV_EXIT_YES;
}

/* An option and what it was given. */
struct given {
	const char *option, *text;
	bool countersigner;
};

/* KEY=VALUE: a key has no equals sign, a value may. */
static enum dv_exit
read_require(const struct given *given, struct dv_demanded *demanded,
    struct dv_err *err)
{
	const char *text = given->text, *equals = strchr(text, '=');
	struct dv_demand demand = { .kind = DV_DEMAND_CLAIM };

	if (equals == NULL || equals == text || equals[1] == '\0')
		return dv_fail_value(err, "--require", text,
		    "not KEY=VALUE",
		    "name, version, type, device, model and iss are keys, and "
		    "those of free-form claims");
	demand.key = (struct dv_bytes){ (const uint8_t *)text,
	    (size_t)(equals - text) };
	demand.value = dv_text_bytes(equals + 1);
	return add(demanded, &demand, err);
}

static enum dv_exit
read_version(const struct given *given, struct dv_demanded *demanded,
    struct dv_err *err)
{
	const char *text = given->text;
	const struct dv_demand demand = { .kind = DV_DEMAND_MIN_VERSION,
	    .value = dv_text_bytes(text) };

	if (dv_version_scheme(demand.value) == DV_VERSION_NONE)
		return dv_fail_value(err, "--min-version", text,
		    "not a version",
		    "a version is 1.4.0 or 1.4.0-rc.1 (semver.org), or an "
		    "integer");
	return add(demanded, &demand, err);
}

static enum dv_exit
read_name(const struct given *given, struct dv_demanded *demanded,
    struct dv_err *err)
{
	const char *text = given->text;
	const struct dv_demand demand = { .kind = DV_DEMAND_SIGNER_NAME,
	    .value = dv_text_bytes(text),
	    .countersigner = given->countersigner };

	if (strchr(text, '=') == NULL ||
	    demand.value.len > DV_DEMANDED_NAME)
		return dv_hint(err, dv_fail(err, DV_EXIT_USAGE,
		    "option --%s: \"%.64s\" is not a subject", given->option,
		    text),
		    "as `devverify show` prints it: CN=unit-0042,O=Acme");
	return add(demanded, &demand, err);
}

static enum dv_exit
read_san(const struct given *given, struct dv_demanded *demanded,
    struct dv_err *err)
{
	const char *text = given->text;
	static const char *const kinds[] = { "DNS:", "email:", "URI:" };
	const struct dv_demand demand = { .kind = DV_DEMAND_SIGNER_SAN,
	    .value = dv_text_bytes(text),
	    .countersigner = given->countersigner };

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		size_t len = strlen(kinds[i]);

		if (strncmp(text, kinds[i], len) == 0 && text[len] != '\0')
			return add(demanded, &demand, err);
	}
	return dv_hint(err, dv_fail(err, DV_EXIT_USAGE,
	    "option --%s: \"%s\" is not a name", given->option, text),
	    "DNS:, email: or URI: and the name, as `devverify show` prints it");
}

static enum dv_exit
read_key(const struct given *given, struct dv_demanded *demanded,
    struct dv_err *err)
{
	const char *text = given->text;
	const size_t size = sizeof(demanded->key);
	uint8_t *key = given->countersigner ? demanded->counter_key :
	    demanded->key;
	const struct dv_demand demand = { .kind = DV_DEMAND_SIGNER_KEY,
	    .value = { key, size }, .countersigner = given->countersigner };

	if (dv_hex_parse(text, key, size) != size)
		return dv_hint(err, dv_fail(err, DV_EXIT_USAGE,
		    "option --%s: \"%.80s\" is not a SHA-256", given->option,
		    text), "64 hexadecimal digits: \"key sha256\" of "
		    "`devverify show`");
	return add(demanded, &demand, err);
}

_Static_assert(DV_MAX_COUNTERSIGNATURES <= 9, "read_countersigned()");

static enum dv_exit
read_countersigned(const struct given *given, struct dv_demanded *demanded,
    struct dv_err *err)
{
	const char *text = given->text;
	const struct dv_demand demand = { .kind = DV_DEMAND_COUNTERSIGNED,
	    .value = dv_text_bytes(text) };

	if (text[0] < '1' || text[0] > '0' + DV_MAX_COUNTERSIGNATURES ||
	    text[1] != '\0')
		return dv_fail(err, DV_EXIT_USAGE, "option --%s: \"%.64s\" is "
		    "not a number from 1 to %d", given->option, text,
		    DV_MAX_COUNTERSIGNATURES);
	return add(demanded, &demand, err);
}

/* Those that are short for --require. */
static enum dv_exit
read_short(const struct dv_args *args, struct dv_demanded *demanded,
    struct dv_err *err)
{
	static const char *const keys[] = { "type", "device", "model" };
	enum dv_exit exit = DV_EXIT_YES;

	for (size_t i = 0; exit == DV_EXIT_YES &&
	    i < sizeof(keys) / sizeof(keys[0]); i++) {
		const char *value = dv_args_get(args, keys[i]);
		const struct dv_demand demand = { .kind = DV_DEMAND_CLAIM,
		    .key = dv_text_bytes(keys[i]),
		    .value = dv_text_bytes(value) };

		if (value != NULL && value[0] == '\0')
			exit = dv_fail(err, DV_EXIT_USAGE,
			    "option --%s: nothing is demanded", keys[i]);
		else if (value != NULL)
			exit = add(demanded, &demand, err);
	}
	return exit;
}

enum dv_exit
dv_demanded_read(const struct dv_args *args, struct dv_demanded *demanded,
    struct dv_err *err)
{
	static const struct {
		const char *name;
		enum dv_exit (*read)(const struct given *given,
		    struct dv_demanded *demanded, struct dv_err *err);
		bool countersigner;
	} options[] = {
		{ "require", read_require, false },
		{ "min-version", read_version, false },
		{ "signer-name", read_name, false },
		{ "signer-san", read_san, false },
		{ "signer-key", read_key, false },
		{ "countersigned", read_countersigned, false },
		{ "countersigner-name", read_name, true },
		{ "countersigner-san", read_san, true },
		{ "countersigner-key", read_key, true },
	};
	enum dv_exit exit = read_short(args, demanded, err);

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		struct given given = { .option = options[i].name,
		    .countersigner = options[i].countersigner };

		for (int n = 0; exit == DV_EXIT_YES && (given.text =
		    dv_args_nth(args, given.option, n)) != NULL; n++)
			exit = options[i].read(&given, demanded, err);
	}
	return exit;
}
