"""JSON shapes of a clinic's content list, and of what was sent from it."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from marshmallow import ValidationError, fields, validates_schema

from hep_api.dosing.schemas import AsStored
from hep_api.foundation.languages import FALLBACK
from hep_api.foundation.web import strict_values
from hep_api.foundation.web.fields import Choice, FlagInQuery, Id, Instant, Several, Text
from hep_api.foundation.web.languages import Language
from hep_api.foundation.web.rules import Broken
from hep_api.foundation.web.schemas import In, Out, PageQuery
from hep_api.foundation.web.strict_values import refusal
from hep_api.messaging.models.content import ContentKind
from hep_api.messaging.schemas.languages import ByLanguage, refuse_without_own
from hep_api.messaging.schemas.messages import LONGEST_MESSAGE
from hep_api.plans.schemas.exercises import PrescribedExerciseOut
from hep_api.plans.schemas.media import MediaLinkOut

CLIENT_MADE_ID = {"description": "made by the client; sent again with the same content it gives the same answer"}
PLAIN = {"description": "plain text, to be shown as it is: no markup is read"}
# Printable ASCII without what would end an attribute of a page; a patient is led nowhere without TLS.
SAFE_ADDRESS = re.compile(r"https://[!#-&(-;=?-\[\]_a-z~]{1,490}")
HOST = re.compile(r"(?:[a-z0-9]([a-z0-9-]*[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]*[a-z0-9])?\.?")


class SafeAddress(fields.String):
    """The https address of a web page: of a host by its name, without a user, without control characters."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> str:
        if not SAFE_ADDRESS.fullmatch(strict_values.text(value)) or not _leads_somewhere(value):
            raise refusal("url", "Must be an address that begins with https:// and a host, of 500 characters at most.")
        return str(value)


def _leads_somewhere(address: str) -> bool:
    try:
        parts = urlsplit(address)
        is_whole = parts.port != 0 and HOST.fullmatch(parts.hostname or "") is not None
    except ValueError:
        return False
    # What stands before an @ looks like the host, and is none.
    hides_nothing = not any(unicodedata.category(letter) == "Cc" for letter in unquote(address))
    return is_whole and "@" not in parts.netloc and hides_nothing


class ContentTextsIn(In):
    """What a piece says in one language."""

    title = Text(most=200, required=True)
    summary = Text(least=0, most=1000, lines=True, load_default="")
    paragraphs = Several(Text(most=4000, lines=True), most=40, load_default=list, metadata=PLAIN)
    link = SafeAddress(load_default=None, allow_none=True, metadata={"description": "https only, to read on"})


class ContentChangeIn(In):
    """The whole of a piece: an article to read, or an exercise of the library with words about it."""

    kind = Choice(ContentKind, required=True)
    language = Language(load_default=FALLBACK, metadata={"description": "of the texts that are there in any case"})
    texts = ByLanguage(fields.Nested(ContentTextsIn), required=True)
    tags = Several(Text(most=60), most=20, load_default=list)
    exercise_id = Id(load_default=None, allow_none=True, metadata={"description": "of kind `exercise`: which one"})

    @validates_schema(skip_on_field_errors=True)
    def refuse_what_makes_no_sense(self, data: dict[str, Any], **_: Any) -> None:
        refuse_without_own(data, "texts")
        _refuse_other_kind(data)
        if len(set(data["tags"])) < len(data["tags"]):
            raise ValidationError({"tags": [Broken("repeated", "Name each one once.")]})


class ContentIn(ContentChangeIn):
    id = Id(load_default=None, allow_none=True, metadata=CLIENT_MADE_ID)


class ContentQuery(PageQuery):
    q = Text(most=200, load_default=None, metadata={"description": "words of titles, summaries, paragraphs, tags"})
    kind = Choice(ContentKind, load_default=None)
    tag = Text(most=60, load_default=None)
    archived = FlagInQuery(load_default=False, metadata={"description": "true: only what was archived"})


class ContentTextsOut(Out):
    title = fields.String()
    summary = fields.String()
    paragraphs = fields.List(fields.String(), metadata=PLAIN)
    link = fields.String(allow_none=True)


