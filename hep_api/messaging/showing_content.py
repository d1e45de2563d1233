"""What was sent of a clinic's content, as somebody reads it: in their language, with links to pictures and videos."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from hep_api.foundation.languages import best_language
from hep_api.library.media_links import links_to
from hep_api.library.showing import shown_exercise
from hep_api.messaging.queries.sent_content import Sent


def in_a_list(sent: Sent, languages: Sequence[str]) -> dict[str, Any]:
    """Return what a list says of it."""
    return {**_facts(sent), "title": _texts(sent, languages)[1]["title"]}


def in_full(sent: Sent, languages: Sequence[str], now: datetime) -> dict[str, Any]:
    """Return all of it; the links live about an hour."""
    language, texts = _texts(sent, languages)
    entries = [] if sent.exercise is None else sent.exercise["media"]
    links = [
        {"asset_id": asset_id, "links": [{"rendition": name, **link} for name, link in linked.items()]}
        for asset_id, linked in links_to(entries, now).items()
    ]
    exercise = None if sent.exercise is None else shown_exercise(sent.exercise, languages)
    return {**_facts(sent), **texts, "language": language, "exercise": exercise, "media_links": links}


def _texts(sent: Sent, languages: Sequence[str]) -> tuple[str, dict[str, Any]]:
    language = best_language(sent.texts, languages, sent.language)
    return language, sent.texts[language]


def _facts(sent: Sent) -> dict[str, Any]:
    names = ("conversation_id", "seq", "content_id", "version", "kind", "sent_by", "sent_at", "opened")
    return {name: getattr(sent, name) for name in names}
