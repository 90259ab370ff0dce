/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The entries of one archive, as the kernel's own reader takes them (init/initramfs.c, 6.12), which differs from what
 * cpio(1) does with the same bytes:
 *
 *   0  6  magic     070701; 070702: the check is the sum of all bytes of a regular file
 *   6  8  ino       38  8 nlink      70  8 major (of the device that it was on)
 *  14  8  mode      46  8 mtime      78  8 minor
 *  22  8  uid       54  8 size       86  8 rmajor
 *  30  8  gid                        94  8 rminor
 * 102  8  namesize, the NUL included; 110 8 check; then the name, and at the next multiple of 4 the data
 *
 * (The header has 110 bytes: thirteen numbers of eight hexadecimal digits behind the magic.)
 *
 * Zeroes may stand behind every entry; the next one starts at a multiple of 4. TRAILER!!! ends nothing: it makes the
 * kernel forget which inodes it has seen.
 */
#include <inttypes.h>
#include <sys/stat.h>

#include "base/hex.h"
#include "initrd/reader.h"

#define HEADER    110
#define NAME_MOST 4096 /* PATH_MAX, with the NUL */

enum field {
	INO,
	MODE,
	UID,
	GID,
	NLINK,
	MTIME,
	SIZE,
	MAJOR,
	MINOR,
	RMAJOR,
	RMINOR,
	NAMESIZE,
	CHECK,
	FIELDS
};

struct header {
	bool sums;
	bool wrong; /* a digit that is none */
	uint32_t field[FIELDS];
	uint64_t name_at, data_at, end;
};

/*
 * Up to the first byte that is no digit, as kernels before 7.0 read it; later ones refuse it (hex2bin instead of
 * simple_strtoul).
 */
static uint32_t read_field(const uint8_t *p, bool *wrong)
{
	uint32_t value = 0;
	int i = 0;

	if (p[0] == '0' && (p[1] | 0x20) == 'x') {
		*wrong = true;
		i = 2;
	}
	for (; i < 8; i++) {
		int d = hex_digit(p[i]);

		if (d < 0) {
			*wrong = true;
			break;
		}
		value = value << 4 | d;
	}
	return value;
}

static uint64_t align4(uint64_t n)
{
	return (n + 3) & ~3ULL;
}

static struct kimg_error *read_header(const uint8_t *p, uint64_t at, struct header *ret)
{
	*ret = (struct header){ 0 };
	if (memcmp(p, "070702", 6) == 0)
		ret->sums = true;
	else if (memcmp(p, "070707", 6) == 0)
		return error_at(KIMG_E_CORRUPT, at,
				"a header of the odc form, which the kernel does not read");
	else if (memcmp(p, "070701", 6) != 0)
		return error_at(KIMG_E_CORRUPT, at, "no header of an archive");
	for (size_t i = 0; i < FIELDS; i++)
		ret->field[i] = read_field(p + 6 + 8 * i, &ret->wrong);
	ret->name_at = at + HEADER;
	ret->data_at = align4(at + HEADER + ret->field[NAMESIZE]);
	ret->end = align4(ret->data_at + ret->field[SIZE]);
	return NULL;
}

/* ---- what is made of it ---- */

static void skipped(struct kimg_initrd *initrd, const char *why)
{
	initrd->entry.effect = KIMG_INITRD_SKIPPED;
	initrd->entry.why = why;
}

/* The device as the kernel keeps it: 12 bits and 20 (MKDEV). */
static void set_device(struct kimg_initrd_entry *entry, const struct header *h)
{
	uint32_t device = h->field[RMAJOR] << 20 | h->field[RMINOR];

	entry->rdev_major = device >> 20;
	entry->rdev_minor = device & 0xfffff;
}

