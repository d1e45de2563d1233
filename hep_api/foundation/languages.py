"""Which language somebody reads: what they ask for, matched with what is there.

A language is a BCP 47 tag of one or two parts ("de", "pt-BR"). What the product writes itself, doses in words and
handouts, is there in `WRITTEN`; what a clinic writes, in whatever languages it has.
"""

import re
from collections.abc import Collection, Sequence
from functools import lru_cache

from flask import has_request_context, request
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

WRITTEN = ("en", "es", "de", "fr")
FALLBACK = "en"
TAG = re.compile(r"[a-z]{2,3}(-[A-Z]{2}|-[A-Z][a-z]{3}|-[0-9]{3})?")
# More is not read: a header is the client's to make as long as it likes, and sorting it costs.
MOST_ASKED = 10
LONGEST_HEADER = 1000
# Phones of one make send the same, all day.
MOST_HEADERS = 256


def asked_languages() -> Sequence[str]:
    """Return the languages of the request's Accept-Language, the dearest first; none outside of a request."""
    if not has_request_context():
        return ()
    return _read(request.headers.get("Accept-Language", "")[:LONGEST_HEADER])


@lru_cache(MOST_HEADERS)
def _read(header: str) -> tuple[str, ...]:
    asked = (tag for tag, weight in parse_accept_header(header, LanguageAccept) if weight > 0 and tag != "*")
    return tuple(tag for _, tag in zip(range(MOST_ASKED), asked, strict=False))


def best_language(there: Collection[str], asked: Sequence[str], fallback: str = FALLBACK) -> str:
    """Return the one of `there` that suits best what was asked for, else `fallback`, whether that is there or not.

    "de-AT" is served by "de", and "de" by "de-CH" where there is no plain "de".
    """
    for tag in asked:
        for suits in (_is_same, _is_plain_form, _is_of_the_language):
            found = next((one for one in sorted(there) if suits(one, tag)), None)
            if found is not None:
                return found
    return fallback


def _is_same(there: str, asked: str) -> bool:
    return there.casefold() == asked.casefold()


def _is_plain_form(there: str, asked: str) -> bool:
    return there.casefold() == _language(asked)


def _is_of_the_language(there: str, asked: str) -> bool:
    return _language(there) == _language(asked)


def _language(tag: str) -> str:
    return tag.partition("-")[0].casefold()
