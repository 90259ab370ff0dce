/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What grew and what shrank, by name. The rules are those of the kernel's scripts/bloat-o-meter (6.1; weak
 * symbols from 6.10 on; the last two names that are skipped from 7.0 on), so that its numbers come out.
 */
#include "base/hash.h"
#include "base/large.h"
#include "size/diff.h"

/* ---- which symbols count, and under which name ---- */

static bool is_generated(struct span name)
{
	static const char *const prefixes[] = { "__mod_", "__se_sys", "__se_compat_sys",
						"__addressable_" };
	static const char *const names[] = { "linux_banner", "vermagic", "__noinstr_text_start",
					     "_sdata" };

	/* Most names need no closer look. */
	if (name.n < 6 || (name.p[0] != '_' && name.p[0] != 'l' && name.p[0] != 'v') ||
	    name.p[2] == 'p' || name.p[2] == 'x')
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++)
		if (span_starts(name, span_of(prefixes[i], strlen(prefixes[i]))))
			return true;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (span_equal(name, span_of(names[i], strlen(names[i]))))
			return true;
	return false;
}

static bool counts(const struct kimg_symbol *symbol, bool without_weak)
{
	switch (symbol->type) {
	case 't':
	case 'T':
	case 'd':
	case 'D':
	case 'b':
	case 'B':
	case 'r':
	case 'R':
		return true;
	case 'v':
	case 'V':
	case 'w':
	case 'W':
		return !without_weak;
	default:
		return false;
	}
}

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

/* Copies name without each dot that digits follow, and those, to ret. Returns the length. */
static size_t cut_numbers(struct span name, uint8_t *ret)
{
	size_t n = 0;

	for (size_t i = 0; i < name.n;) {
		if (name.p[i] == '.' && i + 1 < name.n && is_digit(name.p[i + 1])) {
			for (i++; i < name.n && is_digit(name.p[i]); i++)
				;
			continue;
		}
		ret[n++] = name.p[i++];
	}
	return n;
}

/* The name that a symbol counts under; where that is not its own, it stands in buffer. */
static struct span name_of(const struct kimg_symbol *symbol, uint8_t *buffer)
{
	struct span name = symbol_name(symbol);

	if (!name.n || !memchr(name.p, '.', name.n))
		return name;
	return span_of(buffer, cut_numbers(name, buffer));
}

/* ---- the table of names ---- */

static struct kimg_error *make_table(struct kimg_size_diff *diff, size_t most)
{
	uint64_t size = 1024;

	while (size < most + most / 2)
		size *= 2;
	diff->mask = size - 1;
	diff->slots = large_alloc(size, sizeof(*diff->slots));
	diff->names = large_alloc(most, sizeof(*diff->names));
	if (!diff->slots || !diff->names)
		return error_nomem();
	memset(diff->slots, 0, size * sizeof(*diff->slots));
	diff->seed = hash_seed();
	return NULL;
}

static struct kimg_error *add_name(struct kimg_size_diff *diff, struct span name, bool own,
				   uint32_t *ret_index)
{
	const char *text = (const char *)name.p;

	if (!own) {
		text = arena_copy(&diff->arena, text, name.n);
		if (!text)
			return error_nomem();
	}
	diff->names[diff->count] = (struct kimg_size_change){ .name = text, .name_size = name.n };
	*ret_index = diff->count++;
	return NULL;
}

/* The entry of name, made where there was none. own: name stands as it is in a table of symbols. */
static struct kimg_error *entry_of(struct kimg_size_diff *diff, struct span name, uint32_t h,
				   bool own, struct kimg_size_change **ret_entry)
{
	uint32_t i = h & diff->mask, index = 0;

	for (; diff->slots[i].name; i = (i + 1) & diff->mask) {
		struct kimg_size_change *entry;

		if (diff->slots[i].hash != h)
			continue;
		entry = &diff->names[diff->slots[i].name - 1];
		if (!span_equal(span_of(entry->name, entry->name_size), name))
			continue;
		*ret_entry = entry;
		return NULL;
	}
	TRY(add_name(diff, name, own, &index));
	diff->slots[i] = (struct slot){ .hash = h, .name = index + 1 };
	*ret_entry = &diff->names[index];
	return NULL;
}

