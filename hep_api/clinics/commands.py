"""`flask clinics ...`: opening a clinic. Nobody's password is ever given on a command line: the owner gets a code."""

import re
from collections.abc import Mapping
from typing import Any

import click
from flask.cli import AppGroup
from marshmallow import ValidationError

from hep_api.clinics.actions import open_clinic
from hep_api.clinics.links import link_start
from hep_api.clinics.queries.patients import IssuedInvitation
from hep_api.foundation import clock
from hep_api.foundation.database import transaction
from hep_api.foundation.errors import Problem
from hep_api.foundation.web.doors import load
from hep_api.foundation.web.fields import Email, Text, Zone
from hep_api.foundation.web.rules import Broken
from hep_api.foundation.web.schemas import In

clinics = AppGroup("clinics", help="The clinics of this installation.")


class Slug(Text):
    """Small letters and digits in parts joined by hyphens."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        slug = super()._deserialize(value, attr, data, **kwargs)
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug):
            raise ValidationError([Broken("slug", "Must be small letters and digits, joined by hyphens.")])
        return slug


class ClinicTerms(In):
    """What a clinic is opened with."""

    name = Text(most=200)
    slug = Slug(most=60)
    zone = Zone()
    location = Text(most=200)
    owner_email = Email()
    owner_name = Text(most=200)


@clinics.command("create")
@click.argument("name")
@click.option("--slug", required=True, help="Short name in small letters, unique in this installation.")
@click.option("--zone", required=True, help="IANA time zone, such as Europe/Berlin.")
@click.option("--owner-email", required=True)
@click.option("--owner-name", required=True)
@click.option("--location", default="Main", show_default=True, help="Name of the first location.")
def create(**terms: str) -> None:
    """Open the clinic NAME and print its owner's invitation."""
    checked = _checked(terms)
    try:
        with transaction() as session:
            opened = open_clinic.open_clinic(session, checked, link_start(), clock.now())
    except Problem as problem:
        raise _refused(problem) from None
    click.echo(f"Clinic:     {opened.clinic_id}")
    click.echo(f"Location:   {opened.location_id}")
    click.echo(f"Owner:      {opened.owner_id}")
    _tell(opened.invitation)


@clinics.command("invite")
@click.argument("slug")
@click.argument("email")
def invite(slug: str, email: str) -> None:
    """Print a fresh invitation for a member who has not come in yet; the older code ends."""
    try:
        with transaction() as session:
            invitation = open_clinic.invite_again(session, slug, email.lower(), link_start(), clock.now())
    except Problem as problem:
        raise _refused(problem) from None
    _tell(invitation)


def _checked(terms: dict[str, str]) -> dict[str, Any]:
    try:
        return load(ClinicTerms(), terms)
    except Problem as problem:
        raise _refused(problem) from None


def _refused(problem: Problem) -> click.ClickException:
    said = [f"{error.field.removeprefix('/')}: {error.detail}" for error in problem.errors]
    return click.ClickException("\n".join(said) or problem.detail)


def _tell(invitation: IssuedInvitation) -> None:
    click.echo(f"Invitation: {invitation.code}")
    click.echo(f"Link:       {invitation.link}")
    click.echo(f"Valid to:   {invitation.expires_at:%Y-%m-%d %H:%M} UTC. It is shown this once.")
