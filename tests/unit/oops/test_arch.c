/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the lines of each architecture say. */
#include "unit.h"

#include <stdlib.h>

#include "oops/describe.h"

/* clang-format off */
/* Shortened from a crash of Debian's 6.12.117 in QEMU. */
static const char x86_64[] =
	"BUG: unable to handle page fault for address: 00007fff12345000\n"
	"#PF: supervisor read access in kernel mode\n"
	"Oops: Oops: 0000 [#1] PREEMPT SMP NOPTI\n"
	"CPU: 0 UID: 0 PID: 186 Comm: init Tainted: G           OE      6.12.117+deb13-amd64 #1  Debian 6.12.117-1\n"
	"RIP: 0010:kc_level3+0x5/0x20 [kcrash]\n"
	"Code: Unable to access opcode bytes at 0xffffffffc04aefeb.\n"
	"RSP: 0018:ff7b6bc3404c3b80 EFLAGS: 00000246\n"
	"RAX: 0000000000000000 RBX: 0000000000000005 RCX: 0000000000000000\n"
	"FS:  000000002b0363c0(0000) GS:ff21730a9f200000(0000) knlGS:0000000000000000\n"
	"CS:  0010 DS: 0000 ES: 0000 CR0: 0000000080050033\n"
	"CR2: ffffffffc04aefeb CR3: 00000000021c2000 CR4: 0000000000751ef0\n"
	"PKRU: 55555554\n"
	"Call Trace:\n"
	" <TASK>\n"
	" kc_level2+0xa/0x30 [kcrash]\n"
	" ? __alloc_pages_noprof+0x16b/0x310\n"
	" entry_SYSCALL_64_after_hwframe+0x76/0x7e\n"
	"RIP: 0033:0x47b7a0\n"
	"Code: 84 e8 16 00 00 74 17 b8 01 00 00 00 0f 05 <48> 3d 00 f0 ff ff 77 58\n"
	"RSP: 002b:00007ffd23708a18 EFLAGS: 00000202 ORIG_RAX: 0000000000000001\n"
	" </TASK>\n"
	"Modules linked in: kcrash(OE)\n"
	"CR2: 00007fff12345000\n"
	"---[ end trace 0000000000000000 ]---\n"
	"RIP: 0010:kc_level3+0x5/0x20 [kcrash]\n"
	"Code: Unable to access opcode bytes at 0xffffffffc04aefeb.\n";

static const char x86_64_described[] =
	"x86 64 little\n"
	"block Call Trace\n"
	"pc kc_level3+0x5/0x20 [kcrash] exact\n"
	"rsp=ff7b6bc3404c3b80 eflags=246 rax=0 rbx=5 rcx=0 fs=2b0363c0 gs=ff21730a9f200000 knlgs=0 cs=10 ds=0 es=0 cr0=80050033 cr2=ffffffffc04aefeb cr3=21c2000 cr4=751ef0 pkru=55555554\n"
	"frame kc_level2+0xa/0x30 [kcrash] <TASK>\n"
	"frame ? __alloc_pages_noprof+0x16b/0x310 <TASK>\n"
	"frame entry_SYSCALL_64_after_hwframe+0x76/0x7e <TASK>\n"
	"code (Unable to access opcode bytes at 0xffffffffc04aefeb.)\n"
	"block -, user\n"
	"pc @47b7a0 exact\n"
	"rsp=7ffd23708a18 eflags=202 orig_rax=1\n"
	"code 84 e8 16 00 00 74 17 b8 01 00 00 00 0f 05>48 3d 00 f0 ff ff 77 58\n"
	"block -, repeated\n"
	"pc kc_level3+0x5/0x20 [kcrash] exact\n"
	"code (Unable to access opcode bytes at 0xffffffffc04aefeb.)\n";

