/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FORMAT_REGISTRY_H
#define FORMAT_REGISTRY_H

#include "format/format.h"

/* Every driver, each in the file of its name. One line each, so that lists grow without conflicts. */
extern const struct format format_android_boot;
extern const struct format format_aout;
extern const struct format format_bootsect;
extern const struct format format_bzimage;
extern const struct format format_bzip2;
extern const struct format format_coff;
extern const struct format format_cpio;
extern const struct format format_cramfs;
extern const struct format format_dtb;
extern const struct format format_elf;
extern const struct format format_ext2;
extern const struct format format_fit;
extern const struct format format_gzip;
extern const struct format format_image_arm64;
extern const struct format format_image_loongarch;
extern const struct format format_image_riscv;
extern const struct format format_image_s390;
extern const struct format format_initrd;
extern const struct format format_lz4;
extern const struct format format_lzma;
extern const struct format format_lzo;
extern const struct format format_minix;
extern const struct format format_pe;
extern const struct format format_pe_addon;
extern const struct format format_romfs;
extern const struct format format_squashfs;
extern const struct format format_uimage;
extern const struct format format_uki;
extern const struct format format_vendor_boot;
extern const struct format format_vmlinux;
extern const struct format format_vmlinuz_elf;
extern const struct format format_vmlinuz_mips;
extern const struct format format_xz;
extern const struct format format_zboot;
extern const struct format format_zimage_arm;
extern const struct format format_zimage_ppc;
extern const struct format format_zimage_x86;
extern const struct format format_zstd;

#endif
