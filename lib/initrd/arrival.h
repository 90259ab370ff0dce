/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef INITRD_ARRIVAL_H
#define INITRD_ARRIVAL_H

#include <pthread.h>
#include <stdbool.h>

#include "codec/codec.h"

/*
 * A stream that is decoded while what came out of it is read already: by a thread of its own where it is large. The
 * bytes stay where they are, so nothing is copied. Zero-initialise; arrival_done() stops it.
 */
struct arrival {
	struct blob out; /* first: its grew finds the rest */
	const struct codec *codec;
	struct span in;
	struct kimg_limits limits;

	pthread_t thread;
	bool threaded;
	pthread_mutex_t lock;
	pthread_cond_t news;
	size_t there;  /* bytes that are final */
	size_t wanted; /* what the reader waits for; 0: it does not */
	bool over;
	bool stop;

	struct kimg_error *error; /* what ended it early */
	bool failed;              /* somebody has taken that error */
	size_t consumed;          /* bytes of in, where it is over without an error */
};

/*
 * Starts to decode the stream at the start of in, and with own_thread does so while the caller goes on, which pays where
 * that has work of its own to do. limits->output is the most that may come out.
 */
void arrival_start(struct arrival *arrival, const struct codec *codec, struct span in,
		   const struct kimg_limits *limits, bool own_thread);

/* Waits until there are n bytes, or it is over; returns how many there are. They stand at out.p. */
size_t arrival_wait(struct arrival *arrival, size_t n);

/* Waits for the end. Memory that was reserved and is not needed is given back. */
void arrival_finish(struct arrival *arrival);

void arrival_done(struct arrival *arrival);

#endif
