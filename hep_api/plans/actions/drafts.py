"""Writes of drafts. The plan's row, which the caller holds locked, orders them; each has an ETag of its own."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.foundation.errors import FieldError, Problem, invalid, invalid_field, not_found
from hep_api.foundation.web import etags
from hep_api.plans import dating, phases, repeats
from hep_api.plans.actions import prescribe, publish
from hep_api.plans.course import course_of
from hep_api.plans.models.drafts import PlanDraft
from hep_api.plans.models.plans import Plan
from hep_api.plans.phases import Origin, Sending
from hep_api.plans.queries import drafts
from hep_api.plans.queries.plans import PlanInCare
from hep_api.plans.queries.revisions import ShownRevision

Content = Sequence[Mapping[str, Any]]

# What an item need not say.
UNSAID = {"exercise_id": None, "prescription_id": None, "progression": None}


def save_draft(session: Session, viewer: Viewer, found: PlanInCare, body: dict[str, Any], now: datetime) -> PlanDraft:
    """Save the plan's draft: the first one under If-None-Match: *, each later state under If-Match.

    Errors: 409 when the plan has ended; 412, 428 for a wrong or missing header; 422 naming an unknown revision, and
    each item whose exercise or prescription may not be prescribed.
    """
    plan = found.plan
    dating.refuse_ended(plan.ends_on, found.today(now))
    draft = drafts.draft_of(session, plan)
    etags.require_match_or_new(draft)
    based_on = _based_on(plan, body["based_on"])
    prescribe.refuse_items(session, viewer, plan, body["phases"])
    if draft is None:
        return write_draft(session, viewer, plan, body["phases"], Origin(), now, based_on=based_on)
    draft.content = _with_courses(content_of(body["phases"]), draft.content)
    draft.based_on = based_on
    draft.version += 1
    draft.changed_at, draft.changed_by = now, viewer.member_id
    session.flush()
    return draft


def write_draft(
    session: Session,
    viewer: Viewer,
    plan: Plan,
    content: Content,
    origin: Origin,
    now: datetime,
    *,
    based_on: int = 0,
) -> PlanDraft:
    """Add the first draft of a plan that has none."""
    draft = PlanDraft(
        clinic_id=plan.clinic_id,
        plan_id=plan.id,
        content=content_of(content),
        based_on=based_on,
        template_id=origin.template_id,
        template_version=origin.template_version,
        copied_from_plan_id=origin.copied_from_plan_id,
        changed_at=now,
        changed_by=viewer.member_id,
    )
    session.add(draft)
    session.flush()
    return draft


def discard_draft(session: Session, found: PlanInCare) -> None:
    """Remove the plan's draft under its ETag; 404 where there is none."""
    draft = _draft_of(session, found.plan)
    etags.require_match(draft.id, draft.version)
    session.delete(draft)
    session.flush()


def publish_draft(
    session: Session, viewer: Viewer, found: PlanInCare, body: dict[str, Any], now: datetime
) -> list[ShownRevision]:
    """Publish the plan's draft under its ETag, one revision for each phase, and remove it; sent again, the same.

    Errors: 404 without a draft; 409 when the plan has ended, or has a revision that the draft is not based on; 422 as
    for publishing a revision, and for a phase without exercises.
    """
    plan, today = found.plan, found.today(now)
    digest = repeats.digest_of({**body, "publishes": "draft"})
    repeated = publish.phases_published_before(session, plan, body["id"], digest)
    if repeated:
        return repeated
    draft = _draft_of(session, plan)
    etags.require_match(draft.id, draft.version)
    dating.refuse_ended(plan.ends_on, today)
    _refuse_outdated(plan, draft)
    _refuse_empty(draft)
    first_day = dating.first_day_of_revision(body["effective_on"], today, plan.starts_on, plan.ends_on, body["reason"])
    dated = phases.dated(course_of(draft.content), first_day, today, plan)
    origin = Origin(draft.template_id, draft.template_version, draft.copied_from_plan_id)
    published = publish.publish_phases(
        session, viewer, found, dated, Sending(body["id"], digest, body["reason"], origin), now
    )
    session.delete(draft)
    session.flush()
    return published


def content_of(content: Content) -> dict[str, Any]:
    """Return loaded phases in plain JSON types, as a draft keeps them."""
    plain: list[dict[str, Any]] = json.loads(json.dumps(content, default=_plain))
    for phase in plain:
        phase["items"] = [{**UNSAID, **item} for item in phase["items"]]
    return {"phases": plain}


def _with_courses(content: dict[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """Keep which prescription each item is, which the sender was not told, of exercises that stand where they stood."""
    known = _by_exercise(before)
    for exercise_id, placed in _by_exercise(content).items():
        earlier = known.get(exercise_id, [])
        if [phase for phase, _ in placed] == [phase for phase, _ in earlier]:
            for (_, item), (_, same) in zip(placed, earlier, strict=True):
                item["course"] = same.get("course")
    return content


def _by_exercise(content: Mapping[str, Any]) -> dict[str, list[tuple[int, dict[str, Any]]]]:
    """Return the items that name an exercise, by it, each with the number of its phase."""
    found: dict[str, list[tuple[int, dict[str, Any]]]] = defaultdict(list)
    for number, phase in enumerate(content["phases"]):
        for item in phase["items"]:
            if item["exercise_id"]:
                found[item["exercise_id"]].append((number, item))
    return found


def _draft_of(session: Session, plan: Plan) -> PlanDraft:
    draft = drafts.draft_of(session, plan)
    if draft is None:
        raise not_found("draft")
    return draft


def _based_on(plan: Plan, said: int | None) -> int:
    if said is not None and said > plan.last_revision:
        raise invalid_field("/based_on", "range", f"The plan's newest revision is number {plan.last_revision}.")
    return plan.last_revision if said is None else said


def _refuse_outdated(plan: Plan, draft: PlanDraft) -> None:
    if draft.based_on < plan.last_revision:
        words = (
            f"The draft is based on revision {draft.based_on}; the plan has revision {plan.last_revision} by now. "
            "Look at what it changed, and save the draft anew based on it."
        )
        raise Problem(
            "outdated_draft",
            409,
            words,
            errors=[FieldError("based_on", "outdated", words)],
            extra={"based_on": draft.based_on, "last_revision": plan.last_revision},
        )


def _refuse_empty(draft: PlanDraft) -> None:
    empty = [
        FieldError(f"/phases/{place}/items", "length", "A phase needs at least one exercise to be published.")
        for place, phase in enumerate(draft.content["phases"])
        if not phase["items"]
    ]
    if empty:
        raise invalid(*empty)


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, UUID) else value.to_json()
