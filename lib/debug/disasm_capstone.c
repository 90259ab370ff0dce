/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Disassembly by capstone 4 and 5. */
#include "base/dynlib.h"
#include "debug/disasm.h"

#include <capstone/capstone.h>

DYNLIB_NOTE(capstone, "disassembly", "Disassembles the code in crash reports", "recommended",
	    "\"libcapstone.so.5\",\"libcapstone.so.4\"");

static struct {
	__typeof__(&cs_version) version;
	__typeof__(&cs_open) open;
	__typeof__(&cs_close) close;
	__typeof__(&cs_option) option;
	__typeof__(&cs_malloc) malloc;
	__typeof__(&cs_free) free;
	__typeof__(&cs_disasm_iter) disasm_iter;
} cs;

static const struct dynlib_symbol symbols[] = {
	DYNLIB_SYMBOL("cs_version", cs.version),
	DYNLIB_SYMBOL("cs_open", cs.open),
	DYNLIB_SYMBOL("cs_close", cs.close),
	DYNLIB_SYMBOL("cs_option", cs.option),
	DYNLIB_SYMBOL("cs_malloc", cs.malloc),
	DYNLIB_SYMBOL("cs_free", cs.free),
	DYNLIB_SYMBOL("cs_disasm_iter", cs.disasm_iter),
	DYNLIB_SYMBOLS_END,
};

static const char *const sonames[] = { "libcapstone.so.5", "libcapstone.so.4", NULL };

static struct dynlib library = DYNLIB(sonames, symbols);

/* What the headers of capstone 4 do not have. */
enum {
	ARCH_RISCV_5 = 15,
	MODE_RISCV32_5 = 1 << 0,
	MODE_RISCV64_5 = 1 << 1,
	MODE_RISCVC_5 = 1 << 2
};

/* The start of cs_insn as capstone 5 has it: bytes[24] for 16. */
struct insn_5 {
	unsigned int id;
	uint64_t address;
	uint16_t size;
	uint8_t bytes[24];
	char mnemonic[CS_MNEMONIC_SIZE];
	char op_str[160];
};

struct capstone {
	csh handle;
	cs_insn *insn; /* of the size that the library has, which is not ours */
	int version;
	enum kimg_disasm_arch arch;
};

struct mode {
	int arch; /* -1: unknown */
	unsigned int mode;
};

static struct mode mode_of(const struct kimg_disasm_options *options, int version)
{
	bool wide = options->bits == 64;
	unsigned int order = options->big_endian ? (unsigned int)CS_MODE_BIG_ENDIAN : 0;

	switch (options->arch) {
	case KIMG_DISASM_X86:
		return (struct mode){ CS_ARCH_X86, wide                  ? CS_MODE_64
						   : options->bits == 32 ? CS_MODE_32
									 : CS_MODE_16 };
	case KIMG_DISASM_ARM:
		return (struct mode){ CS_ARCH_ARM,
				      order | (options->thumb ? CS_MODE_THUMB : CS_MODE_ARM) };
	case KIMG_DISASM_ARM64:
		return (struct mode){ CS_ARCH_ARM64, order };
	case KIMG_DISASM_MIPS:
		return (struct mode){ CS_ARCH_MIPS,
				      order | (wide ? CS_MODE_MIPS64 : CS_MODE_MIPS32) };
	case KIMG_DISASM_PPC:
		return (struct mode){ CS_ARCH_PPC, order | (wide ? CS_MODE_64 : CS_MODE_32) };
	case KIMG_DISASM_S390:
		return (struct mode){ CS_ARCH_SYSZ, (unsigned int)CS_MODE_BIG_ENDIAN };
	case KIMG_DISASM_SPARC:
		return (struct mode){ CS_ARCH_SPARC,
				      (unsigned int)CS_MODE_BIG_ENDIAN | (wide ? CS_MODE_V9 : 0) };
	case KIMG_DISASM_RISCV:
		if (version >= 5)
			return (struct mode){ ARCH_RISCV_5,
					      MODE_RISCVC_5 |
						      (wide ? MODE_RISCV64_5 : MODE_RISCV32_5) };
		return (struct mode){ -1, 0 };
	default:
		return (struct mode){ -1, 0 };
	}
}