/* Shortened from a crash of Debian's 6.1.176 in QEMU. */
static const char i386[] =
	"BUG: kernel NULL pointer dereference, address: 00000000\n"
	"Oops: 0000 [#1] PREEMPT SMP NOPTI\n"
	"CPU: 1 PID: 123 Comm: init Tainted: G S      W  OE      6.1.0-50-686-pae #1  Debian 6.1.176-1\n"
	"EIP: kc_level3+0x6/0x20 [kcrash]\n"
	"Code: Unable to access opcode bytes at 0xe081ffdc.\n"
	"EAX: 00000000 EBX: 00000005 ECX: fffffff9 EDX: e082109b\n"
	"ESI: c1ee5e4c EDI: 09919e70 EBP: c1ee5e2c ESP: c1ee5e24\n"
	"DS: 007b ES: 007b FS: 00d8 GS: 0033 SS: 0068 EFLAGS: 00000246\n"
	"CR0: 80050033 CR2: e081ffdc CR3: 0100b1c0 CR4: 00350ef0\n"
	"Call Trace:\n"
	" ? kc_level2+0xd/0x20 [kcrash]\n"
	" kc_level1+0xd/0x20 [kcrash]\n"
	"EIP: 0xb7fd6559\n"
	"Code: 34 cd 80 <5d> 5a 59 c3\n"
	"EAX: ffffffda EBX: 00000001 ECX: 09919e70 EDX: 00000005\n"
	"DS: 007b ES: 007b FS: 0000 GS: 0033 SS: 007b EFLAGS: 00000246\n"
	"Modules linked in: kcrash(OE)\n"
	"CR2: 0000000000000000\n"
	"---[ end trace 0000000000000000 ]---\n"
	"EIP: kc_level3+0x6/0x20 [kcrash]\n";

static const char i386_described[] =
	"x86 32 little\n"
	"block Call Trace\n"
	"pc kc_level3+0x6/0x20 [kcrash] exact\n"
	"eax=0 ebx=5 ecx=fffffff9 edx=e082109b esi=c1ee5e4c edi=9919e70 ebp=c1ee5e2c esp=c1ee5e24 ds=7b es=7b fs=d8 gs=33 ss=68 eflags=246 cr0=80050033 cr2=e081ffdc cr3=100b1c0 cr4=350ef0\n"
	"frame ? kc_level2+0xd/0x20 [kcrash]\n"
	"frame kc_level1+0xd/0x20 [kcrash]\n"
	"code (Unable to access opcode bytes at 0xe081ffdc.)\n"
	"block -, user\n"
	"pc @b7fd6559 exact\n"
	"eax=ffffffda ebx=1 ecx=9919e70 edx=5 ds=7b es=7b fs=0 gs=33 ss=7b eflags=246\n"
	"code 34 cd 80>5d 5a 59 c3\n"
	"block -, repeated\n"
	"pc kc_level3+0x6/0x20 [kcrash] exact\n";

/* Shortened from crashes of Debian's 6.12.107 in QEMU. */
static const char arm[] =
	"8<--- cut here ---\n"
	"Unhandled fault: page domain fault (0x01b) at 0x00000000\n"
	"[00000000] *pgd=42275835, *pte=00000000, *ppte=00000000\n"
	"Internal error: : 1b [#1] SMP ARM\n"
	"CPU: 1 UID: 0 PID: 177 Comm: init Tainted: G           OE      6.12.107+deb13-armmp #1  Debian 6.12.107-1\n"
	"PC is at kc_level3+0x8/0x24 [kcrash]\n"
	"LR is at kc_level2+0x10/0x30 [kcrash]\n"
	"pc : [<bf000008>]    lr : [<bf000034>]    psr: 60000013\n"
	"sp : e0979e80  ip : 0000001c  fp : 00000000\n"
	"r10: c244e540  r9 : e0979f80  r8 : c2835ee0\n"
	"Flags: nZCv  IRQs on  FIQs on  Mode SVC_32  ISA ARM  Segment none\n"
	"Control: 10c5387d  Table: 4268c06a  DAC: 00000051\n"
	"Register r1 information: 1-page vmalloc region starting at 0xbf004000 allocated at load_module+0x78c/0x1f7c\n"
	"Process init (pid: 177, stack limit = 0x15810770)\n"
	"Stack: (0xe0979e80 to 0xe097a000)\n"
	"9e80: e0979ea4 bf000064 e0979ea4 bf000300 c2620000 00000001 c2620000 00000004\n"
	"Call trace: \n"
	" kc_level3 [kcrash] from kc_level2+0x10/0x30 [kcrash]\n"
	" ksys_write from ret_fast_syscall+0x0/0x1c\n"
	"Exception stack(0xe0979fa8 to 0xe0979ff0)\n"
	"9fa0:                   00000000 00000000 00000001 01622db8 00000005 00000000\n"
	"Code: e3a02c01 e3003122 e1c420f0 eaffff1d (e7f001f2) \n"
	"---[ end trace 0000000000000000 ]---\n";

