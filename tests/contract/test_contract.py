"""openapi.yaml says what the routes do: the same text as they give, every route in it, and no path without a route."""

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask import Flask
from openapi_spec_validator import validate

from hep_api import openapi
from hep_api.foundation.web.contract import document

ROOT = Path(__file__).parent.parent.parent
# The pages that show the contract are not part of it.
PAGES = {"/docs", "/docs/{part}", "/openapi.yaml", "/asyncapi.yaml"}


@pytest.fixture(scope="module")
def committed() -> str:
    return (ROOT / "openapi.yaml").read_text()


@pytest.fixture(scope="module")
def contract(committed: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.load(committed, Loader=yaml.CSafeLoader)
    return loaded


def operations(contract: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        operation for item in contract["paths"].values() for method, operation in item.items() if method != "parameters"
    ]


def test_the_committed_contract_is_the_one_that_the_routes_give(committed: str) -> None:
    assert openapi.write_contract() == committed, "run `make openapi` and commit openapi.yaml"


def test_the_contract_is_valid_openapi(contract: dict[str, Any]) -> None:
    validate(contract)


def test_every_route_is_a_path_and_every_path_a_route(app: Flask, contract: dict[str, Any]) -> None:
    routes = {
        (document.path_of(rule), method.lower())
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if document.path_of(rule) not in PAGES
    }
    paths = {(path, method) for path, item in contract["paths"].items() for method in item if method != "parameters"}
    assert routes == paths


def test_every_operation_has_a_name_of_its_own_and_says_what_it_does(contract: dict[str, Any]) -> None:
    names = Counter(operation["operationId"] for operation in operations(contract))
    assert [name for name, count in names.items() if count > 1] == []
    for operation in operations(contract):
        assert re.fullmatch(r"[A-Z].{5,130}\.", operation["summary"]), operation["operationId"]
        assert "security" in operation
        assert "default" in operation["responses"]


def test_every_refusal_has_the_one_shape(contract: dict[str, Any]) -> None:
    for operation in operations(contract):
        for status, answer in operation["responses"].items():
            if status == "default" or int(status) >= 400:
                assert answer["$ref"].startswith("#/components/responses/")
    for response in contract["components"]["responses"].values():
        assert response["content"] == {
            "application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemOut"}}
        }


def test_every_part_of_the_contract_is_used(committed: str, contract: dict[str, Any]) -> None:
    for kind in ("parameters", "headers", "responses", "schemas"):
        for name in contract["components"][kind]:
            assert f"#/components/{kind}/{name}'" in committed, f"nothing refers to {name}"
