"""The hottest reads, as PostgreSQL carries them out: taken while the product itself asks, with its role and its
row-level security, and explained on the spot. `docs/performance.md` keeps them at full size, a test what they stand on.
"""

import json
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, Engine, event

from tests.plans import making
from tests.world import Person

MEASURED = "EXPLAIN (ANALYZE, BUFFERS, SETTINGS OFF, FORMAT JSON) "
SHAPE = "EXPLAIN (COSTS OFF, FORMAT JSON) "
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Patient:
    """Somebody to ask about: signed in, with a prescription, and the practitioner who leads."""

    person: Person
    prescription_id: UUID
    lead: Person


@dataclass(frozen=True, slots=True)
class Read:
    """A read: what it is for, the door that makes it, words by which its statement is known, and by which columns at
    least it looks things up in the large tables.
    """

    name: str
    ask: Callable[[Patient], Any]
    words: str
    keys: tuple[str, ...] = ("clinic_id", "patient_id")


def _get(path: str, *, by_lead: bool = False) -> Callable[[Patient], Any]:
    def ask(patient: Patient) -> Any:
        person = patient.lead if by_lead else patient.person
        return person.http.get(path.format(patient=patient.person.patient_id, today=making.in_days(0)))

    return ask


def upload(patient: Patient) -> Any:
    """Report one doing of yesterday."""
    day = making.in_days(-1)
    event = {
        "id": str(uuid4()),
        "prescription_id": str(patient.prescription_id),
        "version": 1,
        "kind": "done",
        "performed_at": f"{day}T12:00:00+01:00",
        "zone": "Europe/Berlin",
        "performed_on": day,
    }
    return patient.person.http.post(f"/v1/patients/{patient.person.patient_id}/events", json={"events": [event]})


READS = (
    Read(
        "Has anything changed? (each `today` and `offline`; all that a 304 reads)",
        # Who names the day goes the long way: recognised first, and answered anew.
        _get("/v1/patients/{patient}/today?on={today}"),
        "plan_state.state",
    ),
    Read(
        "The events of some days (each `today`, each recount)",
        _get("/v1/patients/{patient}/today?on={today}"),
        "WITH found AS",
    ),
    Read(
        "Which ids of a batch are known (each upload)",
        upload,
        "AND (id = ANY",
    ),
    Read(
        "A patient's figures over 28 days",
        _get("/v1/patients/{patient}/adherence"),
        "prescription_day.credited_numerator",
    ),
    Read(
        "A clinic's summary over 7 and 28 days",
        _get("/v1/clinic/adherence", by_lead=True),
        "patient_week",
        keys=("clinic_id",),
    ),
)


def explain(engine: Engine, read: Read, patient: Patient, how: str, *, first: Sequence[str] = ()) -> Json:
    """Return PostgreSQL's plan of a read, asked for by its own door; `first` are settings for the plan alone."""
    with _explaining(engine, read.words, how, first) as plans:
        answer = read.ask(patient)
    assert answer.status_code == 200, answer.get_json()
    assert plans, f"the door no longer asks: {read.name}"
    plan: Json = plans[0]
    return plan


def looked_up_by(plan: Json, tables: Collection[str]) -> dict[str, str]:
    """Return by which condition a plan reads each index of the tables."""
    return {
        each["Index Name"]: each.get("Index Cond", "")
        for each in nodes_of(plan)
        if any(each.get("Index Name", "").startswith(table) for table in tables)
    }


def tables_read_whole(plan: Json) -> set[str]:
    """Return the names of the tables that a plan reads from end to end."""
    return {each["Relation Name"] for each in nodes_of(plan) if each["Node Type"] == "Seq Scan"}


def nodes_of(plan: Json) -> Iterator[Json]:
    """Yield every step of a plan, outer ones first."""
    waiting = [plan["Plan"]]
    while waiting:
        node = waiting.pop(0)
        yield node
        waiting[:0] = node.get("Plans", [])


def as_text(plan: Json) -> str:
    """Return a measured plan in a few lines: what reads which index, how often, how many rows and pages."""
    lines = []
    for node in nodes_of(plan):
        place = node.get("Index Name") or node.get("Relation Name")
        if place is None:
            continue
        pages = node.get("Shared Hit Blocks", 0) + node.get("Shared Read Blocks", 0)
        rows = node["Actual Rows"] * node["Actual Loops"]
        lines.append(f"{node['Node Type']} {place}: {rows:.0f} rows, {node['Actual Loops']:.0f} times, {pages} pages")
    return "\n".join([*lines, f"planned in {plan['Planning Time']:.2f} ms, run in {plan['Execution Time']:.2f} ms"])


@contextmanager
def _explaining(engine: Engine, words: str, how: str, first: Sequence[str]) -> Iterator[list[Json]]:
    plans: list[Json] = []

    def note(connection: Connection, _: Any, statement: str, values: Any, *__: Any) -> None:
        if words not in statement or plans:
            return
        raw = connection.connection.cursor()
        for setting in first:
            raw.execute(f"SET LOCAL {setting}")
        raw.execute(how + statement, values)
        row = raw.fetchone()
        assert row is not None
        plans.append((json.loads(row[0]) if isinstance(row[0], str) else row[0])[0])
        for setting in first:
            raw.execute(f"SET LOCAL {setting.partition(' ')[0]} TO DEFAULT")

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield plans
    finally:
        event.remove(engine, "before_cursor_execute", note)
