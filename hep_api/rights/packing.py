"""Packs sections and files into one ZIP: each section as JSON and as CSV, a README, a manifest with digests.

Rows are written as they are read, so an export of any size takes the same memory.
"""

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from tempfile import TemporaryFile
from typing import IO, Any, Self
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from hep_api.foundation.files.store import CHUNK_BYTES
from hep_api.foundation.sections import Section
from hep_api.rights.cells import for_csv, for_json

README = "README.txt"
MANIFEST = "manifest.json"
OWNER_ONLY = 0o600 << 16


@dataclass(frozen=True, slots=True)
class Packed:
    """One file of the package, as the manifest has it; `rows` where it is a section."""

    name: str
    sha256: str
    bytes: int
    rows: int | None = None


class _Entry:
    """An open file of the package; counts and digests what passes."""

    def __init__(self, into: IO[bytes]) -> None:
        self._into = into
        self.digest = hashlib.sha256()
        self.size = 0

    def write(self, data: bytes) -> None:
        self._into.write(data)
        self.digest.update(data)
        self.size += len(data)


class Package:
    """A ZIP that is being written, within a `with` block. It is whole after `finish`."""

    def __init__(self, into: IO[bytes], now: datetime) -> None:
        self._zip = ZipFile(into, "w")
        self._now = now
        self._packed: list[Packed] = []
        self._about: dict[str, str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def add_section(self, section: Section, folder: str = "") -> None:
        """Add a section as `<name>.json` and `<name>.csv`; its rows are read once."""
        self._about.setdefault(section.name, section.about)
        rows = 0
        # The ZIP takes one file after the other, so the CSV waits outside; its temporary file has no name.
        with TemporaryFile() as waiting:
            text = io.TextIOWrapper(waiting, "utf-8-sig", newline="", write_through=True)
            cells = csv.writer(text)
            cells.writerow(section.columns)
            with self._entry(f"{folder}{section.name}.json") as (entry, note):
                for row in section.rows:
                    plain = [for_json(value) for value in row]
                    cells.writerow([for_csv(value, in_json) for value, in_json in zip(row, plain, strict=True)])
                    entry.write(b"[\n" if rows == 0 else b",\n")
                    entry.write(_object(section, plain))
                    rows += 1
                entry.write(b"\n]\n" if rows else b"[]\n")
                note["rows"] = rows
            text.detach()
            waiting.seek(0)
            with self._entry(f"{folder}{section.name}.csv") as (entry, note):
                note["rows"] = rows
                while chunk := waiting.read(CHUNK_BYTES):
                    entry.write(chunk)

    def add_file(self, name: str, chunks: Iterable[bytes]) -> None:
        """Add a file as it is."""
        with self._entry(name) as (entry, _):
            for chunk in chunks:
                entry.write(chunk)

    def finish(self, title: str, said: dict[str, str]) -> None:
        """Add the README and the manifest, and close the package."""
        self.add_file(README, [_readme(title, self._about).encode()])
        manifest = {"made_at": self._now.isoformat(), **said, "files": [_plain(packed) for packed in self._packed]}
        with self._entry(MANIFEST) as (entry, _):
            entry.write(json.dumps(manifest, indent=1, ensure_ascii=False).encode())
        self._zip.close()

    @contextmanager
    def _entry(self, name: str) -> Iterator[tuple[_Entry, dict[str, int]]]:
        about = ZipInfo(name, self._now.timetuple()[:6])
        about.compress_type, about.external_attr = ZIP_DEFLATED, OWNER_ONLY
        note: dict[str, int] = {}
        with self._zip.open(about, "w", force_zip64=True) as into:
            entry = _Entry(into)
            yield entry, note
        self._packed.append(Packed(name, entry.digest.hexdigest(), entry.size, **note))


def _object(section: Section, plain: Iterable[Any]) -> bytes:
    named = dict(zip(section.columns, plain, strict=True))
    return json.dumps(named, ensure_ascii=False, allow_nan=False).encode()


def _plain(packed: Packed) -> dict[str, Any]:
    named = {"name": packed.name, "sha256": packed.sha256, "bytes": packed.bytes, "rows": packed.rows}
    return {name: value for name, value in named.items() if value is not None}


def _readme(title: str, about: dict[str, str]) -> str:
    longest = max((len(name) for name in about), default=0)
    sections = "\n".join(f"  {name:<{longest}}  {words}" for name, words in about.items())
    return (
        f"{title}\n\n"
        "Each kind of thing is there twice, with the same rows: as JSON, for programs, and as CSV (UTF-8), for\n"
        "spreadsheets. In the CSV a text that a spreadsheet would take for a formula has an apostrophe before it.\n"
        "Instants are in UTC, dates are those of the person's own days. manifest.json names every file with its\n"
        "number of rows and its SHA-256.\n\n"
        f"{sections}\n\n"
        "Files that belong to the person, if there are any, lie under files/.\n"
    )
