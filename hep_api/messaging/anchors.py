"""What a message may be about, and that it is the same patient's. Peers know no peers, so `app.py` names the checks."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.foundation.errors import invalid_field
from hep_api.messaging.models.conversations import Conversation, ConversationKind
from hep_api.messaging.models.messages import AboutKind
from hep_api.messaging.shown import About
from hep_api.plans.models.plans import Plan
from hep_api.plans.models.revisions import PlanRevision, Prescription

# (session, viewer, patient_id, id) -> whether that patient, whom the viewer may see, has it.
Check = Callable[[Session, Viewer, UUID, UUID], bool]
Anchors = Mapping[AboutKind, Check]


def read_about(body: dict[str, Any]) -> About | None:
    """Return what a loaded body says the message is about."""
    about = body["about"]
    return None if about is None else About(about["kind"], about["id"])


def refuse_foreign(session: Session, viewer: Viewer, conversation: Conversation, about: About) -> None:
    """Refuse with 422 what is not the patient's, in the same words whether it exists elsewhere or nowhere."""
    anchors: Anchors = current_app.extensions["hep_anchors"]
    has = anchors.get(about.kind)
    # A patient never learns of flags; the words are the same whether there is one or not.
    if about.kind is AboutKind.FLAG and conversation.kind is not ConversationKind.STAFF:
        raise invalid_field("/about/id", "about", "A red flag is spoken about among staff only.")
    if has is None or not has(session, viewer, conversation.patient_id, about.id):
        words = about.kind.value.replace("_", " ")
        article = "an" if words[0] in "aeiou" else "a"
        raise invalid_field("/about/id", "about", f"Must be the id of {article} {words} of this patient.")


def has_prescription(session: Session, viewer: Viewer, patient_id: UUID, prescription_id: UUID) -> bool:
    """Return whether a plan of the patient has the prescription."""
    found = exists().where(
        Prescription.clinic_id == viewer.clinic_id,
        Prescription.id == prescription_id,
        Plan.clinic_id == viewer.clinic_id,
        Plan.id == Prescription.plan_id,
        Plan.patient_id == patient_id,
    )
    return bool(session.scalar(select(found)))


def has_plan_revision(session: Session, viewer: Viewer, patient_id: UUID, revision_id: UUID) -> bool:
    """Return whether a plan of the patient has the revision; also one that is yet to come into force."""
    found = exists().where(
        PlanRevision.clinic_id == viewer.clinic_id,
        PlanRevision.id == revision_id,
        Plan.clinic_id == viewer.clinic_id,
        Plan.id == PlanRevision.plan_id,
        Plan.patient_id == patient_id,
    )
    return bool(session.scalar(select(found)))
