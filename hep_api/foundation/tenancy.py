"""For which tenant a transaction works. Row-level security shows it that clinic's rows and no other's.

A door that recognises somebody, and a job that runs for a clinic, act for it already. Who does not know the clinic yet
holds up a key (a sign-in, an account, an invitation's code, a challenge, a phone) and sees the rows that it belongs
to. A transaction that does neither sees which clinics there are, and nothing that is in them.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from hep_api.foundation.database import run

# What belongs to no clinic and is everyone's to read, such as the starter set, stands under this one.
NOBODYS = UUID(int=0)

_CLINIC = "app.clinic_id"
_SET = "SELECT set_config(%(name)s, %(value)s, true)"


class Key(StrEnum):
    """What a transaction can have proven to know, by the name of its setting."""

    SIGN_IN = "app.sign_in_id"
    ACCOUNT = "app.account_id"
    INVITATION = "app.invitation"
    SIGN_IN_CHALLENGE = "app.sign_in_challenge"
    DEVICE = "app.device"


def act_for(session: Session, clinic_id: UUID) -> None:
    """Act for a clinic until the transaction ends, or until it acts for another."""
    _set(session, _CLINIC, str(clinic_id))


@contextmanager
def acting_for(session: Session, clinic_id: UUID) -> Iterator[None]:
    """Act for a clinic within the block; afterwards for whom the transaction acted before."""
    before: str | None = session.scalar(text("SELECT current_setting(:name, true)"), {"name": _CLINIC})
    act_for(session, clinic_id)
    yield
    # Not after an error: the transaction is broken then, and is rolled back with all its settings.
    session.flush()
    _set(session, _CLINIC, before or "")


def each_clinic(session: Session) -> Iterator[UUID]:
    """Yield every clinic's id, each while the transaction acts for it; for a transaction that acts for none."""
    for clinic_id in session.scalars(text("SELECT id FROM clinic ORDER BY id")).all():
        with acting_for(session, clinic_id):
            yield clinic_id


def hold_up(session: Session, key: Key, value: str) -> None:
    """Show rows that belong to a key, whatever their clinic: ids as text, a digest in hexadecimal."""
    _set(session, key, value)


def _set(session: Session, name: str, value: str) -> None:
    run(session, _SET, {"name": name, "value": value})
