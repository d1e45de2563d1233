"""Completes one operation of the document with what its door knows: its name, who may, refusals, ETags.

A refusal that only the action knows (409, say) is documented when the docstring names its number.
"""

import re
from typing import Any

from werkzeug.routing import Rule

from hep_api.foundation.web.contract import shared
from hep_api.foundation.web.policy import policy_of

Json = dict[str, Any]

READS = ("get", "head")


def complete(operation: Json, view: Any, method: str, rule: Rule, roles: frozenset[str]) -> Json:
    """Return the operation with its keys in reading order; `roles` are all that the product knows."""
    parameters = _parameters(operation, view, method)
    return {
        "operationId": view.__name__,
        "summary": operation["summary"],
        "description": _description(operation, view, method, roles),
        "tags": operation["tags"],
        "security": operation["security"],
        **({"parameters": parameters} if parameters else {}),
        **({"requestBody": operation["requestBody"]} if "requestBody" in operation else {}),
        "responses": _responses(operation, view, method, rule, roles),
    }


def sends_etag(view: Any) -> bool:
    return getattr(view, "sends_etag", False)


def offers_csv(view: Any, method: str) -> bool:
    """Tell whether the operation answers a list, which is there as CSV too."""
    return getattr(view, "is_list", False) and method in READS


def needs_if_match(view: Any, method: str) -> bool:
    """Tell whether a caller must send If-Match: changes of what has an ETag, and doors that say so."""
    return getattr(view, "needs_if_match", False) or (sends_etag(view) and method in ("put", "patch", "delete"))


def _description(operation: Json, view: Any, method: str, roles: frozenset[str]) -> str:
    policy = policy_of(view)
    assert policy is not None
    if policy.is_open:
        who = f"Open to anyone. {policy.reason}"
    elif policy.roles == roles:
        who = "For everyone who is signed in."
    else:
        who = f"For the roles: {', '.join(sorted(policy.roles))}."
    if getattr(view, "needs_step_up", False):
        who += " With a second factor shown in the last ten minutes; else 403 `second_factor_needed`, naming `methods`."
    if offers_csv(view, method):
        who += " With `Accept: text/csv` the whole list as a CSV file, whatever `limit` says (docs/reports.md)."
    if policy.owing_too:
        who += " Also for staff who have to set up a second factor before any other door opens."
    words = operation.get("description", "").strip()
    return f"{words}\n\n{who}" if words else who


def _parameters(operation: Json, view: Any, method: str) -> list[Json]:
    own = [parameter for parameter in operation.get("parameters", []) if "$ref" not in parameter]
    if getattr(view, "makes_or_changes", False):
        own += [{"$ref": f"#/components/parameters/{name}"} for name in ("IfMatchUnlessNew", "IfNew")]
    elif needs_if_match(view, method):
        own.append({"$ref": "#/components/parameters/IfMatch"})
    elif sends_etag(view) and method in READS:
        own.append({"$ref": "#/components/parameters/IfNoneMatch"})
    return [_without_null(parameter) for parameter in own]


def _without_null(parameter: Json) -> Json:
    """A parameter is left out, never null."""
    schema = dict(parameter.get("schema", {}))
    if isinstance(schema.get("type"), list):
        schema["type"] = next(kind for kind in schema["type"] if kind != "null")
    if "enum" in schema:
        schema["enum"] = [value for value in schema["enum"] if value is not None]
    return {**parameter, "schema": schema} if schema else parameter


def _responses(operation: Json, view: Any, method: str, rule: Rule, roles: frozenset[str]) -> Json:
    headers = {"headers": _ETAG} if sends_etag(view) else {}
    answers = {status: said | headers for status, said in operation["responses"].items() if status.startswith("2")}
    if offers_csv(view, method):
        answers["200"] = answers["200"] | {"content": answers["200"]["content"] | shared.CSV}
    if sends_etag(view) and method in READS:
        answers["304"] = {"description": shared.NOT_MODIFIED, "headers": _ETAG}
    refusals = _refusals(operation, view, method, rule, roles)
    return answers | {status: shared.refusal(status) for status in [*sorted(refusals), "default"]}


def _refusals(operation: Json, view: Any, method: str, rule: Rule, roles: frozenset[str]) -> set[str]:
    policy = policy_of(view)
    assert policy is not None
    words = operation["summary"] + operation.get("description", "")
    found = {"429"} | set(re.findall(r"\b[45]\d\d\b", words))
    if not policy.is_open:
        found |= {"401"} if policy.roles == roles and policy.owing_too else {"401", "403"}
    if "requestBody" in operation:
        found |= {"400", "413", "415", "422"}
    if any(parameter.get("in") == "query" for parameter in operation.get("parameters", [])):
        found |= {"422"}
    if rule.arguments:
        found |= {"404"}
    if needs_if_match(view, method):
        found |= {"412", "428"}
    return found & shared.REFUSALS.keys()


_ETAG = {"ETag": {"$ref": "#/components/headers/ETag"}}
