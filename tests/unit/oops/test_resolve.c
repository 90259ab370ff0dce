/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reports that are resolved by maps. */
#include "unit.h"

#include "kimg/map.h"
#include "oops/report.h"
#include "oops/reports.h"
#include "symbol/root.h"

/* Two functions of one name and size, and two of one name and different sizes */
static const char map_of_one[] = "ffffffff81000000 T _text\n"
				 "ffffffff81000000 T _stext\n"
				 "ffffffff81000100 T do_one\n"
				 "ffffffff81000140 t twin\n"
				 "ffffffff81000180 T do_two\n"
				 "ffffffff81000200 t twin\n"
				 "ffffffff81000240 t brother\n"
				 "ffffffff81000280 t brother\n"
				 "ffffffff81000300 T do_three\n"
				 "ffffffff81000380 T do_four\n"
				 "ffffffff81000400 T _etext\n"
				 "ffffffff81000800 D some_data\n"
				 "ffffffff81000900 B _end\n";

/* The same functions in other sizes */
static const char map_of_other[] = "ffffffff81000000 T _text\n"
				   "ffffffff81000000 T _stext\n"
				   "ffffffff81000100 T do_one\n"
				   "ffffffff81000170 t twin\n"
				   "ffffffff81000190 T do_two\n"
				   "ffffffff81000240 t brother\n"
				   "ffffffff81000260 T do_three\n"
				   "ffffffff81000300 T do_four\n"
				   "ffffffff81000400 T _etext\n"
				   "ffffffff81000900 B _end\n";

#define HEAD                                                                               \
	"[    1.000000] BUG: kernel NULL pointer dereference, address: 0000000000000000\n" \
	"[    1.000001] Oops: 0000 [#1] SMP\n"
#define CPU "[    1.000002] CPU: 0 PID: 1 Comm: init Not tainted 6.1.0-test #1\n"
#define FRAMES                                       \
	"[    1.000003] RIP: 0010:do_one+0x5/0x40\n" \
	"[    1.000005] Call Trace:\n"               \
	"[    1.000006]  twin+0x10/0x40\n"           \
	"[    1.000007]  brother+0x80/0x80\n"        \
	"[    1.000008]  do_two+0x20/0x80\n"         \
	"[    1.000009]  do_four+0x10/0x80\n"
#define OFFSET "[    1.000010] Kernel Offset: 0xb000000 from 0xffffffff81000000\n"
#define END    "[    1.000011] ---[ end trace 0000000000000000 ]---\n"

static struct kimg_oops *resolve(const char *log, const struct kimg_oops_symbols_options *options,
				 struct reports *reports)
{
	struct kimg_oops_symbols *symbols;

	read_log(log, reports);
	assert_int_equal(reports->count, 1);
	assert_ok(kimg_oops_symbols_new(options, &symbols));
	assert_ok(kimg_oops_resolve(symbols, reports->all[0]));
	kimg_oops_symbols_free(symbols);
	return reports->all[0];
}

static struct kimg_oops_symbols_options options_of(const struct root *root)
{
	struct kimg_oops_symbols_options options = KIMG_OOPS_SYMBOLS_OPTIONS_DEFAULT;

	options.roots = root->roots;
	return options;
}

static struct span text_span(const char *text)
{
	return span_of(text, strlen(text));
}

static void frames_get_places_of_a_map(void **state)
{
	struct root *root = *state;
	struct kimg_oops_symbols_options options = options_of(root);
	const struct kimg_oops_block *block;
	const struct kimg_oops *oops;
	struct reports reports;

	options.map = root_write(root, "given", text_span(map_of_one));
	oops = resolve(HEAD CPU FRAMES END, &options, &reports);
	block = &oops->blocks[0];
	assert_int_equal(block->pc.certainty, KIMG_OOPS_CERTAIN);
	assert_int_equal(block->pc.places[0].address, 0xffffffff81000100);
	assert_int_equal(block->frame_count, 4);
	assert_int_equal(block->frames[0].certainty, KIMG_OOPS_CANDIDATES);
	assert_int_equal(block->frames[0].place_count, 2);
	/* the size tells which */
	assert_int_equal(block->frames[1].certainty, KIMG_OOPS_CERTAIN);
	assert_int_equal(block->frames[1].places[0].address, 0xffffffff81000280);
	assert_int_equal(block->frames[1].places[0].offset, 0x80);
	assert_int_equal(oops->choice_count, 1);
	assert_int_equal(oops->choices[0].agreeing, 5);
	assert_int_equal(oops->choices[0].compared, 5);
	assert_string_equal(oops->choices[0].message, "Symbols match kernel version 6.1.0-test.");
	assert_false(oops->has_kernel_offset);
	free_reports(&reports);
}

