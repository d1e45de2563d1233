"""HTTP door of a patient's day: the phone's first screen."""

from typing import Any
from uuid import UUID

from flask import Response

from hep_api.accounts.viewer import EVERYONE, viewer
from hep_api.adherence.queries import today
from hep_api.adherence.schemas.today import DayQuery, TodayOut, written
from hep_api.clinics.standing import going_on
from hep_api.foundation import clock
from hep_api.foundation.database import transaction
from hep_api.foundation.languages import asked_languages
from hep_api.foundation.web import etags, states
from hep_api.foundation.web.doors import Routes, asks, returns, signed_in
from hep_api.foundation.web.quick import at_once

routes = Routes("today", "What is due on a day, and what is done of it.")


def _today_at_once(patient_id: UUID) -> Response | None:
    asked = today.today_at_once(viewer(), patient_id, asked_languages(), clock.now())
    if asked is None:
        return None
    tag = states.tag_of(*asked.marks)
    if states.is_held(tag):
        return states.answer(tag, asked=asked.languages)
    body = states.remembered(tag)
    if body is None:
        with going_on(viewer()) as session:
            body = states.remember(tag, written(today.get_day(session, asked)))
    return states.answer(tag, body, asked=asked.languages)


@routes.get("/patients/<uuid:patient_id>/today")
@signed_in(*EVERYONE)
@at_once(_today_at_once)
@asks(DayQuery)
@returns(TodayOut, tag=etags.by_body)
def get_today(patient_id: UUID, query: dict[str, Any]) -> Response:
    """Show what is due on a day, today unless `on` names another, and what was reported for it.

    Texts are in the language that suits Accept-Language best; Content-Language says which that is for what the product
    writes. Answers 304 to the ETag of an answer that still holds:
    it changes with the plans, the reports, the patient's date and the language, and costs nearly nothing to ask.
    """
    with transaction() as session:
        asked = today.day_for(session, viewer(), patient_id, query["on"], asked_languages(), clock.now())
        tag = states.tag_of(*asked.marks)
        if states.is_held(tag):
            return states.answer(tag, asked=asked.languages)
        body = states.remember(tag, written(today.get_day(session, asked)))
        return states.answer(tag, body, asked=asked.languages)
