"""JSON shapes of coming in: signing in, accepting an invitation, and who one is."""

from marshmallow import fields

from hep_api.accounts.passwords import LONGEST, SHORTEST
from hep_api.accounts.schemas.second_factors import OneOfIn
from hep_api.accounts.schemas.tokens import TokensOut
from hep_api.accounts.viewer import Role
from hep_api.foundation.web.fields import Choice, Day, Email, Id, Secret, Text
from hep_api.foundation.web.schemas import In, Out

DEVICE_NAME = {"description": "what the person calls the device, to tell their sign-ins apart"}

CLINIC_ID = {"description": "needed only by members of several clinics"}
DEVICE_ID = {"description": "random, made by the app for itself once; its earlier sign-in of this member ends"}


class SignInIn(In):
    email = Email(required=True)
    password = Secret(most=LONGEST, required=True)
    clinic_id = Id(load_default=None, metadata=CLINIC_ID)
    device_name = Text(most=100, load_default="", metadata=DEVICE_NAME)
    device_id = Id(load_default=None, metadata=DEVICE_ID)


class AcceptanceIn(In):
    code = Secret(most=100, required=True)
    password = Secret(
        least=SHORTEST,
        most=LONGEST,
        required=True,
        metadata={"description": "a new one, or that of the account which the e-mail already has"},
    )
    birth_date = Day(load_default=None, metadata={"description": "asked of patients"})
    device_name = Text(most=100, load_default="", metadata=DEVICE_NAME)
    device_id = Id(load_default=None, metadata=DEVICE_ID)


class SecondFactorIn(OneOfIn):
    """What finishes a sign-in that was asked for a second factor."""

    challenge = Secret(most=100, required=True, metadata={"description": "of the refusal that asked for it"})


class NamedMemberOut(Out):
    id = Id()
    role = Choice(Role)
    name = fields.String()


class NamedClinicOut(Out):
    id = Id()
    name = fields.String()


class EnteredOut(TokensOut):
    """The tokens of a new sign-in, and as whom it acts where."""

    member = fields.Nested(NamedMemberOut)
    clinic = fields.Nested(NamedClinicOut)
    patient_id = Id(allow_none=True, metadata={"description": "the own record's id; null for staff"})
    second_factor_setup_needed = fields.Boolean(
        metadata={"description": "whether you set up a second factor first: until then no other door opens"}
    )


class MeOut(Out):
    """Who the viewer is, and as whom they act here."""

    email = fields.String()
    member = fields.Nested(NamedMemberOut)
    clinic = fields.Nested(NamedClinicOut)
    patient_id = Id(allow_none=True, metadata={"description": "the own record's id; null for staff"})
