"""What the other capabilities bring, for an export and for knowing how long a record is kept.

Most of them lie above this one, so `app.py` fills it in. What they erase they say in `reactions.py`.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import current_app
from sqlalchemy.orm import Session

from hep_api.clinics.contacts import Contacts
from hep_api.foundation.jobs.work import Handler
from hep_api.foundation.sections import Section

# (session, clinic_id, patient_id) and (session, clinic_id) -> what there is of the patient, of the clinic itself.
OfPatient = Callable[[Session, UUID, UUID], Iterator[Section]]
OfClinic = Callable[[Session, UUID], Iterator[Section]]
# (session, clinic_id, patient_id) -> ids of what an export leaves out that the patient asks for.
KeptBack = Callable[[Session, UUID, UUID], Collection[UUID]]


@dataclass(frozen=True, slots=True)
class Sources:
    """Every capability's part. `sweeps` are the daily jobs that remove what has expired, by kind."""

    of_patient: Sequence[OfPatient]
    of_clinic: Sequence[OfClinic]
    contacts: Sequence[Callable[[UUID], Contacts]]
    sweeps: Mapping[str, Handler]
    kept_back: KeptBack


def sources() -> Sources:
    """Return the current app's sources."""
    found: Sources = current_app.extensions["hep_rights"]
    return found
