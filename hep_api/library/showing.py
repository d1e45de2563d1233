"""How an exercise is shown to whoever reads it: in their language, with its pictures.

A prescription keeps the exercise in all its languages, because its reader may change theirs. Snapshots from before
there were languages and pictures lack these; they are read all the same.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from hep_api.foundation.languages import FALLBACK, best_language
from hep_api.library.figures.panels import HEIGHT, WIDTH
from hep_api.library.translating import in_best_language

Json = dict[str, Any]

DRAWING = "drawing"
AUTHOR, LICENCE, SOURCE = "The HEP API authors", "CC0-1.0", "starter"


def shown_exercise(snapshot: Mapping[str, Any], asked: Sequence[str]) -> Json:
    """Return what a reader gets of an exercise as it was prescribed: its texts in the best of the asked languages."""
    older = {"language": FALLBACK, "translations": {}, "author": "", "media": []}
    shown = in_best_language({**older, **snapshot}, asked)
    del shown["translations"], shown["languages"]
    return {**shown, "media": shown_media(shown["media"], shown["name"], shown["language"])}


def shown_media(entries: Sequence[Json], name: str, language: str) -> list[Json]:
    """Return entries with their words in the language in which the exercise is read, `name` its name there."""
    return [_in_language(entry, name, language) for entry in entries]


def media_of(assets: Sequence[Json], drawing_digest: str | None, name: str) -> list[Json]:
    """Return an exercise's own pictures and videos, and last its drawing, if it has one, in all languages."""
    return [*assets, *([_drawing(drawing_digest, name)] if drawing_digest else [])]


def _drawing(digest: str, name: str) -> Json:
    return {
        "kind": DRAWING,
        "url": f"/v1/drawings/{digest}.svg",
        "content_type": "image/svg+xml",
        "width": WIDTH,
        "height": HEIGHT,
        "alt": name,
        "licence": LICENCE,
        "author": AUTHOR,
        "source": SOURCE,
    }


def _in_language(entry: Json, name: str, language: str) -> Json:
    """A drawing shows the exercise that it is named for; a picture says itself what it shows."""
    if entry["kind"] == DRAWING:
        return {**entry, "alt": name}
    alts = entry.get("alt_translations", {})
    alt = alts.get(best_language(alts, [language], ""), entry["alt"])
    return {key: value for key, value in entry.items() if key != "alt_translations"} | {"alt": alt}
