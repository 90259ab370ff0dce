# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs the standard tools, in a folder of their own, with a fixed date so that the same input gives
the same bytes.
"""

import os
import subprocess
import tempfile
from pathlib import Path

# 2023-01-01: any fixed date serves.
EPOCH = 1672531200

_ENVIRONMENT = {
    "PATH": os.environ.get("PATH", "/usr/bin:/bin") + ":/usr/sbin:/sbin",
    "HOME": "/nonexistent",
    "LC_ALL": "C.UTF-8",
    "TZ": "UTC",
    "SOURCE_DATE_EPOCH": str(EPOCH),
    "E2FSPROGS_FAKE_TIME": str(EPOCH),
    "MKE2FS_CONFIG": "/dev/null",
}


def run(command, *, data=None, cwd=None):
    """Runs a command and returns its standard output; its complaint becomes the exception's
    message.
    """
    done = subprocess.run(
        [str(word) for word in command],
        input=data,
        cwd=cwd,
        env=_ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        check=False,
    )
    if done.returncode != 0:
        complaint = (done.stderr or done.stdout).decode(errors="replace").strip()
        raise RuntimeError(f"{command[0]} ended with {done.returncode}: {complaint}")
    return done.stdout


def make(command, inputs, output="out"):
    """Writes the named inputs into a new folder, runs the command there, and returns the named
    output's bytes.

    An input is bytes, or a Path to link instead of writing a copy.
    """
    with tempfile.TemporaryDirectory(prefix="kimg-make.") as folder:
        top = Path(folder)
        for name, content in inputs.items():
            if isinstance(content, Path):
                (top / name).symlink_to(content.resolve())
            else:
                (top / name).write_bytes(content)
                os.utime(top / name, (EPOCH, EPOCH))
        run(command, cwd=top)
        return (top / output).read_bytes()


def pad(data, alignment, fill=b"\0"):
    """The data, filled up to a multiple of the alignment."""
    return data + fill * (-len(data) % alignment)


def align(number, alignment):
    """The number, rounded up to a multiple of the alignment."""
    return number + -number % alignment


def put(data, offset, piece):
    """A copy of the data with the piece written over it at the offset."""
    if not 0 <= offset <= len(data) - len(piece):
        raise ValueError(f"{len(piece)} bytes at {offset:#x} do not fit into {len(data)}")
    return data[:offset] + piece + data[offset + len(piece) :]
