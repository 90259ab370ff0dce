# SPDX-License-Identifier: GPL-2.0-or-later
"""x86: a real bzImage with every codec, old protocols around a real kernel, unified kernel images,
signed ones.
"""

import functools
import gzip
from pathlib import Path

from .. import archive, codec, pe, tools, uboot, x86
from ..manifest import Sample
from ..tools import align, put

_STUB = Path("/usr/lib/systemd/boot/efi/linuxx64.efi.stub")
# A configuration of a real one's size.
CONFIG = b"# CONFIG_KIMG_FIXTURE is not set\n" + b"".join(
    b"CONFIG_OPTION_%05d=y\n" % number for number in range(4000)
)


def samples(sources):
    """All samples of this family."""
    if sources.has("x86_64"):
        yield from _recompressed(sources, sources.x86_64)
        yield from _config(sources.x86_64)
        yield from _vmlinux(sources, sources.x86_64)
        yield from _ukis(sources.x86_64)
    if sources.has("i386"):
        yield from _old(sources, sources.i386)
        yield from _object_formats(sources.i386)


def _parts(real_kernel, image):
    start = (image[0x1F1] + 1) * x86.SECTOR
    return {"kernel": real_kernel.kernel, "payload": real_kernel.payload, "setup": image[:start]}


def _recompressed(sources, amd64):
    facts = {"release": amd64.release}
    for name in codec.CODECS:
        image = amd64.real.repack(sources.payload(name, amd64.payload))
        yield Sample(
            f"bzimage/{name}",
            image,
            f"a real bzImage, its payload packed anew with {name}",
            "bzimage",
            _parts(amd64, image),
            {"codec": name, **facts},
        )
    image = signed(amd64.image)
    yield Sample(
        "bzimage/signed",
        image,
        "signed by sbsign with a key of our own",
        "bzimage",
        _parts(amd64, image),
        facts,
    )
    filtered = codec.xz_filter(amd64.payload, "--x86")
    image = amd64.real.repack(codec.seal("xz", filtered, amd64.payload))
    yield Sample(
        "bzimage/xz-x86",
        image,
        "xz with the x86 filter and a dictionary of 32 MiB",
        "bzimage",
        _parts(amd64, image),
        {"codec": "xz", **facts},
    )


