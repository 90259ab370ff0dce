/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The facts inside a kernel, and configurations, from arbitrary bytes. */
#include <stdlib.h>

#include "kernel/config.h"
#include "kernel/facts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void inside(struct span kernel, struct span s)
{
	if (s.n && (s.p < kernel.p || s.p + s.n > kernel.p + kernel.n))
		abort();
}

static void place_inside(struct span kernel, bool found, struct place place)
{
	struct span s;

	if (found && !span_sub(kernel, place.offset, place.size, &s))
		abort();
}

static void count(void *data, const char *name, const char *before, const char *after)
{
	++*(size_t *)data;
}

static void configurations(struct span text)
{
	cleanup_config struct kimg_config *config = NULL;
	struct kimg_error *error = kimg_config_parse(text.p, text.n, &config);
	const struct kimg_config_option *options;
	size_t n, differences = 0;

	kimg_error_free(error);
	if (error)
		return;
	options = kimg_config_options(config, &n);
	for (size_t i = 0; i < n; i++)
		if (kimg_config_value(config, options[i].name) != options[i].value)
			abort();
	if (kimg_config_compare(config, config, count, &differences) || differences)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct kimg_limits limits = {
		.output = 1 << 20, .memory = 32 << 20, .input = 1 << 20, .depth = 4, .parts = 100
	};
	struct span kernel = span_of(data, size), id = { 0 };
	struct banner banner = { 0 };
	struct place place = { 0 };
	const char *codec;

	if (banner_find(kernel, &banner)) {
		inside(kernel, banner.release);
		inside(kernel, banner.builder);
		inside(kernel, banner.compiler);
		inside(kernel, banner.version);
	}
	if (build_id_find(kernel, &id))
		inside(kernel, id);
	place_inside(kernel, ikconfig_find(kernel, &place), place);
	place_inside(kernel, btf_find(kernel, &place), place);
	place_inside(kernel, initramfs_find(kernel, &limits, &place, &codec), place);
	configurations(kernel);
	return 0;
}
