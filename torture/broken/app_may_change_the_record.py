"""A migration gave the app's role every right on the record, too."""

from torture.broken.taking import altering


def do() -> None:
    altering("GRANT ALL ON audit_entry TO hep_app")
