# SPDX-License-Identifier: GPL-2.0-or-later
"""Writers of kernel images and of the containers around them, for tests.

Each module writes one family of formats. Everything here is written from the formats' descriptions
and made with the standard tools where there are any; nothing reads an image with the code under
test.
"""
