"""HTTP doors of exports: asking for one, looking how far it is, getting a link to it."""

from uuid import UUID

from hep_api.accounts.step_up import stepped_up
from hep_api.accounts.viewer import EVERYONE, viewer
from hep_api.foundation import clock
from hep_api.foundation.database import transaction
from hep_api.foundation.files.links import Link
from hep_api.foundation.web.doors import Routes, returns, signed_in
from hep_api.rights.actions import exports as actions
from hep_api.rights.queries import exports
from hep_api.rights.queries.exports import ExportShown
from hep_api.rights.schemas import ExportOut, LinkOut

routes = Routes("exports", "Exports of everything that names a patient.")


@routes.post("/patients/<uuid:patient_id>/exports")
@signed_in(*EVERYONE)
@stepped_up
@returns(ExportOut, 202)
def ask_for_export(patient_id: UUID) -> ExportShown:
    """Have everything that names a patient exported; needs a fresh second factor.

    For the patient, the practitioner who leads, and leaders whose clinic lets them read records. It is built within
    minutes and deleted 24 hours later. While one waits, asking again returns that one.

    Errors: 403 `second_factor_needed`; 403 for others of the care team.
    """
    with transaction() as session:
        return actions.ask_for_export(session, viewer(), patient_id, clock.now())


@routes.get("/patients/<uuid:patient_id>/exports/<uuid:export_id>")
@signed_in(*EVERYONE)
@returns(ExportOut)
def get_export(patient_id: UUID, export_id: UUID) -> ExportShown:
    """Show how far an export is; only to whoever asked for it."""
    with transaction() as session:
        return exports.get_export_for(session, viewer(), patient_id, export_id)


@routes.post("/patients/<uuid:patient_id>/exports/<uuid:export_id>/link")
@signed_in(*EVERYONE)
@stepped_up
@returns(LinkOut, 201)
def make_export_link(patient_id: UUID, export_id: UUID) -> Link:
    """Get a link to a finished export, good for ten minutes; needs a fresh second factor.

    Errors: 403 `second_factor_needed`; 409 `export_not_ready`; 410 `export_deleted`.
    """
    with transaction() as session:
        return actions.make_link(session, viewer(), patient_id, export_id, clock.now())
