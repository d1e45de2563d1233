"""JSON shapes of care teams."""

from marshmallow import fields

from hep_api.clinics.schemas.patients import CareTeamMemberOut
from hep_api.foundation.web.fields import Flag, Id
from hep_api.foundation.web.schemas import In, Out


class PlaceIn(In):
    member_id = Id(required=True)
    lead = Flag(load_default=False, metadata={"description": "true: takes the lead from whoever has it"})


class CareTeamOut(Out):
    """Who cares for a patient now, the lead first."""

    patient_id = Id()
    members = fields.List(fields.Nested(CareTeamMemberOut))
