/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/dynlib.h"

#include "unit.h"

static int (*call_atoi)(const char *);
static void *pointer;

static const struct dynlib_symbol good[] = {
	DYNLIB_SYMBOL("atoi", call_atoi),
	DYNLIB_SYMBOLS_END,
};

static const struct dynlib_symbol lacking[] = {
	DYNLIB_SYMBOL("no_such_symbol", pointer),
	DYNLIB_SYMBOLS_END,
};

static const char *const second[] = { "libno-such-library.so.1", "libc.so.6", NULL };
static const char *const none[] = { "libno-such-library.so.1", NULL };

static void test_second_soname(void **state)
{
	static struct dynlib library = DYNLIB(second, good);

	assert_ok(dynlib_load(&library));
	assert_int_equal(call_atoi("42"), 42);
	assert_ok(dynlib_load(&library));
}

static void test_failures(void **state)
{
	static struct dynlib missing = DYNLIB(none, good), old = DYNLIB(second, lacking);

	for (int i = 0; i < 2; i++) {
		assert_fails(KIMG_E_UNSUPPORTED, dynlib_load(&missing));
		assert_fails(KIMG_E_UNSUPPORTED, dynlib_load(&old));
	}
}

static void *load(void *library)
{
	return dynlib_load(library);
}

static void test_threads(void **state)
{
	static struct dynlib library = DYNLIB(second, good);
	pthread_t threads[8];

	for (size_t i = 0; i < ARRAY_SIZE(threads); i++)
		assert_int_equal(pthread_create(&threads[i], NULL, load, &library), 0);
	for (size_t i = 0; i < ARRAY_SIZE(threads); i++) {
		void *error;

		assert_int_equal(pthread_join(threads[i], &error), 0);
		assert_null(error);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_second_soname),
		cmocka_unit_test(test_failures),
		cmocka_unit_test(test_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
