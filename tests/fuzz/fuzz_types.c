/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Debug information out of BTF that anybody wrote. */
#include "base/cleanup.h"
#include "kernel/btf.h"
#include "symbol/vmlinux_types.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	for (unsigned int form = 0; form < 4; form++) {
		struct vmlinux_types types = { 0 };
		struct elf_form of = { .is64 = form & 1, .big_endian = form & 2 };

		kimg_error_free(vmlinux_types_make(span_of(data, size), of, NULL, &types));
		vmlinux_types_done(&types);
	}
	return 0;
}
