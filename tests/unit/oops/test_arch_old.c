/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What lines of old kernels say. */
#include "unit.h"

#include <stdlib.h>

#include "oops/describe.h"

/* clang-format off */
/* The forms of x86 from 2.6.18 to 4.9: arch/x86/kernel/dumpstack.c (4.9). */
static const char x86_64_brackets[] =
	"BUG: unable to handle kernel NULL pointer dereference at 0000000000000010\n"
	"IP: [<ffffffffa0012345>] probe+0x15/0x80 [example]\n"
	"PGD 3b5a067 PUD 3b5b067 PMD 0\n"
	"Oops: 0002 [#1] SMP\n"
	"CPU: 1 PID: 420 Comm: modprobe Tainted: G           O    4.4.0 #1\n"
	"task: ffff88003b0c0000 ti: ffff88003b1a0000 task.ti: ffff88003b1a0000\n"
	"RIP: 0010:[<ffffffffa0012345>]  [<ffffffffa0012345>] probe+0x15/0x80 [example]\n"
	"RSP: 0018:ffff88003b1a3c40  EFLAGS: 00010246\n"
	"RAX: 0000000000000010 RBX: ffff88003b1a3c80 RCX: 0000000000000001\n"
	"Stack:\n"
	" ffff88003b1a3c80 ffffffffa0012000 ffff88003b1a3c60 ffffffff810021a0\n"
	" 0000000000000000\n"
	"Call Trace:\n"
	" <IRQ> \n"
	" [<ffffffff8109a1b2>] ? tick_sched_timer+0x32/0x60\n"
	" <EOI> \n"
	" [<ffffffff810021a0>] do_one_initcall+0x90/0x1a0\n"
	" [<ffffffff8181a8f6>] entry_SYSCALL_64_fastpath+0x16/0x75\n"
	"Code: 55 48 89 e5 <c7> 00 01 00 00 00 5d c3\n"
	"RIP  [<ffffffffa0012345>] probe+0x15/0x80 [example]\n"
	" RSP <ffff88003b1a3c40>\n"
	"CR2: 0000000000000010\n"
	"---[ end trace 1a2b3c4d5e6f7081 ]---\n";

static const char x86_64_brackets_described[] =
	"x86 64 little\n"
	"block Call Trace\n"
	"pc probe+0x15/0x80 [example] @ffffffffa0012345 exact\n"
	"rsp=ffff88003b1a3c40 eflags=10246 rax=10 rbx=ffff88003b1a3c80 rcx=1 cr2=10\n"
	"frame ? tick_sched_timer+0x32/0x60 @ffffffff8109a1b2 <IRQ>\n"
	"frame do_one_initcall+0x90/0x1a0 @ffffffff810021a0\n"
	"frame entry_SYSCALL_64_fastpath+0x16/0x75 @ffffffff8181a8f6\n"
	"code 55 48 89 e5>c7 00 01 00 00 00 5d c3\n";

/* The forms of x86-64 to 2.6.17: arch/x86_64/kernel/traps.c. */
static const char x86_64_braces[] =
	"Unable to handle kernel NULL pointer dereference at 0000000000000008 RIP:\n"
	"<ffffffff8015c5f4>{kmem_cache_alloc+52}\n"
	"Oops: 0000 [1] SMP\n"
	"CPU 1\n"
	"Pid: 2810, comm: cat Not tainted 2.6.15\n"
	"RIP: 0010:[<ffffffff8015c5f4>] <ffffffff8015c5f4>{kmem_cache_alloc+52}\n"
	"RSP: 0018:ffff81003f1d9e58  EFLAGS: 00010046\n"
	"Call Trace:<ffffffff8017a0b1>{do_sys_open+65} <ffffffffa0012345>{:example:probe+18}\n"
	"       <ffffffff8010d826>{system_call+126}\n"
	"Code: 48 8b 45 00 48 85 c0\n";

