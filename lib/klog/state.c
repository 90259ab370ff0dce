/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The position in the kernel's log between runs. */
#include "klog/state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hex.h"
#include "base/span.h"

/* In the byte order of the machine, as it is of this boot alone. */
struct state_file {
	char magic[8];
	uint8_t boot_id[16];
	_Atomic uint64_t next;    /* UINT64_MAX: not known */
	_Atomic uint64_t settled; /* at most next */
};

static const char magic[8] = "kimglog1";

static bool is_ours(const struct state_file *file, const uint8_t boot_id[16])
{
	return memcmp(file->magic, magic, sizeof(magic)) == 0 &&
	       memcmp(file->boot_id, boot_id, 16) == 0;
}

static void begin(struct state_file *file, const uint8_t boot_id[16])
{
	file->next = UINT64_MAX;
	file->settled = 0;
	memcpy(file->boot_id, boot_id, 16);
	memcpy(file->magic, magic, sizeof(magic));
}

struct kimg_error *state_open(struct state *state, const char *path, const uint8_t boot_id[16])
{
	int fd =
		open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK, 0600);
	struct state_file *file = MAP_FAILED;
	struct stat status;
	int number = 0;

	if (fd < 0)
		return error_system(errno, "%s", path);
	if (fstat(fd, &status) != 0)
		number = errno;
	else if (!S_ISREG(status.st_mode))
		number = EINVAL;
	else if ((size_t)status.st_size != sizeof(*file) && ftruncate(fd, sizeof(*file)) != 0)
		number = errno;
	/* Blocks for it now: writing to a page without a block would end the process where the disk is full. */
	if (!number)
		number = posix_fallocate(fd, 0, sizeof(*file));
	if (!number) {
		file = mmap(NULL, sizeof(*file), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		number = file == MAP_FAILED ? errno : 0;
	}
	close(fd);
	if (number)
		return error_system(number, "%s", path);
	if (!is_ours(file, boot_id))
		begin(file, boot_id);
	state->file = file;
	return NULL;
}

void state_close(struct state *state)
{
	if (state->file)
		munmap(state->file, sizeof(*state->file));
	state->file = NULL;
}

bool state_next(const struct state *state, uint64_t *ret_next)
{
	uint64_t next = state->file ? state->file->next : UINT64_MAX;

	if (next == UINT64_MAX)
		return false;
	*ret_next = next;
	return true;
}

uint64_t state_settled(const struct state *state)
{
	uint64_t next;

	if (!state_next(state, &next))
		return 0;
	return state->file->settled < next ? (uint64_t)state->file->settled : next;
}

void state_set(struct state *state, uint64_t next, uint64_t settled)
{
	if (!state->file)
		return;
	state->file->settled = settled;
	state->file->next = next;
}

void read_boot_id(uint8_t ret_id[16])
{
	int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	char text[64];
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text));
	unsigned int digits = 0;

	if (fd >= 0)
		close(fd);
	memset(ret_id, 0, 16);
	for (ssize_t i = 0; i < n && digits < 32; i++)
		if (hex_digit(text[i]) >= 0) {
			ret_id[digits / 2] |= hex_digit(text[i]) << (digits % 2 ? 0 : 4);
			digits++;
		}
}
