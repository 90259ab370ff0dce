/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The reports of the samples in tests/data/oops, as a person reads them. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "oops/reports.h"

#define K(kind) KIMG_OOPS_##kind

static const struct expected {
	const char *file;
	enum kimg_oops_kind kind;
	int64_t cpu, pid;
	const char *comm, *release, *taint;
	size_t modules;
	const char *title;
} expected[] = {
	{ "arm64-null.log", K(NULL_POINTER), 0, 174, "init", "6.12.117+deb13-arm64",
	  "G           OE", 1, "BUG: kernel NULL pointer dereference in kc_level3" },
	{ "arm64-warn.log", K(WARNING), 0, 173, "init", "6.12.117+deb13-arm64", "G           OE", 1,
	  "WARNING in kc_write" },
	{ "armhf-bug.log", K(BUG), 1, 181, "init", "6.12.107+deb13-armmp", "G           OE", 1,
	  "kernel BUG in kc_write" },
	{ "armhf-null.log", K(NULL_POINTER), 1, 177, "init", "6.12.107+deb13-armmp",
	  "G           OE", 1, "BUG: kernel NULL pointer dereference in kc_level3" },
	{ "i386-boot-warn.log", K(WARNING), 1, 0, "swapper/1", "6.1.0-50-686-pae", NULL, 0,
	  "WARNING in init_amd" },
	{ "i386-null.log", K(NULL_POINTER), 1, 123, "init", "6.1.0-50-686-pae", "G S      W  OE", 1,
	  "BUG: kernel NULL pointer dereference in kc_level3" },
	{ "i386-warn.log", K(WARNING), 1, 123, "init", "6.1.0-50-686-pae", "G S      W  OE", 1,
	  "WARNING in kc_write" },
	{ "ppc64el-null.log", K(PAGE_FAULT), 1, 147, "insmod", "6.12.107+deb13-powerpc64le",
	  "G           OE", 1, "BUG: unable to handle page fault in kc_init" },
	{ "ppc64el-sysrq-c.log", K(PANIC), -1, -1, NULL, NULL, NULL, 0,
	  "kernel panic: sysrq triggered crash" },
	{ "riscv64-bug.log", K(BUG), 0, 171, "init", "6.12.107+deb13-riscv64", "G           OE", 1,
	  "kernel BUG in kc_write" },
	{ "riscv64-null.log", K(NULL_POINTER), 1, 173, "init", "6.12.107+deb13-riscv64",
	  "G           OE", 1, "BUG: kernel NULL pointer dereference in kc_level3" },
	{ "x86_64-6.1-atomic.log", K(ATOMIC), 1, 133, "init", "6.1.0-56-amd64", "G           OE", 1,
	  "BUG: scheduling while atomic in kc_write" },
	{ "x86_64-6.1-atomic.log", K(ATOMIC), 1, 133, "init", "6.1.0-56-amd64", "G        W  OE", 1,
	  "BUG: scheduling while atomic in do_task_dead" },
	{ "x86_64-6.1-hung.log", K(HUNG_TASK), -1, 133, "kc_hung", "6.1.0-56-amd64",
	  "G           OE", 0, "INFO: task hung in kc_hung" },
	{ "x86_64-6.1-hung.log", K(HUNG_TASK), -1, 133, "kc_hung", "6.1.0-56-amd64",
	  "G           OE", 0, "INFO: task hung in kc_hung" },
	{ "x86_64-6.1-init.log", K(PANIC), 0, 1, "init", "6.1.0-56-amd64", "G           OE", 0,
	  "kernel panic: Attempted to kill init!" },
	{ "x86_64-6.1-list.log", K(LIST_CORRUPTION), 0, 132, "init", "6.1.0-56-amd64",
	  "G           OE", 1, "BUG: corrupted list in kc_write" },
	{ "x86_64-6.1-multi.log", K(NULL_POINTER), 0, 132, "init", "6.1.0-56-amd64",
	  "G           OE", 1, "BUG: kernel NULL pointer dereference in kc_level3" },
	{ "x86_64-6.1-multi.log", K(NULL_POINTER), 0, 135, "init", "6.1.0-56-amd64",
	  "G      D    OE", 1, "BUG: kernel NULL pointer dereference in kc_level3" },
	{ "x86_64-6.1-multi.log", K(NULL_POINTER), 1, 133, "init", "6.1.0-56-amd64",
	  "G      D    OE", 1, "BUG: kernel NULL pointer dereference in kc_level3" },
	{ "x86_64-6.1-multi.log", K(NULL_POINTER), 0, 134, "init", "6.1.0-56-amd64",
	  "G      D    OE", 1, "BUG: kernel NULL pointer dereference in kc_level3" },
	{ "x86_64-6.1-multiw.log", K(WARNING), 1, 132, "init", "6.1.0-56-amd64", "G           OE",
	  1, "WARNING in kc_write" },
	{ "x86_64-6.1-multiw.log", K(WARNING), 1, 133, "init", "6.1.0-56-amd64", "G        W  OE",
	  1, "WARNING in kc_write" },
	{ "x86_64-6.1-multiw.log", K(WARNING), 1, 134, "init", "6.1.0-56-amd64", "G        W  OE",
	  1, "WARNING in kc_write" },
	{ "x86_64-6.1-multiw.log", K(WARNING), 1, 135, "init", "6.1.0-56-amd64", "G        W  OE",
	  1, "WARNING in kc_write" },
	{ "x86_64-6.1-multiw.log", K(WARNING), 1, 136, "init", "6.1.0-56-amd64", "G        W  OE",
	  1, "WARNING in kc_write" },
	{ "x86_64-6.1-multiw.log", K(WARNING), 1, 138, "init", "6.1.0-56-amd64", "G        W  OE",
	  1, "WARNING in kc_write" },
	{ "x86_64-6.1-multiw.log", K(WARNING), 0, 137, "init", "6.1.0-56-amd64", "G        W  OE",
	  0, "WARNING in kc_write" },
	{ "x86_64-6.1-multiw.log", K(WARNING), 1, 139, "init", "6.1.0-56-amd64", "G        W  OE",
	  1, "WARNING in kc_write" },
	{ "x86_64-6.1-softlockup.log", K(SOFT_LOCKUP), 0, 132, "init", "6.1.0-56-amd64",
	  "G           OE", 1, "BUG: soft lockup in kc_write" },
	{ "x86_64-6.1-softlockup.log", K(SOFT_LOCKUP), 0, 132, "init", "6.1.0-56-amd64",
	  "G           OEL", 1, "BUG: soft lockup in kc_write" },
	{ "x86_64-6.1-softlockup.log", K(RCU_STALL), 0, 132, "init", "6.1.0-56-amd64",
	  "G           OEL", 0, "INFO: rcu detected stall in kc_write" },
	{ "x86_64-6.1-stack.log", K(STACK_OVERFLOW), 1, 133, "init", "6.1.0-56-amd64",
	  "G           OE", 1, "kernel stack overflow in kc_recurse" },
	{ "x86_64-6.1-warn.log", K(WARNING), 0, 132, "init", "6.1.0-56-amd64", "G           OE", 1,
	  "WARNING in kc_write" },
	{ "x86_64-6.12-dump.log", K(DUMP), 1, 184, "init", "6.12.117+deb13-amd64", "G           OE",
	  0, "stack dump in kc_write" },
	{ "x86_64-6.12-multi.log", K(NULL_POINTER), 1, 183, "init", "6.12.117+deb13-amd64",
	  "G           OE", 1, "BUG: kernel NULL pointer dereference in kc_level3" },
	{ "x86_64-6.12-multi.log", K(NULL_POINTER), 0, 186, "init", "6.12.117+deb13-amd64",
	  "G      D    OE", 1, "BUG: kernel NULL pointer dereference in kc_level3" },
	{ "x86_64-6.12-multi.log", K(NULL_POINTER), 1, 185, "init", "6.12.117+deb13-amd64",
	  "G      D    OE", 1, "BUG: kernel NULL pointer dereference in kc_level3" },
	{ "x86_64-6.12-multi.log", K(NULL_POINTER), 0, 184, "init", "6.12.117+deb13-amd64",
	  "G      D    OE", 1, "BUG: kernel NULL pointer dereference in kc_level3" },
	{ "x86_64-6.12-multiw.log", K(WARNING), 0, 188, "init", "6.12.117+deb13-amd64",
	  "G        W  OE", 1, "WARNING in kc_write" },
	{ "x86_64-6.12-multiw.log", K(WARNING), 1, 189, "init", "6.12.117+deb13-amd64",
	  "G           OE", 1, "WARNING in kc_write" },
	{ "x86_64-6.12-multiw.log", K(WARNING), 0, 190, "init", "6.12.117+deb13-amd64",
	  "G        W  OE", 1, "WARNING in kc_write" },
	{ "x86_64-6.12-multiw.log", K(WARNING), 1, 191, "init", "6.12.117+deb13-amd64",
	  "G        W  OE", 1, "WARNING in kc_write" },
	{ "x86_64-6.12-multiw.log", K(WARNING), 1, 192, "init", "6.12.117+deb13-amd64",
	  "G        W  OE", 1, "WARNING in kc_write" },
	{ "x86_64-6.12-multiw.log", K(WARNING), 1, 194, "init", "6.12.117+deb13-amd64",
	  "G        W  OE", 1, "WARNING in kc_write" },
	{ "x86_64-6.12-multiw.log", K(WARNING), 1, 193, "init", "6.12.117+deb13-amd64",
	  "G        W  OE", 1, "WARNING in kc_write" },
	{ "x86_64-6.12-multiw.log", K(WARNING), 0, 195, "init", "6.12.117+deb13-amd64",
	  "G        W  OE", 1, "WARNING in kc_write" },
	{ "x86_64-6.12-null.log", K(NULL_POINTER), 0, 183, "init", "6.12.117+deb13-amd64",
	  "G           OE", 1, "BUG: kernel NULL pointer dereference in kc_level3" },
	{ "x86_64-6.12-oom.log", K(OUT_OF_MEMORY), 0, 184, "dd", "6.12.117+deb13-amd64",
	  "G           OE", 0, "out of memory in shmem_alloc_folio" },
	{ "x86_64-6.12-panic.log", K(NULL_POINTER), 0, 178, "init", "6.12.117+deb13-amd64",
	  "G           OE", 1, "BUG: kernel NULL pointer dereference in kc_level3" },
	{ "x86_64-6.12-rcustall.log", K(RCU_STALL), 0, 181, "init", "6.12.117+deb13-amd64",
	  "G           OE", 0, "INFO: rcu detected stall in kc_write" },
	{ "x86_64-6.12-rcustall.log", K(RCU_STALL), 0, 181, "init", "6.12.117+deb13-amd64",
	  "G           OE", 0, "INFO: rcu detected stall in kc_write" },
	{ "x86_64-6.12-rcustall.log", K(RCU_STALL), 0, 181, "init", "6.12.117+deb13-amd64",
	  "G           OE", 0, "INFO: rcu detected stall in kc_write" },
	{ "x86_64-6.12-rcustall.log", K(RCU_STALL), -1, -1, NULL, NULL, NULL, 0,
	  "INFO: rcu detected stall" },
	{ "x86_64-6.12-sysrq.log", K(SYSRQ), 1, 1, "init", "6.12.117+deb13-amd64", "G           OE",
	  0, "sysrq: Show backtrace of all active CPUs" },
	{ "x86_64-6.12-sysrq.log", K(SYSRQ), -1, -1, NULL, NULL, NULL, 0,
	  "sysrq: Show Blocked State" },
	{ "x86_64-6.12-sysrq.log", K(SYSRQ), -1, -1, NULL, NULL, NULL, 0, "sysrq: Show State" },
	{ "x86_64-6.12-warn-null-bug-gp.log", K(WARNING), 0, 189, "init", "6.12.117+deb13-amd64",
	  "G           OE", 1, "WARNING in kc_write" },
	{ "x86_64-6.12-warn-null-bug-gp.log", K(NULL_POINTER), 1, 191, "init",
	  "6.12.117+deb13-amd64", "G        W  OE", 1,
	  "BUG: kernel NULL pointer dereference in kc_level3" },
	{ "x86_64-6.12-warn-null-bug-gp.log", K(BUG), 1, 193, "init", "6.12.117+deb13-amd64",
	  "G      D W  OE", 1, "kernel BUG in kc_write" },
	{ "x86_64-6.12-warn-null-bug-gp.log", K(GENERAL_PROTECTION), 0, 195, "init",
	  "6.12.117+deb13-amd64", "G      D W  OE", 1, "general protection fault in kc_level3" },
	{ "ppc64el-null.devkmsg", K(PAGE_FAULT), 1, 147, "insmod", "6.12.107+deb13-powerpc64le",
	  "G           OE", 1, "BUG: unable to handle page fault in kc_init" },
	{ "riscv64-warn.devkmsg", K(WARNING), 1, 171, "init", "6.12.107+deb13-riscv64",
	  "G           OE", 1, "WARNING in kc_write" },
};

