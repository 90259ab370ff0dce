/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FORMAT_REGISTRY_H
#define FORMAT_REGISTRY_H

#include "format/format.h"

/* Every driver, each in the file of its name. */
extern const struct format format_gzip, format_bzip2, format_lzma, format_xz, format_lzo,
	format_lz4, format_zstd, format_pe;

#endif
