/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef KLOG_QUEUE_H
#define KLOG_QUEUE_H

#include <pthread.h>

#include "base/error.h"
#include "base/span.h"

/*
 * Memory between the thread that takes records from the kernel and the one that works on them: a ring of
 * bytes. It takes pages as they are needed and gives them back when it is empty.
 */

enum entry_kind {
	ENTRY_RECORD,
	ENTRY_LOST, /* struct entry_lost */
};

/* Records that are missing before the next one: of numbers first to last. */
struct entry_lost {
	uint64_t first, last;
	bool numbered; /* else these only count them */
	uint64_t here; /* how many of them, as the queue was full; the others the kernel overwrote */
};

struct queue {
	pthread_mutex_t mutex;
	pthread_cond_t room; /* the reader of the queue made some */
	uint8_t *ring;
	size_t size;
	size_t head;  /* where the oldest entry stands */
	size_t used;  /* bytes from there on, round the end */
	size_t most;  /* that used ever was */
	bool touched; /* much of the ring has pages */
	bool ended;   /* no more entries come */
	bool closed;  /* nobody waits for room any more */
	uint64_t records;
	uint64_t dropped, overwritten;
	int event; /* an eventfd: the queue is not empty, or ended */
	/* of the thread that empties it */
	uint8_t *batch; /* entries that left the ring already */
	size_t batch_at, batch_used;
};

/* KIMG_E_NOMEM, KIMG_E_IO; KIMG_E_INVALID where size cannot hold the longest record. */
struct kimg_error *queue_init(struct queue *queue, size_t size) must_check;
void queue_done(struct queue *queue);

/* ---- for the thread that fills it ---- */

/* Adds an entry; where there is no room, false, or with wait set, waits for it. */
bool queue_add(struct queue *queue, enum entry_kind kind, struct span bytes, bool wait);

/* Nothing more comes. */
void queue_end(struct queue *queue);

/* ---- for the thread that empties it ---- */

/* Copies the oldest entry into ret_bytes (of at least LONGEST_ENTRY bytes); false where there is none. */
bool queue_take(struct queue *queue, enum entry_kind *ret_kind, uint8_t *ret_bytes,
		size_t *ret_size);

/* Nothing is left, and no more comes. */
bool queue_is_over(struct queue *queue);

/* Who waits for room gets none. */
void queue_close(struct queue *queue);

/* Entries may come again. */
void queue_resume(struct queue *queue);

enum { LONGEST_ENTRY = 64 << 10 };

#endif
