"""The conformance kit judges clients: one that keeps every rule passes, and each with one fault fails by its rule.

The TypeScript client is judged in tests/clients.
"""

import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from click.testing import CliRunner

from hep_api.sync.conformance.client.run import CHECKS, Client, judge_client
from hep_api.sync.conformance.commands import conformance
from hep_api.sync.conformance.stand_in.chart import Chart
from hep_api.sync.conformance.stand_in.door import standing_in
from hep_api.sync.conformance.verdicts import Outcome, Verdict
from tests.sync.shares import AT_ONCE, shares

# Without site-packages: it is started often, and needs none.
POCKET = (sys.executable, "-S", str(Path(__file__).parent / "pocket.py"))

BUGS = {
    "forgets": "C1 C36",
    "shares_outbox": "C3",
    "changes_events": "C5",
    "new_ids": "C6",
    "upper_case": "C6",
    "gives_up": "C7",
    "by_place": "C8",
    "one_batch": "C9",
    "never_settles": "C10",
    "drops_rejected": "C11",
    "drops_retry": "C12",
    "settles_on_200": "C13",
    "insists": "C14",
    "forgets_at_404": "C15",
    "no_halving": "C16",
    "believes_pages": "C17",
    "impatient": "C18",
    "flat_waits": "C19",
    "blocks": "C20",
    "follows_redirects": "C22",
    "cursor_first": "C25",
    "doubles_pages": "C26",
    "keeps_gone": "C26",
    "one_page": "C27",
    "raw_cursor": "C27",
    "keeps_at_reset": "C28",
    "empties_at_reset": "C28",
    "keeps_cursor": "C29",
    "drops_for_ever": "C29",
    "one_stops_the_other": "C30",
    "knows_all": "C35",
}


def judged(rules: Iterable[str], *bug: str) -> list[Verdict]:
    return list(judge_client(Client(command=(*POCKET, *bug)), 5, frozenset(rules)))


def test_a_client_that_keeps_the_rules_passes_each() -> None:
    with ThreadPoolExecutor(AT_ONCE) as judges:
        found = [each for share in judges.map(judged, shares()) for each in share]
    assert [each for each in found if each.outcome is not Outcome.PASS] == []
    assert {each.rule for each in found} == CHECKS.keys()


def test_a_wrong_client_fails_by_the_rule_that_it_breaks() -> None:
    with ThreadPoolExecutor(AT_ONCE) as judges:
        found = judges.map(lambda bug: judged(BUGS[bug].split(), bug), BUGS)
        unseen = [[each.rule for each in one if each.outcome is not Outcome.FAIL] for one in found]
    kept = dict(zip(BUGS, unseen, strict=True))
    assert {bug: rules for bug, rules in kept.items() if rules} == {}


def test_a_client_is_tried_on_a_server_that_is_named_and_leaves_it_as_it_was() -> None:
    with standing_in() as server:
        chart = server.admit(Chart())
        words = ["client", "--url", server.url, "--token", chart.token, "--patient", chart.patient_id, "--only", "c36"]
        ran = CliRunner().invoke(conformance, [*words, "--", *POCKET])
        assert ran.exit_code == 0, ran.output
        entries = {event["entry_id"]: event["kind"] for event in chart.events.values()}
    assert len(entries) > 10
    assert set(entries.values()) == {"void"}


def test_what_is_no_driver_fails_every_rule_in_a_sentence() -> None:
    ran = CliRunner().invoke(conformance, ["client", "--only", "C1,C7", "--", sys.executable, "-c", "pass"])
    assert ran.exit_code == 1
    assert ran.output.count("the driver ended by itself while it was asked to open") == 2
    ran = CliRunner().invoke(conformance, ["client", "--only", "C1", "--", "/nowhere/driver"])
    assert (ran.exit_code, "the driver cannot be started" in ran.output) == (1, True)
