"""Figures in documents are those of the runs that docs/figures/ keeps, and only whole runs are kept."""

import json
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from development.figures import blocks, headlines, tables
from development.figures.__main__ import written
from development.figures.picture import draw
from development.figures.taking import missing
from development.figures.told import ROOT, Run, kept, read
from development.trouble import Trouble

MACHINE = {"system": "Linux x86_64", "cores": 2, "python": "3.11.7", "warning": "Others took 1.0 of 2 cores."}
SPREAD = {"median": 0.8, "min": 0.5, "max": 1.2}


def a_run(file: Path, *, quick: bool = False, **changed: Any) -> Run:
    result = {
        "id": "S1",
        "name": "today",
        "value": 0.8,
        "goal": 0.7,
        "better": "higher",
        "ok": True,
        "figures": {"ratio": SPREAD},
    } | changed
    file.write_text(json.dumps({"seed": 7, "quick": quick, "machine": MACHINE, "results": [result]}))
    return read(file)


def test_documents_and_the_picture_say_what_the_kept_runs_say() -> None:
    for file, text in written():
        assert file.read_text() == text, f"{file.relative_to(ROOT)}: run `make figures`"


def test_a_block_is_written_anew_and_all_around_it_stays(tmp_path: Path) -> None:
    text = "Before.\n<!-- figures: bench -->\nold\n<!-- end of figures -->\nAfter.\n"
    found = blocks.refreshed(text, {"bench": a_run(tmp_path / "bench.json")})
    assert found.startswith("Before.\n<!-- figures: bench -->\n| ")
    assert found.endswith("<!-- end of figures -->\nAfter.\n")
    assert "**0.80** (0.50 to 1.20)" in found
    assert "Others took 1.0 of 2 cores." in found
    assert "old" not in found
    assert blocks.refreshed(found, {"bench": a_run(tmp_path / "bench.json", value=0.9)}) != found


@pytest.mark.parametrize("name", ["bench", "torture", "elsewhere"])
def test_a_block_without_a_run_is_refused(name: str) -> None:
    with pytest.raises(Trouble, match=name):
        blocks.refreshed(f"<!-- figures: {name} -->\n<!-- end of figures -->", {})


@pytest.mark.parametrize(
    ("changed", "verdict", "kind"),
    [
        ({}, "reached", "reached"),
        ({"value": 0.6, "ok": False}, "**missed**", "missed"),
        ({"value": 0, "goal": 0, "better": "lower"}, "reached", "reached"),
        ({"value": 900, "goal": 2, "better": "higher"}, "reached", "reached"),
    ],
)
def test_a_goal_is_told_alike_in_table_summary_and_picture(
    tmp_path: Path, changed: Mapping[str, Any], verdict: str, kind: str
) -> None:
    run = a_run(tmp_path / "bench.json", **changed)
    assert f"| {verdict} |" in tables.bench(run)
    assert ("**missed**" in headlines.headlines({"bench": run})) is (kind == "missed")
    picture = ET.fromstring(draw(run))  # noqa: S314 - our own
    bars = [each for each in picture.iter("{http://www.w3.org/2000/svg}rect") if each.get("class") == kind]
    assert len(bars) == 1


def test_only_a_whole_run_in_full_is_published(tmp_path: Path) -> None:
    assert "in short" in missing("bench", a_run(tmp_path / "bench.json", quick=True))
    assert "S2" in missing("bench", a_run(tmp_path / "bench.json"))


def test_builds_that_went_unnoticed_or_were_not_tried_are_not_counted_as_caught(tmp_path: Path) -> None:
    builds = {"one": {"caught_by": "1 lost", "seconds": 1.0}, "other": {"caught_by": "", "seconds": 2.0}}
    figures = {"broken_builds": builds, "builds": {"known": 3}, "seconds": 3.2}
    run = a_run(tmp_path / "torture.json", id="R6", ok=False, figures=figures)
    assert "| 1 of 3 | 3 | **not kept** |" in tables.torture(run)
    told = headlines.headlines({"torture": run})
    assert "**0 of 1 promises kept**" in told
    assert "1 of 3 builds" in told
    assert "| R6: today | **0.80** | at least 0.7: **not kept** |" in told


def test_the_headlines_name_results_that_there_are() -> None:
    runs = kept()
    assert headlines.DONE.keys() <= {each.id for each in runs["torture"].results}
    assert headlines.MEASURED.keys() <= {(each.id, each.name) for each in runs["bench"].results}
