/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writing an image: threads take chunks of the plan, fill a buffer, compress it, and write in order. */
#include "initrd/pack.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/large.h"
#include "initrd/cpio_writer.h"
#include "initrd/pack_plan.h"

#define THREADS_MAX 64

/* What a file that is larger than its chunk should be is copied by. */
#define PIECE (1u << 18)

/* Behind the data of a file one byte is asked for, to see that it ends there. */
#define SPARE 4

struct packer {
	const struct pack_options *options;
	struct codec_options codec;
	struct pack_plan plan;
	struct outfile *out;
	bool placed; /* chunks that are not compressed are written to their place, in any order */

	pthread_mutex_t lock;
	pthread_cond_t turn;
	/* under the lock */
	size_t next;     /* the chunk that is taken next */
	size_t next_out; /* the chunk that is written next */
	uint64_t done;
	struct kimg_error *error; /* the first one: nobody goes on */
};

/* What a thread has of its own. */
struct bench {
	uint8_t *p;
	size_t size;
	struct blob packed;
};

/* ---- one chunk ---- */

struct file {
	int fd;
	const char *name;
};

static void close_file(struct file *file)
{
	if (file->fd >= 0)
		close(file->fd);
}

static struct kimg_error *open_source(const struct content_node *node, struct file *ret)
{
	ret->name = node->source;
	ret->fd = open(node->source, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	return ret->fd < 0 ? error_system(errno, "%s", node->source) : NULL;
}

/* Reads n bytes, or fewer where the file ends. */
static struct kimg_error *read_most(const struct file *file, uint8_t *p, size_t n, size_t *ret_n)
{
	size_t at = 0;

	while (at < n) {
		ssize_t got = read(file->fd, p + at, n - at);

		if (got < 0 && errno != EINTR)
			return error_system(errno, "%s", file->name);
		if (got == 0)
			break;
		at += got > 0 ? got : 0;
	}
	*ret_n = at;
	return NULL;
}

static struct kimg_error *changed(const char *name)
{
	return error_new(KIMG_E_MISMATCH, "%s: changed while it was read", name);
}

/* p has room for a byte more. */
static struct kimg_error *fill_file(const struct content_node *node, uint8_t *p)
{
	cleanup(close_file) struct file file = { -1, NULL };
	size_t n = 0;

	TRY(open_source(node, &file));
	TRY(read_most(&file, p, node->size + 1, &n));
	return n == node->size ? NULL : changed(node->source);
}

static size_t put_head(const struct packer *packer, const struct pack_item *item, uint8_t *p)
{
	const struct cpio_head head = { item->ino, item->links, packer->options->mtime,
					item->data };

	return cpio_put_head(p, item->node, &head);
}

static struct kimg_error *fill_item(const struct packer *packer, const struct pack_item *item,
				    uint8_t *p)
{
	const struct content_node *node = item->node;
	size_t head = put_head(packer, item, p);
	uint64_t data = item->data;

	if (data && node->kind == CONTENT_FILE)
		TRY(fill_file(node, p + head));
	else if (data && node->kind == CONTENT_LINK)
		memcpy(p + head, node->source, data);
	else if (data)
		memcpy(p + head, node->bytes.p, data);
	memset(p + head + data, 0, item->size - head - data);
	return NULL;
}

static struct kimg_error *bench_reserve(struct bench *bench, uint64_t size)
{
	if (size <= bench->size)
		return NULL;
	free(bench->p);
	bench->size = 0;
	bench->p = large_alloc(1, size);
	if (!bench->p)
		return error_nomem();
	bench->size = size;
	return NULL;
}

static struct kimg_error *fill_chunk(const struct packer *packer, const struct pack_chunk *chunk,
				     struct bench *bench)
{
	uint8_t *p;

	TRY(bench_reserve(bench, chunk->size + SPARE));
	p = bench->p;
	for (size_t i = chunk->first; i < chunk->first + chunk->n; i++) {
		TRY(fill_item(packer, &packer->plan.items[i], p));
		p += packer->plan.items[i].size;
	}
	return NULL;
}

/* ---- writing ---- */

/* To its place, where it has one; else behind what was written last. */
static struct kimg_error *put(const struct packer *packer, struct span bytes, uint64_t offset)
{
	if (!packer->placed)
		return outfile_write(packer->out, bytes);
	while (bytes.n) {
		ssize_t n = pwrite(packer->out->fd, bytes.p, bytes.n, offset);

		if (n < 0 && errno != EINTR)
			return error_system(errno, "%s", packer->out->path);
		if (n > 0) {
			bytes = span_from(bytes, n);
			offset += n;
		}
	}
	return NULL;
}

/* A chunk that is one large file, in pieces. */
static struct kimg_error *copy_large(const struct packer *packer, const struct pack_chunk *chunk,
				     struct bench *bench)
{
	const struct pack_item *item = &packer->plan.items[chunk->first];
	cleanup(close_file) struct file file = { -1, NULL };
	uint64_t left = item->data, offset = chunk->offset;
	size_t at, n = 0;

	TRY(bench_reserve(bench, PIECE + SPARE));
	TRY(open_source(item->node, &file));
	at = put_head(packer, item, bench->p);
	while (left) {
		size_t want = left < PIECE - at ? left : PIECE - at;

		TRY(read_most(&file, bench->p + at, want, &n));
		if (n != want)
			return changed(file.name);
		TRY(put(packer, span_of(bench->p, at + n), offset));
		offset += at + n;
		left -= n;
		at = 0;
	}
	TRY(read_most(&file, bench->p, 1, &n));
	if (n)
		return changed(file.name);
	return put(packer, span_of("\0\0\0", chunk->offset + chunk->size - offset), offset);
}

static struct kimg_error *write_plain(const struct packer *packer, const struct pack_chunk *chunk,
				      struct bench *bench)
{
	const struct pack_item *item = &packer->plan.items[chunk->first];

