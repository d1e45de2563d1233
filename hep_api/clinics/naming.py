"""Whoever of a clinic did something, by name and role instead of an id: for what leaves the product."""

from typing import Any

from sqlalchemy.orm import InstrumentedAttribute, aliased

from hep_api.clinics.models import Member
from hep_api.foundation.sections import Query


def with_names(query: Query, *members: InstrumentedAttribute[Any]) -> Query:
    """Add for each column that holds a member's id their name, under the column without `_id`, and their role."""
    for column in members:
        member, said = aliased(Member), column.key.removesuffix("_id")
        query = query.outerjoin(
            member, (member.clinic_id == column.class_.clinic_id) & (member.id == column)
        ).add_columns(member.name.label(said), member.role.label(f"{said}_role"))
    return query
