"""HTTP doors of resumable uploads to a conversation, which tus clients use by themselves."""

from uuid import UUID

from flask import Response, url_for

from hep_api.accounts.viewer import viewer
from hep_api.foundation import clock
from hep_api.foundation.database import transaction
from hep_api.foundation.uploads import doors, tus
from hep_api.foundation.uploads.claiming import digest_of_sending
from hep_api.foundation.uploads.course import TYPE_POINTER
from hep_api.foundation.uploads.schemas import UploadOut
from hep_api.foundation.web.doors import Routes, load, returns, signed_in
from hep_api.foundation.web.receiving import receives
from hep_api.messaging.actions import attachments as actions
from hep_api.messaging.attachments import files as attachment_files
from hep_api.messaging.models.attachments import Attachment
from hep_api.messaging.routes.messages import PARTICIPANTS
from hep_api.messaging.schemas.attachments import AttachmentFieldsIn

routes = Routes("attachment_uploads", "Resumable uploads of what a message carries, by tus 1.0.")

FIELDS = AttachmentFieldsIn()
# Clients fill in one or the other.
NAME_KEYS = ("filename", "name")


@routes.after_request  # type: ignore[untyped-decorator]
def speak_tus(response: Response) -> Response:
    """Let every answer here be one that a tus client understands."""
    return tus.speak(response, attachment_files.taken().most_of_all)


@routes.post("/conversations/<uuid:conversation_id>/attachments/uploads")
@signed_in(*PARTICIPANTS)
@returns(UploadOut, 201)
@tus.heeds("Tus-Resumable", "Upload-Length", "Upload-Metadata")
def begin_attachment_upload(conversation_id: UUID) -> Attachment:
    """Begin a resumable upload to a conversation: Upload-Length says its size, Upload-Metadata its `filetype`.

    The metadata may also hold `id`, and of a PDF `filename`. The attachment will have the upload's id; when it is whole
    it waits for its message like any other. Safe to send again with the same `id`.

    Errors: 409 `conversation_ended`, or for an id that is taken; 412 for another version of tus; 413 over the limit of
    its kind; 422 naming the header for a type that is not taken, when the clinic's room does not suffice, and when too
    many files wait for a message.
    """
    tus.refuse_other_versions()
    told, size = tus.metadata(), tus.number("Upload-Length")
    kind = attachment_files.taken().declared(tus.declared_type(told), TYPE_POINTER)
    attachment_files.taken().refuse_size(size, kind.kind, "/Upload-Length")
    fields = load(FIELDS, {name: told[name] for name in ("id",) if name in told})
    said = {
        "id": fields["id"],
        "name": attachment_files.name_to_show(next((told[key] for key in NAME_KEYS if key in told), ""), kind),
        "total_bytes": size,
        "sent_digest": digest_of_sending(viewer().member_id, conversation_id, kind.content_type, size),
    }
    with transaction() as session:
        upload = actions.claim_attachment(session, viewer(), conversation_id, said, kind, clock.now(), "/Upload-Length")
    where = url_for("attachment_uploads.get_attachment_upload", conversation_id=conversation_id, upload_id=upload.id)
    return doors.told(upload, where)


@routes.get("/conversations/<uuid:conversation_id>/attachments/uploads/<uuid:upload_id>")
@signed_in(*PARTICIPANTS)
@returns(UploadOut)
def get_attachment_upload(conversation_id: UUID, upload_id: UUID) -> Attachment:
    """Ask how far an upload of one's own has come; a tus client does so by HEAD.

    Errors: 409 `conversation_ended`; 410 when it was not gone on with for a day.
    """
    with transaction() as session:
        course = actions.course_of(viewer(), conversation_id)
        return doors.told(course.upload_for(session, upload_id, clock.now()))


@routes.patch("/conversations/<uuid:conversation_id>/attachments/uploads/<uuid:upload_id>")
@signed_in(*PARTICIPANTS)
@receives(lambda settings: settings.media_video_bytes, tus.PIECE)
@returns(None, 204)
@tus.heeds("Tus-Resumable", "Upload-Offset")
def continue_attachment_upload(conversation_id: UUID, upload_id: UUID) -> None:
    """Send the next piece of an upload, from Upload-Offset on. With the last one it is whole.

    What has come is kept also when the connection is lost in between: ask how far it is, and go on there.

    Errors: 409 for another offset, or `conversation_ended`; 410 when it was not gone on with for a day; 412 for another
    version of tus; 413 for more than was declared; 422 when it is not of the declared type: then the upload is gone;
    423 while another request adds to it.
    """
    doors.go_on(actions.course_of(viewer(), conversation_id), upload_id, clock.now())


@routes.post("/conversations/<uuid:conversation_id>/attachments/uploads/<uuid:upload_id>")
@signed_in(*PARTICIPANTS)
@receives(lambda settings: settings.media_video_bytes, tus.PIECE)
@returns(None, 204)
@tus.heeds("Tus-Resumable", "Upload-Offset", "X-HTTP-Method-Override")
def continue_attachment_upload_by_post(conversation_id: UUID, upload_id: UUID) -> None:
    """The same as PATCH, for tus clients that cannot send one: with X-HTTP-Method-Override: PATCH.

    Errors: as for PATCH, 409, 410, 412, 413, 422 and 423.
    """
    doors.go_on(actions.course_of(viewer(), conversation_id), upload_id, clock.now())


@routes.delete("/conversations/<uuid:conversation_id>/attachments/uploads/<uuid:upload_id>")
@signed_in(*PARTICIPANTS)
@returns(None, 204)
@tus.heeds("Tus-Resumable")
def remove_attachment_upload(conversation_id: UUID, upload_id: UUID) -> None:
    """Take back an upload with all that has come of it; once it is whole, that stays (and is taken back as such).

    Errors: 409 `conversation_ended`; 410 when it was not gone on with for a day; 412 for another version of tus; 423
    while a piece is coming.
    """
    doors.take_back(actions.course_of(viewer(), conversation_id), upload_id, clock.now())
