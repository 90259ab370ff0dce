# SPDX-License-Identifier: GPL-2.0-or-later
"""The boots: what is on the disks, what is in the image, what must be said."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import disks
from debian import Kernel
from image import Contents
from machine import Disk

KERNELS = {
    "6.1": "bookworm/amd64/amd64",
    "6.12": "trixie/amd64/amd64",
    "7.2": "sid/amd64/amd64",
    "arm64": "trixie/arm64/arm64",
    "riscv64": "trixie/riscv64/riscv64",
}
REACHED = r"REALINIT begin"
EXT4_AT_ROOT = r"^\S+ / ext4 "


class Workshop:
    """Kernels and disks, each made once."""

    def __init__(self, scratch: Path):
        self.scratch = scratch
        self._kernels: dict[str, Kernel] = {}

    def kernel(self, name: str) -> Kernel:
        if name not in self._kernels:
            self._kernels[name] = Kernel(KERNELS[name])
        return self._kernels[name]

    def disk(self, name: str, make: Callable[[Path], Path]) -> Path:
        path = self.scratch / f"{name}.img"
        return path if path.exists() else make(path)

    def filesystem(self, kind: str, arch: str = "amd64") -> Path:
        folder = disks.root_folder(arch, self.scratch)
        return self.disk(f"{kind}-{arch}", partial(disks.MAKERS[kind], folder))

    def gpt(self, arch: str = "amd64") -> Path:
        return self.disk(f"gpt-{arch}", partial(disks.gpt, self.filesystem("ext4", arch), arch=arch))

    def mbr(self) -> Path:
        return self.disk("mbr", partial(disks.mbr, self.filesystem("ext4")))


@dataclass
class Case:
    name: str
    kernel: str
    contents: Contents
    disks: Callable[[Workshop], list[Disk]]
    parameters: str
    expected: list[str] = field(default_factory=lambda: [REACHED, EXT4_AT_ROOT])
    absent: list[str] = field(default_factory=list)
    bus: str = "virtio-blk"
    talk: list[tuple[str, str]] = field(default_factory=list)
    seconds: int = 120
    quick: bool = False

    def wrong(self, console: str) -> list[str]:
        """What of the console is not as it should be."""
        missing = [f"not on the console: {text}" for text in self.expected
                   if not re.search(text, console, re.MULTILINE)]  # fmt: skip
        return missing + [f"on the console: {text}" for text in self.absent
                          if re.search(text, console, re.MULTILINE)]  # fmt: skip


HOST = Contents(load=["virtio_pci", "virtio_blk", "ext4"])


def _plain(workshop: Workshop, arch: str = "amd64") -> list[Disk]:
    return [Disk(workshop.filesystem("ext4", arch))]


def _gpt(workshop: Workshop) -> list[Disk]:
    return [Disk(workshop.gpt())]


def _mbr(workshop: Workshop) -> list[Disk]:
    return [Disk(workshop.mbr())]


def _ways() -> list[Case]:
    """Every way of naming root."""
    ways = {
        "dev": (_plain, "root=/dev/vda", True),
        "uuid": (_plain, f"root=UUID={disks.UUID}", True),
        "uuid-upper": (_plain, f"root=UUID={disks.UUID.upper()}", False),
        "by-uuid": (_plain, f"root=/dev/disk/by-uuid/{disks.UUID}", False),
        "label": (_plain, f"root=LABEL={disks.LABEL}", True),
        "partition": (_gpt, "root=/dev/vda2", False),
        "partuuid": (_gpt, f"root=PARTUUID={disks.PARTUUID}", True),
        "partnroff": (_gpt, f"root=PARTUUID={disks.PARTUUID}/PARTNROFF=0", False),
        "partlabel": (_gpt, f'"root=PARTLABEL={disks.PARTLABEL}"', False),
        "by-partlabel": (_gpt, r"root=/dev/disk/by-partlabel/kimg\x20part", False),
        "mbr": (_mbr, f"root=PARTUUID={disks.MBR_ID}-05", False),
        "number": (_gpt, "root=254:2", False),
        "number-hex": (_gpt, "root=fe02", False),
        "gpt-auto": (_gpt, "", True),
    }
    return [Case(f"{kernel}-{name}", kernel, HOST, make, parameters, quick=quick and kernel == "6.12")
            for kernel in ("6.1", "6.12") for name, (make, parameters, quick) in ways.items()]  # fmt: skip


CASES = {case.name: case for case in _ways()}
