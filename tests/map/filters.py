# SPDX-License-Identifier: GPL-2.0-or-later
"""What the builds of kernels leave out of System.map: the patterns of each release, for grep -v or sed, as
nm's lines meet them. The four of 5.10.262, 6.1.192, 6.12.117 and 7.2.13 are those of scripts/mksysmap in
Debian's linux-source packages; the others those of the patches between them.
"""

TYPES = r" [aNUw] "
DEAD_KALLSYMS = [
    rf" kallsyms_{name}$"
    for name in """addresses offsets relative_base num_syms names markers token_table token_index
                   seqs_of_names""".split()
]
THUNKS = [
    rf" __{name}_"
    for name in """AArch64ADRPThunk ARMV5PILongThunk ARMV7PILongThunk ThumbV7PILongThunk LA25Thunk
                   microLA25Thunk""".split()
]
EXPORTS = [r" __crc_", r" __kstrtab_", r" __kstrtabns_"]
ENDS = [r"_from_arm$", r"_from_thumb$", r"_veneer$", r" L0$", r" _SDA_BASE_$", r" _SDA2_BASE_$"]
STUBS = [r"\.long_branch\.", r"\.plt_branch\."]
COMMON = [TYPES, r" \.L", r" __efistub_", r" __kvm_nvhe_\.L", r" __kcfi_typeid_", *EXPORTS, *ENDS]
COMMON += STUBS
PI = [r" __pi_\.L", r" __kvm_nvhe___kcfi_typeid_", r" __pi___kcfi_typeid_"]
THUNK = r" __[[:alnum:]]*Thunk_"
DOLLARS = [r" \$", r" __pi_\$", r" __kvm_nvhe_\$"]
BACKSLASHES = [r" \\$", r" __pi_\\$", r" __kvm_nvhe_\\$"]
OF_6_12 = [*COMMON, *PI, THUNK, *DOLLARS]

FILTERS = {
    # Makefile: nm vmlinux | grep -v ... | sort
    "2.4.37": ["compiled", r"\.o$", " [aUw] ", r"\.\.ng$", "LASH[RL]DI"],
    "2.6.8": ["compiled", r"\.o$", " [aUw] ", r"\.\.ng$", "LASH[RL]DI"],
    # scripts/mksysmap: nm -n | grep -v
    "2.6.9": [TYPES, "__crc_"],
    "2.6.32-5-amd64": [TYPES, "__crc_", r" \$[adt]"],
    "4.1.0": [TYPES, "__crc_", r" \$[adt]"],
    "4.4.228": [TYPES, "__crc_", r" \$[adt]", r" .L"],
    "4.4.229": [TYPES, "__crc_", r" \$[adt]", r" \.L"],
    "5.4.0": [TYPES, "__crc_", r" \$[adt]", r" .L"],
    "5.10.0": [TYPES, "__crc_", r" \$[adt]", r" \.L"],
    "5.10.262": [TYPES, "__crc_", r" \$[adt]", r" \.L", " L0"],
    "6.0": [TYPES, "__crc_", r" \$[adt]", r" \.L", " L0"],
    "6.1.192": [TYPES, r" \$", r" \.L", *EXPORTS, r" L0$"],
    # ... | sed
    "6.4.3": [*COMMON, *THUNKS, r" $", r" __kvm_nvhe_$", *DEAD_KALLSYMS],
    "6.4.4": [*COMMON, *THUNKS, r" \$", r" __kvm_nvhe_\$", *DEAD_KALLSYMS],
    "6.5.0": [*COMMON, *THUNKS, *DOLLARS, *PI, *DEAD_KALLSYMS],
    "6.6.0": [*COMMON, THUNK, *DOLLARS, *PI, *DEAD_KALLSYMS],
    "6.11": [*COMMON, *PI, THUNK, *BACKSLASHES],
    "6.12.9": [*COMMON, *PI, THUNK, r" \$", r" __kvm_nvhe_\$", r" __pi_\\$"],
    "6.12.117+deb13-amd64": OF_6_12,
    "6.18": [*COMMON, *PI, THUNK, r" \$", r" __kvm_nvhe_\$", r" __pi_\\$"]
    + [r" __mod_device_table__", r" __UNIQUE_ID_modinfo[0-9]*$"],
    "7.2.13": [*OF_6_12, r" __mod_device_table__", r" __UNIQUE_ID_modinfo_[0-9]*$"],
}
SORTED_AS_TEXT = "2.4.37", "2.6.8"
