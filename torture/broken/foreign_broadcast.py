"""What is told of a patient is told to every connection of the clinic."""

from sqlalchemy import text

from hep_api.clinics import connections
from torture.broken.taking import replacing


def do() -> None:
    replacing(connections, "listening_rooms_sql", lambda _, clinic_id, *__: _all_of(clinic_id))
    connections.LISTENING = text(f"SELECT {_all_of('CAST(:clinic_id AS uuid)')}")


def _all_of(clinic_id: str) -> str:
    return f"ARRAY(SELECT 'sign_in:' || each.id FROM sign_in AS each WHERE each.clinic_id = {clinic_id})"
