/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "../unit.h"

#include <string.h>
#include <zlib.h>

#include "base/buf.h"
#include "kernel/facts.h"

#define DEBIAN_LINE                                                                      \
	"Linux version 6.1.0-56-amd64 (debian-kernel@lists.debian.org) (gcc-12 (Debian " \
	"12.2.0-14) "                                                                    \
	"12.2.0, GNU ld (GNU Binutils for Debian) 2.40) #1 SMP PREEMPT_DYNAMIC Debian 6.1.192-2"

static void assert_span(struct span s, const char *text)
{
	assert_int_equal(s.n, strlen(text));
	assert_memory_equal(s.p, text, s.n);
}

static void banner_is_taken_apart(void **state)
{
	struct banner banner;

	assert_true(banner_parse(SPAN_LITERAL(DEBIAN_LINE), &banner));
	assert_span(banner.release, "6.1.0-56-amd64");
	assert_span(banner.builder, "debian-kernel@lists.debian.org");
	assert_span(banner.compiler,
		    "gcc-12 (Debian 12.2.0-14) 12.2.0, GNU ld (GNU Binutils for Debian) 2.40");
	assert_span(banner.version, "#1 SMP PREEMPT_DYNAMIC Debian 6.1.192-2");
}

static void banner_may_be_cut_anywhere(void **state)
{
	struct span line = SPAN_LITERAL(DEBIAN_LINE);
	struct banner banner;

	for (size_t n = 0; n < line.n; n++)
		banner_parse(span_clip(line, 0, n), &banner);
}

static void formats_of_messages_are_no_banner(void **state)
{
	struct span kernel =
		SPAN_LITERAL("Linux version %s (%s)\nx Linux version 5\001.10\n"
			     "Linux version 2.4.20 (root@a) "
			     "(gcc version 2.95.4 20011002 (Debian prerelease)) #1 Mon\n");
	struct banner banner;

	assert_true(banner_find(kernel, &banner));
	assert_span(banner.release, "2.4.20");
	assert_span(banner.compiler, "gcc version 2.95.4 20011002 (Debian prerelease)");
	assert_span(banner.version, "#1 Mon");
	assert_false(banner_find(SPAN_LITERAL("Linux version 6.1.0"), &banner));
}

static void the_banner_with_a_number_is_preferred(void **state)
{
	static const char text[] = "Linux version 6.1.0 (a@b) (gcc) # SMP\n\0"
				   "Linux version 6.1.0 (a@b) (gcc) #7 SMP\n\0"
				   "Linux version 6.1.0 (a@b) (gcc) # SMP\n";
	struct banner banner;

	assert_true(banner_find(span_of(text, sizeof(text)), &banner));
	assert_span(banner.version, "#7 SMP");
	assert_true(banner_find(span_of(text, 39), &banner));
	assert_span(banner.version, "# SMP");
}

static void ikconfig_lies_between_its_marks(void **state)
{
	struct span kernel =
		SPAN_LITERAL("IKCFG_ST is a mark; IKCFG_ST\x1f\x8b\x08\0rest..IKCFG_ED");
	struct place place;

	assert_true(ikconfig_find(kernel, &place));
	assert_int_equal(place.offset, 28);
	assert_int_equal(place.size, 10);
	assert_true(ikconfig_find(span_clip(kernel, 0, kernel.n - 1), &place));
	assert_int_equal(place.size, 0);
	assert_false(ikconfig_find(span_clip(kernel, 0, 20), &place));
}

static void put32(struct buf *buf, uint32_t value, bool big_endian)
{
	value = big_endian ? htobe32(value) : htole32(value);
	buf_add(buf, &value, 4);
}

static void put_btf(struct buf *buf, bool big_endian, uint32_t type_len, uint32_t str_len)
{
	buf_add(buf, big_endian ? "\xeb\x9f\x01\0" : "\x9f\xeb\x01\0", 4);
	put32(buf, 24, big_endian);
	put32(buf, 0, big_endian);
	put32(buf, type_len, big_endian);
	put32(buf, type_len, big_endian);
	put32(buf, str_len, big_endian);
}

static void btf_in_both_byte_orders(void **state)
{
	for (int big_endian = 0; big_endian < 2; big_endian++) {
		cleanup_buf struct buf kernel = { 0 };
		struct place place;

		buf_add(&kernel, "\x9f\xeb\x01\0 no \xeb\x9f\x01\0", 12);
		put_btf(&kernel, big_endian, 12, 7);
		buf_add(&kernel, "TYPETYPETYPE\0int\0u\0tail", 24);
		assert_true(btf_find(buf_span(&kernel), &place));
		assert_int_equal(place.offset, 12);
		assert_int_equal(place.size, 24 + 12 + 7);
		/* Sizes that would overflow. */
		kernel.n = 0;
		put_btf(&kernel, big_endian, UINT32_MAX, UINT32_MAX);
		assert_false(btf_find(buf_span(&kernel), &place));
	}
}

static void put_note(struct buf *buf, bool big_endian, const char *id)
{
	put32(buf, 4, big_endian);
	put32(buf, 20, big_endian);
	put32(buf, 3, big_endian);
	buf_add(buf, "GNU", 4);
	buf_add(buf, id, 20);
}

static void build_id_of_a_raw_kernel(void **state)
{
	for (int big_endian = 0; big_endian < 2; big_endian++) {
		cleanup_buf struct buf kernel = { 0 };
		struct span id;

		buf_add(&kernel, "code....", 8);
		put_note(&kernel, big_endian, "0123456789abcdefghij");
		assert_true(build_id_find(buf_span(&kernel), &id));
		assert_span(id, "0123456789abcdefghij");
		kernel.n -= 1;
		assert_false(build_id_find(buf_span(&kernel), &id));
	}
}

