"""Every key of tenant data begins with the clinic, as the database has it: so two clinics never meet in one, and the
tables could be spread over several machines by clinic (docs/scaling.md).
"""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, create_engine, text

from hep_api.foundation.settings import Settings
from hep_api.tables import metadata
from tests.contract.test_structure import ROOT

# Tables that belong to no clinic, or are read before the clinic is known. The others have a `clinic_id`, never null.
GLOBAL = {
    "account": "a person, who may be a member of several clinics",
    "clinic": "the tenant itself",
    "sign_in": "read by the token before the clinic is known",
    "refresh_token": "part of a sign-in",
    "password_reset": "part of an account",
    "familiar_mark": "part of an account",
    "firebase_link": "part of an account",
    "totp": "part of an account",
    "recovery_code": "part of an account",
    "passkey": "part of an account",
    "passkey_challenge": "part of an account",
    "guesses": "by account or sign-in",
    "push_pause": "a push service in trouble is so for all clinics",
    "device_holder": "one phone is one account's, of whatever clinics",
    "drawing": "shown to anyone",
    "job": "work of the installation; its clinic is only a note",
}
# Unique keys of tenant tables that do not even contain the clinic: whoever brings such a value does not know it yet.
FOUND_BY_A_SECRET = {
    "invitation_code_digest_key": "a code; long and random, so that no two clinics have the same",
    "invitation_mailed_digest_key": "the same of the code in the mail",
    "sign_in_challenge_digest_key": "as with an invitation's code",
}
# Foreign keys that lead out of the clinic's data, and indexes by which a person's memberships and phones are found.
LEADING_OUT = {
    "member_account_id_fkey": "an account is global",
    "sign_in_challenge_account_id_fkey": "an account is global",
    "device_digest_account_id_fkey": "one phone is one account's, of whatever clinics",
    "member_account_id_idx": "in which clinics somebody is a member, asked when they sign in",
    "device_holder_idx": "on which clinics' lists a phone stands, asked when it changes hands",
}

# The first columns of a key, expressions as they are written; columns that are only carried along are left out.
INDEXES = """
    SELECT i.relname AS name, t.relname AS of_table, x.indisunique AS is_unique,
           (SELECT array_agg(pg_get_indexdef(x.indexrelid, n, true) ORDER BY n)
              FROM generate_series(1, x.indnkeyatts) AS n) AS keyed
      FROM pg_index x JOIN pg_class t ON t.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
     WHERE t.relnamespace = 'public'::regnamespace
"""
FOREIGN_KEYS = """
    SELECT k.conname AS name, k.conrelid::regclass::text AS of_table, k.confrelid::regclass::text AS to_table,
           (SELECT array_agg(a.attname ORDER BY u.place) FROM unnest(k.conkey) WITH ORDINALITY AS u (number, place)
              JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.number) AS keyed,
           (SELECT array_agg(a.attname ORDER BY u.place) FROM unnest(k.confkey) WITH ORDINALITY AS u (number, place)
              JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.number) AS found
      FROM pg_constraint k WHERE k.contype = 'f' AND k.connamespace = 'public'::regnamespace
"""
WITHOUT_A_CLINIC = """
    SELECT t.relname FROM pg_class t
     WHERE t.relnamespace = 'public'::regnamespace AND t.relkind IN ('r', 'p') AND t.relname <> 'alembic_version'
       AND NOT EXISTS (SELECT FROM pg_attribute a
                        WHERE a.attrelid = t.oid AND a.attname = 'clinic_id' AND a.attnotnull)
"""


@pytest.fixture
def look(app: Flask, settings: Settings) -> Iterator[Connection]:
    """The superuser's look at the catalogue; what it changes is taken back."""
    engine = create_engine(settings.database_url)
    with engine.connect() as connection:
        yield connection
        connection.rollback()
    engine.dispose()


def of_tenants(look: Connection, query: str) -> list[Any]:
    return [row for row in look.execute(text(query)) if row.of_table not in {*GLOBAL, "alembic_version"}]


def unique_keys_astray(look: Connection) -> set[str]:
    return {row.name for row in of_tenants(look, INDEXES) if row.is_unique and row.keyed[0] != "clinic_id"}


def others_astray(look: Connection) -> set[str]:
    """Return foreign keys that could lead from one clinic to another, and indexes that go through all of them."""
    indexes = {row.name for row in of_tenants(look, INDEXES) if not row.is_unique and row.keyed[0] != "clinic_id"}
    foreign = {
        row.name
        for row in of_tenants(look, FOREIGN_KEYS)
        if (row.keyed[0], row.found[0]) != ("clinic_id", "id" if row.to_table == "clinic" else "clinic_id")
    }
    return indexes | foreign


def test_every_unique_key_of_tenant_data_begins_with_the_clinic(look: Connection) -> None:
    assert unique_keys_astray(look) == set(FOUND_BY_A_SECRET)


def test_every_other_key_does_so_too(look: Connection) -> None:
    assert others_astray(look) == set(LEADING_OUT)


def test_every_table_of_a_clinic_says_whose_each_row_is(look: Connection) -> None:
    without = set(look.scalars(text(WITHOUT_A_CLINIC)))
    assert without <= set(GLOBAL)
    # A sign-in has one, and is found before it is known.
    assert set(GLOBAL) - without == {"sign_in"}
    assert set(GLOBAL) <= set(metadata.tables)


def test_a_key_without_the_clinic_would_be_noticed(look: Connection) -> None:
    keys, others = unique_keys_astray(look), others_astray(look)
    for statement in (
        "CREATE TABLE loose (clinic_id uuid, id uuid PRIMARY KEY, code text UNIQUE, note text, patient_id uuid)",
        "CREATE UNIQUE INDEX loose_part_key ON loose (note) WHERE note IS NOT NULL",
        "CREATE UNIQUE INDEX loose_words_key ON loose (lower(note), clinic_id)",
        "CREATE UNIQUE INDEX loose_carried_key ON loose (patient_id) INCLUDE (clinic_id)",
        "CREATE UNIQUE INDEX loose_kept_key ON loose (clinic_id, lower(note))",
        "CREATE INDEX loose_note_idx ON loose (note)",
        "CREATE TABLE looser (clinic_id uuid NOT NULL, loose_id uuid CONSTRAINT looser_fkey REFERENCES loose (id))",
    ):
        look.execute(text(statement))
    added = {"loose_pkey", "loose_code_key", "loose_part_key", "loose_words_key", "loose_carried_key"}
    assert unique_keys_astray(look) - keys == added
    assert others_astray(look) - others == {"loose_note_idx", "looser_fkey"}
    assert "loose" in set(look.scalars(text(WITHOUT_A_CLINIC)))


def test_the_document_counts_the_tables_of_clinics() -> None:
    of_clinics = metadata.tables.keys() - GLOBAL.keys()
    assert f"| {len(of_clinics)} tables of clinics' data |" in (ROOT / "docs" / "scaling.md").read_text()
