# SPDX-License-Identifier: GPL-2.0-or-later
"""A sample image and the truth about it, and the file that lists them."""

import hashlib
import json
from dataclasses import dataclass, field

NAME = "manifest.json"


@dataclass
class Sample:
    """One image: its file name (FORMAT/good-WHAT), bytes, one line that describes it, and what must
    be said of it.
    """

    name: str
    data: bytes
    what: str
    identify: str = ""
    parts: dict = field(default_factory=dict)
    facts: dict = field(default_factory=dict)

    def entry(self):
        """The sample's entry in the manifest."""
        entry = {"file": self.name, "what": self.what, "size": len(self.data)}
        if self.identify:
            entry["identify"] = self.identify
        if self.facts:
            entry["facts"] = self.facts
        if self.parts:
            entry["parts"] = {name: _digest(part) for name, part in self.parts.items()}
        return entry


class Collection:
    """Writes samples below a folder as they come, and their manifest at the end."""

    def __init__(self, top):
        self.top = top
        self.entries = []

    def add(self, sample):
        """Writes one sample."""
        path = self.top / sample.name
        if any(entry["file"] == sample.name for entry in self.entries):
            raise ValueError(f"two samples are named {sample.name}")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(sample.data)
        self.entries.append(sample.entry())

    def finish(self):
        """Writes the manifest, one sample a line."""
        lines = ",\n".join(
            json.dumps(entry, sort_keys=True)
            for entry in sorted(self.entries, key=lambda entry: entry["file"])
        )
        (self.top / NAME).write_text(f'{{"schema": "kimg-samples/1", "samples": [\n{lines}\n]}}\n')


def load(top):
    """The entries of a folder's manifest."""
    return json.loads((top / NAME).read_text())["samples"]


def _digest(part):
    return {"size": len(part), "sha256": hashlib.sha256(part).hexdigest()}
