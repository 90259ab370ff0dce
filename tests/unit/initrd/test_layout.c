/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "../unit.h"

#include "../symbol/root.h"
#include "early/layout.h"
#include "initrd/firmware.h"
#include "initrd/layout.h"

#define FOLDER "lib/modules/6.99/"

/* An ELF with a .modinfo, as the seed of its fuzz target is; "firmware=vendor/made.fw" is in it. */
static struct span made_module(struct root *root)
{
	static uint8_t bytes[4096];
	static char path[512];
	FILE *file;
	size_t n;

	snprintf(path, sizeof(path), "%s/../fuzz/corpus/modinfo/elf", getenv("SAMPLES"));
	file = fopen(path, "rb");
	assert_non_null(file);
	n = fread(bytes, 1, sizeof(bytes), file);
	fclose(file);
	return span_of(bytes, n);
}

static void write_text(struct root *root, const char *path, const char *text)
{
	root_write(root, path, span_of(text, strlen(text)));
}

static void make(struct root *root)
{
	struct span ko = made_module(root);

	root_write(root, FOLDER "kernel/drivers/a-disk.ko", ko);
	root_write(root, FOLDER "kernel/lib/base.ko", ko);
	root_write(root, FOLDER "kernel/lib/soft.ko", ko);
	root_write(root, FOLDER "kernel/lib/late.ko", ko);
	write_text(root, FOLDER "modules.dep",
		   "kernel/drivers/a-disk.ko: kernel/lib/base.ko\nkernel/lib/base.ko:\n"
		   "kernel/lib/soft.ko:\nkernel/lib/late.ko:\n");
	write_text(root, FOLDER "modules.alias",
		   "alias pci:v1* a_disk\nalias pci:v1* late\nalias of:N*Ca b a_disk\n"
		   "alias fs-x other\nalias pci:v1* a_disk\nalias acpi:[A-Z]* soft\n");
	write_text(root, FOLDER "modules.softdep", "softdep a_disk pre: soft post: late\n");
	write_text(root, "etc/modprobe.d/x.conf",
		   "options a-disk  x=1\toptions=2\noptions a_disk y\nblacklist late\nblacklist "
		   "not_here\n");
}

static void assert_text(const struct content *content, const char *path, const char *want)
{
	const struct content_node *node = content_find(content, path + 1);

	assert_non_null(node);
	assert_int_equal(node->kind, CONTENT_BYTES);
	assert_int_equal(node->bytes.n, node->size);
	assert_int_equal(node->bytes.n, strlen(want));
	assert_memory_equal(node->bytes.p, want, node->bytes.n);
}

struct made {
	struct module_tree *modules;
	struct module_set *set;
	struct content *content;
};

static void open_made(struct root *root, struct made *made)
{
	struct module_tree_options options = {
		.sysroot = root->path,
		.version = "6.99",
		.limits = KIMG_LIMITS_DEFAULT,
	};

	assert_ok(module_tree_open(&options, &made->modules));
	assert_ok(module_set_new(made->modules, &made->set));
	assert_ok(module_set_add_name(made->set, SPAN_LITERAL("a_disk"), "the disk", NULL));
	assert_ok(content_new(&made->content));
}

static void done(struct made *made)
{
	content_free(made->content);
	module_set_free(made->set);
	module_tree_free(made->modules);
}

static void test_tables(void **state)
{
	struct root *root = *state;
	struct made made = { 0 };
	struct layout layout = { .cmdline = "root=/dev/x", .limits = KIMG_LIMITS_DEFAULT };
	const struct module *load[1];
	const struct content_node *node;

	make(root);
	open_made(root, &made);
	load[0] = module_tree_find(made.modules, SPAN_LITERAL("a-disk"));
	layout.set = made.set;
	layout.load = load;
	layout.load_n = 1;
	assert_ok(layout_add(made.content, &layout));
	assert_text(made.content, LAYOUT_MODULES,
		    "base /usr/lib/modules/6.99/kernel/lib/base.ko - - -\n"
		    "soft /usr/lib/modules/6.99/kernel/lib/soft.ko - - -\n"
		    "a_disk /usr/lib/modules/6.99/kernel/drivers/a-disk.ko 0 1 3 x=1 options=2 y\n"
		    "late /usr/lib/modules/6.99/kernel/lib/late.ko - - -\n");
	assert_text(made.content, LAYOUT_ALIASES, "acpi:[A-Z]* 1\nof:N*Ca?b 2\npci:v1* 2,3\n");
	assert_text(made.content, LAYOUT_LOAD, "2\n");
	assert_text(made.content, LAYOUT_BLACKLIST, "late\n");
	assert_text(made.content, LAYOUT_CMDLINE, "root=/dev/x\n");
	assert_null(content_find(made.content, &LAYOUT_CRYPTTAB[1]));
	node = content_find(made.content, "usr/lib/modules/6.99/kernel/lib/base.ko");
	assert_string_equal(node->because->path, "usr/lib/modules/6.99/kernel/drivers/a-disk.ko");
	assert_string_equal(node->because->why, "the disk");
	done(&made);
}

static void test_firmware(void **state)
{
	struct root *root = *state;
	struct made made = { 0 };
	struct layout layout = { .limits = KIMG_LIMITS_DEFAULT };
	const struct content_node *node;

	make(root);
	open_made(root, &made);
	layout.set = made.set;
	assert_ok(layout_add(made.content, &layout));
	assert_ok(firmware_add(made.content, made.set, &layout.limits));
	assert_null(module_set_notes(made.set)); /* there is no firmware at all */

	write_text(root, "usr/lib/firmware/other.fw", "x");
	assert_ok(firmware_add(made.content, made.set, &layout.limits));
	assert_non_null(module_set_notes(made.set));
	assert_string_equal(module_set_notes(made.set)->text,
			    "a_disk may ask for firmware vendor/made.fw, which is not there");

	write_text(root, "usr/lib/firmware/vendor/made.fw.xz", "x");
	assert_ok(firmware_add(made.content, made.set, &layout.limits));
	node = content_find(made.content, "usr/lib/firmware/vendor/made.fw.xz");
	assert_non_null(node);
	assert_true(node->stored);
	assert_string_equal(node->because->path, "usr/lib/modules/6.99/kernel/drivers/a-disk.ko");
	done(&made);
}

static void test_unpack(void **state)
{
	struct root *root = *state;
	struct made made = { 0 };
	struct layout layout = { .limits = KIMG_LIMITS_DEFAULT, .unpack = true };
	bool unpack;

	make(root);
	open_made(root, &made);
	assert_ok(layout_must_unpack(made.modules, &layout.limits, &unpack));
	assert_true(unpack);
	write_text(root, "boot/config-6.99", "A=y\nCONFIG_MODULE_DECOMPRESS=y\n");
	assert_ok(layout_must_unpack(made.modules, &layout.limits, &unpack));
	assert_false(unpack);
	write_text(root, "boot/config-6.99", "A=y\n# CONFIG_MODULE_DECOMPRESS is not set\n");
	assert_ok(layout_must_unpack(made.modules, &layout.limits, &unpack));
	assert_true(unpack);
	layout.set = made.set;
	assert_ok(layout_add(made.content, &layout)); /* what is not compressed stays a file */
	assert_int_equal(
		content_find(made.content, "usr/lib/modules/6.99/kernel/lib/base.ko")->kind,
		CONTENT_FILE);
	done(&made);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_tables, root_setup, root_teardown),
		cmocka_unit_test_setup_teardown(test_firmware, root_setup, root_teardown),
		cmocka_unit_test_setup_teardown(test_unpack, root_setup, root_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
