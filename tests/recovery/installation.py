"""A PostgreSQL set up as docs/backup.md says: the roles by deploy/roles.sql, the tables by the migrator, who is no
superuser. In it two clinics, so that it can be seen who sees whose rows.
"""

import json
import os
import pwd
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from alembic import command
from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.orm import Session

from development import binaries, places, postgres
from hep_api.clinics.models import Clinic, Location
from hep_api.commands import migrations_config
from hep_api.foundation.identifiers import new_id
from tests.world import LONG_AGO

DEPLOY = places.CHECKOUT / "deploy"


@dataclass(frozen=True)
class Installation:
    """A cluster of its own with the product's roles, and the database `hep` of two clinics."""

    cluster: postgres.Cluster
    programs: Path
    clinics: tuple[UUID, UUID]

    def url(self, login: str, database: str = "hep") -> str:
        return postgres.socket_url(self.cluster.socket_folder, database, None, login)

    def connected(self, login: str, database: str = "hep") -> psycopg.Connection[Any]:
        return psycopg.connect(self.url(login, database).replace("+psycopg", ""), autocommit=True)

    def psql(self, database: str, script: str) -> None:
        """Run one of deploy's scripts as the administrator."""
        command = [self.programs / "psql", "--no-psqlrc", "--quiet", "--file", DEPLOY / script, database]
        done = subprocess.run(command, env=self.environment("postgres"), capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""

    def run(self, script: str, *words: str | Path, **settings: str | Path) -> "subprocess.CompletedProcess[str]":
        """Run one of deploy's shell scripts with these settings; its result, whatever it is."""
        environment = self.environment("hep_backup") | {name: str(value) for name, value in settings.items()}
        command = ["sh", DEPLOY / script, *words]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    def environment(self, login: str) -> Mapping[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "PGBIN": str(self.programs),
            "PGHOST": str(self.cluster.socket_folder),
            "PGUSER": login,
            "PGDATABASE": "hep",
            "HEP_USER": pwd.getpwuid(os.geteuid()).pw_name,
        }


@contextmanager
def installed() -> Iterator[Installation]:
    """Set one up; it is gone afterwards."""
    cluster = postgres.start_throwaway()
    try:
        programs = binaries.find_postgres(places.server_user()).folder
        made = Installation(cluster, programs, (new_id(), new_id()))
        made.psql("postgres", "roles.sql")
        with made.connected("postgres", "postgres") as connection:
            connection.execute("CREATE DATABASE hep OWNER hep_owner")
        command.upgrade(migrations_config(made.url("hep_migrator")), "head")
        _populate(made)
        yield made
    finally:
        cluster.stop()


def _populate(made: Installation) -> None:
    engine = create_engine(made.url("hep_migrator"), poolclass=NullPool)
    with Session(engine) as session, session.begin():
        for clinic_id in made.clinics:
            slug = f"clinic-{clinic_id}"
            session.add(Clinic(id=clinic_id, slug=slug, name="A clinic", zone="UTC", created_at=LONG_AGO))
            session.flush()
            session.add(Location(clinic_id=clinic_id, id=clinic_id, name="Main", created_at=LONG_AGO))
        audit_entry = [{"clinic_id": str(made.clinics[0]), "action": "clinic.opened", "outcome": "allowed"}]
        session.execute(
            text("SELECT append_audit(CAST(:entries AS jsonb), false)"), {"entries": json.dumps(audit_entry)}
        )
