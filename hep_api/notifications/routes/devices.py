"""HTTP doors to one's own devices."""

from typing import Any
from uuid import UUID

from hep_api.accounts.viewer import EVERYONE, viewer
from hep_api.foundation import clock
from hep_api.foundation.database import transaction
from hep_api.foundation.limits.rates import HOUR
from hep_api.foundation.web.doors import Routes, returns, signed_in, takes
from hep_api.foundation.web.pacing import limited
from hep_api.notifications.actions import ending, registering
from hep_api.notifications.delivery.vapid import browsers
from hep_api.notifications.queries import devices
from hep_api.notifications.queries.devices import DeviceShown
from hep_api.notifications.schemas.devices import DeviceChangesIn, DeviceIn, DeviceOut, DevicesOut, WebKeyOut

routes = Routes("own devices", "The phones and browsers that one is told something on.")


@routes.post("/me/devices")
@signed_in(*EVERYONE)
@limited(120, HOUR)
@takes(DeviceIn)
@returns(DeviceOut, 201)
def register_device(body: dict[str, Any]) -> DeviceShown:
    """Register the phone or browser that asks: once after signing in, and again at every start of the app.

    Safe to send again: what is registered is refreshed and keeps its id. A phone has one owner: registered by another
    account it is theirs alone from then on, in whatever clinic. It ends with the sign-in that it is on.

    Beyond 20 devices of one member the one that was refreshed the longest time ago ends.

    Errors: 409 `web_push_not_configured` for browsers where there is no key for them.
    """
    with transaction() as session:
        return registering.register_device(session, viewer(), body, clock.now())


@routes.get("/me/devices")
@signed_in(*EVERYONE)
@returns(DevicesOut)
def list_devices() -> dict[str, Any]:
    """List one's own devices, the last refreshed first."""
    with transaction() as session:
        return {"items": devices.list_own_devices(session, viewer())}


@routes.patch("/me/devices/<uuid:device_id>")
@signed_in(*EVERYONE)
@limited(120, HOUR)
@takes(DeviceChangesIn)
@returns(DeviceOut)
def refresh_device(device_id: UUID, body: dict[str, Any]) -> DeviceShown:
    """Say what has changed about the phone that asks, such as a new registration token; it stays the same device.

    Errors: 404 when it is no device of the sign-in that asks; register it then.
    """
    with transaction() as session:
        return registering.refresh_device(session, viewer(), device_id, body, clock.now())


@routes.delete("/me/devices/<uuid:device_id>")
@signed_in(*EVERYONE)
@returns(None, 204)
def remove_device(device_id: UUID) -> None:
    """Have nothing pushed any more to one of one's own devices; removed again, nothing changes."""
    with transaction() as session:
        ending.remove_device(session, viewer(), device_id, clock.now())


@routes.get("/push/web-key")
@signed_in(*EVERYONE)
@returns(WebKeyOut)
def read_web_key() -> dict[str, str | None]:
    """Read the public key that a browser subscribes with (VAPID).

    A subscription is good for this key only: when it is another than the browser's, subscribe and register anew.
    """
    served = browsers()
    return {"public_key": served.public_key if served else None}
