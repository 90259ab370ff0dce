/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The section .modinfo of a module:
 *
 *	firmware=qlogic/sd7220.fw\0 license=GPL\0 ... depends=scsi_mod\0 ... vermagic=6.12.9 SMP mod_unload \0
 *
 * Strings may be parted by more than one NUL. Each module has a "vermagic=", and the others stand around it: those of the module
 * itself before it, since modpost's own object is linked behind (scripts/Makefile.modfinal).
 *
 * The section headers that say where it is stand at the end of the file. But .modinfo follows the code and the constants, and
 * before the relocations and symbols, so that all of it stands within the first fifth or so of the file: it
 * is found by its text in what the first steps of decoding give. ext4.ko.xz of Debian 13: 73 KB of 1.7 MB.
 */
#include "initrd/modinfo.h"

#include <stdlib.h>

#include "codec/codec.h"
#include "format/elf.h"

#define FIRST_STEP (64u << 10)
#define LAST_STEP  (4u << 20)
#define PADDING    64

static const struct span vermagic = { (const uint8_t *)"\0vermagic=", 10 };

/* ---- strings ---- */

static bool is_key_byte(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '.' || c == '-';
}

static size_t key_length(struct span s)
{
	size_t n = 0;

	while (n < s.n && is_key_byte(s.p[n]))
		n++;
	return n < s.n && s.p[n] == '=' ? n : 0;
}

bool modinfo_next(struct span *rest, struct span *ret_key, struct span *ret_value)
{
	while (rest->n) {
		struct span line = span_text(*rest);
		size_t n = key_length(line);

		*rest = span_from(*rest, line.n + 1);
		if (!n)
			continue;
		*ret_key = span_clip(line, 0, n);
		*ret_value = span_from(line, n + 1);
		return true;
	}
	return false;
}

struct span modinfo_value(const struct modinfo *info, const char *key)
{
	struct span rest = info->text, k, value;

	while (modinfo_next(&rest, &k, &value))
		if (span_equal(k, span_of(key, strlen(key))))
			return value;
	return (struct span){ 0 };
}

/* ---- by its text ---- */

/* How many bytes before the end of s the last key of a module begins; 0 where s ends with none. */
static size_t known_key(struct span s)
{
	static const char *const keys[] = {
		"alias",      "author",    "depends",  "description", "file",
		"firmware",   "import_ns", "intree",   "license",     "livepatch",
		"name",       "parm",      "parmtype", "softdep",     "staging",
		"srcversion", "vermagic",  "version",  "weakdep",
	};
	size_t longest = 0;

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		size_t n = strlen(keys[i]);

		if (n > longest && n <= s.n && memcmp(s.p + s.n - n, keys[i], n) == 0)
			longest = n;
	}
	return longest;
}

/* The first string may follow bytes of the section before it without a NUL. SIZE_MAX: it is no string of a module. */
static size_t first_start(struct span bytes, size_t start, size_t end)
{
	const uint8_t *equals = memchr(bytes.p + start, '=', end - start);
	size_t n = equals ? known_key(span_of(bytes.p + start, equals - bytes.p - start)) : 0;

	return n ? (size_t)(equals - bytes.p) - n : SIZE_MAX;
}

/* Where the strings that end before at begin: at is behind a NUL. */
static size_t strings_start(struct span bytes, size_t at)
{
	size_t before = at; /* where the one behind the first one begins */

	for (;;) {
		size_t end = at, start, first;

		while (end > 0 && at - end < PADDING && bytes.p[end - 1] == '\0')
			end--;
		for (start = end; start > 0 && bytes.p[start - 1] != '\0';)
			start--;
		if (end && end < at && key_length(span_clip(bytes, start, end - start))) {
			before = at;
			at = start;
			continue;
		}
		first = end && end < at ? first_start(bytes, start, end) : SIZE_MAX;
		if (first != SIZE_MAX)
			return first;
		first = first_start(bytes, at, at + span_text(span_from(bytes, at)).n);
		return first != SIZE_MAX ? first : before;
	}
}

/* Where the strings from at on end; false where bytes end before that is known. */
static bool strings_end(struct span bytes, size_t at, size_t *ret_end)
{
	for (;;) {
		struct span rest = span_from(bytes, at), line = span_text(rest);
		size_t next = at + line.n;

		if (line.n == rest.n)
			return false;
		if (!key_length(line)) {
			*ret_end = at;
			return true;
		}
		while (next < bytes.n && next - at - line.n < PADDING && bytes.p[next] == '\0')
			next++;
		if (next == bytes.n)
			return false;
		at = next;
	}
}

static bool find_text(struct span bytes, struct span *ret_text)
{
	size_t at, start, end;

	if (!span_find(bytes, 0, vermagic, &at) || !strings_end(bytes, at + 1, &end))
		return false;
	start = strings_start(bytes, at + 1);
	*ret_text = span_clip(bytes, start, end - start);
	return true;
}

/* ---- the file ---- */

static struct kimg_error *read_elf(struct modinfo *info, struct span bytes)
{
	struct elf_section section;
	struct elf elf;

	TRY(elf_open(bytes, &elf));
	if (!elf_section(&elf, ".modinfo", &section))
		return error_new(KIMG_E_CORRUPT, "no module: it has no .modinfo");
	info->text = elf_section_bytes(&elf, &section);
	return NULL;
}

static bool peek(struct modinfo *info, const struct codec *codec, struct span bytes,
		 const struct kimg_limits *limits)
{
	for (size_t size = FIRST_STEP; size <= LAST_STEP; size *= 4) {
		struct kimg_error *error;
		size_t n;

		free(info->decoded);
		info->decoded = malloc(size);
		if (!info->decoded)
			return false;
		error = codec->peek(bytes, limits, info->decoded, size, &n);
		if (error) {
			kimg_error_free(error);
			return false;
		}
		if (find_text(span_of(info->decoded, n), &info->text))
			return true;
		if (n < size)
			return false;
	}
	return false;
}

struct kimg_error *modinfo_read(struct modinfo *info, struct span bytes,
				const struct kimg_limits *limits)
{
	const struct codec *codec;
	size_t consumed;

	if (elf_is(bytes))
		return read_elf(info, bytes);
	codec = codec_detect(bytes, NULL);
	if (!codec)
		return error_new(KIMG_E_CORRUPT, "no module: neither ELF nor compressed");
	if (peek(info, codec, bytes, limits))
		return NULL;
	TRY(codec_decode(codec, bytes, 0, limits, &info->whole, &consumed));
	return read_elf(info, blob_span(&info->whole));
}

struct kimg_error *modinfo_open(struct modinfo *info, const char *path,
				const struct kimg_limits *limits)
{
	TRY(blob_open(&info->file, path, limits));
	return error_wrap(modinfo_read(info, blob_span(&info->file), limits), "%s", path);
}

void modinfo_done(struct modinfo *info)
{
	blob_done(&info->file);
	blob_done(&info->whole);
	free(info->decoded);
	*info = (struct modinfo){ 0 };
}