enum { EXPECTED = sizeof(expected) / sizeof(*expected) };

static void read_sample(const char *name, struct reports *reports)
{
	static char text[1 << 20];
	char path[512];
	size_t n;
	FILE *file;

	snprintf(path, sizeof(path), "%s/oops/%s", getenv("SAMPLES"), name);
	file = fopen(path, "r");
	assert_non_null(file);
	n = fread(text, 1, sizeof(text) - 1, file);
	fclose(file);
	text[n] = '\0';
	read_log(text, reports);
}

static void same_text(const char *file, const char *is, const char *wanted)
{
	if (!is != !wanted || (is && strcmp(is, wanted) != 0))
		fail_msg("%s: %s, not %s", file, is ? is : "nothing", wanted ? wanted : "nothing");
}

static void check(const struct kimg_oops *oops, const struct expected *wanted)
{
	same_text(wanted->file, kimg_oops_kind_name(oops->kind), kimg_oops_kind_name(wanted->kind));
	same_text(wanted->file, oops->title, wanted->title);
	same_text(wanted->file, oops->comm, wanted->comm);
	same_text(wanted->file, oops->release, wanted->release);
	same_text(wanted->file, oops->taint, wanted->taint);
	if (oops->cpu != wanted->cpu || oops->pid != wanted->pid ||
	    oops->module_count != wanted->modules)
		fail_msg("%s: CPU %d, PID %d, %zu modules", wanted->file, (int)oops->cpu,
			 (int)oops->pid, oops->module_count);
}

