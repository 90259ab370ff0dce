# SPDX-License-Identifier: GPL-2.0-or-later
"""The boots: what is on the disks, what is in the image, what must be said."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import disks
import storage
from debian import Kernel
from image import Contents
from machine import Disk

import guest

KERNELS = {
    "6.1": "bookworm/amd64/amd64",
    "6.12": "trixie/amd64/amd64",
    "7.2": "sid/amd64/amd64",
    "arm64": "trixie/arm64/arm64",
    "riscv64": "trixie/riscv64/riscv64",
}
REACHED = r"REALINIT begin"
EXT4_AT_ROOT = r"^\S+ / ext4 "


class Workshop:
    """Kernels and disks, each made once."""

    def __init__(self, scratch: Path):
        self.scratch = scratch
        self._kernels: dict[str, Kernel] = {}

    def kernel(self, name: str) -> Kernel:
        if name not in self._kernels:
            self._kernels[name] = Kernel(KERNELS[name])
        return self._kernels[name]

    def disk(self, name: str, make: Callable[[Path], Path]) -> Path:
        path = self.scratch / f"{name}.img"
        return path if path.exists() else make(path)

    def filesystem(self, kind: str, arch: str = "amd64") -> Path:
        folder = disks.root_folder(arch, self.scratch)
        return self.disk(f"{kind}-{arch}", partial(disks.MAKERS[kind], folder))

    def gpt(self, arch: str = "amd64") -> Path:
        return self.disk(f"gpt-{arch}", partial(disks.gpt, self.filesystem("ext4", arch), arch=arch))

    def storage(self, layout: str) -> Path:
        folder = disks.root_folder("amd64", self.scratch)
        return storage.fetch(self.kernel("6.1"), folder, self.scratch, layout)

    def mbr(self) -> Path:
        return self.disk("mbr", partial(disks.mbr, self.filesystem("ext4")))


@dataclass
class Case:
    name: str
    kernel: str
    contents: Contents
    disks: Callable[[Workshop], list[Disk]]
    parameters: str
    expected: list[str] = field(default_factory=lambda: [REACHED, EXT4_AT_ROOT])
    absent: list[str] = field(default_factory=list)
    bus: str = "virtio-blk"
    talk: list[tuple[str, str]] = field(default_factory=list)
    seconds: int = 120
    boots: int = 1  # of the same disks, one after the other
    quick: bool = False

    def wrong(self, console: str) -> list[str]:
        """What of the console is not as it should be."""
        missing = [f"not on the console: {text}" for text in self.expected
                   if not re.search(text, console, re.MULTILINE)]  # fmt: skip
        return missing + [f"on the console: {text}" for text in self.absent
                          if re.search(text, console, re.MULTILINE)]  # fmt: skip


HOST = Contents(load=["virtio_pci", "virtio_blk", "ext4"])
UNPACKED = Contents(load=HOST.load, unpacked=True)


def _plain(workshop: Workshop, arch: str = "amd64") -> list[Disk]:
    return [Disk(workshop.filesystem("ext4", arch))]


def _gpt(workshop: Workshop) -> list[Disk]:
    return [Disk(workshop.gpt())]


def _systemd(workshop: Workshop) -> list[Disk]:
    folder = disks.systemd_folder(workshop.scratch)
    return [Disk(workshop.disk("systemd", partial(disks.ext, folder, size=64 * disks.MEGA)))]


def _mbr(workshop: Workshop) -> list[Disk]:
    return [Disk(workshop.mbr())]


def _ways() -> list[Case]:
    """Every way of naming root."""
    ways = {
        "dev": (_plain, "root=/dev/vda", True),
        "uuid": (_plain, f"root=UUID={disks.UUID}", True),
        "uuid-upper": (_plain, f"root=UUID={disks.UUID.upper()}", False),
        "by-uuid": (_plain, f"root=/dev/disk/by-uuid/{disks.UUID}", False),
        "label": (_plain, f"root=LABEL={disks.LABEL}", True),
        "partition": (_gpt, "root=/dev/vda2", False),
        "partuuid": (_gpt, f"root=PARTUUID={disks.PARTUUID}", True),
        "partnroff": (_gpt, f"root=PARTUUID={disks.PARTUUID}/PARTNROFF=0", False),
        "partlabel": (_gpt, f'"root=PARTLABEL={disks.PARTLABEL}"', False),
        "by-partlabel": (_gpt, r"root=/dev/disk/by-partlabel/kimg\x20part", False),
        "mbr": (_mbr, f"root=PARTUUID={disks.MBR_ID}-05", False),
        "number": (_gpt, "root=254:2", False),
        "number-hex": (_gpt, "root=fe02", False),
        "gpt-auto": (_gpt, "", True),
    }
    fast = Case("6.12-dev-unpacked", "6.12", UNPACKED, _plain, "root=/dev/vda")
    return [fast] + [
            Case(f"{kernel}-{name}", kernel, HOST, make, parameters, quick=quick and kernel == "6.12")
            for kernel in ("6.1", "6.12") for name, (make, parameters, quick) in ways.items()]  # fmt: skip




def _buses() -> list[Case]:
    """Each bus, by an image that has drivers of all and finds its own."""
    drivers = ["virtio_pci", "virtio_blk", "virtio_scsi", "sd_mod", "sym53c8xx", "megaraid_sas", "mptsas", "ahci", "ata_piix",
               "ata_generic", "nvme", "xhci_pci", "usb_storage", "uas", "sdhci_pci", "mmc_block", "ext4"]  # fmt: skip
    everything = Contents(modules=drivers)
    root = f"root=UUID={disks.UUID}"
    rows = [Case(f"{kernel}-bus-{bus}", kernel, everything, _plain, root, bus=bus, quick=f"{kernel}{bus}" == "6.12nvme")
            for kernel in ("6.1", "6.12") for bus in
            ("virtio-blk", "virtio-scsi", "lsi", "megasas", "ahci", "ide", "nvme", "usb", "sd")]  # fmt: skip
    told = r"^InitRDTimestampMonotonic=[1-9]"
    return [Case("6.1-systemd", "6.1", HOST, _systemd, "root=/dev/vda rw", [REACHED, EXT4_AT_ROOT, told], seconds=240),
            *rows, # Here "/" can be changed, and the initrd let go.
            Case("7.2-bus-virtio-blk", "7.2", everything, _plain, f"{root} debug",
                 [REACHED, EXT4_AT_ROOT, "kimg-init: pivot_root"])]  # fmt: skip


def _filesystems() -> list[Case]:
    """Each file system; those without a UUID by the disk's name."""
    rows = []
    for kind in disks.MAKERS:
        contents = Contents(load=["virtio_pci", "virtio_blk"], modules=[kind, "overlay"])
        make = partial(lambda workshop, kind: [Disk(workshop.filesystem(kind))], kind=kind)
        root = "root=/dev/vda" if kind == "squashfs" else f"root=UUID={disks.UUID}"
        rows.append(Case(f"6.12-fs-{kind}", "6.12", contents, make, root, [REACHED, f"^\\S+ / {kind} "]))
    squash = partial(lambda workshop: [Disk(workshop.filesystem("squashfs"), read_only=True)])
    contents = Contents(load=["virtio_pci", "virtio_blk"], modules=["squashfs", "overlay"])
    rows.append(Case("6.12-overlay", "6.12", contents, squash, "root=/dev/vda rd.overlay", [REACHED, "^overlay / overlay rw"],
                     quick=True))  # fmt: skip
    return rows


