"""A cache in front of the doors answers 304 to whoever names the ETag that somebody got."""

from flask import Flask, Response, request

from hep_api import app as product
from torture.broken.taking import replacing


def do() -> None:
    replacing(product, "refuse_undeclared_routes", lambda _, app: _cache(app))


def _cache(app: Flask) -> None:
    known: dict[str, str] = {}

    @app.before_request
    def answer_from_the_cache() -> Response | None:
        tag = known.get(request.path)
        if tag is None or tag != request.headers.get("If-None-Match"):
            return None
        return Response(status=304, headers={"ETag": tag})

    @app.after_request
    def remember(response: Response) -> Response:
        if response.status_code == 200 and "ETag" in response.headers:
            known[request.path] = response.headers["ETag"]
        return response
