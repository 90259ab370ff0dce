# SPDX-License-Identifier: GPL-2.0-or-later
"""Roots on arrays, volumes and encrypted devices. They are made in one boot of a guest, for this machine's kernel need
know nothing of them, and kept below the cache until what makes them changes.
"""

import hashlib
import shutil
from dataclasses import dataclass
from pathlib import Path

import disks
import guest
import machine
from debian import HERE, Failed, Kernel, cache_dir
from machine import Disk, Machine

PASSPHRASE = "correct horse"
KEY = b"a key of bytes \x00\xff and more"
BTRFS_UUID = "7d1f7d3a-52d2-4b7e-9d57-2f3f3b1e8a12"
LUKS_UUID = "11111111-2222-4333-8444-555555555555"
MD_UUID = "0badcafe:12345678:9abcdef0:87654321"
BUSYBOX = Path("/bin/busybox")
PROGRAMS = ["/bin/btrfs", "/sbin/mdadm", "/sbin/lvm", "/sbin/cryptsetup", "/sbin/mke2fs", "/sbin/mkfs.btrfs", "/sbin/dmsetup"]
BASE = ["virtio_pci", "virtio_blk"]
EXT4 = ["ext4", "crc32c_generic"]
MD = ["raid0", "raid1", "raid10", "raid456"]
LVM = ["dm_mod", "dm_thin_pool"]
LUKS = ["dm_mod", "dm_crypt", "algif_skcipher", "af_alg", "xts", "cbc", "ecb", "essiv", "aes_generic", "sha256_generic",
        "sha512_generic"]  # fmt: skip
BTRFS = ["btrfs", "crc32c_generic", "xxhash_generic", "blake2b_generic"]
# What is made in one boot, and the modules for that.
GROUPS = {
    "md": (BASE + EXT4 + MD, ["raid0", "raid1", "raid1-090", "raid1-10", "raid5", "raid10"]),
    "lvm": (BASE + EXT4 + LVM, ["linear", "striped", "thin"]),
    "luks": (BASE + EXT4 + LVM + LUKS, ["luks1", "luks2", "lvm-on-luks", "luks-on-lvm"]),
    "btrfs": (BASE + BTRFS, ["btrfs-two", "btrfs-subvol"]),
    "both": (BASE + EXT4 + LVM + ["raid1"], ["lvm-on-raid"]),
}


@dataclass
class Layout:
    count: int  # of disks
    size: int  # of each, in MiB
    script: str  # $1, $2... are the disks; mkroot DEVICE makes the file system


def _md(level: str, count: int, more: str = "") -> Layout:
    return Layout(count, 20, f'mdadm --create /dev/md9 --run --level={level} --raid-devices={count} --assume-clean '
                             f'--homehost=any {more} "$@" && mkroot /dev/md9 && mdadm --stop /dev/md9')  # fmt: skip


VG = 'lvm pvcreate -q "$@" && lvm vgcreate -q @VG@ "$@"'
DONE = "lvm vgchange -an @VG@"
FORMAT = f'echo -n "{PASSPHRASE}" | cryptsetup luksFormat -q --uuid {LUKS_UUID}'
CHEAP = "--pbkdf pbkdf2 --pbkdf-force-iterations 1000"
OPEN = f'echo -n "{PASSPHRASE}" | cryptsetup open --type luks --key-file -'

