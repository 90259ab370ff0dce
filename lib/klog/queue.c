/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The queue between the kernel's log and the sinks. */
#include "klog/queue.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

/* Before the bytes of an entry; entries start at multiples of its size. */
struct entry {
	uint32_t size;
	uint32_t kind;
};

enum {
	MANY_PAGES = 1 << 20,
	BATCH = 2 * LONGEST_ENTRY, /* so that one entry fits in with its head */
};

/* What is left free for the word that records were lost, which must not get lost itself. */
static const size_t reserve = 2 * (sizeof(struct entry) + sizeof(struct entry_lost));

static size_t space_of(size_t size)
{
	return sizeof(struct entry) +
	       (size + sizeof(struct entry) - 1) / sizeof(struct entry) * sizeof(struct entry);
}

struct kimg_error *queue_init(struct queue *queue, size_t size)
{
	size -= size % sizeof(struct entry);
	if (size < 2 * space_of(LONGEST_ENTRY))
		return error_new(KIMG_E_INVALID, "a queue of %zu bytes is too small", size);
	*queue = (struct queue){ .size = size, .event = -1 };
	pthread_mutex_init(&queue->mutex, NULL);
	pthread_cond_init(&queue->room, NULL);
	queue->ring = mmap(NULL, size, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (queue->ring == MAP_FAILED) {
		queue->ring = NULL;
		return error_nomem();
	}
	queue->batch = malloc(BATCH);
	if (!queue->batch)
		return error_nomem();
	/* Huge pages would take more memory than the records do. */
	madvise(queue->ring, size, MADV_NOHUGEPAGE);
	queue->event = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	return queue->event < 0 ? error_system(errno, "eventfd") : NULL;
}

void queue_done(struct queue *queue)
{
	if (!queue->ring)
		return;
	if (queue->event >= 0)
		close(queue->event);
	pthread_cond_destroy(&queue->room);
	pthread_mutex_destroy(&queue->mutex);
	free(queue->batch);
	munmap(queue->ring, queue->size);
	queue->ring = NULL;
}

static void ring_write(struct queue *queue, size_t at, const void *bytes, size_t n)
{
	size_t first = n < queue->size - at ? n : queue->size - at;

	if (n == 0)
		return;
	memcpy(queue->ring + at, bytes, first);
	memcpy(queue->ring, (const uint8_t *)bytes + first, n - first);
}

static void ring_read(const struct queue *queue, size_t at, void *bytes, size_t n)
{
	size_t first = n < queue->size - at ? n : queue->size - at;

	if (n == 0)
		return;
	memcpy(bytes, queue->ring + at, first);
	memcpy((uint8_t *)bytes + first, queue->ring, n - first);
}

static void signal_event(const struct queue *queue)
{
	uint64_t one = 1;

	/* It only fails where the count would overflow, and then the event is set. */
	if (write(queue->event, &one, sizeof(one)) < 0)
		return;
}

static void clear_event(const struct queue *queue)
{
	uint64_t count;

	if (read(queue->event, &count, sizeof(count)) < 0)
		return;
}

/* With the mutex held. */
static void append(struct queue *queue, enum entry_kind kind, struct span bytes)
{
	struct entry entry = { .size = bytes.n, .kind = kind };
	size_t at = (queue->head + queue->used) % queue->size;

	ring_write(queue, at, &entry, sizeof(entry));
	ring_write(queue, (at + sizeof(entry)) % queue->size, bytes.p, bytes.n);
	if (queue->used == 0)
		signal_event(queue);
	queue->used += space_of(bytes.n);
	if (queue->used > queue->most)
		queue->most = queue->used;
	if (queue->used > MANY_PAGES)
		queue->touched = true;
	if (kind == ENTRY_RECORD)
		queue->records++;
}

/* The word of lost records may use what is kept free for it. */
static bool has_room(const struct queue *queue, enum entry_kind kind, size_t size)
{
	size_t kept = kind == ENTRY_LOST ? 0 : reserve;

	return queue->size - queue->used >= space_of(size) + kept;
}

static void count_lost(struct queue *queue, struct span bytes)
{
	struct entry_lost lost;

	memcpy(&lost, bytes.p, sizeof(lost));
	queue->dropped += lost.here;
	queue->overwritten += lost.last - lost.first + 1 - lost.here;
}

bool queue_add(struct queue *queue, enum entry_kind kind, struct span bytes, bool wait)
{
	bool added = false;

	bytes = span_clip(bytes, 0, LONGEST_ENTRY);
	pthread_mutex_lock(&queue->mutex);
	while (wait && !queue->closed && !has_room(queue, kind, bytes.n))
		pthread_cond_wait(&queue->room, &queue->mutex);
	if (has_room(queue, kind, bytes.n)) {
		append(queue, kind, bytes);
		if (kind == ENTRY_LOST)
			count_lost(queue, bytes);
		added = true;
	}
	pthread_mutex_unlock(&queue->mutex);
	return added;
}

void queue_end(struct queue *queue)
{
	pthread_mutex_lock(&queue->mutex);
	queue->ended = true;
	signal_event(queue);
	pthread_mutex_unlock(&queue->mutex);
}

/* With the mutex held: the ring starts again from its first byte, so that a short queue needs few pages. */
static void empty(struct queue *queue)
{
	queue->head = 0;
	if (queue->touched)
		madvise(queue->ring, queue->size, MADV_DONTNEED);
	queue->touched = false;
	if (!queue->ended)
		clear_event(queue);
}

/* Whole entries alone. */
static size_t cut(const uint8_t *bytes, size_t n)
{
	struct entry entry;
	size_t at = 0;

	while (n - at >= sizeof(entry)) {
		memcpy(&entry, bytes + at, sizeof(entry));
		if (space_of(entry.size) > n - at)
			break;
		at += space_of(entry.size);
	}
	return at;
}

/*
 * Many at once, so that the thread that fills the queue seldom finds it locked, and seldom has to say that it is not
 * empty any more.
 */
static void take_batch(struct queue *queue)
{
	size_t n;

	pthread_mutex_lock(&queue->mutex);
	n = queue->used < BATCH ? queue->used : BATCH;
	ring_read(queue, queue->head, queue->batch, n);
	n = cut(queue->batch, n);
	queue->head = (queue->head + n) % queue->size;
	queue->used -= n;
	queue->batch_at = 0;
	queue->batch_used = n;
	if (n)
		pthread_cond_signal(&queue->room);
	if (queue->used == 0)
		empty(queue);
	pthread_mutex_unlock(&queue->mutex);
}

bool queue_take(struct queue *queue, enum entry_kind *ret_kind, uint8_t *ret_bytes,
		size_t *ret_size)
{
	struct entry entry;

	if (queue->batch_at == queue->batch_used)
		take_batch(queue);
	if (queue->batch_at == queue->batch_used)
		return false;
	memcpy(&entry, queue->batch + queue->batch_at, sizeof(entry));
	memcpy(ret_bytes, queue->batch + queue->batch_at + sizeof(entry), entry.size);
	queue->batch_at += space_of(entry.size);
	*ret_kind = entry.kind;
	*ret_size = entry.size;
	return true;
}

bool queue_is_over(struct queue *queue)
{
	bool over;

	pthread_mutex_lock(&queue->mutex);
	over = queue->ended && queue->used == 0 && queue->batch_at == queue->batch_used;
	pthread_mutex_unlock(&queue->mutex);
	return over;
}

void queue_close(struct queue *queue)
{
	pthread_mutex_lock(&queue->mutex);
	queue->closed = true;
	pthread_cond_broadcast(&queue->room);
	pthread_mutex_unlock(&queue->mutex);
}

void queue_resume(struct queue *queue)
{
	pthread_mutex_lock(&queue->mutex);
	queue->closed = queue->ended = false;
	if (queue->used == 0)
		clear_event(queue);
	pthread_mutex_unlock(&queue->mutex);
}
