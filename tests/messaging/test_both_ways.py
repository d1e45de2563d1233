"""Whatever a patient's message meets, one statement leaves the same in every table as the long way does."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select, text, update

from hep_api.foundation.jobs.models import Job
from hep_api.messaging import sending_at_once
from tests.counting import StatementCounter
from tests.messaging.alerting import CALM
from tests.messaging.conftest import Scene, make_scene
from tests.messaging.test_inbox import assign
from tests.messaging.test_sending_at_once import Phone
from tests.world import World

Turn = Callable[[Scene], object]

TENANTS = """
SELECT relname FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid AND attname = 'clinic_id'
 WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition ORDER BY 1
"""
# What is another each time: chained, counted for the whole clinic, or drawn.
ANOTHER = {"audit_entry": ("seq", "hash", "previous_hash", "request_id"), "job": ("id",)}
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+\+00:00")


def _muted(scene: Scene) -> None:
    for each in (scene.lead, scene.patient):
        assert each.http.put(scene.path("/mute"), json={}).status_code == 200


def _read(scene: Scene) -> None:
    scene.say(scene.lead, "Hello.", "How is it?")
    assert scene.report(scene.patient, delivered_seq=2, read_seq=1).status_code == 200


def _joined(scene: Scene) -> None:
    scene.world.join_care_team(scene.patient, scene.world.practitioner(scene.lead.clinic_id))


def _change_job(scene: Scene, **values: Any) -> None:
    with scene.world.transaction() as session:
        session.execute(update(Job).where(Job.dedupe_key.contains(str(scene.id))).values(values))


def _told_later(scene: Scene) -> None:
    _change_job(scene, run_at=Job.run_at + timedelta(hours=1))


def _being_told(scene: Scene) -> None:
    _change_job(scene, attempts=1, leased_until=datetime.now(UTC) + timedelta(minutes=1))


# What happens before each message, and its words; a scene goes through all of them, one after the other.
TURNS: list[tuple[Turn, str]] = [
    (_muted, CALM),
    (_read, "\U0001f469\u200d\U0001f52c" + "\u00e9" * 3_997),
    (lambda scene: assign(scene.lead, scene, scene.lead), "'quoted\" \\ %s %(body)s {0}\t\n\u2028\u202e\ufeff"),
    (_joined, CALM),
    (_told_later, CALM),
    (_being_told, CALM),
    (lambda scene: scene.say(scene.lead, "Good."), CALM),
]


def test_the_same_is_in_every_table_by_either_way(
    world: World, statements: StatementCounter, monkeypatch: pytest.MonkeyPatch
) -> None:
    clinic_id = world.clinic()
    left = {}
    for way in ("long", "short"):
        scene = make_scene(world, clinic_id)
        phone = Phone(scene, scene.patient, statements)
        left[way] = [_left(phone, before, words, way == "long", monkeypatch) for before, words in TURNS]
        phone.line.close()
    for long, short in zip(left["long"], left["short"], strict=True):
        assert long == short
        assert {"audit_entry", "conversation", "message"} <= {row[0] for row in long[0]}


def _left(
    phone: Phone, before: Turn, words: str, goes_the_long_way: bool, monkeypatch: pytest.MonkeyPatch
) -> tuple[list[Any], list[Any], Any]:
    """Return the rows that a message added and those that it replaced, and its answer, with names for ids."""
    before(phone.scene)
    client_id, known = str(uuid4()), _rows(phone.scene)
    with monkeypatch.context() as changed:
        if goes_the_long_way:
            changed.setattr(sending_at_once, "send_message_at_once", lambda *_: None)
        answer, count = phone.costs(words, client_id=client_id)
    assert (answer["ok"], count == 1) == (True, not goes_the_long_way)
    now = _rows(phone.scene)
    ours = phone.scene.patient
    ids = (phone.scene.id, ours.member_id, ours.account_id, ours.sign_in_id, phone.scene.lead.member_id, client_id)
    named = [sorted(_named(row, ids) for row in rows) for rows in (now - known, known - now)]
    return named[0], named[1], _named(json.dumps(answer["data"]), ids)


def _rows(scene: Scene) -> set[str]:
    """Return every row of the clinic's, as JSON."""
    with scene.world.transaction() as session:
        tables = session.scalars(text(TENANTS)).all()
        return {
            json.dumps([table, {name: value for name, value in row.items() if name not in ANOTHER.get(table, ())}])
            for table in tables
            for row in session.scalars(
                select(text("to_jsonb(each)"))
                .select_from(text(f"{table} AS each"))
                .where(text("clinic_id = :clinic_id").bindparams(clinic_id=scene.lead.clinic_id))
            )
        }


def _named(row: str, ids: tuple[object, ...]) -> Any:
    for name, each in enumerate(ids):
        row = row.replace(str(each), f"id {name}")
    return json.loads(INSTANT.sub("then", row))
