/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tree.h"

static const char high[] = "bzimage/good-2.15-gzip";

/* A sample to change; freed by the caller. */
static uint8_t *changed(const char *name, size_t offset, size_t width, uint64_t value,
			size_t *ret_n)
{
	uint8_t *bytes = read_sample(name, ret_n);

	put_le(bytes, offset, width, value);
	return bytes;
}

static void every_field_is_read(void **state)
{
	cleanup_image struct kimg_image *image = NULL;
	const struct kimg_part *header;
	cleanup_free uint8_t *bytes = NULL;
	size_t n;

	bytes = changed(high, 0x1fa, 2, 0xfffd, &n);
	put_le(bytes, 0x1f8, 2, 0x1234);
	put_le(bytes, 0x1fc, 2, 0x0301);
	put_le(bytes, 0x208, 4, 0x11223344);
	put_le(bytes, 0x210, 1, 0x72);
	put_le(bytes, 0x211, 1, 0xe3);
	put_le(bytes, 0x218, 4, 0x2000000);
	put_le(bytes, 0x21c, 4, 54321);
	put_le(bytes, 0x220, 4, 0x99);
	put_le(bytes, 0x224, 2, 0xde00);
	put_le(bytes, 0x226, 1, 7);
	put_le(bytes, 0x227, 1, 5);
	put_le(bytes, 0x228, 4, 0x9e000);
	put_le(bytes, 0x236, 2, 0x017f);
	put_le(bytes, 0x23c, 4, 2);
	put_le(bytes, 0x240, 8, 0x8877665544332211);
	put_le(bytes, 0x250, 8, 0x123456789a);
	put_le(bytes, 0x264, 4, 0x190);
	image = open_bytes(bytes, n, KIMG_HEADERS);
	header = part_at(image, "setup/header");
	assert_int_equal(header->offset, 0x1f1);
	assert_int_equal(header->offset + header->size, 0x26c);
	assert_number(header, "setup_sects", 1);
	assert_meaning(header, "root_flags", "read-only");
	assert_number(header, "ram_size", 0x1234);
	assert_meaning(header, "vid_mode", "ask");
	assert_meaning(header, "root_dev", "3:1");
	assert_number(header, "boot_flag", 0xaa55);
	assert_meaning(header, "jump", "the header ends at 0x26c");
	assert_number(header, "header", 0x53726448);
	assert_meaning(header, "version", "2.15");
	assert_number(header, "realmode_swtch", 0x11223344);
	assert_number(header, "start_sys_seg", 0x1000);
	assert_meaning(header, "kernel_version", "text at 0x300");
	assert_meaning(header, "type_of_loader", "GRUB");
	assert_meaning(header, "loadflags",
		       "LOADED_HIGH,KASLR_FLAG,QUIET_FLAG,KEEP_SEGMENTS,CAN_USE_HEAP");
	assert_number(header, "setup_move_size", 0x8000);
	assert_number(header, "code32_start", 0x100000);
	assert_number(header, "ramdisk_image", 0x2000000);
	assert_number(header, "ramdisk_size", 54321);
	assert_number(header, "bootsect_kludge", 0x99);
	assert_number(header, "heap_end_ptr", 0xde00);
	assert_number(header, "ext_loader_ver", 7);
	assert_number(header, "ext_loader_type", 5);
	assert_number(header, "cmd_line_ptr", 0x9e000);
	assert_number(header, "initrd_addr_max", 0x7fffffff);
	assert_number(header, "kernel_alignment", 0x200000);
	assert_number(header, "relocatable_kernel", 1);
	assert_meaning(header, "min_alignment", "0x200000 bytes");
	assert_meaning(header, "xloadflags",
		       "XLF_KERNEL_64,XLF_CAN_BE_LOADED_ABOVE_4G,XLF_EFI_HANDOVER_32,"
		       "XLF_EFI_HANDOVER_64,XLF_EFI_KEXEC,XLF_5LEVEL,XLF_5LEVEL_ENABLED,0x100");
	assert_number(header, "cmdline_size", 2047);
	assert_meaning(header, "hardware_subarch", "Xen");
	assert_number(header, "hardware_subarch_data", 0x8877665544332211);
	assert_number(header, "setup_data", 0x123456789a);
	assert_number(header, "pref_address", 0x1000000);
	assert_number(header, "init_size", 0x100000);
	assert_number(header, "handover_offset", 0x190);
	assert_text(kimg_image_root(image), "protocol", "2.15");
	assert_text(kimg_image_root(image), "release", "6.1.0-tiny");
}

