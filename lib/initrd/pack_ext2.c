/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The image of an ext2 file system, as kernels without an initramfs mount it (Documentation/admin-guide/initrd.rst,
 * 6.12), compressed as one stream where that is wanted. It is made in memory, by libext2fs, and holds what the content
 * holds, with a few blocks to spare.
 */
#include <errno.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "initrd/cpio_writer.h"
#include "initrd/libext2fs.h"
#include "initrd/pack.h"

/* What the RAM disks of old kernels have for their block size. */
#define BLOCK        1024
#define SPARE_BLOCKS 256
#define SPARE_INODES 64
#define DEPTH_MAX    2048

struct maker {
	const struct libext2fs *lib;
	ext2_filsys fs;
	uint32_t time;
	/* the folders on the way to the node that comes next */
	struct level {
		const char *path;
		ext2_ino_t ino;
	} levels[DEPTH_MAX];
	size_t depth;
};

/* ---- names ---- */

static bool is_below(const char *folder, const char *path)
{
	size_t n = strlen(folder);

	return n == 0 || (strncmp(path, folder, n) == 0 && path[n] == '/');
}

/* Nodes come folder by folder, so that the one that a node lies in is still there. */
static ext2_ino_t parent_of(struct maker *m, const struct content_node *node)
{
	while (m->depth > 1 && !is_below(m->levels[m->depth - 1].path, node->path))
		m->depth--;
	return m->levels[m->depth - 1].ino;
}

static const char *name_of(const struct content_node *node)
{
	const char *slash = strrchr(node->path, '/');

	return slash ? slash + 1 : node->path;
}

/* ---- inodes ---- */

static struct kimg_error *set_inode(struct maker *m, ext2_ino_t ino,
				    const struct content_node *node)
{
	struct ext2_inode inode;

	TRY(libext2fs_error(m->lib->ext2fs_read_inode(m->fs, ino, &inode), node->path));
	inode.i_atime = inode.i_ctime = inode.i_mtime = m->time;
	if (node->kind != CONTENT_LINK && node->kind != CONTENT_DEVICE)
		inode.i_mode = (inode.i_mode & S_IFMT) | (node->mode & 07777);
	return libext2fs_error(m->lib->ext2fs_write_inode(m->fs, ino, &inode), node->path);
}

static struct kimg_error *new_inode(struct maker *m, const struct content_node *node,
				    ext2_ino_t parent, uint32_t mode, ext2_ino_t *ret)
{
	return libext2fs_error(m->lib->ext2fs_new_inode(m->fs, parent, mode, NULL, ret),
			       node->path);
}

/* A folder that is full takes another block, and then the name. */
static struct kimg_error *grow_parent(struct maker *m, const struct content_node *node,
				      ext2_ino_t parent, errcode_t code, bool *ret_again)
{
	*ret_again = code == EXT2_ET_DIR_NO_SPACE;
	if (!*ret_again)
		return libext2fs_error(code, node->path);
	return libext2fs_error(m->lib->ext2fs_expand_dir(m->fs, parent), node->path);
}

static struct kimg_error *add_folder(struct maker *m, const struct content_node *node,
				     ext2_ino_t parent)
{
	ext2_ino_t ino;
	bool again = true;

	if (m->depth == DEPTH_MAX)
		return error_new(KIMG_E_LIMIT, "%s: too many folders in one another", node->path);
	TRY(new_inode(m, node, parent, S_IFDIR, &ino));
	while (again) {
		errcode_t code = m->lib->ext2fs_mkdir(m->fs, parent, ino, name_of(node));

		TRY(grow_parent(m, node, parent, code, &again));
	}
	m->levels[m->depth++] = (struct level){ node->path, ino };
	return set_inode(m, ino, node);
}

static struct kimg_error *add_link(struct maker *m, const struct content_node *node,
				   ext2_ino_t parent)
{
	ext2_ino_t ino;
	bool again = true;

	TRY(new_inode(m, node, parent, S_IFLNK, &ino));
	while (again) {
		errcode_t code =
			m->lib->ext2fs_symlink(m->fs, parent, ino, name_of(node), node->source);

		TRY(grow_parent(m, node, parent, code, &again));
	}
	return set_inode(m, ino, node);
}

/* Of what ext2 writes in the inode itself. Old numbers fit into the first word, others stand in the second. */
static void set_device(struct ext2_inode *inode, uint32_t major, uint32_t minor)
{
	if (major < 256 && minor < 256)
		inode->i_block[0] = major << 8 | minor;
	else
		inode->i_block[1] = (minor & 0xff) | major << 8 | (minor & ~0xffu) << 12;
}

