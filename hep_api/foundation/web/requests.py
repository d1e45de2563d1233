"""Reads what a request carries: its body, within the size limit however it is sent, its query, and where it is from."""

from typing import Any

from flask import request
from marshmallow import Schema
from werkzeug.exceptions import RequestEntityTooLarge

from hep_api.foundation.errors import Problem
from hep_api.foundation.web import strict_json

# A request with neither has no body.
BODY_NAMED = frozenset({"CONTENT_LENGTH", "HTTP_TRANSFER_ENCODING"})


def client_address() -> str | None:
    """Return the address of whoever sent the request, as far as it can be believed (HEP_TRUSTED_PROXIES)."""
    return request.remote_addr


def bearer_token() -> str | None:
    """Return the request's bearer token, None when there is none."""
    try:
        authorization = request.authorization
    except ValueError:
        # Werkzeug decodes the other schemes on its own, and fails on a Basic that is not ASCII.
        return None
    return authorization.token if authorization is not None and authorization.type == "bearer" else None


def lower_limit(most_bytes: int) -> None:
    """Take no larger body than `most_bytes` in this request, whatever the server takes elsewhere."""
    request.max_content_length = min(most_bytes, request.max_content_length or most_bytes)


def body() -> bytes:
    """Return the whole body; raise 413 when it is larger than the server takes."""
    if not BODY_NAMED.intersection(request.environ):
        return b""
    read = request.get_data(cache=True)
    limit = request.max_content_length
    if request.content_length is None and limit is not None and len(read) >= limit:
        # A body in chunks names no length, and Werkzeug cuts it off at the limit without a word.
        raise RequestEntityTooLarge
    return read


def json() -> Any:
    """Return the body as strict JSON; raise 415 or 400."""
    if request.mimetype != "application/json":
        raise Problem("not_json", 415, "Send the body as application/json.")
    return strict_json.loads(body())


def query(loader: Schema) -> dict[str, Any]:
    """Return the query as a dict; a parameter given twice stays a list and is refused by any field but a list."""
    return {
        name: values if len(values) > 1 or _takes_many(loader, name) else values[0]
        for name, values in request.args.lists()
    }


def _takes_many(loader: Schema, name: str) -> bool:
    field = loader.fields.get(name)
    return bool(field is not None and field.metadata.get("many"))
