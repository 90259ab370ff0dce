/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The filters between nm(1) and System.map: the top Makefile up to 2.6, scripts/mksysmap since.
 *
 * All are patterns over lines "ADDRESS TYPE NAME". As a name may hold spaces, a pattern that starts with a
 * space may fit inside of it too; and as ADDRESS is 8 or 16 digits or blank, none fits before TYPE.
 */
#include "symbol/mksysmap.h"

#include <ctype.h>
#include <stdlib.h>

#include "base/cleanup.h"

/* ---- the patterns ---- */

enum kind {
	STARTS,   /* " TEXT": the name, or a word in it, starts so */
	IS,       /* " TEXT$" */
	ENDS,     /* "TEXT$" */
	CONTAINS, /* "TEXT" */
	SECOND,   /* " .TEXT", the dot unescaped: any one character, then TEXT */
	THUNK,    /* " __[[:alnum:]]*Thunk_" */
	NUMBERED, /* " TEXT[0-9]*$" */
};

struct pattern {
	enum kind kind;
	const char *text;
};

enum {
	P_COMPILED,
	P_OBJECT,
	P_NG,
	P_LASHRDI,
	P_LASHLDI,
	P_CRC_ANYWHERE,
	P_CRC,
	P_DOLLAR_A,
	P_DOLLAR_D,
	P_DOLLAR_T,
	P_DOLLAR,
	P_SECOND_L,
	P_LABEL,
	P_L0_START,
	P_L0,
	P_KSTRTAB,
	P_KSTRTABNS,
	P_EFISTUB,
	P_PI_DOLLAR,
	P_PI_LABEL,
	P_NVHE_DOLLAR,
	P_NVHE_LABEL,
	P_THUNK_AARCH64,
	P_THUNK_ARMV5,
	P_THUNK_ARMV7,
	P_THUNK_THUMB,
	P_THUNK_LA25,
	P_THUNK_MICRO,
	P_THUNK,
	P_KCFI,
	P_NVHE_KCFI,
	P_PI_KCFI,
	P_FROM_ARM,
	P_FROM_THUMB,
	P_VENEER,
	P_SDA,
	P_SDA2,
	P_LONG_BRANCH,
	P_PLT_BRANCH,
	P_MOD_DEVICE,
	P_MODINFO,
	P_MODINFO_OLD,
	P_NO_NAME,
	P_NVHE_ALONE,
	P_BACKSLASH,
	P_PI_BACKSLASH,
	P_NVHE_BACKSLASH,
	P_KS_ADDRESSES,
	P_KS_OFFSETS,
	P_KS_BASE,
	P_KS_COUNT,
	P_KS_NAMES,
	P_KS_MARKERS,
	P_KS_TABLE,
	P_KS_INDEX,
	P_KS_SEQS,
	PATTERNS,
};

_Static_assert(PATTERNS <= 64, "a bit each");

