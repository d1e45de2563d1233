"""Importing a file in the free-exercise-db format: once, again, changed, and with mistakes in it.

The sample is of our own making. With HEP_FREE_EXERCISE_DB naming a real file, that one is imported too.
"""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from hep_api.library.importing import free_exercise_db
from tests.world import Person

Import = Callable[[Any], Result]


def entry(**changes: Any) -> dict[str, Any]:
    return {
        "id": "Seated_Made_Up_Raise",
        "name": "Seated Made-Up Raise",
        "force": "push",
        "level": "beginner",
        "mechanic": "isolation",
        "equipment": "dumbbell",
        "primaryMuscles": ["shoulders"],
        "secondaryMuscles": ["traps"],
        "instructions": ["Sit down with a weight.", "  ", "Raise it\nto the side."],
        "category": "strength",
        "images": ["Seated_Made_Up_Raise/0.jpg"],
        **changes,
    }


SAMPLE = [
    entry(),
    entry(id="One_Leg_Hop", name="One-Leg Hop", level="expert", equipment="body only", category="plyometrics"),
    entry(id="Slow_Trot", name="Slow Trot", equipment=None, category="cardio", primaryMuscles=["quadriceps"]),
    entry(id="Wordless_Stretch", name="Wordless Stretch", instructions=[], category="stretching"),
]


@pytest.fixture
def bring(app: Flask, practitioner: Person, tmp_path: Path) -> Import:
    """Run the command on entries, or on the bytes of a file."""

    def run(entries: Any) -> Result:
        file = tmp_path / "exercises.json"
        file.write_bytes(entries if isinstance(entries, bytes) else json.dumps(entries).encode())
        slug = f"clinic-{practitioner.clinic_id}"
        return app.test_cli_runner().invoke(args=["library", "import", "free-exercise-db", str(file), "--clinic", slug])

    return run


def imported(person: Person, name: str) -> dict[str, Any]:
    """Return the exercise of that name in full."""
    items = person.http.get("/v1/exercises", query_string={"q": name, "scope": "clinic"}).json["items"]
    found: dict[str, Any] = person.http.get(f"/v1/exercises/{items[0]['id']}").json
    assert found["name"] == name
    return found


def test_all_come_in_and_a_second_run_changes_nothing(bring: Import, practitioner: Person) -> None:
    first = bring(SAMPLE)
    assert first.output.splitlines() == [
        "4 read: 4 added, 0 changed, 0 unchanged, 0 refused.",
        "No. 4 (Wordless Stretch) comes without instructions",
    ]
    before = imported(practitioner, "Slow Trot")
    assert bring(SAMPLE).output.splitlines()[0] == "4 read: 0 added, 0 changed, 4 unchanged, 0 refused."
    assert imported(practitioner, "Slow Trot") == before
    assert first.exit_code == 0


def test_source_and_licence_are_kept(bring: Import, practitioner: Person) -> None:
    bring(SAMPLE)
    found = imported(practitioner, "One-Leg Hop")
    assert (found["source"], found["source_key"], found["licence"]) == ("free-exercise-db", "One_Leg_Hop", "Unlicense")
    assert (found["scope"], found["author_id"]) == ("clinic", None)


def test_its_words_become_ours(bring: Import, practitioner: Person) -> None:
    bring(SAMPLE)
    raised, hop, trot = (imported(practitioner, name) for name in ("Seated Made-Up Raise", "One-Leg Hop", "Slow Trot"))
    assert raised["steps"] == ["Sit down with a weight.", "Raise it to the side."]
    assert (raised["body_region"], raised["difficulty"], raised["position"]) == ("shoulder", "easy", "sitting")
    assert (raised["equipment"], raised["goals"]) == (["weight"], ["strength"])
    assert raised["tags"] == ["strength", "shoulders", "traps"]
    assert (hop["difficulty"], hop["equipment"], hop["goals"], hop["sides"]) == ("hard", [], ["power"], 2)
    assert (trot["body_region"], trot["equipment"], trot["position"]) == ("whole_body", [], None)
    assert trot["default_dose"] is None
    assert trot["default_schedule"] is None


