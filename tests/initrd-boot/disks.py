# SPDX-License-Identifier: GPL-2.0-or-later
"""Disks with a root on them, made without mounting anything."""

import os
import shutil
from pathlib import Path

from debian import run
from image import build_real_init

import guest

UUID = "6c1f7d3a-52d2-4b7e-9d57-2f3f3b1e8a11"
SWAP_UUID = "aaaaaaaa-52d2-4b7e-9d57-2f3f3b1e8a11"
LABEL = "kimg-root"
PARTUUID = "0b2d9c44-77aa-4b8c-9a0e-5d1f0a6b7c31"
PARTLABEL = "kimg part"
MBR_ID = "5eed1234"
ROOT_TYPES = {
    "amd64": "4f68bce3-e8cd-4db1-96e7-fbcaf984b709",
    "arm64": "b921b045-1df0-41c3-af44-4c6f280d3fae",
    "riscv64": "72ec70a6-cf74-40e6-bd49-4bda08e8f224",
}
MEGA = 1 << 20


def root_folder(arch: str, scratch: Path, mark: str = "root") -> Path:
    """What is on the root."""
    folder = scratch / f"root-{arch}-{mark}"
    if folder.exists():
        return folder
    for name in "dev", "proc", "sys", "run", "etc", "sbin", "usr", "tmp":
        (folder / name).mkdir(parents=True)
    shutil.copy(build_real_init(arch, scratch), folder / "sbin" / "init")
    (folder / "etc" / "mark").write_text(f"{mark}\n")
    return folder


SYSTEMD = ["/lib/systemd/systemd", "/bin/systemctl", "/bin/busybox"]
TARGET = """[Unit]
Description=All there is
DefaultDependencies=no
Requires=report.service
After=report.service
AllowIsolate=yes
"""
SERVICE = """[Unit]
DefaultDependencies=no
[Service]
Type=oneshot
ExecStart=/bin/report
"""
REPORT = """#!/bin/busybox sh
exec >/dev/console 2>&1
echo "REALINIT begin"
/bin/systemctl show -p InitRDTimestampMonotonic -p UserspaceTimestampMonotonic
/bin/busybox cat /proc/mounts /run/kimg/times
echo "REALINIT end"
/bin/busybox reboot -f
"""


def systemd_folder(scratch: Path) -> Path:
    """A root whose init is this machine's systemd, with one unit that tells what systemd knows of the initrd."""
    folder = root_folder("amd64", scratch, "systemd")
    if (folder / "bin").exists():
        return folder
    (folder / "sbin" / "init").unlink()
    (folder / "sbin" / "init").symlink_to("/lib/systemd/systemd")
    files = {Path(name) for name in SYSTEMD}
    for program in list(files):
        files |= set(guest.libraries(program))
    for path in files:
        target = folder / str(path).lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    units = folder / "etc" / "systemd" / "system"
    units.mkdir(parents=True)
    (units / "default.target").write_text(TARGET)
    (units / "report.service").write_text(SERVICE)
    (folder / "etc" / "machine-id").write_text("0123456789abcdef0123456789abcdef\n")
    (folder / "bin" / "report").write_text(REPORT)
    (folder / "bin" / "report").chmod(0o755)
    return folder


def _empty(path: Path, size: int) -> Path:
    path.unlink(missing_ok=True)
    with path.open("wb") as file:
        file.truncate(size)
    return path


def ext(folder: Path, out: Path, kind: str = "ext4", size: int = 16 * MEGA, uuid: str = UUID, label: str = LABEL) -> Path:
    _empty(out, size)
    run("mke2fs", "-q", "-F", "-t", kind, "-d", folder, "-U", uuid, "-L", label, "-E", "root_owner=0:0", out)
    return out


def _prototype(folder: Path) -> str:
    """What mkfs.xfs -p reads."""
    lines = []
    for entry in sorted(folder.iterdir()):
        if entry.is_dir():
            lines += [f"{entry.name} d--755 0 0", _prototype(entry), "$"]
        else:
            kind = "---755" if os.access(entry, os.X_OK) else "---644"
            lines.append(f"{entry.name} {kind} 0 0 {entry}")
    return "\n".join(lines)


def xfs(folder: Path, out: Path) -> Path:
    _empty(out, 320 * MEGA)
    prototype = out.with_suffix(".proto")
    prototype.write_text(f"/dev/null\n0 0\nd--755 0 0\n{_prototype(folder)}\n$\n")
    run("mkfs.xfs", "-q", "-m", f"uuid={UUID}", "-L", LABEL, "-p", prototype, out)
    return out


def btrfs(folder: Path, out: Path) -> Path:
    _empty(out, 128 * MEGA)
    run("mkfs.btrfs", "-q", "-U", UUID, "-L", LABEL, "--rootdir", folder, out)
    return out


def f2fs(folder: Path, out: Path) -> Path:
    _empty(out, 128 * MEGA)
    run("mkfs.f2fs", "-q", "-f", "-U", UUID, "-l", LABEL, out)
    run("sload.f2fs", "-f", folder, out)
    return out


def squashfs(folder: Path, out: Path) -> Path:
    out.unlink(missing_ok=True)
    run("mksquashfs", folder, out, "-quiet", "-no-progress", "-all-root", "-comp", "zstd")
    return out


def erofs(folder: Path, out: Path) -> Path:
    out.unlink(missing_ok=True)
    run("mkfs.erofs", "-U", UUID, out, folder)
    return out


def swap(out: Path) -> Path:
    _empty(out, 256 * MEGA)
    run("mkswap", "-q", "-U", SWAP_UUID, out)
    return out


MAKERS = {"ext4": ext, "xfs": xfs, "btrfs": btrfs, "f2fs": f2fs, "squashfs": squashfs, "erofs": erofs}


def _table(out: Path, script: str, parts: list[tuple[int, Path]], size: int) -> Path:
    _empty(out, size)
    run("bash", "-c", 'printf "%s" "$1" | sfdisk -q "$2"', "bash", script, out)
    with out.open("r+b") as disk:
        for mega, part in parts:
            disk.seek(mega * MEGA)
            disk.write(part.read_bytes())
    return out


def gpt(part: Path, out: Path, arch: str = "amd64") -> Path:
    """Three partitions; the second is the root."""
    script = (f"label: gpt\n- size=1M, name=first\n"
              f'start=4096, size=16M, uuid={PARTUUID}, name="{PARTLABEL}", type={ROOT_TYPES[arch]}\n'
              f"size=1M, name=third\n")  # fmt: skip
    script = script.replace("- size=1M", "start=2048, size=1M")
    return _table(out, script, [(2, part)], 24 * MEGA)


def mbr(part: Path, out: Path) -> Path:
    """A primary partition, and the root in a logical one."""
    script = (f"label: dos\nlabel-id: 0x{MBR_ID}\nstart=2048, size=1M, type=83\n"
              "start=4096, size=40M, type=5\nstart=6144, size=16M, type=83\n")  # fmt: skip
    return _table(out, script, [(3, part)], 48 * MEGA)
