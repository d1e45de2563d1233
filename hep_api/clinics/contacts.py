"""Instants at which a patient and the clinic had to do with each other; by the last one it is decided how long a record
is kept. Each capability that knows such instants has a file of this name.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select

from hep_api.accounts.models.identity import SignIn
from hep_api.clinics.models import Patient

# Of each row a patient's id and an instant or null; a patient may have many.
Contacts = Sequence[Select[UUID, datetime]]


def contacts_of_person(clinic_id: UUID) -> Contacts:
    """Return when the records of a clinic's patients were made, and when the patients signed in."""
    return (
        select(Patient.id, Patient.created_at).where(Patient.clinic_id == clinic_id),
        select(SignIn.member_id, SignIn.created_at).where(SignIn.clinic_id == clinic_id),
    )