static const char arm_described[] =
	"arm 32 ?\n"
	"block Call Trace\n"
	"pc kc_level3+0x8/0x24 [kcrash] @bf000008 exact\n"
	"link kc_level2+0x10/0x30 [kcrash] @bf000034\n"
	"psr=60000013 sp=e0979e80 ip=1c fp=0 r10=c244e540 r9=e0979f80 r8=c2835ee0 control=10c5387d table=4268c06a dac=51\n"
	"frame kc_level2+0x10/0x30 [kcrash]\n"
	"frame ret_fast_syscall+0/0x1c exact\n"
	"code 012ca0e3 223100e3 f020c4e1 1dffffea>f201f0e7\n";

/* Shortened from a crash of Debian's 6.12.117 in QEMU. */
static const char arm64[] =
	"Unable to handle kernel NULL pointer dereference at virtual address 0000000000000000\n"
	"Mem abort info:\n"
	"  ESR = 0x0000000096000006\n"
	"  EC = 0x25: DABT (current EL), IL = 32 bits\n"
	"user pgtable: 4k pages, 48-bit VAs, pgdp=0000000043173000\n"
	"[0000000000000000] pgd=0800000043177003, p4d=0800000043177003, pud=08000000431ca003, pmd=0000000000000000\n"
	"Internal error: Oops: 0000000096000006 [#1] SMP\n"
	"CPU: 0 UID: 0 PID: 174 Comm: init Tainted: G           OE      6.12.117+deb13-arm64 #1  Debian 6.12.117-1\n"
	"pstate: 00000005 (nzcv daif -PAN -UAO -TCO -DIT -SSBS BTYPE=--)\n"
	"pc : kc_level3+0x8/0x30 [kcrash]\n"
	"lr : kc_level2+0x18/0x48 [kcrash]\n"
	"sp : ffff800080533a40\n"
	"x29: ffff800080533a40 x28: ffff208043cddc80 x27: 0000000000000000\n"
	"x2 : 0000000000000000 x1 : ffff9f8502a69018 x0 : 0000000000000000\n"
	"Call trace:\n"
	" kc_level3+0x8/0x30 [kcrash]\n"
	" kc_level1+0x18/0x48 [kcrash]\n"
	" el0t_64_sync+0x190/0x198\n"
	"Code: 6b598130 ffff9f85 aa1e03e9 d503201f (b9400000) \n"
	"---[ end trace 0000000000000000 ]---\n";

static const char arm64_described[] =
	"arm64 64 ?\n"
	"block Call Trace\n"
	"pc kc_level3+0x8/0x30 [kcrash] exact\n"
	"link kc_level2+0x18/0x48 [kcrash]\n"
	"pstate=5 esr=96000006 sp=ffff800080533a40 x29=ffff800080533a40 x28=ffff208043cddc80 x27=0 x2=0 x1=ffff9f8502a69018 x0=0\n"
	"frame kc_level3+0x8/0x30 [kcrash] exact\n"
	"frame kc_level2+0x18/0x48 [kcrash] inserted\n"
	"frame kc_level1+0x18/0x48 [kcrash]\n"
	"frame el0t_64_sync+0x190/0x198\n"
	"code 3081596b 859fffff e9031eaa 1f2003d5>000040b9\n";

/* 6.13 tells where an entry comes from: arch/arm64/kernel/stacktrace.c. */
static const char arm64_suffixes[] =
	"WARNING: CPU: 0 PID: 1 at kernel/example.c:12 probe+0x14/0x40 [example]\n"
	"CPU: 0 UID: 0 PID: 1 Comm: init Not tainted 6.13.0 #1\n"
	"pstate: 60000005 (nZCv daif -PAN -UAO -TCO -DIT -SSBS BTYPE=--)\n"
	"pc : probe+0x14/0x40 [example 0123456789abcdef0123456789abcdef01234567]\n"
	"lr : probe+0x14/0x40 [example 0123456789abcdef0123456789abcdef01234567]\n"
	"Call trace:\n"
	" probe+0x14/0x40 [example 0123456789abcdef0123456789abcdef01234567] (P)\n"
	" do_one_initcall+0x60/0x1d4\n"
	"---[ end trace 0000000000000000 ]---\n";

