"""What phones say of themselves, and what is known of them, for tests."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from werkzeug.test import TestResponse

from hep_api.foundation import tenancy
from hep_api.foundation.database import transaction
from hep_api.notifications.models.devices import Device, DeviceHolder
from hep_api.notifications.queries.devices import DeviceAddress, list_devices_of
from tests.world import Person, World

DEVICES = "/v1/me/devices"
PUSH_SERVICE = "updates.push.services.mozilla.com"


def a_token() -> str:
    return f"token:{uuid4()}"


def an_endpoint(host: str = PUSH_SERVICE) -> str:
    """Return where a browser of somebody's is pushed to."""
    return f"https://{host}/wpush/v2/{uuid4()}"


def said(value: str | None = None, **more: Any) -> dict[str, Any]:
    """Return what an Android phone says of itself."""
    return {"kind": "fcm_token", "value": value or a_token(), "platform": "android", **more}


def register(person: Person, value: str | None = None, **more: Any) -> TestResponse:
    return person.http.post(DEVICES, json=said(value, **more))


def registered(person: Person, value: str | None = None, **more: Any) -> UUID:
    """Register a phone of the person's and return its id."""
    answer = register(person, value, **more)
    assert answer.status_code == 201, answer.json
    return UUID(answer.json["id"])


def addresses(world: World, *people: Person, now: datetime | None = None) -> Sequence[DeviceAddress]:
    """Return where these people of one clinic are pushed to, as the product itself finds it."""
    clinic_id, members = people[0].clinic_id, [person.member_id for person in people]
    with world.app.app_context(), transaction() as session:
        tenancy.act_for(session, clinic_id)
        return list_devices_of(session, clinic_id, members, now or datetime.now(UTC))


def rows_of(world: World, device_id: UUID) -> Device:
    with world.transaction() as session:
        return session.scalars(select(Device).where(Device.id == device_id)).one()


def holders_of(world: World, *people: Person) -> int:
    """Return how many phones are known to be these people's."""
    accounts = [person.account_id for person in people]
    with world.transaction() as session:
        return len(session.scalars(select(DeviceHolder.digest).where(DeviceHolder.account_id.in_(accounts))).all())
