/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef KIMG_CONFIG_H
#define KIMG_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include "kimg/error.h"
#include "kimg/image.h"

#pragma GCC visibility push(default)
#ifdef __cplusplus
extern "C" {
#endif

/*
 * A kernel's configuration: the .config file as text, and as options with their values, sorted by name.
 */
struct kimg_config;

struct kimg_config_option {
	const char *name; /* without CONFIG_ */
	const char *
		value; /* as it stands in the file: y, m, 42, 0x10, "text"; "n" where it is not set */
};

/*
 * Reads a .config file from memory; size bytes of text, which are copied. KIMG_E_NOT_FOUND where the text
 * is no configuration, KIMG_E_NOMEM.
 */
struct kimg_error *kimg_config_parse(const void *text, size_t size,
				     struct kimg_config **ret_config);

/*
 * The configuration of the kernel in image: the embedded one (CONFIG_IKCONFIG), else the file that lies
 * beside it. path is where the image came from, or NULL. roots are the folders to look below, ending with
 * NULL; NULL: "/" alone. Looked for are, with the release of the kernel: config-RELEASE and config beside the
 * image, boot/config-RELEASE, usr/lib/modules/RELEASE/config and lib/modules/RELEASE/config below each root.
 * KIMG_E_NOT_FOUND where there is none.
 */
struct kimg_error *kimg_config_of_image(struct kimg_image *image, const char *path,
					const char *const *roots, const struct kimg_limits *limits,
					struct kimg_config **ret_config);

/*
 * The configuration of the running kernel: /proc/config.gz, else a file by its release below the roots, as
 * by kimg_config_of_image(). KIMG_E_NOT_FOUND where there is none.
 */
struct kimg_error *kimg_config_of_running(const char *const *roots,
					  const struct kimg_limits *limits,
					  struct kimg_config **ret_config);

/*
 * Reads a file: a .config, one that is compressed (as /proc/config.gz), or an image, whose configuration
 * it then is, as by kimg_config_of_image().
 */
struct kimg_error *kimg_config_open(const char *path, const char *const *roots,
				    const struct kimg_options *options,
				    struct kimg_config **ret_config);

void kimg_config_free(struct kimg_config *config);

/* Where it came from: "embedded", or the path of a file. */
const char *kimg_config_source(const struct kimg_config *config);

/* The text as it was read. */
const char *kimg_config_text(const struct kimg_config *config, size_t *ret_size);

/* All options, sorted by name. */
const struct kimg_config_option *kimg_config_options(const struct kimg_config *config,
						     size_t *ret_count);

/* The value of an option (name without CONFIG_), or NULL where the configuration does not mention it. */
const char *kimg_config_value(const struct kimg_config *config, const char *name);

/*
 * Calls report for each option that differs, sorted by name: before or after is NULL where the option
 * is not mentioned on that side. Returns the number of differences.
 */
size_t kimg_config_compare(const struct kimg_config *before, const struct kimg_config *after,
			   void (*report)(void *data, const char *name, const char *before,
					  const char *after),
			   void *data);

#ifdef __cplusplus
}
#endif
#pragma GCC visibility pop
#endif
