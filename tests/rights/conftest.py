"""For each file of tests a database, a file store and a journal of its own, so that all of it can be searched; for each
test a clinic with a patient and staff.
"""

import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from alembic import command
from flask import Flask
from sqlalchemy import update
from werkzeug.test import TestResponse

from hep_api.accounts.models.identity import SignIn
from hep_api.app import create_app
from hep_api.clinics.models import Clinic
from hep_api.commands import migrations_config
from hep_api.foundation.files.store import Files
from hep_api.foundation.jobs import work
from hep_api.foundation.settings import Settings
from tests import servers
from tests.everything import keep_connected
from tests.world import Person, World


@pytest.fixture(scope="module")
def own_settings(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    kept = tmp_path_factory.mktemp("kept")
    with servers.migrated_database(lambda url: command.upgrade(migrations_config(url), "head")) as url:
        yield replace(
            settings,
            database_url=url,
            files_folder=kept / "files",
            mail_folder=kept / "mail",
            erasure_journal_folder=str(kept / "journal"),
        )


@pytest.fixture(scope="module")
def own_app(own_settings: Settings) -> Iterator[Flask]:
    app = create_app(own_settings)
    with keep_connected(app):
        yield app
    app.extensions["hep_database"].engine.dispose()


@dataclass
class Place:
    """A clinic with a patient, who is cared for by `lead` and `colleague`, and everyone else."""

    world: World
    clinic_id: UUID
    lead: Person
    colleague: Person
    manager: Person
    owner: Person
    patient: Person
    neighbour: Person

    @property
    def files(self) -> Files:
        store: Files = self.world.app.extensions["hep_files"]
        return store

    def path(self, rest: str, of: Person | None = None) -> str:
        return f"/v1/patients/{(of or self.patient).patient_id}/{rest}"

    def step_up(self, *people: Person) -> None:
        """Let these people have shown a second factor just now."""
        with self.world.transaction() as session:
            session.execute(
                update(SignIn)
                .where(SignIn.id.in_([person.sign_in_id for person in people]))
                .values(second_factor_at=datetime.now(UTC))
            )

    def set_clinic(self, **values: Any) -> None:
        with self.world.transaction() as session:
            session.execute(update(Clinic).where(Clinic.id == self.clinic_id).values(**values))

    def letters(self) -> list[str]:
        """Return the letters that were written, and forget them."""
        folder = self.world.app.extensions["hep_settings"].mail_folder
        written = [file.read_text().replace("=\n", "") for file in sorted(folder.glob("*.eml"))]
        for file in folder.glob("*.eml"):
            file.unlink()
        return written

    def run_jobs(self) -> int:
        with self.world.app.app_context():
            return work.run_due_jobs()

    def ask_for_export(self, by: Person, of: Person | None = None) -> TestResponse:
        return by.http.post(self.path("exports", of))

    def exported(self, by: Person, of: Person | None = None) -> zipfile.ZipFile:
        """Ask, have it built, fetch it by the link, and open it."""
        self.step_up(by)
        asked = self.ask_for_export(by, of)
        assert asked.status_code == 202, asked.json
        self.run_jobs()
        link = by.http.post(self.path(f"exports/{asked.json['id']}/link", of))
        assert link.status_code == 201, link.json
        return zipfile.ZipFile(io.BytesIO(self.world.anyone().get(link.json["url"]).data))

    def ask_for_erasure(self, by: Person, words: str | None = None) -> str:
        self.step_up(by)
        asked = by.http.post(self.path("erasures"), json={"words": words})
        assert asked.status_code == 201, asked.json
        erasure_id: str = asked.json["id"]
        return erasure_id

    def decide(self, erasure_id: str, by: Person | None = None, **said: Any) -> TestResponse:
        body = {"decision": "approve", **said}
        return (by or self.owner).http.post(self.path(f"erasures/{erasure_id}/decision"), json=body)


@pytest.fixture
def place(own_app: Flask) -> Place:
    return make_place(World(own_app))


def make_place(world: World) -> Place:
    clinic_id = world.clinic()
    lead, colleague = world.practitioner(clinic_id), world.practitioner(clinic_id)
    patient, neighbour = world.patient(lead), world.patient(lead)
    world.join_care_team(patient, colleague)
    return Place(
        world, clinic_id, lead, colleague, world.manager(clinic_id), world.owner(clinic_id), patient, neighbour
    )


def rows(package: zipfile.ZipFile, name: str) -> list[dict[str, Any]]:
    """Return the rows of a section, as its JSON has them."""
    found: list[dict[str, Any]] = json.loads(package.read(f"{name}.json"))
    return found
