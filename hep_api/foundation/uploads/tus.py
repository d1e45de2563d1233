"""The words of tus 1.0 (https://tus.io/protocols/resumable-upload), as its clients on phones and in browsers speak it:
core, creation, termination, expiration. What comes in headers is read here, strictly.
"""

import base64
import binascii
from collections.abc import Callable
from datetime import datetime
from email.utils import format_datetime

from flask import Response, request

from hep_api.foundation.errors import Problem, invalid_field
from hep_api.foundation.web.documenting import View, document

VERSION = "1.0.0"
EXTENSIONS = "creation,expiration,termination"
PIECE = "application/offset+octet-stream"
# Clients fill in one or the other.
TYPE_KEYS = ("filetype", "type")
MOST_OF_METADATA = 8_000


_HEADERS = {
    "Tus-Resumable": ("the version of tus that the client speaks", {"type": "string", "enum": [VERSION]}),
    "Upload-Length": ("how many bytes the whole has", {"type": "integer", "minimum": 1}),
    "Upload-Metadata": (
        "`key value` pairs, values in base64, between commas: `filetype`, and what the form may hold beside its file",
        {"type": "string", "maxLength": MOST_OF_METADATA},
    ),
    "Upload-Offset": ("how many bytes have come before this piece", {"type": "integer", "minimum": 0}),
    "X-HTTP-Method-Override": ("what is meant", {"type": "string", "enum": ["PATCH"]}),
}


def heeds(*headers: str) -> Callable[[View], View]:
    """Say in the contract which headers a door needs; stands below `returns`."""

    def decorate(view: View) -> View:
        said = [(name, *_HEADERS[name]) for name in headers]
        document(
            view,
            parameters=[
                {"name": name, "in": "header", "required": True, "description": words, "schema": schema}
                for name, words, schema in said
            ],
        )
        return view

    return decorate


def refuse_other_versions() -> None:
    """Refuse with 412 a client that does not say it speaks this version."""
    if request.headers.get("Tus-Resumable") != VERSION:
        words = f"Send Tus-Resumable: {VERSION}."
        raise Problem("tus_version", 412, words, headers={"Tus-Version": VERSION})


def speak(response: Response, most_bytes: int) -> Response:
    """Add what every answer of an upload says."""
    response.headers["Tus-Resumable"] = VERSION
    if request.method == "OPTIONS":
        response.headers["Tus-Version"] = VERSION
        response.headers["Tus-Extension"] = EXTENSIONS
        response.headers["Tus-Max-Size"] = str(most_bytes)
    return response


def told(response: Response, received: int, total: int, expires_at: datetime) -> Response:
    """Say how far an upload has come."""
    response.headers["Upload-Offset"] = str(received)
    response.headers["Upload-Length"] = str(total)
    response.headers["Upload-Expires"] = format_datetime(expires_at, usegmt=True)
    return response


def number(header: str) -> int:
    """Return a header's whole number; 422 naming the header."""
    text = request.headers.get(header, "")
    if not (text.isascii() and text.isdigit() and len(text) <= 15):
        raise invalid_field(f"/{header}", "required" if not text else "type", "Send a whole number of bytes.")
    return int(text)


def metadata() -> dict[str, str]:
    """Return Upload-Metadata decoded; 422 naming it when it cannot be."""
    text = request.headers.get("Upload-Metadata", "")
    if len(text) > MOST_OF_METADATA:
        raise invalid_field("/Upload-Metadata", "length", f"Must be at most {MOST_OF_METADATA} characters long.")
    found: dict[str, str] = {}
    for pair in filter(None, (part.strip() for part in text.split(","))):
        key, _, value = pair.partition(" ")
        try:
            found[key] = base64.b64decode(value.encode(), validate=True).decode()
        except (binascii.Error, UnicodeError):
            raise invalid_field("/Upload-Metadata", "base64", f"The value of {key[:40]!r} is not base64.") from None
    return found


def declared_type(said: dict[str, str]) -> str:
    """Return the media type among the metadata, empty when there is none."""
    return next((said[key] for key in TYPE_KEYS if key in said), "")
