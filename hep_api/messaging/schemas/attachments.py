"""Attachments in JSON, and in the fields of a form."""

from marshmallow import fields

from hep_api.foundation.media.sniffing import MediaKind
from hep_api.foundation.web.fields import Choice, Id, Instant, Several
from hep_api.foundation.web.schemas import In, Out
from hep_api.messaging.models.attachments import AttachmentState, RefusedRule

MOST_LINKS = 50


class AttachmentFieldsIn(In):
    """What is said of a file beside it. `id` is the sender's own, so that sending again adds nothing."""

    id = Id(load_default=None)


class AttachedFileOut(Out):
    """One file of an attachment. Links to it are asked for when it is to be shown; `sha256` knows it again."""

    name = fields.String(metadata={"description": "`original`, `thumbnail`, or of a video `poster`"})
    content_type = fields.String()
    bytes = fields.Integer()
    sha256 = fields.String()
    width = fields.Integer(allow_none=True)
    height = fields.Integer(allow_none=True)


class AttachmentOut(Out):
    """A picture, a video, a voice or a PDF of a conversation.

    Until it is `ready` it has no renditions; `message.changed` tells when it is, or was `refused`. `metadata_removed`
    is false for a PDF, which stays as it was sent, and for a video or a voice that no FFmpeg has been over.
    """

    id = Id()
    kind = Choice(MediaKind)
    state = Choice(AttachmentState)
    refused_rule = Choice(RefusedRule, allow_none=True)
    content_type = fields.String()
    name = fields.String(allow_none=True, metadata={"description": "what a PDF is called; null for all others"})
    total_bytes = fields.Integer(metadata={"description": "as it was sent"})
    duration_seconds = fields.Float(allow_none=True)
    metadata_removed = fields.Boolean()
    renditions = fields.List(fields.Nested(AttachedFileOut))


class AttachmentLinksIn(In):
    attachment_ids = Several(Id(), most=MOST_LINKS, required=True)


class AttachmentLinkOut(Out):
    """Where one file is fetched. `url` is relative to this server, or the bucket's; whoever has it gets the file."""

    rendition = fields.String()
    url = fields.String()
    expires_at = Instant()


class LinkedAttachmentOut(Out):
    id = Id()
    links = fields.List(fields.Nested(AttachmentLinkOut))


class AttachmentLinksOut(Out):
    items = fields.List(fields.Nested(LinkedAttachmentOut))
