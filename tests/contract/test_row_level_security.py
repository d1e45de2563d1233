"""The second wall: whatever a query forgets, the database shows a transaction its own clinic's rows and no other's."""

from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

import psycopg
import pytest
from flask import Flask
from sqlalchemy import Engine, create_engine, func, insert, select, text, update
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlalchemy.orm import Session

from hep_api.accounts.models.identity import Account, SignIn
from hep_api.adherence.models.events import AdherenceEvent
from hep_api.clinics.models import CareTeamPlace, Clinic, Invitation, Location, Member, Patient
from hep_api.foundation import tenancy
from hep_api.foundation.database import build_engine, transaction
from hep_api.foundation.identifiers import new_id
from hep_api.foundation.jobs import queue
from hep_api.foundation.settings import Settings
from hep_api.library.models.exercises import STARTER_SHELF, Exercise
from hep_api.library.models.templates import Template
from hep_api.library.starter_set import load_starter_set
from hep_api.tables import metadata
from tests.contract import scene as scenes
from tests.world import LONG_AGO, Person, World

TENANT_TABLES = [table for table in metadata.sorted_tables if "clinic_id" in table.columns]
# What a table shows beyond the clinic's rows, to whom, and why; every other table has the one policy.
MORE_POLICIES = {
    **{name: {"of_the_owners_counting"} for name in ("push", "mail_notice", "mail_bounce", "red_flag")},
    "sign_in": {"of_the_bearer", "of_the_account"},
    "member": {"of_the_account", "of_the_account_locked"},
    "invitation": {"of_the_invited"},
    "sign_in_challenge": {"of_the_bearer"},
    "device": {"of_the_bearer"},
    "exercise": {"of_the_starter_set"},
    "exercise_link": {"of_the_starter_set"},
    "exercise_translation": {"of_the_starter_set"},
    "exercise_card": {"of_the_starter_set"},
    "exercise_word": {"of_the_starter_set"},
    "word_clue": {"of_the_starter_set"},
    "template": {"of_the_starter_set"},
    "template_version": {"of_the_starter_set"},
}


