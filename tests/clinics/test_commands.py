"""`flask clinics`: opening a clinic on a fresh installation."""

import re
from uuid import uuid4

import pytest
from click.testing import Result
from flask import Flask

from tests.world import World


def run(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(args=["clinics", *arguments])


def terms(**change: str) -> list[str]:
    said = {
        "slug": f"clinic-{uuid4()}",
        "zone": "Europe/Vienna",
        "owner-email": f"{uuid4()}@Example.org",
        "owner-name": "Olga Owner",
        **change,
    }
    return ["create", "Praxis am Rhein", *(f"--{name}={value}" for name, value in said.items())]


def code_in(output: str) -> str:
    found = re.search(r"^Invitation: (\S+)$", output, re.MULTILINE)
    assert found, output
    return found[1]


def test_a_clinic_is_opened_and_its_owner_comes_in_by_the_printed_code(app: Flask, world: World) -> None:
    made = run(app, *terms(location="Harbour"))

    assert made.exit_code == 0, made.output
    body = {"code": code_in(made.output), "password": "long enough"}
    entered = world.anyone().post("/v1/invitations/accept", json=body)
    assert entered.status_code == 201
    assert entered.json["member"]["role"] == "owner"
    assert entered.json["clinic"]["name"] == "Praxis am Rhein"
    phone = world.anyone()
    phone.token = entered.json["access_token"]
    assert phone.get("/v1/clinic").json["zone"] == "Europe/Vienna"
    assert [item["name"] for item in phone.get("/v1/locations").json["items"]] == ["Harbour"]


def test_a_slug_is_used_once(app: Flask) -> None:
    arguments = terms()
    assert run(app, *arguments).exit_code == 0

    again = run(app, *arguments)
    assert again.exit_code == 1
    assert "slug: Another clinic has this slug." in again.output


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"slug": "Not A Slug"}, "slug: Must be small letters"),
        ({"zone": "Vienna"}, "zone: Must be an IANA time zone"),
        ({"owner-email": "nobody"}, "owner_email: Must be an e-mail address"),
        ({"owner-name": ""}, "owner_name: Must not be blank"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_made(app: Flask, change: dict[str, str], complaint: str) -> None:
    arguments = terms()
    refused = run(app, *arguments, *(f"--{name}={value}" for name, value in change.items()))

    assert refused.exit_code == 1
    assert complaint in refused.output
    assert run(app, *arguments).exit_code == 0


def test_an_owner_whose_code_expired_gets_a_fresh_one(app: Flask, world: World) -> None:
    slug, email = f"clinic-{uuid4()}", f"{uuid4()}@example.org"
    first = code_in(run(app, *terms(**{"slug": slug, "owner-email": email})).output)
    fresh = run(app, "invite", slug, email.upper())

    bodies = [{"code": code, "password": "long enough"} for code in (first, code_in(fresh.output))]
    answers = [world.anyone().post("/v1/invitations/accept", json=body).status_code for body in bodies]
    assert answers == [404, 201]
    late = run(app, "invite", slug, email)
    assert late.exit_code == 1
    assert "has not come in yet" in late.output
    assert run(app, "invite", slug, "nobody@example.org").exit_code == 1
