"""A migration gave the app's role every right on the record, too."""

import os

import psycopg


def do() -> None:
    url = os.environ["DATABASE_URL"].replace("postgresql+psycopg://", "postgresql://", 1)
    with psycopg.connect(url) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(1)")
        connection.execute("GRANT ALL ON audit_entry TO hep_app")
