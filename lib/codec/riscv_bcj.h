/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CODEC_RISCV_BCJ_H
#define CODEC_RISCV_BCJ_H

#include <stddef.h>
#include <stdint.h>

/*
 * Takes the RISC-V filter of xz back, in place: n bytes, all that the filter saw or the start of it. pc is
 * the address of the first of them. Of a start, the last 7 bytes may still be in the filter's form.
 */
void riscv_bcj_decode(uint8_t *p, size_t n, uint32_t pc);

#endif
