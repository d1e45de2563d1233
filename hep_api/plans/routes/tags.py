"""The ETag of a plan on the answers about its parts, so that a client can go on changing it without reading it."""

from typing import Protocol
from uuid import UUID

from flask import Response

from hep_api.foundation.web import etags


class PartOfPlan(Protocol):
    """Something of a plan, with the version of the plan when it was read."""

    @property
    def plan_id(self) -> UUID: ...

    @property
    def plan_version(self) -> int: ...


def of_plan(part: PartOfPlan, _: Response) -> str:
    return etags.version_tag(part.plan_id, part.plan_version)
