/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DEBUG_LIBDW_H
#define DEBUG_LIBDW_H

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <elfutils/libdwfl.h>
#include <gelf.h>

#include "base/error.h"

/*
 * The functions of elfutils' libdw that we call, and those of its libelf, through pointers: both are loaded
 * on first use.
 */
#define LIBDW_FUNCTIONS(X)              \
	X(dwarf_attr)                   \
	X(dwarf_attr_integrate)         \
	X(dwarf_begin_elf)              \
	X(dwarf_child)                  \
	X(dwarf_end)                    \
	X(dwarf_errmsg)                 \
	X(dwarf_filesrc)                \
	X(dwarf_formstring)             \
	X(dwarf_formudata)              \
	X(dwarf_getelf)                 \
	X(dwarf_getsrcfiles)            \
	X(dwarf_getsrclines)            \
	X(dwarf_hasattr)                \
	X(dwarf_lineaddr)               \
	X(dwarf_linecol)                \
	X(dwarf_lineendsequence)        \
	X(dwarf_lineno)                 \
	X(dwarf_linesrc)                \
	X(dwarf_next_unit)              \
	X(dwarf_offdie)                 \
	X(dwarf_onesrcline)             \
	X(dwarf_ranges)                 \
	X(dwarf_siblingof)              \
	X(dwarf_tag)                    \
	X(dwfl_begin)                   \
	X(dwfl_end)                     \
	X(dwfl_errmsg)                  \
	X(dwfl_module_getdwarf)         \
	X(dwfl_module_getelf)           \
	X(dwfl_offline_section_address) \
	X(dwfl_report_begin)            \
	X(dwfl_report_end)              \
	X(dwfl_report_offline)          \
	X(elf_end)                      \
	X(elf_errmsg)                   \
	X(elf_getdata)                  \
	X(elf_getshdrstrndx)            \
	X(elf_begin)                    \
	X(elf_nextscn)                  \
	X(elf_strptr)                   \
	X(elf_version)                  \
	X(gelf_getshdr)

#define LIBDW_POINTER(name) __typeof__(&name) name;

struct libdw {
	LIBDW_FUNCTIONS(LIBDW_POINTER)
};

/* Loads the library, once. KIMG_E_UNSUPPORTED where it is not installed; then there is no *ret. */
struct kimg_error *libdw_load(const struct libdw **ret) must_check;

#endif
