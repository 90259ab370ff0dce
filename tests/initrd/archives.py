# SPDX-License-Identifier: GPL-2.0-or-later
"""Archives, good and malformed, that tell how a reader of initrds differs from the kernel."""

import bz2
import gzip
import lzma
import shutil
import subprocess

FOLDER, FILE, LINK = 0o040755, 0o100644, 0o120777
CHARACTER, BLOCK, FIFO, SOCKET = 0o020600, 0o060640, 0o010644, 0o140600
TIME = 1700000000


def entry(name, mode=FILE, data=b"", **other) -> bytes:
    """One entry of the newc form. other: any field; size, namesize and header give what is not so."""
    name = (name.encode() if isinstance(name, str) else name) + other.get("end", b"\0")
    data = data.encode() if isinstance(data, str) else data
    size, namesize = other.get("size", len(data)), other.get("namesize", len(name))
    fields = [other.get("ino", 1), mode, other.get("uid", 0), other.get("gid", 0)]
    fields += [other.get("nlink", 1), other.get("mtime", TIME), size]
    fields += [other.get(key, 0) for key in ("major", "minor", "rmajor", "rminor")]
    fields += [namesize, other.get("check", 0)]
    header = other.get("magic", b"070701") + b"".join(b"%08x" % field for field in fields)
    found = header + name
    found += b"\0" * (-len(found) % 4) + data
    return found + b"\0" * (-len(data) % 4)


def summed(name, data, **other) -> bytes:
    return entry(name, FILE, data, magic=b"070702", check=sum(data), **other)


TRAILER = entry("TRAILER!!!", 0, nlink=1, ino=0, mtime=0)


def packed(command: str, data: bytes) -> bytes:
    return subprocess.run(command.split(), input=data, capture_output=True, check=True).stdout


def xz(data: bytes, check=lzma.CHECK_CRC32) -> bytes:
    return lzma.compress(data, lzma.FORMAT_XZ, check, preset=6)


def lz4(data: bytes) -> bytes:
    """With the word of zeroes behind it that the kernel wants where something follows."""
    return packed("lz4 -l -c", data) + b"\0\0\0\0"


CODECS = {
    "gzip": lambda data: gzip.compress(data, mtime=0),
    "bzip2": bz2.compress,
    "lzma": lambda data: lzma.compress(data, lzma.FORMAT_ALONE),
    "xz": xz,
    "lzo": lambda data: packed("lzop -c", data),
    "lz4": lz4,
    "zstd": lambda data: packed("zstd -c", data),
}
NEEDS = [tool for tool in ("lz4", "lzop", "zstd") if not shutil.which(tool)]


def aligned(data: bytes, n=4) -> bytes:
    return data + b"\0" * (-len(data) % n)


