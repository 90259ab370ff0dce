/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Words for programs. */
#include "kimg/oops.h"

static const char *const kinds[KIMG_OOPS_KINDS] = {
	[KIMG_OOPS_OOPS] = "oops",
	[KIMG_OOPS_BUG] = "bug",
	[KIMG_OOPS_WARNING] = "warning",
	[KIMG_OOPS_PAGE_FAULT] = "page-fault",
	[KIMG_OOPS_NULL_POINTER] = "null-pointer",
	[KIMG_OOPS_GENERAL_PROTECTION] = "general-protection",
	[KIMG_OOPS_DIVIDE_ERROR] = "divide-error",
	[KIMG_OOPS_INVALID_OPCODE] = "invalid-opcode",
	[KIMG_OOPS_STACK_OVERFLOW] = "stack-overflow",
	[KIMG_OOPS_DOUBLE_FAULT] = "double-fault",
	[KIMG_OOPS_PANIC] = "panic",
	[KIMG_OOPS_HUNG_TASK] = "hung-task",
	[KIMG_OOPS_SOFT_LOCKUP] = "soft-lockup",
	[KIMG_OOPS_HARD_LOCKUP] = "hard-lockup",
	[KIMG_OOPS_RCU_STALL] = "rcu-stall",
	[KIMG_OOPS_KASAN] = "kasan",
	[KIMG_OOPS_KFENCE] = "kfence",
	[KIMG_OOPS_KMSAN] = "kmsan",
	[KIMG_OOPS_KCSAN] = "kcsan",
	[KIMG_OOPS_UBSAN] = "ubsan",
	[KIMG_OOPS_LOCKDEP] = "lockdep",
	[KIMG_OOPS_LIST_CORRUPTION] = "list-corruption",
	[KIMG_OOPS_REFCOUNT] = "refcount",
	[KIMG_OOPS_SLAB] = "slab",
	[KIMG_OOPS_BAD_PAGE] = "bad-page",
	[KIMG_OOPS_ATOMIC] = "atomic",
	[KIMG_OOPS_ALLOCATION] = "allocation",
	[KIMG_OOPS_OUT_OF_MEMORY] = "out-of-memory",
	[KIMG_OOPS_SYSRQ] = "sysrq",
	[KIMG_OOPS_MACHINE_CHECK] = "machine-check",
	[KIMG_OOPS_USERCOPY] = "usercopy",
	[KIMG_OOPS_WORKQUEUE] = "workqueue-lockup",
	[KIMG_OOPS_IRQ] = "irq",
	[KIMG_OOPS_NMI] = "nmi",
	[KIMG_OOPS_DUMP] = "dump",
};

const char *kimg_oops_kind_name(enum kimg_oops_kind kind)
{
	return (unsigned int)kind < KIMG_OOPS_KINDS ? kinds[kind] : "oops";
}

static const char *const archs[KIMG_OOPS_ARCHS] = {
	[KIMG_OOPS_ARCH_UNKNOWN] = "unknown", [KIMG_OOPS_ARCH_X86] = "x86",
	[KIMG_OOPS_ARCH_ARM] = "arm",         [KIMG_OOPS_ARCH_ARM64] = "arm64",
	[KIMG_OOPS_ARCH_RISCV] = "riscv",     [KIMG_OOPS_ARCH_PPC] = "ppc",
	[KIMG_OOPS_ARCH_S390] = "s390",       [KIMG_OOPS_ARCH_MIPS] = "mips",
	[KIMG_OOPS_ARCH_SPARC] = "sparc",     [KIMG_OOPS_ARCH_LOONGARCH] = "loongarch",
};

const char *kimg_oops_arch_name(enum kimg_oops_arch arch)
{
	return archs[(unsigned int)arch < KIMG_OOPS_ARCHS ? arch : KIMG_OOPS_ARCH_UNKNOWN];
}
