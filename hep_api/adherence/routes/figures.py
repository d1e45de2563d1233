"""HTTP doors of a patient's, a plan's and a prescription's figures, and of what stands behind them."""

from typing import Any
from uuid import UUID

from hep_api.accounts.viewer import EVERYONE, viewer
from hep_api.adherence.queries import figures, why
from hep_api.adherence.queries.figures import PatientFigures
from hep_api.adherence.queries.why import ExplainedPage
from hep_api.adherence.schemas.figures import PatientFiguresOut, PatientFiguresQuery
from hep_api.adherence.schemas.why import ExplainedPageOut, PrescriptionWhyQuery, WhyQuery
from hep_api.foundation import clock
from hep_api.foundation.database import transaction
from hep_api.foundation.web.doors import Routes, asks, returns, signed_in

routes = Routes("adherence", "What was done of what was prescribed, and why a number is what it is.")


@routes.get("/patients/<uuid:patient_id>/adherence")
@signed_in(*EVERYONE)
@asks(PatientFiguresQuery)
@returns(PatientFiguresOut)
def get_patient_adherence(patient_id: UUID, query: dict[str, Any]) -> PatientFigures:
    """Show a patient's adherence over the trailing 7 and 28 closed days, or over a period.

    Sums over all plans. With `as_known_on` the answer is the one of that instant, whatever came in later.
    """
    with transaction() as session:
        return figures.get_patient_figures_for(session, viewer(), patient_id, query, clock.now())


@routes.get("/patients/<uuid:patient_id>/adherence/why")
@signed_in(*EVERYONE)
@asks(WhyQuery)
@returns(ExplainedPageOut)
def explain_patient_adherence(patient_id: UUID, query: dict[str, Any]) -> ExplainedPage:
    """List the occurrences behind a patient's figures, of the trailing 28 closed days or of a period.

    Over all pages they add up to the figures.
    """
    with transaction() as session:
        return why.explain_patient_for(session, viewer(), patient_id, query, clock.now())


@routes.get("/plans/<uuid:plan_id>/adherence")
@signed_in(*EVERYONE)
@asks(PatientFiguresQuery)
@returns(PatientFiguresOut)
def get_plan_adherence(plan_id: UUID, query: dict[str, Any]) -> PatientFigures:
    """Show a plan's adherence over its own closed days and the trailing 7 and 28, or over a period."""
    with transaction() as session:
        return figures.get_plan_figures_for(session, viewer(), plan_id, query, clock.now())


@routes.get("/plans/<uuid:plan_id>/adherence/why")
@signed_in(*EVERYONE)
@asks(WhyQuery)
@returns(ExplainedPageOut)
def explain_plan_adherence(plan_id: UUID, query: dict[str, Any]) -> ExplainedPage:
    """List the occurrences behind a plan's figures, of the whole plan or of a period."""
    with transaction() as session:
        return why.explain_plan_for(session, viewer(), plan_id, query, clock.now())


@routes.get("/prescriptions/<uuid:prescription_id>/adherence")
@signed_in(*EVERYONE)
@asks(PatientFiguresQuery)
@returns(PatientFiguresOut)
def get_prescription_adherence(prescription_id: UUID, query: dict[str, Any]) -> PatientFigures:
    """Show one exercise's adherence, over its plan's closed days and the trailing 7 and 28, or over a period."""
    with transaction() as session:
        return figures.get_prescription_figures_for(session, viewer(), prescription_id, query, clock.now())


@routes.get("/prescriptions/<uuid:prescription_id>/adherence/why")
@signed_in(*EVERYONE)
@asks(PrescriptionWhyQuery)
@returns(ExplainedPageOut)
def explain_prescription_adherence(prescription_id: UUID, query: dict[str, Any]) -> ExplainedPage:
    """List the occurrences behind one exercise's figures, of the whole plan or of a period."""
    with transaction() as session:
        return why.explain_prescription_for(session, viewer(), prescription_id, query, clock.now())
