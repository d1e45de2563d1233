"""Media in JSON, and in the fields of a form."""

from typing import Any

from marshmallow import ValidationError, fields, pre_dump

from hep_api.foundation.languages import WRITTEN
from hep_api.foundation.web.fields import Choice, Flag, FlagInQuery, Id, Instant, Several, Text
from hep_api.foundation.web.rules import Broken
from hep_api.foundation.web.schemas import In, Out, PageQuery
from hep_api.library.models.assets import AssetKind, AssetState

MOST_OF_AN_EXERCISE = 12


def _words(most: int) -> Text:
    return Text(least=0, most=most, load_default="")


class AltTranslations(fields.Dict):
    """The text in place of the picture, by language."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> dict[str, str]:
        if not isinstance(value, dict):
            raise ValidationError(Broken("type", "Must be an object."))
        if unknown := sorted(set(map(str, value)) - set(WRITTEN)):
            words = f"Must name languages among {', '.join(WRITTEN)}."
            raise ValidationError({name[:64]: [Broken("choice", words)] for name in unknown[:10]})
        text = Text(most=300)
        return {language: str(text.deserialize(words, attr, data)) for language, words in value.items()}


class AssetFieldsIn(In):
    """What is said of a file beside it. `id` is the sender's own, so that sending again adds nothing."""

    id = Id(load_default=None)
    alt = _words(300)
    licence = _words(120)
    author = _words(200)
    source = _words(500)


class AssetChangesIn(In):
    alt = Text(least=0, most=300)
    alt_translations = AltTranslations()
    licence = Text(least=0, most=120)
    author = Text(least=0, most=200)
    source = Text(least=0, most=500)
    archived = Flag()


class AssetQuery(PageQuery):
    kind = Choice(AssetKind, load_default=None)
    archived = FlagInQuery(load_default=False)


class RenditionOut(Out):
    """One file of an asset. `url` is relative to this server, or the bucket's; whoever has it gets the file."""

    name = fields.String()
    content_type = fields.String()
    bytes = fields.Integer()
    sha256 = fields.String()
    width = fields.Integer(allow_none=True)
    height = fields.Integer(allow_none=True)
    url = fields.String()
    expires_at = Instant()


class AssetOut(Out):
    """A picture or a video of the clinic. While it is `processing` or when it was `refused` it has no renditions.

    `metadata_removed` is false for a video that no FFmpeg has been over: it has no poster, and still says where and
    when it was taken, if it did.
    """

    id = Id()
    kind = Choice(AssetKind)
    state = Choice(AssetState)
    refused_rule = fields.String(allow_none=True)
    content_type = fields.String()
    duration_seconds = fields.Float(allow_none=True)
    metadata_removed = fields.Boolean()
    total_bytes = fields.Integer()
    alt = fields.String()
    alt_translations = fields.Dict(keys=fields.String(), values=fields.String())
    licence = fields.String()
    author = fields.String()
    source = fields.String()
    uploaded_by = Id()
    created_at = Instant()
    archived_at = Instant(allow_none=True)
    version = fields.Integer()
    renditions = fields.List(fields.Nested(RenditionOut))

    @pre_dump
    def with_links(self, shown: Any, **_: Any) -> dict[str, Any]:
        """`shown` is the asset and the links to its renditions."""
        asset, links = shown["asset"], shown["links"]
        renditions = [
            {"name": name, **asset.renditions[name], **link} for name, link in links.get(str(asset.id), {}).items()
        ]
        said = {name: getattr(asset, name) for name in self.fields if name != "renditions"}
        return {**said, "renditions": renditions}


class ExerciseMediaIn(In):
    asset_ids = Several(Id(), most=MOST_OF_AN_EXERCISE, required=True)


class ExerciseMediaOut(Out):
    """The media of an exercise in their order; `version` is the exercise's."""

    id = Id()
    version = fields.Integer()
    media = fields.List(fields.Nested(AssetOut))
