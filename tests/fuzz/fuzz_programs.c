/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an image is made of: the ELF of a program, where its libraries are looked for, ld.so.conf, the notes of what is
 * loaded later, and kimg.conf.
 */
#include <elf.h>

#include "initrd/dlopen_note.h"
#include "initrd/library_path.h"
#include "kimg/initrd_create.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool none_fits(struct library_search *search, const char *path)
{
	if (path[0] != '/' || strlen(path) >= 4096)
		abort();
	return false;
}

static struct kimg_error *look_at_feature(void *context, const struct dlopen_feature *f)
{
	const struct span *whole = context;

	for (size_t i = 0; i < f->sonames_n; i++)
		if (f->sonames[i].p < whole->p ||
		    f->sonames[i].p + f->sonames[i].n > whole->p + whole->n)
			abort();
	return NULL;
}

static void search_for_needed(const struct elf *elf, const struct library_folders *folders)
{
	struct library_object loader = { .path = "/opt/bin/p", .origin_path = "/opt/bin/p" };
	struct library_object object = { .path = "/lib/l.so",
					 .origin_path = "/usr/lib/l.so",
					 .loader = &loader };
	struct library_search search = { .folders = folders, .fits = none_fits };
	struct elf_dynamic dynamic;
	uint64_t tag, value;
	size_t n = 0;

	if (!elf_dynamic_open(elf, &dynamic))
		return;
	library_object_read(&loader, elf, &dynamic);
	library_object_read(&object, elf, &dynamic);
	elf_dynamic_names(&dynamic, "pthread_cancel");
	for (size_t i = 0; elf_dynamic_at(&dynamic, i, &tag, &value) && n < 8; i++)
		if (tag == DT_NEEDED) {
			n++;
			if (library_search(&search, &object, elf_dynamic_text(&dynamic, value)))
				abort();
		}
}

static void read_elf(struct span s, const struct library_folders *folders)
{
	struct kimg_error *error;
	struct elf elf;

	error = elf_open(s, &elf);
	kimg_error_free(error);
	if (error)
		return;
	elf_interpreter(&elf);
	search_for_needed(&elf, folders);
	kimg_error_free(dlopen_notes_visit(&elf, look_at_feature, &s));
}

static void read_config(struct span s)
{
	struct kimg_initrd_recipe *recipe;
	struct kimg_error *error = kimg_initrd_recipe_new(&recipe);

	if (!error)
		error = kimg_initrd_recipe_read(recipe, "fuzz", (const char *)s.p, s.n);
	kimg_error_free(error);
	kimg_initrd_recipe_free(recipe);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = { 0 };
	struct library_folders folders = { 0 };
	struct span s = span_of(data, size);

	if (!library_folders_read(&folders, &arena, s, NULL, NULL))
		abort();
	for (const struct library_folder *f = folders.first; f; f = f->next)
		if (f->path[0] != '/')
			abort();
	read_elf(s, &folders);
	kimg_error_free(dlopen_text_visit(s, look_at_feature, &s));
	read_config(s);
	arena_done(&arena);
	return 0;
}
