"""Holds every answer that a test gets against the contract: status, headers, media type and body.

`tests.world.Phone` asks here after each request, so the whole suite keeps openapi.yaml true.
"""

import threading
from typing import Any

from flask import Flask
from jsonschema_rs import Draft202012Validator, Registry
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from hep_api.foundation.web.contract import document

ADDRESS = "urn:contract"
PROBLEM = f"{ADDRESS}#/components/schemas/ProblemOut"
HEADERS_BY_STATUS = {401: "WWW-Authenticate", 405: "Allow", 429: "Retry-After", 503: "Retry-After"}
# A list as a file has no ETag: it is sent before it is known.
AS_FILE = "text/csv"
# These have to be named by the operation; the other refusals may be its `default`.
NAMED = (304, 412, 428)


class Contract:
    """The contract of an app, with its schemas compiled as they are needed."""

    def __init__(self, app: Flask) -> None:
        self._routes = app.url_map
        self.document = document.build(app)
        self._registry = Registry([(ADDRESS, self.document)])
        self._validators: dict[str, Draft202012Validator] = {}

    def check(self, answer: TestResponse) -> None:
        """Raise AssertionError when the answer is not one that the contract foresees."""
        status = answer.status_code
        found = self._operation(answer.request.path, answer.request.method)
        for name in [HEADERS_BY_STATUS[status]] if status in HEADERS_BY_STATUS else []:
            assert name in answer.headers, f"{status} without {name}"
        if found is None:
            if status >= 400:
                self._check_body(answer, "application/problem+json", PROBLEM)
            return
        pointer, operation = found
        self._check_against(operation, pointer, answer)

    def _check_against(self, operation: dict[str, Any], pointer: str, answer: TestResponse) -> None:
        status, said = str(answer.status_code), operation["responses"]
        where = f"{operation['operationId']} answered {status}"
        assert status in said or (answer.status_code >= 400 and answer.status_code not in NAMED), (
            f"{where}: not foreseen"
        )
        if answer.status_code >= 400:
            self._check_body(answer, "application/problem+json", PROBLEM)
            return
        tagged = "ETag" in said[status].get("headers", {}) and answer.mimetype != AS_FILE
        assert tagged == ("ETag" in answer.headers), f"{where}: ETag"
        if "content" in said[status]:
            assert answer.mimetype in said[status]["content"], f"{where}: as {answer.mimetype}"
            if answer.mimetype == "application/json":
                schema = f"{ADDRESS}#{pointer}/responses/{status}/content/application~1json/schema"
                self._check_body(answer, "application/json", schema)
        else:
            assert answer.data == b"", f"{where}: a body"

    def _operation(self, path: str, method: str) -> tuple[str, dict[str, Any]] | None:
        try:
            rule, _ = self._routes.bind("localhost").match(path, method, return_rule=True)
        except HTTPException:
            return None
        found = document.path_of(rule)
        operation = self.document["paths"].get(found, {}).get(method.lower())
        return (f"/paths/{found.replace('/', '~1')}/{method.lower()}", operation) if operation else None

    def _check_body(self, answer: TestResponse, media_type: str, schema: str) -> None:
        assert answer.mimetype == media_type, f"{answer.status_code} as {answer.mimetype}"
        if answer.request.method == "HEAD":
            assert answer.data == b"", "a body for HEAD"
            return
        if schema not in self._validators:
            reference = {"$ref": schema.replace("{", "%7B").replace("}", "%7D")}
            self._validators[schema] = Draft202012Validator(reference, registry=self._registry, validate_formats=True)
        self._validators[schema].validate(answer.get_json(force=True))


def check(answer: TestResponse, app: Flask) -> None:
    """Hold an answer of the app against its contract."""
    contract = app.extensions.get("test_contract") or _contract_of(app)
    contract.check(answer)


_contracts: dict[frozenset[tuple[str, ...]], Contract] = {}
# Several phones of one world may be answered at a time.
_building = threading.Lock()


def _contract_of(app: Flask) -> Contract:
    """Return the contract of an app, which those with the same doors share: to build it takes most of a second."""
    doors = frozenset(
        (rule.rule, *sorted(rule.methods or ()), view.__module__, view.__qualname__)
        for rule in app.url_map.iter_rules()
        for view in (app.view_functions[rule.endpoint],)
    )
    with _building:
        if doors not in _contracts:
            _contracts[doors] = Contract(app)
        app.extensions["test_contract"] = _contracts[doors]
        return _contracts[doors]