def tame() -> dict[str, bytes]:
    """By name: archives that the kernel unpacks to the end, each below a folder of that name."""
    long = "n" * 255
    deep = "/".join(["d" * 100] * 20)

    def folder(name, *entries):
        return entry(name, FOLDER) + b"".join(entries) + TRAILER

    def nested(name):
        steps = deep.split("/")
        return [entry("/".join([name, *steps[: i + 1]]), FOLDER) for i in range(len(steps))]

    def both(n):
        return entry(f"{n}/a", nlink=2, ino=9), entry(f"{n}/b", FILE, "data", nlink=2, ino=9)

    makers = {
        "plain": lambda n: folder(n, entry(f"{n}/a", FILE, "a"), entry(f"{n}/b", 0o104711, "b", uid=5, gid=6)),
        "types": lambda n: folder(
            n, entry(f"{n}/c", CHARACTER, rmajor=1, rminor=3), entry(f"{n}/b", BLOCK, rmajor=7, rminor=300),
            entry(f"{n}/p", FIFO), entry(f"{n}/s", SOCKET), entry(f"{n}/l", LINK, "to"), entry(f"{n}/0", 0o000644),
            entry(f"{n}/f", 0o070644)),
        "device-wide": lambda n: folder(n, entry(f"{n}/c", CHARACTER, rmajor=0x1001, rminor=0x200003)),
        "mode-wide": lambda n: folder(n, entry(f"{n}/a", 0xFFFF0000 | FILE, "x")),
        "no-folder": lambda n: folder(n, entry(f"{n}/x/y", FILE, "lost"), entry(f"{n}/z", FILE, "z")),
        "through-link": lambda n: folder(
            n, entry(f"{n}/usr", FOLDER), entry(f"{n}/lib", LINK, "usr"), entry(f"{n}/lib/a", FILE, "a"),
            entry(f"{n}/abs", LINK, f"/{n}/usr"), entry(f"{n}/abs/b", FILE, "b")),
        "up": lambda n: folder(n, entry(f"{n}/../{n}/a", FILE, "a"), entry(f"../../{n}/b", FILE, "b"),
                               entry(f"/{n}/c", FILE, "c"), entry(f"./{n}//./d", FILE, "d")),
        "up-link": lambda n: folder(n, entry(f"{n}/l", LINK, "../../../.."), entry(f"{n}/l/{n}/a", FILE, "a")),
        "link-loop": lambda n: folder(n, entry(f"{n}/a", LINK, "b"), entry(f"{n}/b", LINK, "a"),
                                      entry(f"{n}/a/x", FILE, "x"), entry(f"{n}/a", FILE, "now a file")),
        "link-chain": lambda n: folder(
            n, entry(f"{n}/0", FOLDER), *(entry(f"{n}/{i}", LINK, f"{i - 1}") for i in range(1, 45)),
            entry(f"{n}/40/in", FILE, "40"), entry(f"{n}/41/out", FILE, "41")),
        "link-to-nothing": lambda n: folder(n, entry(f"{n}/l", LINK, ""), entry(f"{n}/m", LINK, "\0x")),
        "link-nul": lambda n: folder(n, entry(f"{n}/l", LINK, b"ab\0cd")),
        "link-twice": lambda n: folder(n, entry(f"{n}/l", LINK, "a"), entry(f"{n}/l", LINK, "b")),
        "file-over-link": lambda n: folder(n, entry(f"{n}/t", FILE, "t"), entry(f"{n}/l", LINK, "t"),
                                           entry(f"{n}/l", FILE, "l")),
        "file-twice": lambda n: folder(n, entry(f"{n}/a", FILE, "longer"), entry(f"{n}/a", 0o100600, "a", mtime=5)),
        "file-over-folder": lambda n: folder(n, entry(f"{n}/d", FOLDER), entry(f"{n}/d", FILE, "f")),
        "file-over-full-folder": lambda n: folder(n, entry(f"{n}/d", FOLDER), entry(f"{n}/d/x", FILE, "x"),
                                                  entry(f"{n}/d", FILE, "f"), entry(f"{n}/d", LINK, "x")),
        "folder-over-file": lambda n: folder(n, entry(f"{n}/d", FILE, "f"), entry(f"{n}/d", FOLDER),
                                             entry(f"{n}/d/x", FILE, "x")),
        "folder-twice": lambda n: folder(n, entry(f"{n}/d", FOLDER, mtime=7), entry(f"{n}/d", 0o040700, mtime=9, uid=3)),
        "device-twice": lambda n: folder(n, entry(f"{n}/c", CHARACTER, rmajor=1, rminor=3),
                                         entry(f"{n}/c", CHARACTER, rmajor=1, rminor=5, uid=4)),
        "under-file": lambda n: folder(n, entry(f"{n}/f", FILE, "f"), entry(f"{n}/f/x", FILE, "x")),
        "slash": lambda n: folder(n, entry(f"{n}/d/", FOLDER), entry(f"{n}/d/x", FILE, "x"), entry(f"{n}/f/", FILE, "f")),
        "dot": lambda n: folder(n, entry(f"{n}/.", 0o040711), entry(f"{n}/./", FILE, "x"), entry(f"{n}/..", FILE, "x")),
        "hard": lambda n: folder(n, *both(n)),
        "hard-first": lambda n: folder(n, entry(f"{n}/a", FILE, "data", nlink=2, ino=8), entry(f"{n}/b", nlink=2, ino=8)),
        "hard-three": lambda n: folder(n, entry(f"{n}/a", FILE, "one", nlink=3, ino=8),
                                       entry(f"{n}/b", FILE, "other", nlink=3, ino=8, uid=2), entry(f"{n}/c", nlink=3, ino=8)),
        "hard-far": lambda n: folder(n, entry(f"{n}/a", FILE, "a", nlink=2, ino=5)) +
                    folder(n, entry(f"{n}/b", FILE, "b", nlink=2, ino=5)),
        "hard-nlink-1": lambda n: folder(n, entry(f"{n}/a", FILE, "a", ino=5), entry(f"{n}/b", FILE, "b", ino=5)),
        "hard-device": lambda n: folder(n, entry(f"{n}/a", FILE, "a", nlink=2, ino=5), entry(f"{n}/b", FILE, "b", nlink=2, ino=5, minor=1)),
        "hard-type": lambda n: folder(n, entry(f"{n}/a", FIFO, nlink=2, ino=5), entry(f"{n}/b", FILE, "b", nlink=2, ino=5),
                                      entry(f"{n}/c", FIFO, nlink=2, ino=5)),
        "hard-same": lambda n: folder(n, entry(f"{n}/a", FILE, "a", nlink=2, ino=5), entry(f"{n}/a", FILE, "b", nlink=2, ino=5)),
        "hard-replaced": lambda n: folder(n, entry(f"{n}/a", FILE, "a", nlink=2, ino=5), entry(f"{n}/a", LINK, "x"),
                                          entry(f"{n}/b", FIFO), entry(f"{n}/b", FIFO, nlink=2, ino=6)),
        "hard-over": lambda n: folder(n, entry(f"{n}/b", FILE, "old"), entry(f"{n}/a", FILE, "a", nlink=2, ino=5),
                                      entry(f"{n}/b", FILE, "b", nlink=2, ino=5)),
        "hard-rewritten": lambda n: folder(n, *both(n), entry(f"{n}/a", FILE, "new", mtime=3)),
        "sums": lambda n: folder(n, summed(f"{n}/a", b"\xff" * 300), summed(f"{n}/b", b"")),
        "no-name": lambda n: folder(n, entry(b"", FILE, "x", end=b""), entry("", FILE, "x"), entry(f"{n}/a", FILE, "a")),
        "long-name": lambda n: folder(n, entry(f"{n}/{long}", FILE, "a"), entry(f"{n}/{long}n", FILE, "b")),
        "longest": lambda n: folder(n, entry(f"{n}/" + "./" * 2000 + "a", FILE, "a"),
                                    entry(f"{n}/" + "./" * 2100 + "b", FILE, "b"),
                                    entry(f"{n}/l", LINK, "x" * 4097), entry(f"{n}/m", LINK, "y" * 4095),
                                    entry(f"{n}/k", LINK, "z" * 4096)),
        "deep": lambda n: folder(n, *nested(n)),
        "odd-names": lambda n: folder(n, entry(f"{n}/".encode() + b"\xff\n \\", FILE, "x"), entry(f"{n}/TRAILER!!!", FILE, "t")),
        "nul-name": lambda n: folder(n, entry(f"{n}/a".encode(), FILE, "x", end=b"\0\0\0\0\0")),
        "body-of-folder": lambda n: folder(n, entry(f"{n}/d", FOLDER, "body"), entry(f"{n}/c", CHARACTER, "x"), entry(f"{n}/a", FILE, "a")),
        "times": lambda n: folder(n, entry(f"{n}/a", FILE, mtime=0), entry(f"{n}/b", FILE, mtime=0xFFFFFFFF)),
        "zeroes": lambda n: entry(n, FOLDER) + b"\0" * 8 + entry(f"{n}/a", FILE, "a") + b"\0" * 508 + TRAILER,
        "no-trailer": lambda n: entry(n, FOLDER) + entry(f"{n}/a", FILE, "a"),
        "trailer-with-body": lambda n: folder(n, entry(f"{n}/a", FILE, "a", nlink=2, ino=5), entry("TRAILER!!!", 0, "x"),
                                              entry(f"{n}/b", FILE, "b", nlink=2, ino=5)),
        "own": lambda n: entry(n, FOLDER) + entry("dev/null", CHARACTER, rmajor=1, rminor=3) + entry("root/x", FILE, "x") + TRAILER,
    }
    found = {name: aligned(maker(name)) for name, maker in makers.items()}
    for codec, encode in CODECS.items():
        name = f"packed-{codec}"
        found[name] = aligned(encode(folder(name, entry(f"{name}/a", FILE, b"a" * 100000))))
    name = "packed-unaligned"
    found[name] = aligned(CODECS["gzip"](folder(name, entry(f"{name}/a", FILE, "a"))) + b"\0" +
                          xz(folder(name, entry(f"{name}/b", FILE, "b"))))
    name = "packed-two"
    found[name] = aligned(xz(folder(name, entry(f"{name}/a", FILE, "a")) + b"\0" * 12 + entry(f"{name}/b", FILE, "b") + TRAILER))
    name = "packed-no-trailer"
    found[name] = aligned(xz(entry(name, FOLDER) + entry(f"{name}/a", FILE, "abcd")))
    return found


