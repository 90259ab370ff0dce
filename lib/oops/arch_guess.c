/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The architecture of reports without lines that only one writes: by the functions that their traces end in, the stacks
 * they name, the release of the kernel, the hardware.
 */
#include "oops/arch.h"

/* Functions that the traces of one architecture alone end in. */
static const struct arch_mark {
	const char *symbol; /* what the name starts with */
	enum kimg_oops_arch arch;
	unsigned int bits;
} marks[] = {
	{ "entry_SYSCALL_64", KIMG_OOPS_ARCH_X86, 64 },
	{ "entry_SYSCALL", KIMG_OOPS_ARCH_X86, 64 },
	{ "system_call_fastpath", KIMG_OOPS_ARCH_X86, 64 },
	{ "do_syscall_64", KIMG_OOPS_ARCH_X86, 64 },
	{ "__x64_sys_", KIMG_OOPS_ARCH_X86, 64 },
	{ "sysenter_dispatch", KIMG_OOPS_ARCH_X86, 64 },
	{ "sysenter_past_esp", KIMG_OOPS_ARCH_X86, 32 },
	{ "do_fast_syscall_32", KIMG_OOPS_ARCH_X86, 0 },
	{ "apic_timer_interrupt", KIMG_OOPS_ARCH_X86, 0 },
	{ "smp_apic_timer_interrupt", KIMG_OOPS_ARCH_X86, 0 },
	{ "x86_64_start_", KIMG_OOPS_ARCH_X86, 64 },
	{ "secondary_startup_64", KIMG_OOPS_ARCH_X86, 64 },
	{ "common_startup_64", KIMG_OOPS_ARCH_X86, 64 },
	{ "entry_SYSENTER_32", KIMG_OOPS_ARCH_X86, 32 },
	{ "entry_INT80_32", KIMG_OOPS_ARCH_X86, 32 },
	{ "startup_32_smp", KIMG_OOPS_ARCH_X86, 32 },
	{ "ret_from_fork_asm", KIMG_OOPS_ARCH_X86, 0 },
	{ "asm_sysvec_", KIMG_OOPS_ARCH_X86, 0 },
	{ "asm_exc_", KIMG_OOPS_ARCH_X86, 0 },
	{ "el0_svc", KIMG_OOPS_ARCH_ARM64, 64 },
	{ "el0_irq", KIMG_OOPS_ARCH_ARM64, 64 },
	{ "el1_irq", KIMG_OOPS_ARCH_ARM64, 64 },
	{ "el0t_64_", KIMG_OOPS_ARCH_ARM64, 64 },
	{ "el1h_64_", KIMG_OOPS_ARCH_ARM64, 64 },
	{ "__arm64_sys_", KIMG_OOPS_ARCH_ARM64, 64 },
	{ "__secondary_switched", KIMG_OOPS_ARCH_ARM64, 64 },
	{ "ret_fast_syscall", KIMG_OOPS_ARCH_ARM, 32 },
	{ "__irq_svc", KIMG_OOPS_ARCH_ARM, 32 },
	{ "__riscv_sys_", KIMG_OOPS_ARCH_RISCV, 0 },
	{ "do_trap_ecall_u", KIMG_OOPS_ARCH_RISCV, 0 },
	{ "ret_from_exception", KIMG_OOPS_ARCH_RISCV, 0 },
	{ "system_call_exception", KIMG_OOPS_ARCH_PPC, 64 },
	{ "system_call_vectored_common", KIMG_OOPS_ARCH_PPC, 64 },
	{ "ret_from_kernel_user_thread", KIMG_OOPS_ARCH_PPC, 0 },
	{ "ret_from_kernel_thread", KIMG_OOPS_ARCH_PPC, 0 },
	{ "__s390x_sys_", KIMG_OOPS_ARCH_S390, 64 },
	{ "__do_pgm_check", KIMG_OOPS_ARCH_S390, 64 },
	{ "handle_sys", KIMG_OOPS_ARCH_MIPS, 0 },
	{ "syscall_common", KIMG_OOPS_ARCH_MIPS, 0 },
	{ "linux_sparc_syscall", KIMG_OOPS_ARCH_SPARC, 0 },
};

static bool guess_by(struct kimg_oops *oops, const char *symbol)
{
	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++) {
		if (strncmp(symbol, marks[i].symbol, strlen(marks[i].symbol)) != 0)
			continue;
		if (oops->arch && oops->arch != marks[i].arch)
			continue;
		oops->arch = marks[i].arch;
		if (oops->bits == 0)
			oops->bits = marks[i].bits;
		return oops->bits != 0;
	}
	return false;
}