def test_a_changed_entry_keeps_its_id_and_gets_a_new_version(bring: Import, practitioner: Person) -> None:
    bring(SAMPLE)
    before = imported(practitioner, "Slow Trot")
    changed = [*SAMPLE[:2], {**SAMPLE[2], "instructions": ["Trot."]}, SAMPLE[3]]
    assert bring(changed).output.startswith("4 read: 0 added, 1 changed, 3 unchanged")
    after = imported(practitioner, "Slow Trot")
    assert (after["id"], after["created_at"]) == (before["id"], before["created_at"])
    assert (after["version"], after["steps"]) == (before["version"] + 1, ["Trot."])


def test_another_clinic_does_not_get_them(bring: Import, practitioner: Person, stranger: Person) -> None:
    bring(SAMPLE)
    exercise_id = imported(practitioner, "Slow Trot")["id"]
    assert stranger.http.get(f"/v1/exercises/{exercise_id}").status_code == 404
    assert stranger.http.get("/v1/exercises", query_string={"q": "trot", "scope": "clinic"}).json["items"] == []


def test_wrong_entries_are_named_by_number_and_hold_up_no_other(bring: Import, practitioner: Person) -> None:
    answer = bring(
        [
            entry(level="godlike"),
            "not an exercise",
            SAMPLE[2],
            {key: value for key, value in entry().items() if key != "name"},
            {**SAMPLE[2], "name": "Again"},
            entry(id="Nul", name="Nul\x00"),
            entry(id="Muscle", primaryMuscles=["tail"]),
        ]
    )
    assert answer.exit_code == 1
    assert answer.output.splitlines() == [
        "7 read: 1 added, 0 changed, 0 unchanged, 6 refused.",
        "No. 1 (Seated Made-Up Raise) refused: level: Must be one of: beginner, intermediate, expert.",
        "No. 2 (without a name) refused: Invalid input type.",
        "No. 4 (without a name) refused: name: Missing data for required field.",
        "No. 5 (Again) refused: The key Slow_Trot stands twice in the file.",
        "No. 6 ('Nul\\x00') refused: name: Must not contain the NUL character.",
        answer.output.splitlines()[-1],
    ]
    assert answer.output.splitlines()[-1].startswith("No. 7 (Seated Made-Up Raise) refused: primaryMuscles/0: Must be")
    assert imported(practitioner, "Slow Trot")["source_key"] == "Slow_Trot"


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b'{"id": 1, "id": 2}', b"{}", b"7"])
def test_a_file_of_another_kind_is_refused_in_a_sentence(bring: Import, content: bytes) -> None:
    answer = bring(content)
    assert answer.exit_code == 1
    assert answer.output.startswith("Error: ")
    assert "Traceback" not in answer.output


def test_an_unknown_clinic_is_refused(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "exercises.json"
    file.write_text(json.dumps(SAMPLE))
    answer = app.test_cli_runner().invoke(
        args=["library", "import", "free-exercise-db", str(file), "--clinic", "no-such-clinic"]
    )
    assert answer.exit_code == 1
    assert answer.output == "Error: There is no clinic with the slug 'no-such-clinic'.\n"


def test_every_word_of_the_format_has_a_meaning_in_ours() -> None:
    for muscle in free_exercise_db.REGION_OF_MUSCLE:
        for category in free_exercise_db.GOAL:
            loaded = free_exercise_db.FreeExerciseIn().load(entry(primaryMuscles=[muscle], category=category))
            assert free_exercise_db.translate(loaded)["goals"]


@pytest.mark.skipif("HEP_FREE_EXERCISE_DB" not in os.environ, reason="HEP_FREE_EXERCISE_DB names no file")
def test_the_whole_collection_comes_in_once(bring: Import) -> None:
    whole = Path(os.environ["HEP_FREE_EXERCISE_DB"]).read_bytes()
    count = len(json.loads(whole))
    assert bring(whole).output.startswith(f"{count} read: {count} added, 0 changed, 0 unchanged, 0 refused.")
    assert bring(whole).output.startswith(f"{count} read: 0 added, 0 changed, {count} unchanged, 0 refused.")
