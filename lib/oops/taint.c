/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The letters of "Tainted: ": taint_flags of kernel/panic.c (6.12; FWCTL of 6.15). */
#include "oops/header.h"

static const struct kimg_oops_taint taints[] = {
	{ 'P', "PROPRIETARY_MODULE", "a proprietary module was loaded" },
	{ 'F', "FORCED_MODULE", "a module was loaded by force" },
	{ 'S', "CPU_OUT_OF_SPEC", "the processor or system is out of its specification" },
	{ 'R', "FORCED_RMMOD", "a module was unloaded by force" },
	{ 'M', "MACHINE_CHECK", "a machine check was reported" },
	{ 'B', "BAD_PAGE", "a bad page was found" },
	{ 'U', "USER", "a user or program asked for the taint" },
	{ 'D', "DIE", "the kernel has died before: an oops or BUG" },
	{ 'A', "OVERRIDDEN_ACPI_TABLE", "an ACPI table was overridden" },
	{ 'W', "WARN", "the kernel has warned before" },
	{ 'C', "CRAP", "a staging driver was loaded" },
	{ 'I', "FIRMWARE_WORKAROUND", "a bug of the firmware is worked around" },
	{ 'O', "OOT_MODULE", "an out-of-tree module was loaded" },
	{ 'E', "UNSIGNED_MODULE", "an unsigned module was loaded" },
	{ 'L', "SOFTLOCKUP", "a soft lockup has occurred" },
	{ 'K', "LIVEPATCH", "the kernel was live-patched" },
	{ 'X', "AUX", "a taint of the distribution's own" },
	{ 'T', "RANDSTRUCT", "structures were laid out at random when the kernel was built" },
	{ 'N', "TEST", "a test of the kernel itself was run" },
	{ 'J', "FWCTL", "fwctl was used to change a device" },
};

bool kimg_oops_taint(unsigned int bit, struct kimg_oops_taint *ret_taint)
{
	if (bit >= sizeof(taints) / sizeof(*taints))
		return false;
	*ret_taint = taints[bit];
	return true;
}

uint64_t taint_bit(uint8_t letter)
{
	for (unsigned int i = 0; i < sizeof(taints) / sizeof(*taints); i++)
		if (taints[i].letter == letter)
			return (uint64_t)1 << i;
	return 0;
}
