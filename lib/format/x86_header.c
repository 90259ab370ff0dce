/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The x86 setup header, field by field. Documentation/arch/x86/boot.rst (6.12) names them and says since which
 * protocol each is there; the flags are those of arch/x86/include/uapi/asm/bootparam.h (6.12). Little
 * endian; offsets count from the start of the file:
 *
 *   0x1f1  1  setup_sects            0x22c  4  initrd_addr_max        2.03
 *   0x1f2  2  root_flags             0x230  4  kernel_alignment       2.05
 *   0x1f4  4  syssize                0x234  1  relocatable_kernel     2.05
 *   0x1f8  2  ram_size               0x235  1  min_alignment          2.10
 *   0x1fa  2  vid_mode               0x236  2  xloadflags             2.12
 *   0x1fc  2  root_dev               0x238  4  cmdline_size           2.06
 *   0x1fe  2  boot_flag              0x23c  4  hardware_subarch       2.07
 *   0x200  2  jump           2.00    0x240  8  hardware_subarch_data  2.07
 *   0x202  4  header         2.00    0x248  4  payload_offset         2.08
 *   0x206  2  version        2.00    0x24c  4  payload_length         2.08
 *   0x208  4  realmode_swtch 2.00    0x250  8  setup_data             2.09
 *   ...                              0x258  8  pref_address           2.10
 *   0x224  2  heap_end_ptr   2.01    0x260  4  init_size              2.10
 *   0x226  1  ext_loader_ver 2.02    0x264  4  handover_offset        2.11
 *   0x228  4  cmd_line_ptr   2.02    0x268  4  kernel_info_offset     2.15
 */
#include <inttypes.h>

#include "format/x86.h"

enum show { NUMBER, HEX, BOOL, OWN };

struct row {
	uint16_t offset;
	uint8_t size;
	uint16_t since; /* protocol */
	enum show show;
	const char *name;
	void (*own)(struct kimg_part *part, const char *name, uint64_t value, struct span s);
};

/* ---- fields whose value needs a word ---- */

static void setup_sects(struct kimg_part *part, const char *name, uint64_t value, struct span s)
{
	if (value)
		field_number(part, name, value);
	else
		field_number_as(part, name, value, "4");
}

static void root_flags(struct kimg_part *part, const char *name, uint64_t value, struct span s)
{
	field_hex_as(part, name, value, value ? "read-only" : "read-write");
}

static void syssize(struct kimg_part *part, const char *name, uint64_t value, struct span s)
{
	field_number_as(part, name, value, "%" PRIu64 " bytes", value * 16);
}

/* Before 2.04 the field was two bytes wide, and the next two were the swap device's number. */
static void syssize_16(struct kimg_part *part, const char *name, uint64_t value, struct span s)
{
	field_number_as(part, name, value, "%" PRIu64 " bytes, modulo 1 MiB", value * 16);
}

static void vid_mode(struct kimg_part *part, const char *name, uint64_t value, struct span s)
{
	static const char *const special[] = { "ask", "extended", "normal" };

	if (value >= 0xfffd)
		field_hex_as(part, name, value, "%s", special[value - 0xfffd]);
	else
		field_hex(part, name, value);
}

static void device(struct kimg_part *part, const char *name, uint64_t value, struct span s)
{
	if (value)
		field_hex_as(part, name, value, "%" PRIu64 ":%" PRIu64, value >> 8, value & 0xff);
	else
		field_hex(part, name, value);
}

static void jump(struct kimg_part *part, const char *name, uint64_t value, struct span s)
{
	uint64_t end = x86_header_end(s);

	if (end)
		field_hex_as(part, name, value, "the header ends at 0x%" PRIx64, end);
	else
		field_hex(part, name, value);
}

static void version(struct kimg_part *part, const char *name, uint64_t value, struct span s)
{
	field_hex_as(part, name, value, "%" PRIu64 ".%02" PRIu64 "%s", value >> 8, value & 0xff,
		     value == 0x20e ? ", counts as 2.13" : "");
}

static void kernel_version(struct kimg_part *part, const char *name, uint64_t value, struct span s)
{
	if (value)
		field_hex_as(part, name, value, "text at 0x%" PRIx64, value + 0x200);
	else
		field_hex_as(part, name, value, "none");
}

