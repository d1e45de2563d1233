"""What is read before and after a person is let in: the memberships of an account, and who a viewer is."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from hep_api.accounts.models.identity import Account
from hep_api.accounts.viewer import Role, Viewer
from hep_api.clinics.models import Clinic, Invitation, Member, MemberStatus
from hep_api.foundation import tenancy
from hep_api.foundation.tenancy import Key


@dataclass(frozen=True, slots=True)
class Named:
    """A clinic by id and name."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class NamedMember:
    """A member by id, role and name."""

    id: UUID
    role: Role
    name: str


@dataclass(frozen=True, slots=True)
class Membership:
    """An account's place in one clinic."""

    member: NamedMember
    clinic: Named

    @property
    def patient_id(self) -> UUID | None:
        return self.member.id if self.member.role is Role.PATIENT else None


@dataclass(frozen=True, slots=True)
class Me:
    """Who the viewer is, and as whom they act here."""

    email: str
    member: NamedMember
    clinic: Named
    patient_id: UUID | None


def list_memberships_of(session: Session, account_id: UUID) -> list[Membership]:
    """Return the account's active memberships, by the clinic's name; they stay so until this transaction ends."""
    tenancy.hold_up(session, Key.ACCOUNT, str(account_id))
    rows = session.execute(
        select(Member.id, Member.role, Member.name, Clinic.id.label("clinic_id"), Clinic.name.label("clinic_name"))
        .join(Clinic, Clinic.id == Member.clinic_id)
        .where(Member.account_id == account_id, Member.status == MemberStatus.ACTIVE)
        .order_by(Clinic.name, Clinic.id)
        # Whoever is being disabled must not sign in beside it.
        .with_for_update(read=True, of=Member)
    )
    return [Membership(NamedMember(row.id, row.role, row.name), Named(row.clinic_id, row.clinic_name)) for row in rows]


def list_names_of(session: Session, account_id: UUID) -> list[str]:
    """Return what an account's members are called, in all of its clinics, and the clinics that may be seen."""
    tenancy.hold_up(session, Key.ACCOUNT, str(account_id))
    rows = session.execute(
        select(Member.name, Clinic.name)
        .outerjoin(Clinic, Clinic.id == Member.clinic_id)
        .where(Member.account_id == account_id)
    )
    return [name for row in rows for name in row if name is not None]


def has_code(digest: bytes) -> ColumnElement[bool]:
    """Return the condition on `Invitation` that a code is its own, or that of its mail."""
    return (Invitation.code_digest == digest) | (Invitation.mailed_digest == digest)


def act_for_clinic_of_invitation(session: Session, code_digest: bytes) -> UUID | None:
    """Return the clinic of an invitation's code and act for it; None when there is no such code."""
    tenancy.hold_up(session, Key.INVITATION, code_digest.hex())
    clinic_id = session.scalar(select(Invitation.clinic_id).where(has_code(code_digest)))
    if clinic_id is not None:
        tenancy.act_for(session, clinic_id)
    return clinic_id


def get_me(session: Session, viewer: Viewer) -> Me:
    """Return who the viewer is."""
    row = session.execute(
        select(Account.email, Member.name, Clinic.name.label("clinic_name"))
        .join(Member, Member.account_id == Account.id)
        .join(Clinic, Clinic.id == Member.clinic_id)
        .where(
            Account.id == viewer.account_id,
            Member.clinic_id == viewer.clinic_id,
            Member.id == viewer.member_id,
        )
    ).one()
    membership = Membership(
        NamedMember(viewer.member_id, viewer.role, row.name), Named(viewer.clinic_id, row.clinic_name)
    )
    return Me(row.email, membership.member, membership.clinic, membership.patient_id)
