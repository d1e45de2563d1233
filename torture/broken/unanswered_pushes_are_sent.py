"""A push that nobody answered counts as sent."""

from hep_api.notifications.delivery import waiting
from hep_api.notifications.models.pushes import PushResult, PushState
from torture.broken.taking import adding


def do() -> None:
    adding(waiting, "ENDINGS", PushResult.NO_ANSWER, PushState.SENT)
