"""The door that a link to a file of the folder leads to. Who gets a link is decided where it is made."""

from datetime import datetime
from pathlib import Path

from flask import Response
from flask import send_file as send

from hep_api.foundation import clock
from hep_api.foundation.errors import not_found
from hep_api.foundation.files.links import Named, links
from hep_api.foundation.files.store import files
from hep_api.foundation.limits.rates import BY_PROGRAM
from hep_api.foundation.media.sniffing import TYPES, MediaKind
from hep_api.foundation.web.doors import Routes, open_to_anyone, sends

routes = Routes("files", "Files, by links that were handed out for them.")

# Beside its own type: whatever a browser makes of it, it runs nothing and asks for nothing.
SHOWN_HARMLESSLY = "default-src 'none'; sandbox; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
SAVED = "application/octet-stream"
SHOWN = tuple(known.content_type for known in TYPES.values() if known.kind is not MediaKind.DOCUMENT)


@routes.get("/files/<token>")
@open_to_anyone(
    "The link is the proof: signed by us, for one file, for a short while, and given to somebody who may.",
    pace=BY_PROGRAM,
)
@sends(SAVED, *SHOWN, in_ranges=True)
def get_file(token: str) -> Response:
    """Send the file of a link: a picture, a video or a voice to be shown or heard, anything else as an attachment.

    A broken download goes on with `Range`, one range at a time.

    Errors: 404 for a link that is forged or has expired, and for a file that is there no more.
    """
    now = clock.now()
    named, folder = links().read(token, now), files().folder
    if named is None or folder is None or not (folder / named.path).is_file():
        raise not_found("file")
    return _shown(folder / named.path, named, now) if named.content_type else _saved(folder / named.path, named)


def _saved(file: Path, named: Named) -> Response:
    response = send(
        file, mimetype=SAVED, as_attachment=True, download_name=named.name, conditional=True, etag=False, max_age=0
    )
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Security-Policy"] = SHOWN_HARMLESSLY
    return response


def _shown(file: Path, named: Named, now: datetime) -> Response:
    """A phone may keep it as long as the link lives: what stands at a path never changes."""
    response = send(file, mimetype=named.content_type, conditional=True, etag=False)
    response.headers["Content-Disposition"] = "inline"
    response.headers["Content-Security-Policy"] = SHOWN_HARMLESSLY
    # The clinic's web apps show it from their own origins; the link, which nobody guesses, is what lets them.
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Cache-Control"] = f"private, max-age={int((named.expires_at - now).total_seconds())}"
    return response
