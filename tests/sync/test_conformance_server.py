"""The conformance kit judges servers: ours passes, and each server with one fault fails by the rule of that fault."""

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from hep_api.foundation.identifiers import new_id
from hep_api.sync.conformance.commands import conformance
from hep_api.sync.conformance.server.run import CHECKS, Server, judge_server
from hep_api.sync.conformance.stand_in.chart import Chart
from hep_api.sync.conformance.stand_in.door import Refused, StandIn, standing_in
from hep_api.sync.conformance.verdicts import Outcome, Verdict, line
from tests.messaging.conftest import make_scene
from tests.plans import making
from tests.world import World


class Silent(WSGIRequestHandler):
    def log(self, *_: Any) -> None: ...


@pytest.fixture
def url(app: Flask) -> Iterator[str]:
    """Our own server, over real HTTP."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Silent)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_our_server_keeps_every_rule_and_is_left_as_the_kit_says(world: World, url: str, tmp_path: Path) -> None:
    scene = make_scene(world)
    patient, other = scene.patient, world.patient(scene.lead)
    exercise = making.exercise(scene.lead)
    plans = [making.start(scene.lead, each) for each in (patient, other)]
    for plan in plans:
        making.publish(plan, making.new_item(exercise))
    measured = {"text": "Walk far.", "measure": "distance", "unit": "m", "target_value": 500}
    assert plans[0].send("POST", "/goals", measured).status_code == 201
    told = tmp_path / "told.json"
    words = ["server", "--url", url, "--token", patient.token, "--patient", str(patient.member_id)]
    words += ["--other-token", other.token, "--other-patient", str(other.member_id)]
    words += ["--staff-token", scene.lead.token, "--json", str(told)]
    ran = CliRunner().invoke(conformance, words)
    assert ran.exit_code == 0, ran.output
    run = json.loads(told.read_text())
    assert run["counts"]["fail"] == 0
    skipped = {each["rule"] for each in run["rules"] if each["outcome"] == "not applicable"}
    assert skipped == {"S16", "S24", "S30"}, ran.output
    assert f"{run['counts']['pass']} pass" in ran.output
    parts = {each["rule"] for each in run["rules"] if each["left_out"]}
    assert parts == {"S3", "S18", "S25"}, ran.output
    # What stays is what it warns of.
    assert all(
        each in ran.output for each in ("four messages", "an acknowledgement", "value of a goal", "eight pauses")
    )
    assert len(scene.read(patient)["items"]) == 4
    shown = patient.http.get(f"/v1/patients/{patient.member_id}/offline").get_json()
    assert (shown["changes_to_acknowledge"], shown["plans"][0]["pauses"]) == ([], [])
    (goal,) = patient.http.get(f"/v1/plans/{plans[0].id}/goals").get_json()["items"]
    assert len(goal["values"]) == 1
    pauses = patient.http.get(f"/v1/plans/{plans[0].id}/pauses").get_json()["items"]
    assert [each["withdrawn"] for each in pauses] == [True] * 8
    day = patient.http.get(f"/v1/patients/{patient.member_id}/today").get_json()
    assert [item["completed"] for item in day["items"]] == [0]


def test_a_server_that_cannot_be_reached_is_told_in_a_sentence(app: Flask) -> None:
    words = ["server", "--url", "http://127.0.0.1:1", "--token", "t", "--patient", str(new_id())]
    for ran in (CliRunner().invoke(conformance, words), app.test_cli_runner().invoke(args=["conformance", *words])):
        assert ran.exit_code == 1
        assert "cannot be judged" in ran.output


class DedupesNothing(Chart):
    def find(self, event_id: str) -> None:
        return None

    def add(self, said: dict[str, Any], now: datetime, *, batched: bool) -> None:
        super().add(said, now, batched=batched)
        # The record is a dict by id: a second row of an id stands under a key of its own.
        self.events[f"{said['id']}#{len(self.events)}"] = self.events.pop(said["id"])


class TakesTheLast(Chart):
    """Overwrites an event whose id is there with other content."""

    def take_one(self, index: int, item: Any, *, batched: bool) -> dict[str, Any]:
        answer = super().take_one(index, item, batched=batched)
        if answer["outcome"] == "conflict":
            self.events[answer["id"]] |= {"sets": item["sets"]}
            return answer | {"outcome": "applied", "error": None}
        return answer


class ForgetsWhatIsCorrectedFirst(Chart):
    def take_one(self, index: int, item: Any, *, batched: bool) -> dict[str, Any]:
        if isinstance(item, dict) and item.get("revision") and item.get("entry_id") not in self.events:
            return {"index": index, "id": item["id"], "outcome": "rejected", "error": None, "warnings": []}
        return super().take_one(index, item, batched=batched)


class AppliesLater(Chart):
    """Says applied before it is recorded; every third event never is."""

    added = 0

    def add(self, said: dict[str, Any], now: datetime, *, batched: bool) -> None:
        self.added += 1
        if self.added % 3:
            super().add(said, now, batched=batched)


class KnowsNoUpperCase(Chart):
    def find(self, event_id: str) -> dict[str, Any] | None:
        time.sleep(0)
        return super().find(event_id)

    def take(self, items: Any) -> list[dict[str, Any]]:
        for item in items:
            if isinstance(item, dict) and isinstance(item.get("id"), str) and item["id"] != item["id"].lower():
                return [{"index": 0, "id": None, "outcome": "rejected", "error": None, "warnings": []}] * len(items)
        return super().take(items)


class SharesIds(Chart):
    """Knows an id of any patient as its own."""

    everywhere: dict[str, dict[str, Any]] = {}

    def find(self, event_id: str) -> dict[str, Any] | None:
        return self.everywhere.get(event_id)

    def add(self, said: dict[str, Any], now: datetime, *, batched: bool) -> None:
        super().add(said, now, batched=batched)
        self.everywhere[said["id"]] = self.events[said["id"]]


class TakesAnySource(Chart):
    def take_one(self, index: int, item: Any, *, batched: bool) -> dict[str, Any]:
        bare = {**item, "source": None} if isinstance(item, dict) else item
        return super().take_one(index, bare, batched=batched)


class PullsByTheClock(Chart):
    """Gives cursors that skip what is committed while somebody pulls."""

    def pull(self, cursor: str | None, limit: int) -> dict[str, Any] | None:
        page = super().pull(cursor, limit)
        if page is not None and cursor is not None:
            end = super().pull(None, 500)
            page["cursor"] = end["cursor"] if end is not None else page["cursor"]
            page["more"] = False
        return page


class PullsForever(Chart):
    def pull(self, cursor: str | None, limit: int) -> dict[str, Any] | None:
        return super().pull(cursor, limit + 1)


class TakesAnyCursor(Chart):
    def pull(self, cursor: str | None, limit: int) -> dict[str, Any] | None:
        return super().pull(cursor, limit) or super().pull(None, limit)


class SkipsWhatTheDeskDoes(Chart):
    """Shows a new pause in the bundle alone."""

    def _put(self, kind: str, thing: dict[str, Any]) -> None:
        if kind != "pause" or thing["id"] == self.pause_id:
            super()._put(kind, thing)


class PullsNo(Chart):
    """Leaves one kind of thing out of each page."""

    kind = "goals"

    def _page(self, page: Any, *, reset: bool, after: int) -> dict[str, Any]:
        return {**super()._page(page, reset=reset, after=after), self.kind: []}


class PullsNoRevisions(PullsNo):
    kind = "revisions"


class PullsNoAcknowledgements(PullsNo):
    kind = "acknowledgements"


class PullsPlansAsTheyWere(Chart):
    """Gives each plan once, and not again when it has changed."""

    def _show_plan(self) -> None:
        if not any(kind == "plan" for _, kind, _ in self.log):
            super()._show_plan()


class CountsValuesTwice(Chart):
    """Takes a goal's value that is sent again for another one."""

    def measure(self, body: dict[str, Any]) -> dict[str, Any]:
        return super().measure({**body, "id": str(new_id())})


