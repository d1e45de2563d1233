"""What every exercise of the starter set keeps to: whole sentences, sensible doses, no link that leads nowhere."""

import json
import re
from collections import Counter
from itertools import pairwise
from typing import Any

from flask import Flask
from sqlalchemy import select

from hep_api.dosing.dose import Dose
from hep_api.dosing.schedule import Schedule
from hep_api.dosing.schemas import DoseIn, ProgressionIn, ScheduleIn
from hep_api.foundation.database import database
from hep_api.library import starter_set
from hep_api.library.models.exercises import STARTER_SHELF, Exercise, ExerciseLink
from hep_api.library.shelving import Shelved
from hep_api.library.vocabulary import BodyRegion
from tests.library.conftest import NOW

FILES = [starter_set.FOLDER / f"{region}.json" for region in BodyRegion]
ENTRIES: list[dict[str, Any]] = [entry for file in FILES for entry in json.loads(file.read_text("utf-8"))]
BY_KEY = {entry["key"]: entry for entry in ENTRIES}
TEMPLATES: list[dict[str, Any]] = json.loads((starter_set.FOLDER / "templates.json").read_text("utf-8"))
TEMPLATE_FIELDS = ["key", "title", "summary", "language", "body_region", "tags", "goals", "phases"]
FIELDS = [
    *("key", "name", "summary", "steps", "cues", "mistakes", "precautions", "contraindications", "body_region"),
    *("joints", "goals", "position", "equipment", "sides", "difficulty", "default_dose", "default_schedule"),
    *("easier", "harder", "alternatives", "tags", "synonyms"),
]
HOW_MANY = {
    "steps": (3, 6),
    "cues": (1, 3),
    "mistakes": (1, 3),
    "precautions": (1, 3),
    "contraindications": (0, 2),
    "joints": (0, 5),
    "goals": (1, 3),
    "synonyms": (1, 14),
    "tags": (1, 8),
}
SENTENCES = ("summary", "steps", "cues", "mistakes", "precautions", "contraindications")
GRADES = ("easy", "moderate", "hard")
FOR_KNEES = (
    "quad-set straight-leg-raise heel-slide sit-to-stand step-up wall-squat terminal-knee-extension-band clamshell "
    "calf-raise bridge"
)


def test_keys_and_names_are_their_own() -> None:
    assert not [key for key, count in Counter(entry["key"] for entry in ENTRIES).items() if count > 1]
    assert not [name for name, count in Counter(entry["name"].lower() for entry in ENTRIES).items() if count > 1]


def test_over_150_exercises_spread_over_every_region() -> None:
    in_region = Counter(entry["body_region"] for entry in ENTRIES)
    scarce = [region for region in BodyRegion if region is not BodyRegion.WHOLE_BODY and in_region[region] < 10]
    assert scarce == []
    assert len(ENTRIES) - in_region[BodyRegion.WHOLE_BODY] > 150


def test_the_schema_takes_all_of_them() -> None:
    assert len(starter_set.read_starter_set()) == len(ENTRIES)


def test_each_file_holds_the_region_that_it_is_named_for() -> None:
    assert {(file.stem, entry["body_region"]) for file in FILES for entry in json.loads(file.read_text("utf-8"))} == {
        (file.stem, file.stem) for file in FILES
    }


def test_a_knee_patient_finds_the_usual_ones() -> None:
    assert set(FOR_KNEES.split()) <= BY_KEY.keys()


def test_each_has_every_part_in_the_right_number() -> None:
    for key, entry in BY_KEY.items():
        assert list(entry) == FIELDS, key
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", key)
        for field, (least, most) in HOW_MANY.items():
            assert least <= len(entry[field]) <= most, (key, field)


def test_each_is_written_in_whole_sentences() -> None:
    for key, entry in BY_KEY.items():
        for field in SENTENCES:
            for text in [entry[field]] if isinstance(entry[field], str) else entry[field]:
                assert re.fullmatch(r"[A-Z].*[.]", text), (key, text)
                assert "  " not in text, (key, text)
                assert len(text) >= 12, (key, text)


def test_doses_and_schedules_are_ones_that_a_plan_takes() -> None:
    for key, entry in BY_KEY.items():
        assert Dose.from_json(entry["default_dose"]).sides == entry["sides"], key
        assert Schedule.from_json(entry["default_schedule"]).to_json() == entry["default_schedule"], key


def test_links_exist_and_lead_back() -> None:
    for one, entry in BY_KEY.items():
        for field, way_back in (("easier", "harder"), ("harder", "easier"), ("alternatives", "alternatives")):
            for key in entry[field]:
                assert key != one
                assert one in BY_KEY[key][way_back], f"{key} does not lead back to {one}"
        assert not set(entry["easier"]) & set(entry["harder"]), one


def test_what_is_called_harder_is_not_graded_easier() -> None:
    for one, entry in BY_KEY.items():
        for key in entry["harder"]:
            assert GRADES.index(BY_KEY[key]["difficulty"]) >= GRADES.index(entry["difficulty"]), (one, key)


