"""HTTP doors of resumable uploads, which tus clients use by themselves: begin, ask how far, go on, take back."""

from uuid import UUID

from flask import Response, url_for

from hep_api.accounts.viewer import STAFF, viewer
from hep_api.foundation import clock
from hep_api.foundation.database import transaction
from hep_api.foundation.uploads import doors, tus
from hep_api.foundation.uploads.course import TYPE_POINTER
from hep_api.foundation.uploads.schemas import UploadOut
from hep_api.foundation.web.doors import Routes, load, returns, signed_in
from hep_api.foundation.web.receiving import receives
from hep_api.library import media_files
from hep_api.library.actions import uploads
from hep_api.library.models.assets import MediaUpload
from hep_api.library.schemas.media import AssetFieldsIn

routes = Routes("media_uploads", "Resumable uploads of pictures and videos, by tus 1.0.")

FIELDS = AssetFieldsIn()
TAKEN_FROM_METADATA = ("id", "alt", "licence", "author", "source")


@routes.after_request  # type: ignore[untyped-decorator]
def speak_tus(response: Response) -> Response:
    """Let every answer here be one that a tus client understands."""
    return tus.speak(response, media_files.taken().most_of_all)


@routes.post("/media/uploads")
@signed_in(*STAFF)
@returns(UploadOut, 201)
@tus.heeds("Tus-Resumable", "Upload-Length", "Upload-Metadata")
def begin_upload() -> MediaUpload:
    """Begin a resumable upload: Upload-Length says its size, Upload-Metadata its `filetype`.

    The metadata may also hold `id`, `alt`, `licence`, `author` and `source`; a file's name is not kept. The asset will
    have the upload's id. Safe to send again with the same `id`.

    Errors: 412 for another version of tus; 413 over the limit of its kind; 409 for an id that is taken; 422 naming the
    header for a type that is not taken, and when the clinic's room does not suffice.
    """
    tus.refuse_other_versions()
    said, size, now = tus.metadata(), tus.number("Upload-Length"), clock.now()
    kind = media_files.taken().declared(tus.declared_type(said), TYPE_POINTER)
    media_files.taken().refuse_size(size, kind.kind, "/Upload-Length")
    fields = load(FIELDS, {name: said[name] for name in TAKEN_FROM_METADATA if name in said})
    with transaction() as session:
        upload = uploads.begin_upload(session, viewer(), fields, kind, size, now)
    return doors.told(upload, url_for("media_uploads.get_upload", upload_id=upload.id))


@routes.get("/media/uploads/<uuid:upload_id>")
@signed_in(*STAFF)
@returns(UploadOut)
def get_upload(upload_id: UUID) -> MediaUpload:
    """Ask how far an upload of one's own has come; a tus client does so by HEAD.

    Errors: 410 when it was not gone on with for a day.
    """
    with transaction() as session:
        return doors.told(uploads.course_of(viewer()).upload_for(session, upload_id, clock.now()))


@routes.patch("/media/uploads/<uuid:upload_id>")
@signed_in(*STAFF)
@receives(lambda settings: settings.media_video_bytes, tus.PIECE)
@returns(None, 204)
@tus.heeds("Tus-Resumable", "Upload-Offset")
def continue_upload(upload_id: UUID) -> None:
    """Send the next piece of an upload, from Upload-Offset on. With the last one it becomes an asset.

    What has come is kept also when the connection is lost in between: ask how far it is, and go on there.

    Errors: 409 for another offset; 410 when it was not gone on with for a day; 412 for another version of tus; 413 for
    more than was declared; 422 when it is not of the declared type: then the upload is gone; 423 while another request
    adds to it.
    """
    doors.go_on(uploads.course_of(viewer()), upload_id, clock.now())


@routes.post("/media/uploads/<uuid:upload_id>")
@signed_in(*STAFF)
@receives(lambda settings: settings.media_video_bytes, tus.PIECE)
@returns(None, 204)
@tus.heeds("Tus-Resumable", "Upload-Offset", "X-HTTP-Method-Override")
def continue_upload_by_post(upload_id: UUID) -> None:
    """The same as PATCH, for tus clients that cannot send one: with X-HTTP-Method-Override: PATCH.

    Errors: as for PATCH, 409, 410, 412, 413, 422 and 423.
    """
    doors.go_on(uploads.course_of(viewer()), upload_id, clock.now())


@routes.delete("/media/uploads/<uuid:upload_id>")
@signed_in(*STAFF)
@returns(None, 204)
@tus.heeds("Tus-Resumable")
def remove_upload(upload_id: UUID) -> None:
    """Take back an upload with all that has come of it; once it is an asset, that stays.

    Errors: 410 when it was not gone on with for a day; 412 for another version of tus; 423 while a piece is coming.
    """
    doors.take_back(uploads.course_of(viewer()), upload_id, clock.now())
