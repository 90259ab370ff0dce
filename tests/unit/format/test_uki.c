/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "format/uki_text.h"

#include "tree.h"

/* ---- making small ones ---- */

#define HEADERS 0x400
#define TABLE   0x138
#define RAW     0x200

struct maker {
	uint8_t bytes[64 * 1024];
	size_t n;
	unsigned int sections;
};

static void put32(uint8_t *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = v >> (8 * i);
}

static void make(struct maker *maker)
{
	uint8_t *p = maker->bytes;

	memset(maker, 0, sizeof(*maker));
	memcpy(p, "MZ", 2);
	put32(p + 0x3c, 0x80);
	memcpy(p + 0x80, "PE\0\0\x64\x86", 6);
	p[0x94] = TABLE - 0x98;
	p[0x98] = 0x0b;
	p[0x99] = 0x02;
	put32(p + 0x98 + 60, HEADERS);
	p[0x98 + 68] = 10;
	put32(p + 0x98 + 108, 6);
	maker->n = HEADERS;
}

static void add(struct maker *maker, const char *name, const char *text)
{
	uint8_t *p = maker->bytes + TABLE + 40 * maker->sections;
	size_t n = strlen(text);

	strncpy((char *)p, name, 8);
	put32(p + 8, n);
	put32(p + 12, 0x1000 * ++maker->sections);
	put32(p + 16, n ? (n + RAW - 1) / RAW * RAW : 0);
	put32(p + 20, maker->n);
	memcpy(maker->bytes + maker->n, text, n);
	maker->n += n ? (n + RAW - 1) / RAW * RAW : 0;
	maker->bytes[0x86] = maker->sections;
}

static struct kimg_image *open_made(const struct maker *maker)
{
	return open_bytes(maker->bytes, maker->n, KIMG_DEEP);
}

/* ---- samples ---- */

static void test_full(void **state)
{
	cleanup_image struct kimg_image *image = open_sample("uki/good-full", KIMG_DEEP);
	const struct kimg_part *osrel = part_at(image, "osrel"), *linux_part;

	check_no_damage(image);
	linux_part = part_at(image, "linux");
	assert_int_equal(linux_part->kind, KIMG_PART_KERNEL);
	assert_int_equal(linux_part->size, field_at(linux_part, "VirtualSize")->number);
	assert_text(osrel, "ID", "tiny");
	assert_text(osrel, "VERSION_ID", "1");
	assert_text(osrel, "PRETTY_NAME", "Tiny 1");
	assert_text(part_at(image, "cmdline"), "cmdline", "console=ttyS0 quiet");
	assert_int_equal(part_at(image, "cmdline")->kind, KIMG_PART_CMDLINE);
	assert_text(part_at(image, "uname"), "uname", "6.1.0-tiny");
	assert_number(part_at(image, "sbat"), "tiny", 1);
	assert_meaning(part_at(image, "sbat"), "tiny", "Tiny, tiny 1");
	assert_int_equal(part_at(image, "initrd")->kind, KIMG_PART_INITRD);
	assert_int_equal(part_at(image, "dtb")->kind, KIMG_PART_DTB);
	assert_int_equal(part_at(image, "text")->kind, KIMG_PART_SECTION);
	check_word("uki/good-full", "uki");
}

static void test_words(void **state)
{
	check_word("uki/good-linux-alone", "uki");
	check_word("uki/good-arm64", "uki");
	check_word("uki/good-zboot", "uki");
	check_word("uki/good-certificate", "uki");
	check_word("pe/good-addon", "pe-addon");
}

static void test_addon(void **state)
{
	cleanup_image struct kimg_image *image = open_sample("pe/good-addon", KIMG_DEEP);

	check_no_damage(image);
	assert_text(part_at(image, "cmdline"), "cmdline", "debug");
}

