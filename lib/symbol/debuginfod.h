/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SYMBOL_DEBUGINFOD_H
#define SYMBOL_DEBUGINFOD_H

#include "base/error.h"
#include "base/span.h"

/*
 * Asks the debuginfod servers that DEBUGINFOD_URLS names for the file with the debug information of that
 * build-id; it stays in the user's cache. *ret_path belongs to the caller, who frees it with free().
 *
 * Errors: KIMG_E_UNSUPPORTED where libdebuginfod is not installed; KIMG_E_NOT_FOUND where no server has the file
 * or can be reached; KIMG_E_NOMEM.
 */
struct kimg_error *debuginfod_find(struct span build_id, char **ret_path) must_check;

#endif
