/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "klog/state.h"

static const uint8_t boot[16] = "this boot";
static const uint8_t other[16] = "another boot";

static void make_folder(char folder[32])
{
	strcpy(folder, "/tmp/kimg-state-XXXXXX");
	assert_non_null(mkdtemp(folder));
	assert_int_equal(chdir(folder), 0);
}

static void remove_folder(const char *folder)
{
	unlink("position");
	assert_int_equal(chdir("/"), 0);
	assert_int_equal(rmdir(folder), 0);
}

static void the_position_is_kept(void **unused)
{
	struct state state = { 0 };
	char folder[32];
	uint64_t next;

	make_folder(folder);
	assert_ok(state_open(&state, "position", boot));
	assert_false(state_next(&state, &next));
	state_set(&state, 100, 90);
	/* not closed: as if the process had been killed */
	state.file = NULL;
	assert_ok(state_open(&state, "position", boot));
	assert_true(state_next(&state, &next));
	assert_int_equal(next, 100);
	assert_int_equal(state_settled(&state), 90);
	state_close(&state);
	remove_folder(folder);
}

static void another_boot_starts_anew(void **unused)
{
	struct state state = { 0 };
	char folder[32];
	uint64_t next;

	make_folder(folder);
	assert_ok(state_open(&state, "position", boot));
	state_set(&state, 100, 90);
	state_close(&state);
	assert_ok(state_open(&state, "position", other));
	assert_false(state_next(&state, &next));
	assert_int_equal(state_settled(&state), 0);
	state_close(&state);
	remove_folder(folder);
}

/* Of any size, with anything in it. */
static void damaged_files_start_anew(void **unused)
{
	char folder[32];

	make_folder(folder);
	for (size_t size = 0; size < 100; size++) {
		struct state state = { 0 };
		FILE *file = fopen("position", "w");
		uint64_t next;

		assert_non_null(file);
		for (size_t i = 0; i < size; i++)
			fputc('k', file);
		fclose(file);
		assert_ok(state_open(&state, "position", boot));
		assert_false(state_next(&state, &next));
		state_set(&state, 5, 77);
		assert_int_equal(state_settled(&state), 5);
		state_close(&state);
	}
	remove_folder(folder);
}

static void only_files_will_do(void **unused)
{
	struct state state = { 0 };

	assert_fails(KIMG_E_IO, state_open(&state, "/tmp", boot));
	assert_fails(KIMG_E_IO, state_open(&state, "/dev/null", boot));
	assert_fails(KIMG_E_IO, state_open(&state, "/nonexistent/position", boot));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_position_is_kept),
		cmocka_unit_test(another_boot_starts_anew),
		cmocka_unit_test(damaged_files_start_anew),
		cmocka_unit_test(only_files_will_do),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