def with_config(data, config=CONFIG):
    """The kernel with an IKCONFIG laid over a run of zeroes in it, at a multiple of 4."""
    blob = b"IKCFG_ST" + gzip.compress(config, 9, mtime=0) + b"IKCFG_ED"
    place = data.index(bytes(len(blob) + 4096), len(data) // 8)
    return put(data, align(place + 2048, 4), blob)


def _config(amd64):
    """Patched into the ELF file in the payload; packed with the fastest codec."""
    patched = with_config(amd64.kernel)
    payload = patched + amd64.payload[len(patched) :]
    image = amd64.real.repack(codec.payload("zstd", payload))
    yield Sample(
        "bzimage/ikconfig",
        image,
        "an embedded configuration",
        "bzimage",
        {"kernel": patched, "payload": payload, "config": CONFIG},
        {"codec": "zstd", "release": amd64.release},
    )
    yield Sample(
        "elf/ikconfig",
        patched,
        "the bare vmlinux with an embedded configuration",
        "vmlinux",
        {"kernel": patched, "config": CONFIG},
        {"release": amd64.release},
    )


def _vmlinux(sources, amd64):
    for name in ("gzip", "xz", "zstd"):
        yield Sample(
            f"packed/vmlinux.{name}",
            sources.pack(name, amd64.payload),
            f"a vmlinux packed whole with {name}",
            f"vmlinux.{name}",
            {"payload": amd64.payload},
            {"release": amd64.release},
        )


def _old(sources, i386):
    """The i386 kernel under hand-made headers; before 2.08 it is flat, as it was then."""
    flat_kernel = tools.make(
        ["objcopy", "-O", "binary", "vmlinux", "out"], {"vmlinux": i386.kernel}
    )
    for version in x86.HEADER_END:
        if version >= 0x208 and version not in (0x208, 0x20A, 0x20F):
            continue
        fields = version >= 0x208
        data, inner = (i386.payload, i386.kernel) if fields else (flat_kernel, flat_kernel)
        image = x86.image(version, sources.payload("gzip", data), release=i386.release)
        text = f"2.{version & 0xff:02}"
        yield Sample(
            f"old/protocol-{text}",
            image,
            f"boot protocol {text}",
            "bzimage",
            {"kernel": inner, "payload": data},
            {"release": i386.release, "protocol": text, "codec": "gzip"},
        )
    for name in ("gzip", "bzip2", "lzma"):
        image = x86.image(
            0x207, sources.payload(name, flat_kernel), high=False, release=i386.release
        )
        yield Sample(
            f"old/zimage-{name}",
            image,
            f"LOADED_HIGH clear, {name}",
            "zimage-x86",
            {"kernel": flat_kernel},
            {"release": i386.release, "codec": name},
        )


def _object_formats(i386):
    """Other linkers' formats, as objcopy writes them."""
    for target, folder in (("pe-i386", "coff"),):
        image = tools.make(
            ["objcopy", "-S", "-O", target, "vmlinux", "out"], {"vmlinux": i386.kernel}
        )
        yield Sample(
            f"old/{folder}",
            image,
            f"the i386 vmlinux as {folder}, by objcopy",
            folder,
            {"kernel": image},
        )


def uki(contents, stub=_STUB):
    """A UKI as objcopy makes it: each section at the next free page behind the stub's own."""
    data = stub.read_bytes()
    base = int.from_bytes(data[pe.optional_header(data) + 24 :][:8], "little")
    address = max(_section_end(data, header) for header in pe.section_headers(data))
    command, inputs = ["objcopy"], {"stub": stub}
    for number, (name, content) in enumerate(contents):
        address = align(address, 0x1000)
        inputs[f"section{number}"] = content
        command += [
            "--add-section",
            f"{name}=section{number}",
            "--change-section-vma",
            f"{name}={base + address:#x}",
        ]
        address += len(content)
    return tools.make(command + ["stub", "out"], inputs)


def _section_end(data, header):
    size, address = (int.from_bytes(data[header + place :][:4], "little") for place in (8, 12))
    return address + size


def _ukis(amd64):
    image = amd64.image
    osrel = Path("/usr/lib/os-release").read_bytes()
    contents = {
        "osrel": osrel,
        "cmdline": b"root=/dev/vda1 ro quiet",
        "uname": amd64.release.encode(),
        "dtb": uboot.device_tree(),
        "initrd": codec.compress("zstd", archive.cpio(archive.LARGE)),
        "linux": image,
    }
    rows = [(f".{name}", content) for name, content in contents.items()]
    made = uki(rows)
    parts = dict(contents, kernel=amd64.kernel, initrd=archive.cpio(archive.LARGE))
    facts = {"release": amd64.release}
    yield Sample("uki/objcopy", made, "systemd's stub and six sections", "uki", parts, facts)
    yield Sample("uki/signed", signed(made), "the same, signed", "uki", parts, facts)
    profiles = rows + [(".profile", b"ID=rescue\nTITLE=Rescue\n")]
    yield Sample("uki/profile", uki(profiles), "with a profile", "uki", parts, facts)
    addon = pe.write([(".text", b"\xf4"), (".cmdline", b"debug")])
    yield Sample(
        "uki/addon-signed", signed(addon), "a signed add-on", "pe-addon", {"cmdline": b"debug"}
    )
    yield Sample("uki/stub", _STUB.read_bytes(), "systemd's stub alone", "pe")


@functools.cache
def signing_keys():
    """A new RSA key and its certificate."""
    command = (
        "openssl req -x509 -newkey rsa:2048 -nodes -keyout key -out cert -days 3650"
        " -subj /CN=kimg-test"
        " 2>/dev/null && cat key cert > out"
    )
    both = tools.make(["sh", "-c", command], {})
    middle = both.index(b"-----BEGIN CERTIFICATE")
    return {"key": both[:middle], "cert": both[middle:]}


def signed(image):
    """The PE image with a signature by a key of our own."""
    return tools.make(
        ["sbsign", "--key", "key", "--cert", "cert", "--output", "out", "image"],
        {"image": image, **signing_keys()},
    )
