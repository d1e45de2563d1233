"""The formats that exercises come in, by the name that a person gives: how each is read, and what is known of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from hep_api.foundation.errors import Problem, invalid_field
from hep_api.foundation.web import strict_json
from hep_api.library.importing import csv_table, exercises_json, free_exercise_db, wger
from hep_api.library.importing.problems import Collected

MOST_ENTRIES = 10_000


class Format(StrEnum):
    """What a file is."""

    EXERCISES = "hep-api"
    FREE_EXERCISE_DB = "free-exercise-db"
    WGER = "wger"
    CSV = "csv"


@dataclass(frozen=True, slots=True)
class Reader:
    """How a format is read; `source` is the name under which its exercises are known again."""

    source: str
    read: Callable[[bytes], Collected]


def _from_json(
    exercises_of: Callable[[Any], list[Any] | None], collect: Callable[[list[Any]], Collected], words: str
) -> Callable[[bytes], Collected]:
    def read(data: bytes) -> Collected:
        entries = exercises_of(strict_json.loads(data))
        if entries is None:
            raise unreadable("type", words)
        if len(entries) > MOST_ENTRIES:
            raise unreadable("length", f"A file has at most {MOST_ENTRIES} exercises.")
        return collect(entries)

    return read


def unreadable(rule: str, words: str) -> Problem:
    return invalid_field("", rule, words)


READERS: Mapping[Format, Reader] = {
    Format.EXERCISES: Reader(
        exercises_json.SOURCE,
        _from_json(
            exercises_json.exercises_of,
            exercises_json.collect,
            'A file of ours is {"format": "hep-api-exercises", "version": 1, "exercises": [...]}.',
        ),
    ),
    Format.FREE_EXERCISE_DB: Reader(
        free_exercise_db.SOURCE,
        _from_json(
            free_exercise_db.exercises_of,
            free_exercise_db.collect,
            "A free-exercise-db file is one list of exercises.",
        ),
    ),
    Format.WGER: Reader(
        wger.SOURCE,
        _from_json(
            wger.exercises_of,
            wger.collect,
            'A wger file is a page of its API, {"results": [...]}, a list of such pages, or a list of exercises.',
        ),
    ),
    Format.CSV: Reader(csv_table.SOURCE, csv_table.collect),
}
