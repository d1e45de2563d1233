"""`python -m torture.pushes.announcer CLINIC`: tells members what its input says, a line for each transaction.

A process of its own, so that a build that is broken is broken here too. A line is `{"told": [[member, subject,
urgent]], "takes_back": bool}`; each is answered by a line when its transaction is over, one way or the other.
"""

import importlib
import json
import sys
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Flask

LIVES = timedelta(hours=6)


class TakenBack(Exception):
    """Ends a transaction without a commit."""


def main(clinic_id: UUID) -> None:
    """Tell until the input ends."""
    app: Flask = importlib.import_module("torture.entry").app
    with app.app_context():
        print("ready", flush=True)
        for line in sys.stdin:
            _tell(clinic_id, json.loads(line))
            print("done", flush=True)


def _tell(clinic_id: UUID, order: dict[str, Any]) -> None:
    # Only now: what a broken build replaces is replaced before.
    from hep_api.foundation import clock, database, tenancy
    from hep_api.notifications.actions import pushing
    from hep_api.notifications.kinds import NoticeKind
    from hep_api.notifications.told import Told

    # Whether what it is about still holds is asked before each is sent; of this kind it always does.
    told = [
        Told(UUID(member), NoticeKind.TEST, UUID(subject), LIVES, urgent=urgent)
        for member, subject, urgent in order["told"]
    ]
    try:
        with database.transaction() as session:
            tenancy.act_for(session, clinic_id)
            pushing.push(session, clinic_id, told, clock.now())
            if order["takes_back"]:
                raise TakenBack  # noqa: TRY301 - what a refusal further down would do
    except TakenBack:
        return


if __name__ == "__main__":
    main(UUID(sys.argv[1]))
