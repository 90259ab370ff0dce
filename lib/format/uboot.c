/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "format/uboot.h"

#include "codec/codec.h"

/*
 * Uncompressed for U-Boot does not mean uncompressed: ramdisks are handed to the kernel as they are, and a
 * kernel may be an Image.gz that booti unpacks by its magic.
 */
static void set_untold(struct kimg_part *part)
{
	if (!part_set_codec(part, NULL, 0))
		part_nest(part, NULL);
}

static void set_told(struct kimg_part *part, const char *compression)
{
	const struct codec *told = codec_by_name(compression);
	const struct codec *seen = codec_detect(part_span(part), NULL);

	if (!told)
		note_bad(part, "compression %s is not known", compression);
	else if (!seen)
		note_bad(part, "compression is %s, but the data is not", compression);
	else if (told != seen)
		note_bad(part, "compression is %s, but the data is %s", compression, seen->name);
	if (seen)
		part_set_codec(part, seen, 0);
	else
		part_nest(part, NULL);
}

struct kimg_part *uboot_add_image(struct kimg_part *parent, enum kimg_part_kind kind,
				  const char *name, uint64_t offset, uint64_t size,
				  const char *compression)
{
	struct kimg_part *part = part_add(parent, kind, name, offset, size);

	if (part->size == 0)
		return part;
	if (!compression || strcmp(compression, "none") == 0)
		set_untold(part);
	else
		set_told(part, compression);
	return part;
}
