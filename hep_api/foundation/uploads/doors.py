"""What the doors of resumable uploads do, whatever is uploaded: ask how far, go on, take back, in the words of tus."""

from datetime import datetime
from uuid import UUID

from flask import Response, after_this_request, request

from hep_api.foundation.errors import Problem
from hep_api.foundation.uploads import piecing, tus
from hep_api.foundation.uploads.columns import Arriving
from hep_api.foundation.uploads.course import Course, U
from hep_api.foundation.web.receiving import recognised_again


def go_on(course: Course[U], upload_id: UUID, now: datetime) -> None:
    """Take the next piece, which the request brings."""
    with recognised_again() as session:
        upload = course.upload_for(session, upload_id, now)
        course.note_part(session)
    tus.refuse_other_versions()
    if request.method == "POST" and request.headers.get("X-HTTP-Method-Override") != "PATCH":
        raise Problem("method_not_allowed", 405, "Send PATCH.", headers={"Allow": "PATCH, GET, HEAD, DELETE"})
    if request.mimetype != tus.PIECE:
        raise Problem("not_a_piece", 415, f"Send the piece as {tus.PIECE}.")
    told(piecing.take_pieces(course, upload, tus.number("Upload-Offset"), now))


def take_back(course: Course[U], upload_id: UUID, now: datetime) -> None:
    """Take back an upload with all that has come of it."""
    with recognised_again() as session:
        course.upload_for(session, upload_id, now)
        course.note_part(session)
    tus.refuse_other_versions()
    piecing.remove(course, upload_id, now)


def told(upload: U, location: str = "") -> U:
    """Say in the answer's headers how far an upload has come, and where a new one goes on; return it."""

    @after_this_request
    def tell(response: Response) -> Response:
        if location:
            response.headers["Location"] = location
        return _how_far(response, upload)

    return upload


def _how_far(response: Response, upload: Arriving) -> Response:
    return tus.told(response, upload.received_bytes, upload.total_bytes, upload.expires_at)