static void set_entry(struct kimg_initrd *initrd, const struct header *h)
{
	initrd->entry = (struct kimg_initrd_entry){
		.segment = &initrd->segment->about,
		.name = "",
		.offset = initrd->cursor,
		.mode = h->field[MODE] & 0xffff,
		.uid = h->field[UID],
		.gid = h->field[GID],
		.nlink = h->field[NLINK],
		.ino = h->field[INO],
		.mtime = h->field[MTIME],
		.effect = KIMG_INITRD_MADE,
	};
	set_device(&initrd->entry, h);
	initrd->data = (struct span){ 0 };
	initrd->devno[0] = h->field[MAJOR];
	initrd->devno[1] = h->field[MINOR];
	initrd->change = (struct rootfs_change){ 0 };
}

/* Where the kernel skips what it reads, it looks at neither name nor data. */
static const char *why_skipped(const struct header *h)
{
	uint32_t mode = h->field[MODE];

	if (h->field[NAMESIZE] == 0)
		return "it has no name";
	if (h->field[NAMESIZE] > NAME_MOST)
		return "its name is too long";
	if (S_ISLNK(mode) && h->field[SIZE] > NAME_MOST)
		return "its target is too long";
	if (!S_ISREG(mode) && !S_ISLNK(mode) && h->field[SIZE])
		return "it is no file and has data";
	return NULL;
}

/* The file is there by then; what follows it is not. */
static void check_sum(struct kimg_initrd *initrd, const struct header *h)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < initrd->data.n; i++)
		sum += initrd->data.p[i];
	if (sum != h->field[CHECK])
		initrd->broken = error_at(KIMG_E_MISMATCH, initrd->entry.offset,
					  "%s: the checksum is 0x%08" PRIx32
					  ", the bytes give 0x%08" PRIx32,
					  initrd->entry.name, h->field[CHECK], sum);
}

/* A text within bytes: up to its first NUL. There is one, or a byte that is not part of the text follows. */
static void set_target(struct kimg_initrd *initrd, struct span bytes)
{
	struct span text = span_text(bytes);
	char *copy = arena_copy(&initrd->arena, (const char *)text.p, text.n);

	initrd->entry.target = copy ? copy : "";
	initrd->entry.size = initrd->entry.target_size = copy ? text.n : 0;
}

static void set_body(struct kimg_initrd *initrd, const struct header *h)
{
	struct span body = span_clip(initrd->space, h->data_at, h->field[SIZE]);
	struct kimg_initrd_entry *entry = &initrd->entry;

	if (S_ISLNK(entry->mode)) {
		set_target(initrd, body);
	} else if (S_ISREG(entry->mode)) {
		entry->size = h->field[SIZE];
		initrd->data = body;
		if (body.n < entry->size)
			initrd_note(initrd, true, "%s: %zu of %" PRIu64 " bytes are there",
				    entry->name, body.n, entry->size);
		else if (h->sums)
			check_sum(initrd, h);
	}
}

/* ---- walking ---- */

/*
 * The bytes end where more should come. For the kernel a plain archive just ends there; the end of a stream is where it
 * must stand between two entries.
 */
static struct kimg_error *cut(struct kimg_initrd *initrd)
{
	bool plain = !initrd->segment->about.codec;
	uint64_t at = initrd->cursor < initrd->space.n ? initrd->cursor : initrd->space.n;

	initrd->cursor = initrd->space.n;
	TRY(segment_end(initrd));
	return plain ? NULL : error_at(KIMG_E_TRUNCATED, at, "the stream ends within an entry");
}

/* Over zeroes to the next header. *ret_more: there is one. */
static struct kimg_error *find_header(struct kimg_initrd *initrd, bool *ret_more)
{
	uint64_t at = initrd->cursor;
	uint8_t c = 0;

	while (segment_reach(initrd, at + 1) && (c = initrd->space.p[at]) == 0)
		at++;
	initrd->cursor = at;
	*ret_more = false;
	if (c == 0)
		return NULL;
	if (at % 4)
		return error_at(KIMG_E_CORRUPT, at,
				"what follows the archive does not start at a multiple of 4");
	*ret_more = c == '0';
	if (!*ret_more && initrd->segment->about.codec)
		return error_at(KIMG_E_CORRUPT, at, "what follows the archive is none");
	return NULL;
}

