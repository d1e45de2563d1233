"""The tables: what the migrations make is what the models say, there and back."""

from collections.abc import Iterator
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, inspect

from hep_api.commands import migrations_config
from hep_api.tables import metadata
from tests import servers


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
