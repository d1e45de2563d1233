"""The door that a link to a file of the folder leads to. Who gets a link is decided where it is made."""

from flask import Response
from flask import send_file as send

from hep_api.foundation import clock
from hep_api.foundation.errors import not_found
from hep_api.foundation.files.links import links
from hep_api.foundation.files.store import files
from hep_api.foundation.limits.rates import BY_PROGRAM
from hep_api.foundation.web.doors import Routes, open_to_anyone, sends

routes = Routes("files", "Files, by links that were handed out for them.")


@routes.get("/files/<token>")
@open_to_anyone(
    "The link is the proof: signed by us, for one file, for ten minutes, and given to somebody who may.",
    pace=BY_PROGRAM,
)
@sends("application/octet-stream", in_ranges=True)
def get_file(token: str) -> Response:
    """Send the file of a link, as an attachment.

    A broken download goes on with `Range`.

    Errors: 404 for a link that is forged or has expired, and for a file that is there no more.
    """
    named = links().read(token, clock.now())
    folder = files().folder
    if named is None or folder is None or not (folder / named.path).is_file():
        raise not_found("file")
    response = send(
        folder / named.path,
        mimetype="application/octet-stream",
        as_attachment=True,
        download_name=named.name,
        conditional=True,
        etag=False,
        max_age=0,
    )
    response.headers["Cache-Control"] = "no-store"
    return response
