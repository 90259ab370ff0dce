/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "../unit.h"

#include "../symbol/root.h"
#include "initrd/modules.h"

#define FOLDER "lib/modules/6.99/"

static const char dep[] = "kernel/lib/crc16.ko:\n"
			  "kernel/fs/mbcache.ko:\n"
			  "kernel/fs/jbd2/jbd2.ko.xz:\n"
			  "kernel/fs/ext4/ext4.ko.xz: kernel/fs/jbd2/jbd2.ko.xz "
			  "kernel/lib/crc16.ko kernel/fs/mbcache.ko\n"
			  "kernel/crypto/crc32c-generic.ko:\n"
			  "kernel/arch/crc32c-intel.ko:\n"
			  "kernel/drivers/block/virtio_blk.ko: kernel/drivers/virtio/virtio.ko\n"
			  "kernel/drivers/virtio/virtio.ko:\n"
			  "/opt/extra/late.ko:\n"
			  "kernel/b/loop-a.ko: kernel/b/loop_b.ko\n"
			  "kernel/b/loop_b.ko: kernel/b/loop-a.ko\n"
			  "kernel/b/broken.ko: kernel/b/nowhere.ko\n";
static const char alias[] = "# Aliases extracted from modules themselves.\n"
			    "alias fs-ext4 ext4\n"
			    "alias crypto-crc32c crc32c_generic\n"
			    "alias crypto-crc32c crc32c_intel\n"
			    "alias virtio:d00000002v* virtio_blk\n"
			    "alias pci:v00001AF4d000010[0-4]*sv*sd*bc*sc*i* virtio\n"
			    "alias acpi*:PNP0C0A:* late\n"
			    "alias of:N*T*Ca b,c late\n";

static void write_text(struct root *root, const char *path, const char *text)
{
	root_write(root, path, span_of(text, strlen(text)));
}

static struct module_tree *open_made(struct root *root)
{
	struct module_tree_options options = {
		.sysroot = root->path,
		.version = "6.99",
		.limits = KIMG_LIMITS_DEFAULT,
	};
	struct module_tree *modules = NULL;

	assert_ok(module_tree_open(&options, &modules));
	return modules;
}

static struct module_tree *make(struct root *root)
{
	write_text(root, FOLDER "modules.dep", dep);
	write_text(root, FOLDER "modules.alias", alias);
	write_text(root, FOLDER "modules.builtin", "kernel/crypto/sha256.ko\nkernel/fs/fuse.ko\n");
	root_write(
		root, FOLDER "modules.builtin.modinfo",
		SPAN_LITERAL("sha256.alias=crypto-sha256\0fuse.license=GPL\0fuse.alias=fs-fuse\0"));
	write_text(root, FOLDER "modules.softdep",
		   "softdep ext4 pre: crypto-crc32c\nsoftdep jbd2 junk\nsoftdep virtio_blk post: "
		   "late nothing\n");
	return open_made(root);
}

/* "a b c": the set that name makes, in order. */
static void assert_set(struct module_tree *modules, const char *name, const char *want)
{
	cleanup_module_set struct module_set *set = NULL;
	const struct module_pick *const *picks;
	cleanup_buf struct buf got = { 0 };
	size_t n, found;

	assert_ok(module_set_new(modules, &set));
	assert_ok(module_set_add_name(set, span_of(name, strlen(name)), "a test", &found));
	picks = module_set_picks(set, &n);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(picks[i]->line, i);
		buf_printf(&got, "%s%s", i ? " " : "", picks[i]->name);
	}
	assert_string_equal(got.p ? got.p : "", want);
}

