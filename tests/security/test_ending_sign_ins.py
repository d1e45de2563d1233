"""Whoever keeps the installation can sign somebody, or everybody, out at once."""

from flask import Flask

from hep_api.app import create_app
from hep_api.foundation.settings import Settings
from tests.world import Person, World


def run(app: Flask, *arguments: str) -> str:
    return app.test_cli_runner().invoke(args=["accounts", "end-sign-ins", *arguments]).output


def email_of(person: Person) -> str:
    return f"{person.role.value}-{person.member_id}@example.org"


def is_in(person: Person) -> bool:
    return person.http.get("/v1/me").status_code == 200


def test_one_account_is_signed_out_on_all_its_devices(app: Flask, world: World) -> None:
    owner = world.owner(world.clinic())
    phone, other = world.sign_in(owner), world.owner(owner.clinic_id)
    assert run(app, email_of(owner).upper()) == "2 sign-ins are ended.\n"
    assert (is_in(owner), is_in(phone), is_in(other)) == (False, False, True)
    assert run(app, email_of(owner)) == "0 sign-ins are ended.\n"


def test_a_wrong_word_ends_nothing(app: Flask, world: World) -> None:
    owner = world.owner(world.clinic())
    assert "There is no account of this e-mail" in run(app, "nobody@example.org")
    for arguments in ((), (email_of(owner), "--everybody")):
        assert "Name an e-mail, or say --everybody" in run(app, *arguments)
    assert is_in(owner)


def test_everybody_is_signed_out_in_every_clinic(own_database: Settings) -> None:
    app = create_app(own_database)
    world = World(app)
    people = [world.owner(world.clinic()), world.practitioner(world.clinic())]
    assert run(app, "--everybody") == "2 sign-ins are ended.\n"
    assert [is_in(person) for person in people] == [False, False]
    app.extensions["hep_database"].engine.dispose()
