/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Disassembly by LLVM's C interface (llvm-c/Disassembler.h, stable since LLVM 3): for what capstone does not
 * know. Its declarations are here, as its headers come with all of LLVM. It takes some 50 ms to load.
 */
#include "base/dynlib.h"
#include "debug/disasm.h"

DYNLIB_NOTE(llvm, "disassembly-llvm",
	    "Disassembles the code in crash reports where capstone does not know the architecture",
	    "suggested",
	    "\"libLLVM.so.21.1\",\"libLLVM.so.20.1\",\"libLLVM.so.19.1\",\"libLLVM.so.18.1\","
	    "\"libLLVM-17.so.1\",\"libLLVM-16.so.1\",\"libLLVM-15.so.1\",\"libLLVM-14.so.1\"");

static const char *const sonames[] = {
	"libLLVM.so.21.1", "libLLVM.so.20.1", "libLLVM.so.19.1",
	"libLLVM.so.18.1", "libLLVM-17.so.1", "libLLVM-16.so.1",
	"libLLVM-15.so.1", "libLLVM-14.so.1", NULL,
};

static struct {
	void *(*create)(const char *triple, const char *cpu, const char *features, void *info,
			int tag_type, void *get_info, void *look_up);
	size_t (*decode)(void *context, uint8_t *bytes, uint64_t size, uint64_t address, char *text,
			 size_t text_size);
	void (*dispose)(void *context);
} llvm;

static const struct dynlib_symbol symbols[] = {
	DYNLIB_SYMBOL("LLVMCreateDisasmCPUFeatures", llvm.create),
	DYNLIB_SYMBOL("LLVMDisasmInstruction", llvm.decode),
	DYNLIB_SYMBOL("LLVMDisasmDispose", llvm.dispose),
	DYNLIB_SYMBOLS_END,
};

static struct dynlib library = DYNLIB(sonames, symbols);

/* What is called once for a target before it is there; one that the library was built without lacks them. */
struct target {
	void (*info)(void);
	void (*machine)(void);
	void (*disassembler)(void);
};

static struct target targets[KIMG_DISASM_ARCHS];

#define TARGET_SYMBOLS(variable, arch, name)                                                     \
	static const struct dynlib_symbol variable##_symbols[] = {                               \
		DYNLIB_SYMBOL("LLVMInitialize" name "TargetInfo", targets[arch].info),           \
		DYNLIB_SYMBOL("LLVMInitialize" name "TargetMC", targets[arch].machine),          \
		DYNLIB_SYMBOL("LLVMInitialize" name "Disassembler", targets[arch].disassembler), \
		DYNLIB_SYMBOLS_END,                                                              \
	};                                                                                       \
	static struct dynlib variable##_library = DYNLIB(sonames, variable##_symbols)

TARGET_SYMBOLS(x86, KIMG_DISASM_X86, "X86");
TARGET_SYMBOLS(arm, KIMG_DISASM_ARM, "ARM");
TARGET_SYMBOLS(arm64, KIMG_DISASM_ARM64, "AArch64");
TARGET_SYMBOLS(riscv, KIMG_DISASM_RISCV, "RISCV");
TARGET_SYMBOLS(ppc, KIMG_DISASM_PPC, "PowerPC");
TARGET_SYMBOLS(s390, KIMG_DISASM_S390, "SystemZ");
TARGET_SYMBOLS(mips, KIMG_DISASM_MIPS, "Mips");
TARGET_SYMBOLS(sparc, KIMG_DISASM_SPARC, "Sparc");
TARGET_SYMBOLS(loongarch, KIMG_DISASM_LOONGARCH, "LoongArch");

static struct dynlib *const target_libraries[KIMG_DISASM_ARCHS] = {
	[KIMG_DISASM_X86] = &x86_library,
	[KIMG_DISASM_ARM] = &arm_library,
	[KIMG_DISASM_ARM64] = &arm64_library,
	[KIMG_DISASM_RISCV] = &riscv_library,
	[KIMG_DISASM_PPC] = &ppc_library,
	[KIMG_DISASM_S390] = &s390_library,
	[KIMG_DISASM_MIPS] = &mips_library,
	[KIMG_DISASM_SPARC] = &sparc_library,
	[KIMG_DISASM_LOONGARCH] = &loongarch_library,
};