static const char x86_64_braces_described[] =
	"x86 64 little\n"
	"block Call Trace\n"
	"pc kmem_cache_alloc+0x34/0 @ffffffff8015c5f4 exact\n"
	"rsp=ffff81003f1d9e58 eflags=10046\n"
	"frame do_sys_open+0x41/0 @ffffffff8017a0b1\n"
	"frame probe+0x12/0 [example] @ffffffffa0012345\n"
	"frame system_call+0x7e/0 @ffffffff8010d826\n"
	"code>48 8b 45 00 48 85 c0\n";

/* The forms of i386 in 2.6: arch/i386/kernel/traps.c (2.6.11). */
static const char i386_26[] =
	"Unable to handle kernel NULL pointer dereference at virtual address 00000004\n"
	" printing eip:\n"
	"c012f8e0\n"
	"*pde = 00000000\n"
	"Oops: 0000 [#1]\n"
	"Modules linked in: example\n"
	"CPU:    0\n"
	"EIP:    0060:[<c012f8e0>]    Not tainted VLI\n"
	"EFLAGS: 00010246   (2.6.11)\n"
	"EIP is at block_flushpage+0x24/0x50\n"
	"eax: 00000000   ebx: c1ab2340   ecx: 00000001   edx: c0345678\n"
	"ds: 007b   es: 007b   ss: 0068\n"
	"Process cat (pid: 2810, threadinfo=ec476000 task=f739ead0)\n"
	"Stack: c1ab2340 00000000 00001000 00000000\n"
	"       c0121d83 c1ab2340\n"
	"Call Trace:\n"
	" [<c0121d83>] truncate_inode_pages+0x63/0x1b0\n"
	" [<c0103f5f>] sysenter_past_esp+0x54/0x75\n"
	"Code: 8b 42 04 89 d8 <8b> 50 04 89 02\n";

static const char i386_26_described[] =
	"x86 32 little\n"
	"block Call Trace\n"
	"pc block_flushpage+0x24/0x50 @c012f8e0 exact\n"
	"eflags=10246 eax=0 ebx=c1ab2340 ecx=1 edx=c0345678 ds=7b es=7b ss=68\n"
	"frame truncate_inode_pages+0x63/0x1b0 @c0121d83\n"
	"frame sysenter_past_esp+0x54/0x75 @c0103f5f\n"
	"code 8b 42 04 89 d8>8b 50 04 89 02\n";

/* The forms of i386 in 2.4: arch/i386/kernel/traps.c (2.4.20). */
static const char i386_24[] =
	"Unable to handle kernel paging request at virtual address 0c00a4a4\n"
	" printing eip:\n"
	"c012f8e0\n"
	"*pde = 00000000\n"
	"Oops: 0000\n"
	"CPU:    0\n"
	"EIP:    0010:[<c012f8e0>]    Not tainted\n"
	"EFLAGS: 00010206\n"
	"eax: 0c00a48c   ebx: c1ab2340   ecx: 00000001   edx: c0345678\n"
	"esi: 00000000   edi: c1ab2340   ebp: 00000000   esp: c9c6dea0\n"
	"ds: 0018   es: 0018   ss: 0018\n"
	"Process dpkg (pid: 22720, stackpage=c9c6d000)\n"
	"Stack: c1ab2340 00000000 00001000 00000000 c0121d83 c1ab2340 00000000 00000000\n"
	"       00000000 c9c6df0c\n"
	"Call Trace:    [<c0121d83>] [<c0121e5b>] [<c0146a2c>]\n"
	"  [<c01089a7>]\n"
	"\n"
	"Code: 8b 50 18 85 d2 74 0a 8b 42 04 50 8b 42 08 ff d0 83 c4 04 eb\n";

static const char i386_24_described[] =
	"x86 32 little\n"
	"block Call Trace\n"
	"pc @c012f8e0 exact\n"
	"eflags=10206 eax=c00a48c ebx=c1ab2340 ecx=1 edx=c0345678 esi=0 edi=c1ab2340 ebp=0 esp=c9c6dea0 ds=18 es=18 ss=18\n"
	"frame @c0121d83\n"
	"frame @c0121e5b\n"
	"frame @c0146a2c\n"
	"frame @c01089a7\n"
	"code>8b 50 18 85 d2 74 0a 8b 42 04 50 8b 42 08 ff d0 83 c4 04 eb\n";