static const struct pattern patterns[PATTERNS] = {
	[P_COMPILED] = { CONTAINS, "compiled" },
	[P_OBJECT] = { ENDS, ".o" },
	[P_NG] = { ENDS, "..ng" },
	[P_LASHRDI] = { CONTAINS, "LASHRDI" },
	[P_LASHLDI] = { CONTAINS, "LASHLDI" },
	[P_CRC_ANYWHERE] = { CONTAINS, "__crc_" },
	[P_CRC] = { STARTS, "__crc_" },
	[P_DOLLAR_A] = { STARTS, "$a" },
	[P_DOLLAR_D] = { STARTS, "$d" },
	[P_DOLLAR_T] = { STARTS, "$t" },
	[P_DOLLAR] = { STARTS, "$" },
	[P_SECOND_L] = { SECOND, "L" },
	[P_LABEL] = { STARTS, ".L" },
	[P_L0_START] = { STARTS, "L0" },
	[P_L0] = { IS, "L0" },
	[P_KSTRTAB] = { STARTS, "__kstrtab_" },
	[P_KSTRTABNS] = { STARTS, "__kstrtabns_" },
	[P_EFISTUB] = { STARTS, "__efistub_" },
	[P_PI_DOLLAR] = { STARTS, "__pi_$" },
	[P_PI_LABEL] = { STARTS, "__pi_.L" },
	[P_NVHE_DOLLAR] = { STARTS, "__kvm_nvhe_$" },
	[P_NVHE_LABEL] = { STARTS, "__kvm_nvhe_.L" },
	[P_THUNK_AARCH64] = { STARTS, "__AArch64ADRPThunk_" },
	[P_THUNK_ARMV5] = { STARTS, "__ARMV5PILongThunk_" },
	[P_THUNK_ARMV7] = { STARTS, "__ARMV7PILongThunk_" },
	[P_THUNK_THUMB] = { STARTS, "__ThumbV7PILongThunk_" },
	[P_THUNK_LA25] = { STARTS, "__LA25Thunk_" },
	[P_THUNK_MICRO] = { STARTS, "__microLA25Thunk_" },
	[P_THUNK] = { THUNK, "__" },
	[P_KCFI] = { STARTS, "__kcfi_typeid_" },
	[P_NVHE_KCFI] = { STARTS, "__kvm_nvhe___kcfi_typeid_" },
	[P_PI_KCFI] = { STARTS, "__pi___kcfi_typeid_" },
	[P_FROM_ARM] = { ENDS, "_from_arm" },
	[P_FROM_THUMB] = { ENDS, "_from_thumb" },
	[P_VENEER] = { ENDS, "_veneer" },
	[P_SDA] = { IS, "_SDA_BASE_" },
	[P_SDA2] = { IS, "_SDA2_BASE_" },
	[P_LONG_BRANCH] = { CONTAINS, ".long_branch." },
	[P_PLT_BRANCH] = { CONTAINS, ".plt_branch." },
	[P_MOD_DEVICE] = { STARTS, "__mod_device_table__" },
	[P_MODINFO] = { NUMBERED, "__UNIQUE_ID_modinfo_" },
	[P_MODINFO_OLD] = { NUMBERED, "__UNIQUE_ID_modinfo" },
	[P_NO_NAME] = { IS, "" },
	[P_NVHE_ALONE] = { IS, "__kvm_nvhe_" },
	[P_BACKSLASH] = { IS, "\\" },
	[P_PI_BACKSLASH] = { IS, "__pi_\\" },
	[P_NVHE_BACKSLASH] = { IS, "__kvm_nvhe_\\" },
	[P_KS_ADDRESSES] = { IS, "kallsyms_addresses" },
	[P_KS_OFFSETS] = { IS, "kallsyms_offsets" },
	[P_KS_BASE] = { IS, "kallsyms_relative_base" },
	[P_KS_COUNT] = { IS, "kallsyms_num_syms" },
	[P_KS_NAMES] = { IS, "kallsyms_names" },
	[P_KS_MARKERS] = { IS, "kallsyms_markers" },
	[P_KS_TABLE] = { IS, "kallsyms_token_table" },
	[P_KS_INDEX] = { IS, "kallsyms_token_index" },
	[P_KS_SEQS] = { IS, "kallsyms_seqs_of_names" },
};

#define BIT(p) (1ULL << (p))

/* ---- their history ---- */

#define VERSION(major, minor, patch) ((uint64_t)(major) << 32 | (minor) << 16 | (patch))

struct change {
	uint64_t since;        /* mainline */
	uint64_t backports[6]; /* the first release of each stable series that has it too */
	uint64_t added;
	uint64_t removed;
};

#define LASH (BIT(P_LASHRDI) | BIT(P_LASHLDI))
#define OLD  (BIT(P_COMPILED) | BIT(P_OBJECT) | BIT(P_NG) | LASH)
#define ARM  (BIT(P_DOLLAR_A) | BIT(P_DOLLAR_D) | BIT(P_DOLLAR_T))
#define THUNKS                                                                                 \
	(BIT(P_THUNK_AARCH64) | BIT(P_THUNK_ARMV5) | BIT(P_THUNK_ARMV7) | BIT(P_THUNK_THUMB) | \
	 BIT(P_THUNK_LA25) | BIT(P_THUNK_MICRO))
#define KALLSYMS                                                                      \
	(BIT(P_KS_ADDRESSES) | BIT(P_KS_OFFSETS) | BIT(P_KS_BASE) | BIT(P_KS_COUNT) | \
	 BIT(P_KS_NAMES) | BIT(P_KS_MARKERS) | BIT(P_KS_TABLE) | BIT(P_KS_INDEX) | BIT(P_KS_SEQS))
#define SUFFIXES (BIT(P_FROM_ARM) | BIT(P_FROM_THUMB) | BIT(P_VENEER))
#define POWERPC  (BIT(P_SDA) | BIT(P_SDA2) | BIT(P_LONG_BRANCH) | BIT(P_PLT_BRANCH))