/* [64 bit][big endian]; features: what Linux may be built for. */
struct triple {
	const char *triples[2][2];
	const char *features;
};

static const struct triple triples[KIMG_DISASM_ARCHS] = {
	[KIMG_DISASM_X86] = { { { "i386-linux-gnu" }, { "x86_64-linux-gnu" } }, "" },
	[KIMG_DISASM_ARM] = { { { "armv7-linux-gnueabi", "armebv7-linux-gnueabi" } }, "+v7,+vfp3" },
	[KIMG_DISASM_ARM64] = { { { NULL }, { "aarch64-linux-gnu", "aarch64_be-linux-gnu" } },
				"+v8.5a" },
	[KIMG_DISASM_RISCV] = { { { "riscv32-linux-gnu" }, { "riscv64-linux-gnu" } },
				"+m,+a,+f,+d,+c" },
	[KIMG_DISASM_PPC] = { { { NULL, "powerpc-linux-gnu" },
				{ "powerpc64le-linux-gnu", "powerpc64-linux-gnu" } },
			      "" },
	[KIMG_DISASM_S390] = { { { NULL, "s390x-linux-gnu" }, { NULL, "s390x-linux-gnu" } }, "" },
	[KIMG_DISASM_MIPS] = { { { "mipsel-linux-gnu", "mips-linux-gnu" },
				 { "mips64el-linux-gnuabi64", "mips64-linux-gnuabi64" } },
			       "" },
	[KIMG_DISASM_SPARC] = { { { NULL, "sparc-linux-gnu" }, { NULL, "sparcv9-linux-gnu" } },
				"" },
	[KIMG_DISASM_LOONGARCH] = { { { "loongarch32-linux-gnu" }, { "loongarch64-linux-gnu" } },
				    "" },
};

static const char *triple_of(const struct kimg_disasm_options *options)
{
	const char *triple =
		triples[options->arch].triples[options->bits == 64][options->big_endian];

	if (triple && options->arch == KIMG_DISASM_ARM && options->thumb)
		return options->big_endian ? "thumbebv7-linux-gnueabi" : "thumbv7-linux-gnueabi";
	return options->bits == 16 ? "i386-linux-gnu-code16" : triple;
}

static struct kimg_error *open_llvm(const struct kimg_disasm_options *options, void **ret_handle)
{
	const char *triple = triple_of(options);
	const struct target *target = &targets[options->arch];
	void *context;

	if (!triple)
		return error_new(KIMG_E_UNSUPPORTED, "LLVM has no such architecture");
	TRY(dynlib_load(&library));
	TRY(dynlib_load(target_libraries[options->arch]));
	target->info();
	target->machine();
	target->disassembler();
	context = llvm.create(triple, "", triples[options->arch].features, NULL, 0, NULL, NULL);
	if (!context)
		return error_new(KIMG_E_UNSUPPORTED, "LLVM refuses %s", triple);
	*ret_handle = context;
	return NULL;
}

/* "\tadd\tx0, x1, x2" without the first tab, the others as blanks; none at the end. */
static void tidy(char text[DISASM_TEXT])
{
	size_t from = strspn(text, "\t "), n = 0;

	for (; text[from]; from++)
		text[n++] = text[from] == '\t' ? ' ' : text[from];
	while (n && text[n - 1] == ' ')
		n--;
	text[n] = '\0';
}

static size_t decode(void *handle, struct span bytes, uint64_t address, char text[DISASM_TEXT])
{
	uint8_t copy[16] = { 0 };
	size_t n = bytes.n < sizeof(copy) ? bytes.n : sizeof(copy);

	/* It asks for bytes that it may write, which ours are not. */
	memcpy(copy, bytes.p, n);
	n = llvm.decode(handle, copy, n, address, text, DISASM_TEXT);
	if (n)
		tidy(text);
	return n;
}

static void close_llvm(void *handle)
{
	llvm.dispose(handle);
}

const struct disasm_library disasm_llvm = {
	.name = "LLVM",
	.open = open_llvm,
	.decode = decode,
	.close = close_llvm,
};