static struct kimg_error *read_name(struct kimg_initrd *initrd, const struct header *h)
{
	struct span name;

	if (!span_sub(initrd->space, h->name_at, h->field[NAMESIZE], &name) ||
	    name.p[name.n - 1] != 0)
		return error_at(KIMG_E_CORRUPT, h->name_at, "a name does not end with a zero byte");
	name = span_text(name);
	initrd->entry.name = (const char *)name.p;
	initrd->entry.name_size = name.n;
	return NULL;
}

static bool is_trailer(const struct kimg_initrd_entry *entry)
{
	return !entry->why && strcmp(entry->name, "TRAILER!!!") == 0;
}

static struct kimg_error *take_entry(struct kimg_initrd *initrd, const struct header *h)
{
	const char *why = why_skipped(h);

	set_entry(initrd, h);
	if (why) {
		skipped(initrd, why);
		return NULL;
	}
	TRY(read_name(initrd, h));
	if (is_trailer(&initrd->entry)) {
		rootfs_forget_links(&initrd->rootfs);
		return NULL;
	}
	set_body(initrd, h);
	return rootfs_add(&initrd->rootfs, &initrd->entry, initrd->data, initrd->devno,
			  &initrd->change);
}

/*
 * Whether the bytes that are there are too few for the kernel to make anything of the entry. A file it opens when it
 * has the name, so that it has those of its bytes that there are. Nothing waits for the padding.
 */
static bool is_cut(struct kimg_initrd *initrd, const struct header *h)
{
	uint32_t mode = h->field[MODE];

	if (segment_reach(initrd, h->end))
		return false;
	if (why_skipped(h))
		return true;
	return !segment_reach(initrd, S_ISLNK(mode) ? h->data_at + h->field[SIZE] : h->data_at);
}

static void finish_entry(struct kimg_initrd *initrd, const struct header *h)
{
	struct kimg_initrd_segment *about = &initrd->segment->about;

	if (h->wrong)
		initrd_note(initrd, true, "%s: a header with a digit that is none",
			    initrd->entry.name);
	if (!about->format)
		about->format = h->sums ? "crc" : "newc";
	initrd->cursor = h->end;
	if (is_trailer(&initrd->entry)) {
		about->trailer = true;
	} else {
		about->entries++;
		about->early |= strncmp(initrd->entry.name, "kernel/", 7) == 0;
	}
}

/* One entry, or the trailer of an archive, or (*ret_got is false, and the segment over) none. */
static struct kimg_error *step(struct kimg_initrd *initrd, bool *ret_got)
{
	struct header h;
	bool more;

	*ret_got = false;
	if (initrd->cursor > initrd->space.n && !segment_reach(initrd, initrd->cursor))
		return cut(initrd);
	TRY(find_header(initrd, &more));
	if (!more)
		return segment_end(initrd);
	if (!segment_reach(initrd, initrd->cursor + HEADER)) {
		initrd_note(initrd, true, "the archive ends within the header at 0x%" PRIx64,
			    initrd->cursor);
		return cut(initrd);
	}
	TRY(read_header(initrd->space.p + initrd->cursor, initrd->cursor, &h));
	if (is_cut(initrd, &h)) {
		initrd_note(initrd, true, "the archive ends within the entry at 0x%" PRIx64,
			    initrd->cursor);
		return cut(initrd);
	}
	TRY(take_entry(initrd, &h));
	finish_entry(initrd, &h);
	*ret_got = true;
	return NULL;
}

/* Behind the trailer a stream goes on as the same segment, and a plain archive is over. */
struct kimg_error *archive_next(struct kimg_initrd *initrd, bool *ret_got)
{
	bool got;

	*ret_got = false;
	for (;;) {
		TRY(step(initrd, &got));
		if (!got)
			return NULL;
		if (!is_trailer(&initrd->entry))
			break;
		if (!initrd->segment->about.codec)
			return segment_end(initrd);
	}
	*ret_got = true;
	return NULL;
}
