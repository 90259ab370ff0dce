/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_DYNLIB_H
#define BASE_DYNLIB_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

#include "base/error.h"

/*
 * Shared libraries that are loaded on first use, so that a program that does not need them neither waits
 * for them nor depends on them. One static object a library:
 *
 *	static typeof(&SHA1) call_SHA1;
 *
 *	static const struct dynlib_symbol symbols[] = {
 *		DYNLIB_SYMBOL("SHA1", call_SHA1),
 *		DYNLIB_SYMBOLS_END,
 *	};
 *	static const char *const sonames[] = { "libcrypto.so.3", NULL };
 *	static struct dynlib library = DYNLIB(sonames, symbols);
 *	DYNLIB_NOTE(crypto, "signatures", "Verifies signatures", "recommended", "\"libcrypto.so.3\"");
 */
struct dynlib_symbol {
	const char *name;
	void **pointer; /* where the address goes */
};

#define DYNLIB_SYMBOL(symbol_name, variable)                                   \
	{                                                                      \
		.name = (symbol_name), .pointer = (void **)(void *)&(variable) \
	}
#define DYNLIB_SYMBOLS_END \
	{                  \
		0          \
	}

struct dynlib {
	const char *const *sonames; /* the most wanted first; ends with NULL */
	const struct dynlib_symbol *symbols;
	pthread_mutex_t lock;
	atomic_int state; /* enum dynlib_state */
	char failure[256];
};

#define DYNLIB(soname_list, symbol_list)                            \
	{                                                           \
		.sonames = (soname_list), .symbols = (symbol_list), \
		.lock = PTHREAD_MUTEX_INITIALIZER                   \
	}

/*
 * Loads the first of the sonames that is installed and finds all symbols, once: what was loaded stays,
 * and what failed is not tried again. Any number of threads may call it. KIMG_E_UNSUPPORTED where the
 * library is not installed, or lacks a symbol.
 */
struct kimg_error *dynlib_load(struct dynlib *library) must_check;

/*
 * Tells packagers, by a note in the ELF file, that a library is loaded on first use (UAPI.12, "dlopen()
 * Metadata for ELF Files", version 1.0): section .note.dlopen, owner "FDO", and a NUL-terminated JSON
 * array. sonames: each in double quotes, separated by commas.
 */
#define DYNLIB_NOTE(identifier, feature, description, priority, sonames)                \
	DYNLIB_NOTE_JSON(dynlib_note_##identifier,                                      \
			 "[{\"feature\":\"" feature "\",\"description\":\"" description \
			 "\",\"priority\":\"" priority "\",\"soname\":[" sonames "]}]")

#define DYNLIB_NOTE_TYPE 0x407c0c0au

#define DYNLIB_NOTE_JSON(variable, json)                                                      \
	static const struct {                                                                 \
		uint32_t namesz, descsz, type;                                                \
		char name[4];                                                                 \
		_Alignas(4) char desc[sizeof(json)];                                          \
	} variable __attribute__((__used__, __section__(".note.dlopen"), __aligned__(4))) = { \
		.namesz = 4,                                                                  \
		.descsz = sizeof(json),                                                       \
		.type = DYNLIB_NOTE_TYPE,                                                     \
		.name = "FDO",                                                                \
		.desc = json,                                                                 \
	}

#endif
