"""Makes a bare Flask app strict: sizes, headers, request ids, one error shape, OpenAPI collected from routes."""

import json
from typing import Any

from apispec import APISpec
from flask import Flask, Response, request
from flask.json.provider import JSONProvider
from flask_smorest import Api, Blueprint

from hep_api.foundation.limits.gate import make_limits
from hep_api.foundation.logs import register_request_log
from hep_api.foundation.settings import Settings
from hep_api.foundation.web import fields
from hep_api.foundation.web.bodies import Bodies
from hep_api.foundation.web.origins import share_with
from hep_api.foundation.web.refusals import register_refusals
from hep_api.foundation.web.schemas import ProblemOut

API_VERSION = "1.0.0"
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
}
EACH = [(name, name.lower(), value) for name, value in HEADERS.items()]


class CompactJson(JSONProvider):
    """JSON in the order of the schema, as UTF-8, never NaN."""

    def dumps(self, obj: Any, **kwargs: Any) -> str:
        kwargs.setdefault("separators", (",", ":"))
        return json.dumps(obj, ensure_ascii=False, allow_nan=False, **kwargs)

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        return json.loads(s, **kwargs)


class StrictApi(Api):  # type: ignore[misc]
    """flask-smorest's collector of the OpenAPI document; errors are rendered by `refusals`, pages by our own.

    Routes are described when somebody asks for the document. A server never does, as it sends the file; describing
    them was a tenth of its start.
    """

    ERROR_SCHEMA = ProblemOut

    def __init__(self, app: Flask) -> None:
        self._undescribed: list[Blueprint] = []
        super().__init__(app)

    def register_blueprint(self, routes: Blueprint) -> None:
        """Give the app the routes, and keep them to be described."""
        self._app.register_blueprint(routes)
        self._undescribed.append(routes)

    @property
    def spec(self) -> APISpec:
        """The document so far, with every route that was registered."""
        described, self._undescribed = self._undescribed, []
        for routes in described:
            routes.register_views_in_doc(self, self._app, self._spec, name=routes.name, parameters=None)
            self._spec.tag({"name": routes.name, "description": routes.description})
        return self._spec

    @spec.setter
    def spec(self, empty: APISpec) -> None:
        self._spec = empty

    def _register_error_handlers(self) -> None:
        """Leave errors to `refusals`."""


def make_web(app: Flask, settings: Settings) -> StrictApi:
    """Set the app up and return the collector to register routes with."""
    app.json = CompactJson(app)
    app.config.update(
        MAX_CONTENT_LENGTH=settings.max_body_bytes,
        DEBUG=False,  # whatever FLASK_DEBUG says
        PROPAGATE_EXCEPTIONS=False,
        API_TITLE="HEP API",
        API_VERSION=API_VERSION,
        OPENAPI_VERSION="3.1.0",
        API_SPEC_OPTIONS=_about(),
    )
    app.url_map.strict_slashes = True
    app.url_map.merge_slashes = False  # nothing redirects, not even to a tidier address
    app.extensions["hep_bodies"] = Bodies()
    app.extensions["hep_limits"] = make_limits(app, settings)
    register_refusals(app)
    register_request_log(app, settings.metrics_and_logs_name)
    app.after_request(_secure)
    share_with(app, settings.web_origins)
    api = StrictApi(app)
    api.spec.components.security_scheme(
        "bearer",
        {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": "An access token."},
    )
    _describe_fields(api)
    return api


def _secure(response: Response) -> Response:
    # As `setdefault` for each, which looks through all of them each time.
    present = {name.lower() for name, _ in response.headers}
    for name, small, value in EACH:
        if small not in present:
            response.headers.add(name, value)
    if "Sec-Fetch-Site" in request.headers and response.cache_control.private:
        # A browser would keep what is somebody's on its disk, maybe a shared one; its page may keep the ETag itself.
        response.headers["Cache-Control"] = "no-store"
    return response


def _about() -> dict[str, Any]:
    return {
        "info": {
            "description": "The mobile back end of a home exercise program: plans to the phone, adherence back, chat.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/", "description": "this server"}],
    }


def _describe_fields(api: StrictApi) -> None:
    api.register_field(fields.Id, "string", "uuid")
    api.register_field(fields.Day, "string", "date")
    api.register_field(fields.Instant, "string", "date-time")
    api.register_field(fields.TimeOfDay, "string", None)
    api.register_field(fields.Email, "string", "email")
