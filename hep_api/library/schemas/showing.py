"""Pictures, videos and drawings of an exercise in JSON, as the library shows them and as a prescription keeps them."""

from typing import Any

from marshmallow import fields

from hep_api.foundation.web.fields import one_of
from hep_api.foundation.web.schemas import Out

ALWAYS = ("kind", "content_type", "width", "height", "alt", "licence", "author", "source")


class MediaEntryOut(Out):
    """A drawing has a `url` that anyone may fetch; a picture or video an `asset_id`, for which one asks for links."""

    kind = fields.String(validate=one_of(["drawing", "picture", "video"]))
    url = fields.String(metadata={"description": "of a drawing: its address at this server"})
    asset_id = fields.UUID()
    clinic_id = fields.UUID(metadata={"description": "of a picture or video: whose it is"})
    content_type = fields.String()
    width = fields.Integer(allow_none=True)
    height = fields.Integer(allow_none=True)
    bytes = fields.Integer()
    sha256 = fields.String()
    duration_seconds = fields.Float(allow_none=True)
    alt = fields.String(metadata={"description": "what it shows, in words"})
    licence = fields.String()
    author = fields.String()
    source = fields.String(allow_none=True)
    renditions = fields.List(fields.String(validate=one_of(["original", "thumbnail", "poster"])))

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        field_obj.required = field_name in ALWAYS