static void samples_have_these_reports(void **state)
{
	struct reports reports;

	for (size_t i = 0; i < EXPECTED; i += reports.count) {
		size_t n = 0;

		while (i + n < EXPECTED && strcmp(expected[i].file, expected[i + n].file) == 0)
			n++;
		read_sample(expected[i].file, &reports);
		if (reports.count != n)
			fail_msg("%s: %zu reports, not %zu", expected[i].file, reports.count, n);
		for (size_t j = 0; j < n; j++)
			check(reports.all[j], &expected[i + j]);
		free_reports(&reports);
	}
}

/* The same fault on other kernels, architectures and CPUs, alone and several at once. */
static void signatures_of(const char *const *names, char signature[17])
{
	struct reports reports;

	signature[0] = '\0';
	for (; *names; names++) {
		read_sample(*names, &reports);
		for (size_t i = 0; i < reports.count; i++) {
			if (!signature[0])
				strcpy(signature, reports.all[i]->signature);
			same_text(*names, reports.all[i]->signature, signature);
		}
		free_reports(&reports);
	}
}

static void faults_share_signatures(void **state)
{
	static const char *const faults[] = {
		"x86_64-6.12-null.log",  "x86_64-6.12-multi.log",
		"x86_64-6.12-panic.log", "x86_64-6.1-multi.log",
		"arm64-null.log",        "armhf-null.log",
		"riscv64-null.log",      NULL,
	};
	static const char *const warnings[] = {
		"x86_64-6.1-warn.log",  "arm64-warn.log",         "i386-warn.log",
		"riscv64-warn.devkmsg", "x86_64-6.12-multiw.log", NULL,
	};
	static const char *const bugs[] = { "armhf-bug.log", "riscv64-bug.log", NULL };
	char signatures[3][17];

	signatures_of(faults, signatures[0]);
	signatures_of(warnings, signatures[1]);
	signatures_of(bugs, signatures[2]);
	assert_string_not_equal(signatures[0], signatures[1]);
	assert_string_not_equal(signatures[0], signatures[2]);
	assert_string_not_equal(signatures[1], signatures[2]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(samples_have_these_reports),
		cmocka_unit_test(faults_share_signatures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
