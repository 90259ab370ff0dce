/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where distributions, the kernel's own make targets and people put kernels and their symbols. */
#include "symbol/places.h"

#include <limits.h>
#include <stdio.h>

const char *const map_places[] = {
	"boot/System.map-%s",
	"System.map-%s",
	"usr/src/linux/System.map-%s",
	"usr/src/linux-%s/System.map",
	"usr/lib/modules/%s/System.map",
	"lib/modules/%s/System.map",
	"usr/lib/debug/boot/System.map-%s",
	"usr/lib/debug/lib/modules/%s/System.map",
	"usr/lib/modules/%s/build/System.map",
	"lib/modules/%s/build/System.map",
	NULL,
};

const char *const vmlinux_places[] = {
	"usr/lib/debug/lib/modules/%s/vmlinux",
	"usr/lib/debug/usr/lib/modules/%s/vmlinux",
	"usr/lib/debug/boot/vmlinux-%s",
	"usr/lib/modules/%s/build/vmlinux",
	"lib/modules/%s/build/vmlinux",
	"usr/lib/modules/%s/vmlinux",
	"lib/modules/%s/vmlinux",
	"boot/vmlinux-%s",
	NULL,
};

/* Debian, others, and as architectures call their images. */
const char *const image_places[] = {
	"boot/vmlinuz-%s",
	"usr/lib/modules/%s/vmlinuz",
	"lib/modules/%s/vmlinuz",
	"boot/Image-%s",
	"boot/bzImage-%s",
	"boot/zImage-%s",
	"boot/uImage-%s",
	"boot/kernel-%s",
	"boot/vmlinux-%s",
	"usr/lib/modules/%s/Image",
	NULL,
};

const char *const unnamed_places[] = {
	"boot/System.map", "System.map", "usr/src/linux/System.map", "usr/src/linux/vmlinux", NULL,
};

bool is_file_name(struct span name)
{
	return name.n && name.n <= NAME_MAX && !memchr(name.p, '/', name.n) &&
	       !span_equal(name, SPAN_LITERAL(".")) && !span_equal(name, SPAN_LITERAL(".."));
}

char *place_path(const char *root, const char *place, const char *release)
{
	const char *percent = strstr(place, "%s");
	int before = percent ? percent - place : (int)strlen(place);
	char *path;

	if (asprintf(&path, "%s/%.*s%s%s", root, before, place, percent ? release : "",
		     percent ? percent + 2 : "") < 0)
		return NULL;
	return path;
}