static int type_in_folder(uint32_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFCHR:
		return EXT2_FT_CHRDEV;
	case S_IFBLK:
		return EXT2_FT_BLKDEV;
	case S_IFIFO:
		return EXT2_FT_FIFO;
	default:
		return EXT2_FT_REG_FILE;
	}
}

/* An inode of its own, with a name: a file that is still empty, or a device. */
static struct kimg_error *add_inode(struct maker *m, const struct content_node *node,
				    ext2_ino_t parent, uint32_t mode, ext2_ino_t *ret)
{
	struct ext2_inode inode = { .i_mode = mode, .i_links_count = 1 };
	bool again = true;

	inode.i_atime = inode.i_ctime = inode.i_mtime = m->time;
	if (node->kind == CONTENT_DEVICE)
		set_device(&inode, node->major, node->minor);
	TRY(new_inode(m, node, parent, mode, ret));
	while (again) {
		errcode_t code = m->lib->ext2fs_link(m->fs, parent, name_of(node), *ret,
						     type_in_folder(mode));

		TRY(grow_parent(m, node, parent, code, &again));
	}
	m->lib->ext2fs_inode_alloc_stats2(m->fs, *ret, 1, 0);
	return libext2fs_error(m->lib->ext2fs_write_new_inode(m->fs, *ret, &inode), node->path);
}

static struct kimg_error *write_data(struct maker *m, const struct content_node *node,
				     ext2_ino_t ino, struct span data)
{
	struct kimg_error *error = NULL;
	ext2_file_t file;

	TRY(libext2fs_error(m->lib->ext2fs_file_open(m->fs, ino, EXT2_FILE_WRITE, &file),
			    node->path));
	while (data.n && !error) {
		unsigned int written = 0;
		struct span piece = span_clip(data, 0, 1u << 20);

		error = libext2fs_error(m->lib->ext2fs_file_write(file, piece.p, piece.n, &written),
					node->path);
		data = span_from(data, written);
	}
	if (error) {
		m->lib->ext2fs_file_close(file);
		return error;
	}
	return libext2fs_error(m->lib->ext2fs_file_close(file), node->path);
}

static struct kimg_error *add_file(struct maker *m, const struct content_node *node,
				   ext2_ino_t parent)
{
	struct kimg_limits limits = KIMG_LIMITS_DEFAULT;
	cleanup_blob struct blob blob = { 0 };
	struct span data = node->bytes;
	ext2_ino_t ino;

	TRY(add_inode(m, node, parent, S_IFREG | (node->mode & 07777), &ino));
	if (node->kind == CONTENT_FILE) {
		TRY(blob_open(&blob, node->source, &limits));
		data = blob_span(&blob);
	}
	if (data.n != node->size)
		return error_new(KIMG_E_MISMATCH, "%s: changed while it was read", node->source);
	TRY(write_data(m, node, ino, data));
	return set_inode(m, ino, node);
}

static struct kimg_error *add_node(struct maker *m, const struct content_node *node)
{
	ext2_ino_t parent = parent_of(m, node), ino;

	if (strlen(name_of(node)) > EXT2_NAME_LEN)
		return error_new(KIMG_E_UNSUPPORTED, "%s: ext2 has no names over %d bytes",
				 node->path, EXT2_NAME_LEN);
	switch (node->kind) {
	case CONTENT_FOLDER:
		return add_folder(m, node, parent);
	case CONTENT_LINK:
		return add_link(m, node, parent);
	case CONTENT_DEVICE:
		return add_inode(m, node, parent, node->mode, &ino);
	default:
		return add_file(m, node, parent);
	}
}

/* ---- the file system ---- */

/* Blocks of a file with those that list its blocks, of a folder or of a long link. */
static uint64_t blocks_of(const struct content_node *node)
{
	uint64_t data = (cpio_data_size(node) + BLOCK - 1) / BLOCK;

	return data + data / (BLOCK / 4) + 3;
}

