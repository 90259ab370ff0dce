/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Microcode of the two vendors. The kernel reads one file of each from an archive at the very start that is not
 * compressed, so what is compressed in lib/firmware is decoded here.
 *
 * Intel: intel-ucode/FF-MM-SS, by family, model and stepping in hexadecimal; Debian adds ".initramfs" to those that are
 * only loaded early. AMD: amd-ucode/microcode_amd.bin for families up to 14h, microcode_amd_fam15h.bin and so on for
 * later ones, where 17h stands for 17h and 18h (arch/x86/kernel/cpu/microcode/amd.c, 6.12). Either may end in .xz or
 * .zst.
 */
#include "initrd/microcode.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "codec/codec.h"
#include "initrd/sysroot.h"

#define FILES_MAX 4096

struct vendor {
	const char *id; /* vendor_id of /proc/cpuinfo */
	const char *folder;
	const char *prefix; /* of the files' names */
	const char *target;
};

static const struct vendor vendors[] = {
	{ "AuthenticAMD", "/lib/firmware/amd-ucode", "microcode_amd",
	  "kernel/x86/microcode/AuthenticAMD.bin" },
	{ "GenuineIntel", "/lib/firmware/intel-ucode", "",
	  "kernel/x86/microcode/GenuineIntel.bin" },
};

/* ---- which file is this CPU's ---- */

/* The value of a line "KEY\t: VALUE", the first one; empty where there is none. */
static struct span cpu_value(struct span text, const char *key)
{
	while (text.n) {
		const uint8_t *newline = memchr(text.p, '\n', text.n);
		struct span line =
			span_clip(text, 0, newline ? (size_t)(newline - text.p) : text.n);
		const uint8_t *colon = line.n ? memchr(line.p, ':', line.n) : NULL;
		size_t n = strlen(key);

		text = span_from(text, line.n + 1);
		if (colon && span_starts(line, span_of(key, n)) &&
		    (line.p[n] == '\t' || line.p[n] == ':'))
			return span_from(line, colon + 2 - line.p);
	}
	return (struct span){ 0 };
}

static unsigned int cpu_number(struct span text, const char *key)
{
	struct span value = cpu_value(text, key);
	unsigned int number = 0;

	for (size_t i = 0; i < value.n && value.p[i] >= '0' && value.p[i] <= '9' && i < 6; i++)
		number = number * 10 + value.p[i] - '0';
	return number;
}

/* The file's name without what may follow. */
static void name_of_cpu(struct span cpuinfo, const struct vendor *vendor, char name[64])
{
	unsigned int family = cpu_number(cpuinfo, "cpu family");

	if (vendor->prefix[0] == '\0')
		snprintf(name, 64, "%02x-%02x-%02x", family, cpu_number(cpuinfo, "model"),
			 cpu_number(cpuinfo, "stepping"));
	else if (family <= 0x14)
		snprintf(name, 64, "microcode_amd.bin");
	else
		snprintf(name, 64, "microcode_amd_fam%02xh.bin", family == 0x18 ? 0x17 : family);
}

/* Whether file is called name, or that with ".initramfs", ".xz", ".zst" behind it. */
static bool is_named(const char *file, const char *name)
{
	size_t n = strlen(name);

	if (strncmp(file, name, n) != 0)
		return false;
	file += n;
	if (strncmp(file, ".initramfs", 10) == 0)
		file += 10;
	return *file == '\0' || strcmp(file, ".xz") == 0 || strcmp(file, ".zst") == 0;
}

static bool is_wanted(const char *file, const struct vendor *vendor, const char *name)
{
	size_t n = strlen(file);

	if (file[0] == '.' || strncmp(file, vendor->prefix, strlen(vendor->prefix)) != 0)
		return false;
	/* Signatures and the like (amd-ucode/microcode_amd.bin.asc). */
	if (n > 4 && strcmp(file + n - 4, ".asc") == 0)
		return false;
	return !name || is_named(file, name);
}

/* ---- files ---- */

static struct kimg_error *append_file(struct buf *all, const char *path,
				      const struct kimg_limits *limits)
{
	cleanup_blob struct blob blob = { 0 }, plain = { 0 };
	const struct codec *codec;
	size_t used;

	TRY(blob_open(&blob, path, limits));
	codec = codec_detect(blob_span(&blob), NULL);
	if (codec)
		TRY(error_wrap(codec_decode(codec, blob_span(&blob), 0, limits, &plain, &used),
			       "%s", path));
	buf_add(all, codec ? plain.p : blob.p, codec ? plain.n : blob.n);
	return all->failed ? error_nomem() : NULL;
}

static int not_hidden(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

struct listing {
	struct dirent **entries;
	int n;
};

static void listing_done(struct listing *listing)
{
	while (listing->n > 0)
		free(listing->entries[--listing->n]);
	free(listing->entries);
}

/* All files that are wanted, one behind another. */
static struct kimg_error *gather(const char *sysroot, const struct vendor *vendor, const char *name,
				 const struct kimg_limits *limits, struct buf *all)
{
	char canonical[PATH_MAX], path[2 * PATH_MAX];
	cleanup(listing_done) struct listing listing = { 0 };

	if (!sysroot_follow(sysroot, vendor->folder, canonical))
		return NULL;
	snprintf(path, sizeof(path), "%s/%s", sysroot, canonical);
	listing.n = scandir(path, &listing.entries, not_hidden, alphasort);
	if (listing.n < 0)
		return error_system(errno, "%s", path);
	for (int i = 0; i < listing.n && i < FILES_MAX; i++) {
		char file[PATH_MAX];

		if (!is_wanted(listing.entries[i]->d_name, vendor, name))
			continue;
		snprintf(path, sizeof(path), "%s/%s", canonical, listing.entries[i]->d_name);
		if (!sysroot_follow(sysroot, path, file))
			continue;
		snprintf(path, sizeof(path), "%s/%s", sysroot, file);
		TRY(append_file(all, path, limits));
	}
	return NULL;
}

static struct kimg_error *add_vendor(struct content *content, const char *sysroot,
				     const struct vendor *vendor, struct span cpuinfo,
				     const struct kimg_limits *limits)
{
	cleanup_buf struct buf all = { 0 };
	char name[64], *copy;
	struct content_node node = {
		.path = vendor->target,
		.kind = CONTENT_BYTES,
		.why = cpuinfo.n ? "microcode for this CPU" : "microcode",
	};

	if (cpuinfo.n)
		name_of_cpu(cpuinfo, vendor, name);
	TRY(gather(sysroot, vendor, cpuinfo.n ? name : NULL, limits, &all));
	if (all.n == 0)
		return NULL;
	copy = arena_copy(content_arena(content), all.p, all.n);
	if (!copy)
		return error_nomem();
	node.bytes = span_of(copy, all.n);
	return content_add(content, &node, NULL);
}

struct kimg_error *microcode_add(struct content *content, const char *sysroot, struct span cpuinfo,
				 const struct kimg_limits *limits)
{
	struct span id = cpu_value(cpuinfo, "vendor_id");

	for (size_t i = 0; i < ARRAY_SIZE(vendors); i++)
		if (!cpuinfo.n || span_equal(id, span_of(vendors[i].id, strlen(vendors[i].id))))
			TRY(add_vendor(content, sysroot, &vendors[i], cpuinfo, limits));
	return NULL;
}
