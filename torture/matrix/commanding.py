"""The socket commands, tried like the routes; and that nobody hears over a socket what is not theirs to hear."""

import json
from typing import Any

from tests.contract.examples import COMMANDS
from tests.contract.scene import NOT_SIGNED_IN
from torture.matrix.changing import do_everything
from torture.matrix.crossing import CROSSED, mixtures
from torture.matrix.extras import EXTRAS
from torture.matrix.lines import Lines
from torture.matrix.trials import Trial

COMMAND, HEARD = "command", "heard by others"
LISTENERS = ("lead", "patient")


def try_command(tried: Trial, lines: Lines, name: str) -> None:
    """Try a command on everyone, with what crosses, and with fields that are not theirs to set."""
    example, scene = COMMANDS[name], tried.scene
    for part in sorted(scene.phones.keys() - set(example.may)):
        body = example.body(scene, "lead" if part in NOT_SIGNED_IN else part)
        refused(tried, lines, (COMMAND, name, part), body, (_refusal_of(tried, name, part),))
    for part, mixed, foreign in mixtures(tried):
        body = example.body(mixed, part)
        if foreign in json.dumps(body):
            refused(tried, lines, (CROSSED, name, part), body, (403, 404, 422))
    part = example.may[0]
    refused(tried, lines, (COMMAND, name, part), {**example.body(scene, part), "clinic_id": EXTRAS["id"]}, (422,))
    tried.settle()
    for part in example.may:
        answer = lines.ask(part, name, example.body(scene, part))
        if not answer["ok"]:
            tried.find("rightful", name, part, json.dumps(answer))
    tried.put_back()


def refused(tried: Trial, lines: Lines, asked: tuple[str, str, str], body: Any, statuses: tuple[int, ...]) -> None:
    """Send a command that must be refused with one of these statuses, tell nothing and change nothing."""
    why, name, part = asked
    tried.tally.asked[why] += 1
    answer = lines.ask(part, name, body)
    if answer.get("status") not in statuses:
        tried.find("refusal", name, part, f"{why}: {answer} in place of {statuses}")
    for word in tried.told_too_much(part, json.dumps(answer)):
        tried.find("leak", name, part, word)
    tried.suspect(name, part)


def try_listening(tried: Trial, lines: Lines) -> None:
    """Do all to the record that its own people may do, by routes and commands: they hear of it, and nobody else."""
    do_everything(tried)
    for name in ("message.send", "receipt.report"):
        for part in LISTENERS:
            lines.ask(part, name, COMMANDS[name].body(tried.scene, part))
    for part in tried.scene.phones:
        heard = lines.heard(part)
        tried.tally.asked[HEARD] += 1
        if part in LISTENERS and not heard:
            tried.find("rightful", "sockets", part, "heard nothing")
        if part not in LISTENERS and heard:
            tried.find("leak", "sockets", part, f"heard {heard[0][:200]}")
    tried.put_back()


def _refusal_of(tried: Trial, name: str, part: str) -> int:
    if part in NOT_SIGNED_IN:
        return 401
    if part in COMMANDS[name].refusals:
        return COMMANDS[name].refusals[part]
    commands = tried.scene.world.app.extensions["hep_realtime"].switchboard.commands
    return 404 if tried.scene.people[part].role in commands[name].policy.roles else 403
