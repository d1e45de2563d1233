"""R13: a record is written through two processes at once; then rows are tampered with, many at a time, far apart, and
`flask audit verify` has to name each; and the app's own role tries to change it.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from random import Random
from typing import Any

import psycopg
from sqlalchemy import text

from hep_api.foundation.settings import Settings
from tests.contract import scene as scenes
from tests.contract.scene import Scene
from tests.world import World
from torture.audit.tampering import KINDS, Tampering
from torture.calls import call
from torture.proof import Order, Outcome, Proof
from torture.remote import remote_world
from torture.stage import Done, Process, Stage, plain

WRONG = ("unnoticed", "wrongly_named", "done_by_the_app", "not_noted")
# Far apart, and no more at a time than verify names one by one.
APART, AT_ONCE = 12, 60
# What the app's role must not be able to do, in a transaction that acts for the clinic.
FORBIDDEN = (
    "UPDATE audit_entry SET action = 'x'",
    "DELETE FROM audit_entry",
    "TRUNCATE audit_entry",
    "INSERT INTO audit_entry SELECT * FROM audit_entry LIMIT 1",
    "ALTER TABLE audit_entry DISABLE ROW LEVEL SECURITY",
    "DROP TABLE audit_entry",
    "DROP FUNCTION append_audit(jsonb, boolean)",
    "CREATE OR REPLACE FUNCTION append_audit(jsonb, boolean) RETURNS void LANGUAGE sql AS ''",
    "CREATE TRIGGER x BEFORE INSERT ON audit_entry EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    "CREATE RULE x AS ON INSERT TO audit_entry DO INSTEAD NOTHING",
    "SET ROLE hep_owner",
    "SET ROLE hep_migrator",
)


def prove(stage: Stage, order: Order) -> Outcome:
    """Write, verify, tamper, verify, put right, and again."""
    settings = stage.settings()
    counts: Counter[str] = Counter(dict.fromkeys(WRONG, 0))
    webs = [stage.web(settings, order.broken) for _ in range(order.amount(2, 2, 1))]
    world = remote_world(settings, webs)
    record = Record(world, partial(stage.flask, settings, order.broken, "audit"), scenes.make(world))
    complaints = list(order.heeded(_complaints(record, settings, webs, order, counts)))
    complaints += [line for web in webs for line in web.unforeseen()]
    return Outcome(sum(counts[what] for what in WRONG), dict(counts), complaints)


def _complaints(
    record: "Record", settings: Settings, webs: list[Process], order: Order, counts: Counter[str]
) -> Iterator[str]:
    lots = order.lots
    yield from _write(record, webs, order.amount(1200, 400, 240), counts)
    yield from _try_as_the_app(record, settings, counts)
    yield from _verify_untouched(record, counts)
    for _ in range(order.amount(12, 2, 3)):
        yield from _tamper(record, lots, counts)
    yield from _cut_off(record, counts)
    yield from _verify_untouched(record, counts)


class Record:
    """The record of one scene's clinic, and the command that verifies it."""

    def __init__(self, world: World, audit: Callable[..., Done], scene: Scene) -> None:
        self.world = world
        self.scene = scene
        self.clinic_id = str(scene.clinic_id)
        self.slug = f"clinic-{scene.clinic_id}"
        self._audit = audit

    def named(self, *words: str) -> set[int]:
        """Return the numbers that verify names."""
        return {int(seq) for seq in re.findall(rf"^{self.slug} (\d+): ", self.command("verify", *words), re.MULTILINE)}

    def command(self, name: str, *words: str) -> str:
        done = self._audit(name, "--clinic", self.slug, *words)
        assert done.code in (0, 1), done.errors[-2000:]
        return done.said

    def length(self) -> int:
        with self.world.transaction() as session:
            longest = text("SELECT max(seq) FROM audit_entry WHERE clinic_id = :clinic")
            return int(session.execute(longest, {"clinic": self.clinic_id}).scalar_one())

    def keep(self) -> None:
        with self.world.transaction() as session:
            session.execute(text("CREATE TABLE kept AS SELECT * FROM audit_entry"))

    def put_right(self) -> None:
        with self.world.transaction() as session:
            session.execute(text("DELETE FROM audit_entry"))
            session.execute(text("INSERT INTO audit_entry SELECT * FROM kept"))
            session.execute(text("DROP TABLE kept"))


