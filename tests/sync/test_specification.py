"""The rules of docs/offline-sync.md and those of the conformance kit are the same, both ways."""

import re
from pathlib import Path

from hep_api.adherence.schemas.uploads import EventIn
from hep_api.sync.conformance import rules
from hep_api.sync.conformance.client import run as client
from hep_api.sync.conformance.server import run as server
from hep_api.sync.conformance.stand_in import judging

PAGE = (Path(__file__).parents[2] / "docs" / "offline-sync.md").read_text()
RULE = re.compile(r"^- \*\*([SC]\d+)\*\* (.*?)(?=^- \*\*|^$)", re.MULTILINE | re.DOTALL)
KEYWORDS = re.compile(r"\b(MUST|SHOULD|MAY)\b|No item")


def test_every_rule_of_the_page_is_judged_or_says_why_not_and_the_other_way_round() -> None:
    written = RULE.findall(PAGE)
    numbers = [number for number, _ in written]
    assert sorted(numbers, key=_place) == [*rules.SERVER, *rules.CLIENT]
    assert len(numbers) == len(set(numbers))
    by_hand = {number for number, words in written if "*(by hand:" in words}
    assert by_hand == rules.BY_HAND.keys()
    assert server.CHECKS.keys() | client.CHECKS.keys() == (rules.SERVER | rules.CLIENT).keys() - by_hand


def test_the_reason_on_the_page_is_the_kits() -> None:
    for number, words in RULE.findall(PAGE):
        if reason := rules.BY_HAND.get(number):
            assert f"*(by hand: {reason}" in " ".join(words.split())


def test_rules_are_named_where_the_page_speaks_of_them() -> None:
    assert set(re.findall(r"\b([SC]\d+)\b", PAGE)) <= (rules.SERVER | rules.CLIENT).keys()


def test_the_kits_own_server_knows_the_fields_of_an_event_as_ours_does() -> None:
    assert {*judging.REQUIRED, *judging.OPTIONAL} == {
        field.data_key or name for name, field in EventIn().fields.items()
    }


def _place(number: str) -> tuple[bool, int]:
    return number[0] == "C", int(number[1:])
