"""Plants a canary of its own in every column of words, in all rows that belong to a patient.

The columns come from the tables' metadata. A new table belongs to the patient by one of the columns in `BY`, or is
named in `OF_NO_PATIENT` with the reason; else, and when it has no row in the story, a test fails.
"""

import json
from collections.abc import Iterator, Mapping
from uuid import UUID

from sqlalchemy import ARRAY, Column, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from hep_api.tables import metadata
from tests.contract.canaries import columns_with_words

PLANS = "SELECT id FROM plan WHERE patient_id = :patient_id"
CONVERSATIONS = "SELECT id FROM conversation WHERE patient_id = :patient_id"
# By which column a row is found to belong to a patient; the first that a table has counts.
BY = {
    "patient_id": "patient_id = :patient_id",
    "plan_id": f"plan_id IN ({PLANS})",
    "conversation_id": f"conversation_id IN ({CONVERSATIONS})",
    "account_id": "account_id = :account_id",
    "member_id": "member_id = :patient_id",
}
ITSELF = {"patient": "id = :patient_id", "member": "id = :patient_id", "account": "id = :account_id"}
OF_NO_PATIENT = {
    "clinic": "the clinic's own",
    "location": "the clinic's own",
    "messaging_policy": "the clinic's own",
    "location_hours": "the clinic's own",
    "notification_policy": "the clinic's own",
    "reminder_default": "the clinic's own",
    "saved_reply": "the clinic's or a practitioner's own; a patient has what was sent of it",
    "template": "the clinic's or a practitioner's own; a plan has what was prescribed from it",
    "template_version": "part of a template",
    "content_item": "the clinic's own; a patient has what was sent of it",
    "check_in_template": "the clinic's own; a patient has the questions beside their answers",
    "check_in_template_version": "part of a template",
    "exercise": "the clinic's or a practitioner's own; a patient has the copy in the prescription",
    "exercise_translation": "part of an exercise",
    "exercise_card": "part of an exercise",
    "exercise_word": "part of an exercise",
    "word_clue": "words of exercises",
    "drawing": "shown to anyone",
    "asset": "the clinic's own, of exercises and never of a patient",
    "media_upload": "the same, on its way",
    "job": "ids only; those that name the patient are removed, which has a test of its own",
    "audit_entry": "ids and fixed words, and nobody may change it; who did what is in the export, and has its own test",
}


def belonging(column: Column[object]) -> str | None:
    """Return the SQL condition for the rows of a column that are a patient's; None for a table of no patient."""
    table = column.table
    if table.name in OF_NO_PATIENT:
        return None
    found = [condition for name, condition in BY.items() if name in table.columns]
    assert table.name in ITSELF or found, f"say in tests/rights/planting.py whose the rows of {table.name} are"
    return ITSELF.get(table.name) or found[0]


def planted_columns() -> Iterator[tuple[str, Column[object], str]]:
    """Yield (table.column, column, condition) of every column of words that holds something of a patient."""
    for column in columns_with_words():
        condition = belonging(column)
        if condition is not None:
            yield f"{column.table.name}.{column.name}", column, condition


def canary(whose: str, name: str) -> str:
    """Return the canary of a column, in letters that every constraint takes."""
    return f"{whose}-{name.replace('.', '-')}-canary"


def plant(session: Session, whose: str, patient_id: UUID, account_id: UUID) -> dict[str, int]:
    """Write the canaries; return by column in how many rows."""
    ids = {"patient_id": patient_id, "account_id": account_id}
    return {
        name: _plant_one(session, canary(whose, name), column, condition, ids)
        for name, column, condition in planted_columns()
    }


def tables_with(session: Session, word: str) -> list[str]:
    """Return the tables that hold a word in any column of any row."""
    return [
        table.name
        for table in metadata.sorted_tables
        if session.execute(
            text(f"SELECT EXISTS (SELECT FROM {table.name} t WHERE strpos(t::text, :word) > 0)"),  # noqa: S608
            {"word": word},
        ).scalar_one()
    ]


def _plant_one(session: Session, word: str, column: Column[object], condition: str, ids: Mapping[str, UUID]) -> int:
    value = "CAST(:word AS text)"
    if column.name == "email":
        word += "@example.org"
    if isinstance(column.type, ARRAY):
        value = "ARRAY[CAST(:word AS text)]"
    elif isinstance(column.type, JSONB):
        value, word = "CAST(:word AS jsonb)", json.dumps({"said": word})
    statement = f"UPDATE {column.table.name} SET {column.name} = {value} WHERE {condition}"  # noqa: S608
    used = {name: value for name, value in ids.items() if f":{name}" in condition}
    return session.execute(text(statement), {"word": word, **used}).rowcount  # type: ignore[attr-defined,no-any-return]
