"""HTTP doors of the audit: for a patient, who saw them; for owners, all of the clinic's."""

from typing import Any
from uuid import UUID

from hep_api.accounts.viewer import EVERYONE, Role, viewer
from hep_api.clinics.queries import accesses
from hep_api.clinics.queries.accesses import ShownAccess, ShownEntry
from hep_api.clinics.schemas.accesses import AccessOut, AccessQuery, AuditEntryOut, AuditQuery
from hep_api.foundation import clock
from hep_api.foundation.database import transaction
from hep_api.foundation.web.doors import Routes, asks, returns, signed_in
from hep_api.foundation.web.pages import Page
from hep_api.foundation.web.schemas import page_of

routes = Routes("audit", "Who did what to whom.")


@routes.get("/patients/<uuid:patient_id>/accesses")
@signed_in(*EVERYONE)
@asks(AccessQuery)
@returns(page_of(AccessOut))
def list_accesses(patient_id: UUID, query: dict[str, Any]) -> Page[ShownAccess]:
    """List who saw or changed a patient's record between two days, how often, the latest first.

    For the patient, the care team and the clinic's leaders. What was refused is not in it.
    """
    with transaction() as session:
        return accesses.list_accesses_for(session, viewer(), patient_id, query, clock.now())


@routes.get("/audit")
@signed_in(Role.OWNER)
@asks(AuditQuery)
@returns(page_of(AuditEntryOut))
def list_audit_entries(query: dict[str, Any]) -> Page[ShownEntry]:
    """List the clinic's audit, entry by entry, the newest first."""
    with transaction() as session:
        return accesses.list_entries_for(session, viewer(), query, clock.now())
