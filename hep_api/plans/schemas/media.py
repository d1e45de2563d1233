"""Links to media in JSON."""

from marshmallow import fields

from hep_api.foundation.web.fields import Id, Instant, Several
from hep_api.foundation.web.schemas import In, Out


class MediaLinksIn(In):
    asset_ids = Several(Id(), least=1, most=100, required=True)


class MediaLinkOut(Out):
    """A link to one rendition. `url` is relative to this server, or the bucket's; whoever has it gets the file."""

    rendition = fields.String()
    url = fields.String()
    expires_at = Instant()


class LinkedAssetOut(Out):
    asset_id = fields.UUID()
    content_type = fields.String()
    bytes = fields.Integer()
    sha256 = fields.String()
    links = fields.List(fields.Nested(MediaLinkOut))


class MediaLinksOut(Out):
    items = fields.List(fields.Nested(LinkedAssetOut))
