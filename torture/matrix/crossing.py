"""Ids that cross: what is one's own in the address and somebody else's in the body, or the other way round.

Whoever has a patient of their own sends every example about that patient, with one id after another exchanged for the
one of the scene's patient. None of it may be taken.
"""

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from tests.contract.examples import NAMES_ANYONE
from tests.contract.scene import Belongings, Scene
from torture.matrix.asking import Asked, Route, condition_of, outline_of
from torture.matrix.trials import Trial

CROSSED = "crossed"
REFUSED = (403, 404, 422)
# Who tries with whose things.
ATTACKERS = {
    "other_practitioner": ("other_practitioner", "other_patient"),
    "b_practitioner": ("b_practitioner", "b_patient", "b_owner"),
}
# What everyone of a clinic has in common. From another clinic it is foreign too.
OF_THE_CLINIC = {
    "clinic_id",
    "location_id",
    "lead_id",
    "colleague_id",
    "teammate_id",
    "exercise_id",
    "asset_id",
    "template_id",
    "content_id",
    "reply_id",
    "check_in_template_id",
    "clinic_check_in_rule_id",
}


def try_crossing(tried: Trial, route: Route) -> None:
    """Try a route with every mixture of the attackers' things and one of the patient's."""
    for part, mixed, foreign in mixtures(tried):
        outline = outline_of(mixed, part, route)
        colleagues = tried.scene.people[part].clinic_id == tried.scene.clinic_id
        if foreign in outline and not (colleagues and route in NAMES_ANYONE):
            _refuse(tried, part, outline.with_headers(**condition_of(mixed, part, route)))
    tried.settle()


def mixtures(tried: Trial) -> Iterator[tuple[str, Scene, str]]:
    """Yield who tries with which things: all theirs, but for one, whose id is given too."""
    stories = [(tried.scene.belongings_of(practitioner), parts) for practitioner, parts in ATTACKERS.items()]
    for mine, parts in stories:
        shared = OF_THE_CLINIC if mine.clinic_id == tried.scene.clinic_id else set()
        for name in (each.name for each in fields(Belongings) if each.name not in shared):
            foreign = getattr(tried.scene, name)
            for part in parts:
                yield part, tried.scene.seen_from(mine, **{name: foreign}), _id_of(foreign)


def _refuse(tried: Trial, part: str, asked: Asked) -> None:
    answer = tried.ask(CROSSED, part, asked)
    door = f"{asked.method} {asked.address} {asked.json}"
    if answer is not None and answer.status_code not in REFUSED and not _refuses_each(answer.get_json(silent=True)):
        tried.find("crossing", door, part, f"{answer.status_code}: {answer.text[:200]}")
    if asked.method != "get":
        tried.suspect(door, part)


def _id_of(value: Any) -> str:
    """A plan and an invited patient are more than their ids."""
    if isinstance(value, dict):
        return str(value["id"])
    return str(getattr(value, "id", value))


def _refuses_each(body: Any) -> bool:
    """A batch is answered item by item."""
    outcomes = (body.get("outcomes") if isinstance(body, dict) else None) or [{"outcome": "none"}]
    return all(outcome["outcome"] == "rejected" for outcome in outcomes)
