"""What reads are held beside: a bare Flask view with one SELECT by primary key, and one that sums raw events up.

No sign-in, no rights, no row-level security, no record, no ETag, no limits. Served as the product is.
"""

import os
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Flask
from sqlalchemy import create_engine, text

from bench.raw_events import MEANS
from bench.standing_in import stand_in

app = stand_in(Flask("bare"))
engine = create_engine(os.environ["DATABASE_URL"], pool_size=10, max_overflow=0)
BERLIN = ZoneInfo("Europe/Berlin")
RAW = text(MEANS)
PLAN = text("SELECT id, title, starts_on, ends_on, version FROM plan WHERE clinic_id = :clinic_id AND id = :plan_id")


@app.get("/<uuid:clinic_id>/<uuid:plan_id>")
def plan(clinic_id: UUID, plan_id: UUID) -> dict[str, Any]:
    """Read one row."""
    with engine.connect() as connection:
        row = connection.execute(PLAN, {"clinic_id": clinic_id, "plan_id": plan_id}).one()
    return dict(row._mapping)  # noqa: SLF001 - the public name of a row as a mapping


@app.get("/raw/<uuid:clinic_id>")
def raw(clinic_id: UUID) -> dict[str, float]:
    """Read a clinic's means over its closed days from the raw events."""
    with engine.connect() as connection:
        rows = connection.execute(RAW, {"clinic_id": clinic_id, "today": datetime.now(BERLIN).date()})
        return {row.name: float(row.mean) for row in rows}


@app.get("/readyz")
def ready() -> dict[str, str]:
    """Answer that it serves."""
    return {"status": "ready"}
