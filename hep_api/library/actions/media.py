"""Writes of media. An asset is added before its files are in the store, so that its id and its room are its own, and is
ready when they are. Sent again, it goes on where it was.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.foundation.identifiers import new_id
from hep_api.foundation.jobs import queue
from hep_api.foundation.media.keeping import Kept
from hep_api.foundation.media.sniffing import MediaType
from hep_api.foundation.uploads.claiming import claim, refuse_over_room
from hep_api.library.models.assets import Asset, AssetKind, AssetState

PREPARE = "library.prepare_asset"
ABOUT = ("alt", "licence", "author", "source")


def claim_asset(
    session: Session,
    viewer: Viewer,
    fields: Mapping[str, Any],
    kind: MediaType,
    size: int,
    digest: bytes,
    now: datetime,
    pointer: str | None,
) -> Asset:
    """Add an asset that is still to arrive, or return the one that the same sending has added.

    Errors: 409 for an id that stands for another one, 422 naming `pointer` when the clinic's room does not suffice;
    None: it was promised to an upload.
    """

    def refuse() -> None:
        if pointer is not None:
            refuse_over_room(session, viewer.clinic_id, size, now, pointer)

    row = _row(viewer, fields["id"] or new_id(), fields, kind, size, digest, now)
    return claim(session, Asset, row, refuse)


def _row(
    viewer: Viewer, asset_id: UUID, fields: Mapping[str, Any], kind: MediaType, size: int, digest: bytes, now: datetime
) -> dict[str, Any]:
    return {
        "clinic_id": viewer.clinic_id,
        "id": asset_id,
        "kind": AssetKind(kind.kind),
        "state": AssetState.PROCESSING,
        "content_type": kind.content_type,
        "total_bytes": size,
        "metadata_removed": False,
        "renditions": {},
        "alt_translations": {},
        "uploaded_by": viewer.member_id,
        "created_at": now,
        "version": 1,
        "sent_digest": digest,
        **{name: fields[name] for name in ABOUT},
    }


def finish_asset(session: Session, clinic_id: UUID, asset_id: UUID, kept: Kept, now: datetime) -> Asset:
    """Say that everything of an asset is in the store."""
    asset = session.get_one(Asset, (clinic_id, asset_id), with_for_update=True, populate_existing=True)
    if asset.state is AssetState.PROCESSING:
        asset.state, asset.arrived_at = AssetState.READY, asset.arrived_at or now
        asset.renditions, asset.total_bytes = kept.renditions, kept.total_bytes
        asset.duration_seconds, asset.metadata_removed = kept.duration_seconds, kept.metadata_removed
        asset.version += 1
        session.flush()
    return asset


def refuse_asset(session: Session, clinic_id: UUID, asset_id: UUID, rule: str) -> None:
    """Say that what was sent cannot be read; it takes no room any more."""
    changed = {"state": AssetState.REFUSED, "refused_rule": rule, "total_bytes": 0, "version": Asset.version + 1}
    session.execute(update(Asset).where(Asset.clinic_id == clinic_id, Asset.id == asset_id).values(changed))


def have_prepared(session: Session, asset: Asset, now: datetime) -> Asset:
    """Have the worker make what is kept of what was sent, which is all in the store."""
    if asset.arrived_at is None:
        asset.arrived_at = now
        payload = {"clinic_id": str(asset.clinic_id), "asset_id": str(asset.id)}
        queue.enqueue(session, PREPARE, payload, now=now, clinic_id=asset.clinic_id)
        session.flush()
    return asset


def change_asset(session: Session, asset: Asset, changes: Mapping[str, Any], now: datetime) -> Asset:
    """Change what is said of an asset, archive it or take it back; what was prescribed keeps what it had."""
    if "archived" in changes:
        asset.archived_at = (asset.archived_at or now) if changes["archived"] else None
    for name in (*ABOUT, "alt_translations"):
        if name in changes:
            setattr(asset, name, changes[name])
    asset.version += 1
    session.flush()
    return asset
