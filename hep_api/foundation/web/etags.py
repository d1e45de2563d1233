"""ETags: a phone that has the newest answer gets 304; a practitioner who edits an older state gets 412.

An entity's tag is its id, its version, and a digest of what was shown. `If-Match` looks at the version only, under the
row's lock; the digest keeps `If-None-Match` honest when what is shown beside the row (a status, a care team) changed.
"""

import hashlib
from collections.abc import Callable
from typing import Any

from flask import Response, request

from hep_api.foundation.errors import Problem

Tagger = Callable[[Any, Response], str]

BEFORE_DIGEST = "."


def by_version(value: Any, response: Response) -> str:
    """Tag of a value with an `id` and a `version`, as attributes or keys."""
    named = (value["id"], value["version"]) if isinstance(value, dict) else (value.id, value.version)
    return f"{version_tag(*named)}{BEFORE_DIGEST}{by_body(value, response)}"


def by_body(_: Any, response: Response) -> str:
    """Tag of an answer without a version of its own: a digest of its bytes."""
    return hashlib.sha256(response.get_data()).hexdigest()[:32]


def version_tag(identifier: Any, version: int) -> str:
    return f"{identifier}-{version}"


def tagged(response: Response, tag: str) -> Response:
    """Set the ETag; turn the answer into 304 when If-None-Match holds it."""
    response.set_etag(tag)
    response.headers["Cache-Control"] = "private, no-cache"
    if request.method in ("GET", "HEAD") and request.if_none_match.contains_weak(tag):
        response.status_code = 304
        response.set_data(b"")
        del response.headers["Content-Type"]
    return response


def require_match(identifier: Any, version: int) -> None:
    """Check If-Match against the row that the caller holds locked: 428 without the header, 412 when it is stale."""
    require_header()
    present = version_tag(identifier, version)
    # Werkzeug gives None for an empty tag.
    named = {tag.partition(BEFORE_DIGEST)[0] for tag in request.if_match.as_set() if tag}
    if present not in named and not request.if_match.star_tag:
        raise _changed_meanwhile()


def require_match_or_new(row: Any | None) -> None:
    """Check the header for a PUT that makes or changes: If-None-Match: * where there is nothing (`row` None), If-Match
    with the tag of what is there; 428 without either, 412 for the wrong one.
    """
    expects_nothing = request.if_none_match.star_tag
    if not expects_nothing:
        require_header()
    if expects_nothing and row is None:
        return
    if expects_nothing or row is None:
        raise _changed_meanwhile()
    require_match(row.id, row.version)


def require_header() -> None:
    """Refuse a request that does not say which version it changes."""
    if not request.if_match:
        raise Problem("if_match_missing", 428, "Send If-Match with the ETag of the version that you changed.")


def _changed_meanwhile() -> Problem:
    return Problem("changed_meanwhile", 412, "It was changed meanwhile; read it again and repeat your change.")
