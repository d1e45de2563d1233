"""What is removed of media by itself: uploads that nobody goes on with, assets that never arrived, archived ones that
no exercise and no plan has any more, and files that belong to none of these.
"""

from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from sqlalchemy import Select, delete, exists, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hep_api.foundation import tenancy
from hep_api.foundation.database import after_commit
from hep_api.foundation.files.store import files
from hep_api.library import media_files
from hep_api.library.models.assets import Asset, ExerciseAsset, MediaUpload

ARRIVES_WITHIN = timedelta(days=1)
ARCHIVED_FOR = timedelta(days=30)
# Younger files may be on their way to their row.
STRAY_AFTER = timedelta(days=2)


def sweep_media(session: Session, now: datetime) -> None:
    """Sweep every clinic; files go after the commit, so that a row never stands without its files."""
    for clinic_id in tenancy.each_clinic(session):
        _forget_uploads(session, clinic_id, now)
        _forget_assets(session, clinic_id, now)
        _delete_strays(session, clinic_id, now)


def _forget_uploads(session: Session, clinic_id: UUID, now: datetime) -> None:
    ended = (MediaUpload.clinic_id == clinic_id) & (MediaUpload.expires_at <= now)
    for pieces in session.scalars(delete(MediaUpload).where(ended).returning(MediaUpload.pieces)).all():
        for path in pieces:
            after_commit(session, partial(files().delete, path))


def _forget_assets(session: Session, clinic_id: UUID, now: datetime) -> None:
    shows = exists().where(ExerciseAsset.clinic_id == Asset.clinic_id, ExerciseAsset.asset_id == Asset.id)
    unused = select(Asset).where(
        Asset.clinic_id == clinic_id,
        or_(
            Asset.arrived_at.is_(None) & (Asset.created_at <= now - ARRIVES_WITHIN),
            (Asset.archived_at <= now - ARCHIVED_FOR) & ~shows,
        ),
    )
    for asset in session.scalars(unused).all():
        try:
            with session.begin_nested():
                session.delete(asset)
        except IntegrityError:
            # A prescription has it: capabilities above this one keep theirs by a foreign key.
            continue
        after_commit(session, partial(_delete_files, f"{media_files.folder_of_media(clinic_id)}/{asset.id}"))


def _delete_files(prefix: str) -> None:
    files().delete_under(prefix)


def _delete_strays(session: Session, clinic_id: UUID, now: datetime) -> None:
    """Delete old files of no row: a process was killed between the two."""
    known = {str(each) for model in (Asset, MediaUpload) for each in session.scalars(_ids(model, clinic_id))}
    for prefix in (media_files.folder_of_media(clinic_id), media_files.folder_of_uploads(clinic_id)):
        for file in files().list_under(prefix):
            owner = file.path.removeprefix(f"{prefix}/").partition("/")[0]
            if owner not in known and file.changed_at <= now - STRAY_AFTER:
                files().delete(file.path)


def _ids(model: type[Asset] | type[MediaUpload], clinic_id: UUID) -> Select[UUID]:
    return select(model.id).where(model.clinic_id == clinic_id)
