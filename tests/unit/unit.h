/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_UNIT_H
#define TESTS_UNIT_H

/* cmocka.h wants these first. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/error.h"

/* The call must succeed; else the test fails with the error's whole chain. */
#define assert_ok(expression)                                                        \
	do {                                                                         \
		struct kimg_error *unit_error = (expression);                        \
		if (unit_error) {                                                    \
			char unit_text[512];                                         \
			kimg_error_format(unit_error, unit_text, sizeof(unit_text)); \
			kimg_error_free(unit_error);                                 \
			fail_msg("%s: %s", #expression, unit_text);                  \
		}                                                                    \
	} while (0)

/* The call must fail with this code. */
#define assert_fails(expected, expression)                      \
	do {                                                    \
		struct kimg_error *unit_error = (expression);   \
		enum kimg_code unit_code;                       \
		if (!unit_error)                                \
			fail_msg("%s: succeeded", #expression); \
		unit_code = kimg_error_code(unit_error);        \
		kimg_error_free(unit_error);                    \
		assert_int_equal(unit_code, expected);          \
	} while (0)

#endif
