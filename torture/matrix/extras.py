"""Fields that are not the sender's to set: whose it is, who did it, since when. Every body refuses them by name."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from tests.contract.examples import EXAMPLES
from torture.matrix.asking import Route, asked_for
from torture.matrix.trials import Trial

EXTRA = "extra fields"
EXTRAS: dict[str, Any] = {
    "id": "00000000-0000-7000-8000-000000000000",
    "clinic_id": "00000000-0000-7000-8000-000000000000",
    "patient_id": "00000000-0000-7000-8000-000000000000",
    "member_id": "00000000-0000-7000-8000-000000000000",
    "account_id": "00000000-0000-7000-8000-000000000000",
    "sign_in_id": "00000000-0000-7000-8000-000000000000",
    "sender_id": "00000000-0000-7000-8000-000000000000",
    "recorded_by": "00000000-0000-7000-8000-000000000000",
    "role": "owner",
    "status": "active",
    "source": "practitioner",
    "is_lead": True,
    "managers_may_read_records": True,
    "second_factor_at": "2020-01-01T00:00:00Z",
    "version": 99,
    "seq": 1,
    "created_at": "2020-01-01T00:00:00Z",
    "received_at": "2020-01-01T00:00:00Z",
    "__class__": "x",
    "": "x",
}

# What browsers make is passed on as they made it, and they add to it.
MADE_BY_BROWSERS = {("post", "/v1/me/passkeys")}


def try_extras(tried: Trial, route: Route, declared: set[str]) -> None:
    """Add every field that is not declared, to the body itself and to each object in it."""
    example = EXAMPLES[route]
    if example.json is None:
        return
    part = example.may[0]
    whole = asked_for(tried.scene, part, route)
    extras = {name: value for name, value in EXTRAS.items() if name not in declared}
    answer = tried.refused(EXTRA, part, replace(whole, json={**whole.json, **extras}), (422,))
    if answer is not None and answer.status_code == 422:
        named = {error["field"] for error in answer.get_json()["errors"] if error["rule"] == "unknown"}
        for name in sorted(set(extras) - {field.removeprefix("/") for field in named}):
            tried.find("extra", " ".join(route), part, f"{name!r} is not named")
    inner = {"clinic_id": EXTRAS["clinic_id"], "__class__": "x"}
    for body in [] if route in MADE_BY_BROWSERS else _nested(whole.json, inner):
        # A batch takes each item by itself: 200, and the item refused.
        tried.refused(EXTRA, part, replace(whole, json=body), (422, 200))
    tried.settle()


def _nested(value: Any, extras: dict[str, Any]) -> Iterator[Any]:
    """Yield the value with the extras in one object below its top after the other."""
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in list(steps):
        mixed: list[Any] = list(_nested(inner, extras))
        if isinstance(inner, dict):
            mixed.append({**inner, **extras})
        for each in mixed:
            copy = dict(value) if isinstance(value, dict) else list(value)
            copy[step] = each
            yield copy
