/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "klog/drain.h"

enum { SMALLEST = 1 << 20 };

/* What reads give, one after the other: a record, or an error. Then there is nothing more. */
struct step {
	const char *bytes;
	int error;
};

struct script {
	const struct step *steps;
	size_t count, at;
};

static ssize_t read_step(struct source *source, void *bytes, size_t size)
{
	struct script *script = source->context;
	const struct step *step;
	size_t n;

	if (script->at == script->count)
		return -EAGAIN;
	step = &script->steps[script->at++];
	if (!step->bytes)
		return -step->error;
	n = strlen(step->bytes);
	assert_true(n <= size);
	memcpy(bytes, step->bytes, n);
	return n;
}

/* Everything that lies in the queue, as text. */
static void take_all(struct queue *queue, struct buf *text)
{
	static uint8_t bytes[LONGEST_ENTRY];
	enum entry_kind kind;
	size_t size;

	while (queue_take(queue, &kind, bytes, &size)) {
		struct entry_lost lost;

		if (kind == ENTRY_RECORD) {
			buf_add(text, bytes, size);
		} else {
			memcpy(&lost, bytes, sizeof(lost));
			buf_printf(text, "lost %llu-%llu, %llu here",
				   (unsigned long long)lost.first, (unsigned long long)lost.last,
				   (unsigned long long)lost.here);
		}
		buf_putc(text, '|');
	}
}

static void run_script(const struct step *steps, size_t count, struct source source,
		       uint64_t expected, const char *wanted)
{
	struct script script = { .steps = steps, .count = count };
	cleanup_buf struct buf text = { 0 };
	struct queue queue;
	struct drain drain;

	source.read = read_step;
	source.fd = -1;
	source.context = &script;
	assert_ok(queue_init(&queue, SMALLEST));
	assert_ok(drain_init(&drain, &source, &queue));
	drain.once = true;
	drain.numbered = expected != UINT64_MAX;
	drain.expected = expected;
	drain_run(&drain);
	take_all(&queue, &text);
	buf_puts(&text, drain.failed ? "failed" : "");
	assert_string_equal(text.p, wanted);
	assert_true(queue_is_over(&queue));
	drain_done(&drain);
	queue_done(&queue);
}

static const struct source device = { .device = true };
static const struct source stream = { .patient = true };

/* EPIPE says that records were overwritten; the number of the next one says how many. */
static void overwritten_records_are_counted(void **state)
{
	const struct step steps[] = {
		{ "6,0,1,-;a\n" }, { "6,1,2,-;b\n" }, { NULL, EPIPE },  { "6,5,3,-;c\n" },
		{ NULL, EINTR },   { "6,6,4,-;d\n" }, { NULL, EINVAL }, { "6,8,5,-;e\n" },
		{ NULL, EPIPE },   { "6,9,6,-;f\n" },
	};

	run_script(steps, ARRAY_SIZE(steps), device, 0,
		   "6,0,1,-;a\n|6,1,2,-;b\n|lost 2-4, 0 here|6,5,3,-;c\n|6,6,4,-;d\n|"
		   "lost 7-7, 0 here|6,8,5,-;e\n|6,9,6,-;f\n|");
}

static void a_restart_goes_on(void **state)
{
	const struct step steps[] = { { "6,3,1,-;a\n" }, { "6,4,1,-;b\n" }, { "6,5,1,-;c\n" } };

	run_script(steps, ARRAY_SIZE(steps), device, 5, "6,5,1,-;c\n|");
	run_script(steps, ARRAY_SIZE(steps), device, 6, "");
	run_script(steps, ARRAY_SIZE(steps), device, 1,
		   "lost 1-2, 0 here|6,3,1,-;a\n|6,4,1,-;b\n|6,5,1,-;c\n|");
}

