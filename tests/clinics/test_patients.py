"""Patients as administration sees them: inviting, listing, changing, and who may."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest

from tests.counting import StatementCounter
from tests.world import Person, World


@pytest.fixture
def practitioner(world: World) -> Person:
    return world.practitioner(world.clinic())


BORN = "1975-06-30"


def anna(**more: Any) -> dict[str, Any]:
    return {"name": "Anna Müller", "email": f"anna-{uuid4()}@example.org", "birth_date": BORN, **more}


def test_a_practitioner_invites_a_patient_and_leads_them(world: World, practitioner: Person) -> None:
    sent = anna(birth_date="1980-02-29", day_starts_at="03:00", zone="Asia/Kathmandu")
    answer = practitioner.http.post("/v1/patients", json=sent)

    assert answer.status_code == 201
    shown = answer.json
    assert shown["status"] == "invited"
    assert {name: shown[name] for name in sent} == sent
    assert shown["location_id"] == str(practitioner.clinic_id)
    assert [(place["member_id"], place["is_lead"]) for place in shown["care_team"]] == [
        (str(practitioner.member_id), True)
    ]
    assert shown["invitation"]["link"].endswith(shown["invitation"]["code"])
    again = practitioner.http.get(f"/v1/patients/{shown['id']}")
    assert again.json == {name: value for name, value in shown.items() if name != "invitation"}
    tag = {"If-Match": answer.headers["ETag"]}
    assert practitioner.http.patch(f"/v1/patients/{shown['id']}", json={"name": "Ann"}, headers=tag).status_code == 200


def test_the_clinics_zone_and_midnight_hold_unless_said_otherwise(world: World, practitioner: Person) -> None:
    shown = practitioner.http.post("/v1/patients", json=anna()).json

    assert (shown["zone"], shown["day_starts_at"]) == ("Europe/Berlin", "00:00")


def test_a_leader_names_who_leads(world: World, practitioner: Person) -> None:
    for leader in (world.manager(practitioner.clinic_id), world.owner(practitioner.clinic_id)):
        missing = leader.http.post("/v1/patients", json=anna())
        assert (missing.status_code, missing.json["errors"][0]["field"]) == (422, "/lead_member_id")
        named = leader.http.post("/v1/patients", json=anna(lead_member_id=str(practitioner.member_id)))
        assert named.status_code == 201
        assert named.json["care_team"][0]["member_id"] == str(practitioner.member_id)


def test_only_a_practitioner_of_the_clinic_can_lead(world: World, practitioner: Person) -> None:
    manager = world.manager(practitioner.clinic_id)
    patient = world.patient(practitioner)
    stranger = world.practitioner(world.clinic())
    for other in (manager, patient, stranger):
        refused = manager.http.post("/v1/patients", json=anna(lead_member_id=str(other.member_id)))
        assert refused.status_code == 422
        assert refused.json["errors"][0] == {
            "field": "/lead_member_id",
            "rule": "practitioner",
            "detail": "Must be a practitioner of the clinic who is not disabled.",
        }
    colleague = world.practitioner(practitioner.clinic_id)
    foreign = practitioner.http.post("/v1/patients", json=anna(lead_member_id=str(colleague.member_id)))
    assert foreign.json["errors"][0]["rule"] == "own"


def test_a_patient_cannot_invite_or_list_patients(world: World, practitioner: Person) -> None:
    patient = world.patient(practitioner)

    assert patient.http.post("/v1/patients", json=anna()).status_code == 403
    assert patient.http.get("/v1/patients").status_code == 403


def test_an_email_is_used_once_in_a_clinic(world: World, practitioner: Person) -> None:
    sent = anna()
    assert practitioner.http.post("/v1/patients", json=sent).status_code == 201

    refused = practitioner.http.post("/v1/patients", json={**sent, "email": sent["email"].upper()})
    assert (refused.status_code, refused.json["errors"][0]["field"]) == (409, "/email")
    elsewhere = world.practitioner(world.clinic())
    assert elsewhere.http.post("/v1/patients", json=sent).status_code == 201


def test_a_clinic_with_several_locations_needs_one_named(world: World, practitioner: Person) -> None:
    other = world.location(practitioner.clinic_id, "Harbour")
    foreign = world.location(world.clinic(), "Elsewhere")

    assert practitioner.http.post("/v1/patients", json=anna()).json["errors"][0]["rule"] == "required"
    refused = practitioner.http.post("/v1/patients", json=anna(location_id=str(foreign)))
    assert refused.json["errors"][0]["rule"] == "location"
    taken = practitioner.http.post("/v1/patients", json=anna(location_id=str(other)))
    assert taken.json["location_id"] == str(other)


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"name": ""}, "length"),
        ({"name": "x" * 201}, "length"),
        ({"email": "anna"}, "length"),
        ({"zone": "Europe/Atlantis"}, "zone"),
        ({"day_starts_at": "04:01"}, "range"),
        ({"day_starts_at": "4:00"}, "time"),
        ({"birth_date": "2999-01-01"}, "range"),
        ({"birth_date": "2199-01-01"}, "range"),
        ({"birth_date": "1980-02-30"}, "date"),
        ({"birth_date": None}, "null"),
        ({"id": "not-a-uuid"}, "uuid"),
        ({"status": "active"}, "unknown"),
        ({"clinic_id": "0199"}, "unknown"),
        ({"role": "owner"}, "unknown"),
    ],
)
def test_what_is_wrong_with_a_patient_is_named(practitioner: Person, change: dict[str, Any], rule: str) -> None:
    answer = practitioner.http.post("/v1/patients", json={**anna(), **change})

    assert answer.status_code == 422
    field = "/" + next(iter(change))
    if change != {"email": "anna"}:
        assert [(error["field"], error["rule"]) for error in answer.json["errors"]] == [(field, rule)]
    assert practitioner.http.get("/v1/patients").json["items"] == []


def test_a_lost_answer_is_asked_for_again_with_the_clients_own_id(world: World, practitioner: Person) -> None:
    sent = anna(id=str(uuid4()))
    first = practitioner.http.post("/v1/patients", json=sent)
    second = practitioner.http.post("/v1/patients", json=sent)

    assert first.status_code == second.status_code == 201
    assert second.json["id"] == first.json["id"] == sent["id"]
    assert len(practitioner.http.get("/v1/patients").json["items"]) == 1
    assert second.json["invitation"]["code"] != first.json["invitation"]["code"]
    accept = {"password": "long enough", "birth_date": BORN}
    codes = [answer.json["invitation"]["code"] for answer in (first, second)]
    accepted = [world.anyone().post("/v1/invitations/accept", json={**accept, "code": code}) for code in codes]
    assert [answer.status_code for answer in accepted] == [404, 201]
    third = practitioner.http.post("/v1/patients", json=sent)
    assert (third.status_code, third.json["invitation"], third.json["status"]) == (201, None, "active")


def test_tapping_twice_makes_one_patient(practitioner: Person) -> None:
    sent = anna(id=str(uuid4()))
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: practitioner.http.post("/v1/patients", json=sent), range(4)))

    assert [answer.status_code for answer in answers] == [201] * 4
    assert len(practitioner.http.get("/v1/patients").json["items"]) == 1


def test_an_id_is_not_taken_over(world: World, practitioner: Person) -> None:
    sent = anna(id=str(uuid4()))
    assert practitioner.http.post("/v1/patients", json=sent).status_code == 201

    other_person = practitioner.http.post("/v1/patients", json={**sent, "email": "other@example.org"})
    assert (other_person.status_code, other_person.json["errors"][0]["field"]) == (409, "/id")
    colleague = world.practitioner(practitioner.clinic_id)
    assert colleague.http.post("/v1/patients", json=sent).status_code == 409
    as_staff = practitioner.http.post("/v1/patients", json=anna(id=str(colleague.member_id)))
    assert (as_staff.status_code, as_staff.json["errors"][0]["field"]) == (409, "/id")
    other_clinic = world.practitioner(world.clinic())
    assert other_clinic.http.post("/v1/patients", json=sent).status_code == 201


def test_a_list_shows_own_patients_to_practitioners_and_all_to_leaders(world: World, practitioner: Person) -> None:
    colleague = world.practitioner(practitioner.clinic_id)
    mine, theirs = world.patient(practitioner), world.patient(colleague)
    shared = world.patient(colleague)
    world.join_care_team(shared, practitioner)
    world.patient(world.practitioner(world.clinic()))

    def seen_by(person: Person, query: str = "") -> set[str]:
        return {item["id"] for item in person.http.get(f"/v1/patients{query}").json["items"]}

    assert seen_by(practitioner) == {str(mine.member_id), str(shared.member_id)}
    everyone = {str(person.member_id) for person in (mine, theirs, shared)}
    manager = world.manager(practitioner.clinic_id)
    assert seen_by(manager) == seen_by(world.owner(practitioner.clinic_id)) == everyone
    assert seen_by(manager, f"?practitioner_id={practitioner.member_id}") == seen_by(practitioner)
    assert seen_by(practitioner, f"?practitioner_id={colleague.member_id}") == {str(shared.member_id)}


def test_names_are_found_without_accents_and_listed_in_order(world: World, practitioner: Person) -> None:
    for name in ("Zoë Žižek", "anna Müller", "Bernd  Muller-Lee", "Straße 100%"):
        assert practitioner.http.post("/v1/patients", json=anna(name=name)).status_code == 201

    def names(query: str) -> list[str]:
        return [item["name"] for item in practitioner.http.get("/v1/patients", query_string=query).json["items"]]

    assert names("") == ["anna Müller", "Bernd  Muller-Lee", "Straße 100%", "Zoë Žižek"]
    assert names("q=MULLER") == ["anna Müller", "Bernd  Muller-Lee"]
    assert names("q=lee+ber") == ["Bernd  Muller-Lee"]
    assert names("q=zizek") == ["Zoë Žižek"]
    assert names("q=0%25") == names("q=STRASSE") == ["Straße 100%"]
    assert names("q=_") == []
    assert names("status=active") == []


def test_a_list_goes_on_where_it_stopped_and_filters_by_location(world: World, practitioner: Person) -> None:
    harbour = world.location(practitioner.clinic_id, "Harbour")
    ids = [str(world.patient(practitioner).member_id) for _ in range(5)]
    there = str(world.patient(practitioner, location_id=harbour).member_id)

    seen, cursor = [], None
    while True:
        query = {"limit": 2, **({"cursor": cursor} if cursor else {})}
        page = practitioner.http.get("/v1/patients", query_string=query).json
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert sorted(seen) == sorted([*ids, there])
    at_harbour = practitioner.http.get(f"/v1/patients?location_id={harbour}").json["items"]
    assert [item["id"] for item in at_harbour] == [there]
    assert practitioner.http.get("/v1/patients?cursor=nonsense").status_code == 422


@pytest.mark.parametrize("letter", ["Ж", "ﷺ", "🏋", "漢"])
def test_long_names_of_any_script_are_kept_and_paged(practitioner: Person, letter: str) -> None:
    for ending in "abc":
        assert practitioner.http.post("/v1/patients", json=anna(name=letter * 199 + ending)).status_code == 201

    seen, query = [], {"limit": 1}
    for _ in range(3):
        page = practitioner.http.get("/v1/patients", query_string=query)
        assert page.status_code == 200, page.text
        seen += [item["name"][-1] for item in page.json["items"]]
        query["cursor"] = page.json["next_cursor"]
    assert (sorted(seen), query["cursor"]) == (["a", "b", "c"], None)


def test_a_list_costs_four_statements_however_long_it_is(
    world: World, practitioner: Person, statements: StatementCounter
) -> None:
    costs = []
    for _ in range(2):
        world.patient(practitioner)
        with statements() as seen:
            assert practitioner.http.get("/v1/patients").status_code == 200
        costs.append(len(seen))

    # One recognises, one is the record of it.
    assert costs == [4, 4]


def test_who_may_not_see_a_patient_is_told_that_there_is_none(world: World, practitioner: Person) -> None:
    patient = world.patient(practitioner)
    path = f"/v1/patients/{patient.member_id}"
    other_clinic = world.clinic()
    strangers = [
        world.practitioner(practitioner.clinic_id),
        world.patient(practitioner),
        world.practitioner(other_clinic),
        world.manager(other_clinic),
        world.owner(other_clinic),
    ]
    tag = practitioner.http.get(path).headers["ETag"]
    for stranger in strangers:
        assert stranger.http.get(path).status_code == 404
        assert stranger.http.patch(path, json={"zone": "UTC"}, headers={"If-Match": tag}).status_code == 404
        assert stranger.http.post(f"{path}/invitation").status_code in (403, 404)
    for rightful in (practitioner, patient, world.manager(practitioner.clinic_id)):
        assert rightful.http.get(path).json["zone"] == "Europe/Berlin"


def test_a_change_needs_the_version_it_was_made_on(practitioner: Person, world: World) -> None:
    path = f"/v1/patients/{world.patient(practitioner).member_id}"
    tag = practitioner.http.get(path).headers["ETag"]

    assert practitioner.http.patch(path, json={"name": "B"}).status_code == 428
    changed = practitioner.http.patch(path, json={"name": "Berta"}, headers={"If-Match": tag})
    assert (changed.status_code, changed.json["name"]) == (200, "Berta")
    assert changed.headers["ETag"] != tag
    stale = practitioner.http.patch(path, json={"name": "Clara"}, headers={"If-Match": tag})
    assert stale.status_code == 412
    unchanged = practitioner.http.get(path, headers={"If-None-Match": changed.headers["ETag"]})
    assert unchanged.status_code == 304
    assert [item["name"] for item in practitioner.http.get("/v1/patients?q=berta").json["items"]] == ["Berta"]


def test_what_changes_beside_the_record_is_seen_by_who_has_an_older_answer(world: World, practitioner: Person) -> None:
    """Coming in and the care team leave the record's version as it is; a cached answer is old all the same."""
    invited = practitioner.http.post("/v1/patients", json=anna()).json
    path, colleague = f"/v1/patients/{invited['id']}", world.practitioner(practitioner.clinic_id)
    first = practitioner.http.get(path)
    unchanged = {"If-None-Match": first.headers["ETag"]}
    assert practitioner.http.get(path, headers=unchanged).status_code == 304

    body = {"code": invited["invitation"]["code"], "password": "long enough", "birth_date": BORN}
    assert world.anyone().post("/v1/invitations/accept", json=body).status_code == 201
    entered = practitioner.http.get(path, headers=unchanged)
    assert (entered.status_code, entered.json["status"]) == (200, "active")

    joined = practitioner.http.post(f"{path}/care-team", json={"member_id": str(colleague.member_id)})
    assert joined.status_code == 200
    team = practitioner.http.get(path, headers={"If-None-Match": entered.headers["ETag"]})
    assert (team.status_code, len(team.json["care_team"])) == (200, 2)
    tag = {"If-Match": first.headers["ETag"]}
    assert practitioner.http.patch(path, json={"zone": "Europe/Paris"}, headers=tag).status_code == 200


