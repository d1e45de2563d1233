"""Statements that a connection runs often are prepared, but for those that must be planned for what they are given."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from hep_api.foundation.database import Database, run

OFTEN = 8
LARGE = "SELECT count(*) AS found FROM unnest(cast(%(list)s AS int[])) AS large"
SMALL = "SELECT count(*) AS found FROM unnest(cast(%(list)s AS int[])) AS small"


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    database: Database = app.extensions["hep_database"]
    with database.engine.connect() as connection, Session(connection) as session:
        yield session


def test_a_statement_planned_anew_is_never_prepared(session: Session) -> None:
    for length in range(OFTEN):
        values = {"list": list(range(length))}
        assert run(session, LARGE, values, planned_anew=True).scalar_one() == length
        assert run(session, SMALL, values).scalar_one() == length
    prepared = session.scalars(text("SELECT statement FROM pg_prepared_statements")).all()
    assert any("AS small" in each for each in prepared)
    assert not any("AS large" in each for each in prepared)