LAYOUTS = {
    "raid0": _md("0", 2),
    "raid1": _md("1", 2, f"--name=root --uuid={MD_UUID}"),
    "raid1-090": _md("1", 2, "--metadata=0.90"),
    "raid1-10": _md("1", 2, "--metadata=1.0"),
    "raid5": _md("5", 3),
    "raid10": _md("10", 4),
    "linear": Layout(1, 32, f"{VG} && lvm lvcreate -q -Zn -Wn -L 20M -n root-a @VG@ && mkroot /dev/@VG@/root-a && {DONE}"),
    "striped": Layout(2, 24, f"{VG} && lvm lvcreate -q -Zn -Wn -i 2 -L 24M -n root @VG@ && mkroot /dev/@VG@/root && {DONE}"),
    "thin": Layout(1, 48, f"{VG} && lvm lvcreate -q -Zn -L 32M -T @VG@/pool && lvm lvcreate -q -V 20M -T @VG@/pool -n root && "
                          f"mkroot /dev/@VG@/root && {DONE}"),  # fmt: skip
    "luks1": Layout(1, 24, f'{FORMAT} --type luks1 --pbkdf-force-iterations 1000 "$1" - && {OPEN} "$1" x && '
                           "mkroot /dev/mapper/x && cryptsetup close x"),  # fmt: skip
    "luks2": Layout(1, 40, f'{FORMAT} --type luks2 --pbkdf argon2id --pbkdf-force-iterations 4 --pbkdf-memory 8192 "$1" - '
                           f'&& echo -n "{PASSPHRASE}" | cryptsetup luksAddKey -q {CHEAP} --key-file - "$1" /key && '
                           f'{OPEN} "$1" x && mkroot /dev/mapper/x && cryptsetup close x'),  # fmt: skip
    "lvm-on-luks": Layout(1, 48, f'{FORMAT} {CHEAP} "$1" - && {OPEN} "$1" x && lvm pvcreate -q /dev/mapper/x && '
                                 "lvm vgcreate -q @VG@ /dev/mapper/x && lvm lvcreate -q -Zn -Wn -L 20M -n root @VG@ && "
                                 f"mkroot /dev/@VG@/root && {DONE} && cryptsetup close x"),  # fmt: skip
    "luks-on-lvm": Layout(1, 64, f"{VG} && lvm lvcreate -q -Zn -Wn -L 48M -n root @VG@ && {FORMAT} {CHEAP} /dev/@VG@/root - && "
                                 f"{OPEN} /dev/@VG@/root x && mkroot /dev/mapper/x && cryptsetup close x && {DONE}"),
    "lvm-on-raid": Layout(2, 32, 'mdadm --create /dev/md9 --run --level=1 --raid-devices=2 --assume-clean --homehost=any '
                                 '"$@" && lvm pvcreate -q /dev/md9 && lvm vgcreate -q @VG@ /dev/md9 && '
                                 "lvm lvcreate -q -Zn -Wn -L 20M -n root @VG@ && mkroot /dev/@VG@/root && "
                                 f"{DONE} && mdadm --stop /dev/md9"),  # fmt: skip
    "btrfs-two": Layout(2, 128, f'mkfs.btrfs -q -f -U {disks.UUID} -d raid1 -m raid1 "$@" && btrfsroot "$1" subvolid=5 /mnt'),
    "btrfs-subvol": Layout(1, 128, f'mkfs.btrfs -q -f -U {BTRFS_UUID} "$1" && mount -t btrfs "$1" /mnt && '
                                   'btrfs subvolume create /mnt/@ && umount /mnt && btrfsroot "$1" subvol=@ /mnt'),
}  # fmt: skip

SCRIPT = """#!/bin/busybox sh
/bin/busybox --install -s /bin
export PATH=/sbin:/bin MDADM_NO_UDEV=1 DM_DISABLE_UDEV=1
mkdir -p /proc /sys /dev /run/lvm /run/lock/lvm /run/cryptsetup /tmp /mnt
mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t devtmpfs dev /dev
while read module; do insmod $module; done </modules
mkroot() { /sbin/mke2fs -q -F -t ext4 -U @UUID@ -L @LABEL@ -d /root-folder "$1"; }
btrfsroot() { mount -t btrfs -o "$2" "$1" /mnt && cp -a /root-folder/. /mnt && umount /mnt; }
clean() { umount /mnt; dmsetup remove_all; mdadm --stop --scan; rm -rf /dev/vg*; } 2>/dev/null
@LAYOUTS@
sync
echo "MADE: $made"
reboot -f
"""