/* A vDSO as far as elf_file_end() needs it: an ELF64 header whose empty tables end the file. */
static void put_vdso(struct buf *buf, const char *id)
{
	uint8_t header[64] = { 0x7f, 'E', 'L', 'F', 2, 1, 1 };
	const uint8_t size = sizeof(header) + 36;

	header[16] = 3;  /* ET_DYN */
	header[18] = 62; /* EM_X86_64 */
	header[20] = 1;
	header[32] = sizeof(header); /* e_phoff, one entry of PT_NULL over the note */
	header[40] = size;           /* e_shoff */
	header[52] = 64;
	header[54] = 36;
	header[58] = 64;
	header[60] = 0;
	header[56] = 1;
	buf_add(buf, header, sizeof(header));
	put_note(buf, false, id);
}

static void build_ids_of_vdsos_do_not_count(void **state)
{
	cleanup_buf struct buf kernel = { 0 };
	struct span id;

	buf_add(&kernel, "codecode", 8);
	put_vdso(&kernel, "vdsovdsovdsovdsovdso");
	put_note(&kernel, false, "kernelkernelkernel!!");
	assert_true(build_id_find(buf_span(&kernel), &id));
	assert_span(id, "kernelkernelkernel!!");
}

static void put_entry(struct buf *buf, const char *name, const char *data)
{
	buf_printf(buf, "070701%08x%08x%08x%08x%08x%08x%08zx%08x%08x%08x%08x%08zx%08x", 1, 0100644,
		   0, 0, 1, 0, strlen(data), 0, 0, 0, 0, strlen(name) + 1, 0);
	buf_add(buf, name, strlen(name) + 1);
	while (buf->n % 4)
		buf_putc(buf, 0);
	buf_puts(buf, data);
	while (buf->n % 4)
		buf_putc(buf, 0);
}

static void initramfs_plain(void **state)
{
	cleanup_buf struct buf kernel = { 0 };
	const struct kimg_limits limits = KIMG_LIMITS_DEFAULT;
	const char *codec = "unset";
	struct place place;

	buf_add(&kernel, "070701 no magic\0", 16);
	put_entry(&kernel, "dev/console", "data!");
	put_entry(&kernel, "TRAILER!!!", "");
	assert_true(initramfs_find(buf_span(&kernel), &limits, &place, &codec));
	assert_null(codec);
	assert_int_equal(place.offset, 16);
	assert_int_equal(place.size, kernel.n - 16);
	for (size_t n = 0; n < kernel.n - 3; n++)
		assert_false(initramfs_find(span_clip(buf_span(&kernel), 0, n), &limits, &place,
					    &codec));
}

static void initramfs_compressed(void **state)
{
	cleanup_buf struct buf archive = { 0 }, kernel = { 0 };
	const struct kimg_limits limits = KIMG_LIMITS_DEFAULT;
	uint8_t packed[512];
	const char *codec = NULL;
	struct place place;
	z_stream z = { 0 };

	put_entry(&archive, "init", "#!/bin/sh");
	put_entry(&archive, "TRAILER!!!", "");
	assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY), Z_OK);
	z.next_in = (uint8_t *)archive.p;
	z.avail_in = archive.n;
	z.next_out = packed;
	z.avail_out = sizeof(packed);
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	buf_puts(&kernel, "kernel bytes....");
	buf_add(&kernel, packed, z.total_out);
	buf_puts(&kernel, "more kernel bytes");
	assert_true(initramfs_find(buf_span(&kernel), &limits, &place, &codec));
	assert_string_equal(codec, "gzip");
	assert_int_equal(place.offset, 16);
	assert_int_equal(place.size, z.total_out);
	deflateEnd(&z);
}

/* Each of these would run on to the same end, or to a table of its own size: minutes, were it allowed. */
static void many_false_starts_cost_little(void **state)
{
	const struct kimg_limits limits = KIMG_LIMITS_DEFAULT;
	cleanup_buf struct buf entries = { 0 }, vdsos = { 0 };
	const struct span elf = SPAN_LITERAL("\x7f"
					     "ELF\x02\x01\x01\0");
	const char *codec = NULL;
	struct place place;
	struct span id;

	for (int i = 0; i < 100000; i++) {
		uint8_t header[64] = { [16] = 3, [18] = 62, [20] = 1, [32] = 64 };

		put_entry(&entries, "a", "");
		memcpy(header, elf.p, elf.n);
		header[54] = 56;   /* e_phentsize */
		header[56] = 0xfe; /* e_phnum */
		header[57] = 0xff;
		buf_add(&vdsos, header, sizeof(header));
	}
	assert_false(initramfs_find(buf_span(&entries), &limits, &place, &codec));
	assert_false(build_id_find(span_from(buf_span(&vdsos), 1), &id));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(banner_is_taken_apart),
		cmocka_unit_test(banner_may_be_cut_anywhere),
		cmocka_unit_test(formats_of_messages_are_no_banner),
		cmocka_unit_test(the_banner_with_a_number_is_preferred),
		cmocka_unit_test(ikconfig_lies_between_its_marks),
		cmocka_unit_test(btf_in_both_byte_orders),
		cmocka_unit_test(build_id_of_a_raw_kernel),
		cmocka_unit_test(build_ids_of_vdsos_do_not_count),
		cmocka_unit_test(initramfs_plain),
		cmocka_unit_test(initramfs_compressed),
		cmocka_unit_test(many_false_starts_cost_little),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
