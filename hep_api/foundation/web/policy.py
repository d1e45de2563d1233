"""Who may use each door. Each route and socket command declares it; an app with an undeclared one will not start.

A role here opens the door only; which rows stand behind it is decided by the clinic's `access.py`.
"""

from dataclasses import dataclass
from typing import Any

from flask import Flask

ANYONE = "anyone"


@dataclass(frozen=True, slots=True)
class Policy:
    """The roles that may use a door, or anyone, with the reason why nobody needs to be signed in.

    `owing_too`: also those who still have to set something up, as this is where they do.
    """

    roles: frozenset[str]
    reason: str = ""
    owing_too: bool = False

    @property
    def is_open(self) -> bool:
        return ANYONE in self.roles


class UndeclaredDoor(Exception):
    """A route or socket command that does not say who may use it."""


def declare(door: Any, policy: Policy) -> None:
    """Attach the policy to a view function."""
    if not policy.roles:
        raise UndeclaredDoor(f"{door.__qualname__} declares no role.")
    door.policy = policy


def policy_of(door: Any) -> Policy | None:
    found: Policy | None = getattr(door, "policy", None)
    return found


def refuse_undeclared_routes(app: Flask) -> None:
    """Raise UndeclaredDoor naming every route without a policy."""
    undeclared = sorted(
        {
            f"{rule.rule} ({rule.endpoint})"
            for rule in app.url_map.iter_rules()
            if policy_of(app.view_functions[rule.endpoint]) is None
        }
    )
    if undeclared:
        raise UndeclaredDoor("These routes do not say who may use them: " + ", ".join(undeclared))