/* ---- filling ---- */

static void add_to(struct kimg_size_change *entry, const struct kimg_symbol *symbol, uint64_t size,
		   bool is_new)
{
	if (is_new) {
		entry->new_count++;
		entry->new_size = add_saturated(entry->new_size, size);
		entry->new_type = symbol->type;
		entry->new_address = symbol->address;
		entry->new_section = symbol->section;
	} else {
		entry->old_count++;
		entry->old_size = add_saturated(entry->old_size, size);
		entry->old_type = symbol->type;
		entry->old_address = symbol->address;
		entry->old_section = symbol->section;
	}
}

/*
 * Memory is what adding symbols waits for: the bytes of the names, the slots of their hashes, the entries. So a few
 * symbols are under way at once, each step of all of them before the next.
 */
enum { BATCH = 16, AHEAD = 24 };

struct step {
	const struct kimg_symbol *symbol;
	uint64_t size;
	struct span name;
	uint32_t hash;
	bool own; /* the name stands as it is in the table of symbols */
};

struct batch {
	struct step steps[BATCH];
	size_t count;
};

static struct kimg_error *flush(struct kimg_size_diff *diff, struct batch *batch, bool is_new)
{
	for (size_t i = 0; i < batch->count; i++) {
		struct slot *slot = &diff->slots[batch->steps[i].hash & diff->mask];

		if (slot->name)
			__builtin_prefetch(&diff->names[slot->name - 1]);
	}
	for (size_t i = 0; i < batch->count; i++) {
		struct step *step = &batch->steps[i];
		struct kimg_size_change *entry;

		TRY(entry_of(diff, step->name, step->hash, step->own, &entry));
		add_to(entry, step->symbol, step->size, is_new);
	}
	batch->count = 0;
	return NULL;
}

/* False: the name had to be cut, and buffer is taken until the batch is flushed. */
static bool add_step(struct kimg_size_diff *diff, struct batch *batch,
		     const struct kimg_symbol *symbol, uint64_t size, uint8_t *buffer)
{
	struct step *step = &batch->steps[batch->count++];

	step->symbol = symbol;
	step->size = size;
	step->name = name_of(symbol, buffer);
	step->own = step->name.p != buffer;
	step->hash = hash_span(diff->seed, step->name);
	__builtin_prefetch(&diff->slots[step->hash & diff->mask]);
	return step->own;
}

static struct kimg_error *add_symbols(struct kimg_size_diff *diff, struct kimg_symbols *symbols,
				      bool without_weak, bool is_new)
{
	cleanup_free uint64_t *sizes = NULL;
	uint8_t buffer[SYMBOL_NAME_MAX + 1];
	struct batch batch = { .count = 0 };

	if (diff->measured)
		TRY(size_measure(symbols, true, &sizes));
	for (size_t i = 0; i < symbols->n; i++) {
		const struct kimg_symbol *symbol = &symbols->all[i];
		uint64_t size = sizes ? sizes[i] : symbol->size;

		if (symbols->n - i > AHEAD)
			__builtin_prefetch(symbol[AHEAD].name);
		if (size == 0 || !counts(symbol, without_weak) || is_generated(symbol_name(symbol)))
			continue;
		if (!add_step(diff, &batch, symbol, size, buffer) || batch.count == BATCH)
			TRY(flush(diff, &batch, is_new));
	}
	return flush(diff, &batch, is_new);
}

/* ---- the summary ---- */

bool kimg_size_change_moved(const struct kimg_size_change *change)
{
	return change->old_count == 1 && change->new_count == 1 &&
	       change->old_address != change->new_address;
}