static void test_profiles(void **state)
{
	cleanup_image struct kimg_image *image = open_sample("uki/good-profiles", KIMG_DEEP);
	const struct kimg_part *one = part_at(image, "profile-0"), *two;

	check_no_damage(image);
	two = part_at(image, "profile-1");
	assert_int_equal(one->kind, KIMG_PART_CONFIGURATION);
	assert_text(one, "ID", "one");
	assert_text(one, "linux", "linux");
	assert_text(one, "osrel", "osrel");
	assert_text(one, "cmdline", "cmdline-2");
	assert_text(two, "ID", "two");
	assert_text(two, "linux", "linux");
	assert_text(two, "cmdline", "cmdline-3");
	assert_false(has_part(image, "profile-2"));
}

static void test_damaged(void **state)
{
	static const char *const names[] = {
		"uki/bad-certificate",    "uki/bad-directories",      "uki/bad-optional-size",
		"uki/bad-pe-offset",      "uki/bad-section-offset",   "uki/bad-section-size",
		"uki/bad-sections",       "uki/bad-truncated-0x1c00", "uki/bad-truncated-0x25a",
		"uki/bad-truncated-0x40", "uki/bad-truncated-0x98",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		cleanup_image struct kimg_image *image = open_sample(names[i], KIMG_DEEP);

		check_damage(image);
	}
}

static void test_cuts_and_extremes(void **state)
{
	size_t size;
	cleanup_free uint8_t *bytes = read_sample("uki/good-profiles", &size);

	check_cuts(bytes, size, 0x800);
	for (size_t at = 0x80; at < 0x278; at += 4)
		check_extremes(bytes, size, at, 4);
}

/* ---- made here ---- */

static void test_override(void **state)
{
	struct maker maker;
	cleanup_image struct kimg_image *image = NULL;

	make(&maker);
	add(&maker, ".linux", "kernel");
	add(&maker, ".dtb", "base 1");
	add(&maker, ".dtb", "base 2");
	add(&maker, ".profile", "");
	add(&maker, ".profile", "ID=x\nTITLE='A title'\n");
	add(&maker, ".dtb", "own");
	image = open_made(&maker);
	check_no_damage(image);
	assert_text(part_at(image, "profile-0"), "dtb", "dtb dtb-2");
	assert_text(part_at(image, "profile-1"), "dtb", "dtb-3");
	assert_text(part_at(image, "profile-1"), "linux", "linux");
	assert_text(part_at(image, "profile-1"), "TITLE", "A title");
	assert_no_field(part_at(image, "profile-1"), "initrd");
}

static void test_twice(void **state)
{
	struct maker maker;
	cleanup_image struct kimg_image *image = NULL;

	make(&maker);
	add(&maker, ".linux", "kernel");
	add(&maker, ".cmdline", "first");
	add(&maker, ".cmdline", "second");
	add(&maker, ".profile", "ID=x");
	image = open_made(&maker);
	check_damage(image);
	assert_text(part_at(image, "profile-0"), "cmdline", "cmdline");
}

static void test_stub_version(void **state)
{
	struct maker maker;
	cleanup_image struct kimg_image *image = NULL, *old = NULL;

	make(&maker);
	add(&maker, ".linux", "kernel");
	add(&maker, ".sdmagic", "#### LoaderInfo: systemd-stub 258 ####");
	image = open_made(&maker);
	assert_text(part_at(image, "sdmagic"), "LoaderInfo", "systemd-stub 258");

	make(&maker);
	add(&maker, ".data", "text #### LoaderInfo: systemd-stub 249 #### more");
	add(&maker, ".linux", "#### LoaderInfo: not this ####");
	old = open_made(&maker);
	assert_text(kimg_image_root(old), "LoaderInfo", "systemd-stub 249");
}

static void test_splash(void **state)
{
	struct maker maker;
	cleanup_image struct kimg_image *image = NULL;
	uint8_t *p;

	make(&maker);
	add(&maker, ".linux", "kernel");
	p = maker.bytes + maker.n;
	add(&maker, ".splash", "BM..........................");
	put32(p + 0x12, 640);
	put32(p + 0x16, -480);
	image = open_made(&maker);
	assert_number(part_at(image, "splash"), "width", 640);
	assert_number(part_at(image, "splash"), "height", 480);
}