@pytest.fixture(scope="module")
def above(app: Flask, settings: Settings) -> Iterator[Engine]:
    """The superuser's engine, to look at the catalogue."""
    engine = create_engine(settings.database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def of_the_app(app: Flask) -> Iterator[Session]:
    """One of the product's own transactions, which acts for no clinic yet."""
    with app.app_context(), transaction() as session:
        yield session


@pytest.fixture
def patients(world: World) -> tuple[Person, Person]:
    """A patient of this clinic and one of another."""
    here, there = (world.patient(world.practitioner(world.clinic())) for _ in range(2))
    return here, there


@pytest.mark.parametrize("table", TENANT_TABLES, ids=lambda table: table.name)
def test_every_table_with_a_clinic_is_walled_in(above: Engine, table: object) -> None:
    name = str(table)
    with above.connect() as look:
        row = look.execute(
            text(
                "SELECT relrowsecurity, relforcerowsecurity, pg_get_userbyid(relowner) "
                "FROM pg_class WHERE oid = to_regclass(:name)"
            ),
            {"name": name},
        ).one()
        policies = set(look.scalars(text("SELECT policyname FROM pg_policies WHERE tablename = :name"), {"name": name}))
    assert tuple(row) == (True, True, "hep_owner")
    assert policies == {"of_the_clinic"} | MORE_POLICIES.get(name, set())


def test_no_table_escapes_the_list(above: Engine) -> None:
    with above.connect() as look:
        with_clinic = set(
            look.scalars(
                text(
                    "SELECT table_name FROM information_schema.columns "
                    "WHERE table_schema = 'public' AND column_name = 'clinic_id'"
                )
            )
        )
    assert with_clinic == {table.name for table in TENANT_TABLES}


def test_the_app_owns_nothing_and_cannot_step_over_the_wall(above: Engine) -> None:
    with above.connect() as look:
        role = look.execute(
            text("SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = 'hep_app'")
        ).one()
        owned = look.scalar(text("SELECT count(*) FROM pg_class WHERE pg_get_userbyid(relowner) = 'hep_app'"))
        memberships = look.scalar(text("SELECT count(*) FROM pg_auth_members WHERE member = 'hep_app'::regrole"))
    assert not any(role)
    assert (owned, memberships) == (0, 0)


def test_a_connection_that_could_step_over_the_wall_is_refused(settings: Settings) -> None:
    user = create_engine(settings.database_url).url.username or "postgres"
    engine = build_engine(replace(settings, database_role=user))
    with pytest.raises(OperationalError, match="row-level security"):
        engine.connect()
    engine.dispose()


def test_without_a_clinic_no_tenants_row_is_seen(of_the_app: Session, patients: tuple[Person, Person]) -> None:
    seen = {
        table.name: of_the_app.scalar(select(func.count()).select_from(table))
        for table in TENANT_TABLES
        if table.name != "job" and "of_the_starter_set" not in MORE_POLICIES.get(table.name, ())
    }
    assert set(seen.values()) == {0}
    assert of_the_app.scalar(select(func.count()).where(Exercise.clinic_id != STARTER_SHELF)) == 0


def test_a_query_without_the_viewers_clause_gets_nothing_of_another_clinic(world: World, of_the_app: Session) -> None:
    here, there = scenes.make(world), scenes.make(world)
    tenancy.act_for(of_the_app, here.clinic_id)
    for table in TENANT_TABLES:
        clinics = set(of_the_app.scalars(select(table.c.clinic_id).distinct()))
        assert clinics <= {here.clinic_id, STARTER_SHELF, None}, table.name
    # The same queries find the rows of the clinic itself: they are refused by the wall and not for want of rows.
    for model in (Patient, CareTeamPlace, AdherenceEvent, SignIn):
        assert of_the_app.scalar(select(func.count()).select_from(model))
    assert of_the_app.scalars(select(Clinic.id)).all() == [here.clinic_id]
    assert of_the_app.scalar(select(func.count()).where(Patient.clinic_id == there.clinic_id)) == 0


def test_no_row_can_be_put_changed_or_moved_behind_the_wall(app: Flask, patients: tuple[Person, Person]) -> None:
    here, there = patients
    place = {"clinic_id": there.clinic_id, "id": new_id(), "name": "Planted", "created_at": LONG_AGO}
    for statement in (
        insert(Location).values(place),
        update(Patient).where(Patient.id == here.member_id).values(clinic_id=there.clinic_id),
    ):
        with app.app_context(), transaction() as session:
            tenancy.act_for(session, here.clinic_id)
            with pytest.raises(ProgrammingError) as refused:
                session.execute(statement)
            session.rollback()
        assert isinstance(refused.value.orig, psycopg.errors.InsufficientPrivilege)
    with app.app_context(), transaction() as session:
        tenancy.act_for(session, here.clinic_id)
        renamed = update(Member).where(Member.id == there.member_id).values(name="Defaced").returning(Member.id)
        assert session.scalars(renamed).all() == []


def test_a_key_shows_the_rows_that_it_opens_and_lets_nothing_be_changed(
    world: World, of_the_app: Session, patients: tuple[Person, Person]
) -> None:
    here, there = patients
    elsewhere = world.also_member_of(there.clinic_id, here, here.role)
    tenancy.hold_up(of_the_app, tenancy.Key.ACCOUNT, str(here.account_id))
    assert set(of_the_app.scalars(select(Member.id))) == {here.member_id, elsewhere}
    assert set(of_the_app.scalars(select(SignIn.id))) == {here.sign_in_id}
    assert of_the_app.scalar(select(func.count()).select_from(Patient)) == 0
    ended = update(SignIn).where(SignIn.account_id == here.account_id).values(ended_at=LONG_AGO).returning(SignIn.id)
    assert of_the_app.scalars(ended).all() == []
    renamed = update(Member).where(Member.id == here.member_id).values(name="Nobody's")
    with pytest.raises(ProgrammingError):
        of_the_app.execute(renamed)
    of_the_app.rollback()


def test_a_wrong_key_opens_nothing(of_the_app: Session, patients: tuple[Person, Person]) -> None:
    for key in tenancy.Key:
        tenancy.hold_up(of_the_app, key, "" if key is tenancy.Key.INVITATION else str(new_id()))
    counts = [of_the_app.scalar(select(func.count()).select_from(model)) for model in (Member, SignIn, Invitation)]
    assert counts == [0, 0, 0]


def test_acting_for_another_clinic_ends_with_the_block(of_the_app: Session, patients: tuple[Person, Person]) -> None:
    here, there = patients
    tenancy.act_for(of_the_app, here.clinic_id)
    with tenancy.acting_for(of_the_app, there.clinic_id):
        assert of_the_app.scalars(select(Patient.id)).all() == [there.member_id]
    assert of_the_app.scalars(select(Patient.id)).all() == [here.member_id]


def test_each_clinic_is_visited_alone(of_the_app: Session, patients: tuple[Person, Person]) -> None:
    visited: dict[UUID, set[UUID]] = {
        clinic_id: set(of_the_app.scalars(select(Patient.clinic_id).distinct()))
        for clinic_id in tenancy.each_clinic(of_the_app)
    }
    assert {patients[0].clinic_id, patients[1].clinic_id} <= set(visited)
    assert all(found <= {clinic_id} for clinic_id, found in visited.items())
    assert of_the_app.scalar(select(func.count()).select_from(Patient)) == 0


def test_the_setting_ends_with_the_transaction(app: Flask, patients: tuple[Person, Person]) -> None:
    with app.app_context():
        with transaction() as session:
            tenancy.act_for(session, patients[0].clinic_id)
        with transaction() as session:
            assert session.scalar(select(func.count()).select_from(Patient)) == 0


def test_the_starter_set_is_everyones_to_read_and_nobodys_to_write(app: Flask, patients: tuple[Person, Person]) -> None:
    with app.app_context():
        with transaction() as session:
            load_starter_set(session, LONG_AGO)
        with transaction() as session:
            tenancy.act_for(session, patients[0].clinic_id)
            for model, said in ((Exercise, {"name": "Defaced"}), (Template, {"title": "Defaced"})):
                assert session.scalar(select(func.count()).where(model.clinic_id == STARTER_SHELF))
                defaced = update(model).where(model.clinic_id == STARTER_SHELF).values(said)
                assert session.scalars(defaced.returning(model.id)).all() == []


def test_jobs_of_other_clinics_are_out_of_sight_of_a_clinic(app: Flask, patients: tuple[Person, Person]) -> None:
    here, there = patients
    with app.app_context():
        with transaction() as session:
            mine = queue.enqueue(session, "test.nothing", {}, now=LONG_AGO, clinic_id=here.clinic_id)
            theirs = queue.enqueue(session, "test.nothing", {}, now=LONG_AGO, clinic_id=there.clinic_id)
        with transaction() as session:
            tenancy.act_for(session, here.clinic_id)
            ids = set(session.scalars(text("SELECT id FROM job")))
            assert mine in ids
            assert theirs not in ids
        with transaction() as session:
            session.execute(text("DELETE FROM job WHERE id = ANY(:ids)"), {"ids": [mine, theirs]})


def test_an_account_is_no_clinics(of_the_app: Session, patients: tuple[Person, Person]) -> None:
    """The one table of persons without a wall: it is asked by e-mail before any clinic is known."""
    emails = of_the_app.scalars(select(Account.id).where(Account.id == patients[1].account_id)).all()
    assert emails == [patients[1].account_id]