static const char arm64_suffixes_described[] =
	"arm64 64 ?\n"
	"block Call Trace\n"
	"pc probe+0x14/0x40 [example 0123456789abcdef0123456789abcdef01234567] exact\n"
	"link probe+0x14/0x40 [example 0123456789abcdef0123456789abcdef01234567]\n"
	"pstate=60000005\n"
	"frame probe+0x14/0x40 [example 0123456789abcdef0123456789abcdef01234567] exact\n"
	"frame do_one_initcall+0x60/0x1d4\n";

/* Of a program the kernel writes numbers alone. */
static const char arm64_program[] =
	"WARNING: CPU: 1 PID: 99 at kernel/example.c:1 probe+0x1/0x2\n"
	"CPU: 1 PID: 99 Comm: a.out Not tainted 6.1.0 #1\n"
	"pstate: 60001000 (nZCv daif -PAN -UAO -TCO -DIT +SSBS BTYPE=--)\n"
	"pc : 0000aaaad5f20754\n"
	"lr : 0000ffff9c8d7740\n"
	"sp : 0000fffff2a1b5c0\n"
	"x29: 0000fffff2a1b5c0 x28: 0000000000000000\n";

static const char arm64_program_described[] =
	"arm64 64 ?\n"
	"block -, user\n"
	"pc @aaaad5f20754 exact\n"
	"link @ffff9c8d7740\n"
	"pstate=60001000 sp=fffff2a1b5c0 x29=fffff2a1b5c0 x28=0\n";

/* Shortened from crashes of Debian's 6.12.107 in QEMU. */
static const char riscv[] =
	"Unable to handle kernel access to user memory without uaccess routines at virtual address 0000000000000000\n"
	"Oops [#1]\n"
	"CPU: 1 UID: 0 PID: 173 Comm: init Tainted: G           OE      6.12.107+deb13-riscv64 #1  Debian 6.12.107-1\n"
	"epc : kc_level3+0xe/0x24 [kcrash]\n"
	" ra : kc_level2+0x18/0x32 [kcrash]\n"
	"epc : ffffffff01e6b00e ra : ffffffff01e6b03c sp : ff2000000049b970\n"
	" gp : ffffffff81db6718 tp : ff600000030ee3c0 t0 : 000000006c6c756e\n"
	"status: 0000000200000120 badaddr: 0000000000000000 cause: 000000000000000d\n"
	"[<ffffffff01e6b00e>] kc_level3+0xe/0x24 [kcrash]\n"
	"[<ffffffff01e6b06e>] kc_level1+0x18/0x32 [kcrash]\n"
	"Code: 658d 8593 8005 0537 0040 0097 7e42 80e7 90e0 b645 (9002) d597 \n"
	"---[ end trace 0000000000000000 ]---\n";

static const char riscv_described[] =
	"riscv 64 little\n"
	"block -\n"
	"pc kc_level3+0xe/0x24 [kcrash] @ffffffff01e6b00e exact\n"
	"link kc_level2+0x18/0x32 [kcrash] @ffffffff01e6b03c\n"
	"sp=ff2000000049b970 gp=ffffffff81db6718 tp=ff600000030ee3c0 t0=6c6c756e status=200000120 badaddr=0 cause=d\n"
	"frame kc_level3+0xe/0x24 [kcrash] @ffffffff01e6b00e exact\n"
	"frame kc_level2+0x18/0x32 [kcrash] @ffffffff01e6b03c inserted\n"
	"frame kc_level1+0x18/0x32 [kcrash] @ffffffff01e6b06e\n"
	"code 8d65 9385 0580 3705 4000 9700 427e e780 e090 45b6>0290 97d5\n";