static void type_of_loader(struct kimg_part *part, const char *name, uint64_t value, struct span s)
{
	static const struct name_of loaders[] = {
		{ 0x0, "LILO" },        { 0x1, "Loadlin" },
		{ 0x2, "bootsect" },    { 0x3, "Syslinux" },
		{ 0x4, "Etherboot" },   { 0x5, "ELILO" },
		{ 0x7, "GRUB" },        { 0x8, "U-Boot" },
		{ 0x9, "Xen" },         { 0xa, "Gujin" },
		{ 0xb, "Qemu" },        { 0xc, "uCbootloader" },
		{ 0xd, "kexec-tools" }, { 0xe, "see ext_loader_type" },
		{ 0xf, "undefined" },   NAMES_END,
	};
	const struct name_of *loader = loaders;

	while (loader->name && loader->value != value >> 4)
		loader++;
	if (value == 0)
		field_hex_as(part, name, value, "not set");
	else
		field_hex_as(part, name, value, "%s", loader->name ? loader->name : "unknown");
}

static void loadflags(struct kimg_part *part, const char *name, uint64_t value, struct span s)
{
	static const struct name_of flags[] = {
		{ 1 << 0, "LOADED_HIGH" },   { 1 << 1, "KASLR_FLAG" },   { 1 << 5, "QUIET_FLAG" },
		{ 1 << 6, "KEEP_SEGMENTS" }, { 1 << 7, "CAN_USE_HEAP" }, NAMES_END,
	};

	field_flags(part, name, value, flags);
}

static void xloadflags(struct kimg_part *part, const char *name, uint64_t value, struct span s)
{
	static const struct name_of flags[] = {
		{ 1 << 0, "XLF_KERNEL_64" },
		{ 1 << 1, "XLF_CAN_BE_LOADED_ABOVE_4G" },
		{ 1 << 2, "XLF_EFI_HANDOVER_32" },
		{ 1 << 3, "XLF_EFI_HANDOVER_64" },
		{ 1 << 4, "XLF_EFI_KEXEC" },
		{ 1 << 5, "XLF_5LEVEL" },
		{ 1 << 6, "XLF_5LEVEL_ENABLED" },
		{ 1 << 7, "XLF_MEM_ENCRYPTION" },
		NAMES_END,
	};

	field_flags(part, name, value, flags);
}

static void min_alignment(struct kimg_part *part, const char *name, uint64_t value, struct span s)
{
	if (value && value < 64)
		field_number_as(part, name, value, "0x%" PRIx64 " bytes", UINT64_C(1) << value);
	else
		field_number(part, name, value);
}

static void subarch(struct kimg_part *part, const char *name, uint64_t value, struct span s)
{
	static const struct name_of names[] = {
		{ 0, "PC" },        { 1, "lguest" }, { 2, "Xen" }, { 3, "Moorestown MID" },
		{ 4, "CE4100 TV" }, NAMES_END,
	};

	field_enum(part, name, value, names);
}

