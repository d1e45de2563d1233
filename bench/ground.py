"""What the measurements of a run share: one PostgreSQL, the product on it, and clinics full of patients beside."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from flask import Flask

from bench import stage
from development import postgres
from hep_api.foundation.settings import Settings
from tests.world import Person, World
from torture.stage import Stage, plain


@dataclass(frozen=True, slots=True)
class Ground:
    """A database with the product's tables, and the product in this process on it.

    `connection` is the superuser's. `clinics` are the large ones that were loaded so far, by name; those who lead them.
    """

    opened: Stage
    settings: Settings
    app: Flask
    world: World
    connection: psycopg.Connection[Any]
    tell: Callable[[str], None]
    clinics: dict[str, Person] = field(default_factory=dict)

    @property
    def cluster(self) -> postgres.Cluster:
        return self.opened.cluster

    @property
    def folder(self) -> Path:
        return Path(self.opened.folder)

    def serving(
        self, app: str, settings: Settings | None = None, more: Mapping[str, str] | None = None
    ) -> AbstractContextManager[stage.Server]:
        """Serve an app from a process of its own for a block; `more` are further variables of its environment."""
        return stage.serving(settings or self.settings, app, self.folder, more or {})


@contextmanager
def opened(tell: Callable[[str], None]) -> Iterator[Ground]:
    """Start PostgreSQL and make the product's tables, for one run."""
    with stage.opened() as (opened_stage, settings):
        app, world = stage.quiet_app(settings)
        with psycopg.connect(plain(settings.database_url)) as connection:
            yield Ground(opened_stage, settings, app, world, connection, tell)
