"""What a refusal or a list could tell beside its words: ETags and cursors of others, searches, HEAD, what is unknown.

A read is tried with everything that the rightful reader got from it. Whoever may not read it must get what they get
without; whoever reads something of their own at the same address must get their own.
"""

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

from werkzeug.test import TestResponse

from tests.contract.canaries import READERS
from tests.contract.examples import EXAMPLES
from torture.matrix.asking import Route, asked_for, send
from torture.matrix.trials import Trial

ETAG, CURSOR, SEARCH, HEAD, UNKNOWN = "foreign ETag", "foreign cursor", "search", "HEAD", "unknown"
NOBODYS_ID = UUID("00000000-0000-7000-8000-00000000dead")
OF_ADDRESSES = ("patient_id", "pause_id", "conversation_id", "exercise_id", "lead_id", "location_id")
# What differs from answer to answer.
OF_THE_MOMENT = ("request_id",)


def try_reading(tried: Trial, route: Route, queried: set[str]) -> None:
    """Try a read with what its rightful reader got; `queried` are the parameters that it takes."""
    example = EXAMPLES[route]
    if route[0] != "get":
        return
    reader = example.may[0]
    got = send(tried.scene, reader, asked_for(tried.scene, reader, route))
    for part in (part for part in sorted(tried.scene.phones.keys() - {reader}) if _gets_far(tried, route, part)):
        if "ETag" in got.headers:
            _try_etag(tried, route, part, got)
        if part not in example.may:
            _try_head(tried, route, part)
        if "cursor" in queried:
            _try_cursor(tried, route, reader, part)
        if "q" in queried and part in example.may:
            _try_searching(tried, route, part)


def try_unknown(tried: Trial, route: Route) -> None:
    """What is not theirs and what does not exist are refused in the same words."""
    for part in (part for part in tried.strangers_to(route) if _gets_far(tried, route, part)):
        there = tried.ask(UNKNOWN, part, asked_for(tried.scene, part, route))
        nowhere: dict[str, Any] = dict.fromkeys(OF_ADDRESSES, NOBODYS_ID)
        nowhere["plan"] = replace(tried.scene.plan, id=NOBODYS_ID)
        elsewhere = tried.ask(UNKNOWN, part, asked_for(tried.scene.seen_from(tried.scene, **nowhere), part, route))
        if there is not None and elsewhere is not None and _words(there) != _words(elsewhere):
            tried.find("refusal", " ".join(route), part, f"{there.text} in place of {elsewhere.text}")


def _gets_far(tried: Trial, route: Route, part: str) -> bool:
    """Whoever is refused before anything is looked at (401, 403) is tried by one of them."""
    return part == "anonymous" or part in EXAMPLES[route].may or tried.refusal_of(part, route) == 404


def _try_etag(tried: Trial, route: Route, part: str, got: TestResponse) -> None:
    """A 304 would say that the sender has what the reader has."""
    asked = asked_for(tried.scene, part, route)
    own = send(tried.scene, part, asked)
    for tag in (got.headers["ETag"], f"W/{got.headers['ETag']}"):
        answer = tried.ask(ETAG, part, asked.with_headers(If_None_Match=tag))
        same = own.status_code == 200 and (own.data, own.headers["ETag"]) == (got.data, got.headers["ETag"])
        expected = 304 if same else own.status_code
        if answer is not None and answer.status_code != expected:
            tried.find("leak", " ".join(route), part, f"{answer.status_code} for an ETag of another's")


def _try_head(tried: Trial, route: Route, part: str) -> None:
    asked = asked_for(tried.scene, part, route)
    answer = tried.refused(HEAD, part, replace(asked, method="head"), (tried.refusal_of(part, route),))
    if answer is not None and "ETag" in answer.headers:
        tried.find("leak", " ".join(route), part, "HEAD told an ETag")


def _try_cursor(tried: Trial, route: Route, reader: str, part: str) -> None:
    """A cursor holds a place in a list and grants nothing: the sender gets their own list, or a refusal."""
    first = send(tried.scene, reader, replace(asked_for(tried.scene, reader, route), query={"limit": "1"}))
    cursor = (first.get_json() or {}).get("next_cursor")
    if cursor:
        asked = replace(asked_for(tried.scene, part, route), query={"cursor": cursor, "limit": "50"})
        answer = tried.ask(CURSOR, part, asked)
        allowed = (200,) if part in EXAMPLES[route].may else (tried.refusal_of(part, route),)
        if answer is not None and answer.status_code not in allowed:
            tried.find("refusal", " ".join(route), part, f"{answer.status_code} for a cursor of another's")


def _try_searching(tried: Trial, route: Route, part: str) -> None:
    """Whoever searches for a word that is not theirs to read finds as much as for a word that nobody wrote."""
    for canary in (canary for canary, readers in READERS.items() if part not in readers):
        found, nothing = (
            send(tried.scene, part, replace(asked_for(tried.scene, part, route), query={"q": word}))
            for word in (canary, f"zq{uuid4().hex}")
        )
        tried.tally.asked[SEARCH] += 1
        if _items(found) != _items(nothing):
            tried.find("leak", " ".join(route), part, f"a search for {canary} found {found.text[:200]}")


def _items(answer: TestResponse) -> Any:
    return (answer.get_json(silent=True) or {}).get("items")


def _words(answer: TestResponse) -> dict[str, Any]:
    body = answer.get_json(silent=True) or {}
    return {name: value for name, value in body.items() if name not in OF_THE_MOMENT}
