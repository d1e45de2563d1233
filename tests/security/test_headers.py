"""Headers guard every kind of answer, and no answer says or does what an API has no need of."""

import re
from typing import Any

import pytest
import yaml
from werkzeug.test import TestResponse

from hep_api.foundation.web.setup import HEADERS
from tests.messaging.live import DOCUMENT as ASYNCAPI
from tests.security.conftest import Ask
from tests.security.named import ROOT
from tests.world import World

Answers = dict[str, TestResponse]

TYPES = {
    "page": "text/html; charset=utf-8",
    "script": "text/javascript; charset=utf-8",
    "style": "text/css; charset=utf-8",
    "contract": "application/yaml",
    "file": "application/octet-stream",
}
SECRETIVE = re.compile(r"token|password|secret|code|key|birth|email|phone", re.IGNORECASE)


def test_every_kind_of_answer_is_guarded(answers: Answers) -> None:
    for kind, answer in answers.items():
        assert set(HEADERS) <= {name.title() for name, _ in answer.headers} | {"X-Content-Type-Options"}, kind
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert re.fullmatch(r"max-age=(\d{8,}); includeSubDomains", answer.headers["Strict-Transport-Security"])
        assert len(answer.headers.getlist("X-Request-Id")) == 1


def test_every_kind_of_answer_lets_pages_load_next_to_nothing(answers: Answers) -> None:
    for kind, answer in answers.items():
        policy = dict(part.strip().partition(" ")[::2] for part in answer.headers["Content-Security-Policy"].split(";"))
        for directive in ("default-src", "base-uri", "form-action", "frame-ancestors"):
            assert policy[directive] == "'none'", kind
        assert "object-src" not in policy  # falls to default-src
        assert not re.search(r"unsafe|\*|https?:", answer.headers["Content-Security-Policy"])


def test_what_is_somebodys_is_kept_by_no_cache(answers: Answers) -> None:
    open_to_all = {"200 page", "200 script", "200 style", "200 contract"}
    for kind, answer in answers.items():
        kept = answer.headers["Cache-Control"]
        # With an ETag a phone may keep its own copy, and must ask before it shows it.
        allowed = {"no-store"} if "ETag" not in answer.headers else {"private, no-cache"}
        assert kept in (allowed | {"no-cache"} if kind in open_to_all else allowed), kind


def test_a_browser_is_told_to_keep_nothing_of_what_is_somebodys(ask: Ask, world: World) -> None:
    owner = world.owner(world.clinic())
    by_phone = ask("GET", "/v1/clinic", owner.token)
    in_browser = ask("GET", "/v1/clinic", owner.token, headers={"Sec-Fetch-Site": "cross-site"})
    assert (by_phone.headers["Cache-Control"], in_browser.headers["Cache-Control"]) == ("private, no-cache", "no-store")
    assert in_browser.headers["ETag"] == by_phone.headers["ETag"]
    again = {"Sec-Fetch-Site": "same-origin", "If-None-Match": in_browser.headers["ETag"]}
    assert ask("GET", "/v1/clinic", owner.token, headers=again).status_code == 304


def test_every_answer_says_what_it_is(answers: Answers) -> None:
    for kind, answer in answers.items():
        status, _, what = kind.partition(" ")
        usual = "application/json" if int(status) < 400 else "application/problem+json"
        if answer.data or what == "head":
            assert answer.headers["Content-Type"] == TYPES.get(what, usual), kind
        if usual == "application/problem+json":
            assert answer.json["request_id"] == answer.headers["X-Request-Id"], kind


def test_no_answer_sets_a_cookie(answers: Answers) -> None:
    assert [kind for kind, answer in answers.items() if "Set-Cookie" in answer.headers] == []


def test_no_answer_says_what_serves_it(answers: Answers) -> None:
    for answer in answers.values():
        assert not {"Server", "X-Powered-By", "Via"} & {name for name, _ in answer.headers}


def test_no_answer_leads_away(answers: Answers, ask: Ask) -> None:
    assert [kind for kind, answer in answers.items() if "Location" in answer.headers] == []
    for path in ("/healthz/", "//healthz", "/v1//clinic", "/docs/", "/v1/../healthz", "/"):
        answer = ask("GET", path, headers={"Host": "evil.example"})
        assert (answer.status_code, "Location" in answer.headers) == (404, False), path


def test_trace_is_not_answered(ask: Ask) -> None:
    for method in ("TRACE", "TRACK", "CONNECT", "DEBUG"):
        answer = ask(method, "/healthz", headers={"X-Secret": "canary"})
        assert answer.status_code == 405
        assert "canary" not in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/.git/config", "/.git/HEAD", "/.env", "/wsgi.py", "/hep_api/app.py", "/requirements.txt", "/static/wsgi.py",
        "/docs/../wsgi.py", "/docs/%2e%2e/wsgi.py", "/docs/..%2f..%2f..%2fwsgi.py", "/docs/swagger_ui/README.md",
        "/v1/files/../../wsgi.py", "/openapi.yaml/../wsgi.py", "/docs/", "/.hep/keys", "/server-status", "/debug",
    ],
)  # fmt: skip
def test_no_file_of_the_checkout_is_served(ask: Ask, path: str) -> None:
    assert ask("GET", path).status_code in (404, 401)


def of_operations(methods: dict[str, Any]) -> list[dict[str, Any]]:
    return [each for name, each in methods.items() if name != "parameters"]


def test_no_route_asks_for_a_secret_in_its_address() -> None:
    paths = yaml.load((ROOT / "openapi.yaml").read_text(), Loader=yaml.CSafeLoader)["paths"]
    named = {
        f"{path} {entry['name']}"
        for path, methods in paths.items()
        for entries in (methods.get("parameters", []), *(each.get("parameters", []) for each in of_operations(methods)))
        for entry in entries
        if entry.get("in") in ("query", "path")
        and SECRETIVE.search(entry["name"])
        and not entry["name"].endswith("_id")
    }
    assert len(paths) > 50
    # Links to one file or handout, for a while, and the address of a feed, until it is revoked, are the right to fetch
    # it, as a bucket's are, and a mail's link the right to end mails of its kind; proxies are told not to log them.
    doors = (
        *("files/{token}", "handouts/{token}", "handouts/{token}/pdf", "calendars/{token}.ics"),
        "mail/unsubscribe/{token}",
    )
    assert named == {f"/v1/{door} token" for door in doors}
    assert all("token" not in str(channel.get("address", "")) for channel in ASYNCAPI["channels"].values())