def _write(record: Record, webs: list[Process], amount: int, counts: Counter[str]) -> Iterator[str]:
    """Reads by those who may and by those who may not, at both processes at once; each leaves a row."""
    before = record.length()
    scene, address = record.scene, f"/v1/plans/{record.scene.plan.id}"
    parts = ["lead", "patient", "former", "other_patient"]

    def read(number: int) -> int:
        token = scene.phones[parts[number % len(parts)]].token
        return call(webs[number % len(webs)].port, "GET", address, Authorization=f"Bearer {token}").status

    with ThreadPoolExecutor(8) as pool:
        statuses = Counter(pool.map(read, range(amount)))
    counts["requests"] = amount
    counts["rows"] = record.length() - before
    counts["not_noted"] = abs(amount - counts["rows"])
    if counts["not_noted"]:
        yield f"{amount} requests ({dict(statuses)}) left {counts['rows']} rows"


def _try_as_the_app(record: Record, settings: Settings, counts: Counter[str]) -> Iterator[str]:
    with psycopg.connect(plain(settings.database_url)) as connection:
        connection.execute("SET SESSION AUTHORIZATION hep_app")
        connection.execute("SELECT set_config('app.clinic_id', %s, false)", [record.clinic_id])
        connection.commit()
        for statement in FORBIDDEN:
            counts["tried_as_the_app"] += 1
            if not _is_forbidden(connection, statement):
                counts["done_by_the_app"] += 1
                yield f"the app's role may {statement}"


def _is_forbidden(connection: psycopg.Connection[Any], statement: str) -> bool:
    """Tell whether PostgreSQL refuses it because of who asks; another error means that the right is there."""
    try:
        connection.execute(statement.encode())
    except psycopg.Error as error:
        return isinstance(error, psycopg.errors.InsufficientPrivilege)
    finally:
        connection.rollback()
    return False


def _verify_untouched(record: Record, counts: Counter[str]) -> Iterator[str]:
    named = record.named()
    counts["wrongly_named"] += len(named)
    if named:
        yield f"untouched, and verify names {sorted(named)[:10]}"


def _tamper(record: Record, lots: Random, counts: Counter[str]) -> Iterator[str]:
    """Tamper with rows that lie far apart, verify once, put it right."""
    record.keep()
    apart = max(APART, record.length() // AT_ONCE)
    places = range(lots.randrange(3, 3 + apart), record.length() - 3, apart)
    with record.world.transaction() as session:
        done = [lots.choice(KINDS)(session, record.clinic_id, place, lots) for place in places]
    named = record.named()
    record.put_right()
    counts["tamperings"] += len(done)
    explained: set[int] = set()
    for tampering in done:
        explained |= _near(tampering)
        if not all(named & each for each in tampering.named):
            counts["unnoticed"] += 1
            yield f"verify does not name it: {tampering.words}"
    if named - explained:
        counts["wrongly_named"] += len(named - explained)
        yield f"verify names {sorted(named - explained)[:10]}, which nobody touched"


def _near(tampering: Tampering) -> set[int]:
    return {seq for each in tampering.named for seq in each}


def _cut_off(record: Record, counts: Counter[str]) -> Iterator[str]:
    """Cut the newest rows off: only a head that was kept elsewhere can tell, and it does."""
    head = record.command("head").split()[1]
    record.keep()
    length = int(head.split(":")[0])
    with record.world.transaction() as session:
        cut = text("DELETE FROM audit_entry WHERE clinic_id = :clinic AND seq > :last")
        session.execute(cut, {"clinic": record.clinic_id, "last": length - 3})
    named = record.named("--head", head)
    record.put_right()
    counts["tamperings"] += 1
    if length not in named:
        counts["unnoticed"] += 1
        yield f"the last rows were cut off, and verify with a kept head names {sorted(named)}"


R13 = Proof(
    "R13",
    "audit: tampering is named, the app cannot",
    prove,
    broken=("chain_not_checked", "chain_not_linked", "reads_not_noted", "app_may_change_the_record"),
)
