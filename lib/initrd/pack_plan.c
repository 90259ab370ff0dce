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
#define PLAIN_CHUNK (1u << 18)

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
		.links = 1,
		.data = data,
		.size = cpio_head_size(node) + cpio_padded(data),
	};
	return NULL;
}

/* ---- names of one file ---- */

static bool same_file(const struct content_node *a, const struct content_node *b)
{
	return a->file_device == b->file_device && a->file_number == b->file_number &&
	       a->mode == b->mode;
}

static int by_file(const void *a, const void *b)
{
	const struct pack_item *x = *(struct pack_item *const *)a;
	const struct pack_item *y = *(struct pack_item *const *)b;
	const uint64_t keys[][2] = { { x->node->file_device, y->node->file_device },
				     { x->node->file_number, y->node->file_number },
				     { x->node->mode, y->node->mode },
				     { x->ino, y->ino } };

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (keys[i][0] != keys[i][1])
			return keys[i][0] < keys[i][1] ? -1 : 1;
	return 0;
}

/* The first of n names has the data, the others have its number: the kernel links them (init/initramfs.c, maybe_link()). */
static void link_names(struct pack_item **items, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		items[i]->links = n;
		items[i]->ino = items[0]->ino;
		if (i == 0)
			continue;
		items[i]->size -= cpio_padded(items[i]->data);
		items[i]->data = 0;
	}
}

/* Among the items of one archive, from first on. */
static struct kimg_error *link_files(struct pack_plan *plan, size_t first)
{
	size_t n = 0, from = 0;
	cleanup_free struct pack_item **several =
		calloc(plan->items_n - first + 1, sizeof(struct pack_item *));

	if (!several)
		return error_nomem();
	for (size_t i = first; i < plan->items_n; i++) {
		const struct content_node *node = plan->items[i].node;

		if (node && node->kind == CONTENT_FILE && node->file_number)
			several[n++] = &plan->items[i];
	}
	if (n)
		qsort(several, n, sizeof(*several), by_file);
	for (size_t i = 1; i <= n; i++)
		if (i == n || !same_file(several[i]->node, several[from]->node)) {
			link_names(several + from, i - from);
			from = i;
		}
	return NULL;
}

/* ---- chunks ---- */

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
	TRY(link_files(plan, 0));
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
	TRY(link_files(plan, first));
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
