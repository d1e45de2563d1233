"""The check of every answer bites: what the contract does not foresee fails the test that got it."""

import json
from typing import Any

import pytest
from flask import Flask
from jsonschema_rs import ValidationError
from werkzeug.test import TestResponse

from tests.contract.answers import Contract
from tests.world import World


@pytest.fixture
def contract(app: Flask) -> Contract:
    return Contract(app)


@pytest.fixture
def answer(world: World) -> TestResponse:
    return world.practitioner(world.clinic()).http.get("/v1/me")


def change(answer: TestResponse, **fields: Any) -> None:
    answer.set_data(json.dumps({**json.loads(answer.data), **fields}))


def test_a_true_answer_passes(contract: Contract, answer: TestResponse) -> None:
    contract.check(answer)


def test_a_missing_field_is_caught(contract: Contract, answer: TestResponse) -> None:
    answer.set_data(json.dumps({"email": "a@example.org"}))
    with pytest.raises(ValidationError):
        contract.check(answer)


def test_a_field_of_another_type_is_caught(contract: Contract, answer: TestResponse) -> None:
    change(answer, patient_id="no uuid")
    with pytest.raises(ValidationError):
        contract.check(answer)


def test_an_unforeseen_status_is_caught(contract: Contract, answer: TestResponse) -> None:
    answer.status_code = 207
    with pytest.raises(AssertionError, match="not foreseen"):
        contract.check(answer)


def test_a_refusal_in_another_shape_is_caught(contract: Contract, answer: TestResponse) -> None:
    answer.status_code = 409
    with pytest.raises(AssertionError, match="application/json"):
        contract.check(answer)


def test_a_missing_etag_is_caught(contract: Contract, world: World) -> None:
    lead = world.practitioner(world.clinic())
    answer = lead.http.get(f"/v1/patients/{world.patient(lead).patient_id}")
    contract.check(answer)
    del answer.headers["ETag"]
    with pytest.raises(AssertionError, match="ETag"):
        contract.check(answer)