STORAGE_MODULES = ["ext4", "btrfs", "raid0", "raid1", "raid10", "raid456", "linear", "dm_mod", "dm_crypt",
                   "dm_thin_pool", "algif_skcipher", "af_alg", "xts", "cbc", "ecb", "essiv", "sha256_generic",
                   "sha512_generic", "aes_generic", "xxhash_generic", "blake2b_generic"]  # fmt: skip
LVM = {"/sbin/lvm": Path("/sbin/lvm")}
LUKS = {"/sbin/cryptsetup": Path("/sbin/cryptsetup")}
MAPPED = f"rd.luks.name={storage.LUKS_UUID}=root"
UNLOCK = [("Passphrase for", f"{storage.PASSPHRASE}\n")]


def _storage_contents(programs: dict[str, Path], **files: bytes) -> Contents:
    libraries = {}
    if programs:
        libraries["/lib/x86_64-linux-gnu/libgcc_s.so.1"] = guest.library_path("libgcc_s.so.1")
    return Contents(load=["virtio_pci", "virtio_blk"], modules=STORAGE_MODULES, programs=programs | libraries,
                    files=files)  # fmt: skip


def _storage_case(name: str, layout: str, parameters: str, programs: dict[str, Path] | None = None,
                  missing: tuple[int, ...] = (), kernel: str = "6.1",
                  files: dict[str, bytes] | None = None, **more) -> Case:  # fmt: skip
    count = storage.LAYOUTS[layout].count
    make = partial(lambda workshop: [Disk(workshop.storage(layout) / f"{layout}-{n}.img") for n in range(count)
                                     if n not in missing])  # fmt: skip
    return Case(f"{kernel}-{name}", kernel, _storage_contents(programs or {}, **(files or {})), make, parameters, **more)