static void test_find(void **state)
{
	struct root *root = *state;
	cleanup_module_tree struct module_tree *modules = make(root);
	cleanup_buf struct buf want = { 0 };
	struct arena arena = { 0 };
	const struct module *module;

	module = module_tree_find(modules, SPAN_LITERAL("crc32c_intel"));
	assert_non_null(module);
	assert_true(span_equal(module->name, SPAN_LITERAL("crc32c-intel")));
	assert_false(module->builtin);
	assert_ptr_equal(module_tree_by_path(modules, SPAN_LITERAL("x/crc32c-intel.ko.zst")),
			 module);
	assert_true(module_tree_find(modules, SPAN_LITERAL("fuse"))->builtin);
	assert_null(module_tree_find(modules, SPAN_LITERAL("ext")));
	assert_string_equal(module_tree_target(modules), "usr/lib/modules/6.99");
	buf_printf(&want, "%s/" FOLDER "kernel/arch/crc32c-intel.ko", root->path);
	assert_string_equal(module_tree_path(modules, module, &arena), want.p);
	want.n = 0;
	buf_printf(&want, "%s/opt/extra/late.ko", root->path);
	module = module_tree_find(modules, SPAN_LITERAL("late"));
	assert_string_equal(module_tree_path(modules, module, &arena), want.p);
	arena_done(&arena);
}

static void test_closure(void **state)
{
	cleanup_module_tree struct module_tree *modules = make(*state);

	/* modules.dep from the last to the first, then the softdep, by its alias, in the order of the aliases */
	assert_set(modules, "ext4", "mbcache crc16 jbd2 crc32c_generic crc32c_intel ext4");
	assert_set(modules, "fs-ext4", "mbcache crc16 jbd2 crc32c_generic crc32c_intel ext4");
	assert_set(modules, "fs_ext4", "mbcache crc16 jbd2 crc32c_generic crc32c_intel ext4");
	assert_set(modules, "virtio:d00000002v00001AF4", "virtio virtio_blk late");
	assert_set(modules, "pci:v00001AF4d00001042sv0sd1bc01sc00i00", "virtio");
	assert_set(modules, "pci:v00001AF4d00001052sv0sd1bc01sc00i00", "");
	assert_set(modules, "acpi:PNP0C0A:", "late");
	assert_set(modules, "of:NxTyCa b,c", "late");
	assert_set(modules, "fs-fuse", "");
	assert_set(modules, "sha256", "");
	assert_set(modules, "loop-a", "loop_b loop_a");
	assert_set(modules, "broken", "broken");
	assert_set(modules, "", "");
}

static void test_picks(void **state)
{
	cleanup_module_tree struct module_tree *modules = make(*state);
	cleanup_module_set struct module_set *set = NULL;
	const struct module_pick *ext4, *jbd2;
	size_t n;

	assert_ok(module_set_new(modules, &set));
	assert_ok(module_set_add_name(set, SPAN_LITERAL("fs-fuse"), "a test", &n));
	assert_int_equal(n, 1);
	assert_ok(module_set_add_name(set, SPAN_LITERAL("fs-no"), "a test", &n));
	assert_int_equal(n, 0);
	assert_ok(module_set_add_name(set, SPAN_LITERAL("ext4"), "the file system of /", &n));
	assert_int_equal(n, 1);
	ext4 = module_set_pick(set, module_tree_find(modules, SPAN_LITERAL("ext4")));
	jbd2 = module_set_pick(set, module_tree_find(modules, SPAN_LITERAL("jbd2")));
	assert_string_equal(ext4->why, "the file system of /");
	assert_string_equal(ext4->target, "usr/lib/modules/6.99/kernel/fs/ext4/ext4.ko.xz");
	assert_int_equal(ext4->needs_n, 3);
	assert_int_equal(ext4->before_n, 2);
	assert_int_equal(ext4->after_n, 0);
	assert_ptr_equal(jbd2->because, ext4);
	assert_null(module_set_notes(set));
	assert_ok(module_set_add_name(set, SPAN_LITERAL("virtio_blk"), "a test", &n));
	assert_string_equal(module_set_notes(set)->text,
			    "virtio_blk: softdep nothing: there is no such module");
	assert_ok(module_set_add_name(set, SPAN_LITERAL("broken"), "a test", &n));
	assert_true(module_set_notes(set)->next->bad);
}

