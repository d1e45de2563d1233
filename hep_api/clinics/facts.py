"""What happens in clinics that others may care about."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class PatientInvited:
    """A patient's record was made, with a care team."""

    clinic_id: UUID
    patient_id: UUID


@dataclass(frozen=True, slots=True)
class PatientMoved:
    """A patient's clock shows another time from now on: they live in another zone."""

    clinic_id: UUID
    patient_id: UUID


@dataclass(frozen=True, slots=True)
class PatientEntered:
    """An invited patient accepted the invitation."""

    clinic_id: UUID
    patient_id: UUID


@dataclass(frozen=True, slots=True)
class CareTeamChanged:
    """Someone joined, left, or took the lead. `left_member_id` lost access with this transaction, if not None."""

    clinic_id: UUID
    patient_id: UUID
    joined_member_id: UUID | None
    left_member_id: UUID | None


@dataclass(frozen=True, slots=True)
class MemberDisabled:
    """A member's access to the clinic ended; `disabled_by` somebody, if not with an erasure."""

    clinic_id: UUID
    member_id: UUID
    disabled_by: UUID | None = None


@dataclass(frozen=True, slots=True)
class MemberEnabled:
    """A member whose access had ended has it again, or is invited again."""

    clinic_id: UUID
    member_id: UUID


@dataclass(frozen=True, slots=True)
class InvitationWithdrawn:
    """A member's open invitation ended unused: for a newer one, or without."""

    clinic_id: UUID
    member_id: UUID


@dataclass(frozen=True, slots=True)
class ResponseHoursChanged:
    """The clinic answers patients' messages within another time from now on."""

    clinic_id: UUID


@dataclass(frozen=True, slots=True)
class MemberAccessChanged:
    """A member's role changed, or the clinic's policy on records: what they may hear must be decided anew."""

    clinic_id: UUID
    member_id: UUID | None


@dataclass(frozen=True, slots=True)
class SecondFactorRequired:
    """The clinic requires a second factor of its staff from now on; those who have shown none are let in no more."""

    clinic_id: UUID


@dataclass(frozen=True, slots=True)
class PatientErased:
    """A patient is to be forgotten: whoever holds anything that names them removes it. Told again, nothing is left to
    remove.
    """

    clinic_id: UUID
    patient_id: UUID
    at: datetime
