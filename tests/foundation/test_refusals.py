"""However a request fails, the answer has one shape and gives nothing away; headers guard every answer."""

from typing import Any

import pytest
from flask import Flask
from werkzeug.test import EnvironBuilder, run_wsgi_app

from hep_api.foundation.settings import Settings
from hep_api.foundation.web.setup import HEADERS
from tests.foundation.probe_app import CANARY
from tests.world import Person, World

ROWS = "/v1/probe/rows"


@pytest.fixture
def owner(probing: World) -> Person:
    return probing.owner(probing.clinic())


def refusals(probing: World, owner: Person) -> dict[int, Any]:
    """Get every refusal that the foundation knows, from one set-up."""
    nobody = probing.anyone()
    row = nobody.post(ROWS, json={"word": "a"}).json
    version = f"{ROWS}/{row['id']}/version"
    return {
        400: nobody.post(ROWS, data=b"{", content_type="application/json"),
        401: nobody.get(ROWS),
        403: probing.manager(owner.clinic_id).http.post(version),
        404: nobody.get("/v1/nothing"),
        405: nobody.put(ROWS),
        409: nobody.post(ROWS, json={"word": "a", "then": "refuse"}),
        412: owner.http.post(version, headers={"If-Match": '"of-yesterday"'}),
        413: nobody.post(ROWS, data=b" " * 3_000_000, content_type="application/json"),
        415: nobody.post(ROWS, data=b"{}", content_type="text/plain"),
        422: nobody.post(ROWS, json={}),
        428: owner.http.post(version),
        500: nobody.post(ROWS, json={"word": CANARY, "then": "fail"}),
        503: nobody.post(ROWS, json={"word": "a", "then": "deadlock always"}),
    }


def test_every_refusal_is_a_problem_of_one_shape(probing: World, owner: Person) -> None:
    for status, answer in refusals(probing, owner).items():
        assert answer.status_code == status
        assert answer.mimetype == "application/problem+json"
        problem = answer.json
        assert set(problem) == {"type", "title", "status", "code", "detail", "errors", "request_id"}
        assert problem["status"] == status
        assert problem["type"] == f"urn:hep-api:problem:{problem['code']}"
        assert problem["request_id"] == answer.headers["X-Request-Id"]
        assert problem["detail"].endswith(".")


def test_the_headers_that_a_client_acts_on_are_kept(probing: World, owner: Person) -> None:
    answers = refusals(probing, owner)
    assert answers[401].headers["WWW-Authenticate"].startswith("Bearer")
    assert set(answers[405].headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}
    assert int(answers[503].headers["Retry-After"]) > 0


def test_every_answer_is_guarded_by_headers(probing: World, owner: Person) -> None:
    answers = {200: owner.http.get(ROWS), **refusals(probing, owner)}
    for answer in answers.values():
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Content-Security-Policy"] == HEADERS["Content-Security-Policy"]
        assert answer.headers["Strict-Transport-Security"]
        assert "Server" not in answer.headers
    assert answers[404].headers["Cache-Control"] == "no-store"
    assert answers[200].headers["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize("then", ["fail", "break a constraint"])
def test_a_bug_answers_nothing_of_its_inside(probing: World, then: str) -> None:
    answer = probing.anyone().post(ROWS, json={"word": CANARY, "then": then})
    assert answer.status_code == 500
    assert answer.json["code"] == "unexpected"
    for inside in (CANARY, "probe_row", "ValueError", "IntegrityError", "Traceback", "INSERT"):
        assert inside not in answer.text


@pytest.mark.parametrize(
    "header",
    [
        "Bearer",
        "Bearer ",
        "Basic a2ltOnNlY3JldA==",
        "Bearer a.b.c",
        "Bearer a=b",
        "Bearer \u00e9",
        "Bearer eyJhbGciOiJub25lIn0.e30.",
        "Bearer " + "x" * 5000,
        "bearer, bearer",
    ],
)
def test_a_token_that_is_none_is_refused_as_not_signed_in(probing: World, header: str) -> None:
    answer = probing.anyone().get(ROWS, headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer.json["code"] in ("not_signed_in", "token_invalid")


@pytest.mark.parametrize(
    "path", ["/v1/%00", "/v1/%ff%fe", "/v1/..%2f..%2fetc", "/v1/probe/rows/", "//v1/probe/rows", "/%"]
)
def test_an_odd_address_is_not_found(probing: World, path: str) -> None:
    assert probing.anyone().get(path).status_code == 404


def test_a_body_in_chunks_is_measured_too(probe_app: Flask, own_settings: Settings) -> None:
    """A chunked body names no length; the server in front says that it ends."""
    status = {}
    for size in (10, own_settings.max_body_bytes + 1):
        body = b'{"word": "a"}'.ljust(size)
        builder = EnvironBuilder(ROWS, method="POST", data=body, content_type="application/json")
        environ = builder.get_environ()
        del environ["CONTENT_LENGTH"]
        environ |= {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True}
        status[size], *_ = (str(part) for part in run_wsgi_app(probe_app, environ)[1:2])
        builder.close()
    assert [text[:3] for text in status.values()] == ["201", "413"]


def test_a_door_for_anyone_takes_small_bodies_only(world: World) -> None:
    anyone = world.anyone()
    for size, status in ((15_000, 422), (17_000, 413)):
        body = b'{"email":"' + b"x" * size + b'","password":"12345678"}'
        assert anyone.post("/v1/sign-ins", data=body, content_type="application/json").status_code == status