/* Shortened from a crash of Debian's 6.12.107 in QEMU. */
static const char ppc64le[] =
	"BUG: Unable to handle kernel instruction fetch\n"
	"Faulting instruction address: 0x7374756200000000\n"
	"Oops: Kernel access of bad area, sig: 11 [#1]\n"
	"LE PAGE_SIZE=4K MMU=Radix SMP NR_CPUS=2048 NUMA pSeries\n"
	"CPU: 1 UID: 0 PID: 147 Comm: insmod Tainted: G           OE      6.12.107+deb13-powerpc64le #1  Debian 6.12.107-1\n"
	"NIP:  7374756200000000 LR: c0080000003a7c00 CTR: 7374756200000000\n"
	"REGS: c00000000476f7d0 TRAP: 0480   Tainted: G           OE       (6.12.107+deb13-powerpc64le Debian 6.12.107-1)\n"
	"MSR:  8000000002009033 <SF,VEC,EE,ME,IR,DR,RI,LE>  CR: 24004282  XER: 0000011e\n"
	"CFAR: c0080000003a8064 IRQMASK: 0 \n"
	"GPR00: c000000000010b50 c00000000476fa70 c0080000003b27f8 c0080000003aa0d0 \n"
	"GPR08: 0000000000000000 c0080000003b27f8 0000000000000000 c0080000003a8048 \n"
	"NIP [7374756200000000] 0x7374756200000000\n"
	"LR [c0080000003a7c00] kc_init+0x3c/0x6c [kcrash]\n"
	"Call Trace:\n"
	"[c00000000476fa70] [c00000000457b0e0] 0xc00000000457b0e0 (unreliable)\n"
	"[c00000000476fa90] [c000000000010b50] do_one_initcall+0x80/0x3b0\n"
	"--- interrupt: 3000 at 0x10201ea8\n"
	"NIP:  0000000010201ea8 LR: 0000000010201ea8 CTR: 0000000000000000\n"
	"MSR:  800000000000f033 <SF,EE,PR,FP,ME,IR,DR,RI,LE>  CR: 42004280  XER: 00000000\n"
	"NIP [0000000010201ea8] 0x10201ea8\n"
	"LR [0000000010201ea8] 0x10201ea8\n"
	"--- interrupt: 3000\n"
	"Code: 60000000 XXXXXXXX <7c0802a6> \n"
	"---[ end trace 0000000000000000 ]---\n";

static const char ppc64le_described[] =
	"ppc 64 little\n"
	"block Call Trace\n"
	"pc @7374756200000000 exact\n"
	"link kc_init+0x3c/0x6c [kcrash] @c0080000003a7c00\n"
	"ctr=7374756200000000 msr=8000000002009033 cr=24004282 xer=11e cfar=c0080000003a8064 irqmask=0 gpr00=c000000000010b50 gpr01=c00000000476fa70 gpr02=c0080000003b27f8 gpr03=c0080000003aa0d0 gpr08=0 gpr09=c0080000003b27f8 gpr10=0 gpr11=c0080000003a8048\n"
	"frame kc_init+0x3c/0x6c [kcrash] @c0080000003a7c00 inserted\n"
	"frame ? @c00000000457b0e0\n"
	"frame do_one_initcall+0x80/0x3b0 @c000000000010b50\n"
	"code 00000060 -------->a602087c\n"
	"block interrupt: 3000, user\n"
	"pc @10201ea8 exact\n"
	"link @10201ea8\n"
	"ctr=0 msr=800000000000f033 cr=42004280 xer=0\n";

/* After the formats of arch/s390/kernel/dumpstack.c and dis.c (6.12). */
static const char s390[] =
	"Unable to handle kernel pointer dereference in virtual kernel address space\n"
	"Failing address: 0000000000000000 TEID: 0000000000000483\n"
	"Oops: 0038 ilc:2 [#1] SMP \n"
	"CPU: 0 UID: 0 PID: 174 Comm: init Tainted: G           OE      6.12.107+deb13-s390x #1\n"
	"Krnl PSW : 0704d00180000000 000003ff7e9cf2ee (kc_level3+0x6/0x28 [kcrash])\n"
	"           R:0 T:1 IO:1 EX:1 Key:0 M:1 W:0 P:0 AS:3 CC:1 PM:0 RI:0 EA:3\n"
	"Krnl GPRS: 0000000000000000 000003ff7e9d3018 0000000000000005 0000000000000000\n"
	"           0000000000000001 0000000000000002 0000000000000003 0000000000000004\n"
	"           0000000000000008 0000000000000009 000000000000000a 000000000000000b\n"
	"           000000000000000c 000000000000000d 000003ff7e9cf31a 000003ffe0123bd0\n"
	"Krnl Code: 000003ff7e9cf2e8: c00400000000	brcl	0,000003ff7e9cf2e8\n"
	"          #000003ff7e9cf2ec: 1f11		slr	%r1,%r1\n"
	"          >000003ff7e9cf2ee: e31010000004	lg	%r1,0(%r1)\n"
	"           000003ff7e9cf2f4: 07fe		bcr	15,%r14\n"
	"Call Trace:\n"
	" [<000003ff7e9cf2ee>] kc_level3+0x6/0x28 [kcrash] \n"
	"([<000003ff7e9cf31a>] kc_level2+0x1a/0x40 [kcrash])\n"
	" [<000003ff7e9cf36a>] kc_level1+0x1a/0x40 [kcrash] \n"
	"Last Breaking-Event-Address:\n"
	" [<000003ff7e9cf318>] kc_level2+0x18/0x40 [kcrash]\n"
	"---[ end trace 0000000000000000 ]---\n";

