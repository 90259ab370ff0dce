/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tree of an initrd as a tar archive: POSIX.1-2008, pax, "ustar Interchange Format" and "pax Interchange Format".
 *
 *     0 100 name       136 12 mtime      265 32 uname     Blocks of 512 bytes: a header, then the data, padded. Numbers
 *   100   8 mode       148  8 checksum   297 32 gname     are octal, with a NUL behind them. A header of type x holds
 *   108   8 uid        156  1 type       329  8 devmajor  "LENGTH KEY=VALUE\n" for the one after it, where a value does
 *   116   8 gid        157 100 linkname  337  8 devminor  not fit there. Two blocks of zeroes are the end.
 *   124  12 size       257  8 "ustar" 00 345 155 prefix
 */
#include <stdio.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "initrd/reader.h"
#include "io/outfile.h"

#define BLOCK 512

static const uint8_t zeroes[2 * BLOCK];

struct header {
	char name[100], mode[8], uid[8], gid[8], size[12], mtime[12], checksum[8], type, link[100];
	char magic[6], version[2], user[32], group[32], major[8], minor[8], prefix[155], rest[12];
};

struct tar {
	struct kimg_initrd *initrd;
	const char *const *patterns;
	int fd;
	struct buf extended; /* what the header of the next member cannot hold */
};

static void tar_done(struct tar *tar)
{
	buf_done(&tar->extended);
}

static struct kimg_error *put(const struct tar *tar, const void *p, size_t n)
{
	return n ? write_all(tar->fd, span_of(p, n), "the archive") : NULL;
}

static struct kimg_error *pad(const struct tar *tar, uint64_t n)
{
	return put(tar, zeroes, (BLOCK - n % BLOCK) % BLOCK);
}

/* ---- extended headers ---- */

/* The length counts its own digits. */
static void extend(struct tar *tar, const char *key, struct span value)
{
	size_t rest = strlen(key) + value.n + 3, n = rest + 1, digits;

	do {
		digits = snprintf(NULL, 0, "%zu", n);
		n = rest + digits;
	} while (snprintf(NULL, 0, "%zu", n) != (int)digits);
	buf_printf(&tar->extended, "%zu %s=", n, key);
	buf_add(&tar->extended, value.p, value.n);
	buf_putc(&tar->extended, '\n');
}

/* A name: a short one stands in the header, as it is. A long one that is not UTF-8 says so. */
static void set_text(struct tar *tar, char field[100], const char *key, struct span text)
{
	memcpy(field, text.p, text.n < 100 ? text.n : 100);
	if (text.n <= 100)
		return;
	if (!utf8_valid(text) && !tar->extended.n)
		extend(tar, "hdrcharset", SPAN_LITERAL("BINARY"));
	extend(tar, key, text);
}

static void set_number(struct tar *tar, char *field, size_t size, const char *key, uint64_t value)
{
	char text[24];

	if (value >> (3 * (size - 1))) {
		snprintf(text, sizeof(text), "%ju", (uintmax_t)value);
		extend(tar, key, span_of(text, strlen(text)));
		value = 0;
	}
	snprintf(text, sizeof(text), "%0*jo", (int)size - 1, (uintmax_t)value);
	memcpy(field, text, size);
}

/* The sum of all bytes, with blanks in its own place. */
static struct kimg_error *put_header(const struct tar *tar, struct header *h)
{
	const uint8_t *p = (const uint8_t *)h;
	unsigned int sum = 0;
	char text[8];

	_Static_assert(sizeof(*h) == BLOCK, "a header is a block");
	memcpy(h->magic, "ustar", 6);
	memcpy(h->version, "00", 2);
	memset(h->checksum, ' ', sizeof(h->checksum));
	for (size_t i = 0; i < BLOCK; i++)
		sum += p[i];
	snprintf(text, sizeof(text), "%06o", sum & 0777777);
	memcpy(h->checksum, text, 7);
	return put(tar, h, BLOCK);
}

static struct kimg_error *put_extended(struct tar *tar)
{
	struct header h = { .name = "pax", .type = 'x' };
	size_t n = tar->extended.n;

