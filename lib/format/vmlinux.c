/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An ELF that is a Linux kernel, as the linker made it or stripped of whatever. Headers alone must tell:
 *
 *   all of     ET_EXEC or ET_DYN, a PT_LOAD, no PT_INTERP
 *   and one of a section that only Linux kernels have (include/asm-generic/vmlinux.lds.h)
 *              a Xen note that tells a guest's entry (guests other than Linux say so in another)
 *              no section headers (to be had), no PT_DYNAMIC, and a PT_LOAD in the machine's kernel
 *              space, or loaded elsewhere than it is linked to
 */
#include <elf.h>

#include "format/elf.h"
#include "format/registry.h"

#ifndef EM_LOONGARCH
#define EM_LOONGARCH 258
#endif
#define EM_ALPHA_IN_USE 0x9026

#define XEN_ELFNOTE_ENTRY        1
#define XEN_ELFNOTE_GUEST_OS     6
#define XEN_ELFNOTE_PHYS32_ENTRY 18

/* Headers beyond these are not looked at: a kernel has fewer, and probing stays cheap. */
#define MAX_LOOK 256

/* Executable, with something to load, and without a segment of these types. */
static bool is_executable(const struct elf *elf, const uint32_t *without)
{
	struct elf_segment segment;
	bool loads = false;

	if (elf->type != ET_EXEC && elf->type != ET_DYN)
		return false;
	for (uint32_t i = 0; i < MAX_LOOK && elf_segment_at(elf, i, &segment); i++) {
		for (const uint32_t *type = without; *type; type++)
			if (segment.type == *type)
				return false;
		loads |= segment.type == PT_LOAD && segment.memsz;
	}
	return loads;
}

bool elf_is_standalone(const struct elf *elf)
{
	static const uint32_t without[] = { PT_INTERP, PT_DYNAMIC, PT_TLS, 0 };

	return is_executable(elf, without);
}

bool elf_has_linux_sections(const struct elf *elf)
{
	/* Other kernels have .init.text too; these are Linux's own. */
	static const char *const names[] = {
		"__ksymtab",   ".notes",        "__ksymtab_gpl", "__ksymtab_strings",
		"__kcrctab",   "__param",       "__modver",      "__ex_table",
		"__bug_table", ".data..percpu", ".data.percpu",  ".data..read_mostly",
		".init.setup", ".text.init",    ".pci_fixup",
	};
	struct elf_section section;

	for (uint32_t i = 1; i < MAX_LOOK && elf_section_at(elf, i, &section); i++)
		for (size_t k = 0; k < ARRAY_SIZE(names); k++)
			if (elf_section_named(&section, names[k]))
				return true;
	return false;
}

static bool is_xen_guest(const struct elf *elf)
{
	struct elf_note note;

	if (elf_find_note(elf, "Xen", XEN_ELFNOTE_GUEST_OS, &note))
		return span_starts(note.desc, SPAN_LITERAL("linux"));
	return elf_find_note(elf, "Xen", XEN_ELFNOTE_ENTRY, &note) ||
	       elf_find_note(elf, "Xen", XEN_ELFNOTE_PHYS32_ENTRY, &note);
}

/* The lowest address at which kernels are linked; user space and firmware are below. */
static const struct {
	uint16_t machine;
	uint64_t start32, start64;
} kernel_space[] = {
	/* PAGE_OFFSET and KSEG0 of arch/MACHINE/include/asm/page.h and addrspace.h; 32-bit x86 and ARM
	 * may split at 1, 2 or 3 GiB, of which the lower two could be programs. */
	{ EM_386, 0xc0000000, 0 },
	{ EM_ARM, 0xc0000000, 0 },
	{ EM_PPC, 0xc0000000, 0 },
	{ EM_MIPS, 0x80000000, 0x9000000000000000 },
	{ EM_MICROBLAZE, 0xc0000000, 0 },
	{ EM_OPENRISC, 0xc0000000, 0 },
	{ EM_XTENSA, 0xd0000000, 0 },
	{ EM_CSKY, 0x80000000, 0 },
	{ EM_ALTERA_NIOS2, 0xc0000000, 0 },
	{ EM_SH, 0x80000000, 0 },
	{ EM_RISCV, 0xc0000000, 0xff00000000000000 },
	{ EM_X86_64, 0, 0xff00000000000000 },
	{ EM_AARCH64, 0, 0xff00000000000000 },
	{ EM_PPC64, 0, 0xc000000000000000 },
	{ EM_IA_64, 0, 0xa000000000000000 },
	{ EM_LOONGARCH, 0, 0x8000000000000000 },
	{ EM_ALPHA_IN_USE, 0, 0xfffffc0000000000 },
	{ EM_S390, 0, 0x3ff00000000 },
};

static bool in_kernel_space(const struct elf *elf, uint64_t vaddr)
{
	for (size_t i = 0; i < ARRAY_SIZE(kernel_space); i++) {
		uint64_t start = elf->is64 ? kernel_space[i].start64 : kernel_space[i].start32;

		if (kernel_space[i].machine == elf->machine)
			return start && vaddr >= start;
	}
	return false;
}

static bool is_linked_as_kernel(const struct elf *elf)
{
	struct elf_segment segment;

	for (uint32_t i = 0; i < MAX_LOOK && elf_segment_at(elf, i, &segment); i++)
		if (segment.type == PT_LOAD && segment.memsz &&
		    (in_kernel_space(elf, segment.vaddr) || segment.vaddr != segment.paddr))
			return true;
	return false;
}

static int vmlinux_probe(struct span s)
{
	/* A relocatable kernel may have kept PT_DYNAMIC. */
	static const uint32_t without[] = { PT_INTERP, 0 };
	struct kimg_error *error;
	struct elf elf;

	if (!elf_is(s))
		return 0;
	error = elf_open(s, &elf);
	kimg_error_free(error);
	if (error || !is_executable(&elf, without))
		return 0;
	if (elf_has_linux_sections(&elf) || is_xen_guest(&elf))
		return 72;
	return elf.sections <= 1 && elf_is_standalone(&elf) && is_linked_as_kernel(&elf) ? 64 : 0;
}

static struct kimg_error *vmlinux_parse(struct kimg_part *part)
{
	part->kind = KIMG_PART_KERNEL;
	return elf_parse(part);
}

const struct format format_vmlinux = {
	.name = "vmlinux",
	.title = "Linux kernel, ELF",
	.refines = &format_elf,
	.probe = vmlinux_probe,
	.parse = vmlinux_parse,
};
