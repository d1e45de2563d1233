"""Devices in JSON. What a device is addressed by comes in and never goes out."""

from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from hep_api.foundation.web.fields import Choice, Secret, Text, Zone
from hep_api.foundation.web.languages import Language
from hep_api.foundation.web.rules import Broken
from hep_api.foundation.web.schemas import In, Out
from hep_api.notifications.addresses import LONGEST_VALUE
from hep_api.notifications.models.devices import DeviceKind, Platform

VALUE = {"description": "registration token, installation id, or the endpoint of a browser's subscription"}
KEYS = {"description": "of a browser's subscription, and only of one"}
ZONE = {"description": "the zone that the phone is set to; it does not move the patient's own"}
LANGUAGE = {"description": "what the phone is set to, as de or pt-BR; pushes to it are written in it"}


class WebPushKeysIn(In):
    """The keys of a browser's PushSubscription, as its toJSON() gives them."""

    p256dh = Secret(most=100, required=True)
    auth = Secret(most=40, required=True)


class DeviceIn(In):
    """The phone or browser that asks."""

    kind = Choice(DeviceKind, required=True)
    value = Secret(most=LONGEST_VALUE, required=True, metadata=VALUE)
    keys = fields.Nested(WebPushKeysIn, load_default=None, allow_none=True, metadata=KEYS)
    platform = Choice(Platform, required=True)
    app_version = Text(most=40, load_default=None, allow_none=True)
    language = Language(load_default=None, allow_none=True, metadata=LANGUAGE)
    zone = Zone(load_default=None, allow_none=True, metadata=ZONE)


class DeviceChangesIn(In):
    """What has changed about the phone that asks; what is left out stays. `{}` says that it is still there."""

    kind = Choice(DeviceKind, metadata={"description": "only together with `value`"})
    value = Secret(most=LONGEST_VALUE, metadata=VALUE)
    keys = fields.Nested(WebPushKeysIn, allow_none=True, metadata=KEYS)
    app_version = Text(most=40, allow_none=True)
    language = Language(allow_none=True, metadata=LANGUAGE)
    zone = Zone(allow_none=True, metadata=ZONE)

    @validates_schema
    def with_value(self, data: dict[str, Any], **_: Any) -> None:
        if "value" not in data and (alone := [name for name in ("kind", "keys") if name in data]):
            raise ValidationError({name: [Broken("required", "Only together with `value`.")] for name in alone})


class DeviceOut(Out):
    """A device as its owner sees it; what it is addressed by is told to nobody."""

    id = fields.UUID()
    sign_in_id = fields.UUID(metadata={"description": "the sign-in that it is on, of /v1/me/sign-ins"})
    current = fields.Boolean(metadata={"description": "whether it is on the sign-in that asks"})
    kind = Choice(DeviceKind)
    platform = Choice(Platform)
    app_version = fields.String(allow_none=True)
    language = fields.String(allow_none=True)
    zone = fields.String(allow_none=True)
    registered_at = fields.DateTime()
    refreshed_at = fields.DateTime()


class DevicesOut(Out):
    items = fields.List(fields.Nested(DeviceOut))


class WebKeyOut(Out):
    """What a browser subscribes with."""

    public_key = fields.String(
        allow_none=True,
        metadata={"description": "applicationServerKey of PushManager.subscribe(); null: no pushes to browsers here"},
    )
