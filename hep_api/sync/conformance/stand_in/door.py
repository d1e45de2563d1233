"""The stand-in's HTTP door: a server that speaks the protocol, on loopback, for judging clients and for trying the kit.

It keeps every rule of a server and has nothing else: no disk, no clinic, no sign-in but one token a patient.
"""

import contextlib
import hashlib
import json
import re
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

from hep_api.foundation import clock
from hep_api.foundation.identifiers import new_id
from hep_api.sync.conformance.listening import OneRequest, listening
from hep_api.sync.conformance.stand_in.chart import Chart

MOST_BYTES, MOST_EVENTS, DEEPEST = 2 * 1024 * 1024, 500, 20
PATH = re.compile(r"/v1/patients/([^/]+)/(events|sync|today|offline)")
OF_PLAN = re.compile(r"/v1/plans/([^/]+)(?:/(pauses|revisions|goals)(?:/([^/]+)(?:/(acknowledgement|values))?)?)?")


class Refused(Exception):
    def __init__(self, status: int, code: str, field: str | None = None) -> None:
        super().__init__(code)
        self.value = {"type": f"urn:stand-in:{code}", "title": code, "status": status, "code": code, "detail": code}
        self.value["errors"] = [{"field": field, "rule": code, "detail": code}] if field else []
        self.status = status


