"""A phone that reads its day again is recognised, answered and recorded in one statement, or goes the long way."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from sqlalchemy import func, text, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from hep_api.accounts.models.identity import SignIn
from hep_api.accounts.viewer import Role
from hep_api.clinics.models import CareTeamPlace, Clinic, EmergencyAccess, Member, MemberStatus, Patient
from hep_api.clinics.standing import Standing, proof, proven, standing
from hep_api.foundation.database import at_once, build_engine
from hep_api.foundation.identifiers import new_id
from hep_api.foundation.settings import Settings
from hep_api.foundation.web.bodies import Bodies
from hep_api.plans.queries.patients import KnownPatient
from tests.adherence.conftest import Scene, event
from tests.audit.reading import actions_of, left_by, record_of
from tests.counting import StatementCounter
from tests.everything import engine_above_the_wall
from tests.world import LONG_AGO, Person, World

DOORS = ("today", "offline")
PATIENTS = "SELECT patient.id FROM patient WHERE patient.clinic_id = %(clinic_id)s"
NOWHERE = "postgresql+psycopg://nobody@127.0.0.1:1/none"


def path(scene: Scene, door: str = "today") -> str:
    return f"/v1/patients/{scene.patient.member_id}/{door}"


def end_sign_in(scene: Scene, person: Person) -> None:
    with scene.world.transaction() as session:
        session.execute(update(SignIn).where(SignIn.id == person.sign_in_id).values(ended_at=LONG_AGO))


def disable(scene: Scene, person: Person) -> None:
    with scene.world.transaction() as session:
        session.execute(update(Member).where(Member.id == person.member_id).values(status=MemberStatus.DISABLED))


def take_off_the_team(scene: Scene, person: Person) -> None:
    with scene.world.transaction() as session:
        place = update(CareTeamPlace).where(CareTeamPlace.member_id == person.member_id)
        session.execute(place.values(left_at=LONG_AGO))


def require_a_second_factor(scene: Scene, person: Person) -> None:
    with scene.world.transaction() as session:
        session.execute(update(Clinic).where(Clinic.id == person.clinic_id).values(second_factor_required=True))


def erase(scene: Scene, _: Person) -> None:
    with scene.world.transaction() as session:
        session.execute(update(Patient).where(Patient.id == scene.patient.member_id).values(erased_at=LONG_AGO))


def keep_records_from_leaders(scene: Scene, person: Person) -> None:
    with scene.world.transaction() as session:
        session.execute(update(Clinic).where(Clinic.id == person.clinic_id).values(managers_may_read_records=False))


def let_leaders_read(scene: Scene) -> None:
    with scene.world.transaction() as session:
        session.execute(update(Clinic).where(Clinic.id == scene.lead.clinic_id).values(managers_may_read_records=True))


def test_who_reads_again_costs_one_statement_and_leaves_one_row(scene: Scene, statements: StatementCounter) -> None:
    scene.upload(event(scene.daily))
    for door in DOORS:
        phones = [scene.world.sign_in(scene.patient).http, scene.patient.http]
        long = phones[0].get(path(scene, door))
        short = scene.patient.http.get(path(scene, door))
        assert (short.get_data(), _lasting(short)) == (long.get_data(), _lasting(long))
        with statements() as seen:
            held = scene.patient.http.get(path(scene, door), headers={"If-None-Match": short.headers["ETag"]})
        assert (held.status_code, len(seen)) == (304, 1)
        table = [
            phone.get(path(scene, door), headers={"Accept": "text/csv, application/json;q=0.1"}) for phone in phones
        ]
        assert (table[0].get_data(), _lasting(table[0])) == (table[1].get_data(), _lasting(table[1]))
        assert [phone.get(path(scene, door), headers={"Accept": "text/csv"}).status_code for phone in phones] == [
            200 if door == "today" else 406
        ] * 2
        rows = [left_by(scene.world, each) for each in (long, short, held)]
        assert [len(each) for each in rows] == [1, 1, 1]
        told = [
            {name: getattr(row, name) for name in ("action", "outcome", "member_id", "role", "patient_id", "subject")}
            for [row] in rows
        ]
        assert told[0] == told[1] == told[2]
    with statements() as seen:
        again = scene.patient.http.get(path(scene))
    assert (again.status_code, len(seen)) == (200, 1)
    scene.upload(event(scene.daily))
    assert scene.patient.http.get(path(scene)).headers["ETag"] != again.headers["ETag"]


@pytest.mark.parametrize(
    ("role", "turn", "status"),
    [
        (Role.PATIENT, end_sign_in, 401),
        (Role.PATIENT, disable, 401),
        (Role.PATIENT, erase, 404),
        (Role.PRACTITIONER, take_off_the_team, 404),
        (Role.PRACTITIONER, end_sign_in, 401),
        (Role.PRACTITIONER, require_a_second_factor, 403),
        (Role.MANAGER, keep_records_from_leaders, 404),
        (Role.MANAGER, erase, 404),
    ],
)
def test_who_may_no_longer_is_refused_at_once_though_remembered(
    scene: Scene, role: Role, turn: Callable[[Scene, Person], None], status: int
) -> None:
    let_leaders_read(scene)
    person = {Role.PATIENT: scene.patient, Role.PRACTITIONER: scene.lead}.get(role) or scene.world.manager(
        scene.lead.clinic_id
    )
    for door in DOORS:
        assert [person.http.get(path(scene, door)).status_code for _ in range(2)] == [200, 200]
    with scene.world.app.app_context():
        assert standing().remembered({"sid": person.sign_in_id, "sub": person.account_id}) is not None
    turn(scene, person)
    refused = [person.http.get(path(scene, door)) for door in DOORS for _ in range(2)]
    assert [each.status_code for each in refused] == [status] * 4
    assert all(str(scene.daily) not in each.get_data(as_text=True) for each in refused)
    for each in refused:
        assert {row.outcome.value for row in left_by(scene.world, each)} == {"denied"}


def test_a_remembered_viewer_reads_nobody_elses_day(scene: Scene) -> None:
    strangers = [scene.world.practitioner(scene.lead.clinic_id), scene.world.patient(scene.lead)]
    strangers.append(scene.world.practitioner(scene.world.clinic(managers_may_read_records=True)))
    strangers.append(scene.world.owner(strangers[-1].clinic_id))
    for stranger in strangers:
        assert stranger.http.get("/v1/me").status_code < 500
        assert [stranger.http.get(path(scene, door)).status_code for door in DOORS for _ in range(2)] == [404] * 4


def test_a_read_of_the_day_that_was_asked_for_goes_the_long_way(scene: Scene, statements: StatementCounter) -> None:
    assert scene.patient.http.get(path(scene)).status_code == 200
    with statements() as seen:
        assert scene.patient.http.get(path(scene), query_string={"on": "2026-05-05"}).status_code == 200
        assert scene.patient.http.get(path(scene), query_string={"of": "2026-05-05"}).status_code == 422
    assert len(seen) > 2


def test_nothing_is_found_or_recorded_for_who_is_not_as_remembered(scene: Scene) -> None:
    viewer = scene.patient.viewer
    values = {
        **{name: getattr(viewer, name) for name in ("sign_in_id", "account_id", "clinic_id", "member_id")},
        "role": "patient",
        "managers_may_read_records": False,
        "second_factor_required": False,
        "second_factor_at": None,
        "entries": '[{"action": "thing.read", "outcome": "allowed"}]',
        "lightly": True,
    }
    statement = proven(PATIENTS, Role.PATIENT)
    with scene.world.app.app_context():
        assert at_once(statement, values) == [(scene.patient.member_id,)]
        for name, other in (
            ("sign_in_id", scene.lead.sign_in_id),
            ("account_id", scene.lead.account_id),
            ("member_id", scene.lead.member_id),
            ("clinic_id", scene.lead.member_id),
            ("role", "practitioner"),
            ("managers_may_read_records", True),
            ("second_factor_required", True),
            ("second_factor_at", LONG_AGO),
        ):
            assert at_once(statement, {**values, name: other}) == [], name
    assert actions_of(record_of(scene.world, scene.lead.clinic_id)).count("thing.read") == 1


def test_who_has_taken_emergency_access_since_is_not_found_until_it_ends(scene: Scene) -> None:
    taken = EmergencyAccess(
        clinic_id=scene.lead.clinic_id,
        id=new_id(),
        member_id=scene.lead.member_id,
        patient_id=scene.patient.member_id,
        reason="Found unconscious.",
        started_at=func.now(),
        expires_at=func.now() + timedelta(hours=1),
    )
    ended = {"ended_at": func.now(), "ended_by": scene.lead.member_id}
    values = {**proof(scene.lead.viewer), "entries": "[]", "lightly": True}
    statement = proven(PATIENTS, Role.PRACTITIONER)
    with scene.world.app.app_context():
        assert at_once(statement, values) == [(scene.patient.member_id,)]
        with scene.world.transaction() as session:
            session.add(taken)
        assert at_once(statement, values) == []
        with scene.world.transaction() as session:
            session.execute(update(EmergencyAccess).values(ended))
        assert at_once(statement, values) == [(scene.patient.member_id,)]


def test_who_owes_something_or_reads_by_emergency_is_not_remembered(world: World) -> None:
    clinic_id = world.clinic()
    viewer = world.practitioner(clinic_id).viewer
    claims = {"sid": viewer.sign_in_id, "sub": viewer.account_id}
    kept = Standing(most=2)
    kept.remember(viewer)
    assert kept.remembered(claims) == viewer
    assert kept.remembered({**claims, "sub": clinic_id}) is None
    for other in ({"second_factor_required": True}, {"emergencies": {clinic_id: clinic_id}}):
        kept.remember(viewer)
        kept.remember(type(viewer)(**{**_fields(viewer), **other}))
        assert kept.remembered(claims) is None
    for _ in range(3):
        kept.remember(world.practitioner(clinic_id).viewer)
    assert kept.remembered(claims) is None


def test_bodies_are_bounded_by_size_and_age() -> None:
    bodies = Bodies(most_bytes=10)
    for tag in "abc":
        bodies.keep(tag, b"1234")
    assert [bodies.find(tag) for tag in "abc"] == [None, b"1234", b"1234"]
    bodies.keep("d", b"longer than that")
    assert [bodies.find(tag) for tag in "abcd"] == [None] * 4
    passing = Bodies(seconds=-1.0)
    passing.keep("a", b"1234")
    assert passing.find("a") is None


def test_a_lost_connection_sends_the_request_the_long_way(settings: Settings, scene: Scene) -> None:
    with scene.world.app.app_context():
        [(backend,)] = at_once("SELECT pg_backend_pid()", {}) or []
        with scene.world.transaction() as session:
            session.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": backend})
        assert at_once("SELECT 1", {}) is None
        assert at_once("SELECT 1", {}) == [(1,)]
        database = scene.world.app.extensions["hep_database"]
        present, database.engine = database.engine, build_engine(replace(settings, database_url=NOWHERE))
        assert at_once("SELECT 1", {}) is None
        database.engine = present
    # What psycopg's property sets; it is set directly, as the property waits for the loop.
    engine = build_engine(settings)
    lent = engine.raw_connection()
    driver = lent.driver_connection
    assert driver is not None
    driver.autocommit = True
    assert vars(driver)["_autocommit"] is True
    driver.autocommit = False
    assert vars(driver)["_autocommit"] is False
    lent.close()
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT 1")) == 1
    engine.dispose()


def test_one_lost_connection_tells_of_all_that_were_made_before_it(scene: Scene) -> None:
    engine = scene.world.app.extensions["hep_database"].engine
    backends = "SELECT pg_backend_pid()"
    with engine.connect() as one, engine.connect() as other:
        lost = {one.scalar(text(backends)), other.scalar(text(backends))}
    with Session(engine_above_the_wall(scene.world.app)) as session:
        for backend in lost:
            session.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": backend})
    with scene.world.app.app_context():
        assert at_once("SELECT 1", {}) is None
    with engine.connect() as one, engine.connect() as other:
        assert lost.isdisjoint({one.scalar(text(backends)), other.scalar(text(backends))})


def test_a_tag_is_of_one_clinic_as_ids_of_patients_are_made_by_clients() -> None:
    known = KnownPatient(new_id(), new_id(), "UTC", time(0), 90, None, is_viewer=True)
    elsewhere = replace(known, clinic_id=new_id())
    assert known.marks(date(2026, 5, 5), ["en"]) != elsewhere.marks(date(2026, 5, 5), ["en"])


def _lasting(answer: TestResponse) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name != "X-Request-Id"}


def _fields(viewer: object) -> dict[str, object]:
    return {name: getattr(viewer, name) for name in viewer.__slots__}  # type: ignore[attr-defined]
