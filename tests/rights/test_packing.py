"""The package: every section twice, a manifest that is true, and the same memory whatever the size."""

import csv
import gc
import hashlib
import io
import json
import tracemalloc
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from hep_api.foundation.sections import Section
from hep_api.rights.packing import MANIFEST, README, Package

NOW = datetime(2026, 5, 6, 10, tzinfo=UTC)


def packed(*sections: Section) -> zipfile.ZipFile:
    into = io.BytesIO()
    with Package(into, NOW) as package:
        for section in sections:
            package.add_section(section)
        package.add_file("files/x-ray.png", iter([b"pic", b"ture"]))
        package.finish("One patient", {"clinic_id": "c"})
    return zipfile.ZipFile(into)


PAINS = Section("pains", "What hurt.", ("on", "words", "degree"), [("2026-05-06", "=ouch\n;", 7), (None, "ä", -1)])
NOTHING = Section("nothing", "Nothing at all.", ("id",), [])


def test_a_section_is_there_as_json_and_as_csv_with_the_same_rows() -> None:
    package = packed(PAINS, NOTHING)
    assert json.loads(package.read("pains.json")) == [
        {"on": "2026-05-06", "words": "=ouch\n;", "degree": 7},
        {"on": None, "words": "ä", "degree": -1},
    ]
    assert package.read("pains.csv").startswith(b"\xef\xbb\xbfon,")
    table = list(csv.reader(io.StringIO(package.read("pains.csv").decode("utf-8-sig"), newline="")))
    assert table == [["on", "words", "degree"], ["2026-05-06", "'=ouch\n;", "7"], ["", "ä", "-1"]]
    assert json.loads(package.read("nothing.json")) == []
    assert package.read("nothing.csv").decode("utf-8-sig") == "id\r\n"


def test_the_manifest_names_every_file_with_its_digest_and_the_readme_every_section() -> None:
    package = packed(PAINS, NOTHING)
    manifest = json.loads(package.read(MANIFEST))
    assert (manifest["made_at"], manifest["clinic_id"]) == (NOW.isoformat(), "c")
    named = {file["name"]: file for file in manifest["files"]}
    assert named.keys() == set(package.namelist()) - {MANIFEST}
    for name, file in named.items():
        content = package.read(name)
        assert (file["sha256"], file["bytes"]) == (hashlib.sha256(content).hexdigest(), len(content))
    assert (named["pains.csv"]["rows"], named["nothing.json"]["rows"]) == (2, 0)
    assert "rows" not in named["files/x-ray.png"]
    readme = package.read(README).decode()
    assert "pains    What hurt." in readme
    assert "nothing  Nothing at all." in readme


class Nowhere(io.RawIOBase):
    """Takes everything and keeps nothing."""

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        return len(data)


def test_a_large_export_takes_no_more_memory_than_a_small_one() -> None:
    def rows() -> Iterator[tuple[int, str]]:
        for number in range(20_000):
            yield number, f"{number} " * 50

    gc.collect()
    tracemalloc.start()
    with Package(Nowhere(), NOW) as package:
        package.add_section(Section("rows", "Many.", ("number", "words"), rows()))
        package.add_file("files/film", (b"\x00" * 100_000 for _ in range(200)))
        package.finish("Large", {})
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 3_000_000
