"""Templates and drafts made through the public doors, for the tests of plans."""

from typing import Any
from uuid import UUID

from werkzeug.test import TestResponse

from tests.library.templates import DAILY, DOSE, a_phase, a_template, an_item
from tests.plans import making
from tests.plans.conftest import Scene
from tests.plans.making import MadePlan
from tests.world import Person

MORE: dict[str, Any] = {**DOSE, "reps": 12}


def bridge_of(lead: Person, **content: Any) -> UUID:
    return making.exercise(lead, **{"name": "Bridge", "scope": "clinic", **content})


def squat_of(lead: Person) -> UUID:
    return making.exercise(lead, scope="clinic")


def template(lead: Person, *phases: dict[str, Any], **content: Any) -> str:
    """Add a template to the clinic's and return its id."""
    answer = lead.http.post("/v1/templates", json=a_template(*phases, **content))
    assert answer.status_code == 201, answer.get_json()
    made: str = answer.get_json()["id"]
    return made


def three_phases(first: UUID, second: UUID) -> list[dict[str, Any]]:
    """A squat that goes on with more repetitions, and a bridge that comes in with the second phase and then stays."""
    return [
        a_phase(0, an_item(first), name="Weeks 0-2", note="Slowly."),
        a_phase(14, an_item(first, dose=MORE), an_item(second), name="Weeks 2-6"),
        a_phase(42, an_item(second), name="From week 6"),
    ]


def apply(scene: Scene, template_id: str, patient: Person | None = None, **content: Any) -> TestResponse:
    body = {"patient_id": str((patient or scene.patient).member_id), "starts_on": "today", **content}
    return scene.lead.http.post(f"/v1/templates/{template_id}/apply", json=body)


def save(plan: MadePlan, etag: str | None, *phases: dict[str, Any], **content: Any) -> TestResponse:
    """Save the plan's draft under an ETag, or as its first."""
    headers = {"If-Match": etag} if etag else {"If-None-Match": "*"}
    body = {"phases": list(phases), **content}
    return plan.by.http.put(f"/v1/plans/{plan.id}/draft", json=body, headers=headers)


def publish(plan: MadePlan, etag: str, **content: Any) -> TestResponse:
    return plan.by.http.post(f"/v1/plans/{plan.id}/draft/publish", json=content, headers={"If-Match": etag})


__all__ = ["DAILY", "DOSE", "MORE", "a_phase", "a_template", "an_item"]
