"""Alembic's entry: migrates the database that DATABASE_URL names, one transaction a migration."""

import os

from alembic import context
from sqlalchemy import create_engine

from hep_api.foundation.settings import with_driver
from hep_api.tables import metadata


def run() -> None:
    url = context.config.get_main_option("sqlalchemy.url") or with_driver(os.environ["DATABASE_URL"])
    engine = create_engine(url)
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=metadata,
            transaction_per_migration=True,
            compare_type=True,
            compare_server_default=False,
        )
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


run()
