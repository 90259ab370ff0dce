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
MODULES = ["virtio_pci", "virtio_blk", "ext4", "btrfs", "raid0", "raid1", "raid10", "raid456", "linear", "dm_mod",
           "dm_crypt", "dm_thin_pool", "algif_skcipher", "af_alg", "xts", "cbc", "ecb", "essiv", "sha256_generic",
           "sha512_generic", "aes_generic", "crc32c_generic", "xxhash_generic", "blake2b_generic"]  # fmt: skip


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
    "luks2": Layout(1, 40, f'{FORMAT} --type luks2 --pbkdf argon2id --pbkdf-force-iterations 4 --pbkdf-memory 65536 "$1" - '
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


def _script() -> str:
    text = ""
    number = 0
    for name, layout in LAYOUTS.items():
        devices = " ".join(f"/dev/vd{_letters(number + n)}" for n in range(layout.count))
        number += layout.count
        text += f'set -- {devices}\necho "-- {name}"\n{{ {layout.script.replace("@VG@", group(name))}; }} && made="$made {name}"\nclean\n'
    script = SCRIPT.replace("@LAYOUTS@", text)
    return script.replace("@UUID@", disks.UUID).replace("@LABEL@", disks.LABEL)


def _image(kernel: Kernel, folder: Path) -> bytes:
    archive = guest.Archive()
    archive.device("dev/console", 5, 1)
    archive.add("init", _script().encode(), 0o755)
    archive.add("key", KEY)
    guest.add_program(archive, BUSYBOX, "bin/busybox")
    for program in PROGRAMS:
        guest.add_program(archive, Path(program))
    for soname in ("libgcc_s.so.1",):
        guest.add_program(archive, guest.library_path(soname), f"lib/x86_64-linux-gnu/{soname}")
    order = kernel.closure(MODULES)
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


def _make(kernel: Kernel, folder: Path, out: Path, scratch: Path) -> None:
    attached = []
    for name, layout in LAYOUTS.items():
        for n in range(layout.count):
            path = out / f"{name}-{n}.img"
            with path.open("wb") as file:
                file.truncate(layout.size * disks.MEGA)
            attached.append(Disk(path, keep=True))
    initrd = scratch / "storage-initrd"
    initrd.write_bytes(_image(kernel, folder))
    outcome = machine.start(Machine("amd64", kernel.image, initrd, "panic=-1 loglevel=4", attached, seconds=600,
                                    memory="768M"))  # fmt: skip
    made = outcome.console.rpartition("MADE:")[2].split("\n")[0].split()
    if set(made) != set(LAYOUTS):
        (HERE.parents[1] / "build" / "storage.log").write_text(outcome.console)
        raise Failed(f"disks are not made: {set(LAYOUTS) - set(made)}; see build/storage.log")


def fetch(kernel: Kernel, folder: Path, scratch: Path) -> Path:
    """The folder of the disks, NAME-NUMBER.img."""
    key = hashlib.sha256()
    for part in _script().encode(), (folder / "sbin" / "init").read_bytes(), kernel.release.encode(), KEY:
        key.update(part)
    place = cache_dir().parent / "initrd-boot" / key.hexdigest()[:16]
    if place.exists():
        return place
    shutil.rmtree(place.parent, ignore_errors=True)
    making = place.with_suffix(".new")
    making.mkdir(parents=True)
    _make(kernel, folder, making, scratch)
    making.rename(place)
    return place
