"""Keeping refusals: what was refused is rolled back, so they are written in a transaction of their own.

The answer waits for it: no refusal leaves that is not in the audit.
"""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from hep_api.audit import notes
from hep_api.audit.models import Outcome
from hep_api.foundation.database import retrying, transaction
from hep_api.foundation.errors import Problem
from hep_api.foundation.occasions import Occasion

# Who stood behind claims that were refused; None for a sign-in that is not known (any more).
Recall = Callable[[Session, Mapping[str, Any]], Any]


def keeper_of_refusals(recall: Recall) -> Callable[[Occasion, Problem], None]:
    """Return what keeps a refusal."""

    def keep(occasion: Occasion, problem: Problem) -> None:
        retrying(lambda: _keep(occasion, problem, recall))

    return keep


def _keep(occasion: Occasion, problem: Problem, recall: Recall) -> None:
    with transaction() as session:
        if occasion.actor is None and occasion.claims is not None:
            occasion.actor = recall(session, occasion.claims)
        if occasion.actor is not None:
            notes.leave_out_door(session)
            notes.note(session, occasion.action, outcome=Outcome.DENIED, subject={"code": problem.code})
