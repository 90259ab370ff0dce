/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words and signs that prefixes of log lines are made of. */
#include "oops/log_forms.h"
#include "oops/scan.h"

bool log_scan_digits(struct span *text, unsigned int least, unsigned int most)
{
	unsigned int n = 0;

	while (n < most && n < text->n && text->p[n] >= '0' && text->p[n] <= '9')
		n++;
	if (n < least)
		return false;
	*text = span_from(*text, n);
	return true;
}

bool log_scan_clock(struct span *text)
{
	struct span rest = *text;

	if (!log_scan_digits(&rest, 2, 2) || !scan_word(&rest, ":") ||
	    !log_scan_digits(&rest, 2, 2) || !scan_word(&rest, ":") ||
	    !log_scan_digits(&rest, 2, 2))
		return false;
	*text = rest;
	if ((scan_word(&rest, ".") || scan_word(&rest, ",")) && log_scan_digits(&rest, 1, 9))
		*text = rest;
	return true;
}

bool log_scan_date(struct span *text)
{
	struct span rest = *text;

	if (!log_scan_digits(&rest, 4, 4) || !scan_word(&rest, "-") ||
	    !log_scan_digits(&rest, 2, 2) || !scan_word(&rest, "-") ||
	    !log_scan_digits(&rest, 2, 2))
		return false;
	*text = rest;
	return true;
}

/* One of the words of three letters in names. */
static bool scan_name(struct span *text, const char *names)
{
	if (text->n < 3)
		return false;
	for (; *names; names += 3)
		if (memcmp(text->p, names, 3) == 0) {
			*text = span_from(*text, 3);
			return true;
		}
	return false;
}

bool log_scan_month(struct span *text)
{
	return scan_name(text, "JanFebMarAprMayJunJulAugSepOctNovDec");
}

bool log_scan_weekday(struct span *text)
{
	return scan_name(text, "MonTueWedThuFriSatSun");
}

bool log_scan_seconds(struct span *text, uint64_t *ret_microseconds)
{
	struct span rest = *text, fraction;
	uint64_t seconds, microseconds = 0;

	if (!scan_decimal(&rest, &seconds) || seconds > UINT32_MAX || !scan_word(&rest, "."))
		return false;
	fraction = rest;
	if (!log_scan_digits(&rest, 1, 9))
		return false;
	for (size_t i = 0; i < 6; i++)
		microseconds =
			microseconds * 10 + (i < fraction.n - rest.n ? fraction.p[i] - '0' : 0);
	*text = rest;
	*ret_microseconds = seconds * 1000000 + microseconds;
	return true;
}
