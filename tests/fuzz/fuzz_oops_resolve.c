/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Symbols that contradict reports, and reports that contradict symbols. The input is a map, or a vmlinux or module, and
 * behind a NUL, NUL, "LOG", newline a log; without that mark it is both.
 */
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/error.h"
#include "base/span.h"
#include "kimg/oops.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void free_error(struct kimg_error *error)
{
	kimg_error_free(error);
}

/* A file of its own, which /proc/self/fd/N leads to. */
static int make_file(struct span bytes, char path[64])
{
	int fd = memfd_create("symbols", MFD_CLOEXEC);

	if (fd < 0)
		return -1;
	if (write(fd, bytes.p, bytes.n) != (ssize_t)bytes.n) {
		close(fd);
		return -1;
	}
	snprintf(path, 64, "/proc/self/fd/%d", fd);
	return fd;
}

static void check_frame(const struct kimg_oops_frame *frame)
{
	size_t bytes = 0;

	for (size_t i = 0; i < frame->place_count; i++) {
		const struct kimg_oops_place *place = &frame->places[i];

		bytes += place->symbol ? strlen(place->symbol) : 0;
		bytes += place->module ? strlen(place->module) : 0;
		if (frame->certainty == KIMG_OOPS_UNRESOLVED)
			__builtin_trap();
	}
	if (frame->certainty == KIMG_OOPS_CERTAIN && frame->place_count != 1)
		__builtin_trap();
	if (bytes > SIZE_MAX / 2)
		__builtin_trap();
}

static void take_report(void *context, struct kimg_oops *oops)
{
	free_error(kimg_oops_resolve(context, oops));
	for (size_t i = 0; i < oops->block_count; i++) {
		const struct kimg_oops_block *block = &oops->blocks[i];

		if (block->has_pc)
			check_frame(&block->pc);
		for (size_t j = 0; j < block->frame_count; j++)
			check_frame(&block->frames[j]);
	}
	kimg_oops_free(oops);
}

static void read_log(struct kimg_oops_symbols *symbols, struct span log)
{
	const struct kimg_oops_reader_options options = {
		.limits = KIMG_LIMITS_DEFAULT,
		.report = take_report,
		.context = symbols,
	};
	struct kimg_oops_reader *reader;
	struct kimg_error *error = kimg_oops_reader_new(&options, &reader);

	if (error) {
		free_error(error);
		return;
	}
	free_error(kimg_oops_reader_feed(reader, log.p, log.n));
	free_error(kimg_oops_reader_flush(reader));
	kimg_oops_reader_free(reader);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct span mark = SPAN_LITERAL("\0\0LOG\n");
	struct kimg_oops_symbols_options options = KIMG_OOPS_SYMBOLS_OPTIONS_DEFAULT;
	const char *modules[2] = { 0 };
	struct span bytes = span_of(data, size), log = bytes;
	struct kimg_oops_symbols *symbols;
	struct kimg_error *error;
	char path[64];
	size_t at;
	int fd;

	if (span_find(bytes, 0, mark, &at)) {
		log = span_from(bytes, at + mark.n);
		bytes.n = at;
	}
	fd = make_file(bytes, path);
	if (fd < 0)
		return 0;
	options.no_search = true;
	options.no_source = true;
	options.map = path;
	modules[0] = path;
	options.modules = modules;
	error = kimg_oops_symbols_new(&options, &symbols);
	if (error) {
		/* then as a module alone, which is looked at when a report names it */
		free_error(error);
		options.map = NULL;
		error = kimg_oops_symbols_new(&options, &symbols);
	}
	if (error)
		symbols = NULL;
	free_error(error);
	if (symbols)
		read_log(symbols, log);
	kimg_oops_symbols_free(symbols);
	close(fd);
	return 0;
}
