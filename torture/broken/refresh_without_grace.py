"""A refresh token is good once and never again, also for the phone whose answer was lost."""

from datetime import timedelta

from hep_api.accounts import refreshing


def do() -> None:
    refreshing.GRACE = timedelta(0)
