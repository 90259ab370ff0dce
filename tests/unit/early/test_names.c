/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of devices, events of the kernel, options of mount(8), key maps. */
#include "early.h"

#include <string.h>
#include <sys/mount.h>
#include <sys/sysmacros.h>

#include "device.h"
#include "keymap.h"
#include "mount.h"
#include "text.h"
#include "uevent.h"

static void names_of_devices(void **state)
{
	static const struct {
		const char *text;
		enum name_kind kind;
		const char *value;
	} names[] = {
		{ "/dev/sda1", NAME_PATH, "/dev/sda1" },
		{ "UUID=1234-ABCD", NAME_UUID, "1234-ABCD" },
		{ "UUID=\"1234\"", NAME_UUID, "1234" },
		{ "LABEL=my root", NAME_LABEL, "my root" },
		{ "/dev/disk/by-label/my\\x20root", NAME_LABEL, "my root" },
		{ "LABEL=my\\x20root", NAME_LABEL, "my\\x20root" },
		{ "PARTUUID=5eed1234-05", NAME_PARTUUID, "5eed1234-05" },
		{ "PARTLABEL=x", NAME_PARTLABEL, "x" },
		{ "/dev/disk/by-partuuid/ab", NAME_PARTUUID, "ab" },
		{ "gpt-auto", NAME_GPT_AUTO, "gpt-auto" },
		{ "nfs", NAME_NONE, "nfs" },
		{ "UUID=", NAME_NONE, "UUID=" },
		{ "", NAME_NONE, "" },
		{ "server:/path", NAME_NONE, "server:/path" },
		{ "1:x", NAME_NONE, "1:x" },
	};
	struct device_name name;

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		device_name_parse(names[i].text, &name);
		assert_int_equal(name.kind, names[i].kind);
		assert_string_equal(name.text, names[i].value);
	}
}

static void numbers_and_offsets(void **state)
{
	struct device_name name;

	device_name_parse("254:2", &name);
	assert_int_equal(name.kind, NAME_NUMBER);
	assert_int_equal(name.number, makedev(254, 2));
	/* As lilo wrote it, and the long form: include/linux/kdev_t.h. */
	device_name_parse("fe02", &name);
	assert_int_equal(name.number, makedev(254, 2));
	device_name_parse("00100305", &name);
	assert_int_equal(name.number, makedev(3, 0x105));
	device_name_parse("PARTUUID=ab-cd/PARTNROFF=-1", &name);
	assert_string_equal(name.text, "ab-cd");
	assert_int_equal(name.offset, -1);
	device_name_parse("PARTUUID=ab-cd/PARTNROFF=99999999", &name);
	assert_int_equal(name.offset, 0);
}

static void events(void **state)
{
	static const char add[] =
		"add@/devices/x\0ACTION=add\0DEVPATH=/devices/x\0SUBSYSTEM=block\0"
		"DEVNAME=vda\0MODALIAS=virtio:d2v1";
	struct uevent event;

	assert_true(uevent_parse(add, sizeof(add), &event));
	assert_string_equal(event.action, "add");
	assert_string_equal(event.subsystem, "block");
	assert_string_equal(event.name, "vda");
	assert_string_equal(event.modalias, "virtio:d2v1");
	/* Of udev's own form, without an end, and empty. */
	assert_false(uevent_parse("libudev\0\xfe\xed", 10, &event));
	assert_false(uevent_parse(add, sizeof(add) - 1, &event));
	assert_false(uevent_parse("", 0, &event));
	assert_false(uevent_parse("add@/x", 7, &event));
}

static void options(void **state)
{
	struct mount_options made = { 0 };
	char longest[2000];

	mount_options_add(
		&made, "ro,defaults,subvol=@,noatime,nofail,x-systemd.automount,,context=\"a,b\"");
	assert_int_equal(made.flags, MS_RDONLY | MS_NOATIME);
	assert_string_equal(made.data, "subvol=@,context=\"a,b\"");
	mount_options_add(&made, "rw");
	assert_int_equal(made.flags, MS_NOATIME);
	assert_false(made.too_long);
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	mount_options_add(&made, longest);
	assert_true(made.too_long);
}

static void texts(void **state)
{
	char lines[] = "a b\n\nc";
	char *rest = lines;
	char *line;
	uint64_t number;
	char escaped[] = "a\\x20b\\x2fc\\x00\\xg0\\x";

	line = text_line(&rest);
	assert_string_equal(text_word(&line), "a");
	assert_string_equal(text_word(&line), "b");
	assert_null(text_word(&line));
	assert_string_equal(text_line(&rest), "");
	assert_string_equal(text_line(&rest), "c");
	assert_null(text_line(&rest));
	assert_false(text_number(" 1", 10, &number));
	assert_false(text_number("-1", 10, &number));
	assert_false(text_number("", 10, &number));
	assert_true(text_number("ff", 16, &number));
	assert_int_equal(number, 255);
	text_unescape(escaped);
	assert_string_equal(escaped, "a b/c\\x00\\xg0\\x");
}

static void key_maps(void **state)
{
	static uint8_t table[7 + KEYMAP_MAPS + 2 * 2 * KEYMAP_KEYS] = "bkeymap";

	table[7] = table[7 + 4] = 1;
	assert_ptr_equal(keymap_map(table, sizeof(table), 0), table + 7 + 256);
	assert_ptr_equal(keymap_map(table, sizeof(table), 4), table + 7 + 256 + 256);
	assert_null(keymap_map(table, sizeof(table), 1));
	assert_null(keymap_map(table, sizeof(table) - 1, 4));
	assert_null(keymap_map(table, 100, 0));
	table[0] = 'x';
	assert_null(keymap_map(table, sizeof(table), 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_of_devices),
		cmocka_unit_test(numbers_and_offsets),
		cmocka_unit_test(events),
		cmocka_unit_test(options),
		cmocka_unit_test(texts),
		cmocka_unit_test(key_maps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
