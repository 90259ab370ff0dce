/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The architectures that write reports. */
#include "oops/lines.h"

static const struct oops_arch *const archs[] = {
	[KIMG_OOPS_ARCH_X86] = &oops_arch_x86,
};

static const struct oops_arch *claimant(struct span text)
{
	for (size_t i = 0; i < sizeof(archs) / sizeof(*archs); i++)
		if (archs[i] && archs[i]->claims(text))
			return archs[i];
	return NULL;
}

bool arch_take(struct report *report, struct span text)
{
	struct kimg_oops *oops = &report->oops;
	const struct oops_arch *arch = oops->arch ? archs[oops->arch] : claimant(text);

	if (!arch)
		return false;
	oops->arch = arch->arch;
	return arch->take(report, text);
}
