"""How decorators of doors add to what the contract says of them; in OpenAPI's own words."""

from collections.abc import Callable
from copy import deepcopy
from http import HTTPStatus
from typing import Any, cast

from marshmallow import Schema

View = Callable[..., Any]


def document(door: Any, *, responses: dict[str, Any] | None = None, **manual: Any) -> None:
    """Add to what the contract says of a door."""
    door._apidoc = deepcopy(getattr(door, "_apidoc", {}))
    documented = door._apidoc.setdefault("manual_doc", {})
    documented.update(manual)
    if responses:
        documented["responses"] = {**documented.get("responses", {}), **responses}


def document_argument(view: Any, schema: type[Schema], location: str) -> View:
    """Add what the door takes: "json" for its body, "query" for what is asked."""
    view._apidoc = deepcopy(getattr(view, "_apidoc", {}))
    arguments = view._apidoc.setdefault("arguments", {})
    arguments.setdefault("parameters", []).append({"in": location, "required": True, "schema": schema})
    arguments.setdefault("responses", {}).update({400: "BAD_REQUEST", 422: "UNPROCESSABLE_ENTITY"})
    return cast(View, view)


def document_answer(door: Any, view: View, schema: type[Schema] | None, status: int) -> None:
    """Say in which shape `view`, which `door` wraps, answers.

    As flask-smorest's `response` would, which makes an instance of the schema for it, and copies that over and over.
    """
    door._apidoc = deepcopy(getattr(view, "_apidoc", {}))
    answer = {"description": HTTPStatus(status).phrase, "content_type": None} | ({"schema": schema} if schema else {})
    door._apidoc.setdefault("response", {}).setdefault("responses", {}).setdefault(status, []).append(answer)
