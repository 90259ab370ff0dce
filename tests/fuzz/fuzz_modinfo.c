/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The .modinfo of a module, compressed or not. */
#include "initrd/modinfo.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kimg_limits limits = KIMG_LIMITS_DEFAULT;
	cleanup_modinfo struct modinfo info = { 0 };
	struct span rest, key, value;

	limits.output = 16 << 20;
	kimg_error_free(modinfo_read(&info, span_of(data, size), &limits));
	rest = info.text;
	while (modinfo_next(&rest, &key, &value))
		if (key.n == 0)
			__builtin_trap();
	return 0;
}
