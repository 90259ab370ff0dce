/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "../unit.h"

#include <elf.h>
#include <inttypes.h>

#include "kallsyms_writer.h"
#include "root.h"
#include "symbol/readers.h"

/* A core file as /proc/kcore is, of 64 bits and the byte order of this machine. */
enum { NOTES_AT = 0x1000, MEMORY_AT = 0x4000 };

struct core {
	uint16_t type;
	const char *vmcoreinfo;
	uint64_t address; /* of memory */
	struct span memory;
	uint64_t notes_size; /* as the program header says; 0: what they have */
};

static const char *write_core(struct root *root, const struct core *core)
{
	cleanup_buf struct buf file = { 0 };
	size_t n = strlen(core->vmcoreinfo);
	Elf64_Nhdr note = { .n_namesz = 11, .n_descsz = n };
	uint64_t notes_size = sizeof(note) + 12 + ((n + 3) & ~3ULL);
	Elf64_Ehdr header = { .e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64,
					   __BYTE_ORDER == __BIG_ENDIAN ? ELFDATA2MSB : ELFDATA2LSB,
					   EV_CURRENT },
			      .e_type = core->type,
			      .e_version = EV_CURRENT,
			      .e_phoff = sizeof(header),
			      .e_ehsize = sizeof(header),
			      .e_phentsize = sizeof(Elf64_Phdr),
			      .e_phnum = 3 };
	Elf64_Phdr segments[] = {
		{ .p_type = PT_NOTE,
		  .p_offset = NOTES_AT,
		  .p_filesz = core->notes_size ? core->notes_size : notes_size },
		/* All memory, of which the file holds nothing. */
		{ .p_type = PT_LOAD,
		  .p_offset = 1ULL << 46,
		  .p_vaddr = core->address & ~0xffffffffULL,
		  .p_filesz = 1ULL << 40,
		  .p_memsz = 1ULL << 40 },
		{ .p_type = PT_LOAD,
		  .p_offset = MEMORY_AT,
		  .p_vaddr = core->address,
		  .p_filesz = core->memory.n,
		  .p_memsz = core->memory.n },
	};

	buf_add(&file, &header, sizeof(header));
	buf_add(&file, segments, sizeof(segments));
	while (file.n < NOTES_AT)
		buf_putc(&file, 0);
	buf_add(&file, &note, sizeof(note));
	buf_add(&file, "VMCOREINFO\0", 12);
	buf_add(&file, core->vmcoreinfo, n);
	while (file.n < MEMORY_AT)
		buf_putc(&file, 0);
	if (core->memory.n)
		buf_add(&file, core->memory.p, core->memory.n);
	return root_write(root, "kcore", buf_span(&file));
}

static struct kimg_error *read_core(struct root *root, const struct core *core,
				    struct kimg_symbols **ret_symbols)
{
	const struct kimg_symbols_options options = KIMG_SYMBOLS_OPTIONS_DEFAULT;

	return symbols_read_kcore(write_core(root, core), &options, ret_symbols);
}

/* ---- kernels ---- */

static uint64_t address_of(const struct kallsyms_written *written, const char *text)
{
	for (unsigned int i = 0; i < written->count; i++)
		if (strcmp(written->symbols[i].text, text) == 0)
			return written->symbols[i].address;
	fail_msg("the kernel has no %s", text);
	return 0;
}

/* What VMCOREINFO tells of a kernel that was moved by shift. */
static void add_vmcoreinfo(struct buf *info, const struct kallsyms_written *written, uint64_t shift,
			   bool tables)
{
	buf_printf(info, "OSRELEASE=6.1.0\nSYMBOL(_stext)=%" PRIx64 "\n",
		   address_of(written, "T_stext") + shift);
	if (!tables)
		return;
	buf_printf(info, "SYMBOL(kallsyms_names)=%" PRIx64 "\n",
		   written->base + written->names + shift);
	buf_printf(info, "SYMBOL(kallsyms_num_syms)=%" PRIx64 "\n",
		   written->base + written->num_syms + shift);
	buf_printf(info, "SYMBOL(kallsyms_token_table)=%" PRIx64 "\n",
		   written->base + written->token_table + shift);
	buf_printf(info, "SYMBOL(kallsyms_token_index)=%" PRIx64 "\n",
		   written->base + written->token_index + shift);
	buf_printf(info, "SYMBOL(kallsyms_offsets)=%" PRIx64 "\n",
		   written->base + written->addresses + shift);
}