class ContentSummaryOut(Out):
    """A piece in a list, by its title in the reader's language."""

    id = fields.UUID()
    kind = Choice(ContentKind)
    title = fields.String()
    summary = fields.String()
    languages = fields.List(fields.String(), metadata={"description": "in which it is written, its own first"})
    tags = fields.List(fields.String())
    exercise_id = fields.UUID(allow_none=True)
    version = fields.Integer()
    changed_at = fields.DateTime()
    archived_at = fields.DateTime(allow_none=True)


class ContentOut(Out):
    """A piece in full, in all its languages, for whoever edits it."""

    id = fields.UUID()
    kind = Choice(ContentKind)
    language = fields.String()
    texts = fields.Dict(keys=fields.String(), values=fields.Nested(ContentTextsOut))
    tags = fields.List(fields.String())
    exercise_id = fields.UUID(allow_none=True)
    author_id = fields.UUID(metadata={"description": "the member who began it"})
    version = fields.Integer()
    created_at = fields.DateTime()
    changed_at = fields.DateTime()
    archived_at = fields.DateTime(allow_none=True)


class ContentMessageIn(In):
    client_id = Id(
        required=True, metadata={"description": "made by the sender, once for each message, as of any other message"}
    )
    content_id = Id(required=True)
    body = Text(
        least=0,
        most=LONGEST_MESSAGE,
        lines=True,
        load_default="",
        metadata={"description": "the sender's own words beside it; without any the message says the title"},
    )


class OpeningIn(In):
    opened_at = Instant(
        load_default=None,
        allow_none=True,
        metadata={"description": "when, on a phone that was offline; else now. Kept between the sending and now"},
    )


class OpeningOut(Out):
    member_id = fields.UUID()
    opened_at = fields.DateTime()


class SentMediaLinksOut(Out):
    asset_id = fields.UUID()
    links = fields.List(fields.Nested(MediaLinkOut))


class SentContentSummaryOut(Out):
    """What was sent, and who has opened it."""

    seq = fields.Integer(metadata={"description": "the number of the message that carries it"})
    content_id = fields.UUID()
    version = fields.Integer(metadata={"description": "which version of the piece was sent"})
    kind = Choice(ContentKind)
    title = fields.String(metadata={"description": "in the reader's language, as far as it was written in it"})
    sent_by = fields.UUID()
    sent_at = fields.DateTime()
    opened = fields.List(fields.Nested(OpeningOut), metadata={"description": "empty until the patient opened it"})


class SentContentOut(SentContentSummaryOut):
    """A piece as it read when it was sent, in the reader's language."""

    conversation_id = fields.UUID()
    language = fields.String(metadata={"description": "of the texts"})
    summary = fields.String()
    paragraphs = fields.List(fields.String(), metadata=PLAIN)
    link = fields.String(allow_none=True)
    exercise = AsStored(PrescribedExerciseOut, allow_none=True)
    media_links = fields.List(
        fields.Nested(SentMediaLinksOut),
        metadata={"description": "links to the exercise's pictures and videos; they live about an hour"},
    )


class ContentOpenedOut(Out):
    """That somebody opened what a message carries."""

    conversation_id = fields.UUID()
    seq = fields.Integer()
    member_id = fields.UUID()
    opened_at = fields.DateTime()


def _refuse_other_kind(data: Mapping[str, Any]) -> None:
    """Refuse an article without anything to read, or with an exercise, and an exercise that is not named."""
    is_exercise = data["kind"] is ContentKind.EXERCISE
    if is_exercise and data["exercise_id"] is None:
        raise ValidationError({"exercise_id": [Broken("required", "Say which exercise it is.")]})
    if not is_exercise and data["exercise_id"] is not None:
        raise ValidationError({"exercise_id": [Broken("kind", "An article has no exercise.")]})
    empty = [tag for tag, said in data["texts"].items() if not said["paragraphs"] and not said["link"]]
    if not is_exercise and empty:
        words = "An article has a paragraph, or a link, at least."
        raise ValidationError({"texts": {tag: {"paragraphs": [Broken("required", words)]} for tag in empty}})
