"""Reads of media. Assets are the clinic's: its staff see all of them; a patient gets at those in their plans only."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, func, select, tuple_
from sqlalchemy.orm import Session
from sqlalchemy.sql.selectable import LateralFromClause

from hep_api.accounts.viewer import Viewer
from hep_api.foundation.errors import not_found
from hep_api.foundation.media.keeping import ORIGINAL, shown_renditions
from hep_api.foundation.web import pages
from hep_api.library.models.assets import Asset, AssetKind, AssetState, ExerciseAsset, MediaUpload
from hep_api.library.models.exercises import Exercise

Entry = dict[str, Any]


def asset_for(session: Session, viewer: Viewer, asset_id: UUID) -> Asset:
    """Return an asset of the viewer's clinic; 404 otherwise."""
    return _one(session.scalar(_of_clinic(viewer).where(Asset.id == asset_id)))


def asset_to_change(session: Session, viewer: Viewer, asset_id: UUID) -> Asset:
    """Return an asset of the viewer's clinic, its row locked until the commit; 404 otherwise."""
    return _one(session.scalar(_of_clinic(viewer).where(Asset.id == asset_id).with_for_update(key_share=True)))


def list_assets_for(session: Session, viewer: Viewer, query: dict[str, Any]) -> pages.Page[Asset]:
    """Return the clinic's assets, the newest first; archived ones when they are asked for."""
    archived = Asset.archived_at.is_not(None) if query["archived"] else Asset.archived_at.is_(None)
    wanted = _of_clinic(viewer).where(archived, Asset.arrived_at.is_not(None))
    if query["kind"]:
        wanted = wanted.where(Asset.kind == query["kind"])
    key = tuple_(Asset.created_at, Asset.id)
    before = pages.decode(query["cursor"], datetime, UUID)
    if before:
        wanted = wanted.where(key < tuple_(*before))
    wanted = wanted.order_by(Asset.created_at.desc(), Asset.id.desc()).limit(query["limit"] + 1)
    return pages.cut(session.scalars(wanted).all(), query["limit"], lambda asset: [asset.created_at, asset.id])


def media_of_exercises(
    session: Session, clinic_ids: Collection[UUID], exercise_ids: Collection[UUID]
) -> dict[UUID, list[Entry]]:
    """Return the media of each exercise in their order, by its id; one statement. An exercise without any is left out.

    The entries are in plain JSON types, as a prescription keeps them; `links_to` gives links to them.
    """
    query = (
        select(ExerciseAsset.exercise_id, Asset)
        .join(Asset, (Asset.clinic_id == ExerciseAsset.clinic_id) & (Asset.id == ExerciseAsset.asset_id))
        .where(ExerciseAsset.clinic_id.in_(set(clinic_ids)), ExerciseAsset.exercise_id.in_(set(exercise_ids)))
        .order_by(ExerciseAsset.exercise_id, ExerciseAsset.position)
    )
    found: dict[UUID, list[Entry]] = {}
    for exercise_id, asset in session.execute(query):
        found.setdefault(exercise_id, []).append(entry_of(asset))
    return found


def first_asset_of(page: Any) -> LateralFromClause:
    """Return, beside rows with a clinic_id and an exercise_id, the `asset_id` of what shows each exercise in a list.

    That is its first picture, else its first video, of which there may be a poster.
    """
    of_exercise = (ExerciseAsset.clinic_id == page.c.clinic_id) & (ExerciseAsset.exercise_id == page.c.exercise_id)
    asset = (Asset.clinic_id == ExerciseAsset.clinic_id) & (Asset.id == ExerciseAsset.asset_id)
    query = select(ExerciseAsset.asset_id).join(Asset, asset).where(of_exercise)
    return query.order_by(Asset.kind != AssetKind.PICTURE, ExerciseAsset.position).limit(1).lateral("first_asset")


def has_video(card: Any) -> ColumnElement[bool]:
    """Return the condition that a video shows an exercise, for what has its clinic_id and exercise_id."""
    of_exercise = (ExerciseAsset.clinic_id == card.clinic_id) & (ExerciseAsset.exercise_id == card.exercise_id)
    video = select(Asset.id).join(
        ExerciseAsset, (ExerciseAsset.clinic_id == Asset.clinic_id) & (ExerciseAsset.asset_id == Asset.id)
    )
    return video.where(of_exercise, Asset.kind == AssetKind.VIDEO).exists()


def entry_of(asset: Asset) -> Entry:
    """Return an asset as exercises and snapshots have it: `clinic_id` says where its files lie, and is not shown; a
    duration is there for videos only.
    """
    original = asset.renditions.get(ORIGINAL, {})
    length = asset.duration_seconds
    return {
        "kind": asset.kind.value,
        "clinic_id": str(asset.clinic_id),
        "asset_id": str(asset.id),
        "content_type": asset.content_type,
        **{name: original.get(name) for name in ("width", "height", "bytes", "sha256")},
        **({} if length is None else {"duration_seconds": length}),
        "alt": asset.alt,
        "alt_translations": asset.alt_translations,
        "licence": asset.licence,
        "author": asset.author,
        "source": asset.source,
        "renditions": shown_renditions(asset.renditions),
    }


def assets_of_exercise(session: Session, exercise: Exercise) -> Sequence[Asset]:
    """Return the assets that show an exercise, in their order."""
    query = (
        select(Asset)
        .join(ExerciseAsset, (ExerciseAsset.clinic_id == Asset.clinic_id) & (ExerciseAsset.asset_id == Asset.id))
        .where(ExerciseAsset.clinic_id == exercise.clinic_id, ExerciseAsset.exercise_id == exercise.id)
        .order_by(ExerciseAsset.position)
    )
    return session.scalars(query).all()


def ready_assets(session: Session, clinic_id: UUID, asset_ids: Sequence[UUID]) -> set[UUID]:
    """Return which of these can be shown: whole, and not archived."""
    query = select(Asset.id).where(
        Asset.clinic_id == clinic_id,
        Asset.id.in_(asset_ids),
        Asset.state == AssetState.READY,
        Asset.archived_at.is_(None),
    )
    return set(session.scalars(query.with_for_update(read=True, key_share=True)))


def bytes_taken(clinic_id: UUID, now: datetime) -> ScalarSelect[int]:
    """Select what the clinic's media take and what has been promised to uploads."""
    kept = select(func.coalesce(func.sum(Asset.total_bytes), 0)).where(Asset.clinic_id == clinic_id)
    promised = select(func.coalesce(func.sum(MediaUpload.total_bytes), 0)).where(
        MediaUpload.clinic_id == clinic_id, MediaUpload.finished_at.is_(None), MediaUpload.expires_at > now
    )
    return select(kept.scalar_subquery() + promised.scalar_subquery()).scalar_subquery()


def _of_clinic(viewer: Viewer) -> Any:
    return select(Asset).where(Asset.clinic_id == viewer.clinic_id)


def _one(asset: Asset | None) -> Asset:
    if asset is None:
        raise not_found("asset")
    return asset
