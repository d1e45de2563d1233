"""A refused request is committed as far as it came."""

from typing import Any

from sqlalchemy import text

from hep_api.clinics import access
from hep_api.foundation.database import database
from hep_api.foundation.errors import Problem
from torture.broken.taking import replacing


def do() -> None:
    replacing(access, "patient_to_care_for", _touch_and_refuse)


def _touch_and_refuse(whole: Any, session: Any, viewer: Any, patient_id: Any) -> Any:
    try:
        return whole(session, viewer, patient_id)
    except Problem:
        clinic = {"clinic": str(viewer.clinic_id)}
        with database().engine.begin() as connection:
            connection.execute(text("SELECT set_config('app.clinic_id', :clinic, true)"), clinic)
            connection.execute(text("UPDATE patient SET version = version + 1 WHERE id = :id"), {"id": patient_id})
        raise