def fatal() -> dict[str, bytes]:
    """By name: what the kernel stops at."""

    def good(n, *more):
        return entry(n, FOLDER) + entry(f"{n}/a", FILE, "a") + b"".join(more)

    after = entry("after", FILE, "after") + TRAILER
    bad = bytearray(good("bad-sum") + summed("bad-sum/s", b"12345678") + after)
    bad[bad.index(b"12345678")] = ord("x")
    return {
        "odc": good("odc") + b"070707" + b"0" * 110 + after,
        "magic": good("magic") + b"070700" + b"0" * 110 + after,
        "bad-sum": bytes(bad),
        "name-end": good("name-end", entry("name-end/b", FILE, "b", end=b"x")) + after,
        "link-name-end": good("link-name-end", entry("link-name-end/b", LINK, "b", end=b"x")) + after,
        "unaligned": good("unaligned") + b"\0" + after,
        "unaligned-stream": good("unaligned-stream") + b"\0" + xz(after),
        "junk": good("junk") + b"junk" + after,
        "junk-in-stream": xz(good("junk-in-stream") + b"junk" + after),
        "stream-in-stream": xz(good("stream-in-stream") + xz(after)),
        "cut-in-stream": xz(good("cut-in-stream", entry("cut-in-stream/b", FILE, b"b" * 1000))[:-500]),
        "padding-in-stream": xz(good("padding-in-stream", entry("padding-in-stream/b", FILE, "b"))[:-3]),
        "split": xz(good("split") + after[:60]) + xz(after[60:]),
        "crc64": xz(good("crc64") + after, lzma.CHECK_CRC64),
        "cut-stream": xz(good("cut-stream", entry("cut-stream/b", FILE, bytes(range(256)) * 999)))[:-100],
        "lz4-then": packed("lz4 -l -c", good("lz4-then") + TRAILER) + after,
        "lz4-frame": packed("lz4 -c", good("lz4-frame") + TRAILER),
        "gzip-comment": b"\x1f\x8b\x08\x10\0\0\0\0\0\3hello\0" + gzip.compress(good("gzip-comment"), mtime=0)[10:],
    }


def silent() -> dict[str, bytes]:
    """By name: what ends before its end, which the kernel does not mind; each must be the last one."""

    def good(n, *more):
        return entry(n, FOLDER) + entry(f"{n}/a", FILE, "a") + b"".join(more)

    return {
        "cut-header": good("cut-header") + TRAILER[:50],
        "cut-name": good("cut-name") + entry("cut-name/long-name", FILE, "x")[:112],
        "cut-data": good("cut-data", entry("cut-data/b", FILE, b"b" * 1000))[:-500],
        "cut-link": good("cut-link", entry("cut-link/b", LINK, b"b" * 100))[:-50],
        "cut-padding": good("cut-padding", entry("cut-padding/b", FILE, "b"))[:-3],
        "huge": good("huge", entry("huge/b", FILE, "b", size=0xFFFFFFFF)),
        "digit": good("digit") + entry("digit/b", FILE, "b").replace(b"000081a4", b"000081ag") + after_digit(),
    }


def after_digit() -> bytes:
    return entry("digit/c", FILE, "c") + TRAILER
