# SPDX-License-Identifier: GPL-2.0-or-later
"""The kernel that is booted, its headers, and our module built for it.

Debian's linux-headers packages are unpacked below the cache, and not installed: HEADERS/usr/src, as in the
packages. apt's lists are those that tests/kernels/fetch has made.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path

from rows import Row, cache_dir

HERE = Path(__file__).resolve().parent
FETCH = HERE.parent / "kernels" / "fetch"
NOT_AVAILABLE = 3  # fetch's exit status


class Failed(Exception):
    """A step before the checks."""


def run(*command, cwd: Path | None = None, env: dict | None = None) -> str:
    """Runs a command, and returns what it printed."""
    words = [str(word) for word in command]
    done = subprocess.run(words, cwd=cwd, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, errors="replace", check=False)  # fmt: skip
    if done.returncode:
        last = " / ".join(done.stdout.splitlines()[-5:])
        raise Failed(f"{' '.join(words)}: exit status {done.returncode}: {last}")
    return done.stdout


def fetch_kernel(row: Row) -> None:
    """Brings the kernel into the cache. One that is there already does where there is no network."""
    done = subprocess.run([FETCH, row.label], stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode and not (row.dir / "version").exists():
        last = (done.stderr.strip().splitlines() or ["fetch failed"])[-1]
        raise Failed(last)


def download(folder: Path, row: Row, names: list[str]) -> None:
    config = cache_dir() / ".apt" / f"{row.suite}-{row.arch}" / "apt.conf"
    env = os.environ | {"APT_CONFIG": str(config)}
    version = row.versions()[1]
    run("apt-get", "-qq", "download", *[f"{name}={version}" for name in names], cwd=folder, env=env)
    for deb in folder.glob("*.deb"):
        run("dpkg-deb", "-x", deb, folder)
        deb.unlink()


def fetch_headers(row: Row) -> Path:
    """The folder that the headers of this very kernel are unpacked in."""
    release, version = row.versions()
    folder = cache_dir().parent / "headers" / f"{release}_{version.replace('~', '-')}"
    if folder.exists():
        return folder
    base = release.removesuffix(f"-{row.arch}")
    kbuild = base
    if re.fullmatch(r"[0-9]+\.[0-9]+\.0-[0-9]+", base):  # 6.1.0-56: its scripts are linux-kbuild-6.1
        kbuild = ".".join(base.split(".")[:2])
    unpacked = folder.with_name(f".{folder.name}.{os.getpid()}")
    shutil.rmtree(unpacked, ignore_errors=True)
    unpacked.mkdir(parents=True)
    try:
        download(unpacked, row, [f"linux-headers-{release}", f"linux-headers-{base}-common",
                                 f"linux-kbuild-{kbuild}"])  # fmt: skip
        # its Makefile expects the other package in /usr/src
        makefile = unpacked / "usr" / "src" / f"linux-headers-{release}" / "Makefile"
        makefile.write_text(makefile.read_text().replace("/usr/src/", f"{folder}/usr/src/"))
        unpacked.rename(folder)
    finally:
        shutil.rmtree(unpacked, ignore_errors=True)
    return folder


def build_module(row: Row, headers: Path, scratch: Path) -> Path:
    """kimg_crash.ko, with its debug information."""
    release = row.versions()[0]
    place = scratch / "module"
    place.mkdir()
    shutil.copy(HERE / "crash" / "kimg_crash.c", place)
    (place / "Makefile").write_text("obj-m := kimg_crash.o\n")
    # BTF needs pahole, and nothing here reads it
    run("make", "-C", headers / "usr" / "src" / f"linux-headers-{release}", f"M={place}",
        "CONFIG_DEBUG_INFO_BTF_MODULES=", "modules")  # fmt: skip
    return place / "kimg_crash.ko"


def marks() -> dict[str, int]:
    """The lines of the module's source by their marks."""
    found = {}
    lines = (HERE / "crash" / "kimg_crash.c").read_text().splitlines()
    for number, line in enumerate(lines, 1):
        if match := re.search(r"/\* mark: (\S+) \*/", line):
            found[match[1]] = number
    return found