def test_patients_change_their_own_clock_and_nothing_else(world: World, practitioner: Person) -> None:
    patient = world.patient(practitioner)
    path = f"/v1/patients/{patient.member_id}"
    tag = {"If-Match": patient.http.get(path).headers["ETag"]}

    refused = patient.http.patch(path, json={"zone": "Asia/Tokyo", "name": "X", "birth_date": BORN}, headers=tag)
    assert refused.status_code == 403
    assert [error["field"] for error in refused.json["errors"]] == ["/birth_date", "/name"]
    changed = patient.http.patch(path, json={"zone": "Asia/Tokyo", "day_starts_at": "04:00"}, headers=tag)
    assert (changed.json["zone"], changed.json["day_starts_at"]) == ("Asia/Tokyo", "04:00")
    tag = {"If-Match": changed.headers["ETag"]}
    assert patient.http.patch(path, json={"day_starts_at": "05:00"}, headers=tag).status_code == 422
    assert patient.http.patch(path, json={"day_starts_at": None}, headers=tag).status_code == 422


def test_staff_change_what_is_administration(world: World, practitioner: Person) -> None:
    patient = world.patient(practitioner)
    harbour = world.location(practitioner.clinic_id, "Harbour")
    path = f"/v1/patients/{patient.member_id}"
    manager = world.manager(practitioner.clinic_id)
    tag = {"If-Match": manager.http.get(path).headers["ETag"]}

    wrong: list[dict[str, Any]] = [{"birth_date": "2190-01-01"}, {"birth_date": None}, {"version": 9}, {"email": "x"}]
    for change in [{"location_id": str(uuid4())}, *wrong]:
        assert manager.http.patch(path, json=change, headers=tag).status_code == 422
    in_use = manager.http.patch(path, json={"email": "new@example.org"}, headers=tag)
    assert (in_use.status_code, in_use.json["errors"][0]["rule"]) == (409, "in_use")
    changes = {"location_id": str(harbour), "birth_date": BORN}
    changed = manager.http.patch(path, json=changes, headers=tag).json
    assert (changed["location_id"], changed["birth_date"]) == (str(harbour), BORN)
    assert patient.http.get(path).json == changed


