/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "klog/modules.h"

static void update(struct modules *modules, const char *text)
{
	modules_update(modules, span_of(text, strlen(text)));
}

/* Where a report is told that the module is; 0: nowhere. */
static uint64_t told(const struct modules *modules, const char *name)
{
	struct kimg_oops_module module = { .name = name };
	struct kimg_oops oops = { .modules = &module, .module_count = 1 };

	modules_tell(modules, &oops);
	return module.has_address ? module.address : 0;
}

static void modules_that_left_are_known(void **state)
{
	struct modules modules = { .events = -1 };
	uint64_t changes;

	update(&modules,
	       "a 16384 0 - Live 0xffffffffc0842000 (OE)\nb 4096 1 a, Live 0xffffffffc0900000\n");
	assert_true(told(&modules, "a") == 0xffffffffc0842000);
	assert_true(told(&modules, "b") == 0xffffffffc0900000);
	assert_int_equal(told(&modules, "c"), 0);
	changes = modules.changes;
	update(&modules, "b 4096 1 - Live 0xffffffffc0900000\na 16384 0 - Unloading "
			 "0xffffffffc0842000 (OE-)\n");
	assert_int_equal(modules.changes, changes);
	update(&modules, "b 4096 1 - Live 0xffffffffc0900000\n");
	assert_true(modules.changes > changes);
	assert_true(told(&modules, "a") == 0xffffffffc0842000);
	/* another one takes its place, and it comes back elsewhere */
	update(&modules, "c 4096 1 - Live 0xffffffffc0842000\na 16384 0 - Loading "
			 "0xffffffffc0a00000 (OE+)\n");
	assert_true(told(&modules, "a") == 0xffffffffc0a00000);
	assert_true(told(&modules, "c") == 0xffffffffc0842000);
	update(&modules, "");
	assert_true(told(&modules, "a") == 0xffffffffc0a00000);
	modules_close(&modules);
}

static void what_the_log_tells_stays(void **state)
{
	struct modules modules = { .events = -1 };
	struct kimg_oops_module module = { .name = "a", .has_address = true, .address = 5 };
	struct kimg_oops oops = { .modules = &module, .module_count = 1 };

	update(&modules, "a 16384 0 - Live 0xffffffffc0842000\n");
	modules_tell(&modules, &oops);
	assert_int_equal(module.address, 5);
	modules_close(&modules);
}

static void odd_lines_are_passed_over(void **state)
{
	struct modules modules = { .events = -1 };

	update(&modules,
	       "a 16384 0 - Live 0x0000000000000000\n\n \na\na 1\na 1 2 3 4\nb  0 - Live 0x1\n"
	       "0123456789012345678901234567890123456789012345678901234567890123456789 1 0 - Live "
	       "0x1\n"
	       "c 16384 0 - Live 0x00000000000000000000000000000000000000001\nd 1 0 - Live 0x2");
	assert_int_equal(modules.count, 1);
	assert_int_equal(told(&modules, "d"), 2);
	modules_close(&modules);
}

/* However often modules come and go, memory is bounded. */
static void those_that_left_are_not_kept_for_ever(void **state)
{
	struct modules modules = { .events = -1 };
	char line[64];

	for (unsigned int i = 1; i < 5000; i++) {
		snprintf(line, sizeof(line), "m%u 1 0 - Live 0x%x\n", i, i);
		update(&modules, line);
	}
	assert_true(modules.count < 1100);
	assert_int_equal(told(&modules, "m4998"), 4998);
	modules_close(&modules);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(modules_that_left_are_known),
		cmocka_unit_test(what_the_log_tells_stays),
		cmocka_unit_test(odd_lines_are_passed_over),
		cmocka_unit_test(those_that_left_are_not_kept_for_ever),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
