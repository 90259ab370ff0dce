/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef KLOG_DRAIN_H
#define KLOG_DRAIN_H

#include <stdatomic.h>

#include "base/buf.h"
#include "klog/queue.h"
#include "klog/source.h"

/* The thread that takes records out of the source and puts them into the queue. */
struct drain {
	struct source *source;
	struct queue *queue;
	pthread_t thread;
	bool running;
	int wake;           /* an eventfd: look at what follows */
	_Atomic bool stop;  /* end at once */
	_Atomic bool once;  /* end when nothing is there */
	_Atomic int failed; /* the errno that ended it; 0: none did */
	/* of the thread; kept while it is stopped */
	bool busy;         /* something came since it waited */
	bool late;         /* it waited, and nothing came */
	bool numbered;     /* expected is known */
	uint64_t expected; /* the number of the next record */
	bool losing;       /* lost says which records are missing before the next one */
	struct entry_lost lost;
	struct buf record; /* of a stream: a record whose end did not come yet */
	uint8_t *bytes;    /* that were read */
	size_t kept;       /* of a stream: of them, the start of a line */
};

/* KIMG_E_IO, KIMG_E_NOMEM. */
struct kimg_error *drain_init(struct drain *drain, struct source *source,
			      struct queue *queue) must_check;
void drain_done(struct drain *drain);

/* KIMG_E_NOMEM, KIMG_E_IO. */
struct kimg_error *drain_start(struct drain *drain) must_check;

/* Ends the thread where it stands. */
void drain_stop(struct drain *drain);

/* Lets it end when nothing is there any more. */
void drain_rest(struct drain *drain);

/* What the thread does; for tests without one. */
void drain_run(struct drain *drain);

#endif
