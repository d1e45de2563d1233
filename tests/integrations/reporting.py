"""A plan with something to report: eight weeks of doings, pain and skips, a goal on its way, a changed dose."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from werkzeug.test import TestResponse

from tests.adherence.conftest import Scene, begin, event
from tests.plans import making
from tests.world import World

DAILY: dict[str, Any] = {"kind": "daily", "times_per_day": 1}
QUOTA: dict[str, Any] = {"kind": "weekly_quota", "times_per_week": 3}
BEGAN = date(2026, 3, 9)


def rich_scene(world: World) -> Scene:
    """Begin on Monday, 9 March; two days in three are done, with pain that falls and skips that have reasons."""
    lead = world.practitioner(world.clinic())
    scene = begin(world, lead, world.patient(lead), DAILY, QUOTA, on=BEGAN.isoformat())
    days = [BEGAN + timedelta(days=n) for n in range(57)]
    items = [_told(scene.daily, n, day.isoformat()) for n, day in enumerate(days) if n % 7 != 6]
    assert set(scene.outcomes(*items, by=scene.lead)) == {"applied"}
    carried = [
        making.carried_item(each, schedule=one) for each, one in zip(scene.prescriptions, (DAILY, QUOTA), strict=True)
    ]
    carried[0]["dose"] = {"sets": 3, "reps": 15}
    making.publish(scene.plan, *carried, effective_on="2026-04-13", reason="Told by telephone.")
    goal = {"text": "Kneel again", "measure": "knee bend", "unit": "°", "start_value": 60, "target_value": 120}
    added = scene.plan.send("POST", "/goals", goal).json
    values = f"/v1/plans/{scene.plan.id}/goals/{added['id']}/values"
    assert scene.lead.http.post(values, json={"value": 95.5, "measured_on": "2026-04-20"}).status_code == 201
    scene.plan.etag = lead.http.get(f"/v1/plans/{scene.plan.id}").headers["ETag"]
    return scene


def _told(prescription_id: UUID, n: int, day: str) -> dict[str, Any]:
    if n % 3 == 2:
        return event(prescription_id, on=day, kind="skipped", skip_reason=("pain", "no_time")[n % 2])
    return event(prescription_id, on=day, pain=7 - n // 12, effort=3 + n % 3)


def issue(scene: Scene, **wished: Any) -> TestResponse:
    """Ask for a report on the scene's plan as the lead; for the patient unless told otherwise."""
    return scene.lead.http.post(f"/v1/plans/{scene.plan.id}/reports", json={"audience": "patient", **wished})


def path_of(scene: Scene, report: dict[str, Any], ending: str = "") -> str:
    return f"/v1/plans/{scene.plan.id}/reports/{report['id']}{ending}"
