"""A refused request is committed as far as it came."""

from sqlalchemy import text

from hep_api.accounts.viewer import Viewer
from hep_api.clinics import access
from hep_api.foundation.database import database
from torture.broken.taking import replacing


def do() -> None:
    replacing(access, "patient_to_care_for", _touch_then_refuse)


def _touch_then_refuse(whole: object, session: object, viewer: Viewer, patient_id: object) -> object:
    with database().engine.begin() as connection:
        connection.execute(text("SELECT set_config('app.clinic_id', :clinic, true)"), {"clinic": str(viewer.clinic_id)})
        connection.execute(text("UPDATE patient SET version = version + 1 WHERE id = :id"), {"id": patient_id})
    return whole(session, viewer, patient_id)  # type: ignore[operator]
