/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OUT_BACKEND_H
#define OUT_BACKEND_H

#include "base/buf.h"
#include "out/out.h"

#define OUT_MAX_LEVELS 192
#define OUT_MAX_BLOCKS 192

enum out_level { OUT_LEVEL_DOCUMENT, OUT_LEVEL_RECORD, OUT_LEVEL_OBJECT, OUT_LEVEL_ARRAY };

enum value_type {
	VALUE_STRING,
	VALUE_TEXT,
	VALUE_LOG,
	VALUE_BYTES,
	VALUE_NUMBER,
	VALUE_SIGNED, /* number is an int64_t */
	VALUE_OFFSET,
	VALUE_HEX,
	VALUE_BOOL,
	VALUE_NULL,
};

struct value {
	const char *key;
	enum out_style style;
	enum value_type type;
	struct span text; /* of string, text, log, bytes; the words of null */
	uint64_t number;
	bool layout; /* a cell of out_print() or out_log(): JSON has no place for it */
};

/* What a back end does with structure, values and layout. */
struct out_backend {
	void (*open)(struct out *out, enum out_level level, const char *key);
	void (*close)(struct out *out, enum out_level level);
	void (*value)(struct out *out, const struct value *value);
	void (*row)(struct out *out, bool begin);
	void (*space)(struct out *out);
};

extern const struct out_backend out_text_backend, out_json_backend;

struct out {
	const struct out_backend *backend;
	enum out_format format;
	bool color;
	bool skips_data; /* OUT_DATA is nothing to the back end */
	int fd;
	int error;      /* errno of the first write that failed */
	struct buf buf; /* not written yet */

	/* structure */
	enum out_level levels[OUT_MAX_LEVELS];
	bool filled[OUT_MAX_LEVELS]; /* something stands in this level already */
	unsigned int depth;
	const char *schema;

	/* layout */
	struct buf cell; /* the text of the cell that is being written */
	unsigned int muted;
	unsigned int indents[OUT_MAX_BLOCKS];
	unsigned int blocks;
	unsigned int indent;
	bool in_row;
	bool printed; /* something was printed before */
	unsigned int cells;
	unsigned int gap;
	unsigned int pending; /* columns of space that come before the next visible cell */
	int width;
};

/* Writes the buffer when it is large. */
void out_flush_some(struct out *out);

#endif
