/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CODEC_XZ_RISCV_H
#define CODEC_XZ_RISCV_H

#include "codec/liblzma.h"

/*
 * xz streams with the RISC-V filter, for a liblzma that does not know it: as the kernel's are, one block
 * with that filter and LZMA2, and a check of CRC-32 or CRC-64, or none.
 */

/* Whether in begins with such a stream, and liblzma needs help with it. */
bool xz_riscv_wanted(struct span in);

/* As decode and peek of struct codec. */
struct kimg_error *xz_riscv_decode(struct span in, const struct kimg_limits *limits,
				   struct blob *out, size_t *ret_consumed) must_check;
struct kimg_error *xz_riscv_peek(struct span in, const struct kimg_limits *limits, uint8_t *buffer,
				 size_t size, size_t *ret_n) must_check;

#endif
