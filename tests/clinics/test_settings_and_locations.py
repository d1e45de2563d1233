"""The clinic's settings and locations."""

from typing import Any

import pytest
from flask import Flask

from hep_api.clinics.facts import MemberAccessChanged
from tests.clinics.hearing import facts_heard
from tests.world import Person, World


@pytest.fixture
def owner(world: World) -> Person:
    return world.owner(world.clinic())


def change(who: Person, changes: dict[str, Any]) -> Any:
    tag = who.http.get("/v1/clinic").headers.get("ETag", "none")
    return who.http.patch("/v1/clinic", json=changes, headers={"If-Match": tag})


def test_staff_see_the_settings_and_leaders_change_them(world: World, owner: Person) -> None:
    changes = {
        "name": "Rheinblick",
        "zone": "America/New_York",
        "on_track_from": 0.9,
        "watch_from": 0.1234,
        "events_accepted_days_back": 30,
        "ended_plan_readable_days": 0,
        "response_hours": 336,
    }
    practitioner = world.practitioner(owner.clinic_id)
    assert change(practitioner, changes).status_code == 403
    assert change(world.patient(practitioner), changes).status_code == 403

    changed = change(world.manager(owner.clinic_id), changes)
    assert changed.status_code == 200
    assert {name: changed.json[name] for name in changes} == changes
    assert practitioner.http.get("/v1/clinic").json == changed.json
    assert changed.json["version"] == 2


def test_a_change_needs_the_version_it_was_made_on(owner: Person) -> None:
    tag = {"If-Match": owner.http.get("/v1/clinic").headers["ETag"]}

    assert owner.http.patch("/v1/clinic", json={"name": "A"}).status_code == 428
    assert owner.http.patch("/v1/clinic", json={"name": "A"}, headers=tag).status_code == 200
    assert owner.http.patch("/v1/clinic", json={"name": "B"}, headers=tag).status_code == 412


def test_only_an_owner_who_has_shown_a_second_factor_lets_managers_read_records(
    app: Flask, world: World, owner: Person
) -> None:
    manager = world.manager(owner.clinic_id)

    with facts_heard(app, MemberAccessChanged) as heard:
        refused = change(manager, {"managers_may_read_records": True})
        assert (refused.status_code, refused.json["errors"][0]["field"]) == (403, "/managers_may_read_records")
        assert change(manager, {"managers_may_read_records": False, "name": "Same"}).status_code == 200
        assert change(owner, {"managers_may_read_records": True}).json["code"] == "second_factor_needed"
        assert heard == []
        assert (
            change(world.step_up(owner), {"managers_may_read_records": True}).json["managers_may_read_records"] is True
        )
    assert heard == [MemberAccessChanged(owner.clinic_id, None)]


@pytest.mark.parametrize(
    ("changes", "field", "rule"),
    [
        ({"on_track_from": 1.01}, "/on_track_from", "range"),
        ({"watch_from": -0.1}, "/watch_from", "range"),
        ({"watch_from": 0.81}, "/watch_from", "order"),
        ({"on_track_from": 0.4}, "/watch_from", "order"),
        ({"on_track_from": 0.80001}, "/on_track_from", "decimals"),
        ({"on_track_from": True}, "/on_track_from", "type"),
        ({"events_accepted_days_back": 0}, "/events_accepted_days_back", "range"),
        ({"events_accepted_days_back": 366}, "/events_accepted_days_back", "range"),
        ({"ended_plan_readable_days": -1}, "/ended_plan_readable_days", "range"),
        ({"response_hours": 0}, "/response_hours", "range"),
        ({"response_hours": 337}, "/response_hours", "range"),
        ({"ended_plan_readable_days": 7.9}, "/ended_plan_readable_days", "type"),
        ({"name": " "}, "/name", "length"),
        ({"zone": "Berlin"}, "/zone", "zone"),
        ({"slug": "mine"}, "/slug", "unknown"),
        ({"version": 7}, "/version", "unknown"),
    ],
)
def test_what_is_wrong_with_a_setting_is_named(owner: Person, changes: Any, field: str, rule: str) -> None:
    before = owner.http.get("/v1/clinic").json
    refused = change(owner, changes)

    assert refused.status_code == 422
    assert [(error["field"], error["rule"]) for error in refused.json["errors"]] == [(field, rule)]
    assert owner.http.get("/v1/clinic").json == before


def test_bands_may_meet_at_the_edges(owner: Person) -> None:
    assert change(owner, {"watch_from": 1, "on_track_from": 1}).status_code == 200
    assert change(owner, {"watch_from": 0, "on_track_from": 0}).status_code == 200


def test_leaders_add_locations_and_staff_see_them(world: World, owner: Person) -> None:
    practitioner = world.practitioner(owner.clinic_id)
    assert practitioner.http.post("/v1/locations", json={"name": "Harbour"}).status_code == 403

    added = world.manager(owner.clinic_id).http.post("/v1/locations", json={"name": "Harbour"})
    assert added.status_code == 201
    names = [item["name"] for item in practitioner.http.get("/v1/locations").json["items"]]
    assert names == ["Harbour", "Main"]
    taken = owner.http.post("/v1/locations", json={"name": "Harbour"})
    assert (taken.status_code, taken.json["errors"][0]["field"]) == (409, "/name")
    assert world.owner(world.clinic()).http.post("/v1/locations", json={"name": "Harbour"}).status_code == 201
    first = owner.http.get("/v1/locations?limit=1").json
    second = owner.http.get("/v1/locations", query_string={"limit": 1, "cursor": first["next_cursor"]}).json
    assert [first["items"][0]["name"], second["items"][0]["name"], second["next_cursor"]] == [*names, None]