def group(name: str) -> str:
    """The name of the volume group in a layout."""
    return f"vg_{name.replace('-', '_')}"


def _letters(number: int) -> str:
    """a to z, aa, ab..."""
    first = chr(ord("a") + number // 26 - 1) if number >= 26 else ""
    return first + chr(ord("a") + number % 26)


def _script(names: list[str]) -> str:
    text = ""
    number = 0
    for name in names:
        layout = LAYOUTS[name]
        devices = " ".join(f"/dev/vd{_letters(number + n)}" for n in range(layout.count))
        number += layout.count
        script = layout.script.replace("@VG@", group(name))
        text += f'set -- {devices}\necho "-- {name}"\n{{ {script}; }} && made="$made {name}"\nclean\n'
    script = SCRIPT.replace("@LAYOUTS@", text)
    return script.replace("@UUID@", disks.UUID).replace("@LABEL@", disks.LABEL)


def _image(kernel: Kernel, folder: Path, modules: list[str], script: str) -> bytes:
    archive = guest.Archive()
    archive.device("dev/console", 5, 1)
    archive.add("init", script.encode(), 0o755)
    archive.add("key", KEY)
    guest.add_program(archive, BUSYBOX, "bin/busybox")
    for program in PROGRAMS:
        guest.add_program(archive, Path(program))
    # Of the C library's threads, when the program loads it by name.
    guest.add_program(archive, guest.library_path("libgcc_s.so.1"), "lib/x86_64-linux-gnu/libgcc_s.so.1")
    order = kernel.closure(modules)
    for name in order:
        archive.file(f"modules.d/{name}.ko", kernel.folder / kernel.depends[name][0])
    archive.add("modules", "".join(f"/modules.d/{name}.ko\n" for name in order).encode())
    for path in sorted(folder.rglob("*")):
        name = f"root-folder/{path.relative_to(folder)}"
        if path.is_dir():
            archive.folder(name)
        else:
            archive.file(name, path)
    return archive.bytes()


def _make(kernel: Kernel, image: bytes, names: list[str], out: Path, scratch: Path) -> None:
    attached = []
    for name in names:
        for n in range(LAYOUTS[name].count):
            path = out / f"{name}-{n}.img"
            with path.open("wb") as file:
                file.truncate(LAYOUTS[name].size * disks.MEGA)
            attached.append(Disk(path, keep=True))
    initrd = scratch / "storage-initrd"
    initrd.write_bytes(image)
    outcome = machine.start(Machine("amd64", kernel.image, initrd, "panic=-1 loglevel=4", attached, seconds=900))
    made = outcome.console.rpartition("\nMADE:")[2].split("\n")[0].split()
    if made != names:
        log = HERE.parents[1] / "build" / "initrd-boot-logs" / "storage"
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text(outcome.console)
        raise Failed(f"disks are not made: {outcome.problem or sorted(set(names) - set(made))}; see {log}")


def fetch(kernel: Kernel, folder: Path, scratch: Path, layout: str) -> Path:
    """The folder of the disks of a layout, NAME-NUMBER.img."""
    label, (modules, names) = next((label, made) for label, made in GROUPS.items() if layout in made[1])
    script = _script(names)
    key = hashlib.sha256()
    for part in script.encode(), (folder / "sbin" / "init").read_bytes(), kernel.release.encode(), KEY:
        key.update(part)
    place = cache_dir().parent / "initrd-boot" / f"{label}-{key.hexdigest()[:16]}"
    if place.exists():
        return place
    for old in place.parent.glob(f"{label}-????????????????*"):
        shutil.rmtree(old)
    making = place.with_suffix(".new")
    making.mkdir(parents=True)
    _make(kernel, _image(kernel, folder, modules, script), names, making, scratch)
    making.rename(place)
    return place