static void test_modprobe_d(void **state)
{
	struct root *root = *state;

	write_text(root, "etc/modprobe.d/a.conf",
		   "# a comment\nblacklist virtio-blk\noptions ext4 \\\n  foo=1\nalias disk? ext4\n"
		   "install late /bin/false\n");
	write_text(root, "usr/lib/modprobe.d/a.conf", "blacklist ext4\n");
	write_text(root, "usr/lib/modprobe.d/b.conf",
		   "alias fs-ext4 crc16\nweakdep crc16 mbcache\n");
	write_text(root, "usr/lib/modprobe.d/README", "blacklist mbcache\n");
	{
		cleanup_module_tree struct module_tree *modules = make(root);
		const struct module_config *config;

		assert_true(module_tree_is_blacklisted(
			modules, module_tree_find(modules, SPAN_LITERAL("virtio_blk"))));
		assert_false(module_tree_is_blacklisted(
			modules, module_tree_find(modules, SPAN_LITERAL("ext4"))));
		assert_false(module_tree_is_blacklisted(
			modules, module_tree_find(modules, SPAN_LITERAL("mbcache"))));
		config = module_tree_config_next(modules, MODULE_CONFIG_OPTIONS,
						 SPAN_LITERAL("ext4"), NULL);
		assert_true(span_equal(config->text, SPAN_LITERAL("foo=1")));
		assert_set(modules, "fs-ext4", "crc16 mbcache");
		assert_set(modules, "disk7", "mbcache crc16 jbd2 crc32c_generic crc32c_intel ext4");
		assert_set(modules, "late", "late");
	}
}

static void test_missing(void **state)
{
	struct root *root = *state;
	struct module_tree_options options = {
		.sysroot = root->path,
		.version = "6.99",
		.limits = KIMG_LIMITS_DEFAULT,
	};
	struct module_tree *modules;

	assert_fails(KIMG_E_NOT_FOUND, module_tree_open(&options, &modules));
	options.version = "../x";
	assert_fails(KIMG_E_INVALID, module_tree_open(&options, &modules));
}

static void test_without_depmod(void **state)
{
	struct root *root = *state;
	cleanup_module_tree struct module_tree *modules = NULL;

	/* no modules: text that is neither ELF nor compressed */
	write_text(root, FOLDER "kernel/b.ko", "text");
	write_text(root, FOLDER "kernel/a.ko", "text");
	write_text(root, FOLDER "modules.order", "kernel/b.ko\n");
	modules = open_made(root);
	assert_int_equal(module_tree_find(modules, SPAN_LITERAL("b"))->number, 0);
	assert_int_equal(module_tree_find(modules, SPAN_LITERAL("a"))->number, 1);
	assert_set(modules, "a", "a");
}

/* A chain of needs of needs is bounded. */
static void test_deep(void **state)
{
	struct root *root = *state;
	cleanup_buf struct buf text = { 0 };
	cleanup_module_set struct module_set *set = NULL;
	cleanup_module_tree struct module_tree *modules = NULL;
	size_t n;

	for (unsigned int i = 0; i < 5000; i++)
		buf_printf(&text, "m%u.ko: m%u.ko\n", i, i + 1);
	root_write(root, FOLDER "modules.dep", buf_span(&text));
	modules = open_made(root);
	assert_ok(module_set_new(modules, &set));
	assert_fails(KIMG_E_LIMIT, module_set_add_name(set, SPAN_LITERAL("m0"), "a test", &n));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_find, root_setup, root_teardown),
		cmocka_unit_test_setup_teardown(test_closure, root_setup, root_teardown),
		cmocka_unit_test_setup_teardown(test_picks, root_setup, root_teardown),
		cmocka_unit_test_setup_teardown(test_modprobe_d, root_setup, root_teardown),
		cmocka_unit_test_setup_teardown(test_missing, root_setup, root_teardown),
		cmocka_unit_test_setup_teardown(test_without_depmod, root_setup, root_teardown),
		cmocka_unit_test_setup_teardown(test_deep, root_setup, root_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