def _storage() -> list[Case]:
    root = f"root=UUID={disks.UUID}"
    arrays = [_storage_case(name, name, root) for name in ("raid0", "raid1", "raid1-090", "raid1-10", "raid5", "raid10")]
    late = {"expected": [REACHED, EXT4_AT_ROOT, r"starts with \d of \d disks"]}
    degraded = [_storage_case(f"{name}-degraded", name, root, missing=(1,), **late) for name in ("raid1", "raid5", "raid10")]
    btrfs = {"expected": [REACHED, r"^\S+ / btrfs "]}
    volumes = [
        _storage_case("lvm", "linear", "root=/dev/vg_linear/root-a", LVM),
        _storage_case("lvm-mapper", "linear", "root=/dev/mapper/vg_linear-root--a rd.lvm.lv=vg_linear/root-a", LVM),
        _storage_case("lvm-striped", "striped", root, LVM),
        _storage_case("lvm-thin", "thin", root, LVM),
        _storage_case("lvm-on-raid", "lvm-on-raid", root, LVM),
    ]
    key = {"etc/key": storage.KEY, "etc/crypttab": f"root UUID={storage.LUKS_UUID} /etc/key luks,discard\n".encode()}
    wrong = [("Passphrase for", "wrong\n"), ("Passphrase for", f"{storage.PASSPHRASE}\n")]
    luks = [
        _storage_case("luks1", "luks1", f"root=/dev/mapper/root {MAPPED}", LUKS, talk=UNLOCK),
        _storage_case("luks2", "luks2", f"{root} rd.luks.uuid={storage.LUKS_UUID}", LUKS, talk=UNLOCK, seconds=240),
        _storage_case("luks2-key", "luks2", "root=/dev/mapper/root", LUKS, files=key),
        _storage_case("luks-wrong-then-right", "luks1", f"root=/dev/mapper/root {MAPPED}", LUKS, talk=wrong,
                      expected=[REACHED, "No key of root has this passphrase"]),
        _storage_case("lvm-on-luks", "lvm-on-luks", f"root=/dev/vg_lvm_on_luks/root {MAPPED}", LVM | LUKS, talk=UNLOCK),
        _storage_case("luks-on-lvm", "luks-on-lvm", f"root=/dev/mapper/root {MAPPED}", LVM | LUKS, talk=UNLOCK),
    ]  # fmt: skip
    return [*arrays, *degraded, *volumes, *luks,
            _storage_case("btrfs-two", "btrfs-two", root, **btrfs),
            _storage_case("btrfs-subvol", "btrfs-subvol", f"root=UUID={storage.BTRFS_UUID} rootflags=subvol=@", **btrfs),
            _storage_case("raid1", "raid1", f"root=/dev/md/root rd.md.uuid={storage.MD_UUID}", kernel="6.12", quick=True),
            _storage_case("luks2-key", "luks2", "root=/dev/mapper/root", LUKS, kernel="6.12", files=key),
            _storage_case("lvm", "linear", "root=/dev/vg_linear/root-a", LVM, kernel="6.12")]  # fmt: skip