static const char s390_described[] =
	"s390 64 big\n"
	"block Call Trace\n"
	"pc kc_level3+0x6/0x28 [kcrash] @3ff7e9cf2ee exact\n"
	"psw_mask=704d00180000000 psw_addr=3ff7e9cf2ee r0=0 r1=3ff7e9d3018 r2=5 r3=0 r4=1 r5=2 r6=3 r7=4 r8=8 r9=9 r10=a r11=b r12=c r13=d r14=3ff7e9cf31a r15=3ffe0123bd0\n"
	"frame kc_level3+0x6/0x28 [kcrash] @3ff7e9cf2ee exact\n"
	"frame ? kc_level2+0x1a/0x40 [kcrash] @3ff7e9cf31a\n"
	"frame kc_level1+0x1a/0x40 [kcrash] @3ff7e9cf36a\n"
	"code c0 04 00 00 00 00 1f 11>e3 10 10 00 00 04 07 fe\n"
	"000003ff7e9cf2e8: c00400000000\tbrcl\t0,000003ff7e9cf2e8\n"
	"#000003ff7e9cf2ec: 1f11\t\tslr\t%r1,%r1\n"
	">000003ff7e9cf2ee: e31010000004\tlg\t%r1,0(%r1)\n"
	"000003ff7e9cf2f4: 07fe\t\tbcr\t15,%r14\n"
	"block Last Breaking-Event-Address\n"
	"pc kc_level2+0x18/0x40 [kcrash] @3ff7e9cf318 exact\n";

/* After the formats of arch/mips/kernel/traps.c (6.12). */
static const char mips[] =
	"CPU 0 Unable to handle kernel paging request at virtual address 00000000, epc == c0002014, ra == c0002040\n"
	"Oops[#1]:\n"
	"CPU: 0 UID: 0 PID: 174 Comm: init Tainted: G           OE      6.12.107 #1\n"
	"$ 0   : 00000000 1000fc00 00000000 00000001\n"
	"$24   : 00000002 77e1a6f0                  \n"
	"$28   : 82cf6000 82cf7e58 77f0b000 c0002040\n"
	"Hi    : 00000000\n"
	"Lo    : 00000005\n"
	"epc   : c0002014 kc_level3+0x14/0x30 [kcrash]\n"
	"ra    : c0002040 kc_level2+0x20/0x40 [kcrash]\n"
	"Status: 1000fc03	KERNEL EXL IE \n"
	"Cause : 00800008 (ExcCode 02)\n"
	"BadVA : 00000000\n"
	"PrId  : 00019300 (MIPS 24Kc)\n"
	"Process init (pid: 174, threadinfo=82cf6000, task=82c88000, tls=77f12490)\n"
	"Stack : 00000000 00000000 82cf7e80 c0002070\n"
	"        ...\n"
	"Call Trace:\n"
	"[<c0002014>] kc_level3+0x14/0x30 [kcrash]\n"
	"[<c0002070>] kc_level1+0x20/0x40 [kcrash]\n"
	"\n"
	"Code: 27bdffe0  afbf001c  00001025 <8c420000> 8fbf001c \n"
	"---[ end trace 0000000000000000 ]---\n";

