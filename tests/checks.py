# SPDX-License-Identifier: GPL-2.0-or-later
"""What the scripts that run kimg on whole images share: running it, reading its JSON, counting what
fails.
"""

import hashlib
import json
import os
import subprocess
import threading
from pathlib import Path

KIMG = os.environ.get("KIMG") or str(Path(__file__).resolve().parents[1] / "build" / "kimg")
TIMEOUT = 300  # seconds, of one kimg

# What the facts are called in kimg's JSON. A fact counts as told if any part of the tree has it.
KEYS = {
    "format": "format",
    "codec": "codec",
    "release": "release",
    "banner": "banner",
    "compiler": "compiler",
    "build_id": "build_id",
    "protocol": "protocol",
}


class Tally:
    """Counts checks and prints the ones that fail; threads may share it."""

    def __init__(self):
        self.lock = threading.Lock()
        self.passed = self.failed = self.skipped = 0

    def check(self, label: str, what: str, problem: str | None) -> None:
        with self.lock:
            self.passed += problem is None
            self.failed += problem is not None
            if problem is not None:
                print(f"FAIL {label}: {what}: {problem}", flush=True)

    def skip(self, label: str, why: str) -> None:
        with self.lock:
            self.skipped += 1
            print(f"SKIP {label}: {why}", flush=True)

    def finish(self) -> int:
        """Prints the summary; returns the exit status."""
        print(f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped")
        return 1 if self.failed else 0


def need_kimg() -> None:
    """Ends the script if there is no kimg to test."""
    if not os.access(KIMG, os.X_OK):
        raise SystemExit(f"no program {KIMG}; KIMG names another")


def start(*args) -> subprocess.CompletedProcess | None:
    """Runs kimg to its end, whatever that is; None if it takes too long."""
    try:
        return subprocess.run(
            [KIMG, *map(str, args)],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=TIMEOUT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return None


def sanitizer_complaint(said: str) -> str | None:
    """The line in which a sanitizer tells what it found."""
    for line in said.splitlines():
        if "Sanitizer" in line or "runtime error:" in line:
            return line
    return None


def crashed(done: subprocess.CompletedProcess | None) -> str | None:
    """Whether it ended as no program should: too late, by a signal, or with a sanitizer's words."""
    if done is None:
        return f"still runs after {TIMEOUT} s"
    if complaint := sanitizer_complaint(done.stderr):
        return complaint
    return None if done.returncode in (0, 1, 2) else f"exit status {done.returncode}"


def kimg(*args) -> tuple[str, str | None]:
    """What it printed, and what is wrong with how it ended."""
    done = start(*args)
    problem = crashed(done)
    if problem is not None:
        return "", problem
    if done.returncode:
        said = done.stderr.strip().splitlines() or ["nothing on stderr"]
        return done.stdout, f"exit status {done.returncode}: {said[0]}"
    return done.stdout, None


def differs(expected, got) -> str | None:
    return None if expected == got else f"expected {expected}, got {got}"


def told(tree, key: str) -> list:
    """All values that any object of a JSON tree has under a key."""
    if isinstance(tree, list):
        return [value for item in tree for value in told(item, key)]
    if not isinstance(tree, dict):
        return []
    here = [tree[key]] if key in tree and not isinstance(tree[key], (dict, list)) else []
    return here + [value for item in tree.values() for value in told(item, key)]


def file_differs(path: Path, expected: dict) -> str | None:
    """Compares a file with a size and SHA-256."""
    if not path.exists():
        return "wrote no file"
    data = path.read_bytes()
    if len(data) != expected["size"]:
        return f"wrote {len(data)} bytes, not {expected['size']}"
    if hashlib.sha256(data).hexdigest() != expected["sha256"]:
        return f"wrote the right {len(data)} bytes of size, but not the right bytes"
    return None


def check_identify(tally: Tally, label: str, image: Path, expected: str) -> None:
    out, problem = kimg("identify", image)
    words = out.split()
    tally.check(label, "identify", problem or differs(expected, words[-1] if words else "nothing"))


def parsed(text: str) -> tuple[object, str | None]:
    """A JSON text's tree, and what is wrong with the text."""
    try:
        return json.loads(text), None
    except json.JSONDecodeError as error:
        return None, f"no JSON: {error}"


def check_info(tally: Tally, label: str, image: Path, options: list[str], facts: dict) -> None:
    """The JSON parses, and tells every fact."""
    what = " ".join(["info", *options])
    out, problem = kimg("info", *options, "--json", image)
    tree = None
    if problem is None:
        tree, problem = parsed(out)
    tally.check(label, what, problem)
    if problem is not None:
        return
    for name, expected in facts.items():
        values = told(tree, KEYS[name])
        problem = None if expected in values else differs(expected, values or "nothing")
        tally.check(label, f"{what}: {name}", problem)


def check_extract(
    tally: Tally, label: str, image: Path, part: list[str], expected: dict, scratch: Path
) -> None:
    out = scratch / "part"
    out.unlink(missing_ok=True)
    _, problem = kimg("extract", image, *part, "-o", out)
    tally.check(label, " ".join(["extract", *part]), problem or file_differs(out, expected))
