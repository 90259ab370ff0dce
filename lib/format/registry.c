/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The list of all format drivers, and which of them fits. */
#include "format/registry.h"

#include <stdio.h>

#include "base/buf.h"
#include "base/utf8.h"

/* clang-format off: one line each, so that lists grow without conflicts */
const struct format *const format_all[] = {
	&format_android_boot, &format_aout,         &format_bootsect,
	&format_bzimage,      &format_bzip2,        &format_coff,
	&format_cpio,         &format_cramfs,       &format_dtb,
	&format_elf,          &format_ext2,         &format_fit,
	&format_gzip,         &format_image_arm64,  &format_image_loongarch,
	&format_image_riscv,  &format_image_s390,   &format_initrd,
	&format_lz4,          &format_lzma,         &format_lzo,
	&format_minix,        &format_pe,           &format_pe_addon,
	&format_romfs,        &format_squashfs,     &format_uimage,
	&format_uki,          &format_vendor_boot,  &format_vmlinux,
	&format_vmlinuz_elf,  &format_vmlinuz_mips, &format_xz,
	&format_zboot,        &format_zimage_arm,   &format_zimage_ppc,
	&format_zimage_x86,   &format_zstd,         NULL,
};
/* clang-format on */

const struct format *format_by_name(const char *name)
{
	for (size_t i = 0; format_all[i]; i++)
		if (strcmp(format_all[i]->name, name) == 0)
			return format_all[i];
	return NULL;
}

static bool refines(const struct format *format, const struct format *base)
{
	for (format = format->refines; format; format = format->refines)
		if (format == base)
			return true;
	return false;
}

#define MAX_LOOK ((size_t)1 << 20)

/* Says what stands there, for the one who wonders why nothing fits. */
static struct kimg_error *not_found(struct span s)
{
	cleanup_buf struct buf text = { 0 };
	struct span head = span_clip(s, 0, 8);

	if (s.n == 0)
		return error_new(KIMG_E_NOT_FOUND, "empty");
	/* Not all of it: a sparse file may be larger than anybody can wait for. */
	if (span_filled(span_clip(s, 0, MAX_LOOK), 0))
		return error_new(KIMG_E_NOT_FOUND,
				 s.n > MAX_LOOK ? "more than %zu zero bytes at the start"
						: "%zu zero bytes",
				 s.n > MAX_LOOK ? MAX_LOOK : s.n);
	for (size_t i = 0; i < head.n; i++)
		buf_printf(&text, " %02x", head.p[i]);
	return error_new(KIMG_E_NOT_FOUND, "unknown format, starts with%s",
			 text.failed ? " ..." : text.p);
}

struct kimg_error *format_identify(struct span s, const struct format **ret_format)
{
	const struct format *best = NULL, *rival = NULL;
	int most = 0;

	for (size_t i = 0; format_all[i]; i++) {
		const struct format *format = format_all[i];
		int bits = format->probe(s);

		if (bits <= 0 || (best && refines(best, format)))
			continue;
		if (!best || refines(format, best) || bits > most) {
			if (!rival || bits > most)
				rival = NULL;
			best = format;
			most = bits;
		} else if (bits == most) {
			rival = format;
		}
	}
	if (!best)
		return not_found(s);
	if (rival)
		return error_new(KIMG_E_AMBIGUOUS, "%s or %s: both fit", best->name, rival->name);
	*ret_format = best;
	return NULL;
}

void format_word(const struct format *format, struct span s, const struct kimg_limits *limits,
		 char *ret_word, size_t size)
{
	if (format->word)
		format->word(s, limits, ret_word, size);
	else
		snprintf(ret_word, size, "%s", format->name);
}