static const char mips_described[] =
	"mips 32 ?\n"
	"block Call Trace\n"
	"pc kc_level3+0x14/0x30 [kcrash] @c0002014 exact\n"
	"link kc_level2+0x20/0x40 [kcrash] @c0002040\n"
	"$0=0 $1=1000fc00 $2=0 $3=1 $24=2 $25=77e1a6f0 $28=82cf6000 $29=82cf7e58 $30=77f0b000 $31=c0002040 hi=0 lo=5 status=1000fc03 cause=800008 badva=0\n"
	"frame kc_level3+0x14/0x30 [kcrash] @c0002014 exact\n"
	"frame kc_level2+0x20/0x40 [kcrash] @c0002040 inserted\n"
	"frame kc_level1+0x20/0x40 [kcrash] @c0002070\n"
	"code e0ffbd27 1c00bfaf 25100000>0000428c 1c00bf8f\n";

/* After the formats of arch/sparc/kernel/process_64.c and traps_64.c (6.12). */
static const char sparc64[] =
	"Unable to handle kernel NULL pointer dereference\n"
	"              \\|/ ____ \\|/\n"
	"init(174): Oops [#1]\n"
	"CPU: 0 UID: 0 PID: 174 Comm: init Tainted: G           OE      6.12.107+deb13-sparc64 #1\n"
	"TSTATE: 0000004411001603 TPC: 00000000102a0014 TNPC: 00000000102a0018 Y: 00000000    Tainted: G           OE\n"
	"TPC: <kc_level3+0x14/0x40 [kcrash]>\n"
	"g0: 0000000000000000 g1: 0000000000000001 g2: 0000000000000002 g3: 0000000000000003\n"
	"o4: 0000000000000000 o5: 0000000000000001 sp: fff8000400a3f101 ret_pc: 00000000102a000c\n"
	"RPC: <kc_level3+0xc/0x40 [kcrash]>\n"
	"i4: 0000000000000004 i5: 0000000000000005 i6: fff8000400a3f1b1 i7: 00000000102a0054\n"
	"I7: <kc_level2+0x14/0x40 [kcrash]>\n"
	"Call Trace:\n"
	"[<00000000102a0054>] kc_level2+0x14/0x40 [kcrash]\n"
	"[<00000000005c1234>] vfs_write+0xd4/0x400\n"
	"Disabling lock debugging due to kernel taint\n"
	"Caller[00000000102a0054]: kc_level2+0x14/0x40 [kcrash]\n"
	"Instruction DUMP: 9de3bf50  80a0a000 <c4586008> 01000000 \n";

static const char sparc64_described[] =
	"sparc 64 big\n"
	"block Call Trace\n"
	"pc kc_level3+0x14/0x40 [kcrash] @102a0014 exact\n"
	"link kc_level3+0xc/0x40 [kcrash] @102a000c exact\n"
	"tstate=4411001603 tpc=102a0014 tnpc=102a0018 y=0 g0=0 g1=1 g2=2 g3=3 o4=0 o5=1 sp=fff8000400a3f101 ret_pc=102a000c i4=4 i5=5 i6=fff8000400a3f1b1 i7=102a0054\n"
	"frame kc_level2+0x14/0x40 [kcrash] @102a0054 exact\n"
	"frame vfs_write+0xd4/0x400 @5c1234 exact\n"
	"code 9de3bf50 80a0a000>c4586008 01000000\n"
	"block Caller\n"
	"frame kc_level2+0x14/0x40 [kcrash] @102a0054 exact\n";

/* After the formats of arch/loongarch/kernel/traps.c (6.12). */
static const char loongarch[] =
	"CPU 0 Unable to handle kernel paging request at virtual address 0000000000000000, era == ffff800002000014, ra == ffff800002000040\n"
	"Oops[#1]:\n"
	"CPU: 0 UID: 0 PID: 174 Comm: init Tainted: G           OE      6.12.107 #1\n"
	"pc ffff800002000014 ra ffff800002000040 tp 9000000106f7c000 sp 9000000106f7fd90\n"
	"a0 0000000000000000 a1 0000000000000001 a2 0000000000000002 a3 0000000000000003\n"
	"   ra: ffff800002000040 kc_level2+0x20/0x40 [kcrash]\n"
	"  ERA: ffff800002000014 kc_level3+0x14/0x30 [kcrash]\n"
	" CRMD: 000000b0 (PLV0 -IE -DA +PG DACF=CC DACM=CC -WE)\n"
	" PRMD: 00000004 (PPLV0 +PIE -PWE)\n"
	"ESTAT: 00010000 [PIL] (IS= ECode=1 EsubCode=0)\n"
	" BADV: 0000000000000000\n"
	" PRID: 0014c010 (Loongson-64bit, Loongson-3A5000)\n"
	"Stack : 0000000000000000 ffff800002000070\n"
	"Call Trace:\n"
	"[<ffff800002000014>] kc_level3+0x14/0x30 [kcrash]\n"
	"[<ffff800002000040>] kc_level2+0x20/0x40 [kcrash]\n"
	"\n"
	"Code: 02ffc063  29c02061  00150084 <24000084> 28c02061 \n";

