/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The architectures that write reports. */
#include "oops/arch.h"

static const struct oops_arch *const archs[KIMG_OOPS_ARCHS] = {
	[KIMG_OOPS_ARCH_X86] = &oops_arch_x86,
	[KIMG_OOPS_ARCH_ARM] = &oops_arch_arm,
	[KIMG_OOPS_ARCH_ARM64] = &oops_arch_arm64,
	[KIMG_OOPS_ARCH_RISCV] = &oops_arch_riscv,
	[KIMG_OOPS_ARCH_PPC] = &oops_arch_ppc,
	[KIMG_OOPS_ARCH_S390] = &oops_arch_s390,
	[KIMG_OOPS_ARCH_MIPS] = &oops_arch_mips,
	[KIMG_OOPS_ARCH_SPARC] = &oops_arch_sparc,
	[KIMG_OOPS_ARCH_LOONGARCH] = &oops_arch_loongarch,
};

static const struct oops_arch *claimant(struct span text)
{
	for (size_t i = 0; i < KIMG_OOPS_ARCHS; i++)
		if (archs[i] && archs[i]->claims(text))
			return archs[i];
	return NULL;
}

/* "[<ffffffff81000000>] ...": a frame wherever it stands; riscv writes no heading before its traces. */
static bool take_frame(struct report *report, struct span text)
{
	uint64_t address;
	struct span rest;

	scan_blanks(&text);
	rest = text;
	if (!scan_address(&rest, &address, NULL) || !frame_take(report, text))
		return false;
	report->in_trace = true;
	return true;
}

bool arch_take(struct report *report, struct span text)
{
	struct kimg_oops *oops = &report->oops;
	const struct oops_arch *arch = oops->arch ? archs[oops->arch] : claimant(text);
	unsigned int follows = report->follows;

	if (arch) {
		oops->arch = arch->arch;
		if (arch->take(report, text))
			return true;
	}
	if (follows == report->follows)
		report->follows = 0;
	return other_take(report, text) || take_frame(report, text);
}

/* Functions that the traces of one architecture alone end in. */
static const struct arch_mark {
	const char *symbol; /* what the name starts with */
	enum kimg_oops_arch arch;
	unsigned int bits;
} marks[] = {
	{ "entry_SYSCALL_64", KIMG_OOPS_ARCH_X86, 64 },
	{ "do_syscall_64", KIMG_OOPS_ARCH_X86, 64 },
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
	settle(oops);
}
