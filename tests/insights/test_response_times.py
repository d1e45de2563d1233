"""How long patients wait: figures over the clock of answers, for those who may see the group."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, update

from hep_api.messaging.models.conversations import Conversation
from hep_api.messaging.models.responses import Response
from tests.messaging.conftest import make_scene
from tests.world import Person, World

DAY = datetime(2026, 5, 6, 10, tzinfo=UTC)
PERIOD = "?from=2026-05-01&to=2026-05-31"


def answered(world: World, lead: Person, patient: Person, *waited: tuple[int, int], on: datetime = DAY) -> None:
    """Put answers on record that took so many hours, of so many that were promised."""
    conversation = patient.http.get("/v1/conversations").json["items"][0]["id"]
    rows = [
        {
            "clinic_id": lead.clinic_id,
            "conversation_id": conversation,
            "opened_seq": 2 * n + 1,
            "patient_id": patient.patient_id,
            "opened_at": on,
            "answered_seq": 2 * n + 2,
            "answered_at": on + timedelta(hours=hours),
            "answered_by": lead.member_id,
            "open_seconds": 3600 * hours,
            "promise_hours": promised,
            "within": hours <= promised,
        }
        for n, (hours, promised) in enumerate(waited)
    ]
    with world.transaction() as session:
        session.execute(insert(Response), rows)


def test_figures_are_those_of_the_group_and_hidden_where_it_is_small(world: World, statements: Any) -> None:
    lead = world.practitioner(world.clinic())
    manager, other = world.manager(lead.clinic_id), world.practitioner(lead.clinic_id)
    harbour = world.location(lead.clinic_id, "Harbour")
    patients = [world.patient(lead) for _ in range(5)]
    for hours, patient in enumerate(patients, start=1):
        answered(world, lead, patient, (hours, 4), (10 * hours, 24))
    answered(world, lead, late := world.patient(lead), (99, 4), on=datetime(2026, 4, 30, 21, 59, tzinfo=UTC))
    stranger = world.patient(other, location_id=harbour)
    answered(world, other, stranger, (200, 4))
    with world.transaction() as session:
        waits = {"waiting_seq": 3, "waiting_since": DAY, "last_seq": 3, "changes": 3}
        session.execute(update(Conversation).where(Conversation.patient_id == late.patient_id).values(waits))

    with statements() as seen:
        own = lead.http.get(f"/v1/practitioners/{lead.member_id}/response-times{PERIOD}").json
    assert len(seen) == 4, seen  # who asks, the name, the clinic's settings, the figures
    assert own["name"] == "Practitioner " + str(lead.member_id)[-4:]
    # 1, 2, 3, 4, 5, 10, 20, 30, 40, 50 hours; of them 5 and 30, 40, 50 were too long.
    assert {name: own[name] for name in ("n", "patients", "median_seconds", "p90_seconds", "waiting", "overdue")} == {
        "n": 10,
        "patients": 5,
        "median_seconds": 5 * 3600,
        "p90_seconds": 40 * 3600,
        "waiting": 1,
        "overdue": 1,
    }
    assert own["within_promise"] == {"value": 0.6, "numerator": 6, "denominator": 10}
    assert (own["hidden"], own["version"], own["from"], own["to"]) == (False, 1, "2026-05-01", "2026-05-31")

    clinic = other.http.get(f"/v1/clinic/response-times{PERIOD}").json
    assert (clinic["n"], clinic["hidden"], clinic["median_seconds"]) == (11, False, 10 * 3600)
    for path in (f"/v1/locations/{harbour}/response-times", f"/v1/practitioners/{other.member_id}/response-times"):
        hidden = manager.http.get(path + PERIOD).json
        assert hidden["hidden"] is True
        assert {hidden[name] for name in ("n", "patients", "median_seconds", "waiting", "overdue")} == {None}
        assert hidden["within_promise"] is None
    assert other.http.get(f"/v1/practitioners/{other.member_id}/response-times{PERIOD}").json["n"] == 1
    assert other.http.get(f"/v1/practitioners/{lead.member_id}/response-times").status_code == 404

    # Many belong to these groups, and of one alone there is something in April: whose it was would be no secret.
    led, april = f"/v1/practitioners/{lead.member_id}/response-times", "?from=2026-04-01&to=2026-04-30"
    for person, path in ((manager, led), (other, "/v1/clinic/response-times"), (manager, "/v1/clinic/response-times")):
        of_one = person.http.get(path + april).json
        assert (of_one["hidden"], of_one["n"], of_one["patients"], of_one["waiting"]) == (True, None, None, None)
    assert lead.http.get(led + april).json["n"] == 1


@pytest.mark.parametrize(
    ("query", "field", "rule"),
    [
        ("?to=2026-05-01", "/from", "required"),
        ("?from=2026-05-02&to=2026-05-01", "/to", "order"),
        ("?from=2025-01-01&to=2026-01-02", "/from", "range"),
        ("?from=2199-12-31", "/from", "order"),
    ],
)
def test_a_period_is_at_most_a_year(world: World, query: str, field: str, rule: str) -> None:
    scene = make_scene(world)
    refused = scene.lead.http.get(f"/v1/clinic/response-times{query}")
    assert refused.status_code == 422
    assert [(each["field"], each["rule"]) for each in refused.json["errors"]] == [(field, rule)]
    assert scene.lead.http.get("/v1/clinic/response-times").json["within_promise"]["value"] is None
