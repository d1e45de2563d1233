"""What a clinic settles about messages, its opening hours among them, and in which language it writes to a patient."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from hep_api.clinics.languages import language_of_patient
from hep_api.messaging.answering.policies import Policy, policy_of
from tests.messaging.conftest import named
from tests.world import Person, World

PATH = "/v1/clinic/messaging"
OFFICE = {"mon": [["08:00", "12:00"], ["13:00", "18:00"]], "fri": [["22:00", "02:00"]], "sun": [["00:00", "24:00"]]}
CLOSED: dict[str, list[Any]] = {name: [] for name in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
SETTLED = {
    "opening_hours": CLOSED | OFFICE,
    "holidays": [
        {"on": "2026-12-24", "name": "Christmas Eve", "hours": [["08:00", "12:00"]]},
        {"on": "2026-12-25", "name": "Christmas Day", "hours": []},
    ],
    "out_of_hours_text": {"de": "Wir sind wieder da: {opens_at}", "pt-BR": "Fechado."},
    "emergency_text": {"en": "Call {emergency_line}."},
    "emergency_line": "+49 (228) 112-0",
    "red_flag_pain": 0,
    "red_flag_phrases": [{"phrase": "cauda equina", "language": None}, {"phrase": "taub", "language": "de"}],
    "red_flag_shipped_phrases": False,
    "escalate_after_minutes": 1440,
    "card_on_pain": None,
    "card_on_unclear": False,
    "after_plan_end": "closed",
}


@pytest.fixture
def manager(world: World) -> Person:
    return world.manager(world.clinic())


def settle(who: Person, changes: dict[str, Any], path: str = PATH, method: str = "PATCH") -> Any:
    tag = who.http.get(path).headers.get("ETag", "none")
    return who.http.send(method, path, json=changes, headers={"If-Match": tag})


def test_staff_read_what_leaders_settle_and_a_clinic_begins_with_what_is_usual(world: World, manager: Person) -> None:
    practitioner = world.practitioner(manager.clinic_id)
    patient = world.patient(practitioner)
    before = practitioner.http.get(PATH).json
    assert {name: before[name] for name in SETTLED} == {
        "opening_hours": None,
        "holidays": [],
        "out_of_hours_text": {},
        "emergency_text": {},
        "emergency_line": None,
        "red_flag_pain": 8,
        "red_flag_phrases": [],
        "red_flag_shipped_phrases": True,
        "escalate_after_minutes": 15,
        "card_on_pain": 7,
        "card_on_unclear": True,
        "after_plan_end": "open",
    }
    assert (settle(practitioner, SETTLED).status_code, settle(patient, SETTLED).status_code) == (403, 403)
    assert patient.http.get(PATH).status_code == 403

    settled = settle(manager, SETTLED)
    assert settled.status_code == 200, settled.json
    assert settled.json == before | SETTLED | {"version": before["version"] + 1}
    assert practitioner.http.get(PATH).json == settled.json
    # What is left out stays, and what is said again is no change.
    assert settle(manager, {"red_flag_pain": None}).json == settled.json | {"red_flag_pain": None, "version": 3}
    assert settle(manager, {"red_flag_pain": None, "card_on_pain": None}).json["version"] == 3


def test_all_settings_of_a_clinic_have_one_version(world: World, manager: Person) -> None:
    tag = {"If-Match": manager.http.get(PATH).headers["ETag"]}
    assert manager.http.patch(PATH, json={"card_on_pain": 3}).status_code == 428
    assert manager.http.patch("/v1/clinic", json={"name": "Other"}, headers=tag).status_code == 200
    assert manager.http.patch(PATH, json={"card_on_pain": 3}, headers=tag).status_code == 412
    assert manager.http.get(PATH).json["card_on_pain"] == 7


WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"opening_hours": {"mon": [["8:00", "12:00"]]}}, "/opening_hours/mon/0/0", "time"),
    ({"opening_hours": {"mon": [["08:00"]]}}, "/opening_hours/mon/0", "length"),
    ({"opening_hours": {"mon": [["08:00", "08:00"]]}}, "/opening_hours/mon/0", "order"),
    ({"opening_hours": {"mon": [["24:00", "08:00"]]}}, "/opening_hours/mon/0", "order"),
    ({"opening_hours": {"mon": [["08:00", "12:00"]] * 7}}, "/opening_hours/mon", "length"),
    ({"opening_hours": {"mon": [["08:00", "12:00"], ["11:00", "13:00"]]}}, "/opening_hours/mon", "overlap"),
    (
        {"opening_hours": {"sun": [["22:00", "02:00"]], "mon": [["01:00", "03:00"]]}},
        "/opening_hours/mon",
        "overlap",
    ),
    ({"opening_hours": {"monday": []}}, "/opening_hours/monday", "unknown"),
    ({"opening_hours": []}, "/opening_hours", "type"),
    ({"holidays": [{"on": "2026-02-30", "name": "None"}]}, "/holidays/0/on", "date"),
    ({"holidays": [{"on": "2026-02-28", "name": "A"}] * 2}, "/holidays/1/on", "twice"),
    ({"holidays": [{"on": "2026-02-28", "name": "A"}] * 201}, "/holidays", "length"),
    ({"out_of_hours_text": {"deutsch!": "Zu"}}, "/out_of_hours_text/deutsch!", "language"),
    ({"emergency_text": {"de": " "}}, "/emergency_text/de", "length"),
    ({"emergency_text": {"de": 7}}, "/emergency_text/de", "type"),
    ({"emergency_text": "Call."}, "/emergency_text", "type"),
    ({"emergency_text": {f"x{a}{b}": "." for a in "abcde" for b in "abcde"}}, "/emergency_text", "length"),
    ({"emergency_line": "call me"}, "/emergency_line", "telephone"),
    ({"emergency_line": "((((("}, "/emergency_line", "telephone"),
    ({"emergency_line": "(112"}, "/emergency_line", "telephone"),
    ({"emergency_line": "+ 9"}, "/emergency_line", "telephone"),
    ({"red_flag_pain": 11}, "/red_flag_pain", "range"),
    ({"red_flag_phrases": [{"phrase": "?!"}]}, "/red_flag_phrases/0/phrase", "text"),
    ({"red_flag_phrases": [{"phrase": "a*"}]}, "/red_flag_phrases/0/phrase", "text"),
    ({"red_flag_phrases": [{"phrase": "a"}] * 501}, "/red_flag_phrases", "length"),
    ({"escalate_after_minutes": 0}, "/escalate_after_minutes", "range"),
    ({"after_plan_end": "gone"}, "/after_plan_end", "choice"),
    ({"response_hours": 2}, "/response_hours", "unknown"),
]


def test_what_is_wrong_with_a_setting_is_named_and_changes_nothing(manager: Person) -> None:
    for changes, field, rule in WRONG:
        assert named(settle(manager, changes)) == (422, "invalid_input", [(field, rule)]), changes
    assert manager.http.get(PATH).json["version"] == 1


def test_a_location_has_hours_of_its_own_in_place_of_the_clinics(world: World, manager: Person) -> None:
    harbour = world.location(manager.clinic_id, "Harbour")
    path = f"/v1/locations/{harbour}/hours"
    settle(manager, SETTLED)
    clinics = manager.http.get(path).json
    assert (clinics["is_own"], clinics["opening_hours"], clinics["zone"]) == (False, CLOSED | OFFICE, "Europe/Berlin")

    own = {"opening_hours": {"tue": [["09:00", "10:00"]]}, "zone": "Europe/London"}
    tag = {"If-Match": manager.http.get(path).headers["ETag"]}
    assert manager.http.put(path, json=own).status_code == 428
    assert settle(world.practitioner(manager.clinic_id), own, path, "PUT").status_code == 403
    assert named(settle(manager, {"opening_hours": None}, path, "PUT"))[2] == [("/opening_hours", "null")]
    put = manager.http.put(path, json=own, headers=tag)
    assert (put.status_code, put.json["is_own"], put.json["zone"]) == (200, True, "Europe/London")
    assert (put.json["opening_hours"]["tue"], put.json["holidays"]) == ([["09:00", "10:00"]], SETTLED["holidays"])
    assert manager.http.put(path, json=own, headers=tag).status_code == 412
    assert settle(manager, own | {"holidays": []}, path, "PUT").json["holidays"] == []

    assert manager.http.delete(path).status_code == 428
    gone = manager.http.delete(path, headers={"If-Match": manager.http.get(path).headers["ETag"]})
    assert (gone.status_code, manager.http.get(path).json["is_own"]) == (204, False)
    foreign = world.manager(world.clinic())
    assert foreign.http.get(path).status_code == settle(foreign, own, path, "PUT").status_code == 404


def test_a_process_asks_for_a_policy_once_for_each_version_of_the_clinic(
    world: World, manager: Person, statements: Any
) -> None:
    settle(manager, SETTLED)
    read, asked = _read(world, manager.clinic_id, statements, None)
    again, asked_again = _read(world, manager.clinic_id, statements, read.version)
    assert (asked, asked_again, again) == (1, 0, read)
    settle(manager, {"card_on_pain": 2})
    changed, asked = _read(world, manager.clinic_id, statements, read.version + 1)
    assert (asked, changed.card_on_pain, read.card_on_pain) == (0, 2, None)


def test_what_a_process_read_of_a_change_that_is_rolled_back_it_forgets(world: World, manager: Person) -> None:
    settle(manager, {"card_on_pain": 2})

    class RolledBack(Exception):
        pass

    with pytest.raises(RolledBack), world.transaction() as session:  # noqa: PT012 - the transaction is the test
        session.execute(
            text("UPDATE messaging_policy SET card_on_pain = 9 WHERE clinic_id = :c"), {"c": manager.clinic_id}
        )
        session.execute(text("UPDATE clinic SET version = 3 WHERE id = :c"), {"c": manager.clinic_id})
        assert policy_of(session, manager.clinic_id).card_on_pain == 9
        raise RolledBack
    settle(manager, {"card_on_pain": 4})
    with world.transaction() as session:
        assert policy_of(session, manager.clinic_id, 3).card_on_pain == 4


def test_a_patient_is_written_to_in_their_own_language_else_in_the_clinics(world: World, manager: Person) -> None:
    patient = world.patient(world.practitioner(manager.clinic_id))
    path = f"/v1/patients/{patient.patient_id}"
    with world.transaction() as session:
        assert language_of_patient(session, manager.clinic_id, patient.patient_id) == "en"
    assert settle(manager, {"language": "fr"}, "/v1/clinic").json["language"] == "fr"
    with world.transaction() as session:
        assert language_of_patient(session, manager.clinic_id, patient.patient_id) == "fr"
    assert named(settle(patient, {"language": "Deutsch"}, path)) == (422, "invalid_input", [("/language", "language")])
    said = settle(patient, {"language": "pt-BR"}, path)
    assert said.status_code == 200, said.json
    assert said.json["language"] == "pt-BR"
    with world.transaction() as session:
        assert language_of_patient(session, manager.clinic_id, patient.patient_id) == "pt-BR"
    assert settle(patient, {"language": None}, path).json["language"] is None


def _read(world: World, clinic_id: UUID, statements: Any, version: int | None) -> tuple[Policy, int]:
    with statements() as seen, world.transaction() as session:
        policy = policy_of(session, clinic_id, version)
    return policy, len([each for each in seen if "messaging_policy" in each])
