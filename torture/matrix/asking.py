"""Makes requests from the examples: the whole of one, so that it can be looked at and changed before it is sent."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from hep_api.foundation.web.contract import document
from hep_api.foundation.web.policy import Policy, policy_of
from tests.contract.examples import EXAMPLES, fill
from tests.contract.scene import Scene

Route = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, before somebody sends it."""

    method: str
    address: str
    json: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    data: bytes | None = None

    def __contains__(self, word: str) -> bool:
        """Tell whether a word stands anywhere in it."""
        return any(word in text for text in (self.address, json.dumps(self.json), *self.headers.values()))

    def with_headers(self, **headers: str) -> "Asked":
        return replace(
            self, headers={**self.headers, **{name.replace("_", "-"): text for name, text in headers.items()}}
        )


def asked_for(scene: Scene, part: str, route: Route) -> Asked:
    """Return the route's example as this part of the scene sends it."""
    return outline_of(scene, part, route).with_headers(**condition_of(scene, part, route))


def outline_of(scene: Scene, part: str, route: Route) -> Asked:
    """Return the route's example without its If-Match, for which something has to be read."""
    example, (method, path) = EXAMPLES[route], route
    body = example.json(scene, part) if example.json else None
    data, told = example.sent(scene, part) if example.sent else (None, {})
    return Asked(method, fill(path, scene), body, told, data=data)


def condition_of(scene: Scene, part: str, route: Route) -> Mapping[str, str]:
    """Return the If-Match of the route's example, if it has one, as this part gets it or else an owner does.

    The name is as `with_headers` takes it.
    """
    if_match = EXAMPLES[route].if_match
    return {"If_Match": if_match(scene, part)} if if_match else {}


def send(scene: Scene, part: str, asked: Asked) -> TestResponse:
    """Send it from the part's phone."""
    options: dict[str, Any] = {} if asked.json is None else {"json": asked.json}
    if asked.data is not None:
        options = {"data": asked.data}
    return scene.phones[part].send(
        asked.method.upper(), asked.address, headers=asked.headers, query_string=dict(asked.query), **options
    )


def routes_of(app: Flask) -> dict[Route, Policy | None]:
    """Return every route of the app, pages and all, with who may use it; worked out once."""
    found: dict[Route, Policy | None] = app.extensions.setdefault("torture_routes", {}) or _routes_of(app)
    app.extensions["torture_routes"] = found
    return found


def _routes_of(app: Flask) -> dict[Route, Policy | None]:
    return {
        (method.lower(), document.path_of(rule)): policy_of(app.view_functions[rule.endpoint])
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
