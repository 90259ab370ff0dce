/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FORMAT_X86_H
#define FORMAT_X86_H

#include "format/format.h"
#include "format/part.h"

#define X86_SECTOR 512u

/* The bytes before the protected-mode code: boot sector and setup code. setup_sects 0 means 4. */
static inline uint64_t x86_setup_size(struct span s)
{
	struct span sects;

	if (!span_sub(s, 0x1f1, 1, &sects))
		return 0;
	return ((sects.p[0] ? sects.p[0] : 4) + 1) * X86_SECTOR;
}

/* The protocol version whose fields are there: 2.14 was never valid and counts as 2.13. */
static inline uint16_t x86_protocol(struct span s)
{
	uint16_t version = span_le16(s, 0x206);

	return version == 0x20e ? 0x20d : version;
}

/* Where the setup header ends, as its own jump over itself tells; 0 where there is no such jump. */
static inline uint64_t x86_header_end(struct span s)
{
	struct span jump;

	return span_sub(s, 0x200, 2, &jump) && jump.p[0] == 0xeb && jump.p[1] < 0x80
		       ? 0x202u + jump.p[1]
		       : 0;
}

/*
 * Adds the fields of the setup header in s (the whole file) that protocol knows to part. protocol 0 is the
 * boot sector before 2.00, which ends at 0x200.
 */
void x86_header_fields(struct kimg_part *part, struct span s, uint16_t protocol);

/* Where the fields that protocol knows end. */
uint64_t x86_fields_end(uint16_t protocol);

/* A flat kernel, as it will lie in memory, has no magic: what has the banner is one. Reads all of it. */
void x86_mark_flat_kernel(struct kimg_part *part);

/* The same for what part_search_payload() found in parent and no driver knew. */
void x86_mark_found(struct kimg_part *parent);

/* What comes out of a payload: ELF and relocations, or a flat kernel. In no list: bzimage names it. */
extern const struct format format_x86_payload;

#endif
