# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian's kernels with their modules, and what modules.dep and its like say of these.

The modules are unpacked below the cache, beside the kernels that tests/kernels/fetch puts there, without those that
no root needs; depmod has made its lists there.
"""

import os
import shutil
import subprocess
import sys
from functools import cached_property
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "kernels"), str(HERE.parent / "boot")]

from headers import Failed, fetch_kernel, run  # noqa: E402
from rows import Row, cache_dir, select  # noqa: E402

NO_ROOT = ["sound", "drivers/gpu", "drivers/media", "drivers/staging", "drivers/iio",
           "drivers/net/wireless", "drivers/infiniband"]  # fmt: skip


def _download(folder: Path, row: Row) -> Path:
    """The package that holds the modules: linux-image-*, in newer suites linux-modules-*."""
    release, version = row.versions()
    config = cache_dir() / ".apt" / f"{row.suite}-{row.arch}" / "apt.conf"
    env = os.environ | {"APT_CONFIG": str(config)}
    for name in f"linux-modules-{release}", f"linux-image-{release}":
        try:
            run("apt-get", "-qq", "download", f"{name}={version}", cwd=folder, env=env)
        except Failed as error:
            failure = error
        else:
            return next(folder.glob(f"{name}_*.deb"))
    raise failure


def _unpack(package: Path, folder: Path) -> None:
    leave = [f"--exclude=*/kernel/{name}" for name in NO_ROOT]
    with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", package], stdout=subprocess.PIPE) as tar:
        subprocess.run(["tar", "-x", "-C", folder, "--wildcards", *leave, "*/modules/*"],
                       stdin=tar.stdout, check=True)  # fmt: skip
    package.unlink()


def fetch_modules(row: Row) -> Path:
    """.../modules/RELEASE of the kernel."""
    release, version = row.versions()
    folder = cache_dir().parent / "modules" / f"{release}_{version.replace('~', '-')}"
    place = folder / "lib" / "modules" / release
    if (place / "modules.dep").exists():
        return place
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    _unpack(_download(folder, row), folder)
    if (folder / "usr").exists():
        (folder / "lib").symlink_to("usr/lib")
    run("depmod", "-b", folder, release)
    return place


def normal(name: str) -> str:
    return name.replace("-", "_")


def module_name(path: str) -> str:
    return normal(Path(path).name.split(".ko")[0])


def _lines(path: Path) -> list[list[str]]:
    return [line.split() for line in path.read_text().splitlines() if line and line[0] != "#"]


class Kernel:
    """One kernel and its modules."""

    def __init__(self, label: str):
        self.row = select([label])[0]
        fetch_kernel(self.row)
        self.image = self.row.image
        self.release = self.row.versions()[0]
        self.folder = fetch_modules(self.row)

    @cached_property
    def depends(self) -> dict[str, tuple[str, list[str]]]:
        """Of each module, its file, and the files of those that it needs."""
        found = {}
        for words in _lines(self.folder / "modules.dep"):
            path = words[0].rstrip(":")
            found[module_name(path)] = (path, words[1:])
        return found

    @cached_property
    def aliases(self) -> list[tuple[str, str]]:
        """Patterns, and the modules that they mean."""
        return [(words[1], normal(words[2])) for words in _lines(self.folder / "modules.alias")
                if len(words) == 3]  # fmt: skip

    @cached_property
    def softdeps(self) -> dict[str, dict[str, list[str]]]:
        found: dict[str, dict[str, list[str]]] = {}
        for words in _lines(self.folder / "modules.softdep"):
            kind = "pre"
            entry = found.setdefault(normal(words[1]), {"pre": [], "post": []})
            for word in words[2:]:
                if word in ("pre:", "post:"):
                    kind = word[:-1]
                else:
                    entry[kind] += self.meant(word)
        return found

    def meant(self, name: str) -> list[str]:
        """The modules that a name or an alias without wildcards means: none where it is built in. Of several that
        serve for the same, the one that works on every processor.
        """
        if normal(name) in self.depends:
            return [normal(name)]
        found = [module for pattern, module in self.aliases if pattern == name]
        return [module for module in found if module.endswith("_generic")] or found

    def closure(self, names: list[str]) -> list[str]:
        """These, what they need and what is loaded around them; what is needed comes first."""
        order: list[str] = []
        seen: set[str] = set()

        def add(name: str) -> None:
            if name in seen or name not in self.depends:
                return
            seen.add(name)
            soft = self.softdeps.get(name, {"pre": [], "post": []})
            for other in soft["pre"] + [module_name(path) for path in self.depends[name][1]]:
                add(other)
            order.append(name)
            for other in soft["post"]:
                add(other)

        for name in names:
            for module in self.meant(name):
                add(module)
        return order
