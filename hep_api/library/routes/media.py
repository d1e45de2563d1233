"""HTTP doors of media: adding a picture or a small video in one request, reading, changing what is said of it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from hep_api.accounts.viewer import STAFF, Role, viewer
from hep_api.foundation import clock
from hep_api.foundation.database import transaction
from hep_api.foundation.web import etags
from hep_api.foundation.web.doors import Routes, asks, returns, signed_in, takes
from hep_api.foundation.web.pages import Page
from hep_api.foundation.web.receiving import FILE, receives
from hep_api.foundation.web.schemas import page_of
from hep_api.library import arriving
from hep_api.library.actions import media as actions
from hep_api.library.actions.exercise_media import set_media
from hep_api.library.actions.exercises import exercise_to_change
from hep_api.library.media_links import links_to
from hep_api.library.models.assets import Asset
from hep_api.library.models.exercises import Exercise
from hep_api.library.queries import media as queries
from hep_api.library.queries.exercise_rows import exercise_row_for
from hep_api.library.schemas.media import AssetChangesIn, AssetOut, AssetQuery, ExerciseMediaIn, ExerciseMediaOut

routes = Routes("media", "Pictures and videos of the clinic's exercises. Never of patients.")

TEXT = {"type": "string"}
FORM = {"file": FILE, "id": {"type": "string", "format": "uuid"}, **dict.fromkeys(actions.ABOUT, TEXT)}


def shown(*assets: Asset) -> list[dict[str, Any]]:
    """Return assets as `AssetOut` takes them, with links to their files."""
    links = links_to([queries.entry_of(asset) for asset in assets], clock.now())
    return [{"asset": asset, "links": links, "id": asset.id, "version": asset.version} for asset in assets]


@routes.post("/media")
@signed_in(*STAFF)
@receives(lambda settings: settings.media_video_bytes, "multipart/form-data", FORM)
@returns(AssetOut, 201, tag=etags.by_version)
def add_asset() -> dict[str, Any]:
    """Add a picture or a small video, sent as a form with one `file`; larger ones go by resumable uploads.

    The file's type is told by its bytes. A picture is decoded and encoded anew: nothing but its pixels is kept. A
    video is `processing` until the worker has been over it. Safe to send again with the same `id`: the same file and
    fields give the same answer, others 409.

    Errors: 413 over the limit of its kind; 422 naming `/file` for a type that is not taken or not the declared one,
    for what cannot be read, for too many pixels, and when the clinic's room does not suffice.
    """
    return shown(arriving.add_from_form(viewer(), clock.now()))[0]


@routes.get("/media")
@signed_in(*STAFF)
@asks(AssetQuery)
@returns(page_of(AssetOut))
def list_assets(query: dict[str, Any]) -> Page[Any]:
    """List the clinic's pictures and videos, the newest first."""
    with transaction() as session:
        page = queries.list_assets_for(session, viewer(), query)
    return Page(shown(*page.items), page.next_cursor)


@routes.get("/media/<uuid:asset_id>")
@signed_in(*STAFF)
@returns(AssetOut, tag=etags.by_version)
def get_asset(asset_id: UUID) -> dict[str, Any]:
    """Read what is said of a picture or video, with links to its files."""
    with transaction() as session:
        return shown(queries.asset_for(session, viewer(), asset_id))[0]


@routes.patch("/media/<uuid:asset_id>")
@signed_in(*STAFF)
@takes(AssetChangesIn)
@returns(AssetOut, tag=etags.by_version)
def change_asset(asset_id: UUID, body: dict[str, Any]) -> dict[str, Any]:
    """Change licence, author, source or the text in place of the picture; archive it, or take it back.

    What has been prescribed keeps what it had. An archived one is offered no more; when no exercise and no plan has it
    for thirty days, its files are removed.
    """
    with transaction() as session:
        asset = queries.asset_to_change(session, viewer(), asset_id)
        etags.require_match(asset.id, asset.version)
        return shown(actions.change_asset(session, asset, body, clock.now()))[0]


@routes.get("/exercises/<uuid:exercise_id>/media")
@signed_in(*STAFF)
@returns(ExerciseMediaOut, tag=etags.by_version)
def get_exercise_media(exercise_id: UUID) -> dict[str, Any]:
    """Read which pictures and videos show an exercise, with links to their files; its drawing is not among them."""
    with transaction() as session:
        exercise = exercise_row_for(session, viewer(), exercise_id)
        return _of_exercise(exercise, queries.assets_of_exercise(session, exercise))


@routes.put("/exercises/<uuid:exercise_id>/media")
@signed_in(Role.PRACTITIONER)
@takes(ExerciseMediaIn)
@returns(ExerciseMediaOut, tag=etags.by_version)
def set_exercise_media(exercise_id: UUID, body: dict[str, Any]) -> dict[str, Any]:
    """Let these pictures and videos show an exercise, in this order; whoever may change the exercise may.

    The ETag is the exercise's, and it gets a new version. Plans that prescribe it stay as they were published.

    Errors: 403 `read_only` for the starter set; 422 naming each asset that is unknown, not ready, archived or twice.
    """
    with transaction() as session:
        exercise = exercise_to_change(session, viewer(), exercise_id)
        etags.require_match(exercise.id, exercise.version)
        set_media(session, exercise, body["asset_ids"])
        return _of_exercise(exercise, queries.assets_of_exercise(session, exercise))


def _of_exercise(exercise: Exercise, assets: Sequence[Asset]) -> dict[str, Any]:
    return {"id": exercise.id, "version": exercise.version, "media": shown(*assets)}
