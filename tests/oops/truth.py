# SPDX-License-Identifier: GPL-2.0-or-later
"""What other tools say about frames: nm where functions are, llvm-symbolizer and eu-addr2line which
lines their code comes from.
"""

import functools
import lzma
import re
import subprocess
import tempfile
from bisect import bisect_right
from pathlib import Path

SUFFIX = re.compile(r"\.(isra|constprop|part|cold|llvm|lto_priv|localalias|cfi|cfi_jt|[0-9]).*")
HIDDEN = re.compile(r"(\$[adtx]|\.L|L0\x01)")


def run(*command, stdin: str = "") -> str:
    return subprocess.run([*map(str, command)], input=stdin, capture_output=True, text=True,
                          errors="replace", check=False).stdout


class Symbols:
    """The functions of an ELF file by name, with sizes as the kernel counts them."""

    def __init__(self, path: Path):
        self.named: dict[str, list[int]] = {}
        for line in run("nm", path).splitlines():
            words = line.split()
            if len(words) == 3 and words[1] not in "aAN" and not HIDDEN.match(words[2]):
                self.named.setdefault(words[2], []).append(int(words[0], 16))
        self.starts = sorted({start for starts in self.named.values() for start in starts})

    def size(self, start: int) -> int:
        after = bisect_right(self.starts, start)
        return self.starts[after] - start if after < len(self.starts) else 0

    def find(self, name: str, size: int | None) -> list[int]:
        return [start for start in sorted(set(self.named.get(name, [])))
                if size is None or self.size(start) == size]


def plain(function: str | None) -> str:
    """Debug information has the name of the source, symbols have what compilers made of it."""
    return SUFFIX.sub("", function or "")


def short(path: str) -> str:
    """A path within the sources, whatever folder they were built in."""
    path = re.sub(r"^.*/build_[a-z0-9]+_none_[a-z0-9-]+/", "", path)
    return re.sub(r"^\./", "", path)


class Module:
    """A module with debug information: where its functions are, in which section."""

    def __init__(self, packed: Path, folder: Path):
        self.path = folder / packed.name.removesuffix(".xz")
        self.path.write_bytes(lzma.decompress(packed.read_bytes()))
        sections = {}
        for line in run("readelf", "-SW", self.path).splitlines():
            if found := re.match(r"\s*\[\s*(\d+)\]\s+(\S+)\s", line):
                sections[found[1]] = found[2]
        self.functions: dict[str, tuple[str, int]] = {}
        for line in run("readelf", "-sW", self.path).splitlines():
            words = line.split()
            if len(words) == 8 and words[3] == "FUNC" and words[6] in sections:
                self.functions[words[7]] = sections[words[6]], int(words[1], 16)

    def vermagic(self) -> str:
        found = re.search(rb"vermagic=([^ ]+)", self.path.read_bytes())
        return found[1].decode() if found else ""


class Truth:
    """Of one kernel: symbols is its vmlinux, debug the one with debug information, or None."""

    def __init__(self, symbols: Path, debug: Path | None, modules: Path):
        self.symbols, self.debug = symbols_of(symbols), debug
        banner = re.search(rb"Linux version (\S+)", symbols.read_bytes())
        self.release = banner[1].decode() if banner else ""
        self.scratch = tempfile.TemporaryDirectory(prefix="kimg-truth.")
        self.chains: dict[int, list] = {}
        self.modules = {}
        for packed in modules.glob("*.ko.xz"):
            module = Module(packed, Path(self.scratch.name))
            if module.vermagic() == self.release:
                self.modules[packed.name.split("-")[0]] = module

    def places(self, frame: dict) -> dict | None:
        """Each place that the frame may mean, by its address, or its name in a module: the source chains
        that the tools tell, each innermost first. None where the frame is of nothing that is here."""
        if frame["module"]:
            back = 0 if frame["exact"] or frame["offset"] == 0 else 1
            module = self.modules.get(frame["module"])
            if module is None or frame["symbol"] not in module.functions:
                return None
            section, start = module.functions[frame["symbol"]]
            return {frame["symbol"]: [of_module(module.path, section,
                                                start + frame["offset"] - back)]}
        found = self.addresses(frame)
        return {start: self.chains.get(code, []) for start, code in found.items()} or None

    def prepare(self, frames: list[dict]) -> None:
        """Asks the tools about all that the frames may mean, at once: each starts with reading it all."""
        addresses = {address for frame in frames if not frame["module"] for address
                     in self.addresses(frame).values()} - set(self.chains)
        if not self.debug or not addresses:
            return
        wanted = sorted(addresses)
        for address, *chains in zip(wanted, of_llvm(self.debug, wanted),
                                    of_elfutils(self.debug, wanted), strict=True):
            self.chains[address] = chains

    def addresses(self, frame: dict) -> dict[int, int]:
        """The code that a frame means in each function that it may mean: what is called ends before the
        address that it returns to."""
        back = 0 if frame["exact"] or frame["offset"] == 0 else 1
        return {start: start + frame["offset"] - back
                for start in self.symbols.find(frame["symbol"], frame["size"])}

    def differs(self, expected: list, place: dict) -> str | None:
        """Whether the source of a place is what at least one tool says."""
        got = [(plain(source["function"]), short(source["file"] or ""), source["line"] or 0)
               for source in place["source"]]
        # what has no function in the debug information, assembler and padding, goes by its symbol
        named = [[(name or plain(place["symbol"]), *where) for name, *where in known]
                 for known in expected]
        return None if not expected or got in named else f"expected {expected[0]}, got {got}"


@functools.cache
def symbols_of(path: Path) -> Symbols:
    return Symbols(path)


def chain(lines: list[str]) -> list:
    """Of pairs of lines, function and FILE:LINE[:COLUMN]; what nobody knows is left out."""
    found = []
    for function, place in zip(lines[::2], lines[1::2]):
        where = re.match(r"(.*?):(\d+)", place)
        if where and not where[1].startswith("??"):
            name = "" if function == "??" else function
            found.append((plain(name), short(where[1]), int(where[2])))
    return found


def of_llvm(vmlinux: Path, addresses: list[int]) -> list[list]:
    """A block of lines for each address, and an empty line behind it."""
    said = run("llvm-symbolizer", f"--obj={vmlinux}", stdin="".join(f"{a:#x}\n" for a in addresses))
    return [chain(block.splitlines()) for block in said.strip("\n").split("\n\n")]


def inlined_chain(lines: list[str]) -> list:
    """eu-addr2line -i: "FUNCTION inlined at FILE:LINE in FUNCTION" on one line, then where it is."""
    return chain([re.sub(r"^(\S+) inlined at .* in \S+$", r"\1", line) for line in lines])


def of_elfutils(vmlinux: Path, addresses: list[int]) -> list[list]:
    """-a: each address on a line before what it is."""
    said = run("eu-addr2line", "-afie", vmlinux, stdin="".join(f"{a:#x}\n" for a in addresses))
    blocks: list[list[str]] = []
    for line in said.splitlines():
        if re.fullmatch(r"0x[0-9a-f]+", line):
            blocks.append([])
        elif blocks:
            blocks[-1].append(line)
    return [inlined_chain(block) for block in blocks]


@functools.cache
def of_module(path: Path, section: str, offset: int) -> list:
    return inlined_chain(run("eu-addr2line", "-fie", path, "-j", section, hex(offset)).splitlines())
