"""The door of the starter set's drawings. What it sends never changes: its address is the digest of its content."""

from flask import Response, request

from hep_api.foundation.database import transaction
from hep_api.foundation.limits.rates import BY_PROGRAM
from hep_api.foundation.web.doors import Routes, open_to_anyone, sends
from hep_api.library.queries import drawings as queries

routes = Routes("drawings", "Drawings of the starter set.")

SVG = "image/svg+xml"
# An SVG opened by itself is a page: this one runs nothing, fetches nothing, and is of no origin.
NOTHING_RUNS = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'"


@routes.get("/drawings/<string(length=64):digest>.svg")
@open_to_anyone("Drawings are public (CC0), and say nothing about anybody.", pace=BY_PROGRAM)
@sends(SVG, tagged=True)
def get_drawing(digest: str) -> Response:
    """Send a drawing, by the address that an exercise's `media` gives.

    An older drawing stays where it is, for the plans that were published with it.
    """
    with transaction() as session:
        response = Response(queries.drawing_with(session, digest), mimetype=SVG)
    response.set_etag(digest)
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    response.headers["Content-Security-Policy"] = NOTHING_RUNS
    response.headers["X-Content-Type-Options"] = "nosniff"
    # Pages of the clinic's own may show it, wherever they are served from.
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    if request.if_none_match.contains_weak(digest):
        response.status_code = 304
    return response