def test_the_email_of_who_has_not_come_in_is_corrected_and_the_old_code_ends(
    world: World, practitioner: Person
) -> None:
    invited = practitioner.http.post("/v1/patients", json=anna())
    other = practitioner.http.post("/v1/patients", json=anna()).json
    path, tag = f"/v1/patients/{invited.json['id']}", {"If-Match": invited.headers["ETag"]}

    taken = practitioner.http.patch(path, json={"email": other["email"]}, headers=tag)
    assert (taken.status_code, taken.json["errors"][0]["field"]) == (409, "/email")
    corrected = practitioner.http.patch(path, json={"email": f"{uuid4()}@example.org"}, headers=tag)
    assert corrected.status_code == 200
    body = {"code": invited.json["invitation"]["code"], "password": "long enough", "birth_date": BORN}
    assert world.anyone().post("/v1/invitations/accept", json=body).status_code == 404
    body["code"] = practitioner.http.post(f"{path}/invitation").json["code"]
    assert world.anyone().post("/v1/invitations/accept", json=body).status_code == 201


def test_a_disabled_patient_is_out_at_once_and_may_come_back(world: World, practitioner: Person) -> None:
    patient = world.patient(practitioner)
    email = world.give_password(patient, "long enough")
    path = f"/v1/patients/{patient.member_id}"
    tag = {"If-Match": patient.http.get(path).headers["ETag"]}

    disabled = practitioner.http.patch(path, json={"disabled": True}, headers=tag)
    assert disabled.json["status"] == "disabled"
    assert patient.http.get(path).status_code == 401
    credentials = {"email": email, "password": "long enough"}
    assert world.anyone().post("/v1/sign-ins", json=credentials).status_code == 403
    assert practitioner.http.post(f"{path}/invitation").status_code == 409
    tag = {"If-Match": disabled.headers["ETag"]}
    assert practitioner.http.patch(path, json={"disabled": False}, headers=tag).json["status"] == "active"
    assert world.anyone().post("/v1/sign-ins", json=credentials).status_code == 201
    assert patient.http.get(path).status_code == 401


def test_a_location_of_another_clinic_finds_nothing(world: World, practitioner: Person) -> None:
    foreign = world.clinic()
    world.patient(world.practitioner(foreign))
    world.patient(practitioner)

    assert practitioner.http.get(f"/v1/patients?location_id={foreign}").json["items"] == []
    assert len(practitioner.http.get(f"/v1/patients?location_id={practitioner.clinic_id}").json["items"]) == 1
