"""HTTP doors of check-ins: asking a patient, reading what was asked and answered, and the patient's answer."""

from typing import Any
from uuid import UUID

from hep_api.accounts.viewer import EVERYONE, Role, viewer
from hep_api.clinics import access
from hep_api.foundation import clock
from hep_api.foundation.database import transaction
from hep_api.foundation.languages import asked_languages
from hep_api.foundation.web.doors import asks, returns, signed_in, takes
from hep_api.foundation.web.pages import Page
from hep_api.foundation.web.schemas import page_of
from hep_api.messaging.actions import answering, asking_check_ins
from hep_api.messaging.queries import check_in_series, check_ins
from hep_api.messaging.routes import check_in_rules
from hep_api.messaging.schemas.check_ins import (
    CheckInAnswerIn,
    CheckInAskIn,
    CheckInInFullOut,
    CheckInOut,
    CheckInQuery,
    CheckInSeriesListOut,
    CheckInSeriesQuery,
)

# The contract has them under one heading with their templates and rules.
routes = check_in_rules.routes


@routes.post("/patients/<uuid:patient_id>/check-ins")
@signed_in(Role.PRACTITIONER)
@takes(CheckInAskIn)
@returns(CheckInInFullOut, 201)
def ask_check_in(patient_id: UUID, body: dict[str, Any]) -> dict[str, Any]:
    """Ask a patient the questions of a template now, in their conversation with the care team.

    Safe to send again: the same id asks once.

    Errors: 409 when the conversation has ended; 422 naming `/template_id`.
    """
    now = clock.now()
    with transaction() as session:
        patient = access.patient_to_care_for(session, viewer(), patient_id)
        check_in_id = asking_check_ins.ask_now(session, viewer(), patient, body, now)
        return check_ins.check_in_for(session, viewer(), check_in_id, asked_languages(), now)


@routes.get("/patients/<uuid:patient_id>/check-ins")
@signed_in(*EVERYONE)
@asks(CheckInQuery)
@returns(page_of(CheckInOut))
def list_check_ins(patient_id: UUID, query: dict[str, Any]) -> Page[dict[str, Any]]:
    """List a patient's check-ins with questions and answers, the newest first.

    A phone keeps those of state `sent`, so that they can be answered where there is no network.
    """
    with transaction() as session:
        return check_ins.list_check_ins_for(session, viewer(), patient_id, query, asked_languages(), clock.now())


@routes.get("/patients/<uuid:patient_id>/check-ins/series")
@signed_in(*EVERYONE)
@asks(CheckInSeriesQuery)
@returns(CheckInSeriesListOut)
def get_check_in_series(patient_id: UUID, query: dict[str, Any]) -> dict[str, Any]:
    """Read how the answers in numbers went over time, question by question; the newest 1,000 points of all."""
    with transaction() as session:
        return {"items": check_in_series.series_for(session, viewer(), patient_id, query, asked_languages())}


@routes.get("/check-ins/<uuid:check_in_id>")
@signed_in(*EVERYONE)
@returns(CheckInInFullOut)
def get_check_in(check_in_id: UUID) -> dict[str, Any]:
    """Read a check-in, its questions as they were asked, and all answers to it."""
    with transaction() as session:
        return check_ins.check_in_for(session, viewer(), check_in_id, asked_languages(), clock.now())


@routes.post("/check-ins/<uuid:check_in_id>/answer")
@signed_in(Role.PATIENT)
@takes(CheckInAnswerIn)
@returns(CheckInInFullOut)
def answer_check_in(check_in_id: UUID, body: dict[str, Any]) -> dict[str, Any]:
    """Answer a check-in that you were asked, or correct your answer; also days later, from a phone that was offline.

    Safe to send again: the same id with the same content gives the same answer. A correction carries the next
    `revision`; every one is kept.

    Errors: 409 naming `/id`, `/revision` when another answer came first, or `/answered_at` when it was given after
    `expires_at`; 422 naming the answer, such as `/answers/0/value`.
    """
    now = clock.now()
    with transaction() as session:
        answering.answer_check_in(session, viewer(), check_in_id, body, now)
        return check_ins.check_in_for(session, viewer(), check_in_id, asked_languages(), now)
