/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_UNIT_EARLY_H
#define TESTS_UNIT_EARLY_H

/* cmocka.h wants these first. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#endif
