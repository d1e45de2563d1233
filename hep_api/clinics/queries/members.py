"""Members as administration sees them, and the checks that a named member is what they must be."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Role
from hep_api.clinics.models import Member, MemberStatus
from hep_api.foundation.errors import invalid_field


def practitioner_named(session: Session, clinic_id: UUID, member_id: UUID, field: str) -> Member:
    """Return the practitioner of the clinic with this id, not disabled; 422 naming `field` otherwise."""
    member = session.scalar(
        select(Member).where(
            Member.clinic_id == clinic_id,
            Member.id == member_id,
            Member.role == Role.PRACTITIONER,
            Member.status != MemberStatus.DISABLED,
        )
    )
    if member is None:
        raise invalid_field(field, "practitioner", "Must be a practitioner of the clinic who is not disabled.")
    return member