class StandIn:
    """A running stand-in: its address, and the charts of its patients, to which more may be added."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.charts: dict[str, Chart] = {}
        self.staff_token = f"token-{new_id().hex}"

    def admit(self, chart: Chart) -> Chart:
        """Take a patient in and return their chart."""
        self.charts[chart.patient_id] = chart
        return chart

    def answer(self, method: str, target: str, token: str | None, body: bytes) -> Any:
        """Return the JSON of the answer to a request; raise Refused."""
        parts = urlsplit(target)
        query = {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
        if token not in {self.staff_token, *(chart.token for chart in self.charts.values())}:
            raise Refused(401, "not_signed_in")
        if named := OF_PLAN.fullmatch(parts.path):
            return self.of_plan(method, named, token, json.loads(body or b"null"))
        if (method, parts.path) == ("GET", "/v1/conversations"):
            return {"items": [], "next_cursor": None}
        named = PATH.fullmatch(parts.path)
        chart = self.charts.get(named[1]) if named else None
        if named is None or chart is None or chart.token != token:
            raise Refused(404, "not_found")
        if (method, named[2]) == ("POST", "events"):
            return {"outcomes": self.take(chart, body)}
        return {"events": listed, "sync": pulled, "today": day, "offline": bundle}[named[2]](chart, query)

    def of_plan(self, method: str, named: re.Match[str], token: str | None, body: Any) -> Any:
        """Show or change a plan: pauses by the practitioner alone, the rest by the patient."""
        plan_id, part, thing_id, last = named.groups()
        chart = next((each for each in self.charts.values() if each.plan_id == plan_id), None)
        if chart is None or token not in (chart.token, self.staff_token):
            raise Refused(404, "not_found")
        if (method, part) == ("GET", None):
            return chart.plan()
        if (method, part) == ("GET", "revisions"):
            return {"items": chart.list_revisions(), "next_cursor": None}
        if part == "pauses" and token == self.staff_token:
            return chart.pause(body) if method == "POST" else chart.end_pause(thing_id)
        if (method, part, last) == ("PUT", "revisions", "acknowledgement"):
            return chart.acknowledge(int(thing_id), body)
        if (method, part, last) == ("POST", "goals", "values"):
            return chart.measure(body)
        raise Refused(404, "not_found")

    def tag_of(self, _: Any, told: bytes) -> str:
        """Return the ETag of a value, whose JSON is `told`."""
        return f'"{hashlib.sha256(told).hexdigest()[:16]}"'

    def take(self, chart: Chart, body: bytes) -> list[dict[str, Any]]:
        """Take a batch; refuse as a whole what is none."""
        return chart.take(batch_in(body))


def batch_in(body: bytes) -> list[Any]:
    """Return the items of a batch; raise Refused when the body is none."""
    if len(body) > MOST_BYTES:
        raise Refused(413, "too_large")
    try:
        value = json.loads(body.decode(), object_pairs_hook=_once, parse_constant=_no_number)
        deep = _depth(value) > DEEPEST
    except (ValueError, RecursionError):
        raise Refused(400, "malformed_json") from None
    if deep:
        raise Refused(400, "malformed_json")
    items = value.get("events") if isinstance(value, dict) and value.keys() == {"events"} else None
    if not isinstance(items, list) or not 1 <= len(items) <= MOST_EVENTS:
        raise Refused(422, "invalid_input", "/events")
    return items


def listed(chart: Chart, query: dict[str, str]) -> Any:
    """Return the events after a number, in order, or the newest first."""
    after, limit = int(query.get("after", 0)), int(query.get("limit", 50))
    with chart.lock:
        coming = [event for event in chart.events.values() if event["seq"] > after]
    if query.get("order") == "newest":
        coming.reverse()
    return {"items": coming[:limit], "next_cursor": "more" if len(coming) > limit else None}


def pulled(chart: Chart, query: dict[str, str]) -> Any:
    """Return a page of what changed."""
    limit = query.get("limit", "200")
    if not limit.isdigit() or not 1 <= int(limit) <= 500:
        raise Refused(422, "range", "/limit")
    page = chart.pull(query.get("cursor"), int(limit))
    if page is None:
        raise Refused(422, "cursor", "/cursor")
    return page


def day(chart: Chart, query: dict[str, str]) -> Any:
    """Return what stands of a day: of each entry the event in force."""
    on = query.get("on", clock.now().date().isoformat())
    with chart.lock:
        by_entry: dict[str, dict[str, Any]] = {}
        for event in chart.events.values():
            held = by_entry.get(event["entry_id"], event)
            by_entry[event["entry_id"]] = max(held, event, key=lambda each: (each["revision"], each["id"]))
    in_force = [event for event in by_entry.values() if event["kind"] != "void" and event["performed_on"] == on]
    entries = [
        {"event_id": each["id"], "entry_id": each["entry_id"], "revision": each["revision"]} for each in in_force
    ]
    return {"day": on, "items": [], "others": entries}


def bundle(chart: Chart, _: dict[str, str]) -> Any:
    """Return the plan with its prescriptions."""
    waiting = [each for each in chart.list_revisions() if each["acknowledged_at"] is None]
    changes = [{"plan_id": chart.plan_id, "number": each["number"]} for each in waiting]
    return {"zone": "Europe/Berlin", "plans": [chart.plan()], "changes_to_acknowledge": changes}


@contextlib.contextmanager
def standing_in(kind: type[StandIn] = StandIn) -> Iterator[StandIn]:
    """Run a stand-in until the block ends."""
    with listening() as server:
        stand_in = kind(server.url)
        server.RequestHandlerClass = _handler_for(stand_in)
        yield stand_in


def _handler_for(stand_in: StandIn) -> type[BaseHTTPRequestHandler]:
    class Handler(OneRequest):
        def play(self, body: bytes) -> None:
            token = (self.headers.get("Authorization") or "").removeprefix("Bearer ") or None
            try:
                status, kind, value = 200, "application/json", stand_in.answer(self.command, self.path, token, body)
            except Refused as refused:
                status, kind, value = refused.status, "application/problem+json", refused.value
            told = json.dumps(value).encode()
            tag = stand_in.tag_of(value, told)
            if status == 200 and self.command == "POST" and not self.path.endswith("/events"):
                status = 201
            if status == 200 and self.headers.get("If-None-Match") == tag:
                status, told = 304, b""
            self.send_response(status)
            headers = {"Content-Type": kind, "Content-Length": str(len(told)), "ETag": tag}
            for name, said in headers.items():
                self.send_header(name, said)
            self.end_headers()
            self.wfile.write(told)

    return Handler


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a key stands twice")
    return dict(pairs)


def _no_number(name: str) -> Any:
    raise ValueError(name)


def _depth(value: Any) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + max((_depth(each) for each in inner), default=0)