static void reads(struct root *root, const struct kallsyms_spec *spec, uint64_t shift, bool tables)
{
	cleanup_symbols struct kimg_symbols *symbols = NULL;
	cleanup_buf struct buf info = { 0 };
	struct kallsyms_written written;
	struct core core = { .type = ET_CORE };

	kallsyms_write(spec, &written);
	add_vmcoreinfo(&info, &written, shift, tables);
	core.vmcoreinfo = info.p;
	core.address = written.base + shift;
	core.memory = span_of(written.p, written.n);
	assert_ok(read_core(root, &core, &symbols));
	assert_int_equal(symbols->n, written.count);
	for (size_t i = 0; i < symbols->n; i++)
		assert_int_equal(symbols->all[i].address, written.symbols[i].address + shift);
	kallsyms_written_done(&written);
}

static void kernels_are_read_from_memory(void **state)
{
	bool big_endian = __BYTE_ORDER == __BIG_ENDIAN;
	struct kallsyms_spec specs[] = {
		{ "4.20", FORM_4_20, 64 },
		{ "6.1", FORM_6_1, 64, .long_names = true },
		{ "6.4", FORM_6_4, 64 },
		{ "7.0", FORM_7_0, 64 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(specs); i++) {
		specs[i].big_endian = big_endian;
		for (int tables = 0; tables < 2; tables++) {
			reads(*state, &specs[i], 0, tables);
			reads(*state, &specs[i], 0x1d000000, tables);
		}
	}
}

/* ---- what is none ---- */

static void other_files_are_refused(void **state)
{
	const struct kimg_symbols_options options = KIMG_SYMBOLS_OPTIONS_DEFAULT;
	struct kimg_symbols *symbols = NULL;
	struct core program = { .type = ET_EXEC, .vmcoreinfo = "" };
	struct core silent = { .type = ET_CORE, .vmcoreinfo = "OSRELEASE=4.4\n" };

	assert_fails(KIMG_E_IO, symbols_read_kcore("/no/such/file", &options, &symbols));
	assert_fails(KIMG_E_UNSUPPORTED, read_core(*state, &program, &symbols));
	assert_fails(KIMG_E_NOT_FOUND, read_core(*state, &silent, &symbols));
	root_write(*state, "text", SPAN_LITERAL("no core, but a text that is long enough\n"));
	assert_fails(KIMG_E_CORRUPT,
		     symbols_read_kcore(root_path(*state, "text"), &options, &symbols));
	root_write(*state, "text", SPAN_LITERAL(""));
	assert_fails(KIMG_E_TRUNCATED,
		     symbols_read_kcore(root_path(*state, "text"), &options, &symbols));
}

/* Numbers that lead anywhere cost no more than a look. */
static void hostile_addresses_lead_nowhere(void **state)
{
	static const char *const infos[] = {
		"SYMBOL(_stext)=0\n",
		"SYMBOL(_stext)=\n",
		"SYMBOL(_stext)=123456789abcdef0123456789abcdef0\n",
		"SYMBOL(_stext)=1000\n",
		"SYMBOL(_stext)=ffffffff81000000\n",
		"SYMBOL(_stext)=ffffffff90000000\n",
		"SYMBOL(_stext)=ffffffff81000000\nSYMBOL(kallsyms_names)=ffffffffffffffff\n"
		"SYMBOL(kallsyms_num_syms)=ffffffff81000008\nSYMBOL(kallsyms_token_table)=1\n"
		"SYMBOL(kallsyms_token_index)=2\nSYMBOL(kallsyms_offsets)=3\n",
		"SYMBOL(_stext)=ffffffff81000000\nSYMBOL(kallsyms_names)=ffffffff81000008\n"
		"SYMBOL(kallsyms_num_syms)=ffffffff81000008\n"
		"SYMBOL(kallsyms_token_table)=ffffffff81000008\n"
		"SYMBOL(kallsyms_token_index)=ffffffff81000008\n"
		"SYMBOL(kallsyms_offsets)=ffffffff81000008\n",
	};
	uint8_t memory[4096];

	memset(memory, 0xff, sizeof(memory));
	for (size_t i = 0; i < ARRAY_SIZE(infos); i++) {
		struct core core = { .type = ET_CORE,
				     .vmcoreinfo = infos[i],
				     .address = 0xffffffff81000000,
				     .memory = span_of(memory, sizeof(memory)) };
		struct kimg_symbols *symbols = NULL;
		struct kimg_error *error = read_core(*state, &core, &symbols);

		assert_non_null(error);
		assert_null(symbols);
		kimg_error_free(error);
		core.notes_size = 20; /* cut within the note */
		assert_fails(KIMG_E_NOT_FOUND, read_core(*state, &core, &symbols));
		core.notes_size = UINT64_MAX;
		assert_fails(KIMG_E_NOT_FOUND, read_core(*state, &core, &symbols));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(kernels_are_read_from_memory, root_setup,
						root_teardown),
		cmocka_unit_test_setup_teardown(other_files_are_refused, root_setup, root_teardown),
		cmocka_unit_test_setup_teardown(hostile_addresses_lead_nowhere, root_setup,
						root_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