class TestTheTemplates:
    """Protocols that a clinic may start from. Each refusal names the template, the phase and the exercise."""

    def test_there_are_ten_and_more_with_keys_and_titles_of_their_own(self) -> None:
        assert len(TEMPLATES) >= 10
        for field in ("key", "title"):
            assert len({template[field] for template in TEMPLATES}) == len(TEMPLATES), field

    def test_each_says_what_it_is_found_by_and_what_the_patient_works_for(self) -> None:
        for template in TEMPLATES:
            key = template["key"]
            assert list(template) == TEMPLATE_FIELDS, key
            assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", key)
            assert template["body_region"] in [region.value for region in BodyRegion], key
            assert template["language"] == "en", key
            assert len(set(template["tags"])) == len(template["tags"]) > 0, key
            assert 1 <= len(template["goals"]) <= 5, key
            for text in (template["summary"], *template["goals"], *(phase["note"] for phase in template["phases"])):
                assert re.fullmatch(r"[A-Z].*[.]", text), (key, text)

    def test_phases_begin_on_the_first_day_and_follow_each_other(self) -> None:
        for template in TEMPLATES:
            begins = [phase["from_day"] for phase in template["phases"]]
            assert begins[0] == 0, template["key"]
            assert all(later > earlier for earlier, later in pairwise(begins)), template["key"]
            assert all(list(phase) == ["name", "from_day", "note", "items"] for phase in template["phases"])

    def test_their_exercises_are_in_the_set_and_stand_once_in_a_phase(self) -> None:
        for template in TEMPLATES:
            for phase in template["phases"]:
                keys = [item["exercise"] for item in phase["items"]]
                assert set(keys) <= BY_KEY.keys(), template["key"]
                assert 1 <= len(set(keys)) == len(keys) <= 8, (template["key"], phase["name"])

    def test_doses_and_schedules_load_and_a_next_dose_is_another_one(self) -> None:
        for template in TEMPLATES:
            for phase in template["phases"]:
                for item in phase["items"]:
                    where = (template["key"], phase["name"], item["exercise"])
                    assert list(item) == ["exercise", "dose", "schedule", "progression"], where
                    dose = DoseIn().load(item["dose"])
                    assert dose.sides <= BY_KEY[item["exercise"]]["sides"], where
                    assert ScheduleIn().load(item["schedule"]).to_json() == item["schedule"], where
                    if item["progression"] is not None:
                        progression = ProgressionIn().load(item["progression"])
                        assert progression.next_dose != dose, where
                        assert progression.after_days >= 7, where


class TestLoading:
    """On a session that is rolled back: the shelf belongs to all tests."""

    def test_a_second_time_changes_nothing(self, app: Flask, starter_set: None) -> None:
        with app.app_context(), database().new_session() as session:
            before = session.execute(select(Exercise.id, Exercise.version).order_by(Exercise.id)).all()
            assert load(session) == Shelved(added=0, changed=0, unchanged=len(ENTRIES))
            assert session.execute(select(Exercise.id, Exercise.version).order_by(Exercise.id)).all() == before

    def test_every_link_reaches_the_tables(self, app: Flask, starter_set: None) -> None:
        with app.app_context(), database().new_session() as session:
            there = session.execute(
                select(ExerciseLink.exercise_id, ExerciseLink.kind, ExerciseLink.linked_id).where(
                    ExerciseLink.clinic_id == STARTER_SHELF
                )
            ).all()
        # Each link stands in the files at both of its ends.
        assert 2 * len(there) == sum(len(entry[f]) for entry in ENTRIES for f in ("easier", "harder", "alternatives"))

    def test_a_rewritten_exercise_keeps_its_id_and_gets_a_new_version(self, app: Flask, starter_set: None) -> None:
        with app.app_context(), database().new_session() as session:
            entries = read()
            entries[0]["summary"] = "Written anew."
            assert shelve(session, entries).changed == 1
            key = (STARTER_SHELF, ID_OF(entries[0]["key"]))
            rewritten = session.get_one(Exercise, key)
            assert (rewritten.summary, rewritten.version) == ("Written anew.", 2)

    def test_what_left_the_set_rests_in_the_archive_until_it_comes_back(self, app: Flask, starter_set: None) -> None:
        with app.app_context(), database().new_session() as session:
            kept = [entry for entry in read() if entry["key"] != "bridge"]
            for entry in kept:
                for links in (entry["easier"], entry["harder"], entry["alternatives"]):
                    links[:] = [key for key in links if key != "bridge"]
            bridge = ID_OF("bridge")
            of_bridge = (ExerciseLink.exercise_id == bridge) | (ExerciseLink.linked_id == bridge)
            for entries in (kept, read()):
                shelve(session, entries)
                on_shelf = Exercise.clinic_id == STARTER_SHELF, Exercise.archived_at.is_(None)
                keys = set(session.scalars(select(Exercise.source_key).where(*on_shelf)))
                assert keys == {entry["key"] for entry in entries}
                assert bool(session.scalars(select(ExerciseLink).where(of_bridge)).all()) == ("bridge" in keys)


def load(session: Any) -> Shelved:
    return starter_set.load_starter_set(session, NOW)


def shelve(session: Any, entries: list[dict[str, Any]]) -> Shelved:
    return starter_set.shelve_entries(session, entries, NOW)


read = starter_set.read_starter_set
ID_OF = starter_set.starter_id