	if (tar->extended.failed)
		return error_nomem();
	if (n == 0)
		return NULL;
	memcpy(h.mode, "0000644", 8);
	memcpy(h.uid, "0000000", 8);
	memcpy(h.gid, "0000000", 8);
	set_number(tar, h.size, sizeof(h.size), "size", n);
	memcpy(h.mtime, "00000000000", 12);
	TRY(put_header(tar, &h));
	TRY(put(tar, tar->extended.p, n));
	tar->extended.n = 0;
	return pad(tar, n);
}

/* ---- members ---- */

static char type_of(const struct rootfs_file *file)
{
	return S_ISDIR(file->mode)    ? '5'
	       : S_ISLNK(file->mode)  ? '2'
	       : S_ISCHR(file->mode)  ? '3'
	       : S_ISBLK(file->mode)  ? '4'
	       : S_ISFIFO(file->mode) ? '6'
				      : '0';
}

static void set_facts(struct tar *tar, struct header *h, const struct rootfs_file *file)
{
	h->type = type_of(file);
	set_number(tar, h->mode, 8, "mode", file->mode & 07777);
	set_number(tar, h->uid, 8, "uid", file->uid);
	set_number(tar, h->gid, 8, "gid", file->gid);
	set_number(tar, h->mtime, 12, "mtime", file->mtime);
	set_number(tar, h->major, 8, "devmajor", file->rdev_major);
	set_number(tar, h->minor, 8, "devminor", file->rdev_minor);
}

static struct kimg_error *put_data(struct tar *tar, const struct rootfs_file *file)
{
	struct span data;
	uint64_t missing;

	TRY(initrd_file_data(tar->initrd, file, &data));
	TRY(put(tar, data.p, data.n));
	/* What a damaged archive lacks. */
	for (missing = file->size - data.n; missing >= sizeof(zeroes); missing -= sizeof(zeroes))
		TRY(put(tar, zeroes, sizeof(zeroes)));
	TRY(put(tar, zeroes, missing));
	return pad(tar, file->size);
}

static struct kimg_error *put_node(struct tar *tar, struct rootfs_node *node, const char *path)
{
	const struct rootfs_node *other = rootfs_other_name(node);
	struct rootfs_file *file = node->file;
	bool data = S_ISREG(file->mode) && !other;
	char name[ROOTFS_PATH + 1], link[ROOTFS_PATH];
	const char *first = other ? rootfs_path(other, link) : NULL;
	struct header h = { 0 };

	snprintf(name, sizeof(name), "%s%s", path, S_ISDIR(file->mode) ? "/" : "");
	set_text(tar, h.name, "path", span_of(name, strlen(name)));
	set_facts(tar, &h, file);
	if (first) {
		h.type = '1';
		set_text(tar, h.link, "linkpath", span_of(first, strlen(first)));
	} else if (S_ISLNK(file->mode)) {
		set_text(tar, h.link, "linkpath", file->target);
	}
	set_number(tar, h.size, sizeof(h.size), "size", data ? file->size : 0);
	TRY(put_extended(tar));
	TRY(put_header(tar, &h));
	node->made = MADE_NEW;
	return data ? put_data(tar, file) : NULL;
}

static bool is_wanted(const struct tar *tar, const struct rootfs_node *node, const char *path)
{
	const char *const *pattern = tar->patterns;

	/* tar knows no sockets; what the kernel has of its own is not the initrd's. */
	if (S_ISSOCK(node->file->mode) || node->own)
		return false;
	while (pattern && *pattern && !kimg_initrd_matches(path, *pattern))
		pattern++;
	return !pattern || *pattern;
}

static struct kimg_error *put_all(struct tar *tar)
{
	struct rootfs_node *node = tar->initrd->rootfs.root;
	char buffer[ROOTFS_PATH];

	for (; node; node = rootfs_walk(node)) {
		const char *path = rootfs_path(node, buffer);

		if (path && is_wanted(tar, node, path))
			TRY(put_node(tar, node, path));
	}
	return put(tar, zeroes, 2 * BLOCK);
}

struct kimg_error *kimg_initrd_tar(struct kimg_initrd *initrd, int fd, const char *const *patterns)
{
	cleanup(tar_done) struct tar tar = { .initrd = initrd, .patterns = patterns, .fd = fd };
	struct kimg_error *error, *damage;

	TRY(initrd_rewind(initrd));
	damage = initrd_read_all(initrd);
	error = put_all(&tar);
	if (!error)
		return damage;
	kimg_error_free(damage);
	return error;
}
