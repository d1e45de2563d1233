"""Cross-origin requests (CORS): the clinic's own web apps, named in HEP_WEB_ORIGINS, may call from their own hosts.

An origin is compared as a whole, never by pattern, and never is it `*`. No cookie is ever sent or asked for, so a page
that is not named can at most send what anyone could, and may not read the answer. Sockets go by the same list.
"""

from collections.abc import Collection

from flask import Flask, Response, request

METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE"
# What a page may send and read beyond what every page may. By `Date` an app knows that its device's clock is off.
SENT = (
    "Authorization, Content-Type, If-Match, If-None-Match, "
    "Tus-Resumable, Upload-Length, Upload-Metadata, Upload-Offset, X-HTTP-Method-Override"
)
READ = (
    "Date, ETag, Location, Retry-After, WWW-Authenticate, X-Request-Id, Content-Disposition, "
    "Tus-Resumable, Tus-Version, Tus-Extension, Tus-Max-Size, Upload-Expires, Upload-Length, Upload-Offset"
)
SECONDS_REMEMBERED = "600"


def share_with(app: Flask, origins: Collection[str]) -> None:
    """Let pages of these origins call every route; without any, no answer says a word about origins."""
    if not origins:
        return

    @app.before_request
    def answer_preflight() -> Response | None:
        # Asked for at addresses that do not exist too: only so can the page read the 404 that follows.
        if request.method != "OPTIONS" or "Access-Control-Request-Method" not in request.headers:
            return None
        return Response(status=204) if request.origin in origins else None

    @app.after_request
    def name_origin(response: Response) -> Response:
        # On every answer: a cache must not hand one origin's answer, or a stranger's, to another.
        response.vary.add("Origin")
        if request.origin in origins:
            response.headers["Access-Control-Allow-Origin"] = request.origin
            response.headers["Access-Control-Expose-Headers"] = READ
            if request.method == "OPTIONS":
                _allow_what_follows(response)
        return response


def _allow_what_follows(response: Response) -> None:
    response.headers["Access-Control-Allow-Methods"] = METHODS
    response.headers["Access-Control-Allow-Headers"] = SENT
    response.headers["Access-Control-Max-Age"] = SECONDS_REMEMBERED
    response.vary.update(("Access-Control-Request-Method", "Access-Control-Request-Headers"))
