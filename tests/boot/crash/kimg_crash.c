/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Faults by name: a name written to /dev/kimg_crash makes the kernel report that fault. Lines that a report
 * must name carry a mark, "mark: NAME"; tests/boot/run looks them up by it. "flood COUNT" fills the log.
 *
 * A character device, as its file holds the module only while it is open: after a fault the module can be
 * unloaded, whereas the files of proc and debugfs wait for the write that never returned.
 */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/string.h>
#include <linux/uaccess.h>

/* Neither inlined nor cloned, and no tail call, as each adds something to what its callee returns. */
#define APART noinline __attribute__((noipa))
/* The kernel's own __cold stands for nothing with some compilers. */
#define UNLIKELY      noinline __attribute__((cold))
#define NOT_CANONICAL ((int *)0xdead4ead00000010ul)
#define DEPTH         24

static char *init_fault;
module_param(init_fault, charp, 0);

static volatile int sink;

/* ---- simple ones ---- */

static APART int deep(int level)
{
	int value;

	if (level == 0) {
		WARN_ON(1); /* mark: deep-bottom */
		return sink;
	}
	value = deep(level - 1); /* mark: deep */
	sink += value;
	return value + level;
}

static APART int warn(void)
{
	WARN(1, "kimg_crash warns of %d\n", 42); /* mark: warn */
	return ++sink;
}

static APART int bug(void)
{
	if (sink != -1)
		BUG(); /* mark: bug */
	return sink;
}

/* ---- in .text.unlikely, and in the .cold part of a function ---- */

static UNLIKELY void in_unlikely(void)
{
	WARN(1, "kimg_crash in .text.unlikely\n"); /* mark: unlikely */
	sink++;
}

static APART int has_cold_part(int value)
{
	sink = value * 3;
	if (value > 7) {
		sink += value;
		in_unlikely(); /* mark: cold */
		sink -= value;
	}
	return sink + 1;
}

/* ---- an inline chain ---- */

static __always_inline int read_once_more(int *from)
{
	return *(volatile int *)from + 1; /* mark: chain-0 */
}

static __always_inline int read_doubled(int *from)
{
	return read_once_more(from) * 2; /* mark: chain-1 */
}

static APART int chain_inner(int *from)
{
	int value = read_doubled(from); /* mark: chain-2 */

	sink = value;
	return value;
}

static APART int chain_middle(int *from)
{
	int value = chain_inner(from); /* mark: chain-middle */

	sink += value;
	return value + 1;
}

static APART int chain_outer(int *from)
{
	int value = chain_middle(from); /* mark: chain-outer */

	sink += value;
	return value + 1;
}

static int fault(const char *name)
{
	if (!strcmp(name, "null"))
		return chain_outer(NULL); /* mark: fault-null */
	if (!strcmp(name, "gp"))
		return chain_outer(NOT_CANONICAL); /* mark: fault-gp */
	if (!strcmp(name, "warn"))
		return warn(); /* mark: fault-warn */
	if (!strcmp(name, "bug"))
		return bug(); /* mark: fault-bug */
	if (!strcmp(name, "cold"))
		return has_cold_part(8); /* mark: fault-cold */
	if (!strcmp(name, "deep"))
		return deep(DEPTH); /* mark: fault-deep */
	return -EINVAL;
}

/* ---- many records, as fast as the kernel itself can say them ---- */

static void flood(unsigned int count)
{
	for (unsigned int i = 0; i < count; i++) {
		pr_info("kimg-flood %u of the records that fill the ring\n", i);
		if (i % 256 == 255)
			cond_resched();
	}
}

static ssize_t crash_write(struct file *file, const char __user *from, size_t size,
			   loff_t *position)
{
	char name[32] = {};
	unsigned int count;

	if (size >= sizeof(name) || copy_from_user(name, from, size))
		return -EINVAL;
	if (sscanf(name, "flood %u", &count) == 1) {
		flood(count);
		return size;
	}
	if (fault(strim(name)) == -EINVAL) /* mark: write */
		return -EINVAL;
	return size;
}

static const struct file_operations crash_operations = {
	.owner = THIS_MODULE,
	.write = crash_write,
};

static struct miscdevice crash_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "kimg_crash",
	.fops = &crash_operations,
};

/* In .init.text, which is gone as soon as the module is loaded. */
static APART int __init warn_in_init(void)
{
	WARN(1, "kimg_crash in .init.text\n"); /* mark: init-warn */
	return ++sink;
}

static int __init crash_init(void)
{
	if (init_fault && !strcmp(init_fault, "warn"))
		warn_in_init(); /* mark: init */
	return misc_register(&crash_device);
}

static void __exit crash_exit(void)
{
	misc_deregister(&crash_device);
}

module_init(crash_init);
module_exit(crash_exit);
MODULE_DESCRIPTION("Faults by name");
MODULE_LICENSE("GPL");