/*
 * The scripts of 5.10.262, 6.1.192, 6.12.117 and 7.2.13 (Debian's linux-source) hold exactly these patterns,
 * and so do the maps that Debian ships with them. Between these, the changes are those of the patches as they
 * were posted, and the releases of mainline follow from their dates. Of the stable releases, 6.12.9 and 4.4.229
 * are those of the review series that held the change; the others are not verified, least of all
 * those of the last change, which shows on arm64 alone.
 */
static const struct change changes[] = {
	/* 2.4 and before: the rule of vmlinux in the top Makefile */
	{ VERSION(0, 0, 0), { 0 }, OLD, 0 },
	/* scripts/mksysmap; lines are no longer sorted as text */
	{ VERSION(2, 6, 9), { 0 }, BIT(P_CRC_ANYWHERE), OLD },
	/* mapping symbols of ARM */
	{ VERSION(2, 6, 10), { 0 }, ARM, 0 },
	/* 00902e984732: local labels of h8300, but the dot was not escaped */
	{ VERSION(4, 2, 0), { 0 }, BIT(P_SECOND_L), 0 },
	/* 72d24accf02a: it is */
	{ VERSION(5, 8, 0),
	  { VERSION(5, 7, 6), VERSION(5, 4, 49), VERSION(4, 19, 130), VERSION(4, 14, 186),
	    VERSION(4, 9, 229), VERSION(4, 4, 229) },
	  BIT(P_LABEL),
	  BIT(P_SECOND_L) },
	/* c17a2538704f: "L0" of LoongArch */
	{ VERSION(6, 0, 0),
	  { VERSION(5, 19, 10), VERSION(5, 15, 69), VERSION(5, 10, 144), VERSION(5, 4, 214),
	    VERSION(4, 19, 259) },
	  BIT(P_L0_START),
	  0 },
	/* grep -e, a pattern a line */
	{ VERSION(6, 1, 0),
	  { 0 },
	  BIT(P_DOLLAR) | BIT(P_CRC) | BIT(P_KSTRTAB) | BIT(P_KSTRTABNS) | BIT(P_L0),
	  ARM | BIT(P_CRC_ANYWHERE) | BIT(P_L0_START) },
	/*
	 * c4802044a0a7: sed, in double quotes, so that the shell took the backslash of "\$"; 320e7c9d4494: what
	 * scripts/kallsyms left out alone before; ca09bf48f99b: the symbols of kallsyms itself
	 */
	{ VERSION(6, 4, 0),
	  { 0 },
	  BIT(P_EFISTUB) | BIT(P_NVHE_LABEL) | THUNKS | BIT(P_KCFI) | SUFFIXES | POWERPC |
		  BIT(P_NO_NAME) | BIT(P_NVHE_ALONE) | KALLSYMS,
	  BIT(P_DOLLAR) },
	/* ec336aa83162: the backslash is back */
	{ VERSION(6, 5, 0),
	  { VERSION(6, 4, 4) },
	  BIT(P_DOLLAR) | BIT(P_NVHE_DOLLAR),
	  BIT(P_NO_NAME) | BIT(P_NVHE_ALONE) },
	/* 200dd957a7a7, and prefixed types of CFI */
	{ VERSION(6, 5, 0),
	  { 0 },
	  BIT(P_PI_DOLLAR) | BIT(P_PI_LABEL) | BIT(P_NVHE_KCFI) | BIT(P_PI_KCFI),
	  0 },
	/* One pattern for the thunks of all linkers */
	{ VERSION(6, 6, 0), { 0 }, BIT(P_THUNK), THUNKS },
	/* 04b8cb0945b4: kallsyms stays; b18b047002b7: a sed script, where "\\$" is a backslash at the end */
	{ VERSION(6, 10, 0),
	  { 0 },
	  BIT(P_BACKSLASH) | BIT(P_PI_BACKSLASH) | BIT(P_NVHE_BACKSLASH),
	  BIT(P_DOLLAR) | BIT(P_PI_DOLLAR) | BIT(P_NVHE_DOLLAR) | KALLSYMS },
	/* 7a6c355b55c0: two of the three are mended */
	{ VERSION(6, 13, 0),
	  { VERSION(6, 12, 9) },
	  BIT(P_DOLLAR) | BIT(P_NVHE_DOLLAR),
	  BIT(P_BACKSLASH) | BIT(P_NVHE_BACKSLASH) },
	{ VERSION(6, 18, 0), { 0 }, BIT(P_MOD_DEVICE) | BIT(P_MODINFO_OLD), 0 },
	/* __UNIQUE_ID() has an underscore before the number */
	{ VERSION(6, 19, 0), { 0 }, BIT(P_MODINFO), BIT(P_MODINFO_OLD) },
	/* The third is: in 7.2.13 and 6.12.117, not yet in mainline of 6.18; the exact releases are not known */
	{ VERSION(7, 0, 0), { VERSION(6, 12, 80) }, BIT(P_PI_DOLLAR), BIT(P_PI_BACKSLASH) },
};

