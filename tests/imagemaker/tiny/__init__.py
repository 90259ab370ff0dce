# SPDX-License-Identifier: GPL-2.0-or-later
"""The tiny samples of tests/data, a module for each family; each has samples(), which yields them.
"""

from . import archives, boards, codecs, elves, machines, pc

FAMILIES = (pc, machines, elves, boards, archives, codecs)
