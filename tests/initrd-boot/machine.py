# SPDX-License-Identifier: GPL-2.0-or-later
"""A machine in QEMU: how its disks are attached, and a talk with its console."""

import os
import select
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

import guest

# How QEMU attaches the disks, by the kind of bus. {n} is the number of the disk.
BUSES = {
    "virtio-blk": ("", "-device virtio-blk-pci,drive=d{n}"),
    "virtio-scsi": ("-device virtio-scsi-pci", "-device scsi-hd,drive=d{n}"),
    "lsi": ("-device lsi53c895a", "-device scsi-hd,drive=d{n}"),
    "megasas": ("-device megasas", "-device scsi-hd,drive=d{n}"),
    "mptsas": ("-device mptsas1068", "-device scsi-hd,drive=d{n}"),
    "ahci": ("-device ich9-ahci,id=ahci", "-device ide-hd,drive=d{n},bus=ahci.{n}"),
    "ide": ("", "-device ide-hd,drive=d{n}"),
    "nvme": ("", "-device nvme,serial=k{n},drive=d{n}"),
    "usb": ("-device qemu-xhci", "-device usb-storage,drive=d{n}"),
    "sd": ("-device sdhci-pci", "-device sd-card,drive=d{n}"),
    "virtio-mmio": ("", "-device virtio-blk-device,drive=d{n}"),
}

MACHINES = {
    "amd64": ["qemu-system-x86_64", "-cpu", "max"],
    "arm64": ["qemu-system-aarch64", "-M", "virt", "-cpu", "cortex-a72"],
    "riscv64": ["qemu-system-riscv64", "-M", "virt"],
}
CONSOLES = {"amd64": "ttyS0", "arm64": "ttyAMA0", "riscv64": "ttyS0"}

# How long a machine may say nothing, and do next to nothing: longer than kimg-init waits for anything.
SILENCE = 90

# One nanosecond of the guest is one instruction of it.
CLOCK = ["-accel", "tcg,thread=single", "-icount", "shift=0,sleep=on"]


@dataclass
class Disk:
    path: Path
    read_only: bool = False
    keep: bool = False  # what is written to it


@dataclass
class Machine:
    arch: str
    kernel: Path
    initrd: Path
    parameters: str
    disks: list[Disk] = field(default_factory=list)
    bus: str = "virtio-blk"
    seconds: int = 120  # of a processor's time
    memory: str = "512M"
    clock: bool = False  # counts instructions
    accelerator: str = "tcg"
    talk: list[tuple[str, str]] = field(default_factory=list)  # what is waited for, what is typed then
    more: list[str] = field(default_factory=list)  # QEMU's arguments

    def command(self) -> list[str]:
        accel = CLOCK if self.clock else ["-accel", self.accelerator]
        once, each = BUSES[self.bus]
        console = "" if "console=" in self.parameters else f"console={CONSOLES[self.arch]} "
        words = ["nice", *MACHINES[self.arch], *accel, "-m", self.memory, "-nodefaults", "-display", "none",
                 "-no-reboot", "-kernel", str(self.kernel), "-initrd", str(self.initrd),
                 "-append", console + self.parameters, "-serial", "stdio", *once.split()]  # fmt: skip
        for n, disk in enumerate(self.disks):
            mode = "on" if disk.read_only else "off"
            words += ["-drive", f"file={disk.path},if=none,id=d{n},format=raw,readonly={mode},snapshot={'off' if disk.keep else 'on'}"]
            words += each.format(n=n).split()
        return words + self.more


@dataclass
class Outcome:
    console: str
    seconds: float
    problem: str | None


class _Talk:
    """What was said so far, and what is waited for."""

    def __init__(self, process: subprocess.Popen, talk: list[tuple[str, str]]):
        self.process = process
        self.left = list(talk)
        self.said = b""
        self.seen = 0  # what was answered already

    def hear(self, data: bytes) -> None:
        self.said += data
        while self.left:
            wanted, answer = self.left[0]
            at = self.said.find(wanted.encode(), self.seen)
            if at < 0:
                return
            self.seen = at + len(wanted)
            self.left.pop(0)
            if answer is not None:
                self.process.stdin.write(answer.encode())
                self.process.stdin.flush()


def _cpu_seconds(pid: int) -> float:
    """What the process has used. After the name, which may hold blanks: user and system time are fields 12 and 13."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class _Patience:
    """A machine has so much time of a processor, however much of it others leave; and it may be still for a while."""

    def __init__(self, pid: int, seconds: int):
        self.pid = pid
        self.seconds = seconds
        self.heard()

    def heard(self) -> None:
        self.last = time.monotonic()
        self.used = _cpu_seconds(self.pid)

    def problem(self) -> str | None:
        used = _cpu_seconds(self.pid)
        if used > self.seconds:
            return f"still runs after {self.seconds} s"
        if time.monotonic() - self.last > SILENCE and used - self.used < SILENCE / 30:
            return f"says and does nothing for {SILENCE} s"
        return None


def _follow(talk: _Talk, patience: _Patience) -> str | None:
    while True:
        ready, _, _ = select.select([talk.process.stdout], [], [], 1)
        if not ready:
            if problem := patience.problem():
                return problem
            continue
        data = os.read(talk.process.stdout.fileno(), 65536)
        if not data:
            return None
        patience.heard()
        talk.hear(data)


def start(machine: Machine) -> Outcome:
    """Runs the machine to its end, or to the end of its time."""
    began = time.monotonic()
    with subprocess.Popen(machine.command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, bufsize=0) as process:  # fmt: skip
        talk = _Talk(process, machine.talk)
        try:
            problem = _follow(talk, _Patience(process.pid, machine.seconds))
        finally:
            process.send_signal(signal.SIGKILL)
    if talk.left and not problem:
        problem = f"never said: {talk.left[0][0]!r}"
    console = talk.said.decode(errors="replace").replace("\r", "")
    return Outcome(console, time.monotonic() - began, problem)


def accelerator(kernel: Path) -> str:
    return guest.accelerator(kernel).partition(",")[0]