	if (chunk->n == 1 && chunk->size > PIECE && item->node->kind == CONTENT_FILE)
		return copy_large(packer, chunk, bench);
	TRY(fill_chunk(packer, chunk, bench));
	return put(packer, span_of(bench->p, chunk->size), chunk->offset);
}

/* False where another thread failed. */
static bool wait_for_turn(struct packer *packer, size_t index)
{
	bool go_on;

	pthread_mutex_lock(&packer->lock);
	while (packer->next_out != index && !packer->error)
		pthread_cond_wait(&packer->turn, &packer->lock);
	go_on = !packer->error;
	pthread_mutex_unlock(&packer->lock);
	return go_on;
}

static struct kimg_error *write_compressed(struct packer *packer, size_t index, struct bench *bench)
{
	const struct pack_chunk *chunk = &packer->plan.chunks[index];

	TRY(fill_chunk(packer, chunk, bench));
	bench->packed.n = 0;
	TRY(codec_encode_blob(packer->options->codec, span_of(bench->p, chunk->size),
			      &packer->codec, &bench->packed));
	if (!wait_for_turn(packer, index))
		return NULL;
	return outfile_write(packer->out, blob_span(&bench->packed));
}

/* ---- threads ---- */

/* The next chunk; false where none is left, or one failed. */
static bool take(struct packer *packer, size_t *ret_index)
{
	bool more;

	pthread_mutex_lock(&packer->lock);
	more = packer->next < packer->plan.chunks_n && !packer->error;
	if (more)
		*ret_index = packer->next++;
	pthread_mutex_unlock(&packer->lock);
	return more;
}

static void finish(struct packer *packer, size_t index, struct kimg_error *error)
{
	pthread_mutex_lock(&packer->lock);
	packer->done += packer->plan.chunks[index].size;
	packer->next_out++;
	if (error && !packer->error)
		packer->error = error;
	else
		kimg_error_free(error);
	if (packer->options->progress && !packer->error)
		packer->options->progress(packer->options->context, packer->done,
					  packer->plan.size);
	pthread_cond_broadcast(&packer->turn);
	pthread_mutex_unlock(&packer->lock);
}

static struct kimg_error *write_chunk(struct packer *packer, size_t index, struct bench *bench)
{
	const struct pack_chunk *chunk = &packer->plan.chunks[index];

	if (chunk->compressed)
		return write_compressed(packer, index, bench);
	if (!packer->placed && !wait_for_turn(packer, index))
		return NULL;
	return write_plain(packer, chunk, bench);
}

static void *work(void *argument)
{
	struct packer *packer = argument;
	struct bench bench = { 0 };
	size_t index;

	blob_init(&bench.packed, SIZE_MAX);
	while (take(packer, &index))
		finish(packer, index, write_chunk(packer, index, &bench));
	free(bench.p);
	blob_done(&bench.packed);
	return NULL;
}

static unsigned int cpus(void)
{
	cpu_set_t set;

	return sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : 1;
}

/* The caller's thread is one of them. */
static void run_threads(struct packer *packer)
{
	unsigned int most = packer->options->threads ? packer->options->threads : cpus(), n = 0;
	pthread_t threads[THREADS_MAX];

	most = most < THREADS_MAX ? most : THREADS_MAX;
	most = most < packer->plan.chunks_n ? most : packer->plan.chunks_n;
	/* With fewer than were wanted it is done as well. */
	while (n + 1 < most && pthread_create(&threads[n], NULL, work, packer) == 0)
		n++;
	work(packer);
	while (n)
		pthread_join(threads[--n], NULL);
}

/* ---- the whole ---- */

unsigned int pack_usual_level(const struct codec *codec)
{
	static const struct {
		const char *codec;
		unsigned int level;
	} levels[] = { { "gzip", 6 }, { "bzip2", 9 }, { "lzma", 6 }, { "xz", 6 },
		       { "lzo", 3 },  { "lz4", 1 },   { "zstd", 3 } };

	for (size_t i = 0; i < ARRAY_SIZE(levels); i++)
		if (strcmp(codec->name, levels[i].codec) == 0)
			return levels[i].level;
	return 0;
}

/* A new file is written to from several places at once; what comes behind is written in order. */
static struct kimg_error *prepare_file(struct packer *packer)
{
	packer->placed = packer->out->temporary != NULL;
	if (packer->placed && lseek(packer->out->fd, packer->plan.plain_size, SEEK_SET) < 0)
		return error_system(errno, "%s", packer->out->path);
	return NULL;
}

static void packer_done(struct packer *packer)
{
	pack_plan_done(&packer->plan);
	pthread_cond_destroy(&packer->turn);
	pthread_mutex_destroy(&packer->lock);
}

struct kimg_error *pack_content(struct content *content, const struct pack_options *options,
				struct outfile *out)
{
	cleanup(packer_done) struct packer packer = {
		.options = options,
		.out = out,
		.lock = PTHREAD_MUTEX_INITIALIZER,
		.turn = PTHREAD_COND_INITIALIZER,
	};

	if (options->codec)
		packer.codec = (struct codec_options){
			.level = options->level ? options->level : pack_usual_level(options->codec),
			.one_shot = true,
		};
	TRY(pack_plan_make(content, options, &packer.plan));
	TRY(prepare_file(&packer));
	run_threads(&packer);
	return packer.error;
}
