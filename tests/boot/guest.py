# SPDX-License-Identifier: GPL-2.0-or-later
"""A guest in QEMU: its files as a cpio archive, its boot, and what comes back from it.

/init (guest/init) runs the scenarios whose scripts lie in /scenarios, and writes /out, whatever they left
there, as a tar to the second serial port. The first is the console.
"""

import io
import os
import re
import shutil
import stat
import subprocess
import tarfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from headers import HERE, Failed, run

QEMU = "qemu-system-x86_64"
MEMORY = "768M"
KVM_SECONDS = 5
BEGIN, END = b"\n-- kimg results begin --\n", b"\n-- kimg results end --\n"


class Archive:
    """A cpio archive of the form that the kernel unpacks (newc), in memory."""

    def __init__(self):
        self.data = io.BytesIO()
        self.names: set[str] = set()

    def _entry(self, name: str, mode: int, content: bytes, device: tuple[int, int] = (0, 0)) -> None:
        number = len(self.names) + 1
        fields = (number, mode, 0, 0, 1, 0, len(content), 0, 0, *device, len(name) + 1, 0)
        head = b"070701" + b"".join(b"%08X" % value for value in fields)
        self._padded(head + name.encode() + b"\0")
        self._padded(content)

    def _padded(self, content: bytes) -> None:
        self.data.write(content + b"\0" * (-len(content) % 4))

    def _parents(self, name: str) -> None:
        for parent in reversed(Path(name).parents):
            if str(parent) != "." and str(parent) not in self.names:
                self.names.add(str(parent))
                self._entry(str(parent), stat.S_IFDIR | 0o755, b"")

    def add(self, name: str, content: bytes, mode: int = 0o644) -> None:
        name = name.lstrip("/")
        if name in self.names:
            return
        self._parents(name)
        self.names.add(name)
        self._entry(name, stat.S_IFREG | mode, content)

    def link(self, name: str, target: str) -> None:
        self._parents(name)
        self.names.add(name)
        self._entry(name, stat.S_IFLNK | 0o777, target.encode())

    def device(self, name: str, major: int, minor: int) -> None:
        self._parents(name)
        self.names.add(name)
        self._entry(name, stat.S_IFCHR | 0o600, b"", (major, minor))

    def folder(self, name: str) -> None:
        self._parents(f"{name}/x")

    def file(self, name: str, path: Path) -> None:
        self.add(name, path.read_bytes(), 0o755 if os.access(path, os.X_OK) else 0o644)

    def bytes(self) -> bytes:
        """The archive so far, ended."""
        end = Archive()
        end._entry("TRAILER!!!", 0, b"")
        return self.data.getvalue() + end.data.getvalue()


def libraries(program: Path) -> list[Path]:
    """The shared libraries that a program is linked with."""
    done = subprocess.run(["ldd", program], capture_output=True, text=True, check=False)
    return [Path(path) for path in re.findall(r"(/\S+) \(0x", done.stdout)]


def add_program(archive: Archive, path: Path, name: str | None = None) -> None:
    """A program, or a library that is loaded at run time, with what it is linked with."""
    archive.file(name or str(path), path)
    for library in libraries(path):
        folder = "lib64" if library.name.startswith("ld-linux") else "lib/x86_64-linux-gnu"
        archive.file(f"{folder}/{library.name}", library.resolve())


def library_path(soname: str) -> Path | None:
    """Where the dynamic linker has a library; None where it is not installed."""
    out = run("/sbin/ldconfig", "-p")
    match = re.search(rf"^\s*{re.escape(soname)} .*x86-64.* => (\S+)$", out, re.MULTILINE)
    return Path(match[1]) if match else None


@dataclass
class Boot:
    """One boot: a kernel, archives of files, scenarios by the names of their scripts."""

    name: str
    kernel: Path
    base: bytes
    scenarios: list[str]
    more: Archive = field(default_factory=Archive)  # of files beside the base
    parameters: str = ""  # of the kernel
    seconds: int = 300


@dataclass
class Outcome:
    files: dict[str, bytes]  # below /out
    console: str
    seconds: float
    problem: str | None

    def text(self, name: str) -> str:
        return self.files.get(name, b"").decode(errors="replace")


def kvm_works(kernel: Path) -> bool:
    """Whether the kernel comes to its first line: that /dev/kvm opens, or that a BIOS runs, is no proof."""
    command = [QEMU, "-accel", "kvm", "-cpu", "host", "-m", "256M", "-nodefaults", "-display", "none",
               "-no-reboot", "-kernel", str(kernel), "-append", "earlyprintk=serial panic=-1",
               "-serial", "stdio"]  # fmt: skip
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, timeout=KVM_SECONDS, check=False)  # fmt: skip
        said = done.stdout
    except subprocess.TimeoutExpired as late:
        said = late.stdout or b""
    return b"Linux version" in said


def accelerator(kernel: Path) -> str:
    if os.access("/dev/kvm", os.R_OK | os.W_OK) and kvm_works(kernel):
        return "kvm"
    return "tcg,thread=multi"


def initramfs(boot: Boot, place: Path) -> Path:
    """The kernel unpacks one archive behind the other."""
    own = boot.more
    for name in boot.scenarios:
        own.file(f"scenarios/{name}", HERE / "guest" / name)
    own.add("scenarios/order", "".join(f"{name}\n" for name in boot.scenarios).encode())
    own.add("scenarios/seconds", b"%d\n" % (boot.seconds * 3 // 4))
    path = place / "initramfs"
    path.write_bytes(boot.base + own.bytes())
    return path


def command(boot: Boot, place: Path, accel: str) -> list[str]:
    arguments = f"console=ttyS0 panic=-1 loglevel=4 mitigations=off rdinit=/init {boot.parameters}"
    return ["nice", QEMU, "-accel", accel, "-cpu", "max" if accel != "kvm" else "host", "-smp", "2",
            "-m", MEMORY, "-nodefaults", "-display", "none", "-no-reboot", "-kernel", str(boot.kernel),
            "-initrd", str(place / "initramfs"), "-append", arguments,
            "-serial", f"file:{place}/console", "-serial", f"file:{place}/results"]  # fmt: skip


def results(path: Path) -> tuple[dict[str, bytes], str | None]:
    """What /out held."""
    data = path.read_bytes() if path.exists() else b""
    begin = data.find(BEGIN)
    end = data.rfind(END)
    if begin < 0 or end < begin:
        return {}, "no results came back"
    files = {}
    with tarfile.open(fileobj=io.BytesIO(data[begin + len(BEGIN) : end])) as tar:
        for member in tar:
            if member.isfile():
                files[member.name.removeprefix("./")] = tar.extractfile(member).read()
    return files, None


def start(boot: Boot, scratch: Path, accel: str) -> Outcome:
    """Boots, and waits for the end."""
    place = scratch / "boots" / boot.name
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    initramfs(boot, place)
    began = time.monotonic()
    problem = None
    try:
        done = subprocess.run(command(boot, place, accel), stdin=subprocess.DEVNULL, text=True,
                              capture_output=True, timeout=boot.seconds, check=False)  # fmt: skip
        if done.returncode:
            problem = f"qemu: exit status {done.returncode}: {done.stderr.strip()[-200:]}"
    except subprocess.TimeoutExpired:
        problem = f"still runs after {boot.seconds} s"
    except FileNotFoundError as error:
        raise Failed(f"no {QEMU}") from error
    files, missing = results(place / "results")
    console = (place / "console").read_text(errors="replace") if (place / "console").exists() else ""
    (place / "initramfs").unlink()
    return Outcome(files, console, time.monotonic() - began, problem or missing)