static void a_map_of_another_kernel_is_told(void **state)
{
	struct root *root = *state;
	struct kimg_oops_symbols_options options = options_of(root);
	const struct kimg_oops *oops;
	struct reports reports;

	options.map = root_write(root, "given", text_span(map_of_other));
	oops = resolve(HEAD CPU FRAMES END, &options, &reports);
	assert_true(oops->choices[0].differs);
	assert_non_null(strstr(oops->choices[0].message, "Symbols do not match kernel version"));
	assert_non_null(strstr(oops->choices[0].message, KIMG_MAP_DIFFERS_MESSAGE));
	/* used, but not as if it were sure */
	assert_int_equal(oops->blocks[0].pc.place_count, 1);
	assert_int_equal(oops->blocks[0].pc.certainty, KIMG_OOPS_CANDIDATES);
	free_reports(&reports);
}

static void the_map_of_the_release_is_found(void **state)
{
	struct root *root = *state;
	struct kimg_oops_symbols_options options = options_of(root);
	const struct kimg_oops *oops;
	struct reports reports;

	root_write(root, "boot/System.map-6.1.0-test", text_span(map_of_one));
	root_write(root, "boot/System.map-6.1.0-other", text_span(map_of_other));
	oops = resolve(HEAD CPU FRAMES END, &options, &reports);
	assert_int_equal(oops->choice_count, 1);
	assert_string_equal(oops->choices[0].how, "release");
	assert_non_null(strstr(oops->choices[0].path, "6.1.0-test"));
	assert_int_equal(oops->blocks[0].pc.certainty, KIMG_OOPS_CERTAIN);
	free_reports(&reports);
}

static void the_right_map_is_found_without_a_release(void **state)
{
	struct root *root = *state;
	struct kimg_oops_symbols_options options = options_of(root);
	const struct kimg_oops *oops;
	struct reports reports;

	root_write(root, "boot/System.map-6.1.0-a", text_span(map_of_other));
	root_write(root, "boot/System.map-6.1.0-b", text_span(map_of_one));
	root_write(root, "boot/System.map-6.1.0-c", text_span(map_of_other));
	oops = resolve(HEAD FRAMES END, &options, &reports);
	assert_string_equal(oops->choices[0].how, "vote");
	assert_non_null(strstr(oops->choices[0].path, "6.1.0-b"));
	assert_false(oops->choices[0].differs);
	free_reports(&reports);
}

static void a_map_that_was_found_and_differs_is_not_used(void **state)
{
	struct root *root = *state;
	struct kimg_oops_symbols_options options = options_of(root);
	const struct kimg_oops *oops;
	struct reports reports;

	root_write(root, "boot/System.map-6.1.0-test", text_span(map_of_other));
	oops = resolve(HEAD CPU FRAMES END, &options, &reports);
	assert_true(oops->choices[0].differs);
	assert_int_equal(oops->blocks[0].pc.place_count, 0);
	assert_int_equal(oops->blocks[0].pc.certainty, KIMG_OOPS_UNRESOLVED);
	assert_true(oops->note_count > 0);
	free_reports(&reports);
}

static const struct kimg_oops_register *resolve_register(struct root *root, const char *log,
							 uint64_t value, struct reports *reports)
{
	struct kimg_oops_symbols_options options = options_of(root);
	struct kimg_oops_symbols *symbols;
	struct kimg_oops *oops;

	options.map = root_write(root, "given", text_span(map_of_one));
	read_log(log, reports);
	oops = reports->all[0];
	report_add_register((struct report *)oops, SPAN_LITERAL("r42"), value, 64);
	assert_ok(kimg_oops_symbols_new(&options, &symbols));
	assert_ok(kimg_oops_resolve(symbols, oops));
	kimg_oops_symbols_free(symbols);
	return &oops->blocks[0].registers[oops->blocks[0].register_count - 1];
}

