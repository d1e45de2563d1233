"""The document for data protection leaves out no table and no other place where something is stored."""

from hep_api.tables import metadata
from tests.security import named
from tests.security.named import ROOT

DOCUMENT = ROOT / "docs" / "privacy.md"
KINDS = {"health", "person", "secret", "trace", "clinic", "technical", "all"}
ELSEWHERE = ("file store", "logs", "the proxy's log", "mail", "Redis", "keys", "backups")
# Columns that say how somebody is or what they said: their tables hold health data, whatever else they hold.
OF_HEALTH = {"pain", "pains", "body", "comment", "goals", "own_why", "dose", "discharge_reason", "skip_reason", "note"}
OF_PERSONS = {"birth_date", "email"}


def rows(under: str) -> list[list[str]]:
    section = DOCUMENT.read_text().split(f"\n## {under}\n")[1].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[1:]]


def test_every_table_is_in_the_document_and_no_other() -> None:
    assert sorted(row[0] for row in rows("The database")) == sorted(f"`{name}`" for name in metadata.tables)


def test_every_other_store_is_in_the_document() -> None:
    written = [row[0] for row in rows("Elsewhere")]
    assert [store for store in ELSEWHERE if not any(name.startswith(store) for name in written)] == []


def test_every_row_says_what_who_and_how_long() -> None:
    for table, kinds, what, who, how_long in rows("The database") + rows("Elsewhere"):
        assert set(kinds.replace(", in passing", "").split(", ")) <= KINDS, table
        assert min(len(what), len(who), len(how_long)) > 3, table


def test_tables_with_columns_of_health_or_of_persons_are_called_so() -> None:
    kinds = {row[0].strip("`"): row[1] for row in rows("The database")}
    of_clinics = {"exercise", "exercise_card", "saved_reply"}  # what is said there is said of nobody
    for name, table in metadata.tables.items():
        if OF_HEALTH & set(table.columns.keys()) and name not in of_clinics:
            assert "health" in kinds[name], name
        if OF_PERSONS & set(table.columns.keys()):
            assert "person" in kinds[name], name


def test_what_is_named_is_there() -> None:
    assert named.missing_from(DOCUMENT) == []
