/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "early.h"

#include <string.h>

#include "crypt.h"

#define UUID "11111111-2222-4333-8444-555555555555"

static struct crypt read_both(char *crypttab, char *line)
{
	struct cmdline cmdline = { 0 };
	struct crypt crypt = { 0 };

	cmdline_add(&cmdline, line);
	crypt_read(&crypt, crypttab, &cmdline);
	cmdline_done(&cmdline);
	return crypt;
}

static void lines_of_crypttab(void **state)
{
	char crypttab[] = "# name\troot\n\nroot\tUUID=" UUID " none luks,discard\n"
			  "data /dev/vdb /etc/key\nshort\n";
	char line[] = "quiet";
	struct crypt crypt = read_both(crypttab, line);

	assert_int_equal(crypt.n, 2);
	assert_string_equal(crypt.targets[0].name, "root");
	assert_int_equal(crypt.targets[0].device.kind, NAME_UUID);
	assert_string_equal(crypt.targets[0].key, "");
	assert_string_equal(crypt.targets[0].options, "luks,discard");
	assert_string_equal(crypt.targets[1].key, "/etc/key");
	assert_string_equal(crypt.targets[1].options, "");
	crypt_done(&crypt);
}

static void words_of_the_command_line(void **state)
{
	char line[] = "rd.luks.name=" UUID "=root rd.luks.uuid=luks-aaaa rd.luks.key=" UUID "=/k "
		      "rd.luks.options=discard rd.luks.uuid=" UUID;
	struct crypt crypt = read_both(NULL, line);

	assert_int_equal(crypt.n, 2);
	assert_string_equal(crypt.targets[0].name, "root");
	assert_string_equal(crypt.targets[0].key, "/k");
	assert_string_equal(crypt.targets[0].options, "discard");
	assert_string_equal(crypt.targets[1].name, "luks-aaaa");
	assert_string_equal(crypt.targets[1].device.text, "aaaa");
	assert_string_equal(crypt.targets[1].key, "");
	crypt_done(&crypt);
}

static void other_words(void **state)
{
	char line[] = "cryptdevice=UUID=" UUID
		      ":c:allow-discards cryptkey=rootfs:/key.bin root=/dev/mapper/luks-bbbb";
	char off[] = "rd.luks=0 cryptdevice=/dev/sda:c";
	char odd[] = "cryptdevice=/dev/sda cryptdevice rd.luks.name=x rd.luks.key=y rd.luks.uuid";
	struct crypt crypt = read_both(NULL, line);

	assert_int_equal(crypt.n, 2);
	assert_string_equal(crypt.targets[0].name, "luks-bbbb");
	assert_string_equal(crypt.targets[1].name, "c");
	assert_string_equal(crypt.targets[1].key, "/key.bin");
	crypt_done(&crypt);
	crypt = read_both(NULL, off);
	assert_int_equal(crypt.n, 0);
	crypt_done(&crypt);
	crypt = read_both(NULL, odd);
	assert_int_equal(crypt.n, 0);
	crypt_done(&crypt);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_of_crypttab),
		cmocka_unit_test(words_of_the_command_line),
		cmocka_unit_test(other_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