static void registers_need_the_kernel_offset(void **state)
{
	const struct kimg_oops_register *reg;
	struct reports reports;

	reg = resolve_register(*state, HEAD CPU FRAMES END, 0xffffffff8c000800, &reports);
	assert_null(reg->place);
	free_reports(&reports);
	reg = resolve_register(*state, HEAD CPU FRAMES OFFSET END, 0xffffffff8c000800, &reports);
	assert_string_equal(reg->place->symbol, "some_data");
	assert_int_equal(reg->place->offset, 0);
	free_reports(&reports);
	reg = resolve_register(*state, HEAD CPU FRAMES OFFSET END, 0x800, &reports);
	assert_null(reg->place);
	free_reports(&reports);
}

static void names_with_addresses_tell_the_offset_and_the_copy(void **state)
{
	static const char log[] = HEAD CPU "[    1.000005] Call Trace:\n"
					   "[    1.000006]  [<ffffffff92000110>] do_one+0x10/0x40\n"
					   "[    1.000007]  [<ffffffff92000210>] twin+0x10/0x40\n"
					   "[    1.000008]  [<ffffffff92000190>] do_two+0x10/0x80\n"
					   "[    1.000009]  [<ffffffff92000310>]\n" END;
	struct root *root = *state;
	struct kimg_oops_symbols_options options = options_of(root);
	const struct kimg_oops_frame *frames;
	const struct kimg_oops *oops;
	struct reports reports;

	options.map = root_write(root, "given", text_span(map_of_one));
	oops = resolve(log, &options, &reports);
	assert_true(oops->has_kernel_offset);
	assert_true(oops->offset_solved);
	assert_int_equal(oops->kernel_offset, 0x11000000);
	frames = oops->blocks[0].frames;
	assert_int_equal(frames[1].certainty, KIMG_OOPS_CERTAIN);
	assert_int_equal(frames[1].places[0].address, 0xffffffff81000200);
	assert_int_equal(frames[3].certainty, KIMG_OOPS_CERTAIN);
	assert_string_equal(frames[3].places[0].symbol, "do_three");
	assert_int_equal(frames[3].places[0].offset, 0x10);
	free_reports(&reports);
}

static void what_is_given_must_be_there(void **state)
{
	struct root *root = *state;
	struct kimg_oops_symbols_options options = options_of(root);
	const char *const modules[] = { "/nonexistent/modules", NULL };
	struct kimg_oops_symbols *symbols;

	options.map = "/nonexistent/map";
	assert_fails(KIMG_E_IO, kimg_oops_symbols_new(&options, &symbols));
	options.map = NULL;
	options.modules = modules;
	assert_fails(KIMG_E_IO, kimg_oops_symbols_new(&options, &symbols));
}

/* A release comes from the log: it leads nowhere but to its folders. */
static void a_release_is_no_path(void **state)
{
	struct root *root = *state;
	struct kimg_oops_symbols_options options = options_of(root);
	const struct kimg_oops *oops;
	struct reports reports;

	root_write(root, "boot/secret", text_span(map_of_one));
	oops = resolve(HEAD "[    1.000002] CPU: 0 PID: 1 Comm: init Not tainted "
			    "x/../../boot/secret #1\n" FRAMES END,
		       &options, &reports);
	assert_int_equal(oops->choice_count, 0);
	free_reports(&reports);
}

/* ---- modules of the running kernel whose files are not found ---- */

#define KALLSYMS                                                                           \
	"ffffffff8c000000 T _text\nffffffff8c000000 T _stext\nffffffff8c000100 T do_one\n" \
	"ffffffff8c000140 T do_two\nffffffff8c000900 B _end\n"
#define KALLSYMS_MODULES                                                              \
	"ffffffffc0100000 t kc_one\t[kcrash]\nffffffffc0100040 t kc_twin\t[kcrash]\n" \
	"ffffffffc0100080 t kc_twin\t[kcrash]\nffffffffc01000c0 t kc_end\t[kcrash]\n" \
	"ffffffffc0200000 t kc_one\t[other]\nffffffffc0200040 t other_end\t[other]\n"
#define MODULE_LOG                                                                          \
	HEAD CPU "[    1.000003] RIP: 0010:kc_one+0x5/0x40 [kcrash]\n"                      \
		 "[    1.000005] Call Trace:\n[    1.000006]  kc_twin+0x10/0x40 [kcrash]\n" \
		 "[    1.000007]  kc_one+0x10/0x80 [kcrash]\n"                              \
		 "[    1.000008]  kc_none+0x10/0x40 [kcrash]\n" END

