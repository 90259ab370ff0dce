# SPDX-License-Identifier: GPL-2.0-or-later
"""The boots: what is in the guest, which scenarios it runs, and who checks what comes back."""

import subprocess
from pathlib import Path

import checks
import guest
import headers
import sym
from guest import Archive, Boot
from headers import HERE, run
from rows import Row

# Libraries that kimg loads when they are needed first.
WANTED_LIBRARIES = ["libdw.so.1", "libcapstone.so.4", "libcapstone.so.5"]
BUSYBOX = Path("/bin/busybox")


class Bench:
    """What all boots share."""

    def __init__(self, row: Row, scratch: Path):
        headers.fetch_kernel(row)
        self.row = row
        self.scratch = scratch
        self.module = headers.build_module(row, headers.fetch_headers(row), scratch)
        self.map = scratch / "System.map"
        run(checks.KIMG, "map", "-o", self.map, row.image)
        self.accelerator = guest.accelerator(row.image)
        self.outcomes: dict[str, guest.Outcome] = {}
        self.base = self._base()

    def _base(self) -> bytes:
        """What is in every guest."""
        if not BUSYBOX.exists() or "not a dynamic" not in _ldd(BUSYBOX):
            raise headers.Failed(f"no static {BUSYBOX}: the package is busybox-static")
        archive = Archive()
        archive.device("dev/console", 5, 1)
        archive.device("dev/null", 1, 3)
        archive.file("bin/busybox", BUSYBOX)
        archive.file("init", HERE / "guest" / "init")
        archive.file("scenarios/common", HERE / "guest" / "common")
        guest.add_program(archive, Path(checks.KIMG), "bin/kimg")
        for soname in WANTED_LIBRARIES:
            if path := guest.library_path(soname):
                guest.add_program(archive, path, f"lib/x86_64-linux-gnu/{soname}")
        archive.file("lib/kimg_crash.ko", self.module)
        archive.file("lib/System.map", self.map)
        return archive.bytes()

    def boot(self, name: str):
        """The boot of that name, and what checks its outcome."""
        build, check = BOOTS[name]
        return build(self), check

    def new(self, name: str, scenarios: list[str], **more) -> Boot:
        return Boot(name, self.row.image, self.base, scenarios, **more)


def _ldd(path: Path) -> str:
    done = subprocess.run(["ldd", path], capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def _decode(bench: Bench) -> Boot:
    return bench.new("decode", ["sym"])


def _check_decode(bench: Bench, outcome: guest.Outcome, tally: checks.Tally) -> None:
    sym.check(bench, outcome, tally)



BOOTS = {
    "decode": (_decode, _check_decode),
}


def needed(wanted: list[str]) -> list[str]:
    """In their order."""
    return [name for name in BOOTS if name in wanted]
