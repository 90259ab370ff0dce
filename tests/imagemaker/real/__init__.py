# SPDX-License-Identifier: GPL-2.0-or-later
"""Images around real kernels, a module for each family; each has samples(sources), which yields
them.
"""

from . import boards, initrds, machines, pc

FAMILIES = (pc, machines, boards, initrds)
