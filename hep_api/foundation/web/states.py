"""Answers under an ETag that is known before they are made: of the state of what they show, not of their bytes.

Whoever holds the newest gets 304 for the price of reading the state. A new version of the code shows things anew, so
its digest is part of every such tag; what is signed anew each time (links) is not.
"""

import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from flask import Response, current_app, request

from hep_api.foundation.languages import WRITTEN, best_language
from hep_api.foundation.web.bodies import Bodies
from hep_api.foundation.web.etags import tagged

CODE = Path(__file__).parents[2]
NO_BODY = b""


@cache
def shape() -> str:
    """Return a digest of the product's code, by which every process of one version makes the same tags."""
    digest = hashlib.sha256()
    for file in sorted(CODE.rglob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def tag_of(*marks: Any) -> str:
    """Return the tag of an answer that these values decide; texts, numbers, dates and ids, in a fixed order."""
    said = "\0".join((shape(), *map(str, marks)))
    return hashlib.sha256(said.encode(errors="surrogatepass")).hexdigest()[:32]


def is_held(tag: str) -> bool:
    """Say whether who asks has the answer of this tag already."""
    return request.if_none_match.contains_weak(tag)


def remembered(tag: str) -> bytes | None:
    """Return the body that was made under a tag a moment ago, if this process still has it."""
    return _bodies().find(tag)


def remember(tag: str, body: bytes) -> bytes:
    """Keep a body for whoever asks for the same, and return it."""
    _bodies().keep(tag, body)
    return body


def _bodies() -> Bodies:
    found: Bodies = current_app.extensions["hep_bodies"]
    return found


def answer(tag: str, body: bytes = NO_BODY, *, asked: Sequence[str]) -> Response:
    """Return JSON under its tag; 304, whatever the body, to who has it.

    It says in which language the product speaks to who asked for these: what others wrote may be in another.
    """
    response = tagged(Response(body, mimetype="application/json"), tag)
    response.vary.add("Accept-Language")
    response.headers["Content-Language"] = best_language(WRITTEN, asked)
    return response
