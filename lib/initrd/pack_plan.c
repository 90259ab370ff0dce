/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How content is cut into archives, and those into chunks.
 *
 * The kernel takes any number of archives, each compressed or not (init/initramfs.c, unpack_to_rootfs()). What is
 * compressed already gains nothing, and is unpacked faster where it stands as it is. The rest is cut between two
 * entries into chunks that are compressed on their own, each by one thread: so every codec has its use of several
 * threads, the bytes do not depend on how many there are, and memory stays bounded. The kernel's decoders take one
 * stream each (for zstd one frame: lib/decompress_unzstd.c), and want an entry to end where it ends; the last chunk
 * alone has a trailer, so that the codec's own command piped into cpio still sees one archive.
 */
#include "initrd/pack_plan.h"

#include <stdlib.h>

#include "initrd/cpio_writer.h"

/* What is written by one thread at once, of archives that are not compressed. */
#define PLAIN_CHUNK (1u << 20)

/* Where the order is by path, microcode does not come first by itself. */
static bool is_early(const struct content_node *node)
{
	return strcmp(node->path, "kernel") == 0 || strncmp(node->path, "kernel/", 7) == 0;
}

/*
 * Which nodes stand in the archive that is not compressed: what is compressed already, what the kernel reads early,
 * and the folders on the way to those. From the last to the first, so that folders come after what is in them.
 */
static void choose_plain(const struct content_node *const *nodes, size_t n, bool *plain)
{
	const char *way = NULL; /* the path whose folders are needed */

	for (size_t i = n; i-- > 0;) {
		const struct content_node *node = nodes[i];

		plain[i] = is_early(node) || (node->kind == CONTENT_FILE && node->stored);
		if (node->kind == CONTENT_FOLDER && way) {
			size_t size = strlen(node->path);

			plain[i] = plain[i] ||
				   (strncmp(way, node->path, size) == 0 && way[size] == '/');
		}
		if (plain[i])
			way = node->path;
	}
}

static struct kimg_error *add_item(struct pack_plan *plan, const struct content_node *node)
{
	struct pack_item *item = &plan->items[plan->items_n++];
	uint64_t data = cpio_data_size(node);

	if (data > UINT32_MAX)
		return error_new(KIMG_E_UNSUPPORTED,
				 "%s: over 4 GiB, which no archive of the "
				 "kernel's can hold",
				 node->source ? node->source : node->path);
	*item = (struct pack_item){
		.node = node,
		.ino = plan->items_n,
		.size = cpio_head_size(node) + cpio_padded(data),
	};
	return NULL;
}

/* Cuts the items from first on. */
static void cut(struct pack_plan *plan, size_t first, bool compressed, uint64_t most)
{
	struct pack_chunk *chunk = NULL;

	for (size_t i = first; i < plan->items_n; i++) {
		uint64_t size = plan->items[i].size;

		if (!chunk || chunk->size + size > most) {
			chunk = &plan->chunks[plan->chunks_n++];
			*chunk = (struct pack_chunk){
				.first = i,
				.offset = plan->plain_size,
				.compressed = compressed,
			};
		}
		chunk->n++;
		chunk->size += size;
		plan->size += size;
		if (!compressed)
			plan->plain_size += size;
	}
}

/* A larger dictionary than the chunk has would be for nothing. */
static uint64_t chunk_size(const struct pack_options *options)
{
	bool deep = strcmp(options->codec->name, "xz") == 0 ||
		    strcmp(options->codec->name, "lzma") == 0 || options->level > 15;

	return deep ? 64u << 20 : 16u << 20;
}

static struct kimg_error *add_plain(struct pack_plan *plan, const struct content_node *const *nodes,
				    size_t n, const bool *plain, bool all)
{
	for (size_t i = 0; i < n; i++)
		if (plain[i] && is_early(nodes[i]))
			TRY(add_item(plan, nodes[i]));
	for (size_t i = 0; i < n; i++)
		if (plain[i] && !is_early(nodes[i]))
			TRY(add_item(plan, nodes[i]));
	/* An image of nothing is an archive too. */
	if (plan->items_n || all)
		TRY(add_item(plan, NULL));
	cut(plan, 0, false, PLAIN_CHUNK);
	return NULL;
}

static struct kimg_error *add_rest(struct pack_plan *plan, const struct content_node *const *nodes,
				   size_t n, const bool *plain, const struct pack_options *options)
{
	size_t first = plan->items_n;

	for (size_t i = 0; i < n; i++)
		if (!plain[i])
			TRY(add_item(plan, nodes[i]));
	if (plan->items_n == first && first)
		return NULL;
	TRY(add_item(plan, NULL));
	cut(plan, first, true, chunk_size(options));
	return NULL;
}

struct kimg_error *pack_plan_make(struct content *content, const struct pack_options *options,
				  struct pack_plan *ret)
{
	size_t n;
	const struct content_node *const *nodes = content_sorted(content, &n);
	cleanup_free bool *plain = calloc(n + 1, sizeof(*plain));

	*ret = (struct pack_plan){ 0 };
	if (!nodes || !plain)
		return error_nomem();
	/* With a trailer for each archive, and each item a chunk at worst. */
	ret->items = calloc(n + 2, sizeof(*ret->items));
	ret->chunks = calloc(n + 2, sizeof(*ret->chunks));
	if (!ret->items || !ret->chunks)
		return error_nomem();
	if (!options->codec) {
		memset(plain, true, n);
		return add_plain(ret, nodes, n, plain, true);
	}
	choose_plain(nodes, n, plain);
	TRY(add_plain(ret, nodes, n, plain, false));
	return add_rest(ret, nodes, n, plain, options);
}

void pack_plan_done(struct pack_plan *plan)
{
	free(plan->items);
	free(plan->chunks);
}
