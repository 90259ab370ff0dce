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

/*
 * "[<ffffffff81000000>] ...", "  ? name+0x1/0x2 [module]": a frame wherever it stands; riscv writes no heading before
 * its traces, nor does KMSAN.
 */
static bool take_frame(struct report *report, struct span text)
{
	uint64_t address;
	struct span rest = text;

	scan_blanks(&rest);
	if (!scan_address(&rest, &address, NULL) && !frame_is_bare(text))
		return false;
	if (!frame_take(report, text))
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
