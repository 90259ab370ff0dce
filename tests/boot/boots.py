# SPDX-License-Identifier: GPL-2.0-or-later
"""The boots: what is in the guest, which scenarios it runs, and who checks what comes back."""

import subprocess
from pathlib import Path

import checks
import guest
import headers
import klogd
import oops
import sinks
import sym
from guest import Archive, Boot
from headers import HERE, run
from rows import Row

# Libraries that kimg loads when they are needed first.
WANTED_LIBRARIES = ["libcapstone.so.4", "libcapstone.so.5"]
RSYSLOG_MODULES = Path("/usr/lib/x86_64-linux-gnu/rsyslog")
BUSYBOX = Path("/bin/busybox")


class Bench:
    """What all boots share."""

    def __init__(self, row: Row, scratch: Path):
        headers.fetch_kernel(row)
        self.row = row
        self.scratch = scratch
        self.module = headers.build_module(row, headers.fetch_headers(row), scratch)
        self.map = scratch / "System.map"
        run(checks.KIMG, "map", "-o", self.map, row.image)
        self.accelerator = guest.accelerator(row.image)
        self.outcomes: dict[str, guest.Outcome] = {}
        self.base = self._base()

    def _base(self) -> bytes:
        """What is in every guest."""
        if not BUSYBOX.exists() or "not a dynamic" not in _ldd(BUSYBOX):
            raise headers.Failed(f"no static {BUSYBOX}: the package is busybox-static")
        archive = Archive()
        archive.device("dev/console", 5, 1)
        archive.device("dev/null", 1, 3)
        archive.file("bin/busybox", BUSYBOX)
        archive.file("init", HERE / "guest" / "init")
        archive.file("scenarios/common", HERE / "guest" / "common")
        guest.add_program(archive, Path(checks.KIMG), "bin/kimg")
        for soname in WANTED_LIBRARIES:
            if path := guest.library_path(soname):
                guest.add_program(archive, path, f"lib/x86_64-linux-gnu/{soname}")
        release = self.row.versions()[0]
        archive.file(f"lib/modules/{release}/updates/kimg_crash.ko", self.module)
        archive.file(f"boot/System.map-{release}", self.map)
        return archive.bytes()

    def program(self, name: str) -> bytes:
        """A program of ours for guests, built."""
        out = self.scratch / name
        if not out.exists():
            run("cc", "-static", "-O2", "-Wall", "-o", out, HERE / f"{name}.c")
        return out.read_bytes()

    def boot(self, name: str):
        """The boot of that name, and what checks its outcome."""
        build, check = BOOTS[name]
        return build(self), check

    def new(self, name: str, scenarios: list[str], **more) -> Boot:
        return Boot(name, self.row.image, self.base, scenarios, **more)


