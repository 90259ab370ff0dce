# SPDX-License-Identifier: GPL-2.0-or-later
"""Images: kimg-init, modules and the tables that early/layout.h describes."""

import lzma
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from debian import HERE, Kernel, run

import guest

# The first program for each architecture, and the real one, which says how far it came.
COMPILERS = {"amd64": "gcc", "arm64": "aarch64-linux-gnu-gcc", "riscv64": "riscv64-linux-gnu-gcc"}


@dataclass
class Contents:
    """What is in an image."""

    modules: list[str] = field(default_factory=list)  # names; their closure is added
    load: list[str] = field(default_factory=list)  # of these, what is loaded at once
    unpacked: bool = False  # modules that the kernel need not decompress
    cmdline: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    programs: dict[str, Path] = field(default_factory=dict)  # with the libraries that they want
    links: dict[str, str] = field(default_factory=dict)


def build_init(arch: str, scratch: Path) -> Path:
    """kimg-init for the architecture; early/build chooses the compiler of this machine."""
    out = scratch / f"kimg-init-{arch}"
    if not out.exists():
        other = [] if arch == "amd64" else ["--cc", COMPILERS[arch]]
        run(HERE.parents[1] / "early" / "build", *other, out)
    return out


def build_real_init(arch: str, scratch: Path) -> Path:
    out = scratch / f"real-init-{arch}"
    if not out.exists():
        run(COMPILERS[arch], "-static", "-Os", "-Wall", "-s", "-o", out, HERE / "real_init.c")
    return out


def _numbers(names: list[str], order: list[str]) -> str:
    return ",".join(str(order.index(name)) for name in names if name in order) or "-"


def _module_line(kernel: Kernel, name: str, order: list[str], path: str) -> str:
    needs = [other for other in kernel.closure([name]) if other != name]
    soft = kernel.softdeps.get(name, {"pre": [], "post": []})
    needs = [other for other in needs if other not in soft["pre"] + soft["post"]]
    columns = [name, path, _numbers(needs, order), _numbers(soft["pre"], order),
               _numbers(soft["post"], order)]  # fmt: skip
    return " ".join(columns) + "\n"


def _aliases(kernel: Kernel, order: list[str]) -> str:
    found: dict[str, list[str]] = {}
    numbers = {name: str(number) for number, name in enumerate(order)}
    for pattern, module in kernel.aliases:
        if module in numbers:
            found.setdefault(pattern, []).append(numbers[module])
    literal = lambda pattern: re.split(r"[*?\[]", pattern)[0].encode()  # noqa: E731
    return "".join(f"{pattern} {','.join(found[pattern])}\n" for pattern in sorted(found, key=literal))


def add_modules(archive: guest.Archive, kernel: Kernel, contents: Contents) -> None:
    order = kernel.closure(contents.modules + contents.load)
    table = ""
    for name in order:
        file = kernel.folder / kernel.depends[name][0]
        data = file.read_bytes()
        path = f"/lib/modules/{file.name}"
        if contents.unpacked and path.endswith(".xz"):
            data, path = lzma.decompress(data), path.removesuffix(".xz")
        archive.add(path, contents.files.get(path, data))
        table += _module_line(kernel, name, order, path)
    archive.add("kimg/modules", table.encode())
    archive.add("kimg/aliases", _aliases(kernel, order).encode())
    load = [name for wanted in contents.load for name in kernel.meant(wanted)]
    archive.add("kimg/load", "".join(f"{order.index(name)}\n" for name in load).encode())


def pack(kernel: Kernel, contents: Contents, scratch: Path) -> bytes:
    """The image, as the kernel unpacks it."""
    archive = guest.Archive()
    archive.device("dev/console", 5, 1)
    archive.device("dev/null", 1, 3)
    archive.add("init", build_init(kernel.row.arch, scratch).read_bytes(), 0o755)
    add_modules(archive, kernel, contents)
    if contents.cmdline:
        archive.add("kimg/cmdline", contents.cmdline.encode() + b"\n")
    for name, content in contents.files.items():
        archive.add(name, content, 0o755 if content.startswith((b"#!", b"\x7fELF")) else 0o644)
    for name, path in contents.programs.items():
        guest.add_program(archive, path, name.lstrip("/"))
    for name, target in contents.links.items():
        archive.link(name.lstrip("/"), target)
    return archive.bytes()


def zstd(data: bytes) -> bytes:
    return subprocess.run(["zstd", "-q", "-1", "-c"], input=data, stdout=subprocess.PIPE, check=True).stdout