/* Red Hat's 2.4 wrote names, klogd put them in place of addresses. */
static const char i386_red_hat[] =
	"Unable to handle kernel NULL pointer dereference at virtual address 00000018\n"
	" printing eip:\n"
	"f8a1c012\n"
	"*pde = 00000000\n"
	"Oops: 0000\n"
	"CPU:    1\n"
	"EIP:    0060:[<f8a1c012>]    Not tainted\n"
	"EFLAGS: 00010246\n"
	"\n"
	"EIP is at probe [example] 0x12 (2.4.20-8smp)\n"
	"eax: 00000000   ebx: c1ab2340   ecx: 00000001   edx: c0345678\n"
	"Process insmod (pid: 811, stackpage=c9c6d000)\n"
	"Call Trace:   [<c0121d83>] sys_init_module [kernel] 0x5a3 (0xc9c6de94))\n"
	"[truncate_inode_pages+99/432] [example:probe+0x12/0x40]\n"
	"[<c01095af>] system_call [kernel] 0x33 (0xc9c6dfc0))\n"
	"\n"
	"Code:  Bad EIP value.\n";

static const char i386_red_hat_described[] =
	"x86 32 little\n"
	"block Call Trace\n"
	"pc probe+0x12/0 [example] @f8a1c012 exact\n"
	"eflags=10246 eax=0 ebx=c1ab2340 ecx=1 edx=c0345678\n"
	"frame sys_init_module+0x5a3/0 @c0121d83\n"
	"frame truncate_inode_pages+0x63/0x1b0\n"
	"frame probe+0x12/0x40 [example]\n"
	"frame system_call+0x33/0 @c01095af\n"
	"code (Bad EIP value.)\n";

/* The forms of arm to 5.12, Thumb: arch/arm/kernel/traps.c (4.9). */
static const char arm_old[] =
	"Unable to handle kernel NULL pointer dereference at virtual address 00000010\n"
	"pgd = c0004000\n"
	"[00000010] *pgd=00000000\n"
	"Internal error: Oops: 5 [#1] SMP THUMB2\n"
	"CPU: 0 PID: 1 Comm: swapper/0 Not tainted 4.9.0 #1\n"
	"task: ee0a8000 task.stack: ee0aa000\n"
	"PC is at probe+0x14/0x40\n"
	"LR is at driver_probe_device+0x1f/0x30\n"
	"pc : [<c0301234>]    lr : [<c0405678>]    psr: 60000033\n"
	"sp : ee0abe60  ip : 00000000  fp : 00000000\n"
	"[<c0301234>] (probe) from [<c0405678>] (driver_probe_device+0x1f/0x30)\n"
	"[<c0405678>] (driver_probe_device+0x0/0x30 [example]) from [<bf000034>] (bus_probe+0x10/0x30 [example])\n"
	"Function entered at [<c0405678>] from [<c0406789>]\n"
	"Code: 4b0e 447b 681b 2b00 (f8d3) 3000 \n"
	"---[ end trace 0123456789abcdef ]---\n";

static const char arm_old_described[] =
	"arm 32 ?\n"
	"block -\n"
	"pc probe+0x14/0x40 @c0301234 exact\n"
	"link driver_probe_device+0x1f/0x30 @c0405678\n"
	"psr=60000033 sp=ee0abe60 ip=0 fp=0\n"
	"frame driver_probe_device+0x1f/0x30 @c0405678\n"
	"frame bus_probe+0x10/0x30 [example] @bf000034\n"
	"frame @c0406789\n"
	"code 0e4b 7b44 1b68 002b>d3f8 0030\n";