static struct kimg_error *create_empty(struct maker *m, int fd,
				       const struct content_node *const *nodes, size_t n)
{
	uint64_t blocks = SPARE_BLOCKS, names = 0, inodes = n + SPARE_INODES;
	struct ext2_super_block super = { .s_rev_level = EXT2_DYNAMIC_REV,
					  .s_feature_incompat = EXT2_FEATURE_INCOMPAT_FILETYPE,
					  .s_inode_size = EXT2_GOOD_OLD_INODE_SIZE };
	char path[32];

	for (size_t i = 0; i < n; i++) {
		blocks += blocks_of(nodes[i]);
		names += strlen(name_of(nodes[i])) + 12;
	}
	/* The tables of inodes, the folders' own blocks, and in each group of 8192 blocks its maps and copies. */
	blocks += inodes / (BLOCK / EXT2_GOOD_OLD_INODE_SIZE) + names / (BLOCK / 2);
	blocks += (blocks / 8192 + 1) * 32;
	if (blocks > UINT32_MAX / 2)
		return error_new(KIMG_E_UNSUPPORTED, "too much for an ext2 RAM disk");
	/* The library reads what it has not written yet. */
	if (ftruncate(fd, blocks * BLOCK) < 0)
		return error_system(errno, "memory for a file system");
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	super.s_blocks_count = blocks;
	super.s_inodes_count = inodes;
	TRY(libext2fs_error(
		m->lib->ext2fs_initialize(path, 0, &super, *m->lib->unix_io_manager, &m->fs),
		"ext2"));
	m->fs->now = m->time;
	m->fs->super->s_lastcheck = m->fs->super->s_mkfs_time = m->time;
	m->fs->super->s_max_mnt_count = -1;
	return libext2fs_error(m->lib->ext2fs_allocate_tables(m->fs), "ext2");
}

static struct kimg_error *fill(struct maker *m, const struct content_node *const *nodes, size_t n)
{
	static const struct content_node root = { .path = "/", .mode = 0755 };

	/* Those that are not for files. The root's is taken by the root. */
	for (ext2_ino_t ino = EXT2_BAD_INO; ino < EXT2_GOOD_OLD_FIRST_INO; ino++)
		if (ino != EXT2_ROOT_INO)
			m->lib->ext2fs_inode_alloc_stats2(m->fs, ino, 1, 0);
	TRY(libext2fs_error(m->lib->ext2fs_mkdir(m->fs, EXT2_ROOT_INO, EXT2_ROOT_INO, NULL),
			    "ext2"));
	TRY(set_inode(m, EXT2_ROOT_INO, &root));
	m->levels[m->depth++] = (struct level){ "", EXT2_ROOT_INO };
	for (size_t i = 0; i < n; i++)
		TRY(add_node(m, nodes[i]));
	return NULL;
}

static void close_fs(struct maker *m)
{
	if (m->fs)
		m->lib->ext2fs_close_free(&m->fs);
}

static struct kimg_error *make_filesystem(int fd, struct content *content, uint32_t mtime)
{
	/* To the library, 0 is now. */
	cleanup(close_fs) struct maker m = { .time = mtime ? mtime : 1 };
	size_t n;
	const struct content_node *const *nodes = content_sorted(content, &n);

	if (!nodes)
		return error_nomem();
	TRY(libext2fs_load(&m.lib));
	TRY(create_empty(&m, fd, nodes, n));
	TRY(fill(&m, nodes, n));
	return libext2fs_error(m.lib->ext2fs_close_free(&m.fs), "ext2");
}

/* ---- the image ---- */

struct file_sink {
	struct codec_sink sink;
	struct outfile *out;
};

static struct kimg_error *write_sink(struct codec_sink *sink, struct span bytes)
{
	return outfile_write(((struct file_sink *)sink)->out, bytes);
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

struct kimg_error *pack_ext2(struct content *content, const struct pack_options *options,
			     struct outfile *out)
{
	cleanup(close_fd) int fd = memfd_create("ext2", MFD_CLOEXEC);
	struct file_sink sink = { .sink.write = write_sink, .out = out };
	struct codec_options codec = { .level = options->level, .one_shot = true };
	struct kimg_limits limits = KIMG_LIMITS_DEFAULT;
	cleanup_blob struct blob blob = { 0 };

	if (fd < 0)
		return error_system(errno, "memory for a file system");
	TRY(make_filesystem(fd, content, options->mtime));
	TRY(blob_read(&blob, fd, "ext2", &limits));
	if (!options->codec)
		return outfile_write(out, blob_span(&blob));
	if (!codec.level)
		codec.level = pack_usual_level(options->codec);
	return codec_encode(options->codec, blob_span(&blob), &codec, &sink.sink);
}
