"""Making a plan from a template or from another plan in JSON, for one patient or several; a template from a plan."""

from marshmallow import fields

from hep_api.foundation.web.fields import Choice, Flag, Id, Several, Text
from hep_api.foundation.web.schemas import FieldErrorOut, In, Out
from hep_api.library.schemas.templates import TemplateTitleIn
from hep_api.plans.actions.applying import Applied
from hep_api.plans.schemas.days import LocalDay
from hep_api.plans.schemas.drafts import DraftOut
from hep_api.plans.schemas.plans import PlanOut, RevisionOut, client_made_id, reason_for_the_past

MOST_PATIENTS = 50
FIRST_DAY = "day 0 of the first phase: a date YYYY-MM-DD, or the patient's `today` or `tomorrow`"
AT_ONCE = "false: as a draft, to be adjusted and published later"
OTHER_TITLE = {"description": "of the plan; that of what it is made from when left out"}


def _starts_on() -> LocalDay:
    return LocalDay(required=True, metadata={"description": FIRST_DAY})


def _publish() -> Flag:
    return Flag(load_default=True, metadata={"description": AT_ONCE})


def _title() -> Text:
    return Text(most=200, load_default=None, allow_none=True, metadata=OTHER_TITLE)


class TemplateApplyIn(In):
    """A plan of one patient's own from a template."""

    plan_id = client_made_id()
    patient_id = Id(required=True)
    starts_on = _starts_on()
    title = _title()
    publish = _publish()
    reason = reason_for_the_past()


class BatchPatientIn(In):
    patient_id = Id(required=True)
    plan_id = Id(required=True, metadata={"description": "made by the client, so that sent twice is done once"})


class TemplateBatchIn(In):
    """The same template for several patients, each from their own today, tomorrow, or one date."""

    starts_on = _starts_on()
    title = _title()
    publish = _publish()
    reason = reason_for_the_past()
    patients = Several(fields.Nested(BatchPatientIn), least=1, most=MOST_PATIENTS, required=True)


class PlanCopyIn(In):
    """A plan of a patient's own from what another plan has in force and ahead."""

    plan_id = client_made_id()
    patient_id = Id(required=True, metadata={"description": "may be the same patient: a new episode"})
    starts_on = _starts_on()
    title = _title()
    publish = _publish()
    reason = reason_for_the_past()
    without_missing = Flag(
        load_default=False, metadata={"description": "leave out what cannot be prescribed any more, not refuse it"}
    )


class TemplateFromPlanIn(TemplateTitleIn):
    """What the template is found by, and goals in the clinic's words: the patient's are not taken over."""

    id = client_made_id()
    without_missing = Flag(
        load_default=False, metadata={"description": "leave out what the clinic does not have, not refuse it"}
    )
    with_notes = Flag(
        load_default=False, metadata={"description": "take over the revisions' notes, as they were written"}
    )


class LaidOutOut(Out):
    """A new plan with its revisions, one for each phase, or with its draft."""

    plan = fields.Nested(PlanOut)
    revisions = fields.List(fields.Nested(RevisionOut))
    draft = fields.Nested(DraftOut, allow_none=True)


class ProblemOfPatientOut(Out):
    code = fields.String()
    detail = fields.String()
    errors = fields.List(fields.Nested(FieldErrorOut))


class PatientOutcomeOut(Out):
    """What became of one patient; each of the outcomes is final."""

    patient_id = fields.UUID()
    plan_id = fields.UUID()
    outcome = Choice(Applied)
    starts_on = fields.Date(allow_none=True)
    error = fields.Nested(ProblemOfPatientOut, allow_none=True)


class TemplateBatchOut(Out):
    """One answer for each patient, in the order of the batch."""

    outcomes = fields.List(fields.Nested(PatientOutcomeOut))
