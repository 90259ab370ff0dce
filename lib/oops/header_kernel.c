/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What lines say about the kernel, behind the process:
 *
 *   Not tainted 6.12.117+deb13-amd64 #1  Debian 6.12.117-1
 *   Tainted: G        W  OE      6.1.0-50-686-pae #1  Debian 6.1.176-1
 *   Tainted: G           OE       (6.12.107+deb13-powerpc64le Debian 6.12.107-1)	powerpc, REGS:
 *   Tainted: P      VLI							i386 before 2.6.24
 *   Not tainted  (2.6.35 #1)						arm
 *   Not tainted 5.18.0 #1 0123456789abcdef0123456789abcdef01234567	CONFIG_STACKTRACE_BUILD_ID
 *
 * print_tainted() of kernel/panic.c: a letter for each flag, a blank where it is not set. How many there are
 * depends on the kernel; a release starts with a digit.
 */
#include "oops/header.h"

enum { BUILD_ID_DIGITS = 40, MOST_LETTERS = 32 };

bool kernel_find(struct span text, size_t *ret_at)
{
	return span_find(text, 0, SPAN_LITERAL("Not tainted"), ret_at) ||
	       span_find(text, 0, SPAN_LITERAL("Tainted: "), ret_at);
}

static bool is_letters(struct span word)
{
	for (size_t i = 0; i < word.n; i++)
		if (word.p[i] < 'A' || word.p[i] > 'Z')
			return false;
	return word.n > 0 && !span_equal(word, SPAN_LITERAL("VLI"));
}

/* The letters, with the blanks between them; *text is then behind them. */
static struct span scan_letters(struct span *text)
{
	struct span all = *text;
	size_t end = 0;

	for (;;) {
		struct span rest = span_from(all, end), word;
		size_t blanks = rest.n;

		scan_blanks(&rest);
		blanks -= rest.n;
		word = text_word(rest);
		if (!is_letters(word) || end + blanks + word.n > MOST_LETTERS)
			break;
		end += blanks + word.n;
	}
	*text = span_from(all, end);
	return span_clip(all, 0, end);
}

static void set_taint(struct report *report, struct span letters)
{
	struct kimg_oops *oops = &report->oops;

	letters = text_trim(letters);
	if (oops->taint || letters.n == 0)
		return;
	oops->taint = report_text(report, letters);
	for (size_t i = 0; i < letters.n; i++)
		oops->taint_bits |= taint_bit(letters.p[i]);
}

static bool is_build_id(struct span word)
{
	for (size_t i = 0; i < word.n; i++) {
		uint8_t c = word.p[i];

		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
			return false;
	}
	return word.n == BUILD_ID_DIGITS;
}

/* Words with one blank between them; the last one may be the build-id. */
static const char *version_text(struct report *report, struct span text)
{
	char *version = arena_alloc(&report->arena, text.n + 1);
	size_t n = 0;

	if (!version) {
		report->failed = true;
		return NULL;
	}
	for (text = text_trim(text); text.n; scan_blanks(&text)) {
		struct span word = text_word(text);

		text = span_from(text, word.n);
		if (text.n == 0 && is_build_id(word)) {
			report->oops.build_id = report_text(report, word);
			break;
		}
		if (n)
			version[n++] = ' ';
		memcpy(version + n, word.p, word.n);
		n += word.n;
	}
	version[n] = '\0';
	return n ? version : NULL;
}

static void set_release(struct report *report, struct span text)
{
	struct kimg_oops *oops = &report->oops;
	struct span word;

	text = text_trim(text);
	if (scan_word(&text, "(") && text.n && text.p[text.n - 1] == ')')
		text.n--;
	word = text_word(text);
	if (oops->release || word.n == 0 || word.p[0] < '0' || word.p[0] > '9')
		return;
	for (size_t i = 0; i < word.n; i++)
		if (word.p[i] < ' ')
			return;
	oops->release = report_text(report, word);
	oops->version = version_text(report, span_from(text, word.n));
}

bool kernel_take(struct report *report, struct span text)
{
	if (scan_word(&text, "Tainted: "))
		set_taint(report, scan_letters(&text));
	else if (!scan_word(&text, "Not tainted"))
		return false;
	set_release(report, text);
	return true;
}

void kernel_peek(struct report *report, struct span text)
{
	size_t at;

	if (text.n < 8 || report->oops.release)
		return;
	if (text_starts(text, "EIP:") || text_starts(text, "REGS: ")) {
		if (kernel_find(text, &at))
			kernel_take(report, span_from(text, at));
	} else if (text_starts(text, "EFLAGS: ")) {
		if (span_find(text, 0, SPAN_LITERAL("("), &at))
			set_release(report, span_from(text, at));
	}
}