/* Since which protocol each is there (boot.rst). */
static const struct {
	const char *name;
	unsigned int since;
} since[] = {
	{ "setup_sects", 0 },         { "loadflags", 0 },        { "bootsect_kludge", 0 },
	{ "heap_end_ptr", 1 },        { "ext_loader_ver", 2 },   { "ext_loader_type", 2 },
	{ "cmd_line_ptr", 2 },        { "initrd_addr_max", 3 },  { "kernel_alignment", 5 },
	{ "relocatable_kernel", 5 },  { "min_alignment", 10 },   { "xloadflags", 12 },
	{ "cmdline_size", 6 },        { "hardware_subarch", 7 }, { "hardware_subarch_data", 7 },
	{ "payload_offset", 8 },      { "payload_length", 8 },   { "setup_data", 9 },
	{ "pref_address", 10 },       { "init_size", 10 },       { "handover_offset", 11 },
	{ "kernel_info_offset", 15 },
};

static void fields_belong_to_their_protocol(void **state)
{
	for (unsigned int minor = 0; minor <= 15; minor++) {
		cleanup_image struct kimg_image *image = NULL;
		const struct kimg_part *header;
		char name[64];

		snprintf(name, sizeof(name), "bzimage/good-2.%02u-high", minor);
		image = open_sample(name, KIMG_DEEP);
		check_no_damage(image);
		header = part_at(image, "setup/header");
		for (size_t i = 0; i < ARRAY_SIZE(since); i++)
			if (since[i].since <= minor)
				field_at(header, since[i].name);
			else
				assert_no_field(header, since[i].name);
		/* The swap device was the upper half of syssize. */
		assert_int_equal(minor < 4, kimg_part_field(header, "swap_dev") != NULL);
	}
}

static void protocol_2_14_counts_as_2_13(void **state)
{
	cleanup_image struct kimg_image *image = open_sample("bzimage/good-2.14-high", KIMG_DEEP);

	assert_meaning(part_at(image, "setup/header"), "version", "2.14, counts as 2.13");
	assert_false(has_part(image, "kernel-info"));
}

static void the_jump_ends_the_header(void **state)
{
	cleanup_image struct kimg_image *image = NULL;
	cleanup_free uint8_t *bytes = NULL;
	size_t n;

	/* A loader copies no more than up to here. */
	bytes = changed(high, 0x201, 1, 0x250 - 0x202, &n);
	image = open_bytes(bytes, n, KIMG_HEADERS);
	assert_int_equal(part_at(image, "setup/header")->size, 0x250 - 0x1f1);
	assert_no_field(part_at(image, "setup/header"), "setup_data");
	field_at(part_at(image, "setup/header"), "payload_length");
}

static void setup_sects_0_means_4(void **state)
{
	cleanup_image struct kimg_image *image =
		open_sample("bzimage/good-2.15-setup-sects-0", KIMG_HEADERS);

	assert_int_equal(part_at(image, "setup")->size, 5 * 512);
	assert_meaning(part_at(image, "setup/header"), "setup_sects", "4");
	check_no_damage(image);
}

