"""JSON shapes of patients, as administration sees them."""

from datetime import time

from marshmallow import ValidationError, fields

from hep_api.clinics.models import MemberStatus
from hep_api.foundation.web.fields import Choice, Day, Email, Flag, FlagInQuery, Id, Instant, Text, TimeOfDay, Zone
from hep_api.foundation.web.languages import Language
from hep_api.foundation.web.rules import Broken
from hep_api.foundation.web.schemas import In, Out, PageQuery

DAY_STARTS = {"description": "when the person's day begins, 00:00 to 04:00: exercises after midnight are yesterday's"}
LANGUAGE = {"description": "what the person reads, as de or pt-BR; null: the clinic's language"}
SEND_MAIL = {"description": "false: the invitation is not mailed; the answer has code and link either way"}
BOUNCED = {"description": "when mail to this address was last known not to arrive; null: as far as is known, it does"}
BIRTH_DATE = {"description": "the patient is asked for it when accepting the invitation"}
LAST_START = time(4)


def by_four(starts_at: time) -> None:
    """Refuse a day that starts after 04:00."""
    if starts_at > LAST_START:
        raise ValidationError([Broken("range", "Must be a time from 00:00 to 04:00.")])


class PatientIn(In):
    id = Id(load_default=None, metadata={"description": "made by the client, so that the request may be sent again"})
    name = Text(most=200, required=True)
    email = Email(required=True)
    location_id = Id(load_default=None, metadata={"description": "default: the lead's, else the clinic's only one"})
    zone = Zone(load_default=None, metadata={"description": "IANA time zone; default: the clinic's"})
    day_starts_at = TimeOfDay(load_default=time(0), validate=by_four, metadata=DAY_STARTS)
    language = Language(load_default=None, allow_none=True, metadata=LANGUAGE)
    birth_date = Day(required=True, metadata=BIRTH_DATE)
    send_mail = Flag(load_default=True, metadata=SEND_MAIL)
    lead_member_id = Id(load_default=None, metadata={"description": "needed from leaders; a practitioner leads"})


class InvitationQuery(In):
    send_mail = FlagInQuery(load_default=True, metadata=SEND_MAIL)


class PatientQuery(PageQuery):
    q = Text(most=100, load_default=None, metadata={"description": "parts of the name, in any order"})
    location_id = Id(load_default=None)
    practitioner_id = Id(load_default=None, metadata={"description": "on whose care team they are now"})
    status = Choice(MemberStatus, load_default=None)


class CareTeamMemberOut(Out):
    member_id = Id()
    name = fields.String()
    is_lead = fields.Boolean()
    joined_at = Instant()
    covers_for = Id(allow_none=True, metadata={"description": "the member in whose stead; null: a place of their own"})
    until = Instant(allow_none=True, metadata={"description": "when a cover's place ends"})


class PatientOut(Out):
    id = Id()
    name = fields.String()
    email = fields.String()
    status = Choice(MemberStatus)
    location_id = Id()
    birth_date = Day(allow_none=True)
    zone = fields.String()
    day_starts_at = TimeOfDay()
    language = fields.String(allow_none=True, metadata=LANGUAGE)
    mail_bounced_at = Instant(allow_none=True, metadata=BOUNCED)
    care_team = fields.List(fields.Nested(CareTeamMemberOut))
    version = fields.Integer()
    created_at = Instant()


class InvitationOut(Out):
    """A way in, shown this once: give the person the code, the link, or the link as a QR code."""

    code = fields.String()
    link = fields.String()
    qr_svg = fields.String(metadata={"description": "QR code of the link: data URI of an SVG, for a picture's source"})
    qr_png = fields.String(metadata={"description": "the same as a PNG"})
    expires_at = Instant()


class InvitedPatientOut(PatientOut):
    """A patient and their invitation, null when they came in before."""

    invitation = fields.Nested(InvitationOut, allow_none=True)


class PatientChangeIn(In):
    """What changes; what is left out stays. A patient changes only their own `zone`, `day_starts_at` and `language`."""

    name = Text(most=200)
    email = Email(metadata={"description": "only until the invitation is accepted; ends the open invitation"})
    location_id = Id()
    birth_date = Day(metadata=BIRTH_DATE)
    zone = Zone()
    day_starts_at = TimeOfDay(validate=by_four, metadata=DAY_STARTS)
    language = Language(allow_none=True, metadata=LANGUAGE)
    disabled = Flag(metadata={"description": "true ends the patient's access and sign-ins, false gives it back"})