/* A kernel that is the image that it is in. */
static void test_holds_itself(void **state)
{
	struct maker maker;
	cleanup_image struct kimg_image *image = NULL;
	const struct kimg_part *part;

	make(&maker);
	add(&maker, ".linux", "kernel");
	put32(maker.bytes + TABLE + 8, maker.n);
	put32(maker.bytes + TABLE + 16, maker.n);
	put32(maker.bytes + TABLE + 20, 0);
	image = open_made(&maker);
	check_damage(image);
	part = part_at(image, "linux");
	assert_null(part->format);
	assert_null(part->children);
}

/* Many kernels in one place: the first is taken apart. */
static void test_overlap(void **state)
{
	struct maker maker;
	cleanup_image struct kimg_image *image = NULL;
	size_t at;

	make(&maker);
	at = maker.n;
	add(&maker, ".linux", "\x1f\x8b\x08\x08 and so on");
	for (int i = 1; i < 10; i++) {
		add(&maker, ".linux", "\x1f\x8b\x08\x08 and so on");
		put32(maker.bytes + TABLE + 40 * i + 20, at);
	}
	image = open_made(&maker);
	check_damage(image);
	assert_string_equal(part_at(image, "linux")->format, "gzip");
	assert_true(part_at(image, "linux-10")->view);
	assert_null(part_at(image, "linux-10")->format);
}

/* A section longer in memory than in the file: what is in the file is its content. */
static void test_virtual_size(void **state)
{
	struct maker maker;
	cleanup_image struct kimg_image *image = NULL;

	make(&maker);
	add(&maker, ".linux", "kernel");
	put32(maker.bytes + TABLE + 8, 0x2000);
	image = open_made(&maker);
	check_no_damage(image);
	assert_int_equal(part_at(image, "linux")->size, RAW);
}

/* Lines that are no assignments, quotes, names that are not safe to show. */
static void test_assignments(void **state)
{
	struct maker maker;
	cleanup_image struct kimg_image *image = NULL;
	const struct kimg_part *part;

	make(&maker);
	add(&maker, ".linux", "kernel");
	add(&maker, ".osrel",
	    "# ID=comment\n\nID=a=b\nA=\"q\\\"u\\$\\n\"\nB='s\\'\r\n \tC=c \nnothing\n"
	    "bad\033=x\n=y\nD=\"\nE=");
	image = open_made(&maker);
	part = part_at(image, "osrel");
	assert_text(part, "ID", "a=b");
	assert_text(part, "A", "q\"u$\\n");
	assert_text(part, "B", "s\\");
	assert_text(part, "C", "c");
	assert_text(part, "D", "\"");
	assert_text(part, "E", "");
	assert_no_field(part, "nothing");
	assert_no_field(part, "bad\033");
	assert_no_field(part, "");
}

static void test_sbat(void **state)
{
	struct maker maker;
	cleanup_image struct kimg_image *image = NULL;
	const struct kimg_part *part;

	make(&maker);
	add(&maker, ".linux", "kernel");
	add(&maker, ".sbat", "sbat,1,SBAT Version,sbat,1,https://x\nshort,4\n,1,a\nx y,1,a\n");
	image = open_made(&maker);
	part = part_at(image, "sbat");
	assert_number(part, "sbat", 1);
	assert_number(part, "short", 4);
	assert_no_field(part, "");
	assert_no_field(part, "x y");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_full),         cmocka_unit_test(test_words),
		cmocka_unit_test(test_addon),        cmocka_unit_test(test_profiles),
		cmocka_unit_test(test_damaged),      cmocka_unit_test(test_cuts_and_extremes),
		cmocka_unit_test(test_override),     cmocka_unit_test(test_twice),
		cmocka_unit_test(test_stub_version), cmocka_unit_test(test_splash),
		cmocka_unit_test(test_holds_itself), cmocka_unit_test(test_overlap),
		cmocka_unit_test(test_virtual_size), cmocka_unit_test(test_assignments),
		cmocka_unit_test(test_sbat),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