const char *kimg_size_change_old_section(const struct kimg_size_diff *diff,
					 const struct kimg_size_change *change)
{
	return kimg_symbols_section_name(diff->old_size->symbols, change->old_section);
}

const char *kimg_size_change_new_section(const struct kimg_size_diff *diff,
					 const struct kimg_size_change *change)
{
	return kimg_symbols_section_name(diff->new_size->symbols, change->new_section);
}

bool kimg_size_change_retyped(const struct kimg_size_diff *diff,
			      const struct kimg_size_change *change)
{
	const char *old, *new;

	if (change->old_count != 1 || change->new_count != 1)
		return false;
	if (change->old_type != change->new_type)
		return true;
	old = kimg_size_change_old_section(diff, change);
	new = kimg_size_change_new_section(diff, change);
	return old && new &&strcmp(old, new) != 0;
}

static void count_change(struct kimg_size_diff *diff, const struct kimg_size_change *change)
{
	struct kimg_size_summary *s = &diff->summary;

	s->before = add_saturated(s->before, change->old_size);
	s->after = add_saturated(s->after, change->new_size);
	s->added += change->old_count == 0;
	s->removed += change->new_count == 0;
	s->moved += kimg_size_change_moved(change);
	s->retyped += kimg_size_change_retyped(diff, change);
	if (change->new_size > change->old_size) {
		s->up = add_saturated(s->up, change->new_size - change->old_size);
		s->grown += change->old_count != 0;
	} else if (change->new_size < change->old_size) {
		s->down = add_saturated(s->down, change->old_size - change->new_size);
		s->shrunk += change->new_count != 0;
	}
}

const struct kimg_size_summary *kimg_size_diff_summary(const struct kimg_size_diff *diff)
{
	return &diff->summary;
}

bool kimg_size_diff_is_measured(const struct kimg_size_diff *diff)
{
	return diff->measured;
}

const struct kimg_size_change *kimg_size_diff_names(const struct kimg_size_diff *diff,
						    size_t *ret_count)
{
	*ret_count = diff->count;
	return diff->names;
}

/* ---- the call ---- */

void kimg_size_diff_free(struct kimg_size_diff *diff)
{
	if (!diff)
		return;
	free(diff->names);
	free(diff->changes);
	free(diff->slots);
	free(diff->parts);
	arena_done(&diff->arena);
	free(diff);
}

static void free_diff(struct kimg_size_diff **diff)
{
	kimg_size_diff_free(*diff);
}

struct kimg_error *kimg_size_compare(struct kimg_size *new_size, struct kimg_size *old_size,
				     const struct kimg_size_diff_options *options,
				     struct kimg_size_diff **ret_diff)
{
	cleanup(free_diff) struct kimg_size_diff *diff = calloc(1, sizeof(*diff));
	bool without_weak = options && options->without_weak;

	if (!diff)
		return error_nomem();
	if (!new_size->symbols || !old_size->symbols)
		return error_new(KIMG_E_NOT_FOUND, "the %s file has no symbols",
				 new_size->symbols ? "old" : "new");
	if (new_size->symbols->n + old_size->symbols->n > DIFF_SYMBOLS_MAX)
		return error_new(KIMG_E_LIMIT, "more than %llu symbols", DIFF_SYMBOLS_MAX);
	diff->new_size = new_size;
	diff->old_size = old_size;
	diff->measured = !size_is_told(new_size->symbols) || !size_is_told(old_size->symbols);
	TRY(make_table(diff, new_size->symbols->n + old_size->symbols->n));
	TRY(add_symbols(diff, old_size->symbols, without_weak, false));
	TRY(add_symbols(diff, new_size->symbols, without_weak, true));
	free(diff->slots);
	diff->slots = NULL;
	for (size_t i = 0; i < diff->count; i++)
		count_change(diff, &diff->names[i]);
	*ret_diff = diff;
	diff = NULL;
	return NULL;
}
