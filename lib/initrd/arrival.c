/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Decoding and reading at the same time. */
#include "initrd/arrival.h"

/* For less, a thread costs more than it saves. */
#define LARGE (1u << 20)

/* lz4 legacy frames, which the kernel reads on from one to the next (lib/decompress_unlz4.c, 6.12). */
#define LZ4_LEGACY 0x184c2102

static bool grew(struct blob *blob, size_t n)
{
	struct arrival *a = (struct arrival *)blob;
	bool go_on;

	pthread_mutex_lock(&a->lock);
	a->there = n;
	go_on = !a->stop;
	if (a->wanted && n >= a->wanted)
		pthread_cond_signal(&a->news);
	pthread_mutex_unlock(&a->lock);
	return go_on;
}

static bool more_lz4(const struct arrival *a, size_t at)
{
	return a->codec == &codec_lz4 && span_le32(a->in, at) == LZ4_LEGACY;
}

static struct kimg_error *decode_all(struct arrival *a)
{
	size_t at = 0, consumed;

	do {
		consumed = 0;
		TRY(error_shift(codec_decode_stream(a->codec, span_from(a->in, at), &a->limits,
						    &a->out, &consumed),
				at));
		at += consumed;
	} while (consumed && more_lz4(a, at));
	a->consumed = at;
	return NULL;
}

/*
 * What comes out of a stream that breaks off, by a codec that tells nothing while it works. The kernel unpacks that,
 * too, before it finds that something is wrong.
 */
static size_t peek_broken(struct arrival *a)
{
	struct kimg_error *error;
	size_t n = 0;

	if (a->out.size == 0)
		return 0;
	error = a->codec->peek(a->in, &a->limits, a->out.p,
			       a->out.size < a->out.max ? a->out.size : a->out.max, &n);
	kimg_error_free(error);
	return error ? 0 : n;
}

static void run(struct arrival *a)
{
	struct kimg_error *error = decode_all(a);
	size_t n = error ? a->there : a->out.n;

	if (error && n == 0 && !a->stop)
		n = peek_broken(a);
	pthread_mutex_lock(&a->lock);
	a->error = error;
	a->there = n;
	a->over = true;
	pthread_cond_signal(&a->news);
	pthread_mutex_unlock(&a->lock);
}

static void *run_thread(void *context)
{
	run(context);
	return NULL;
}

void arrival_start(struct arrival *a, const struct codec *codec, struct span in,
		   const struct kimg_limits *limits, bool own_thread)
{
	*a = (struct arrival){ .codec = codec, .in = in, .limits = *limits };
	blob_init(&a->out, limits->output < SIZE_MAX / 4 ? limits->output : SIZE_MAX / 4);
	a->out.grew = grew;
	pthread_mutex_init(&a->lock, NULL);
	pthread_cond_init(&a->news, NULL);
	a->threaded = own_thread && in.n >= LARGE &&
		      pthread_create(&a->thread, NULL, run_thread, a) == 0;
	if (!a->threaded)
		run(a);
}

size_t arrival_wait(struct arrival *a, size_t n)
{
	size_t there;

	pthread_mutex_lock(&a->lock);
	a->wanted = n;
	while (a->there < n && !a->over)
		pthread_cond_wait(&a->news, &a->lock);
	a->wanted = 0;
	there = a->there;
	pthread_mutex_unlock(&a->lock);
	return there;
}

static void join(struct arrival *a)
{
	if (a->threaded)
		pthread_join(a->thread, NULL);
	a->threaded = false;
}

void arrival_finish(struct arrival *a)
{
	join(a);
	a->out.n = a->there;
	blob_trim(&a->out);
}

void arrival_done(struct arrival *a)
{
	if (!a->codec)
		return;
	pthread_mutex_lock(&a->lock);
	a->stop = true;
	pthread_mutex_unlock(&a->lock);
	join(a);
	pthread_mutex_destroy(&a->lock);
	pthread_cond_destroy(&a->news);
	kimg_error_free(a->error);
	blob_done(&a->out);
	*a = (struct arrival){ 0 };
}