/* The forms of arm64 to 4.16, and the state of a program: arch/arm64/kernel/process.c (4.9). */
static const char arm64_old[] =
	"Internal error: Oops: 96000005 [#1] PREEMPT SMP\n"
	"CPU: 2 PID: 812 Comm: cat Not tainted 4.9.0 #1\n"
	"task: ffff80007a0c0000 task.stack: ffff80007a1a0000\n"
	"PC is at probe+0x14/0x40\n"
	"LR is at vfs_read+0x8c/0x140\n"
	"pc : [<ffff000008a1b2c4>] lr : [<ffff00000820a1b0>] pstate: 60000145\n"
	"sp : ffff80007a1a3d40\n"
	"x29: ffff80007a1a3d40 x28: ffff80007a1a0000 \n"
	"Call trace:\n"
	"Exception stack(0xffff80007a1a3b70 to 0xffff80007a1a3ca0)\n"
	"3b60:                                   0000000000000000 0001000000000000\n"
	"[<ffff000008a1b2c4>] probe+0x14/0x40\n"
	"[<ffff00000820a1b0>] vfs_read+0x8c/0x140\n"
	"Code: a9be7bfd 910003fd f9000bf3 aa0003f3 (f9400021) \n"
	"---[ end trace 0123456789abcdef ]---\n";

static const char arm64_old_described[] =
	"arm64 64 ?\n"
	"block Call Trace\n"
	"pc probe+0x14/0x40 @ffff000008a1b2c4 exact\n"
	"link vfs_read+0x8c/0x140 @ffff00000820a1b0\n"
	"pstate=60000145 sp=ffff80007a1a3d40 x29=ffff80007a1a3d40 x28=ffff80007a1a0000\n"
	"frame probe+0x14/0x40 @ffff000008a1b2c4 exact\n"
	"frame vfs_read+0x8c/0x140 @ffff00000820a1b0\n"
	"code fd7bbea9 fd030091 f30b00f9 f30300aa>210040f9\n";

/* The forms of 32 bit and of 5.8: arch/riscv/kernel/process.c (5.4). */
static const char riscv_old[] =
	"Oops [#1]\n"
	"CPU: 0 PID: 1 Comm: swapper Not tainted 5.4.0 #1\n"
	"sepc: c0012344 ra : c0012340 sp : cf80be90\n"
	" gp : c0456780 tp : cf808000 t0 : 00000000\n"
	"sstatus: 00000120 sbadaddr: 00000004 scause: 0000000d\n"
	"Call Trace:\n"
	"[<c0012344>] probe+0x14/0x40\n"
	"[<c00021a0>] do_one_initcall+0x60/0x1a0\n";

static const char riscv_old_described[] =
	"riscv 32 little\n"
	"block Call Trace\n"
	"pc @c0012344 exact\n"
	"link @c0012340\n"
	"sp=cf80be90 gp=c0456780 tp=cf808000 t0=0 sstatus=120 sbadaddr=4 scause=d\n"
	"frame probe+0x14/0x40 @c0012344 exact\n"
	"frame do_one_initcall+0x60/0x1a0 @c00021a0\n";

/* The forms of 32 bit, big-endian, of 4.x: arch/powerpc/kernel/process.c (4.19). */
static const char ppc32[] =
	"Unable to handle kernel paging request for data at address 0x00000010\n"
	"Faulting instruction address: 0xc0301234\n"
	"Oops: Kernel access of bad area, sig: 11 [#1]\n"
	"BE PAGE_SIZE=4K PowerMac\n"
	"CPU: 0 PID: 1 Comm: swapper Not tainted 4.19.0 #1\n"
	"NIP:  c0301234 LR: c0301230 CTR: 00000000\n"
	"REGS: ef845d60 TRAP: 0300   Not tainted  (4.19.0)\n"
	"MSR:  00009032 <EE,ME,IR,DR,RI>  CR: 22000024  XER: 00000000\n"
	"DAR: 00000010 DSISR: 40000000 \n"
	"GPR00: c0301230 ef845e10 ef848000 00000000 00000001 c0456780 00000000 00000000 \n"
	"NIP [c0301234] probe+0x14/0x40\n"
	"LR [c0301230] probe+0x10/0x40\n"
	"Call Trace:\n"
	"[ef845e10] [c0301230] probe+0x10/0x40 (unreliable)\n"
	"[ef845e30] [c0004a14] do_one_initcall+0x38/0x19c\n"
	"--- interrupt: 901 at arch_cpu_idle+0x24/0x60\n"
	"    LR = arch_cpu_idle+0x24/0x60\n"
	"[ef845f40] [c0010a5c] ret_from_kernel_thread+0x5c/0x64\n"
	"Instruction dump:\n"
	"9421fff0 7c0802a6 90010014 \n"
	"<80630010> 38600000 \n"
	"---[ end trace 0123456789abcdef ]---\n";