static void check_module_frames(const struct kimg_oops *oops)
{
	const struct kimg_oops_block *block = &oops->blocks[0];

	assert_int_equal(block->pc.certainty, KIMG_OOPS_CERTAIN);
	assert_int_equal(block->pc.place_count, 1);
	assert_int_equal(block->pc.places[0].address, 0xffffffffc0100000);
	assert_string_equal(block->pc.places[0].module, "kcrash");
	/* two of one name and size */
	assert_int_equal(block->frames[0].certainty, KIMG_OOPS_CANDIDATES);
	assert_int_equal(block->frames[0].place_count, 2);
	/* of another build, and not there at all */
	assert_int_equal(block->frames[1].certainty, KIMG_OOPS_NAMED);
	assert_int_equal(block->frames[2].certainty, KIMG_OOPS_NAMED);
}

static void resolve_one(struct kimg_oops_symbols *symbols, struct reports *reports)
{
	read_log(MODULE_LOG, reports);
	assert_int_equal(reports->count, 1);
	assert_ok(kimg_oops_resolve(symbols, reports->all[0]));
}

static void the_running_kernel_names_functions_of_modules(void **state)
{
	struct root *root = *state;
	struct kimg_oops_symbols_options options = options_of(root);
	struct kimg_oops_symbols *symbols;
	struct reports reports;

	options.live = true;
	root_write(root, "proc/sys/kernel/osrelease", text_span("6.1.0-test\n"));
	root_write(root, "proc/modules",
		   text_span("kcrash 1 0 - Live 0x0\nother 1 0 - Live 0x0\n"));
	root_write(root, "proc/kallsyms", text_span(KALLSYMS KALLSYMS_MODULES));
	assert_ok(kimg_oops_symbols_new(&options, &symbols));
	resolve_one(symbols, &reports);
	check_module_frames(reports.all[0]);
	free_reports(&reports);
	/* it is gone */
	root_write(root, "proc/modules", text_span("other 1 0 - Live 0x0\n"));
	/* another file: the first one is mapped, as that of a real /proc would not be */
	unlink(root_path(root, "proc/kallsyms"));
	root_write(root, "proc/kallsyms", text_span(KALLSYMS));
	resolve_one(symbols, &reports);
	check_module_frames(reports.all[0]);
	free_reports(&reports);
	/* and another one, too */
	root_write(root, "proc/modules", text_span(""));
	resolve_one(symbols, &reports);
	check_module_frames(reports.all[0]);
	free_reports(&reports);
	kimg_oops_symbols_free(symbols);
}

/* For who may not see them, all addresses are 0. */
static void hidden_addresses_name_nothing(void **state)
{
	struct root *root = *state;
	struct kimg_oops_symbols_options options = options_of(root);
	const struct kimg_oops *oops;
	struct reports reports;

	options.live = true;
	root_write(root, "proc/sys/kernel/osrelease", text_span("6.1.0-test\n"));
	root_write(root, "proc/modules", text_span("kcrash 1 0 - Live 0x0\n"));
	root_write(root, "proc/kallsyms",
		   text_span("0000000000000000 T _text\n0000000000000000 T do_one\n"
			     "0000000000000000 t kc_one\t[kcrash]\n"));
	oops = resolve(MODULE_LOG, &options, &reports);
	assert_int_equal(oops->blocks[0].pc.certainty, KIMG_OOPS_NAMED);
	assert_int_equal(oops->blocks[0].pc.place_count, 0);
	free_reports(&reports);
}

#define test(function) cmocka_unit_test_setup_teardown(function, root_setup, root_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(frames_get_places_of_a_map),
		test(a_map_of_another_kernel_is_told),
		test(the_map_of_the_release_is_found),
		test(the_right_map_is_found_without_a_release),
		test(a_map_that_was_found_and_differs_is_not_used),
		test(registers_need_the_kernel_offset),
		test(names_with_addresses_tell_the_offset_and_the_copy),
		test(what_is_given_must_be_there),
		test(a_release_is_no_path),
		test(the_running_kernel_names_functions_of_modules),
		test(hidden_addresses_name_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
