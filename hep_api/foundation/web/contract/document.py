"""Builds the whole OpenAPI document of an app: the same text for the same code, whoever builds it.

flask-smorest brings paths, schemas and tags; `operations` completes each operation, `shared` holds what they refer to.
"""

import re
from collections.abc import Iterator
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from hep_api.foundation.web.contract import operations, shared, tidying
from hep_api.foundation.web.policy import policy_of

Json = dict[str, Any]


def build(app: Flask) -> Json:
    """Return the document of the app's routes."""
    collected: Json = app.extensions["hep_openapi"].spec.to_dict()
    roles = _roles_of_the_product(app)
    for rule, method in documented(app, collected):
        path = collected["paths"][path_of(rule)]
        path[method] = operations.complete(path[method], app.view_functions[rule.endpoint], method, rule, roles)
    document = {
        "openapi": collected["openapi"],
        "info": {name: collected["info"][name] for name in ("title", "version", "description", "license")},
        "servers": collected["servers"],
        "tags": collected["tags"],
        "paths": {path: _describe_path(item) for path, item in collected["paths"].items()},
        "components": _components(collected),
    }
    tidied: Json = tidying.tidy(document)
    return tidied


def documented(app: Flask, document: Json) -> Iterator[tuple[Rule, str]]:
    """Yield each route of the document with its method in small letters."""
    for rule in app.url_map.iter_rules():
        for method in document["paths"].get(path_of(rule), {}):
            if method.upper() in (rule.methods or ()):
                yield rule, method


def path_of(rule: Rule) -> str:
    """Return a route's path as OpenAPI writes it."""
    return re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", rule.rule)


def _roles_of_the_product(app: Flask) -> frozenset[str]:
    policies = [policy_of(view) for view in app.view_functions.values()]
    return frozenset().union(*(policy.roles for policy in policies if policy and not policy.is_open))


def _describe_path(item: Json) -> Json:
    for parameter in item.get("parameters", []):
        name: str = parameter["name"]
        words = f"id of the {name.removesuffix('_id').replace('_', ' ')}" if name.endswith("_id") else f"its {name}"
        parameter.setdefault("description", words)
    return item


def _components(collected: Json) -> Json:
    found = collected["components"]
    return {
        "securitySchemes": found["securitySchemes"],
        "parameters": shared.PARAMETERS,
        "headers": shared.HEADERS,
        "responses": shared.used_responses(collected["paths"]),
        "schemas": {name: schema for name, schema in sorted(found["schemas"].items()) if name not in _NOT_OURS},
    }


# flask-smorest brings it along for pages that we do not have.
_NOT_OURS = ("PaginationMetadata",)