static const char ppc32_described[] =
	"ppc 32 big\n"
	"block Call Trace\n"
	"pc probe+0x14/0x40 @c0301234 exact\n"
	"link probe+0x10/0x40 @c0301230\n"
	"ctr=0 msr=9032 cr=22000024 xer=0 dar=10 dsisr=40000000 gpr00=c0301230 gpr01=ef845e10 gpr02=ef848000 gpr03=0 gpr04=1 gpr05=c0456780 gpr06=0 gpr07=0\n"
	"frame ? probe+0x10/0x40 @c0301230\n"
	"frame do_one_initcall+0x38/0x19c @c0004a14\n"
	"code 9421fff0 7c0802a6 90010014>80630010 38600000\n"
	"block interrupt: 901\n"
	"pc arch_cpu_idle+0x24/0x60 exact\n"
	"link arch_cpu_idle+0x24/0x60\n"
	"frame ret_from_kernel_thread+0x5c/0x64 @c0010a5c\n";

/* 31 bit, of 3.x: arch/s390/kernel/dumpstack.c. */
static const char s390_31[] =
	"Oops: 0004 [#1] SMP \n"
	"CPU: 0 PID: 1 Comm: swapper Not tainted 3.10.0 #1\n"
	"Krnl PSW : 070c0000 80212346 (probe+0x16/0x40)\n"
	"           R:0 T:1 IO:1 EX:1 Key:0 M:1 W:0 P:0 AS:0 CC:0 PM:0 EA:1\n"
	"Krnl GPRS: 00000000 00000010 00000001 80212340\n"
	"Krnl Code: Bad PSW.\n";

static const char s390_31_described[] =
	"s390 32 big\n"
	"block -\n"
	"pc probe+0x16/0x40 @212346 exact\n"
	"psw_mask=70c0000 psw_addr=212346 r0=0 r1=10 r2=1 r3=80212340\n"
	"code (Bad PSW.)\n";

/* clang-format on */

static void x86_64_brackets_is_read(void **state)
{
	assert_described(x86_64_brackets, x86_64_brackets_described);
}

static void x86_64_braces_is_read(void **state)
{
	assert_described(x86_64_braces, x86_64_braces_described);
}

static void i386_26_is_read(void **state)
{
	assert_described(i386_26, i386_26_described);
}

static void i386_24_is_read(void **state)
{
	assert_described(i386_24, i386_24_described);
}

static void i386_red_hat_is_read(void **state)
{
	assert_described(i386_red_hat, i386_red_hat_described);
}

static void arm_old_is_read(void **state)
{
	assert_described(arm_old, arm_old_described);
}

static void arm64_old_is_read(void **state)
{
	assert_described(arm64_old, arm64_old_described);
}

static void riscv_old_is_read(void **state)
{
	assert_described(riscv_old, riscv_old_described);
}

static void ppc32_is_read(void **state)
{
	assert_described(ppc32, ppc32_described);
}

static void s390_31_is_read(void **state)
{
	assert_described(s390_31, s390_31_described);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(x86_64_brackets_is_read), cmocka_unit_test(x86_64_braces_is_read),
		cmocka_unit_test(i386_26_is_read),         cmocka_unit_test(i386_24_is_read),
		cmocka_unit_test(i386_red_hat_is_read),    cmocka_unit_test(arm_old_is_read),
		cmocka_unit_test(arm64_old_is_read),       cmocka_unit_test(riscv_old_is_read),
		cmocka_unit_test(ppc32_is_read),           cmocka_unit_test(s390_31_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
