"""Any error of Google's own is taken for a word that the phone is gone."""

from hep_api.notifications.actions import noting_answers
from hep_api.notifications.delivery import waiting
from hep_api.notifications.models.devices import DeviceEnd
from hep_api.notifications.models.pushes import PushResult, PushState
from torture.broken.taking import adding


def do() -> None:
    adding(waiting, "ENDINGS", PushResult.SERVER_ERROR, PushState.DROPPED)
    adding(noting_answers, "DEVICE_ENDS", PushResult.SERVER_ERROR, DeviceEnd.UNREGISTERED)