/* "a" and the like; N since some 2.6, which no vmlinux has had a symbol of */
#define TYPES_SINCE VERSION(2, 6, 9)
#define OLD_TYPES   "aUw"
#define TYPES       "aNUw"

static bool is_in(const struct change *change, uint64_t version)
{
	const uint64_t patches = 0xffff;

	if (version >= change->since)
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(change->backports); i++)
		if ((version & ~patches) == (change->backports[i] & ~patches) &&
		    version >= change->backports[i])
			return true;
	return false;
}

static void set_types(struct mksysmap *filter, const char *types)
{
	for (; *types; types++)
		filter->types[(unsigned char)*types] = true;
}

/* A pattern for starts of names: which characters may stand at place i. */
static void index_start(struct mksysmap *filter, unsigned int p)
{
	const struct pattern *pattern = &patterns[p];
	size_t fixed = strlen(pattern->text);

	for (size_t i = 0; i < ARRAY_SIZE(filter->by_start); i++) {
		bool any = pattern->kind == SECOND ? i != 1 : i >= fixed;
		size_t at = pattern->kind == SECOND ? 0 : i;

		for (unsigned int c = 0; c < 256; c++)
			if (any || c == (unsigned char)pattern->text[at])
				filter->by_start[i][c] |= BIT(p);
	}
}

/* Sorts the rules by what a name must have for them to be worth a try. */
static void index_rules(struct mksysmap *filter)
{
	for (unsigned int p = 0; p < PATTERNS; p++) {
		const char *text = patterns[p].text;

		if (!(filter->rules & BIT(p)))
			continue;
		switch (patterns[p].kind) {
		case ENDS:
			filter->by_last[(unsigned char)text[strlen(text) - 1]] |= BIT(p);
			break;
		case CONTAINS:
			*(text[0] == '.' ? &filter->with_dot : &filter->always) |= BIT(p);
			break;
		default:
			index_start(filter, p);
		}
	}
}

static void make(uint64_t version, struct mksysmap *filter)
{
	*filter = (struct mksysmap){ .by_line = version < VERSION(2, 6, 9) };
	for (size_t i = 0; i < ARRAY_SIZE(changes); i++)
		if (is_in(&changes[i], version))
			filter->rules = (filter->rules & ~changes[i].removed) | changes[i].added;
	set_types(filter, version < TYPES_SINCE ? OLD_TYPES : TYPES);
	index_rules(filter);
}

void mksysmap_newest(struct mksysmap *ret_filter)
{
	make(UINT64_MAX, ret_filter);
}

/* "6.12.117+deb13-amd64", "2.4.20-8", "7.2-rc1"; what is missing is 0. False: no number at all. */
static bool parse(const char *text, uint64_t *ret_version)
{
	unsigned long numbers[3] = { 0 };

	if (!isdigit((unsigned char)*text))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(numbers) && isdigit((unsigned char)*text); i++) {
		char *end;

		numbers[i] = strtoul(text, &end, 10);
		if (numbers[i] > UINT16_MAX)
			numbers[i] = UINT16_MAX;
		text = *end == '.' ? end + 1 : "";
	}
	*ret_version = VERSION(numbers[0], numbers[1], numbers[2]);
	return true;
}

bool mksysmap_of_release(const char *release, struct mksysmap *ret_filter)
{
	uint64_t version;

	if (!parse(release, &version))
		return false;
	make(version, ret_filter);
	return true;
}

