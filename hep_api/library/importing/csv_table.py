"""A table of exercises as CSV: one exercise a line, its columns named in the first.

UTF-8, with commas or semicolons. Where a cell holds several things, they stand on lines of their own inside the cell,
or between vertical bars. A `key` of the clinic's own tells which exercise a line is, so that a later table changes it.
"""

import csv
import io
from collections.abc import Mapping
from itertools import islice
from typing import Any

from marshmallow import ValidationError

from hep_api.foundation.errors import FieldError, Problem, invalid_field
from hep_api.foundation.web.refusals import problem_from
from hep_api.library.importing.contents import ImportedExerciseIn, content_from
from hep_api.library.importing.problems import Collected

SOURCE = "csv"
SEVERAL = (
    "steps", "cues", "mistakes", "precautions", "contraindications",
    "joints", "goals", "equipment", "tags", "synonyms",
)  # fmt: skip
TEXTS = (
    "key", "name", "summary", "body_region", "position", "difficulty", "language", "licence", "author", "source_url",
)  # fmt: skip
DOSE = ("sets", "reps", "hold_seconds", "duration_seconds", "rest_seconds")
SCHEDULE = ("times_per_day", "every_n_days", "times_per_week", "max_per_day")
COLUMNS = (*TEXTS, *SEVERAL, "sides", *DOSE, "schedule", *SCHEDULE, "weekdays")
NEEDED = ("key", "name", "steps", "body_region")
MOST_LINES = 10_000
LONGEST_CELL = 40_000


def collect(data: bytes) -> Collected:
    """Return the lines in our words; a wrong one is noted and holds up no other.

    Errors: 422 when it is no table, or its first line lacks a column or names an unknown one.
    """
    reader = _reader(data)
    try:
        rows = list(islice(reader, MOST_LINES + 1))
    except csv.Error:
        raise _unreadable("csv", f"Line {reader.line_num} cannot be read as CSV.") from None
    if len(rows) > MOST_LINES:
        raise _unreadable("length", f"A table has at most {MOST_LINES} lines.")
    found = Collected(read=len(rows))
    for number, row in enumerate(rows, start=1):
        _take(found, number, row)
    return found


def _reader(data: bytes) -> "csv.DictReader[str]":
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _unreadable("utf8", "A table is UTF-8; save it as `CSV UTF-8`.") from None
    if "\x00" in text:
        raise _unreadable("text", "A table holds no NUL.")
    head = text.partition("\n")[0]
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.DictReader(
        io.StringIO(text, newline=""), delimiter=";" if head.count(";") > head.count(",") else ",", strict=True
    )
    names = [name.strip().casefold() for name in reader.fieldnames or ()]
    reader.fieldnames = names
    _refuse_columns(names)
    return reader


def _refuse_columns(names: list[str]) -> None:
    for name in NEEDED:
        if name not in names:
            raise _unreadable("required", f"The first line has to name the column {name}.")
    for name in names:
        if name not in COLUMNS:
            raise _unreadable("unknown", f"There is no column {name[:60]!a}; known are {', '.join(COLUMNS)}.")
        if names.count(name) > 1:
            raise _unreadable("repeated", f"The column {name} stands twice.")


def _take(found: Collected, number: int, row: Mapping[str | None, Any]) -> None:
    if None in row or None in row.values():
        found.refuse(number, row, [FieldError("", "columns", "It has more or fewer cells than the first line.")])
        return
    cells = {str(name): cell.strip() for name, cell in row.items()}
    try:
        loaded = ImportedExerciseIn().load(_exercise(cells))
    except ValidationError as error:
        found.refuse(number, cells, problem_from(error).errors)
        return
    found.take(number, loaded["key"], content_from(loaded))


def _exercise(cells: Mapping[str, str]) -> dict[str, Any]:
    """Return a line as the JSON that it stands for; an empty cell says nothing."""
    said = {name: cell for name, cell in cells.items() if cell}
    exercise: dict[str, Any] = {name: said[name] for name in TEXTS if name in said}
    exercise.update({name: _several(said[name]) for name in SEVERAL if name in said})
    exercise.update(_whole({"sides": said["sides"]} if "sides" in said else {}))
    dose = _whole({name: said[name] for name in DOSE if name in said})
    if dose:
        exercise["default_dose"] = {**dose, "sides": exercise.get("sides", 1)}
    schedule = _whole({name: said[name] for name in SCHEDULE if name in said})
    if "weekdays" in said:
        schedule["weekdays"] = [day.casefold() for day in _several(said["weekdays"])]
    if schedule or "schedule" in said:
        exercise["default_schedule"] = {"kind": said.get("schedule", ""), **schedule}
    return exercise


def _several(cell: str) -> list[str]:
    return [part.strip() for line in cell.splitlines() for part in line.split("|") if part.strip()]


def _whole(cells: Mapping[str, str]) -> dict[str, Any]:
    """Return cells as whole numbers; what is none stays text, which the schema refuses with the field's name."""
    return {name: _number(cell) for name, cell in cells.items()}


def _number(cell: str) -> int | str:
    return int(cell) if cell.isascii() and cell.isdigit() and len(cell) <= 9 else cell


def _unreadable(rule: str, words: str) -> Problem:
    return invalid_field("", rule, words)
