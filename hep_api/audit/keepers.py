"""What the installation's keeper does by the command line: every command that may change something leaves a row in the
installation's own audit, with the login that ran it.
"""

import getpass
from collections.abc import Callable, Collection
from functools import wraps
from typing import Any

from flask import has_app_context
from flask.cli import AppGroup
from sqlalchemy.exc import SQLAlchemyError

from hep_api.audit import notes
from hep_api.audit.models import Outcome
from hep_api.foundation.tenancy import NOBODYS

COMMAND_RUN = "command.run"
IS_KEPT = "is_kept"

Run = Callable[..., Any]


def keep_commands(group: AppGroup, only_reading: Collection[str]) -> None:
    """Keep each command of a group, but for those that only read."""
    for name, command in group.commands.items():
        if name not in only_reading and command.callback and not hasattr(command.callback, IS_KEPT):
            command.callback = _kept(command.callback, f"{group.name} {name}")


def _kept(run: Run, name: str) -> Run:
    @wraps(run)
    def kept(*arguments: Any, **options: Any) -> Any:
        try:
            value = run(*arguments, **options)
        except BaseException:
            _keep_failure(name)
            raise
        _keep(name, Outcome.ALLOWED)
        return value

    setattr(kept, IS_KEPT, True)
    return kept


def _keep_failure(name: str) -> None:
    """Keep that it failed, if that can be kept: what it failed of is told in any case."""
    try:
        _keep(name, Outcome.FAILED)
    except SQLAlchemyError:
        return


def _keep(name: str, outcome: Outcome) -> None:
    if has_app_context():
        notes.note_apart(COMMAND_RUN, outcome=outcome, clinic_id=NOBODYS, subject={"command": name, "login": _login()})


def _login() -> str | None:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        # A container's user may have no name.
        return None
