# SPDX-License-Identifier: GPL-2.0-or-later
"""The list of kernels, and where their images are in the cache."""

import os
from dataclasses import dataclass, fields
from pathlib import Path

HERE = Path(__file__).resolve().parent


def cache_dir() -> Path:
    base = os.environ.get("KIMG_CACHE")
    if not base:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "kimg"
    return Path(base) / "kernels"


@dataclass(frozen=True)
class Row:
    suite: str
    arch: str
    flavour: str
    package: str
    quick: str
    format: str
    codec: str
    kernel: str
    dbg: str

    @property
    def label(self) -> str:
        return f"{self.suite}/{self.arch}/{self.flavour}"

    @property
    def dir(self) -> Path:
        return cache_dir() / self.label

    @property
    def image(self) -> Path:
        return self.dir / "vmlinuz"

    def versions(self) -> list[str]:
        """The kernel's release and the package's version."""
        return (self.dir / "version").read_text().split()


def read_list() -> list[Row]:
    rows = []
    for line in (HERE / "list").read_text().splitlines():
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        if len(words) != len(fields(Row)):
            raise SystemExit(f"list: not {len(fields(Row))} words: {line}")
        rows.append(Row(*words))
    return rows


def select(wanted: list[str]) -> list[Row]:
    """The rows that --all, --quick or SUITE/ARCH/FLAVOUR mean."""
    rows = read_list()
    unknown = set(wanted) - {row.label for row in rows} - {"--all", "--quick"}
    if unknown:
        raise SystemExit(f"the list has no row {' '.join(sorted(unknown))}")
    return [row for row in rows
            if "--all" in wanted or row.label in wanted
            or ("--quick" in wanted and row.quick == "yes")]