def _failures() -> list[Case]:
    """What must not hang, nor go on."""
    three = [("Passphrase for", "wrong\n")] * 3
    prompt = [("kimg-init> ", "blkid\n"), ("TYPE=ext4", "ls /dev/vda\n"), ("kimg-init> ", "cat /proc/version\n"),
              ("kimg-init> ", "mount /dev/vda /mnt\n"), ("kimg-init> ", "cat /mnt/etc/mark\n"),
              ("kimg-init> ", "continue\n")]  # fmt: skip
    gone = "root=UUID=00000000-0000-4000-8000-000000000000"
    return [
        Case("6.1-missing", "6.1", HOST, _plain, gone, [r"the boot cannot go on: root=UUID=0.*no such device", r"/dev/vda 16 MiB TYPE=ext4",
             "reboot: Restarting"], [REACHED], quick=True),
        Case("6.1-missing-prompt", "6.1", HOST, _plain, f"{gone} panic=0", [r"the boot cannot go on"], [REACHED],
             talk=[("kimg-init> ", "reboot\n")]),
        Case("6.1-panic-seconds", "6.1", HOST, _plain, f"{gone} panic=3", ["started anew in 3 s", "reboot: Restarting"], [REACHED]),
        Case("6.1-rootwait", "6.1", HOST, _plain, f"{gone} rootwait=2", ["no such device came"], [REACHED], seconds=60),
        Case("6.1-break", "6.1", HOST, _plain, "root=/dev/vda break=mount panic=0", [REACHED, "stops here", "Linux version 6.1",
             "^root$"], talk=prompt, quick=True),
        Case("6.1-no-init", "6.1", HOST, _plain, "root=/dev/vda init=/nothing", ["init=/nothing: not on the root"], [REACHED]),
        Case("6.1-bad-root", "6.1", HOST, _plain, "root=nonsense", ["root=nonsense: not understood"], [REACHED]),
        Case("6.1-bad-options", "6.1", HOST, _plain, "root=/dev/vda rootflags=nonsense", ["cannot be mounted as ext4"], [REACHED]),
        Case("6.1-corrupt-module", "6.1", Contents(load=HOST.load, files={"/lib/modules/virtio_blk.ko": b"no module"}), _plain,
             "root=/dev/vda rootwait=2", ["module virtio_blk: .*Exec format error"], [REACHED]),
        Case("6.1-corrupt-other", "6.1", Contents(load=HOST.load, modules=["nvme"], files={"/lib/modules/nvme.ko": b""}), _plain,
             "root=/dev/vda rd.driver.post=nvme"),
        Case("6.1-blacklist", "6.1", HOST, _plain, "root=/dev/vda rootwait=2 modprobe.blacklist=virtio-blk", ["no such device came"],
             [REACHED]),
        Case("6.1-options", "6.1", HOST, _plain, "root=/dev/vda rw rootflags=noatime rootfstype=ext4 virtio_blk.num_request_queues=1",
             [REACHED, "^/dev/vda / ext4 rw,noatime", "^init [0-9.]+$"]),
        _storage_case("luks-wrong", "luks1", f"root=/dev/mapper/root {MAPPED}", LUKS, talk=three,
                      expected=["cannot be opened: cryptsetup's exit status 2", "reboot: Restarting"], absent=[REACHED]),
        _storage_case("raid5-lost", "raid5", f"root=UUID={disks.UUID}", missing=(0, 1), expected=["no such device came"],
                      absent=[REACHED]),
    ]  # fmt: skip


