"""Resumable uploads in JSON, for whoever does not read the headers of tus."""

from marshmallow import fields

from hep_api.foundation.web.fields import Id, Instant
from hep_api.foundation.web.schemas import Out


class UploadOut(Out):
    """How far an upload has come. Once `finished_at` is set, it is what it was sent for, by the same id."""

    id = Id()
    content_type = fields.String()
    total_bytes = fields.Integer()
    received_bytes = fields.Integer()
    created_at = Instant()
    expires_at = Instant()
    finished_at = Instant(allow_none=True)
