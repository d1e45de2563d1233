"""Which pictures and videos show an exercise, and in which order. Changing them is changing the exercise."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from hep_api.foundation.errors import FieldError, invalid
from hep_api.library.models.assets import ExerciseAsset
from hep_api.library.models.exercises import Exercise
from hep_api.library.queries import media


def set_media(session: Session, exercise: Exercise, asset_ids: Sequence[UUID]) -> Exercise:
    """Let these assets show the exercise, whose row the caller holds locked, in this order, and no others.

    Errors: 422 naming each asset that is not the clinic's, not ready, in the archive, or named twice.
    """
    _refuse(asset_ids, media.ready_assets(session, exercise.clinic_id, asset_ids))
    of_exercise = (ExerciseAsset.clinic_id == exercise.clinic_id) & (ExerciseAsset.exercise_id == exercise.id)
    session.execute(delete(ExerciseAsset).where(of_exercise))
    _add(session, exercise.clinic_id, exercise.id, asset_ids)
    exercise.version += 1
    session.flush()
    return exercise


def _add(session: Session, clinic_id: UUID, exercise_id: UUID, asset_ids: Sequence[UUID]) -> None:
    rows = [
        {"clinic_id": clinic_id, "exercise_id": exercise_id, "asset_id": asset_id, "position": position}
        for position, asset_id in enumerate(asset_ids)
    ]
    if rows:
        session.execute(insert(ExerciseAsset), rows)


def _refuse(asset_ids: Sequence[UUID], ready: set[UUID]) -> None:
    errors = []
    for place, asset_id in enumerate(asset_ids):
        if asset_id not in ready:
            words = "There is no such asset, or it is not ready, or in the archive."
            errors.append(FieldError(f"/asset_ids/{place}", "unknown_asset", words))
        elif asset_id in asset_ids[:place]:
            errors.append(FieldError(f"/asset_ids/{place}", "twice", "It stands in the list already."))
    if errors:
        raise invalid(*errors)
