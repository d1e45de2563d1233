"""What is noted while a transaction runs, to be written into the audit right before its commit, or lost with it.

Doors note themselves: every write, and every read of a patient's record. Whoever loads a patient says whom it is about
(`about_patient`; clinics/access.py does so for nearly all). What no door stands for is said by `note`.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from hep_api.audit import actions
from hep_api.audit.actions import Entry
from hep_api.audit.models import Outcome
from hep_api.foundation import occasions
from hep_api.foundation.database import transaction
from hep_api.foundation.occasions import Occasion

NOTES = "audit"


@dataclass(slots=True)
class Notes:
    """What one transaction has to say. `patients` are those whose record was touched, with the emergency access that
    let the actor in, if one did; `among_staff` those of them about whom staff talked among themselves.
    """

    patients: dict[UUID, UUID | None] = field(default_factory=dict)
    among_staff: set[UUID] = field(default_factory=set)
    entries: list[Entry] = field(default_factory=list)
    is_list: bool = False
    leaves_out_door: bool = False


def about_patient(session: Session, patient_id: UUID, emergency_access_id: UUID | None = None) -> None:
    """Say that the door touches this patient's record."""
    _notes(session).patients[patient_id] = emergency_access_id


def among_staff(session: Session, patient_id: UUID) -> None:
    """Say that what the door touches of this patient's record is not for the patient's eyes: what staff say among
    themselves. The patient reads of it no more than that the record was used.
    """
    _notes(session).among_staff.add(patient_id)


def about_list(session: Session) -> None:
    """Say that the door reads something that is kept, though it is no single patient's record."""
    _notes(session).is_list = True


def note(
    session: Session,
    action: str,
    *,
    outcome: Outcome = Outcome.ALLOWED,
    clinic_id: UUID | None = None,
    account_id: UUID | None = None,
    member_id: UUID | None = None,
    role: str | None = None,
    sign_in_id: UUID | None = None,
    patient_id: UUID | None = None,
    subject: Mapping[str, Any] | None = None,
) -> None:
    """Note something that no door stands for, named `noun.past`, such as `member.role_changed`.

    Who did it and where is taken from the door unless it is said. Without a clinic it goes to the audit of the clinic
    that the transaction acts for, else to the installation's own. `subject` holds ids and fixed words, nothing more.
    """
    said = {
        "clinic_id": clinic_id,
        "account_id": account_id,
        "member_id": member_id,
        "role": role,
        "sign_in_id": sign_in_id,
        "patient_id": patient_id,
        "subject": dict(subject) if subject else None,
    }
    occasion = occasions.present()
    given = {name: value for name, value in said.items() if value is not None}
    _notes(session).entries.append(actions.entry(occasion, action, outcome, given))


def note_apart(action: str, **said: Any) -> None:
    """Note something in a transaction of its own, as that of the door was or will be rolled back; takes what `note`
    takes.
    """
    with transaction() as session:
        leave_out_door(session)
        note(session, action, **said)


def leave_out_door(session: Session) -> None:
    """Let this transaction write what is noted and nothing of the door, which did not do what it is there for."""
    _notes(session).leaves_out_door = True


@contextmanager
def unless_refused(session: Session) -> Iterator[None]:
    """Take back what is noted within the block when it is refused: of a part of a batch, nothing was read or done."""
    noted = _notes(session)
    patients, entries = dict(noted.patients), len(noted.entries)
    among_staff = set(noted.among_staff)
    try:
        yield
    except BaseException:
        noted.patients, noted.among_staff = patients, among_staff
        del noted.entries[entries:]
        raise


def write(session: Session) -> None:
    """Write what was noted; runs before every commit (see `app.py`)."""
    notes: Notes = session.info.get(NOTES) or Notes()
    occasion = occasions.present()
    of_door = [] if occasion is None or notes.leaves_out_door else list(_of_door(occasion, notes))
    entries = [*notes.entries, *of_door]
    if entries:
        lightly = not notes.entries and occasion is not None and _is_own_read(occasion, notes)
        actions.append(session, entries, lightly=lightly)


def of_one(patient_id: UUID) -> dict[str, Any]:
    """Return what the door's use of one patient's record leaves, as `append_audit` takes it: for a statement that reads
    or writes and records at once, outside of any transaction of ours.
    """
    occasion = occasions.present()
    assert occasion is not None, "at a door"
    used = Notes(patients={patient_id: None})
    return actions.handed_over(list(_of_door(occasion, used)), lightly=_is_own_read(occasion, used))


def _of_door(occasion: Occasion, notes: Notes) -> list[Entry]:
    """Return what the door itself leaves: a row for each patient, one for a write that is about none."""
    if occasion.actor is None:
        return []
    if notes.patients:
        return [
            actions.entry(
                occasion,
                actions.among_staff(occasion.action) if patient_id in notes.among_staff else occasion.action,
                Outcome.ALLOWED,
                {"patient_id": patient_id, "emergency_access_id": emergency_id},
            )
            for patient_id, emergency_id in notes.patients.items()
        ]
    if occasion.writes or notes.is_list:
        # A door that might have written and did not leaves nothing: the database knows.
        return [actions.entry(occasion, occasion.action, Outcome.ALLOWED, {}) | {"if_written": not notes.is_list}]
    return []


def _is_own_read(occasion: Occasion, notes: Notes) -> bool:
    """Tell whether patients read nothing but their own record."""
    actor = occasion.actor
    return not occasion.writes and actor is not None and notes.patients.keys() == {actor.member_id}


def _notes(session: Session) -> Notes:
    found: Notes = session.info.setdefault(NOTES, Notes())
    return found