def _ldd(path: Path) -> str:
    done = subprocess.run(["ldd", path], capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def _decode(bench: Bench) -> Boot:
    return bench.new("decode", ["sym", "oops"])


def _check_decode(bench: Bench, outcome: guest.Outcome, tally: checks.Tally) -> None:
    sym.check(bench, outcome, tally)
    oops.check(bench, outcome, tally)



def wrong_map(text: str) -> bytes:
    """A map such as another build has: functions are longer by what differs, and so all lies elsewhere."""
    lines = []
    moved = 0
    for number, line in enumerate(text.splitlines()):
        address, kind, name = line.split(" ", 2)
        value = int(address, 16)
        if value >= oops.START and number % 3 == 0:
            moved += 16
        lines.append(f"{value + moved:016x} {kind} {name}\n")
    return "".join(lines).encode()


def _klogd(bench: Bench) -> Boot:
    archive = Archive()
    archive.add("boot/System.map-wrong", wrong_map(bench.map.read_text()))
    return bench.new("klogd", ["klogd-found", "klogd-unloaded", "klogd-missing", "klogd-wrong"],
                     more=archive, parameters="printk.devkmsg=on")  # fmt: skip


def _restart(bench: Bench) -> Boot:
    archive = Archive()
    for name in "notify", "flood":
        archive.add(f"bin/{name}", bench.program(name), 0o755)
    # all that is said while klogd is away must be in the ring
    return bench.new("restart", ["restart", "service", "killed"], more=archive,
                     parameters="printk.devkmsg=on log_buf_len=16M")  # fmt: skip


def _check_restart(bench: Bench, outcome: guest.Outcome, tally: checks.Tally) -> None:
    klogd.check_restart(bench, outcome, tally)
    klogd.check_service(bench, outcome, tally)
    klogd.check_killed(bench, outcome, tally)


def _reboot(bench: Bench) -> Boot:
    archive = Archive()
    archive.add("position", bench.outcomes["restart"].files.get("restart/position", b""))
    return bench.new("reboot", ["reboot"], more=archive, parameters="printk.devkmsg=on")


def _sinks(bench: Bench) -> Boot:
    archive = Archive()
    guest.add_program(archive, Path("/usr/sbin/rsyslogd"))
    archive.file("lib/x86_64-linux-gnu/libgcc_s.so.1", guest.library_path("libgcc_s.so.1"))
    for module in "imuxsock", "lmnet":
        guest.add_program(archive, RSYSLOG_MODULES / f"{module}.so")
    guest.add_program(archive, Path("/lib/systemd/systemd-journald"))
    guest.add_program(archive, Path("/usr/bin/journalctl"))
    return bench.new("sinks", ["rsyslog", "rfc5424", "journal"], more=archive, parameters="printk.devkmsg=on")


def _flood(bench: Bench) -> Boot:
    archive = Archive()
    for name in "flood", "shorten":
        archive.add(f"bin/{name}", bench.program(name), 0o755)
    return bench.new("flood", ["flood"], more=archive, seconds=600,
                     parameters="printk.devkmsg=on log_buf_len=128K")  # fmt: skip


def _panic(bench: Bench) -> Boot:
    return bench.new("panic", ["panic"])


TARGET = """[Unit]
Wants=kimg-klogd.service kimg-test.service
"""
TEST = """[Unit]
DefaultDependencies=no
[Service]
Type=oneshot
ExecStart=/bin/sh /init
StandardOutput=file:/dev/console
StandardError=file:/dev/console
KillMode=none
"""
# What waits 3 minutes in the unit does 4 seconds here. Nobody listens to its words otherwise.
OWN_PLACES = """[Service]
ExecStart=
ExecStart=/bin/kimg klogd --all --file /var/lib/kimg-klogd/log
WatchdogSec=4s
RestartSec=100ms
"""


def _unit(bench: Bench) -> Boot:
    archive = Archive()
    for program in "/lib/systemd/systemd", "/bin/systemctl", "/lib/systemd/systemd-shutdown":
        guest.add_program(archive, Path(program))
    # systemd loads these where a unit asks for them
    for soname in "libseccomp.so.2", "libkmod.so.2", "libbpf.so.1":
        if path := guest.library_path(soname):
            guest.add_program(archive, path, f"lib/x86_64-linux-gnu/{soname}")
    units = "etc/systemd/system"
    archive.file(f"{units}/kimg-klogd.service", Path(checks.KIMG).parent / "units" / "kimg-klogd.service")
    archive.add(f"{units}/kimg-klogd.service.d/places.conf", OWN_PLACES.encode())
    archive.add(f"{units}/kimg-test.target", TARGET.encode())
    archive.add(f"{units}/kimg-test.service", TEST.encode())
    archive.add("etc/machine-id", b"0123456789abcdef0123456789abcdef\n")
    archive.add("etc/passwd", b"root:x:0:0::/:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n")
    archive.add("etc/group", b"root:x:0:\nnogroup:x:65534:\n")
    return bench.new("unit", ["unit"], more=archive, seconds=400, parameters="printk.devkmsg=on")


BOOTS = {
    "decode": (_decode, _check_decode),
    "panic": (_panic, oops.check_panic),
    "klogd": (_klogd, klogd.check_decoding),
    "sinks": (_sinks, sinks.check),
    "restart": (_restart, _check_restart),
    "reboot": (_reboot, klogd.check_reboot),
    "unit": (_unit, klogd.check_unit),
    "flood": (_flood, klogd.check_flood),
}


def needed(wanted: list[str]) -> list[str]:
    """In their order; what came back from one boot goes into another."""
    before = {"restart"} if "reboot" in wanted else set()
    return [name for name in BOOTS if name in {*wanted, *before}]
