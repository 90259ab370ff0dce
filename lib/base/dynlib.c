/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/dynlib.h"

#include <dlfcn.h>
#include <stdio.h>

enum dynlib_state { NOT_TRIED, LOADED, FAILED };

static void *open_first(struct dynlib *library, const char **ret_soname)
{
	const char *reason = NULL;
	void *handle = NULL;

	for (const char *const *soname = library->sonames; *soname && !handle; soname++) {
		handle = dlopen(*soname, RTLD_NOW | RTLD_LOCAL);
		*ret_soname = *soname;
		/* The reason for the one that is wanted most tells most. */
		if (!handle && !reason) {
			reason = dlerror();
			snprintf(library->failure, sizeof(library->failure), "%s",
				 reason ? reason : *soname);
		}
	}
	return handle;
}

static enum dynlib_state load(struct dynlib *library)
{
	const char *soname = NULL;
	void *handle = open_first(library, &soname);

	if (!handle)
		return FAILED;
	for (const struct dynlib_symbol *symbol = library->symbols; symbol->name; symbol++) {
		void *address = dlsym(handle, symbol->name);

		if (!address) {
			snprintf(library->failure, sizeof(library->failure), "%s lacks %s", soname,
				 symbol->name);
			dlclose(handle);
			return FAILED;
		}
		*symbol->pointer = address;
	}
	return LOADED;
}

struct kimg_error *dynlib_load(struct dynlib *library)
{
	int state = atomic_load_explicit(&library->state, memory_order_acquire);

	if (state == NOT_TRIED) {
		pthread_mutex_lock(&library->lock);
		state = atomic_load_explicit(&library->state, memory_order_relaxed);
		if (state == NOT_TRIED) {
			state = load(library);
			atomic_store_explicit(&library->state, state, memory_order_release);
		}
		pthread_mutex_unlock(&library->lock);
	}
	if (state == FAILED)
		return error_new(KIMG_E_UNSUPPORTED, "%s", library->failure);
	return NULL;
}
