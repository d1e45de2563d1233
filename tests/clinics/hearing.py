"""Hears what capabilities publish: a real reaction put last in the app's own table."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session


@contextmanager
def facts_heard(app: Flask, *kinds: type[Any]) -> Iterator[list[Any]]:
    """Collect the facts of `kinds` that are published, and committed or not, while the block runs."""
    heard: list[Any] = []

    def hear(_: Session, fact: Any) -> None:
        heard.append(fact)

    database = app.extensions["hep_database"]
    before = database._reactions
    database._reactions = {**before, **{kind: [*before.get(kind, ()), hear] for kind in kinds}}
    try:
        yield heard
    finally:
        database._reactions = before