def _extras() -> list[Case]:
    """/usr of its own, a check of the root, hooks, sysfs' view of nothing left behind."""
    def two(workshop: Workshop) -> list[Disk]:
        root = disks.root_folder("amd64", workshop.scratch, "usr-apart")
        (root / "etc" / "fstab").write_text(f"# all\nUUID={disks.UUID} / ext4 ro 0 1\nLABEL=kimg-usr /usr ext4 ro,noatime 0 2\n")
        usr = workshop.scratch / "usr"
        usr.mkdir(exist_ok=True)
        (usr / "mark").write_text("from usr\n")
        both = [("usr-root", partial(disks.ext, root)),
                ("usr-usr", partial(disks.ext, usr, uuid=disks.SWAP_UUID, label="kimg-usr"))]
        return [Disk(workshop.disk(name, make)) for name, make in both]

    hook = b"#!/bin/busybox sh\necho HOOK $0 >/dev/console\n"
    helped = Contents(load=HOST.load, files={f"kimg/hooks/{when}": hook for when in ("before/10-b", "before/02-a", "after/x")},
                      programs={"/bin/busybox": Path("/bin/busybox"), "/sbin/fsck.ext4": Path("/sbin/e2fsck")})
    order = r"HOOK /kimg/hooks/before/02-a\n(.|\n)*HOOK /kimg/hooks/before/10-b\n(.|\n)*HOOK /kimg/hooks/after/x\n"
    return [
        Case("6.1-usr", "6.1", HOST, two, f"root=UUID={disks.UUID}", [REACHED, "^usr: from usr", "^/dev/vdb /usr ext4 ro,noatime"]),
        Case("6.1-hooks-fsck", "6.1", helped, _plain, "root=/dev/vda fsck.mode=force",
             [REACHED, order, "fsck.ext4 /dev/vda: exit status 0"]),
    ]  # fmt: skip


def _resume() -> list[Case]:
    """Memory on a disk: brought back; none there; the disk gone; not wanted."""
    def make(workshop: Workshop) -> list[Disk]:
        path = disks.swap(workshop.scratch / "swap.img")
        return [Disk(workshop.filesystem("ext4")), Disk(path, keep=True)]

    wanted = f"root=/dev/vda resume=UUID={disks.SWAP_UUID}"
    back = r"HIBERNATES(.|\n)*Run /init(.|\n)*RESUMED(.|\n)*REALINIT end"
    return [
        Case("6.1-resume", "6.1", HOST, make, f"{wanted} hibernate=/dev/vdb", [back], boots=2, seconds=240),
        Case("6.1-resume-none", "6.1", HOST, make, wanted),
        Case("6.1-resume-stale", "6.1", HOST, make, "root=/dev/vda resume=UUID=00000000-0000-4000-8000-000000000000",
             [REACHED, "resume=.*no such device came"]),
    ]  # fmt: skip


def _architectures() -> list[Case]:
    rows = []
    for arch, bus in ("arm64", "virtio-blk"), ("riscv64", "virtio-blk"):
        make = partial(_plain, arch=arch)
        rows.append(Case(f"{arch}-uuid", arch, HOST, make, f"root=UUID={disks.UUID}", bus=bus, seconds=300))
        auto = partial(lambda workshop, arch: [Disk(workshop.gpt(arch))], arch=arch)
        rows.append(Case(f"{arch}-gpt-auto", arch, HOST, auto, "", bus=bus, seconds=300))
    return rows


CASES = {case.name: case
         for case in [*_ways(), *_buses(), *_filesystems(), *_storage(), *_failures(), *_resume(), *_extras(), *_architectures()]}  # fmt: skip