static const struct row rows[] = {
	{ 0x1f1, 1, 0x000, OWN, "setup_sects", setup_sects },
	{ 0x1f2, 2, 0x000, OWN, "root_flags", root_flags },
	{ 0x1f4, 4, 0x204, OWN, "syssize", syssize },
	{ 0x1f8, 2, 0x000, NUMBER, "ram_size", NULL },
	{ 0x1fa, 2, 0x000, OWN, "vid_mode", vid_mode },
	{ 0x1fc, 2, 0x000, OWN, "root_dev", device },
	{ 0x1fe, 2, 0x000, HEX, "boot_flag", NULL },
	{ 0x200, 2, 0x200, OWN, "jump", jump },
	{ 0x202, 4, 0x200, HEX, "header", NULL },
	{ 0x206, 2, 0x200, OWN, "version", version },
	{ 0x208, 4, 0x200, HEX, "realmode_swtch", NULL },
	{ 0x20c, 2, 0x200, HEX, "start_sys_seg", NULL },
	{ 0x20e, 2, 0x200, OWN, "kernel_version", kernel_version },
	{ 0x210, 1, 0x200, OWN, "type_of_loader", type_of_loader },
	{ 0x211, 1, 0x200, OWN, "loadflags", loadflags },
	{ 0x212, 2, 0x200, HEX, "setup_move_size", NULL },
	{ 0x214, 4, 0x200, HEX, "code32_start", NULL },
	{ 0x218, 4, 0x200, HEX, "ramdisk_image", NULL },
	{ 0x21c, 4, 0x200, NUMBER, "ramdisk_size", NULL },
	{ 0x220, 4, 0x200, HEX, "bootsect_kludge", NULL },
	{ 0x224, 2, 0x201, HEX, "heap_end_ptr", NULL },
	{ 0x226, 1, 0x202, NUMBER, "ext_loader_ver", NULL },
	{ 0x227, 1, 0x202, HEX, "ext_loader_type", NULL },
	{ 0x228, 4, 0x202, HEX, "cmd_line_ptr", NULL },
	{ 0x22c, 4, 0x203, HEX, "initrd_addr_max", NULL },
	{ 0x230, 4, 0x205, HEX, "kernel_alignment", NULL },
	{ 0x234, 1, 0x205, BOOL, "relocatable_kernel", NULL },
	{ 0x235, 1, 0x20a, OWN, "min_alignment", min_alignment },
	{ 0x236, 2, 0x20c, OWN, "xloadflags", xloadflags },
	{ 0x238, 4, 0x206, NUMBER, "cmdline_size", NULL },
	{ 0x23c, 4, 0x207, OWN, "hardware_subarch", subarch },
	{ 0x240, 8, 0x207, HEX, "hardware_subarch_data", NULL },
	{ 0x248, 4, 0x208, HEX, "payload_offset", NULL },
	{ 0x24c, 4, 0x208, NUMBER, "payload_length", NULL },
	{ 0x250, 8, 0x209, HEX, "setup_data", NULL },
	{ 0x258, 8, 0x20a, HEX, "pref_address", NULL },
	{ 0x260, 4, 0x20a, NUMBER, "init_size", NULL },
	{ 0x264, 4, 0x20b, HEX, "handover_offset", NULL },
	{ 0x268, 4, 0x20f, HEX, "kernel_info_offset", NULL },
};

/* What the two bytes wide syssize before 2.04 left. */
static const struct row old_rows[] = {
	{ 0x1f4, 2, 0x000, OWN, "syssize", syssize_16 },
	{ 0x1f6, 2, 0x000, OWN, "swap_dev", device },
};

static uint64_t value_of(struct span s, const struct row *row)
{
	struct span b;

	switch (row->size) {
	case 1:
		return span_sub(s, row->offset, 1, &b) ? b.p[0] : 0;
	case 2:
		return span_le16(s, row->offset);
	case 4:
		return span_le32(s, row->offset);
	default:
		return span_le64(s, row->offset);
	}
}

static void show(struct kimg_part *part, struct span s, const struct row *row)
{
	uint64_t value = value_of(s, row);

	switch (row->show) {
	case NUMBER:
		field_number(part, row->name, value);
		break;
	case HEX:
		field_hex(part, row->name, value);
		break;
	case BOOL:
		field_bool(part, row->name, value != 0);
		break;
	case OWN:
		row->own(part, row->name, value, s);
		break;
	}
}

void x86_header_fields(struct kimg_part *part, struct span s, uint16_t protocol)
{
	uint64_t end = protocol ? x86_header_end(s) : 0x200;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct row *row = &rows[i];

		if (row->offset == 0x1f8 && protocol < 0x204)
			for (size_t old = 0; old < ARRAY_SIZE(old_rows); old++)
				show(part, s, &old_rows[old]);
		if (row->since > protocol || row->offset + row->size > s.n)
			continue;
		if (end && row->offset + row->size > end) {
			note(part, "ends at 0x%" PRIx64 ", before %s, which its protocol has", end,
			     row->name);
			break;
		}
		show(part, s, row);
	}
}

uint64_t x86_fields_end(uint16_t protocol)
{
	uint64_t end = 0x200;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].since <= protocol && rows[i].offset + rows[i].size > end)
			end = rows[i].offset + rows[i].size;
	return end;
}
