"""Who once listened goes on listening: nobody's connection is closed, and who is told is not looked up anew."""

from sqlalchemy import text

from hep_api.clinics import connections
from torture.broken.taking import replacing


def do() -> None:
    replacing(connections, "close_of_sign_in", lambda *_: None)
    replacing(connections, "close_of_member", lambda *_: None)
    replacing(connections, "list_ended", lambda *_: ())
    replacing(connections, "listening_rooms_sql", lambda _, *ids: _everyone_ever(*ids[:2]))
    told = _everyone_ever("CAST(:clinic_id AS uuid)", "CAST(:patient_id AS uuid)")
    connections.LISTENING = text(f"SELECT {told}")


def _everyone_ever(clinic_id: str, patient_id: str) -> str:
    return f"""ARRAY(
        SELECT 'sign_in:' || each.id FROM sign_in AS each
         WHERE each.clinic_id = {clinic_id} AND (each.member_id = {patient_id} OR each.member_id IN (
            SELECT place.member_id FROM care_team_place AS place
             WHERE place.clinic_id = {clinic_id} AND place.patient_id = {patient_id})))"""