static const char loongarch_described[] =
	"loongarch 64 little\n"
	"block Call Trace\n"
	"pc kc_level3+0x14/0x30 [kcrash] @ffff800002000014 exact\n"
	"link kc_level2+0x20/0x40 [kcrash] @ffff800002000040\n"
	"tp=9000000106f7c000 sp=9000000106f7fd90 a0=0 a1=1 a2=2 a3=3 crmd=b0 prmd=4 estat=10000 badv=0\n"
	"frame kc_level3+0x14/0x30 [kcrash] @ffff800002000014 exact\n"
	"frame kc_level2+0x20/0x40 [kcrash] @ffff800002000040\n"
	"code 63c0ff02 6120c029 84001500>84000024 6120c028\n";

/* After the formats of arch/alpha/kernel/traps.c (6.12). */
static const char alpha[] =
	"Unable to handle kernel paging request at virtual address 0000000000000010\n"
	"CPU 0 \n"
	"init(1): Oops 0\n"
	"pc = [<fffffc0000312344>]  ra = [<fffffc0000312340>]  ps = 0000    Not tainted\n"
	"pc is at probe+0x14/0x40\n"
	"ra is at do_one_initcall+0x60/0x1a0\n"
	"Trace:\n"
	"[<fffffc0000310a5c>] kernel_init+0x1c/0x120\n";

static const char alpha_described[] =
	"unknown 0 ?\n"
	"block Call Trace\n"
	"pc probe+0x14/0x40 exact\n"
	"link do_one_initcall+0x60/0x1a0\n"
	"frame do_one_initcall+0x60/0x1a0 inserted\n"
	"frame kernel_init+0x1c/0x120 @fffffc0000310a5c\n";

/* clang-format on */

static void x86_64_is_read(void **state)
{
	assert_described(x86_64, x86_64_described);
}

static void i386_is_read(void **state)
{
	assert_described(i386, i386_described);
}

static void arm_is_read(void **state)
{
	assert_described(arm, arm_described);
}

static void arm64_is_read(void **state)
{
	assert_described(arm64, arm64_described);
}

static void arm64_suffixes_is_read(void **state)
{
	assert_described(arm64_suffixes, arm64_suffixes_described);
}

static void arm64_program_is_read(void **state)
{
	assert_described(arm64_program, arm64_program_described);
}

static void riscv_is_read(void **state)
{
	assert_described(riscv, riscv_described);
}

static void ppc64le_is_read(void **state)
{
	assert_described(ppc64le, ppc64le_described);
}

static void s390_is_read(void **state)
{
	assert_described(s390, s390_described);
}

static void mips_is_read(void **state)
{
	assert_described(mips, mips_described);
}

static void sparc64_is_read(void **state)
{
	assert_described(sparc64, sparc64_described);
}

static void loongarch_is_read(void **state)
{
	assert_described(loongarch, loongarch_described);
}

static void alpha_is_read(void **state)
{
	assert_described(alpha, alpha_described);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(x86_64_is_read),
		cmocka_unit_test(i386_is_read),
		cmocka_unit_test(arm_is_read),
		cmocka_unit_test(arm64_is_read),
		cmocka_unit_test(arm64_suffixes_is_read),
		cmocka_unit_test(arm64_program_is_read),
		cmocka_unit_test(riscv_is_read),
		cmocka_unit_test(ppc64le_is_read),
		cmocka_unit_test(s390_is_read),
		cmocka_unit_test(mips_is_read),
		cmocka_unit_test(sparc64_is_read),
		cmocka_unit_test(loongarch_is_read),
		cmocka_unit_test(alpha_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