class BelievesTheLastWord(Chart):
    """Takes the instant of an acknowledgement anew each time."""

    def acknowledge(self, number: int, body: dict[str, Any]) -> dict[str, Any]:
        self.seen.pop(number, None)
        return super().acknowledge(number, body)


class TakesFewerDays(Chart):
    """Takes events of a day less, or a day more, than its settings say."""

    says = 61

    def _page(self, page: Any, *, reset: bool, after: int) -> dict[str, Any]:
        told = super()._page(page, reset=reset, after=after)
        if told["settings"] is not None:
            told["settings"] = {**told["settings"], "events_accepted_days_back": self.says}
        return told


class TakesMoreDays(TakesFewerDays):
    says = 59


class KnowsNoOtherDate(Chart):
    """Wants performed_on to be the very date of performed_at."""

    def take_one(self, index: int, item: Any, *, batched: bool) -> dict[str, Any]:
        if isinstance(item, dict) and item.get("performed_on") != str(item.get("performed_at"))[:10]:
            error = {"field": "/performed_on", "rule": "far_from_performed_at", "detail": "Another date."}
            return {"index": index, "id": item.get("id"), "outcome": "rejected", "error": error, "warnings": []}
        return super().take_one(index, item, batched=batched)


class WarnsOfAnyMore(Chart):
    """Warns of each set above the plan."""

    def take_one(self, index: int, item: Any, *, batched: bool) -> dict[str, Any]:
        answer = super().take_one(index, item, batched=batched)
        if answer["outcome"] == "applied" and (item.get("sets") or 0) > 3:
            answer["warnings"] = [{"field": "/sets", "rule": "over_twice_planned", "detail": "Over."}]
        return answer


