"""Migrations only add: an older version goes on working while the tables are a newer one's (docs/upgrading.md)."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

VERSIONS = Path(__file__).resolve().parent.parent.parent / "migrations" / "versions"
# Nobody has run a version that is older than this one's tables: what was before may have changed what it liked.
FIRST_THAT_ADDS_ONLY = "0050"
# A migration that takes away what no version in use asks for any more says so, and why, by this name.
REASON = "TAKES_AWAY"
TAKING = {"drop_table", "drop_column", "rename_table", "alter_column", "batch_alter_table"}
TAKING_WORDS = re.compile(
    r"\b(DROP (TABLE|COLUMN|SCHEMA|TYPE|VIEW|FUNCTION)|RENAME|SET NOT NULL"
    r"|ALTER COLUMN \w+ (SET DATA )?TYPE|TRUNCATE|DELETE FROM)\b",
    re.IGNORECASE,
)


def breaches(source: str) -> Iterator[str]:
    """Yield what the upgrade of a migration does that a running older version might not bear."""
    module = ast.parse(source)
    if any(isinstance(each, ast.Assign) and ast.unparse(each.targets[0]) == REASON for each in module.body):
        return
    ends = [each for each in module.body if isinstance(each, ast.FunctionDef) and each.name == "downgrade"]
    passed_over = {id(each) for end in ends for each in ast.walk(end)}
    upgrade = [each for each in ast.walk(module) if id(each) not in passed_over]
    calls = [(ast.unparse(each.func).removeprefix("op."), each) for each in upgrade if isinstance(each, ast.Call)]
    made = {ast.unparse(call.args[0]) for name, call in calls if name == "create_table"}
    for name, call in calls:
        yield from _breaches_of(name, call, made)
    words = [each.value for each in upgrade if isinstance(each, ast.Constant) and isinstance(each.value, str)]
    yield from (found.group() for each in words for found in TAKING_WORDS.finditer(each))


def _breaches_of(name: str, call: ast.Call, made: set[str]) -> Iterator[str]:
    """Yield what is wrong with one call; `made` are the tables that are new."""
    said = ast.unparse(call)
    if name in TAKING:
        yield name
    elif name == "add_column" and "nullable=False" in said and "server_default" not in said:
        yield "a column that every row needs, without a default"
    elif name == "create_index" and ast.unparse(call.args[1]) not in made and "postgresql_concurrently" not in said:
        yield "an index for which all wait who write"


@pytest.mark.parametrize(
    "name", sorted(file.name for file in VERSIONS.glob("[0-9]*.py") if file.name >= FIRST_THAT_ADDS_ONLY)
)
def test_a_migration_takes_nothing_away_that_an_older_version_uses(name: str) -> None:
    assert list(breaches((VERSIONS / name).read_text())) == []


@pytest.mark.parametrize(
    ("upgrade", "found"),
    [
        ('op.drop_column("plan", "title")', ["drop_column"]),
        ('op.alter_column("plan", "title", nullable=False)', ["alter_column"]),
        ('op.execute("ALTER TABLE plan RENAME COLUMN title TO name")', ["RENAME"]),
        (
            'op.add_column("plan", sa.Column("x", sa.Integer(), nullable=False))',
            ["a column that every row needs, without a default"],
        ),
        ('op.add_column("plan", sa.Column("x", sa.Integer(), nullable=False, server_default="0"))', []),
        ('op.create_index("plan_idx", "plan", ["clinic_id"])', ["an index for which all wait who write"]),
        ('op.create_index("plan_idx", "plan", ["clinic_id"], postgresql_concurrently=True)', []),
        ('op.create_table("new"); op.create_index("new_idx", "new", ["clinic_id"])', []),
    ],
)
def test_what_would_break_an_older_version_is_seen(upgrade: str, found: list[str]) -> None:
    back = 'def downgrade():\n    op.drop_column("plan", "x")\n    op.execute("DROP TABLE x")\n'
    source = f"def upgrade():\n    {upgrade}\n\n{back}"
    assert list(breaches(source)) == found
    assert list(breaches(f'TAKES_AWAY = "no version in use reads it"\n{source}')) == []
