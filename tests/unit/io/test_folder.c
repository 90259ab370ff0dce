/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "../unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/folder.h"

struct place {
	char path[32];
	struct folder folder;
};

static int setup(void **state)
{
	struct place *place = calloc(1, sizeof(*place));

	if (!place)
		return -1;
	strcpy(place->path, "/tmp/kimg-test-XXXXXX");
	if (!mkdtemp(place->path))
		return -1;
	assert_ok(folder_open(&place->folder, place->path));
	*state = place;
	return 0;
}

static int teardown(void **state)
{
	static const char *const names[] = { "a", "b", "link" };
	struct place *place = *state;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		unlinkat(place->folder.fd, names[i], 0);
	folder_done(&place->folder);
	rmdir(place->path);
	free(place);
	return 0;
}

static struct kimg_error *put(struct folder *folder, const char *path, const char *text)
{
	cleanup_outfile struct outfile out = OUTFILE_NONE;

	TRY(folder_open_file(folder, path, &out));
	TRY(outfile_write(&out, span_of(text, strlen(text))));
	return folder_commit(folder, path, text, &out);
}

static void a_file_is_of_one_owner(void **state)
{
	struct place *place = *state;
	static const char one[] = "one", two[] = "other";
	struct stat st;

	assert_ok(put(&place->folder, "a", one));
	assert_ok(put(&place->folder, "a", one));
	assert_ok(put(&place->folder, "b", two));
	/* As where a file system takes two names for one. */
	assert_fails(KIMG_E_AMBIGUOUS, put(&place->folder, "a", two));
	assert_int_equal(fstatat(place->folder.fd, "a", &st, 0), 0);
	assert_int_equal(st.st_size, strlen(one));
	assert_true(folder_is(&place->folder, "a", &st));
	assert_false(folder_is(&place->folder, "b", &st));
}

static void nothing_leads_out(void **state)
{
	static const char *const paths[] = { "", ".", "..", "../x", "/x", "a/", "a//b", "link/x" };
	struct place *place = *state;
	struct stat st;

	assert_int_equal(symlinkat("/tmp", place->folder.fd, "link"), 0);
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		struct kimg_error *error = put(&place->folder, paths[i], "text");

		assert_non_null(error);
		kimg_error_free(error);
		unlinkat(place->folder.fd, "a", AT_REMOVEDIR);
	}
	/* A link that stands where a file goes is replaced, not followed. */
	assert_ok(put(&place->folder, "link", "text"));
	assert_int_equal(fstatat(place->folder.fd, "link", &st, AT_SYMLINK_NOFOLLOW), 0);
	assert_true(S_ISREG(st.st_mode));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_file_is_of_one_owner, setup, teardown),
		cmocka_unit_test_setup_teardown(nothing_leads_out, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
