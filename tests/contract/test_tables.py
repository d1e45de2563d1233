"""The tables: what the migrations make is what the models say, there and back, and tenants cannot touch."""

from collections.abc import Iterator
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, ForeignKeyConstraint, Table, UniqueConstraint, create_engine, inspect

from hep_api.commands import migrations_config
from hep_api.tables import metadata
from tests import servers

# Tables that belong to no clinic, or are read before the clinic is known.
GLOBAL = {
    "account": "a person, who may be a member of several clinics",
    "clinic": "the tenant itself",
    "sign_in": "read by the token before the clinic is known",
    "refresh_token": "part of a sign-in",
    "password_reset": "part of an account",
    "familiar_mark": "part of an account",
    "firebase_link": "part of an account",
    "totp": "part of an account",
    "recovery_code": "part of an account",
    "passkey": "part of an account",
    "passkey_challenge": "part of an account",
    "guesses": "by account or sign-in",
    "push_pause": "a push service in trouble is so for all clinics",
    "device_holder": "one phone is one account's, of whatever clinics",
    "drawing": "shown to anyone",
    "job": "work of the installation; its clinic is only a note",
}
# Keys of tenant tables that do not begin with the clinic.
EXCEPTIONS = {
    "member_account_id_fkey": "an account is global",
    "sign_in_challenge_account_id_fkey": "an account is global",
    "device_digest_account_id_fkey": "one phone is one account's, of whatever clinics",
    "sign_in_challenge_digest_key": "as with an invitation's code",
    "invitation_code_digest_key": "whoever brings a code does not know the clinic yet; the code is long and random",
    "invitation_mailed_digest_key": "the same of the code in the mail",
}
TENANT_TABLES = [table for table in metadata.sorted_tables if table.name not in GLOBAL]


@pytest.fixture
def empty() -> Iterator[tuple[Config, Engine]]:
    with servers.new_database() as url:
        engine = create_engine(url)
        yield migrations_config(url), engine
        engine.dispose()


def differences(engine: Engine) -> list[Any]:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, metadata))


def test_there_is_one_newest_migration() -> None:
    assert len(ScriptDirectory.from_config(migrations_config()).get_heads()) == 1


def test_migrations_make_what_the_models_say_and_can_be_taken_back(empty: tuple[Config, Engine]) -> None:
    config, engine = empty
    command.upgrade(config, "head")
    assert differences(engine) == []
    command.downgrade(config, "base")
    assert set(inspect(engine).get_table_names()) <= {"alembic_version"}
    command.upgrade(config, "head")
    assert differences(engine) == []


def test_the_migrator_needs_no_superuser_when_the_roles_are_there(empty: tuple[Config, Engine]) -> None:
    config, engine = empty
    command.upgrade(config, "0007")
    name = engine.url.database
    with engine.begin() as connection:
        # The roles are there now; the database is given to their owner, as deploy/roles.sql says.
        connection.exec_driver_sql(f'DROP SCHEMA public CASCADE; ALTER DATABASE "{name}" OWNER TO hep_owner')
        connection.exec_driver_sql(
            "CREATE SCHEMA public AUTHORIZATION pg_database_owner; GRANT USAGE ON SCHEMA public TO PUBLIC"
        )
    url = engine.url.update_query_dict({"options": "-c role=hep_migrator"}, append=True)
    as_migrator = migrations_config(url.render_as_string(hide_password=False))
    command.upgrade(as_migrator, "head")
    assert differences(engine) == []
    command.downgrade(as_migrator, "base")
    assert set(inspect(engine).get_table_names()) <= {"alembic_version"}


def test_a_missing_column_would_be_noticed(empty: tuple[Config, Engine]) -> None:
    config, engine = empty
    command.upgrade(config, "head")
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE job DROP COLUMN error_type")
    assert [difference[0] for difference in differences(engine)] == ["add_column"]


@pytest.mark.parametrize("table", TENANT_TABLES, ids=lambda table: table.name)
def test_every_key_of_tenant_data_begins_with_the_clinic(table: Table) -> None:
    assert not table.columns["clinic_id"].nullable
    assert next(iter(table.primary_key.columns)).name == "clinic_id"
    astray = [
        str(key.name)
        for key in table.constraints
        if isinstance(key, UniqueConstraint | ForeignKeyConstraint) and next(iter(key.columns)).name != "clinic_id"
    ]
    astray += [
        str(index.name) for index in table.indexes if index.unique and next(iter(index.columns)).name != "clinic_id"
    ]
    assert [name for name in astray if name not in EXCEPTIONS] == []


def test_every_exception_is_still_one() -> None:
    assert set(GLOBAL) <= set(metadata.tables)
    keys = {str(key.name) for table in TENANT_TABLES for key in table.constraints}
    assert set(EXCEPTIONS) <= keys
