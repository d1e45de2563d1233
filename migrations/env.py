"""Alembic's entry: migrates the database that DATABASE_URL names, one transaction a migration."""

import os
from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from hep_api.foundation.settings import with_driver
from hep_api.foundation.types import Word
from hep_api.tables import metadata

# All that comes after a statement that waits for a table waits behind it, also who only reads.
LONGEST_WAIT = "SET lock_timeout = '5s'"


def name_plain_types(kind: str, item: Any, _: AutogenContext) -> str | Literal[False]:
    """Write our own word type as the text it is kept as, so that a migration never imports the product."""
    return f"sa.String({item.impl.length})" if kind == "type" and isinstance(item, Word) else False


def run() -> None:
    url = context.config.get_main_option("sqlalchemy.url") or with_driver(os.environ["DATABASE_URL"])
    # Without a pool nothing is left open, also when a migration is refused.
    with create_engine(url, poolclass=NullPool).connect() as connection:
        connection.exec_driver_sql(LONGEST_WAIT)
        connection.commit()
        context.configure(
            connection=connection,
            target_metadata=metadata,
            transaction_per_migration=True,
            compare_type=True,
            compare_server_default=False,
            render_item=name_plain_types,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