/* What firmware and device trees call the machines of one architecture alone. */
static const struct arch_hardware {
	const char *words;
	enum kimg_oops_arch arch;
	unsigned int bits;
} hardware[] = {
	{ "QEMU Standard PC", KIMG_OOPS_ARCH_X86, 0 },
	{ "QEMU Ubuntu", KIMG_OOPS_ARCH_X86, 0 },
	{ "Google Compute Engine", KIMG_OOPS_ARCH_X86, 64 },
	{ "VMware Virtual Platform", KIMG_OOPS_ARCH_X86, 0 },
	{ "ARM-Versatile Express", KIMG_OOPS_ARCH_ARM, 32 },
	{ "Generic DT based system", KIMG_OOPS_ARCH_ARM, 32 },
	{ "BCM2835", KIMG_OOPS_ARCH_ARM, 32 },
	{ "riscv-virtio", KIMG_OOPS_ARCH_RISCV, 0 },
	{ "pSeries", KIMG_OOPS_ARCH_PPC, 64 },
	{ "PowerNV", KIMG_OOPS_ARCH_PPC, 64 },
	{ "PowerMac", KIMG_OOPS_ARCH_PPC, 0 },
	{ "(KVM/Linux)", KIMG_OOPS_ARCH_S390, 64 },
	{ "(z/VM ", KIMG_OOPS_ARCH_S390, 64 },
	{ "(LPAR)", KIMG_OOPS_ARCH_S390, 64 },
};

/* What makers and distributions put into the name of a release. */
static const struct arch_hardware releases[] = {
	{ "amd64", KIMG_OOPS_ARCH_X86, 64 },
	{ "x86_64", KIMG_OOPS_ARCH_X86, 64 },
	{ "-686", KIMG_OOPS_ARCH_X86, 32 },
	{ "i686", KIMG_OOPS_ARCH_X86, 32 },
	{ "arm64", KIMG_OOPS_ARCH_ARM64, 64 },
	{ "aarch64", KIMG_OOPS_ARCH_ARM64, 64 },
	{ "armmp", KIMG_OOPS_ARCH_ARM, 32 },
	{ "armv7", KIMG_OOPS_ARCH_ARM, 32 },
	{ "riscv64", KIMG_OOPS_ARCH_RISCV, 64 },
	{ "powerpc64", KIMG_OOPS_ARCH_PPC, 64 },
	{ "ppc64", KIMG_OOPS_ARCH_PPC, 64 },
	{ "s390x", KIMG_OOPS_ARCH_S390, 64 },
	{ "sparc64", KIMG_OOPS_ARCH_SPARC, 64 },
	{ "loong64", KIMG_OOPS_ARCH_LOONGARCH, 64 },
	{ "loongarch64", KIMG_OOPS_ARCH_LOONGARCH, 64 },
	{ "octeon", KIMG_OOPS_ARCH_MIPS, 64 },
	{ "loongson-3", KIMG_OOPS_ARCH_MIPS, 64 },
	{ "5kc-malta", KIMG_OOPS_ARCH_MIPS, 64 },
	{ "4kc-malta", KIMG_OOPS_ARCH_MIPS, 32 },
};

static void guess_by_words(struct kimg_oops *oops, const char *text,
			   const struct arch_hardware *words, size_t count)
{
	for (size_t i = 0; text && i < count && !(oops->arch && oops->bits); i++) {
		if (!strstr(text, words[i].words) || (oops->arch && oops->arch != words[i].arch))
			continue;
		oops->arch = words[i].arch;
		if (oops->bits == 0)
			oops->bits = words[i].bits;
	}
}

/* Only x86 tells when a trace comes from one stack to another. */
static bool tells_stacks(const struct kimg_oops *oops)
{
	for (size_t i = 0; i < oops->block_count; i++)
		for (size_t j = 0; j < oops->blocks[i].frame_count; j++)
			if (oops->blocks[i].frames[j].context)
				return true;
	return false;
}

/* Which byte order and width an architecture always has. */
static void settle(struct kimg_oops *oops)
{
	switch (oops->arch) {
	case KIMG_OOPS_ARCH_LOONGARCH:
	case KIMG_OOPS_ARCH_ARM64:
		oops->bits = 64;
		break;
	case KIMG_OOPS_ARCH_ARM:
		oops->bits = 32;
		break;
	default:
		break;
	}
	if (oops->has_byte_order)
		return;
	/* ppc64le, powerpc64le; MIPS of Loongson is little-endian always */
	if (oops->release && (strstr(oops->release, "64le") || strstr(oops->release, "loongson"))) {
		oops->has_byte_order = true;
		return;
	}
	switch (oops->arch) {
	case KIMG_OOPS_ARCH_X86:
	case KIMG_OOPS_ARCH_RISCV:
	case KIMG_OOPS_ARCH_LOONGARCH:
		oops->has_byte_order = true;
		oops->big_endian = false;
		break;
	case KIMG_OOPS_ARCH_S390:
	case KIMG_OOPS_ARCH_SPARC:
		oops->has_byte_order = true;
		oops->big_endian = true;
		break;
	default:
		break;
	}
}

void arch_guess(struct report *report)
{
	struct kimg_oops *oops = &report->oops;
	bool done = oops->arch && oops->bits;

	for (size_t i = 0; i < oops->block_count && !done; i++)
		for (size_t j = 0; j < oops->blocks[i].frame_count && !done; j++)
			if (oops->blocks[i].frames[j].symbol)
				done = guess_by(oops, oops->blocks[i].frames[j].symbol);
	if (!oops->arch && tells_stacks(oops))
		oops->arch = KIMG_OOPS_ARCH_X86;
	guess_by_words(oops, oops->release, releases, sizeof(releases) / sizeof(*releases));
	guess_by_words(oops, oops->hardware, hardware, sizeof(hardware) / sizeof(*hardware));
	settle(oops);
}