static struct kimg_error *configure(struct capstone *capstone)
{
	if (capstone->arch == KIMG_DISASM_X86)
		cs.option(capstone->handle, CS_OPT_SYNTAX, CS_OPT_SYNTAX_ATT);
	capstone->insn = cs.malloc(capstone->handle);
	return capstone->insn ? NULL : error_nomem();
}

static void close_capstone(void *handle)
{
	struct capstone *capstone = handle;

	if (capstone->insn)
		cs.free(capstone->insn, 1);
	cs.close(&capstone->handle);
	free(capstone);
}

static struct kimg_error *open_handle(struct capstone *capstone, struct mode mode)
{
	cs_err failure = cs.open((cs_arch)mode.arch, (cs_mode)(int)mode.mode, &capstone->handle);

	if (failure == CS_ERR_MEM)
		return error_nomem();
	if (failure != CS_ERR_OK)
		return error_new(KIMG_E_UNSUPPORTED, "capstone %d refuses the architecture",
				 capstone->version);
	return NULL;
}

static struct kimg_error *open_capstone(const struct kimg_disasm_options *options,
					void **ret_handle)
{
	cleanup_free struct capstone *capstone = NULL;
	struct kimg_error *error;
	struct mode mode;
	int version;

	TRY(dynlib_load(&library));
	version = cs.version(NULL, NULL) >> 8;
	mode = mode_of(options, version);
	if (mode.arch < 0)
		return error_new(KIMG_E_UNSUPPORTED, "capstone %d does not know the architecture",
				 version);
	capstone = calloc(1, sizeof(*capstone));
	if (!capstone)
		return error_nomem();
	capstone->version = version;
	capstone->arch = options->arch;
	TRY(open_handle(capstone, mode));
	error = configure(capstone);
	if (error)
		cs.close(&capstone->handle);
	else
		*ret_handle = capstone;
	if (!error)
		capstone = NULL;
	return error;
}

/* Operands without the blanks inside of parentheses: "(%rax,%rbx,8)", as others write them. */
static void add_operands(char text[DISASM_TEXT], size_t n, const char *operands, size_t size)
{
	unsigned int depth = 0;

	for (size_t i = 0; i < size && operands[i] && n + 1 < DISASM_TEXT; i++) {
		depth += operands[i] == '(';
		depth -= operands[i] == ')' && depth;
		if (depth == 0 || operands[i] != ' ')
			text[n++] = operands[i];
	}
	text[n] = '\0';
}

static void join(char text[DISASM_TEXT], const char *mnemonic, const char *operands, size_t size)
{
	size_t n = strnlen(mnemonic, CS_MNEMONIC_SIZE);

	memcpy(text, mnemonic, n);
	while (n && text[n - 1] == ' ')
		n--;
	text[n] = '\0';
	if (operands[0]) {
		text[n++] = ' ';
		add_operands(text, n, operands, size);
	}
}

static size_t decode(void *handle, struct span bytes, uint64_t address, char text[DISASM_TEXT])
{
	struct capstone *capstone = handle;
	const uint8_t *code = bytes.p;
	size_t left = bytes.n;

	if (!cs.disasm_iter(capstone->handle, &code, &left, &address, capstone->insn))
		return 0;
	if (capstone->version >= 5) {
		const struct insn_5 *insn = (const struct insn_5 *)(const void *)capstone->insn;

		join(text, insn->mnemonic, insn->op_str, sizeof(insn->op_str));
	} else {
		join(text, capstone->insn->mnemonic, capstone->insn->op_str,
		     sizeof(capstone->insn->op_str));
	}
	return bytes.n - left;
}

const struct disasm_library disasm_capstone = {
	.name = "capstone",
	.open = open_capstone,
	.decode = decode,
	.close = close_capstone,
};
