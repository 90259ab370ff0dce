/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hashes and signatures of a FIT: showing them, and checking the hashes of the images. */
#include <stdio.h>

#include "crypto/digest.h"
#include "format/fit.h"

/* Shown of one image; each costs a look at the fields before it. */
#define MAX_CHECKS 16

/* The properties of a hash or signature node, as fields "hash-1-algo" and so on. */
static void show_check(struct kimg_part *part, const struct dtree *tree,
		       const struct dtree_node *check, bool hash)
{
	static const char *const properties[] = { "algo", "key-name-hint", "sign-images",
						  "hashed-nodes", "required" };
	int n = check->name.n < 32 ? check->name.n : 32;
	struct span value;
	char name[64];

	for (size_t i = 0; i < ARRAY_SIZE(properties); i++) {
		if (!dtree_property(tree, check, properties[i], &value))
			continue;
		snprintf(name, sizeof(name), "%.*s-%s", n, (const char *)check->name.p,
			 properties[i]);
		dtree_show_list(part, name, value);
	}
	if (!dtree_property(tree, check, "value", &value))
		return;
	snprintf(name, sizeof(name), "%.*s-value", n, (const char *)check->name.p);
	field_bytes(part, name, value);
	if (hash) {
		name[n] = '\0';
		field_unchecked(part, name);
	}
}

bool fit_show_checks(struct kimg_part *part, const struct dtree *tree,
		     const struct dtree_node *node)
{
	struct dtree_walk children = dtree_children(tree, node);
	struct dtree_node child;
	bool encrypted = false;
	int count = 0;

	while (count < MAX_CHECKS && dtree_child(&children, &child)) {
		bool hash = span_starts(child.name, SPAN_LITERAL("hash"));
		bool cipher = span_equal(child.name, SPAN_LITERAL("cipher"));

		if (!hash && !span_starts(child.name, SPAN_LITERAL("signature")) && !cipher)
			continue;
		encrypted |= cipher;
		show_check(part, tree, &child, hash);
		count++;
	}
	return encrypted;
}

/* One hash of an image, whose stored value is the field "hash-1-value". */
static struct kimg_error *verify_hash(struct kimg_part *part, const struct kimg_field *value)
{
	struct span data = part_span(part);
	const struct kimg_field *algo;
	struct kimg_error *error;
	struct digest digest;
	char name[64];
	size_t n = strlen(value->name) - strlen("-value");

	snprintf(name, sizeof(name), "%.*s-algo", (int)n, value->name);
	algo = kimg_part_field(part, name);
	name[n] = '\0';
	if (!algo || !algo->bytes)
		return NULL;
	error = digest_compute(algo->bytes, &data, 1, &digest);
	if (error && kimg_error_code(error) == KIMG_E_UNSUPPORTED) {
		note(part, "%s: %s", name, kimg_error_message(error));
		kimg_error_free(error);
		return NULL;
	}
	TRY(error);
	field_check(part, name, span_of(value->bytes, value->length), digest_span(&digest));
	return NULL;
}

static bool is_hash_value(const struct kimg_field *field)
{
	size_t n = strlen(field->name);

	return field->type == KIMG_FIELD_BYTES && strncmp(field->name, "hash", 4) == 0 && n > 6 &&
	       strcmp(field->name + n - 6, "-value") == 0;
}

struct kimg_error *fit_verify(struct kimg_part *part)
{
	/* Tiles do not overlap: without views no byte is hashed for more than one image. */
	for (const struct kimg_part *child = part->children; child; child = child->next) {
		if (child->truncated || child->view)
			continue;
		for (const struct kimg_field *field = child->fields; field; field = field->next)
			if (is_hash_value(field))
				TRY(verify_hash((struct kimg_part *)child, field));
	}
	return NULL;
}
