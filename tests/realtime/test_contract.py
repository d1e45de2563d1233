"""asyncapi.yaml says what the socket doors do. Redocly's opinion of it is asked in tests/contract."""

import re
from pathlib import Path
from typing import Any

import yaml
from flask import Flask

from hep_api.asyncapi import write_contract
from hep_api.foundation.realtime import contract

COMMITTED = Path(__file__).parent.parent.parent / "asyncapi.yaml"


def test_the_committed_contract_is_the_one_that_the_doors_give() -> None:
    assert COMMITTED.read_text() == write_contract(), "run `python -m hep_api.asyncapi > asyncapi.yaml`"


def test_every_command_and_announcement_is_in_it_with_who_may_and_what_it_answers(app: Flask) -> None:
    document = contract.build(app)
    gateway = app.extensions["hep_realtime"]
    operations: dict[str, Any] = document["operations"]
    received = {name for name, operation in operations.items() if operation["action"] == "receive"}
    announced = {each.event for door in gateway.switchboard.doors for each in door.announces}
    assert received == {*gateway.switchboard.commands, "connect"}
    assert operations.keys() - received == {*announced, "resync"}
    for name in gateway.switchboard.commands:
        assert operations[name]["description"].startswith("For ")
        assert len(operations[name]["reply"]["messages"]) == 2
    assert all(message["payload"] for message in document["components"]["messages"].values())


def test_every_reference_leads_somewhere() -> None:
    document = yaml.safe_load(COMMITTED.read_text())
    for reference in references(document):
        part = document
        for step in reference.removeprefix("#/").split("/"):
            part = part[step]


def test_every_trap_that_the_documentation_tells_of_has_its_test() -> None:
    here = Path(__file__).parent
    told = re.findall(r"`([\w./]+\.py)::(test_\w+)`", (here.parents[1] / "docs" / "realtime.md").read_text())
    assert len(told) > 30
    assert [name for file, name in told if f"def {name}(" not in (here / file).read_text()] == []


def references(part: Any) -> list[str]:
    if isinstance(part, list):
        return [found for each in part for found in references(each)]
    if not isinstance(part, dict):
        return []
    own = [part["$ref"]] if "$ref" in part else []
    return own + [found for each in part.values() for found in references(each)]