class WarnsLate(Chart):
    """Warns of three times the plan."""

    def take_one(self, index: int, item: Any, *, batched: bool) -> dict[str, Any]:
        answer = super().take_one(index, item, batched=batched)
        return answer | ({"warnings": []} if isinstance(item, dict) and item.get("sets") == 7 else {})


class NeverRenewsTheBundle(StandIn):
    """Answers 304 to whoever has any bundle."""

    def tag_of(self, value: Any, told: bytes) -> str:
        return '"the-bundle"' if "changes_to_acknowledge" in value else super().tag_of(value, told)


class BlocksTheBatch(StandIn):
    """Refuses the whole batch for one bad item."""

    def take(self, chart: Chart, body: bytes) -> list[dict[str, Any]]:
        outcomes = super().take(chart, body)
        if any(each["outcome"] == "rejected" for each in outcomes):
            raise Refused(422, "invalid_input", "/events")
        return outcomes


class BreaksOnOddText(StandIn):
    def take(self, chart: Chart, body: bytes) -> list[dict[str, Any]]:
        if b"\\u0000" in body:
            raise Refused(500, "unexpected")
        return super().take(chart, body)


class ReadsLeniently(StandIn):
    """Takes the last of two keys, and what comes after NaN."""

    def take(self, chart: Chart, body: bytes) -> list[dict[str, Any]]:
        try:
            value = json.loads(body)
        except ValueError:
            raise Refused(400, "malformed_json") from None
        return chart.take(value["events"] if isinstance(value, dict) else value)


class TellsStrangersApart(StandIn):
    def answer(self, method: str, target: str, token: str | None, body: bytes) -> Any:
        try:
            return super().answer(method, target, token, body)
        except Refused as refused:
            if refused.status == 404 and target.split("/")[3] in self.charts:
                raise Refused(403, "not_yours") from None
            raise


