/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The table of profiles and its look-ups. Data only: nothing here signs, and
 * no request can change a row. docs/PROFILES.md.
 */
#include "pki_profile.h"

#include <stdio.h>
#include <string.h>

/* Names that a request may bring; who is in which batch is the CA's to say. */
#define PEOPLE "C ST L O OU DC CN UID serialNumber"

static const struct pki_profile profiles[] = {
#define P(...) { __VA_ARGS__ },
#include "profiles.def"
#undef P
};

#define PROFILES (sizeof(profiles) / sizeof(profiles[0]))

size_t
pki_word_next(const char **at, const char **word)
{
	size_t len;

	if (*at == NULL)
		return 0;
	*word = *at + strspn(*at, " ");
	len = strcspn(*word, " ");
	*at = *word + len;
	return len;
}

bool
pki_word_in(const char *list, const char *word)
{
	const char *one;
	size_t len;

	while ((len = pki_word_next(&list, &one)) > 0) {
		if (len == strlen(word) && memcmp(one, word, len) == 0)
			return true;
	}
	return false;
}

const struct pki_profile *
pki_profile_at(size_t i)
{
	return i < PROFILES ? &profiles[i] : NULL;
}

const struct pki_profile *
pki_profile_find(const char *name)
{
	for (size_t i = 0; i < PROFILES; i++) {
		if (strcmp(profiles[i].name, name) == 0)
			return &profiles[i];
	}
	return NULL;
}

void
pki_profiles_names(const struct pki_profiles *set, bool ca, char *out,
    size_t cap)
{
	const struct pki_profile *p;
	size_t len = 0;

	out[0] = '\0';
	for (size_t i = 0; (p = pki_profiles_at(set, i)) != NULL; i++) {
		int n;

		if (p->ca != ca || len >= cap)
			continue;
		n = snprintf(out + len, cap - len, "%s%s",
		    len == 0 ? "" : ", ", p->name);
		len += n > 0 ? (size_t)n : 0;
	}
}

const char *
pki_profile_family(const struct pki_profile *profile)
{
	return profile->family != NULL ? profile->family : profile->name;
}

dv_time
pki_years_after(dv_time from, int years)
{
	struct dv_date date;
	dv_time out = PKI_NO_END;

	if (years == 0)
		return out;
	dv_time_to_date(from, &date);
	date.year += years;
	if (dv_time_from_date(&date, &out))
		return out;
	/* 29 February in a year that has none; or past the year 9999. */
	date.day = 28;
	if (!dv_time_from_date(&date, &out))
		return PKI_NO_END;
	return out;
}
