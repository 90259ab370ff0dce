/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef KERNEL_CONFIG_H
#define KERNEL_CONFIG_H

#include "base/error.h"
#include "base/span.h"
#include "kimg/config.h"

struct kimg_config {
	char *source;
	char *text;
	size_t size;
	char *lines; /* a copy of text, cut into the strings that options point to */
	struct kimg_config_option *options;
	size_t count;
};

static inline void config_free_pointer(struct kimg_config **config)
{
	kimg_config_free(*config);
}

#define cleanup_config cleanup(config_free_pointer)

#endif
