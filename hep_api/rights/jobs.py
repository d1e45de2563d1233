"""Background doors of the rights of a person. Each may run twice and does nothing the second time."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from hep_api.foundation.jobs.work import Handler
from hep_api.rights.actions import erasures, exports, retention


def build_export(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """Build an export and put it where a link can lead to."""
    exports.build_export(session, *_ids(payload, "export_id"), now)


def remove_export(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """Delete an export whose day is over."""
    exports.remove_export(session, *_ids(payload, "export_id"), now)


def carry_out_erasure(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """Erase a patient as approved."""
    approved_at = datetime.fromisoformat(payload["approved_at"])
    erasures.carry_out(session, *_ids(payload, "erasure_id"), approved_at, now)


def remove_files_of_erased(_: Session, payload: Mapping[str, Any], __: datetime) -> None:
    """Delete the files of an erased patient, after the erasure is committed."""
    erasures.remove_files(*_ids(payload, "patient_id"))


def erase_again(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """Remove what came in while a patient was being erased."""
    erasures.erase_again(session, *_ids(payload, "patient_id"), now)


def remove_expired_exports(session: Session, _: Mapping[str, Any], now: datetime) -> None:
    """Delete every export whose day is over, also such that a killed worker left behind."""
    retention.remove_expired_exports(session, now)


def _ids(payload: Mapping[str, Any], named: str) -> tuple[UUID, UUID]:
    return UUID(payload["clinic_id"]), UUID(payload[named])


EXPIRED = "rights.remove_expired_exports"
JOBS: Mapping[str, Handler] = {
    exports.BUILD: build_export,
    exports.REMOVE: remove_export,
    erasures.CARRY_OUT: carry_out_erasure,
    erasures.REMOVE_FILES: remove_files_of_erased,
    erasures.ERASE_AGAIN: erase_again,
    EXPIRED: remove_expired_exports,
}
