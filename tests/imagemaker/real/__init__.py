# SPDX-License-Identifier: GPL-2.0-or-later
"""Images around real kernels, a module for each family; each has samples(sources), which yields
them.
"""

from . import arm, boards, initrds, pc

FAMILIES = (pc, arm, boards, initrds)
