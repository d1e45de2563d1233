"""Serves the two contracts and a page that shows one of them. Nothing here is asked for by a phone.

The files are those of the checkout: tests hold them equal to the routes and commands.
"""

from pathlib import Path

from flask import Blueprint, Response, current_app, send_file

from hep_api.foundation.errors import not_found
from hep_api.foundation.web.doors import open_to_anyone

pages = Blueprint("api_docs", __name__)

HERE = Path(__file__).parent
PARTS = {
    "start.js": (HERE / "start.js", "text/javascript"),
    "swagger-ui-bundle.js": (HERE / "swagger_ui" / "swagger-ui-bundle.js", "text/javascript"),
    "swagger-ui.css": (HERE / "swagger_ui" / "swagger-ui.css", "text/css"),
}
# Swagger UI draws its icons from data: addresses in its style sheet.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
NO_SECRETS = "What the API looks like is no secret; every door of it asks for itself."


@pages.get("/docs")
@open_to_anyone(NO_SECRETS)
def show_documentation() -> Response:
    """Show the documentation page."""
    page = send_file(HERE / "page.html", mimetype="text/html")
    page.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    return page


@pages.get("/docs/<part>")
@open_to_anyone(NO_SECRETS)
def send_part(part: str) -> Response:
    """Send a script or style sheet of the page."""
    if part not in PARTS:
        raise not_found()
    file, kind = PARTS[part]
    return send_file(file, mimetype=kind)


@pages.get("/openapi.yaml")
@open_to_anyone(NO_SECRETS)
def send_openapi() -> Response:
    """Send the contract of the HTTP routes."""
    return _contract("openapi.yaml")


@pages.get("/asyncapi.yaml")
@open_to_anyone(NO_SECRETS)
def send_asyncapi() -> Response:
    """Send the contract of the Socket.IO commands and events."""
    return _contract("asyncapi.yaml")


def _contract(name: str) -> Response:
    file = Path(current_app.root_path).parent / name
    if not file.exists():
        raise not_found("contract")
    return send_file(file, mimetype="application/yaml")