/* Who writes may be faster than who reads for long; that ends nothing, and the count is right. */
static void overwritten_for_long(void **state)
{
	enum { TIMES = 5000 };
	struct step *steps = calloc(TIMES + 2, sizeof(*steps));

	assert_non_null(steps);
	steps[0].bytes = "6,0,1,-;a\n";
	for (size_t i = 1; i <= TIMES; i++)
		steps[i].error = EPIPE;
	steps[TIMES + 1].bytes = "6,9000,2,-;b\n";
	run_script(steps, TIMES + 2, (struct source){ .device = true }, UINT64_MAX,
		   "6,0,1,-;a\n|lost 1-8999, 0 here|6,9000,2,-;b\n|");
	free(steps);
}

static void errors_end_it(void **state)
{
	const struct step steps[] = { { "6,0,1,-;a\n" }, { NULL, EIO }, { "6,1,1,-;b\n" } };

	run_script(steps, ARRAY_SIZE(steps), device, 0, "6,0,1,-;a\n|failed");
}

/* However a stream is cut, lines come out of it, and records with their properties. */
static void streams_are_cut_anywhere(void **state)
{
	static const char text[] =
		"<6>one\n6,7,1,-;seven\n SUBSYSTEM=pci\n DEVICE=x\n6,9,1,-;nine\n"
		" A=b\n<4>two\n\nlast";
	char pieces[ARRAY_SIZE(text)][2];
	struct step steps[ARRAY_SIZE(text)];

	for (size_t i = 0; i < strlen(text); i++) {
		pieces[i][0] = text[i];
		pieces[i][1] = '\0';
		steps[i] = (struct step){ pieces[i], 0 };
	}
	run_script(steps, strlen(text), stream, UINT64_MAX,
		   "<6>one|6,7,1,-;seven\n SUBSYSTEM=pci\n DEVICE=x|lost 8-8, 0 "
		   "here|6,9,1,-;nine\n A=b|"
		   "<4>two||last|");
}

/* More than the queue holds: what is missing is told exactly, before the next record. */
static void a_full_queue_drops_and_counts(void **state)
{
	static char record[4000];
	static uint8_t bytes[LONGEST_ENTRY];
	struct source source = device;
	uint64_t next = 0, dropped = 0;
	enum entry_kind kind;
	struct queue queue;
	struct drain drain;
	size_t size;

	memset(record, 'x', sizeof(record));
	source.fd = -1;
	source.read = read_step;
	assert_ok(queue_init(&queue, SMALLEST));
	assert_ok(drain_init(&drain, &source, &queue));
	drain.once = drain.numbered = true;
	for (unsigned int round = 0; round < 2; round++) {
		for (unsigned int i = 0; i < 1000; i++) {
			struct step step = { record, 0 };
			struct script script = { .steps = &step, .count = 1 };
			unsigned int number = 1000 * round + i;

			/* two were overwritten in the middle of the others */
			if (number == 600 || number == 601)
				continue;
			memset(record, 'x', 32);
			record[snprintf(record, 32, "6,%u,1,-", number)] = ';';
			record[sizeof(record) - 1] = '\0';
			source.context = &script;
			drain_run(&drain);
		}
		while (queue_take(&queue, &kind, bytes, &size)) {
			struct entry_lost lost;

			if (kind == ENTRY_RECORD) {
				assert_int_equal(strtoul((char *)bytes + 2, NULL, 10), next++);
				continue;
			}
			memcpy(&lost, bytes, sizeof(lost));
			assert_int_equal(lost.first, next);
			next = lost.last + 1;
			dropped += lost.here;
		}
	}
	assert_true(dropped > 500);
	assert_int_equal(queue.dropped, dropped);
	assert_int_equal(queue.overwritten, 2);
	assert_true(queue.records + drain.losing * (drain.lost.last - drain.lost.first + 1) +
			    dropped + 2 ==
		    2000);
	drain_done(&drain);
	queue_done(&queue);
}

static void too_small_a_queue_is_refused(void **state)
{
	struct queue queue;

	assert_fails(KIMG_E_INVALID, queue_init(&queue, 1000));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(overwritten_records_are_counted),
		cmocka_unit_test(a_restart_goes_on),
		cmocka_unit_test(overwritten_for_long),
		cmocka_unit_test(errors_end_it),
		cmocka_unit_test(streams_are_cut_anywhere),
		cmocka_unit_test(a_full_queue_drops_and_counts),
		cmocka_unit_test(too_small_a_queue_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