WRONG: list[tuple[type[StandIn], type[Chart], str]] = [
    (StandIn, DedupesNothing, "S7 S31 S32"),
    (StandIn, TakesTheLast, "S8"),
    (StandIn, ForgetsWhatIsCorrectedFirst, "S1"),
    (StandIn, AppliesLater, "S6 S32"),
    (StandIn, KnowsNoUpperCase, "S5 S7"),
    (StandIn, SharesIds, "S12"),
    (StandIn, TakesAnySource, "S3"),
    (StandIn, PullsByTheClock, "S20 S21"),
    (StandIn, PullsForever, "S21"),
    (StandIn, TakesAnyCursor, "S23"),
    (StandIn, SkipsWhatTheDeskDoes, "S19 S20 S25"),
    (StandIn, PullsNo, "S19"),
    (StandIn, PullsNoRevisions, "S19"),
    (StandIn, PullsNoAcknowledgements, "S19"),
    (StandIn, PullsPlansAsTheyWere, "S19"),
    (StandIn, CountsValuesTwice, "S28"),
    (StandIn, BelievesTheLastWord, "S28"),
    (StandIn, TakesFewerDays, "S18"),
    (StandIn, TakesMoreDays, "S18"),
    (StandIn, KnowsNoOtherDate, "S18"),
    (StandIn, WarnsOfAnyMore, "S13"),
    (StandIn, WarnsLate, "S13"),
    (NeverRenewsTheBundle, Chart, "S27"),
    (BlocksTheBatch, Chart, "S4 S9"),
    (BreaksOnOddText, Chart, "S10"),
    (ReadsLeniently, Chart, "S11"),
    (TellsStrangersApart, Chart, "S15"),
]


def verdicts(kind: type[StandIn], chart: type[Chart], rules: set[str], *, alone: bool = False) -> list[Verdict]:
    """Judge a server; alone: with nobody's sign-in but the patient's."""
    with standing_in(kind) as stand_in:
        patient, other = stand_in.admit(chart()), stand_in.admit(chart())
        given = Server(url=stand_in.url, token=patient.token, patient=patient.patient_id)
        if not alone:
            theirs = {"other_token": other.token, "other_patient": other.patient_id}
            given = replace(given, **theirs, staff_token=stand_in.staff_token)
        return list(judge_server(given, 7, frozenset(rules)))


def test_the_kits_own_server_keeps_every_rule() -> None:
    found = verdicts(StandIn, Chart, set())
    assert [each for each in found if each.outcome is Outcome.FAIL] == []
    assert {each.rule for each in found if each.outcome is Outcome.PASS} == CHECKS.keys() - {"S16", "S29"}


def test_a_verdict_says_which_part_of_its_rule_was_left_out() -> None:
    rules = {"S3", "S13", "S15", "S18", "S19", "S20", "S23", "S25", "S27", "S28"}
    found = {each.rule: each for each in verdicts(StandIn, Chart, rules)}
    assert {rule for rule, each in found.items() if each.left_out} == {"S3", "S18", "S25", "S28"}
    alone = {each.rule: each for each in verdicts(StandIn, Chart, rules, alone=True)}
    passed = {rule: each.left_out for rule, each in alone.items() if each.outcome is Outcome.PASS}
    assert {rule for rule, part in passed.items() if part} == {"S3", "S15", "S18", "S19", "S20", "S23", "S27", "S28"}
    assert "--staff-token" in passed["S27"]
    assert "--other-token" in passed["S23"]
    assert line(alone["S28"]).endswith("  - left out: messages: the patient has no conversation")


@pytest.mark.parametrize(("kind", "chart", "broken"), WRONG, ids=[f"{a.__name__}-{b.__name__}" for a, b, _ in WRONG])
def test_a_wrong_server_fails_by_the_rule_that_it_breaks(kind: type[StandIn], chart: type[Chart], broken: str) -> None:
    failed = {
        each.rule: each for each in verdicts(kind, chart, {*broken.split(), "S2"}) if each.outcome is Outcome.FAIL
    }
    assert set(broken.split()) <= failed.keys()
    assert not [each.words for each in failed.values() if "of another shape" in each.words]
