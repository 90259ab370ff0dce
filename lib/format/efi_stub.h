/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FORMAT_EFI_STUB_H
#define FORMAT_EFI_STUB_H

#include "format/pe.h"

/*
 * The PE side of a kernel image that is a PE file where it was built with an EFI stub (CONFIG_EFI_STUB), and
 * starts with "MZ" only then.
 */
#define IMAGE_HEADER_SIZE 64u

struct efi_stub {
	bool present;
	struct pe pe;
	uint64_t end; /* of the image proper: where the certificate table of a signed one starts */
};

/*
 * Reads the PE header of s, the whole file. A file without is fine; where "MZ" promises one that cannot be
 * read, part (may be NULL) gets a note.
 */
void efi_stub_read(struct kimg_part *part, struct span s, struct efi_stub *ret);

/* Adds the tile of the certificates and the view as a PE file; part covers the whole file. */
void efi_stub_add(struct kimg_part *part, const struct efi_stub *stub);

/*
 * Lays out an Image, which is the kernel as it lies in memory behind a header of 64 bytes: the tile "kernel",
 * up to the certificates, in it the tiles "header", which it returns, and "image".
 */
struct kimg_part *efi_stub_add_image(struct kimg_part *part, const struct efi_stub *stub);

/* The LINUX_PE_MAGIC at 0x38: since 6.6 in arm64, RISC-V, LoongArch, zboot; 6.7 in x86 (include/linux/pe.h). */
#define EFI_STUB_LINUX_MAGIC 0x818223cdu

#endif
