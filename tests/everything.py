"""A transaction that sees every clinic's rows, to arrange and to look: as the superuser, above row-level security.

The product itself never has one. Facts published in it have their reactions, as in any of the product's transactions.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from hep_api.foundation.database import tell_the_world
from hep_api.reactions import REACTIONS


@contextmanager
def everything(app: Flask) -> Iterator[Session]:
    """Open the transaction within the app's context; it commits at the end of the block."""
    info = {"reactions": REACTIONS, "after_commit": []}
    with app.app_context(), Session(engine_above_the_wall(app), expire_on_commit=False, info=info) as session:
        yield session
        session.commit()
        tell_the_world(session)


def engine_above_the_wall(app: Flask) -> Engine:
    """Return the app's engine for arranging; it keeps no connection open, but for the app that `keep_connected` has."""
    if "tests_engine" not in app.extensions:
        url = app.extensions["hep_settings"].database_url
        app.extensions["tests_engine"] = create_engine(url, poolclass=NullPool)
    engine: Engine = app.extensions["tests_engine"]
    return engine


@contextmanager
def keep_connected(app: Flask) -> Iterator[None]:
    """Keep connections for arranging open: a new one costs more than what is mostly done with it."""
    engine = create_engine(app.extensions["hep_settings"].database_url, pool_size=2, pool_pre_ping=True)
    app.extensions["tests_engine"] = engine
    yield
    engine.dispose()
