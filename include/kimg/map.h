/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef KIMG_MAP_H
#define KIMG_MAP_H

#include "kimg/error.h"
#include "kimg/limits.h"
#include "kimg/symbol.h"

#pragma GCC visibility push(default)
#ifdef __cplusplus
extern "C" {
#endif

/* ---- which map belongs to which kernel ---- */

/*
 * One side of a comparison, a map or a kernel: its symbols, and what else tells which build it is of. It may be
 * a System.map, a vmlinux, an image, a copy of /proc/kallsyms, or the running kernel.
 */
struct kimg_map_side;

/*
 * Reads what kimg_symbols_open() reads. An image or vmlinux whose symbols cannot be read is a side too, as its
 * build-id and release may tell enough. options may be NULL. Errors: those of kimg_symbols_open().
 */
struct kimg_error *kimg_map_side_open(const char *path, const struct kimg_symbols_options *options,
				      struct kimg_map_side **ret_side);

/*
 * The running kernel: release, build-id (/sys/kernel/notes), and the symbols as by kimg_symbols_open_live().
 * roots as of struct kimg_map_find_options: a root that has a proc/kallsyms or a proc/sys/kernel/osrelease is
 * where the running kernel is looked for. KIMG_E_NOMEM, KIMG_E_IO.
 */
struct kimg_error *kimg_map_side_of_running(const char *const *roots,
					    const struct kimg_symbols_options *options,
					    struct kimg_map_side **ret_side);

/*
 * The kernel of that release that is installed below the roots: boot/vmlinuz-RELEASE and what else
 * architectures call it, usr/lib/modules/RELEASE/vmlinuz. KIMG_E_NOT_FOUND where there is none.
 */
struct kimg_error *kimg_map_side_installed(const char *release, const char *const *roots,
					   const struct kimg_symbols_options *options,
					   struct kimg_map_side **ret_side);

/* NULL is fine. */
void kimg_map_side_free(struct kimg_map_side *side);

/* The path that it was read from. */
const char *kimg_map_side_path(const struct kimg_map_side *side);

/* "6.1.0-56-amd64"; NULL where it is not known, as of a System.map. */
const char *kimg_map_side_release(const struct kimg_map_side *side);

/* NULL where it is not known. */
const void *kimg_map_side_build_id(const struct kimg_map_side *side, size_t *ret_size);

/* NULL where they cannot be read; kimg_map_side_error() says why. */
struct kimg_symbols *kimg_map_side_symbols(const struct kimg_map_side *side);
const struct kimg_error *kimg_map_side_error(const struct kimg_map_side *side);

enum kimg_map_verdict {
	KIMG_MAP_CANNOT_TELL,
	KIMG_MAP_MATCHES,
	KIMG_MAP_MATCHES_SHIFTED, /* every address differs by one offset, that of KASLR */
	KIMG_MAP_DIFFERS,
};

/* "cannot-tell", "matches", "matches-shifted", "differs". */
const char *kimg_map_verdict_name(enum kimg_map_verdict verdict);

/* What the verdict rests on. */
enum kimg_map_proof {
	KIMG_MAP_BY_NOTHING,
	KIMG_MAP_BY_ADDRESSES,
	KIMG_MAP_BY_BUILD_ID,
	KIMG_MAP_BY_VERSION_SYMBOL, /* Version_N, which kernels before 2.6 had */
};

/* "addresses", "build-id", "version-symbol"; NULL for nothing. */
const char *kimg_map_proof_name(enum kimg_map_proof proof);

/* A symbol that both sides have, at different addresses. */
struct kimg_map_difference {
	const char *name; /* as the map has it, maybe hostile */
	uint16_t name_size;
	uint64_t in_map;
	uint64_t in_kernel;
};

/*
 * The outcome of a comparison. Symbols of modules, references to other files and labels of the assembler
 * do not count. What one side alone has says nothing: kernels without KALLSYMS_ALL know their functions only.
 */
struct kimg_map_check {
	enum kimg_map_verdict verdict;
	enum kimg_map_proof proof;
	uint64_t shift;     /* what is to be added to addresses of the map; may be negative */
	uint64_t in_map;    /* how many symbols the map has */
	uint64_t in_kernel; /* the kernel */
	uint64_t same;      /* both, at the same address */
	uint64_t differing; /* both, at different addresses */
	uint64_t missing;   /* the map alone */
	uint64_t extra;     /* the kernel alone */
	bool build_ids;     /* both sides have one */
	bool same_build_id;
	const struct kimg_map_difference
		*differences; /* the first of them, by their addresses in the map */
	size_t difference_count;
	/*
	 * The verdict in the words of klogd: "Symbols match kernel version RELEASE.", "Symbols do not match kernel
	 * version.", "Cannot verify that symbols match kernel version."
	 */
	const char *message;
	const char *reason; /* why, in a few words */
};

/* In the words of ps, for a map that differs; and of klogd, for where there is none. */
#define KIMG_MAP_DIFFERS_MESSAGE   "System.map does not match actual kernel"
#define KIMG_MAP_NOT_FOUND_MESSAGE "Cannot find map file."

/*
 * Compares the symbols of map with those of kernel; at most max_differences of those that differ are
 * listed. Linear in the number of symbols. KIMG_E_NOMEM. The outcome does not need the sides any more.
 */
struct kimg_error *kimg_map_check(const struct kimg_map_side *map,
				  const struct kimg_map_side *kernel, size_t max_differences,
				  struct kimg_map_check **ret_check);

/* NULL is fine. */
void kimg_map_check_free(struct kimg_map_check *check);

struct kimg_map_find_options {
	const char *release;      /* NULL: that of kernel, else of the running kernel */
	const char *const *roots; /* the folders to look below, ending with NULL; NULL: "/" alone */
	/*
	 * What candidates are checked against. NULL: the running kernel where release is its, else the image of that
	 * release that is installed. Must outlive the outcome.
	 */
	const struct kimg_map_side *kernel;
	/*
	 * Whether debuginfod servers are asked for the vmlinux of that build-id, where no file matches. libdebuginfod
	 * itself takes their addresses from DEBUGINFOD_URLS.
	 */
	bool debuginfod;
	size_t max_differences; /* listed of each candidate */
	struct kimg_limits limits;
};

#define KIMG_MAP_FIND_OPTIONS_DEFAULT \
	((struct kimg_map_find_options){ .max_differences = 10, .limits = KIMG_LIMITS_DEFAULT })

/* A file that stands where the map of the kernel may be. */
struct kimg_map_candidate {
	const char *path;
	const struct kimg_error *error;     /* why it cannot be read, or NULL */
	const struct kimg_map_check *check; /* NULL where it cannot be read */
};

/* What was found. */
struct kimg_map_found;

/*
 * Looks where klogd and ps looked (System.map-RELEASE, -RELEASE.* and System.map in boot, the root and
 * usr/src/linux; usr/src/linux-RELEASE/System.map) and where today's distributions put maps and vmlinux
 * files, checks each, and tells which fits best. options may be NULL. Where there is no file at all, the
 * outcome has no candidate.
 *
 * Errors: KIMG_E_NOMEM; KIMG_E_INVALID for a release that is no file name.
 */
struct kimg_error *kimg_map_find(const struct kimg_map_find_options *options,
				 struct kimg_map_found **ret_found);

/* NULL is fine. */
void kimg_map_found_free(struct kimg_map_found *found);

/* The release that was looked for. */
const char *kimg_map_found_release(const struct kimg_map_found *found);

/* What candidates were checked against; NULL where there was nothing. */
const struct kimg_map_side *kimg_map_found_kernel(const struct kimg_map_found *found);

/* All candidates, in the order in which they were looked for. */
const struct kimg_map_candidate *kimg_map_found_all(const struct kimg_map_found *found,
						    size_t *ret_count);

/*
 * The one that fits best: one that matches, else one of which nothing can be told, else the one with the
 * least that differs. NULL where none could be read.
 */
const struct kimg_map_candidate *kimg_map_found_best(const struct kimg_map_found *found);

/*
 * The verdict of the best one in the words of klogd; KIMG_MAP_NOT_FOUND_MESSAGE where there is none.
 */
const char *kimg_map_found_message(const struct kimg_map_found *found);

/*
 * The symbols of the best one, at the addresses where the kernel runs: shifted where KASLR did so. The caller
 * owns them from then on; a second call gives NULL.
 */
struct kimg_symbols *kimg_map_found_take_symbols(struct kimg_map_found *found);

/* ---- making a map ---- */

/* How a System.map is made. */
struct kimg_map_options {
	/* As the build of this kernel release makes it ("6.1.0", "2.4.20-8"); NULL: of the table's own release */
	const char *release;
};

/*
 * The symbols that belong into System.map, in its order, as pointers into the table.
 *
 * Of a table from a vmlinux they are those that the kernel's own build puts there: what `nm -n` lists, without
 * what scripts/mksysmap of that release leaves out; where neither options nor the table tell a release, of
 * the newest one known. Of other tables they are all symbols of the kernel itself by address; of a module,
 * all.
 *
 * The array is to be given to free(). options may be NULL. Errors: KIMG_E_NOMEM; KIMG_E_INVALID where
 * options->release is no release.
 */
struct kimg_error *kimg_map_symbols(const struct kimg_symbols *symbols,
				    const struct kimg_map_options *options,
				    const struct kimg_symbol ***ret_all, size_t *ret_count);

/*
 * The text of that System.map: a line "ADDRESS TYPE NAME" for each of these symbols, ADDRESS of 8 or 16
 * hexadecimal digits; it is blank where a symbol has none, and of 16 digits for the kernel's half of what
 * 32-bit MIPS addresses, as the build has it. Not terminated; to be given to free(). A symbol
 * whose name holds a newline has no line. Errors: as above.
 */
struct kimg_error *kimg_map_write(const struct kimg_symbols *symbols,
				  const struct kimg_map_options *options, char **ret_text,
				  size_t *ret_size);

#ifdef __cplusplus
}
#endif
#pragma GCC visibility pop
#endif
