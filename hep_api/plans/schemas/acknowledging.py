"""Acknowledgements of revisions, and what waits for one, in JSON."""

from marshmallow import fields

from hep_api.foundation.web.fields import Instant
from hep_api.foundation.web.schemas import In, Out
from hep_api.plans.schemas.comparing import ChangesOut


class AcknowledgementIn(In):
    acknowledged_at = Instant(
        load_default=None,
        allow_none=True,
        metadata={"description": "when the patient saw it, by the phone's clock; now when left out"},
    )


class AcknowledgementOut(Out):
    plan_id = fields.UUID()
    number = fields.Integer()
    acknowledged_at = fields.DateTime()
    received_at = fields.DateTime()


class WaitingChangesOut(Out):
    """A revision that the patient has yet to acknowledge, with what it changes since what they acknowledged."""

    plan_title = fields.String()
    note = fields.String()
    published_at = fields.DateTime()
    changes = fields.Nested(ChangesOut)


class PatientChangesOut(Out):
    items = fields.List(fields.Nested(WaitingChangesOut))


class UnacknowledgedOut(Out):
    patient_id = fields.UUID()
    patient_name = fields.String()
    plan_id = fields.UUID(attribute="revision.plan_id")
    plan_title = fields.String()
    number = fields.Integer(attribute="revision.number")
    effective_on = fields.Date(attribute="revision.effective_on")
    published_at = fields.DateTime(attribute="revision.published_at")
    published_by = fields.UUID(attribute="revision.published_by")
    days = fields.Integer(metadata={"description": "since it took effect on the patient's clock; 0 before and on it"})
