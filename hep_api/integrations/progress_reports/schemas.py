"""Reports in JSON: what is wished for, the list, and the content as it was frozen."""

import json
from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from hep_api.adherence.schemas.figures import MeasuresOut, RatioOut
from hep_api.foundation.web.fields import Choice, Day, Flag, Id, Text
from hep_api.foundation.web.rules import Broken
from hep_api.foundation.web.schemas import In, Out, PageQuery
from hep_api.integrations.languages import Language
from hep_api.integrations.progress_reports.models import Audience
from hep_api.plans.models.goals import GoalState
from hep_api.plans.models.plans import DischargeReason
from hep_api.plans.schemas.plans import CLIENT_MADE_ID

PERIOD = {"description": "left out: the whole plan, at most its last 53 weeks; days that are not over are cut off"}
FOR_DOCTORS = {"description": "whom a report for a doctor is addressed to; may be empty"}
NOTE = {"description": "what the issuer says to the reader; stands first"}
NAME = {"description": "the patient's name in full, not only initials; for a doctor with the date of birth"}
SHA256 = {"description": "SHA-256 in hexadecimal"}
SEAL = {"description": "SHA-256 of the page, taken while it held 64 zeros in place of this; it is printed on it"}


class ReportIn(In):
    """Which report."""

    id = Id(load_default=None, allow_none=True, metadata=CLIENT_MADE_ID)
    audience = Choice(Audience, required=True)
    language = Choice(
        Language, load_default=None, allow_none=True, metadata={"description": "that of Accept-Language when left out"}
    )
    recipient = Text(least=0, most=200, load_default="", metadata=FOR_DOCTORS)
    note = Text(least=0, most=4000, lines=True, load_default="", metadata=NOTE)
    name = Flag(load_default=False, metadata=NAME)
    from_on = Day(data_key="from", load_default=None, allow_none=True, metadata=PERIOD)
    to_on = Day(data_key="to", load_default=None, allow_none=True, metadata=PERIOD)

    @validates_schema(skip_on_field_errors=True)
    def refuse_contradictions(self, data: dict[str, Any], **_: Any) -> None:
        if data["recipient"] and data["audience"] is Audience.PATIENT:
            raise ValidationError({"recipient": [Broken("audience", "Only a report for a doctor has a recipient.")]})
        if data["to_on"] is not None and data["from_on"] is None:
            raise ValidationError({"from": [Broken("required", "Say from which date.")]})
        if data["to_on"] is not None and data["to_on"] < data["from_on"]:
            raise ValidationError({"to": [Broken("order", "Must not be before from.")]})


class ReportQuery(PageQuery):
    """The query of a plan's reports."""

    audience = Choice(Audience, load_default=None)


class Hex(fields.String):
    """A digest in hexadecimal."""

    def _serialize(self, value: Any, *_: Any, **__: Any) -> str | None:
        return None if value is None else value.hex()


class ReportOut(Out):
    """A report as it stands in the list."""

    id = fields.UUID()
    plan_id = fields.UUID()
    audience = Choice(Audience)
    language = Choice(Language)
    recipient = fields.String()
    from_on = fields.Date(data_key="from")
    to_on = fields.Date(data_key="to", metadata={"description": "before `from` when no day was over yet"})
    issued_at = fields.DateTime(metadata={"description": "what is known later is not in it"})
    issued_by = fields.UUID()
    sha256 = Hex(attribute="page_digest", metadata=SEAL)
    content_sha256 = Hex(attribute="content_digest", metadata=SHA256)
    pdf_sha256 = Hex(
        attribute="pdf_digest", allow_none=True, metadata={"description": "null until the PDF is first asked for"}
    )


class ReportedPatientOut(Out):
    name = fields.String(metadata={"description": "in full or as initials"})
    birth_date = fields.Date(allow_none=True)


class ReportedPlanOut(Out):
    title = fields.String()
    own_why = fields.String(metadata={"description": "empty in a report for a doctor"})
    starts_on = fields.Date()
    ends_on = fields.Date(allow_none=True)
    discharge_reason = Choice(DischargeReason, allow_none=True)
    visits_prescribed = fields.Integer(allow_none=True)


class ReportedExerciseOut(Out):
    prescription_id = fields.UUID()
    name = fields.String()
    prescribed = fields.String(
        allow_none=True, metadata={"description": "dose and schedule at the period's end; null: it had ended"}
    )
    completion = fields.Nested(RatioOut)
    dose = fields.Nested(RatioOut)


class ReportedValueOut(Out):
    measured_on = fields.Date()
    value = fields.Float()


class ReportedGoalOut(Out):
    text = fields.String(attribute="goal.text")
    measure = fields.String(attribute="goal.measure", allow_none=True)
    unit = fields.String(attribute="goal.unit", allow_none=True)
    start_value = fields.Float(attribute="goal.start_value", allow_none=True)
    target_value = fields.Float(attribute="goal.target_value", allow_none=True)
    target_on = fields.Date(attribute="goal.target_on", allow_none=True)
    progress = fields.Float(allow_none=True)
    state = Choice(GoalState, attribute="goal.state")
    values = fields.List(fields.Nested(ReportedValueOut))


class ReportedPauseOut(Out):
    from_on = fields.Date(data_key="from")
    to_on = fields.Date(data_key="to", allow_none=True)


class ReportedChangeOut(Out):
    number = fields.Integer(metadata={"description": "of the revision"})
    effective_on = fields.Date()
    words = fields.List(fields.String())


class ReportContentOut(Out):
    """What the page shows, in the report's language; the same for ever."""

    id = fields.UUID()
    plan_id = fields.UUID()
    audience = Choice(Audience)
    language = Choice(Language)
    as_known_on = fields.DateTime()
    zone = fields.String(metadata={"description": "the patient's"})
    clinic = fields.String()
    location = fields.String()
    author = fields.String(metadata={"description": "who issued it"})
    practitioner = fields.String(metadata={"description": "who leads the care team; may be empty"})
    recipient = fields.String()
    note = fields.String()
    patient = fields.Nested(ReportedPatientOut)
    plan = fields.Nested(ReportedPlanOut)
    from_on = fields.Date(data_key="from")
    to_on = fields.Date(data_key="to")
    total = fields.Nested(MeasuresOut)
    weeks = fields.List(fields.Nested(MeasuresOut), metadata={"description": "Monday to Sunday, cut to the period"})
    exercises = fields.List(fields.Nested(ReportedExerciseOut))
    goals = fields.List(fields.Nested(ReportedGoalOut))
    pauses = fields.List(fields.Nested(ReportedPauseOut))
    changes = fields.List(fields.Nested(ReportedChangeOut))


class AsKept(fields.Nested):
    """What was dumped when it was frozen: JSON text, shown as it was kept."""

    def _serialize(self, nested_obj: Any, *_: Any, **__: Any) -> Any:  # type: ignore[override]
        return json.loads(nested_obj)


class ReportInFullOut(ReportOut):
    """A report with its content."""

    content = AsKept(ReportContentOut)