static void syssize_and_the_file(void **state)
{
	static const struct {
		const char *sample;
		int64_t more; /* paragraphs */
		bool damage;
	} cases[] = {
		{ "bzimage/good-2.15-gzip", 0, false },
		{ "bzimage/good-2.15-gzip", 1, true },
		{ "bzimage/good-2.15-gzip", -1, false },
		{ "bzimage/good-2.15-gzip", -40, true },
		{ "bzimage/good-2.03-high", 0, false },
		{ "bzimage/good-2.03-high", 1, true },
		{ "bzimage/good-2.03-high", 0x10000, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		cleanup_image struct kimg_image *image = NULL;
		cleanup_free uint8_t *bytes = NULL;
		size_t n;

		bytes = read_sample(cases[i].sample, &n);
		put_le(bytes, 0x1f4, 4, bytes[0x1f4] + 256u * bytes[0x1f5] + cases[i].more);
		image = open_bytes(bytes, n, KIMG_HEADERS);
		/* A paragraph less is fine where the last one holds nothing but zeroes and a checksum. */
		if (cases[i].more != -1)
			assert_int_equal(bad_notes(kimg_image_root(image), NULL) > 0,
					 cases[i].damage);
	}
}

static void the_checksum_covers_the_unsigned_image(void **state)
{
	cleanup_image struct kimg_image *plain = open_sample("bzimage/good-2.15-efi", KIMG_DEEP);
	cleanup_image struct kimg_image *image = NULL, *wrong = NULL;
	cleanup_free uint8_t *bytes = NULL, *grown = NULL;
	uint32_t optional;
	size_t n;

	assert_text(part_at(plain, "crc32"), "checksum", "ok");
	bytes = read_sample("bzimage/good-2.15-efi", &n);
	grown = calloc(1, n + 16);
	assert_non_null(grown);
	memcpy(grown, bytes, n);
	optional = grown[0x3c] + 24;
	/* What a signer changes: CheckSum, the certificate table's place, and the table behind the end. */
	put_le(grown, optional + 64, 4, 0xabcdef01);
	put_le(grown, optional + 112 + 32, 4, n);
	put_le(grown, optional + 112 + 36, 4, 16);
	put_le(grown, n, 4, 16);
	put_le(grown, n + 4, 4, 0x00020200);
	image = open_bytes(grown, n + 16, KIMG_DEEP);
	assert_text(part_at(image, "crc32"), "checksum", "ok");
	assert_int_equal(part_at(image, "certificates")->offset, n);
	grown[n - 100] ^= 1;
	wrong = open_bytes(grown, n + 16, KIMG_DEEP);
	assert_text(part_at(wrong, "crc32"), "checksum", "wrong");
}

static void the_checksum_waits_for_deep(void **state)
{
	cleanup_image struct kimg_image *image = open_sample(high, KIMG_HEADERS);

	assert_int_equal(field_at(part_at(image, "crc32"), "checksum")->type, KIMG_FIELD_UNCHECKED);
}

static void no_checksum_since_6_15(void **state)
{
	cleanup_image struct kimg_image *without =
		open_sample("bzimage/good-2.15-no-checksum", KIMG_DEEP);
	cleanup_image struct kimg_image *later = NULL;
	cleanup_free uint8_t *bytes = NULL;
	size_t n;

	assert_false(has_part(without, "crc32"));
	bytes = read_sample(high, &n);
	memcpy(bytes + 0x300, "6.15.0-tiny", 11);
	later = open_bytes(bytes, n, KIMG_DEEP);
	assert_false(has_part(later, "crc32"));
}

static void kernel_info_is_read(void **state)
{
	cleanup_image struct kimg_image *image = open_sample(high, KIMG_HEADERS), *wrong = NULL;
	const struct kimg_part *info = part_at(image, "kernel-info");
	cleanup_free uint8_t *bytes = NULL;
	size_t n;

	assert_int_equal(info->size, 16);
	assert_number(info, "size", 16);
	assert_number(info, "size_total", 16);
	assert_number(info, "setup_type_max", 0x80000009);
	bytes = read_sample(high, &n);
	bytes[info->offset] = 'X';
	wrong = open_bytes(bytes, n, KIMG_HEADERS);
	assert_false(has_part(wrong, "kernel-info"));
	check_damage(wrong);
}

static void payloads_of_all_codecs(void **state)
{
	static const char *const names[] = {
		"2.15-bzip2",
		"2.15-efi",
		"2.15-efi-i386",
		"2.15-gzip",
		"2.15-i386",
		"2.15-lz4",
		"2.15-lzma",
		"2.15-lzo",
		"2.15-xz",
		"2.15-zstd",
		"2.15-xz-x86",
		"2.15-no-relocs",
		"2.07-bzip2",
		"2.07-decoy",
		"2.07-lzma",
		"2.15-relocs-two-lists",
		"2.15-efi-certificate",
		"2.255",
		"2.15-no-checksum",
		"2.15-setup-sects-0",
		"2.03-swap-device",
		NULL,
	};

	check_good_samples("bzimage", "bzimage", names);
}

static void a_zimage_lacks_loaded_high(void **state)
{
	static const char *const names[] = { "2.00-low", "2.04-low", "2.10-low", NULL };

	check_good_samples("bzimage", "zimage-x86", names);
}

static void before_2_08_the_payload_is_searched(void **state)
{
	cleanup_image struct kimg_image *image =
		open_sample("bzimage/good-2.07-decoy", KIMG_HEADERS);
	const struct kimg_part *root = kimg_image_root(image), *kernel;

	assert_int_equal(field_at(root, "payload")->type, KIMG_FIELD_UNCHECKED);
	assert_ok(kimg_image_kernel(image, &kernel));
	assert_int_equal(kernel->kind, KIMG_PART_KERNEL);
	assert_int_equal(kernel->size, 4096);
	assert_string_equal(part_at(image, "payload")->codec, "gzip");
	assert_text(root, "payload", "found");
	check_no_damage(image);
	check_tiles(image);
}

static void nothing_to_find_is_damage(void **state)
{
	cleanup_image struct kimg_image *image = NULL;
	cleanup_free uint8_t *bytes = NULL;
	size_t n;

	bytes = read_sample("bzimage/good-2.07-high", &n);
	memset(bytes + 1024, 0x90, n - 1024);
	image = open_bytes(bytes, n, KIMG_DEEP);
	assert_text(kimg_image_root(image), "payload", "none");
	check_damage(image);
}

static void a_damaged_stream_is_shown(void **state)
{
	cleanup_image struct kimg_image *image = NULL;
	cleanup_free uint8_t *bytes = NULL;
	const struct kimg_part *kernel;
	struct kimg_error *error;
	size_t n;

	bytes = read_sample("bzimage/good-2.07-high", &n);
	/* The kernel's stream is all but the front and a few bytes at the end; its checksum is near that. */
	bytes[n - 200] ^= 0x55;
	image = open_bytes(bytes, n, KIMG_DEEP);
	assert_text(kimg_image_root(image), "payload", "damaged");
	assert_string_equal(part_at(image, "payload")->codec, "gzip");
	check_damage(image);
	error = kimg_image_kernel(image, &kernel);
	assert_non_null(error);
	kimg_error_free(error);
}

static void damaged_ones(void **state)
{
	static const char *const names[] = {
		"bad-checksum",        "bad-kernel-info",     "bad-payload-3-bytes",
		"bad-payload-empty",   "bad-payload-length",  "bad-payload-offset",
		"bad-pe-offset",       "bad-setup-sects",     "bad-size-word-huge",
		"bad-size-word-less",  "bad-size-word-more",  "bad-stream",
		"bad-syssize",         "bad-truncated-0x1f0", "bad-truncated-0x202",
		"bad-truncated-0x240", "bad-truncated-0x400", "bad-truncated-0x5b0",
		"bad-version-pointer", "unsupported-payload", NULL,
	};

	check_bad_samples("bzimage", names);
}

static void cut_anywhere(void **state)
{
	cleanup_free uint8_t *bytes = NULL, *old = NULL;
	size_t n;

	bytes = read_sample("bzimage/good-2.15-efi", &n);
	check_cuts(bytes, n, n);
	old = read_sample("bzimage/good-2.07-high", &n);
	check_cuts(old, n, n);
}

static void fields_at_extremes(void **state)
{
	static const struct {
		uint16_t offset, width;
	} fields[] = {
		{ 0x3c, 4 },  { 0x1f1, 1 }, { 0x1f4, 4 }, { 0x200, 2 }, { 0x206, 2 }, { 0x20e, 2 },
		{ 0x211, 1 }, { 0x235, 1 }, { 0x248, 4 }, { 0x24c, 4 }, { 0x268, 4 },
	};
	cleanup_free uint8_t *bytes = NULL;
	cleanup_image struct kimg_image *image = open_sample(high, KIMG_HEADERS);
	uint64_t info = part_at(image, "kernel-info")->offset;
	size_t n;

	bytes = read_sample("bzimage/good-2.15-efi", &n);
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		check_extremes(bytes, n, fields[i].offset, fields[i].width);
	check_extremes(bytes, n, info + 4, 4);
	check_extremes(bytes, n, info + 8, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_field_is_read),
		cmocka_unit_test(fields_belong_to_their_protocol),
		cmocka_unit_test(protocol_2_14_counts_as_2_13),
		cmocka_unit_test(the_jump_ends_the_header),
		cmocka_unit_test(setup_sects_0_means_4),
		cmocka_unit_test(syssize_and_the_file),
		cmocka_unit_test(the_checksum_covers_the_unsigned_image),
		cmocka_unit_test(the_checksum_waits_for_deep),
		cmocka_unit_test(no_checksum_since_6_15),
		cmocka_unit_test(kernel_info_is_read),
		cmocka_unit_test(payloads_of_all_codecs),
		cmocka_unit_test(a_zimage_lacks_loaded_high),
		cmocka_unit_test(before_2_08_the_payload_is_searched),
		cmocka_unit_test(nothing_to_find_is_damage),
		cmocka_unit_test(a_damaged_stream_is_shown),
		cmocka_unit_test(damaged_ones),
		cmocka_unit_test(cut_anywhere),
		cmocka_unit_test(fields_at_extremes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
