"""Who was recognised last time, and a statement that comes out only if they would be again, as the same.

A phone reads the same few doors all day, as the same person. Such a door may take its viewer as the process remembers
them and let the database prove it in the statement that reads: what stood behind the sign-in is compared with what
stands behind it now, before a row is read, and the record of the access is written with it. Where anything is
different nothing comes out, and the door goes the long way, which asks first and says why (access.py).
"""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from threading import Lock
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Role, Viewer
from hep_api.audit import notes
from hep_api.foundation.database import transaction
from hep_api.foundation.tenancy import act_for
from hep_api.foundation.turns import Turns

# Half a kilobyte each.
MOST_REMEMBERED = 10_000

# Whoever `recognise` (access.py) would find for the sign-in, as they are remembered: the same conditions, on three rows
# by their keys. The clinic is the remembered one and set first, as without it the second wall shows no row
# (migrations/tenancy.py); where nobody stands, nothing of it is read.
STANDING = """
standing AS MATERIALIZED (
    SELECT true AS holds
      FROM (SELECT set_config('app.clinic_id', %(clinic_id)s::uuid::text, true) AS clinic OFFSET 0) AS acting
     CROSS JOIN LATERAL (
        SELECT member.clinic_id, member.id
          FROM sign_in
          JOIN member ON member.clinic_id = sign_in.clinic_id AND member.id = sign_in.member_id
          JOIN clinic ON clinic.id = sign_in.clinic_id
         WHERE acting.clinic IS NOT NULL
           AND sign_in.id = %(sign_in_id)s AND sign_in.account_id = %(account_id)s AND sign_in.ended_at IS NULL
           AND sign_in.clinic_id = %(clinic_id)s AND sign_in.member_id = %(member_id)s
           AND sign_in.second_factor_at IS NOT DISTINCT FROM CAST(%(second_factor_at)s AS timestamptz)
           AND member.account_id = %(account_id)s AND member.status = 'active' AND member.role = %(role)s
           AND clinic.managers_may_read_records = %(managers_may_read_records)s
           AND clinic.second_factor_required = %(second_factor_required)s
           AND {settings}
        OFFSET 0
     ) AS present
     {without_emergencies}
)"""
WITHOUT_EMERGENCIES = """
     WHERE NOT EXISTS (
        SELECT FROM emergency_access AS taken
         WHERE taken.clinic_id = present.clinic_id AND taken.member_id = present.id
           AND taken.ended_at IS NULL AND taken.expires_at > clock_timestamp()
     )"""

# The order is forced: what is found refers to who stands, and who stands sets the clinic. Were it ever otherwise,
# nothing would be found.
FOUND = """
found AS MATERIALIZED (
    SELECT found.*
      FROM standing
     CROSS JOIN LATERAL (SELECT asked.* FROM ({statement}) AS asked WHERE standing.holds OFFSET 0) AS found
)"""

RECORDED = """
recorded AS MATERIALIZED (
    SELECT append_audit(CAST(%(entries)s AS jsonb), %(lightly)s) FROM found LIMIT 1
)
SELECT found.* FROM found CROSS JOIN recorded
"""


class Standing:
    """Viewers by their sign-in, as they were recognised last; when there are too many, the first is forgotten."""

    def __init__(self, most: int = MOST_REMEMBERED) -> None:
        self._most = most
        self._viewers: dict[UUID, Viewer] = {}
        self._changing = Lock()

    def remembered(self, claims: Mapping[str, Any]) -> Viewer | None:
        """Return who stood behind a token's claims the last time; None for whoever has to be asked about."""
        viewer = self._viewers.get(claims["sid"])
        return viewer if viewer is not None and viewer.account_id == claims["sub"] else None

    def remember(self, viewer: Viewer) -> None:
        """Keep who was recognised just now; not who owes a second factor or reads by emergency access."""
        if viewer.owes_second_factor or viewer.emergencies:
            self._viewers.pop(viewer.sign_in_id, None)
        elif self._viewers.get(viewer.sign_in_id) != viewer:
            with self._changing:
                if len(self._viewers) >= self._most:
                    self._viewers.pop(next(iter(self._viewers)), None)
                self._viewers[viewer.sign_in_id] = viewer


def standing() -> Standing:
    """Return the current app's."""
    found: Standing = current_app.extensions.setdefault("hep_standing", Standing())
    return found


def proven(statement: str, role: Role) -> str:
    """Return a statement that comes out for a viewer of a role as remembered, and with the access recorded, or not.

    Its values are those of the statement, of `proof`, and the `entries` and `lightly` of the record.
    """
    return squeezed(f"WITH {beginning(statement, role)}, {RECORDED}")


def beginning(statement: str, role: Role, settings: str = "true") -> str:
    """Return the first parts of a statement that goes on after them: `found` has what `statement` finds for a viewer of
    a role as remembered, and no row where they are not. Its values are those of the statement and of `proof`.

    `settings` is one condition more, on the clinic's row.
    """
    emergencies = "" if role is Role.PATIENT else WITHOUT_EMERGENCIES
    standing = STANDING.replace("{without_emergencies}", emergencies).replace("{settings}", settings)
    return f"{standing}, {FOUND.replace('{statement}', statement)}"


def squeezed(statement: str) -> str:
    """Return a statement without needless space: psycopg remembers how it reads one only up to 4,096 characters."""
    return " ".join(statement.split())


def in_turn(viewer: Viewer) -> AbstractContextManager[None]:
    """Return what waits for a turn among the viewer's clinic: who writes into its chain of records waits for those
    before in any case, here without a connection.
    """
    turns: Turns = current_app.extensions.setdefault("hep_turns_at_chains", Turns())
    return turns.taken(viewer.clinic_id)


@contextmanager
def going_on(viewer: Viewer) -> Iterator[Session]:
    """Open a transaction that reads more for a viewer whom a statement has just proven, with the access recorded."""
    with transaction() as session:
        notes.leave_out_door(session)
        act_for(session, viewer.clinic_id)
        yield session


def proof(viewer: Viewer) -> dict[str, Any]:
    """Return the values by which a statement proves that the viewer still stands, as they are."""
    return {
        "sign_in_id": viewer.sign_in_id,
        "account_id": viewer.account_id,
        "clinic_id": viewer.clinic_id,
        "member_id": viewer.member_id,
        "role": viewer.role.value,
        "managers_may_read_records": viewer.managers_may_read_records,
        "second_factor_required": viewer.second_factor_required,
        "second_factor_at": viewer.second_factor_at,
    }
