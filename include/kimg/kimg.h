/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef KIMG_KIMG_H
#define KIMG_KIMG_H

#include "kimg/config.h"
#include "kimg/error.h"
#include "kimg/image.h"
#include "kimg/initrd.h"
#include "kimg/initrd_create.h"
#include "kimg/kernel.h"
#include "kimg/limits.h"
#include "kimg/map.h"
#include "kimg/oops.h"
#include "kimg/part.h"
#include "kimg/source.h"
#include "kimg/symbol.h"
#include "kimg/vmlinux.h"

#endif