/* Releases of Debian before trixie leave the patch level out; the package's version follows. */
bool mksysmap_of_banner(const char *banner, const char *release, struct mksysmap *ret_filter)
{
	static const char mark[] = " Debian ";
	const uint64_t patches = 0xffff;
	const char *package = strstr(banner, mark);
	uint64_t version, packaged;

	if (!parse(release, &version))
		return false;
	for (; package; package = strstr(package + 1, mark)) {
		if (!parse(package + strlen(mark), &packaged))
			continue;
		if ((packaged & ~patches) == version)
			version = packaged;
	}
	make(version, ret_filter);
	return true;
}

void mksysmap_prepare(struct mksysmap *filter, struct span names)
{
	uint64_t left = filter->always;

	filter->no_spaces = !names.n || !memchr(names.p, ' ', names.n);
	for (; left; left &= left - 1) {
		const char *text = patterns[__builtin_ctzll(left)].text;

		if (!names.n || !memmem(names.p, names.n, text, strlen(text)))
			filter->always &= ~(left & -left);
	}
}

/* ---- matching ---- */

static bool is_alnum(uint8_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_thunk(struct span word)
{
	size_t n = 2;

	if (!span_starts(word, SPAN_LITERAL("__")))
		return false;
	while (n < word.n && is_alnum(word.p[n]))
		n++;
	/* Thunk_ has a character that is no alnum at its end alone */
	return n >= 7 && span_has(word, n - 5, SPAN_LITERAL("Thunk_"));
}

static bool is_numbered(struct span word, struct span text)
{
	if (!span_starts(word, text))
		return false;
	for (size_t i = text.n; i < word.n; i++)
		if (word.p[i] < '0' || word.p[i] > '9')
			return false;
	return true;
}

/* Whether a pattern fits behind a space, where word is all that follows. */
static bool fits_word(const struct pattern *pattern, struct span text, struct span word)
{
	switch (pattern->kind) {
	case STARTS:
		return span_starts(word, text);
	case IS:
		return span_equal(word, text);
	case SECOND:
		return span_has(word, 1, text);
	case THUNK:
		return is_thunk(word);
	case NUMBERED:
		return is_numbered(word, text);
	default:
		return false;
	}
}

static bool fits(const struct pattern *pattern, struct span name, struct span word)
{
	struct span text = span_of(pattern->text, strlen(pattern->text));
	size_t at;

	switch (pattern->kind) {
	case CONTAINS:
		return span_find(name, 0, text, &at);
	case ENDS:
		return name.n >= text.n && span_has(name, name.n - text.n, text);
	default:
		return fits_word(pattern, text, word);
	}
}

/* word: name, or what follows a space in it. */
static bool fits_one_of(uint64_t rules, struct span name, struct span word)
{
	for (; rules; rules &= rules - 1)
		if (fits(&patterns[__builtin_ctzll(rules)], name, word))
			return true;
	return false;
}

/* " T " inside of the name, where T is a type that is left out */
static bool is_dropped_type(const struct mksysmap *filter, struct span word)
{
	return word.n >= 2 && word.p[1] == ' ' && word.p[0] < 128 && filter->types[word.p[0]];
}

/* Behind each space the patterns that start with one are tried anew; names with spaces are rare. */
static bool drops_inside(const struct mksysmap *filter, struct span name)
{
	struct span word = name;
	const uint8_t *space;

	while (word.n) {
		if (is_dropped_type(filter, word) || fits_one_of(filter->rules, name, word))
			return true;
		space = memchr(word.p, ' ', word.n);
		if (!space)
			return false;
		word = span_from(word, space + 1 - word.p);
	}
	return fits_one_of(filter->rules, name, word);
}

/* The patterns that may fit a name, as far as its ends tell. */
static uint64_t candidates(const struct mksysmap *filter, struct span name)
{
	uint64_t rules = UINT64_MAX;

	for (size_t i = 0; i < ARRAY_SIZE(filter->by_start) && i < name.n; i++)
		rules &= filter->by_start[i][name.p[i]];
	rules |= filter->by_last[name.p[name.n - 1]] | filter->always;
	if (filter->with_dot && memchr(name.p, '.', name.n))
		rules |= filter->with_dot;
	return rules;
}

bool mksysmap_drops(const struct mksysmap *filter, char type, struct span name)
{
	uint64_t rules;

	if ((unsigned char)type < 128 && filter->types[(unsigned char)type])
		return true;
	if (name.n == 0)
		return filter->rules & BIT(P_NO_NAME);
	rules = candidates(filter, name);
	if (rules && fits_one_of(rules, name, name))
		return true;
	return !filter->no_spaces && memchr(name.p, ' ', name.n) && drops_inside(filter, name);
}
